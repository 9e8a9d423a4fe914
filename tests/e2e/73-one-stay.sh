#!/bin/sh
# One stay of which a hospital tells by messages and by an Encounter: one Task, whichever number it goes by.
. tests/e2e/lib.sh
. tests/e2e/fhir.sh

# version STATUS [MEMBERS-OF-THE-RESOURCE]: a version of Encounter e1, with the patient's medical record number.
version() {
	cat <<-END
	{"resourceType":"Encounter","id":"e1","meta":{"lastUpdated":"2026-03-0$3T08:05:00-05:00"},
	 "identifier":[$4],
	 "contained":[{"resourceType":"Patient","id":"p","identifier":[{"system":"https://mercy.example.org/mrn","value":"MR1"}],
	  "name":[{"family":"TESTFAMILY1","given":["GIVEN"]}],"gender":"female","birthDate":"1950-03-02"}],
	 "status":"$1","class":{"code":"IMP"},"subject":{"reference":"#p"},
	 "period":{"start":"2026-03-02T07:00:00-05:00"$2},
	 "serviceProvider":{"display":"Mercy General"}}
	END
}

start_practice rcca
write_fhir_site 2 '' 'fhir: {systems: [{system: "https://mercy.example.org/mrn", authority: MERCY}], facilities: [{is: Mercy General, facility: MERCY}]}'
start_fhir

# By facility and time: the Encounter has a number of its own.
accept "$(adt A01 C1 1)"
asked 201 PUT /Encounter/e1 "$(version in-progress '' 2 '{"system":"urn:ehr","value":"77"}')"
wait_until is_at_rest
same "Tasks" 1 "$(tasks '' | wc -l)"
seq=$("$engine" find -c "$config" --visit V1 2>/dev/null | head -n 1 | awk '{ print $1 }')
story=$("$engine" why -c "$config" "$seq")
has "who told of it" "$story" 'told-by acme Encounter/e1, mercy ADT'
has "what the Encounter said" "$story" 'trigger admitted, source acme Encounter/e1'

# The message discharges, the Encounter says where to; both are the same stay's.
accept "$(adt A03 C2 1 I V1 1000)"
asked 200 PUT /Encounter/e1 "$(version finished ',"end":"2026-03-02T10:00:00-05:00"' 3 '{"system":"urn:ehr","value":"77"}')"
wait_until is_at_rest
same "Tasks after the discharge" 1 "$(tasks '' | wc -l)"
has "Task after the discharge" "$(tasks '')" '"type":{"text":"discharged"},"valueDateTime":"2026-03-02T10:00:00-05:00"'

# Nothing else of the patient is one with it.
asked 201 PUT /Encounter/e2 "$(version in-progress '' 2 '{"system":"urn:ehr","value":"78"}' | sed 's|"id":"e1"|"id":"e2"|; s|2026-03-02T07:00|2026-03-09T07:00|')"
wait_until is_at_rest
same "Tasks of two stays" 2 "$(tasks '' | wc -l)"

# What would come of a file, in an empty ledger: the member comes with a Coverage.
{
	version in-progress '' 2 '{"system":"urn:ehr","value":"77"}' | tr -d '\n'
	echo
	echo '{"resourceType":"Coverage","id":"c1","status":"active","subscriberId":"M0001","payor":[{"display":"ACME"}],"beneficiary":{"identifier":{"system":"https://mercy.example.org/mrn","value":"MR1"}}}'
} >"$dir/two.ndjson"
tried=$("$engine" try -c "$config" --feed acme "$dir/two.ndjson")
has "try, the Encounter" "$tried" '^1 admitted admit: applied, stay new -> in-progress inpatient$'
has "try, the Coverage" "$tried" '^  would create Task "stay" at rcca-ehr$'

lacks "log" "$(cat "$engine_log")" 'TESTFAMILY\|MR1\|M0001\|Mercy'
stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '
