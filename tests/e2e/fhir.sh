# What the end-to-end tests of FHIR share, after lib.sh: a site with a FHIR listener, and curl.
# shellcheck shell=sh
fhir=    # base URL, once the engine runs
status=  # of the last ask
answer=  # its body
headers= # its head, without carriage returns

# write_fhir_site PERSONS [KEYS-OF-THE-LISTENER [KEYS-OF-THE-FEED]]: as write_site, with a feed acme on a listener fhir. Members are
# numbered under the system of the roster.
write_fhir_site() {
	write_site "$1"
	awk -v listener="${2:+, $2}" -v feed="${3:+, $3}" '
		{ print }
		/name: adt, mllp/ { print "  - {name: fhir, fhir: \"127.0.0.1:0/fhir\", auth: none" listener "}" }
		/name: mercy, on: adt/ { print "  - {name: acme, on: fhir, zone: America/New_York" feed "}" }
	' "$config" | sed 's|{file: roster.csv}|{file: roster.csv, system: "https://acme.example.org/members"}|' >"$config.new"
	mv "$config.new" "$config"
}

# start_fhir [OPTION...]: the engine. Sets $fhir.
start_fhir() {
	start_engine "$@"
	fhir=http://127.0.0.1:$(sed -n 's/^fhir //p' "$dir/ports")/fhir
}

# ask METHOD PATH [BODY [CURL-OPTION...]]: of JSON, unless an option says otherwise. Sets $status, $answer and $headers.
ask() {
	ask_method=$1
	ask_path=$2
	ask_body=${3-}
	shift 2
	[ $# -eq 0 ] || shift
	if [ -n "$ask_body" ]; then
		printf '%s' "$ask_body" >"$dir/ask.body"
		case "$*" in
		*Content-Type:*) ;;
		*) set -- -H 'Content-Type: application/fhir+json' "$@" ;;
		esac
		set -- --data-binary "@$dir/ask.body" "$@"
	fi
	[ "$ask_method" != HEAD ] || set -- -I "$@"
	rm -f "$dir/ask.answer" "$dir/ask.head"
	status=$(curl -s -g -X "$ask_method" -o "$dir/ask.answer" -D "$dir/ask.head" -w '%{http_code}' "$@" "$fhir$ask_path")
	answer=$(cat "$dir/ask.answer" 2>/dev/null)
	headers=$(tr -d '\r' <"$dir/ask.head")
}

# asked WANT METHOD PATH [...]: the status must be that.
asked() {
	asked_want=$1
	shift
	ask "$@"
	[ "$status" = "$asked_want" ] || fail "$1 $2: should be $asked_want and is $status: $answer"
}

# header NAME: its value.
header() {
	printf '%s\n' "$headers" | sed -n "s/^$1: //p"
}

# count_of PATH: how many resources a search finds.
count_of() {
	ask GET "$1&_summary=count"
	printf '%s' "$answer" | sed -n 's/.*"total":\([0-9]*\).*/\1/p'
}

# encounter PERSON [STATUS [VISIT]]: an admission to a ward, with the member as a contained Patient.
encounter() {
	cat <<-END
	{"resourceType":"Encounter",
	 "contained":[{"resourceType":"Patient","id":"p",
	  "identifier":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MB"}]},
	   "system":"https://acme.example.org/members","value":"$(printf 'M%04d' "$1")"}],
	  "name":[{"family":"TESTFAMILY$1","given":["GIVEN"]}],"gender":"female","birthDate":"1950-03-02"}],
	 "identifier":[{"system":"https://mercy.example.org/visits","value":"${3:-V$1}"}],
	 "status":"${2:-in-progress}",
	 "class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"IMP"},
	 "subject":{"reference":"#p"},
	 "period":{"start":"2026-03-02T07:00:00-05:00"},
	 "serviceProvider":{"identifier":{"system":"http://hl7.org/fhir/sid/us-npi","value":"1234567893"},"display":"Mercy"}}
	END
}
