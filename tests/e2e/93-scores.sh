#!/bin/sh
# Scores of readmission risk from all that is told of a stay: the hospital's messages, its laboratory by message and as an
# Observation, and the payer's claims. LACE by one program, HOSPITAL by another; first as of the discharge that is announced, then
# of the one that came, then with a result that came late.
. tests/e2e/lib.sh
. tests/e2e/fhir.sh

patient='{"resourceType":"Patient","id":"p1","identifier":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MB"}]},"system":"https://acme.example.org/members","value":"M0001"}],"name":[{"family":"TESTFAMILY1","given":["GIVEN"]}],"gender":"female","birthDate":"1950-03-02"}'

# message TRIGGER CONTROL-ID DAY: of the stay that began on 2026-03-02, on the oncology service.
message() {
	message_left=
	message_expected=
	[ "$1" = A03 ] && message_left=${3}100000
	[ "$1" = A16 ] && message_expected=20260307
	printf 'MSH|^~\\&|ADT|MERCY|WARDWIRE|PAYER|%s100000||ADT^%s|%s|P|2.5.1\n' "$3" "$1" "$2"
	printf 'EVN|%s|%s100000\n' "$1" "$3"
	printf 'PID|1||MR1^^^MERCY^MR||TESTFAMILY1^GIVEN||19500302|F\n'
	printf 'PV1|1|I|4W^401^1^MERCY|E||||||ONC|||||||||V1^^^MERCY|||||||||||||||||%s||||||||20260302070000|%s\n' \
		"${message_left:+01}" "$message_left"
	[ "$1" = A16 ] && printf 'PV2|||||||||%s\n' "$message_expected"
	printf 'DG1|1||C34.90^^I10|||F\n'
	printf 'IN1|1|PPO|ACME||||||||||||||SEL||||||||||||||||||||||||||||||||M0001\n'
}

# hemoglobin CONTROL-ID VALUE STATUS: of 2026-03-05.
hemoglobin() {
	printf 'MSH|^~\\&|LAB|MERCY|WARDWIRE|PAYER|20260305090000||ORU^R01|%s|P|2.5.1\n' "$1"
	printf 'PID|1||MR1^^^MERCY^MR||TESTFAMILY1^GIVEN||19500302|F\n'
	printf 'PV1|1|I|4W^401^1^MERCY||||||||||||||||V1^^^MERCY\n'
	printf 'OBR|1||F1^LAB|CBC^^L|||202603050715|||||||||||||||20260305090000|||F\n'
	printf 'OBX|1|NM|718-7^Hemoglobin^LN||%s|g/L|120-160||||%s\n' "$2" "$3"
}

# sodium ID VALUE: as the laboratory's EHR says it, of 2026-03-06.
sodium() {
	cat <<-END
	{"resourceType":"Observation","id":"$1","status":"final",
	 "code":{"coding":[{"system":"http://loinc.org","code":"2951-2"}]},"subject":{"reference":"Patient/p1"},
	 "effectiveDateTime":"2026-03-06T07:00:00-05:00",
	 "valueQuantity":{"value":$2,"unit":"mmol/L","system":"http://unitsofmeasure.org","code":"mmol/L"}}
	END
}

# bill ID NUMBER TYPE FIRST LAST DIAGNOSIS MEMBERS: of a hospital.
bill() {
	cat <<-END
	{"resourceType":"Claim","id":"$1","status":"active","use":"claim","created":"2026-03-20",
	 "type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claim-type","code":"institutional"}]},
	 "identifier":[{"system":"urn:claims","value":"$2"}],"patient":{"reference":"Patient/p1"},
	 "provider":{"display":"Mercy General"},"priority":{"coding":[{"code":"normal"}]},
	 "insurance":[{"sequence":1,"focal":true,"coverage":{"display":"ACME PPO"}}],
	 "billablePeriod":{"start":"$4","end":"$5"},
	 "supportingInfo":[{"sequence":1,"category":{"coding":[{"code":"typeofbill"}]},"code":{"coding":[{"code":"$3"}]}}],
	 "diagnosis":[{"sequence":1,"diagnosisCodeableConcept":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10-cm","code":"$6"}]}}],
	 ${7-}
	 "item":[{"sequence":1,"revenue":{"coding":[{"code":"${8:-0120}"}]},"productOrService":{"coding":[{"code":"99284"}]}}]}
	END
}

# the_day DATE: sets the engine's clock to that day, 12:00 UTC.
the_day() {
	echo $(($(date -u -d "$1 12:00" +%s) * 1000)) >"$dir/clock.new"
	mv "$dir/clock.new" "$dir/clock"
}

# finds PROGRAM PATTERN...: its flag of risk says so, factors and all.
finds() {
	wait_until is_at_rest
	finds_program=$1
	shift
	finds_id=$("$engine" flags ls -c "$config" --kind readmission-risk --program "$finds_program" --state all | awk '{ print $1 }')
	finds_flag=$("$engine" flags show -c "$config" "$finds_id" | sed -n "/kind readmission-risk.*program $finds_program/,/^history\|  - id .*kind/p")
	for finds_what; do
		has "risk by $finds_program" "$finds_flag" "$finds_what"
	done
}

# inputs: what the Task says, TYPE=VALUE each, and its sentence.
inputs() {
	tasks '' | sed 's/{"type":{"text":/\n&/g' |
		sed -n 's/^{"type":{"text":"\([^"]*\)"},"value[A-Za-z]*":"*\([^"]*[^"}]\)"*}.*/\1=\2/p' | tr '\n' ' '
	tasks '' | grep -o '"description":"[^"]*"'
}

# copies: what the physician is told.
copies() {
	"$engine" flags ls -c "$config" --role physician "$@"
}

start_practice rcca
write_fhir_site 2 '' 'fhir: {systems: [{system: "https://mercy.example.org/visits", authority: MERCY, type: VN}], facilities: [{is: Mercy General, facility: MERCY}]}'
sed -i 's|  - {name: rcca-ehr, .*|&\n  - {name: desk, worklist: true}|; s|send: rcca-ehr}|send: rcca-ehr, roles: {physician: {send: desk}}}|' "$config"
cat >>"$config" <<END
history_since: 2024-01-01
programs:
  - {file: length.yaml}
  - {file: cancer.yaml}
END
for one in 'length lace/1 []' 'cancer hospital-2016/1 [{role: physician, from: high}]'; do
	cat >"$dir/${one%% *}.yaml" <<-END
	program: ${one%% *}
	title: ${one%% *}
	rules:
	  - use: admission/2
	  - use: $(echo "$one" | cut -d' ' -f2)
	    set: {pending: true}
	flags:
	  admission: {to: coordinator, as: stay-task, deadline: 24h, priority: urgent}
	  readmission-risk: {to: coordinator, as: stay-task, deadline: 24h, copy: $(echo "$one" | cut -d' ' -f3-)}
	END
done
the_day 2026-03-02
start_fhir --clock-file "$dir/clock"
asked 201 PUT /Patient/p1 "$patient"
asked 201 PUT /Claim/visit "$(bill visit N1 0131 2026-01-10 2026-01-10 I50.9 '' 0450)"
asked 201 PUT /Claim/stay "$(bill stay N2 0111 2025-06-10 2025-06-12 E11.9)"
accept "$(message A01 C1 20260302)"
asked 201 PUT /Observation/na "$(sodium na 130)"

# Announced: five days until then. Of blood nothing is known but the sodium, of procedures nothing.
the_day 2026-03-06
accept "$(message A16 C2 20260306)"
finds length 'band high, score 13, low 13, high 13, completeness unverified' 'provisional yes' 'name L, value 5 days expected, points 4' \
	'name A, value acute, type E, points 3' 'name C, value sum 5, points 5' 'groups: CHF, DIAB_UC, CANCER' 'name E, value 1 visit .* points 1'
finds cancer 'band unknown, score 6, low 6, high 8, completeness incomplete' 'provisional yes' 'name hemoglobin, value no result .* low 0, high 1' \
	'name oncology, .* points 2' 'name sodium, value 130 mmol/L, points 1' 'name procedure, value none coded yet, .* high 1' \
	'name urgent, .* points 1' 'name admissions, value 1 admission .* points 0' 'name los, value 5 days expected, points 2'
said=$(inputs)
has "Task" "$said" 'lace-score=13 readmission-risk=high '
has "Task" "$said" 'readmission-risk=unknown readmission-risk-status=provisional '
has "Task" "$said" 'to be discharged; provisional readmission risk score: LACE high, HOSPITAL unknown'
has "Task, a range" "$(tasks '')" '"hospital-score"},"valueRange":{"low":{"value":6},"high":{"value":8}}'
same "rules of the Task" 3 "$(tasks '' | grep -o '{"text":"rule"}' | wc -l)"

same "copies of what is not known to be high" "" "$(copies)"

# Over, three days later than was thought.
the_day 2026-03-10
accept "$(message A03 C3 20260310)"
finds length 'band high, score 14, low 14, high 14, completeness complete' 'name L, value 8 days, points 5'
finds cancer 'band unknown, score 6, low 6, high 8, completeness incomplete' 'name los, value 8 days, points 2'
lacks "a final score" "$finds_flag" 'provisional'
said=$(inputs)
has "Task" "$said" 'lace-score=14 readmission-risk=high '
lacks "Task" "$said" 'provisional'
has "Task" "$said" 'discharged at MERCY; readmission risk score: LACE high, HOSPITAL unknown'
has "Task" "$(tasks '')" '"text":"Follow-up after discharge"'

# A result of the stay that comes when it is over, in another unit.
the_day 2026-03-12
accept "$(hemoglobin L1 115 F)"
finds cancer 'band high, score 7, low 7, high 8, completeness incomplete' 'name hemoglobin, value 115 g/L, points 1'
has "Task" "$(inputs)" 'readmission risk score: LACE high, HOSPITAL high'

# The physician has a copy once it is high, and works on it where it is listed.
same "copies" 1 "$(copies | wc -l)"
copy=$(copies --kind readmission-risk --party rcca | sed -n 's|^\([0-9.]*\)  open  readmission-risk  rcca  for rcca physician  cancer/1  by hospital-2016/1 high .*|\1|p')
has "copy" "$("$engine" flags show -c "$config" "$copy")" 'resource Communication, subject readmission-risk, party rcca, role physician'
"$engine" flags done -c "$config" "$copy" --who tester >/dev/null || fail "a copy is not done"
same "copies that are open" "" "$(copies)"
same "copies that are done" 1 "$(copies --state done | wc -l)"
same "flags without copies" 4 "$("$engine" flags ls -c "$config" | wc -l)"

# The bill with a procedure; and the result corrected.
asked 201 PUT /Claim/bill "$(bill bill N3 0111 2026-03-02 2026-03-10 C34.90 '"procedure":[{"sequence":1,"procedureCodeableConcept":{"coding":[{"system":"http://www.cms.gov/Medicare/Coding/ICD10","code":"0BBC4ZX"}]}}],')"
finds cancer 'band high, score 8, low 8, high 8, completeness complete' 'name procedure, value 1 coded, points 1'
accept "$(hemoglobin L2 128 C)"
finds cancer 'band high, score 7, low 7, high 7, completeness complete' 'name hemoglobin, value 128 g/L, points 0'
has "Task" "$(inputs)" 'hospital-score=7 readmission-risk=high '
same "Tasks" 1 "$(tasks '' | wc -l)"
lacks "log" "$(cat "$engine_log")" 'TESTFAMILY\|M0001\|C34\|g/L'
stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '
