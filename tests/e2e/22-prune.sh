#!/bin/sh
# Old journal files are removed when a snapshot covers them, nothing waits for them and they are past their retention; all
# goes on from what is left.
. tests/e2e/lib.sh

# messages FIRST LAST: one admission each.
messages() {
	i=$1
	while [ "$i" -le "$2" ]; do
		adt A01 "C$i" "$i"
		i=$((i + 1))
	done >"$dir/messages"
	send -q "$dir/messages" >/dev/null || fail "messages were not accepted"
}

# the_time HOURS: sets the engine's clock to that many hours after 2026-03-02 12:00 UTC.
the_time() {
	echo $(((1772452800 + $1 * 3600) * 1000)) >"$dir/clock.new"
	mv "$dir/clock.new" "$dir/clock"
}

logged() {
	[ "$(grep -c -e "$1" "$engine_log")" -ge "$2" ]
}

files() {
	find "$dir/data/journal" -name '*.wwj' | wc -l | tr -d ' '
}

prune() {
	"$engine" journal prune -c "$config" "$@"
}

the_time 0
start_practice rcca
write_site 800
{
	echo 'segment_bytes: 65536'
	echo 'snapshots: {keep: 1}'
	echo 'retention: {days: 1}'
} >>"$config"
start_engine --clock-file "$dir/clock"
messages 1 400
wait_until is_at_rest
first=$(sed -n 's/.* journal=\([0-9]*\) feed=mercy act="admit".*/\1/p' "$engine_log" | head -1)
[ "$(files)" -gt 4 ] || fail "only $(files) journal files were made"

# Without a snapshot nothing goes; nor before the retention has passed.
has "without a snapshot" "$(prune --dry-run)" '^would remove: 0 files'
has "without a snapshot" "$(prune --dry-run)" 'stays: there is no snapshot$'
"$engine" snapshot -c "$config" >/dev/null || fail "no snapshot was made"
cp "$dir"/data/snapshots/*.db "$dir/old.db"
has "before its time" "$(prune --dry-run)" 'stays: it is not past its retention$'

# After two nights and with the notices delivered the engine does it by itself.
messages 401 450
wait_until is_at_rest
before=$(files)
the_time 25
wait_until logged 'snapshot=made' 1
the_time 45
wait_until logged 'journal=pruned segments=[1-9]' 1
[ "$(files)" -lt "$before" ] || fail "$before journal files before, $(files) after"
has "why" "$("$engine" why -c "$config" "$first")" 'raw pruned: '
has "why" "$("$engine" why -c "$config" "$first")" 'disposition applied'
has "status" "$("$engine" status -c "$config")" '^journal .* damaged 0 torn 0 '

# What is not delivered stays, and with it all that is younger.
stop rcca
messages 451 750
the_time 70
wait_until logged 'snapshot=made' 3
the_time 71
has "a dead practice" "$(prune --dry-run)" 'stays: notice [0-9.]* is due$'
held=$(files)
has "a dead practice, by the engine" "$(prune)" '^removed: 0 files'
same "journal files" "$held" "$(files)"
start_practice rcca
wait_until is_at_rest
"$engine" snapshot -c "$config" >/dev/null || fail "no snapshot was made"
the_time 86
accept "$(adt A60 T1 1)"
wait_until is_at_rest
held=$(files)
printed=$(prune) || fail "the engine does not prune: $printed"
has "by the engine" "$printed" '^removed: [1-9][0-9]* files, [1-9][0-9]* bytes, and 0 blobs$'
[ "$(files)" -lt "$held" ] || fail "$held journal files before, $(files) after"
has "by the engine, as JSON" "$(prune --json)" '"order": *"prune"'

# A restart, a rebuild, a message more; only the beginning is gone.
told=$(writes rcca)
stop_engine
has "rebuild" "$("$engine" rebuild -c "$config" --check)" '^equal: .* made from the snapshot of record '
printed=$("$engine" rebuild -c "$config" --check --full 2>&1)
same "exit status of a full rebuild" 4 $?
has "a full rebuild" "$printed" 'its beginning, up to record [0-9]*, is pruned'
rm -f "$dir/data"/ledger.db*
start_engine --clock-file "$dir/clock"
messages 751 752
wait_until is_at_rest
same "writes at the practice" $((told + 2)) "$(writes rcca)"
stop_engine

# A power cut may leave a ledger that ends before the journal begins: it begins with the snapshot then.
rm -f "$dir/data"/ledger.db*
cp "$dir/old.db" "$dir/data/ledger.db"
start_engine --clock-file "$dir/clock"
logged 'ledger=behind snapshot=[1-9]' 1 || fail "the start does not say that the ledger was behind"
wait_until is_at_rest
same "writes at the practice after that" $((told + 2)) "$(writes rcca)"
stop_engine
has "check after that" "$("$engine" rebuild -c "$config" --check)" '^equal: .* made from the snapshot of record '
has "the command alone" "$(prune)" '^removed: '
# Without ledger and snapshot the engine does not begin in the middle.
rm -rf "$dir/data"/ledger.db* "$dir/data/snapshots"
"$engine" run -c "$config" 2>"$dir/err"
same "exit status of an engine without its past" 4 $?
has "an engine without its past" "$(cat "$dir/err")" 'is pruned: a ledger can be made from a snapshot only'
