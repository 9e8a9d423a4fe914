#!/bin/sh
# A peer written by others, python3-hl7: what it sends is taken, and our answers are what it understands. Debian's own python3,
# whatever else is first on the path.
. tests/e2e/lib.sh

python=/usr/bin/python3
"$python" -c 'import hl7' 2>/dev/null || skip "python3-hl7 is not installed (tests/tools/setup.sh)"

peer() {
	"$python" tests/tools/hl7_peer.py "$@"
}

# Its server takes what a route sends on, and acknowledges it.
"$python" tests/tools/hl7_peer.py serve "$dir/peer.port" "$dir/peer.got" >>"$dir/peer.log" 2>&1 &
echo $! >"$dir/peer.pid"
wait_until has_started peer "$dir/peer.port"
runs peer || fail "the server of python3-hl7 did not start"

start_practice rcca
write_site 3
sed -i "s,^parties:,  - {name: peer\, mllp: \"127.0.0.1:$(cat "$dir/peer.port")\"}\n&," "$config"
printf 'routes:\n  - {name: onward, from: mercy, when: {MSH-9.2: A01}, to: peer}\n' >>"$config"
start_engine

first=$(adt A01 C1 1)
printf '%s\n\n%s\n\n%s\n' "$first" "$(adt A03 C2 1 I V1 0900)" "$(printf '%s\n' "$first" | sed '3d; s/|C1|/|C3|/')" |
	peer send "$mllp" utf-8 >"$dir/said" || fail "the client failed"
same "answer to an admission" "AA C1 ADT ACK^A01^ACK -" "$(sed -n 1p "$dir/said")"
same "answer to a discharge on the same connection" "AA C2 ADT ACK^A03^ACK -" "$(sed -n 2p "$dir/said")"
same "answer to one without a patient" "AE C3 ADT ACK^A01^ACK 100" "$(sed -n 3p "$dir/said")"
same "answers" 3 "$(wc -l <"$dir/said" | tr -d ' ')"

# In each set that its client encodes by name, what is declared is what comes out.
say() {
	adt A01 "$1" "$2" I "V$1" | sed "1s,\$,||||||$3,; s/GIVEN/G$(printf '\303\234')NTER/" | peer send "$mllp" "$4"
}
same "8859/1" "AA D1 ADT ACK^A01^ACK -" "$(say D1 2 8859/1 latin-1)"
same "UTF-8" "AA D2 ADT ACK^A01^ACK -" "$(say D2 2 'UNICODE UTF-8' utf-8)"
same "8859/1 that declares UTF-8" "AA D3 ADT ACK^A01^ACK -" "$(say D3 2 'UNICODE UTF-8' latin-1)"
same "8859/1 that declares nothing" "AA D4 ADT ACK^A01^ACK -" "$(say D4 2 '' latin-1)"
same "a set that no client has" "AE D5 ADT ACK^A01^ACK 103" "$(say D5 2 KLINGON utf-8)"
wait_until is_at_rest
same "read by the fallback" 2 "$(counted warnings charset_fallback)"

# Its server got what fits the route, in order and each once, and its answers were read.
got() {
	[ "$(wc -l <"$dir/peer.got")" -ge "$1" ]
}
wait_until got 5
same "taken by its server" 'C1 MR1 D1 MR2 D2 MR2 D3 MR2 D4 MR2' "$(cut -d ' ' -f 1,2 "$dir/peer.got" | paste -sd ' ' -)"
has "byte for byte" "$(sed -n 2p "$dir/peer.got")" "G$(printf '\334')NTER"
has "byte for byte" "$(sed -n 3p "$dir/peer.got")" "G$(printf '\303\234')NTER"
stop_engine
