#!/bin/sh
# Messages leave over TLS to receivers whose certificates are good, of another authority, of another name and expired, and to
# one that wants ours. Only what is proven is sent to, each endpoint for itself, and certificates are renewed while the
# engine runs.
. tests/e2e/lib.sh

certs=$dir/certs
sh tests/tools/certs.sh "$certs"

# server NAME CERTIFICATE [OPTION...]: a receiver by TLS. Sets the variable NAME to its port.
server() {
	server_name=$1
	server_cert=$2
	shift 2
	start_listen "$server_name" -q --cert "$certs/$server_cert.pem" --key "$certs/$server_cert.key" "$@"
	eval "$server_name=$receiver"
}
server good server
server named client
server expired old
server mutual server --ca "$certs/ca.pem"
cp "$certs/stranger.pem" "$dir/own.pem"
cp "$certs/stranger.key" "$dir/own.key"
# shellcheck disable=SC2154
cat >"$config" <<-END
	data: data
	retry: {first: 1, most: 1}
	listeners:
	  - {name: adt, mllp: "127.0.0.1:0"}
	feeds:
	  - {name: mercy, on: adt, zone: America/New_York}
	endpoints:
	  - {name: good, mllp: "127.0.0.1:$good", tls: {ca: certs/ca.pem}}
	  - {name: localhost, mllp: "localhost:$good", tls: {ca: certs/ca.pem}}
	  - {name: named, mllp: "127.0.0.1:$named", tls: {ca: certs/ca.pem, name: adt.svh.example}}
	  - {name: mutual, mllp: "127.0.0.1:$mutual", tls: {ca: certs/ca.pem, cert: own.pem, key: own.key}}
	  - {name: stranger, mllp: "127.0.0.1:$good", tls: {ca: certs/other.pem}}
	  - {name: another, mllp: "127.0.0.1:$named", tls: {ca: certs/ca.pem}}
	  - {name: expired, mllp: "127.0.0.1:$expired", tls: {ca: certs/ca.pem, name: old}}
	  - {name: nofile, mllp: "127.0.0.1:$good", tls: {ca: certs/none.pem}}
	routes:
	  - {name: all, to: [good, localhost, named, mutual, stranger, another, expired, nofile]}
END
start_engine
accept "$(adt A01 C1 1)"

# ended NAME PATTERN: the log has such an end of a delivery on the lane to that endpoint.
ended() {
	grep -q "to=all[^ ]*$1 .*$2" "$engine_log"
}
for name in good localhost named; do
	wait_until ended $name 'result=sent'
done
while read -r name reason; do
	wait_until ended "$name" "result=retry .*reason=\"$reason\""
done <<'END'
stranger no TLS session: untrusted-certificate
another no TLS session: certificate-of-another
expired no TLS session: outdated-certificate
nofile the files for TLS cannot be used
END
wait_until ended mutual 'result=retry'
has "the file that is missing" "$(cat "$engine_log")" 'level=error to=mllps:.* tls=none .*none.pem'
same "what the receivers got" "2 1 0 0" "$(for name in good named expired mutual; do
	grep -c '"control-id":"C1"' "$dir/$name.ndjson"
done | tr '\n' ' ' | sed 's/ $//')"

# The right files in the place of the wrong ones.
cp "$certs/lab.pem" "$dir/own.pem"
cp "$certs/lab.key" "$dir/own.key"
cp "$certs/ca.pem" "$certs/none.pem"
wait_until ended mutual 'result=sent'
wait_until ended nofile 'result=sent'
same "lines about the file that was missing" 1 "$(grep -c 'tls=none' "$engine_log")"
has "the end of the trouble" "$(cat "$engine_log")" 'lane=all[^ ]*mutual trouble=over failures='
stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '
