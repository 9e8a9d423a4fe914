#!/bin/sh
# Many connections at once: idle ones that cost little, slow ones, one that floods, a storm of them. A feed among them is
# served, and the engine's memory stays bounded. How fast it is served: tests/perf/crowd.sh.
. tests/e2e/lib.sh

resident() {
	awk '$1 == "VmRSS:" { print $2 }' "/proc/$(cat "$dir/engine.pid")/status"
}

# gather OPTION...: returns when all are connected and have had an answer.
gather() {
	rm -f "$dir/crowd.out"
	"$BUILD/perf/crowd" --port "$mllp" --first 1000000 "$@" >"$dir/crowd.out" 2>"$dir/crowd.log" &
	echo $! >"$dir/crowd.pid"
	wait_until crowd_is_ready
	runs crowd || fail "the crowd did not gather: $(cat "$dir/crowd.log")"
}

crowd_is_ready() {
	grep -q -s '^ready' "$dir/crowd.out" || ! runs crowd
}

# of_crowd KEY: what it counted.
of_crowd() {
	tr ' ' '\n' <"$dir/crowd.out" | sed -n "s/^$1=//p"
}

logged() {
	grep -q -e "$1" "$engine_log"
}

start_practice rcca
write_site 40 'max_connections: 2300, peer_connections: 500, peer_rate: 500'
start_engine
# A measure of memory is one of the program alone: not with what the sanitizers add.
measured() {
	! grep -q -a __asan_init "$engine"
}

# So that what is made once is made before memory is measured.
gather --idle 400
stop crowd
wait_until is_at_rest
before=$(resident)
gather --idle 2000 --slow 200 --peers 20
accept "$(adt A01 C1 1)"
wait_until is_at_rest
each=$((($(resident) - before) * 1024 / 2200))
accept "$(adt A01 C2 2)"
stop crowd
same "idle connections closed" 0 "$(of_crowd closed_idle)"
same "slow connections closed" 0 "$(of_crowd closed_slow)"
if measured; then
	[ "$each" -le 4096 ] || fail "an idle connection takes $each bytes"
fi

# One address may have 500: the rest is closed, and other addresses are served.
gather --idle 520
accept "$(adt A01 C3 3)"
stop crowd
same "connections above those of one address" 20 "$(of_crowd closed_idle)"
logged 'why=too-many-connections-of-peer peer=127.1.0.1' || fail "nothing is said about the connections of one peer"

# A peer that sends as fast as it can is read at its rate; nothing of it is lost. A storm of connections at the same time.
begun=$(date +%s)
gather --flood 4
"$BUILD/perf/crowd" --port "$mllp" --storm 1 >"$dir/storm.out" 2>"$dir/storm.log" &
echo $! >"$dir/storm.pid"
for i in 4 5 6 7; do
	accept "$(adt A01 "C$i" "$i")"
	sleep 0.3
done
stop storm
stop crowd
seconds=$(($(date +%s) - begun + 1))
has "storm" "$(cat "$dir/storm.out")" 'storms=[0-9][0-9][0-9]'
flood=$(of_crowd answers)
[ "$flood" -ge 500 ] || fail "the flood had $flood answers"
[ "$flood" -le $((500 * (seconds + 1) + 4)) ] || fail "the flood had $flood answers in $seconds s"
logged 'event=mllp-slowed .* peer=127.1.0.1' || fail "nothing is said about the flood"
wait_until is_at_rest
if measured; then
	after=$(resident)
	[ "$after" -lt $((before + 65536)) ] || fail "memory grew from $before to $after KiB"
fi
same "Tasks" 7 "$(kept rcca Task)"
stop_engine
logged 'why=too-many-connections-of-peer more=' || fail "the number of those refused is not said"

# Fewer descriptors than connections: it says so at the start, and what it takes it serves.
ulimit -n 200
start_engine
logged 'event=few-descriptors limit=200 ' || fail "nothing is said about the descriptors"
gather --idle 150
stop crowd
same "connections beyond the descriptors" $((150 - (200 - 128 - 4))) "$(of_crowd closed_idle)"
wait_until is_accepted "$(adt A01 C8 8)"
stop_engine
