#!/bin/sh
# The engine is killed again and again while clocks run out by the thousand, before and after a commit: each warns and runs out once, nothing
# is left over, and the journal gives the same ledger.
: "${BUILD:=build}" "${FAULT:=$BUILD-fault}"
BUILD=$FAULT
. tests/e2e/lib.sh

STAYS=2500

# the_time HOURS: sets the engine's clock to that many hours after 2026-03-02 14:00 UTC.
the_time() {
	echo $(((1772460000 + $1 * 3600) * 1000)) >"$dir/clock.new"
	mv "$dir/clock.new" "$dir/clock"
}

says() {
	says_what=$1
	shift
	"$@" | grep -q "$says_what"
}

sla() {
	"$engine" report sla -c "$config"
}

# Ended by the failpoint, or there is nothing more to do for it.
is_over() {
	! runs engine || ! "$engine" schedule -c "$config" | grep -q '^timers'
}

start_practice rcca
write_site "$STAYS"
the_time 0
start_engine --clock-file "$dir/clock"
i=0
while [ $i -lt "$STAYS" ]; do
	i=$((i + 1))
	adt A01 "C$i" "$i"
done >"$dir/stays.hl7"
send "$dir/stays.hl7" --quiet --connections 8 >/dev/null || fail "not all were taken"
wait_until is_applied
has "what waits" "$("$engine" schedule -c "$config")" "^timers  task-breach  waiting $STAYS\$"
stop_engine

# Three days later: five thousand timers are due, in three records at least.
the_time 72
killed=0
for point in before-commit:2 before-commit:3 after-commit:2 before-commit:2 after-commit:3; do
	export WW_FAILPOINT="$point"
	rm -f "$dir/ports"
	"$engine" run -c "$config" --port-file "$dir/ports" --clock-file "$dir/clock" 2>>"$engine_log" &
	echo $! >"$dir/engine.pid"
	wait_until is_over
	runs engine || killed=$((killed + 1))
	stop engine KILL
done
unset WW_FAILPOINT
[ "$killed" -ge 3 ] || fail "the engine was killed $killed times"
start_engine --clock-file "$dir/clock"
wait_until says "^deadlines $STAYS  warnings $STAYS  breaches $STAYS\$" sla
lacks "what waits" "$("$engine" schedule -c "$config")" '^timers'
stop_engine
"$engine" rebuild --check -c "$config" >/dev/null || fail "a rebuild is not the same"
