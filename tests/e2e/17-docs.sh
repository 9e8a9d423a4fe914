#!/bin/sh
# The docs say what the program says: codes, commands, and files that exist.
set -eu
: "${BUILD:=build}"
fail() {
	echo "$1"
	exit 1
}

tests/tools/errors.sh | cmp - docs/errors.md || fail "docs/errors.md is not what tests/tools/errors.sh writes"

tests/tools/lint.sh | cmp - docs/lint.md || fail "docs/lint.md is not what tests/tools/lint.sh writes"

for c in $("$BUILD/wardwire" --help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do
	grep -q "\`$c\`\|wardwire $c" README.md docs/*.md || fail "no page speaks of wardwire $c"
	"$BUILD/wardwire" "$c" --help >/dev/null || fail "wardwire $c has no help"
done

# Every page a page links to is there.
for page in README.md docs/*.md; do
	for to in $(sed -n 's/.*](\([a-z/]*\.md\)).*/\1/p' "$page"); do
		[ -e "$(dirname "$page")/$to" ] || fail "$page links to $to, which is not there"
	done
done

# The configurations, the roster, the message and the resources of the README are good.
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# block KIND N: the N-th of that kind.
block() {
	awk -v open="\`\`\`$1" -v n="$2" '/^```/ { on = 0 } on; $0 == open && ++i == n { on = 1 }' README.md
}

block yaml 1 >"$dir/wardwire.yaml"
block csv 1 >"$dir/roster.csv"
awk '/^MSH\|/ { on = 1 } /^```$/ { on = 0 } on' README.md >"$dir/a01.hl7"
"$BUILD/wardwire" config check -c "$dir/wardwire.yaml" >/dev/null || fail "the README's configuration is refused"
"$BUILD/wardwire" try -c "$dir/wardwire.yaml" "$dir/a01.hl7" | grep -q 'would create Task "stay" at rcca-ehr' ||
	fail "the README's message calls for no Task"

# Listeners and feeds again, with FHIR; the rest is as before.
{
	block yaml 2
	sed -e '/^listeners:/,/^endpoints:/{ /^endpoints:/!d; }' "$dir/wardwire.yaml"
} >"$dir/fhir.yaml"
block json 1 >"$dir/stay.json"
"$BUILD/wardwire" config check -c "$dir/fhir.yaml" >/dev/null || fail "the README's configuration with FHIR is refused"
"$BUILD/wardwire" validate "$dir/stay.json" >/dev/null || fail "the README's Bundle is refused"
"$BUILD/wardwire" try -c "$dir/fhir.yaml" --feed ehr "$dir/stay.json" | grep -q 'finished' ||
	fail "the README's Bundle tells of no stay"

# Endpoints and parties again, with a program.
{
	sed -n '1,/^endpoints:/{ /^endpoints:/!p; }' "$dir/wardwire.yaml"
	block yaml 3
	sed -n '/^rosters:/,$p' "$dir/wardwire.yaml"
} >"$dir/program.yaml"
"$BUILD/wardwire" config check -c "$dir/program.yaml" >/dev/null || fail "the README's configuration with a program is refused"
"$BUILD/wardwire" config programs -c "$dir/program.yaml" | grep -q '"program": "collaborative-care"' || fail "the README's program is not shown"
"$BUILD/wardwire" try -c "$dir/program.yaml" "$dir/a01.hl7" | grep -q 'would create Task "stay" at rcca-ehr' ||
	fail "the README's message calls for no Task by the program"
