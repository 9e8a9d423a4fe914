#!/bin/sh
# An operator's hand on the outbox: what is ordered while the engine runs and while it does not, and what a restart
# knows of it.
. tests/e2e/lib.sh

# queue ACTION [ARGUMENT...]: prints what it says; $ordered is its exit status.
queue() {
	queue_action=$1
	shift
	"$engine" queue "$queue_action" -c "$config" --who tester "$@" 2>&1
}

start_practice rcca
write_site 5
start_engine
same "mode of the control socket" 600 "$(stat -c %a "$dir/data/control.sock")"

# -- an endpoint that is paused gets nothing, also after a restart ----------------------------------------
has "pause" "$(queue pause rcca-ehr --reason 'their server moves')" '^ordered: journal [0-9]*, 1 changed$'
printed=$(queue pause rcca-ehr)
same "exit status of a second pause" 1 $?
has "a second pause" "$printed" 'refused: the endpoint is paused already (WW-216)'
before=$(writes rcca)
accept "$(adt A01 C1 1)"
wait_until has_count 1 counted notices due
stop_engine
[ ! -e "$dir/data/control.sock" ] || fail "the control socket is left behind"
start_engine
accept "$(adt A01 C2 2)"
wait_until has_count 2 counted notices due
same "writes while it is paused" "$before" "$(writes rcca)"
stop engine KILL
[ -e "$dir/data/control.sock" ] || fail "a killed engine removes nothing"

# -- without an engine the command journals and applies it itself -----------------------------------------
printed=$(queue resume rcca-ehr --json)
same "exit status of resume" 0 $?
has "resume" "$printed" '"changed": 1'
number=$(printf '%s\n' "$printed" | sed -n 's/.*"journal": \([0-9]*\).*/\1/p')
has "why an order" "$("$engine" why -c "$config" "$number")" "journal $number, order resume, subject rcca-ehr, .*who tester"
start_engine
wait_until is_at_rest
same "Tasks once it is resumed" 2 "$(tasks '' | wc -l)"
stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '
lacks "log" "$(cat "$engine_log")" 'their server moves'
