#!/bin/sh
# A record that ends the engine: at the third start it is set aside, everything else goes on, and an operator can have it
# run again.
: "${BUILD:=build}" "${FAULT:=$BUILD-fault}"
BUILD=$FAULT
. tests/e2e/lib.sh

# last: number of the newest record.
last() {
	"$engine" status -c "$config" | sed -n 's/^journal .* last \([0-9]*\) .*/\1/p'
}

# tell MESSAGE: sends it to an engine that may end before it answers.
tell() {
	send_one "$1" >/dev/null
}

has_ended() {
	! runs engine
}

# ends: the engine ends by a crash.
ends() {
	wait_until has_ended
	stop engine
	same "exit status of a crash" 134 "$stopped"
}

# start_to_die: an engine that does not get as far as listening.
start_to_die() {
	rm -f "$dir/ports"
	"$engine" run -c "$config" --port-file "$dir/ports" 2>>"$engine_log" &
	echo $! >"$dir/engine.pid"
	ends
	[ ! -e "$dir/ports" ] || fail "it listens before it has caught up"
}

start_practice rcca
write_site 5
sed -i '1i tick_seconds: 3600' "$config" # so that the numbers of the records are known
start_engine
accept "$(adt A01 C1 1)"
wait_until is_at_rest
stop_engine
has "status" "$("$engine" status -c "$config")" '^set aside  0$'

# The first record of the next life is ENGINE, the second is the message.
poison=$(($(last) + 2))
export WW_FAILPOINT="apply-record=$poison"
start_engine
tell "$(adt A01 C2 2)"
ends
start_to_die
start_engine
wait_until is_at_rest
has "log" "$(cat "$engine_log")" "journal=$poison quarantined code=WW-901 "
has "status" "$("$engine" status -c "$config")" "^set aside  1: journal $poison\$"
has "status as JSON" "$("$engine" status -c "$config" --json)" '"reason": "WW-901 the engine ended twice'
has "why" "$("$engine" why -c "$config" "$poison")" 'quarantined'
accept "$(adt A01 C3 3)"
wait_until is_at_rest
same "Tasks of the others" 2 "$(tasks '' | wc -l)"
same "Tasks of the one set aside" 0 "$(tasks 2 | wc -l)"
stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '

# -- another chance ----------------------------------------------------------------------------------------
start_engine
"$engine" replay -c "$config" "$poison" >"$dir/out" 2>&1
same "exit status without a reason" 2 $?
printed=$("$engine" replay -c "$config" --reason 'mended' --who tester 3 2>&1)
same "exit status for a record that is not set aside" 1 $?
has "a record that is not set aside" "$printed" 'no such record is set aside (WW-214)'
has "replay" "$("$engine" replay -c "$config" --reason 'mended' --who tester "$poison")" '^ordered: journal [0-9]*, 1 changed$'
wait_until is_at_rest
same "Tasks of the one set aside" 1 "$(tasks 2 | wc -l)"
has "status" "$("$engine" status -c "$config")" '^set aside  0$'
has "why" "$("$engine" why -c "$config" "$poison")" 'order replay, .*who tester'
accept "$(adt A01 C2 2)" # sent once more, it is a copy
wait_until is_at_rest
same "Tasks" 3 "$(kept rcca Task)"
stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '

# -- one death is no reason --------------------------------------------------------------------------------
poison=$(($(last) + 2))
export WW_FAILPOINT="apply-record=$poison"
start_engine
tell "$(adt A01 C4 4)"
ends
unset WW_FAILPOINT
start_engine
wait_until is_at_rest
same "Tasks" 4 "$(kept rcca Task)"
has "status" "$("$engine" status -c "$config")" '^set aside  0$'
stop_engine
