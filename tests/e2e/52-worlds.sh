#!/bin/sh
# A made-up hospital sent to a running engine, months late by its clock: what the engine ends in and the Tasks that practices have are what is true of it,
# as the oracle finds that knows the truth.
. tests/e2e/lib.sh

start_practice lakeside
lakeside=$practice
start_practice rcca
cat >"$config" <<END
data: data
history_since: 2025-01-01
retry: {first: 1, most: 1}
listeners:
  - {name: adt, mllp: "127.0.0.1:0"}
feeds:
  - {name: mercy, on: adt, zone: America/New_York, adt: {observation: [OBS]}}
endpoints:
  - {name: rcca-ehr, fhir: "$practice", timeout: 5}
  - {name: lakeside-ehr, fhir: "$lakeside", timeout: 5}
parties:
  - {name: rcca, send: rcca-ehr}
  - {name: lakeside, send: lakeside-ehr}
rosters:
  - {file: roster.csv}
END
"$kit" gen adt --seed 11 --patients 40 --noise all=6 --roster "$dir/roster.csv" --truth "$dir/truth" >"$dir/messages" ||
	fail "gen failed"
"$kit" gen adt --seed 11 --patients 40 --noise all=6 | cmp -s - "$dir/messages" || fail "one seed gave two hospitals"
"$kit" gen adt --noise nothing=6 >/dev/null 2>&1
same "exit status for a noise that is none" 2 $?
"$kit" gen orders >/dev/null 2>&1
same "exit status for messages it does not make" 2 $?

start_engine
send -q "$dir/messages" >/dev/null || fail "not every message was accepted"
wait_until is_at_rest
stop_engine
"$engine" rebuild -c "$config" --dump >"$dir/dump"
"$BUILD/tests/oracle" -l "$dir/truth" "$dir/roster.csv" "$dir/dump" >"$dir/oracle.log" || fail "the engine ends in something else"

# Practices have the Tasks that stand in the ledger.
standing() {
	grep '^{"outbox":' "$dir/dump" | grep "\"practice\":\"$1\"" | grep '"resource":"Task"' |
		grep -v -c -e '"state":"suppressed"' -e '"change":"cancel"'
}
# live URL
live() {
	curl -s "$1/Task?_count=1000" | sed 's/{"resourceType":"Task"/\n&/g' | grep '^{"resourceType":"Task"' |
		grep -v -c -e '"status":"cancelled"' -e '"status":"entered-in-error"'
}
same "Tasks that stand at rcca" "$(standing rcca)" "$(live "$practice")"
same "Tasks that stand at lakeside" "$(standing lakeside)" "$(live "$lakeside")"
[ "$(standing rcca)" -gt 3 ] || fail "rcca was told of too little"

# The oracle does see what is not true.
awk -F '\t' -v OFS='\t' '$4 == "finished" && !done { $8 = "2026-01-01T00:00"; done = 1 } { print }' "$dir/truth" >"$dir/lie"
"$BUILD/tests/oracle" -l "$dir/lie" "$dir/roster.csv" "$dir/dump" >"$dir/found"
same "exit status of the oracle for a lie" 1 $?
has "what it finds" "$(cat "$dir/found")" ': end should be 2026-01-01T00:00 and is '
