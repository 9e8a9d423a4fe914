#!/bin/sh
# A million rows of a roster beside running intake: how long a message waits until it is applied, without a load and during one; rows
# per second; the engine's memory after a tenth and at the end. N=ROWS: how many. STRICT=1: a p99 above a quarter of a second during the
# load fails, and so does half as much memory again at the end.
set -eu
: "${BUILD:=build}" "${N:=1000000}" "${STRICT:=}" "${RATE:=50}"
dir=$(mktemp -d "${TMPDIR:-/tmp}/wardwire-roster-XXXXXX")
engine=
sender=
trap 'for p in $engine $sender; do kill "$p" 2>/dev/null || true; done; wait; rm -rf "$dir"' EXIT
cat >"$dir/wardwire.yaml" <<-END
	data: data
	listeners: [{name: adt, mllp: "127.0.0.1:0"}]
	feeds: [{name: mercy, on: adt, zone: America/New_York, state: observe, ack: {when: applied}}]
	endpoints: [{name: e, fhir: "http://127.0.0.1:9/fhir"}]
	parties: [{name: rcca, send: e}, {name: elm, send: e}]
	rosters: [{name: acme}]
END
# Numbers in no order, as those of payers are.
awk -v n="$N" 'BEGIN {
	print "member_id,name,birth_date,sex,practice,effective,product"
	for (i = 1; i <= n; i++)
		printf "M%07d,\"TESTFAMILY%d, GIVEN%d\",19%02d-%02d-%02d,F,%s,2025-01-01,commercial\n", i * 7919 % 10000019, i, i % 97,
			30 + i % 60, 1 + i % 12, 1 + i % 28, i % 3 ? "rcca" : "elm"
}' >"$dir/roster.csv"
"$BUILD/wardwire-kit" gen adt --seed 7 --patients 200 --days 30 >"$dir/day.hl7"
"$BUILD/wardwire" run -c "$dir/wardwire.yaml" --port-file "$dir/ports" 2>"$dir/engine.log" &
engine=$!
until [ -s "$dir/ports" ]; do sleep 0.05; done
port=$(sed -n 's/^adt //p' "$dir/ports")

# send COUNT OUT
send() {
	"$BUILD/wardwire-kit" send --to "mllp://127.0.0.1:$port" --rate "$RATE" --count "$1" --fresh-ids -q --json "$dir/day.hl7" >"$2" 2>/dev/null
}

# number KEY FILE: of the totals.
number() {
	sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p" "$2" | tail -1
}

memory() {
	sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$engine/status"
}

send $((RATE * 20)) "$dir/alone"
start=$(date +%s%N)
(while :; do send $((RATE * 5)) "$dir/part" && cat "$dir/part" >>"$dir/beside"; done) &
sender=$!
"$BUILD/wardwire" roster load -q -c "$dir/wardwire.yaml" --json "$dir/roster.csv" >"$dir/out" 2>"$dir/log" &
load=$!
early=0
while kill -0 "$load" 2>/dev/null; do
	rows=$("$BUILD/wardwire" roster ls -c "$dir/wardwire.yaml" --json 2>/dev/null | sed -n 's/.*"lines": \([0-9]*\).*/\1/p')
	[ "$early" -eq 0 ] && [ "${rows:-0}" -ge $((N / 10)) ] && early=$(memory)
	sleep 1
done
wait "$load" || { cat "$dir/out" "$dir/log"; exit 1; }
ms=$((($(date +%s%N) - start) / 1000000))
last=$(memory)
kill "$sender"
wait "$sender" 2>/dev/null || true
sender=
grep -q "\"accepted\": $N," "$dir/out" || { cat "$dir/out" "$dir/log"; exit 1; }
# The worst of the stretches of five seconds.
p99=$(sed -n 's/.*"p99-us":\([0-9]*\).*/\1/p' "$dir/beside" | sort -n | tail -1)
p50=$(sed -n 's/.*"p50-us":\([0-9]*\).*/\1/p' "$dir/beside" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }')
echo "roster: $N rows in $((ms / 1000)) s, $((N * 1000 / ms)) a second; memory $early KiB after a tenth, $last KiB at the end"
echo "roster: a message is applied in $(number p50-us "$dir/alone") us (p50), $(number p99-us "$dir/alone") us (p99) alone; beside the load $p50 us (p50), $p99 us (worst p99 of 5 s); $(awk -v a="$(number p50-us "$dir/alone")" -v b="$p50" 'BEGIN { printf "%.1f", b / a }') times the p50"
[ -z "$STRICT" ] || [ "$last" -le $((early + early / 2)) ] || { echo "roster: memory grows"; exit 1; }
[ -z "$STRICT" ] || [ "$p99" -le 250000 ] || { echo "roster: messages wait too long"; exit 1; }
