#!/bin/sh
# The same bytes twice are acknowledged twice and done once; the same control id with another body is another message.
. tests/e2e/lib.sh

# The ledger without the rows that any record changes.
dump() {
	"$engine" rebuild -c "$config" --dump | grep -v -e '^{"cursor"' -e '^{"message"'
}

start_practice rcca
write_site 2
start_engine
accept "$(adt A01 C1 1)"
wait_until is_at_rest
stop_engine
dump >"$dir/before"
[ -s "$dir/before" ] || fail "there is no ledger"

start_engine
accept "$(adt A01 C1 1)"
accept "$(adt A01 C1 1)"
wait_until is_at_rest
same "duplicates" 2 "$(counted messages duplicate)"
same "messages applied" 1 "$(counted messages applied)"
same "Tasks" 1 "$(tasks 1 | wc -l)"
same "writes" 1 "$(writes rcca)"
# 4 is the first copy; 7 is a start's record, so the second is 8.
has "why" "$("$engine" why -c "$config" 8)" \
	'^message: .*disposition duplicate, reason the same message as journal 4$'
stop_engine
dump >"$dir/after"
diff "$dir/before" "$dir/after" >/dev/null || fail "a duplicate changed the ledger"
same "messages in the journal" 3 "$("$engine" rebuild -c "$config" --dump | grep -c '^{"message"')"

# The same number, another patient.
start_engine
accept "$(adt A01 C1 2)"
wait_until is_at_rest
same "duplicates then" 2 "$(counted messages duplicate)"
same "Tasks of the other" 1 "$(tasks 2 | wc -l)"
# The same bytes over another connection, both sent at once.
{
	frame "$(adt A03 C2 1)"
	frame "$(adt A03 C2 1)"
} | raw 2 | tr '\r' '\n' >"$dir/acks"
same "answers AA" 2 "$(grep -c '^MSA|AA|C2$' "$dir/acks")"
wait_until is_at_rest
same "duplicates in one batch" 3 "$(counted messages duplicate)"
same "writes in the end" 3 "$(writes rcca)"
stop_engine
