#!/bin/sh
# A frame with a batch is answered by one frame, a response batch: each message taken or refused alone, all of them durable before it.
. tests/e2e/lib.sh

start_practice rcca
write_site 9
start_engine

# answer_to TEXT: the answer to one frame, a segment a line.
answer_to() {
	frame "$1" | raw 1 | tr -d '\013\034' | tr '\r' '\n'
}

# shape TEXT: what it answers, line by line, without what differs each time.
shape() {
	printf '%s\n' "$1" | sed 's/|20[0-9]*+0000|/|T|/; s/|W[0-9][0-9]*/|W/; s/^\(ERR||[^|]*|[0-9]*\).*/\1/'
}

no_pid=$(adt A01 B2 2 | sed '/^PID/d')
batch=$(printf 'BHS|^~\\&|ADT|MERCY|WARDWIRE|PAYER|20260302||||BATCH1\n%s\n%s\n%s\nBTS|3' "$(adt A01 B1 1)" "$no_pid" "$(adt A01 B3 3)")
same "a batch" 'BHS|^~\&|WARDWIRE|PAYER|ADT|MERCY|T||||W|BATCH1
MSH|^~\&|WARDWIRE|PAYER|ADT|MERCY|T||ACK^A01^ACK|W|P|2.5.1
MSA|AA|B1
MSH|^~\&|WARDWIRE|PAYER|ADT|MERCY|T||ACK^A01^ACK|W|P|2.5.1
MSA|AE|B2
ERR||PID^1|100
MSH|^~\&|WARDWIRE|PAYER|ADT|MERCY|T||ACK^A01^ACK|W|P|2.5.1
MSA|AA|B3
BTS|3' "$(shape "$(answer_to "$batch")")"

# In a file, with delimiters of its own, and with a broken message in the middle that touches no other.
file=$(printf 'FHS|^~\\&|ADT|||||||F|F1\nBHS#^~!$#ADT#MERCY#######BATCH2\n%s\nMSH|^~\n%s\nBTS#7\nBHS|^~\\&||||||||||\nBTS|0\nFTS|2' "$(adt A01 B4 4)" "$(adt A01 B5 5)")
same "a file" 'FHS|^~\&|||ADT||T||||W|F1
BHS#^~!$###ADT#MERCY#T####W#BATCH2
MSA|AA|B4
MSA|AR|
MSA|AA|B5
BTS#3
BHS|^~\&|||||T||||W
BTS|0
FTS|2' "$(shape "$(answer_to "$file")" | sed 's/#20[0-9]*+0000#/#T#/; s/#W[0-9][0-9]*/#W/' | grep -v -e '^MSH' -e '^ERR')"
has "the count that is wrong" "$(cat "$engine_log")" 'intake=odd feed=mercy why=batch_envelope$'

# Several messages without any header, and none with one.
same "two messages" 'BHS|^~\&|||||T||||W MSA|AA|B6 MSA|AA|B7 BTS|2' \
	"$(shape "$(answer_to "$(adt A01 B6 6 && adt A01 B7 7)")" | grep -v '^MSH' | tr '\n' ' ' | sed 's/ $//')"
same "an empty batch" 'BHS|^~\&|||||T||||W|B BTS|0' \
	"$(shape "$(answer_to 'BHS|^~\&|||||||||B
BTS|0')" | tr '\n' ' ' | sed 's/ $//')"
has "one message" "$(answer_to "$(adt A01 B8 8)")" '^MSA|AA|B8$'

# Each is a record of its own, and each is applied.
wait_until is_at_rest
same "Tasks" 7 "$(tasks '' | wc -l)"
same "refused" 2 "$("$engine" status -c "$config" | sed -n 's/^refused *\([0-9]*\) kept$/\1/p')"
# The same again: every message is a duplicate, and gets its earlier answer.
same "the same again" 'AA AE AA' "$(answer_to "$batch" | sed -n 's/^MSA|\([A-Z]*\)|.*/\1/p' | tr '\n' ' ' | sed 's/ $//')"
wait_until is_at_rest
same "Tasks" 7 "$(tasks '' | wc -l)"

# Only what went wrong, which may be nothing; and nothing at all.
with_batch() {
	stop_engine
	sed -i "/name: mercy/s/zone: [A-Za-z_/]*.*/zone: America\/New_York, ack: {batch: $1}}/" "$config"
	start_engine
}
with_batch errors
same "errors" 'MSA|AE|B2 BTS|1' "$(answer_to "$batch" | grep -e '^MSA' -e '^BTS' | tr '\n' ' ' | sed 's/ $//')"
same "no errors" 'BTS|0' "$(answer_to "$(adt A01 B6 6 && adt A01 B7 7)" | grep -v '^BHS')"
with_batch none
same "none" 'MSA|AA|B8' "$({ frame "$batch" && frame "$(adt A01 B8 8)"; } | raw 1 | tr -d '\013\034' | tr '\r' '\n' | grep '^MSA')"
stop_engine
"$engine" rebuild -c "$config" --check >/dev/null || fail "the rebuilt ledger differs"
