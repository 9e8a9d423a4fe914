#!/bin/sh
# The engine is killed while a transaction of four hundred resources is under way, sooner and later: all of it is there or none, what was
# answered is there, and the retry is answered and makes nothing twice.
. tests/e2e/lib.sh
. tests/e2e/fhir.sh

size=400

# transaction NAME
transaction() {
	awk -v n="$size" -v name="$1" 'BEGIN {
		printf "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["
		for (i = 1; i <= n; i++)
			printf "%s{\"fullUrl\":\"urn:uuid:%s-%d\",\"resource\":{\"resourceType\":\"Patient\",\"identifier\":[{\"system\":\"urn:x\",\"value\":\"%s\"}]},\"request\":{\"method\":\"POST\",\"url\":\"Patient\"}}", (i > 1 ? "," : ""), name, i, name
		printf "]}"
	}'
}

# post NAME: in the background; its answer's status is in $dir/NAME.code.
post() {
	curl -s -o /dev/null -w '%{http_code}' -H 'Content-Type: application/fhir+json' \
		--data-binary "@$dir/$1.json" "$fhir/" >"$dir/$1.code" 2>/dev/null &
	echo $! >"$dir/curl.pid"
}

# is_stored NAME: its record is in the journal, durable or not.
is_stored() {
	cat "$dir"/data/journal/*.wwj 2>/dev/null | grep -q -a "urn:uuid:$1-1\""
}

has_answer() {
	[ -s "$dir/$1.code" ]
}

practice=http://127.0.0.1:9/fhir
write_fhir_site 1
start_fhir
for name in asked stored answered; do
	transaction "$name" >"$dir/$name.json"
	post "$name"
	case $name in
	stored) wait_until is_stored stored ;;
	answered) wait_until has_answer answered ;;
	esac
	stop engine KILL
	wait "$(cat "$dir/curl.pid")"
	rm -f "$dir/curl.pid"
	code=$(cat "$dir/$name.code")
	start_fhir
	n=$(count_of "/Patient?identifier=$name")
	case $n in
	"$size") ;;
	0) [ "$code" != 200 ] || fail "$name: answered 200, and nothing is there" ;;
	*) fail "$name: $n of $size are there" ;;
	esac
	[ "$name" != answered ] || same "answer that was waited for" 200 "$code"
	asked 200 POST / "$(cat "$dir/$name.json")"
	same "answers to the retry of $name" "$size" "$(printf '%s' "$answer" | grep -o '"status":"201 Created"' | wc -l | tr -d ' ')"
	same "after the retry of $name" "$size" "$(count_of "/Patient?identifier=$name")"
done
stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '
