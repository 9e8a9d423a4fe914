#!/bin/sh
# Results of a laboratory by MLLP: kept under the patient, corrected and taken back by the same number whatever came first, and
# no event of a visit.
. tests/e2e/lib.sh

# oru CONTROL-ID HHMM PERSON OBX...: results of the order F1 as of that time.
oru() {
	printf 'MSH|^~\\&|LAB|MERCY|WARDWIRE|PAYER|20260302%s00||ORU^R01|%s|P|2.5.1\n' "$2" "$1"
	printf 'PID|1||MR%s^^^MERCY^MR||TESTFAMILY%s^GIVEN||19500302|F\n' "$3" "$3"
	printf 'PV1|1|I|4W^401^1^MERCY||||||||||||||||V%s^^^MERCY\n' "$3"
	printf 'OBR|1||F1^LAB|BMP^^L|||202603020715|||||||||||||||20260302%s00|||F\n' "$2"
	shift 3
	printf '%s\n' "$@"
}

sodium() {
	printf 'OBX|1|NM|2951-2^Sodium^LN||%s|mmol/L|136-145||||%s' "$1" "$2"
}

# say MESSAGE: sent, taken and applied.
say() {
	accept "$1"
	wait_until is_applied
}

# became REASON: what is said of the newest message.
became() {
	has "what became of it" "$("$engine" find -c "$config" --limit 1 --json 2>/dev/null)" "\"reason\": *\"$1\""
}

# look: sets $kept to the results, value and status a line. The engine stops for it and starts again.
look() {
	stop_engine
	"$engine" rebuild --dump -c "$config" | sed -n 's/^{"observation":.*"resource":"\([^"]*\)".*"value":"\([^"]*\)".*"status":"\([^"]*\)".*/\1=\2 \3/p' | sort >"$dir/kept"
	"$engine" rebuild --check -c "$config" >/dev/null || fail "the ledger is not what the journal makes"
	start_engine
	kept=$(cat "$dir/kept")
}

start_practice rcca
write_site 3
start_engine
say "$(adt A01 C1 1)"
wait_until is_at_rest
told=$(writes rcca)

say "$(oru L1 0800 1 "$(sodium 128 P)" 'OBX|2|ST|2823-3^Potassium^LN||4.10|mmol/L|||||F')"
became "2 results kept"
say "$(oru L2 0900 1 "$(sodium 130 C)")"
became "1 result kept"
say "$(oru L3 0830 1 "$(sodium 129 F)")"
became "0 results kept, 1 older than what is known"
look
same "a result that was corrected" "OBX F1^LAB BMP 2823-3=4.10 final
OBX F1^LAB BMP 2951-2=130 corrected" "$kept"

say "$(oru L4 0930 1 "$(sodium '' D)")"
became "0 results kept, 1 taken back"
say "$(oru L5 0915 1 "$(sodium 131 F)")"
became "0 results kept, 1 older than what is known"
look
same "a result that was taken back" "OBX F1^LAB BMP 2823-3=4.10 final" "$kept"
say "$(oru L6 1000 1 "$(sodium 132 F)")"
became "1 result kept"

# Two patients in one message: each has their own.
say "$(oru L7 1000 2 "$(sodium 140 F)" | sed 's/F1^LAB/F2^LAB/'
	oru L7 1000 3 "$(sodium 141 F)" | sed '1d; s/F1^LAB/F3^LAB/')"
stop_engine
dumped=$("$engine" rebuild --dump -c "$config")
same "persons with results" 3 "$(printf '%s\n' "$dumped" | sed -n 's/^{"observation":{"person":\([0-9]*\).*/\1/p' | sort -u | wc -l | tr -d ' ')"
has "of two patients" "$dumped" 'F2^LAB BMP 2951-2.*"value":"140"'
has "of two patients" "$dumped" 'F3^LAB BMP 2951-2.*"value":"141"'
has "said again" "$dumped" 'F1^LAB BMP 2951-2.*"value":"132"'
same "stays" 1 "$(printf '%s\n' "$dumped" | grep -c '^{"encounter"')"
has "the stay it is of" "$(printf '%s\n' "$dumped" | grep '^{"observation".*2823-3')" '"encounter":[1-9]'

# A feed that refuses what nothing is made of takes results, and no other ORU.
sed -i 's/name: mercy, on: adt,/name: mercy, on: adt, unknown: refuse,/' "$config"
start_engine
wait_until is_at_rest
same "what the practice was told" "$told" "$(writes rcca)"
say "$(oru L8 1100 1 "$(sodium 133 F)")"
has "another event" "$(send_one "$(oru L9 1100 1 "$(sodium 133 F)" | sed 's/ORU^R01/ORU^R30/')")" 'AR\|AE\|MSH-9.2'
lacks "what the log says" "$(cat "$engine_log")" 'TESTFAMILY'
