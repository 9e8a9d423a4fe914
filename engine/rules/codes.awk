# Turns a code table of profiles/codes/ into rows of C, one macro call a row:
#
#	awk -f engine/rules/codes.awk -v table=charlson_groups profiles/codes/charlson-groups.csv
#
#	charlson_groups     WW_CHARLSON_PREFIX(group, "prefix")
#	charlson_weights    WW_CHARLSON_WEIGHTS(group, 1987, 2011, lace variant)
#	lace                WW_LACE_STEP(item, from, points), WW_LACE_TYPE("code", points),
#	                    WW_LACE_BAND("name", from)
#	readmission         WW_READMISSION(list, first, last)
#
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

function charlson_groups() {
	if ($1 !~ /^[A-Za-z_]+$/)
		bad("group is not a name")
	else if ($2 !~ /^[A-Z][0-9][0-9A-Z]?[0-9A-Z]?[0-9A-Z]?$/ || length($2) < 3)
		bad("prefix is not the first 3 to 5 characters of an ICD-10 code, without a dot")
	else if ($3 == "")
		bad("source is missing")
	else {
		once($1 " " $2)
		return "WW_CHARLSON_PREFIX(" $1 ", \"" $2 "\")"
	}
	return ""
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

# The rows of L, C, E and band start at 0 and rise, so that every number has its points.
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
	} else if ($1 == "band") {
		if ($2 !~ /^[a-z]+$/)
			bad("value is not a name in lower case")
		else {
			once($1 " " $2)
			rising($1, $3)
			return "WW_LACE_BAND(\"" $2 "\", " $3 ")"
		}
	} else
		bad("item is none of L, A, C, E, band")
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
	head["lace"] = "item,value,points"
	head["readmission"] = "list,first,last"
	if (!(table in head)) {
		print "codes.awk: -v table= must be charlson_groups, charlson_weights, lace or readmission" > "/dev/stderr"
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
	row = ""
	if (table == "charlson_groups")
		row = charlson_groups()
	else if (table == "charlson_weights")
		row = charlson_weights()
	else if (table == "lace")
		row = lace()
	else
		row = readmission()
	out[++rows] = row
}

END {
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
