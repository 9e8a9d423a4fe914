#!/bin/sh
# Files of FHIR resources are loaded beside a running engine and without one; what is bad is kept aside, what was loaded
# before changes nothing.
. tests/e2e/lib.sh

# claim ID [AMOUNT]: a bill, as a line.
claim() {
	printf '{"resourceType":"Claim","id":"%s","status":"active","type":{"text":"professional"},"use":"claim",' "$1"
	printf '"patient":{"reference":"Patient/p1"},"created":"2026-03-02","provider":{"display":"Dr A"},'
	printf '"priority":{"text":"normal"},"insurance":[{"sequence":1,"focal":true,"coverage":{"display":"A"}}],'
	printf '"item":[{"sequence":1,"productOrService":{"text":"visit"},"net":{"value":%s,"currency":"USD"}}]}\n' "${2:-1.10}"
}

# load FILE... [OPTION...]: $loaded is its exit status.
load() {
	"$engine" load -c "$config" --feed mercy "$@" 2>"$dir/load.log"
	loaded=$?
}

# rows TYPE: how many resources of that type are stored. No engine runs.
rows() {
	"$engine" rebuild --dump -c "$config" | grep -c "^{\"resource\":{\"feed\":\"mercy\",\"type\":\"$1\""
}

practice=http://127.0.0.1:9/fhir
write_site 1
i=0
while [ $i -lt 300 ]; do
	i=$((i + 1))
	claim c$i
done >"$dir/claims.ndjson"
{
	claim good
	echo '{"resourceType":"Claim","id":"bad"}'
	echo
	echo '{"resourceType":"Claim"'
	echo '{"resourceType":"Questionable"}'
	echo '{"resourceType":"Bundle","type":"collection"}'
	claim last
} >"$dir/mixed.ndjson"
printf '{"resourceType":"Patient","id":"p1","name":[{"family":"TESTFAMILY"}]}\r\n' >"$dir/patients.ndjson"
claim packed | gzip >"$dir/packed.ndjson.gz"
claim cut | gzip | head -c 40 >"$dir/cut.ndjson.gz"

# -- looking only ------------------------------------------------------------------------------------------
printed=$(load --dry-run "$dir/mixed.ndjson" && echo "status $loaded")
has "a dry run" "$printed" 'mixed.ndjson:2: WW-205 Claim.status: '
has "a dry run" "$printed" 'mixed.ndjson: 6 lines, looked at only, 4 refused$'
[ ! -e "$dir/data" ] || fail "a dry run makes a folder of data"
[ ! -e "$dir/mixed.ndjson.rejected" ] || fail "a dry run keeps lines aside"

# -- without an engine, on a folder that is not there yet ----------------------------------------------------
printed=$(load "$dir/claims.ndjson" "$dir/patients.ndjson"; echo "status $loaded")
has "a first load" "$printed" '^status 0$'
has "a first load" "$printed" 'claims.ndjson: 300 lines, 300 new, 0 changed, 0 as they were, 0 refused$'
same "which file comes first" patients.ndjson "$(basename "$(printf '%s\n' "$printed" | sed -n '1s/: .*//p')")"
same "claims stored" 300 "$(rows Claim)"
same "rejects of a good file" "" "$(ls "$dir" | grep rejected)"

# -- with an engine -------------------------------------------------------------------------------------------
start_engine
printed=$(load "$dir/claims.ndjson"; echo "status $loaded")
has "loaded again" "$printed" 'claims.ndjson: 300 lines, 0 new, 0 changed, 300 as they were, 0 refused$'
has "a line of the log for a batch" "$(cat "$engine_log")" 'load=applied journal=[0-9]*-[0-9]* created=0 changed=0 same=256 refused=0$\|load=applied .* same=25[0-9] refused=0$'
same "lines of the log for each of it" 0 "$(grep -c 'feed=mercy act=' "$engine_log")"
claim c1 2.20 >"$dir/changed.ndjson"
has "another version" "$(load "$dir/changed.ndjson")" '1 lines, 0 new, 1 changed, 0 as they were, 0 refused$'
printed=$(load "$dir/mixed.ndjson"; echo "status $loaded")
has "bad lines among good ones" "$printed" '^status 3$'
has "bad lines among good ones" "$printed" '6 lines, 2 new, .* 4 refused (.*mixed.ndjson.rejected)$'
aside=$(cat "$dir/mixed.ndjson.rejected")
has "rejects" "$aside" '^{"line":2,"code":"WW-205","place":"Claim.status","reason":".*","text":"{\\"resourceType\\":\\"Claim\\",\\"id\\":\\"bad\\"}"}$'
has "rejects" "$aside" '^{"line":4,"code":"WW-201",'
has "rejects" "$aside" '^{"line":5,"code":"WW-208",'
has "rejects" "$aside" '^{"line":6,"code":"WW-208",'
same "rejects" 4 "$(printf '%s\n' "$aside" | wc -l)"
same "mode of rejects" 600 "$(stat -c %a "$dir/mixed.ndjson.rejected")"
mkdir "$dir/aside"
load --rejects "$dir/aside" "$dir/mixed.ndjson" >/dev/null
same "rejects elsewhere" "$aside" "$(cat "$dir/aside/mixed.ndjson.rejected")"
has "a packed file" "$(load "$dir/packed.ndjson.gz")" '1 lines, 1 new'
has "standard input" "$(claim piped | load - --json)" '^{"file":"-","lines":1,"created":1,"changed":0,"same":0,"refused":0}$'

# The largest line there may be, and one more.
large() {
	awk -v n="$1" -v id="$1" 'BEGIN {
		s = "\\\"\\\\ some text of nobody "
		while (length(s) < 500000) s = s s
		printf "{\"resourceType\":\"Patient\",\"id\":\"large%d\",\"name\":[", id
		for (i = 1; i <= n; i++) printf "%s{\"text\":\"%s\"}", (i > 1 ? "," : ""), s
		printf "]}\n"
	}'
}
{ large 4; large 6; large 1; } >"$dir/large.ndjson"
has "large lines" "$(load "$dir/large.ndjson")" '3 lines, 2 new, .* 1 refused'
has "a line that is too large" "$(cat "$dir/large.ndjson.rejected")" '^{"line":2,"code":"WW-211","reason":"a line of more than 4194304 bytes"}$'

# No id: it has one of its content.
claim x | sed 's/"id":"x",//' >"$dir/nameless.ndjson"
has "without an id" "$(load "$dir/nameless.ndjson")" '1 lines, 1 new'
has "the same without an id" "$(load "$dir/nameless.ndjson")" '1 lines, 0 new, 0 changed, 1 as they were'

# A feed of two files, of which one cannot be read: the other is loaded all the same before.
load "$dir/cut.ndjson.gz" >/dev/null
same "status of a file cut off" 3 "$loaded"
has "a file cut off" "$(cat "$dir/load.log")" 'gzip data that ends early (WW-201)'
load "$dir/nothing.ndjson" >/dev/null
has "no such file" "$(cat "$dir/load.log")" 'there is no such file (WW-214)'
"$engine" load -c "$config" --feed other "$dir/claims.ndjson" >/dev/null 2>&1
same "status for a feed that is none" 2 $?
"$engine" load -c "$config" "$dir/claims.ndjson" >/dev/null 2>&1
same "status without a feed" 2 $?
lacks "what the log says" "$(cat "$engine_log")" 'TESTFAMILY'
stop_engine

same "claims stored at the end" 305 "$(rows Claim)"
"$engine" rebuild --check -c "$config" >/dev/null || fail "the ledger is not what the journal makes"
