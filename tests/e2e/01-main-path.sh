#!/bin/sh
# A message in, a Task at the practice, and the commands that tell of it.
. tests/e2e/lib.sh

start_practice rcca
write_site 2
start_engine

adt A01 C1 1 >"$dir/a01.hl7"
printed=$(send "$dir/a01.hl7")
same "exit status of send" 0 $?
has "line of the message" "$printed" '^.*a01.hl7:1 #1 ADT^A01 AA$'
has "totals" "$printed" '^1 sent: 1 AA, 0 AE, 0 AR$'
wait_until is_at_rest

# What the practice has, read by another program.
task=$(tasks 1)
same "Tasks" 1 "$(tasks 1 | wc -l)"
has "status" "$task" '"status":"requested"'
has "kind" "$task" '"code":"fulfill"'
has "owner" "$task" '"owner":{"display":"Riverside Care"}'
has "admission" "$task" '"type":{"text":"admitted"},"valueDateTime":"2026-03-02T07:00:00-05:00"'
has "due time" "$task" '"restriction":{"period":{"end":"20'
has "reason" "$task" 'admission by admission/1'
lacks "name" "$task" 'TESTFAMILY'
same "Tasks of somebody else" 0 "$(tasks 2 | wc -l)"

# The discharge is an update of that Task and no second one.
accept "$(adt A03 C2 1 I V1 1500)"
wait_until is_at_rest
same "Tasks after the discharge" 1 "$(tasks 1 | wc -l)"
has "Task after the discharge" "$(tasks 1)" 'Follow-up after discharge'
has "discharge" "$(tasks 1)" '"type":{"text":"discharged"},"valueDateTime":"2026-03-02T15:00:00-05:00"'
has "version" "$(tasks 1)" '"versionId":"2"'

# why: from the message to its notice. The first message is the first record after the three of the start.
story=$("$engine" why -c "$config" 4)
same "exit status of why" 0 $?
has "why, message" "$story" '^message: journal 4, .*event A01, disposition applied'
has "why, flag" "$story" 'kind admission, state open, practice rcca, rule admission/1, raised-by-journal 4'
has "why, evidence" "$story" 'class PV1-2'
has "why, notice" "$story" 'resource Task, subject stay, practice rcca, endpoint rcca-ehr, state settled, change update'
has "why, attempt" "$story" 'verb create, started .*, result sent, http 201'
flag='s/^ *- \(id .*kind admission.*\)/\1/p'
same "why of the member" "$(printf '%s\n' "$story" | sed -n "$flag")" \
	"$("$engine" why -c "$config" member:m-0001 | sed -n "$flag")"
"$engine" why -c "$config" 400 >/dev/null 2>&1
same "exit status of why for nothing" 1 $?

state=$("$engine" status -c "$config")
has "status, messages" "$state" '^messages *applied 2$'
has "status, notices" "$state" '^notices *settled 1$'
has "status, journal" "$state" ' damaged 0 torn 0 '
has "status, roster" "$state" '^roster *roster: 2 rows, 0 rejected$'

# send counts what it sent and says by its exit status how it went.
{ adt A01 C3 2; adt A01 C4 2 | grep -v '^PID'; } >"$dir/two.hl7"
printed=$(send "$dir/two.hl7")
same "exit status of send when one was refused" 1 $?
has "counts" "$printed" '^2 sent: 1 AA, 1 AE, 0 AR$'
has "place" "$printed" 'ADT^A01 AE PID "the patient.s segment is missing"$'
has "send --json" "$(send --json "$dir/a01.hl7" | tail -1)" \
	'^{"sent":1,"AA":1,"AE":0,"AR":0,"unfit":0,"unanswered":0,"us":[0-9]*,"p50-us":[0-9]*,"p99-us":[0-9]*,"most-us":[0-9]*}$'
same "send --quiet" '1 sent: 1 AA, 0 AE, 0 AR' "$(send -q "$dir/a01.hl7")"
# What is itself an acknowledgement is never answered; the files behind it are sent all the same.
printf 'MSH|^~\\&|A|B|C|D|20260302||ACK|C9|P|2.5.1\nMSA|AA|1\n' >"$dir/ack.hl7"
printed=$(send "$dir/a01.hl7" "$dir/ack.hl7" "$dir/a01.hl7" 2>/dev/null)
same "exit status of send with an acknowledgement" 1 $?
has "an acknowledgement" "$printed" 'ack.hl7:1 #2 ACK no answer$'
has "counts with an acknowledgement" "$printed" '^3 sent: 2 AA, 0 AE, 0 AR, 1 unanswered$'
echo 'no message' | send - >/dev/null 2>&1
same "exit status of send for nothing to send" 3 $?
wait_until is_at_rest
stop_engine
send "$dir/a01.hl7" >/dev/null 2>&1
same "exit status of send without a receiver" 4 $?
