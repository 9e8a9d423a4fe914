#!/bin/sh
# The engine is killed while it forwards. Afterwards the receiver has everything in the order of receipt; what was under way at a
# kill came twice, and nothing else. What a receiver did not get yet keeps its journal files.
. tests/e2e/lib.sh

count=250 kills=3

# the_time HOURS: sets the engine's clock to that many hours after 2026-03-02 12:00 UTC.
the_time() {
	echo $(((1772452800 + $1 * 3600) * 1000)) >"$dir/clock.new"
	mv "$dir/clock.new" "$dir/clock"
}

has_received() {
	[ "$(received "$1" | wc -w)" -ge "$2" ]
}

logged() {
	[ "$(grep -c -e "$1" "$engine_log")" -ge "$2" ]
}

the_time 0
start_listen lab --answer AA@2
start_listen away
away=$receiver
stop away
cat >"$config" <<END
data: data
retry: {first: 1, most: 1}
segment_bytes: 65536
retention: {days: 1}
listeners:
  - {name: adt, mllp: "127.0.0.1:0"}
feeds:
  - {name: mercy, on: adt}
endpoints:
  - {name: lab, mllp: "127.0.0.1:$(cat "$dir/lab.port")"}
  - {name: away, mllp: "127.0.0.1:$away"}
routes:
  - {name: r, to: lab}
  - {name: s, when: {MSH-10: C100}, to: away}
END
start_engine --clock-file "$dir/clock"
i=1
while [ "$i" -le "$count" ]; do
	adt A01 "C$i" 1 I "V$i"
	i=$((i + 1))
done >"$dir/messages"
send -q "$dir/messages" >/dev/null || fail "messages were not accepted"

i=1
while [ "$i" -le "$kills" ]; do
	catch has_received lab $((i * 50))
	stop engine KILL
	same "exit status of a killed engine" 137 "$stopped"
	has "ledger after a kill" "$("$engine" rebuild -c "$config" --check)" '^equal: '
	start_engine --clock-file "$dir/clock"
	i=$((i + 1))
done
wait_until has_count "$count" counted forwarded settled

# In order, and each again only directly behind itself.
received lab | tr ' ' '\n' | grep . | uniq >"$dir/once"
seq -f 'C%g' "$count" >"$dir/want"
cmp -s "$dir/once" "$dir/want" || fail "not in the order of receipt: $(diff "$dir/once" "$dir/want" | head -3 | tr '\n' ' ')"
twice=$(($(received lab | wc -w) - count))
[ "$twice" -le "$kills" ] || fail "$twice messages came twice after $kills kills"
echo "came twice: $twice after $kills kills"

# One message is not delivered: its file and those behind it stay, however old.
"$engine" snapshot -c "$config" >/dev/null || fail "no snapshot was made"
the_time 50
wait_until logged 'snapshot=made' 1
has "what cannot go" "$("$engine" journal prune -c "$config")" 'stays: notice [0-9]*\.2 is due$'
start_listen away
wait_until is_forwarded
same "what was away got" "C100 " "$(received away)"
"$engine" snapshot -c "$config" >/dev/null || fail "no snapshot was made"
the_time 100
wait_until logged 'journal=pruned segments=[1-9]' 1
stop_engine
