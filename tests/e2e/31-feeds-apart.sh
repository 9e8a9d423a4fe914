#!/bin/sh
# Several feeds on one listener, told apart by MSH-3, MSH-4 and the sender's certificate; networks that senders may come from;
# and no plain MLLP where others can listen.
. tests/e2e/lib.sh
command -v openssl >/dev/null || skip "no openssl command"
sh tests/tools/certs.sh "$dir/certs" || fail "no certificates"
certs=$dir/certs

cat >"$config" <<-END
data: data
listeners:
  - {name: adt, mllp: "127.0.0.1:0", max_message: 65536, tls: {cert: certs/server.pem, key: certs/server.key, client_ca: certs/ca.pem}}
  - {name: open, mllp: "127.0.0.1:0", peers: [127.0.0.0/8]}
  - {name: closed, mllp: "127.0.0.1:0", peers: [10.2.0.0/16, "2001:db8::/32"]}
feeds:
  - {name: mercy, on: adt, match: {MSH-4: [MERCY, MERCY-NORTH]}}
  - {name: lakeside, on: adt, match: {MSH-4: [LAKE], certificate: [ADT.svh.example]}}
  - {name: lake-lab, on: adt, match: {MSH-4: [LAKE], MSH-3: [LIS], certificate: [lab]}}
  - {name: any, on: open}
  - {name: north, on: open, match: {MSH-4: [NORTH]}}
  - {name: none, on: closed}
END
start_engine

# from MSH-3 MSH-4 CONTROL: a message of that sender.
from() {
	adt A08 "$3" 1 | sed "1s/|ADT|MERCY|/|$1|$2|/"
}

# send_as NAME MESSAGE: with that certificate; prints AA, or the code with place and text.
send_as() {
	printf '%s\n' "$2" | "$kit" send --to "mllps://127.0.0.1:$mllp" --ca "$certs/ca.pem" --cert "$certs/$1.pem" \
		--key "$certs/$1.key" - 2>&1 | sed -n 's/^-:[0-9]* #1 [^ ]* //p'
}


last_journal() {
	wait_until is_at_rest
	"$engine" status -c "$config" | awk '$1 == "applied" { print $NF }'
}

# goes NAME MSH-3 MSH-4 FEED: it is taken, as a message of that feed.
goes() {
	same "answer to $2 of $3 by $1" AA "$(send_as "$1" "$(from "$2" "$3" "C$((n = n + 1))")")"
	wait_until is_at_rest
	same "feed of $2 of $3 by $1" "$4" "$(sed -n "s/.* journal=$(last_journal) feed=\([^ ]*\) .*/\1/p" "$engine_log" | tail -1)"
}

n=0
goes client ADT MERCY mercy
goes lab LIS MERCY-NORTH^1.2.3^ISO mercy
goes client LIS LAKE lakeside
goes lab LIS LAKE lake-lab

# refused NAME MSH-3 MSH-4
refused() {
	answer=$(send_as "$1" "$(from "$2" "$3" R1)")
	has "answer to $2 of $3 by $1" "$answer" '^AR.*fit no feed of this listener'
}
refused lab ADT LAKE
refused client ADT NOBODY
refused client ADT mercy
has "the log" "$(cat "$engine_log")" 'refused=kept .*answer=AR code=WW-219 place="MSH-4"'
# One that is too long is of the feed that its beginning fits, as any other.
answer=$(send_as client "$(from ADT LAKE B1)
NTE|1||$(printf '%70000s' x)")
has "answer to one that is too long" "$answer" '^AE.*max_message'
has "the log" "$(cat "$engine_log")" 'refused=kept feed=lakeside answer=AE code=WW-211'
same "kept in the refused ring" 4 "$("$engine" status -c "$config" | awk '$1 == "refused" { print $2 }')"

# A feed without match takes the rest; networks.
mllp=$(sed -n 's/^open //p' "$dir/ports")
accept "$(from ADT NORTH N1)"
same "feed of NORTH" north "$(sed -n "s/.* journal=$(last_journal) feed=\([^ ]*\) .*/\1/p" "$engine_log")"
accept "$(from ADT SOUTH S1)"
same "feed of SOUTH" any "$(sed -n "s/.* journal=$(last_journal) feed=\([^ ]*\) .*/\1/p" "$engine_log")"
mllp=$(sed -n 's/^closed //p' "$dir/ports")
for i in 1 2 3; do
	same "a peer from elsewhere, time $i" 0 "$(frame "$(adt A08 X$i 1)" | raw 1 | wc -c)"
done
has "status" "$("$engine" status -c "$config")" '^listener  *closed: 0 messages, .*, 3 not allowed$'
same "lines about it within a minute" 1 "$(grep -c 'why=peer-not-allowed' "$engine_log")"
has "the line" "$(cat "$engine_log")" 'event=mllp-closed listener=127.0.0.1:[0-9]* why=peer-not-allowed peer=127.0.0.1$'
stop_engine
has "rebuild" "$("$engine" rebuild -c "$config" --check)" '^equal: '

# Beyond this machine.
for keys in '' ', peers: [10.0.0.0/8]' ', plain: false'; do
	cat >"$config" <<-END
	data: data
	listeners: [{name: adt, mllp: "0.0.0.0:0"$keys}]
	feeds: [{name: mercy, on: adt}]
	END
	"$engine" run -c "$config" >"$dir/said" 2>&1
	same "a start with plain MLLP for everybody$keys" 3 $?
	has "what is said" "$(cat "$dir/said")" "MLLP is not encrypted; add 'tls', or 'plain: true'"
done
cat >"$config" <<-END
data: data
listeners: [{name: adt, mllp: "0.0.0.0:0", tls: {cert: certs/server.pem, key: certs/server.key}}]
feeds: [{name: mercy, on: adt}]
END
start_engine
same "answer under TLS" AA "$(send_as client "$(adt A08 T1 1)")"
stop_engine
