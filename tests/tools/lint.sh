#!/bin/sh
# Writes docs/lint.md from the table of rules, so that the page and the program agree.
set -eu
: "${BUILD:=build}"
cat <<'HEAD'
# Rules of wardwire lint

`wardwire lint` names what messages do that the standard, or what the engine needs of ADT, does not want ([commands.md](commands.md#wardwire-lint)). Each
rule has a code that never changes its meaning. This page is made from `engine/codec/hl7v2_lint.def` (`tests/tools/lint.sh`). Findings with a
code `WW-nnn` ([errors.md](errors.md)) are those for which the engine refuses the message.

Sources are chapters of HL7 v2.9.1 and HL7 tables where nothing else is said; *ours* is what wardwire needs.

| code | severity | place | messages | what | source |
|---|---|---|---|---|---|
HEAD
"$BUILD/wardwire" lint --rules | sed 's/|/\\|/g' | awk -F'\t' '{ printf "| %s | %s | %s | %s | %s | %s |\n", $1, $2, $3, $4, $5, $6 }'
