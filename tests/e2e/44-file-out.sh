#!/bin/sh
# Messages that leave as files: one for each delivery, in the order of their names, whole; a folder that is missing is trouble
# of its endpoint and nothing is lost by it, nor by a kill.
. tests/e2e/lib.sh

# control_ids: of the files in the folder, in the order of their names.
control_ids() {
	cat "$dir"/out/*.hl7 2>/dev/null | tr '\r' '\n' | awk -F'|' '$1 == "MSH" { printf "%s ", $10 }'
}

has_files() {
	[ "$(ls "$dir/out" 2>/dev/null | wc -l)" -ge "$1" ]
}

practice=http://127.0.0.1:9/fhir
write_site 1
cat >>"$config" <<END
routes:
  - {name: lab, to: [files]}
END
sed -i '/^endpoints:/a\
  - {name: files, dir: out}' "$config"
has "what the check says" "$("$engine" config check -c "$config" 2>&1)" '^endpoint files: warning: the folder is missing$'
start_engine

# It is not made: a folder that is missing may be one that is not mounted.
accept "$(adt A01 C1 2)"
in_queue() {
	"$engine" status -c "$config" | grep -q -e "$1"
}
failing() {
	grep -q 'the folder is missing' "$engine_log"
}
wait_until failing
[ ! -e "$dir/out" ] || fail "the folder was made"
accept "$(adt A08 C2 2)"
mkdir "$dir/out"
wait_until has_files 2
same "order" 'C1 C2 ' "$(control_ids)"
same "the message as it came" "$(adt A01 C1 2)" "$(cat "$dir"/out/*.hl7 | tr '\r' '\n' | head -5)"

# Killed while files leave: each is there once in the end, and in order.
i=3
while [ "$i" -le 60 ]; do
	adt A08 "C$i" 2
	i=$((i + 1))
done >"$dir/more"
(send "$dir/more" >/dev/null 2>&1 || :) &
wait_until has_files 10
stop engine KILL
wait
start_engine
send "$dir/more" >/dev/null || fail "it takes no more messages"
wait_until has_files 60
wait_until is_at_rest
same "messages" 60 "$(control_ids | tr ' ' '\n' | grep . | sort -u | wc -l)"
same "files but those" '' "$(find "$dir/out" -type f ! -name '*.hl7')"
ls "$dir/out" >"$dir/names"
sort "$dir/names" | cmp -s - "$dir/names" || fail "names are not in order"
control_ids | tr ' ' '\n' | grep . | sed 's/C//' >"$dir/order"
sort -n -u "$dir/order" | cmp -s - "$dir/order" || fail "out of order: $(tr '\n' ' ' <"$dir/order")"
stop_engine
