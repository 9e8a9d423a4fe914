#!/bin/sh
# A party without a server: what it is to be told stands on a worklist, people say what became of it by commands, while the engine
# runs and while it does not, and a rebuild knows all of it. A coordinator with a server who phones is answered for alike.
. tests/e2e/lib.sh

# flags ACTION [ARGUMENT...]: prints what it says.
flags() {
	flags_action=$1
	shift
	"$engine" flags "$flags_action" -c "$config" "$@" 2>&1
}

# nell ACTION [ARGUMENT...]: an order of hers.
nell() {
	flags "$@" --who nell
}

start_practice lakeside
write_site 5
sed -i "s|  - {name: rcca-ehr, .*|  - {name: desk, worklist: true}\n  - {name: lake-ehr, fhir: \"$practice\", timeout: 5}|
	s|send: rcca-ehr}|send: desk}\n  - {name: lakeside, send: lake-ehr}|" "$config"
sed -i 's/^\(M0005.*\),rcca,/\1,lakeside,/' "$dir/roster.csv"
start_engine

# -- on the list when it is applied; nothing is sent, nothing waits -------------------------------------------
flags ls >/dev/null
same "exit status of ls for nothing" 1 $?
accept "$(adt A01 C1 1)"
accept "$(adt A04 C2 2 E)"
wait_until is_applied
same "notices settled" 2 "$(counted notices settled)"
same "notices due" 0 "$(counted notices due)"
same "requests" 0 "$(writes lakeside)"
has "status" "$("$engine" status -c "$config")" '^worklist  *rcca 2$'
has "status" "$("$engine" status -c "$config")" '^endpoint  *desk: 0 due, 0 parked, 0 discarded$'
listed=$(flags ls)
same "lines of ls" 2 "$(printf '%s\n' "$listed" | wc -l)"
has "ls" "$listed" '^[0-9]*\.[0-9]*  open  admission  rcca  for rcca.*  due 2.*notice [0-9]*\.[0-9]* settled'
has "ls" "$listed" '  open  ed-arrival  rcca'
lacks "ls" "$listed" 'TESTFAMILY\|M000'
same "lines for another party" "" "$(flags ls --party lakeside)"
has "no such party" "$(flags ls --party lakesied 2>&1)" 'the configuration has no party lakesied'
has "no such kind" "$(flags ls --kind admision 2>&1)" '--kind takes one of: admission, ed-arrival, discharge, .*task-overdue$'
has "no such state" "$(flags ls --state opn 2>&1)" '--state takes one of: open, acknowledged, done, retracted, all$'
has "no such role" "$(flags ls --role nurse 2>&1)" '--role takes one of: coordinator, navigator, .*program-manager$'
same "of one kind" 1 "$(flags ls --kind ed-arrival | wc -l)"
same "of a member" 1 "$(flags ls --member M0001 | wc -l)"
same "overdue" "" "$(flags ls --overdue)"
same "head of CSV" id,state,kind "$(flags ls --csv | sed -n '1s/,practice.*//p')"
has "JSON" "$(flags ls --json)" '"state": "open"'
flag=$(flags ls --kind admission | sed 's/ .*//')
notice=$(flags ls --kind admission | sed 's/.*notice \([0-9.]*\) .*/\1/')
shown=$(flags show "$flag")
has "show" "$shown" 'family TESTFAMILY1'
has "show" "$shown" 'member M0001'
has "show" "$shown" 'kind admission, .*by\|rule admission/'
has "show by the notice" "$(flags show "$notice")" 'subject stay'

# -- taken up, noted, done -------------------------------------------------------------------------------------
has "ack" "$(nell ack "$flag")" '^ordered: journal [0-9]*, 1 changed$'
has "again" "$(nell ack "$notice")" ', 0 changed$'
has "acknowledged" "$(flags ls --state acknowledged)" "^$flag  acknowledged .* accepted  nell$"
has "note" "$(nell note "$flag" 'left word with the daughter')" ', 1 changed$'
has "done" "$(nell done "$flag" --outcome 'seen at home')" ', 1 changed$'
printed=$(nell ack "$flag")
same "exit status of a refusal" 1 $?
has "a refusal" "$printed" 'refused: it is done (WW-216)'
lacks "done is off the list" "$(flags ls)" '  admission  '
shown=$(flags show "$notice")
has "outcome" "$shown" 'outcome seen at home'
has "notes" "$shown" 'deed note.*text left word with the daughter'
has "history" "$shown" 'what done, of nell'
lacks "the log" "$(cat "$engine_log")" 'daughter\|seen at home\|nell'

# -- what is raised later opens it again; what is withdrawn shows at once --------------------------------------
accept "$(adt A03 C3 1)"
wait_until is_applied
has "discharge is open" "$(flags ls)" '  open  discharge  '
has "admission stays done" "$(flags ls --state done)" '  done  admission  '
accept "$(adt A11 C4 2 E)"
wait_until is_applied
lacks "the arrival is off the list" "$(flags ls)" 'ed-arrival'
arrival=$(flags ls --state retracted | sed 's/ .*//')
printed=$(nell done "$arrival")
has "done with what was retracted" "$printed" 'refused: the flag was retracted (WW-216)'

# -- a coordinator with a server who phones --------------------------------------------------------------------
accept "$(adt A01 C5 5)"
wait_until is_at_rest
same "requests" 1 "$(writes lakeside)"
flag=$(flags ls --party lakeside | sed 's/ .*//')
has "ack by phone" "$(nell ack "$flag" --reason phoned)" ', 1 changed$'
accept "$(adt A08 C6 5 I V5 0900)"
wait_until is_at_rest
accept "$(adt A03 C7 5)"
wait_until is_at_rest
has "the Task has it" "$(tasks 5)" '"status":"accepted"'

# -- while no engine runs; a rebuild knows it -------------------------------------------------------------------
stop_engine
flag=$(flags ls --kind discharge --party rcca | sed 's/ .*//')
has "done without an engine" "$(nell done "$flag")" ', 1 changed$'
same "rebuild" 0 "$("$engine" rebuild -c "$config" --check >/dev/null 2>&1; echo $?)"
has "why" "$("$engine" why -c "$config" "$notice")" 'order flag-done'
