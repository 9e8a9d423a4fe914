#!/bin/sh
# HTTP under TLS, by curl: versions, certificates of clients and what they may send, new certificates without losing a connection,
# and a stop that answers what it has.
. tests/e2e/lib.sh
command -v openssl >/dev/null || skip "no openssl command"
sh tests/tools/certs.sh "$dir/certs" || fail "no certificates"
certs=$dir/certs

start_practice rcca
mkdir "$dir/live"
cp "$certs/server.pem" "$dir/live/web.pem"
cp "$certs/server.key" "$dir/live/web.key"
write_site 5
sed -i 's|^listeners:|&\n  - {name: web, fhir: "127.0.0.1:0/fhir", auth: certificates, tls: {cert: live/web.pem, key: live/web.key, client_ca: certs/ca.pem}}|
	s|^feeds:|&\n  - {name: north, on: web}\n  - {name: south, on: web, match: {MSH-4: [MERCY]}}|' "$config"
cat >>"$config" <<-END
clients:
  - {name: gateway, feed: south, may: [system/Bundle.c], certificate: [st-vincent]}
  - {name: reader, feed: north, may: [system/Encounter.rs], certificate: [lab]}
END
start_engine
port=$(sed -n 's/^web //p' "$dir/ports")

# by NAME OPTION...: curl with that certificate; prints the status last.
by() {
	by_name=$1
	shift
	curl -s -m 20 --cacert "$certs/ca.pem" --cert "$certs/$by_name.pem" --key "$certs/$by_name.key" \
		-w '\n%{http_code}\n' "$@" | tr '\r' '\n'
}
adt A01 C1 1 | tr '\n' '\r' >"$dir/c1"
hl7='Content-Type: application/hl7-v2'

has "TLS 1.3" "$(by client --tlsv1.3 "https://localhost:$port/fhir/metadata")" '^200$'
has "TLS 1.2" "$(by client --tls-max 1.2 "https://localhost:$port/fhir/metadata")" '^200$'
has "no certificate" "$(curl -s -m 20 --cacert "$certs/ca.pem" -w '%{http_code}' "https://localhost:$port/fhir/metadata")" '^000'
has "a certificate by another CA" "$(by stranger "https://localhost:$port/fhir/metadata")" '^000$'
has "no TLS" "$(curl -s -m 20 -w '%{http_code}' "http://localhost:$port/fhir/metadata")" '^000'
has "HTTP/1.1 is what is agreed upon" "$(by client --http2 -o /dev/null -w '\n%{http_version}' "https://localhost:$port/fhir/metadata")" '^1.1$'

# Whose client it is decides whose message it is, and what it may do.
answer=$(by client -H "$hl7" --data-binary "@$dir/c1" "https://localhost:$port/fhir")
has "a message" "$answer" '^MSA|AA|C1'
has "a message" "$answer" '^200$'
wait_until is_at_rest
has "whose it is" "$(cat "$engine_log")" 'feed=south act="admit"'
has "one who may not send messages" "$(by lab -H "$hl7" --data-binary "@$dir/c1" "https://localhost:$port/fhir")" '^403$'
has "what the log says of it" "$(cat "$engine_log")" 'hl7=refused listener=web client=reader status=403'
has "one whom nobody knows" "$(by renewed -H "$hl7" --data-binary "@$dir/c1" "https://localhost:$port/fhir")" '^40[13]$'

# -- a new certificate -------------------------------------------------------------------------------------
# serial: of the certificate that is shown now.
serial() {
	openssl s_client -connect "127.0.0.1:$port" -CAfile "$certs/ca.pem" </dev/null 2>/dev/null |
		openssl x509 -noout -serial
}
is_renewed() {
	[ "$(serial)" = "$(openssl x509 -noout -serial -in "$certs/renewed.pem")" ]
}
cp "$certs/renewed.pem" "$dir/live/web.pem"
cp "$certs/renewed.key" "$dir/live/web.key"
kill -HUP "$(cat "$dir/engine.pid")"
wait_until is_renewed
has "after it" "$(by client "https://localhost:$port/fhir/metadata")" '^200$'
has "status" "$("$engine" status -c "$config")" '^listener   web: .* handshakes failed'

# -- a stop ------------------------------------------------------------------------------------------------
# A request half sent when the engine stops is still answered, and it is the last one.
adt A08 C2 1 | tr '\n' '\r' >"$dir/c2"
mkfifo "$dir/body"
by client -N -D "$dir/head" -H "$hl7" -H 'Transfer-Encoding: chunked' -H 'Expect:' -T "$dir/body" -X POST \
	"https://localhost:$port/fhir" >"$dir/late" 2>/dev/null &
late=$!
exec 9>"$dir/body"
head -c 20 "$dir/c2" >&9
has_connection() {
	"$engine" status -c "$config" | grep -q '^listener   web: .* 1 of 1024 connections'
}
wait_until has_connection
kill -TERM "$(cat "$dir/engine.pid")"
stopping() {
	grep -q 'engine=stopping' "$engine_log"
}
wait_until stopping
tail -c +21 "$dir/c2" >&9
exec 9>&-
wait "$late"
has "what was half sent at the stop" "$(cat "$dir/late")" '^MSA|AA|C2'
has "its head" "$(cat "$dir/head")" '^Connection: close'
wait "$(cat "$dir/engine.pid")"
same "exit status of the engine" 0 $?
rm "$dir/engine.pid"
