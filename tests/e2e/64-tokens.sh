#!/bin/sh
# Access tokens: got by signed assertions of openssl's making, and what they let two senders and a practice do over real HTTP. A
# client's key is changed without a restart.
. tests/e2e/lib.sh
. tests/e2e/fhir.sh
. tests/e2e/access.sh

start_practice rcca
make_key RS384 gateway
make_key ES384 other
make_key ES384 practice
make_key ES384 stranger
cp "$dir/gateway.json" "$dir/live.json"
"$kit" token make --key "$dir/tester.pem" >"$dir/tester.json" || fail "the kit made no key"
"$kit" token make --key "$dir/tester.pem" >/dev/null 2>&1 && fail "the kit wrote over a key"
"$kit" token keys --key "$dir/tester.pem" | cmp -s - "$dir/tester.json" || fail "the kit prints another set"
write_fhir_site 2
sed -i "s|auth: none|url: \"$known\"|; s|^  - {name: acme, on: fhir.*|&\\
  - {name: beacon, on: fhir}|" "$config"
cat >>"$config" <<-END
clients:
  - {name: gateway, feed: acme, may: [system/Encounter.cruds], jwks: live.json}
  - {name: other, feed: beacon, may: [system/*.cruds], jwks: other.json}
  - {name: tester, id: Tester-1, feed: acme, may: [system/Encounter.rs], jwks: tester.json}
  - {name: rcca, feed: acme, party: rcca, may: [system/Task.rus, system/Communication.crs], jwks: practice.json}
END
echo '{"keys":[{"kty":"RSA","kid":"a","n":"AA","e":"AQAB","d":"AA"}]}' >"$dir/live.json"
"$engine" config check -c "$config" >"$dir/check.out" 2>&1
same "exit status of a check of a private key" 3 $?
has "a private key" "$(cat "$dir/check.out")" '^listener fhir: .*jwks live.json: keys\[0\].d: a private or secret key'
cp "$dir/gateway.json" "$dir/live.json"
"$engine" config check -c "$config" >"$dir/check.out" 2>&1 || fail "config check: $(cat "$dir/check.out")"
start_fhir

# -- nobody without a token -----------------------------------------------------------------------------

asked 401 GET /Encounter/1
same "challenge" 'Bearer realm="fhir"' "$(header WWW-Authenticate)"
has "outcome" "$answer" '"code":"login"'
as ww1.e30.e30 401 GET /Encounter/1
has "challenge" "$(header WWW-Authenticate)" 'error="invalid_token"'
asked 200 GET /metadata
has "security" "$answer" '"code":"SMART-on-FHIR"'
asked 200 GET /.well-known/smart-configuration
has "token endpoint" "$answer" "\"token_endpoint\":\"$known/auth/token\""

# Before the body is read: it is announced and never sent.
head_only() {
	# shellcheck disable=SC2016
	bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$1"
		printf "POST /fhir/Encounter HTTP/1.1\r\nHost: x\r\nContent-Type: application/fhir+json\r\nExpect: 100-continue\r\nContent-Length: 1000000\r\n\r\n" >&3
		read -r -t 15 line <&3; printf "%s\n" "$line"' - "$(sed -n 's/^fhir //p' "$dir/ports")"
}
has "an answer to the head alone" "$(head_only)" '^HTTP/1.1 401 '

# -- who gets one ------------------------------------------------------------------------------------------

good=$(assertion gateway gateway)
printf '%s\n' "$good" >>"$dir/secrets"
request_token "$good" "system/Encounter.cruds system/Claim.c"
same "status" 200 "$status"
same "scope" system/Encounter.cruds "$(said scope)"
same "type" bearer "$(said token_type)"
has "life" "$answer" '"expires_in":300'
same "not to be kept" no-store "$(header Cache-Control)"
gateway=$(said access_token)
printf '%s\n' "$gateway" >>"$dir/secrets"
request_token "$good" system/Encounter.c
same "replayed" '401 invalid_client jti: the assertion was used before' "$status $(said error) $(said error_description)"
has "challenge" "$(header WWW-Authenticate)" '^Bearer '
request_token "$(assertion gateway stranger)" system/Encounter.c
same "an unknown key" '401 invalid_client header.kid: the key it names is not registered' "$status $(said error) $(said error_description)"
request_token "$(sh tests/tools/jwt.sh sign "$dir/stranger.pem" gateway "{\"iss\":\"gateway\",\"sub\":\"gateway\",\"aud\":\"$known/auth/token\",\"exp\":$(($(date +%s) + 60)),\"iat\":$(date +%s),\"jti\":\"1\"}")" system/Encounter.c
same "another's key of another kind" '401 header.alg: the key it names is of another algorithm' "$status $(said error_description)"
request_token "$(assertion gateway gateway)" system/Patient.r
same "too much" '400 invalid_scope' "$status $(said error)"
log_in other other 'system/*.cruds'
other=$token
log_in rcca practice 'system/*.cruds'
practice_token=$token
same "no more than a practice may" 'system/Communication.crs system/Task.rus' "$(said scope)"

# The kit does the same.
fetch() {
	"$kit" token fetch --key "$dir/tester.pem" --base "$fhir" --audience "$known/auth/token" "$@"
}
tester=$(fetch --client Tester-1 --scope system/Encounter.rs) || fail "the kit got no token"
printf '%s\n' "$tester" >>"$dir/secrets"
same "by the wrong name" 'wardwire-kit token: 401 invalid_client: sub: no such client is registered here' "$(fetch --client tester 2>&1)"
fetch --client tester >/dev/null 2>&1
same "exit status" 1 $?

# -- what they see ----------------------------------------------------------------------------------------

as "$gateway" 201 POST /Encounter "$(encounter 1)"
has "Location" "$(header Location)" "^$known/Encounter/"
at=$(header Location | sed "s|^$known||; s|/_history.*||")
as "$gateway" 200 GET "$at"
as "$gateway" 403 GET /Patient/1
as "$gateway" 403 GET /Task
as "$tester" 200 GET "$at"
as "$tester" 403 DELETE "$at"
as "$other" 404 GET "$at"
as "$other" 200 GET '/Encounter?identifier=V1'
lacks "of another feed" "$answer" '"entry"'
as "$practice_token" 403 GET "$at"
as "$practice_token" 403 POST /Encounter "$(encounter 2)"
wait_until is_at_rest
as "$practice_token" 200 GET /Task
has "what is owed to it" "$answer" '"resourceType":"Task"'

# -- a new key, without a restart --------------------------------------------------------------------------

logged() {
	[ "$(grep -c -e "$1" "$engine_log")" -ge "$2" ]
}
sh tests/tools/jwt.sh jwks "gateway=$dir/gateway.pem" "stranger=$dir/stranger.pem" >"$dir/live.json"
kill -HUP "$(cat "$dir/engine.pid")"
wait_until logged 'listener=fhir keys=read' 1
log_in gateway stranger system/Encounter.r
log_in gateway gateway system/Encounter.r
echo '{"keys":[' >"$dir/live.json"
kill -HUP "$(cat "$dir/engine.pid")"
wait_until logged 'listener=fhir keys=kept .*jwks live.json: ' 1
log_in gateway gateway system/Encounter.r
cp "$dir/stranger.json" "$dir/live.json"
kill -HUP "$(cat "$dir/engine.pid")"
wait_until logged 'listener=fhir keys=read' 2
request_token "$(assertion gateway gateway)" system/Encounter.r
same "the old key" 401 "$status"
as "$gateway" 200 GET "$at"

# -- too often --------------------------------------------------------------------------------------------

forged=$(forgery rcca practice)
tries=0
while [ $tries -lt 30 ] && [ "$status" != 429 ]; do
	tries=$((tries + 1))
	request_token "$forged" system/Task.r
done
same "after many wrong signatures" 429 "$status"
same "when to come again" 60 "$(header Retry-After)"
tries=0
while [ $tries -lt 30 ]; do
	tries=$((tries + 1))
	ask GET /Encounter/1 '' -H 'Authorization: Bearer x'
done
same "after many tokens that are none" 401 "$status"
as "$practice_token" 200 GET /Task
as "$other" 200 GET '/Encounter?identifier=V1'

# Somebody who cannot log in cannot fill the log.
strangers=$(grep -c 'fhir=refused listener=fhir client= status=401' "$engine_log")
[ "$strangers" -le 3 ] || fail "$strangers lines about one status"

log_lacks_secrets
has "the log says who" "$(cat "$engine_log")" 'fhir=token listener=fhir client=gateway status=200'
has "the log says why" "$(cat "$engine_log")" 'fhir=token listener=fhir client=gateway status=401 .*reason="the assertion was used before"'
stop_engine
has "how many there were" "$(cat "$engine_log")" 'fhir=refused listener=fhir client= status=401 more=[0-9]* times='
# After a start there are other tokens.
start_fhir
as "$other" 401 GET '/Encounter?identifier=V1'
stop_engine
