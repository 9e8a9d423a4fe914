#!/bin/sh
# A FHIR listener that knows its clients by their certificates: two of them see what is theirs, a third whom the CA vouches for
# nothing, and one without a certificate does not get as far as a request. Beside it a listener with tokens under TLS.
. tests/e2e/lib.sh
. tests/e2e/fhir.sh
command -v openssl >/dev/null || skip "no openssl command"
sh tests/tools/certs.sh "$dir/certs" || fail "no certificates"

start_practice rcca
"$kit" token make --alg RS384 --key "$dir/gamma.pem" --kid one >"$dir/gamma.json" || fail "the kit made no key"
write_fhir_site 2
sed -i "s|auth: none|auth: certificates, tls: {cert: certs/server.pem, key: certs/server.key, client_ca: certs/ca.pem}|
	s|^  - {name: acme, on: fhir.*|&\\
  - {name: beacon, on: fhir}\\
  - {name: gamma, on: tokens}|
	s|^feeds:|  - {name: tokens, fhir: \"127.0.0.1:0/r4\", url: \"https://hie.example.org/r4\", tls: {cert: certs/server.pem, key: certs/server.key}}\\
feeds:|" "$config"
cat >>"$config" <<-END
clients:
  - {name: mercy, feed: acme, may: [system/Encounter.crs], certificate: [adt.svh.example]}
  - {name: gamma, feed: gamma, may: [system/Patient.s], jwks: gamma.json}
  - {name: lab, feed: beacon, may: [system/*.cruds], certificate: [LAB]}
END
start_fhir
fhir=https://127.0.0.1:${fhir##*:}

# by NAME WANT METHOD PATH [BODY]: with that certificate.
by() {
	by_name=$1
	shift
	[ $# -gt 3 ] || set -- "$@" ""
	asked "$@" --cacert "$dir/certs/ca.pem" --cert "$dir/certs/$by_name.pem" --key "$dir/certs/$by_name.key"
}

by client 201 POST /Encounter "$(encounter 1)"
at=$(header Location | sed "s|^$fhir||; s|/_history.*||")
by client 200 GET "$at"
by client 403 DELETE "$at"
by client 403 GET /Patient
by lab 404 GET "$at"
by lab 200 GET /Patient
by server 403 GET "$at"
has "why" "$answer" 'no client has one of its names'
same "no certificate" 000 "$(curl -s -o "$dir/none" -w '%{http_code}' --cacert "$dir/certs/ca.pem" "$fhir/metadata")"
by server 200 GET /metadata
has "security" "$answer" '"code":"Certificates"'
asked 404 POST /auth/token grant_type=client_credentials -H 'Content-Type: application/x-www-form-urlencoded' \
	--cacert "$dir/certs/ca.pem" --cert "$dir/certs/client.pem" --key "$dir/certs/client.key"

# The same engine, by a token.
fhir=https://127.0.0.1:$(sed -n 's/^tokens //p' "$dir/ports")/r4
token=$("$kit" token fetch --key "$dir/gamma.pem" --kid one --client gamma --base "$fhir" --audience https://hie.example.org/r4/auth/token \
	--ca "$dir/certs/ca.pem") || fail "the kit got no token"
asked 200 GET '/Patient?_id=x' '' --cacert "$dir/certs/ca.pem" -H "Authorization: Bearer $token"
"$kit" token fetch --key "$dir/gamma.pem" --kid one --client gamma --base "$fhir" --ca "$dir/certs/other.pem" >/dev/null 2>&1
same "of a server that the CA does not vouch for" 4 $?
stop_engine
