#!/bin/sh
# Extracts as CSV: each sample says what stands beside it, headers may be called anything, bad rows are kept aside, and what comes
# of them is known of the member.
. tests/e2e/lib.sh

# To add to a sample: a row, and what wardwire load --print makes of it, read before it is kept.
for want in samples/csv/*.want; do
	kind=$(basename "$want" .want)
	"$engine" load -c samples/csv/wardwire.yaml --feed payer --csv "$kind" --print "samples/csv/$kind.csv" >"$dir/have"
	same "status of --print for $kind" 0 $?
	diff -u "$want" "$dir/have" || fail "samples/csv/$kind.csv is not what $want says"
	grep -q "^| \`$kind\` |" docs/commands.md || fail "docs/commands.md has no row for --csv $kind"
	# Every column that the kind knows is spoken of.
	for column in $(sed -n 's/^\tCOLUMN(\([a-z_]*\),.*/\1/p' mappers/in/extract.h "$(grep -l "name = \"$kind\"" mappers/in/csv_*.c)"); do
		grep -q "^| \`$column\`" docs/commands.md || fail "docs/commands.md has no row for the column $column"
	done
done

practice=http://127.0.0.1:9/fhir
write_site 3

# load ARGUMENT...: what it prints; $loaded is its exit status.
load() {
	"$engine" load -c "$config" --feed mercy "$@" 2>"$dir/load.log"
	loaded=$?
}

dumped() {
	"$engine" rebuild --dump -c "$config"
}

# -- names of headers ------------------------------------------------------------------------------------------
cat >"$dir/fills.csv" <<-END
	Mbr No;x,Rx Claim,Date,Drug
	M0001,F1,2026-03-06,Atorvastatin
	M0001,F2,2026-03-07,"Amox
	icillin ""forte"""
	M0001,F3,tomorrow,Atorvastatin
	M0001,F4,2026-03-08
	M0001,,2026-03-08,Atorvastatin
	M0001,F5,2026-03-09,
	M0002,F6,3/9/2026,Atorvastatin
END
load --csv fills "$dir/fills.csv"
same "status without the headers" 3 "$loaded"
has "a missing header" "$(cat "$dir/load.log")" 'member_id: the file has no such header (WW-205)'
cat >"$dir/map.csv" <<-END
	column,header
	member_id,Mbr No;x
	fill_number,RX CLAIM
	filled,Date
	pharmacy,=Riverside Pharmacy
END
printed=$(load --csv fills --map "$dir/map.csv" "$dir/fills.csv"; echo "status $loaded")
has "with names of headers" "$printed" '^status 3$'
has "with names of headers" "$printed" 'fills.csv: 7 lines, 3 new, 0 changed, 0 as they were, 4 refused'
aside=$(cat "$dir/fills.csv.rejected")
has "rejects" "$aside" '^{"line":5,"code":"WW-206","place":"filled","reason":"[^"]*","text":"M0001,F3,tomorrow,Atorvastatin"}$'
has "rejects" "$aside" '^{"line":6,"code":"WW-201","reason":"3 cells under 4 headers"'
has "rejects" "$aside" '^{"line":7,"code":"WW-205","place":"fill_number"'
has "rejects" "$aside" '^{"line":8,"code":"WW-205","place":"ndc"'
same "rejects" 4 "$(printf '%s\n' "$aside" | wc -l)"
has "what is in every row" "$(dumped | grep '^{"dispense"')" '"text":"Amox\\nicillin \\"forte\\""'
has "what is in every row" "$(dumped | grep '^{"dispense"')" 'Riverside Pharmacy'
printf 'column,header\nnothing,X\n' >"$dir/bad.csv"
load --csv fills --map "$dir/bad.csv" "$dir/fills.csv"
has "a column that is none" "$(cat "$dir/load.log")" 'line 2: not a column of this kind and its header (WW-207)'
load --csv nothing "$dir/fills.csv"
same "status of a kind that is none" 2 "$loaded"
has "a kind that is none" "$(cat "$dir/load.log")" 'authorizations, claims, fills, results'

# -- what comes of them ------------------------------------------------------------------------------------------
for kind in authorizations claims results; do
	load --csv $kind "samples/csv/$kind.csv" >/dev/null
	same "status of $kind" 0 "$loaded"
	rm -f "samples/csv/$kind.csv.rejected"
done
rows=$(dumped)
same "members" 4 "$(printf '%s\n' "$rows" | grep -c '^{"person"')"
has "an authorization" "$(printf '%s\n' "$rows" | grep '^{"authorization".*"number":"A1"')" '"status":"approved".*"inpatient":1'
has "an authorization" "$(printf '%s\n' "$rows" | grep '^{"authorization".*"number":"A 2/x"')" '"status":"denied"'
has "an authorization" "$(printf '%s\n' "$rows" | grep '^{"authorization".*"number":"A3"')" '"status":"pended"'
has "an authorization" "$(printf '%s\n' "$rows" | grep '^{"authorization".*"number":"A4"')" '"status":"requested"'
has "an authorization" "$(printf '%s\n' "$rows" | grep '^{"authorization".*"number":"A5"')" '"status":"cancelled"'
has "a claim that was replaced" "$(printf '%s\n' "$rows" | grep '^{"claim".*"resource":"Claim/claim-C1"')" '"status":"replaced"'
has "the claim in its place" "$(printf '%s\n' "$rows" | grep '^{"claim".*"resource":"Claim/claim7-C1"')" '"status":"counts".*"class":"inpatient"'
has "a result" "$(printf '%s\n' "$rows" | grep '^{"observation".*result-R2')" '"value":"0.010","comparator":"<"'
printed=$(load --csv claims samples/csv/claims.csv)
has "loaded again" "$printed" ' 0 new, 0 changed, 4 as they were'
"$engine" rebuild --check -c "$config" >/dev/null || fail "the ledger is not what the journal makes"
