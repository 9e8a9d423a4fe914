#!/bin/sh
# A lenient feed takes what senders often get wrong, and says how much of it there was; what cannot be read for sure is refused all
# the same, and so is what changes the meaning in a way that nobody here understands.
. tests/e2e/lib.sh
. tests/e2e/fhir.sh

start_practice rcca
write_fhir_site 1 '' 'fhir: {lenient: true}'
start_fhir

good=$(encounter 1)
modifier='"modifierExtension":[{"url":"https://x.example.org/not","valueBoolean":true}]'

asked 201 POST /Encounter "$(printf '%s' "$good" | sed '1s/"resourceType"/"ward":"4W","participant":[],&/')"
has "the log" "$(cat "$engine_log")" 'fhir=warned feed=acme warnings=2'
lacks "the log" "$(cat "$engine_log")" '4W'
asked 400 POST /Encounter '{"resourceType":"Encounter","status":"planned"}'
asked 400 POST /Patient '{"resourceType":"Patient","birthDate":"3/2/1950"}'
asked 422 POST /Patient "{\"resourceType\":\"Patient\",$modifier}"
has "the answer" "$answer" '"code":"extension"'
has "the answer" "$answer" '"code":"WW-223"'
has "the answer" "$answer" '"expression":\["Patient.modifierExtension"\]'
stop_engine

# A feed that is not lenient refuses the same.
sed 's/, fhir: {lenient: true}//' "$config" >"$config.new" && mv "$config.new" "$config"
start_fhir
asked 400 POST /Encounter "$(printf '%s' "$good" | sed 's/"resourceType"/"ward":"4W",&/')"
asked 422 POST /Patient "{\"resourceType\":\"Patient\",$modifier}"
asked 201 POST /Encounter "$good"
echo "lenient: all good"
