#!/bin/sh
# Requests that are wrong, each in its own way, get the status, the issue code and the public code that say so, and leave no trace
# but in the refused ring where something was sent. What is sent in other formats is read, and answered in what is asked for.
. tests/e2e/lib.sh
. tests/e2e/fhir.sh

start_practice rcca
write_fhir_site 1 'max_message: 65536'
sed -i '/name: fhir, fhir:/a\
  - {name: easy, fhir: "127.0.0.1:0/fhir", auth: none}
	/name: acme, on: fhir/a\
  - {name: easy, on: easy, fhir: {lenient: true, answer: minimal}}' "$config"
start_fhir

json='Content-Type: application/fhir+json'
good='{"resourceType":"Encounter","status":"planned","class":{"code":"IMP"}}'
patient='{"resourceType":"Patient","id":"p1","birthDate":"1950-03-02"}'

# wrong STATUS ISSUE-CODE PUBLIC-CODE METHOD PATH [BODY [CURL-OPTION...]]
wrong() {
	wrong_issue=$2
	wrong_code=$3
	wrong_want=$1
	shift 3
	asked "$wrong_want" "$@"
	has "$1 $2" "$answer" '"resourceType":"OperationOutcome"'
	has "$1 $2, issue" "$answer" "\"code\":\"$wrong_issue\""
	has "$1 $2, code" "$answer" "\"code\":\"$wrong_code\""
}

wrong 404 not-found WW-214 GET /Flag
wrong 404 not-found WW-214 GET /nothing
wrong 404 not-found WW-214 GET /Encounter/none
wrong 404 not-found WW-214 GET /Encounter/a_b
wrong 404 not-found WW-214 POST '/Encounter/$submit' "$good"
wrong 405 not-supported WW-230 POST /Encounter/17 "$good"
same "Allow" "GET, HEAD, PUT, DELETE" "$(header Allow)"
wrong 405 not-supported WW-230 GET '/Claim/$submit'
same "Allow" POST "$(header Allow)"
wrong 415 not-supported WW-231 POST /Encounter "$good" -H 'Content-Type: text/plain'
wrong 415 not-supported WW-231 POST /Encounter "$good" -H 'Content-Type: application/fhir+json; fhirVersion=3.0'
wrong 415 not-supported WW-231 POST /Encounter "$good" -H 'Content-Type: application/fhir+json; charset=latin1'
wrong 415 not-supported WW-231 POST /Encounter "$good" -H 'Content-Encoding: br'
wrong 406 not-supported WW-232 GET /Encounter/17 '' -H 'Accept: text/turtle'
wrong 406 not-supported WW-232 GET /Encounter/17 '' -H 'Accept: application/fhir+json; fhirVersion=5.0'
wrong 406 not-supported WW-232 GET '/Encounter?_format=ttl'
wrong 400 structure WW-201 POST /Encounter '{"resourceType":"Encounter"'
wrong 400 structure WW-201 POST /Encounter '{"resourceType":"Encounter","status":"planned","status":"planned"}'
wrong 400 structure WW-201 POST /Encounter '' -H "$json" -d ''
wrong 400 not-supported WW-208 POST /Encounter "$patient"
has "expression" "$answer" '"expression":\["resourceType"\]'
wrong 400 code-invalid WW-207 POST /Encounter '{"resourceType":"Encounter","status":"bogus","class":{"code":"IMP"}}'
has "expression" "$answer" '"expression":\["Encounter.status"\]'
wrong 400 required WW-205 POST /Encounter '{"resourceType":"Encounter","status":"planned"}'
wrong 400 value WW-206 PUT /Patient/p2 "$patient"
wrong 400 required WW-205 PUT /Patient "$patient"
wrong 400 required WW-205 DELETE /Patient
wrong 422 business-rule WW-222 POST '' '{"resourceType":"Bundle","type":"searchset"}'
wrong 422 business-rule WW-222 POST '/$process-message' '{"resourceType":"Bundle","type":"collection"}'
wrong 400 value WW-206 GET '/Encounter?date=yesterday'
wrong 400 value WW-206 GET '/Encounter?_count=many'
wrong 400 value WW-206 GET '/Encounter?_page=xyz'
wrong 400 value WW-206 GET '/Encounter?colour=red' '' -H 'Prefer: handling=strict'
has "which" "$answer" '"text":"colour: '
wrong 400 value WW-206 GET '/Encounter?_summary=text' '' -H 'Prefer: handling=strict'
has "which" "$answer" '"text":"_summary: '
head -c 70000 /dev/zero | tr '\0' ' ' >"$dir/long"
wrong 413 too-long WW-211 POST /Encounter '' -H "$json" --data-binary "@$dir/long"
gzip <"$dir/long" >"$dir/bomb"
wrong 413 too-long WW-211 POST /Encounter '' -H "$json" -H 'Content-Encoding: gzip' --data-binary "@$dir/bomb"
wrong 400 structure WW-201 POST /Encounter "$good" -H 'Content-Encoding: gzip'

# What was sent and refused is kept, with its place; nothing of it was taken.
refused=$("$engine" refused -c "$config")
has "refused ring" "$refused" 'WW-207.*Encounter.status'
has "refused ring, what could not be read" "$refused" 'WW-201'
has "nothing is stored" "$("$engine" status -c "$config")" '^journal .* last 3 '
lacks "log" "$(cat "$engine_log")" '1950-03-02'
same "found" 0 "$(count_of '/Encounter?status=planned')"

# The same in XML, packed, and answered in XML.
printf '<Encounter xmlns="http://hl7.org/fhir"><status value="planned"/><class><code value="IMP"/></class></Encounter>' |
	gzip >"$dir/packed"
asked 201 POST /Encounter '' --data-binary "@$dir/packed" -H 'Content-Type: application/fhir+xml' -H 'Content-Encoding: gzip' \
	-H 'X-Request-Id: my-7'
has "answer" "$answer" '<status value="planned"/>'
same "format of the answer" 'application/fhir+xml; charset=utf-8' "$(header Content-Type)"
same "request id" my-7 "$(header X-Request-Id)"
at=$(header Location | sed 's|.*/fhir||; s|/_history.*||')
asked 200 GET "$at" '' -H 'Accept: application/json'
has "in JSON" "$answer" '"status":"planned"'
asked 200 GET "$at?_format=xml"
has "in XML by _format" "$answer" '<status value="planned"/>'
asked 400 POST /Encounter '<!DOCTYPE a><Encounter xmlns="http://hl7.org/fhir"/>' -H 'Content-Type: application/fhir+xml'

# Prefer: as much of it as is asked for.
asked 201 POST /Encounter "$good" -H 'Prefer: return=minimal'
same "minimal" "" "$answer"
has "minimal, Location" "$headers" '^Location: .*/fhir/Encounter/'
asked 201 POST /Encounter "$good" -H 'Prefer: return=OperationOutcome'
has "OperationOutcome" "$answer" '"resourceType":"OperationOutcome"'

# A lenient feed takes more, and says so where it is asked; without being asked it gives nothing back.
strict=$fhir
fhir=http://127.0.0.1:$(sed -n 's/^easy //p' "$dir/ports")/fhir
asked 201 POST /Encounter '{"resourceType":"Encounter","status":"planned","class":{"code":"IMP"},"colour":"red"}' \
	-H 'Prefer: return=OperationOutcome'
has "what was noticed" "$answer" '"severity":"warning"'
asked 201 POST /Encounter "$good"
same "nothing back" "" "$answer"
fhir=$strict
same "another feed" 2 "$(count_of '/Encounter?status=planned')"

# $validate says what is wrong, and keeps nothing.
asked 200 POST '/Encounter/$validate' '{"resourceType":"Encounter","status":"bogus","class":{"code":"IMP"}}'
has "validate" "$answer" '"expression":\["Encounter.status"\]'
asked 200 POST '/Encounter/$validate' \
	"{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"resource\",\"resource\":$good}]}"
has "validate, good" "$answer" '"severity":"information"'
asked 200 POST '/Bundle/$validate' '{"resourceType":"Bundle","type":"bogus"}'
has "validate a Bundle" "$answer" '"expression":\["Bundle.type"\]'
asked 200 POST '/Bundle/$validate' "$good"
has "no Bundle" "$answer" '"text":"not the type that the URL names"'

# A name that R4 does not have is told to who sent it, and to nobody else: it may be anything.
wrong 400 structure WW-201 POST /Encounter "$(printf '%s' "$good" | sed 's|^{|{"Quuxley":{"a":"b"},|')"
has "told" "$answer" 'Encounter.Quuxley'
lacks "log" "$(cat "$engine_log")" Quuxley
lacks "refused" "$("$engine" refused -c "$config" | grep -v '^ ')" Quuxley

# What is said of the server holds: each type and interaction of its statement is routed.
asked 200 GET /metadata
has "metadata" "$answer" '"fhirVersion":"4.0.1"'
for type in $(printf '%s' "$answer" | grep -o '{"type":"[A-Z][A-Za-z]*","interaction"' | cut -d'"' -f4); do
	case $type in
	Task | Communication) found=403 none=403 ;; # these are for practices
	*) found=200 none=404 ;;
	esac
	asked "$found" GET "/$type?_summary=count"
	asked "$none" GET "/$type/none"
	asked 400 POST "/$type/\$validate" '{'
done
asked 200 HEAD /metadata

# Where nobody is asked who they are, a stranger's page in a browser on this machine must not get in by a name of its own.
asked 403 GET '/Encounter?_summary=count' '' -H 'Host: evil.example:8080'
asked 403 POST /Encounter "$good" -H 'Host: evil.example'
asked 200 GET '/Encounter?_summary=count' '' -H 'Host: localhost'
asked 200 GET /.well-known/smart-configuration

state=$("$engine" status -c "$config")
has "status of the listener" "$state" '^listener *fhir: .* [1-9][0-9]* refused, 6 denied, 0 busy, 0 failed, '
stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '
