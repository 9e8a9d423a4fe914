#!/bin/sh
# What each message of samples/map says is what stands beside it. To add one: NAME.in or, of a FHIR resource, NAME.json, and NAME.want as
# wardwire map --to model --zone America/New_York --feed mercy prints it, read before it is kept.
set -u
: "${BUILD:=build}"
out=$(mktemp)
trap 'rm -f "$out"' EXIT
n=0
bad=0
for in in samples/map/*.in samples/map/*.json; do
	want=${in%.*}.want
	"$BUILD/wardwire" map --to model --zone America/New_York --feed mercy "$in" >"$out" 2>&1 ||
		echo "$in: wardwire map ended with $?" >>"$out"
	if ! diff -u "$want" "$out"; then
		echo "$in: is not what $want says"
		bad=$((bad + 1))
	fi
	n=$((n + 1))
done
for want in samples/map/*.want; do
	[ -e "${want%.want}.in" ] || [ -e "${want%.want}.json" ] || { echo "$want: has no message"; bad=$((bad + 1)); }
done
[ "$n" -ge 12 ] && [ "$bad" -eq 0 ]
