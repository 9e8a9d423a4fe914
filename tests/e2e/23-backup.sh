#!/bin/sh
# A backup is made while messages come in; the machine is lost with all that came after; from the backup another engine goes
# on: it sends nothing before it is released, says what is to be sent again, and nobody is told anything twice.
. tests/e2e/lib.sh

# messages FIRST LAST FILE: one admission each.
messages() {
	i=$1
	while [ "$i" -le "$2" ]; do
		adt A01 "C$i" "$i"
		i=$((i + 1))
	done >"$3"
}

# persons: who has a Task at the practice, one line a Task.
persons() {
	curl -s "$practice/Task?_count=1000" | grep -o '"value":"M[0-9]*"' | sort
}

some_applied() {
	[ "$(counted messages applied)" -gt 0 ]
}

restore() {
	"$engine" restore -c "$config" "$@" 2>&1
}

start_practice rcca
write_site 100
start_engine
messages 1 60 "$dir/first"
send -q "$dir/first" >/dev/null &
echo $! >"$dir/send.pid"
wait_until some_applied
printed=$("$engine" backup -c "$config" "$dir/backup") || fail "no backup was made: $printed"
has "backup" "$printed" '^backed up: journal records up to [1-9][0-9]*, 20.*; [1-9][0-9]* files, [1-9][0-9]* bytes$'
wait "$(cat "$dir/send.pid")" || fail "the burst was not answered"
"$engine" backup -c "$config" "$dir/backup" >/dev/null 2>&1
same "exit status of a backup into a folder with something in it" 4 $?
cmp -s "$config" "$dir/backup/wardwire.yaml" || fail "the configuration is not in the backup"
cmp -s "$dir/roster.csv" "$dir/backup/rosters/roster.csv" || fail "the roster is not in the backup"

has "the backup, read again" "$("$engine" backup --verify "$dir/backup")" '^whole: journal records up to [1-9]'

# What comes after the backup is delivered, and lost with the machine.
messages 61 80 "$dir/gap"
send -q "$dir/gap" >/dev/null || fail "the second part was not accepted"
adt A11 X1 70 >"$dir/cancel"
wait_until is_at_rest
send -q "$dir/cancel" >/dev/null || fail "the cancellation was not accepted"
wait_until is_at_rest
same "Tasks before the loss" 80 "$(kept rcca Task)"
told=$(writes rcca)
stop engine KILL
mv "$dir/data" "$dir/lost"

# What is no backup is refused before anything is made.
restore "$dir/lost" >/dev/null
same "exit status for a folder that is no backup" 3 $?
cp -r "$dir/backup" "$dir/damaged"
file=$(find "$dir/damaged/journal" -name '*.wwj' | head -1)
printf 'x' | dd of="$file" bs=1 seek=200 conv=notrunc 2>/dev/null
has "a damaged backup" "$(restore "$dir/damaged")" 'journal/.*: the file is not the one that was backed up'
"$engine" backup --verify "$dir/damaged" >/dev/null 2>&1
same "exit status for a damaged backup" 1 $?
[ ! -e "$dir/data" ] || fail "a backup that was refused left a folder"

# A restore that was killed before the journal was in its place leaves nothing that an engine would begin with.
restore "$dir/backup" >/dev/null || fail "it is not restored"
mv "$dir/data/journal" "$dir/journal"
"$engine" run -c "$config" 2>"$dir/err"
same "exit status of an engine on half of a restore" 4 $?
has "an engine on half of a restore" "$(cat "$dir/err")" 'the ledger is ahead of the journal'
rm -rf "$dir/data" "$dir/journal"

printed=$(restore "$dir/backup") || fail "restore: $printed"
has "restore" "$printed" '^restored: journal records up to [0-9]*; those from now on begin at 4294967296$'
has "restore" "$printed" '^forgotten: what came in or was sent after 20'
has "restore" "$printed" '^feed mercy: last message 20.*; have it sent again from 20.* on$'
has "restore" "$printed" '^sending is held until: wardwire release'
has "a second restore" "$(restore "$dir/backup")" 'there are data already'

start_engine
has "status" "$("$engine" status -c "$config")" '^held  *sending, since journal 4294967296; '
has "status" "$("$engine" status -c "$config")" '^feed  *mercy: have it sent again from 20'
has "the log" "$(cat "$engine_log")" 'sending=held restored-up-to='
has "status as JSON" "$("$engine" status -c "$config" --json | tr -d '\n')" '"held": *{'
# The hospital sends the gap again, and more happens; nothing leaves.
send -q "$dir/first" >/dev/null || fail "what came before is not taken again"
send -q "$dir/gap" >/dev/null || fail "what came after is not taken again"
send -q "$dir/cancel" >/dev/null || fail "the cancellation is not taken again"
accept "$(adt A01 N1 90)"
sleep 1.2 # a notice would have left by now
same "writes while sending is held" "$told" "$(writes rcca)"
"$engine" release -c "$config" >/dev/null 2>&1
same "exit status of a release without a reason" 2 $?

"$engine" release -c "$config" --reason "the hospital has sent it all again" >/dev/null || fail "not released"
wait_until is_at_rest
persons >"$dir/persons"
same "persons with a Task" 81 "$(uniq "$dir/persons" | wc -l | tr -d ' ')"
same "Tasks" 81 "$(wc -l <"$dir/persons" | tr -d ' ')"
same "Tasks ever made" 81 "$(kept rcca Task)"
has "the cancelled one" "$(tasks 70)" '"status":"cancelled"'
lacks "status after the release" "$("$engine" status -c "$config")" '^held '
"$engine" release -c "$config" --reason "again" >/dev/null 2>&1
same "exit status of a second release" 1 $?

# All goes on, and a rebuild knows of it.
accept "$(adt A03 N2 90 I V90 0900)"
wait_until is_at_rest
stop_engine
has "by the snapshot" "$("$engine" rebuild -c "$config" --check)" '^equal: .* made from the snapshot of record '
has "by all records" "$("$engine" rebuild -c "$config" --check --full)" '^equal: .* made from the first record$'
start_engine
wait_until is_at_rest
stop_engine
lacks "the log of the last start" "$(sed -n '/engine=stopped/,$p' "$engine_log" | tail -20)" 'sending=held'
