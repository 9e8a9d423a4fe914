#!/bin/sh
# After a discharge the practice is asked to call within two business days and to see the patient within two weeks; that ends when
# the patient was seen, when the discharge is taken back, and when the patient is in hospital again.
set -eu
when= # of a message that is told later than what it is about
. tests/e2e/lib.sh

# the_day N: the engine's clock, N days after Friday 2026-03-06 20:00 UTC.
the_day() {
	echo $(((1772827200 + $1 * 86400) * 1000)) >"$dir/clock.new"
	mv "$dir/clock.new" "$dir/clock"
}

# says_adt TRIGGER PERSON VISIT CLASS IN [OUT]: days are YYYYMMDD; in at 10 in the morning, out at noon.
says_adt() {
	at=${6:+${6}1200}
	now=${when:-${at:-${5}1000}}
	printf 'MSH|^~\\&|ADT|MERCY|WARDWIRE|PAYER|%s00||ADT^%s|%s%s|P|2.5.1\n' "$now" "$1" "$1" "$3"
	printf 'EVN|%s|%s00\n' "$1" "$now"
	printf 'PID|1||MR%s^^^MERCY^MR||TESTFAMILY%s^GIVEN||19500302|F\n' "$2" "$2"
	printf 'PV1|1|%s|4W^401^1^MERCY|E|||||||||||||||%s^^^MERCY|||||||||||||||||%s||||||||%s1000|%s\n' \
		"$4" "$3" "${7:-${6:+01}}" "$5" "$at"
	printf 'IN1|1|PPO|ACME||||||||||||||SEL||||||||||||||||||||||||||||||||M%04d\n' "$2"
}

# states KIND: of that kind, one letter each in the order of persons: o open, d done, r retracted, - none.
states() {
	for states_person in 1 2 3 4; do
		"$engine" flags ls -c "$config" --state all --json --member "M000$states_person" | tr -d ' \n' | sed 's/{"id"/\n&/g' |
			grep "\"kind\":\"$1\"" | sed -n 's/.*"state":"\(.\).*/\1/p' | head -n 1 | grep . || echo -
	done | tr -d '\n'
}

# first_flag PERSON: what is known of the newest flag of that person.
first_flag() {
	"$engine" flags show -c "$config" "$("$engine" flags ls -c "$config" --state all --json --member "M000$1" |
		sed -n 's/.*"id": "\(.*\)".*/\1/p' | head -n 1)"
}

are() {
	[ "$(states follow-up-contact)$(states follow-up-visit)" = "$1$1" ]
}

start_practice rcca
write_site 4
cat >>"$config" <<END
programs:
  - {file: care.yaml}
END
cat >"$dir/care.yaml" <<END
program: care
title: Care
version: 1
rules: [{use: admission/2}, {use: follow-up/1}]
flags:
  follow-up-contact: {to: coordinator, as: task, deadline: 2bd}
  follow-up-visit: {to: coordinator, as: task, deadline: 14d}
END
the_day 0
start_engine --clock-file "$dir/clock"
for p in 1 2 3; do
	accept "$(says_adt A01 $p S$p I 20260302)"
	accept "$(says_adt A03 $p S$p I 20260302 20260306)"
done
# Who goes to a nursing facility is not asked for.
accept "$(says_adt A01 4 S4 I 20260302)"
accept "$(says_adt A03 4 S4 I 20260302 20260306 03)"
wait_until is_at_rest
are ooo- || fail "asked for: $(states follow-up-contact) $(states follow-up-visit)"
# Friday: Tuesday night for the call, two weeks for the visit, by the clock of the hospital.
printed=$("$engine" flags ls -c "$config" --member M0001)
has "call" "$printed" 'follow-up-contact.*due 2026-03-1[01]T0[34]:59:59Z'
has "visit" "$printed" 'follow-up-visit.*due 2026-03-2[01]T03:59:59Z'
has "the Task" "$(tasks 1)" 'follow-up-contact by follow-up/1'

the_day 3
accept "$(says_adt A04 1 O1 O 20260309)"
accept "$(says_adt A01 2 T2 I 20260309)"
accept "$(when=202603091000 && says_adt A13 3 S3 I 20260302)"
wait_until are drr-
has "seen" "$(first_flag 1)" 'the patient was seen as an outpatient'
has "back" "$(first_flag 2)" 'the patient is in hospital again'
has "taken back" "$(first_flag 3)" 'cancelled the discharge'
wait_until is_at_rest
stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '
