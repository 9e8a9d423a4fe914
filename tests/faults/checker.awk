# awk -f checker.awk SENDER.LOG PRACTICE.NDJSON: whether what a hospital got acknowledged reached the practice, once, in its
# order, and nothing else did. It reads what the two noted themselves and knows nothing of the engine between them. A stay
# is known by its member and the day of its admission. Exit 1 when anything is wrong.

function wrong(kind, what) {
	print kind ": " what
	count[kind]++
}

# The text between a mark and the next double quote; empty when the mark is not there.
function after(mark,    at, rest) {
	at = index($0, mark)
	if (at == 0)
		return ""
	rest = substr($0, at + length(mark))
	return substr(rest, 1, index(rest, "\"") - 1)
}

function day(text) {
	return substr(text, 1, 10)
}

# A new resource about a stay: nothing that the hospital never said, nothing twice, nothing before what came earlier.
function created(what, trigger,    member) {
	if (!((stay, trigger) in sent))
		wrong("invented", what " of " stay)
	if ((stay, what) in made)
		wrong("doubled", what " of " stay)
	made[stay, what] = 1
	member = substr(stay, 1, index(stay, " ") - 1)
	if (stay < newest[member] && !(stay in late))
		wrong("disordered", what " of " stay " after one of " newest[member])
	if (stay > newest[member])
		newest[member] = stay
}

function task(    id, version, cancelled, left) {
	id = after("\"type\":\"Task\",\"id\":\"")
	version = after("\"version\":") + 0
	cancelled = index($0, "\"status\":\"cancelled\"") > 0
	left = index($0, "{\"text\":\"discharged\"}") > 0
	tasks += version == 1
	if (version != seen[id] + 1)
		wrong("disordered", "version " version " of Task " id " after " seen[id] + 0)
	seen[id] = version
	if (version == 1) {
		stay = member " " day(after("{\"text\":\"admitted\"},\"valueDateTime\":\""))
		created("Task", "A01")
		of[id] = stay
		about[after("/encounter\",\"value\":\"")] = stay
	}
	stay = of[id]
	if (substr(stay, 1, length(member)) != member)
		wrong("invented", "Task of " stay " goes to " member)
	if (cancelled && !((stay, "A11") in sent))
		wrong("invented", "cancellation of " stay)
	if (left && !((stay, "A03") in sent))
		wrong("invented", "discharge of " stay)
	# The same again is what may follow a kill in the middle of an update; an older state may not.
	if (((stay in is_cancelled) && !cancelled) || ((stay in has_left) && !left && !cancelled))
		wrong("disordered", "Task of " stay " went back")
	if (cancelled)
		is_cancelled[stay] = 1
	if (left)
		has_left[stay] = 1
}

function communication(    topic, text) {
	topic = after("\"topic\":{\"text\":\"")
	text = after("\"contentString\":\"")
	communications++
	if (topic == "Correction") {
		stay = about[after("/encounter\",\"value\":\"")]
		if (stay == "")
			wrong("invented", "correction of what was not told")
		else
			created(topic, "A11")
		return
	}
	if (match(text, /2[0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T/) == 0) {
		wrong("invented", "Communication without a day: " topic)
		return
	}
	stay = member " " substr(text, RSTART, 10)
	if (topic == "Emergency department arrival")
		created(topic, "A04")
	else if (topic == "Emergency department discharge")
		created(topic, "A03")
	else
		wrong("invented", "Communication on " topic)
}

FILENAME == ARGV[1] && $1 == "sent" {
	stay_of[$2] = $4 " " substr($5, 1, 4) "-" substr($5, 5, 2) "-" substr($5, 7, 2)
	trigger_of[$2] = $3
	sent[stay_of[$2], $3] = 1
}
FILENAME == ARGV[1] && $1 == "late" { # the engine had set it aside and was told to apply it after all
	late[stay_of[$2]] = 1
}
FILENAME == ARGV[1] && $1 == "acked" {
	acked[$2] = 1
	messages++
}
FILENAME == ARGV[2] {
	member = after("/member-id\",\"value\":\"")
	if (index($0, "\"type\":\"Task\",\"id\":") > 0)
		task()
	else if (index($0, "\"type\":\"Communication\",\"id\":") > 0)
		communication()
	else
		wrong("invented", "line " FNR)
}

END {
	for (control in acked) {
		stay = stay_of[control]
		trigger = trigger_of[control]
		told = (stay, "Task") in made
		if (trigger == "A01" && !((stay, "A11") in sent) && !told)
			wrong("lost", "admission of " stay)
		if (trigger == "A11" && told && !(stay in is_cancelled))
			wrong("lost", "cancellation of " stay)
		if (trigger == "A11" && told && !((stay, "Correction") in made))
			wrong("lost", "correction of " stay)
		if (trigger == "A04" && !((stay, "Emergency department arrival") in made))
			wrong("lost", "arrival of " stay)
		if (trigger == "A03" && ((stay, "A01") in sent) && !(stay in has_left))
			wrong("lost", "discharge of " stay)
		if (trigger == "A03" && !((stay, "A01") in sent) && !((stay, "Emergency department discharge") in made))
			wrong("lost", "emergency discharge of " stay)
	}
	printf "checked: %d messages acknowledged, %d Tasks, %d Communications; lost %d, doubled %d, invented %d, disordered %d\n",
		messages, tasks, communications, count["lost"], count["doubled"], count["invented"], count["disordered"]
	if (messages == 0 || tasks == 0)
		print "nothing to check"
	exit messages == 0 || tasks == 0 || count["lost"] + count["doubled"] + count["invented"] + count["disordered"] > 0
}
