#!/bin/sh
# Bundles by POST: a transaction is done whole or not at all, a batch entry by entry, a message of Da Vinci Alerts once; what was asked
# for is shown, and told of with its answer.
. tests/e2e/lib.sh
. tests/e2e/fhir.sh

# entry URL METHOD TARGET RESOURCE [MORE]
entry() {
	printf '{"fullUrl":"%s","resource":%s,"request":{"method":"%s","url":"%s"%s}}' "$1" "$4" "$2" "$3" "${5-}"
}

# bundle TYPE ENTRIES
bundle() {
	printf '{"resourceType":"Bundle","type":"%s","entry":[%s]}' "$1" "$2"
}

# patient VALUE
patient() {
	printf '{"resourceType":"Patient","identifier":[{"system":"urn:x","value":"%s"}]}' "$1"
}

# stay SUBJECT
stay() {
	printf '{"resourceType":"Encounter","status":"in-progress","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"IMP"},"subject":{"reference":"%s"}}' "$1"
}

practice=http://127.0.0.1:9/fhir
write_fhir_site 2
start_fhir
p=urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0
q=urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e1

# -- a transaction ---------------------------------------------------------------------------------------
asked 200 POST '' "$(bundle transaction "$(entry $q POST Encounter "$(stay $p)"),$(entry $p POST Patient "$(patient P1)")")"
has "answer" "$answer" '"type":"transaction-response"'
same "statuses" 2 "$(printf '%s' "$answer" | grep -o '"status":"201 Created"' | wc -l | tr -d ' ')"
at=$(printf '%s' "$answer" | grep -o 'Encounter/[^/"]*' | head -1)
who=$(printf '%s' "$answer" | grep -o 'Patient/[^/"]*' | head -1)
asked 200 GET "/$at"
has "reference" "$answer" "\"subject\":{\"reference\":\"$who\"}"
asked 200 GET "/Encounter?patient=$who"
has "found by it" "$answer" "\"fullUrl\":\"$fhir/$at\""

# The second entry cannot be done, so the first is not.
asked 412 POST '' "$(bundle transaction "$(entry $p POST Patient "$(patient P2)"),$(entry $q PUT "$at" "$(stay $p | sed "s|^{|{\"id\":\"${at#Encounter/}\",|")" ',"ifMatch":"W/\"9\""')")"
has "outcome" "$answer" '"resourceType":"OperationOutcome"'
has "which entry" "$answer" 'Bundle.entry\[1\]'
same "stored of it" 0 "$(count_of '/Patient?identifier=P2')"

# -- a batch ---------------------------------------------------------------------------------------------
asked 200 POST '' "$(bundle batch "$(entry $p POST Patient "$(patient P3)"),{\"request\":{\"method\":\"GET\",\"url\":\"Patient/nobody\"}},{\"request\":{\"method\":\"GET\",\"url\":\"$at\"}}")"
has "the first" "$answer" '"status":"201 Created"'
has "the second" "$answer" '"status":"404 Not Found"'
has "the third" "$answer" '"entry":.*"resourceType":"Encounter"'
same "stored of it" 1 "$(count_of '/Patient?identifier=P3')"

# An entry that is no resource of R4 is not done, and the others are; what is wrong with the Bundle refuses all of it.
bad=$(patient P8 | sed 's|^{|{"gender":"none","active":"yes",|')
asked 200 POST '' "$(bundle batch "$(entry $p POST Patient "$(patient P7)"),$(entry $q POST Patient "$bad"),$(entry $p POST Patient "$(patient P9)" | sed "s|$p|urn:uuid:00000000-0000-4000-8000-000000000009|")")"
has "entries" "$answer" '"status":"201 Created".*"status":"400 Bad Request".*"status":"201 Created"'
has "line of the log" "$(cat "$engine_log")" 'fhir=refused feed=acme entries=1 request='
has "place" "$answer" '"expression":\["Bundle.entry\[1\].resource.gender"\]'
has "place" "$answer" '"expression":\["Bundle.entry\[1\].resource.active"\]'
asked 200 POST '' "$(bundle batch '{"request":{"method":"GET","url":"Patient/nobody"}}')" -H 'Accept: application/fhir+xml'
has "outcome in XML" "$answer" '<outcome><OperationOutcome'
same "stored of the good" 2 "$(count_of '/Patient?identifier=P7,P9')"
same "stored of the bad" 0 "$(count_of '/Patient?identifier=P8')"
asked 400 POST '' "$(bundle batch "$(entry $p POST Patient "$(patient P7)" ',"colour":"red"'),$(entry $q POST Patient "$bad")")"
asked 400 POST '' "$(bundle transaction "$(entry $p POST Patient "$(patient P10)"),$(entry $q POST Patient "$bad")")"
same "stored of the transaction" 0 "$(count_of '/Patient?identifier=P10')"

# -- a message -------------------------------------------------------------------------------------------
message() {
	printf '{"resourceType":"Bundle","id":"m1","type":"message","timestamp":"2026-03-02T08:00:00Z","entry":[{"fullUrl":"http://a.example/MessageHeader/h1","resource":{"resourceType":"MessageHeader","id":"h1","eventCoding":{"system":"http://hl7.org/fhir/us/davinci-alerts/CodeSystem/notification-event","code":"notification-admit"},"source":{"endpoint":"http://a.example"},"focus":[{"reference":"Encounter/e1"}]}},{"fullUrl":"http://a.example/Encounter/e1","resource":%s},{"fullUrl":"http://a.example/Patient/p1","resource":%s}]}' \
		"$(stay Patient/p1 | sed 's|^{|{"id":"e1",|')" "$(patient P4 | sed 's|^{|{"id":"p1",|')"
}
asked 200 POST '/$process-message' "$(message)"
has "outcome" "$answer" '"resourceType":"OperationOutcome"'
asked 200 GET /Encounter/e1
asked 200 POST '/$process-message' "$(message)"
asked 200 GET /Encounter/e1
same "version after the message came again" 'W/"1"' "$(header ETag)"

# -- what the commands say -------------------------------------------------------------------------------
seq=$("$engine" find -c "$config" --state duplicate | awk '{ print $1 }')
shown=$("$engine" show -c "$config" "$seq") || fail "show: $shown"
has "what was asked for" "$shown" '^message '
has "its body" "$shown" '^  "id": "m1",$'
has "its bytes" "$("$engine" show -c "$config" "$seq" --raw)" '^{"resourceType":"Bundle","id":"m1"'
has "hex" "$("$engine" show -c "$config" "$seq" --hex)" '7b 22 72 65'
story=$("$engine" why -c "$config" "$seq")
has "why, duplicate" "$story" 'duplicate'
has "why, answer" "$story" 'http 200'

lacks "log" "$(cat "$engine_log")" 'urn:x\|P1'
stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '
