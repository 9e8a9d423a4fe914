#!/bin/sh
# Who may do what, over real HTTP: each role asks for every interaction with every type that the CapabilityStatement has, and gets 403
# where it may not and nothing of the kind where it may; nobody gets 401. What one feed stored no other sees or changes by the
# same id. One role has its tokens from an external issuer.
. tests/e2e/lib.sh
. tests/e2e/fhir.sh
. tests/e2e/access.sh

start_practice rcca
make_key ES384 all
make_key RS384 issuer
cat >"$config" <<-END
data: data
listeners:
  - {name: adt, mllp: "127.0.0.1:0"}
  - name: fhir
    fhir: "127.0.0.1:0/fhir"
    url: "$known"
    issuer: {iss: "https://login.example.org", jwks: issuer.json, audience: api}
feeds:
  - {name: mercy, on: adt}
  - {name: acme, on: fhir}
  - {name: beacon, on: fhir}
endpoints:
  - {name: rcca-ehr, fhir: "$practice", timeout: 5}
parties:
  - {name: rcca, send: rcca-ehr}
clients:
  - {name: sender, feed: acme, may: [system/*.cruds], jwks: all.json}
  - {name: other, feed: beacon, may: [system/*.cruds], jwks: all.json}
  - {name: practice, feed: acme, party: rcca, may: [system/*.cruds], jwks: all.json}
  - {name: reader, id: reader-id, feed: acme, may: [system/*.rs]}
  - {name: creator, feed: acme, may: [system/Encounter.c], jwks: all.json}
END
start_fhir

for client in sender other practice; do
	log_in $client all 'system/*.cruds'
	printf '%s\n' "$token" >"$dir/$client.token"
done
# The issuer grants more than its client has here, and one right less.
sh tests/tools/jwt.sh sign "$dir/issuer.pem" issuer "{\"iss\":\"https://login.example.org\",\"aud\":[\"api\"],\"exp\":$(($(date +%s) + 3600)),\"client_id\":\"reader-id\",\"scope\":\"openid system/*.crud system/Claim.s\"}" >"$dir/reader.token"
cat "$dir"/*.token >>"$dir/secrets"
: >"$dir/nobody.token"

ask GET /metadata
types=$(printf '%s' "$answer" | grep -o '"type":"[A-Z][A-Za-z]*"' | sed 's/.*:"//; s/"//' | sort -u)
[ "$(printf '%s\n' "$types" | wc -l)" -ge 21 ] || fail "few types: $types"

# What a role may do, said in another way than the engine says it: letters of c r u d s, by role and type.
may() {
	case $1/$2 in
	nobody/*) ;;
	practice/Task) echo rus ;;
	practice/Communication) echo crs ;;
	practice/QuestionnaireResponse) echo c ;;
	practice/* | */Task | */Communication) ;;
	reader/Claim) echo rs ;;
	reader/*) echo r ;;
	*) echo cruds ;;
	esac
}

# One request a line: letter, method, path.
requests() {
	cat <<-END
	c POST /$1
	r GET /$1/matrix-1
	u PUT /$1/matrix-1
	d DELETE /$1/matrix-1
	s GET /$1?_id=matrix-1
	END
}

# All of a role's requests by one curl; prints "letter type status".
walk() {
	for type in $types; do
		requests "$type" | while read -r letter method path; do
			printf 'url = "%s%s"\nrequest = %s\noutput = /dev/null\nsilent\ngloboff\n' "$fhir" "$path" "$method"
			printf 'write-out = "%s %s %%{http_code}\\n"\n' "$letter" "$type"
			[ -s "$dir/$1.token" ] && printf 'header = "Authorization: Bearer %s"\n' "$(cat "$dir/$1.token")"
			case $letter in
			c | u)
				printf 'header = "Content-Type: application/fhir+json"\n'
				printf 'data-binary = "{\\"resourceType\\":\\"%s\\",\\"id\\":\\"matrix-1\\"}"\n' "$type"
				;;
			esac
			printf 'next\n'
		done
	done | sed '$d' >"$dir/walk"
	curl -K "$dir/walk"
}

for role in nobody sender practice reader other; do
	walk $role >"$dir/walked"
	same "answers to $role" $(($(printf '%s\n' "$types" | wc -l) * 5)) "$(wc -l <"$dir/walked")"
	while read -r letter type code; do
		want=other
		[ $role = nobody ] && want=401
		case $(may $role "$type") in
		*"$letter"*) ;;
		*) [ $role = nobody ] || want=403 ;;
		esac
		case $type/$code in
		Task/405 | Communication/405) have=$want ;; # nobody does that
		*/401 | */403 | */405 | */5* | */000) have=$code ;;
		*) have=other ;;
		esac
		same "$role $letter $type ($code)" $want "$have"
	done <"$dir/walked"
done

# The same id in two feeds: two resources.
sender=$(cat "$dir/sender.token")
other=$(cat "$dir/other.token")
patient() {
	printf '{"resourceType":"Patient","id":"twin","identifier":[{"system":"urn:x","value":"%s"}]}' "$1"
}
as "$sender" 201 PUT /Patient/twin "$(patient mine)"
as "$other" 404 GET /Patient/twin
as "$other" 200 GET '/Patient?identifier=mine'
lacks "found by another feed" "$answer" '"entry"'
as "$other" 201 PUT /Patient/twin "$(patient theirs)"
as "$other" 204 DELETE /Patient/twin
as "$sender" 200 GET /Patient/twin
has "still what it was" "$answer" '"value":"mine"'
as "$(cat "$dir/practice.token")" 403 GET /Patient/twin
as "$(cat "$dir/practice.token")" 200 GET /Task
lacks "nothing is owed to it" "$answer" '"entry"'

# Entries of a batch are each asked for, and a transaction is refused as a whole.
bundle() {
	printf '{"resourceType":"Bundle","type":"%s","entry":[{"request":{"method":"DELETE","url":"Patient/twin"}}]}' "$1"
}
as "$(cat "$dir/reader.token")" 403 POST / "$(bundle transaction)"
as "$(cat "$dir/practice.token")" 403 POST / "$(bundle transaction)"
as "$sender" 200 GET /Patient/twin

# Nobody learns by a reference what a search would not show.
referring() {
	cat <<-END
	{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"POST","url":"Encounter"},
	 "resource":{"resourceType":"Encounter","status":"planned","class":{"code":"IMP"},"subject":{"reference":"$1"}}}]}
	END
}
log_in creator all system/Encounter.c
for value in mine nobodys; do
	as "$token" 403 POST / "$(referring "Patient?identifier=$value")"
	has "place" "$answer" '"expression":\["Bundle.entry\[0\]"\]'
done
as "$token" 200 POST / "$(referring Patient/twin)"

# What is kept and has no URL of its own is kept by who may send Bundles, and shown by no way round.
entry() {
	printf '{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"%s","url":"%s"}%s}]}' "$1" "$2" "${3-}"
}
kept='{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Device","id":"kept-1"}}]}'
as "$sender" 201 POST /Bundle "$kept"
frame=$(printf '%s' "$answer" | sed 's/.*"resourceType":"Bundle","id":"\([^"]*\)".*/\1/')
has "its id" "$frame" '^ww-'
for who in "$token" "$sender"; do
	for what in "Bundle/$frame" Device/kept-1; do
		as "$who" 200 POST / "$(entry GET "$what")"
		has "not shown" "$answer" '"status":"404 '
		as "$who" 200 POST / "$(entry DELETE "$what")"
		has "not taken away" "$answer" '"status":"404 '
	done
done
as "$token" 403 POST / "$(entry POST Device ',"resource":{"resourceType":"Device"}')"
as "$token" 403 POST / "$(entry POST Bundle ",\"resource\":$kept")"
as "$sender" 200 POST / "$(entry POST Device ',"resource":{"resourceType":"Device"}')"
has "kept" "$answer" '"status":"201 '
as "$sender" 200 POST / "$(referring 'Patient?identifier=mine')"

log_lacks_secrets
stop_engine
