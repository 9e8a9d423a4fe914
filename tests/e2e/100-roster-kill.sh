#!/bin/sh
# A load of a roster whose engine and whose command are killed in the middle: half of it counts for nobody, it goes on where it was, and
# the journal says the same as the ledger.
. tests/e2e/lib.sh

rows=3000

roster() {
	roster_verb=$1
	shift
	"$engine" roster "$roster_verb" -c "$config" "$@"
}

# members PRACTICE [N]: an edition that differs from all before it.
editions=0
members() {
	editions=$((editions + 1))
	awk -v n="$rows" -v p="$1" -v e="$editions" 'BEGIN {
		print "member_id,name,birth_date,sex,practice,effective,plan"
		for (i = 1; i <= n; i++)
			printf "M%04d,\"TESTFAMILY%d, GIVEN\",1950-03-02,F,%s,2025-01-01,plan %d\n", i, i, p, e
	}' >"$dir/edition.csv"
}

# is_at STATE: what is on its way.
is_at() {
	roster ls --json 2>/dev/null | grep -q "\"state\": \"$1\""
}

# start_load: of edition.csv, in the background.
start_load() {
	"$engine" roster load -c "$config" -q "$dir/edition.csv" >"$dir/said" 2>>"$dir/load.log" &
	echo $! >"$dir/load.pid"
}

is_at_or_ended() {
	is_at "$1" || ! runs load
}

# kill_amid STATE PRACTICE NAME...: loads an edition and kills these when the load is in that state. One that was through before is
# tried again with another.
kill_amid() {
	kill_state=$1 kill_practice=$2 kill_tries=0
	shift 2
	while :; do
		kill_tries=$((kill_tries + 1))
		[ "$kill_tries" -lt 50 ] || fail "the load is always through before anything can be killed"
		members "$kill_practice"
		start_load
		catch is_at_or_ended "$kill_state"
		for kill_name; do
			stop "$kill_name" KILL
		done
		is_at "$kill_state" && return
		[ -e "$dir/load.pid" ] && stop load KILL
		[ -e "$dir/engine.pid" ] || start_engine
	done
}

start_practice rcca
cat >"$config" <<-END
data: data
retry: {first: 1, most: 1}
listeners: [{name: adt, mllp: "127.0.0.1:0"}]
feeds: [{name: mercy, on: adt, zone: America/New_York}]
endpoints: [{name: rcca-ehr, fhir: "$practice", timeout: 5}]
parties:
  - {name: rcca, title: Riverside Care, send: rcca-ehr}
  - {name: elm, title: Elm Street, send: rcca-ehr}
rosters: [{name: acme}]
END
start_engine
members rcca >"$dir/one.csv"
members elm >"$dir/two.csv"

# Half of an edition: the file is cut off.
members rcca
gzip -c "$dir/edition.csv" | head -c 12000 >"$dir/half.csv.gz"
roster load -q "$dir/half.csv.gz" >/dev/null 2>&1
same "exit status of half a file" 3 $?
has "roster" "$(roster ls)" 'not loaded'
has "roster" "$(roster ls)" 'half.csv.gz: coming in'
accept "$(adt A01 C1 1 I)"
wait_until is_at_rest
same "Tasks" 0 "$(tasks '' | wc -l)"

# The command is killed, and goes on where it was.
kill_amid "coming in" rcca load
start_load
wait "$(cat "$dir/load.pid")" || fail "the load that went on"
rm "$dir/load.pid"
has "load" "$(cat "$dir/said")" "$rows rows accepted, 0 rejected"
has "roster" "$(roster ls)" "^acme: edition [0-9]*, $rows rows, $rows members"
wait_until is_at_rest
same "Tasks" 1 "$(tasks '' | wc -l)"

# The engine is killed: the load goes on with its own hands.
kill_amid "coming in" rcca engine
wait_until ended load
wait "$(cat "$dir/load.pid")" || fail "the load without the engine"
rm "$dir/load.pid"
start_engine

# An edition that is whole takes effect also when nobody waits for it.
kill_amid "taking effect" elm engine load
start_engine
in_force() {
	roster ls --json | grep -q '"load"' && return 1
	roster ls | grep -q "^acme: edition [0-9]*, $rows rows, $rows members"
}
wait_until in_force
wait_until is_at_rest
same "Tasks that are open" 1 "$(tasks '' | grep -c -v '"status":"cancelled"')"
has "owner" "$(roster show M0001 --on 2026-03-02)" '^counts:.*practice elm'

stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '
