#!/bin/sh
# The admission family under a program: plans with their cancel, emergency visits without a second notice of observation, admissions with who
# treats the patient, a transfer to another hospital. Under the built-in program none of the new ones is told.
. tests/e2e/lib.sh

told() {
	curl -s "$practice/Communication?_count=1000" | grep -o '"contentString":"[^"]*' | cut -d'"' -f4
}

# attended MESSAGE: by somebody.
attended() {
	sed 's/|E||||/|E|||1234567893^DOCTOR^ANN^^^^^^NPI|/'
}

start_practice rcca
write_site 5
sed -i 's|{name: mercy, on: adt,|& adt: {observation: [OBS]},|' "$config"
cp "$config" "$dir/basic.yaml"
cat >"$dir/care.yaml" <<-END
program: care
title: Care
version: 1
rules: [{use: admission/2}]
flags:
  planned-admission: {to: coordinator, as: communication}
  ed-arrival: {to: coordinator, as: communication}
  observation: {to: coordinator, as: communication}
  transfer: {to: coordinator, as: communication}
  admission: {to: coordinator, as: stay-task, deadline: 24h}
END
cat >>"$config" <<-END
programs:
  - {file: care.yaml}
END
start_engine

# -- planned, and not after all ----------------------------------------------------------------------------
accept "$(adt A05 C1 1 P)"
wait_until is_at_rest
has "plan" "$(told)" 'inpatient stay of an attributed member is planned'
same "Tasks" 0 "$(tasks '' | wc -l)"
accept "$(adt A38 C2 1 P V1 0900)"
wait_until is_at_rest
same "corrections" 1 "$(told | grep -c 'the hospital cancelled the planned admission')"

# -- emergency department, observation, ward ---------------------------------------------------------------------
accept "$(adt A04 C3 2 E V2 0800)"
accept "$(adt A08 C4 2 OBS V2 0900)"
wait_until is_at_rest
same "arrivals" 1 "$(told | grep -c 'arrived in the emergency department')"
same "observation stays" 0 "$(told | grep -c 'under observation')"
accept "$(adt A06 C5 2 I V2 1000)"
wait_until is_at_rest
same "Tasks of the second notice" 1 "$(tasks 2 | wc -l)"

# -- who treats the patient, and where -----------------------------------------------------------------------------
accept "$(adt A01 C6 3 I V3 0800 | attended)"
wait_until is_at_rest
task=$(tasks 3)
has "practitioner" "$task" 'ANN DOCTOR, NPI 1234567893'
has "name of the patient" "$task" '"display":"GIVEN TESTFAMILY3"'
has "institution" "$task" ' at MERCY'
accept "$(adt A02 C7 3 I V3 0900 | sed 's/4W^401^1^MERCY/5N^502^1^SOUTH/')"
wait_until is_at_rest
same "transfers" 1 "$(told | grep -c 'transferred to another facility')"
same "Tasks" 1 "$(tasks 3 | wc -l)"
accept "$(adt A02 C8 3 I V3 0930 | sed 's/4W^401^1^MERCY/5N^503^1^SOUTH/')"
wait_until is_at_rest
same "transfers" 1 "$(told | grep -c 'transferred to another facility')"

lacks "log" "$(cat "$engine_log")" 'TESTFAMILY\|DOCTOR\|1234567893'
stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '

# -- version 1, as before: no plan, no name, no practitioner --------------------------------------------------------
cp "$dir/basic.yaml" "$config"
before=$(told | wc -l)
start_engine
accept "$(adt A05 C11 4 P)"
accept "$(adt A01 C12 5 I V5 0800 | attended)"
wait_until is_at_rest
same "Communications" "$before" "$(told | wc -l)"
lacks "Task" "$(tasks 5)" 'DOCTOR\|TESTFAMILY\|practitioner'
stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '
