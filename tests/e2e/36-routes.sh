#!/bin/sh
# Routes send messages on as they came, filtered, in their order, each once: to a receiver that is away at first, and to one that
# was there. What they did not take says why.
. tests/e2e/lib.sh

# write_routes LAB-PORT WEB-PORT: two MLLP receivers.
write_routes() {
	cat >"$config" <<-END
	data: data
	retry: {first: 1, most: 1}
	listeners:
	  - {name: adt, mllp: "127.0.0.1:0"}
	feeds:
	  - {name: mercy, on: adt, zone: America/New_York}
	endpoints:
	  - {name: lab, mllp: "127.0.0.1:$1", timeout: 5}
	  - {name: ward, mllp: "127.0.0.1:$2", timeout: 5}
	routes:
	  - {name: inpatients, from: mercy, when: {MSH-9.2: [A01, A03], PV1-2: I}, to: lab}
	  - {name: all, not: {MSH-10: [X]}, to: [lab, ward]}
	END
}

start_listen lab
lab=$receiver
start_listen ward
stop lab
write_routes "$lab" "$receiver"
start_engine

for i in 1 2 3 4 5 6 7 8 9; do
	accept "$(adt A01 "C$i" "$i" I)"
done
accept "$(adt A08 D1 1 I)"
accept "$(adt A03 D2 2 E)"
accept "$(adt A01 X 3 I)"
accept "$(adt A01 C1 1 I)" # a duplicate
same "answer to what no mapper takes" AA "$(send_one "$(adt A60 U1 1 I)")"

wait_until has_count 12 counted forwarded settled # those of ward, but X
same "the ward" "C1 C2 C3 C4 C5 C6 C7 C8 C9 D1 D2 U1 " "$(received ward)"
has "status of a lane" "$("$engine" status -c "$config")" '^endpoint *all/lab: 12 due, 0 parked, 0 discarded, oldest .*failed'
# What waits is told of the lanes; an endpoint behind them says only that it is paused.
lacks "status of an endpoint behind lanes" "$("$engine" status -c "$config")" '^endpoint *lab:'
"$engine" queue pause -c "$config" lab --reason "they look at it" >"$dir/ordered" || fail "lab is not paused"
has "status of one that is paused" "$("$engine" status -c "$config")" '^endpoint *lab: .*paused since'
"$engine" queue resume -c "$config" lab --reason "they have" >"$dir/ordered" || fail "lab is not resumed"
start_listen lab
wait_until is_forwarded
# Two lanes lead there: each has its own order.
same "what lab got" 22 "$(received lab | wc -w)"
same "the first copy of each at lab" "C1 C2 C3 C4 C5 C6 C7 C8 C9 D1 D2 U1 " \
	"$(received lab | tr ' ' '\n' | awk 'NF && $1 != "X" && seen[$1]++ == 0' | tr '\n' ' ')"
same "messages that received twice" "C1 C2 C3 C4 C5 C6 C7 C8 C9 " \
	"$(received lab | tr ' ' '\n' | sort | uniq -d | tr '\n' ' ')"
lacks "the ward" "$(received ward)" X

# The tenth that the ward got is D1.
first=$(sed -n 's/^.* message=\([0-9]*\) to=all\/ward .*/\1/p' "$engine_log" | sed -n 10p)
story=$("$engine" why -c "$config" "$first")
has "why D1 did not go" "$story" 'not-routed inpatients: MSH-9.2 does not fit'
has "why D1 went" "$story" 'endpoint all/ward, state settled'
has "log" "$(cat "$engine_log")" 'message=[0-9]* to=all/ward verb=forward result=sent'

# What would come of it is told without an engine, too.
adt A08 T1 1 I >"$dir/tried"
tried=$("$engine" try -c "$config" "$dir/tried")
has "try" "$tried" '^  would be sent on along all/lab$'
has "try" "$tried" '^  not sent on: inpatients: MSH-9.2 does not fit$'
has "try --json" "$("$engine" try --json -c "$config" "$dir/tried")" '"would_forward":\["all/lab","all/ward"\]'

stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '
