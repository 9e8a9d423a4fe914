#!/bin/sh
# Files that come in and files that leave, and a kill at each step of theirs: in the end every file is done once with its
# acknowledgement, every message was stored, and every message has left as one file.
: "${BUILD:=build}" "${FAULT:=$BUILD-fault}"
BUILD=$FAULT
. tests/e2e/lib.sh

files=30

write_folders() {
	practice=http://127.0.0.1:9/fhir
	write_site 1
	sed -i '/^listeners:/a\
  - {name: drop, dir: drop, settle: 1, scan: 1}
	/^feeds:/a\
  - {name: mercy-files, on: drop}
	/^endpoints:/a\
  - {name: files, dir: out}' "$config"
	printf 'routes:\n  - {name: all, to: [files]}\n' >>"$config"
}

put_file() {
	adt A01 "C$i" 2 >"$dir/drop/.part"
	mv "$dir/drop/.part" "$dir/drop/f$i.hl7"
}

first_is_over() {
	[ -e "$dir/drop/done/f1.hl7" ] || ! runs engine
}

has_ended() {
	! runs engine
}

all_done() {
	[ "$(ls "$dir/drop/done" 2>/dev/null | grep -c '\.hl7$')" -ge "$files" ] &&
		[ "$(ls "$dir/out" | grep -c '\.hl7$')" -ge "$files" ]
}

# kill_at FAILPOINT N: an engine that is killed when the N-th passing of that place comes by, and one that is not.
kill_at() {
	rm -rf "$dir/data" "$dir/drop" "$dir/out"
	mkdir "$dir/drop" "$dir/out"
	rm -f "$dir/ports"
	WW_FAILPOINT="$1:$2" "$engine" run -c "$config" --port-file "$dir/ports" 2>>"$engine_log" &
	echo $! >"$dir/engine.pid"
	wait_until has_started engine "$dir/ports"
	i=1
	put_file
	wait_until first_is_over # so that the others are taken apart from it
	while [ "$i" -lt "$files" ]; do
		i=$((i + 1))
		put_file
	done
	wait_until has_ended
	stop engine
	same "exit status of a kill at $1" 137 "$stopped"
	start_engine
	wait_until all_done
	wait_until is_at_rest
	same "files done after a kill at $1" "$files" "$(ls "$dir/drop/done" | grep -c '\.hl7$')"
	same "acknowledgements after a kill at $1" "$files" "$(cat "$dir"/drop/done/*.ack | tr '\r' '\n' | grep -c '^MSA|AA|')"
	same "files elsewhere" '' "$(find "$dir/drop" -type f ! -path '*/done/*.hl7*' ! -name .lock)"
	same "files that left after a kill at $1" "$files" "$(cat "$dir"/out/*.hl7 | grep '^MSH' | sort -u | wc -l)"
	same "the same more than once" "$files" "$(find "$dir/out" -type f | wc -l)"
	stop_engine
	has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '
}

write_folders
for point in dir-claimed dir-acked dir-settled file-renamed; do
	kill_at "$point" 1
	kill_at "$point" 2
done
