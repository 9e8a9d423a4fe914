#!/bin/sh
# Acknowledgement modes on real sockets: original when durable and when applied, enhanced, by what the message asks for, never; and what
# a sender gets that was not answered in time, also by an engine that was killed in between.
. tests/e2e/lib.sh

python=/usr/bin/python3
"$python" -c 'import sqlite3' 2>/dev/null || skip "python3 is not there (tests/tools/setup.sh)"

start_practice rcca
write_site 40
awk '
	/name: adt, mllp/ {
		split("adt late short brief enhanced asks never plain two", name, " ")
		for (i = 1; i in name; i++)
			printf "  - {name: %s, mllp: \"127.0.0.1:0\"%s}\n", name[i], name[i] == "two" ? ", release: 2" : ""
		next
	}
	/name: mercy, on: adt/ {
		print
		print "  - {name: late, on: late, ack: {when: applied, wait: 60}}"
		print "  - {name: short, on: short, ack: {when: applied, wait: 1}}"
		print "  - {name: brief, on: brief, ack: {mode: enhanced, application: connection, wait: 1}}"
		print "  - {name: enhanced, on: enhanced, ack: {mode: enhanced, application: connection}}"
		print "  - {name: asks, on: asks, unknown: refuse, ack: {mode: by-message, application: connection}}"
		print "  - {name: never, on: never, ack: {when: none}}"
		print "  - {name: plain, on: plain, ack: {mode: by-message}}"
		print "  - {name: two, on: two, ack: {when: applied}}"
		next
	}
	{ print }' "$config" >"$dir/new.yaml" && mv "$dir/new.yaml" "$config"
echo 'limits: {events: 16}' >>"$config"
start_engine

# at NAME: what follows goes to that listener.
at() {
	mllp=$(sed -n "s/^$1 //p" "$dir/ports")
}

# segments: frames as lines.
segments() {
	tr -d '\013\034' | tr '\r' '\n'
}

# codes: the acknowledgements in their order, as "AA C1".
codes() {
	segments | sed -n 's/^MSA|\([A-Z]*\)|\([^|]*\).*/\1 \2/p' | tr '\n' ',' | sed 's/,$//'
}

# asking ACCEPT APPLICATION MESSAGE: with MSH-15 and MSH-16.
asking() {
	printf '%s\n' "$3" | sed "1s/\$/|||$1|$2/"
}

# A stay with more events than are allowed: what is one too many is quarantined.
stay() {
	adt A01 "$1-1" "$2" I "V$2" 0800
	stay_n=2
	while [ "$stay_n" -le 17 ]; do
		adt "$([ $((stay_n % 2)) -eq 0 ] && echo A03 || echo A13)" "$1-$stay_n" "$2" I "V$2" "09$(printf '%02d' "$stay_n")"
		stay_n=$((stay_n + 1))
	done
}

# frames: messages, each beginning with MSH, one frame each.
frames() {
	awk '/^MSH/ && n++ { printf "\034\r" } /^MSH/ { printf "\013" } { printf "%s\r", $0 } END { printf "\034\r" }'
}

# -- when it is applied --------------------------------------------------------------------------------------
at late
said=$(stay S 1 | frames | raw 17)
same "answers when applied" "$(i=1; while [ $i -le 16 ]; do printf 'AA S-%d,' $i; i=$((i + 1)); done)AE S-17" \
	"$(printf '%s' "$said" | codes)"
has "why it is not" "$(printf '%s' "$said" | segments | grep ERR)" '^ERR||[^|]*|102^Data type error^HL70357|E|WW-211|'
at adt
same "when durable" 'AA S-17' "$(stay S 1 | tail -5 | frames | raw 1 | codes)"

# -- enhanced mode -------------------------------------------------------------------------------------------
at enhanced
said=$({ adt A01 E1 2 && adt A01 E2 3 && adt A01 E3 4; } | frames | raw 6)
all=$(printf '%s' "$said" | codes | tr ',' '\n')
same "accept acknowledgements" 'CA E1 CA E2 CA E3' "$(printf '%s\n' "$all" | grep CA | tr '\n' ' ' | sed 's/ $//')"
same "application acknowledgements" 'AA E1 AA E2 AA E3' "$(printf '%s\n' "$all" | grep AA | tr '\n' ' ' | sed 's/ $//')"
for id in E1 E2 E3; do
	same "what comes first for $id" "CA $id" "$(printf '%s\n' "$all" | grep "$id" | head -1)"
done
same "MSH-15 and MSH-16" 'AA |NE|NE,CA ||' "$(printf '%s' "$said" | segments |
	awk -F'|' '/^MSH/ { msh = "|" $15 "|" $16 } /^MSA/ { print $2, msh }' | sort -u | tr '\n' ',' | sed 's/,$//')"
same "one refused" 'CE E4,CA E5,AA E5' "$({ adt A01 E4 5 | grep -v '^PID' && adt A01 E5 5; } | frames | raw 3 | codes)"
stay T 6 | frames | raw 34 | codes | tr ',' '\n' >"$dir/codes"
same "one set aside" 'CA T-17 AE T-17' "$(grep 'T-17' "$dir/codes" | tr '\n' ' ' | sed 's/ $//')"
# An acknowledgement for one of ours is not answered, and changes nothing.
same "an acknowledgement" 'CA E6,AA E6' "$({ printf 'MSH|^~\\&|A|B|C|D|20260302||ACK|C9|P|2.5.1\nMSA|CA|1\n' && adt A01 E6 7; } | frames | raw 2 | codes)"

# -- by what the message asks for -------------------------------------------------------------------------
# Each is followed by one in original mode, which shows that nothing else comes before.
at asks
number=0
# asks_for MESSAGE CODES...: those, for that message, and AA for what follows. What is applied may be acknowledged behind the latter.
asks_for() {
	asks_message=$1
	asks_id=$(printf '%s\n' "$1" | sed -n '1s/.*ADT^A01|\([^|]*\)|.*/\1/p')
	shift
	asks_want=$({ printf '%s\n' "$@" | sed "/./s/\$/ $asks_id/" && echo "AA END$asks_id"; } | grep . | sort)
	same "$accept, $application: $asks_id" "$asks_want" \
		"$({ printf '%s\n' "$asks_message" && adt A01 "END$asks_id" 9 I "W$asks_id"; } | frames |
			raw "$(printf '%s\n' "$asks_want" | wc -l)" | codes | tr ',' '\n' | sort)"
}
while IFS='|' read -r accept application good bad; do
	number=$((number + 1))
	message=$(asking "$accept" "$application" "$(adt A01 "Q$number" $((10 + number)))")
	# shellcheck disable=SC2086
	asks_for "$message" ${good:-''}
	# shellcheck disable=SC2086
	asks_for "$(printf '%s\n' "$message" | grep -v '^PID' | sed '1s/|Q/|P/')" ${bad:-''}
done <<'END'
||AA|AE
AL|NE|CA|CE
NE|AL|AA|AE
AL|AL|CA AA|CE
ER|ER||CE
SU|SU|CA AA|
NE|NE||
NE|ER||AE
AL||CA|CE
|AL|AA|AE
XX|NE|CA|CE
END
same "a type that nothing is made of" 'AR Z1' "$(adt A01 Z1 1 | sed '1s/ADT^A01/MDM^T02/' | frames | raw 1 | codes)"
same "an event that nothing is made of" 'CR Z2' "$(asking AL NE "$(adt A60 Z2 1)" | frames | raw 1 | codes)"
said=$(printf 'MSH|^~\\&|A|B|C|D|20260302||ADT^A01|L1|P|2.5.1|0\n' | frames | raw 1)
has "a probe for the sequence number" "$(printf '%s' "$said" | segments)" '^MSA|AA|L1||-1$'
for why in ack_one_of_two ack_code_unknown; do
	has "the log" "$(cat "$engine_log")" "intake=odd feed=asks why=$why\$"
done

# Nowhere to go: the message is taken all the same, and somebody hears of it.
at plain
same "an application acknowledgement that was not to be" 'CA N1' "$(asking AL AL "$(adt A01 N1 30)" | frames | raw 1 | codes)"
has "the log" "$(cat "$engine_log")" 'intake=odd feed=plain why=app_ack_undeliverable$'
has "the log at the start" "$(cat "$engine_log")" 'feed=plain ack=no-application'
lacks "the log at the start" "$(cat "$engine_log")" 'feed=asks ack=no-application'
has "status" "$("$engine" status -c "$config")" '^listener  *plain: .* 0 turned away, 1 application acknowledgements not sent$'

# -- never -----------------------------------------------------------------------------------------------
at never
adt A01 V1 31 >"$dir/one.hl7"
has "no answer" "$(send --timeout 1 "$dir/one.hl7" 2>/dev/null)" '1 unanswered'
wait_until grep -q 'feed=never act="admit"' "$engine_log"

# -- MLLP release 2 -----------------------------------------------------------------------------------------
at two
same "commit blocks" '{6}AA R1{21}AE R2{6}AA R3' "$({ adt A01 R1 32 && adt A01 R2 33 | grep -v '^PID' && adt A01 R3 33; } | frames |
	raw 6 | tr '\006\025' '\001\002' | segments | awk '
		/^\001/ { commits = commits "{6}" } /^\002/ { commits = commits "{21}" }
		/^MSA/ { split($0, f, "|"); a[++n] = f[2] " " f[3] }
		END { k = 0; while (match(commits, /{[0-9]*}/)) { printf "%s%s", substr(commits, 1, RLENGTH), a[++k]; commits = substr(commits, RLENGTH + 1) } }')"

# -- between durable and applied ------------------------------------------------------------------------------
# Somebody else writes to the ledger, so apply waits and nothing else does.
cat >"$dir/hold.py" <<-'END'
	import sqlite3, sys, time
	db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=60)
	db.execute("BEGIN IMMEDIATE")
	open(sys.argv[2], "w").write("held")
	while True:
	    time.sleep(60)
END
hold_ledger() {
	rm -f "$dir/held"
	wait_until is_at_rest
	"$python" "$dir/hold.py" "$dir/data/ledger.db" "$dir/held" &
	echo $! >"$dir/hold.pid"
	wait_until test -s "$dir/held"
}
is_durable() {
	[ "$("$engine" status -c "$config" | sed -n 's/^journal .* last \([0-9]*\).*/\1/p')" -gt "$1" ]
}
last() {
	"$engine" status -c "$config" | sed -n 's/^journal .* last \([0-9]*\).*/\1/p'
}

hold_ledger
at adt
accept "$(adt A01 H0 34)"
at enhanced
said=$(adt A01 H1 35 | frames | raw 1)
same "accepted though not applied" 'CA H1' "$(printf '%s' "$said" | codes)"
# Given up without a word to the sender, who has its accept acknowledgement and keeps its connection.
at brief
same "accepted twice" 'CA H4,CA H5' "$({ adt A01 H4 38 && adt A01 H5 39; } | frames | raw 2 | codes)"
wait_until grep -q 'intake=odd feed=brief why=app_ack_undeliverable' "$engine_log"
at short
# Closed without an answer after `wait`; the connection is what ends this, not the number of answers.
same "not applied in time" '' "$(adt A01 H2 36 | frames | raw 1 | codes)"
at late
before=$(last)
adt A01 H3 37 >"$dir/one.hl7"
send --timeout 30 "$dir/one.hl7" >"$dir/sent" 2>&1 &
echo $! >"$dir/send.pid"
wait_until is_durable "$before"
stop engine KILL
wait "$(cat "$dir/send.pid")" 2>/dev/null
rm -f "$dir/send.pid"
lacks "an answer of a killed engine" "$(cat "$dir/sent")" '1 AA'
stop hold KILL
start_engine
for what in 'short H2 36' 'late H3 37'; do
	# shellcheck disable=SC2086
	set -- $what
	at "$1"
	same "the same again" "AA $2" "$(adt A01 "$2" "$3" | frames | raw 1 | codes)"
done
wait_until is_at_rest
same "records of what came twice" 2 "$("$engine" status -c "$config" | sed -n 's/.*duplicate \([0-9]*\).*/\1/p' | head -1)"
stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check 2>/dev/null)" '^equal: '
