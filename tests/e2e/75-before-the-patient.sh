#!/bin/sh
# What comes before its Patient is kept, and told of when the Patient comes by another way: a file that is loaded, while the engine
# runs and without it.
. tests/e2e/lib.sh
. tests/e2e/fhir.sh

encounter_of() { # ID PATIENT
	printf '{"resourceType":"Encounter","id":"%s","status":"in-progress","class":{"code":"IMP"},"subject":{"reference":"Patient/%s"},"period":{"start":"2026-03-02T07:00:00-05:00"}}' "$1" "$2"
}

patient_of() { # ID PERSON
	printf '{"resourceType":"Patient","id":"%s","name":[{"family":"TESTFAMILY%s","given":["GIVEN"]}],"gender":"female","birthDate":"1950-03-02"}\n' "$1" "$2"
}

coverage_of() { # ID PATIENT PERSON
	printf '{"resourceType":"Coverage","id":"%s","status":"active","subscriberId":"M%04d","beneficiary":{"reference":"Patient/%s"},"payor":[{"display":"ACME"}]}\n' "$1" "$3" "$2"
}

start_practice rcca
write_fhir_site 3
start_fhir
asked 201 PUT /Encounter/e1 "$(encounter_of e1 p1)"
asked 201 PUT /Encounter/e2 "$(encounter_of e2 p2)"
wait_until is_at_rest
same "Tasks of nobody" 0 "$(tasks '' | wc -l)"

# The number comes before the name, and the other way round.
{ coverage_of c1 p1 1; patient_of p1 1; } >"$dir/one.ndjson"
"$engine" load -c "$config" --feed acme "$dir/one.ndjson" >/dev/null 2>&1 || fail "load beside the engine ended with $?"
wait_until is_at_rest
same "Tasks of the first" 1 "$(tasks '' | wc -l)"
stop_engine
{ patient_of p2 2; coverage_of c2 p2 2; } >"$dir/two.ndjson"
"$engine" load -c "$config" --feed acme "$dir/two.ndjson" >/dev/null 2>&1 || fail "load without an engine ended with $?"
start_fhir
wait_until is_at_rest
same "Tasks of both" 2 "$(tasks '' | wc -l)"
stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '
