#!/bin/sh
# Snapshots: made while messages come in, every night and by command; from one of them and the journal after it the
# ledger is made anew, row for row the same as from the whole journal; one that is damaged is passed over.
. tests/e2e/lib.sh

snapshots() {
	"$engine" snapshot -c "$config" --list "$@"
}

# messages FIRST LAST: one admission each.
messages() {
	i=$1
	while [ "$i" -le "$2" ]; do
		adt A01 "C$i" "$i"
		i=$((i + 1))
	done
}

# the_time HOURS: sets the engine's clock to that many hours after 2026-03-02 12:00 UTC.
the_time() {
	echo $(((1772452800 + $1 * 3600) * 1000)) >"$dir/clock.new"
	mv "$dir/clock.new" "$dir/clock"
}

logged() {
	grep -q -e "$1" "$engine_log"
}

some_applied() {
	[ "$(counted messages applied)" -gt 0 ]
}

equal_both_ways() {
	has "from the newest" "$("$engine" rebuild -c "$config" --check)" "^equal: [0-9]* rows, made from the $1\$"
	has "from the first record" "$("$engine" rebuild -c "$config" --check --full)" \
		'^equal: [0-9]* rows, made from the first record$'
}

the_time 0
start_practice rcca
write_site 200
echo 'snapshots: {keep: 2, hour: 3, zone: America/New_York}' >>"$config"
start_engine --clock-file "$dir/clock"

# By command, in the middle of a burst of messages.
messages 1 150 >"$dir/burst"
send -q "$dir/burst" >/dev/null &
echo $! >"$dir/send.pid"
wait_until some_applied
made=$("$engine" snapshot -c "$config") || fail "no snapshot was made"
first=$(printf '%s\n' "$made" | sed -n 's/^journal \([0-9]*\), 2026-03-02T12:00:00Z, .*/\1/p')
[ -n "$first" ] || fail "the snapshot says nothing of itself: $made"
wait "$(cat "$dir/send.pid")" || fail "the burst was not answered"
wait_until is_at_rest
has "the list" "$(snapshots)" "^journal $first, "

# Every night at three in New York, which is eight here; not before, and once.
the_time 19
accept "$(adt A60 N1 1)"
wait_until is_at_rest
lacks "before the hour" "$(cat "$engine_log")" 'snapshot=made'
the_time 21
wait_until logged 'snapshot=made journal='
the_time 23
accept "$(adt A60 N2 1)"
wait_until is_at_rest
same "snapshots of one night" 1 "$(grep -c 'snapshot=made' "$engine_log")"
the_time 46
wait_until has_count 2 grep -c 'snapshot=made' "$engine_log"
same "kept" 2 "$(snapshots | grep -c '^journal ')"
has "status" "$("$engine" status -c "$config")" '^snapshot  *up to journal [0-9]*, 2026-03-04T.*; 2 kept$'
has "the list as JSON" "$(snapshots --json | tr -d '\n')" '^\[ *{ *"journal": *[0-9]'
lacks "the oldest is gone" "$(snapshots)" "^journal $first, "
messages 151 160 >"$dir/more"
send -q "$dir/more" >/dev/null || fail "no message is taken after the snapshots"
wait_until is_at_rest
told=$(writes rcca)
stop_engine

newest=$(snapshots | sed -n '1s/^journal \([0-9]*\),.*/\1/p')
older=$(snapshots | sed -n '2s/^journal \([0-9]*\),.*/\1/p')
equal_both_ways "snapshot of record $newest"

# One bit of the newest: it is named, and the one before it is taken.
path=$(snapshots | sed -n '1s/.*, //p')
printf 'x' | dd of="$path" bs=1 seek=5000 conv=notrunc 2>/dev/null
printed=$(snapshots)
same "exit status of the list" 1 $?
has "the list" "$printed" '^  not usable: '
equal_both_ways "snapshot of record $older"
# Both: from the whole journal.
path=$(snapshots | sed -n 's/^journal '"$older"',.*, //p')
printf 'x' | dd of="$path" bs=1 seek=5000 conv=notrunc 2>/dev/null
equal_both_ways "first record"
"$engine" snapshot -c "$config" >/dev/null || fail "no snapshot is made while the engine is stopped"

# Without a ledger the engine begins with the snapshot. Nobody is told anything again.
rm -f "$dir/data"/ledger.db*
start_engine --clock-file "$dir/clock"
has "the log" "$(cat "$engine_log")" 'ledger=missing snapshot=[0-9]'
wait_until is_at_rest
messages 161 162 >"$dir/more"
send -q "$dir/more" >/dev/null || fail "no message is taken by the engine that began with a snapshot"
wait_until is_at_rest
same "writes at the practice" $((told + 2)) "$(writes rcca)"

# A clock that was a year ahead for one message does not stop the nights after it.
made=$(grep -c 'snapshot=made' "$engine_log")
the_time 9000
accept "$(adt A60 Y1 1)"
wait_until has_count $((made + 1)) grep -c 'snapshot=made' "$engine_log"
the_time 70
accept "$(adt A60 Y2 1)"
wait_until has_count $((made + 2)) grep -c 'snapshot=made' "$engine_log"
the_time 94
accept "$(adt A60 Y3 1)"
wait_until has_count $((made + 3)) grep -c 'snapshot=made' "$engine_log"
wait_until is_at_rest
stop_engine
has "by the whole journal" "$("$engine" rebuild -c "$config" --check --full)" '^equal: '
