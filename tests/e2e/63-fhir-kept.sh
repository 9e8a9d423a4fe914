#!/bin/sh
# What FHIR clients brought stays when the journal is pruned, when the ledger is built again from a snapshot, and when another machine
# goes on from a backup.
. tests/e2e/lib.sh
. tests/e2e/fhir.sh

logged() {
	grep -q -e "$1" "$engine_log"
}

# the_time HOURS: sets the engine's clock to that many hours after 2026-03-02 12:00 UTC.
the_time() {
	echo $(((1772452800 + $1 * 3600) * 1000)) >"$dir/clock.new"
	mv "$dir/clock.new" "$dir/clock"
}

# practitioner NUMBER: a resource that nothing is owed for.
practitioner() {
	printf '{"resourceType":"Practitioner","id":"p%s","identifier":[{"value":"%s"}],"name":[{"family":"TESTFAMILY%s"}],"qualification":[{"code":{"text":"%s"}}]}' \
		"$1" "$1" "$1" "$(head -c 3000 /dev/zero | tr '\0' x)"
}

the_time 0
practice=http://127.0.0.1:9/fhir
write_fhir_site 1
{
	echo 'segment_bytes: 65536'
	echo 'snapshots: {keep: 1}'
	echo 'retention: {days: 1}'
} >>"$config"
start_fhir --clock-file "$dir/clock"
i=0
while [ "$i" -lt 60 ]; do
	asked 201 PUT "/Practitioner/p$i" "$(practitioner "$i")"
	i=$((i + 1))
done
asked 200 GET /Practitioner/p0
first=$("$engine" find -c "$config" --feed acme --limit 100 | tail -1 | awk '{ print $1 }')
the_time 40
asked 201 PUT /Practitioner/p60 "$(practitioner 60)"
wait_until logged 'journal=pruned segments=[1-9]'
"$engine" show -c "$config" "$first" >/dev/null 2>"$dir/notes" && fail "record $first is not pruned"
has "why it is not shown" "$(cat "$dir/notes")" 'its bytes are pruned'
asked 200 GET /Practitioner/p0
has "still there" "$answer" '"family":"TESTFAMILY0"'
same "version" 'W/"1"' "$(header ETag)"
same "found by name" 61 "$(count_of '/Practitioner?family=testfamily')"
stop_engine
has "ledger, from the snapshot" "$("$engine" rebuild -c "$config" --check)" '^equal: '

# A backup, and the machine is lost.
"$engine" backup -c "$config" "$dir/backup" >/dev/null || fail "no backup was made"
mv "$dir/data" "$dir/lost"
printed=$("$engine" restore -c "$config" "$dir/backup" 2>&1) || fail "restore: $printed"
has "up to when the feed's input is there" "$printed" '^feed acme: last message 2026-03-04T04:00:00Z'
start_fhir --clock-file "$dir/clock"
asked 200 GET /Practitioner/p60
asked 200 PUT /Practitioner/p60 "$(practitioner 60)"
same "version after the same again" 'W/"1"' "$(header ETag)"
stop_engine
has "ledger, after the restore" "$("$engine" rebuild -c "$config" --check)" '^equal: '
