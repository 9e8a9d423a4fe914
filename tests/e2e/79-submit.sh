#!/bin/sh
# Claim/$submit as a copy beside the payer's own system: one Bundle brings the patient, the insurance and the request, another
# the answer; the stay comes last, and once more on another day.
. tests/e2e/lib.sh
. tests/e2e/fhir.sh

p=urn:uuid:00000000-0000-4000-8000-00000000000

# submission TRACE DAY
submission() {
	cat <<-END
	{"resourceType":"Bundle","identifier":{"system":"urn:ehr","value":"B-$1"},"type":"collection","timestamp":"2026-03-01T08:00:00Z","entry":[
	{"fullUrl":"${p}1","resource":{"resourceType":"Claim","identifier":[{"system":"urn:trace","value":"$1"}],
	"status":"active","type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claim-type","code":"institutional"}]},"use":"preauthorization",
	"patient":{"reference":"${p}2"},"created":"2026-03-01T08:00:00Z","insurer":{"reference":"${p}4"},"provider":{"reference":"${p}4"},
	"priority":{"coding":[{"code":"normal"}]},"insurance":[{"sequence":1,"focal":true,"coverage":{"reference":"${p}3"}}],
	"supportingInfo":[{"sequence":1,"category":{"coding":[{"code":"admissionDates"}]},"timingDate":"$2"}],
	"item":[{"sequence":1,"productOrService":{"coding":[{"system":"https://codesystem.x12.org/005010/1365","code":"48"}]}}]}},
	{"fullUrl":"${p}2","resource":{"resourceType":"Patient","identifier":[{"system":"https://acme.example.org/members","value":"M0001"}],"name":[{"family":"TESTFAMILY1","given":["GIVEN"]}],"gender":"female","birthDate":"1950-03-02"}},
	{"fullUrl":"${p}3","resource":{"resourceType":"Coverage","status":"active","beneficiary":{"reference":"${p}2"},"subscriberId":"M0001","payor":[{"reference":"${p}4"}]}},
	{"fullUrl":"${p}4","resource":{"resourceType":"Organization","name":"ACME","active":true}}]}
	END
}

# decision TRACE ACTION NUMBER: the answer, which knows the request by its trace number.
decision() {
	cat <<-END
	{"resourceType":"Bundle","type":"collection","timestamp":"2026-03-01T09:00:00Z","entry":[
	{"fullUrl":"${p}9","resource":{"resourceType":"ClaimResponse","identifier":[{"system":"urn:trace","value":"$1"}],
	"status":"active","type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claim-type","code":"institutional"}]},"use":"preauthorization",
	"patient":{"display":"the patient"},"created":"2026-03-01T09:00:00Z","insurer":{"display":"ACME"},"outcome":"complete",
	"item":[{"itemSequence":1,"adjudication":[{"category":{"coding":[{"code":"submitted"}]},"extension":[{"url":"http://hl7.org/fhir/us/davinci-pas/StructureDefinition/extension-reviewAction","extension":[{"url":"number","valueString":"$3"},{"url":"http://hl7.org/fhir/us/davinci-pas/StructureDefinition/extension-reviewActionCode","valueCodeableConcept":{"coding":[{"system":"https://codesystem.x12.org/005010/306","code":"$2"}]}}]}]}]}]}}]}
	END
}

start_practice rcca
write_fhir_site 2 '' 'fhir: {systems: [{system: "https://acme.example.org/members", type: MB}]}'
start_fhir

# shellcheck disable=SC2016
asked 200 POST '/Claim/$submit' "$(submission T-1 2026-03-01)"
has "request" "$("$engine" why -c "$config" member:M0001)" 'number T-1, .*status requested, .*inpatient 1'
asked 201 POST /Bundle "$(decision T-1 A1 PA-1)"
has "answer" "$("$engine" why -c "$config" member:M0001)" 'number T-1, granted PA-1, .*status approved'

accept "$(adt A01 C1 1)"
wait_until is_at_rest
same "Tasks" 1 "$(tasks '' | wc -l)"
seq=$("$engine" find -c "$config" --visit V1 2>/dev/null | head -n 1 | awk '{ print $1 }')
has "stay" "$("$engine" why -c "$config" "$seq")" 'granted PA-1, .*joined-by person and date'

# One for another day is of another stay, or of none yet; one that was denied is known as that.
# shellcheck disable=SC2016
asked 200 POST '/Claim/$submit' "$(submission T-2 2026-03-20)"
asked 201 POST /Bundle "$(decision T-2 A3 R-2)"
has "another" "$("$engine" why -c "$config" member:M0001)" 'number T-2, .*status denied'
lacks "stay" "$("$engine" why -c "$config" "$seq")" 'number T-2'

lacks "log" "$(cat "$engine_log")" 'TESTFAMILY\|M0001\|T-1\|PA-1'
stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '
