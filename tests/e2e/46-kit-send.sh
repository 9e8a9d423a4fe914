#!/bin/sh
# wardwire-kit send: rate, connections, repetition, fresh control ids, progress, batches, and what it says in the end.
. tests/e2e/lib.sh

for person in 1 2 3; do
	adt A01 "C$person" "$person"
done >"$dir/three.hl7"

# to [OPTION...]: to the receiver started last.
to() {
	"$kit" send --to "mllp://127.0.0.1:$receiver" "$@"
}

# ids NAME: the control ids that came, one a line.
ids() {
	sed 's/.*"control-id":"\([^"]*\)".*/\1/' "$dir/$1.ndjson"
}

# -- how often, and with which ids -----------------------------------------------------------------------
start_listen peer -q
printed=$(to "$dir/three.hl7" --repeat 3 -q) || fail "the messages were not accepted"
has "totals" "$printed" '^9 sent: 9 AA, 0 AE, 0 AR$'
has "speed" "$printed" '^in [0-9.]* s, [0-9.]* a second; answered within [0-9.]* ms (p50), [0-9.]* ms (p99), [0-9.]* ms (all)$'
same "order" 'C1 C2 C3 C1 C2 C3 C1 C2 C3 ' "$(ids peer | tr '\n' ' ')"
: >"$dir/peer.ndjson"
has "count" "$(to - --count 5 -q <"$dir/three.hl7")" '^5 sent: 5 AA'
same "ids of five" 'C1 C2 C3 C1 C2 ' "$(ids peer | tr '\n' ' ')"
: >"$dir/peer.ndjson"
to "$dir/three.hl7" --count 40 --fresh-ids -q >"$dir/out" || fail "forty were not accepted"
to "$dir/three.hl7" --count 2 --fresh-ids -q >"$dir/out" || fail "two were not accepted"
same "different ids" 42 "$(ids peer | sort -u | grep -c '^[0-9a-z]\{5\}-[0-9]*$')"
# So late that each connection gets a message before the first has its answer.
start_listen late -q --answer AA@300
to "$dir/three.hl7" --count 4 --connections 4 -q >"$dir/out" || fail "four were not accepted"
same "connections" 4 "$(sed 's/.*"connection":\([0-9]*\),.*/\1/' "$dir/late.ndjson" | sort -u | wc -l | tr -d ' ')"
stop late
receiver=$(cat "$dir/peer.port")

# -- rate: never faster than asked for ---------------------------------------------------------------------
us=$(to "$dir/three.hl7" --count 21 --rate 40 --json -q | sed 's/.*"us":\([0-9]*\).*/\1/')
[ "$us" -ge 500000 ] || fail "21 messages at 40 a second took $us us"

# -- progress: a bar on a terminal, nothing of it elsewhere -------------------------------------------------
printf '#!/bin/sh\nexec %s send --to mllp://127.0.0.1:%s %s --count 12 --rate 20 -q\n' \
	"$kit" "$receiver" "$dir/three.hl7" >"$dir/typed"
script -qec "sh $dir/typed" /dev/null </dev/null >"$dir/terminal" 2>&1
has "the bar" "$(tr '\r' '\n' <"$dir/terminal")" '^\[=[=> ]*\] [0-9]*/12 [0-9]* % [0-9.]*/s 0:0[0-9] left'
has "totals behind the bar" "$(tr '\r' '\n' <"$dir/terminal")" '12 sent: 12 AA, 0 AE, 0 AR'
lacks "what goes to a file" "$(sh "$dir/typed" 2>&1)" '\['

# -- interrupted -------------------------------------------------------------------------------------------
: >"$dir/peer.ndjson"
"$kit" send --to "mllp://127.0.0.1:$receiver" "$dir/three.hl7" --count 100000 --rate 10 -q >"$dir/out" 2>"$dir/err" &
echo $! >"$dir/slow.pid"
wait_until grep -q C2 "$dir/peer.ndjson"
stop slow
same "exit status when interrupted" 1 "$stopped"
has "totals when interrupted" "$(cat "$dir/out")" '^[0-9]* sent: '
has "what is left" "$(cat "$dir/err")" 'interrupted: 999[0-9]* of 100000 not sent'
stop peer

# -- a receiver that goes away ends all connections -----------------------------------------------------------
start_listen gone -q --answer 'AA*3,close'
to "$dir/three.hl7" --count 1000 --connections 3 -q >"$dir/out" 2>"$dir/err"
same "exit status without an answer" 4 $?
has "the three" "$(cat "$dir/out")" ' 3 AA, 0 AE, 0 AR, [1-3] unanswered$'
stop gone

# -- files: batches are sent message by message ---------------------------------------------------------------
{
	printf 'FHS|^~\\&|A\nBHS|^~\\&|A\n'
	cat "$dir/three.hl7"
	printf 'BTS|2\nFTS|1\n'
} >"$dir/batch.hl7"
start_listen batches -q
to "$dir/batch.hl7" -q >"$dir/out" 2>"$dir/err" || fail "the messages of a batch were not accepted"
same "messages of a batch" 'C1 C2 C3 ' "$(ids batches | tr '\n' ' ')"
has "a batch that counts wrongly" "$(cat "$dir/err")" 'batch.hl7:[0-9]*: not sent: a line of the batch protocol (batch_count)$'

# -- enhanced mode: what the application says of a message may come behind the next one ----------------------------
start_listen both -q --answer CA+AA
has "totals in enhanced mode" "$(to "$dir/three.hl7" -q)" '^3 sent: 3 AA, 0 AE, 0 AR$'
same "a connection" '1 1 1 ' "$(sed 's/.*"connection":\([0-9]*\),.*/\1/' "$dir/both.ndjson" | tr '\n' ' ')"
stop both

# -- or as one frame, whose answer is looked through for each message --------------------------------------------
# The receiver speaks MLLP release 2, so that a commit block comes before each answer.
start_practice rcca
write_site 3 'release: 2'
start_engine
{
	printf 'FHS|^~\\&|A\nBHS|^~\\&|A\n'
	adt A01 W1 1
	adt A01 W2 2 | grep -v '^PID'
	adt A01 W3 3
	printf 'BTS|3\nFTS|1\n'
} >"$dir/batch.hl7"
printed=$(send --whole "$dir/batch.hl7")
same "exit status of a batch with a message that is refused" 1 $?
same "results of a batch" "AA AE AA " "$(printf '%s\n' "$printed" | sed -n 's/^[^ ]*batch.hl7:[0-9]* #[0-9] ADT^A01 \(A[AE]\).*/\1/p' | tr '\n' ' ')"
has "lines of a batch" "$printed" 'batch.hl7:8 #2 ADT^A01 AE PID '
has "totals of a batch" "$printed" '^3 sent: 2 AA, 1 AE, 0 AR$'
