#!/bin/sh
# Clocks of Tasks by a clock of the test: a Task warns and runs out within a second of when it should although nothing else happens,
# also when the engine was off at that hour and twice not; wardwire schedule shows what waits, wardwire report sla what is late.
set -eu
. tests/e2e/lib.sh

# the_time HOURS: sets the engine's clock to that many hours after 2026-03-02 12:00 UTC.
the_time() {
	echo $(((1772452800 + $1 * 3600) * 1000)) >"$dir/clock.new"
	mv "$dir/clock.new" "$dir/clock"
}

sla() {
	"$engine" report sla -c "$config" "$@"
}

schedule() {
	"$engine" schedule -c "$config" "$@"
}

# says PATTERN COMMAND...: what the command prints has such a line.
says() {
	says_what=$1
	shift
	"$@" | grep -q "$says_what"
}

start_practice rcca
write_site 20
the_time 2
start_engine --clock-file "$dir/clock"
sla >/dev/null && fail "there is a deadline before anybody came"
for i in 1 2 3; do accept "$(adt A01 "C$i" "$i")"; done
wait_until is_at_rest
same "waiting" "task-warning  waiting 3;task-breach  waiting 3;" "$(schedule | sed -n 's/^timers  //p' | tr '\n' ';')"
has "next" "$(schedule --most 1)" '^next    2026-03-03T08:00:0[0-9]Z  task-warning  [0-9]*\.[0-9]*$'
has "as JSON" "$(schedule --json | tr -d ' \n')" '"timers":\[{"timer":"task-warning","waiting":3},{"timer":"task-breach","waiting":3}\]'

# One is taken up by the practice, which the next send to it says.
notice=$(schedule --most 1 | sed -n 's/^next .* //p')
the_time 3
"$engine" flags ack "$notice" -c "$config" --reason "called" --who tester >/dev/null || fail "no acknowledgement"
wait_until says '^timers  task-warning  waiting 2$' schedule

# Nothing but the clock goes on; no message comes.
the_time 21
wait_until says 'deadlines 3  warnings 2  breaches 0' sla
same "waiting" "task-breach  waiting 2;" "$(schedule | sed -n 's/^timers  //p' | tr '\n' ';')"

has "status" "$("$engine" status -c "$config")" '^clocks *warned 2$'

# The engine is off when they run out, and for a week.
stop_engine
the_time 190
start_engine --clock-file "$dir/clock"
wait_until says 'deadlines 3  warnings 2  breaches 2' sla
has "status" "$("$engine" status -c "$config")" '^clocks *breached 2$'
has "what is late" "$(sla)" '^late  [0-9.]*  rcca  .*admission  due 2026-03-03T14:00:0[0-9]Z  late 6d20h  waits to be acknowledged$'
has "why of a late one" "$("$engine" why -c "$config" "$(sla | sed -n 's/^late  \([0-9.]*\) .*/\1/p' | head -1)")" 'warned 2026-03-03T.*ran-out 2026-03-1'
same "late ones" 2 "$(sla | grep -c '^late')"
has "a hop" "$(sla)" '^mercy  sent-acknowledged  n 1  p50 \(1h00m\|59m5[0-9]s\)  p95 .*  warnings 2  breaches 2$'
has "as CSV" "$(sla --csv)" '^mercy,received-raised,3,0,0,0,0,0$'
has "as JSON" "$(sla --json | tr -d ' \n')" '"deadlines":3,"warnings":2,"breaches":2,"open":\[{"notice"'
"$engine" report sla -c "$config" --until 2026-03-01 >/dev/null && fail "a day before there was one"
sla --until 2026-03-02 --feed mercy >/dev/null || fail "that day there were some"
feed_code=0; sla --feed other >"$dir/other" 2>&1 || feed_code=$?
same "a feed that is none" "2 wardwire report sla: the configuration has no feed named other" "$feed_code $(cat "$dir/other")"
since_code=0; "$engine" report sla -c "$config" --since yesterday 2>/dev/null || since_code=$?
same "a time that is none" 2 "$since_code"
stop_engine
"$engine" rebuild --check -c "$config" >/dev/null || fail "a rebuild is not the same"
