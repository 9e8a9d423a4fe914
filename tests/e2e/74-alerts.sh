#!/bin/sh
# Da Vinci Alerts as messages, notifications of a subscription, and Encounters that come before their Patient.
. tests/e2e/lib.sh
. tests/e2e/fhir.sh

# alert EVENT STATUS CLASS ENCOUNTER-ID DAY: a message of Da Vinci Alerts about person 1.
alert() {
	cat <<-END
	{"resourceType":"Bundle","id":"b-$4-$1-$5","type":"message","timestamp":"2026-03-0$5T12:00:00-05:00","entry":[
	 {"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000001","resource":{"resourceType":"MessageHeader","id":"m-$4-$1-$5",
	  "eventCoding":{"system":"http://hl7.org/fhir/us/davinci-alerts/CodeSystem/notification-event","code":"notification-$1"},
	  "source":{"endpoint":"https://mercy.example.org"},"focus":[{"reference":"urn:uuid:00000000-0000-4000-8000-000000000002"}]}},
	 {"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000002","resource":{"resourceType":"Encounter","id":"$4",
	  "meta":{"lastUpdated":"2026-03-0$5T11:59:00-05:00"},"status":"$2","class":{"code":"$3"},
	  "subject":{"reference":"urn:uuid:00000000-0000-4000-8000-000000000003"},
	  "period":{"start":"2026-03-02T07:00:00-05:00"},"serviceProvider":{"display":"Mercy General"}}},
	 {"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000003","resource":{"resourceType":"Patient","id":"p1",
	  "identifier":[{"system":"https://mercy.example.org/mrn","value":"MR1"}],
	  "name":[{"family":"TESTFAMILY1","given":["GIVEN"]}],"gender":"female","birthDate":"1950-03-02"}},
	 {"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000004","resource":{"resourceType":"Coverage","id":"c1","status":"active",
	  "subscriberId":"M0001","beneficiary":{"reference":"urn:uuid:00000000-0000-4000-8000-000000000003"},
	  "payor":[{"display":"ACME"}]}}]}
	END
}

stay_of() { # JOURNAL: status and class of the stay
	"$engine" why -c "$config" "$1" | sed -n 's/^stay: id [^,]*, status \([^,]*\), class \([^,]*\),.*/\1 \2/p'
}

newest() {
	"$engine" find -c "$config" --limit 1 2>/dev/null | awk '{ print $1 }'
}

start_practice rcca
write_fhir_site 3
start_fhir

# The event says what happened, whatever the class: an admission to the emergency department, and nothing that is a Task.
asked 200 POST '/$process-message' "$(alert admit in-progress EMER e1 2)"
has "an emergency admission" "$(stay_of "$(newest)")" '^in-progress emergency'
asked 200 POST '/$process-message' "$(alert admit in-progress IMP e1 3)"
wait_until is_at_rest
has "an inpatient stay" "$(stay_of "$(newest)")" '^in-progress inpatient'
has "how it was found" "$("$engine" why -c "$config" "$(newest)")" 'person by identifier MR; visit by Encounter.identifier'
same "Tasks" 1 "$(tasks '' | wc -l)"
# The same once more.
asked 200 POST '/$process-message' "$(alert admit in-progress IMP e1 3)"
# A discharge of an Encounter that its sender has not closed.
asked 200 POST '/$process-message' "$(alert discharge in-progress IMP e1 4)"
wait_until is_at_rest
has "a discharge" "$(stay_of "$(newest)")" '^finished inpatient'
same "Tasks after the discharge" 1 "$(tasks '' | wc -l)"
has "Task after the discharge" "$(tasks '')" '"type":{"text":"discharged"}'

# A notification of a subscription: the Patient comes with it by another way.
asked 200 POST /Bundle '{"resourceType":"Bundle","type":"history","timestamp":"2026-03-02T12:00:00-05:00","entry":[
 {"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000009","resource":{"resourceType":"Parameters","parameter":[
  {"name":"subscription","valueReference":{"reference":"https://ehr.example.org/Subscription/1"}},
  {"name":"status","valueCode":"active"},{"name":"type","valueCode":"event-notification"}]},
  "request":{"method":"GET","url":"Subscription/1/$status"},"response":{"status":"200"}},
 {"fullUrl":"https://ehr.example.org/Encounter/n1","resource":{"resourceType":"Encounter","id":"n1","status":"in-progress",
  "class":{"code":"IMP"},"subject":{"reference":"https://ehr.example.org/Patient/p2"},"period":{"start":"2026-03-02T09:00:00-05:00"}},
  "request":{"method":"PUT","url":"Encounter/n1"},"response":{"status":"200"}}]}'
wait_until is_at_rest
has "a stay of nobody yet" "$(stay_of "$(newest)")" '^in-progress inpatient'
same "Tasks of nobody" 1 "$(tasks '' | wc -l)"
asked 201 PUT /Patient/p2 '{"resourceType":"Patient","id":"p2",
 "identifier":[{"type":{"coding":[{"code":"MB"}]},"system":"https://acme.example.org/members","value":"M0002"}],
 "name":[{"family":"TESTFAMILY2","given":["GIVEN"]}],"gender":"female","birthDate":"1950-03-02"}'
wait_until is_at_rest
same "Tasks when the Patient has come" 2 "$(tasks '' | wc -l)"

lacks "log" "$(cat "$engine_log")" 'TESTFAMILY\|MR1\|M0001\|Mercy'
stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '
