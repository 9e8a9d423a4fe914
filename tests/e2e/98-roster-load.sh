#!/bin/sh
# Editions of a roster by `wardwire roster load`: what a dry run says, what an edition does, the guard against a drop, deltas, and
# headers of a payer's own. With the engine running, and without.
. tests/e2e/lib.sh

# members FIRST LAST [PRACTICE]: rows of these, with the payer's headers.
members() {
	awk -v a="$1" -v b="$2" -v p="${3:-rcca}" 'BEGIN {
		print "Subscriber,Member Name,DOB,Sex,PCP Group,Start"
		for (i = a; i <= b; i++)
			printf "M%04d,\"TESTFAMILY%d, GIVEN\",03/02/1950,F,%s,2025-01-01\n", i, i, p
	}'
}

roster() {
	roster_verb=$1
	shift
	"$engine" roster "$roster_verb" -c "$config" "$@"
}

start_practice rcca
cat >"$config" <<-END
data: data
retry: {first: 1, most: 1}
listeners: [{name: adt, mllp: "127.0.0.1:0"}]
feeds: [{name: mercy, on: adt, zone: America/New_York}]
endpoints: [{name: rcca-ehr, fhir: "$practice", timeout: 5}]
parties:
  - {name: rcca, npi: "1234567893", title: Riverside Care, send: rcca-ehr}
  - {name: elm, send: rcca-ehr}
rosters:
  - name: acme
    columns: {member_id: Subscriber, name: Member Name, birth_date: DOB, practice: PCP Group, effective: Start}
END
start_engine

# Somebody is in hospital whom nobody has on a roster.
accept "$(adt A01 C1 1 I)"
wait_until is_at_rest
same "Tasks" 0 "$(tasks '' | wc -l)"

members 1 50 >"$dir/one.csv"
echo 'M9999,"TESTFAMILY, X",1950-13-02,F,rcca,' >>"$dir/one.csv"
echo 'M0001,"TESTFAMILY1, GIVEN",1950-03-02,F,rcca,2025-01-01' >>"$dir/one.csv"

# A look changes nothing, and says who would be told.
said=$(roster load --dry-run --json "$dir/one.csv")
same "exit status" 1 $?
for want in '"accepted": 50' '"rejected": 2' '"duplicates": 1' '"new": 50' '"members": 50' '"stays": 1' '"line": 52' \
	'"reason": "DOB: not a date'; do
	has "dry run" "$said" "$want"
done
has "rosters" "$(roster ls)" '^acme: edition 0.*not loaded'

said=$(roster load "$dir/one.csv" 2>"$dir/said")
same "exit status" 1 $?
has "load" "$said" '^roster acme: 50 rows accepted, 2 rejected (1 given twice)$'
has "load" "$said" '50 members: 50 rows new, 0 changed, 0 ended'
has "load" "$said" 'edition 1 is in force'
has "faults" "$(cat "$dir/said")" "^$dir/one.csv:52: DOB: not a date"
has "rosters" "$(roster ls)" '^acme: edition 1, 50 rows, 50 members, 2 rejected, current'
wait_until is_at_rest
same "Tasks" 1 "$(tasks '' | wc -l)"

# The same again is no news.
roster load "$dir/one.csv" >"$dir/said" 2>/dev/null
has "load again" "$(cat "$dir/said")" '0 rows new, 0 changed, 0 ended'

# An edition that ends 11 of 50 is refused as a whole, unless somebody takes it upon them.
members 12 50 >"$dir/two.csv"
said=$(roster load "$dir/two.csv" 2>&1)
same "exit status" 1 $?
has "refused" "$said" '11 of 50 members would be ended, 22 percent, and at most 20 may be: nothing was changed'
has "rosters" "$(roster ls)" '^acme: edition 2, 50 rows'
said=$(roster load --dry-run "$dir/two.csv")
same "exit status of a look at it, as of the load" 1 $?
has "dry run" "$said" 'would be refused: 11 of 50'
roster load --force "$dir/two.csv" 2>/dev/null
same "exit status without a reason" 2 $?
roster load --force --reason "left the plan" "$dir/two.csv" >"$dir/said" || fail "a load that is forced"
has "forced" "$(cat "$dir/said")" '0 rows new, 0 changed, 11 ended'
has "editions" "$(roster ls acme)" 'edition 3.*left the plan'

# Who left has the stay that began before.
accept "$(adt A03 C3 1 I)"
wait_until is_at_rest
same "Tasks" 1 "$(tasks '' | wc -l)"

# What is not there is said not to be.
has "no such roster" "$(roster ls acem 2>&1)" '^wardwire roster ls: no roster is named acem$'
has "no such member" "$(roster show M7777 2>&1)" '^wardwire roster show: no roster has that number, and nobody has stated it$'

# A delta ends nobody, as objects, and without an engine.
stop_engine
cat >"$dir/three.ndjson" <<-END
{"Subscriber":"M0100","Member Name":"TESTFAMILY100, GIVEN","DOB":"1950-03-02","PCP Group":"elm","opt_out":true}
{"Subscriber":"M0101","Member Name":"TESTFAMILY101, GIVEN","DOB":"1950-03-02","PCP Group":"nobody"}
END
roster load --delta "$dir/three.ndjson" >"$dir/said" 2>"$dir/faults"
same "exit status" 1 $?
has "delta" "$(cat "$dir/said")" '1 rows new, 0 changed, 0 ended'
has "faults" "$(cat "$dir/faults")" ':2: PCP Group: not the name of a party'
has "rosters" "$(roster ls)" '^acme: edition 4, 40 rows, 40 members'

# An attribution list in one file, with its Patients in it.
cat >"$dir/group.json" <<-END
{"resourceType":"Bundle","type":"collection","entry":[
 {"resource":{"resourceType":"Group","id":"g","type":"person","actual":true,"member":[
  {"entity":{"reference":"Patient/p1"},"period":{"start":"2025-01-01"},"extension":[{"url":"http://hl7.org/fhir/us/davinci-atr/StructureDefinition/ext-attributedProvider","valueReference":{"identifier":{"system":"http://hl7.org/fhir/sid/us-npi","value":"1234567893"}}}]},
  {"entity":{"reference":"Patient/p2"}}]}},
 {"resource":{"resourceType":"Patient","id":"p1","birthDate":"1950-03-02","name":[{"family":"TESTFAMILY200","given":["GIVEN"]}],
  "identifier":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MB"}]},"value":"M0200"}]}}]}
END
roster load --delta "$dir/group.json" >"$dir/said" 2>"$dir/faults"
same "exit status" 1 $?
has "group" "$(cat "$dir/said")" '1 rows accepted, 1 rejected'
has "faults" "$(cat "$dir/faults")" ':2: member: its Patient is not in the file'
has "row" "$(roster show M0200 --on 2026-03-02)" 'practice rcca.*source group.json:1.*effective 2025-01-01'
has "rosters" "$(roster ls)" '^acme: edition 5, 41 rows'

# Who wants nobody told is told of to nobody, with the reason.
start_engine
accept "$(adt A01 C5 100 I)"
wait_until is_at_rest
has "suppressed" "$("$engine" report suppressed -c "$config")" 'the member opted out'
same "Tasks" 1 "$(tasks '' | wc -l)"

members 301 302 >"$dir/three.csv"

# A row for a program that is not there is taken, as it may come, and named: until then nobody is told of the member.
sed 's/Start$/Start,program/; s/2025-01-01$/&,basic/; 3s/basic/basis/' "$dir/three.csv" >"$dir/program.csv"
for way in --dry-run --delta; do
	said=$(roster load --delta "$way" "$dir/program.csv" 2>"$dir/faults")
	same "exit status of $way" 1 $?
	has "$way" "$said" '2 rows accepted, 0 rejected'
	has "$way" "$said" '^  1 rows are for a program that is not there'
	same "rows that $way names" "$dir/program.csv:3: program: the configuration has none of that name" "$(cat "$dir/faults")"
done
said=$(roster load --dry-run --delta --json "$dir/program.csv" | tr -d ' \n')
has "as JSON" "$said" '"no-program":1,"rows":\[\],"warned":\[{"line":3,"reason":"program:'
roster load --dry-run --delta --json "$dir/three.csv" >"$dir/said"
same "exit status of rows for no program" 0 $?
has "as JSON" "$(tr -d ' \n' <"$dir/said")" '"no-program":0,"rows":\[\],"warned":\[\]'

stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '

# A file that is read at the start has the same guard, and is no reason not to start: the edition before it stays in force.
sed -i 's/^  - name: acme$/  - name: filed\n    file: filed.csv/' "$config"
members 1 10 >"$dir/filed.csv"
start_engine
stop_engine
members 4 10 >"$dir/filed.csv"
start_engine
stop_engine
has "refused" "$(cat "$engine_log")" 'roster=filed refused="3 of 10 members would be ended, 30 percent, and at most 20 may be'
has "rosters" "$(roster ls)" '^filed: edition 1, 10 rows, 10 members'
members 3 12 >"$dir/filed.csv"
start_engine
stop_engine
has "rosters" "$(roster ls)" '^filed: edition 2, 10 rows, 10 members'
members 6 12 >"$dir/filed.csv"
sed -i 's/filed.csv$/&\n    max_drop: 30/' "$config"
start_engine
stop_engine
has "rosters" "$(roster ls)" '^filed: edition 3, 7 rows, 7 members'
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '
