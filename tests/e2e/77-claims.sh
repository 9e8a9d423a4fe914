#!/bin/sh
# Claims in any order: which of them count, what a stay's risk makes of them, and that a rebuild finds the same.
. tests/e2e/lib.sh
. tests/e2e/fhir.sh

patient='{"resourceType":"Patient","id":"p1","identifier":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MB"}]},"system":"https://acme.example.org/members","value":"M0001"}],"name":[{"family":"TESTFAMILY1","given":["GIVEN"]}],"gender":"female","birthDate":"1950-03-02"}'

# claim ID NUMBER TYPE-OF-BILL DAY CODE [RELATED]: a hospital's bill with one diagnosis.
claim() {
	related=
	[ -z "${6-}" ] || related=",\"related\":[{\"claim\":{\"reference\":\"Claim/$6\"},\"relationship\":{\"coding\":[{\"code\":\"prior\"}]}}]"
	cat <<-END
	{"resourceType":"Claim","id":"$1","status":"active","use":"claim","created":"2026-03-10",
	 "type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claim-type","code":"institutional"}]},
	 "identifier":[{"system":"urn:claims","value":"$2"}],"patient":{"reference":"Patient/p1"},
	 "provider":{"display":"Mercy General"},"priority":{"coding":[{"code":"normal"}]},
	 "insurance":[{"sequence":1,"focal":true,"coverage":{"display":"ACME PPO"}}],
	 "billablePeriod":{"start":"$4","end":"$4"},
	 "supportingInfo":[{"sequence":1,"category":{"coding":[{"code":"typeofbill"}]},"code":{"coding":[{"code":"$3"}]}}],
	 "diagnosis":[{"sequence":1,"diagnosisCodeableConcept":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10-cm","code":"$5"}]}}],
	 "item":[{"sequence":1,"revenue":{"coding":[{"code":"0450"}]},"productOrService":{"coding":[{"code":"99284"}]},"net":{"value":640.10,"currency":"USD"}}]$related}
	END
}

start_practice rcca
write_fhir_site 2 '' 'fhir: {facilities: [{is: Mercy General, facility: MERCY}]}'
start_fhir

# The replacement comes first, the void of another, too.
asked 201 PUT /Patient/p1 "$patient"
asked 201 PUT /Claim/b "$(claim b N2 0137 2026-01-10 E11.9 a)"
asked 201 PUT /Claim/a "$(claim a N1 0131 2026-01-10 I50.9)"
asked 201 PUT /Claim/v "$(claim v N4 0138 2026-01-20 C50.9 u)"
asked 201 PUT /Claim/u "$(claim u N3 0131 2026-01-20 C50.9)"
story=$("$engine" why -c "$config" member:M0001)
has "replaced" "$story" 'resource Claim/a, number N1, .*status replaced'
has "counts" "$story" 'resource Claim/b, number N2, .*status counts, .*class emergency'
has "voided" "$story" 'resource Claim/u, number N3, .*status voided'
has "void" "$story" 'resource Claim/v, number N4, .*status void'

# One emergency visit and one diagnosis count for the stay that ends: claims say where they come from.
accept "$(adt A01 C1 1)"
accept "$(adt A03 C2 1 I V1 1000)"
wait_until is_at_rest
seq=$("$engine" find -c "$config" --visit V1 2>/dev/null | head -n 1 | awk '{ print $1 }')
story=$("$engine" why -c "$config" --json "$seq")
has "visits" "$story" '1 visit in the 180 days before'
has "source of visits" "$story" 'emergency visits in the ledger, and claims for others'
has "diagnoses" "$story" 'claims and Conditions of this stay'

lacks "log" "$(cat "$engine_log")" 'TESTFAMILY\|M0001\|E119\|E11\.9\|640\.1'
stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '
