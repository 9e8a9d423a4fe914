#!/bin/sh
# Plants the bugs of tests/mutants, one after the other, each in a copy of the tree: the test that the patch names must fail.
# A test that fails without a bug, a patch that does not fit any more and a bug that is not found fail the gate.
# The copies are built by what changed, so the build folder must be up to date (make mutants sees to it).
set -u
: "${BUILD:=build}" "${MAKE:=make}"

# run_test NAME: a unit test, or a script of tests/.
run_test() {
	case $1 in
	tests/*) $MAKE -s all >log 2>&1 && timeout 120 sh "$1" >>log 2>&1 ;;
	*) $MAKE -s "$BUILD/tests/$1" >log 2>&1 && timeout 120 "$BUILD/tests/$1" >>log 2>&1 ;;
	esac
}

# Whether what ended badly was the building.
is_built() {
	! grep -q -e ': error: ' -e 'undefined reference' -e '^make.*\*\*\*' log
}

say() {
	printf '%-18s %s\n' "$1" "$2"
}

# one PATCH, or one =TEST for the test without a bug; in the copy of this slot.
one() {
	cd "$WORK/$SLOT" || exit 1
	case $1 in
	=*)
		run_test "${1#=}" && return
		say "${1#=}" "fails without any bug"
		tail -20 log
		return 1
		;;
	esac
	name=$(basename "$1" .patch)
	test=$(sed -n 's/^test: //p' "$1")
	file=$(sed -n 's/^+++ b\///p' "$1")
	cp "$file" kept # the tree it came from may change meanwhile
	if ! patch -s -p1 <"$1" >log 2>&1; then
		say "$name" "does not fit any more: $(tr '\n' ' ' <log)"
		cp kept "$file"
		rm -f "$file.orig" "$file.rej"
		return 1
	fi
	bad=0
	if run_test "$test"; then
		say "$name" "NOT FOUND by $test: $(head -1 "$1")"
		bad=1
	elif ! is_built; then
		say "$name" "cannot be built"
		tail -5 log
		bad=1
	else
		say "$name" "found by $test"
	fi
	cp kept "$file" # newer than what was built with the bug
	return $bad
}

if [ "${1:-}" = --one ]; then
	one "$2"
	exit
fi

WORK=$(mktemp -d "${TMPDIR:-/tmp}/wardwire-mutants-XXXXXX")
export WORK BUILD MAKE
trap 'rm -rf "$WORK"' EXIT
trap 'exit 1' INT TERM
workers=$(nproc)
i=0
while [ "$i" -lt "$workers" ]; do
	mkdir "$WORK/$i"
	git ls-files -co --exclude-standard | tar -c --ignore-failed-read -T - 2>/dev/null | tar -x -C "$WORK/$i"
	cp -a "$BUILD" "$WORK/$i/"
	i=$((i + 1))
done
tests=$(sed -n 's/^test: /=/p' tests/mutants/*.patch | sort -u)
# shellcheck disable=SC2086
if printf '%s\n' $tests tests/mutants/*.patch | xargs -P "$workers" -n 1 --process-slot-var=SLOT sh "$0" --one; then
	echo "mutants: $(ls tests/mutants/*.patch | wc -l), every one found"
else
	echo "mutants: the gate is open"
	exit 1
fi
