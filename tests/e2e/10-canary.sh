#!/bin/sh
# No value of a patient's record leaves by a log, an answer, a report or an error text, on no path; and the notice has
# the payer's number and nothing else of it. Every field that could tell holds a word that stands nowhere else.
. tests/e2e/lib.sh

word='QXJ|1939-*08-*17'

# clean WHAT FILE
clean() {
	[ -s "$2" ] || fail "$1: there is nothing to look at"
	! grep -E -i -n "$word" "$2" >"$dir/hits" || fail "$1 tells: $(head -3 "$dir/hits" | cut -c 1-300)"
}

# marked TRIGGER CONTROL-ID CLASS HHMM [MEMBER]
marked() {
	left=
	[ "$1" = A03 ] && left=20260302${4}00
	printf 'MSH|^~\\&|ADT|MERCY|WARDWIRE|PAYER|20260302%s00||ADT^%s|%s|P|2.5.1\n' "$4" "$1" "$2"
	printf 'EVN|%s|20260302%s00||QXJREASON|QXJOPERATOR^QXJCLERK\n' "$1" "$4"
	printf 'PID|1|QXJOLD|QXJMRN^^^MERCY^MR~QXJSSN^^^USA^SS~QXJDL^^^STATE^DL|QXJALT|QXJFAMILY^QXJGIVEN^QXJMIDDLE|QXJMAIDEN|'
	printf '19390817|F|QXJALIAS^QXJA|R5|QXJSTREET^QXJSUITE^QXJCITY^QJ^QXJZIP||QXJPHONE^PRN^PH^QXJMAIL|QXJWORK|||QXJREL|'
	printf 'QXJACCOUNT|QXJSS|QXJLICENCE||QXJETHNIC|QXJBIRTHPLACE\n'
	printf 'PD1||||QXJPCP^QXJDOCTOR\n'
	printf 'NK1|1|QXJKIN^QXJKINGIVEN|SPO|QXJKINSTREET|QXJKINPHONE\n'
	printf 'PV1|1|%s|QXJWARD^QXJROOM^QXJBED^MERCY|E|||QXJATT^QXJATTGIVEN|QXJREF^R|||||||||||QXJVISIT^^^MERCY' "$3"
	printf '|||||||||||||||||%s||||||||20260302070000|%s\n' "${left:+01}" "$left"
	printf 'PV2|||QXJ.1^QXJCOMPLAINT\n'
	printf 'DG1|1||J18.9^QXJDIAGNOSIS^I10|QXJDESCRIPTION||F\n'
	printf 'AL1|1||QXJALLERGY\n'
	printf 'OBX|1|TX|8302-2^QXJTEST||QXJVALUE with \\T\\ and \\X51584A\\\n'
	printf 'NTE|1||QXJNOTE free text\n'
	printf 'GT1|1||QXJGUARANTOR^QXJG||QXJGSTREET\n'
	printf 'IN1|1|QXJPLAN|QXJPAYER|QXJPAYERNAME||||QXJGROUP||||||||QXJINSURED^QXJI|SEL|19390817|QXJISTREET|||||||||||||||||'
	printf 'QXJPOLICY|||||||||||||%s\n' "$5"
	printf 'ZPI|1|QXJZ^QXJZZ|QXJZZZ\n'
}

# Two rows of the roster are wrong, each with a word in it.
start_practice rcca --fail 1:500
write_site 1
{
	echo 'M7001,"QXJFAMILY, QXJGIVEN",1939-08-17,F,rcca,2025-01-01,'
	echo 'M7002,"QXJFAMILY, QXJGIVEN",QXJ1939,F,rcca,2025-01-01,'
	echo 'QXJ7003,"QXJFAMILY, QXJGIVEN",1939-08-17,F,QXJPRACTICE,2025-01-01,'
} >>"$dir/roster.csv"
"$engine" config check -c "$config" >"$dir/check.out" 2>&1
same "exit status of config check" 1 $?
start_engine --log debug

# Success, an answer 500, a practice that is away, a duplicate, a cancel, a patient of nobody, a birth date that differs.
marked A04 C1 E 0800 M7001 >"$dir/good.hl7"
marked A01 C2 I 0900 M7001 >>"$dir/good.hl7"
send "$dir/good.hl7" >"$dir/send.out" 2>&1 || fail "the admissions were not accepted"
wait_until is_at_rest
stop rcca
{
	marked A03 C3 I 1000 M7001
	marked A01 C2 I 0900 M7001
	marked A08 C4 I 1100 QXJNUMBER
	marked A01 C5 I 1200 M7001 | sed 's/QXJVISIT/QXJOTHER/; s/19390817/19390818/; s/QXJMRN/QXJMRN2/'
	marked A11 C6 I 1300 M7001 | sed 's/QXJVISIT/QXJNOVISIT/'
	marked A02 C7 I 1400 M7001
	marked QXJ C8 I 1400 M7001 | sed 's/\^QXJ|/^A99|/'
} >"$dir/more.hl7"
send "$dir/more.hl7" >>"$dir/send.out" 2>&1 || fail "the others were not accepted"
wait_until grep -q 'result=retry' "$engine_log"
start_practice rcca --fail-after 1:500
wait_until is_at_rest

# What is refused.
good=$(marked A01 C9 I 1500 M7001)
{
	frame 'QXJ no message QXJNOTE'
	frame "$(printf '%s\n' "$good" | sed '1s/|ADT^A01|/||/')"
	frame "$(printf '%s\n' "$good" | sed '1s/|C9|/||/')"
	frame "$(printf '%s\n' "$good" | sed '1s/2\.5\.1/QXJ/')"
	frame "$(printf '%s\n' "$good" | sed '/^PID/d')"
	frame "$(printf '%s\n' "$good" | sed '/^PID/s/QXJ\(OLD\|MRN\|SSN\|DL\)//g')"
	frame "$(printf '%s\n' "$good" | sed '1s/\^~/^^/')"
	frame "$(printf '%s\n' "$good" | sed '1s/|P|2/|QXJ|2/')"
	frame "$(printf '%s\n' "$good" | sed '1s/2\.5\.1/2.5.1||||||KLINGON/')"
} >"$dir/bad.frames"
raw 9 <"$dir/bad.frames" | tr '\r' '\n' >"$dir/acks"
same "refusals" 9 "$(grep -c '^MSA|A[ER]' "$dir/acks")"
awk 'BEGIN { while (n++ < 700) printf "QXJNOISE" }' | raw 1 >/dev/null

# It did come in (one frame holds two messages), and it did go out.
same "notes among what was refused" 9 "$("$engine" refused -c "$config" --raw | grep -c '^NTE|1||QXJ\|^QXJ no message')"
has "Task" "$(curl -s "$practice/Task")" '"value":"M7001"'
[ "$(writes rcca)" -ge 3 ] || fail "the practice was told too little: $(writes rcca) writes"

tr '\013\034\r' '\n\n\n' <"$dir/bad.frames" >"$dir/bad.hl7"
"$engine" status -c "$config" >"$dir/status.out" 2>&1
"$engine" status -c "$config" --json >>"$dir/status.out" 2>&1
"$engine" refused -c "$config" >"$dir/refused.out" 2>&1
"$engine" why -c "$config" member:M7001 >"$dir/why.out" 2>&1
"$engine" why -c "$config" member:M7001 --json >>"$dir/why.out" 2>&1
"$engine" try -c "$config" "$dir/good.hl7" "$dir/more.hl7" >"$dir/try.out" 2>&1
# As JSON it prints rows as they would be stored, so only what it complains of counts.
"$engine" try --json -c "$config" "$dir/good.hl7" "$dir/more.hl7" "$dir/bad.hl7" >/dev/null 2>>"$dir/try.out"
for command in get parse map; do
	# What these print on standard output is what they were asked for.
	"$engine" "$command" "$dir/bad.hl7" $([ "$command" = get ] && echo PID-99) 2>>"$dir/errors.out" >/dev/null
done
"$engine" run -c "$dir/bad.hl7" 2>>"$dir/second.out"
"$engine" run -c "$config" 2>>"$dir/second.out"
same "exit status of a second engine" 4 $?
stop_engine
"$engine" rebuild -c "$config" --dump | grep -q QXJFAMILY || fail "the ledger has nothing of it"
"$engine" rebuild -c "$config" --check >"$dir/rebuild.out" 2>&1

clean "config check" "$dir/check.out"
clean "the engine's log" "$engine_log"
clean "the practice's log" "$dir/rcca.log"
clean "send" "$dir/send.out"
clean "an acknowledgement" "$dir/acks"
clean "status" "$dir/status.out"
clean "refused" "$dir/refused.out"
clean "why" "$dir/why.out"
clean "try" "$dir/try.out"
clean "get, parse or map" "$dir/errors.out"
clean "a second engine" "$dir/second.out"
clean "rebuild" "$dir/rebuild.out"
clean "what the practice was told" "$dir/rcca.ndjson"
