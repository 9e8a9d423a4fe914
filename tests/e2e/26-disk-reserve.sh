#!/bin/sh
# Before the disk is full the engine stops reading, says so, and goes on by itself when there is room again.
. tests/e2e/lib.sh

# What is free can only be made less here, by a large file that is reserved and not written.
mib() {
	df -Pm "$dir" | awk 'NR == 2 { print $4 }'
}
command -v fallocate >/dev/null 2>&1 || skip "fallocate is not there"
[ "$(stat -f -c %T "$dir")" != tmpfs ] || skip "the folder is in memory"
[ "$(mib)" -gt 12288 ] || skip "less than 12 GiB are free"
fallocate -l 1M "$dir/try" 2>/dev/null || skip "this file system reserves no space"

logged() {
	grep -q -e "$1" "$engine_log"
}

start_practice rcca
write_site 20
sed -i '/^listeners:/a\
  - {name: drop, dir: drop}
	/^feeds:/a\
  - {name: mercy-files, on: drop}' "$config"
mkdir "$dir/drop"
echo "disk: {reserve_mib: $(($(mib) - 4096)), warn_percent: 1}" >>"$config"
start_engine
accept "$(adt A01 C1 1)"
wait_until is_at_rest
has "status" "$("$engine" status -c "$config")" '^disk  *journal [1-9][0-9]* ledger [1-9][0-9]* blobs [1-9][0-9]* snapshots 0 free '
has "status" "$("$engine" status -c "$config")" '^warning  *the disk is filling'
has "status as JSON" "$("$engine" status -c "$config" --json)" '"used-percent": *[1-9]'
wait_until logged 'disk=filling used-percent='

fallocate -l 8G "$dir/large" || fail "no large file could be made"
wait_until logged 'pause=on why=disk-reserve'
has "status below the reserve" "$("$engine" status -c "$config")" '^warning  *less is free than disk.reserve_mib'
adt A01 C2 2 >"$dir/one"
adt A01 C9 9 >"$dir/drop/late.hl7"
printed=$(send --timeout 1 "$dir/one" 2>/dev/null)
has "a message below the reserve" "$printed" '0 AA, 0 AE, 0 AR'
echo '{"resourceType":"Patient","id":"p1"}' >"$dir/patients.ndjson"
timeout 2 "$engine" load -c "$config" --feed mercy -q "$dir/patients.ndjson" >"$dir/load.out" 2>&1
same "exit status of a load below the reserve, which waits" 124 $?
printed=$("$engine" snapshot -c "$config" 2>&1)
same "exit status of a snapshot below the reserve" 4 $?
has "a snapshot below the reserve" "$printed" 'would come into disk.reserve_mib'

[ -e "$dir/drop/late.hl7" ] || fail "a file was taken below the reserve"
rm "$dir/large"
wait_until logged 'pause=off why=disk-reserve'
wait_until test -e "$dir/drop/done/late.hl7"
accept "$(adt A01 C3 3)"
has "a load when there is room" "$("$engine" load -c "$config" --feed mercy -q "$dir/patients.ndjson")" '1 lines, 1 new'
wait_until is_at_rest
stop_engine
