# Turns a table of codes of profiles/codes/ into the text that engine/rules/code_table.c searches, as the
# characters of an array:
#
#	awk -f engine/rules/code_table.awk -v head=codes,ccs profiles/codes/ccs-icd10cm.csv
#
# POSIX awk. Nothing is written unless the whole table is good; a bad row is named by its line and the exit
# status is 1. Lines that begin with # are comments.

function bad(why) {
	printf "%s:%d: %s\n", FILENAME, FNR, why > "/dev/stderr"
	failed = 1
}

# What stands for the characters after the first three: one of its own each, or several in a bracket.
function is_tail(s) {
	gsub(/\[[0-9A-Z][0-9A-Z]+\]/, "0", s)
	return s ~ /^[0-9A-Z]?[0-9A-Z]?[0-9A-Z]?[0-9A-Z]?$/
}

BEGIN { FS = "," }

{ sub(/\r$/, "") }

/^#/ || /^$/ { next }

!headed {
	if ($0 != head)
		bad("the header is not " head)
	headed = 1
	next
}

{
	if (NF != 2)
		bad(NF " cells where there should be 2")
	else if (substr($1, 1, 3) !~ /^[0-9A-Z][0-9A-Z][0-9A-Z]$/ || !is_tail(substr($1, 4)))
		bad("codes is not 3 to 7 characters, the first three as they are, others perhaps several in a bracket")
	else if ($2 !~ /^[0-9a-z]+$/)
		bad(substr(head, 7) " is not a number or a name in lower case")
	else if (substr($1, 1, 3) < last)
		bad("the rows are not sorted by their first three characters")
	else if ($1 in seen)
		bad("the same as line " seen[$1])
	seen[$1] = FNR
	last = substr($1, 1, 3)
	out[++rows] = $1 "," $2
}

END {
	if (!failed && rows == 0) {
		print "code_table.awk: the table has no rows" > "/dev/stderr"
		failed = 1
	}
	if (failed)
		exit 1
	print "/* Made by engine/rules/code_table.awk; edit the table in profiles/codes/ instead. */"
	for (i = 1; i <= rows; i++) {
		line = ""
		for (k = 1; k <= length(out[i]); k++)
			line = line "'" substr(out[i], k, 1) "',"
		print line "'\\n',"
	}
}
