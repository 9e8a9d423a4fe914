#!/bin/sh
# Application acknowledgements that go to an address of their own: once each, in order, whatever is killed meanwhile.
. tests/e2e/lib.sh

start_practice rcca
start_listen back --answer CA
write_site 9
sed -i "s/^  - {name: adt, .*/&\n  - {name: lab, mllp: \"127.0.0.1:0\"}/
	s/^  - {name: mercy, .*/  - {name: mercy, on: adt, ack: {mode: by-message, application: back}}\n  - {name: lab, on: lab, ack: {mode: enhanced, application: folder}}/
	s/^  - {name: rcca-ehr, .*/&\n  - {name: back, mllp: \"127.0.0.1:$receiver\"}\n  - {name: folder, dir: acks}/" "$config"
mkdir "$dir/acks"
start_engine

# asking ACCEPT APPLICATION MESSAGE: with MSH-15 and MSH-16.
asking() {
	printf '%s\n' "$3" | sed "1s/\$/|||$1|$2/"
}

# said: what the receiver got, as "AA C1".
said() {
	sed -n 's/.*"message":"[^"]*\\rMSA|\([A-Z]*\)|\([^|\\]*\).*/\1 \2/p' "$dir/back.ndjson" 2>/dev/null | tr '\n' ',' | sed 's/,$//'
}

is_said() {
	[ "$(said)" = "$1" ]
}

same "accept acknowledgement" CA "$(send_one "$(asking AL AL "$(adt A01 C1 1)")")"
wait_until is_said 'AA C1'
same "one that asks for none" CA "$(send_one "$(asking AL NE "$(adt A01 C2 2)")")"
same "one in original mode" AA "$(send_one "$(adt A01 C3 3)")"
has "its header" "$(cat "$dir/back.ndjson")" '"MSH|^~\\\\&|WARDWIRE|PAYER|ADT|MERCY|[0-9]*+0000||ACK^A01^ACK|A[0-9]*|P|2.5.1|||AL|NE\\rMSA|AA|C1\\r"'

# The receiver is away: the message is accepted all the same, and what is owed outlives the engine.
stop back
same "accepted while nobody listens" CA "$(send_one "$(asking AL AL "$(adt A01 C4 4)")")"
stop engine KILL
start_engine
same "the same again" CA "$(send_one "$(asking AL AL "$(adt A01 C5 5)")")"
start_listen back --answer CA
wait_until is_said 'AA C1,AA C4,AA C5'
wait_until is_at_rest
same "numbers of their own" 3 "$(sed -n 's/.*|ACK^A01^ACK|\(A[0-9]*\)|.*/\1/p' "$dir/back.ndjson" | sort -u | wc -l | tr -d ' ')"

# Held back by an operator, as any lane.
"$engine" queue pause -c "$config" ack@mercy/back >/dev/null || fail "the lane cannot be paused"
same "accepted while the lane is paused" CA "$(send_one "$(asking AL AL "$(adt A01 C6 8)")")"
is_held() {
	"$engine" queue ls -c "$config" --endpoint ack@mercy/back | grep -q 'due  *ack@mercy/back '
}
wait_until is_held
same "nothing of a paused lane" 'AA C1,AA C4,AA C5' "$(said)"
"$engine" queue resume -c "$config" ack@mercy/back >/dev/null || fail "the lane cannot be resumed"
wait_until is_said 'AA C1,AA C4,AA C5,AA C6'

seq=$(sed -n 's/.*|ACK^A01^ACK|A\([0-9]*\)|.*MSA|AA|C6.*/\1/p' "$dir/back.ndjson")
has "show --sent" "$("$engine" show -c "$config" "$seq" --sent)" '"body": "MSH|.*|A'"$seq"'|P|2.5.1|||AL|NE\\rMSA|AA|C6\\r"'

# Into a folder.
mllp=$(sed -n 's/^lab //p' "$dir/ports")
same "accept acknowledgement" CA "$(send_one "$(adt A01 D1 6)")"
in_folder() {
	cat "$dir"/acks/* 2>/dev/null | tr '\r' '\n' | grep -q '^MSA|AA|D1$'
}
wait_until in_folder
# What is echoed is bytes, whatever they are.
umlaut=$(printf '\374')
same "accept acknowledgement" CA "$(send_one "$(adt A01 D2 7 | LC_ALL=C sed "1s/|ADT|/|AD${umlaut}T|/; 1s/\$/||||||8859\/1/")")"
echoed() {
	cat "$dir"/acks/* 2>/dev/null | tr '\r' '\n' | LC_ALL=C grep -a -q "^MSH|^~.&|WARDWIRE|PAYER|AD${umlaut}T|MERCY|"
}
wait_until echoed
wait_until is_at_rest
stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check 2>/dev/null)" '^equal: '
same "what was said in the end" 'AA C1,AA C4,AA C5,AA C6' "$(said)"
