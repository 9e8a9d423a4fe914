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

# -- notices: listed, shown, parked, discarded, tried again ------------------------------------------------
"$engine" queue ls -c "$config" >/dev/null
same "exit status of ls for nothing" 1 $?
stop rcca
accept "$(adt A01 C3 3)"
accept "$(adt A01 C4 4)"
accept "$(adt A01 C5 5)"
wait_until has_count 3 counted notices due
listed=$("$engine" queue ls -c "$config")
same "lines of ls" 3 "$(printf '%s\n' "$listed" | wc -l)"
has "ls" "$listed" '^[0-9]*\.[0-9]*  due  rcca-ehr  rcca  Task  stay  create  since 2'
lacks "ls" "$listed" 'TESTFAMILY\|M0003'
third=$(printf '%s\n' "$listed" | sed -n '1s/ .*//p')
fourth=$(printf '%s\n' "$listed" | sed -n '2s/ .*//p')
printed=$(queue park "$third")
same "exit status of park without a reason" 2 $?
has "park without a reason" "$printed" 'reason: this order needs one (WW-205)'
has "park" "$(queue park "$third" --reason 'wrong practice?')" ', 1 changed$'
has "discard" "$(queue discard "$fourth" --reason 'told by telephone')" ', 1 changed$'
has "ls of what is parked" "$("$engine" queue ls -c "$config" --state parked)" \
	"^$third  parked .*parked by an operator: wrong practice?"
has "ls as JSON" "$("$engine" queue ls -c "$config" --state discarded --json)" "\"id\": \"$fourth\""
has "show" "$("$engine" queue show -c "$config" "$third")" 'order park, .*who tester, reason wrong practice?'
printed=$("$engine" status -c "$config")
has "status" "$printed" '^endpoint   rcca-ehr: 1 due, 1 parked, 1 discarded, oldest 2.*, failed [0-9]'
start_practice rcca
has "retry of all" "$(queue retry --endpoint rcca-ehr)" ', 1 changed$'
wait_until is_at_rest
same "Tasks after the retry" 4 "$(tasks '' | wc -l)"
printed=$(queue retry "$third")
same "exit status of a retry of what is settled" 1 $?
has "a retry of what is settled" "$printed" 'refused: the notice is settled (WW-216)'
has "retry of what was discarded" "$(queue retry "$fourth")" ', 1 changed$'
wait_until is_at_rest
same "Tasks in the end" 5 "$(tasks '' | wc -l)"
stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '
lacks "log" "$(cat "$engine_log")" 'their server moves\|wrong practice\|by telephone'
