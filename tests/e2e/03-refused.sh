#!/bin/sh
# What is no message worth keeping gets its answer, stands in the list of refused input and nowhere else.
. tests/e2e/lib.sh

start_practice rcca
write_site 2
start_engine

# refuse NAME CODE MSA-2 PLACE MESSAGE: the answer must be as told. PLACE is the beginning of ERR-2, or - for none.
expected=0
refuse() {
	expected=$((expected + 1))
	answer=$(frame "$5" | raw 1 | tr -d '\013\034' | tr '\r' '\n')
	has "$1: header" "$answer" '^MSH|^~\\&|.*|ACK'
	has "$1: MSA" "$answer" "^MSA|$2|$3\$"
	case $4 in
	-) has "$1: ERR" "$answer" '^ERR||[^|]*|[0-9]*^[^|]*^HL70357|E|' ;;
	*) has "$1: ERR" "$answer" "^ERR||$4[|^][^|]*|*[0-9]*^[^|]*^HL70357|E|" ;;
	esac
	refused=$("$engine" refused -c "$config" | tail -1)
	has "$1: list" "$refused" "^$expected  .*  mercy  WW-[0-9]*  .* [1-9][0-9]* bytes\$"
}

good=$(adt A01 C1 1)
refuse "no HL7" AR '' - 'GET / HTTP/1.1'
refuse "PID first" AR '' - "$(printf '%s\n' "$good" | sed '1,2d' && printf '%s\n' "$good" | sed 2q)"
refuse "no MSH-9" AR C1 'MSH^1^9' "$(printf '%s\n' "$good" | sed '1s/ADT^A01//')"
refuse "no MSH-10" AR '' 'MSH^1^10' "$(printf '%s\n' "$good" | sed '1s/|C1|/||/')"
refuse "MSH-2 twice the same" AR '' - "$(printf '%s\n' "$good" | sed '1s/\^~\\&/^^\\\&/')"
refuse "MSH-2 too short" AR '' - "$(printf '%s\n' "$good" | sed '1s/\^~\\&/^/')"
refuse "an unknown version" AR C1 'MSH^1^12' "$(printf '%s\n' "$good" | sed '1s/2\.5\.1/3.0/')"
refuse "an unknown processing id" AR C1 'MSH^1^11' "$(printf '%s\n' "$good" | sed '1s/|P|2/|X|2/')"
refuse "no PID" AE C1 PID "$(printf '%s\n' "$good" | sed '3d')"
refuse "no identifier" AE C1 'PID^1^3' "$(printf '%s\n' "$good" | sed '3s/MR1[^|]*//')"
refuse "a character set nobody knows" AE C1 'MSH^1^18' "$(printf '%s\n' "$good" | sed '1s/$/||||||KLINGON/')"
refuse "a character set not configured" AE C1 'MSH^1^18' "$(printf '%s\n' "$good" | sed '1s/$/||||||BIG-5/')"
refuse "a character set MLLP cannot carry" AR C1 'MSH^1^18' "$(printf '%s\n' "$good" | sed '1s/$/||||||UNICODE UTF-16/')"
refuse "a part of a message" AE C1 DSC "$(printf '%s\nDSC|1' "$good")"

# An answer that is answered would go to and fro for ever.
answer=$(frame "$(printf 'MSH|^~\\&|A|B|C|D|20260302||ACK|C9|P|2.5.1\nMSA|AA|1')" | raw 1)
same "answer to an answer" '' "$answer"

same "status" "$expected" "$("$engine" status -c "$config" | sed -n 's/^refused *\([0-9]*\) kept$/\1/p')"
same "raw text kept" 1 "$("$engine" refused -c "$config" --raw | grep -c '^GET / HTTP/1.1$')"
# The three records of the start and nothing else.
has "journal" "$("$engine" status -c "$config")" '^journal *records 3 last 3 '

# It serves on.
accept "$good"
wait_until is_at_rest
same "Tasks" 1 "$(tasks 1 | wc -l)"
stop_engine
has "list after the end" "$("$engine" refused -c "$config" | tail -1)" "^$expected "
