#!/bin/sh
# An Encounter in by POST, a Task at the practice, and the commands that tell of it; the discharge by PUT is an update of that Task.
. tests/e2e/lib.sh
. tests/e2e/fhir.sh

start_practice rcca
write_fhir_site 2
start_fhir

asked 201 POST /Encounter "$(encounter 1)"
has "Location" "$(header Location)" "^$fhir/Encounter/ww-[0-9]*/_history/1\$"
same "ETag" 'W/"1"' "$(header ETag)"
has "Last-Modified" "$(header Last-Modified)" '^[A-Z][a-z]*, .* GMT$'
has "request id" "$(header X-Request-Id)" '.'
has "the resource" "$answer" '"versionId":"1"'
at=$(header Location | sed "s|^$fhir||; s|/_history.*||")
asked 200 GET "$(header Location | sed "s|^$fhir||")"
asked 404 GET "$at/_history/2"
wait_until is_at_rest

task=$(tasks 1)
same "Tasks" 1 "$(tasks 1 | wc -l)"
has "status" "$task" '"status":"requested"'
has "admission" "$task" '"type":{"text":"admitted"},"valueDateTime":"2026-03-02T07:00:00-05:00"'
lacks "name" "$task" 'TESTFAMILY'

# What was answered with 2xx can be read, found, and told of.
asked 200 GET "$at"
has "read" "$answer" '"value":"V1"'
asked 200 GET '/Encounter?identifier=https://mercy.example.org/visits%7CV1&status=in-progress'
has "found" "$answer" "\"fullUrl\":\"$fhir$at\""
asked 200 POST /Encounter/_search 'identifier=V1' -H 'Content-Type: application/x-www-form-urlencoded'
has "found by POST" "$answer" "\"fullUrl\":\"$fhir$at\""
asked 200 GET '/Encounter?identifier=V2'
lacks "nothing of V2" "$answer" '"entry"'
seq=${at#/Encounter/ww-}
story=$("$engine" why -c "$config" "$seq")
has "why, message" "$story" "^message: journal $seq, "
has "why, notice" "$story" 'resource Task, subject stay, practice rcca, .* state settled, change create'

# The discharge.
left=$(encounter 1 finished | sed "s|^{\"resourceType\":\"Encounter\",|&\"id\":\"${at#/Encounter/}\",|
	s|\"period\":{\"start\":\"[^\"]*\"|&,\"end\":\"2026-03-02T15:00:00-05:00\"|")
asked 200 PUT "$at" "$left" -H 'If-Match: W/"1"'
same "ETag" 'W/"2"' "$(header ETag)"
wait_until is_at_rest
same "Tasks after the discharge" 1 "$(tasks 1 | wc -l)"
has "Task after the discharge" "$(tasks 1)" '"type":{"text":"discharged"},"valueDateTime":"2026-03-02T15:00:00-05:00"'

lacks "log" "$(cat "$engine_log")" 'TESTFAMILY\|M0001\|V1'
stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '
