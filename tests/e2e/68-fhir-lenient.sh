#!/bin/sh
# What a feed makes of resources that are not as they should be.
#
# A lenient feed takes what senders often get wrong, and says how much of it there was; what cannot be read for sure is refused all
# the same, and so is what changes the meaning in a way that nobody here understands. Profiles are warned of, enforced, or off.
# What the engine itself answers and sends is R4.
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

# is_r4 WHAT: the last answer is as R4 wants it.
is_r4() {
	printf '%s' "$answer" >"$dir/own"
	"$engine" validate "$dir/own" >"$dir/out" 2>&1 || fail "$1 is not R4: $(head -3 "$dir/out")"
}
xml='Accept: application/fhir+xml'
is_r4 "the answer to a create"
asked 201 POST /Encounter "$(encounter 1 in-progress V7)"
for path in /metadata '/Encounter?identifier=V7'; do
	asked 200 GET "$path"
	is_r4 "$path"
	asked 200 GET "$path" '' -H "$xml"
	is_r4 "$path in XML"
done
asked 400 POST /Encounter '{"resourceType":"Encounter","status":"x"}'
is_r4 "an outcome"
asked 404 GET /Encounter/none
is_r4 "an outcome of nothing"
asked 200 POST '' "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{\"request\":{\"method\":\"POST\",
 \"url\":\"Encounter\"},\"resource\":$(encounter 1 in-progress V9)}]}"
is_r4 "the answer to a transaction"
answer=$(curl -s "$practice/Task")
has "what the practice has" "$answer" '"resourceType":"Task"'
is_r4 "what the practice has"
stop_engine

# Profiles: of a folder of the configuration.
url=https://engine.example.org/StructureDefinition/inpatient-encounter
mkdir "$dir/package"
cp samples/cli/profile.json "$dir/package/inpatient.json"
with_profiles() {
	sed -e "s|name: acme, on: fhir,|& fhir: {$1},|" "$config" >"$dir/with.yaml"
	echo 'profiles: package' >>"$dir/with.yaml"
}
plain_config=$config
named=$(encounter 1 | sed "1s|\"resourceType\"|\"meta\":{\"profile\":[\"$url\"]},&|")

with_profiles 'validate: enforce'
"$engine" config check --config "$dir/with.yaml" >/dev/null || fail "config check refuses profiles"
config=$dir/with.yaml
start_fhir
has "the log" "$(cat "$engine_log")" 'profiles=1 notes=1'
has "the log" "$(cat "$engine_log")" 'invariant inp-1 is not checked'
asked 201 POST /Encounter "$(encounter 1 in-progress V2)"
asked 422 POST /Encounter "$named"
has "the answer" "$answer" '"code":"business-rule"'
has "the answer" "$answer" '"code":"WW-222"'
has "the answer" "$answer" '"expression":\["Encounter.identifier"\]'
asked 422 PUT /Encounter/e1 "$(printf '%s' "$named" | sed '1s|"resourceType"|"id":"e1",&|')"
stop_engine

config=$plain_config
with_profiles "profiles: [\"$url\"]"
config=$dir/with.yaml
start_fhir
asked 201 POST /Encounter "$(encounter 1 in-progress V3)"
has "the log" "$(cat "$engine_log")" 'fhir=warned feed=acme warnings=1'
asked 200 POST '/Encounter/$validate' "$(encounter 1 in-progress V3)"
has "what validate says" "$answer" '"severity":"warning"'
has "what validate says" "$answer" 'in slice visit (inpatient-encounter)'
stop_engine

config=$plain_config
with_profiles 'validate: off'
config=$dir/with.yaml
start_fhir
asked 201 POST /Encounter "$(printf '%s' "$named" | sed 's/"V1"/"V4"/')"
stop_engine

# What is named must be there.
config=$plain_config
with_profiles 'profiles: ["http://none"]'
"$engine" config check --config "$dir/with.yaml" >"$dir/out" 2>&1
same "exit status of config check" 3 $?
has "what it says" "$(cat "$dir/out")" 'profiles has none with the URL http://none'
rm -r "$dir/package"
with_profiles 'validate: warn'
"$engine" config check --config "$dir/with.yaml" >/dev/null 2>&1
same "exit status of config check without the folder" 3 $?
echo "lenient: all good"
