#!/bin/sh
# Every kind of fault in a configuration is found before anything runs: exit status 3, the file, the line, the column.
. tests/e2e/lib.sh

practice=http://127.0.0.1:8080/fhir
cat >"$dir/good.yaml" <<END
data: data
listeners:
  - {name: adt, mllp: "127.0.0.1:0"}
feeds:
  - {name: mercy, on: adt, zone: America/New_York}
endpoints:
  - {name: rcca-ehr, fhir: "$practice"}
parties:
  - {name: rcca, send: rcca-ehr}
rosters:
  - {file: roster.csv}
END
cat >"$dir/roster.csv" <<'END'
member_id,name,birth_date,sex,practice,effective,end
M0001,"TESTFAMILY, GIVEN",1950-03-02,F,rcca,2025-01-01,
END

printed=$("$engine" config check -c "$dir/good.yaml")
same "exit status for a good configuration" 0 $?
has "roster" "$printed" '^roster roster: 1 rows accepted, 0 rejected$'
has "last line" "$printed" 'good.yaml: good: 1 listeners, 1 feeds, 1 endpoints, 1 parties, 0 routes, 1 rosters, 0 programs$'

# What sed makes of the good one, and what is said of it.
faults=0
while IFS='#' read -r change place text; do
	faults=$((faults + 1))
	sed -e "$change" "$dir/good.yaml" >"$config"
	printed=$("$engine" config check -c "$config" 2>&1)
	same "exit status after $change" 3 $?
	case $printed in
	*"$config:$place: $text"*) ;;
	*) fail "after $change: '$place: $text' is not in: $printed" ;;
	esac
done <<'END'
s/^feeds/feds/#4:1#unknown key 'feds' (did you mean 'feeds'?)
s/^feeds/feds/#3:12#no feed is on the listener 'adt'
3s/mllp/port/#3:5#one of the keys mllp, dir, fhir and console is missing in listeners[]
3s/mllp/port/#3:17#unknown key 'port' in listeners[]; known are: name, mllp,
1d#1:1#required key 'data' is missing
1s/$/\ndata: other/#2:1#key 'data' is given twice; first on line 1
1s/$/\ndue_hours: 1000/#2:12#due_hours: '1000' is not a whole number from 1 to 720
1s/$/\ndue_hours:/#2:1#due_hours has no value
5s/}/, state: Live}/#5:59#state: 'Live' is not one of: observe, live (did you mean 'live'?)
3s/}/, plain: yes}/#3:45#plain: 'yes' is not true or false
3s/}/, max_message: 10}/#3:51#max_message: '10' is not a whole number
3s/adt/ADT/#3:12#name: 'ADT' is not a valid name
1s/$/\nsender: "1234567890"/#2:9#sender: '1234567890' is not a valid NPI
1s/$/\nsystem: engine/#2:9#system: 'engine' is not a valid
1s/$/\nhistory_since: yesterday/#2:16#history_since: 'yesterday' is not a valid date
3s/.*/  - adt/#3:5#an entry of listeners must be a mapping of keys
3d#2:1#listeners has no value
5s/on: adt/on: atd/#5:23#on: there is no listener 'atd' (did you mean 'adt'?)
5s/$/\n  - {name: lake, on: adt}/#6:22#
5s/$/\n  - {name: mercy, on: adt}/#6:12#
3s/127.0.0.1:0/10.1.0.5:2575/#3:23#mllp: '10.1.0.5:2575' can be reached from other machines
3s/127.0.0.1:0/2575/#3:23#mllp: '2575' is not a valid address
1s/$/\nretry: {first: 5, most: 4}/#2:25#retry: most (4) must not be less than first (5)
5s/New_York/Old_York/#5:34#zone: 'America/Old_York' is not a valid time zone
7s/http/ftp/#7:28#fhir: 'ftp://127.0.0.1:8080/fhir' is not a valid URL
9s/send: rcca-ehr/send: elm/#9:24#send: there is no endpoint 'elm'
3s/name: adt/name: \&a adt/#3:12#anchors (&) and aliases (*) are not taken
3s/name: adt/name: !x adt/#3:12#tags (!) are not taken
5s/^  /\t/#5:1#a tab where YAML wants blanks
5s/}//#6:10#not YAML: did not find expected ',' or '}'
$s/$/\n---\ndata: x/#12:1#a second document (---)
1,$d#1:1#the file is empty
1,$s/.*/- a/#1:1#the file must be a mapping
3s/adt/adt\x01/#3:15#this byte cannot stand in a YAML text
END
[ "$faults" -ge 30 ] || fail "only $faults faults were tried"

# Several faults are told at once; run says the same and does nothing.
sed -e '3s/mllp/port/; 5s/New_York/Old_York/; 9s/rcca-ehr/elm/' "$dir/good.yaml" >"$config"
same "faults told at once" 4 "$("$engine" config check -c "$config" 2>&1 | grep -c "^$config:[0-9]*:[0-9]*: ")"
"$engine" config check -c "$config" >"$dir/check.out" 2>&1
"$engine" run -c "$config" >"$dir/run.out" 2>&1
same "exit status of run" 3 $?
grep "^$config:" "$dir/check.out" | cmp -s - "$dir/run.out" || fail "run says: $(cat "$dir/run.out")"
[ ! -e "$dir/data" ] || fail "run made the folder of data"
for command in status refused 'why 1' 'try x.hl7' rebuild; do
	# shellcheck disable=SC2086
	"$engine" $command -c "$config" >/dev/null 2>&1
	same "exit status of $command" 3 $?
done
"$engine" config check -c "$dir/none.yaml" >/dev/null 2>&1
same "exit status for no file" 3 $?

# Rosters: rows that are wrong are named by line and column, and the others stand; a file that is no roster is refused.
cat >>"$dir/roster.csv" <<'END'
M0002,"TESTFAMILY, GIVEN",1950-13-02,F,rcca,2025-01-01,
M0003,"TESTFAMILY, GIVEN",1950-03-02,F,elm,2025-01-01,
,"TESTFAMILY, GIVEN",1950-03-02,F,rcca,2025-01-01,
M0001,"TESTFAMILY, GIVEN",1950-03-02,F,rcca,2025-01-01,
M0004,"TESTFAMILY, GIVEN",1950-03-02,F,rcca,2025-01-01,2024-01-01
M0005,"TESTFAMILY, GIVEN",1950-03-02,F,rcca,2025-01-01,
END
printed=$("$engine" config check -c "$dir/good.yaml" 2>&1)
same "exit status for wrong rows" 1 $?
has "date" "$printed" "^$dir/roster.csv:3: birth_date: not a date"
has "practice" "$printed" "^$dir/roster.csv:4: practice: not the name of a party"
has "number" "$printed" "^$dir/roster.csv:5: member_id: must not be empty"
has "twice" "$printed" "^$dir/roster.csv:6: member_id: given twice"
has "end" "$printed" "^$dir/roster.csv:7: end: before effective"
has "counts" "$printed" '^roster roster: 2 rows accepted, 5 rejected$'
lacks "what is told" "$printed" 'TESTFAMILY'

# What is no roster, or none that can be used, is refused by each command that needs it, and named.
adt A01 C1 1 >"$dir/one.hl7"
# bad_roster WHAT PATTERN
bad_roster() {
	for command in 'config check' 'run' "try $dir/one.hl7"; do
		# shellcheck disable=SC2086
		printed=$(timeout 20 "$engine" $command -c "$dir/good.yaml" 2>&1)
		same "exit status of $command for $1" 3 $?
		has "$command for $1" "$printed" "roster.csv.*$2"
		lacks "$command for $1" "$printed" 'quarantined'
	done
}
echo 'name,practice' >"$dir/roster.csv"
bad_roster "a roster without its columns" 'line 1: a column is missing: member_id'
: >"$dir/roster.csv"
bad_roster "an empty roster" 'line 1: the file is empty'
echo 'member_id,name,birth_date,sex,practice,effective,end' >"$dir/roster.csv"
bad_roster "a roster without rows" 'not one row of the roster can be used'
rm "$dir/roster.csv"
bad_roster "a roster that is not there" 'cannot open\|no such'
