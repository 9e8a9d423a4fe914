# Turns the tables of profiles/fhir into rows of C:
#
#	awk -f engine/codec/fhir_tables.awk -v want=types elements.tsv valuesets.tsv invariants.tsv
#
#	types	the arrays of fhir_types.c: types, elements, their types and targets, names, codes of value sets
#	rules	WW_FHIR_RULE(predicate, "key", "element below the type", "text"), in the order of the types
#
# POSIX awk. Nothing is written unless the whole table is good; a bad row is named by its line and the exit
# status is 1. What the columns mean: profiles/fhir/README.md.

function bad(why) {
	printf "%s:%d: %s\n", FILENAME, FNR, why > "/dev/stderr"
	failed = 1
}

BEGIN {
	FS = "\t"
	if (want != "types" && want != "rules") {
		print "fhir_tables.awk: -v want= must be types or rules" > "/dev/stderr"
		failed = 1
		exit 1
	}
	# Elements that a type has from what it is based on.
	inherited["Element"] = "id extension"
	inherited["BackboneElement"] = "id extension modifierExtension"
	inherited["Resource"] = "id meta implicitRules language"
	inherited["DomainResource"] = "id meta implicitRules language text contained extension modifierExtension"
	base_row["id"] = "0..1\tstring\t\t"
	base_row["extension"] = "0..*\tExtension\t\t"
	base_row["modifierExtension"] = "0..*\tExtension\t\tm"
	base_row["meta"] = "0..1\tMeta\t\t"
	base_row["implicitRules"] = "0..1\turi\t\tm"
	base_row["language"] = "0..1\tcode\t\t"
	base_row["text"] = "0..1\tNarrative\t\t"
	base_row["contained"] = "0..*\tResource\t\t"
	kinds["primitive"] = "WW_FHIR_PRIMITIVE"
	kinds["other"] = "WW_FHIR_OTHER"
	kinds["any"] = "WW_FHIR_ANY"
	kinds["Resource"] = kinds["DomainResource"] = "WW_FHIR_RESOURCE"
	kinds["Element"] = kinds["BackboneElement"] = "WW_FHIR_DATATYPE"
	split("boolean BOOLEAN integer INTEGER decimal DECIMAL unsignedInt UNSIGNED positiveInt POSITIVE string STRING " \
	    "markdown MARKDOWN code CODE id ID uri URI url URL canonical CANONICAL oid OID uuid UUID base64Binary BASE64 " \
	    "date DATE dateTime DATETIME instant INSTANT time TIME xhtml XHTML", words, " ")
	for (i = 1; i in words; i += 2)
		primitives[words[i]] = "WW_FHIR_" words[i + 1]
	types = elements = sets = rules = 0
}

/^#/ || /^$/ { next }

function add_element(name, row) {
	if (row ~ /^0\.\.0\t/ && type_name[types - 1] "." name != "SimpleQuantity.comparator")
		bad("no element may be there, and no invariant says so")
	element_name[elements] = name
	element_row[elements] = row
	element_line[elements] = FILENAME ":" FNR
	elements++
	if (++count[types - 1] > 128)
		bad("more than 128 elements in one type")
}

FILENAME ~ /elements\.tsv$/ && /^=/ {
	name = substr($1, 2)
	if (NF != 2 || !($2 in kinds))
		bad("not a type and what it is based on")
	if (types > 0 && name <= type_name[types - 1])
		bad("the types do not rise")
	number[name] = types
	type_name[types] = name
	base[types] = $2
	first[types] = elements
	count[types] = 0
	types++
	n = split(inherited[$2], below, " ")
	for (i = 1; i <= n; i++) {
		row = base_row[below[i]]
		if (below[i] == "id" && $2 ~ /Resource$/)
			sub(/string/, "id", row)
		add_element(below[i], row)
	}
	next
}

FILENAME ~ /elements\.tsv$/ {
	if (types == 0 || $1 !~ /^[a-z][A-Za-z0-9]*(\[x\])?$/ || $2 !~ /^[0-9]+\.\.([01]|\*)$/ || $3 == "" || NF > 5)
		bad("not element, cardinality, types, value set, flags")
	else
		add_element($1, $2 "\t" $3 "\t" $4 "\t" $5)
	next
}

FILENAME ~ /valuesets\.tsv$/ {
	if (NF < 2 || (NF == 2) != ($2 == "form"))
		bad("not value set, system, codes")
	if (sets == 0 || set_name[sets - 1] != $1) {
		set_number[$1] = sets + 1
		set_name[sets++] = $1
		set_rows[$1] = 0
	}
	set_row[$1, set_rows[$1]++] = $2 "\t" $3
	next
}

FILENAME ~ /invariants\.tsv$/ {
	if (NF != 4)
		bad("not type, key, type it is from, text")
	else if ($1 == "DomainResource" || $1 == "Narrative.div")
		next # of the walk itself: fhir_contained.c, fhir_xhtml.c
	at = $1
	below_type = ""
	if (!(at in number)) {
		below_type = at
		sub(/^.*\./, "", below_type)
		sub(/\[x\]$/, "", below_type)
		sub(/\.[^.]*$/, "", at)
	}
	if (!(at in number))
		bad("no such type")
	else {
		t = number[at]
		key = $2
		gsub(/-/, "_", key)
		text = $4
		sub(/\.$/, "", text)
		gsub(/\\/, "\\\\", text)
		gsub(/"/, "\\\"", text)
		rule[t, rule_count[t] + 0] = tolower($3) "_" key ", \"" $2 "\", \"" below_type "\", \"" text "\""
		rule_count[t]++
		rules++
	}
	next
}

function type_ref(name, e) {
	if (!(name in number)) {
		printf "%s: no type %s\n", element_line[e], name > "/dev/stderr"
		failed = 1
		return 0
	}
	return number[name]
}

# The names a member may have in JSON, sorted, for a search by halves.
function add_name(name, e, t,    i) {
	for (i = names; i > names_first && sorted_name[i - 1] > name; i--) {
		sorted_name[i] = sorted_name[i - 1]
		sorted_row[i] = sorted_row[i - 1]
	}
	sorted_name[i] = name
	sorted_row[i] = e ", " t
	names++
}

function do_element(e, t,    row, parts, n, i, list, choice, suffix, card, targets, flags, name) {
	split(element_row[e], row, "\t")
	name = element_name[e]
	choice = sub(/\[x\]$/, "", name)
	split(row[1], card, /\.\./)
	targets = ""
	types_at = type_lists
	targets_at = target_lists
	gsub(/^@/, "", row[2])
	n = split(row[2], parts, "|")
	for (i = 1; i <= n; i++) {
		list = ""
		if (parts[i] ~ /\(/) {
			list = parts[i]
			sub(/^[^(]*\(/, "", list)
			sub(/\)$/, "", list)
			sub(/\(.*/, "", parts[i])
		}
		if (parts[i] == "Reference")
			targets = list
		type_list[type_lists++] = type_ref(parts[i], e)
		suffix = toupper(substr(parts[i], 1, 1)) substr(parts[i], 2)
		# A choice is written with the name of the datatype, not of its constrained form.
		if (suffix == "SimpleQuantity" || suffix == "MoneyQuantity")
			suffix = "Quantity"
		add_name(choice ? name suffix : name, e, number[parts[i]])
	}
	n = split(targets, parts, ",")
	for (i = 1; i <= n; i++)
		target_list[target_lists++] = type_ref(parts[i], e)
	if (row[3] != "" && !(row[3] in set_number)) {
		printf "%s: no value set %s\n", element_line[e], row[3] > "/dev/stderr"
		failed = 1
	}
	out_element[e] = sprintf("{ \"%s\", %d, %s, %s, %s, %s, %s, %d, %d, %d, %d, %d },", name, card[1], \
	    card[2] == "*" ? "true" : "false", card[2] == "0" ? "true" : "false", choice ? "true" : "false", \
	    (name == "id" && base[t] !~ /Resource$/) || (type_name[t] == "Extension" && name == "url") ? "true" : "false", \
	    row[4] ~ /m/ ? "true" : "false", types_at, type_lists - types_at, targets_at, target_lists - targets_at, \
	    set_number[row[3]])
}

function codes(   s, i, n, words, j, row, systems, total) {
	print "static const char *const codes[] = {"
	total = 0
	for (s = 0; s < sets; s++)
		for (i = 0; i < set_rows[set_name[s]]; i++) {
			split(set_row[set_name[s], i], row, "\t")
			n = split(row[2], words, " ")
			set_first[s, i] = total
			set_n[s, i] = n
			for (j = 1; j <= n; j++)
				print "\"" words[j] "\","
			total += n
		}
	print "};"
	print "static const struct code_list code_lists[] = {"
	systems = 0
	for (s = 0; s < sets; s++) {
		set_at[s] = systems
		for (i = 0; i < set_rows[set_name[s]]; i++) {
			split(set_row[set_name[s], i], row, "\t")
			printf "{ \"%s\", %d, %d },\n", row[1] == "form" ? "" : row[1], set_first[s, i], set_n[s, i]
			systems++
		}
	}
	print "};"
	print "static const struct valueset valuesets[] = {"
	for (s = 0; s < sets; s++)
		printf "{ \"%s\", %d, %d },\n", set_name[s], set_at[s], set_rows[set_name[s]]
	print "};"
}

# Every name that a row has of another one.
function look_up(   t, e) {
	for (t = 0; t < types; t++) {
		names_first = names
		for (e = first[t]; e < first[t] + count[t]; e++)
			do_element(e, t)
		name_at[t] = names_first
		name_n[t] = names - names_first
	}
}

function print_types(   t, e, i, rule_at) {
	print "static const struct ww_fhir_element elements[] = {"
	for (e = 0; e < elements; e++)
		print out_element[e]
	print "};\nstatic const uint16_t element_types[] = {"
	for (i = 0; i < type_lists; i++)
		print type_list[i] ","
	print "};\nstatic const uint16_t element_targets[] = {"
	for (i = 0; i < target_lists; i++)
		print target_list[i] ","
	print "};\nstatic const struct name names[] = {"
	for (i = 0; i < names; i++)
		printf "{ \"%s\", %d, %s },\n", sorted_name[i], length(sorted_name[i]), sorted_row[i]
	print "};"
	codes()
	print "static const struct ww_fhir_type types[] = {"
	rule_at = 0
	for (t = 0; t < types; t++) {
		printf "{ \"%s\", %s, %s, %d, %d, %d, %d, %d, %d, %d },\n", type_name[t], \
		    base[t] ~ /Element$/ && type_name[t] ~ /\./ ? "WW_FHIR_NESTED" : kinds[base[t]], \
		    base[t] == "primitive" ? primitives[type_name[t]] : "WW_FHIR_BOOLEAN", \
		    first[t], count[t], name_at[t], name_n[t], rule_at, rule_count[t], t
		rule_at += rule_count[t]
	}
	print "};"
}

END {
	if (!failed && (types == 0 || sets == 0 || rules == 0)) {
		print "fhir_tables.awk: a table has no rows" > "/dev/stderr"
		failed = 1
	}
	if (failed)
		exit 1
	type_lists = target_lists = names = 0
	if (want == "types")
		look_up()
	if (failed)
		exit 1
	print "/* Made by engine/codec/fhir_tables.awk from the tables in profiles/fhir. */"
	if (want == "types")
		print_types()
	else
		for (t = 0; t < types; t++)
			for (i = 0; i < rule_count[t]; i++)
				print "WW_FHIR_RULE(" rule[t, i] ")"
}
