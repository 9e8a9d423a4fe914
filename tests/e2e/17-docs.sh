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

# The configuration and roster of the README are good.
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
sed -n '/^```yaml$/,/^```$/p' README.md | grep -v '^```' >"$dir/wardwire.yaml"
sed -n '/^```csv$/,/^```$/p' README.md | grep -v '^```' >"$dir/roster.csv"
awk '/^MSH\|/ { on = 1 } /^```$/ { on = 0 } on' README.md >"$dir/a01.hl7"
"$BUILD/wardwire" config check -c "$dir/wardwire.yaml" >/dev/null || fail "the README's configuration is refused"
"$BUILD/wardwire" try -c "$dir/wardwire.yaml" "$dir/a01.hl7" | grep -q 'would create Task "stay" at rcca-ehr' ||
	fail "the README's message calls for no Task"
