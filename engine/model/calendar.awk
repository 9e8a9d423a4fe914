# Turns a calendar of profiles/calendars/ into rows of C, one macro call a row:
#
#	awk -f engine/model/calendar.awk profiles/calendars/us-federal.csv
#
#	WW_HOLIDAY(month, day of the month or 0, weekday 1 to 7 or 0, week 1 to 5 or -1, nearest, first year or 0, "name")
#
# POSIX awk. It takes what engine/model/calendar.c takes but for single dates and quotes; a bad row is named by its line and the
# exit status is 1.

function bad(why) {
	printf "%s:%d: %s\n", FILENAME, FNR, why > "/dev/stderr"
	failed = 1
}

BEGIN {
	FS = ","
	split("mon tue wed thu fri sat sun", names, " ")
	for (i in names)
		weekday[names[i]] = i
}

/^#/ || /^$/ { next }

!headed {
	if ($0 != "date,name,weekend,since")
		bad("the header is not date,name,weekend,since")
	headed = 1
	next
}

{
	n = split($1, part, " ")
	if (NF != 4 || $2 == "" || ($3 != "" && $3 != "nearest") || ($4 != "" && $4 !~ /^[0-9][0-9][0-9][0-9]$/))
		bad("not a holiday")
	else if ($1 ~ /^[01][0-9]-[0-3][0-9]$/)
		rows[++count] = sprintf("WW_HOLIDAY(%d, %d, 0, 0, %d, %d, \"%s\")", substr($1, 1, 2), substr($1, 4), $3 != "", $4, $2)
	else if (n == 3 && part[1] ~ /^[01][0-9]$/ && (part[2] in weekday) && part[3] ~ /^([1-5]|last)$/)
		rows[++count] = sprintf("WW_HOLIDAY(%d, 0, %d, %d, %d, %d, \"%s\")", part[1], weekday[part[2]], part[3] == "last" ? -1 : part[3], $3 != "", $4, $2)
	else
		bad("not a date")
}

END {
	if (failed)
		exit 1
	for (i = 1; i <= count; i++)
		print rows[i]
}
