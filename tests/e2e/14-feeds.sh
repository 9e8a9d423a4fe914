#!/bin/sh
# Hospitals write the same admission in many ways. All of them are taken and make the same Task. And frames come as TCP
# brings them: several at once, in pieces, with noise before.
. tests/e2e/lib.sh

# plain PERSON: the Task of that person without what must differ from one to another. A time is told in the offset it
# was sent with.
plain() {
	grep "\"value\":\"$(printf 'M%04d' "$1")\"" "$dir/tasks" | sed -e 's/"id":"[^"]*"//' \
		-e 's/"value":"\(stay\|enc\)-[^"]*"//g' -e 's/"value":"M[0-9]*"//' -e 's/T12:00:00Z/T07:00:00-05:00/' \
		-e 's/"\(authoredOn\|lastModified\|lastUpdated\|end\)":"[^"]*"//g'
}

persons=0
# variant WHAT MESSAGE: sends it as it is in one frame, as the next person's; @ in it stands for the number, which the
# roster writes with four digits.
variant() {
	persons=$((persons + 1))
	answer=$({
		printf '\013'
		printf '%s' "$2" | sed "s/@@/$(printf '%04d' "$persons")/g; s/@/$persons/g"
		printf '\034\r'
	} | raw 1 | tr '\r' '\n')
	has "answer to $1" "$answer" "^MSA.AA.C$persons\$"
	echo "$1" >>"$dir/names"
}

start_practice rcca
write_site 60
start_engine

# What adt gives for person 0, with places for the number: TESTFAMILY@, M@@ and so on.
admission=$(adt A01 C0 0 | sed -e '1s/|C0|/|C@|/' -e 's/MR0/MR@/' -e 's/FAMILY0/FAMILY@/' -e 's/V0/V@/' -e 's/M0000/M@@/')
cr=$(printf '\r')
lines() { # lines END: the admission with these line ends
	printf '%s\n' "$admission" | sed "s/\$/$1/" | tr -d '\n'
}

variant "CR" "$(lines "$cr")"
variant "LF" "$admission
"
variant "CRLF" "$(printf '%s\n' "$admission" | sed "s/\$/$cr/")"
variant "no end after the last segment" "$(lines "$cr" | sed "s/$cr\$//")"
variant "odd delimiters" "$(printf '%s' "$admission" | tr '|^~\\&' '#*!$%')"
variant "other odd delimiters" "$(printf '%s' "$admission" | tr '|^~\\&' '^|:/;')"
variant "Z segments" "$(printf '%s\nZBD|1|SWING^BED\nZZZ\nZA1|^~\\&' "$admission")"
variant "a Z segment in between" "$(printf '%s' "$admission" | sed '2s/^/ZXX|1|x\n/')"
variant "repetitions" "$(printf '%s' "$admission" | sed 's/|MR@^^^MERCY^MR/|X@^^^LAKE^PI~MR@^^^MERCY^MR~M@@^^^ACME^MB/')"
variant "repeated names" "$(printf '%s' "$admission" | sed 's/FAMILY@^GIVEN/&~MAIDEN^GIVEN/')"
variant "member number in PID-3 only" "$(printf '%s' "$admission" | sed -e '/^IN1/d' -e 's/MERCY^MR/&~M@@^^^ACME^MB/')"
variant "member number in IN1-36" "$(printf '%s' "$admission" |
	sed 's/^IN1.*/IN1|1|PPO|ACME||||||||||||||SEL|||||||||||||||||||M@@/')"
variant "escapes" "$(printf '%s' "$admission" | sed 's/FAMILY@^GIVEN/F\\X414D\\ILY@^OTHER/; s/$/|\\F\\\\S\\\\T\\\\R\\\\E\\/')"
variant "small letters and hyphens in the number" "$(printf '%s' "$admission" | sed 's/M@@/m-@@/')"
variant "a declared character set" "$(printf '%s' "$admission" | sed '1s/$/||||||8859\/1/; s/GIVEN/&^J\xf6RG/')"
variant "UTF-8 without a word" "$(printf '%s' "$admission" | sed 's/GIVEN/&^J\xc3\xb6RG/')"
variant "bytes in another set than the declared" "$(printf '%s' "$admission" | sed '1s/$/||||||UNICODE UTF-8/; s/GIVEN/&^J\xf6RG/')"
variant "bytes of a set that nobody declared" "$(printf '%s' "$admission" | sed 's/GIVEN/&^J\xf6RG/')"
variant "UTF-8 that is declared" "$(printf '%s' "$admission" | sed '1s/$/||||||UNICODE UTF-8/; s/GIVEN/&^J\xc3\xb6RG/')"
variant "times with an offset" "$(printf '%s' "$admission" | sed 's/20260302070000/20260302070000-0500/')"
variant "times in another offset" "$(printf '%s' "$admission" | sed 's/20260302070000/202603021200+0000/')"
variant "a delete indicator" "$(printf '%s' "$admission" | sed '3s/GIVEN/&^""/')"
variant "unknown segments of the standard" "$(printf '%s\nROL|1|AD\nGT1|1\nAL1|1' "$admission")"
variant "very long" "$(printf '%s\nNTE|1||%s' "$admission" "$(head -c 200000 /dev/zero | tr '\0' x)")"
for version in 2.1 2.2 2.3 2.3.1 2.4 2.5 2.5.1 2.6 2.7 2.7.1 2.8 2.8.2 2.9 '2.5^USA' ''; do
	variant "version $version" "$(printf '%s' "$admission" | sed "1s/|2\\.5\\.1/|$version/")"
done
variant "the event in EVN-1 only" "$(printf '%s' "$admission" | sed '1s/ADT^A01/ADT/; 1s/2\.5\.1/2.2/')"
variant "the message structure named" "$(printf '%s' "$admission" | sed '1s/ADT^A01/ADT^A01^ADT_A01/')"
variant "a version of 2.7 with a truncation character" "$(printf '%s' "$admission" | sed '1s/\^~\\&/&#/; 1s/2\.5\.1/2.7/')"
wait_until is_at_rest

lacks "what the log says of them" "$(cat "$engine_log")" 'act="nothing"'

tasks '' >"$dir/tasks"
first=$(plain 1)
has "the first Task" "$first" '"code":"IMP"'
i=1
while read -r name; do
	same "Task for $name" "$first" "$(plain "$i")"
	i=$((i + 1))
done <"$dir/names"
same "Tasks" "$persons" "$(kept rcca Task)"

# Twenty frames in one piece on one connection: answered in their order, each once.
i=1
while [ "$i" -le 20 ]; do
	frame "$(adt A08 "P$i" "$i")"
	i=$((i + 1))
done >"$dir/frames"
raw 20 <"$dir/frames" | tr '\r' '\n' | sed -n 's/^MSA|//p' >"$dir/order"
i=1
while [ "$i" -le 20 ]; do
	echo "AA|P$i"
	i=$((i + 1))
done | cmp -s - "$dir/order" || fail "answers are out of order: $(tr '\n' ' ' <"$dir/order")"

# A refused one among them keeps its place.
{
	frame "$(adt A08 Q1 1)"
	frame "$(adt A08 Q2 1 | sed 3d)"
	frame "$(adt A08 Q3 1)"
} | raw 3 | tr '\r' '\n' | sed -n 's/^MSA|//p' | tr '\n' ' ' >"$dir/order"
same "order with a refusal" 'AA|Q1 AE|Q2 AA|Q3 ' "$(cat "$dir/order")"

# Noise before the first frame, between frames, an empty frame, a frame begun anew, and no CR after the end.
{
	printf 'hello\r\n'
	frame "$(adt A08 N1 1)"
	printf '\r\n\r\n  '
	printf '\013\034\r'
	printf '\013MSH|^~\\&|half a mes'
	frame "$(adt A08 N2 1)"
	frame "$(adt A08 N3 1)" | tr -d '\n' | sed 's/\r$//'
	frame "$(adt A08 N4 1)"
} | raw 4 | tr '\r' '\n' | sed -n 's/^MSA|//p' | tr '\n' ' ' >"$dir/order"
same "answers amid noise" 'AA|N1 AA|N2 AA|N3 AA|N4 ' "$(cat "$dir/order")"

# A frame that comes in pieces, as a slow line brings it: split in front of, within and behind its marks.
frame "$(adt A08 S1 1)" >"$dir/slow"
# shellcheck disable=SC2016
answer=$(bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$1"
	for n in 1 2 1 60 $(($2 - 66)) 1 1; do head -c "$n" >&3; sleep 0.03; done
	IFS= read -r -t 5 -d "$(printf "\034")" answer <&3; printf "%s" "$answer"' \
	- "$mllp" "$(wc -c <"$dir/slow")" <"$dir/slow" | tr '\r' '\n')
has "answer to a frame in pieces" "$answer" '^MSA|AA|S1$'
stop_engine
