#!/bin/sh
# One process at a time works on a data folder: what is started beside it touches nothing there. And a ledger that is
# ahead of the journal is not gone on with.
. tests/e2e/lib.sh

command -v flock >/dev/null 2>&1 || skip "flock is not there"

# Every file with its size, the time of its last change and its number on the disk.
folder() {
	find "$dir/data" -printf '%P %s %T@ %i\n' | sort
}

# refused COMMAND...: it ends with "environment" and says that another process has the data.
refused() {
	printed=$("$@" 2>&1 </dev/null)
	same "exit status of $2 beside another" 4 $?
	has "what $2 says" "$printed" 'another process.*WW-104'
}

start_practice rcca
write_site 20
start_engine
accept "$(adt A01 C1 1)"
wait_until is_at_rest

# Were the second engine to look at its files first, it would make a new ledger now.
rm "$dir/data/ledger.db" "$dir/data/ledger.db-wal" "$dir/data/ledger.db-shm"
folder >"$dir/before"
refused "$engine" run -c "$config"
refused "$engine" rebuild -c "$config"
refused "$engine" rebuild -c "$config" --check
folder >"$dir/after"
diff "$dir/before" "$dir/after" || fail "the second process changed the data folder"
stop_engine

# While rebuild works, here played by flock, no engine starts. It makes a ledger of its own beside.
flock -F "$dir/data/lock" sleep 60 &
echo $! >"$dir/flock.pid"
held() {
	! flock -n "$dir/data/lock" true
}
wait_until held
rm -f "$dir/data"/ledger.db*
folder >"$dir/before"
refused "$engine" run -c "$config"
refused "$engine" rebuild -c "$config"
folder >"$dir/after"
diff "$dir/before" "$dir/after" || fail "an engine beside rebuild changed the data folder"
stop flock

start_engine
accept "$(adt A01 C2 2)"
wait_until is_at_rest
stop_engine
has "check" "$("$engine" rebuild -c "$config" --check)" '^equal: '

# The newest segments are lost, and the ledger knows more than the journal has: not a record may be numbered anew.
cp -r "$dir/data" "$dir/kept"
last=$(find "$dir/data/journal" -name '*.wwj' | sort | tail -1)
first=$(find "$dir/data/journal" -name '*.wwj' | sort | head -1)
[ "$last" != "$first" ] || fail "there is one segment only"
rm "$last"
folder >"$dir/before"
printed=$("$engine" run -c "$config" 2>&1 </dev/null)
same "exit status with a ledger that is ahead" 4 $?
has "what it says" "$printed" 'the ledger is ahead of the journal: it knows record [0-9]*, the journal ends at [0-9]* (WW-212)'
find "$dir/data/journal" -name '*.wwj' | sort >"$dir/segments"
[ "$(tail -1 "$dir/segments")" != "$last" ] || fail "it began a segment"
# What to do then is what the page of failures says: the ledger is made anew from what is left.
has "rebuild" "$("$engine" rebuild -c "$config" 2>&1)" '^rebuilt: '
start_engine
stop_engine
