#!/bin/sh
# A day's budget: what is above it is not told and can be found with its reason, what is urgent is told all the same, and on the next day the
# rest is told without any other message; nothing is told twice by a rebuild.
set -eu
. tests/e2e/lib.sh

# the_time HOURS: sets the engine's clock to that many hours after 2026-03-02 12:00 UTC.
the_time() {
	echo $(((1772452800 + $1 * 3600) * 1000)) >"$dir/clock.new"
	mv "$dir/clock.new" "$dir/clock"
}

not_told() {
	"$engine" flags ls -c "$config" --not-told
}

# has_kept TYPE N: the practice has that many resources of that type.
has_kept() {
	[ "$(kept rcca "$1")" -eq "$2" ]
}

start_practice rcca
write_site 20
echo 'programs: [{file: care.yaml}]' >>"$config"
cat >"$dir/care.yaml" <<'END'
program: care
title: Care
rules: [{use: admission/1}]
flags:
  admission: {to: coordinator, as: stay-task, deadline: 24h}
  ed-arrival: {to: coordinator, as: communication, priority: urgent}
budget: {per_day: 2}
END
the_time 2
start_engine --clock-file "$dir/clock"
for i in 1 2 3; do accept "$(adt A01 "C$i" "$i")"; done
accept "$(adt A04 C4 4 E)"
wait_until is_at_rest
same "Tasks" 2 "$(kept rcca Task)"
same "Communications" 1 "$(kept rcca Communication)"
same "not told" 1 "$(not_told | wc -l)"
has "the reason" "$(not_told)" '  not told: budget: the receiver had 2 notices of the program that day already$'
has "why" "$("$engine" why -c "$config" "$(not_told | sed 's/\..*//')")" 'budget: the receiver had 2 notices'

# Nothing but the clock goes on.
the_time 3
wait_until is_applied
the_time 24
wait_until has_kept Task 3
wait_until is_at_rest
not_told >/dev/null && fail "something is still kept"
stop_engine
"$engine" rebuild --check -c "$config" >/dev/null || fail "a rebuild makes another ledger"
