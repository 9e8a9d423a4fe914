#!/bin/sh
# An admission is authorized: the payer's navigator is told, by FHIR; when they are done the practice is, and when the patient has come
# that Task is the one of the stay. What is denied is taken back from both, and nobody is told twice.
. tests/e2e/lib.sh
. tests/e2e/fhir.sh
. tests/e2e/access.sh

today=$(date -u +%F)
patient() {
	cat <<-END
	{"resourceType":"Patient","id":"p$1","identifier":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MB"}]},"system":"https://acme.example.org/members","value":"M000$1"}],"name":[{"family":"TESTFAMILY$1","given":["GIVEN"]}],"gender":"female","birthDate":"1950-03-02"}
	END
}

# request ID PERSON: of leave to admit today.
request() {
	cat <<-END
	{"resourceType":"Claim","id":"$1","status":"active","use":"preauthorization","created":"$today",
	 "type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claim-type","code":"institutional"}]},
	 "identifier":[{"system":"urn:trace","value":"T-$1"}],"patient":{"reference":"Patient/p$2"},
	 "provider":{"display":"Mercy General"},"insurer":{"display":"ACME"},
	 "priority":{"coding":[{"code":"normal"}]},
	 "insurance":[{"sequence":1,"focal":true,"coverage":{"display":"ACME PPO"}}],
	 "supportingInfo":[{"sequence":1,"category":{"coding":[{"code":"admissionDates"}]},"timingDate":"$today"}]}
	END
}

# decision ID CLAIM PERSON ACTION: A1 approves, A3 denies.
decision() {
	cat <<-END
	{"resourceType":"ClaimResponse","id":"$1","status":"active","use":"preauthorization","created":"$today",
	 "type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claim-type","code":"institutional"}]},
	 "patient":{"reference":"Patient/p$3"},"insurer":{"display":"ACME"},"request":{"reference":"Claim/$2"},"outcome":"complete",
	 "preAuthRef":"PA-$2","item":[{"itemSequence":1,"adjudication":[{"category":{"coding":[{"code":"submitted"}]},"extension":[{
	  "url":"http://hl7.org/fhir/us/davinci-pas/StructureDefinition/extension-reviewAction","extension":[{
	   "url":"http://hl7.org/fhir/us/davinci-pas/StructureDefinition/extension-reviewActionCode",
	   "valueCodeableConcept":{"coding":[{"system":"https://codesystem.x12.org/005010/306","code":"$4"}]}}]}]}]}]}
	END
}

# admitted PERSON CONTROL-ID: today.
admitted() {
	adt A01 "$2" "$1" | sed "s/20260302070000/$(date -u +%Y%m%d)000100/; s/20260302080000/$(date -u +%Y%m%d)000100/g"
}

# tasks_at NAME [PATTERN]: Tasks that a receiver has, one a line.
tasks_at() {
	curl -s "http://127.0.0.1:$(cat "$dir/$1.port")/fhir/Task?_count=1000" | sed 's/{"resourceType":"Task"/\n&/g' |
		sed -n '/^{"resourceType":"Task"/s/,"search":{"mode".*//p' | grep -e "${2:-.}"
}

told() {
	curl -s "http://127.0.0.1:$(cat "$dir/$1.port")/fhir/Communication?_count=1000" | grep -o '"contentString":"[^"]*' | cut -d'"' -f4
}

start_practice acme
desk=$practice
start_practice rcca
make_key ES384 all
write_fhir_site 3
sed -i "s|auth: none|url: \"$known\"|
	s|  - {name: rcca-ehr, .*|&\n  - {name: acme-desk, fhir: \"$desk\", timeout: 5}|
	s|  - {name: rcca, .*|&\n  - {name: acme, title: Acme, send: acme-desk}|" "$config"
cat >>"$config" <<-END
programs:
  - {file: collaborative-care.yaml, payer: acme}
clients:
  - {name: sender, feed: acme, may: [system/*.cruds], jwks: all.json}
  - {name: nav, feed: acme, party: acme, may: [system/*.cruds], jwks: all.json}
END
start_fhir
for client in sender nav; do
	log_in $client all 'system/*.cruds'
	printf '%s\n' "$token" >"$dir/$client.token"
done
sender=$(cat "$dir/sender.token")
nav=$(cat "$dir/nav.token")

# -- the first hop, and the second --------------------------------------------------------------------------
as "$sender" 201 PUT /Patient/p1 "$(patient 1)"
as "$sender" 201 PUT /Claim/c1 "$(request c1 1)"
wait_until is_at_rest
same "Tasks before the payer decided" 0 "$(tasks_at acme | wc -l)"
as "$sender" 201 PUT /ClaimResponse/r1 "$(decision r1 c1 1 A1)"
wait_until is_at_rest
same "Tasks of the navigator" 1 "$(tasks_at acme '"status":"requested"' | wc -l)"
has "what it is about" "$(tasks_at acme)" 'PA-c1'
same "Tasks of the practice" 0 "$(tasks_at rcca | wc -l)"
as "$nav" 200 GET '/Task?status=requested'
task=$(printf '%s' "$answer" | grep -o '"fullUrl":"[^"]*' | sed 's|.*/||')
as "$nav" 200 PATCH "/Task/$task" '[{"op":"replace","path":"/status","value":"completed"}]' \
	-H 'Content-Type: application/json-patch+json'
wait_until is_at_rest
same "Tasks of the practice" 1 "$(tasks_at rcca '"status":"requested"' | wc -l)"
alert=$(tasks_at rcca | grep -o '"id":"[^"]*' | head -1)
has "flags" "$("$engine" flags ls -c "$config")" 'admission-alert'

# -- the patient comes: the same Task -------------------------------------------------------------------------
accept "$(admitted 1 C1)"
wait_until is_at_rest
same "Tasks of the practice" 1 "$(tasks_at rcca | wc -l)"
same "it is the same Task" "$alert" "$(tasks_at rcca | grep -o '"id":"[^"]*' | head -1)"
has "of the stay" "$(tasks_at rcca)" 'admission by admission/2'
has "and of the authorization" "$(tasks_at rcca)" 'admission-alert by authorized/1'
same "Communications" "" "$(told rcca)"

# -- the patient was there first: one Task ---------------------------------------------------------------------
accept "$(admitted 2 C2)"
as "$sender" 201 PUT /Patient/p2 "$(patient 2)"
as "$sender" 201 PUT /Claim/c2 "$(request c2 2)"
as "$sender" 201 PUT /ClaimResponse/r2 "$(decision r2 c2 2 A1)"
wait_until is_at_rest
same "Tasks of the practice" 2 "$(tasks_at rcca | wc -l)"
same "Tasks of the navigator" 2 "$(tasks_at acme | wc -l)"

has "hops" "$("$engine" report sla -c "$config")" "authorization-navigator"
has "hops" "$("$engine" report sla -c "$config")" "authorization-coordinator"

has "why" "$("$engine" why -c "$config" member:M0001)" ', forwarded 20[^,]*, forwarded-by navigator'

# -- denied after all ------------------------------------------------------------------------------------------
as "$sender" 201 PUT /Patient/p3 "$(patient 3)"
as "$sender" 201 PUT /Claim/c3 "$(request c3 3)"
as "$sender" 201 PUT /ClaimResponse/r3 "$(decision r3 c3 3 A1)"
wait_until is_at_rest
"$engine" flags done -c "$config" "$("$engine" flags ls -c "$config" --member M0003 | sed 's/ .*//')" >/dev/null || fail "not done"
wait_until is_at_rest
same "Tasks of the practice" 3 "$(tasks_at rcca | wc -l)"
as "$sender" 201 PUT /ClaimResponse/r4 "$(decision r4 c3 3 A3)"
wait_until is_at_rest
same "Tasks of the practice that are withdrawn" 1 "$(tasks_at rcca '"status":"cancelled"' | wc -l)"
same "corrections of the practice" 1 "$(told rcca | grep -c 'the payer denied the authorization')"
same "corrections of the navigator" 1 "$(told acme | grep -c 'the payer denied the authorization')"

lacks "log" "$(cat "$engine_log")" 'TESTFAMILY\|M000\|T-c\|PA-c'
stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '
