#!/bin/sh
# An urgent Task that nobody acknowledges goes to the backup's server as well: once, with the same content under a key of its own; what
# becomes of the stay comes to both, and either's answer stops the clock. The report says so.
set -eu
. tests/e2e/lib.sh

# the_time MINUTES: sets the engine's clock to that many minutes after 2026-03-02 14:00 UTC.
the_time() {
	echo $(((1772460000 + $1 * 60) * 1000)) >"$dir/clock.new"
	mv "$dir/clock.new" "$dir/clock"
}

has_kept() {
	[ "$(kept "$1" Task)" -eq "$2" ]
}


start_practice night
night=$practice
start_practice rcca
write_site 20
sed -i "s|^endpoints:|&\n  - {name: night-ehr, fhir: \"$night\", timeout: 5}|
	s|^  - {name: rcca, .*|  - name: rcca\n    send: rcca-ehr\n    roles: {coordinator: {send: rcca-ehr, backup: night-ehr}}|" "$config"
echo 'programs: [{file: care.yaml}]' >>"$config"
cat >"$dir/care.yaml" <<'END'
program: care
title: Care
version: 1
rules: [{use: admission/1}]
flags:
  admission: {to: coordinator, as: stay-task, deadline: 24h, priority: urgent, acknowledge: 30m}
  discharge: {to: coordinator, as: stay-task, deadline: 24h}
END
the_time 0
start_engine --clock-file "$dir/clock"
accept "$(adt A01 C1 1)"
accept "$(adt A01 C2 2)"
wait_until has_kept rcca 2
wait_until is_at_rest
one=$("$engine" schedule -c "$config" --most 1 | sed -n 's/^next .* //p')
"$engine" flags ack "$one" -c "$config" --reason "called" --who tester >/dev/null || fail "no acknowledgement"

# The engine is off when the half hour passes.
stop_engine
the_time 45
start_engine --clock-file "$dir/clock"
wait_until has_kept night 1
wait_until is_at_rest
same "at the practice" 2 "$(kept rcca Task)"
first=$(sed -n 's/.*"value":"\(stay-[a-z0-9]*\)".*/\1/p' "$dir/rcca.ndjson" | sort -u)
second=$(sed -n 's/.*"value":"\(backup-[a-z0-9]*\)".*/\1/p' "$dir/night.ndjson" | sort -u)
same "keys of the backup" 1 "$(printf '%s\n' "$second" | grep -c .)"
lacks "keys of the practice" "$first" "$second"
lacks "what the backup has" "$(cat "$dir/night.ndjson")" '"stay-'

# What becomes of the stay comes to both.
accept "$(adt A11 C3 1)"
accept "$(adt A11 C4 2)"
wait_until is_at_rest
has "the backup's Task" "$(tail -1 "$dir/night.ndjson")" '"status":"cancelled"'
has "the report" "$("$engine" report sla -c "$config" --json | tr -d ' \n')" '"deadlines":2,"warnings":0,"breaches":0,"open":\[\]'
stop_engine
"$engine" rebuild --check -c "$config" >/dev/null || fail "a rebuild is not the same"
