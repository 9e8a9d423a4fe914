#!/bin/sh
# Files as rows of C, for what is compiled in:
#
#	sh engine/config/embed.sh profiles/programs/*.yaml
#
#	static const char embedded_1[] = { 0x23, ... 0x00 };
#	WW_EMBEDDED("basic.yaml", embedded_1)
#
# The arrays stand first, and the rows are in the macro WW_EMBEDDED_ROWS. Bytes beyond ASCII would be no char everywhere.
set -eu
LC_ALL=C
n=0
rows=
for f in "$@"; do
	if grep -q '[^	 -~]' "$f"; then
		echo "$f: not ASCII" >&2
		exit 1
	fi
	n=$((n + 1))
	echo "static const char embedded_$n[] = {"
	od -An -v -tx1 "$f" | sed 's/ /, 0x/g; s/^, //; s/$/,/'
	echo "0x00 };"
	rows="$rows WW_EMBEDDED(\"${f##*/}\", embedded_$n)"
done
echo "#define WW_EMBEDDED_ROWS$rows"
