#!/bin/sh
# wardwire-kit listen: answers as it is told, keeps what came before it answers, and ends when it should.
. tests/e2e/lib.sh

# said FILE: what send printed of its only message.
said() {
	sed -n 's/^[^ ]* #1 [^ ]* //p' "$1"
}

# ask [OPTION...]: one message to the receiver, by send; leaves its output in $dir/said.
ask() {
	"$kit" send --to "mllp://127.0.0.1:$receiver" --timeout 20 "$dir/one.hl7" "$@" >"$dir/said" 2>"$dir/complaint"
}

adt A01 C1 1 >"$dir/one.hl7"

# -- each answer, in turn -------------------------------------------------------------------------------
start_listen peer --count 9 --answer 'AE,AR,CA,other,garbage,half,close,CA+AA,AA@300,AA'
number=0
while IFS='|' read -r code want complaint; do
	number=$((number + 1))
	ask
	same "exit status at message $number" "$code" $?
	same "answer $number" "$want" "$(said "$dir/said")"
	has "complaint $number" "$(cat "$dir/complaint")" "$complaint"
	same "kept before answer $number" "$number" "$(wc -l <"$dir/peer.ndjson" | tr -d ' ')"
done <<'END'
1|AE MSH-10 "refused by wardwire-kit listen, as it was told"|
1|AR MSH-10 "refused by wardwire-kit listen, as it was told"|
0|CA|
1|AA the answer does not belong to the message|
1|the answer does not belong to the message|
4|no answer|closed without an answer
4|no answer|closed without an answer
0|CA|
0|AA|
END
wait_until ended peer
same "answers in the file" 'AE AR CA other garbage half close CA+AA AA ' \
	"$(sed 's/.*"answer":"\([^"]*\)".*/\1/' "$dir/peer.ndjson" | tr '\n' ' ')"
has "the message in the file" "$(head -1 "$dir/peer.ndjson")" \
	'"event":"ADT^A01","control-id":"C1",.*"message":"MSH|^~\\\\&|ADT|MERCY|.*\\rEVN|A01|.*\\r"}$'
has "what it prints" "$(cat "$dir/peer.out")" '^#9 127.0.0.1:[0-9]* ADT^A01 [0-9]* bytes -> AA$'
has "what it prints" "$(cat "$dir/peer.out")" '^  EVN|A01|20260302080000$'

# -- by what the message says, and never -----------------------------------------------------------------
start_listen other -q --answer-if 'PID-3=MR2:AE*1,AA' --answer-if 'MSH-10=C9:never' --answer-if 'PV1-2=E:AR'
while read -r person control class want; do
	adt A01 "$control" "$person" "$class" >"$dir/one.hl7"
	ask -q --timeout 1
	same "totals for $control" "$want" "$(sed 's/.*: //' "$dir/said" | tr ',' '\n' | sed 's/^ //' | grep -v '^0 ')"
done <<'END'
1 C1 I 1 AA
2 C2 I 1 AE
1 C3 E 1 AR
2 C4 E 1 AA
1 C9 I 1 unanswered
END
lacks "what -q prints" "$(cat "$dir/other.out")" 'PID'
"$kit" listen --listen "127.0.0.1:$receiver" >/dev/null 2>"$dir/err"
same "exit status where the port is taken" 4 $?
has "where the port is taken" "$(cat "$dir/err")" 'cannot listen on 127.0.0.1 port'
stop other
same "exit status after SIGTERM" 0 "$stopped"

# -- bytes that are no text, and an acknowledgement, which nobody answers -----------------------------------
start_listen third --count 2
adt A01 C1 1 | sed 's/GIVEN/Gl\xfcck/' >"$dir/one.hl7"
ask
same "a message in Latin-1" AA "$(said "$dir/said")"
has "a message in Latin-1" "$(cat "$dir/third.ndjson")" '"hex":"4d53487c[0-9a-f]*476cfc636b'
printf 'MSH|^~\\&|A|B|C|D|20260302||ACK|7|P|2.5.1\rMSA|AA|1\r' >"$dir/one.hl7"
ask --timeout 1
wait_until ended third
has "an acknowledgement" "$(tail -1 "$dir/third.ndjson")" '"event":"ACK",.*"answer":"nothing"'

# -- TLS, for those with a certificate ----------------------------------------------------------------------
certs=$dir/certs
sh tests/tools/certs.sh "$certs"
adt A01 C1 1 >"$dir/one.hl7"
start_listen safe -q --cert "$certs/server.pem" --key "$certs/server.key" --ca "$certs/ca.pem" --answer 'AE,AA'

# ask_safely WANT PATTERN [OPTION...]: by TLS; the exit status, and what stands on standard error.
ask_safely() {
	want=$1
	pattern=$2
	shift 2
	"$kit" send --to "mllps://127.0.0.1:$receiver" "$dir/one.hl7" "$@" >"$dir/said" 2>"$dir/complaint"
	same "exit status with $*" "$want" $?
	has "complaint with $*" "$(cat "$dir/complaint")" "$pattern"
}
client="--cert $certs/client.pem --key $certs/client.key"
# shellcheck disable=SC2086
{
	ask_safely 1 '' --ca "$certs/ca.pem" $client
	ask_safely 0 '' --ca "$certs/ca.pem" $client --name localhost
	ask_safely 4 '^wardwire-kit send: TLS: ' --ca "$certs/ca.pem" $client --name elsewhere
	ask_safely 4 '^wardwire-kit send: TLS: ' --ca "$certs/other.pem" $client
	ask_safely 3 'go together' --ca "$certs/ca.pem" --cert "$certs/client.pem"
	ask_safely 3 'none.pem' --ca "$certs/none.pem"
}
# A server learns after the client that it has none; the client after it sent.
ask_safely 4 '^wardwire-kit send: ' --ca "$certs/ca.pem"
ask --timeout 5
same "exit status of plain MLLP where TLS is spoken" 4 $?
same "messages of those with a certificate" 2 "$(wc -l <"$dir/safe.ndjson" | tr -d ' ')"
stop safe
"$kit" listen --listen 127.0.0.1:0 --ca "$certs/ca.pem" >/dev/null 2>"$dir/err"
same "exit status of a TLS server without a certificate" 3 $?
has "a TLS server without a certificate" "$(cat "$dir/err")" 'needs --cert and --key'

# -- lines that are wrong ------------------------------------------------------------------------------
for line in '--answer AX' '--answer AA*0' '--answer-if PID3=1:AA' '--answer-if PID-3:AA' '--answer-if PID-3=1:' '--count 0'; do
	# shellcheck disable=SC2086
	"$kit" listen --listen 127.0.0.1:0 $line >/dev/null 2>"$dir/err"
	same "exit status of listen $line" 2 $?
	[ -s "$dir/err" ] || fail "listen $line says nothing"
done
"$kit" listen --listen 0.0.0.0:0 >/dev/null 2>"$dir/err"
same "exit status beyond loopback" 2 $?
"$kit" listen --listen 127.0.0.1:0 --keep "$dir/none/there" >/dev/null 2>"$dir/err"
same "exit status for a file that cannot be made" 4 $?
