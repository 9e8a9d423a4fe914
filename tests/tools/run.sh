#!/bin/sh
# Runs every unit test, every fuzz target over its seeds and every end-to-end test, and counts what ran. The last line is "N passed, N failed".
set -u
: "${BUILD:=build}"
export BUILD
passed=0
failed=0
log=$(mktemp -d "${TMPDIR:-/tmp}/wardwire-tests-XXXXXX")
trap 'rm -rf "$log"' EXIT

# Check closes with "100%: Checks: 9, Failures: 0, Errors: 0".
for t in "$BUILD"/tests/test_*; do
	[ -x "$t" ] && [ ! -d "$t" ] || continue
	case $t in *.d) continue ;; esac
	"$t" >"$log/out" 2>&1
	code=$?
	sums=$(sed -n 's/^[0-9]*%: Checks: \([0-9]*\), Failures: \([0-9]*\), Errors: \([0-9]*\)$/\1 \2 \3/p' "$log/out" | tail -1)
	if [ -z "$sums" ]; then
		echo "$(basename "$t"): ended without a result (exit $code)"
		tail -40 "$log/out"
		failed=$((failed + 1))
		continue
	fi
	# shellcheck disable=SC2086
	set -- $sums
	bad=$(($2 + $3))
	if [ "$bad" -gt 0 ] || [ "$code" -ne 0 ]; then
		echo "$(basename "$t"): $bad of $1 failed (exit $code)"
		tail -40 "$log/out"
		[ "$bad" -gt 0 ] || bad=1
	fi
	passed=$((passed + $1 - $2 - $3))
	failed=$((failed + bad))
done

# Fuzz targets over their seeds.
for t in tests/fuzz/corpus/*; do
	if "$BUILD/replay/$(basename "$t")" "$t" >"$log/out" 2>&1; then
		passed=$((passed + 1))
	else
		echo "replay of $t: failed"
		tail -40 "$log/out"
		failed=$((failed + 1))
	fi
done

for t in tests/e2e/[0-9]*.sh; do
	[ -e "$t" ] || continue
	if sh "$t" >"$log/out" 2>&1; then
		passed=$((passed + 1))
	else
		echo "$t: failed"
		tail -60 "$log/out"
		failed=$((failed + 1))
	fi
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
