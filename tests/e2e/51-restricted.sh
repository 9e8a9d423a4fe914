#!/bin/sh
# Restricted persons and test patients: nothing of them leaves, what is withheld is listed and leaves when it may; and what
# was told wrongly is listed with what became of its recall.
. tests/e2e/lib.sh

# report LIST [OPTION...]
report() {
	report_list=$1
	shift
	"$engine" report "$report_list" -c "$config" "$@"
}

# How many Tasks the practice has.
tasks_there() {
	tasks '' | wc -l
}

# tests_are WORD: the log has a line that says so.
tests_are() {
	grep -q "feed=mercy tests=$1 " "$engine_log"
}

start_practice rcca
write_site 5
cat >>"$config" <<-END
	restrictions:
	  - {name: protected, when: {PD1-12: "Y"}}
	  - {name: psychiatry, when: {PV1-3.1: PSY}, then: event-only}
END
sed -i 's|zone: America/New_York}|zone: America/New_York, adt: {test: {PID-5: "ZZTEST*"}, test_alarm: {percent: 40, least: 3, over: 10}}}|' \
	"$config"
start_engine
report suppressed >/dev/null
same "exit status when nothing is withheld" 1 $?
report disclosures >/dev/null
same "exit status when nothing was told wrongly" 1 $?

# protect MESSAGE Y|N: with PD1-12.
protect() {
	printf '%s\n' "$1" | sed "/^PID/{p;s/.*/PD1||||||||||||$2/}"
}

# -- withheld, and let out ------------------------------------------------------------------------------
accept "$(protect "$(adt A01 C1 1)" Y)"
accept "$(adt A01 C2 2)"
wait_until is_at_rest
wait_until has_count 1 counted notices suppressed
same "Tasks of the two" 1 "$(tasks '' | wc -l)"
listed=$(report suppressed)
has "what is withheld" "$listed" '^20.*Z  rcca  M0001  [0-9]*\.[0-9]*  Task stay  restricted: protected$'
same "lines of it" 1 "$(printf '%s\n' "$listed" | wc -l)"
has "what is withheld of a member" "$(report suppressed --member m-0001 --json)" '"reason": "restricted: protected"'
report suppressed --member M0002 >/dev/null
same "exit status when nothing of a member is withheld" 1 $?
stop_engine
start_engine
accept "$(protect "$(adt A08 C3 1)" N)"
wait_until is_at_rest
wait_until has_count 2 tasks_there
report suppressed >/dev/null
same "exit status when all is let out" 1 $?

# -- the event alone ------------------------------------------------------------------------------------
accept "$(adt A01 C4 3 | sed 's/^\(PV1|[^|]*|[^|]*|\)[^^|]*/\1PSY/')"
wait_until is_at_rest
wait_until has_count 3 tasks_there
lacks "the Task of a sensitive unit" "$(tasks '' | grep M0003)" 'facility'
has "the Task of another" "$(tasks '' | grep M0002)" 'facility'

# -- tests ----------------------------------------------------------------------------------------------
for n in 1 2 3 4; do
	accept "$(adt A01 "T$n" 4 I "V9$n" | sed 's/TESTFAMILY4/ZZTEST/')"
done
wait_until tests_are many
has "status" "$("$engine" status -c "$config")" '^tests      mercy: 4 of the last [0-9]*, an alarm since 20'
for n in 1 2 3 4 5 6 7 8 9 10; do
	accept "$(adt A08 "U$n" 2)"
done
wait_until tests_are well
same "lines of the alarm" 2 "$(grep -c 'tests=' "$engine_log")"
lacks "the log" "$(cat "$engine_log")" 'TESTFAMILY\|ZZTEST\|M000'
wait_until is_at_rest
same "Tasks with the tests" 3 "$(tasks '' | wc -l)"

# -- told wrongly ---------------------------------------------------------------------------------------
stop_engine
sed -i 's/^M0002,"TESTFAMILY2, GIVEN",1950/M0002,"SOMEBODY, ELSE",1951/' "$dir/roster.csv"
start_engine
wait_until is_at_rest
listed=$(report disclosures)
has "what was told wrongly" "$listed" '^20.*Z  rcca  M0002  Task stay  stay-[^ ]*  wrong: the patient is not that member'
has "its recall" "$listed" '  recalled by journal [0-9]*  recall delivered 20'
same "lines of it" 1 "$(printf '%s\n' "$listed" | wc -l)"
same "the same of another member" '' "$(report disclosures --member M0001)"
has "as JSON" "$(report disclosures --member M0002 --json)" '"recall": "delivered"'
stop_engine
has "the rebuilt ledger" "$("$engine" rebuild --check -c "$config")" '^equal: '
