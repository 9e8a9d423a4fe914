#!/bin/sh
# A thousand files moved into a folder at once, and a hundred thousand messages in one file: from the move to the last
# acknowledgement, and the most memory that the engine had. Part of `make bench`.
. tests/e2e/lib.sh

files=1000
messages=100000

now() {
	date +%s.%N
}

# rate N WHAT SINCE
rate() {
	awk -v n="$1" -v what="$2" -v a="$3" -v b="$(now)" 'BEGIN { printf "%d %s in %.1f s: %d/s\n", n, what, b - a, n / (b - a) }'
}

has_done() {
	[ "$(ls "$dir/drop/done" | grep -c '\.hl7$')" -ge "$1" ]
}

# waits COMMAND...: for as long as it takes, up to five minutes.
waits() {
	waits_tries=0
	until "$@"; do
		waits_tries=$((waits_tries + 1))
		[ "$waits_tries" -lt 6000 ] || fail "waited in vain for: $*"
		sleep 0.05
	done
}

practice=http://127.0.0.1:9/fhir
write_site 1
sed -i '/^listeners:/a\
  - {name: drop, dir: drop, settle: 1, scan: 1}
	/^feeds:/a\
  - {name: files, on: drop, zone: America/New_York}' "$config"
mkdir "$dir/drop" "$dir/in"
start_engine
adt A01 F0 2 >"$dir/in/first.hl7"
mv "$dir/in/first.hl7" "$dir/drop"
waits has_done 1

i=1
while [ "$i" -le "$files" ]; do
	adt A01 "F$i" 2 >"$dir/in/$i.hl7"
	i=$((i + 1))
done
since=$(now)
mv "$dir"/in/*.hl7 "$dir/drop"
waits has_done $((files + 1))
rate "$files" "files of one message" "$since"

awk -v n="$messages" 'BEGIN {
	printf "BHS|^~\\&|ADT\r"
	for (i = 0; i < n; i++) {
		printf "MSH|^~\\&|ADT|MERCY|WARDWIRE|PAYER|20260302080000||ADT^A99|B%d|P|2.5.1\rEVN|A99|20260302080000\r", i
		printf "PID|1||MR%d^^^MERCY^MR||FAMILY^GIVEN||19500302|F\rPV1|1|I|4W|E|||||||||||||||V%d\r", i, i
	}
	printf "BTS|%d\r", n
}' >"$dir/in/batch.hl7"
since=$(now)
mv "$dir/in/batch.hl7" "$dir/drop"
waits has_done $((files + 2))
rate "$messages" "messages of one file of $(($(wc -c <"$dir/drop/done/batch.hl7") >> 20)) MiB" "$since"
awk '$1 == "VmHWM:" { printf "memory at most: %d MiB\n", $2 / 1024 }' "/proc/$(cat "$dir/engine.pid")/status"
stop_engine
