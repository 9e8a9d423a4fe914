#!/bin/sh
# TLS on a listener: which versions and certificates are taken, what is said of those that are not, and new certificates
# without losing a connection. The peer is openssl's own client where the version matters, and else the kit.
. tests/e2e/lib.sh
command -v openssl >/dev/null || skip "no openssl command"
sh tests/tools/certs.sh "$dir/certs" || fail "no certificates"
certs=$dir/certs

start_practice rcca
mkdir "$dir/live"
cp "$certs/server.pem" "$dir/live/adt.pem"
cp "$certs/server.key" "$dir/live/adt.key"
write_site 50 "tls: {cert: live/adt.pem, key: live/adt.key, client_ca: certs/ca.pem, names: [st-vincent, lab], handshake_timeout: 1}"

# knock OPTION...: a message by openssl's client; prints MSA-1 and MSA-2 of its answer, or nothing. It closes when the answer is
# there, or the engine does.
knock() {
	knock_out=$(mktemp "$dir/knock-XXXXXX")
	frame "$(adt A08 K1 1)" >"$knock_out.in"
	openssl s_client -quiet -connect "127.0.0.1:$mllp" -CAfile "$certs/ca.pem" -verify_return_error "$@" \
		<"$knock_out.in" >"$knock_out" 2>"$knock_out.err" &
	knock_pid=$!
	echo "$knock_pid" >"$knock_out.pid"
	wait_until raw_done "$knock_out" 1
	kill "$knock_pid" 2>/dev/null
	wait "$knock_pid" 2>/dev/null
	tr '\r' '\n' <"$knock_out" | sed -n 's/^MSA|//p'
	rm -f "$knock_out.pid"
}

# by NAME OPTION...: with that certificate.
by() {
	by_name=$1
	shift
	knock -cert "$certs/$by_name.pem" -key "$certs/$by_name.key" "$@"
}

# send_by NAME FILE [OPTION...]: by the kit.
send_by() {
	send_name=$1
	shift
	"$kit" send -q --to "mllps://127.0.0.1:$mllp" --ca "$certs/ca.pem" --cert "$certs/$send_name.pem" \
		--key "$certs/$send_name.key" "$@"
}

logged() {
	grep -q -e "$1" "$engine_log"
}

start_engine
same "TLS 1.2" 'AA|K1' "$(by client -tls1_2)"
same "TLS 1.3" 'AA|K1' "$(by client -tls1_3)"
same "another of the names" 'AA|K1' "$(by lab)"
same "TLS 1.1" '' "$(by client -tls1_1 -cipher DEFAULT@SECLEVEL=0)"
wait_until logged 'event=mllp-closed .*why=handshake-version-too-old'
same "no forward secrecy" '' "$(by client -tls1_2 -cipher AES128-GCM-SHA256)"
wait_until logged 'why=handshake-no-common-cipher'
same "no certificate" '' "$(knock)"
wait_until logged 'why=handshake-no-certificate'
same "a certificate by another CA" '' "$(by stranger)"
wait_until logged 'why=handshake-untrusted-certificate'
same "a certificate of another" '' "$(by server)"
wait_until logged 'why=handshake-certificate-of-another'
same "an expired certificate" '' "$(by old)"
wait_until logged 'why=handshake-outdated-certificate'
same "a message without TLS" 0 "$(frame "$(adt A08 P1 1)" | raw 1 | wc -c)"
wait_until logged 'why=handshake-not-tls'
# Nobody says a word: closed in time, and counted as the others.
: >"$dir/silence"
same "silence" 0 "$(raw 1 <"$dir/silence" | wc -c)"
wait_until logged 'why=handshake-not-ended'
has "status" "$("$engine" status -c "$config")" '^listener  *adt: 3 messages, 0 of 1024 connections, 0 turned away, 8 handshakes failed, certificate until 20'
lacks "the log" "$(cat "$engine_log")" 'warning='

# -- new certificates ----------------------------------------------------------------------------------------

subject() {
	openssl s_client -connect "127.0.0.1:$mllp" -CAfile "$certs/ca.pem" -cert "$certs/lab.pem" -key "$certs/lab.key" \
		</dev/null 2>/dev/null | sed -n 's/^subject=.*CN = //p'
}

# Four connections send all the while; none of them may break, or a message be lost.
i=1
while [ $i -le 50 ]; do
	adt A01 "L$i" $i
	i=$((i + 1))
done >"$dir/load"
send_by client "$dir/load" --connections 4 --rate 200 --count 800 --fresh-ids --json >"$dir/sent" 2>"$dir/load.log" &
echo $! >"$dir/load.pid"
has_messages() {
	"$engine" status -c "$config" | awk -v least="$1" '$1 == "listener" { n = $3 } END { exit !(n >= least) }'
}
wait_until has_messages 50
same "the old certificate" server.example "$(subject)"
cp "$certs/renewed.pem" "$dir/live/adt.pem" # half of a renewal: the key is the old one
kill -HUP "$(cat "$dir/engine.pid")"
wait_until logged 'level=error listener=adt certificates=kept code=WW-213 place=key reason=".*does not fit the certificate"'
same "still the old certificate" server.example "$(subject)"
cp "$certs/renewed.key" "$dir/live/adt.key"
kill -HUP "$(cat "$dir/engine.pid")"
wait_until logged 'listener=adt certificates=renewed'
same "the new certificate" renewed.example "$(subject)"
runs load || fail "the load ended too early to tell"
wait_until ended load
wait "$(cat "$dir/load.pid")"
same "exit status of the load" 0 $?
rm "$dir/load.pid"
same "answers on connections older than the new certificate" '' "$(cat "$dir/load.log")"
# Without a signal, too: the files are looked at.
cp "$certs/server.key" "$dir/live/new.key" && cp "$certs/server.pem" "$dir/live/new.pem"
mv "$dir/live/new.key" "$dir/live/adt.key" && mv "$dir/live/new.pem" "$dir/live/adt.pem"
is_server() { [ "$(subject)" = server.example ]; }
wait_until is_server
stop_engine
lacks "the log" "$(cat "$engine_log")" 'PRIVATE KEY'
lacks "what is journaled" "$(cat "$dir"/data/blobs/* "$dir"/data/journal/*.wwj | tr -d '\0')" 'PRIVATE KEY'

# -- the check --------------------------------------------------------------------------------------------------

check() {
	check_out=$("$engine" config check -c "$config" 2>&1)
	check_code=$?
}
check
same "check" 0 $check_code
chmod 644 "$dir/live/adt.key"
check
same "check of an open key" 0 $check_code
has "its warning" "$check_out" '^listener adt: warning: everybody on this machine can read the key$'
cp "$certs/lab.key" "$dir/live/adt.key"
check
same "check of a wrong key" 3 $check_code
has "its fault" "$check_out" 'listener adt: wardwire: key: .*adt.key: does not fit the certificate (WW-213)'
"$engine" run -c "$config" >"$dir/refused" 2>&1
same "a start with it" 3 $?
has "what is said" "$(cat "$dir/refused")" 'does not fit the certificate'
cp "$certs/old.pem" "$dir/live/adt.pem"
cp "$certs/old.key" "$dir/live/adt.key"
check
same "check of an expired certificate" 0 $check_code
has "its warning" "$check_out" 'warning: the certificate has expired'
