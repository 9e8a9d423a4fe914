#!/bin/sh
# What is found of a person beside any stay: eligibility for disease management becomes a Task of the payer's program desk, whose
# answer is kept; a claim that is taken back takes it back; frequent emergency visits; the night judges everybody.
set -eu
. tests/e2e/lib.sh
. tests/e2e/fhir.sh

# the_day N: the engine's clock, N days after 2026-03-01 20:00 UTC.
the_day() {
	echo $(((1772395200 + $1 * 86400) * 1000)) >"$dir/clock.new"
	mv "$dir/clock.new" "$dir/clock"
}

# bill ID NUMBER TYPE-OF-BILL REVENUE DAY DIAGNOSIS [VOIDED]
bill() {
	related=
	[ -z "${7-}" ] || related=",\"related\":[{\"claim\":{\"reference\":\"Claim/$7\"},\"relationship\":{\"coding\":[{\"code\":\"prior\"}]}}]"
	cat <<-END
	{"resourceType":"Claim","id":"$1","status":"active","use":"claim","created":"2026-03-01",
	 "type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claim-type","code":"institutional"}]},
	 "identifier":[{"system":"urn:claims","value":"$2"}],"patient":{"reference":"Patient/p1"},
	 "provider":{"display":"Mercy General"},"priority":{"coding":[{"code":"normal"}]},
	 "insurance":[{"sequence":1,"focal":true,"coverage":{"display":"ACME PPO"}}],
	 "billablePeriod":{"start":"$5","end":"$5"},
	 "supportingInfo":[{"sequence":1,"category":{"coding":[{"code":"typeofbill"}]},"code":{"coding":[{"code":"$3"}]}}],
	 "diagnosis":[{"sequence":1,"diagnosisCodeableConcept":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10-cm","code":"$6"}]}}],
	 "item":[{"sequence":1,"revenue":{"coding":[{"code":"$4"}]},"productOrService":{"coding":[{"code":"99213"}]}}]$related}
	END
}

flags() {
	"$engine" flags ls -c "$config" --state all "$@"
}

# has_flag KIND STATE
has_flag() {
	flags --json | tr -d ' \n' | sed 's/{"id"/\n&/g' | grep "\"kind\":\"$1\"" | grep -q "\"state\":\"$2\""
}

start_practice rcca
write_fhir_site 2
sed -i 's/^parties:/  - {name: desk, worklist: true}\n&\n  - {name: acme, title: Acme Health, send: desk}/' "$config"
cat >>"$config" <<END
programs:
  - {file: care.yaml, payer: acme}
END
cat >"$dir/care.yaml" <<END
program: care
title: Care
version: 1
rules: [{use: dm-elig/1}, {use: frequent-ed/1}]
flags:
  dm-heart-failure: {to: program-desk, as: task, deadline: 5bd, cooldown: 180d}
  frequent-ed: {to: coordinator, as: task, deadline: 5bd}
END
the_day 0
start_fhir --clock-file "$dir/clock"
asked 201 PUT /Patient/p1 '{"resourceType":"Patient","id":"p1","identifier":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MB"}]},"system":"https://acme.example.org/members","value":"M0001"}],"name":[{"family":"TESTFAMILY1","given":["GIVEN"]}],"gender":"female","birthDate":"1950-03-02"}'
asked 201 PUT /Claim/o1 "$(bill o1 N1 0131 0510 2026-01-10 I50.22)"
wait_until is_at_rest
has_flag dm-heart-failure open && fail "one visit is enough"
asked 201 PUT /Claim/o2 "$(bill o2 N2 0131 0510 2026-02-10 I50.9)"
wait_until has_flag dm-heart-failure open
has "to whom" "$(flags | grep dm-heart-failure)" 'acme'

# The desk answers; the answer stays with the flag.
notice=$(flags --json | tr -d ' \n' | sed 's/{"id"/\n&/g' | grep '"kind":"dm-heart-failure"' | head -n 1 | sed -n 's/.*"notice":"\([0-9.]*\)".*/\1/p')
"$engine" flags done "$notice" -c "$config" --outcome "enrolled" --who tester >/dev/null || fail "no answer of the desk"
wait_until is_at_rest
has "answer" "$("$engine" flags show "$notice" -c "$config")" 'completed'

# One of the two is taken back: there is one bill left.
asked 201 PUT /Claim/v2 "$(bill v2 N3 0138 0510 2026-02-10 I50.9 o2)"
wait_until has_flag dm-heart-failure retracted

# Three emergency visits in 60 days, and the first is 61 days ago in some night.
for day in 2026-01-20 2026-02-01 2026-02-20; do
	asked 201 PUT "/Claim/e$day" "$(bill "e$day" "E$day" 0131 0450 "$day" R07.9)"
done
wait_until has_flag frequent-ed open
the_day 19
wait_until is_at_rest
has_flag frequent-ed open || fail "it ended on day 60 already"
the_day 22
wait_until has_flag frequent-ed retracted

lacks "log" "$(cat "$engine_log")" 'TESTFAMILY\|I509\|I50\.9\|M0001'
stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '
