#!/bin/sh
# A program's hours in a running engine, by a clock of the test: what is not urgent waits for the practice's morning and then leaves without
# any other message, and what is told by digest comes as one Communication at its hour. The practice's calendar is a file.
set -eu
. tests/e2e/lib.sh

# the_time HOURS: sets the engine's clock to that many hours after 2026-03-02 12:00 UTC, seven in the morning in New York.
the_time() {
	echo $(((1772452800 + $1 * 3600) * 1000)) >"$dir/clock.new"
	mv "$dir/clock.new" "$dir/clock"
}

# has_kept TYPE N: the practice has that many resources of that type.
has_kept() {
	[ "$(kept rcca "$1")" -eq "$2" ]
}

start_practice rcca
write_site 20
sed -i 's/^  - {name: rcca, .*/  - {name: rcca, title: Riverside Care, send: rcca-ehr, zone: America\/New_York, calendar: ours.csv}/' "$config"
echo 'programs: [{file: care.yaml}]' >>"$config"
cat >"$dir/care.yaml" <<'END'
program: care
title: Care
version: 3
rules: [{use: admission/1}]
flags:
  admission: {to: coordinator, as: stay-task, deadline: 2bd}
  discharge: {to: coordinator, as: stay-task, deadline: 24h}
  ed-arrival: {to: coordinator, as: digest}
quiet: {from: "20:00", to: "07:00"}
digest: {at: "07:00", on: business-days}
END
printf 'date,name\nus-federal\n2026-03-03,Founders\n' >"$dir/ours.csv"
"$engine" config check -c "$config" >/dev/null || fail "the configuration is not good"

# Eleven in the evening. The adt of the lib are of the morning of that day, which makes no difference to when they are told.
the_time 16
start_engine --clock-file "$dir/clock"
accept "$(adt A01 C1 1)"
accept "$(adt A04 C2 2 E)"
wait_until is_applied
same "quiet notices" 1 "$(counted notices quiet)"
same "what was sent" 0 "$(writes rcca)"
has "what waits" "$("$engine" schedule -c "$config")" '^timers  quiet-end  waiting 1$'
has "when" "$("$engine" schedule -c "$config" --most 9)" '^next    2026-03-03T12:00:00Z  quiet-end  '
has "the digest, after the holiday" "$("$engine" schedule -c "$config" --most 9)" '^next    2026-03-04T12:00:00Z  digest  rcca/coordinator/care$'
has "why" "$("$engine" why -c "$config" "$("$engine" schedule -c "$config" --most 1 | sed -n 's/^next .* //p')")" 'state quiet.*waits-until 2026-03-03T12:00:00Z'

# Seven in the morning.
the_time 24
wait_until has_kept Task 1
has "the deadline by the calendar" "$(tasks 1)" '"end":"2026-03-05T23:59:59-05:00"'
same "Communications" 0 "$(kept rcca Communication)"

# A day later, after the engine was off at that hour.
stop_engine
the_time 49
start_engine --clock-file "$dir/clock"
wait_until has_kept Communication 1
has "the digest" "$(cat "$dir/rcca.ndjson")" '"contentString":"Emergency department arrival: member M0002, 2026-03-02"'
wait_until is_at_rest
the_time 100
wait_until is_applied
same "digests" 1 "$(kept rcca Communication)"
stop_engine
"$engine" rebuild --check -c "$config" >/dev/null || fail "a rebuild is not the same"
