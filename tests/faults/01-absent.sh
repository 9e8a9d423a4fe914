#!/bin/sh
# The engine and the kit contain nothing of the failpoints; the build made for these tests contains them all, so that the
# search for them is one that finds.
set -eu
: "${BUILD:=build}" "${FAULT:=$BUILD-fault}"
names=$(grep -rhoE 'WW_FAILPOINT(_IF|_AT)?\(.*"[a-z-]+"' engine mappers | sed 's/.*"\([a-z-]*\)"$/\1/' | sort -u)
list=$(mktemp)
trap 'rm -f "$list"' EXIT
bad=0

# finds BINARY: how many of the names and the words around them are in it.
finds() {
	strings -a "$1" >"$list"
	{
		for name in $names; do
			grep -qx -e "$name" "$list" && echo "$name"
		done
		grep -e WW_FAILPOINT "$list"
		nm "$1" | grep -o 'ww_failpoint[a-z_]*'
	} | sort -u
}

[ "$(echo "$names" | wc -l)" -ge 10 ] || { echo "only these failpoints are in the source: $names"; exit 1; }
for binary in wardwire wardwire-kit; do
	found=$(finds "$BUILD/$binary")
	[ -z "$found" ] || { echo "$BUILD/$binary contains" $found; bad=1; }
done
found=$(finds "$FAULT/wardwire")
for name in $names ww_failpoint ww_failpoint_at WW_FAILPOINT; do
	echo "$found" | grep -qx -e "$name" || { echo "$FAULT/wardwire lacks $name"; bad=1; }
done
exit "$bad"
