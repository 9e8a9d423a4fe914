#!/bin/sh
# SIGTERM while messages are coming: the engine ends with 0, what it acknowledged is in the journal and in the ledger,
# and the next start delivers what was owed.
. tests/e2e/lib.sh

acknowledged() {
	grep -c '"end":"AA"' "$dir/answers"
}

has_acknowledged() {
	[ "$(acknowledged)" -ge "$1" ]
}

start_practice rcca
write_site 300
stop rcca
start_engine
i=1
while [ "$i" -le 300 ]; do
	adt A01 "C$i" "$i"
	i=$((i + 1))
done >"$dir/burst"
send --json "$dir/burst" >"$dir/answers" 2>/dev/null &
echo $! >"$dir/send.pid"
catch has_acknowledged 20
stop_engine
wait "$(cat "$dir/send.pid")"
has "log" "$(tail -1 "$engine_log")" 'engine=stopped'
acknowledged=$(acknowledged)
[ "$acknowledged" -lt 300 ] || echo "all was sent before the engine was told to stop" # a very fast machine

# What was answered was applied, and nothing came in that was not answered: the sender goes on where it was.
same "messages in the ledger" "$acknowledged" "$(counted messages applied)"
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '

start_practice rcca
start_engine
wait_until is_at_rest
same "Tasks" "$acknowledged" "$(kept rcca Task)"
send -q "$dir/burst" >/dev/null || fail "the burst was not accepted after the restart"
wait_until is_at_rest
same "Tasks in the end" 300 "$(kept rcca Task)"
same "duplicates" "$acknowledged" "$(counted messages duplicate)"

# With nothing to do, with a connection open that sends nothing, and with SIGINT.
bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$1"; exec sleep 20' - "$mllp" &
echo $! >"$dir/idle.pid"
stop engine INT
same "exit status after SIGINT" 0 "$stopped"
