#!/bin/sh
# A program as a file: checked, journaled, in force; a new text is in force from the next start on, and a rebuild judges by the
# text of the day.
. tests/e2e/lib.sh

# records KIND: how many of them the journal has.
records() {
	records_n=0
	for records_i in $(seq "$("$engine" status -c "$config" | sed -n 's/^journal .*records \([0-9]*\) .*/\1/p')"); do
		"$engine" show -c "$config" "$records_i" 2>&1 | grep -q "no message but: $1" && records_n=$((records_n + 1))
	done
	echo $records_n
}

write_program() {
	cat >"$dir/care.yaml" <<-END
	program: river-care
	title: River care
	version: $1
	rules: [{use: admission/1}]
	flags:
	  admission: {to: coordinator, as: stay-task, deadline: $2, priority: urgent}
	END
}

# hours_of VERSION: between raising and due time of a flag of that version.
hours_of() {
	hours_line=$("$engine" flags ls -c "$config" | grep "river-care/$1 " | tail -1)
	hours_from=$(printf '%s\n' "$hours_line" | sed -n 's/.* raised \([^ ]*\) .*/\1/p')
	hours_to=$(printf '%s\n' "$hours_line" | sed -n 's/.* due \([^ ]*\).*/\1/p')
	echo $((($(date -u -d "$hours_to" +%s) - $(date -u -d "$hours_from" +%s)) / 3600))
}

start_practice rcca
write_site 4
cat >>"$config" <<END
programs:
  - {file: care.yaml}
END

# A fault is told of with its place, by the check and by run.
write_program 1 24x
printed=$("$engine" config check -c "$config" 2>&1)
same "exit status of the check" 3 $?
has "fault" "$printed" "care.yaml:6:57: deadline: '24x' is not a valid length of time"
"$engine" run -c "$config" 2>"$dir/refused.log"
same "exit status of run" 3 $?
has "run says where" "$(cat "$dir/refused.log")" "care.yaml, line 6 column 57: deadline"
write_program 1 24h
printed=$("$engine" config check -c "$config")
same "exit status of the check" 0 $?
has "check" "$printed" "^program care: $dir/care.yaml$"
has "check, shipped" "$(sed 's/care.yaml/oncology-care.yaml, payer: rcca/' "$config" >"$dir/onc.yaml" &&
	"$engine" config check -c "$dir/onc.yaml")" '^program oncology-care: oncology-care.yaml (shipped)$'
printed=$("$engine" config programs -c "$config")
same "exit status of programs" 0 $?
has "programs" "$printed" '"program": "river-care"'
has "programs, a default" "$printed" '"warn": 75'

# What is good and hardly meant.
same "no warning" '' "$("$engine" config check -c "$config" 2>&1 >"$dir/checked")"
echo '  transfer: {to: coordinator, as: communication}' >>"$dir/care.yaml"
printed=$("$engine" config check -c "$config" 2>&1)
same "exit status of a warning" 0 $?
has "warning" "$printed" 'care.yaml:7:3: warning: flags.transfer: no rule of the program finds it; admission/2 does'
write_program 1 24h

sed "s/care.yaml/colaborative-care.yaml/" "$config" >"$dir/other.yaml"
printed=$("$engine" config check -c "$dir/other.yaml" 2>&1)
same "exit status of a program that is not there" 3 $?
has "missing program" "$printed" "there is no such file, and no program of that name comes with the engine (did you mean 'collaborative-care.yaml'?)"

# What fits no program of the configuration, and what is there twice.
sed 's/roster.csv/roster.csv, program: lake-care/' "$config" >"$dir/other.yaml"
printed=$("$engine" config check -c "$dir/other.yaml" 2>&1)
same "exit status of a roster for another program" 3 $?
has "roster for another program" "$printed" "rosters\[\].program: no program of the configuration is called 'lake-care'"
sed 's/roster.csv/care-roster.csv/' "$config" >"$dir/other.yaml"
sed 's/practice/practice,program/; s/rcca,/rcca,river-care,/; 3s/river-care/river-cafe/' "$dir/roster.csv" >"$dir/care-roster.csv"
printed=$("$engine" config check -c "$dir/other.yaml" 2>&1)
same "exit status of a row for another program" 1 $?
has "row for another program" "$printed" 'care-roster.csv:3: program: the configuration has none of that name$'
adt A01 C9 2 >"$dir/a01.hl7"
has "why nobody is told" "$("$engine" try -c "$dir/other.yaml" "$dir/a01.hl7")" 'no program is about the member'
has "try" "$("$engine" try -c "$config" "$dir/a01.hl7")" 'raised admission for rcca by admission/1'
sed 's/river-care/basic/' "$dir/care.yaml" >"$dir/twin.yaml"
{ cat "$config"; echo '  - {file: basic.yaml}'; echo '  - {file: twin.yaml}'; } >"$dir/other.yaml"
printed=$("$engine" config check -c "$dir/other.yaml" 2>&1)
same "exit status of two of one name" 3 $?
has "two of one name" "$printed" 'twin.yaml: another program of the configuration has the same name'
sed 's/send: rcca-ehr/send: rcca-ehr, calendar: days.csv/' "$config" >"$dir/other.yaml"
printed=$("$engine" config check -c "$dir/other.yaml" 2>&1)
same "exit status without the calendar" 3 $?
has "missing calendar" "$printed" 'days.csv'
printf 'date,name,weekend,since\n2026-13-01,Town Day,,\n' >"$dir/days.csv"
has "bad calendar" "$("$engine" config check -c "$dir/other.yaml" 2>&1)" 'days.csv, line 2'
printf 'date,name,weekend,since\n2026-03-10,Town Day,,\n' >"$dir/days.csv"
has "good calendar" "$("$engine" config check -c "$dir/other.yaml")" '^calendar days.csv: '

# It is journaled before the configuration that names it, once.
start_engine
accept "$(adt A01 C1 1)"
wait_until is_at_rest
stop_engine
same "FILE records" 1 "$(records file)"
start_engine
accept "$(adt A01 C2 2)"
wait_until is_at_rest
stop_engine
same "FILE records after a start with the same text" 1 "$(records file)"

story=$("$engine" why -c "$config" member:M0001)
has "why" "$story" 'kind admission, state open, practice rcca, .*, program river-care, program-version 1, told-as stay-task'

# Another text is another record; what was told stands.
write_program 2 12h
start_engine
accept "$(adt A01 C3 3)"
wait_until is_at_rest
stop_engine
same "FILE records after a start with another text" 2 "$(records file)"
has "why, told before" "$("$engine" why -c "$config" member:M0001)" 'program river-care, program-version 1,'
has "why, told since" "$("$engine" why -c "$config" member:M0003)" 'program river-care, program-version 2,'
same "hours by the old text" 24 "$(hours_of 1)"
same "hours by the new text" 12 "$(hours_of 2)"
has "status" "$("$engine" status -c "$config")" '^program *river-care: version 2, since 20'
same "CONFIG records" 1 "$(records config)"
same "Tasks" 3 "$(for n in 1 2 3; do tasks $n; done | wc -l)"
has "rebuild" "$("$engine" rebuild --check -c "$config" 2>&1)" 'equal'
