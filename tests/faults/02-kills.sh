#!/bin/sh
# KILLS kills, and what they cost (kills.c); whether that is nothing is for the checker to say, which is itself tested with
# logs in which something is lost, doubled, invented or out of order.
set -eu
: "${BUILD:=build}" "${FAULT:=$BUILD-fault}" "${KILLS:=200}"
seed=${SEED:-$(($(date +%s) * 100000 + $$))}
dir=$(mktemp -d "${TMPDIR:-/tmp}/wardwire-kills-XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM

check() {
	awk -f tests/faults/checker.awk "$1" "$2"
}

# A new site after 100 kills each, one that keeps all journal files and one that prunes them by turns: a journal of an hour is
# not what is tested here.
mode=prune
while [ "$KILLS" -gt 0 ]; do
	now=$((KILLS > 100 ? 100 : KILLS))
	[ "$mode" = keep ] && mode=prune || mode=keep
	echo "SEED=$seed $mode"
	rm -rf "$dir/site"
	mkdir "$dir/site"
	"$FAULT/tests/kills" "$dir/site" "$FAULT/wardwire" "$FAULT/wardwire-kit" "$now" "$seed" "$mode" || {
		tail -20 "$dir/site/log"
		exit 1
	}
	check "$dir/site/sender.log" "$dir/site/practice.ndjson"
	KILLS=$((KILLS - now))
	seed=$((seed + 1))
done

# -- the checker -------------------------------------------------------------------------------------------

sender=$dir/site/sender.log
practice=$dir/site/practice.ndjson
# A Task that was made of an admission and later told of its end, how many versions it has, and the line that made it.
id=$(sed -n 's/.*"type":"Task","id":"\([^"]*\)","version":\([0-9]*\),.*\("text":"discharged"\).*/\1 \2/p' "$practice" |
	awk '$2 == 1 { at_once[$1] = 1 } !($1 in at_once) { print $1; exit }')
versions=$(grep -cF "\"type\":\"Task\",\"id\":\"$id\"" "$practice")
grep -F "\"type\":\"Task\",\"id\":\"$id\",\"version\":1," "$practice" >"$dir/made"

# finds KIND SENDER PRACTICE
finds() {
	if printed=$(check "$2" "$3"); then
		echo "the checker does not see what is $1"
		exit 1
	fi
	echo "$printed" | grep -q "^$1: " || {
		echo "what is $1 is called: $printed"
		exit 1
	}
}

grep -vF "\"type\":\"Task\",\"id\":\"$id\"" "$practice" >"$dir/doctored"
finds lost "$sender" "$dir/doctored"
grep -v '"text":"Emergency department arrival"' "$practice" >"$dir/doctored"
finds lost "$sender" "$dir/doctored"
sed "s/\"type\":\"Task\",\"id\":\"$id\"/\"type\":\"Task\",\"id\":\"another\"/" "$dir/made" |
	cat "$practice" - >"$dir/doctored"
finds doubled "$sender" "$dir/doctored"
sed "s/\"version\":1,/\"version\":$((versions + 1)),/" "$dir/made" | cat "$practice" - >"$dir/doctored" # what it was once
finds disordered "$sender" "$dir/doctored"
sed 's/"version":1,/"version":99,/' "$dir/made" | cat "$practice" - >"$dir/doctored"
finds disordered "$sender" "$dir/doctored"
sed '1!G;h;$!d' "$practice" >"$dir/doctored" # the last line first
finds disordered "$sender" "$dir/doctored"
member=$(sed -n 's|.*/member-id","value":"\([^"]*\)".*|\1|p' "$dir/made")
day=$(sed -n 's/.*{"text":"admitted"},"valueDateTime":"\([0-9]*\)-\([0-9]*\)-\([0-9]*\).*/\1\2\3/p' "$dir/made")
awk -v m="$member" -v d="$day" '!($1 == "sent" && $3 == "A01" && $4 == m && index($5, d) == 1)' "$sender" >"$dir/doctored"
finds invented "$dir/doctored" "$practice"
grep -v ' A03 ' "$sender" >"$dir/doctored"
finds invented "$dir/doctored" "$practice"
