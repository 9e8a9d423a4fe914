#!/bin/sh
# Who sees and does what on a console, over real HTTP: every client by party, role and rights asks for everything of every item,
# and gets no more than what is owed to its party and role; nobody gets 401.
. tests/e2e/lib.sh
. tests/e2e/fhir.sh
. tests/e2e/access.sh

practice=http://127.0.0.1:9/fhir
make_key ES384 all
make_key ES384 other
sh tests/tools/certs.sh "$dir/certs" || fail "no certificates"
write_site 3
sed -i "s|  - {name: adt, .*|&\n  - {name: desk-api, console: \"127.0.0.1:0\", url: \"$known\"}\n  - {name: desk-tls, console: \"127.0.0.1:0\", auth: certificates, tls: {cert: certs/server.pem, key: certs/server.key, client_ca: certs/ca.pem}}|
	s|  - {name: rcca-ehr, .*|  - {name: desk, worklist: true}|
	s|send: rcca-ehr}|send: desk}\n  - {name: elm, send: desk}|" "$config"
sed -i 's/^\(M0002.*\),rcca,/\1,elm,/' "$dir/roster.csv"
cat >>"$config" <<-END
clients:
  - {name: all, on: desk-api, party: rcca, jwks: all.json}
  - {name: same, on: desk-api, party: rcca, role: coordinator, jwks: all.json}
  - {name: else, on: desk-api, party: rcca, role: navigator, jwks: all.json}
  - {name: reader, on: desk-api, party: rcca, may: [system/Task.r], jwks: all.json}
  - {name: lister, on: desk-api, party: rcca, may: [system/Task.s], jwks: all.json}
  - {name: elm, on: desk-api, party: elm, jwks: other.json}
  - {name: by-certificate, on: desk-tls, party: elm, certificate: [LAB]}
END
start_engine
fhir=http://127.0.0.1:$(sed -n 's/^desk-api //p' "$dir/ports")
accept "$(adt A01 C1 1)"
accept "$(adt A01 C2 2)"
wait_until is_applied
# Whom of a party a notice is for: nobody in particular, unless a program says so.
role=$("$engine" flags ls -c "$config" --party rcca --json | sed -n 's/.*"role": "\(.*\)".*/\1/p' | sed -n 1p)
mine=$("$engine" flags ls -c "$config" --party rcca --json | sed -n 's/.*"notice": "\(.*\)".*/\1/p')
theirs=$("$engine" flags ls -c "$config" --party elm --json | sed -n 's/.*"notice": "\(.*\)".*/\1/p')

for client in all same else reader lister; do
	log_in $client all 'system/Task.rus'
	printf '%s' "$token" >"$dir/$client.token"
done
log_in elm other 'system/Task.rus'
printf '%s' "$token" >"$dir/elm.token"
: >"$dir/nobody.token"
request_token "$(forgery elm other)" system/Task.rus
same "a token for a forged assertion" 401 "$status"

# may CLIENT CALL ITEM: what it gets, said in another way than the engine says it.
may() {
	case $1/$2/$3 in
	nobody/*) echo 401 ;;
	reader/list/* | lister/show/* | reader/ack/* | reader/note/* | lister/ack/* | lister/note/*) echo 403 ;;
	*/list/*) echo 200 ;;
	elm/*/theirs) echo 200 ;;
	elm/*) echo 404 ;;
	*/theirs) echo 404 ;;
	else/*) [ -z "$role" ] || [ "$role" = navigator ] && echo 200 || echo 404 ;;
	*) echo 200 ;;
	esac
}

for client in nobody all same else reader lister elm; do
	token=$(cat "$dir/$client.token")
	for item in mine theirs; do
		[ $item = mine ] && id=$mine || id=$theirs
		for call in list show ack note; do
			method=POST
			path=/api/worklist/$id/$call
			case $call in
			list) method=GET path='/api/worklist?state=all' ;;
			show) method=GET path=/api/worklist/$id ;;
			esac
			if [ $method = POST ]; then
				ask $method "$path" "{\"text\":\"by $client\"}" -H "Authorization: Bearer $token" -H 'If-Match: *' -H 'Content-Type: application/json'
			else
				ask $method "$path" "" -H "Authorization: Bearer $token"
			fi
			same "$client $call $item: $answer" "$(may $client $call $item)" "$status"
			[ "$status" = 200 ] || continue
			[ $client = elm ] || lacks "$client $call $item" "$answer" '"party":"elm"\|M0002'
			[ $client != elm ] || lacks "$client $call $item" "$answer" '"party":"rcca"\|M0001'
		done
	done
done

# What another party's page named as its end begins nothing of it; nor does the name of that party.
as "$(cat "$dir/elm.token")" 200 GET '/api/worklist?after=rcca/1.1'
lacks "of another's page" "$answer" M0001
as "$(cat "$dir/elm.token")" 200 GET '/api/worklist?party=rcca&state=all'
same "of another party" '{"items":[]}' "$answer"
has "who said so" "$("$engine" flags show -c "$config" "$mine")" 'deed note, who all, client all, text by all'
lacks "what others said" "$("$engine" flags show -c "$config" "$mine")" 'by elm\|by reader\|by nobody'

# A token for less; nobody at all; what is not there says nothing of who may.
log_in all all system/Task.s
as "$token" 403 GET "/api/worklist/$mine"
asked 401 GET /api/worklist/nothing
has "challenge" "$headers" '^WWW-Authenticate: Bearer realm='
as nonsense 401 GET /api/worklist
log_lacks_secrets

# By certificates, under TLS; who has one that is no client's is known and not let in.
fhir=https://127.0.0.1:$(sed -n 's/^desk-tls //p' "$dir/ports")
for name in lab server; do
	ask GET /api/worklist "" --cacert "$dir/certs/ca.pem" --cert "$dir/certs/$name.pem" --key "$dir/certs/$name.key"
	case $name in
	lab) has "items by certificate" "$answer" '^{"items":\[{"id":"'"$theirs"'"' ;;
	server) same "a certificate of nobody's: $answer" 403 "$status" ;;
	esac
	lacks "items by certificate" "$answer" M0001
done
ask GET /api/worklist "" --cacert "$dir/certs/ca.pem"
same "no certificate" 000 "$status"
stop_engine
