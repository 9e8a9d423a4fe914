# What the end-to-end tests share: real processes on loopback in a folder of their own, and an end to all of them.
# Run from the project's root; $BUILD names the build folder.
# shellcheck shell=sh
set -u
: "${BUILD:=build}"
engine=$BUILD/wardwire
kit=$BUILD/wardwire-kit
dir=$(mktemp -d "${TMPDIR:-/tmp}/wardwire-e2e-XXXXXX") || exit 1
config=$dir/wardwire.yaml
engine_log=$dir/engine.log
mllp=        # port of the listener named adt, once the engine runs
practice=    # base URL of the practice started last
receiver=    # port of the receiver started last

# Ends what was started: NAME.pid files in $dir. What a sanitizer found fails the test whatever else it saw.
clean_up() {
	clean_code=$?
	for clean_file in "$dir"/*.pid; do
		[ -e "$clean_file" ] && kill -9 "$(cat "$clean_file")" 2>/dev/null
	done
	wait
	grep -s -h -A 8 -e 'ERROR: [A-Za-z]*Sanitizer' -e 'runtime error:' "$dir"/*.log && clean_code=1
	rm -rf "$dir"
	exit "$clean_code"
}
trap clean_up EXIT
trap 'exit 1' INT TERM

# Says what is wrong, shows the ends of the logs, and ends the test, also from within a subshell.
fail() {
	{
		echo "$(basename "$0"): $*"
		for fail_log in "$dir"/*.log; do
			[ -s "$fail_log" ] && echo "-- the end of $(basename "$fail_log")" && tail -12 "$fail_log"
		done
	} >&2
	kill -s TERM $$
	exit 1
}

# skip REASON: this machine cannot run the test.
skip() {
	echo "$(basename "$0"): skipped: $*"
	exit 0
}

# same WHAT WANT HAVE
same() {
	[ "$2" = "$3" ] || fail "$1: should be '$2' and is '$3'"
}

# has WHAT TEXT PATTERN: a line of the text fits the basic regular expression.
has() {
	printf '%s\n' "$2" | grep -q -e "$3" || fail "$1: '$3' is not in: $2"
}

# lacks WHAT TEXT PATTERN
lacks() {
	! printf '%s\n' "$2" | grep -q -e "$3" || fail "$1: '$3' is in: $2"
}

# wait_until COMMAND...: tries for up to 15 s.
wait_until() {
	wait_tries=0
	until "$@"; do
		wait_tries=$((wait_tries + 1))
		[ "$wait_tries" -lt 300 ] || fail "waited in vain for: $*"
		sleep 0.05
	done
}

# catch COMMAND...: the same in small steps, for a moment that passes.
catch() {
	catch_tries=0
	until "$@"; do
		catch_tries=$((catch_tries + 1))
		[ "$catch_tries" -lt 2500 ] || fail "waited in vain for: $*"
		sleep 0.002
	done
}

# -- processes --------------------------------------------------------------------------------------------

# runs NAME: the process is there and no zombie.
runs() {
	case $(ps -o stat= -p "$(cat "$dir/$1.pid")" 2>/dev/null) in
	'' | Z*) return 1 ;;
	esac
}

# ended NAME: for wait_until.
ended() {
	! runs "$1"
}

# A port file is there, or whoever should write it is gone.
has_started() {
	[ -s "$2" ] || ! runs "$1"
}

# start_practice NAME [OPTION...]: at the port it had before, if it ran before. Sets $practice.
start_practice() {
	start_name=$1
	shift
	start_port=$(cat "$dir/$start_name.port" 2>/dev/null || echo 0)
	rm -f "$dir/$start_name.port"
	"$kit" practice --listen "127.0.0.1:$start_port" --port-file "$dir/$start_name.port" \
		--keep "$dir/$start_name.ndjson" "$@" >>"$dir/$start_name.log" 2>&1 &
	echo $! >"$dir/$start_name.pid"
	wait_until has_started "$start_name" "$dir/$start_name.port"
	runs "$start_name" || fail "the practice $start_name did not start"
	practice=http://127.0.0.1:$(cat "$dir/$start_name.port")/fhir
}

# start_listen NAME [OPTION...]: a receiver of HL7 v2 messages at the port it had before, if it ran before. What comes in is in
# $dir/NAME.ndjson, what it prints in $dir/NAME.out. Sets $receiver, its port.
start_listen() {
	start_name=$1
	shift
	start_port=$(cat "$dir/$start_name.port" 2>/dev/null || echo 0)
	rm -f "$dir/$start_name.port"
	"$kit" listen --listen "127.0.0.1:$start_port" --port-file "$dir/$start_name.port" \
		--keep "$dir/$start_name.ndjson" "$@" >>"$dir/$start_name.out" 2>>"$dir/$start_name.log" &
	echo $! >"$dir/$start_name.pid"
	wait_until has_started "$start_name" "$dir/$start_name.port"
	runs "$start_name" || fail "the receiver $start_name did not start"
	receiver=$(cat "$dir/$start_name.port")
}

# start_engine [OPTION...]: sets $mllp.
start_engine() {
	rm -f "$dir/ports"
	"$engine" run -c "$config" --port-file "$dir/ports" "$@" 2>>"$engine_log" &
	echo $! >"$dir/engine.pid"
	wait_until has_started engine "$dir/ports"
	runs engine || fail "the engine did not start"
	mllp=$(sed -n 's/^adt //p' "$dir/ports")
}

# stop NAME [SIGNAL]: ends it and sets $stopped to its exit status.
stop() {
	stop_pid=$(cat "$dir/$1.pid")
	kill "-${2:-TERM}" "$stop_pid" 2>/dev/null
	# The shell's own note about a killed child is no part of the test.
	wait "$stop_pid" 2>/dev/null
	stopped=$?
	rm -f "$dir/$1.pid"
}

# Stops the engine as an operator does.
stop_engine() {
	stop engine
	same "exit status of the engine" 0 "$stopped"
}

# -- the site: one feed, one practice, a roster of persons 1..N ------------------------------------------

# write_site PERSONS [KEYS-OF-THE-LISTENER]
write_site() {
	cat >"$config" <<-END
	data: data
	retry: {first: 1, most: 1}
	listeners:
	  - {name: adt, mllp: "127.0.0.1:0"${2:+, $2}}
	feeds:
	  - {name: mercy, on: adt, zone: America/New_York}
	endpoints:
	  - {name: rcca-ehr, fhir: "$practice", timeout: 5}
	parties:
	  - {name: rcca, title: Riverside Care, send: rcca-ehr}
	rosters:
	  - {file: roster.csv}
	END
	awk -v n="$1" 'BEGIN {
		print "member_id,name,birth_date,sex,practice,effective,end"
		for (i = 1; i <= n; i++)
			printf "M%04d,\"TESTFAMILY%d, GIVEN\",1950-03-02,F,rcca,2025-01-01,\n", i, i
	}' >"$dir/roster.csv"
}

# -- messages ---------------------------------------------------------------------------------------------

# adt TRIGGER CONTROL-ID PERSON [CLASS [VISIT [HHMM]]]: a message of 2026-03-02 with LF line ends. The visit began
# at 07:00.
adt() {
	adt_left=
	[ "$1" = A03 ] && adt_left=20260302${6:-0800}00
	printf 'MSH|^~\\&|ADT|MERCY|WARDWIRE|PAYER|20260302%s00||ADT^%s|%s|P|2.5.1\n' "${6:-0800}" "$1" "$2"
	printf 'EVN|%s|20260302%s00\n' "$1" "${6:-0800}"
	printf 'PID|1||MR%s^^^MERCY^MR||TESTFAMILY%s^GIVEN||19500302|F\n' "$3" "$3"
	printf 'PV1|1|%s|4W^401^1^MERCY|E|||||||||||||||%s^^^MERCY|||||||||||||||||%s||||||||20260302070000|%s\n' \
		"${4:-I}" "${5:-V$3}" "${adt_left:+01}" "$adt_left"
	printf 'IN1|1|PPO|ACME||||||||||||||SEL||||||||||||||||||||||||||||||||M%04d\n' "$3"
}

# send FILE... [OPTION...]
send() {
	"$kit" send --to "mllp://127.0.0.1:$mllp" "$@"
}

# send_one MESSAGE: prints AA, or the code with place and text.
send_one() {
	printf '%s\n' "$1" | send - 2>&1 | sed -n 's/^-:[0-9]* #1 [^ ]* //p'
}

# accept MESSAGE: it must be acknowledged with AA.
accept() {
	same "answer" AA "$(send_one "$1")"
}

# is_accepted MESSAGE: for wait_until, where a connection may not be had at once.
is_accepted() {
	[ "$(send_one "$1")" = AA ]
}

# frame MESSAGE: the same as one MLLP frame, segments ended by CR.
frame() {
	printf '\013'
	printf '%s\n' "$1" | tr '\n' '\r'
	printf '\034\r'
}

# answers FILE: how many frames are in it.
answers() {
	tr -dc '\034' <"$1" | wc -c | tr -d ' '
}

raw_done() {
	[ "$(answers "$1")" -ge "$2" ] || ! runs "$(basename "$1")"
}

# raw N: sends standard input as it is on one connection, and prints what comes back until there are N frames or
# the connection is closed. Only bash has sockets among what every Debian has.
raw() {
	raw_out=$(mktemp "$dir/raw-XXXXXX")
	cat >"$raw_out.in"
	# shellcheck disable=SC2016
	bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$1"; cat "$2" >&3; exec cat <&3' - "$mllp" "$raw_out.in" \
		>"$raw_out" 2>/dev/null &
	raw_pid=$!
	echo "$raw_pid" >"$raw_out.pid"
	wait_until raw_done "$raw_out" "$1"
	runs "$(basename "$raw_out")" && kill "$raw_pid"
	wait "$raw_pid" 2>/dev/null
	cat "$raw_out"
	rm -f "$raw_out"*
}

# -- what is to be seen -----------------------------------------------------------------------------------

# counted KEY STATE: from status, as "counted notices settled"; 0 when it does not stand there.
counted() {
	"$engine" status -c "$config" |
		awk -v key="$1" -v state="$2" '$1 == key { for (i = 2; i < NF; i++) if ($i == state) n = $(i + 1) }
			END { print n + 0 }'
}

# Everything in the journal is applied.
is_applied() {
	"$engine" status -c "$config" | awk '
		$1 == "applied" { applied = $NF }
		$1 == "journal" { for (i = 2; i < NF; i++) if ($i == "last") last = $(i + 1) }
		END { exit applied != last }'
}

# Everything in the journal is applied and nothing is owed.
is_at_rest() {
	"$engine" status -c "$config" | awk '
		$1 == "applied" { applied = $NF }
		$1 == "journal" { for (i = 2; i < NF; i++) if ($i == "last") last = $(i + 1) }
		$1 == "notices" { for (i = 2; i < NF; i++) if ($i == "due") due = 1 }
		END { exit !(applied == last && !due) }'
}

# is_forwarded: nothing waits on any lane of a route.
is_forwarded() {
	[ "$(counted forwarded due)" -eq 0 ]
}

# received NAME: MSH-10 of the messages of adt that a receiver got, in its order.
received() {
	sed -n 's/.*MSH|^~[^|]*|ADT|MERCY|WARDWIRE|PAYER|[0-9]*||[^|]*|\([^|]*\)|.*/\1/p' "$dir/$1.ndjson" | tr '\n' ' '
}

# has_count WANT COMMAND...: what the command prints is that number.
has_count() {
	has_want=$1
	shift
	[ "$("$@")" -eq "$has_want" ]
}

# kept NAME TYPE: how many resources of that type the practice has.
kept() {
	grep -c "\"type\":\"$2\",\"id\":\"[^\"]*\",\"version\":1," "$dir/$1.ndjson"
}

# writes NAME: how many writes it took.
writes() {
	wc -l <"$dir/$1.ndjson" | tr -d ' '
}

# tasks PERSON: what the practice started last has for that person, or for all when it is '', by curl, one Task a line.
tasks() {
	curl -s "$practice/Task?_count=1000" | sed 's/{"resourceType":"Task"/\n&/g' |
		sed -n '/^{"resourceType":"Task"/s/,"search":{"mode".*//p' | grep "\"value\":\"$([ -z "$1" ] || printf 'M%04d"' "$1")"
}
