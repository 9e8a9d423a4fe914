#!/bin/sh
# A stay of which three tell: a request for authorization before the patient came, the hospital's messages and an Encounter. One
# Task, and the number under which the payer authorized it.
. tests/e2e/lib.sh
. tests/e2e/fhir.sh

patient='{"resourceType":"Patient","id":"p1","identifier":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MB"}]},"system":"https://acme.example.org/members","value":"M0001"}],"name":[{"family":"TESTFAMILY1","given":["GIVEN"]}],"gender":"female","birthDate":"1950-03-02"}'

# request ID NUMBER DAY: of leave to admit.
request() {
	cat <<-END
	{"resourceType":"Claim","id":"$1","status":"active","use":"preauthorization","created":"2026-03-01",
	 "type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claim-type","code":"institutional"}]},
	 "identifier":[{"system":"urn:trace","value":"$2"}],"patient":{"reference":"Patient/p1"},
	 "provider":{"display":"Mercy General"},"insurer":{"display":"ACME"},
	 "priority":{"coding":[{"code":"normal"}]},
	 "insurance":[{"sequence":1,"focal":true,"coverage":{"display":"ACME PPO"}}],
	 "supportingInfo":[{"sequence":1,"category":{"coding":[{"code":"admissionDates"}]},"timingDate":"$3"}]}
	END
}

# answer_to ID CLAIM OUTCOME [MEMBERS]
answer_to() {
	cat <<-END
	{"resourceType":"ClaimResponse","id":"$1","status":"active","use":"preauthorization","created":"2026-03-01",
	 "type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claim-type","code":"institutional"}]},
	 "patient":{"reference":"Patient/p1"},"insurer":{"display":"ACME"},
	 "request":{"reference":"Claim/$2"},"outcome":"$3"${4:-}}
	END
}

start_practice rcca
write_fhir_site 2 '' 'fhir: {systems: [{system: "https://mercy.example.org/visits", authority: MERCY, type: VN}], facilities: [{is: Mercy General, facility: MERCY}]}'
start_fhir

# Known before anybody is there, and before the answer that came first.
asked 201 PUT /Patient/p1 "$patient"
asked 201 PUT /ClaimResponse/r1 "$(answer_to r1 c1 queued)"
asked 201 PUT /Claim/c1 "$(request c1 T-1 2026-03-03)"
story=$("$engine" why -c "$config" member:M0001)
has "request that waits" "$story" 'number T-1, use preauthorization, status pended'

asked 201 PUT /ClaimResponse/r2 "$(answer_to r2 c1 complete ',"preAuthRef":"PA-7"')"
accept "$(adt A01 C1 1)"
asked 201 POST /Encounter "$(encounter 1 in-progress V1)"
wait_until is_at_rest
same "Tasks" 1 "$(tasks '' | wc -l)"
seq=$("$engine" find -c "$config" --authorization PA-7 2>/dev/null | head -n 1 | awk '{ print $1 }')
[ -n "$seq" ] || fail "find --authorization finds nothing"
seq=$("$engine" find -c "$config" --visit V1 2>/dev/null | head -n 1 | awk '{ print $1 }')
story=$("$engine" why -c "$config" "$seq")
for one in 'mercy ADT' 'acme Encounter/' 'acme Claim/c1' 'number T-1, granted PA-7, use preauthorization, status approved' 'joined-by person and date'; do
	has "why" "$story" "$one"
done
has "evidence" "$("$engine" why -c "$config" --json "$seq")" '"authorization": *"PA-7"'

# The request and its answers lead to the stay as well.
for type in Claim ClaimResponse; do
	told=$("$engine" find -c "$config" --type $type 2>/dev/null | head -n 1 | awk '{ print $1 }')
	story=$("$engine" why -c "$config" "$told")
	has "why of a $type, authorization" "$story" '^authorization: .* resource Claim/c1, .* number T-1, granted PA-7, '
	has "why of a $type, stay" "$story" '^stay: .* told-by .*mercy ADT'
done

# What the payer says later of it changes no admission.
asked 201 PUT /ClaimResponse/r3 "$(answer_to r3 c1 complete)"
asked 200 PUT /Claim/c1 "$(request c1 T-1 2026-03-03 | sed 's/"status":"active"/"status":"cancelled"/')"
wait_until is_at_rest
same "Tasks" 1 "$(tasks '' | wc -l)"
has "why" "$("$engine" why -c "$config" "$seq")" 'number T-1, granted PA-7, use preauthorization, status cancelled'

lacks "log" "$(cat "$engine_log")" 'TESTFAMILY\|M0001\|T-1\|PA-7'
stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '
