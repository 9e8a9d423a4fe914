#!/bin/sh
# Writes the tables of rules, parameters and flags in docs/programs.md anew, from include/wardwire/rule_params.def and
# profiles/programs; tests/unit/test_program.c says when they differ.
set -eu
: "${BUILD:=build}"
page=docs/programs.md
awk -v printer="$BUILD/tests/test_program --table " '
	/^\| rule \| what it finds/ { table = "rules" }
	/^\| rule \| parameter/ { table = "parameters" }
	/^\| flag \| basic/ { table = "flags" }
	!/^\|/ { skip = 0 }
	!skip { print }
	/^\|---/ && table != "" {
		while (((printer table) | getline row) > 0) print row
		close(printer table)
		table = ""
		skip = 1
	}' "$page" >"$page.new"
mv "$page.new" "$page"
