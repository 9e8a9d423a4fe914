#!/bin/sh
# A damaged record of an old segment: status says so from when the engine has found it, also after the engine was
# stopped, and --verify finds it. Everything else is there.
. tests/e2e/lib.sh

# damaged WANT [OPTION...]
damaged() {
	damaged_want=$1
	shift
	has "status $*" "$("$engine" status -c "$config" "$@")" "^journal .* damaged $damaged_want "
}

# put OCTAL: a byte in the middle of the person's name, the first of them.
put() {
	at=$(grep -a -b -o TESTFAMILY1 "$segment" | head -1 | cut -d: -f1)
	printf "\\$1" | dd of="$segment" bs=1 seek=$((at + 4)) conv=notrunc 2>/dev/null
}

start_practice rcca
write_site 3
start_engine
accept "$(adt A01 D1 1)"
wait_until is_at_rest
stop_engine
segment=$(grep -l TESTFAMILY1 "$dir/data/journal"/*.wwj)
cp "$segment" "$dir/whole"

# In the newest segment: it is read at the start.
put 130
start_engine
has "the log" "$(cat "$engine_log")" 'journal=open .* damaged=1'
damaged 1
accept "$(adt A01 D2 2)"
wait_until is_at_rest
damaged 1
stop_engine
damaged 1
start_engine
damaged 1
stop_engine

# The file is put back from a backup.
cp "$dir/whole" "$segment"
damaged 0
start_engine
damaged 0
accept "$(adt A01 D3 3)"
wait_until is_at_rest

# In one that nobody reads again.
put 131
damaged 0
damaged 1 --verify
has "status as JSON" "$("$engine" status -c "$config" --json --verify)" '"damaged": 1,'
stop_engine
"$engine" rebuild -c "$config" --check >"$dir/out" 2>>"$engine_log"
same "exit status of a check for which a record is missing" 1 $?
damaged 1
