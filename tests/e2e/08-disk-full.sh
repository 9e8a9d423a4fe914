#!/bin/sh
# A disk that takes nothing: no message is acknowledged, reading stops, and all goes on by itself when there is room
# again. A limit on the size of the engine's files plays the full disk: it needs no rights and no file system.
. tests/e2e/lib.sh

command -v prlimit >/dev/null 2>&1 || skip "prlimit is not there"

# room BYTES: no file of the engine can be written beyond them.
room() {
	prlimit --pid "$(cat "$dir/engine.pid")" --fsize="$1:" || fail "the limit could not be set"
}

logged() {
	grep -q -e "$1" "$dir/engine.log"
}

acknowledged() {
	grep -c '"end":"AA"' "$dir/answers"
}

# start_sending FIRST LAST: in the background, with an answer a line.
start_sending() {
	i=$1
	while [ "$i" -le "$2" ]; do
		adt A01 "C$i" "$i"
		i=$((i + 1))
	done >"$dir/burst"
	send --json "$dir/burst" >"$dir/answers" 2>/dev/null &
	echo $! >"$dir/send.pid"
}

# The log must not be one of the files under the limit.
mkfifo "$dir/log"
cat <"$dir/log" >"$dir/engine.log" &
echo $! >"$dir/cat.pid"
engine_log=$dir/log
exec 9>"$dir/log" # kept open over the engine's restarts

start_practice rcca
write_site 60
start_engine
start_sending 1 5
wait_until has_count 5 acknowledged
wait_until is_at_rest

room 1
start_sending 6 30
wait_until logged 'journal=stopped .*reading=stopped'
wait_until logged 'event=mllp-paused'
sleep 1
runs engine || fail "the engine ended"
same "acknowledged on the full disk" 0 "$(acknowledged)"
# Nor does another connection get anything, not even a refusal.
adt A01 C40 40 >"$dir/one"
printed=$(send --timeout 1 "$dir/one" 2>/dev/null)
has "another connection" "$printed" '0 AA, 0 AE, 0 AR'
has "journal" "$("$engine" status -c "$config")" '^journal .* damaged 0 torn 0 '

room unlimited
wait_until has_count 25 acknowledged
wait_until logged 'event=mllp-resumed'
wait_until is_at_rest
same "Tasks" 31 "$(kept rcca Task)"

# Killed on a full disk: what was acknowledged before is there, and no more is known than that.
room 1
start_sending 31 35
wait_until has_count 2 grep -c 'journal=stopped' "$dir/engine.log"
stop engine KILL
start_engine
wait_until is_at_rest
same "Tasks after the kill" 31 "$(kept rcca Task)"
send -q "$dir/burst" >/dev/null || fail "it does not take messages after the kill"
wait_until is_at_rest
same "Tasks in the end" 36 "$(kept rcca Task)"

# Told to stop on a full disk, it stops.
room 1
start_sending 41 42
wait_until has_count 3 grep -c 'journal=stopped' "$dir/engine.log"
stop_engine
same "acknowledged while stopping" 0 "$(acknowledged)"
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '
