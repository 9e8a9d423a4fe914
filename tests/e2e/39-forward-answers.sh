#!/bin/sh
# Messages leave over MLLP to a receiver that answers late, for another message, half, AE, and twice: each is
# settled by its own acknowledgement and by nothing else, in the order of receipt, sent once a try.
. tests/e2e/lib.sh

start_practice web # stands for a web server that takes no messages
start_listen lab -q --answer 'AA@4000,other,half,AA,AE,CA+AA@300,AA'
cat >"$config" <<-END
	data: data
	retry: {first: 1, most: 1}
	listeners:
	  - {name: adt, mllp: "127.0.0.1:0"}
	feeds:
	  - {name: mercy, on: adt, zone: America/New_York}
	endpoints:
	  - {name: lab, mllp: "127.0.0.1:$receiver", timeout: 2}
	  - {name: web, http: "$practice/Hl7"}
	routes:
	  - {name: all, to: lab}
	  - {name: first, when: {MSH-10: C1}, to: web}
END
start_engine --log debug
accept "$(adt A01 C1 1)"
accept "$(adt A01 C2 2)"
accept "$(adt A01 C3 3)"
accept "$(adt A01 C4 4)"

# got: the control ids that the receiver got.
got() {
	sed -n 's/.*"control-id":"\([^"]*\)".*/\1/p' "$dir/lab.ndjson" | tr '\n' ' '
}

# settled N: so many messages are sent or parked.
settled() {
	[ "$(grep -c 'to=all.*verb=forward result=\(sent\|parked\)' "$engine_log")" -ge "$1" ]
}

# late_ack_not_credited_to_next: the answer to the first try of C1 comes while another one is under way.
wait_until settled 4
same "what the receiver got" "C1 C1 C1 C1 C2 C3 C4 " "$(got)"
same "tries and their ends" "retry retry retry sent parked sent sent " \
	"$(sed -n 's/.* to=all[^ ]* verb=forward result=\([a-z]*\) .*/\1/p' "$engine_log" | tr '\n' ' ')"
same "reasons" 2 "$(grep -c 'result=retry .*reason="no acknowledgement in time"' "$engine_log")"
has "a connection that broke" "$(cat "$engine_log")" 'result=retry .*reason="connection closed before the acknowledgement"'
has "the refused one" "$(cat "$engine_log")" 'result=parked .*reason="refused with AE"'
has "what was no answer" "$(cat "$engine_log")" 'level=warn to=mllp://127.0.0.1:[0-9]* answers=ignored count='
lacks "the log" "$(cat "$engine_log")" 'C1\|MR1\|TESTFAMILY'
wait_until grep -q 'to=first[^ ]* verb=forward result=parked http=4[0-9][0-9] .*reason="' "$engine_log"
# Byte for byte, segments ended by CR.
has "the message" "$(head -1 "$dir/lab.ndjson")" "\"message\":\"MSH|^~.*|C1|P|2.5.1.rEVN|A01|2026030208.*M0001.r\""

# The receiver ends its connections while they are at rest, as receivers do: nothing fails by it.
stop lab
start_listen lab -q
accept "$(adt A01 C5 5)"
wait_until settled 5
same "tries of C5" 1 "$(grep -c '"control-id":"C5"' "$dir/lab.ndjson")"
same "failures" 3 "$(grep -c 'result=retry' "$engine_log")"
stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '
