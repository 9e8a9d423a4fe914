#!/bin/sh
# Files as a source of messages: what is taken and when, where it goes, with which acknowledgement beside it, and what is left
# alone.
. tests/e2e/lib.sh

# put NAME: standard input as a file of the folder, as a sender should: under another name first.
put() {
	cat >"$dir/drop/.part" && mv "$dir/drop/.part" "$dir/drop/$1"
}

# ack FILE: the acknowledgement, a line a segment.
ack() {
	tr '\r' '\n' <"$1.ack"
}

# spoken: the segments of an acknowledgement, with what MSA and BTS say.
spoken() {
	awk -F'|' '{ printf "%s ", $1 } $1 == "MSA" { printf "%s %s ", $2, $3 } $1 == "BTS" { printf "%s ", $2 }'
}

logged() {
	grep -q -e "$1" "$engine_log"
}

in_status() {
	"$engine" status -c "$config" | grep -q -e "$1"
}

start_practice rcca
write_site 60
sed -i '/^listeners:/i\
limits: {events: 16}
	/^listeners:/a\
  - {name: drop, dir: drop, settle: 1, scan: 1, max_file: 65536}\
  - {name: both, dir: both, scan: 1}\
  - {name: slow, dir: slow, settle: 3600, scan: 1, pattern: "*"}\
  - {name: away, dir: away, scan: 1}
	/^feeds:/a\
  - {name: mercy-files, on: drop, zone: America/New_York}\
  - {name: both-files, on: both, zone: America/New_York, ack: {mode: enhanced, application: connection}}\
  - {name: slow-files, on: slow, zone: America/New_York, ack: {when: applied, batch: errors}}\
  - {name: away-files, on: away, zone: America/New_York, ack: {when: none}}' "$config"
same "what the check says of folders" 'away both drop slow ' "$("$engine" config check -c "$config" 2>&1 |
	sed -n 's/^listener \(.*\): warning: the folder is missing$/\1/p' | sort | tr '\n' ' ')"
mkdir "$dir/drop" "$dir/slow" "$dir/both"
adt A01 C1 1 >"$dir/drop/before.hl7" # there before the engine is, as is what only looks like a file
adt A01 C2 2 | head -2 >"$dir/drop/.half.hl7"
ln -s before.hl7 "$dir/drop/link.hl7"
mkfifo "$dir/drop/pipe.hl7"
mkdir "$dir/drop/folder.hl7"
: >"$dir/drop/empty.hl7"
adt A01 C2 2 >"$dir/drop/other.txt"
start_engine

"$engine" config check -c samples/folders/wardwire.yaml >/dev/null 2>&1 || fail "the sample's configuration is refused"

# One message, found at the start and found when it is moved in.
wait_until test -e "$dir/drop/done/before.hl7"
has "its acknowledgement" "$(ack "$dir/drop/done/before.hl7")" '^MSA.AA.C1$'
adt A01 C2 2 | put ZZCANARY.hl7
wait_until test -e "$dir/drop/done/ZZCANARY.hl7"
same "the file" "$(adt A01 C2 2)" "$(cat "$dir/drop/done/ZZCANARY.hl7")"
wait_until is_at_rest
same "Tasks" 2 "$(tasks '' | wc -l)"

# The same again: it is moved beside the first one, and changes nothing.
adt A01 C2 2 | put ZZCANARY.hl7
again() { ls "$dir"/drop/done/ZZCANARY.hl7.2*Z >/dev/null 2>&1; }
wait_until again
again_file=$(ls "$dir"/drop/done/ZZCANARY.hl7.2*Z)
has "its acknowledgement" "$(ack "$again_file")" '^MSA.AA.C2$'
wait_until is_at_rest
same "duplicates" 1 "$(counted messages duplicate)"

# Several messages without headers, and a batch: the answer is a batch.
{
	adt A01 C3 3
	adt A01 C4 4
} | put several.hl7
{
	printf 'FHS|^~\\&|ADT|MERCY|WARDWIRE|PAYER|20260302080000||||F1\n'
	printf 'BHS|^~\\&|ADT|MERCY|WARDWIRE|PAYER|20260302080000||||B1\n'
	adt A01 C5 5
	adt A01 C6 6
	printf 'BTS|2\nBHS|^~\\&|ADT|MERCY|WARDWIRE|PAYER|20260302080000||||B2\n'
	adt A01 C7 7
	printf 'BTS|1\nFTS|2\n'
} | put batch.hl7
wait_until test -e "$dir/drop/done/several.hl7"
wait_until test -e "$dir/drop/done/batch.hl7"
same "answer to several" 'BHS MSH MSA AA C3 MSH MSA AA C4 BTS 2 ' "$(ack "$dir/drop/done/several.hl7" | spoken)"
same "answer to a batch" 'FHS BHS MSH MSA C5 MSH MSA C6 BTS 2 BHS MSH MSA C7 BTS 1 FTS 2 ' \
	"$(ack "$dir/drop/done/batch.hl7" | awk -F'|' '{ printf "%s ", $1 } $1 == "MSA" { printf "%s ", $3 }
		$1 ~ /TS$/ { printf "%s ", $2 }')"
has "whom the answer is for" "$(ack "$dir/drop/done/batch.hl7")" '^BHS.*|ADT|MERCY|'

# What is wrong with a file is told, and what is right in it is kept.
{
	adt A01 C8 8
	adt A01 C9 9 | sed 3d
	adt A01 C10 10
} | put middle.hl7
echo "no HL7 at all" | put text.hl7
{
	printf 'BHS|^~\\&|ADT\n'
	adt A01 C11 11
	printf 'BTS|2\n'
} | put short.hl7
head -c 70000 /dev/zero | tr '\0' x | put long.hl7
printf '\n\n' | put blank.hl7
for name in middle text short long blank; do
	wait_until test -e "$dir/drop/failed/$name.hl7"
done
same "answer to one with a fault" 'AA C8 AE C9 AA C10 ' \
	"$(ack "$dir/drop/failed/middle.hl7" | awk -F'|' '$1 == "MSA" { printf "%s %s ", $2, $3 }')"
has "answer to no HL7" "$(ack "$dir/drop/failed/text.hl7")" '^MSA.AR'
has "answer to a batch that lacks one" "$(ack "$dir/drop/failed/short.hl7")" '^MSA.AA.C11$'
has "answer to one that is too long" "$(ack "$dir/drop/failed/long.hl7")" '^ERR.*WW-211.*more than 65536 bytes (max_file)'
has "answer to blanks" "$(ack "$dir/drop/failed/blank.hl7")" '^MSA.AR'
wait_until logged 'file=failed listener=drop stored=1 refused=0 fault=batch_count'

# A file that grows is taken when its writer closes it, here hours before it would be taken as it stands.
exec 3>"$dir/slow/growing"
adt A01 C12 12 | head -2 >&3
adt A01 C13 13 >"$dir/slow/other"
wait_until test -e "$dir/slow/done/other"
[ -e "$dir/slow/growing" ] || fail "a file was taken that is still written"
adt A01 C12 12 | tail -n +3 >&3
exec 3>&-
wait_until test -e "$dir/slow/done/growing"
has "answer to one that grew" "$(ack "$dir/slow/done/growing")" '^MSA.AA.C12$'
# Of this feed a response batch has what was refused, and it waits until the others are applied.
{
	adt A01 C17 17
	adt A01 C18 18 | sed 3d
} >"$dir/slow/pair"
wait_until test -e "$dir/slow/failed/pair"
same "answer with errors only" 'BHS MSH MSA AE C18 ERR BTS 1 ' "$(ack "$dir/slow/failed/pair" | spoken)"
wait_until is_at_rest
same "Tasks" 13 "$(tasks '' | wc -l)"
# So it has what was set aside when it was applied, here the seventeenth event of a stay that may have sixteen.
event=1
while [ $event -le 17 ]; do
	case $event in
	1) trigger=A01 ;;
	*[13579]) trigger=A13 ;;
	*) trigger=A03 ;;
	esac
	adt $trigger "Q$event" 20 I V20 "$((1000 + event))"
	event=$((event + 1))
done >"$dir/.stay"
mv "$dir/.stay" "$dir/slow/stay"
wait_until test -e "$dir/slow/done/stay"
same "answer with what was set aside" 'BHS MSH MSA AE Q17 ERR BTS 1 ' "$(ack "$dir/slow/done/stay" | spoken)"
# Two acknowledgements of one message are two in the response batch.
{
	adt A01 C19 19
	adt A01 C20 21 | sed 3d
} >"$dir/both/.part" && mv "$dir/both/.part" "$dir/both/two.hl7"
wait_until test -e "$dir/both/failed/two.hl7"
same "answer in enhanced mode" 'BHS MSH MSA CA C19 MSH MSA AA C19 MSH MSA CE C20 ERR BTS 3 ' \
	"$(ack "$dir/both/failed/two.hl7" | spoken)"

# A folder that is not there is an alarm until it is.
wait_until in_status '^folder     away: trouble: '
logged 'level=error folder=trouble listener=away ' || fail "the log does not say that the folder is missing"
mkdir "$dir/away"
wait_until test -d "$dir/away/failed"
adt A01 C14 14 >"$dir/away/a.hl7"
wait_until test -e "$dir/away/done/a.hl7"
[ ! -e "$dir/away/done/a.hl7.ack" ] || fail "a feed without acknowledgements has one"
wait_until in_status '^folder     away: 0 waiting, 0 claimed, 1 done, 0 failed$'
# So it is with one that is taken away while it is watched.
mv "$dir/away" "$dir/gone"
wait_until in_status '^folder     away: trouble: '
mv "$dir/gone" "$dir/away"
adt A01 C15 15 >"$dir/away/b.hl7"
wait_until test -e "$dir/away/done/b.hl7"

# Nothing else was touched, and no file's name is in the log.
for name in .half.hl7 other.txt empty.hl7; do
	[ -f "$dir/drop/$name" ] || fail "$name was taken"
done
[ -L "$dir/drop/link.hl7" ] && [ -p "$dir/drop/pipe.hl7" ] && [ -d "$dir/drop/folder.hl7" ] ||
	fail "something was taken that is no file"
lacks "log" "$(cat "$engine_log")" 'CANARY'
has "status" "$("$engine" status -c "$config")" '^folder     drop: 1 waiting, 0 claimed, 5 done, 5 failed$'

# One engine works on a folder at a time; another takes over when it ends.
sed -e 's/^data: .*/data: other/' -e '/name: slow/d' -e '/name: away/d' -e '/on: slow/d' -e '/name: both/d' -e '/on: both/d' -e '/on: away/d' "$config" \
	>"$dir/other.yaml"
"$engine" run -c "$dir/other.yaml" --port-file "$dir/other.ports" 2>>"$dir/other.log" &
echo $! >"$dir/other.pid"
wait_until grep -q 'folder=trouble listener=drop code=WW-104 .*another engine works on this folder' "$dir/other.log"
stop_engine
adt A01 C16 16 | put last.hl7
wait_until test -e "$dir/drop/done/last.hl7"
lacks "log" "$(cat "$engine_log")" 'stored=1.*last'
stop other
same "exit status of the other engine" 0 "$stopped"
