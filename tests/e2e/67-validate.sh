#!/bin/sh
# wardwire validate: what it takes for a resource, how it ends, and that it says nothing of a patient. What it prints of the
# samples is held in 12-commands.sh.
. tests/e2e/lib.sh

samples=samples/cli
good=$samples/encounter.json

# ends CODE WHAT COMMAND...: the command has that exit status.
ends() {
	ends_code=$1
	ends_what=$2
	shift 2
	"$@" >"$dir/out" 2>"$dir/err"
	same "exit status of validate for $ends_what" "$ends_code" $?
}

ends 0 "a good resource" "$engine" validate "$good"
ends 3 "a bad resource" "$engine" validate "$samples/faults.json"
ends 3 "a good and a bad one" "$engine" validate "$samples/faults.json" "$good"
ends 3 "no file" "$engine" validate "$dir/none.json"
ends 3 "an empty file" "$engine" validate /dev/null
ends 2 "no argument" "$engine" validate

# Standard input, with a byte order mark, on one line, and in XML.
same "standard input" '1 resource: 0 not valid; 0 errors, 0 warnings' "$("$engine" validate - <"$good")"
{ printf '\357\273\277'; cat "$good"; } >"$dir/bom.json"
ends 0 "a byte order mark" "$engine" validate "$dir/bom.json"
tr -d '\n' <"$good" >"$dir/line.json"
ends 0 "one line" "$engine" validate "$dir/line.json"
sed 's/<\/Coverage>/<payor><display value="ACME"\/><\/payor>&/' "$samples/coverage.xml" >"$dir/good.xml"
ends 0 "XML" "$engine" validate "$dir/good.xml"
sed 's/<Coverage/<!DOCTYPE Coverage><Coverage/' "$dir/good.xml" >"$dir/doctype.xml"
ends 3 "XML with a document type" "$engine" validate "$dir/doctype.xml"

# One resource a line: every line is judged, blank ones are passed over, and the last needs no line end.
for n in 1 2 3 4 5; do
	cat "$dir/line.json"
	echo
done >"$dir/many.ndjson"
printf '\n%s' '{"resourceType":"Patient","gender":"f"}' >>"$dir/many.ndjson"
same "lines" "$dir/many.ndjson:7: error WW-207 Patient.gender: binding: not a code of the required value set
6 resources: 1 not valid; 1 error, 0 warnings" "$("$engine" validate "$dir/many.ndjson")"
same "lines of --json" 1 "$("$engine" validate --json "$dir/many.ndjson" | wc -l | tr -d ' ')"

# Profiles: a file or a folder; what of them is not checked is said once, on standard error.
url=https://engine.example.org/StructureDefinition/inpatient-encounter
mkdir "$dir/profiles"
cp "$samples/profile.json" "$dir/profiles/a.json"
echo '{"name":"package"}' >"$dir/profiles/package.json"
ends 0 "a profile that the resource does not name" "$engine" validate --profile "$samples/profile.json" "$good"
has "the notes" "$(cat "$dir/err")" 'inpatient-encounter: Encounter: invariant inp-1 is not checked'
ends 3 "a profile that it is held to" "$engine" validate --profile "$dir/profiles" --as "$url" "$good"
has "what it says" "$(cat "$dir/out")" 'WW-222 Encounter.serviceProvider: profile: at least 1 must be there (inpatient-encounter)'
sed "s|\"id\": \"e100\",|\"meta\": {\"profile\": [\"$url\"]},|" "$good" >"$dir/claims.json"
ends 3 "a profile that it names" "$engine" validate --profile "$dir/profiles" "$dir/claims.json"
ends 0 "a profile that it names, which is not there" "$engine" validate "$dir/claims.json"
ends 3 "a profile that is not there" "$engine" validate --as http://none "$good"
ends 3 "no such folder" "$engine" validate --profile "$dir/none" "$good"
echo '{' >"$dir/profiles/bad.json"
ends 3 "a folder with a file that is no JSON" "$engine" validate --profile "$dir/profiles" "$good"
has "what it says" "$(cat "$dir/err")" 'bad.json'

# Every beginning of a good file is refused.
size=$(wc -c <"$dir/line.json" | tr -d ' ')
n=1
while [ $n -lt "$size" ]; do
	head -c $n "$dir/line.json" >"$dir/cut.json"
	ends 3 "the first $n bytes" "$engine" validate -q "$dir/cut.json"
	n=$((n + 37))
done

# The tables of R4: a row that is wrong is named, and nothing is written.
for bad in 's/^status\t1..1\tcode\tencounter-status/status\t1-1\tcode\tencounter-status/' 's/encounter-status\tm$/none-status\tm/' \
	's/^=Encounter\tDomain/=Aaa\tDomain/' 's/@Encounter.location/@Encounter.room/'; do
	sed "$bad" profiles/fhir/elements.tsv >"$dir/elements.tsv"
	awk -f engine/codec/fhir_tables.awk -v want=types "$dir/elements.tsv" profiles/fhir/valuesets.tsv profiles/fhir/invariants.tsv \
		>"$dir/rows" 2>"$dir/err" && fail "a bad table is taken: $bad"
	[ -s "$dir/rows" ] && fail "something is written: $bad"
	has "what is said of '$bad'" "$(cat "$dir/err")" 'elements.tsv:[0-9]*: '
done

# No value of a resource is printed.
cat >"$dir/secret.json" <<'END'
{"resourceType":"Patient","id":"Secret Smith","gender":"Secret","birthDate":"Secret","Secret Smith":1,
 "name":[{"use":"Secret"}],"managingOrganization":{"reference":"Secret/1"},"link":"Secret"}
END
for option in --json --lenient --quiet; do
	lacks "what validate $option prints" "$("$engine" validate $option "$dir/secret.json" 2>&1)" 'Secret\|Smith'
done
echo "validate: all good"
