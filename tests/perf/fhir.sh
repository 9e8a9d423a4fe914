#!/bin/sh
# POST of 3 KB Encounters over 32 connections, each answered when it is durable and applied: how many a second, and what part of
# a bare endpoint on the same server (tests/bench/bench_http.c) that is. Part of `make bench`. SECONDS_EACH=N: for how long.
. tests/e2e/lib.sh
. tests/e2e/fhir.sh

practice=http://127.0.0.1:9/fhir
write_fhir_site 9999
start_fhir --log warn
port=$(sed -n 's/^fhir //p' "$dir/ports")
"$BUILD/perf/posts" --port "$port" --persons 9999 --seconds 1 >/dev/null || fail "no posts"
had=$("$BUILD/perf/posts" --port "$port" --persons 9999 --seconds "${SECONDS_EACH:-5}" --first 1000000) || fail "no posts"
bare=$("$BUILD/tests/bench_http" | sed -n 's/.*connections: \([0-9]*\) a second.*/\1/p')
echo "$had" | awk -v bare="$bare" '{ printf "FHIR POST of 3 KB, 32 connections, durable and applied: %d a second, p50 %.1f ms, p99 %.1f ms; ratio to a bare endpoint %.2f (goal 0.1)\n",
	$4, $6 / 1000, $8 / 1000, $4 / bare }'
awk '$1 == "VmHWM:" { printf "memory at most: %d MiB\n", $2 / 1024 }' "/proc/$(cat "$dir/engine.pid")/status"
stop_engine
