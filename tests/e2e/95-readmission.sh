#!/bin/sh
# An admission within 30 days of a discharge: told at once as provisional, on day 30 and not on day 31, and what it was once it is
# coded; an emergency visit soon after a discharge; a rebuild finds the same.
set -eu
when= # of a message that is told later than what it is about
. tests/e2e/lib.sh
. tests/e2e/fhir.sh

# the_day DAY: sets the engine's clock to that day of March 2026, 20:00 UTC; 32 is April 1.
the_day() {
	echo $(((1772395200 + ($1 - 1) * 86400) * 1000)) >"$dir/clock.new"
	mv "$dir/clock.new" "$dir/clock"
}

# said TRIGGER PERSON VISIT CLASS IN [OUT]: days are YYYYMMDD; at 10 in the morning, or out at noon.
says_adt() {
	at=${6:+${6}1200}
	now=${when:-${at:-${5}1000}}
	printf 'MSH|^~\\&|ADT|MERCY|WARDWIRE|PAYER|%s00||ADT^%s|%s%s|P|2.5.1\n' "$now" "$1" "$1" "$3"
	printf 'EVN|%s|%s00\n' "$1" "$now"
	printf 'PID|1||MR%s^^^MERCY^MR||TESTFAMILY%s^GIVEN||19500302|F\n' "$2" "$2"
	printf 'PV1|1|%s|4W^401^1^MERCY|E|||||||||||||||%s^^^MERCY|||||||||||||||||%s||||||||%s1000|%s\n' \
		"$4" "$3" "${6:+01}" "$5" "$at"
	printf 'IN1|1|PPO|ACME||||||||||||||SEL||||||||||||||||||||||||||||||||M%04d\n' "$2"
}

# stay PERSON VISIT IN OUT
stay() {
	accept "$(says_adt A01 "$1" "$2" I "$3")"
	accept "$(says_adt A03 "$1" "$2" I "$3" "$4")"
}

# bill VISIT DAY DIAGNOSIS PROCEDURE: of the hospital, for that stay.
bill() {
	cat <<-END
	{"resourceType":"Claim","id":"$1","status":"active","use":"claim","created":"2026-03-30",
	 "type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claim-type","code":"institutional"}]},
	 "identifier":[{"system":"urn:claims","value":"N$1"}],"patient":{"reference":"Patient/p1"},
	 "provider":{"display":"Mercy General"},"priority":{"coding":[{"code":"normal"}]},
	 "insurance":[{"sequence":1,"focal":true,"coverage":{"display":"ACME PPO"}}],
	 "billablePeriod":{"start":"$2","end":"$2"},
	 "supportingInfo":[{"sequence":1,"category":{"coding":[{"code":"typeofbill"}]},"code":{"coding":[{"code":"0111"}]}}],
	 "diagnosis":[{"sequence":1,"type":[{"coding":[{"code":"principal"}]}],
	  "diagnosisCodeableConcept":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10-cm","code":"$3"}]}}],
	 "procedure":[{"sequence":1,"procedureCodeableConcept":{"coding":[{"system":"http://www.cms.gov/Medicare/Coding/ICD10","code":"$4"}]}}],
	 "item":[{"sequence":1,"revenue":{"coding":[{"code":"0120"}]},"productOrService":{"coding":[{"code":"99221"}]}}]}
	END
}

flags() {
	"$engine" flags ls -c "$config" --state all --json | tr -d ' \n'
}

# found KIND STATE: how many such flags there are.
found() {
	flags | sed 's/{"id"/\n&/g' | grep "\"kind\":\"$1\"" | grep -c "\"state\":\"$2\"" || true
}

start_practice rcca
write_fhir_site 5 '' 'fhir: {facilities: [{is: Mercy General, facility: MERCY}]}'
cat >>"$config" <<END
programs:
  - {file: care.yaml}
END
cat >"$dir/care.yaml" <<END
program: care
title: Care
version: 1
rules: [{use: admission/2}, {use: readmit-hwr/1}, {use: recent-stay/1}]
flags:
  readmission: {to: coordinator, as: stay-task, deadline: 24h}
  recent-stay: {to: coordinator, as: communication}
END
the_day 1
start_fhir --clock-file "$dir/clock"
patient='{"resourceType":"Patient","id":"p1","identifier":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MB"}]},"system":"https://acme.example.org/members","value":"M0001"}],"name":[{"family":"TESTFAMILY1","given":["GIVEN"]}],"gender":"female","birthDate":"1950-03-02"}'
asked 201 PUT /Patient/p1 "$patient"
stay 1 A1 20260226 20260301
stay 2 A2 20260226 20260228
stay 3 A3 20260226 20260301
stay 4 A4 20260226 20260301
wait_until is_at_rest
same "a discharge alone" 0 "$(found readmission open)"

# Person 1 comes back on day 30, person 2 on day 31, person 3 to the emergency department.
the_day 31
accept "$(says_adt A01 1 B1 I 20260331)"
accept "$(says_adt A01 2 B2 I 20260331)"
accept "$(says_adt A04 3 B3 E 20260331)"
wait_until is_at_rest
same "readmissions" 1 "$(found readmission open)"
same "recent stays" 1 "$(found recent-stay open)"
has "day 30" "$(tasks 1)" 'readmission by readmit-hwr/1'
same "day 31" "" "$(tasks 2)"
printed=$("$engine" flags ls -c "$config" | grep ' readmission ')
has "at once" "$printed" 'provisional'

# The bill says what it was: a hip replacement for osteoarthritis is planned.
accept "$(says_adt A03 1 B1 I 20260331 20260401)"
asked 201 PUT /Claim/b1 "$(bill b1 2026-03-31 M16.11 0SR90J9)"
wait_until is_at_rest
printed=$("$engine" flags ls -c "$config" | grep ' readmission ')
has "coded" "$printed" ' planned'
same "it is told, and not hidden" 1 "$(found readmission open)"

# One that was none after all.
accept "$(says_adt A01 4 B4 I 20260331)"
wait_until is_at_rest
same "two readmissions" 2 "$(found readmission open)"
accept "$(when=202603311100 && says_adt A11 4 B4 I 20260331)"
wait_until is_at_rest
same "one is left" 1 "$(found readmission open)"
same "cancelled" 1 "$(found readmission retracted)"

# A discharge that a bill alone told of.
asked 201 PUT /Patient/p5 "$(printf '%s' "$patient" | sed 's/p1/p5/; s/M0001/M0005/; s/FAMILY1/FAMILY5/')"
asked 201 PUT /Claim/b5 "$(bill b5 2026-03-20 J18.9 0SR90J9 | sed 's/Patient.p1/Patient\/p5/; s/Mercy General/North/')"
accept "$(says_adt A01 5 B5 I 20260331)"
wait_until is_at_rest
same "by a bill" 2 "$(found readmission open)"

lacks "log" "$(cat "$engine_log")" 'TESTFAMILY\|M1611\|M16\.11\|0SR90J9'
stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '
