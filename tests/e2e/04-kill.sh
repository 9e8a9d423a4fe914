#!/bin/sh
# The engine is killed at moments nobody chose, in the middle of a burst of admissions. What was acknowledged is there
# afterwards, once: no admission is lost, none is told twice.
. tests/e2e/lib.sh

persons=60
seed=${SEED:-$(($(date +%s) + $$))}
echo "SEED=$seed"
moments=$(awk -v seed="$seed" 'BEGIN { srand(seed); for (i = 0; i < 5; i++) print int(12 * rand()), rand() / 100 }')

# Sends the file in the background, a line of JSON for each answer.
start_sending() {
	send --json "$1" >"$dir/answers" 2>>"$dir/send.log" &
	echo $! >"$dir/send.pid"
}

# answered N: so many messages are answered, or there is nothing more to wait for.
answered() {
	[ "$(grep -c '"end":"AA"' "$dir/answers")" -ge "$1" ] || ! runs send
}

# Leaves in $dir/left what was not acknowledged, and counts what was.
acknowledged=0
settle() {
	acknowledged=$((acknowledged + $(grep -c '"end":"AA"' "$dir/answers")))
	# A message begins where its line of the report says; what has no AA is sent again.
	sed -n 's/.*"line":\([0-9]*\),.*"end":"AA".*/\1/p' "$dir/answers" >"$dir/done"
	awk 'FILENAME == ARGV[1] { done[$1] = 1; next } /^MSH/ { keep = !(FNR in done) } keep' \
		"$dir/done" "$dir/left" >"$dir/left.new"
	mv "$dir/left.new" "$dir/left"
}

# The delay keeps requests under way, so that some kills hit them.
start_practice rcca --delay 10
write_site "$persons"
i=1
while [ "$i" -le "$persons" ]; do
	adt A01 "C$i" "$i"
	i=$((i + 1))
done >"$dir/left"

while read -r count delay; do
	start_engine
	start_sending "$dir/left"
	catch answered "$count"
	sleep "$delay"
	stop engine KILL
	same "exit status of a killed engine" 137 "$stopped"
	wait "$(cat "$dir/send.pid")"
	settle
	has "ledger after a kill" "$("$engine" rebuild -c "$config" --check)" '^equal: '
done <<END
$moments
END
echo "acknowledged between kills: $acknowledged"

start_engine
if [ -s "$dir/left" ]; then
	send --json "$dir/left" >"$dir/answers" || fail "the rest was not accepted"
	settle
fi
same "acknowledged" "$persons" "$acknowledged"
wait_until is_at_rest
has "journal" "$("$engine" status -c "$config")" '^journal .* damaged 0 '

# One Task each, and each by one id: by what the practice has, not by what the engine says.
curl -s "$practice/Task?_count=1000" | grep -o '"value":"M[0-9]*"' | sort >"$dir/members"
same "Tasks" "$persons" "$(wc -l <"$dir/members" | tr -d ' ')"
same "persons with a Task" "$persons" "$(uniq "$dir/members" | wc -l | tr -d ' ')"
same "Tasks ever made" "$persons" "$(kept rcca Task)"
stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '
