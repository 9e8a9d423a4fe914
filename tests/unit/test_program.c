/* Programs: every value and default, every fault with its place and its words, whom a program is about and whom it tells. */
#include "docs_fixture.h"
#include "unit.h"

#include "config/keys.h"
#include "config/program.h"

#include <wardwire/buf.h>
#include <wardwire/rule.h>

#include <stdio.h>
#include <string.h>

static struct ww_ctx cx;
static struct ww_program program;
static struct ww_config_fault *faults;
static size_t faults_n;

static void
begin(void)
{
	ww_arena_free(cx.arena);
	cx = (struct ww_ctx){ .arena = ww_arena_new(0) };
	ck_assert_ptr_nonnull(cx.arena);
}

static ww_status
parse(const char *text)
{
	begin();
	return ww_program_parse(&cx, ww_str_from(text), &program, &faults, &faults_n);
}

static void
takes(const char *text)
{
	ww_status s = parse(text);

	ck_assert_msg(s == WW_OK, "%s: %s", cx.fail.place, cx.fail.reason);
	ck_assert_uint_eq(faults_n, 0);
}

/* Exactly these faults, each "line:column text". */
static void
faults_match(const char *const *want, size_t n)
{
	char got[600];

	for (size_t i = 0; i < faults_n && i < n; i++) {
		(void)snprintf(
		    got, sizeof(got), "%u:%u %s", faults[i].line, faults[i].column, faults[i].text);
		ck_assert_str_eq(got, want[i]);
	}
	ck_assert_msg(faults_n == n, "%zu faults, want %zu; the next: %s", faults_n, n,
	    faults_n > n ? faults[n].text : want[faults_n]);
}

#define FAULTS_ARE(text, ...)                                                                      \
	do {                                                                                       \
		static const char *const want_[] = { __VA_ARGS__ };                                \
		ck_assert_int_eq(parse(text), WW_E_CONFIG);                                        \
		faults_match(want_, UNIT_COUNT(want_));                                            \
	} while (0)

#define HEAD "program: p\ntitle: P\n"

/* -- what is taken ------------------------------------------------------------------------------------ */

static const char whole[] =
    "program: onc\n"
    "title: Oncology care\n"
    "version: 7\n"
    "effective: 2026-01-01\n"
    "end: 2026-12-31\n"
    "population: {ages: 18-64, products: [commercial], plans: [gold], payers: [acme], practices: "
    "[rcca]}\n"
    "zone: America/Chicago\n"
    "calendar: calendars/state.csv\n"
    "rules: [{use: lace/1, set: {high_cut: 11, weights: 1987, without_ama: true}}, {use: "
    "admission/1}]\n"
    "flags:\n"
    "  admission:\n"
    "    to: coordinator\n"
    "    as: task\n"
    "    deadline: 4h\n"
    "    warn: 60\n"
    "    priority: urgent\n"
    "    acknowledge: 2h\n"
    "    copy: [{role: case-manager, from: high}, {role: physician}]\n"
    "    forward: {after: 20h, to: navigator}\n"
    "    wording: {title: Admitted, text: Call the ward.}\n"
    "    cooldown: 30d\n"
    "    suppress: 2d\n"
    "  discharge: {to: oncologist, as: stay-task, deadline: 2bd, acknowledge: 30m, priority: "
    "stat}\n"
    "  ed-arrival: {as: record}\n"
    "  observation: {to: coordinator, as: digest}\n"
    "quiet: {from: \"20:00\", to: 07:30, urgent: wait}\n"
    "digest: {at: 06:15, on: business-days, empty: true}\n"
    "budget: {per_stay: 5, per_day: 100}\n"
    "content: [name, facility]\n";

START_TEST(reads_every_key)
{
	const struct ww_program_flag *f;

	takes(whole);
	unit_str_is(program.name, "onc");
	unit_str_is(program.title, "Oncology care");
	ck_assert_int_eq(program.version, 7);
	ck_assert_int_eq(program.effective, ww_day_of(2026, 1, 1));
	ck_assert_int_eq(program.end, ww_day_of(2026, 12, 31));
	ck_assert_uint_eq(program.population.age_from, 18);
	ck_assert_uint_eq(program.population.age_to, 64);
	unit_str_is(program.population.products.v[0], "commercial");
	unit_str_is(program.population.plans.v[0], "gold");
	unit_str_is(program.population.payers.v[0], "acme");
	unit_str_is(program.population.practices.v[0], "rcca");
	ck_assert_ptr_eq(program.zone, ww_zone_find("America/Chicago"));
	unit_str_is(program.calendar, "calendars/state.csv");
	ck_assert_uint_eq(program.rules_n, 2);
	ck_assert(ww_program_uses(&program, "lace/1") && ww_program_uses(&program, "admission/1"));
	ck_assert(!ww_program_uses(&program, "lace/2"));
	ck_assert_int_eq(ww_param(&program.params, WW_PARAM_lace_high_cut), 11);
	ck_assert_int_eq(ww_param(&program.params, WW_PARAM_lace_weights), 0);
	ck_assert_int_eq(ww_param(&program.params, WW_PARAM_lace_without_ama), 1);
	ck_assert_int_eq(ww_param(&program.params, WW_PARAM_lace_moderate_cut), 5);
	f = &program.flags[WW_flag_kind_ADMIT];
	ck_assert_int_eq(f->as, WW_flag_form_TASK);
	ck_assert_int_eq(f->to, WW_role_COORDINATOR);
	ck_assert(f->deadline.n == 4 && f->deadline.unit == WW_SPAN_HOURS);
	ck_assert_uint_eq(f->warn, 60);
	ck_assert_int_eq(f->priority, WW_priority_URGENT);
	ck_assert_uint_eq(f->acknowledge, 120);
	ck_assert_uint_eq(f->copies_n, 2);
	ck_assert_int_eq(f->copies[0].role, WW_role_CASE_MANAGER);
	unit_str_is(f->copies[0].from, "high");
	ck_assert_int_eq(f->copies[1].role, WW_role_PHYSICIAN);
	ck_assert_uint_eq(f->copies[1].from.n, 0);
	ck_assert(f->forward_after.n == 20 && f->forward_after.unit == WW_SPAN_HOURS);
	ck_assert_int_eq(f->forward_to, WW_role_NAVIGATOR);
	unit_str_is(f->title, "Admitted");
	unit_str_is(f->text, "Call the ward.");
	ck_assert_uint_eq(f->cooldown, 30);
	ck_assert_uint_eq(f->suppress, 48);
	f = &program.flags[WW_flag_kind_DISCHARGE];
	ck_assert_int_eq(f->as, WW_flag_form_STAY_TASK);
	ck_assert_int_eq(f->to, WW_role_ONCOLOGIST);
	ck_assert(f->deadline.n == 2 && f->deadline.unit == WW_SPAN_BUSINESS_DAYS);
	ck_assert_uint_eq(f->acknowledge, 30);
	ck_assert_uint_eq(f->warn, 75);
	ck_assert_int_eq(program.flags[WW_flag_kind_ED].as, WW_flag_form_RECORD);
	ck_assert_int_eq(program.flags[WW_flag_kind_OBSERVATION].as, WW_flag_form_DIGEST);
	ck_assert_int_eq(program.flags[WW_flag_kind_READMIT_RISK].as, WW_flag_form_NONE);
	ck_assert(program.quiet.from == 1200 && program.quiet.to == 450);
	ck_assert(program.quiet.urgent_waits);
	ck_assert(program.daily.at == 375 && program.daily.days == 0x7f);
	ck_assert(program.daily.business && program.daily.empty);
	ck_assert(program.budget.per_stay == 5 && program.budget.per_day == 100);
	ck_assert_uint_eq(program.content, WW_CONTENT_NAME | WW_CONTENT_FACILITY);
}
END_TEST

START_TEST(takes_little_and_leaves_the_rest_as_it_is)
{
	takes(HEAD "flags:\n  admission: {to: coordinator, as: communication}\n");
	ck_assert_int_eq(program.version, 1);
	ck_assert_int_eq(program.effective, INT64_MIN);
	ck_assert_int_eq(program.end, INT64_MAX);
	ck_assert_uint_eq(program.population.age_from, 0);
	ck_assert_uint_eq(program.population.age_to, WW_AGE_MOST);
	ck_assert_ptr_null(program.zone);
	ck_assert_uint_eq(program.rules_n, 0);
	ck_assert_mem_eq(&program.params, &ww_params_default, sizeof(program.params));
	ck_assert_uint_eq(program.daily.days, 0);
	ck_assert_uint_eq(program.quiet.from + program.quiet.to, 0);
	ck_assert_uint_eq(program.budget.per_stay + program.budget.per_day, 0);
	ck_assert_uint_eq(program.content, WW_CONTENT_ALL);
	ck_assert_uint_eq(program.flags[WW_flag_kind_ADMIT].deadline.n, 0);
	ck_assert_int_eq(program.flags[WW_flag_kind_ADMIT].priority, WW_priority_ROUTINE);
}
END_TEST

/* -- what is refused ---------------------------------------------------------------------------------- */

START_TEST(names_the_key_that_was_meant)
{
	FAULTS_ARE(HEAD "rulez: []\n", "3:1 unknown key 'rulez' (did you mean 'rules'?)");
	FAULTS_ARE("title: P\n", "1:1 required key 'program' is missing, near here");
	FAULTS_ARE(HEAD "flags:\n  admision: {to: coordinator, as: task}\n",
	    "4:3 unknown key 'admision' in flags (did you mean 'admission'?)");
	FAULTS_ARE(HEAD "flags:\n\n  admission: {to: coordinater, as: tusk}\n",
	    "5:19 to: 'coordinater' is not one of: coordinator, navigator, physician, oncologist, "
	    "pcp, case-manager, benefits-contact, program-desk, program-manager (did you mean "
	    "'coordinator'?)",
	    "5:36 as: 'tusk' is not one of: stay-task, task, communication, digest, "
	    "record "
	    "(did you mean 'task'?)");
	ck_assert_int_eq(parse(HEAD "flags:\n  none: {as: record}\n"), WW_E_CONFIG);
	ck_assert_ptr_nonnull(
	    strstr(faults[0].text, "unknown key 'none' in flags; known are: admission,"));
	FAULTS_ARE(HEAD "flags:\n  admission: {as: record}\n  admission: {as: record}\n",
	    "5:3 key 'admission' is given twice in flags; first on line 4");
}
END_TEST

START_TEST(wants_of_a_flag_what_fits_how_it_is_told)
{
	FAULTS_ARE(HEAD "flags:\n  admission: {to: coordinator}\n",
	    "4:14 required key 'as' is missing in flags.FLAG, near here");
	FAULTS_ARE(HEAD "flags:\n  admission: {as: task}\n",
	    "4:3 required key 'to' is missing in flags.admission");
	FAULTS_ARE(HEAD "flags:\n  admission: {as: record, to: coordinator, deadline: 4h}\n",
	    "4:27 to: means nothing for a record", "4:44 deadline: means nothing for a record");
	FAULTS_ARE(HEAD
	    "flags:\n  admission: {as: stay-task, to: pcp, forward: {after: 4h, to: pcp}}\n",
	    "4:39 forward: means nothing for a stay-task");
	FAULTS_ARE(HEAD "flags:\n  admission: {as: digest, to: pcp}\n",
	    "4:3 flags.admission is told by a digest, and the program has none; add the key "
	    "digest");
	FAULTS_ARE(HEAD "flags:\n  admission: {as: task, to: pcp, acknowledge: 30m}\n",
	    "4:47 acknowledge: nobody is waited for in what is routine; give it a priority");
	FAULTS_ARE(HEAD "flags:\n  admission: {as: task, to: pcp, copy: [{role: pcp}, {role: pcp}, "
	                "{role: pcp}, {role: pcp}, {role: pcp}]}\n",
	    "4:40 copy: 5 entries; at most 4");
}
END_TEST

START_TEST(knows_the_units)
{
	FAULTS_ARE(HEAD "flags:\n  admission: {as: task, to: pcp, deadline: 24x}\n",
	    "4:44 deadline: '24x' is not a valid length of time: a number of 1 to 9999 and m, h, d "
	    "or bd (business days), such as 24h or 2bd");
	FAULTS_ARE(HEAD "flags:\n  admission: {as: task, to: pcp, priority: asap, acknowledge: 1d, "
	                "cooldown: 24h, suppress: 10m}\n",
	    "4:63 acknowledge: '1d' is not in minutes or hours, such as 30m",
	    "4:77 cooldown: '24h' is not in days, such as 30d",
	    "4:92 suppress: '10m' is not in hours or days, such as 12h");
	FAULTS_ARE(HEAD "quiet: {from: \"24:00\", to: 7:00}\n",
	    "3:15 from: '24:00' is not a valid time of day: HH:MM, such as 07:30",
	    "3:28 to: '7:00' is not a valid time of day: HH:MM, such as 07:30");
	FAULTS_ARE(
	    HEAD "quiet: {from: \"07:00\", to: 07:00}\n", "3:28 quiet: to is the same as from");
	FAULTS_ARE(HEAD "population: {ages: 64-18}\ncontent: [ssn]\n",
	    "3:20 ages: '64-18' is not a valid age: in years, such as 18-64 or 65+",
	    "4:11 content: 'ssn' is not a valid content: name, practitioner, facility, "
	    "disposition, "
	    "diagnosis or score");
	FAULTS_ARE(HEAD "effective: 2026-02-30\nend: 2026-02\n",
	    "3:12 effective: '2026-02-30' is not a valid day: YYYY-MM-DD",
	    "4:6 end: '2026-02' is not a valid day: YYYY-MM-DD");
	FAULTS_ARE(HEAD "effective: 2026-02-02\nend: 2026-02-01\n", "4:6 end: is before effective");
}
END_TEST

START_TEST(knows_rules_and_what_may_be_set_of_them)
{
	FAULTS_ARE(HEAD "rules: [{use: lase/1}]\n",
	    "3:15 use: there is no rule 'lase/1' (did you mean 'lace/1'?)");
	/* Of a rule that there is not nobody knows what may be set. */
	FAULTS_ARE(HEAD "rules: [{use: lase/1, set: {high_cut: 9, pending: true}}]\n",
	    "3:15 use: there is no rule 'lase/1' (did you mean 'lace/1'?)");
	FAULTS_ARE(HEAD "rules: [{use: lace}]\n",
	    "3:15 use: 'lace' is not a valid rule: its name, a slash and its version, such as "
	    "lace/1");
	FAULTS_ARE(HEAD "rules: [{use: lace/1}, {use: lace/1}]\n",
	    "3:30 use: the rule 'lace' is in the program already, on line 3");
	FAULTS_ARE(HEAD "rules: [{use: lace/1, set: {high_cot: 10}}]\n",
	    "3:29 set: lace has no parameter 'high_cot' (did you mean 'high_cut'?)");
	FAULTS_ARE(HEAD
	    "rules: [{use: lace/1, set: {high_cut: 0, weights: elix, without_ama: 1}}]\n",
	    "3:39 high_cut: '0' is not a whole number from 1 to 19 (points)",
	    "3:51 weights: 'elix' is not one of: 1987 quan2011 lace",
	    "3:70 without_ama: '1' is not true or false");
	FAULTS_ARE(HEAD "rules: [{use: lace/1, set: {high_cut: 9, high_cut: 10}}]\n",
	    "3:42 set: 'high_cut' is given twice; first on line 3");
	FAULTS_ARE(HEAD "rules: [{use: lace/1, set: {moderate_cut: 10}}, "
	                "{use: hospital-2016/1, set: {intermediate_cut: 3, high_cut: 3}}]\n",
	    "3:43 moderate_cut: must be below high_cut, which is 10",
	    "3:109 high_cut: must be above intermediate_cut, which is 3");
	FAULTS_ARE(HEAD "rules: [{use: readmit-hwr/1, set: {min_age: 65, max_age: 64}}]\n",
	    "3:58 max_age: must not be below min_age, which is 65");
	FAULTS_ARE(HEAD "rules: [{use: lace/1, set: 4}]\n",
	    "3:28 set must be a mapping, such as {high_cut: 10}");
}
END_TEST

START_TEST(fails_with_the_limit_wherever_the_arena_ends)
{
	size_t limit = 64;
	ww_status s;

	do {
		ww_arena_free(cx.arena);
		cx = (struct ww_ctx){ .arena = ww_arena_new(limit) };
		s = ww_program_parse(&cx, ww_str_from(whole), &program, &faults, &faults_n);
		ck_assert_msg(s == WW_OK || s == WW_E_LIMIT, "%s", ww_status_name(s));
		limit += 64;
	} while (s != WW_OK);
	ck_assert_uint_gt(limit, 4096);
}
END_TEST

/* -- in a configuration ------------------------------------------------------------------------------- */

static const char site[] = "data: d\n"
                           "endpoints: [{name: e, fhir: \"http://127.0.0.1:1/\"}]\n"
                           "parties: [{name: rcca, send: e}, {name: acme, send: e}]\n";

static const struct ww_config *
site_config(void)
{
	struct ww_config *c = NULL;

	ck_assert_int_eq(ww_config_parse(&cx, WW_STR(site), &c, &faults, &faults_n), WW_OK);
	return c;
}

static ww_status
suits(const char *text, const char *payer)
{
	struct ww_program_use use = { WW_STR("p.yaml"), WW_STR("p"), ww_str_from(payer) };

	begin();
	return ww_program_suits(&cx, ww_str_from(text), site_config(), &use, &faults, &faults_n);
}

START_TEST(wants_a_payer_for_the_roles_of_one)
{
	static const char text[] =
	    HEAD "flags:\n"
	         "  admission: {to: navigator, as: task, copy: [{role: case-manager}],\n"
	         "    forward: {after: 4h, to: program-desk}}\n";
	static const char *const want[] = {
		"4:19 the configuration gives this program no payer, with whom are: navigator, "
		"case-manager, program-desk; add programs[].payer",
	};

	ck_assert_int_eq(suits(text, "acme"), WW_OK);
	ck_assert_int_eq(suits(text, ""), WW_E_CONFIG);
	faults_match(want, UNIT_COUNT(want));
}
END_TEST

#define HOPS(after, deadline)                                                                      \
	HEAD "flags:\n"                                                                            \
	     "  admission-authorized: {to: navigator, as: task, forward: {after: " after           \
	     ", to: coordinator}}\n"                                                               \
	     "  admission-alert: {to: coordinator, as: stay-task" deadline "}\n"

/* 24 hours from the receipt of the authorization to the coordinator's deadline. */
START_TEST(holds_the_way_to_the_coordinator_to_a_day)
{
	static const struct {
		const char *text, *what; /* NULL: it is kept */
	} rows[] = {
		{ HOPS("20h", ", deadline: 4h"), NULL },
		{ HOPS("1200m", ", deadline: 240m"), NULL },
		{ HOPS("24h", ""), NULL },
		{ HOPS("1d", ""), NULL },
		{ HOPS("1201m", ", deadline: 4h"),
		    "after 1201m plus 4h (the deadline of admission-alert) is" },
		{ HOPS("21h", ", deadline: 4h"),
		    "after 21h plus 4h (the deadline of admission-alert) is" },
		{ HOPS("25h", ""), "after 25h is" },
		{ HOPS("1bd", ""), "after 1bd is" },
		{ HOPS("4h", ", deadline: 1bd"),
		    "after 4h plus 1bd (the deadline of admission-alert) is" },
	};
	char want[200];

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		ww_status s = suits(rows[i].text, "acme");

		ck_assert_msg(
		    (s == WW_OK) == (rows[i].what == NULL), "row %zu: %s", i, cx.fail.reason);
		if (rows[i].what == NULL)
			continue;
		(void)snprintf(want, sizeof(want),
		    "forward: %s more than the 24 hours in which the coordinator is to know of an "
		    "admission that was authorized",
		    rows[i].what);
		ck_assert_uint_eq(faults_n, 1);
		ck_assert_str_eq(faults[0].text, want);
	}
}
END_TEST

/* -- what is hardly meant ------------------------------------------------------------------------------ */

static void
doubts(ww_str text)
{
	struct ww_program_finder finders[64];
	size_t n = 0;

	for (; ww_rules[n] != NULL; n++)
		finders[n] = (struct ww_program_finder){ ww_rules[n]->id, ww_rules[n]->finds };
	begin();
	ck_assert_int_eq(ww_program_doubts(&cx, text, finders, n, &faults, &faults_n), WW_OK);
	ck_assert_int_eq(cx.fail.status, WW_OK);
}

START_TEST(doubts_flags_that_nothing_raises)
{
	static const char text[] =
	    HEAD "rules: [{use: admission/1}, {use: authorized/1}]\n"
	         "flags:\n"
	         "  admission: {as: record}\n"
	         "  transfer: {as: record}\n"
	         "  readmission: {as: record}\n"
	         "  admission-authorized: {to: navigator, as: task}\n"
	         "  admission-alert: {to: coordinator, as: stay-task}\n"
	         "  task-unacknowledged: {to: navigator, as: communication}\n"
	         "  task-overdue: {to: navigator, as: communication}\n";
	static const char *const want[] = {
		"6:3 flags.transfer: no rule of the program finds it; admission/2 does",
		"7:3 flags.readmission: no rule of the program finds it; readmit-hwr/1 does",
		"8:3 flags.admission-authorized: without forward admission-alert waits for the "
		"navigator, however long that takes",
		"10:3 flags.task-unacknowledged: no flag of the program has the key acknowledge",
		"11:3 flags.task-overdue: no flag of the program has the key deadline",
	};

	doubts(WW_STR(text));
	faults_match(want, UNIT_COUNT(want));
	doubts(WW_STR(HEAD));
	ck_assert_uint_eq(faults_n, 0);
}
END_TEST

START_TEST(knows_the_parties_of_a_population)
{
	static const char *const want[] = {
		"3:32 practices: the configuration has no party 'rca' (did you mean 'rcca'?)",
	};

	ck_assert_int_eq(suits(HEAD "population: {practices: [rcca, rca]}\n", ""), WW_E_CONFIG);
	faults_match(want, UNIT_COUNT(want));
}
END_TEST

/* -- whom it is about --------------------------------------------------------------------------------- */

static struct ww_attribution at;
static ww_time birth;
static int64_t day;

static bool
fits(void)
{
	return ww_program_fits(&program, &at, birth, day);
}

static void
somebody(void)
{
	ww_row_init(&ww_entity_attribution, &at);
	at.practice = WW_STR("rcca");
	at.product = WW_STR("Commercial");
	at.plan = WW_STR("gold");
	at.payer = WW_STR("acme");
	ck_assert(ww_time_fhir(WW_STR("1962-03-01"), ww_zone_find("Asia/Tokyo"), &birth));
	day = ww_day_of(2026, 5, 5);
	takes(whole);
}

START_TEST(is_about_those_of_its_population)
{
	somebody();
	ck_assert(fits());
	at.product = WW_STR("medicare");
	ck_assert(!fits());
	somebody();
	at.plan = ww_str_empty();
	ck_assert(!fits());
	somebody();
	at.payer = WW_STR("other");
	ck_assert(!fits());
	somebody();
	at.practice = WW_STR("lakeside");
	ck_assert(!fits());
	somebody();
	at.program = WW_STR("onc");
	ck_assert(fits());
	at.program = WW_STR("other");
	ck_assert(!fits());
}
END_TEST

START_TEST(counts_its_days_and_birthdays_inclusively)
{
	somebody();
	day = ww_day_of(2026, 1, 1);
	ck_assert(fits());
	ck_assert(!ww_program_fits(&program, &at, birth, day - 1));
	day = ww_day_of(2026, 12, 31);
	ck_assert(fits());
	ck_assert(!ww_program_fits(&program, &at, birth, day + 1));
	/* 65 on the first of March 2027, 64 until then; born on a day that began the day before in UTC */
	program.end = INT64_MAX;
	ck_assert(ww_program_fits(&program, &at, birth, ww_day_of(2027, 2, 28)));
	ck_assert(!ww_program_fits(&program, &at, birth, ww_day_of(2027, 3, 1)));
	ck_assert(ww_time_fhir(WW_STR("2008-02-29"), ww_zone_utc(), &birth));
	ck_assert(!ww_program_fits(&program, &at, birth, ww_day_of(2026, 2, 28)));
	ck_assert(ww_program_fits(&program, &at, birth, ww_day_of(2026, 3, 1)));
	birth = (ww_time){ 0 };
	ck_assert(fits());
}
END_TEST

START_TEST(tells_the_payer_or_the_practice)
{
	const struct ww_config *c;

	takes(whole);
	c = site_config();
	program.payer = WW_STR("acme");
	unit_str_is(
	    ww_program_party(&program, c, WW_role_COORDINATOR, WW_STR("rcca"))->name, "rcca");
	unit_str_is(ww_program_party(&program, c, WW_role_NAVIGATOR, WW_STR("rcca"))->name, "acme");
	unit_str_is(
	    ww_program_party(&program, c, WW_role_PROGRAM_DESK, WW_STR("rcca"))->name, "acme");
	program.payer = ww_str_empty();
	ck_assert_ptr_null(ww_program_party(&program, c, WW_role_NAVIGATOR, WW_STR("rcca")));
	ck_assert_ptr_null(ww_program_party(&program, c, WW_role_COORDINATOR, WW_STR("gone")));
}
END_TEST

START_TEST(copies_from_a_band_on)
{
	static const struct {
		const char *from, *band;
		bool copied;
	} rows[] = {
		{ "", "", true },
		{ "", "low", true },
		{ "high", "high", true },
		{ "high", "moderate", false },
		{ "high", "unknown", false },
		{ "high", "", false },
		{ "moderate", "intermediate", true },
		{ "intermediate", "moderate", true },
		{ "moderate", "high", true },
		{ "moderate", "low", false },
		{ "high", "likely", true },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_program_copy copy = { WW_role_CASE_MANAGER, ww_str_from(rows[i].from) };

		ck_assert_msg(ww_program_copies(&copy, ww_str_from(rows[i].band)) == rows[i].copied,
		    "%s of %s", rows[i].band, rows[i].from);
	}
}
END_TEST

/* -- those that ship ---------------------------------------------------------------------------------- */

START_TEST(basic_takes_the_deadline_of_the_configuration)
{
	struct ww_programs p;
	struct ww_config *c = NULL;

	begin();
	ck_assert_int_eq(
	    ww_config_parse(&cx, WW_STR("data: d\ndue_hours: 48\n"), &c, &faults, &faults_n),
	    WW_OK);
	ck_assert_int_eq(ww_programs_basic(&cx, c, &p), WW_OK);
	ck_assert_uint_eq(p.n, 1);
	unit_str_is(p.v[0].name, "basic");
	ck_assert_uint_eq(p.v[0].flags[WW_flag_kind_ADMIT].deadline.n, 48);
	ck_assert_uint_eq(p.v[0].flags[WW_flag_kind_ED].deadline.n, 0);
	ck_assert_uint_eq(
	    p.v[0].content, WW_CONTENT_FACILITY | WW_CONTENT_DISPOSITION | WW_CONTENT_SCORE);
	ck_assert_ptr_eq(ww_programs_find(&p, WW_STR("basic")), &p.v[0]);
	ck_assert_ptr_null(ww_programs_find(&p, WW_STR("other")));
}
END_TEST

/* Of each that comes with the engine. */
static const char *const shipped[] = { "basic.yaml", "collaborative-care.yaml",
	"oncology-care.yaml" };

START_TEST(those_that_ship_suit_a_configuration_with_a_payer)
{
	struct ww_program_use use = { .name = WW_STR("p"), .payer = WW_STR("acme") };

	for (size_t i = 0; i < UNIT_COUNT(shipped); i++) {
		ww_str text = ww_program_shipped(ww_str_from(shipped[i]));
		ww_status s;

		begin();
		s = ww_program_parse(&cx, text, &program, &faults, &faults_n);
		ck_assert_msg(s == WW_OK, "%s: %s: %s", shipped[i], cx.fail.place, cx.fail.reason);
		ck_assert_int_eq(
		    ww_program_suits(&cx, text, site_config(), &use, &faults, &faults_n), WW_OK);
		ck_assert_str_eq(
		    ww_arena_printf(cx.arena, "%.*s.yaml", WW_STR_FMT(program.name)).p, shipped[i]);
		doubts(text);
		ck_assert_msg(faults_n == 0, "%s: %s", shipped[i], faults[0].text);
	}
	ck_assert_uint_eq(ww_program_shipped(WW_STR("other.yaml")).n, 0);
}
END_TEST

/* -- rules --------------------------------------------------------------------------------------------- */

START_TEST(every_rule_that_may_be_used_is_there)
{
	for (size_t i = 0; ww_rule_ids[i] != NULL; i++)
		ck_assert_msg(ww_rule_find(ww_str_from(ww_rule_ids[i])) != NULL,
		    "rule_params.def has %s, and rules/registry.c has no such rule",
		    ww_rule_ids[i]);
	for (size_t i = 0; ww_rules[i] != NULL; i++) {
		bool found = false;

		for (size_t k = 0; ww_rule_ids[k] != NULL; k++)
			found = found || strcmp(ww_rule_ids[k], ww_rules[i]->id) == 0;
		ck_assert_msg(found, "rules/registry.c has %s, and rule_params.def does not",
		    ww_rules[i]->id);
	}
}
END_TEST

/* -- the documentation --------------------------------------------------------------------------------- */

static void
write_rules(struct ww_buf *b)
{
	for (size_t i = 0; ww_rule_ids[i] != NULL; i++)
		ww_buf_printf(b, "| `%s` | %s |\n", ww_rule_ids[i],
		    ww_rule_find(ww_str_from(ww_rule_ids[i]))->purpose);
}

/* As a file has it. */
static const char *
rule_name(const struct ww_rule_param *row, char *out, size_t size)
{
	(void)snprintf(out, size, "%s", row->rule);
	for (char *c = out; *c != '\0'; c++)
		if (*c == '_')
			*c = '-';
	return out;
}

static void
write_params(struct ww_buf *b)
{
	char name[64];

	for (int i = 0; i < WW_PARAMS; i++) {
		const struct ww_rule_param *row = &ww_rule_params[i];

		ww_buf_printf(b, "| %s | `%s` | ", rule_name(row, name, sizeof(name)), row->name);
		if (row->kind == WW_RULE_PARAM_NUMBER)
			ww_buf_printf(b, "%lld | %lld to %lld %s", (long long)row->fallback,
			    (long long)row->least, (long long)row->most, row->unit);
		else if (row->kind == WW_RULE_PARAM_FLAG)
			ww_buf_printf(b, "%s | true or false", row->fallback ? "true" : "false");
		else
			ww_buf_printf(b, "%.*s | one of: %s",
			    WW_STR_FMT(ww_rule_param_word(row->choices, row->fallback)),
			    row->choices);
		ww_buf_printf(b, " | %s |\n", row->doc);
	}
}

static void
write_flag(struct ww_buf *b, const struct ww_program_flag *f)
{
	static const char *const units[] = { "m", "h", "d", "bd" };

	if (f->as == WW_flag_form_NONE) {
		ww_buf_cstr(b, " |");
		return;
	}
	ww_buf_printf(b, " %s, %s", ww_role_text(f->to), ww_flag_form_text(f->as));
	if (f->deadline.n > 0)
		ww_buf_printf(b, ", %u%s", f->deadline.n, units[f->deadline.unit]);
	if (f->priority != WW_priority_ROUTINE)
		ww_buf_printf(b, ", %s", ww_priority_text(f->priority));
	ww_buf_cstr(b, " |");
}

/* Who is told of what by the programs that ship. */
static void
write_flags(struct ww_buf *b)
{
	struct ww_ctx own = { .arena = ww_arena_new(0) };
	struct ww_program p[UNIT_COUNT(shipped)] = { 0 };
	bool good = own.arena != NULL;

	for (size_t i = 0; good && i < UNIT_COUNT(shipped); i++)
		good = ww_program_parse(&own, ww_program_shipped(ww_str_from(shipped[i])), &p[i],
		           &faults, &faults_n) == WW_OK; /* else the tests say so */
	for (int kind = 1; kind < ww_flag_kind_count; kind++) {
		ww_buf_printf(b, "| `%s` |", ww_flag_kind_text(kind));
		for (size_t i = 0; i < UNIT_COUNT(shipped); i++)
			write_flag(b, &p[i].flags[kind]);
		ww_buf_cstr(b, "\n");
	}
	ww_arena_free(own.arena);
}

static void
write_keys(struct ww_buf *b)
{
	write_rows(b, &ww_keys_program);
}

static const struct {
	const char *name;
	void (*write)(struct ww_buf *b);
} tables[] = {
	{ "keys", write_keys },
	{ "rules", write_rules },
	{ "parameters", write_params },
	{ "flags", write_flags },
};

START_TEST(documents_every_key_rule_and_flag)
{
	struct ww_buf rows = { 0 };

	for (size_t i = 0; i < UNIT_COUNT(tables); i++)
		tables[i].write(&rows);
	has_rows("docs/programs.md", &rows);
	ww_buf_free(&rows);
}
END_TEST

START_TEST(documents_examples_that_work)
{
	struct ww_buf docs = { 0 };
	size_t n = 0;
	ww_str rest, example;

	read_file("docs/programs.md", &docs);
	for (rest = ww_buf_view(&docs); (example = yaml_example(rest, &rest)).n > 0; n++) {
		begin();
		ck_assert_msg(ww_program_parse(&cx, example, &program, &faults, &faults_n) == WW_OK,
		    "%s: %s in\n%.*s", cx.fail.place, cx.fail.reason, WW_STR_FMT(example));
	}
	ck_assert_uint_ge(n, 1);
	ww_buf_free(&docs);
}
END_TEST

int
main(int argc, char **argv)
{

	const TTest *const tests[] = {
		reads_every_key,
		takes_little_and_leaves_the_rest_as_it_is,
		names_the_key_that_was_meant,
		wants_of_a_flag_what_fits_how_it_is_told,
		knows_the_units,
		knows_rules_and_what_may_be_set_of_them,
		fails_with_the_limit_wherever_the_arena_ends,
		wants_a_payer_for_the_roles_of_one,
		holds_the_way_to_the_coordinator_to_a_day,
		doubts_flags_that_nothing_raises,
		knows_the_parties_of_a_population,
		is_about_those_of_its_population,
		counts_its_days_and_birthdays_inclusively,
		tells_the_payer_or_the_practice,
		copies_from_a_band_on,
		basic_takes_the_deadline_of_the_configuration,
		those_that_ship_suit_a_configuration_with_a_payer,
		every_rule_that_may_be_used_is_there,
		documents_every_key_rule_and_flag,
		documents_examples_that_work,
	};
	struct ww_buf rows = { 0 };

	/* "test_program --table NAME" prints rows of docs/programs.md: tests/tools/programs.sh. */
	for (size_t i = 0; argc == 3 && i < UNIT_COUNT(tables); i++) {
		if (strcmp(argv[1], "--table") != 0 || strcmp(argv[2], tables[i].name) != 0)
			continue;
		tables[i].write(&rows);
		printf("%.*s", WW_STR_FMT(ww_buf_view(&rows)));
		ww_buf_free(&rows);
		return 0;
	}
	return unit_main("program", tests, UNIT_COUNT(tests));
}
