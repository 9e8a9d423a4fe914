#!/bin/sh
# A practice that does not let the engine in is asked no more until a person has looked, and loses nothing by that: until
# an order, or until the configuration is another one.
. tests/e2e/lib.sh

paused() {
	"$engine" status -c "$config" | grep -q "^endpoint   rcca-ehr: $1 due, .* paused since 2.*, because: $2"
}

logged() {
	grep -q -e "$1" "$engine_log"
}

start_practice rcca --fail 2:401
write_site 4
start_engine
accept "$(adt A01 C1 1)"
wait_until paused 1 'not authenticated (HTTP 401)'
wait_until logged 'level=error endpoint=rcca-ehr paused="not authenticated (HTTP 401)"'
accept "$(adt A01 C2 2)"
wait_until paused 2 'not authenticated'
same "requests" 2 "$(grep -c 'method=POST' "$dir/rcca.log")"
# A restart changes nothing about it.
stop_engine
start_engine
wait_until paused 2 'not authenticated'
"$engine" queue resume rcca-ehr -c "$config" >/dev/null || fail "it is not resumed"
wait_until is_at_rest
same "Tasks" 2 "$(tasks '' | wc -l)"
lacks "status" "$("$engine" status -c "$config")" 'paused'
wait_until logged 'endpoint=rcca-ehr paused=over'

# An address that redirects elsewhere, until the configuration has the right one.
stop rcca
start_practice rcca --fail 9:302
accept "$(adt A01 C3 3)"
wait_until paused 1 'redirected (HTTP 302)'
stop_engine
stop rcca
start_practice rcca
echo '# the address is right now' >>"$config"
start_engine
wait_until is_at_rest
same "Tasks with the new configuration" 3 "$(tasks '' | wc -l)"

# What is forbidden or has no place there is parked, one notice at a time.
stop rcca
start_practice rcca --fail 1:404
accept "$(adt A01 C4 4)"
wait_until has_count 1 counted notices parked
has "the answer" "$("$engine" queue ls -c "$config" --json)" '"http": 404'
"$engine" queue retry --endpoint rcca-ehr -c "$config" >/dev/null || fail "it is not tried again"
wait_until is_at_rest
same "Tasks in the end" 4 "$(tasks '' | wc -l)"

# Nor does it take updates: what became of the stay comes as a Communication.
stop rcca
start_practice rcca --fail 1:405
accept "$(adt A03 C5 4 I V4 1100)"
wait_until is_at_rest
same "notices parked" 1 "$(counted notices parked)"
has "what it was told instead" "$(curl -s "$practice/Communication")" \
	'"contentString":"Attributed member discharged at MERCY; .*Discharged 2026-03-02T11:00:00-05:00'
stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '
