#!/bin/sh
# The practice is away while messages come. They are acknowledged all the same, tried again, and arrive in the order of
# each person when it is back; what was withdrawn meanwhile never leaves.
. tests/e2e/lib.sh

# line PERSON PATTERN: where in the practice's file of writes that person's first such line is; 0: nowhere.
line() {
	awk -v member="\"$(printf 'M%04d' "$1")\"" -v pattern="$2" \
		'index($0, member) && index($0, pattern) { print NR; found = 1; exit } END { if (!found) print 0 }' \
		"$dir/rcca.ndjson"
}

# in_order PERSON FIRST THEN
in_order() {
	first=$(line "$1" "$2")
	then=$(line "$1" "$3")
	[ "$first" -gt 0 ] && [ "$first" -lt "$then" ] || fail "person $1: '$2' is write $first, '$3' write $then"
}

# tried N: the engine has tried so often to reach the practice.
tried() {
	[ "$(grep -c 'result=retry .*reason="no connection"' "$engine_log")" -ge "$1" ]
}

# A withdrawal that meets a try under way also calls for a correction, which is then suppressed as well.
are_withdrawn() {
	[ "$(counted notices suppressed)" -ge 2 ]
}

start_practice rcca
write_site 5
stop rcca
echo 'limits: {queue: 5}' >>"$config"
start_engine --log debug # what fails again in the same way is told to those who want to know
before=$(writes rcca)

# Person 1: emergency department, then home: two things to know. Person 2: two stays. Person 3: admitted, discharged.
# Persons 4 and 5: admitted or registered by mistake.
accept "$(adt A04 C1 1 E V1 0800)"
accept "$(adt A01 C2 2 I V2 0801)"
accept "$(adt A01 C3 3 I V3 0802)"
accept "$(adt A01 C4 4 I V4 0803)"
accept "$(adt A04 C5 5 E V5 0804)"
accept "$(adt A03 C6 1 E V1 0900)"
accept "$(adt A03 C7 2 I V2 0901)"
accept "$(adt A03 C11 3 I V3 0902)"
accept "$(adt A11 C8 4 I V4 0902)"
accept "$(adt A11 C9 5 E V5 0903)"
accept "$(adt A01 C10 2 I V2B 1000)"
wait_until tried 3
same "writes while the practice is away" "$before" "$(writes rcca)"
wait_until are_withdrawn
wait_until has_count 5 counted notices due
wait_until has_count 1 grep -c 'level=error queue=long due-at-least=5' "$engine_log"

start_practice rcca
wait_until is_at_rest
wait_until has_count 1 grep -c 'queue=well' "$engine_log"
in_order 1 'arrived in the emergency department' 'left the emergency department'
in_order 2 'Follow-up after discharge' 'Inpatient admission follow-up'
same "Tasks of two stays" 2 "$(tasks 2 | wc -l)"
# What came to the Task of person 3 first was never news: it leaves as it is now, once.
same "writes for person 3" 1 "$(grep -c '"M0003"' "$dir/rcca.ndjson")"
same "writes for person 4" 0 "$(line 4 resource)"
same "writes for person 5" 0 "$(line 5 resource)"
same "writes in all" 5 "$(writes rcca)"
has "what person 3 was told" "$(tasks 3)" 'Follow-up after discharge.*"versionId":"1"'
has "why nothing was sent" "$("$engine" why -c "$config" member:M0004)" \
	'state suppressed, .*reason withdrawn before it was sent'
stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '
