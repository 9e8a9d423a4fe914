#!/bin/sh
# Measures the engine beside what bounds it, in turns within one run: only the ratios say something about the program.
# Nothing fails on timing. PARTS names what to measure (intake tls apply deliver forward adt; FULL=1 adds: million), ROUNDS how often.
set -u
: "${BUILD:=build}" "${ROUNDS:=3}" "${SECONDS_EACH:=3}" "${MESSAGES:=360000}" "${PERSONS:=2${FULL:+0}0000}" "${PARTS:=intake tls apply deliver forward adt ${FULL:+million}}"
perf=$BUILD/perf
dir=$(mktemp -d "${TMPDIR:-/tmp}/wardwire-bench-XXXXXX") || exit 1
pids=

clean_up() {
	for pid in $pids; do kill -9 "$pid" 2>/dev/null; done
	wait 2>/dev/null
	rm -rf "$dir"
}
trap clean_up EXIT
trap 'exit 1' INT TERM

# -- what is started ----------------------------------------------------------------------------------------

# started FILE: sets $port once the file names it.
started() {
	until [ -s "$1" ]; do sleep 0.01; done
	port=$(sed -n 's/^\(adt \)\{0,1\}\([0-9]*\)$/\2/p' "$1" | head -1)
}

start_floor() {
	"$perf/floor" --file "$dir/floor.bin" >"$dir/floor.port" &
	floor_pid=$!
	pids="$pids $floor_pid"
	started "$dir/floor.port"
	floor_port=$port
}

# start_sinks N: sets $sinks to their ports.
start_sinks() {
	sinks=
	for i in $(seq "$1"); do
		"$perf/sink" >"$dir/sink$i.port" 2>/dev/null &
		pids="$pids $!"
		started "$dir/sink$i.port"
		sinks="$sinks $port"
	done
}

# site PERSONS PORT...: a configuration with a practice and an endpoint for each port, and rosters with so many members.
site() {
	members=$1
	shift
	rm -rf "$dir/site"
	mkdir "$dir/site"
	{
		printf 'data: data\nhistory_since: 2025-01-01\nlisteners:\n'
		printf '  - {name: adt, mllp: "127.0.0.1:0", max_connections: 20000}\n'
		printf 'feeds:\n  - {name: mercy, on: adt, zone: America/New_York}\nendpoints:\n'
		n=0
		for p in "$@"; do
			printf '  - {name: e%s, fhir: "http://127.0.0.1:%s/fhir", inflight: 64}\n' $n "$p"
			n=$((n + 1))
		done
		printf 'parties:\n'
		for i in $(seq 0 $((n - 1))); do printf '  - {name: practice%s, send: e%s}\n' "$i" "$i"; done
		printf 'rosters:\n'
		at=0
		while [ $at -lt "$members" ]; do
			rows=$((members - at < 60000 ? members - at : 60000))
			"$perf/load" --roster $rows --first $at --practices $n >"$dir/site/r$at.csv"
			printf '  - {file: r%s.csv}\n' $at
			at=$((at + rows))
		done
	} >"$dir/site/wardwire.yaml"
}

start_engine() {
	rm -f "$dir/ports"
	"$BUILD/wardwire" run -c "$dir/site/wardwire.yaml" --port-file "$dir/ports" --log "${1:-error}" 2>>"$dir/engine.log" &
	engine_pid=$!
	pids="$pids $engine_pid"
	started "$dir/ports"
	engine_port=$port
}

stop() {
	kill "$1" && wait "$1" 2>/dev/null
}

# -- figures ------------------------------------------------------------------------------------------------

# value KEY LINE
value() {
	printf '%s\n' "$2" | tr ' ' '\n' | sed -n "s/^$1=//p"
}

# median NUMBER...
median() {
	printf '%s\n' "$@" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

ratio() {
	awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", (b > 0 ? a / b : 0) }'
}

cpu_ms() {
	awk -v hz="$(getconf CLK_TCK)" '{ print int(($14 + $15) * 1000 / hz) }' "/proc/$1/stat"
}

resident_kb() {
	sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB$/\1/p' "/proc/$1/status"
}

# status KEY: the first number of that name in wardwire status.
status() {
	"$BUILD/wardwire" status -c "$dir/site/wardwire.yaml" --json | tr -d ' \n' |
		grep -o "\"$1\":[0-9]*" | head -1 | cut -d: -f2
}

# -- the parts ----------------------------------------------------------------------------------------------

# Acknowledged messages at the floor and at the engine, whose apply may lag meanwhile.
intake() {
	site 1000 9
	start_floor
	start_engine
	first=0
	for c in 1 8 32 128; do
		fr= wr= f9= w9=
		for round in $(seq "$ROUNDS"); do
			f=$("$perf/load" --port "$floor_port" --connections $c --seconds "$SECONDS_EACH")
			w=$("$perf/load" --port "$engine_port" --connections $c --seconds "$SECONDS_EACH" --first $first)
			first=$((first + $(value acknowledged "$w")))
			echo "intake round=$round floor $f"
			echo "intake round=$round wardwire $w"
			fr="$fr $(value rate "$f")" wr="$wr $(value rate "$w")"
			f9="$f9 $(value p999 "$f")" w9="$w9 $(value p999 "$w")"
		done
		# shellcheck disable=SC2086
		echo "intake connections=$c floor=$(median $fr)/s wardwire=$(median $wr)/s" \
			"ratio=$(ratio "$(median $wr)" "$(median $fr)") (goal 0.5 at 32)" \
			"p99.9: floor=$(median $f9)us wardwire=$(median $w9)us" \
			"ratio=$(ratio "$(median $w9)" "$(median $f9)") (goal: at most 3)"
	done
	kill -9 $engine_pid # what it has not applied is of no use to anybody
	stop $floor_pid
	rm -f "$dir/floor.bin"
}

# Acknowledged messages of one engine over a plain listener and over one under TLS, by turns; and what idle connections take.
tls() {
	sh tests/tools/certs.sh "$dir/certs"
	site 1000 9
	sed -i 's|^feeds:|  - {name: safe, mllp: "127.0.0.1:0", max_connections: 20000, tls: {cert: ../certs/server.pem, key: ../certs/server.key}}\n&\n  - {name: elm, on: safe}|' \
		"$dir/site/wardwire.yaml"
	start_engine
	safe_port=$(sed -n 's/^safe //p' "$dir/ports")
	first=0 pr='' tr='' p9='' t9=''
	for round in $(seq "$ROUNDS"); do
		for kind in plain tls; do
			case $kind in plain) to=$engine_port on=0 ;; tls) to=$safe_port on=1 ;; esac
			l=$("$perf/load" --port "$to" --tls $on --connections 32 --seconds "$SECONDS_EACH" --first $first)
			first=$((first + $(value acknowledged "$l")))
			echo "tls round=$round $kind $l"
			case $kind in
			plain) pr="$pr $(value rate "$l")" p9="$p9 $(value p99 "$l")" ;;
			tls) tr="$tr $(value rate "$l")" t9="$t9 $(value p99 "$l")" ;;
			esac
		done
	done
	kill -9 $engine_pid
	# shellcheck disable=SC2086
	echo "tls connections=32 plain=$(median $pr)/s tls=$(median $tr)/s ratio=$(ratio "$(median $tr)" "$(median $pr)") (goal 0.7)" \
		"p99: plain=$(median $p9)us tls=$(median $t9)us"
	rm -rf "$dir/site/data"
	start_engine
	safe_port=$(sed -n 's/^safe //p' "$dir/ports")
	for kind in plain tls; do
		case $kind in plain) to=$engine_port on=0 ;; tls) to=$safe_port on=1 ;; esac
		"$perf/load" --port "$to" --tls $on --connections 50 --messages 5000 --first 100000 >/dev/null
		until [ "$(status applied)" = "$(status last)" ]; do sleep 0.1; done
		before=$(resident_kb $engine_pid)
		"$perf/crowd" --port "$to" --tls $on --idle 2000 --peers 20 --first 200000 >"$dir/crowd.out" &
		crowd_pid=$!
		pids="$pids $crowd_pid"
		until grep -qs '^ready' "$dir/crowd.out"; do
			kill -0 $crowd_pid || exit 1
			sleep 0.1
		done
		until [ "$(status applied)" = "$(status last)" ]; do sleep 0.1; done
		echo "tls idle=2000 $kind memory=$((($(resident_kb $engine_pid) - before) * 1024 / 2000))B a connection"
		stop $crowd_pid
	done
	kill -9 $engine_pid
}

# Fills a journal with N admissions of members, without waiting for apply.
fill() {
	start_engine
	"$perf/load" --port "$engine_port" --connections 128 --messages "$1"
	kill -9 $engine_pid # what it has not applied, rebuild will
	wait $engine_pid 2>/dev/null
}

# rebuild: sets $wall and $cpu to its milliseconds.
rebuild() {
	start=$(date +%s%3N)
	cpu=$(bash -c 'TIMEFORMAT="%U %S"; time "$@" >/dev/null 2>&1' rebuild \
		"$BUILD/wardwire" rebuild --full -c "$dir/site/wardwire.yaml" 2>&1 | awk '{ print int(($1 + $2) * 1000) }')
	wall=$(($(date +%s%3N) - start))
}

# Apply alone, as rebuild does it, beside a bare loop that inserts the same rows. What the rosters cost is not counted;
# the rate by processor time is what a machine without other work would reach.
apply() {
	site $((MESSAGES < 600000 ? MESSAGES : 600000)) 9
	start_engine
	stop $engine_pid
	rebuild
	roster_wall=$wall roster_cpu=$cpu
	echo "apply journal $(fill "$MESSAGES")"
	for round in $(seq "$ROUNDS"); do
		rebuild
		a=$((MESSAGES * 1000 / (wall - roster_wall))) ac=$((MESSAGES * 1000 / (cpu - roster_cpu)))
		r=$("$perf/rows" --from "$dir/site/data/ledger.db" --to "$dir/copy.db")
		echo "apply round=$round rebuild rate=$a cpu-rate=$ac (goal 20000) rows $r" \
			"ratio=$(ratio $a "$(value rate "$r")") ratio-cpu=$(ratio $ac "$(value cpu-rate "$r")") (goal 0.6)" \
			"ledger=$(($(stat -c %s "$dir/site/data/ledger.db") / 1048576))MiB"
		rm -f "$dir/copy.db"*
	done
}

# What has not been applied and what has not been sent while messages come at a rate and are delivered.
deliver() {
	start_sinks 4
	# shellcheck disable=SC2086
	site 600000 $sinks
	start_engine
	start=$(date +%s%3N)
	"$perf/load" --port "$engine_port" --connections 32 --rate "${RATE:-5000}" --seconds "${DELIVER_SECONDS:-60}" >"$dir/load.out" &
	load_pid=$!
	while kill -0 $load_pid 2>/dev/null; do
		sleep 5
		echo "deliver after=$((($(date +%s%3N) - start) / 1000))s unapplied=$(($(status last) - $(status applied)))" \
			"unsent=$(status due || echo 0) resident=$(($(resident_kb $engine_pid) / 1024))MiB"
	done
	echo "deliver rate=${RATE:-5000} $(cat "$dir/load.out") cpu=$(cpu_ms $engine_pid)ms"
	stop $engine_pid
}

# routed N PORT: a configuration with N routes that send everything to that port, and nothing else to do.
routed() {
	rm -rf "$dir/site"
	mkdir "$dir/site"
	{
		printf 'data: data\nlisteners: [{name: adt, mllp: "127.0.0.1:0"}]\nfeeds: [{name: mercy, on: adt}]\n'
		printf 'endpoints: [{name: lab, mllp: "127.0.0.1:%s"}]\nroutes:\n' "$2"
		for i in $(seq "$1"); do printf '  - {name: r%s, to: lab}\n' "$i"; done
	} >"$dir/site/wardwire.yaml"
}

# What lanes of routes send to a receiver that answers at once, after a pause in which all of it came in.
forward() {
	"$BUILD/wardwire-kit" listen --listen 127.0.0.1:0 --port-file "$dir/peer.port" -q >/dev/null 2>&1 &
	peer_pid=$!
	pids="$pids $peer_pid"
	started "$dir/peer.port"
	for lanes in 1 4; do
		routed $lanes "$(cat "$dir/peer.port")"
		start_engine
		"$BUILD/wardwire" queue pause -c "$dir/site/wardwire.yaml" lab >/dev/null
		"$perf/load" --port "$engine_port" --connections 32 --messages 10000 >"$dir/load.out"
		applied_to "$(status last)"
		cpu_before=$(cpu_ms $engine_pid)
		start=$(date +%s%3N)
		"$BUILD/wardwire" queue resume -c "$dir/site/wardwire.yaml" lab >/dev/null
		until [ "$(status settled)" = $((10000 * lanes)) ]; do sleep 0.1; done
		wall=$(($(date +%s%3N) - start))
		echo "forward lanes=$lanes rate=$((10000 * 1000 / wall))/s each (goal 500), cpu=$((($(cpu_ms $engine_pid) - cpu_before) / lanes))ms for 10000"
		stop $engine_pid
	done
	stop $peer_pid
}

# applied_to N: waits until that record is applied.
applied_to() {
	until [ "$(status applied)" -ge "$1" ]; do sleep 0.5; done
}

# share FIRST: sends 20,000 admissions of new persons and waits until they are applied. Sets $wall and $cpu, in ms.
share() {
	cpu_before=$(cpu_ms $engine_pid)
	start=$(date +%s%3N)
	"$perf/load" --port "$engine_port" --connections 32 --messages 20000 --first "$1" >"$dir/load.out"
	applied_to "$(status last)"
	wall=$(($(date +%s%3N) - start))
	cpu=$(($(cpu_ms $engine_pid) - cpu_before))
}

# What a start costs: in milliseconds until the listeners listen, and how long of it the process ran and waited for one.
say_start() {
	start=$(date +%s%3N)
	start_engine
	ms=$(($(date +%s%3N) - start))
	echo "$1 start=${ms}ms (goal 100)" \
		"$(awk '{ printf "running=%dms waiting-for-a-processor=%dms", $1 / 1e6, $2 / 1e6 }' "/proc/$engine_pid/schedstat")"
}

# The same work with a thousand persons stored and with a million, the memory of a thousand connections, the start.
million() {
	site 60000 9
	say_start "million empty"
	"$perf/load" --port "$engine_port" --connections 32 --messages 1000 >"$dir/load.out"
	share 2000000
	few=$wall few_cpu=$cpu
	echo "million persons=1000 wall=${wall}ms cpu=${cpu}ms for 20000 messages"
	"$perf/load" --port "$engine_port" --connections 64 --messages 1000000 --first 1000
	applied_to "$(status last)"
	share 3000000
	echo "million persons=1000000 wall=${wall}ms cpu=${cpu}ms for 20000 messages" \
		"ratio=$(ratio "$few" "$wall") ratio-cpu=$(ratio "$few_cpu" "$cpu") (goal 0.85)"
	"$perf/load" --port "$engine_port" --connections 1000 --messages 20000 --first 4000000 >"$dir/load.out"
	echo "million connections=1000 resident=$(($(resident_kb $engine_pid) / 1024))MiB (goal: below 64)"
	stop $engine_pid
	say_start "million stored"
	stop $engine_pid
}

# adts N STEP ARGUMENTS: sends so many messages about persons that far apart. Sets $cpu to the processor time in ms until they
# are applied.
adts() {
	n=$1 step=$2
	shift 2
	cpu_before=$(cpu_ms $engine_pid)
	"$perf/load" --port "$engine_port" --connections 32 --messages "$n" --step "$step" "$@" >"$dir/load.out"
	applied_to "$(status last)"
	cpu=$(($(cpu_ms $engine_pid) - cpu_before))
}

# What an ADT message costs, from the wire to what is owed, with two thousand persons stored and with many, two visits each:
# admissions of new persons, updates and discharges of known ones, all of them members.
adt() {
	few=2000 many=$PERSONS new=$PERSONS
	site $((many + 4 * few)) 9
	start_engine
	adts $few 1 --visit V
	adts $few 1 --visit W
	for persons in $few "$many"; do
		step=$((persons / few))
		if [ "$persons" = "$many" ]; then
			adts $((many - few)) 1 --first $few --visit V
			adts $((many - few)) 1 --first $few --visit W
		fi
		adts $((2 * few)) 1 --first "$new" --visit V
		a01=$cpu a08=0 a03=0
		for visit in V W; do
			adts $few $step --event A08 --visit $visit
			a08=$((a08 + cpu))
			adts $few $step --event A03 --visit $visit
			a03=$((a03 + cpu))
		done
		all=$((a01 + a08 + a03))
		echo "adt persons=$persons visits=$((2 * persons)) cpu a01=${a01}ms a08=${a08}ms a03=${a03}ms for $((2 * few)) each"
		if [ "$persons" = "$few" ]; then
			first_all=$all
		else
			echo "adt persons=$persons beside $few: ratio-cpu=$(ratio $all $first_all) (goal: at most 2)"
		fi
		new=$((new + 2 * few))
	done
	stop $engine_pid
}

echo "machine $(nproc) processors, $(uname -r), load $(cut -d' ' -f1 /proc/loadavg)"
for part in $PARTS; do $part; done
