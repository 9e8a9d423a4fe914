#!/bin/sh
# The practice stores and then answers 500, so nobody knows whether it has it. The engine looks before it sends again:
# one request to create each, one live Task each, and nothing owed in the end.
. tests/e2e/lib.sh

requests() {
	curl -s "${practice%/fhir}/_log" | grep -o '{[^}]*}' | grep -c "\"method\":\"$1\",\"path\":\"/fhir/$2"
}

start_practice rcca --fail-after 3:500
write_site 4
start_engine
for person in 1 2 3 4; do
	accept "$(adt A01 "C$person" "$person")"
done
wait_until is_at_rest

for person in 1 2 3 4; do
	same "live Tasks of person $person" 1 "$(tasks "$person" | grep -c '"status":"requested"')"
done
same "Tasks ever made" 4 "$(kept rcca Task)"
same "requests to create" 4 "$(requests POST Task)"
[ "$(requests GET 'Task?identifier=')" -ge 3 ] || fail "it did not look before it sent again"
# Which of them fail is a matter of time: also what follows a search may be among the first three.
same "outcomes not known at first" 3 "$(grep -c 'result=uncertain http=500' "$engine_log")"
same "notices settled" 4 "$(counted notices settled)"

# The same for a Communication, and for an update.
stop rcca
start_practice rcca --fail-after 2:500
accept "$(adt A04 C5 1 E V1B 0800 | sed 's/20260302070000/20260302080000/')" # a visit of its own
accept "$(adt A03 C6 2 I V2 1500)"
wait_until is_at_rest
same "Communications" 1 "$(kept rcca Communication)"
same "Tasks of person 2" 1 "$(tasks 2 | wc -l)"
has "Task of person 2" "$(tasks 2)" 'Follow-up after discharge'
same "requests to create then" 1 "$(requests POST Communication)"
stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '
