#!/bin/sh
# The console on loopback: lists, pages and filters, orders with the version they are about, what is refused and how it is
# said, and a kill between an order and its answer.
. tests/e2e/lib.sh
. tests/e2e/fhir.sh

start_practice lakeside
write_site 9
sed -i "s|  - {name: adt, .*|&\n  - {name: desk-api, console: \"127.0.0.1:0\", auth: none}|
	s|  - {name: rcca-ehr, .*|  - {name: desk, worklist: true}\n  - {name: lake-ehr, fhir: \"$practice\", timeout: 5}|
	s|send: rcca-ehr}|send: desk}\n  - {name: lakeside, send: lake-ehr}\n  - {name: elm, send: desk}|" "$config"
sed -i 's/^\(M0008.*\),rcca,/\1,lakeside,/; s/^\(M0009.*\),rcca,/\1,elm,/' "$dir/roster.csv"

# start: the engine; asked and ask go to its console.
start() {
	start_engine "$@"
	fhir=http://127.0.0.1:$(sed -n 's/^desk-api //p' "$dir/ports")
}

# field NAME: of the answer, the first of that name, a text or a number.
field() {
	printf '%s' "$answer" | grep -o "\"$1\":\"*[^\",}]*" | sed -n '1s/.*:"*//p'
}

# order WANT ID DEED VERSION [BODY [CURL-OPTION...]]
order() {
	order_want=$1 order_path=/api/worklist/$2/$3 order_match=$4
	shift 4
	order_body=${1-}
	[ $# -eq 0 ] || shift
	asked "$order_want" POST "$order_path" "$order_body" -H "If-Match: $order_match" -H 'Content-Type: application/json' "$@"
}

items() {
	printf '%s' "$answer" | grep -o '"subject":' | wc -l
}

start
asked 200 GET /api/worklist
same "an empty list" '{"items":[]}' "$answer"
for n in 1 2 3 4 5; do
	accept "$(adt A01 "C$n" "$n")"
done
accept "$(adt A04 C6 6 E)"
accept "$(adt A01 C8 8)"
accept "$(adt A01 C9 9)"
wait_until is_at_rest

# -- lists -----------------------------------------------------------------------------------------------------
asked 200 GET /api/worklist
same "items of all parties" 7 "$(items)"
has "an item" "$answer" '"state":"open","party":"rcca",.*"resource":"Task","subject":"stay",.*"due":"2.*"patient":{"member":"M0001"'
lacks "evidence and content of a list" "$answer" '"evidence"\|"content"'
has "type of the answer" "$headers" '^Content-Type: application/json$'
asked 200 GET '/api/worklist?party=elm'
same "items of a party" 1 "$(items)"
asked 200 GET '/api/worklist?party=lakeside'
same "items of one with a server" 0 "$(items)"
asked 200 GET '/api/worklist?kind=ed-arrival&state=open,done'
same "items of a kind" 1 "$(items)"
asked 200 GET '/api/worklist?member=m-0003'
has "items of a member" "$answer" '"member":"M0003"'
same "items of a member" 1 "$(items)"
asked 200 GET '/api/worklist?overdue=true'
same "items overdue" 0 "$(items)"
asked 200 GET '/api/worklist?state=all&program=nowhere'
same "items of no program" 0 "$(items)"
seen=0
after=
pages=0
while :; do
	asked 200 GET "/api/worklist?limit=3$after"
	seen=$((seen + $(items)))
	pages=$((pages + 1))
	[ -n "$(field next)" ] || break
	after="&after=$(field next)"
done
same "items on $pages pages" 7 "$seen"
same "pages" 3 "$pages"

# -- one, taken up, noted, done ----------------------------------------------------------------------------------
asked 200 GET '/api/worklist?member=M0001'
id=$(field id)
asked 200 GET "/api/worklist/$id"
has "content" "$answer" '"content":{"resourceType":"Task"'
version=$(header ETag)
same "its version" "$version" "\"$(field version)\""
order 200 "$id" ack "$version" '{"who":"nell"}'
has "taken up" "$answer" '"state":"acknowledged".*"assignee":"nell"'
[ "$(header ETag)" != "$version" ] || fail "the version is the same"
# Its answer was lost; another one has looked at the same.
order 200 "$id" ack "$version" '{"who":"nell"}'
order 412 "$id" ack "$version" '{"who":"nora"}'
has "a lost update" "$answer" '"error":{"status":412,"code":"WW-233","text":"it has changed since version'
asked 200 GET "/api/worklist/$id"
version=$(header ETag)
order 200 "$id" note "$version" '{"who":"nell","text":"left word with the \"daughter\""}'
has "a note" "$answer" '"deed":"note","who":"nell","text":"left word'
order 200 "$id" note "$version" '{"who":"nell","text":"left word with the \"daughter\""}'
same "a note that was sent twice" 1 "$(printf '%s' "$answer" | grep -o '"deed":"note"' | wc -l)"
order 200 "$id" done '*' '{"outcome":"seen at home"}'
has "done" "$answer" '"state":"done".*"outcome":"seen at home"'
has "by whom" "$answer" '"deed":"done","status":"completed","who":"desk-api"'
order 409 "$id" done '*'
has "done twice" "$answer" '"code":"WW-216","text":"it is completed already"'
asked 200 GET '/api/worklist?member=M0001'
same "done is off the list" 0 "$(items)"
asked 200 GET '/api/worklist?member=M0001&state=done'
same "done" 1 "$(items)"

# -- a later change and a withdrawal show at once -----------------------------------------------------------------
accept "$(adt A03 CA 1)"
wait_until is_applied
asked 200 GET '/api/worklist?member=M0001'
has "news" "$answer" '"state":"open"'
accept "$(adt A11 CB 2 I V2 0900)"
wait_until is_applied
asked 200 GET '/api/worklist?member=M0002'
has "a correction" "$answer" '"subject":"correction"'
same "the Task is off the list" 1 "$(items)"
asked 200 GET '/api/worklist?member=M0002&state=retracted'
taken=$(field id)
order 409 "$taken" ack '*'
has "what was taken back" "$answer" '"text":"the notice was taken back"'

# -- what is refused ----------------------------------------------------------------------------------------------
while read -r want method path header body; do
	ask "$method" "$path" "$body" ${header:+-H "$(printf '%s' "$header" | tr '~' ' ')"} -H 'If-Match: *'
	same "$method $path $header $body" "$want" "$status"
	has "$method $path $header $body" "$answer" '^{"error":{"status":'"$want"',"code":"WW-[0-9]*",'
done <<END
404 GET /
404 GET /api
404 GET /api/worklist/
404 GET /api/worklist/1
404 GET /api/worklist/9999.3
404 GET /api/worklist/$id/
404 GET /api/worklist/$id/ack/x
404 GET /api/worklist/$id/dance
404 GET /api/worklists
405 POST /api/worklist
405 DELETE /api/worklist/$id
405 GET /api/worklist/$id/ack
400 GET /api/worklist?state=gone
400 GET /api/worklist?role=king
400 GET /api/worklist?limit=0
400 GET /api/worklist?limit=201
400 GET /api/worklist?limit=2&limit=3
400 GET /api/worklist?after=here
400 GET /api/worklist?colour=blue
400 GET /api/worklist?member=%2
400 GET /api/worklist/$id?limit=2
404 POST /api/worklist/9999.3/ack
415 POST /api/worklist/$id/ack Content-Type:~text/plain {"who":"x"}
400 POST /api/worklist/$id/ack Content-Type:~application/json {"who":
400 POST /api/worklist/$id/ack Content-Type:~application/json []
400 POST /api/worklist/$id/ack Content-Type:~application/json {"colour":"blue"}
400 POST /api/worklist/$id/ack Content-Type:~application/json {"who":5}
400 POST /api/worklist/$id/ack Content-Type:~application/json {"who":"a\\nb"}
400 POST /api/worklist/$id/note Content-Type:~application/json {"who":"x"}
403 GET /api/worklist Host:~elm.example.org
END
ask POST "/api/worklist/$id/ack" '{}' -H 'Content-Type: application/json'
same "an order of no version" 428 "$status"
ask POST "/api/worklist/$id/ack" '{}' -H 'Content-Type: application/json' -H 'If-Match: 7'
same "an order of what is no version" 400 "$status"
awk 'BEGIN { printf "{\"who\":\"x\",\"text\":\""; for (i = 0; i < 513; i++) printf "y"; printf "\"}" }' >"$dir/long"
order 413 "$id" note '*' "$(cat "$dir/long")"
has "a long note" "$answer" '"place":"text"'
awk 'BEGIN { printf "{\"who\":\""; for (i = 0; i < 9000; i++) printf "y"; printf "\"}" }' >"$dir/long"
order 413 "$id" note '*' "$(cat "$dir/long")"
lacks "the log" "$(cat "$engine_log")" 'daughter\|seen at home\|nell'

# -- a kill between an order and its answer, sooner and later: it is carried out once, and what was answered is ------
# post NAME ID: an order in the background; its answer's status is in $dir/NAME.code.
post() {
	curl -s -o /dev/null -w '%{http_code}' -X POST -H 'If-Match: '"$version" -H 'Content-Type: application/json' \
		-d '{"who":"nell","outcome":"said-'"$1"'"}' "$fhir/api/worklist/$2/done" >"$dir/$1.code" 2>/dev/null &
	echo $! >"$dir/curl.pid"
}

# is_stored NAME: its record is in the journal, durable or not.
is_stored() {
	cat "$dir"/data/journal/*.wwj 2>/dev/null | grep -q -a "said-$1"
}

has_answer() {
	[ -s "$dir/$1.code" ]
}

person=3
for name in asked stored answered; do
	asked 200 GET "/api/worklist?member=M000$person"
	id=$(field id)
	version="\"$(field version)\""
	post $name "$id"
	case $name in
	stored) catch is_stored stored ;;
	answered) wait_until has_answer answered ;;
	esac
	stop engine KILL
	wait "$(cat "$dir/curl.pid")"
	rm -f "$dir/curl.pid"
	code=$(cat "$dir/$name.code")
	start
	wait_until is_applied
	asked 200 GET "/api/worklist/$id"
	[ "$code" != 200 ] || has "$name" "$answer" '"state":"done"'
	[ "$name" != answered ] || same "answer that was waited for" 200 "$code"
	order 200 "$id" done "$version" "{\"who\":\"nell\",\"outcome\":\"said-$name\"}"
	has "$name, sent again" "$answer" '"state":"done"'
	same "done once, $name" 1 "$(printf '%s' "$answer" | grep -o '"deed":"done"' | wc -l)"
	person=$((person + 1))
done
has "status" "$("$engine" status -c "$config")" '^listener  *desk-api: .* 1 taken, '
stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '
