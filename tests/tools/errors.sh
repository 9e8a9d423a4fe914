#!/bin/sh
# Writes docs/errors.md from include/wardwire/status.def, so that the page and the program agree.
set -eu
cat <<'HEAD'
# Codes

Every failure has a public code that never changes its meaning. It stands in acknowledgements (ERR), in the refused ring, in log
lines and on standard error. This page is made from `include/wardwire/status.def` (`tests/tools/errors.sh`).

Classes: *transient*: the same input may succeed later, and is kept and tried again; *permanent*: the same input can never succeed;
*bug*: an error in wardwire itself, please report it.

| code | what | class | HL7 table 0357 | FHIR issue |
|---|---|---|---|---|
HEAD
sed -n 's/^WW_STATUS(\([A-Z0-9_]*\), *\([A-Z]*\), *\([0-9]*\), *"\([^"]*\)", *\([0-9]*\), *"\([^"]*\)")$/\5|\6|\2|\3|\4/p' include/wardwire/status.def |
	awk -F'|' '$1 > 0 { printf "| WW-%03d | %s | %s | %s | %s |\n", $1, $2, tolower($3), $4, $5 }'
