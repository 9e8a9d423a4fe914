#!/bin/sh
# wardwire find and show: stored messages by each of the conditions, and what was sent for them.
. tests/e2e/lib.sh

start_practice rcca
write_site 5
start_engine

# find OPTION...: the journal numbers that are found, one a line.
find_numbers() {
	"$engine" find -c "$config" "$@" 2>"$dir/notes" | awk '{ print $1 }' | tr '\n' ' ' | sed 's/ $//'
}

adt A01 C1 1 >"$dir/one.hl7"
adt A01 C2 2 E V2 0900 >"$dir/two.hl7"
adt A03 C3 1 I V1 1000 >"$dir/three.hl7"
adt A31 C4 1 | grep -v '^PV1' >"$dir/four.hl7"
adt A01 C5 3 I V3 1100 | sed 's/|C5|P|/|C5|T|/' >"$dir/five.hl7"
cat "$dir/one.hl7" "$dir/two.hl7" "$dir/three.hl7" "$dir/four.hl7" "$dir/five.hl7" "$dir/one.hl7" >"$dir/all.hl7"
send -q "$dir/all.hl7" >/dev/null || fail "the messages were not accepted"
wait_until is_at_rest

# -- find --------------------------------------------------------------------------------------------------
all=$(find_numbers)
same "how many there are" 6 "$(echo "$all" | wc -w | tr -d ' ')"
# shellcheck disable=SC2086
set -- $all
copy=$1 test=$2 person=$3 leaves=$4 second=$5 first=$6
[ "$copy" -gt "$test" ] && [ "$second" -gt "$first" ] || fail "the newest are not first: $all"
while IFS='|' read -r want options; do
	# shellcheck disable=SC2086,SC2046
	same "find $options" "$(eval echo "$want")" "$(find_numbers $(echo "$options" | tr '/' '|'))"
done <<'END'
$copy $first|--control C1
$leaves|--control C3 --patient MR1
|--control C
$copy $person $leaves $first|--patient MR1
$copy $person $leaves $first|--patient MERCY/MR1
|--patient MERCY/MR9
|--patient ELSEWHERE/MR1
$second|--member M0002
$second|--member m-0002
|--member M0004
$copy $leaves $first|--visit V1
$second|--visit MERCY/V2
|--visit ELSEWHERE/V2
$leaves|--event a03
$copy $test $person $leaves $second $first|--type ADT --feed mercy
|--feed st-vincent
$copy|--state duplicate
$test|--state test
$copy $test|--limit 2
|--to 2026-01-01
$copy $test $person $leaves $second $first|--from 2026-01-01T00:00:00Z
|--from 2199-01-01
END
find_numbers --limit 2 >/dev/null
has "the note about older ones" "$(cat "$dir/notes")" 'there may be older ones; --limit'
find_numbers --limit 6 >/dev/null
lacks "the note where there are none" "$(cat "$dir/notes")" 'older ones'
row=$("$engine" find -c "$config" --control C3)
has "a row" "$row" "^$leaves 20[-0-9]*T[0-9:]*Z mercy ADT^A03 applied"
lacks "values in what is found" "$("$engine" find -c "$config"; "$engine" find -c "$config" --json)" 'MR1\|TESTFAMILY\|M0001\|1950'
has "a row as JSON" "$("$engine" find -c "$config" --control C3 --json)" \
	"^{\"journal\":$leaves,\"feed\":\"mercy\",\"received\":\"20[^\"]*\",\"type\":\"ADT\",\"event\":\"A03\",\"disposition\":\"applied\""
"$engine" find -c "$config" --control C9 >/dev/null
same "exit status of find for nothing" 1 $?
for line in '--state lost' '--from yesterday' '--to 2026-13-01' '--limit 0' '--patient a --member b' 'x'; do
	# shellcheck disable=SC2086
	"$engine" find -c "$config" $line >/dev/null 2>"$dir/err"
	same "exit status of find $line" 2 $?
	[ -s "$dir/err" ] || fail "find $line says nothing"
done

# -- show ------------------------------------------------------------------------------------------------------
"$engine" show -c "$config" "$leaves" --raw >"$dir/raw"
tr '\n' '\r' <"$dir/three.hl7" | cmp - "$dir/raw" || fail "the bytes are not those that were sent"
has "the tree" "$("$engine" show -c "$config" "$leaves")" '^  PID-3.1           Patient identifier list: Id number  *MR1$'
same "the tree, asked for" "$("$engine" show -c "$config" "$leaves")" "$("$engine" show -c "$config" "$leaves" --tree)"
has "the bytes" "$("$engine" show -c "$config" "$leaves" --hex)" '^00000000  4d 53 48 7c 5e 7e 5c 26 7c '
sent=$("$engine" show -c "$config" "$leaves" --sent)
has "the notice" "$sent" '"endpoint": "rcca-ehr"'
has "its attempts" "$sent" '"http": 201'
has "its body" "$sent" '"resourceType": "Task"'
"$engine" show -c "$config" "$person" --sent >/dev/null 2>"$dir/err"
same "exit status where nothing was sent" 1 $?
has "where nothing was sent" "$(cat "$dir/err")" 'nothing was sent for it'
"$engine" show -c "$config" 1 >/dev/null 2>"$dir/err"
same "exit status for another record" 1 $?
has "another record" "$(cat "$dir/err")" 'that record is no message but: '
"$engine" show -c "$config" 99999 >/dev/null 2>"$dir/err"
same "exit status for no record" 1 $?
for line in '' 'x' '17.3' '0' '17 18' '17 --raw --hex'; do
	# shellcheck disable=SC2086
	"$engine" show -c "$config" $line >/dev/null 2>"$dir/err"
	same "exit status of show $line" 2 $?
	[ -s "$dir/err" ] || fail "show $line says nothing"
done

# -- without the engine, and without a ledger ----------------------------------------------------------------------
stop_engine
same "find beside a stopped engine" "$copy $leaves $first" "$(find_numbers --visit V1)"
rm -f "$dir/data/ledger.db"*
"$engine" find -c "$config" >/dev/null 2>"$dir/err"
same "exit status of find without a ledger" 4 $?
"$engine" show -c "$config" "$leaves" --raw | cmp - "$dir/raw" || fail "the journal alone does not do for --raw"
