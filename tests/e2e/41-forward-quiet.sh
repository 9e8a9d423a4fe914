#!/bin/sh
# A receiver that takes messages and never answers gets one copy a try, of one message only, with waits between; the log says so
# once; other lanes go on; and when it answers again all is delivered in order.
. tests/e2e/lib.sh

start_listen slow -q --answer never
slow=$receiver
start_listen fast -q
cat >"$config" <<-END
	data: data
	retry: {first: 1, most: 1}
	listeners:
	  - {name: adt, mllp: "127.0.0.1:0"}
	feeds:
	  - {name: mercy, on: adt, zone: America/New_York}
	endpoints:
	  - {name: slow, mllp: "127.0.0.1:$slow", timeout: 1}
	  - {name: fast, mllp: "127.0.0.1:$receiver"}
	routes:
	  - {name: all, to: [slow, fast]}
END
start_engine
accept "$(adt A01 C1 1)"
accept "$(adt A01 C2 2)"

# got NAME N: the receiver has so many messages.
got() {
	[ "$(cat "$dir/$1.ndjson" 2>/dev/null | wc -l)" -ge "$2" ]
}

# ids NAME: the control ids that the receiver got.
ids() {
	sed -n 's/.*"control-id":"\([^"]*\)".*/\1/p' "$dir/$1.ndjson" | tr '\n' ' '
}
wait_until got fast 2
wait_until got slow 3
stop slow
copies=$(wc -l <"$dir/slow.ndjson")
# ack_timeout_no_duplicate_flood
same "what the receiver that never answers got" "$(yes C1 | head -n "$copies" | tr '\n' ' ')" "$(ids slow)"
same "what the other one got" "C1 C2 " "$(ids fast)"

start_listen slow -q
wait_until grep -q 'to=all[^ ]*slow verb=forward result=sent' "$engine_log"
wait_until grep -q '"control-id":"C2"' "$dir/slow.ndjson"
same "what it got in the end" "C1 C2 " "$(ids slow | tr ' ' '\n' | uniq | grep . | tr '\n' ' ')"
# retry_logs_quietly: a line when the reason changes, and the number of all failures.
failures=$(sed -n 's/.*lane=all[^ ]*slow trouble=over failures=\([0-9]*\) .*/\1/p' "$engine_log" | head -1)
[ "$failures" -ge "$copies" ] || fail "$copies copies in $failures tries"
told=$(sed -n 's/.*to=all[^ ]*slow .*result=retry .*reason="\(.*\)".*/\1/p' "$engine_log")
has "what was told" "$told" '^no acknowledgement in time$'
same "what was told again" "" "$(printf '%s\n' "$told" | uniq -d)"
stop_engine
