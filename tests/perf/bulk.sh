#!/bin/sh
# A million claims from one file, without an engine: lines per second, and the memory of the command after a tenth and at the
# end. N=LINES: how many. STRICT=1: more than a tenth more memory at the end fails.
set -eu
: "${BUILD:=build}" "${N:=1000000}" "${STRICT:=}"
dir=$(mktemp -d "${TMPDIR:-/tmp}/wardwire-bulk-XXXXXX")
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null; rm -rf "$dir"' EXIT
cat >"$dir/wardwire.yaml" <<-END
	data: data
	listeners:
	  - {name: adt, mllp: "127.0.0.1:0"}
	feeds:
	  - {name: payer, on: adt, zone: America/New_York}
END
# Two hundred claims a member, the mean of a few years.
awk -v n="$N" 'BEGIN {
	for (i = 1; i <= n; i++) {
		printf "{\"resourceType\":\"Claim\",\"id\":\"c%d\",\"status\":\"active\",\"type\":{\"coding\":[{\"system\":", i
		printf "\"http://terminology.hl7.org/CodeSystem/claim-type\",\"code\":\"professional\"}]},\"use\":\"claim\","
		printf "\"patient\":{\"reference\":\"Patient/p%d\"},\"created\":\"2026-03-02\",\"provider\":{\"identifier\":", i / 200
		printf "{\"system\":\"http://hl7.org/fhir/sid/us-npi\",\"value\":\"1234567893\"}},\"priority\":{\"coding\":[{\"code\":\"normal\"}]},"
		printf "\"insurance\":[{\"sequence\":1,\"focal\":true,\"coverage\":{\"display\":\"x\"}}],\"diagnosis\":[{\"sequence\":1,"
		printf "\"diagnosisCodeableConcept\":{\"coding\":[{\"system\":\"http://hl7.org/fhir/sid/icd-10-cm\",\"code\":\"I10\"}]}}],"
		printf "\"item\":[{\"sequence\":1,\"productOrService\":{\"coding\":[{\"code\":\"99213\"}]},\"servicedDate\":\"2025-%02d-%02d\",", i % 12 + 1, i % 28 + 1
		printf "\"net\":{\"value\":100.10,\"currency\":\"USD\"}}]}\n"
	}
}' >"$dir/claims.ndjson"

# Peak memory so far, in KiB; 0 once it has ended.
memory() {
	sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$pid/status" 2>/dev/null || echo 0
}

start=$(date +%s%N)
"$BUILD/wardwire" load -c "$dir/wardwire.yaml" --feed payer --json "$dir/claims.ndjson" >"$dir/out" 2>"$dir/log" &
pid=$!
early=0
last=0
while kill -0 "$pid" 2>/dev/null; do
	done_lines=$(sed 's/.*"lines":\([0-9]*\).*/\1/' "$dir"/data/load/* 2>/dev/null | tail -1)
	have=$(memory)
	[ "${have:-0}" -gt 0 ] && last=$have
	[ "$early" -eq 0 ] && [ "${done_lines:-0}" -ge $((N / 10)) ] && early=$last
	sleep 0.2
done
wait "$pid"
pid=
ms=$((($(date +%s%N) - start) / 1000000))
grep -q "\"created\":$N," "$dir/out" || { cat "$dir/out" "$dir/log"; exit 1; }
echo "bulk: $N claims of $(($(stat -c %s "$dir/claims.ndjson") / N)) bytes in $((ms / 1000)) s, $((N * 1000 / ms)) a second; memory $early KiB after a tenth, $last KiB at the end; data $(du -sm "$dir/data" | cut -f1) MiB"
[ -z "$STRICT" ] || [ "$last" -le $((early + early / 10)) ] || { echo "bulk: memory grows"; exit 1; }
