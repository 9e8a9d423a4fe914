#!/bin/sh
# What idle connections and slow senders cost: memory of each, and the 99th percentile of an active feed among them beside that
# of an engine that has no others. Both engines run throughout and are loaded in turns of a few seconds, so that a busy moment
# of the disk meets both. IDLE, SLOW and ROUNDS say how many; STRICT=1 fails beyond the goals.
. tests/e2e/lib.sh
: "${IDLE:=10000}" "${SLOW:=1000}" "${ROUNDS:=21}" "${SECONDS_EACH:=2}" "${RATE:=500}"
perf=$BUILD/perf
first=0

# start NAME: an engine of that name; its port is in $mllp.
start() {
	mkdir "$dir/$1"
	config=$dir/$1/wardwire.yaml
	cat >"$config" <<-END
	data: data
	listeners:
	  - {name: adt, mllp: "127.0.0.1:0", max_connections: $((IDLE + SLOW + 100)), frame_deadline: 36000}
	feeds:
	  - {name: mercy, on: adt, zone: America/New_York}
	END
	start_engine --log warn
	mv "$dir/engine.pid" "$dir/$1.pid"
}

# load PORT SECONDS: fifty connections that send RATE messages a second together.
load() {
	"$perf/load" --port "$1" --connections 50 --rate "$RATE" --seconds "$2" --first $first
}

# value KEY LINE
value() {
	printf '%s\n' "$2" | tr ' ' '\n' | sed -n "s/^$1=//p"
}

# median NUMBER...
median() {
	printf '%s\n' "$@" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

resident_kb() {
	sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB$/\1/p' "/proc/$(cat "$dir/$1.pid")/status"
}

# gather OPTION...: a crowd around the engine; returns when it is complete.
gather() {
	rm -f "$dir/crowd.out"
	"$perf/crowd" --port "$crowded" --peers 20 "$@" >"$dir/crowd.out" &
	echo $! >"$dir/crowd.pid"
	wait_until crowd_is_ready
}

crowd_is_ready() {
	grep -q -s '^ready' "$dir/crowd.out" || ! runs crowd
}

echo "machine $(nproc) processors, $(uname -r), load $(cut -d' ' -f1 /proc/loadavg)"
start alone
alone=$mllp
start among
crowded=$mllp
for port in $alone $crowded; do load "$port" 2 >/dev/null; done
wait_until is_at_rest
before=$(resident_kb among)
first=10000
gather --idle "$IDLE" --slow "$SLOW" --first $first
wait_until is_at_rest
bytes=$((($(resident_kb among) - before) * 1024 / (IDLE + SLOW)))
first=1000000
without=
with=
round=0
while [ $round -lt "$ROUNDS" ]; do
	round=$((round + 1))
	a=$(load "$alone" "$SECONDS_EACH")
	c=$(load "$crowded" "$SECONDS_EACH")
	echo "crowd round=$round alone $a"
	echo "crowd round=$round among $c"
	first=$((first + 100000))
	without="$without $(value p99 "$a")"
	with="$with $(value p99 "$c")"
done
stop crowd
tail -1 "$dir/crowd.out"
has "the crowd" "$(cat "$dir/crowd.out")" '^closed_idle=0 closed_slow=0 '
# shellcheck disable=SC2086
without=$(median $without) with=$(median $with)
echo "crowd idle=$IDLE slow=$SLOW memory=${bytes}B a connection (goal: at most 4096)" \
	"p99: alone=${without}us among=${with}us ratio=$(awk "BEGIN { printf \"%.2f\", $with / $without }") (goal: at most 1.2)"
[ -z "${STRICT:-}" ] && exit 0
[ "$bytes" -le 4096 ] || fail "$bytes bytes a connection"
[ $((with * 10)) -le $((without * 12)) ] || fail "the 99th percentile went from $without to $with us"
