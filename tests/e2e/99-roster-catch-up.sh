#!/bin/sh
# Open stays of members who come onto a roster: told up to catch_up, the others held until they are released or a message comes; why
# a member is whose patient, and what is proposed.
. tests/e2e/lib.sh

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
  - {name: rcca, title: Riverside Care, npi: "1234567893", send: rcca-ehr}
  - {name: elm, send: rcca-ehr}
rosters:
  - {name: acme, catch_up: 2, expires_days: 30, warn_days: 20}
END
start_engine
for person in 1 2 3 4 5; do
	accept "$(adt A01 "C$person" "$person" I | awk '{ print } /^PID/ { print "PD1||||1999999984^DOC^ANN" }')"
done
wait_until is_at_rest

awk 'BEGIN {
	print "member_id,name,birth_date,practice,effective,provider"
	for (i = 1; i <= 5; i++)
		printf "M%04d,\"TESTFAMILY%d, GIVEN\",1950-03-02,rcca,2025-01-01,1234567893\n", i, i
}' >"$dir/one.csv"
said=$(roster load --dry-run "$dir/one.csv")
has "preview" "$said" 'rcca: 5 open stays would be told'
has "preview" "$said" '3 of these beyond catch_up'
roster load -q "$dir/one.csv" >/dev/null || fail "load"
wait_until is_at_rest
same "Tasks" 2 "$(tasks '' | wc -l)"
same "held" 3 "$(roster ls --held | wc -l)"
has "held" "$(roster ls)" '3 stays held'
has "held" "$(roster ls --held acme)" 'state held.*practice rcca.*more open stays than catch_up'
has "why" "$("$engine" why -c "$config" "$(roster ls --held --json | sed -n 's/.*"stay": "\(.*\)".*/\1/p' | head -1)")" \
	'more open stays than catch_up'

has "why" "$("$engine" why -c "$config" member:M0001)" 'source one.csv:2'

# A message about a stay that is held is news.
accept "$(adt A08 C11 5 I '' 0900)"
wait_until is_at_rest
same "Tasks" 3 "$(tasks '' | wc -l)"
same "held" 2 "$(roster ls --held | wc -l)"

roster release acme >/dev/null 2>&1
same "exit status without a reason" 2 $?
roster release acme --reason "looked at" >/dev/null || fail "release"
none_held() {
	[ "$(roster ls --held | wc -l)" -eq 0 ] && is_at_rest
}
wait_until none_held
same "Tasks" 5 "$(tasks '' | wc -l)"
roster release acme --reason "looked at" >/dev/null 2>&1
same "exit status when nothing is held" 1 $?

# Why, as of a day. What the hospital says of the primary care is a hint.
said=$(roster show M0001 --on 2026-03-02)
has "show" "$said" 'counts:.*practice rcca.*source one.csv:2.*first-edition 1'
has "hint" "$said" 'names somebody else'
has "show" "$(roster show M0001 --on 2024-12-31)" 'not:.*not in force'
roster show M4711 >/dev/null
same "exit status of who is not known" 1 $?
has "aged" "$(roster show M0001 --on 2031-01-01)" 'expired'
awk 'BEGIN {
	print "member_id,name,birth_date,practice,effective"
	for (i = 1; i <= 5; i++)
		printf "M%04d,\"TESTFAMILY%d, GIVEN\",1950-03-02,%s,2025-01-01\n", i, i, i == 1 ? "elm" : "rcca"
}' >"$dir/two.csv"
roster load -q --as-of 2026-01-01 "$dir/two.csv" >/dev/null || fail "load"
wait_until is_at_rest
said=$(roster show M0001 --on 2026-01-15)
has "old row" "$said" 'not:.*practice rcca.*gives way to row'
has "new row" "$said" 'counts:.*practice elm.*edition 2'
has "age" "$(roster ls)" 'edition 2.*expired'

# Whom no roster has, and the practice sees.
nobody_code=0; roster propose --days 3660 >"$dir/nobody" || nobody_code=$?
same "exit status of nobody to propose" "1 " "$nobody_code $(cat "$dir/nobody")"
accept "$(adt A01 C21 9 I | awk 'BEGIN { FS = OFS = "|" } /^PV1/ { $8 = "1234567893^DOC^ANN^^^^^^NPI" } { print }')"
wait_until is_at_rest
has "proposal" "$(roster propose --days 3660)" 'practice rcca.*member M0009.*visits 1'

stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '
