#!/bin/sh
# The ledger follows from the journal: after a day of messages it is removed, made anew, and is the same row for row.
# Nobody is told anything twice by that.
. tests/e2e/lib.sh

# What every start adds to the journal shows in one row only.
dump() {
	"$engine" rebuild -c "$config" --dump | grep -v '^{"cursor"'
}

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
  - {name: mercy, on: adt, zone: America/New_York}
endpoints:
  - {name: rcca-ehr, fhir: "$practice", timeout: 5}
  - {name: lakeside-ehr, fhir: "$lakeside", timeout: 5}
parties:
  - {name: rcca, send: rcca-ehr}
  - {name: lakeside, send: lakeside-ehr}
rosters:
  - {file: roster.csv}
END
sed 's/,program,/,/; s/\(rcca\|lakeside\),[a-z-]*,/\1,/' samples/demo/roster.csv >"$dir/roster.csv" # no programs here
start_engine

# The first half as it is; then rcca is away, and the engine is killed with notices owed.
tr '\r' '\n' <samples/demo/day.hl7 | awk -v one="$dir/one" -v two="$dir/two" '
	/^MSH/ { n++ } n > 0 && n <= 16 { print > one } n > 16 { print > two }'
send -q "$dir/one" >/dev/null
[ $? -le 1 ] || fail "the first half was not answered"
stop rcca
send -q "$dir/two" >/dev/null
[ $? -le 1 ] || fail "the second half was not answered"
stop engine KILL
start_engine
start_practice rcca
wait_until is_at_rest
messages=$(counted messages applied)
[ "$messages" -gt 20 ] || fail "only $messages messages were applied"
stop_engine

has "check" "$("$engine" rebuild -c "$config" --check)" '^equal: '
dump >"$dir/before"
told=$(writes rcca)/$(writes lakeside)
[ "$(writes rcca)" -gt 5 ] || fail "rcca was told too little"

# A ledger that lacks the last records, as after a kill, is no difference: it is compared as far as it goes.
cp -r "$dir/data" "$dir/kept"
start_engine
accept "$(adt A60 X1 1)"
wait_until is_at_rest
stop_engine
mv "$dir/data" "$dir/day"
cp -r "$dir/day" "$dir/data"
rm -f "$dir/data"/ledger.db*
cp "$dir/kept"/ledger.db* "$dir/data"
printed=$("$engine" rebuild -c "$config" --check)
same "exit status for a ledger that is behind" 0 $?
has "a ledger that is behind" "$printed" '^equal: [0-9]* rows, made from the first record, up to record [0-9]*: the ledger is behind the journal, which ends at [0-9]*$'

# The check does see a difference: the ledger of a day that ended otherwise, and one that knows more than the journal.
mv "$dir/kept" "$dir/data/kept"
mv "$dir/data" "$dir/behind"
cp -r "$dir/behind/kept" "$dir/data"
start_engine
accept "$(adt A60 X2 1)"
wait_until is_at_rest
stop_engine
rm -f "$dir/behind"/ledger.db*
cp "$dir/data"/ledger.db* "$dir/behind"
rm -rf "$dir/data"
mv "$dir/behind" "$dir/data"
printed=$("$engine" rebuild -c "$config" --check)
same "exit status for a ledger that differs" 1 $?
has "what differs" "$printed" '^differs: row [0-9]* '
rm -rf "$dir/data/journal"
cp -r "$dir/data/kept/journal" "$dir/data"
printed=$("$engine" rebuild -c "$config" --check)
same "exit status for a ledger that is ahead" 1 $?
has "a ledger that is ahead" "$printed" '^differs: the ledger holds record [0-9]*, and the journal ends at [0-9]*$'
rm -rf "$dir/data"
mv "$dir/day" "$dir/data"
dump >"$dir/before"

# Without a ledger the engine makes it at its start.
rm -f "$dir/data"/ledger.db*
start_engine
wait_until is_at_rest
same "messages applied after the start" "$messages" "$(counted messages applied)"
# An engine that runs keeps rebuild out.
"$engine" rebuild -c "$config" --check >/dev/null 2>&1
same "exit status of rebuild beside an engine" 4 $?
stop_engine
dump >"$dir/after"
diff "$dir/before" "$dir/after" >/dev/null || fail "the ledger made at the start differs"
has "check after the start" "$("$engine" rebuild -c "$config" --check)" '^equal: '

# And the command makes it.
rm -f "$dir/data"/ledger.db*
has "rebuild" "$("$engine" rebuild -c "$config")" '^rebuilt: journal records up to [0-9]* applied, from the first record$'
has "check after the command" "$("$engine" rebuild -c "$config" --check)" '^equal: '
start_engine
wait_until is_at_rest
sleep 1.2 # a notice sent again would be sent by now
same "writes at the practices" "$told" "$(writes rcca)/$(writes lakeside)"
stop_engine
