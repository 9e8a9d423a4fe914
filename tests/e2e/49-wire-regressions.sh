#!/bin/sh
# Failures of the field that concern the wire, each by the name it is known under. Those about what is sent on are with the
# endpoints that send it.
. tests/e2e/lib.sh

tmp=$dir/tmp
start_practice rcca
write_site 4 'max_connections: 1000'
start_engine

# answer MESSAGE: the segments of what comes back, a line each.
answer() {
	frame "$1" | raw 1 | tr -d '\013\034' | tr '\r' '\n'
}

good=$(adt A01 C1 1)

no_aa_without_msh9_msh10() {
	said=$(answer "$(printf '%s\n' "$good" | sed '1s/ADT^A01//')")
	has "no MSH-9" "$said" '^MSA|AR|C1$'
	has "no MSH-9" "$said" '^ERR||MSH^1^9|200^'
	said=$(answer "$(printf '%s\n' "$good" | sed '1s/|C1|/||/')")
	has "no MSH-10" "$said" '^MSA|AR|$'
	has "no MSH-10" "$said" '^ERR||MSH^1^10|101^'
	said=$(answer "$(printf '%s\n' "$good" | sed '1s/ADT^A01|C1|/||/')")
	has "neither" "$said" '^MSA|AR|$'
	lacks "neither" "$said" '^MSA|AA'
}

# Nothing of it is in the answer, which has delimiters and a header of its own.
garbage_gets_clean_answer() {
	for garbage in 'HELLO WORLD' 'GET / HTTP/1.1' 'MSH' 'MSH|^~' 'mSH|^~\&|A|B' "$(printf 'PID|1||4711\nMSH|^~\\&|A')" '|||||' \
		"$(printf '\377\376M\001')"; do
		said=$(answer "$garbage")
		has "garbage: header" "$said" '^MSH|^~\\&|||||[0-9]*+0000||ACK|W[0-9]*|P|2.5.1$'
		has "garbage: MSA" "$said" '^MSA|AR|$'
		has "garbage: ERR" "$said" '^ERR||MSH^1[^|]*|10[02]^'
		lacks "garbage" "$said" 'HELLO\|GET\|4711'
	done
}

empty_frame_answered_or_counted() {
	said=$({
		printf '\013\034\r\013\034\r'
		frame "$good"
	} | raw 1 | tr '\r' '\n')
	has "behind empty frames" "$said" '^MSA|AA|C1$'
}

# The byte that was sent is the letter that was meant, and the message says that it was not as declared.
latin1_not_replaced() {
	sent=$(printf '%s' "$(adt A01 L1 2)" | sed "1s/\$/||||||UNICODE UTF-8/; s/GIVEN/J\\xf6RG/")
	accept "$sent"
	wait_until is_at_rest
	told=$("$engine" why -c "$config" "$(sed -n 's/.*journal=\([0-9]*\) feed=.*/\1/p' "$engine_log" | tail -1)")
	has "the warning" "$told" 'charset_fallback'
	same "counted" 1 "$(counted warnings charset_fallback)"
	# What came is what is kept, byte for byte.
	grep -q "$(printf 'J\366RG')" "$dir"/data/journal/* || fail "the byte is not in the journal"
	mapped=$(printf '%s\n' "$sent" >"$tmp" && "$engine" get "$tmp" PID-5.2)
	same "decoded" "$(printf 'J\303\266RG')" "$mapped"
	"$engine" status -c "$config" --json | grep -q "$(printf '\357\277\275')" && fail "a replacement character"
}

escapes_decoded_in_fields() {
	printf '%s\n' "$good" | sed 's/GIVEN/A \\T\\ B\\E\\T\\E\\/' >"$tmp"
	same "decoded once" 'A & B\\T\\' "$("$engine" get "$tmp" PID-5.2)"
}

# 02:30 of that night does not exist in New York: the text is kept, the instant is the one the old time calls so.
dst_gap_not_shifted() {
	adt A01 G1 3 | sed 's/20260302070000/20260308023000/' >"$tmp"
	has "the text" "$("$engine" get "$tmp" PV1-44)" '^20260308023000$'
	has "the instant" "$("$engine" map --zone America/New_York "$tmp")" '"admitted": *"2026-03-08T02:30:00-05:00"'
	accept "$(cat "$tmp")"
	wait_until is_at_rest
	same "noted" 1 "$(counted warnings time_in_gap)"
	has "tried" "$("$engine" try -c "$config" "$tmp")" '^  noticed: time_in_gap$'
}

# A sender whose messages are all wrong is answered a thousand times, and the one behind them is served.
listener_survives_handler_errors() {
	bad=$(printf '%s\n' "$good" | sed '/^PID/d')
	i=0
	while [ "$i" -lt 1000 ]; do
		frame "$bad"
		i=$((i + 1))
	done >"$tmp"
	frame "$(adt A08 E1 1)" >>"$tmp"
	said=$(raw 1001 <"$tmp" | tr '\r' '\n')
	same "refused" 1000 "$(printf '%s\n' "$said" | grep -c '^MSA|AE|C1$')"
	same "and then taken" 'MSA|AA|E1' "$(printf '%s\n' "$said" | grep '^MSA' | tail -1)"
	accept "$(adt A08 E2 1)"
}

is_open() {
	"$engine" status -c "$config" | grep -q "^listener *adt: [0-9]* messages, $1 of 1000 connections"
}

# A thousand idle senders are served beside one that speaks; what is beyond is turned away, and both log and status say so.
accepts_more_than_ten() {
	# shellcheck disable=SC2016
	bash -c 'i=0; while [ $i -lt 999 ]; do exec {fd}<>"/dev/tcp/127.0.0.1/$1" || exit 1; i=$((i + 1)); done
		echo >"$2"; exec sleep 60' - "$mllp" "$dir/held" 2>/dev/null &
	echo $! >"$dir/holder.pid"
	wait_until has_started holder "$dir/held"
	runs holder || skip "999 descriptors cannot be had"
	wait_until is_open 999
	accept "$(adt A08 M1 1)"
	lacks "log before" "$(cat "$engine_log")" 'why=too-many-connections '
	same "turned away before" 0 "$(turned_away)"
	wait_until is_open 999
	# One more is the thousandth, and the next is too many.
	bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$1"; echo >"$2"; exec sleep 60' - "$mllp" "$dir/last" 2>/dev/null &
	echo $! >"$dir/lastone.pid"
	wait_until is_open 1000
	same "answer beyond the cap" '' "$(frame "$(adt A08 M2 1)" | raw 1)"
	has "log" "$(cat "$engine_log")" 'event=mllp-closed .* why=too-many-connections peer=127.0.0.1'
	same "turned away" 1 "$(turned_away)"
	stop lastone
	wait_until is_accepted "$(adt A08 M3 1)"
	stop holder
}

turned_away() {
	"$engine" status -c "$config" | sed -n 's/^listener .*, \([0-9]*\) turned away$/\1/p'
}

no_aa_without_msh9_msh10
garbage_gets_clean_answer
empty_frame_answered_or_counted
latin1_not_replaced
escapes_decoded_in_fields
dst_gap_not_shifted
listener_survives_handler_errors
accepts_more_than_ten
stop_engine

# What a feed is configured for holds on the wire: strict refuses, a set that half of a letter of is an escape byte is read, and
# an answer to a message without version has the one of the feed.
sed -i 's/zone: America\/New_York}/zone: America\/New_York, version: 2.5.1, charset: {invalid: strict, more: [BIG-5]}}/' "$config"
start_engine
said=$(answer "$(adt A01 S1 4 | sed "1s/\$/||||||UNICODE UTF-8/; s/GIVEN/J$(printf '\366')RG/")")
has "strict" "$said" '^MSA|AE|S1$'
has "strict" "$said" '^ERR||MSH^1^18|102^'
said=$(answer "$(adt A01 S2 4 | sed '1s/2\.5\.1$//')")
has "no version" "$said" '^MSH|.*|ACK^A01^ACK|W[0-9]*|P|2\.5\.1$'
has "no version" "$said" '^MSA|AA|S2$'
adt A08 S3 4 | sed "1s/\$/||||||BIG-5/; s/^\(PV1|[^^]*^[^^]*^1^\)MERCY/\1$(printf '\263')\\\\/" >"$tmp"
accept "$(cat "$tmp")"
wait_until is_at_rest
has "BIG-5" "$(tasks 4)" "$(printf '\350\250\261')"
stop_engine

# What was noticed and counted follows from the journal alone.
has "rebuild" "$("$engine" rebuild -c "$config" --check)" '^equal: '
