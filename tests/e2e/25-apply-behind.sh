#!/bin/sh
# A ledger that cannot follow: messages are taken and acknowledged up to limits.lag, then reading stops, and goes on by itself
# when apply has caught up. A limit on the size of the engine's files stops the ledger, whose files grow, and not the journal,
# whose files are small.
. tests/e2e/lib.sh

command -v prlimit >/dev/null 2>&1 || skip "prlimit is not there"

room() {
	prlimit --pid "$(cat "$dir/engine.pid")" --fsize="$1:" || fail "the limit could not be set"
}

logged() {
	grep -q -e "$1" "$dir/engine.log"
}

# While the ledger's log can still go into its file, apply goes on once more.
is_stuck() {
	printed=$(send --timeout 1 "$dir/one" 2>/dev/null)
	case $printed in *'0 AA, 0 AE, 0 AR'*) return 0 ;; esac
	return 1
}

mkfifo "$dir/log"
cat <"$dir/log" >"$dir/engine.log" &
echo $! >"$dir/cat.pid"
engine_log=$dir/log
exec 9>"$dir/log"

start_practice rcca
write_site 20
printf 'segment_bytes: 65536\nlimits: {lag: 1000}\n' >>"$config"
start_engine
accept "$(adt A01 C1 1)"
wait_until is_at_rest

room 3145728
"$BUILD/perf/crowd" --port "$mllp" --flood 4 --first 1000000 >"$dir/crowd.out" 2>"$dir/crowd.log" &
echo $! >"$dir/crowd.pid"
wait_until logged 'apply=waiting'
wait_until logged 'pause=on why=apply-behind'
adt A01 C2 2 >"$dir/one"
wait_until is_stuck # another connection than those
lacks "log" "$(cat "$dir/engine.log")" 'journal=stopped'
stop crowd

room unlimited
wait_until logged 'pause=off why=apply-behind'
accept "$(adt A01 C3 3)"
wait_until is_at_rest
stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '
