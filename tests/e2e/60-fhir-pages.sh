#!/bin/sh
# Searches by each form of a value, page by page: what is there all the time is found once and not twice, whatever comes in meanwhile.
. tests/e2e/lib.sh
. tests/e2e/fhir.sh

start_practice rcca
write_fhir_site 4
start_fhir

# obs N STATUS DAY: of two systems by turns.
obs() {
	printf '{"resourceType":"Observation","status":"%s","identifier":[{"system":"urn:s%d","value":"O%d,x|y"}],"code":{"text":"t"},
		"subject":{"reference":"Patient/p%d"},"effectiveDateTime":"2026-03-%02d"}' "$2" $(($1 % 2)) "$1" $(($1 % 3)) "$3"
}

i=1
while [ "$i" -le 23 ]; do
	asked 201 POST /Observation "$(obs "$i" final $((i % 28 + 1)))"
	i=$((i + 1))
done
asked 201 POST /Observation "$(obs 24 preliminary 28)"

# pages PATH: follows the links, with something new on the way; the ids, one a line.
pages() {
	: >"$dir/ids"
	pages_n=0
	asked 200 GET "$1"
	while :; do
		pages_n=$((pages_n + 1))
		[ "$pages_n" -le 20 ] || fail "$1: pages without end"
		printf '%s' "$answer" | grep -o '"fullUrl":"[^"]*' | sed 's|.*/||' >>"$dir/ids"
		pages_next=$(printf '%s' "$answer" | grep -o '"relation":"next","url":"[^"]*' | cut -d'"' -f8)
		[ -n "$pages_next" ] || break
		[ "$pages_n" -ne 2 ] || asked 201 POST /Observation "$(obs 99 amended 1)"
		asked 200 GET "${pages_next#"$fhir"}"
	done
}

# paged WANT PAGES PATH
paged() {
	pages "$3"
	same "$3: found" "$1" "$(wc -l <"$dir/ids" | tr -d ' ')"
	same "$3: found once" "$1" "$(sort -u "$dir/ids" | wc -l | tr -d ' ')"
	same "$3: pages" "$2" "$pages_n"
}

paged 23 5 '/Observation?status=final&_count=5'
paged 12 3 '/Observation?identifier=urn:s1%7C&status=final&_count=5'
paged 24 4 '/Observation?status=final,preliminary&_count=7'
paged 8 1 '/Observation?subject=Patient/p1&status:not=amended'
paged 16 2 '/Observation?patient=p1,p2&status=final,preliminary&_count=10'
paged 24 3 '/Observation?_sort=-_lastUpdated&_count=10&date=gt2026-03-01'

# found WANT PATH
found() {
	same "$2" "$1" "$(count_of "$2")"
}

found 1 '/Observation?identifier=O7%5C,x%5C%7Cy'
found 1 '/Observation?identifier=urn:s1%7CO7%5C,x%5C%7Cy'
found 0 '/Observation?identifier=urn:s0%7CO7%5C,x%5C%7Cy'
found 1 '/Observation?date=2026-03-05'
found 24 '/Observation?date=2026-03&status=final,preliminary'
found 3 '/Observation?date=ge2026-03-22&date=le2026-03-24&status=final'
found 0 '/Observation?_lastUpdated=lt2026-01-01'
found 2 "/Observation?_id=$(sed -n 1p "$dir/ids"),$(sed -n 2p "$dir/ids"),none"
asked 200 GET '/Observation?status=final&_count=2&_total=accurate'
has "total" "$answer" '"total":23'
has "self" "$answer" '"relation":"self","url":"[^"]*/Observation?status=final&_count=2&_total=accurate"'
asked 200 GET '/Observation?status=final&_summary=count&_count=2'
has "a number alone" "$answer" '"total":23'
lacks "a number alone" "$answer" '"entry"'
asked 200 GET '/Observation?status=final&_count=2&colour=red'
has "what was passed over" "$answer" '"mode":"outcome"'
has "its name" "$answer" '"expression":\["http.colour"\]'
lacks "self says what counted" "$answer" 'colour=\|"url":"[^"]*colour'
asked 200 POST '/Observation/_search?_count=2' 'status=final' -H 'Content-Type: application/x-www-form-urlencoded'
has "next of a POST" "$answer" '"relation":"next"'
asked 200 GET '/Observation?status=final&_count=2' '' -H 'Accept: application/fhir+xml'
has "in XML" "$answer" '<Bundle xmlns="http://hl7.org/fhir"><type value="searchset"/>'
same "entries in XML" 2 "$(printf '%s' "$answer" | grep -o '<Observation>' | wc -l | tr -d ' ')"

stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '
