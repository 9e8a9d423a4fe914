#!/bin/sh
# A practice that asks instead of being told: it reads and searches the Tasks and Communications that are owed to it, as they are sent,
# and sees nothing of another practice, of senders, or of what is withheld.
. tests/e2e/lib.sh
. tests/e2e/fhir.sh
. tests/e2e/access.sh

start_practice rcca
make_key ES384 all
cat >"$config" <<-END
data: data
retry: {first: 1, most: 1}
listeners:
  - {name: adt, mllp: "127.0.0.1:0"}
  - {name: fhir, fhir: "127.0.0.1:0/fhir", url: "$known"}
feeds:
  - {name: mercy, on: adt}
  - {name: acme, on: fhir, zone: America/New_York}
endpoints:
  - {name: rcca-ehr, fhir: "$practice", timeout: 5}
parties:
  - {name: rcca, title: Riverside Care, send: rcca-ehr}
  - {name: oak, title: Oak Street, send: rcca-ehr}
rosters:
  - {file: roster.csv, system: "https://acme.example.org/members"}
clients:
  - {name: sender, feed: acme, may: [system/*.cruds], jwks: all.json}
  - {name: nurse, feed: acme, party: rcca, may: [system/*.cruds], jwks: all.json}
  - {name: oak-nurse, feed: acme, party: oak, may: [system/*.cruds], jwks: all.json}
END
cat >"$dir/roster.csv" <<-'END'
	member_id,name,birth_date,sex,practice,notices,effective,end
	M0001,"TESTFAMILY1, GIVEN",1950-03-02,F,rcca,,2025-01-01,
	M0002,"TESTFAMILY2, GIVEN",1950-03-02,F,rcca,,2025-01-01,
	M0003,"TESTFAMILY3, GIVEN",1950-03-02,F,oak,,2025-01-01,
	M0004,"TESTFAMILY4, GIVEN",1950-03-02,F,rcca,none,2025-01-01,
END
start_fhir
for client in sender nurse oak-nurse; do
	log_in $client all 'system/*.cruds'
	printf '%s\n' "$token" >"$dir/$client.token"
done
sender=$(cat "$dir/sender.token")
nurse=$(cat "$dir/nurse.token")
oak=$(cat "$dir/oak-nurse.token")

for i in 1 2 3 4; do
	as "$sender" 201 POST /Encounter "$(encounter $i)"
	has "Location" "$(header Location)" "^$known/Encounter/"
	encounter=$(header Location | sed "s|^$known||; s|/_history.*||")
done
wait_until is_at_rest

ids_of() {
	printf '%s' "$answer" | grep -o '"fullUrl":"[^"]*' | sed 's|.*/||'
}

as "$nurse" 200 GET '/Task?status=requested'
same "Tasks of the practice" 2 "$(ids_of | wc -l)"
has "fullUrl" "$answer" "\"fullUrl\":\"$known/Task/"
task=$(ids_of | head -1)
as "$nurse" 200 GET "/Task/$task"
has "as it is sent" "$answer" '"owner":{"display":"Riverside Care"}'
has "its id" "$answer" "\"id\":\"$task\""
etag=$(header ETag)
as "$nurse" 304 GET "/Task/$task" '' -H "If-None-Match: $etag"
as "$nurse" 200 GET "/Task?_id=$task&code=fulfill"
same "by id and code" "$task" "$(ids_of)"
as "$nurse" 200 GET '/Task?status=completed'
same "of another status" "" "$(ids_of)"
as "$nurse" 200 GET '/Task?_summary=count'
has "how many" "$answer" '"total":2'

# Page by page.
as "$nurse" 200 GET '/Task?_count=1'
first=$(ids_of)
next=$(printf '%s' "$answer" | grep -o '"relation":"next","url":"[^"]*' | cut -d'"' -f8)
as "$nurse" 200 GET "${next#"$known"}"
second=$(ids_of)
lacks "another page" "$answer" '"relation":"next"'
same "pages" "$(printf '%s\n' "$task" "$first" "$second" | sort -u | wc -l)" 2

# Another practice, and senders.
as "$oak" 200 GET '/Task?status=requested'
same "Tasks of the other practice" 1 "$(ids_of | wc -l)"
lacks "none of ours" "$(ids_of)" "^$task\$"
as "$oak" 404 GET "/Task/$task"
as "$sender" 403 GET "/Task/$task"
as "$nurse" 403 GET "$encounter"
as "$nurse" 403 GET '/Encounter?status=in-progress'

# What nobody may do by itself nobody may do in a Bundle, and then nothing of it is done.
as "$sender" 403 POST '' '{"resourceType":"Bundle","type":"transaction","entry":[
	{"resource":{"resourceType":"Observation","status":"final","code":{"text":"t"}},"request":{"method":"POST","url":"Observation"}},
	{"request":{"method":"GET","url":"Task?status=requested"}}]}'
has "which entry" "$answer" '"expression":\["Bundle.entry\[1\]"\]'
for made in '"method":"POST","url":"Task"' '"method":"DELETE","url":"/Communication/1.1"' '"method":"POST","url":"Task/"'; do
	as "$sender" 403 POST '' "{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[{\"request\":{$made},\"resource\":{\"resourceType\":\"Task\",\"status\":\"requested\",\"intent\":\"order\"}}]}"
done
as "$sender" 200 POST '' '{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"PATCH","url":"Observation/1"},"resource":{"resourceType":"Observation","status":"final","code":{"text":"t"}}}]}'
has "of its entry alone" "$answer" '"status":"422'
as "$sender" 200 GET '/Observation?_summary=count'
has "nothing of it" "$answer" '"total":0'
as "$nurse" 403 POST '' '{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET","url":"Task?status=requested"}}]}'

# What the practice does with it, by PUT of what it read and by a patch.
as "$nurse" 200 GET "/Task/$task"
taken=$(printf '%s' "$answer" | sed 's/"status":"requested"/"status":"accepted"/')
as "$nurse" 200 PUT "/Task/$task" "$taken" -H "If-Match: $etag"
has "accepted" "$answer" '"status":"accepted"'
as "$nurse" 200 PUT "/Task/$task" "$taken" -H "If-Match: $etag" # again: a retry
as "$nurse" 412 PUT "/Task/$task" "$(printf '%s' "$taken" | sed 's/"accepted"/"rejected"/')" -H "If-Match: $etag"
as "$nurse" 200 PATCH "/Task/$task" '[{"op":"replace","path":"/status","value":"in-progress"}]' \
	-H 'Content-Type: application/json-patch+json'
has "in progress" "$answer" '"status":"in-progress"'
as "$nurse" 422 PATCH "/Task/$task" '[{"op":"replace","path":"/owner","value":"me"}]' -H 'Content-Type: application/json-patch+json'
has "what can be patched" "$answer" 'one replace or add of /status'
as "$nurse" 422 PUT "/Task/$task" "$(printf '%s' "$taken" | sed 's/"status":"accepted"/"status":"draft"/')"
as "$nurse" 404 PUT /Task/1.1 "$(printf '%s' "$taken" | sed "s/\"id\":\"$task\"/\"id\":\"1.1\"/")"
as "$oak" 404 PUT "/Task/$task" "$taken"
as "$sender" 403 PUT "/Task/$task" "$taken"
as "$nurse" 200 GET '/Task?status=in-progress'
same "by its new status" "$task" "$(ids_of)"
has "why" "$("$engine" why -c "$config" member:M0001)" 'event update\|event patch'

# What it writes itself it reads again, and no other practice does, by whatever id it tries.
as "$nurse" 201 POST /Communication "{\"resourceType\":\"Communication\",\"status\":\"completed\",\"basedOn\":[{\"reference\":\"Task/$task\"}],\"payload\":[{\"contentString\":\"called\"}]}"
own=$(header Location | sed "s|^$known||; s|/_history.*||")
as "$nurse" 200 GET "$own"
has "its own" "$answer" '"contentString":"called"'
as "$oak" 404 GET "$own"
as "$oak" 403 POST /Communication '{"resourceType":"Communication","status":"completed"}' -H 'If-None-Exist: status=completed'
as "$sender" 403 GET "$own"

# The discharge changes the Task: another version.
as "$sender" 200 PUT "$encounter" "$(encounter 4 finished | sed "s|^{\"resourceType\":\"Encounter\",|&\"id\":\"${encounter#/Encounter/}\",|")"
as "$sender" 200 GET '/Encounter?identifier=V1'
at=/Encounter/$(ids_of)
as "$sender" 200 PUT "$at" "$(encounter 1 cancelled | sed "s|^{\"resourceType\":\"Encounter\",|&\"id\":\"${at#/Encounter/}\",|")"
wait_until is_at_rest
as "$nurse" 200 GET '/Task?status=cancelled'
same "taken back" 1 "$(ids_of | wc -l)"
as "$nurse" 200 GET '/Communication?_count=10'
has "and told so" "$answer" '"resourceType":"Communication"'

log_lacks_secrets
has "audit" "$(cat "$engine_log")" 'fhir=search listener=fhir feed=acme client=nurse party=rcca type=Task status=200 resources=2 request='
stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '
