#!/bin/sh
# What could not leave in time does not leave as news: it speaks of the stay as it is now.
. tests/e2e/lib.sh

# told PERSON SUBJECT: the text of the Communications on that subject.
told() {
	grep "\"topic\":{\"text\":\"$2\"}" "$dir/rcca.ndjson" | grep "\"$(printf 'M%04d' "$1")\"" |
		sed 's/.*"contentString":"\([^"]*\)".*/\1/'
}

start_practice rcca
write_site 4
start_engine
# For comparison: what is sent at once says nothing of later.
accept "$(adt A04 C1 1 E V1 0800)"
wait_until is_at_rest
lacks "news that is sent at once" "$(told 1 'Emergency department arrival')" 'since'
stop rcca

# Person 2 arrives and is admitted, person 3 arrives and leaves, person 4 arrives and that is taken back.
accept "$(adt A04 C2 2 E V2 0800)"
accept "$(adt A04 C3 3 E V3 0801)"
accept "$(adt A04 C4 4 E V4 0802)"
accept "$(adt A06 C5 2 I V2 1200)"
accept "$(adt A03 C6 3 E V3 1201)"
accept "$(adt A11 C7 4 E V4 1202)"
wait_until grep -q 'result=retry' "$engine_log"
wait_until is_applied
start_practice rcca
wait_until is_at_rest

same "arrival of person 2" 1 "$(told 2 'Emergency department arrival' | wc -l)"
has "arrival of person 2" "$(told 2 'Emergency department arrival')" 'Admitted as an inpatient since\.$'
same "Tasks of person 2" 1 "$(tasks 2 | wc -l)"
has "arrival of person 3" "$(told 3 'Emergency department arrival')" 'The visit has ended since\.$'
same "departures of person 3" 1 "$(told 3 'Emergency department discharge' | wc -l)"
same "writes for person 4" 0 "$(grep -c '"M0004"' "$dir/rcca.ndjson")"

# The admission that is over when the practice comes back: its Task is about the discharge, and there is one write.
stop rcca
accept "$(adt A01 C8 1 I V1B 1300)"
accept "$(adt A03 C9 1 I V1B 1900)"
wait_until is_applied
start_practice rcca
wait_until is_at_rest
same "Tasks of person 1" 1 "$(tasks 1 | wc -l)"
has "Task of person 1" "$(tasks 1)" 'Follow-up after discharge.*"versionId":"1"'
stop_engine
