/* What programs have told, to whom and how: one Task a stay and desk over all programs, roles of the payer, Tasks of a flag's own,
 * Communications once, copies, content and wording; and what budgets, cool-downs and windows keep. */
#include "tests/unit/apply_fixture.h"

#include <wardwire/json.h>

#define CONFIG_OF(programs)                                                                        \
	SITE_CONFIG_OF("", "  - {name: acme-desk, fhir: \"http://127.0.0.1:4/fhir\"}\n", "")       \
	"programs:\n" programs

#define TWO_PARTIES                                                                                \
	"data: data\n"                                                                             \
	"system: \"urn:example\"\n"                                                                \
	"history_since: 2020-01-01\n"                                                              \
	"listeners:\n"                                                                             \
	"  - {name: adt, mllp: \"127.0.0.1:0\"}\n"                                                 \
	"feeds:\n"                                                                                 \
	"  - {name: mercy, on: adt, zone: " SITE_ZONE "}\n"                                        \
	"restrictions:\n"                                                                          \
	"  - {name: secret, when: {PID-18.1: SECRET}, then: suppress}\n"                           \
	"endpoints:\n"                                                                             \
	"  - {name: rcca-ehr, fhir: \"http://127.0.0.1:1/fhir\"}\n"                                \
	"  - {name: lakeside-ehr, fhir: \"http://127.0.0.1:2/fhir\"}\n"                            \
	"  - {name: acme-nav, fhir: \"http://127.0.0.1:3/fhir\"}\n"                                \
	"  - {name: acme-case, fhir: \"http://127.0.0.1:4/fhir\"}\n"                               \
	"parties:\n"                                                                               \
	"  - {name: rcca, send: rcca-ehr}\n"                                                       \
	"  - {name: lakeside, send: lakeside-ehr}\n"                                               \
	"  - {name: acme, send: acme-nav, roles: {case-manager: {send: acme-case}}}\n"             \
	"rosters:\n"                                                                               \
	"  - {file: roster.csv}\n"                                                                 \
	"programs:\n"                                                                              \
	"  - {file: one.yaml, payer: acme}\n"

#define HEAD(name)                                                                                 \
	"program: " name "\n"                                                                      \
	"title: Program " name "\n"                                                                \
	"version: 1\n"                                                                             \
	"rules: [{use: admission/1}, {use: lace/1}]\n"

#define STAY                                                                                       \
	"flags:\n"                                                                                 \
	"  admission: {to: coordinator, as: stay-task, deadline: 24h, priority: urgent}\n"         \
	"  discharge: {to: coordinator, as: stay-task, deadline: 24h, priority: urgent}\n"

#define RISK "  readmission-risk: {to: coordinator, as: stay-task, deadline: 24h}\n"

/* Programs one and two; two may be NULL. */
static void
open_site(struct site *s, const char *one, const char *two)
{
	site_open_empty(s);
	(void)site_engine(s, SITE_KEY);
	(void)site_file(s, "program", "one", one);
	if (two != NULL)
		(void)site_file(s, "program", "two", two);
	(void)site_config(
	    s, two != NULL ? TWO_PARTIES "  - {file: two.yaml, payer: acme}\n" : TWO_PARTIES);
	(void)site_edition(s, site_roster(s));
	site_apply(s);
}

static void
tick(struct site *s, int64_t time)
{
	do {
		struct ww_buf none = { 0 };

		(void)site_record(s, WW_REC_TICK, time++, &none);
		site_apply(s);
	} while (ww_apply_due(s->apply) <= time);
}

static struct ww_json *template(struct site *s, size_t n)
{
	struct ww_json *v;

	site_ok(s, ww_json_parse(&s->own, site_template(s, site_row(s, n).id), &v));
	return v;
}

static const char *
says(struct site *s, size_t n, const char *path)
{
	return ww_arena_cstr(s->own.arena, ww_json_str(ww_json_find(template(s, n), path)));
}

/* The values of all inputs of that type, a comma between. */
static const char *
inputs(struct site *s, size_t n, const char *type)
{
	const char *text = "";

	for (const struct ww_json *in = ww_json_first(ww_json_get(template(s, n), "input"));
	     in != NULL; in = ww_json_next(in)) {
		if (ww_str_is(ww_json_str(ww_json_find(in, "type.text")), type))
			text = ww_arena_printf(s->own.arena, "%s%s%.*s", text, text[0] ? "," : "",
			    WW_STR_FMT(ww_json_str(ww_json_get(in, "valueString"))))
			           .p;
	}
	return text;
}

static void
send(struct site *s, size_t n)
{
	struct ww_outbox row = site_row(s, n);
	enum ww_verb verb = row.sent == 0 ? WW_VERB_CREATE : WW_VERB_UPDATE;
	uint64_t seq = site_attempt(s, &row, verb);

	(void)site_outcome(s, &row, seq, verb, WW_RESULT_SENT, row.sent == 0 ? 201 : 200);
	site_apply(s);
}

static struct ww_flag
flag_at(struct site *s, size_t n)
{
	struct ww_rows rows = site_rows(s, &ww_entity_flag);

	ck_assert_uint_lt(n, rows.n);
	return *WW_ROW(&rows, flag, n);
}

/* "cool-down budget-day": of the flags that something keeps. */
static const char *
limits(struct site *s)
{
	struct ww_rows rows = site_rows(s, &ww_entity_flag);
	const char *text = "";

	for (size_t i = 0; i < rows.n; i++) {
		const struct ww_flag *f = WW_ROW(&rows, flag, i);

		ck_assert_int_eq(f->limit == WW_flag_limit_NONE, f->limited.n == 0);
		if (f->limit != WW_flag_limit_NONE)
			text = ww_arena_printf(s->own.arena, "%s%s%s", text, text[0] ? " " : "",
			    ww_flag_limit_text(f->limit))
			           .p;
	}
	return text;
}

#define ADMIT .trigger = "A01", .at = "202603021000"
#define LEAVES                                                                                     \
	.trigger = "A03", .at = "202603051100", .in = "202603021000", .out = "202603051100",       \
	.to = "01"

/* -- programs and desks --------------------------------------------------------------------------------- */

START_TEST(makes_one_task_of_two_programs)
{
	struct site s;
	struct ww_flag f;

	open_site(&s, HEAD("one") STAY, HEAD("two") STAY);
	site_does(&s, ADMIT);
	site_flags_are(&s, "admission open; admission open #2");
	site_outbox_is(&s, "Task stay due create");
	ck_assert_str_eq(inputs(&s, 0, "program"), "Program one,Program two");
	f = flag_at(&s, 1);
	unit_str_is(f.program, "two");
	ck_assert_int_eq(f.program_version, 1);
	unit_str_is(f.receiver, "rcca");
	ck_assert_int_eq(f.role, WW_role_COORDINATOR);
	site_does(&s, .trigger = "A11", .at = "202603021100");
	site_flags_are(&s, "admission retracted; admission retracted #2");
	site_outbox_is(&s, "Task stay suppressed create");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(tells_who_is_of_the_payer_what_concerns_a_practice)
{
	struct site s;
	struct ww_outbox row;

	open_site(&s,
	    HEAD("one") "flags:\n  admission: {to: navigator, as: task, deadline: 4h, priority: "
	                "stat}\n",
	    NULL);
	site_does(&s, ADMIT);
	site_outbox_is(&s, "Task admission due create acme");
	row = site_row(&s, 0);
	unit_str_is(row.practice, "acme");
	unit_str_is(row.concerns, "rcca");
	unit_str_is(row.endpoint, "acme-nav");
	ck_assert_int_eq(row.role, WW_role_NAVIGATOR);
	ck_assert_int_eq(row.priority, WW_priority_STAT);
	ck_assert_int_eq(row.due_ms, s.now + 4 * 3600000);
	ck_assert_str_eq(says(&s, 0, "priority"), "stat");
	ck_assert_str_eq(says(&s, 0, "businessStatus.text"), "open, awaiting the navigator");
	ck_assert_str_eq(says(&s, 0, "code.text"), "Inpatient admission");
	ck_assert_str_eq(says(&s, 0, "owner.display"), "acme");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(withdraws_a_task_of_its_own_and_says_so)
{
	struct site s;

	open_site(&s,
	    HEAD("one") "flags:\n"
	                "  admission: {to: coordinator, as: task, deadline: 4h}\n"
	                "  discharge: {to: coordinator, as: task, deadline: 8h}\n",
	    NULL);
	site_does(&s, ADMIT);
	send(&s, 0);
	site_does(&s, LEAVES);
	site_outbox_is(&s, "Task admission settled create; Task discharge due create");
	ck_assert_str_ne(site_row(&s, 0).key.p, site_row(&s, 1).key.p);
	site_does(&s, .trigger = "A11", .at = "202603051200");
	site_outbox_is(&s, "Task admission due cancel; Task discharge suppressed create; "
	                   "Communication correction due create");
	ck_assert_str_eq(says(&s, 0, "status"), "cancelled");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(tells_once_what_two_programs_want_known)
{
	static const char wants[] =
	    "flags:\n  ed-arrival: {to: coordinator, as: communication, priority: urgent}\n";
	struct site s;
	char one[512], two[512];

	(void)snprintf(one, sizeof(one), "%s%s", HEAD("one"), wants);
	(void)snprintf(two, sizeof(two), "%s%s", HEAD("two"), wants);
	open_site(&s, one, two);
	site_does(&s, .trigger = "A04", .class_ = "E", .at = "202603021000");
	site_flags_are(&s, "ed-arrival open; ed-arrival open #2");
	site_outbox_is(&s, "Communication ed-arrival due create");
	send(&s, 0);
	site_does(&s, .trigger = "A11", .class_ = "E", .at = "202603021030");
	site_outbox_is(
	    &s, "Communication ed-arrival settled create; Communication correction due create");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(copies_from_a_band_on)
{
	static const char copied[] =
	    "flags:\n"
	    "  discharge: {to: coordinator, as: stay-task, deadline: 24h, copy: [{role: "
	    "case-manager}]}\n"
	    "  readmission-risk: {to: coordinator, as: stay-task, deadline: 24h, copy: [{role: "
	    "case-manager, from: high}]}\n";
	struct site s;
	char one[1024];

	(void)snprintf(one, sizeof(one), "%s%s", HEAD("one"), copied);
	open_site(&s, one, NULL);
	site_does(&s, ADMIT);
	site_does(&s, LEAVES);
	/* the risk is not known to be high */
	site_outbox_is(&s, "Task stay due create; Communication discharge due create acme");
	unit_str_is(site_row(&s, 1).endpoint, "acme-case");
	unit_str_is(site_row(&s, 1).concerns, "rcca");
	send(&s, 0);
	send(&s, 1);
	site_does(&s, .trigger = "A13", .at = "202603051300", .in = "202603021000");
	ck_assert_str_eq(says(&s, 3, "inResponseTo[0].identifier.value"), site_row(&s, 1).key.p);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* What a copy is about says how high it is, where the program lets that leave. */
START_TEST(says_the_score_in_a_copy)
{
	static const char copied[] =
	    "flags:\n"
	    "  discharge: {to: coordinator, as: stay-task, deadline: 24h}\n"
	    "  readmission-risk: {to: coordinator, as: stay-task, deadline: 24h, copy: [{role: "
	    "case-manager}]}\n";
	struct site s;
	char one[1024];

	(void)snprintf(one, sizeof(one), "%s%s", HEAD("one"), copied);
	open_site(&s, one, NULL);
	site_does(&s, ADMIT);
	site_does(&s, LEAVES);
	unit_str_is(site_row(&s, 1).endpoint, "acme-case");
	ck_assert_str_eq(says(&s, 1, "payload[0].contentString"),
	    "Attributed member's risk of readmission was computed at MERCY. LACE score 3 to 11: "
	    "unknown.");
	site_close(&s);
	(void)snprintf(one, sizeof(one), "%s%scontent: [name]\n", HEAD("one"), copied);
	open_site(&s, one, NULL);
	site_does(&s, ADMIT);
	site_does(&s, LEAVES);
	ck_assert_str_eq(says(&s, 1, "payload[0].contentString"),
	    "Attributed member's risk of readmission was computed.");
	site_close(&s);
}
END_TEST

/* Of two programs with cuts of their own neither hides what the other found; what both go by is named once. */
START_TEST(says_the_score_of_each_program)
{
	static const char two[] = "program: two\ntitle: Program two\nversion: 1\n"
	                          "rules: [{use: admission/1}, {use: lace/1, set: {moderate_cut: "
	                          "2, high_cut: 3}}]\n" STAY RISK;
	struct site s;

	open_site(&s, HEAD("one") STAY RISK, two);
	site_does(&s, ADMIT);
	site_does(&s, LEAVES);
	site_outbox_is(&s, "Task stay due update");
	ck_assert_str_eq(inputs(&s, 0, "readmission-risk"), "unknown,high");
	ck_assert_ptr_nonnull(
	    strstr(says(&s, 0, "description"), "readmission risk score: LACE unknown, LACE high"));
	ck_assert_str_eq(inputs(&s, 0, "rule"),
	    "admission by admission/1,discharge by admission/1,readmission-risk by lace/1");
	site_close(&s);
	open_site(&s, HEAD("one") STAY RISK, HEAD("two") STAY RISK);
	site_does(&s, ADMIT);
	site_does(&s, LEAVES);
	ck_assert_str_eq(inputs(&s, 0, "readmission-risk"), "unknown");
	site_close(&s);
}
END_TEST

START_TEST(keeps_what_was_told_when_a_program_changes)
{
	struct site s;

	open_site(&s, HEAD("one") STAY, NULL);
	site_does(&s, ADMIT);
	(void)site_file(&s, "program", "one",
	    "program: one\ntitle: One\nversion: 2\nrules: [{use: admission/1}]\n"
	    "flags:\n  admission: {to: coordinator, as: communication}\n"
	    "  discharge: {to: coordinator, as: communication}\n");
	(void)site_config(&s, TWO_PARTIES);
	site_apply(&s);
	site_does(&s, LEAVES);
	site_outbox_is(&s, "Task stay due create; Communication discharge due create");
	ck_assert_int_eq(flag_at(&s, 0).program_version, 1);
	ck_assert_int_eq(flag_at(&s, 1).program_version, 2);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* A program that is configured no more has nobody told of anything new, and what it told is still taken back. */
START_TEST(follows_up_what_a_program_that_is_gone_told)
{
	struct site s;

	open_site(&s, HEAD("one") STAY, HEAD("two") "flags: {ed-arrival: {as: record}}\n");
	site_does(&s, ADMIT);
	(void)site_config(&s, CONFIG_OF("  - {file: two.yaml}\n"));
	site_apply(&s);
	site_does(&s, LEAVES);
	site_flags_are(&s, "admission open");
	site_does(&s, .trigger = "A11", .at = "202603051200");
	site_flags_are(&s, "admission retracted");
	site_outbox_is(&s, "Task stay suppressed create");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* -- content and wording --------------------------------------------------------------------------------- */

START_TEST(lets_leave_what_the_program_names)
{
	struct site s;

	open_site(&s, HEAD("one") STAY "content: [name, diagnosis]\n", NULL);
	site_does(&s, ADMIT, .dx = "I509 E119", .facility = "MERCY");
	ck_assert_str_eq(says(&s, 0, "for.display"), "GIVEN1 TESTFAMILY1");
	ck_assert_str_eq(inputs(&s, 0, "diagnoses"), "I509, E119");
	ck_assert_str_eq(inputs(&s, 0, "facility"), "");
	ck_assert_str_eq(says(&s, 0, "description"),
	    "Attributed member admitted as an inpatient; contact within 24 h");
	site_close(&s);
	open_site(&s, HEAD("one") STAY "content: [facility]\n", NULL);
	site_does(&s, ADMIT, .dx = "I509 E119", .facility = "MERCY");
	ck_assert_str_eq(says(&s, 0, "for.display"), "");
	ck_assert_str_eq(inputs(&s, 0, "diagnoses"), "");
	ck_assert_str_eq(inputs(&s, 0, "facility"), "MERCY");
	site_close(&s);
}
END_TEST

START_TEST(says_it_in_the_program_s_words)
{
	struct site s;

	open_site(&s,
	    HEAD("one") "flags:\n"
	                "  admission:\n"
	                "    to: coordinator\n"
	                "    as: stay-task\n"
	                "    deadline: 24h\n"
	                "    wording: {title: Call the ward, text: Ring the nurse in charge}\n"
	                "  ed-arrival:\n"
	                "    to: coordinator\n"
	                "    as: communication\n"
	                "    wording: {title: In the ED, text: Seen in the emergency department}\n",
	    NULL);
	site_does(&s, ADMIT);
	ck_assert_str_eq(says(&s, 0, "code.text"), "Call the ward");
	ck_assert_str_eq(says(&s, 0, "description"), "Ring the nurse in charge at MERCY");
	site_does(&s, .trigger = "A04", .class_ = "E", .at = "202603101000", .visit = "E1^^^MERCY");
	ck_assert_str_eq(says(&s, 1, "topic.text"), "In the ED");
	ck_assert_str_eq(
	    says(&s, 1, "payload[0].contentString"), "Seen in the emergency department at MERCY.");
	site_close(&s);
}
END_TEST

/* -- what is kept ------------------------------------------------------------------------------------------ */

#define ROUTINE                                                                                    \
	"flags:\n"                                                                                 \
	"  admission: {to: coordinator, as: task, deadline: 24h}\n"                                \
	"  discharge: {to: coordinator, as: task, deadline: 24h}\n"                                \
	"  readmission-risk: {to: coordinator, as: task, deadline: 24h, priority: urgent}\n"

START_TEST(tells_a_receiver_of_a_stay_as_often_as_the_budget_lets)
{
	struct site s;

	open_site(&s, HEAD("one") ROUTINE "budget: {per_stay: 1}\n", NULL);
	site_does(&s, ADMIT);
	site_does(&s, LEAVES);
	/* what is urgent has no budget */
	site_flags_are(&s, "admission open; discharge open; readmission-risk open");
	site_outbox_is(&s, "Task admission due create; Task readmission-risk due create");
	ck_assert_str_eq(limits(&s), "budget-stay");
	unit_str_is(
	    flag_at(&s, 1).limited, "budget: the receiver was told of the stay 1 times already");
	/* what was told is taken back, what was not is not */
	send(&s, 0);
	site_does(&s, .trigger = "A11", .at = "202603051200");
	site_outbox_is(&s, "Task admission due cancel; Task readmission-risk suppressed create; "
	                   "Communication correction due create");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(tells_on_the_next_day_what_a_day_s_budget_kept)
{
	struct site s;

	open_site(&s, HEAD("one") ROUTINE "budget: {per_day: 2}\n", NULL);
	for (int person = 1; person <= 4; person++)
		site_does(&s, ADMIT, .person = person);
	site_outbox_is(&s, "Task admission due create; Task admission due create");
	ck_assert_str_eq(limits(&s), "budget-day budget-day");
	tick(&s, site_ms("202603021200"));
	ck_assert_str_eq(limits(&s), "budget-day budget-day");
	tick(&s, site_ms("202603030600"));
	ck_assert_str_eq(limits(&s), "");
	ck_assert_uint_eq(site_rows(&s, &ww_entity_outbox).n, 4);
	/* one row for each day would be a row too many */
	ck_assert_uint_eq(site_rows(&s, &ww_entity_spent).n, 1);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(does_not_say_the_same_again_while_it_cools_down)
{
	struct site s;

	open_site(&s,
	    HEAD("one") "flags:\n  admission: {to: coordinator, as: stay-task, deadline: 24h, "
	                "cooldown: 30d}\n",
	    NULL);
	site_does(&s, ADMIT);
	send(&s, 0);
	/* taken back and said again: that is news */
	site_does(&s, .trigger = "A11", .at = "202603021100");
	site_does(&s, .trigger = "A01", .at = "202603021200");
	ck_assert_str_eq(limits(&s), "");
	site_does(&s, .trigger = "A01", .at = "202603201000", .visit = "W2^^^MERCY");
	ck_assert_str_eq(limits(&s), "cool-down");
	unit_str_is(flag_at(&s, 2).limited, "cool-down: the same was told less than 30 days ago");
	site_does(&s, .trigger = "A01", .at = "202604301000", .visit = "W3^^^MERCY");
	ck_assert_str_eq(limits(&s), "cool-down");
	ck_assert_int_eq(flag_at(&s, 3).state, WW_flag_state_OPEN);
	site_outbox_is(&s, "Task stay due cancel; Communication correction due create; "
	                   "Task stay due create; Task stay due create");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(does_not_tell_each_change_within_the_window)
{
	struct site s;
	int64_t wanted;

	open_site(&s,
	    HEAD("one") "flags:\n"
	                "  readmission-risk: {to: coordinator, as: stay-task, deadline: 24h, "
	                "suppress: 12h}\n",
	    NULL);
	site_does(&s, ADMIT);
	site_does(&s, LEAVES);
	send(&s, 0);
	wanted = site_row(&s, 0).wanted;
	/* a day more in hospital, and the band stays as it is */
	site_does(&s, .trigger = "A03", .at = "202603051300", .in = "202603021000",
	    .out = "202603061100", .to = "01");
	ck_assert_str_eq(limits(&s), "suppression-window");
	ck_assert_int_eq(site_row(&s, 0).wanted, wanted);
	tick(&s, site_ms("202603051400"));
	tick(&s, site_ms("202603060600"));
	ck_assert_str_eq(limits(&s), "");
	ck_assert_int_gt(site_row(&s, 0).wanted, wanted);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* -- what is no stay --------------------------------------------------------------------------------------- */

#define OFTEN(keys)                                                                                \
	"program: one\ntitle: One\nversion: 1\nrules: [{use: admission/2}, {use: "                 \
	"frequent-ed/1}]\n"                                                                        \
	"flags:\n  frequent-ed: {to: coordinator, as: task, deadline: 5bd" keys "}\n"

static void
visits_ed(struct site *s, int person, const char *day, const char *number)
{
	const char *in = ww_arena_printf(s->own.arena, "%s1000", day).p;
	const char *out = ww_arena_printf(s->own.arena, "%s1400", day).p;

	site_does(s, .trigger = "A04", .class_ = "E", .at = in, .in = in, .visit = number,
	    .person = person);
	site_does(s, .trigger = "A03", .class_ = "E", .at = out, .in = in, .out = out,
	    .visit = number, .to = "01", .person = person);
}

/* Three in sixty days. */
static void
often(struct site *s, int person)
{
	visits_ed(s, person, "20260105", "E1^^^MERCY");
	visits_ed(s, person, "20260112", "E2^^^MERCY");
	visits_ed(s, person, "20260119", "E3^^^MERCY");
	tick(s, site_ms("202601191500"));
	site_flags_are(s, "frequent-ed open");
}

static void
comes_often(struct site *s)
{
	often(s, 1);
}

/* The third visit was none, and then there is one: said again, unless the receiver has had it. */
START_TEST(cools_down_from_what_was_told_alone)
{
	static const struct {
		bool sent;
		const char *limits, *outbox;
	} rows[] = {
		{ false, "", "Task frequent-ed suppressed create; Task frequent-ed due create" },
		{ true, "cool-down",
		    "Task frequent-ed due cancel; Communication correction due create" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct site s;

		open_site(&s, OFTEN(", cooldown: 30d"), NULL);
		comes_often(&s);
		if (rows[i].sent)
			send(&s, 0);
		site_does(&s, .trigger = "A13", .class_ = "E", .at = "202601191510",
		    .in = "202601191000", .visit = "E3^^^MERCY");
		site_does(&s, .trigger = "A11", .class_ = "E", .at = "202601191520",
		    .in = "202601191000", .visit = "E3^^^MERCY");
		tick(&s, site_ms("202601191530"));
		site_flags_are(&s, "frequent-ed retracted");
		visits_ed(&s, 1, "20260121", "E4^^^MERCY");
		tick(&s, site_ms("202601211500"));
		site_flags_are(&s, "frequent-ed retracted; frequent-ed open #2");
		ck_assert_str_eq(limits(&s), rows[i].limits);
		site_outbox_is(&s, rows[i].outbox);
		site_rebuilds(&s);
		site_close(&s);
	}
}
END_TEST

START_TEST(tells_of_a_person_as_of_a_stay)
{
	struct site s;
	struct ww_outbox row;

	open_site(&s, OFTEN(""), NULL);
	comes_often(&s);
	site_outbox_is(&s, "Task frequent-ed due create");
	row = site_row(&s, 0);
	ck_assert_int_eq(row.encounter, 0);
	ck_assert_int_eq(row.flag, flag_at(&s, 0).id);
	ck_assert_ptr_null(ww_json_get(template(&s, 0), "focus"));
	ck_assert_str_eq(says(&s, 0, "code.text"), "Frequent emergency visits");
	ck_assert_str_eq(says(&s, 0, "for.identifier.value"), "M0001");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* After a restore the next person has the number that another had whom a receiver was told of. */
START_TEST(has_no_key_that_was_anothers_with_that_number)
{
	struct site a, b;
	struct ww_outbox x, y;

	open_site(&a, OFTEN(""), NULL);
	open_site(&b, OFTEN(""), NULL);
	often(&a, 1);
	often(&b, 2);
	x = site_row(&a, 0);
	y = site_row(&b, 0);
	ck_assert_int_eq(x.person, y.person);
	ck_assert(!ww_str_eq(x.key, y.key));
	site_close(&a);
	site_close(&b);
}
END_TEST

START_TEST(withholds_of_a_person_what_is_restricted)
{
	struct site s;

	open_site(&s, OFTEN(""), NULL);
	comes_often(&s);
	site_does(&s, .trigger = "A08", .at = "202601191600", .in = "202601191000",
	    .out = "202601191400", .class_ = "E", .visit = "E3^^^MERCY", .account = "SECRET");
	site_outbox_is(&s, "Task frequent-ed suppressed create");
	ck_assert_int_eq(site_row(&s, 0).withheld, 1);
	site_does(&s, .trigger = "A08", .at = "202601191700", .in = "202601191000",
	    .out = "202601191400", .class_ = "E", .visit = "E3^^^MERCY", .account = "OPEN");
	site_outbox_is(&s, "Task frequent-ed due update");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* The same was said before, and the configuration makes something else of it. */
START_TEST(lets_out_of_a_person_what_another_configuration_lets)
{
	static const char then[] = "then: suppress";
	struct site s;
	ww_str before, after;

	open_site(&s, OFTEN(""), NULL);
	comes_often(&s);
	site_does(&s, .trigger = "A08", .at = "202601191600", .in = "202601191000",
	    .out = "202601191400", .class_ = "E", .visit = "E3^^^MERCY", .account = "SECRET");
	site_outbox_is(&s, "Task frequent-ed suppressed create");
	before = ww_str_from(TWO_PARTIES);
	after = ww_str_from(strstr(TWO_PARTIES, then) + strlen(then));
	before.n -= after.n + strlen(then);
	(void)site_config(&s, ww_arena_printf(s.own.arena, "%.*sthen: allow%.*s",
	                          WW_STR_FMT(before), WW_STR_FMT(after))
	                          .p);
	site_apply(&s);
	site_outbox_is(&s, "Task frequent-ed due update");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(tells_once_of_two_persons_who_are_one)
{
	struct site s;

	open_site(&s, OFTEN(""), NULL);
	comes_often(&s);
	visits_ed(&s, 2, "20260105", "F1^^^MERCY");
	visits_ed(&s, 2, "20260112", "F2^^^MERCY");
	visits_ed(&s, 2, "20260119", "F3^^^MERCY");
	tick(&s, site_ms("202601191600"));
	site_outbox_is(&s, "Task frequent-ed due create; Task frequent-ed due create");
	site_does(&s, .trigger = "A40", .at = "202601191700", .mrg1 = "MR2^^^MERCY^MR");
	tick(&s, site_ms("202601191800"));
	site_outbox_is(&s, "Task frequent-ed due create; Task frequent-ed suppressed create");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* It did not hold for a while. */
START_TEST(keeps_of_a_person_what_was_told_lately)
{
	struct site s;

	open_site(&s, OFTEN(", cooldown: 90d"), NULL);
	comes_often(&s);
	send(&s, 0);
	site_does(&s, .trigger = "A11", .class_ = "E", .at = "202601200900", .in = "202601191000",
	    .visit = "E3^^^MERCY");
	tick(&s, site_ms("202601201000"));
	send(&s, 0);
	send(&s, 1);
	visits_ed(&s, 1, "20260125", "E4^^^MERCY");
	tick(&s, site_ms("202601251500"));
	site_flags_are(&s, "frequent-ed retracted; frequent-ed open #2");
	ck_assert_str_eq(limits(&s), "cool-down");
	site_outbox_is(
	    &s, "Task frequent-ed settled cancel; Communication correction settled create");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { makes_one_task_of_two_programs,
		tells_who_is_of_the_payer_what_concerns_a_practice,
		withdraws_a_task_of_its_own_and_says_so, tells_once_what_two_programs_want_known,
		copies_from_a_band_on, says_the_score_in_a_copy, says_the_score_of_each_program,
		keeps_what_was_told_when_a_program_changes,
		follows_up_what_a_program_that_is_gone_told, lets_leave_what_the_program_names,
		says_it_in_the_program_s_words,
		tells_a_receiver_of_a_stay_as_often_as_the_budget_lets,
		tells_on_the_next_day_what_a_day_s_budget_kept,
		does_not_say_the_same_again_while_it_cools_down,
		does_not_tell_each_change_within_the_window, cools_down_from_what_was_told_alone,
		tells_of_a_person_as_of_a_stay, has_no_key_that_was_anothers_with_that_number,
		tells_once_of_two_persons_who_are_one, withholds_of_a_person_what_is_restricted,
		lets_out_of_a_person_what_another_configuration_lets,
		keeps_of_a_person_what_was_told_lately };

	return unit_main("desks", tests, UNIT_COUNT(tests));
}
