#!/bin/sh
# A load that is killed, beside an engine that is killed too, and without one: it goes on where it was, and in the end each
# line is stored once and each bad line is kept aside once.
. tests/e2e/lib.sh

lines=2000 bad=20

mark() {
	cat "$dir"/data/load/* 2>/dev/null
}

# It has got further than it was, or is through.
has_moved() {
	[ "$(mark)" != "$marked" ] || ! runs load
}

# start_load: of $what.
start_load() {
	marked=$(mark)
	# shellcheck disable=SC2086
	"$engine" load -c "$config" --feed mercy --json $what >"$dir/load.out" 2>>"$dir/load.log" &
	echo $! >"$dir/load.pid"
	catch has_moved
}

# kill_amid NAME: starts a load and kills that process once the load has set a mark behind another batch. A load that was through
# before begins anew.
kill_amid() {
	kill_tries=0
	start_load
	until runs load; do
		kill_tries=$((kill_tries + 1))
		[ "$kill_tries" -lt 50 ] || fail "the load is always through before anything can be killed"
		start_load
	done
	stop "$1" KILL
}

practice=http://127.0.0.1:9/fhir
write_site 1
awk -v n="$lines" -v bad="$bad" 'BEGIN {
	for (i = 1; i <= n; i++) {
		printf "{\"resourceType\":\"Claim\",\"id\":\"c%d\",\"status\":\"active\",\"type\":{\"text\":\"t\"},\"use\":\"claim\",", i
		printf "\"patient\":{\"reference\":\"Patient/p1\"},\"created\":\"2026-03-02\",\"provider\":{\"display\":\"A\"},"
		printf "\"priority\":{\"text\":\"n\"},\"insurance\":[{\"sequence\":1,\"focal\":true,\"coverage\":{\"display\":\"A\"}}]}\n"
		if (i % (n / bad) == 0)
			printf "{\"resourceType\":\"Claim\",\"id\":\"bad%d\"}\n", i
	}
}' >"$dir/claims.ndjson"

what=$dir/claims.ndjson
kill_amid load
kill_amid load
start_engine
kill_amid load
kill_amid engine # the load goes on with its own hands
wait_until ended load
wait "$(cat "$dir/load.pid")"
same "status of the load that went on" 3 $?
rm "$dir/load.pid"
has "the load went on" "$(cat "$dir/load.log")" 'went on with line [1-9][0-9]*$'
has "the whole file was seen" "$(cat "$dir/load.out")" "\"lines\":$((lines + bad)),"
same "rejects" "$bad" "$(wc -l <"$dir/claims.ndjson.rejected" | tr -d ' ')"
same "rejects, each once" "$bad" "$(sed 's/,.*//' "$dir/claims.ndjson.rejected" | sort -u | wc -l | tr -d ' ')"
same "marks left behind" "" "$(mark)"

dumped=$("$engine" rebuild --dump -c "$config" | grep '^{"resource":')
same "claims stored" "$lines" "$(printf '%s\n' "$dumped" | wc -l | tr -d ' ')"
same "claims stored twice" 0 "$(printf '%s\n' "$dumped" | grep -vc '"version":1,')"
"$engine" rebuild --check -c "$config" >/dev/null || fail "the ledger is not what the journal makes"

# Bills of three rows each, cut wherever it comes.
awk 'BEGIN {
	print "member_id,claim_number,start_date,procedure_code"
	for (i = 1; i <= 800; i++)
		for (line = 1; line <= 3; line++)
			printf "M1,B%d,2026-03-02,9921%d\n", i, line
}' >"$dir/bills.csv"
what="--csv claims $dir/bills.csv"
kill_amid load
start_load
wait_until ended load
wait "$(cat "$dir/load.pid")"
same "status of the bills" 0 $?
rm "$dir/load.pid"
has "all rows of the bills" "$(cat "$dir/load.out")" '"lines":2400,'
dumped=$("$engine" rebuild --dump -c "$config")
same "bills stored" 800 "$(printf '%s\n' "$dumped" | grep -c '^{"resource":.*"id":"claim-B[0-9]*","version":1,')"
same "bills that are whole" 800 "$(printf '%s\n' "$dumped" | grep -c '^{"claim_line":.*"line":3,')"
