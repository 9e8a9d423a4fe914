#!/bin/sh
# The speed of the HL7 v2 codec, and beside it that of python3-hl7 on the same messages, where it is installed.
set -eu
: "${BUILD:=build}"
out=$("$BUILD/tests/bench_hl7v2")
echo "$out"
if ! /usr/bin/python3 -c 'import hl7' 2>/dev/null; then
	echo "hl7v2 python3-hl7: skipped, the package is not installed"
	exit 0
fi
# shellcheck disable=SC2046
set -- $("$BUILD/tests/bench_hl7v2" messages | /usr/bin/python3 "$(dirname "$0")/hl7v2_peer.py")
echo "$out" | awk -v rate="$1" -v sum="$2" '
	/parse and decode/ {
		for (i = 1; i < NF; i++) {
			if ($(i + 1) == "msg/s") ours = $i
			if ($i == "(sum") want = $(i + 1) + 0
		}
		printf "hl7v2 %-27s %9.0f msg/s  wardwire is %.0f times as fast (sum %d)\n", "python3-hl7, the same", rate, ours / rate, sum
		if (sum != want) {
			print "hl7v2: the sums of what was read differ"
			exit 1
		}
	}'
