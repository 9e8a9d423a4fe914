# Turns a code table of profiles/codes/ into rows of C, one macro call a row:
#
#	awk -f engine/rules/codes.awk -v table=charlson_groups profiles/codes/charlson-groups.csv
#
#	charlson_groups     WW_CHARLSON_PREFIX(group, "prefix")
#	charlson_weights    WW_CHARLSON_WEIGHTS(group, 1987, 2011, lace variant)
#	elixhauser_groups   WW_ELIXHAUSER_PREFIX(group, "prefix")
#	elixhauser_weights  WW_ELIXHAUSER_WEIGHTS(group, van Walraven 2009)
#	lace                WW_LACE_STEP(item, from, points), WW_LACE_TYPE("code", points)
#	hospital            WW_HOSPITAL_STEP(version, item, test, value in millionths, points)
#	hospital_codes      WW_HOSPITAL_CODE(kind, "code")
#	readmission         WW_READMISSION(list, first, last)
#
# Prefixes are sorted, as they are searched by halves.
# POSIX awk. Nothing is written unless the whole table is good; a bad row is named by its line and the exit
# status is 1. Cells hold no commas and no quotes. Lines that begin with # are comments.

function bad(why) {
	printf "%s:%d: %s\n", FILENAME, FNR, why > "/dev/stderr"
	failed = 1
}

function points(s) {
	return s ~ /^(0|[1-9][0-9]?)$/
}

# A row that says the same as an earlier one is a mistake of whoever edited the table.
function once(key) {
	if (key in seen)
		bad("the same as line " seen[key])
	else
		seen[key] = FNR
}

# Adds a row for each prefix from first to last, which differ in their digits alone.
function prefixes(macro, group, first, last,   letter, digits, n) {
	letter = substr(first, 1, 1)
	digits = length(first) - 1
	if (first != last && (length(first) != length(last) || letter != substr(last, 1, 1) || first >= last ||
	    substr(first, 2) !~ /^[0-9]+$/ || substr(last, 2) !~ /^[0-9]+$/))
		bad("prefix is no range: two of one letter and as many digits, the lower one first")
	else if (first == last) {
		once(group " " first)
		sorted[++prefixes_n] = first " " macro "(" group ", \"" first "\")"
	} else {
		for (n = substr(first, 2) + 0; n <= substr(last, 2) + 0; n++)
			prefixes(macro, group, sprintf("%s%0" digits "d", letter, n), sprintf("%s%0" digits "d", letter, n))
	}
}

function groups(macro,   ends) {
	if ($1 !~ /^[A-Za-z_]+$/)
		bad("group is not a name")
	else if ($2 !~ /^[A-Z][0-9][0-9A-Z]+(-[A-Z][0-9][0-9A-Z]+)?$/ || length($2) > 11)
		bad("prefix is not the first 3 to 5 characters of an ICD-10 code, without a dot, or a range of such")
	else if ($3 == "")
		bad("source is missing")
	else {
		split($2 "-" $2, ends, "-")
		if (length(ends[1]) > 5 || length(ends[2]) > 5)
			bad("prefix is not the first 3 to 5 characters of an ICD-10 code, without a dot, or a range of such")
		else
			prefixes(macro, $1, ends[1], ends[2])
	}
}

# Few enough for the simplest of sorts.
function sort_prefixes(   i, k, row) {
	for (i = 2; i <= prefixes_n; i++) {
		row = sorted[i]
		for (k = i - 1; k >= 1 && sorted[k] > row; k--)
			sorted[k + 1] = sorted[k]
		sorted[k + 1] = row
	}
	for (i = 1; i <= prefixes_n; i++) {
		sub(/^[^ ]* /, "", sorted[i])
		out[++rows] = sorted[i]
	}
}

function charlson_weights() {
	if ($1 !~ /^[A-Za-z_]+$/)
		bad("group is not a name")
	else if (!points($2) || !points($3) || !points($4))
		bad("weight is not a number from 0 to 99")
	else {
		once($1)
		return "WW_CHARLSON_WEIGHTS(" $1 ", " $2 ", " $3 ", " $4 ")"
	}
	return ""
}

# The rows of L, C and E start at 0 and rise, so that every number has its points.
function rising(item, from) {
	if (!(item in last) && from != 0)
		bad("the first row of " item " does not start at 0")
	else if ((item in last) && from + 0 <= last[item] + 0)
		bad("the rows of " item " do not rise")
	last[item] = from
}

function lace() {
	if (!points($3))
		bad("points is not a number from 0 to 99")
	else if ($1 ~ /^[LCE]$/) {
		if (!points($2))
			bad("value is not a number from 0 to 99")
		else {
			rising($1, $2)
			return "WW_LACE_STEP(" $1 ", " $2 ", " $3 ")"
		}
	} else if ($1 == "A") {
		if ($2 !~ /^[0-9A-Z]+$/)
			bad("value is not a code")
		else {
			once($1 " " $2)
			return "WW_LACE_TYPE(\"" $2 "\", " $3 ")"
		}
	} else
		bad("item is none of L, A, C, E")
	return ""
}

function elixhauser_weights() {
	if ($1 !~ /^[A-Za-z_]+$/)
		bad("group is not a name")
	else if ($2 !~ /^(0|-?[1-9][0-9]?)$/)
		bad("weight is not a number from -99 to 99")
	else {
		once($1)
		return "WW_ELIXHAUSER_WEIGHTS(" $1 ", " $2 ")"
	}
	return ""
}

# A decimal number in millionths, so that it is compared exactly.
function millionths(s,   parts) {
	split(s, parts, ".")
	return parts[1] substr(parts[2] "000000", 1, 6)
}

function hospital() {
	if ($1 !~ /^(2013|2016|simplified)$/)
		bad("version is none of 2013, 2016, simplified")
	else if ($2 !~ /^(hemoglobin|oncology|sodium|procedure|urgent|admissions|los)$/)
		bad("item is none of hemoglobin, oncology, sodium, procedure, urgent, admissions, los")
	else if ($3 !~ /^(below|from)$/)
		bad("test is neither below nor from")
	else if ($4 !~ /^[1-9][0-9]?[0-9]?(\.[0-9]+)?$/ || length($4) > 8)
		bad("value is not a decimal number from 1 to 999")
	else if (!points($5))
		bad("points is not a number from 0 to 99")
	else {
		once($1 " " $2 " " $4)
		return "WW_HOSPITAL_STEP(" $1 ", " $2 ", " $3 ", " millionths($4) ", " $5 ")"
	}
	return ""
}

function hospital_codes() {
	if ($1 !~ /^(hemoglobin|sodium|service)$/)
		bad("kind is none of hemoglobin, sodium, service")
	else if ($1 == "service" ? $2 !~ /^[A-Z0-9]+$/ : $2 !~ /^[1-9][0-9]*-[0-9]$/)
		bad("code is neither a LOINC code nor letters and digits alone")
	else {
		once($1 " " $2)
		return "WW_HOSPITAL_CODE(" $1 ", \"" $2 "\")"
	}
	return ""
}

function category(s) {
	return s ~ /^[1-9][0-9]?[0-9]?[0-9]?$/
}

function readmission(name) {
	name = $1
	gsub(/-/, "_", name)
	if (name !~ /^[a-z]+(_[a-z]+)?$/)
		bad("list is not a name in lower case")
	else if (!category($2) || !category($3) || $2 + 0 > $3 + 0)
		bad("first and last are not two numbers from 1 to 9999 that rise")
	else if ((name in last) && $2 + 0 <= last[name] + 0)
		bad("the rows of " $1 " do not rise")
	else {
		last[name] = $3
		return "WW_READMISSION(" name ", " $2 ", " $3 ")"
	}
	return ""
}

BEGIN {
	FS = ","
	head["charlson_groups"] = "group,prefix,source"
	head["charlson_weights"] = "group,charlson-1987,quan-2011,lace-variant"
	head["elixhauser_groups"] = "group,prefix,source"
	head["elixhauser_weights"] = "group,van-walraven-2009"
	head["lace"] = "item,value,points"
	head["hospital"] = "version,item,test,value,points"
	head["hospital_codes"] = "kind,code"
	head["readmission"] = "list,first,last"
	if (!(table in head)) {
		print "codes.awk: -v table= is none of the tables" > "/dev/stderr"
		failed = 1
		exit 1
	}
	columns = split(head[table], unused, ",")
}

{ sub(/\r$/, "") }

/^#/ || /^$/ { next }

!headed {
	if ($0 != head[table])
		bad("the header is not " head[table])
	headed = 1
	next
}

index($0, "\"") != 0 {
	bad("quotes are not used here")
	next
}

NF != columns {
	bad(NF " cells where there should be " columns)
	next
}

{
	if (table == "charlson_groups")
		groups("WW_CHARLSON_PREFIX")
	else if (table == "charlson_weights")
		out[++rows] = charlson_weights()
	else if (table == "elixhauser_groups")
		groups("WW_ELIXHAUSER_PREFIX")
	else if (table == "elixhauser_weights")
		out[++rows] = elixhauser_weights()
	else if (table == "lace")
		out[++rows] = lace()
	else if (table == "hospital")
		out[++rows] = hospital()
	else if (table == "hospital_codes")
		out[++rows] = hospital_codes()
	else
		out[++rows] = readmission()
}

END {
	sort_prefixes()
	if (!failed && rows == 0) {
		print "codes.awk: the table has no rows" > "/dev/stderr"
		failed = 1
	}
	if (failed)
		exit 1
	print "/* Made by engine/rules/codes.awk; edit the table in profiles/codes/ instead. */"
	for (i = 1; i <= rows; i++)
		print out[i]
}
