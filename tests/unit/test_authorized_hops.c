/* From the payer to the navigator and on to the practice: what stands in the end, in whatever order a request for authorization, what
 * is decided, a stay and its end come in, and what the receivers were told on the way. */
#include "tests/unit/unit.h"

#include "tests/unit/fhir_put.h"

#define HOUR_MS INT64_C(3600000)

static const char program[] =
    "program: chain\n"
    "title: Chain\n"
    "version: 3\n"
    "rules:\n"
    "  - use: admission/2\n"
    "  - use: authorized/1\n"
    "flags:\n"
    "  planned-admission: {to: coordinator, as: communication}\n"
    "  admission: {to: coordinator, as: stay-task, deadline: 24h, priority: urgent}\n"
    "  discharge: {to: coordinator, as: stay-task, deadline: 24h}\n"
    "  admission-authorized: {to: navigator, as: task, deadline: 4h, forward: {after: 20h, to: "
    "coordinator}}\n"
    "  admission-alert: {to: coordinator, as: stay-task, deadline: 4h, priority: urgent}\n";

static const char config[] = "data: data\n"
                             "system: \"urn:example\"\n"
                             "history_since: 2020-01-01\n"
                             "listeners:\n"
                             "  - {name: adt, mllp: \"127.0.0.1:0\"}\n"
                             "feeds:\n"
                             "  - {name: mercy, on: adt, zone: " SITE_ZONE "}\n"
                             "endpoints:\n"
                             "  - {name: rcca-ehr, fhir: \"http://127.0.0.1:1/fhir\"}\n"
                             "  - {name: acme-desk, worklist: true}\n"
                             "parties:\n"
                             "  - {name: rcca, title: Riverside Care, send: rcca-ehr}\n"
                             "  - {name: acme, title: Acme, send: acme-desk}\n"
                             "programs:\n"
                             "  - {file: chain.yaml, payer: acme}\n"
                             "rosters:\n"
                             "  - {file: roster.csv}\n";

static void
keep_program(struct site *s, const char *text)
{
	struct ww_rec_file r = { .role = WW_STR("program"),
		.name = WW_STR("chain"),
		.blob = site_keep_blob(s, ww_str_from(text)) };
	struct ww_buf body = { 0 };

	ww_rec_file_write(&r, &body);
	(void)site_record(s, WW_REC_FILE, s->now + 1000, &body);
}

/* roster: NULL for that of all tests. */
static void
open_of(struct site *s, const char *text, const char *yaml, const char *roster)
{
	site_open_empty(s);
	(void)site_engine(s, SITE_KEY);
	keep_program(s, text);
	(void)site_config(s, yaml);
	(void)site_edition(s, roster != NULL ? ww_str_from(roster) : site_roster(s));
	site_apply(s);
	s->now = site_ms("202603100800"); /* past all that its senders say */
}

static void
open_with(struct site *s, const char *text, const char *yaml)
{
	open_of(s, text, yaml, NULL);
}

static void
open_chain(struct site *s)
{
	open_with(s, program, config);
}

/* -- what happens ------------------------------------------------------------------------------------- */

static const char patient[] =
    "{'resourceType':'Patient','id':'p','identifier':[{'type':{'coding':[{'system':'http://"
    "terminology.hl7.org/CodeSystem/v2-0203','code':'MB'}]},"
    "'system':'urn:acme','value':'M0001'}],'name':[{'family':'TESTFAMILY1','given':['GIVEN1']}],'"
    "gender':'female','birthDate':'1950-03-02'}";

#define REQUEST(id, number, when, rest)                                                            \
	"{'resourceType':'Claim','id':'" id "','status':'active','use':'preauthorization',"        \
	"'patient':{'reference':'Patient/p'},'identifier':[{'system':'urn:t','value':'" number     \
	"'}],'meta':{'lastUpdated':'" when "'},'supportingInfo':[{'category':{'coding':[{'code':"  \
	"'admissionDates'}]},'timingDate':'2026-03-02'}]" rest "}"

#define RESPONSE(id, claim, when, action, rest)                                                    \
	"{'resourceType':'ClaimResponse','id':'" id                                                \
	"','status':'active','use':'preauthorization','patient':{'reference':'Patient/p'},"        \
	"'request':{'reference':'Claim/" claim "'},'meta':{'lastUpdated':'" when                   \
	"'},'outcome':'complete','item':[{'itemSequence':1,'adjudication':[{'extension':[{'url':"  \
	"'http://hl7.org/fhir/us/davinci-pas/StructureDefinition/extension-reviewAction',"         \
	"'extension':[{'url':'http://hl7.org/fhir/us/davinci-pas/StructureDefinition/"             \
	"extension-reviewActionCode','valueCodeableConcept':{'coding':[{'system':"                 \
	"'https://codesystem.x12.org/005010/306','code':'" action "'}]}}]}]}]}]" rest "}"

static const char requested[] = REQUEST("c", "T1", "2026-03-01T12:00:00Z", "");
static const char approved[] =
    RESPONSE("r1", "c", "2026-03-01T15:00:00Z", "A1", ",'preAuthRef':'PA7'");
static const char pended[] = RESPONSE("r0", "c", "2026-03-01T13:00:00Z", "A4", "");
static const char denied[] = RESPONSE("r2", "c", "2026-03-05T15:00:00Z", "A3", "");

static const char encounter[] =
    "{'resourceType':'Encounter','id':'e','meta':{'lastUpdated':'2026-03-02T16:00:00Z'},"
    "'status':'in-progress','class':{'code':'IMP'},'subject':{'reference':'Patient/p'},"
    "'period':{'start':'2026-03-02T10:00:00-05:00'},'serviceProvider':{'display':'MERCY'}}";

/* Everything that is due has arrived. */
static void
deliver(struct site *s)
{
	struct ww_rows rows = site_rows(s, &ww_entity_outbox);

	for (size_t i = 0; i < rows.n; i++) {
		const struct ww_outbox *r = WW_ROW(&rows, outbox, i);
		enum ww_verb verb = r->remote_id.n == 0 ? WW_VERB_CREATE : WW_VERB_UPDATE;
		uint64_t attempt;

		if (r->state != WW_outbox_state_DUE)
			continue;
		attempt = site_attempt(s, r, verb);
		(void)site_outcome(
		    s, r, attempt, verb, WW_RESULT_SENT, verb == WW_VERB_CREATE ? 201 : 200);
	}
	site_apply(s);
}

/* The Task that stands for that party; *n: how many. */
static struct ww_outbox
task_of(struct site *s, const char *party, size_t *n)
{
	struct ww_rows rows = site_rows(s, &ww_entity_outbox);
	struct ww_outbox found;

	ww_row_init(&ww_entity_outbox, &found);
	*n = 0;
	for (size_t i = 0; i < rows.n; i++) {
		const struct ww_outbox *r = WW_ROW(&rows, outbox, i);

		if (r->resource != WW_resource_type_TASK || !ww_str_is(r->practice, party) ||
		    r->state == WW_outbox_state_SUPPRESSED || ww_str_is(r->change, "cancel"))
			continue;
		found = *r;
		(*n)++;
	}
	return found;
}

static void
complete(struct site *s)
{
	size_t n;
	struct ww_outbox row = task_of(s, "acme", &n);

	if (n == 1 && row.remote_status.n == 0)
		(void)site_order(s, "flag-done",
		    ww_arena_printf(s->own.arena, WW_ID_FMT, WW_ID_ARG(row.id)).p, "called");
}

static void
pass(struct site *s, int64_t ms)
{
	struct ww_buf body = { 0 };

	(void)site_record(s, WW_REC_TICK, s->now + ms, &body);
	site_apply(s);
}

enum step { ASKED, APPROVED, DENIED, A01, ENCOUNTER, A11, DONE, STEPS };

static void
do_step(struct site *s, enum step step)
{
	switch (step) {
	case ASKED:
		put(s, requested);
		break;
	case APPROVED:
		put(s, approved);
		break;
	case DENIED:
		put(s, denied);
		break;
	case A01:
		(void)site_message(s, "mercy",
		    site_bytes(s,
		        &(struct said){
		            .trigger = "A01", .at = "202603021000", .in = "202603021000" }),
		    s->now + 1000);
		break;
	case ENCOUNTER:
		put(s, encounter);
		break;
	case A11:
		(void)site_message(s, "mercy",
		    site_bytes(s,
		        &(struct said){
		            .trigger = "A11", .at = "202603031000", .in = "202603021000" }),
		    s->now + 1000);
		break;
	case DONE:
		complete(s);
		break;
	case STEPS:
		break;
	}
	site_apply(s);
	deliver(s);
}

/* -- what stands ---------------------------------------------------------------------------------------- */

/* "admission rcca, admission-authorized acme": flags that are open, by kind and who is told, in the order of their kinds. */
static const char *
open_flags(struct site *s)
{
	struct ww_rows rows = site_rows(s, &ww_entity_flag);
	const char *text = "";

	for (int64_t kind = 0; kind < ww_flag_kind_count; kind++) {
		for (size_t i = 0; i < rows.n; i++) {
			const struct ww_flag *f = WW_ROW(&rows, flag, i);

			if (f->kind == kind && f->state == WW_flag_state_OPEN)
				text = ww_arena_printf(s->own.arena, "%s%s%s %.*s", text,
				    text[0] != '\0' ? ", " : "", ww_flag_kind_text(kind),
				    WW_STR_FMT(f->receiver))
				           .p;
		}
	}
	return text;
}

static bool
has(const char *text, const char *word)
{
	return strstr(text, word) != NULL;
}

/* What was told and holds no more was taken back: a Task that left is cancelled, and a correction of it is sent. */
static void
is_corrected(struct site *s, const char *how)
{
	struct ww_rows rows = site_rows(s, &ww_entity_outbox);

	for (size_t i = 0; i < rows.n; i++) {
		const struct ww_outbox *r = WW_ROW(&rows, outbox, i);
		bool corrected = false;

		if (r->resource != WW_resource_type_TASK || !ww_str_is(r->change, "cancel") ||
		    r->sent == 0)
			continue;
		ck_assert_msg(r->state == WW_outbox_state_SETTLED, "%s: a cancel is not sent", how);
		for (size_t k = 0; k < rows.n; k++)
			corrected = corrected || WW_ROW(&rows, outbox, k)->about == r->id;
		ck_assert_msg(corrected, "%s: no correction of a Task that was taken back", how);
	}
}

struct set {
	enum step steps[STEPS];
	int n;
	const char
	    *open; /* flags, but the alert to the practice, which depends on what came first */
	size_t practice, payer; /* Tasks that stand */
};

static const struct set *set;
static unsigned runs, every; /* of `every` orders one is played */

static const char *
name_of(const int *order, int n)
{
	static const char *const names[] = { "asked", "approved", "denied", "A01", "Encounter",
		"A11", "done" };
	static char text[128];
	size_t at = 0;

	for (int i = 0; i < n; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%s", i == 0 ? "" : ", ",
		    names[set->steps[order[i]]]);
	return text;
}

static void
play(const int *order, int n)
{
	const char *how = name_of(order, n), *open;
	struct site s;
	size_t tasks;

	if (runs++ % every != 0)
		return;
	open_chain(&s);
	put(&s, patient);
	for (int i = 0; i < n; i++)
		do_step(&s, set->steps[order[i]]);
	open = open_flags(&s);
	(void)task_of(&s, "rcca", &tasks);
	if (set->open == NULL) {
		ck_assert_msg(!has(open, "admission-a"), "%s: %s", how, open);
		ck_assert_msg(tasks == (has(open, "admission rcca") ? 1 : 0),
		    "%s: %zu Tasks of the practice", how, tasks);
	} else {
		ck_assert_msg(strlen(set->open) == 0 ? open[0] == '\0' : has(open, set->open),
		    "%s:\n  want %s\n  have %s", how, set->open, open);
		ck_assert_msg(tasks == set->practice, "%s: %zu Tasks of the practice", how, tasks);
	}
	(void)task_of(&s, "acme", &tasks);
	ck_assert_msg(tasks == set->payer, "%s: %zu Tasks of the payer", how, tasks);
	is_corrected(&s, how);
	if (runs % 40 == 1)
		site_rebuilds(&s);
	site_close(&s);
}

/* Calls each with every order of 0..n-1. */
static void
permute(int *order, int at, int n)
{
	if (at == n) {
		play(order, n);
		return;
	}
	for (int i = at; i < n; i++) {
		int t = order[at];

		order[at] = order[i];
		order[i] = t;
		permute(order, at + 1, n);
		order[i] = order[at];
		order[at] = t;
	}
}

static void
play_all(const struct set *of, unsigned step)
{
	int order[STEPS] = { 0, 1, 2, 3, 4, 5, 6 };

	set = of;
	runs = 0;
	every = step;
	permute(order, 0, of->n);
}

START_TEST(a_stay_and_its_authorization_are_one_matter_in_any_order)
{
	static const struct set of = { { ASKED, APPROVED, A01, ENCOUNTER, DONE }, 5,
		"admission rcca", 1, 1 };

	play_all(&of, 1);
}
END_TEST

START_TEST(what_is_denied_is_taken_back_from_both_in_any_order)
{
	static const struct set of = { { ASKED, APPROVED, DONE, DENIED }, 4, "", 0, 0 };

	play_all(&of, 1);
}
END_TEST

START_TEST(what_the_hospital_cancelled_is_taken_back_from_both_in_any_order)
{
	static const struct set of = { { ASKED, APPROVED, A01, A11, DONE }, 5, "", 0, 0 };

	play_all(&of, 1);
}
END_TEST

START_TEST(all_of_it_ends_the_same_in_any_order)
{
	static const struct set of = { { ASKED, APPROVED, DENIED, A01, A11, DONE }, 6, "", 0, 0 };
	static const struct set with_encounter = {
		{ ASKED, APPROVED, DENIED, A01, ENCOUNTER, DONE }, 6, "admission rcca", 1, 0
	};

	/* whether the Encounter is a stay of its own beside one that was cancelled, the order decides */
	static const struct set all = { { ASKED, APPROVED, DENIED, A01, ENCOUNTER, A11, DONE }, 7,
		NULL, 0, 0 };

	play_all(&of, 3);
	play_all(&with_encounter, 3);
	play_all(&all, 11);
}
END_TEST

/* -- the way ------------------------------------------------------------------------------------------ */

static struct ww_authorization
only(struct site *s)
{
	struct ww_rows rows = site_rows(s, &ww_entity_authorization);

	ck_assert_uint_eq(rows.n, 1);
	return *WW_ROW(&rows, authorization, 0);
}

static void
authorize(struct site *s)
{
	open_chain(s);
	put(s, patient);
	put(s, requested);
	put(s, approved);
	deliver(s);
}

START_TEST(the_practice_is_told_when_the_navigator_is_done)
{
	struct site s;
	size_t n;

	authorize(&s);
	ck_assert_str_eq(open_flags(&s), "admission-authorized acme");
	complete(&s);
	ck_assert_str_eq(open_flags(&s), "admission-authorized acme, admission-alert rcca");
	unit_str_is(only(&s).forwarded_by, "navigator");
	(void)task_of(&s, "rcca", &n);
	ck_assert_uint_eq(n, 1);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(the_practice_is_told_when_the_time_is_over)
{
	struct site s;
	size_t n;

	authorize(&s);
	pass(&s, 19 * HOUR_MS);
	ck_assert_str_eq(open_flags(&s), "admission-authorized acme");
	pass(&s, HOUR_MS + 60000);
	ck_assert_str_eq(open_flags(&s), "admission-authorized acme, admission-alert rcca");
	unit_str_is(only(&s).forwarded_by, "timer");
	(void)task_of(&s, "rcca", &n);
	ck_assert_uint_eq(n, 1);
	complete(&s); /* too late to change anything */
	unit_str_is(only(&s).forwarded_by, "timer");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* The 24 hours begin with the authorization's receipt, also where whose patient it is about is known later. */
START_TEST(the_time_runs_from_the_receipt)
{
	struct site s;

	open_of(&s, program, config,
	    SITE_ROSTER_HEADER "M0002,\"TESTFAMILY2, GIVEN2\",1950-03-02,F,rcca,2025-01-01,\n");
	put(&s, patient);
	put(&s, requested);
	put(&s, approved);
	pass(&s, 15 * HOUR_MS);
	ck_assert_str_eq(open_flags(&s), "");
	(void)site_edition(&s, site_roster(&s));
	site_apply(&s);
	ck_assert_str_eq(open_flags(&s), "admission-authorized acme");
	pass(&s, 4 * HOUR_MS);
	ck_assert_str_eq(open_flags(&s), "admission-authorized acme");
	pass(&s, HOUR_MS + 60000);
	ck_assert_str_eq(open_flags(&s), "admission-authorized acme, admission-alert rcca");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(the_practice_is_not_told_twice_of_a_stay_that_it_knows)
{
	struct site s;
	struct ww_outbox before, after;
	size_t n;

	open_chain(&s);
	put(&s, patient);
	do_step(&s, A01);
	before = task_of(&s, "rcca", &n);
	ck_assert_uint_eq(n, 1);
	put(&s, requested);
	put(&s, approved);
	deliver(&s);
	ck_assert_str_eq(open_flags(&s), "admission rcca, admission-authorized acme");
	pass(&s, 21 * HOUR_MS);
	complete(&s);
	ck_assert_str_eq(open_flags(&s), "admission rcca, admission-authorized acme");
	after = task_of(&s, "rcca", &n);
	ck_assert_uint_eq(n, 1);
	ck_assert_int_eq(after.id, before.id);
	ck_assert_int_gt(after.wanted, before.wanted); /* it says that the stay is authorized */
	site_close(&s);
}
END_TEST

START_TEST(the_task_of_the_alert_becomes_that_of_the_stay)
{
	struct site s;
	struct ww_outbox alert, stay;
	size_t n;

	authorize(&s);
	complete(&s);
	deliver(&s);
	alert = task_of(&s, "rcca", &n);
	ck_assert_uint_eq(n, 1);
	ck_assert_int_eq(alert.encounter, 0);
	do_step(&s, A01);
	stay = task_of(&s, "rcca", &n);
	ck_assert_uint_eq(n, 1);
	ck_assert_int_eq(stay.id, alert.id);
	ck_assert(ww_str_eq(stay.key, alert.key));
	ck_assert_int_ne(stay.encounter, 0);
	unit_str_is(stay.change, "update");
	ck_assert_str_eq(
	    open_flags(&s), "admission rcca, admission-authorized acme, admission-alert rcca");
	put(&s, denied);
	deliver(&s);
	ck_assert_str_eq(open_flags(&s), "admission rcca"); /* the patient is there all the same */
	stay = task_of(&s, "rcca", &n);
	ck_assert_uint_eq(n, 1);
	is_corrected(&s, "denied when the patient was there");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(what_is_granted_again_begins_anew)
{
	static const char again[] =
	    RESPONSE("r3", "c", "2026-03-06T15:00:00Z", "A1", ",'preAuthRef':'PA8'");
	struct site s;

	authorize(&s);
	complete(&s);
	put(&s, denied);
	deliver(&s);
	ck_assert_str_eq(open_flags(&s), "");
	is_corrected(&s, "denied");
	put(&s, again);
	ck_assert_str_eq(open_flags(&s), "admission-authorized acme");
	ck_assert_int_eq(only(&s).forwarded_ms, 0);
	pass(&s, 20 * HOUR_MS + 60000);
	ck_assert_str_eq(open_flags(&s), "admission-authorized acme, admission-alert rcca");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(what_the_payer_has_not_decided_is_told_if_the_program_wants_it)
{
	char with[2048];
	struct site s;
	const char *rest = strstr(program, "authorized/1\n");

	open_chain(&s);
	put(&s, patient);
	put(&s, requested);
	put(&s, pended);
	ck_assert_str_eq(open_flags(&s), "");
	site_close(&s);
	(void)snprintf(with, sizeof(with), "%.*sauthorized/1\n    set: {include_pended: true}\n%s",
	    (int)(rest - program), program, rest + strlen("authorized/1\n"));
	open_with(&s, with, config);
	put(&s, patient);
	put(&s, requested);
	put(&s, pended);
	ck_assert_str_eq(open_flags(&s), "admission-authorized acme");
	site_close(&s);
}
END_TEST

START_TEST(of_a_feed_that_is_observed_nothing_is_told)
{
	char observed[2048];
	const char *at = strstr(config, "zone: " SITE_ZONE "}");
	struct site s;

	(void)snprintf(
	    observed, sizeof(observed), "%.*sstate: observe, %s", (int)(at - config), config, at);
	open_with(&s, program, observed);
	put(&s, patient);
	put(&s, requested);
	put(&s, approved);
	pass(&s, 21 * HOUR_MS);
	ck_assert_uint_eq(site_rows(&s, &ww_entity_outbox).n, 0);
	site_close(&s);
}
END_TEST

START_TEST(what_a_member_wants_nobody_to_know_is_withheld)
{
	struct site s;
	size_t n;

	open_of(&s, program, config,
	    "member_id,name,birth_date,sex,practice,notices,effective,end\n"
	    "M0001,\"TESTFAMILY1, GIVEN1\",1950-03-02,F,rcca,suppress,2025-01-01,\n");
	put(&s, patient);
	put(&s, requested);
	put(&s, approved);
	deliver(&s);
	ck_assert_str_eq(open_flags(&s), "admission-authorized acme");
	(void)task_of(&s, "acme", &n);
	ck_assert_uint_eq(n, 0);
	pass(&s, 21 * HOUR_MS);
	deliver(&s);
	(void)task_of(&s, "rcca", &n);
	ck_assert_uint_eq(n, 0);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* The resource of another patient; NULL: of p, who replaces q. */
static const char *
of(struct site *s, const char *text, const char *patient_of)
{
	const char *from = patient_of != NULL ? "Patient/p" : "'id':'p'";
	const char *to =
	    patient_of != NULL
	        ? patient_of
	        : "'id':'p','link':[{'other':{'reference':'Patient/q'},'type':'replaces'}]";
	const char *at = strstr(text, from);

	ck_assert_ptr_nonnull(at);
	return ww_arena_printf(
	    s->own.arena, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from))
	    .p;
}

/* All at once, in the order in which a sender lists them. */
START_TEST(a_transaction_tells_each_of_it_once)
{
	struct ww_request_answer a;
	struct site s;
	size_t n;

	open_chain(&s);
	a = site_answered(
	    &s, (struct asked){ .interaction = "transaction",
	            .raw = json(&s,
	                ww_arena_printf(s.own.arena,
	                    "{'resourceType':'Bundle','type':'transaction','entry':["
	                    "{'resource':%s,'request':{'method':'PUT','url':'Claim/c'}},"
	                    "{'resource':%s,'request':{'method':'PUT','url':'ClaimResponse/r1'}},"
	                    "{'resource':%s,'request':{'method':'PUT','url':'Patient/p'}},"
	                    "{'resource':%s,'request':{'method':'PUT','url':'Encounter/e'}}]}",
	                    requested, approved, patient, encounter)
	                    .p) });
	ck_assert_msg(a.http == 200, "%lld: %.*s", (long long)a.http, WW_STR_FMT(a.body));
	ck_assert_str_eq(open_flags(&s), "admission rcca, admission-authorized acme");
	(void)task_of(&s, "rcca", &n);
	ck_assert_uint_eq(n, 1);
	(void)task_of(&s, "acme", &n);
	ck_assert_uint_eq(n, 1);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* The Task at the practice says by which number the stay is authorized, whichever came first. */
START_TEST(the_task_of_the_stay_says_that_it_is_authorized)
{
	struct site s;
	size_t n;

	open_chain(&s);
	put(&s, patient);
	do_step(&s, A01);
	ck_assert(!has(site_template(&s, task_of(&s, "rcca", &n).id).p, "PA7"));
	put(&s, requested);
	put(&s, approved);
	ck_assert(has(site_template(&s, task_of(&s, "rcca", &n).id).p, "\"valueString\":\"PA7\""));
	put(&s, denied);
	site_close(&s);
	authorize(&s);
	do_step(&s, A01);
	ck_assert(has(site_template(&s, task_of(&s, "rcca", &n).id).p, "\"valueString\":\"PA7\""));
	site_close(&s);
}
END_TEST

START_TEST(what_was_authorized_of_who_turns_out_to_be_a_member_is_told_then)
{
	static const char other[] = "{'resourceType':'Patient','id':'q','name':[{'family':'"
	                            "TESTFAMILY1','given':['GIVEN1']}],"
	                            "'gender':'female','birthDate':'1950-03-02'}";
	struct site s;

	open_chain(&s);
	put(&s, patient);
	put(&s, other);
	put(&s, of(&s, requested, "Patient/q"));
	put(&s, of(&s, approved, "Patient/q"));
	ck_assert_str_eq(open_flags(&s), "");
	put(&s, of(&s, patient, NULL));
	ck_assert_str_eq(open_flags(&s), "admission-authorized acme");
	deliver(&s);
	complete(&s);
	ck_assert_str_eq(open_flags(&s), "admission-authorized acme, admission-alert rcca");
	do_step(&s, A01);
	ck_assert_str_eq(
	    open_flags(&s), "admission rcca, admission-authorized acme, admission-alert rcca");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* An engine that lost its last hours must find at the receivers what it told there. */
START_TEST(an_authorization_is_called_the_same_if_it_is_ever_made_anew)
{
	struct site s, again;
	size_t n;

	authorize(&s);
	open_chain(&again);
	(void)site_message(&again, "mercy", /* other records before it, and other numbers */
	    site_bytes(
	        &again, &(struct said){ .trigger = "A01", .at = "202603021000", .person = 2 }),
	    again.now + 1000);
	site_apply(&again);
	put(&again, patient);
	put(&again, approved);
	put(&again, requested);
	ck_assert_uint_gt(task_of(&s, "acme", &n).key.n, 0);
	ck_assert(ww_str_eq(task_of(&s, "acme", &n).key, task_of(&again, "acme", &n).key));
	site_close(&s);
	site_close(&again);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		the_practice_is_told_when_the_navigator_is_done,
		the_practice_is_told_when_the_time_is_over,
		the_time_runs_from_the_receipt,
		the_practice_is_not_told_twice_of_a_stay_that_it_knows,
		the_task_of_the_alert_becomes_that_of_the_stay,
		what_is_granted_again_begins_anew,
		what_the_payer_has_not_decided_is_told_if_the_program_wants_it,
		of_a_feed_that_is_observed_nothing_is_told,
		what_a_member_wants_nobody_to_know_is_withheld,
		what_was_authorized_of_who_turns_out_to_be_a_member_is_told_then,
		a_transaction_tells_each_of_it_once,
		the_task_of_the_stay_says_that_it_is_authorized,
		an_authorization_is_called_the_same_if_it_is_ever_made_anew,
		a_stay_and_its_authorization_are_one_matter_in_any_order,
		what_is_denied_is_taken_back_from_both_in_any_order,
		what_the_hospital_cancelled_is_taken_back_from_both_in_any_order,
		all_of_it_ends_the_same_in_any_order,
	};

	return unit_main("authorized_hops", tests, UNIT_COUNT(tests));
}
