#!/bin/sh
# Command lines: help, faults, and what the commands that read files print of the samples. WANT=1 writes the expected
# output anew; look at the difference before it is kept.
. tests/e2e/lib.sh

samples=samples/cli

# is_json: standard input is one JSON value a line. Strings and numbers become v, then what is built of v.
is_json() {
	awk '{
		gsub(/"([^"\\]|\\["\\\/bfnrt]|\\u[0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F])*"/, "s")
		gsub(/-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?|true|false|null/, "v")
		gsub(/[ \t]/, "")
		do {
			before = $0
			gsub(/\{(s:[sv](,s:[sv])*)?\}/, "v")
			gsub(/\[([sv](,[sv])*)?\]/, "v")
		} while ($0 != before)
		if ($0 != "v") bad = 1
	} END { exit bad || NR == 0 }'
}
echo '{"a":[1,{"b":"\"}"},-2.5e3,null]}' | is_json || fail "is_json refuses JSON"
printf '{"a":1}\n{"a":1,}\n' | is_json && fail "is_json takes what is no JSON"

# -- help, and lines that are wrong -------------------------------------------------------------------

# help_of PROGRAM "COMMAND" OPTION...: its help has these options and no others, by -h too, and others are refused.
help_of() {
	help_program=$1
	help_command=$2
	shift 2
	# shellcheck disable=SC2086
	printed=$("$BUILD/$help_program" $help_command --help 2>"$dir/err")
	same "exit status of $help_program $help_command --help" 0 $?
	same "$help_program $help_command --help on standard error" '' "$(cat "$dir/err")"
	has "$help_program $help_command --help" "$printed" "^usage: $help_program $help_command "
	for option in "$@" --help; do
		has "$help_program $help_command --help" "$printed" "^  .*$option\\( \\|\$\\)"
	done
	same "options of $help_program $help_command" "$(printf '%s\n' "$@" --help | grep . | sort)" \
		"$(printf '%s\n' "$printed" | sed -n 's/^  [- ][A-Za-z ][, ] \(--[a-z-]*\).*/\1/p' | sort)"
	# shellcheck disable=SC2086
	same "$help_program $help_command -h" "$printed" "$("$BUILD/$help_program" $help_command -h)"
	# shellcheck disable=SC2086
	"$BUILD/$help_program" $help_command --no-such-option >/dev/null 2>"$dir/err"
	same "exit status of $help_program $help_command with an unknown option" 2 $?
	has "$help_program $help_command with an unknown option" "$(cat "$dir/err")" '^.*there is no option --no-such-option$'
}

# Every command is a row here: program, command, options.
commands=0
while read -r program command options; do
	commands=$((commands + 1))
	# shellcheck disable=SC2086
	help_of "$program" "$command" $options
	has "the list of $program" "$("$BUILD/$program" --help)" "^  $command "
done <<'END'
wardwire run --config --log --port-file --clock-file
wardwire config --config
wardwire get --raw --place --json
wardwire parse --json --tree --hex
wardwire lint --errors --quiet --json --rules
wardwire validate --profile --as --lenient --quiet --json
wardwire load --config --feed --csv --map --dry-run --print --rejects --anew --quiet --json
wardwire map --to --zone --feed
wardwire score
wardwire try --config --feed --json
wardwire find --config --control --patient --member --authorization --visit --type --event --feed --state --from --to --limit --json
wardwire show --config --raw --tree --hex --sent
wardwire why --config --json
wardwire status --config --json --verify
wardwire replay --config --reason --who --json
wardwire dismiss --config --reason --who --json
wardwire refused --config --raw
wardwire rebuild --config --check --dump --full
wardwire snapshot --config --list --json
wardwire backup --config --verify --json
wardwire restore --config --json
wardwire schedule --config --most --json
wardwire release --config --reason --who --json
wardwire-kit send --to --timeout --retry --rate --connections --repeat --count --fresh-ids --whole --ca --cert --key --name --quiet --json
wardwire-kit listen --listen --anyone --port-file --answer --answer-if --keep --count --ca --cert --key --quiet
wardwire-kit practice --listen --port-file --log --keep --fail --fail-after --delay
wardwire-kit gen --seed --patients --days --noise --roster --truth
wardwire-kit payer --listen --port-file --submit --inquire --type --status --mute --keep
wardwire-kit token --key --alg --kid --client --base --audience --scope --ca
wardwire-kit demo --engine --samples --stay
END

# A command that has commands of its own: likewise, below it.
commands=$((commands + 1))
actions=0
while read -r action options; do
	actions=$((actions + 1))
	# shellcheck disable=SC2086
	help_of wardwire "queue $action" $options
	has "the list of queue" "$("$engine" queue --help)" "^  $action "
done <<'END'
ls --config --endpoint --state --most --json
show --config --json
retry --config --reason --who --json --endpoint
park --config --reason --who --json --endpoint
discard --config --reason --who --json --endpoint
pause --config --reason --who --json
resume --config --reason --who --json
END
same "actions of queue" "$actions" "$("$engine" queue --help | grep -c '^  [a-z]')"
"$engine" queue >/dev/null 2>&1
same "exit status of queue alone" 2 $?
commands=$((commands + 1))
actions=0
while read -r action options; do
	actions=$((actions + 1))
	# shellcheck disable=SC2086
	help_of wardwire "match $action" $options
	has "the list of match" "$("$engine" match --help)" "^  $action "
done <<'END'
ls --config --state --most --json
show --config --json
accept --config --reason --who --json
reject --config --reason --who --json
undo --config --reason --who --json
END
same "actions of match" "$actions" "$("$engine" match --help | grep -c '^  [a-z]')"
commands=$((commands + 1))
actions=0
while read -r action options; do
	actions=$((actions + 1))
	# shellcheck disable=SC2086
	help_of wardwire "flags $action" $options
	has "the list of flags" "$("$engine" flags --help)" "^  $action "
done <<'END'
ls --config --party --role --state --kind --program --member --overdue --not-told --most --json --csv
show --config --json
ack --config --reason --who --json
note --config --who --json
done --config --outcome --who --json
END
same "actions of flags" "$actions" "$("$engine" flags --help | grep -c '^  [a-z]')"
commands=$((commands + 1))
actions=0
while read -r action options; do
	actions=$((actions + 1))
	# shellcheck disable=SC2086
	help_of wardwire "roster $action" $options
	has "the list of roster" "$("$engine" roster --help)" "^  $action "
done <<'END'
load --config --roster --delta --dry-run --max-drop --force --as-of --reason --who --quiet --json
ls --config --held --json
show --config --on --json
propose --config --days --most --json
release --config --reason --who --json
END
same "actions of roster" "$actions" "$("$engine" roster --help | grep -c '^  [a-z]')"
commands=$((commands + 1))
while read -r action options; do
	# shellcheck disable=SC2086
	help_of wardwire "report $action" $options
	has "the list of report" "$("$engine" report --help)" "^  $action "
done <<'END'
disclosures --config --member --most --json
suppressed --config --member --most --json
sla --config --since --until --feed --most --json --csv
END
commands=$((commands + 1))
# shellcheck disable=SC2046
help_of wardwire "journal prune" --config --dry-run --json
"$engine" journal >/dev/null 2>&1
same "exit status of journal alone" 2 $?
same "commands in the lists" "$commands" \
	"$({ "$engine" --help; "$kit" --help; } | grep -c '^  [a-z]')"

for program in "$engine" "$kit"; do
	"$program" >/dev/null 2>&1
	same "exit status of $program alone" 2 $?
	printed=$("$program" dance 2>&1)
	same "exit status of an unknown command" 2 $?
	has "an unknown command" "$printed" "there is no command 'dance'"
done
for line in config 'config dance' 'get x' 'get PID-3' parse 'parse --json --tree x' validate lint 'lint --json' map 'run -c' 'run --log loud' 'run x' 'map --to fhir x' \
	'map --zone Nowhere x' why 'why 1 2' try 'status y' 'refused y' 'rebuild y' 'parse --json=1 x' 'queue dance' \
	'queue pause' 'queue resume a b' roster 'roster dance' 'roster load' 'roster show' 'roster release' score 'score lace los=x' 'score hospital hb=99' 'score charlson' \
	'queue park' 'queue retry 1.1 --endpoint x' 'queue ls x' 'queue ls --state settled' 'queue show x' match 'match dance' 'match show x' flags 'flags show x' 'flags note 1.1' 'flags ls --role king' 'flags ls --state gone' 'flags ack' 'match accept' replay 'replay 1 2' dismiss; do
	# shellcheck disable=SC2086
	"$engine" $line >/dev/null 2>"$dir/err"
	same "exit status of '$line'" 2 $?
	[ -s "$dir/err" ] || fail "'$line' says nothing"
done
for line in 'send x' 'send --to 127.0.0.1 x' 'send --to mllp://127.0.0.1:1 --timeout 0 x' \
	'send --to mllp://127.0.0.1:1 --count 2 --repeat 2 x' 'send --to mllp://127.0.0.1:1 --ca x x' 'send --to mllps:127.0.0.1:1 x' 'send --to mllp://127.0.0.1:1 --fresh-ids --whole x' 'practice' \
	'practice --listen 0.0.0.0:0' 'practice --listen 127.0.0.1:0 --fail 3' 'demo'; do
	# shellcheck disable=SC2086
	"$kit" $line >/dev/null 2>"$dir/err"
	same "exit status of '$line'" 2 $?
	[ -s "$dir/err" ] || fail "'$line' says nothing"
done

# Without -c it is the wardwire.yaml of the folder one is in.
program=$(cd "$(dirname "$engine")" && pwd)/wardwire
has "configuration unless given" "$(cd "$samples" && "$program" config check)" '^wardwire.yaml: good: '

# -- samples ------------------------------------------------------------------------------------------

# NAME, exit status, and what is run in the folder of samples; NAME.want is what it must print.
while read -r name code line; do
	# shellcheck disable=SC2086
	(cd "$samples" && "$program" $line) >"$dir/have" 2>"$dir/err"
	same "exit status of '$line'" "$code" $?
	[ -z "${WANT:-}" ] || cp "$dir/have" "$samples/$name.want"
	diff "$samples/$name.want" "$dir/have" >"$dir/diff" || fail "'$line' prints: $(head -20 "$dir/diff")"
done <<'END'
get 0 get admission.in PID-5.1 PID-5.2 PID-5.3 PID-3(2).1 PID-11.1 OBX-5 OBX-5(2) ZBD-2.2 NK1-2 MSH-9.2 MSH-2
get-day 0 get day.in MSH-10 PV1-19.1
get-rows 0 get -p DG1(*)-3.1 PID-3(*).1 PID-3(*).4 MSH-10 OBX-5 admission.in day.in
get-raw 0 get --raw PID-3 OBX-5 PID-5.3 ZZZ-1 admission.in
get-odd 3 get PID-5.1 NTE-3 MSH-2 odd.in
get-json 0 get --json PID-3(*).1 PID-5.3 PV1-3 OBX-5 admission.in day.in
parse 0 parse admission.in
parse-json 0 parse --json admission.in
parse-tree 0 parse --tree admission.in
parse-hex 3 parse --hex odd.in
parse-odd 3 parse --tree odd.in
lint 1 lint admission.in day.in odd.in batch.in
lint-errors 1 lint --errors odd.in
lint-json 1 lint --json odd.in batch.in
validate 3 validate encounter.json faults.json claims.ndjson coverage.xml
validate-json 3 validate --json encounter.json claims.ndjson coverage.xml
validate-lenient 3 validate --lenient faults.json
validate-profile 3 validate --profile profile.json --as https://engine.example.org/StructureDefinition/inpatient-encounter encounter.json
map 0 map admission.in
score-lace 0 score lace los=5 acute=1 charlson=3 ed=2
score-hospital 0 score hospital hb=11.9 oncology=0 na=140 procedure=0 urgent=1 admissions=0 los=3
score-hospital-simplified 0 score hospital hb=119g/L na=134mEq/L oncology=1 urgent=1 admissions=2 los=5 cuts=simplified
score-hospital-bounds 0 score hospital cuts=2013 oncology=0 procedure=0 urgent=1 admissions=0 los=5
score-charlson 0 score charlson weights=quan2011 I50.9 E11.9 E11.22 Z47.1
score-elixhauser 0 score elixhauser I10 I13.0 F11.20
try 1 try day.in
try-json 0 try --json -c wardwire.yaml admission.in
END
(cd "$samples" && "$program" try --json day.in) >"$dir/tried"
is_json <"$dir/tried" || fail "try --json prints what is no JSON"
same "lines of try --json" "$(grep -c '^MSH' "$samples/day.in")" "$(wc -l <"$dir/tried" | tr -d ' ')"
(cd "$samples" && "$program" parse --json day.in) >"$dir/parsed"
tr -d '\n' <"$dir/parsed" | sed 's/}{/}\n{/g' | is_json || fail "parse --json prints what is no JSON"
same "get from standard input" "$(cat "$samples/get-day.want")" "$("$engine" get - MSH-10 PV1-19.1 <"$samples/day.in")"
"$engine" get "$samples/admission.in" NK1-2 >/dev/null
same "exit status of get for nothing" 1 $?
same "lint of one good message" '1 message: 0 errors, 0 warnings' \
	"$(sed -n '1,/^ZBD/p' "$samples/admission.in" | tr '\n' '\r' | "$engine" lint -)"
"$engine" lint "$samples/roster.csv" >/dev/null 2>&1
same "exit status of lint for no message" 3 $?
"$engine" lint "$samples/none.in" >/dev/null 2>&1
same "exit status of lint for no file" 3 $?
lacks "what lint prints of values" "$("$engine" lint "$samples/odd.in")" 'MR7\|BIRCH\|19701130'
"$engine" get "$samples/admission.in" PID5 >/dev/null 2>&1
same "exit status of get for no path" 3 $?
"$engine" get "$samples/roster.csv" PID-5 >/dev/null 2>&1
same "exit status of get for no message" 3 $?
cat "$samples"/score-*.want | is_json || fail "score prints what is no JSON"
same "what score says of a value that is out of range" \
	'wardwire: hb: is no value that a person can have: hemoglobin from 1 to 30 g/dL, or with its unit: 119g/L, 7.4mmol/L (WW-206)' \
	"$("$engine" score hospital hb=99 2>&1)"
[ ! -e "$samples/data" ] || fail "try wrote a folder of data"
