#!/bin/sh
# An attribution list that comes as a Group: whose patient a member is, what ends it, and a whole list that would end too many.
. tests/e2e/lib.sh
. tests/e2e/fhir.sh

# patient PERSON
patient() {
	cat <<-END
	{"resourceType":"Patient","id":"p$1",
	 "identifier":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MB"}]},"system":"https://acme.example.org/members","value":"L00$1"}],
	 "name":[{"family":"TESTFAMILY$1","given":["GIVEN"]}],"gender":"female","birthDate":"1950-03-02"}
	END
}

# group CHANGE PERSON...: a list of these, of the practice with that NPI.
group() {
	change=$1 members=
	shift
	for person; do
		members="$members${members:+,}{\"extension\":[{\"url\":\"http://hl7.org/fhir/us/davinci-atr/StructureDefinition/ext-changeType\",\"valueCode\":\"$change\"},{\"url\":\"http://hl7.org/fhir/us/davinci-atr/StructureDefinition/ext-attributedProvider\",\"valueReference\":{\"identifier\":{\"system\":\"http://hl7.org/fhir/sid/us-npi\",\"value\":\"1234567893\"}}}],\"entity\":{\"reference\":\"Patient/p$person\"},\"period\":{\"start\":\"2025-01-01\"}}"
	done
	printf '{"resourceType":"Group","id":"g","type":"person","actual":true,"member":[%s]}' "$members"
}

start_practice rcca
write_fhir_site 2 '' 'fhir: {group: snapshot}'
sed -i 's/{name: rcca, title/{name: rcca, npi: "1234567893", title/' "$config"
start_fhir

for person in 11 12 13 14 15; do
	asked 201 PUT "/Patient/p$person" "$(patient "$person")"
done
asked 201 PUT /Group/g "$(group new 11 12 13 14 15)"
has "list" "$("$engine" status -c "$config")" 'acme/Group/g'

accept "$(adt A01 C1 11 I | sed 's/M0011/L0011/')"
wait_until is_at_rest
same "Tasks" 1 "$(tasks '' | wc -l)"

# A list of one would end four of five: it ends nobody, and says so.
asked 200 PUT /Group/g "$(group nochange 11)"
has "list" "$("$engine" status -c "$config")" 'acme/Group/g.*group_drop'
accept "$(adt A01 C2 12 I | sed 's/M0012/L0012/')"
wait_until is_at_rest
same "Tasks" 2 "$(tasks '' | wc -l)"

# One of five may go. Two of the rest should never have been on the list.
asked 200 PUT /Group/g "$(group nochange 11 12 13 14)"
has "list" "$("$engine" status -c "$config")" 'acme/Group/g: 4 rows, 0 rejected$'
asked 200 PUT /Group/g "$(group cancelled 11 12 13 14)"
wait_until is_at_rest
same "Tasks" 2 "$(tasks '' | wc -l)"
same "Tasks that were taken back" 2 "$(tasks '' | grep -c '"status":"cancelled"')"

stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '
