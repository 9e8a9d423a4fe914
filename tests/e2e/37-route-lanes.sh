#!/bin/sh
# One route's receiver hangs, another's is away: a third gets everything meanwhile. A pause holds while a request hangs, and what
# waited leaves in its order when it is over; what is refused for good is parked, and a person sends it after all.
. tests/e2e/lib.sh

ids() {
	seq -s ' ' -f 'C%g' "$1" "$2"
}

messages() {
	i=$1
	while [ "$i" -le "$2" ]; do
		adt A01 "C$i" 1 I "V$i"
		i=$((i + 1))
	done >"$dir/messages"
	send -q "$dir/messages" >/dev/null || fail "messages were not accepted"
}

# lane NAME: its line of status.
lane() {
	"$engine" status -c "$config" | grep "^endpoint *$1:"
}

# lane_has NAME PATTERN
lane_has() {
	lane "$1" | grep -q -e "$2"
}

start_listen hung --answer never
hung=$receiver
start_listen away
away=$receiver
stop away
start_listen live
live=$receiver
start_listen picky --answer 'AA*2,AE,AA'
cat >"$config" <<END
data: data
retry: {first: 1, most: 1}
listeners:
  - {name: adt, mllp: "127.0.0.1:0"}
feeds:
  - {name: mercy, on: adt}
endpoints:
  - {name: hung, mllp: "127.0.0.1:$hung", timeout: 600}
  - {name: away, mllp: "127.0.0.1:$away"}
  - {name: live, mllp: "127.0.0.1:$live"}
  - {name: picky, mllp: "127.0.0.1:$receiver"}
  - {name: out, dir: out}
routes:
  - {name: r, to: [hung, away, live, picky, out]}
END
mkdir "$dir/out"
start_engine
messages 1 40
wait_until has_count 119 counted forwarded settled
same "who is there" "$(ids 1 40) " "$(received live)"
same "files" 40 "$(find "$dir/out" -type f -name '*-r@out*' | wc -l | tr -d ' ')"
same "who hangs" "C1 " "$(received hung)"
lane_has r/hung 'under-way 1' || fail "nothing is under way to who hangs: $(lane r/hung)"
wait_until lane_has r/away 'failed [1-9]'

# Refused for good: parked, and the lane went on.
same "who refuses one" "$(ids 1 40) " "$(received picky)"
has "what was refused" "$("$engine" queue ls -c "$config" --endpoint picky)" '^[0-9]*\.4  parked  r/picky '
"$engine" queue retry -c "$config" --endpoint picky >/dev/null || fail "what was refused is not tried again"
wait_until has_count 120 counted forwarded settled
same "who refuses one" "$(ids 1 40) C3 " "$(received picky)"

# The pause is there though a request hangs for ten minutes.
"$engine" queue pause -c "$config" r/hung --reason "they look at it" >/dev/null || fail "the lane is not paused"
lane_has r/hung 'paused since' || fail "status does not show the pause: $(lane r/hung)"
lane_has r/hung 'under-way 1' || fail "the request that hangs is gone: $(lane r/hung)"
messages 41 45
wait_until has_count 135 counted forwarded settled
stop hung
start_listen hung
wait_until lane_has r/hung 'due, 0 parked.*failed'
same "while paused" "C1 " "$(received hung)"
"$engine" queue resume -c "$config" r/hung >/dev/null || fail "the lane is not resumed"
start_listen away
wait_until is_forwarded
same "who hung" "C1 $(ids 1 45) " "$(received hung)"
same "who was away" "$(ids 1 45) " "$(received away)"
stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '
