#!/bin/sh
# Senders that do wrong: frames too long, frames never ended, noise, too many connections. Each loses its connection,
# the others notice nothing, and memory stays where it was.
. tests/e2e/lib.sh

# resident: KiB of memory of the engine.
resident() {
	awk '$1 == "VmRSS:" { print $2 }' "/proc/$(cat "$dir/engine.pid")/status"
}

# filler BYTES
filler() {
	head -c "$1" /dev/zero | tr '\0' 'x'
}

# is_closed NAME: the engine has closed the connection held in the background.
is_closed() {
	! runs "$1"
}

# hold NAME: a connection that sends standard input and then waits for the engine to close it.
hold() {
	cat >"$dir/$1.in"
	# shellcheck disable=SC2016
	bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$1"; cat "$2" >&3; exec cat <&3' - "$mllp" "$dir/$1.in" \
		>"$dir/$1.out" 2>/dev/null &
	echo $! >"$dir/$1.pid"
}

logged() {
	grep -q -e "why=$1 " "$engine_log"
}

start_practice rcca
write_site 20 'max_message: 65536, max_segments: 10, frame_timeout: 1, max_connections: 30'
start_engine
accept "$(adt A01 C1 1)"
wait_until is_at_rest
before=$(resident)

# As long as allowed is taken; a byte more is refused, as it will never be less, and the connection goes on. The note fills
# the message up to the limit.
adt A01 C2 2 >"$dir/long"
printf 'NTE|1||' >>"$dir/long"
filler $((65536 - $(wc -c <"$dir/long") - 1)) >>"$dir/long"
accept "$(cat "$dir/long")"
filler 1 >>"$dir/long"
has "answer to a message that is too long" "$(send_one "$(cat "$dir/long")")" '^AE "more than 65536 bytes'
logged frame-too-big || fail "nothing is said about the frame that is too long"
has "refused" "$("$engine" refused -c "$config")" 'WW-211'
answer=$({
	frame "$(adt A01 C3 3)"
	frame "$(cat "$dir/long")"
	frame "$(adt A01 C7 7)"
} | raw 3 | tr '\r' '\n')
same "answers around the long frame" 'MSA|AA|C3 MSA|AE|C2 MSA|AA|C7' \
	"$(printf '%s\n' "$answer" | grep '^MSA' | tr '\n' ' ' | sed 's/ $//')"

# The same with segments: ten, then eleven.
{
	adt A01 C8 8
	for i in 1 2 3 4 5; do echo "NTE|$i||a"; done
} >"$dir/notes"
accept "$(cat "$dir/notes")"
echo 'NTE|6||a' >>"$dir/notes"
has "answer to too many segments" "$(send_one "$(cat "$dir/notes")")" '^AE "more than 10 segments'

# Begun and never ended; a hundred megabytes without an end; noise.
{
	printf '\013'
	adt A01 C4 4
} | hold unended
printf '\013' | cat - /dev/zero | head -c 100000000 | tr '\0' 'x' | hold endless
filler 100000 | hold noise
printf 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n' | hold http
accept "$(adt A01 C5 5)"
for name in unended endless noise; do
	wait_until is_closed "$name"
	same "answer to $name" 0 "$(wc -c <"$dir/$name.out")"
done
logged frame-not-ended || fail "nothing is said about the frame that was never ended"
logged frame-without-end || fail "nothing is said about the frame without end"
logged noise-outside-frames || fail "nothing is said about the noise"
runs http || fail "a little noise closed the connection"

# More connections than allowed: the surplus is closed, and there is room again after.
"$BUILD/perf/crowd" --port "$mllp" --idle 40 --first 1000000 --seconds 0 >"$dir/crowd.out" || fail "no crowd"
closed=$(tr ' ' '\n' <"$dir/crowd.out" | sed -n 's/^closed_idle=//p')
[ "$closed" -ge 10 ] && [ "$closed" -le 13 ] || fail "$closed of 40 connections were closed, with 30 allowed"
logged too-many-connections || fail "nothing is said about the crowd"
wait_until is_accepted "$(adt A01 C6 6)"
wait_until is_at_rest
same "Tasks" 7 "$(kept rcca Task)"

after=$(resident)
[ "$after" -lt $((before + 65536)) ] || fail "memory grew from $before to $after KiB"
stop_engine

# What is within the limits of its size and takes too much memory to look at is refused for good as well.
write_site 20
echo 'limits: {arena: 1048576}' >>"$config"
start_engine
{
	adt A01 C9 9
	awk 'BEGIN {
		text = "x"
		while (length(text) < 1200000) text = text text
		print "NTE|1||" text
		print "ADD|x" # what it continues is copied to be one
	}'
} >"$dir/fields"
has "answer to a message that takes too much memory" "$(send_one "$(cat "$dir/fields")")" '^AE "the memory limit of one message'
accept "$(adt A01 C10 10)"
stop_engine
