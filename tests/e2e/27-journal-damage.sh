#!/bin/sh
# One byte of an acknowledged message is damaged on the disk. Who reads that record next says which it was and where, all
# others are there, and the engine goes on.
. tests/e2e/lib.sh

start_practice rcca
write_site 20
start_engine
for i in 1 2 3; do
	accept "$(adt A01 "C$i" "$i")"
done
wait_until is_at_rest
stop_engine
same "Tasks" 3 "$(kept rcca Task)"

segment=$(find "$dir/data/journal" -name '*.wwj' | sort | head -1)
at=$(grep -abo 'A01|C2|P' "$segment" | head -1 | cut -d: -f1)
[ -n "$at" ] || fail "the message is not in the first segment"
printf 'X' | dd of="$segment" bs=1 seek="$at" conv=notrunc 2>/dev/null

# The ledger has the message already, so nothing needs the record until the ledger is made anew.
printed=$("$engine" rebuild -c "$config" --full 2>&1)
same "exit status of rebuild" 0 $?
has "rebuild" "$printed" '^rebuilt: '
line=$(printf '%s\n' "$printed" | grep 'level=error journal segment=')
has "what it says of the damage" "$line" 'damaged=1 first=\([0-9]*\) last=\1 at=[0-9]*$'
lacks "what it says of the damage" "$line" 'TESTFAMILY'
found=$(printf '%s\n' "$line" | sed 's/.* at=//')
[ "$found" -lt "$at" ] && [ $((at - found)) -lt 200 ] || fail "damage at $at, and it says $found"

# Two of three are left, nobody is told anything twice, and what comes next is taken.
start_engine
same "messages applied" 2 "$(counted messages applied)"
accept "$(adt A01 C4 4)"
wait_until is_at_rest
same "Tasks" 4 "$(kept rcca Task)"
# The sender may send it again: it is not known any more.
accept "$(adt A01 C2 2)"
wait_until is_at_rest
same "messages applied in the end" 4 "$(counted messages applied)"
same "Tasks in the end" 4 "$(kept rcca Task)"
stop_engine
