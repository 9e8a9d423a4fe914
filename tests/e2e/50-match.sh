#!/bin/sh
# Persons who may be one: nothing is sent because of name and birth date alone, an operator decides, and can take it back.
. tests/e2e/lib.sh

# match ACTION [ARGUMENT...]: prints what it says.
match() {
	match_action=$1
	shift
	"$engine" match "$match_action" -c "$config" "$@" 2>&1
}

# live_tasks: how many Tasks stand.
live_tasks() {
	tasks '' | grep -vc '"status":"cancelled"\|"status":"entered-in-error"'
}

start_practice rcca
write_site 5
start_engine
"$engine" match ls -c "$config" >/dev/null
same "exit status of an empty list" 1 $?
accept "$(adt A01 C1 1)"
# The same person at another hospital, where nobody asked for her insurance.
accept "$(adt A01 C2 1 I V77 | sed 's/MR1^^^MERCY/MR77^^^NORTH/; /^IN1/d')"
wait_until is_at_rest
same "Tasks before anybody has decided" 1 "$(tasks '' | wc -l)"
listed=$(match ls)
has "the list" "$listed" '^[0-9]*\.[0-9]*  open  demographics  20'
lacks "what the list says of persons" "$listed" 'TESTFAMILY\|MR77'
id=${listed%% *}
same "what status counts" 1 "$(counted match open)"
has "one of the list" "$(match show "$id")" 'MR77'
has "one of the list" "$(match show "$id" --json)" '"family": "TESTFAMILY1"'

# -- one, and two again ---------------------------------------------------------------------------------
"$engine" match accept -c "$config" "$id" >/dev/null 2>&1
same "exit status of an order without a reason" 2 $?
has "accept" "$(match accept "$id" --reason 'seen both' --who ann)" '^ordered: journal [0-9]*, 1 changed$'
wait_until is_at_rest
same "Tasks once they are one" 2 "$(tasks '' | wc -l)"
has "the list of what is one" "$(match ls --state one)" "^$id  one  demographics"
stop_engine
has "undo without an engine" "$(match undo "$id" --reason 'it is her sister' --who ann)" ', 1 changed$'
start_engine
wait_until is_at_rest
wait_until has_count 1 live_tasks
has "who decided" "$(match show "$id")" 'order match-undo, .*who ann, reason it is her sister'
printed=$(match undo "$id" --reason again)
same "exit status of a second undo" 1 $?
has "a second undo" "$printed" 'refused: neither of the two is merged into the other (WW-216)'

# -- by what ----------------------------------------------------------------------------------------------
accept "$(adt A08 C3 1 I V1 0900)"
wait_until is_at_rest
number=$("$engine" find -c "$config" --control C3 --json | sed -n 's/.*"journal": *\([0-9]*\).*/\1/p' | head -1)
has "by what it was found" "$("$engine" why -c "$config" "$number")" 'matched person by PID-3 MR; visit by PV1-19'
lacks "what the log says of persons" "$(cat "$engine_log")" 'TESTFAMILY\|GIVEN'
stop_engine
"$engine" rebuild --check -c "$config" >/dev/null || fail "a rebuild does not end in the same"
