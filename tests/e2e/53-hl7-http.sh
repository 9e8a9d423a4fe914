#!/bin/sh
# HL7 v2 messages by POST on a FHIR listener: the acknowledgement is the answer, and what is refused is no 200.
. tests/e2e/lib.sh

start_practice rcca
write_site 5
sed -i 's|^listeners:|&\n  - {name: web, fhir: "127.0.0.1:0/fhir", auth: none, max_message: 65536, head_deadline: 1, peer_connections: 8}|
	s|^feeds:|&\n  - {name: web, on: web, match: {MSH-4: [MERCY]}}|' "$config"
start_engine
web=http://127.0.0.1:$(sed -n 's/^web //p' "$dir/ports")/fhir

media=application/hl7-v2

# post MESSAGE [PLACE]: as $media; prints the status, then the answer with LF line ends.
post() {
	printf '%s\n' "$1" | tr '\n' '\r' |
		curl -s -m 20 -w '%{http_code} %{content_type}\n' -o "$dir/answer" -H "Content-Type: $media" \
			--data-binary @- "$web${2:-}"
	tr '\r' '\n' <"$dir/answer"
	: >"$dir/answer"
}

answer=$(post "$(adt A01 C1 1)")
has "the answer to an admission" "$answer" '^200 application/hl7-v2$'
has "its acknowledgement" "$answer" '^MSA|AA|C1$'
wait_until is_at_rest
same "Tasks" 1 "$(tasks 1 | wc -l)"
has "whose it was" "$(cat "$engine_log")" 'feed=web act="admit"'

# Whose it is follows from MSH-4 as over MLLP.
answer=$(post "$(adt A01 C2 2 | sed 's/|MERCY|/|NORTH|/')")
has "a message that fits no feed" "$answer" '^400 '
has "a message that fits no feed" "$answer" '^MSA|A[ER]|C2'

# What is sent again is recognised, whichever way it comes.
has "the same again" "$(post "$(adt A01 C1 1)")" '^MSA|AA|C1$'
wait_until is_at_rest
same "Tasks after it came twice" 1 "$(tasks 1 | wc -l)"

# The other name of the media type, and its parameters.
media='x-application/hl7-v2+er7; charset=utf-8'
answer=$(post "$(adt A03 C3 1)")
has "the media type of senders like HAPI's" "$answer" '^200 x-application/hl7-v2+er7$'

media=application/hl7-v2

# Refused: who looks at the status alone must see it.
answer=$(post "$(adt A01 C4 1 | grep -v '^PID')")
has "a message without PID" "$answer" '^400 application/hl7-v2$'
has "its acknowledgement" "$answer" '^MSA|A[ER]|C4'
has "what is no message" "$(post 'hello')" '^400 '
same "what is kept of the three" 3 "$("$engine" refused -c "$config" | grep -c '^')"
awk 'BEGIN { for (i = 0; i < 70000; i++) printf "x" }' >"$dir/large"
same "a message beyond max_message" 413 "$(curl -s -m 20 -o /dev/null -w '%{http_code}' \
	-H 'Content-Type: application/hl7-v2' --data-binary "@$dir/large" "$web")"
same "one whose length is not said" 413 "$(curl -s -m 20 -o /dev/null -w '%{http_code}' -H 'Transfer-Encoding: chunked' \
	-H 'Content-Type: application/hl7-v2' --data-binary "@$dir/large" "$web")"
has "another place" "$(post "$(adt A01 C5 1)" /Encounter)" '^415 '

# A hundred on one connection, and none is lost.
i=0
while [ $i -lt 100 ]; do
	adt A08 "K$i" 3 | tr '\n' '\r' >"$dir/m$i"
	printf 'next\nurl = "%s"\nheader = "Content-Type: application/hl7-v2"\ndata-binary = "@%s"\nwrite-out = "%%{http_code} %%{num_connects}\\n"\noutput = /dev/null\n' \
		"$web" "$dir/m$i"
	i=$((i + 1))
done >"$dir/curlrc"
sed -i 1d "$dir/curlrc"
curl -s -m 60 -K "$dir/curlrc" >"$dir/codes"
same "messages taken" 100 "$(grep -c '^200' "$dir/codes")"
same "connections made for them" 1 "$(awk '{ n += $2 } END { print n }' "$dir/codes")"

# -- what is no request is answered, and no byte now and then keeps a connection ----------------------------
# web_raw TEXT: sends it, and prints what comes until the engine closes.
web_raw() {
	# shellcheck disable=SC2016
	timeout 20 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$1"; printf "$2" >&3; exec cat <&3' - \
		"$(sed -n 's/^web //p' "$dir/ports")" "$1"
}
answer=$(web_raw 'POST /fhir HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx')
has "two lengths" "$answer" '^HTTP/1.1 400 '
has "two lengths" "$answer" '^Connection: close'
has "HTTP/1.0" "$(web_raw 'GET /fhir/metadata HTTP/1.0\r\n\r\n')" '^HTTP/1.1 505 '
has "a slow head" "$(web_raw 'GET /fhir/metadata HTTP/1.1\r\nHo')" '^HTTP/1.1 408 '
has "status" "$("$engine" status -c "$config" --json)" '"malformed": 4'
has "status" "$("$engine" status -c "$config")" '^listener   web: [0-9]* requests, .* 4 malformed'

# -- a full disk is no reason to lose what was not promised ---------------------------------------------------
stop_engine
start_engine
web=http://127.0.0.1:$(sed -n 's/^web //p' "$dir/ports")/fhir
has "after a restart" "$(post "$(adt A08 C9 3)")" '^MSA|AA|C9$'
stop_engine
"$engine" rebuild --check -c "$config" >/dev/null || fail "the ledger cannot be rebuilt"
