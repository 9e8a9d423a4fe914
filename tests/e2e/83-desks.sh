#!/bin/sh
# Two programs about one member: the practice gets one Task for the stay, which names both; the payer's navigator gets one of her own
# at her own server, and neither more than its program lets leave.
set -eu
. tests/e2e/lib.sh

start_practice acme
acme=$practice
start_practice rcca
write_site 4
sed -i "s|^parties:|  - {name: acme-desk, fhir: \"$acme\", timeout: 5}\n&|
	s|^rosters:|  - {name: acme, title: Acme Health, send: rcca-ehr, roles: {navigator: {send: acme-desk}}}\n&|" "$config"
cat >>"$config" <<'END'
programs:
  - {file: one.yaml, payer: acme}
  - {file: two.yaml, payer: acme}
END
cat >"$dir/one.yaml" <<'END'
program: one
title: Collaborative care
rules: [{use: admission/1}]
flags:
  admission: {to: coordinator, as: stay-task, deadline: 24h, priority: urgent}
content: [facility]
END
cat >"$dir/two.yaml" <<'END'
program: two
title: Oncology care
rules: [{use: admission/1}]
flags:
  admission: {to: coordinator, as: stay-task, deadline: 12h, copy: [{role: navigator}]}
  discharge: {to: navigator, as: task, deadline: 4h, wording: {title: Call the practice, text: A member has left the hospital}}
content: [name]
END
start_engine
accept "$(adt A01 C1 1)"
wait_until is_at_rest
same "Tasks of the practice" 1 "$(kept rcca Task)"
same "Communications of the payer" 1 "$(kept acme Communication)"
has "programs" "$(cat "$dir/rcca.ndjson")" '"text":"program"},"valueString":"Collaborative care"},{"type":{"text":"program"},"valueString":"Oncology care"'
has "both programs let it" "$(cat "$dir/rcca.ndjson")" '"display":"GIVEN TESTFAMILY1"'
lacks "the copy is of one program" "$(cat "$dir/acme.ndjson")" 'at MERCY'

accept "$(adt A03 C2 1 I V1 0900)"
wait_until is_at_rest
same "Tasks of the payer" 1 "$(kept acme Task)"
has "words" "$(cat "$dir/acme.ndjson")" '"description":"A member has left the hospital"'
has "why" "$("$engine" why -c "$config" 2>/dev/null "$("$engine" flags ls -c "$config" --kind discharge | sed 's/ .*//;s/\..*//')")" 'program two, program-version 1, told-as task, told-to navigator'

# Taken back at every desk at which it was told.
accept "$(adt A11 C3 1 I V1 0930)"
wait_until is_at_rest
has "the payer's Task" "$(tail -n 4 "$dir/acme.ndjson")" '"status":"cancelled"'
same "corrections" 2 "$(grep -c '"text":"Correction"' "$dir/acme.ndjson")"
"$engine" flags ls -c "$config" >/dev/null && fail "a flag still holds"
stop_engine
"$engine" rebuild --check -c "$config" >/dev/null || fail "a rebuild makes another ledger"
