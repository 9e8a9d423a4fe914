#!/bin/sh
# Claim/$submit and $inquire sent on to a payer: journaled before, answered byte for byte, learned from, and asked once.
. tests/e2e/lib.sh
. tests/e2e/fhir.sh

# submission IDENTIFIER [LAST-NAME]: a Bundle with a preauthorization, its patient, coverage and organizations.
submission() {
	cat <<-END
	{"resourceType":"Bundle","identifier":{"system":"urn:ehr","value":"$1"},"type":"collection","timestamp":"2026-03-02T08:00:00Z","entry":[
	{"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000001","resource":{"resourceType":"Claim","identifier":[{"system":"urn:ehr:claim","value":"$1"}],
	"status":"active","type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claim-type","code":"institutional"}]},"use":"preauthorization",
	"patient":{"reference":"urn:uuid:00000000-0000-4000-8000-000000000002"},"created":"2026-03-02T08:00:00Z","insurer":{"reference":"urn:uuid:00000000-0000-4000-8000-000000000004"},
	"provider":{"reference":"urn:uuid:00000000-0000-4000-8000-000000000004"},"priority":{"coding":[{"code":"normal"}]},
	"insurance":[{"sequence":1,"focal":true,"coverage":{"reference":"urn:uuid:00000000-0000-4000-8000-000000000003"}}],
	"item":[{"sequence":1,"productOrService":{"coding":[{"system":"https://codesystem.x12.org/005010/1365","code":"48"}]}}]}},
	{"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000002","resource":{"resourceType":"Patient","identifier":[{"system":"https://acme.example.org/members","value":"M0001"}],"name":[{"family":"${2:-TESTFAMILY1}","given":["GIVEN"]}],"gender":"female","birthDate":"1950-03-02"}},
	{"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000003","resource":{"resourceType":"Coverage","status":"active","beneficiary":{"reference":"urn:uuid:00000000-0000-4000-8000-000000000002"},"subscriberId":"M0001","payor":[{"reference":"urn:uuid:00000000-0000-4000-8000-000000000004"}]}},
	{"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000004","resource":{"resourceType":"Organization","name":"ACME","active":true}}]}
	END
}

# decision ACTION: what the payer says; two blanks that nobody may take away.
decision() {
	cat <<-END
	{"resourceType":"Bundle",  "type":"collection","timestamp":"2026-03-02T08:00:05Z","entry":[
	{"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000009","resource":{"resourceType":"ClaimResponse","identifier":[{"system":"urn:payer","value":"PA-1"}],
	"status":"active","type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claim-type","code":"institutional"}]},"use":"preauthorization",
	"patient":{"reference":"urn:uuid:00000000-0000-4000-8000-000000000002"},"created":"2026-03-02T08:00:05Z","insurer":{"display":"ACME"},
	"request":{"reference":"urn:uuid:00000000-0000-4000-8000-000000000001"},"outcome":"complete","preAuthRef":"PA-1",
	"item":[{"itemSequence":1,"adjudication":[{"category":{"coding":[{"code":"submitted"}]},"extension":[{"url":"http://hl7.org/fhir/us/davinci-pas/StructureDefinition/extension-reviewAction","extension":[{"url":"http://hl7.org/fhir/us/davinci-pas/StructureDefinition/extension-reviewActionCode","valueCodeableConcept":{"coding":[{"system":"https://codesystem.x12.org/005010/306","code":"$1"}]}}]}]}]}]}}]}
	END
}

# start_payer [OPTION...]: at the port it had before.
start_payer() {
	payer_port=$(cat "$dir/payer.port" 2>/dev/null || echo 0)
	rm -f "$dir/payer.port"
	"$kit" payer --listen "127.0.0.1:$payer_port" --port-file "$dir/payer.port" --keep "$dir/payer.kept" \
		--submit "$dir/decision.json" --inquire "$dir/decision.json" "$@" 2>>"$dir/payer.log" &
	echo $! >"$dir/payer.pid"
	wait_until has_started payer "$dir/payer.port"
	runs payer || fail "the payer did not start"
}

# asked_payer: how often it was asked.
asked_payer() {
	[ -e "$dir/payer.kept" ] || : >"$dir/payer.kept"
	grep -c '^/r4/Claim/\$submit ' "$dir/payer.kept"
}

# submit WANT BODY [CURL-OPTION...]: Claim/$submit; the status must be that.
submit() {
	submit_want=$1
	submit_body=$2
	shift 2
	# shellcheck disable=SC2016
	asked "$submit_want" POST '/Claim/$submit' "$submit_body" "$@"
}

start_practice rcca
decision A4 >"$dir/decision.json"
start_payer
write_fhir_site 3 '' 'fhir: {payer: acme-um}'
sed -i "s|^endpoints:|&\n  - {name: acme-um, fhir: \"http://127.0.0.1:$(cat "$dir/payer.port")/r4\", timeout: 1}|" "$config"
start_fhir

# -- asked, answered, learned from ----------------------------------------------------------------------
has "the CapabilityStatement" "$(curl -s "$fhir/metadata")" '"name":"inquire"'
submit 200 "$(submission S1)"
cmp -s "$dir/ask.answer" "$dir/decision.json" || fail "the answer is not the payer's, byte for byte: $answer"
has "its type" "$headers" '^Content-Type: application/fhir+json$'
has "what the payer got" "$(cat "$dir/payer.kept")" '^/r4/Claim/$submit .*"value":"S1"'
wait_until is_at_rest
ask GET /ClaimResponse
has "the decision as it is kept" "$answer" '"value":"PA-1"'
claim=$(curl -s "$fhir/Claim" | sed -n 's/.*"resourceType":"Claim","id":"\([^"]*\)".*/\1/p')
has "what it is about" "$answer" "\"request\":{\"reference\":\"Claim/$claim\"}"
has "what became of the submission" "$("$engine" find -c "$config")" 'Claim^submit applied'
has "what is known of it" "$("$engine" why -c "$config" member:M0001)" 'number S1, granted PA-1, .*status pended, .*action A4'
has "what became of the answer" "$("$engine" find -c "$config")" 'Claim^answer applied'

# Sent again it gets the same, and nobody is asked again; with other content it is refused.
decision A1 >"$dir/decision.json"
submit 200 "$(submission S1)"
has "the answer to the same again" "$answer" '"code":"A4"'
has "the answer to the same again" "$answer" '"Bundle",  "type"'
same "how often the payer was asked" 1 "$(asked_payer)"
submit 422 "$(submission S1 OTHERNAME)"
same "how often the payer was asked" 1 "$(asked_payer)"

# A question is a question each time.
# shellcheck disable=SC2016
asked 200 POST '/Claim/$inquire' "$(submission S1)"
has "the answer to a question" "$answer" '"code":"A1"'

# -- no answer ------------------------------------------------------------------------------------------
stop payer
submit 502 "$(submission S2)"
same "what a 5XX says" '' "$answer"
has "a 5XX" "$headers" '^Retry-After: 5$'
start_payer --mute
submit 504 "$(submission S2)"
same "what a 5XX says" '' "$answer"
stop payer
start_payer --status 503
submit 503 "$(submission S2)"
stop payer
start_payer --status 401
submit 502 "$(submission S2)"
stop payer

# The payer refuses it: that is an answer.
printf '{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"invalid"}]}' >"$dir/decision.json"
start_payer --status 422
submit 422 "$(submission S2)"
has "the payer's refusal" "$answer" '^{"resourceType":"OperationOutcome","issue":\[{"severity":"error","code":"invalid"}\]}$'
stop payer
asked=$(asked_payer)
decision A1 >"$dir/decision.json"
start_payer
submit 422 "$(submission S2)"
same "the refusal holds" "$asked" "$(asked_payer)"

# In XML it goes out as it came, and what comes back in XML holds for who reads JSON, too.
stop payer
curl -s -H 'Accept: application/fhir+xml' "$fhir/ClaimResponse" >"$dir/decision.json"
start_payer --type application/fhir+xml
submit 200 "$(submission S4)" -H 'Accept: application/fhir+xml'
cmp -s "$dir/ask.answer" "$dir/decision.json" || fail "the answer in XML is not the payer's, byte for byte: $answer"
has "its type" "$headers" '^Content-Type: application/fhir+xml$'
submit 200 "$(submission S4)"
has "the same again for who reads JSON" "$answer" '^{"resourceType":"Bundle".*"value":"PA-1"'
asked=$(asked_payer)
stop payer
decision A1 >"$dir/decision.json"
start_payer

# What is none of ours to send on.
submit 400 '{"resourceType":"Bundle","type":"collection","entry":[]}'
same "how often the payer was asked" "$asked" "$(asked_payer)"

# -- one that came while the payer was away, after a restart ---------------------------------------------
stop payer
submit 502 "$(submission S3)"
stop_engine
start_payer
start_fhir
submit 200 "$(submission S3)"
submit 200 "$(submission S3)"
same "how often it was asked" $((asked + 1)) "$(asked_payer)"

# -- a client that goes, and a stop, while the payer thinks ------------------------------------------------
stop payer
start_payer --mute
sed -i 's/timeout: 1}/timeout: 60}/' "$config"
stop_engine
start_fhir
before=$(asked_payer)
# shellcheck disable=SC2016
curl -s -m 60 -H 'Content-Type: application/fhir+json' --data-binary "$(submission S5)" "$fhir/"'Claim/$submit' >/dev/null &
echo $! >"$dir/client.pid"
is_asked() {
	[ "$(asked_payer)" -gt "$before" ]
}
wait_until is_asked
stop client KILL
stop_engine
"$engine" rebuild --check -c "$config" >/dev/null || fail "the ledger cannot be rebuilt"
