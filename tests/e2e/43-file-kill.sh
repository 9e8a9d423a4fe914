#!/bin/sh
# A thousand files at once, and the engine killed in the middle of them, again and again: each message is applied once, each
# file is done once, with its acknowledgement.
. tests/e2e/lib.sh

files=1000

done_files() {
	ls "$dir/drop/done" 2>/dev/null | grep -c '\.hl7$'
}

has_done() {
	[ "$(done_files)" -ge "$1" ]
}

# reach N: that many files are done. A slow disk takes its time, but goes on.
reach() {
	reach_next=$(done_files)
	while [ "$reach_next" -lt "$1" ]; do
		reach_next=$((reach_next + 20 < $1 ? reach_next + 20 : $1))
		wait_until has_done "$reach_next"
	done
}

practice=http://127.0.0.1:9/fhir
write_site 1
sed -i '/^listeners:/a\
  - {name: drop, dir: drop, settle: 1, scan: 1}
	/^feeds:/a\
  - {name: mercy-files, on: drop, zone: America/New_York}' "$config"
echo 'limits: {backlog: 64}' >>"$config" # so that files wait for room, too
mkdir "$dir/drop" "$dir/in"
# A message a file, but one in ten has two.
awk -v n="$files" -v dir="$dir/in" 'BEGIN {
	for (i = 1; i <= n; i++) {
		file = sprintf("%s/f%04d.hl7", dir, i)
		for (part = 1; part <= 1 + (i % 10 == 0); part++) {
			printf "MSH|^~\\&|ADT|MERCY|WARDWIRE|PAYER|20260302080000||ADT^A01|C%d-%d|P|2.5.1\n", i, part >file
			printf "EVN|A01|20260302080000\nPID|1||MR%d-%d^^^MERCY^MR||FAMILY^GIVEN||19500302|F\n", i, part >file
			printf "PV1|1|I|4W|E|||||||||||||||V%d-%d|||||||||||||||||01||||||||20260302070000\n", i, part >file
		}
		close(file)
	}
}'
messages=$((files + files / 10))
start_engine
mv "$dir"/in/*.hl7 "$dir/drop"
for at in 20 500; do
	reach "$at"
	stop engine KILL
	start_engine
done
reach "$files"
wait_until is_at_rest
same "files done" "$files" "$(done_files)"
same "acknowledgements" "$files" "$(ls "$dir/drop/done" | grep -c '\.hl7\.ack$')"
same "files elsewhere" '' "$(find "$dir/drop" -type f ! -path '*/done/*' ! -name .lock)"
same "half-written acknowledgements" '' "$(find "$dir/drop" -name '*.tmp')"
same "messages applied" "$messages" "$(counted messages applied)"
lacks "acknowledgements" "$(cat "$dir"/drop/done/*.ack | tr '\r' '\n' | grep '^MSA')" '^MSA|A[ER]'
for i in 0001 0010 0990 1000; do
	same "the answer to f$i" "AA|C$(echo "$i" | sed 's/^0*//')-1" \
		"$(tr '\r' '\n' <"$dir/drop/done/f$i.hl7.ack" | sed -n 's/^MSA|//p' | head -1)"
done
stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '
