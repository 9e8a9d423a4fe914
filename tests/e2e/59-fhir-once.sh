#!/bin/sh
# Senders that try again, all at once, or on top of one another: If-None-Exist makes exactly one, a stale If-Match changes nothing, what
# is not applied in time is answered by 503, and the retry finds what it made.
. tests/e2e/lib.sh
. tests/e2e/fhir.sh

command -v prlimit >/dev/null 2>&1 || skip "prlimit is not there"

start_practice rcca
write_fhir_site 8
sed -i '/name: fhir, fhir:/a\
  - {name: hasty, fhir: "127.0.0.1:0/fhir", auth: none}
	/name: acme, on: fhir/a\
  - {name: hasty, on: hasty, ack: {wait: 1}}' "$config"
start_fhir
patient=$fhir

# Sixty-four at once, eight at a time: one makes it, the others are told of it.
encounter 1 | tr -d '\n' >"$dir/one.json"
i=0
while [ "$i" -lt 8 ]; do
	printf 'next\nurl = "%s/Encounter"\noutput = "/dev/null"\n' "$fhir"
	i=$((i + 1))
done | sed 1d >"$dir/curl.conf"
i=0
while [ "$i" -lt 8 ]; do
	sed "s/^output.*/&\ndata-binary = \"@$(printf '%s' "$dir" | sed 's|/|\\/|g')\/one.json\"\nheader = \"Content-Type: application\/fhir+json\"\nheader = \"If-None-Exist: identifier=https:\/\/mercy.example.org\/visits|V1\"\nwrite-out = \"%{http_code}\\\\n\"/" \
		"$dir/curl.conf" >"$dir/curl.$i"
	curl -s -g -K "$dir/curl.$i" >"$dir/codes.$i" 2>>"$dir/curl.log" &
	echo $! >"$dir/curl$i.pid"
	i=$((i + 1))
done
i=0
while [ "$i" -lt 8 ]; do
	wait "$(cat "$dir/curl$i.pid")"
	rm -f "$dir/curl$i.pid"
	i=$((i + 1))
done
cat "$dir"/codes.? >"$dir/codes"
same "answers" 64 "$(grep -c . "$dir/codes")"
same "made" 1 "$(grep -c '^201$' "$dir/codes")"
same "told of it" 63 "$(grep -c '^200$' "$dir/codes")"
same "found" 1 "$(count_of '/Encounter?identifier=https://mercy.example.org/visits%7CV1')"

# Versions.
asked 200 GET '/Encounter?identifier=V1'
at=/Encounter/$(printf '%s' "$answer" | grep -o '"fullUrl":"[^"]*' | sed 's|.*/||')
asked 200 GET "$at"
etag=$(header ETag)
same "version" 'W/"1"' "$etag"
asked 304 GET "$at" '' -H "If-None-Match: $etag"
same "nothing again" "" "$answer"
asked 304 GET "$at" '' -H "If-Modified-Since: $(header Last-Modified)"
whole=$(encounter 1 finished | sed "s|^{\"resourceType\":\"Encounter\",|&\"id\":\"${at#/Encounter/}\",|")
asked 200 PUT "$at" "$whole" -H "If-Match: $etag"
same "version after an update" 'W/"2"' "$(header ETag)"
asked 200 PUT "$at" "$whole"
same "version after the same again" 'W/"2"' "$(header ETag)"
asked 200 PUT "$at" "$whole" -H "If-Match: $etag"
same "version after a retry on condition" 'W/"2"' "$(header ETag)"
asked 412 PUT "$at" "$(printf '%s' "$whole" | sed 's/"finished"/"onleave"/')" -H "If-Match: $etag"
has "stale" "$answer" '"code":"conflict"'
asked 200 GET "$at"
has "as it was" "$answer" '"status":"finished"'
same "version as it was" 'W/"2"' "$(header ETag)"

# An id of the client's own; then it is deleted.
mine=$(encounter 2 | sed 's|^{"resourceType":"Encounter",|&"id":"mine-2",|')
asked 201 PUT /Encounter/mine-2 "$mine" -H 'If-None-Match: *'
asked 201 PUT /Encounter/mine-2 "$mine" -H 'If-None-Match: *' # its answer was lost
asked 412 PUT /Encounter/mine-2 "$(printf '%s' "$mine" | sed 's/"in-progress"/"onleave"/')" -H 'If-None-Match: *'
asked 412 POST /Encounter "$mine" -H 'If-None-Exist: status=in-progress,finished'
has "several" "$answer" '"code":"multiple-matches"'
ask DELETE /Encounter/mine-2
has "deleted" "$status" '^20[04]$'
asked 410 GET /Encounter/mine-2
has "gone" "$answer" '"code":"deleted"'

# Apply cannot go on: what is sent is stored and not confirmed.
fhir=http://127.0.0.1:$(sed -n 's/^hasty //p' "$dir/ports")/fhir
prlimit --pid "$(cat "$dir/engine.pid")" --fsize=262144: || fail "the limit could not be set"
third=$(encounter 3)
asked 503 POST /Encounter "$third"
has "not in time" "$answer" '"code":"timeout"'
has "Retry-After" "$headers" '^Retry-After: [0-9]'
prlimit --pid "$(cat "$dir/engine.pid")" --fsize=unlimited: || fail "the limit could not be lifted"
wait_until is_applied
same "made by the first try" 1 "$(count_of '/Encounter?identifier=V3')"
is_taken() {
	ask POST /Encounter "$third"
	case $status in
	200 | 201) ;;
	503) return 1 ;;
	*) fail "the retry: $status" ;;
	esac
}
wait_until is_taken
same "still one" 1 "$(count_of '/Encounter?identifier=V3')"

has "busy" "$("$engine" status -c "$config")" '^listener *hasty: .* [1-9][0-9]* busy, 0 failed, '
fhir=$patient

# The engine is killed amid transactions: of each there is all or nothing, all of one that was answered; what was not answered is sent
# again and made once.
entries=30
transaction() { # N
	awk -v t="$1" -v n="$entries" 'BEGIN {
		printf "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["
		for (i = 1; i <= n; i++)
			printf "%s{\"fullUrl\":\"urn:uuid:00000000-0000-4000-8000-%012d\",\"resource\":{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":\"t\"},\"identifier\":[{\"system\":\"urn:t%d\",\"value\":\"%d\"}]},\"request\":{\"method\":\"POST\",\"url\":\"Observation\"}}",
				(i > 1 ? "," : ""), i, t, i
		printf "]}"
	}'
}
i=1
while [ "$i" -le 12 ]; do
	transaction "$i" >"$dir/t$i.json"
	i=$((i + 1))
done
post_all() { # N: the transactions that were not answered yet
	i=1
	while [ "$i" -le 12 ]; do
		grep -q "^$i 200$" "$dir/answered" || printf '%d %s\n' "$i" "$(curl -s -o "$dir/t.answer" -w '%{http_code}' \
			-H 'Content-Type: application/fhir+json' --data-binary "@$dir/t$i.json" "$fhir")" >>"$dir/answered"
		i=$((i + 1))
	done
}
some_answered() {
	[ "$(grep -c ' 200$' "$dir/answered")" -ge 3 ]
}
: >"$dir/answered"
post_all &
echo $! >"$dir/post.pid"
catch some_answered
stop engine KILL
wait "$(cat "$dir/post.pid")"
rm -f "$dir/post.pid"
start_fhir
wait_until is_applied
i=1
while [ "$i" -le 12 ]; do
	n=$(count_of "/Observation?identifier=urn:t$i%7C")
	[ "$n" = 0 ] || same "transaction $i is whole" "$entries" "$n"
	! grep -q "^$i 200$" "$dir/answered" || same "transaction $i was answered" "$entries" "$n"
	i=$((i + 1))
done
post_all
i=1
while [ "$i" -le 12 ]; do
	same "transaction $i, once" "$entries" "$(count_of "/Observation?identifier=urn:t$i%7C")"
	i=$((i + 1))
done
stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '

# No room on the disk: nothing is taken, and what is there can be read.
echo 'disk: {reserve_mib: 16777216}' >>"$config"
start_fhir
is_paused() {
	grep -q 'pause=on why=disk-reserve' "$engine_log"
}
wait_until is_paused
asked 503 POST /Encounter "$(encounter 4)"
has "busy" "$answer" '"code":"WW-104"'
has "Retry-After" "$headers" '^Retry-After: [0-9]'
asked 200 GET "$at"
same "as before" 1 "$(count_of '/Encounter?identifier=V1')"
