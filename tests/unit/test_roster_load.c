/* Editions of rosters that come in parts: nothing of one counts before it is whole, and then each member's rows at once; what is
 * refused changes nothing; who is told, who waits, and what age does. */
#include "tests/unit/unit.h"

#include "tests/unit/apply_fixture.h"

#include "config/roster_row.h"

#define AT(hhmm) "20260302" hhmm

/* The roster of the fixture, loaded and not read from a file. */
#define CONFIG_WITH(keys)                                                                          \
	"data: data\n"                                                                             \
	"system: \"urn:example\"\n"                                                                \
	"listeners: [{name: adt, mllp: \"127.0.0.1:0\"}]\n"                                        \
	"feeds: [{name: mercy, on: adt, zone: " SITE_ZONE "}]\n"                                   \
	"endpoints:\n"                                                                             \
	"  - {name: rcca-ehr, fhir: \"http://127.0.0.1:1/fhir\"}\n"                                \
	"  - {name: lakeside-ehr, fhir: \"http://127.0.0.1:2/fhir\"}\n"                            \
	"parties:\n"                                                                               \
	"  - {name: rcca, title: Riverside Care, send: rcca-ehr}\n"                                \
	"  - {name: lakeside, send: lakeside-ehr}\n"                                               \
	"rosters: [{name: roster" keys "}]\n"

static void
opens_with(struct site *s, const char *config)
{
	site_open_empty(s);
	s->now = site_ms("202602010800");
	(void)site_engine(s, SITE_KEY);
	(void)site_config(s, config);
	site_apply(s);
}

static void
opens(struct site *s)
{
	opens_with(s, CONFIG_WITH(""));
}

/* -- records ------------------------------------------------------------------------------------------- */

static const struct ww_rec_roster_load blank = { .verb = WW_STR_INIT(""),
	.roster = WW_STR_INIT("roster"),
	.digest = WW_STR_INIT("d1"),
	.source = WW_STR_INIT("one.csv"),
	.problem = WW_STR_INIT(""),
	.rows = WW_STR_INIT(""),
	.reason = WW_STR_INIT(""),
	.who = WW_STR_INIT("tester") };

static void
gives(struct site *s, const char *verb, struct ww_rec_roster_load body)
{
	struct ww_buf b = { 0 };

	body.verb = ww_str_from(verb);
	ww_rec_roster_load_write(&body, &b);
	(void)site_record(s, WW_REC_ROSTER_LOAD, s->now + 100, &b);
	site_apply(s);
}

static void
begins(struct site *s, const char *digest, bool delta)
{
	struct ww_rec_roster_load r = blank;

	r.digest = ww_str_from(digest);
	r.delta = delta;
	gives(s, "begin", r);
}

/* Rows "member practice [opt_out]" of the fixture's persons, a line each. */
static void
rows(struct site *s, const char *digest, int part, const char *text)
{
	struct ww_rec_roster_load r = blank;
	struct ww_buf b = { 0 };
	ww_str rest = ww_str_from(text);

	ww_buf_cstr(&b, "#,member_id,family,given,birth_date,practice,effective,opt_out,program\n");
	for (int line = 2; rest.n > 0; line++) {
		ww_str row = ww_str_cut(rest, '\n', &rest), practice, more, program;
		ww_str member = ww_str_cut(row, ' ', &practice);

		practice = ww_str_cut(practice, ' ', &more);
		more = ww_str_cut(more, ' ', &program);
		ww_buf_printf(&b,
		    "%d,M%04d,TESTFAMILY%.*s,GIVEN%.*s,1950-03-%02d,%.*s,2025-01-01,%.*s,%.*s\n",
		    line, atoi(ww_arena_cstr(s->own.arena, member)), WW_STR_FMT(member),
		    WW_STR_FMT(member), 2, WW_STR_FMT(practice), WW_STR_FMT(more),
		    WW_STR_FMT(program));
	}
	r.digest = ww_str_from(digest);
	r.part = part;
	r.lines = 1;
	r.rows = ww_arena_str(s->own.arena, ww_buf_view(&b));
	ww_buf_free(&b);
	gives(s, "rows", r);
}

static void
ends(struct site *s, const char *digest, int max_drop)
{
	struct ww_rec_roster_load r = blank;

	r.digest = ww_str_from(digest);
	r.max_drop = max_drop;
	gives(s, "end", r);
}

static void
ticks(struct site *s)
{
	struct ww_buf none = { 0 };

	(void)site_record(s, WW_REC_TICK, s->now + 60000, &none);
	site_apply(s);
}

static struct ww_roster_load
newest(struct site *s)
{
	struct ww_rows v = site_rows(s, &ww_entity_roster_load);

	ck_assert_uint_gt(v.n, 0);
	return *WW_ROW(&v, roster_load, v.n - 1);
}

/* Until it is in force. */
static void
settles(struct site *s)
{
	for (int i = 0; i < 100 && newest(s).state != WW_load_state_DONE; i++)
		ticks(s);
	ck_assert_int_eq(newest(s).state, WW_load_state_DONE);
}

static void
loads(struct site *s, const char *digest, bool delta, const char *text)
{
	begins(s, digest, delta);
	rows(s, digest, 1, text);
	ends(s, digest, 20);
	settles(s);
}

/* "M0001 rcca; M0002 lakeside gone", by id. */
static const char *
attributed(struct site *s)
{
	struct ww_rows v = site_rows(s, &ww_entity_attribution);
	const char *text = "";

	for (size_t i = 0; i < v.n; i++) {
		const struct ww_attribution *at = WW_ROW(&v, attribution, i);

		text = site_join(s, text,
		    ww_arena_printf(s->own.arena, "%.*s %.*s%s", WW_STR_FMT(at->member_id),
		        WW_STR_FMT(at->practice), at->closed_ms != 0 ? " gone" : ""));
	}
	return text;
}

static struct ww_roster
roster_row(struct site *s)
{
	struct ww_rows v = site_rows(s, &ww_entity_roster);

	ck_assert_uint_eq(v.n, 1);
	return *WW_ROW(&v, roster, 0);
}

/* -- in force ------------------------------------------------------------------------------------------- */

START_TEST(counts_for_nobody_before_it_is_whole)
{
	struct site s;

	opens(&s);
	s.now = site_ms(AT("0800"));
	begins(&s, "d1", false);
	rows(&s, "d1", 1, "1 rcca");
	ticks(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	site_flags_are(&s, "");
	rows(&s, "d1", 2, "2 rcca");
	ck_assert_str_eq(attributed(&s), "");
	ends(&s, "d1", 20);
	settles(&s);
	ck_assert_str_eq(attributed(&s), "M0001 rcca; M0002 rcca");
	site_flags_are(&s, "admission open");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* An edition that moves everybody: whenever one looks, each member is exactly one practice's. */
START_TEST(brings_all_rows_of_a_member_into_force_at_once)
{
	enum { PEOPLE = 700 };
	struct ww_buf before = { 0 }, after = { 0 };
	struct site s;
	bool between = false;

	for (int i = 1; i <= PEOPLE; i++) {
		ww_buf_printf(&before, "%d rcca\n", i);
		ww_buf_printf(&after, "%d lakeside\n", i);
	}
	ww_buf_byte(&before, '\0');
	ww_buf_byte(&after, '\0');
	opens(&s);
	loads(&s, "d1", false, ww_buf_view(&before).p);
	begins(&s, "d2", false);
	rows(&s, "d2", 1, ww_buf_view(&after).p);
	ends(&s, "d2", 20);
	while (newest(&s).state != WW_load_state_DONE) {
		struct ww_rows v;
		size_t open[PEOPLE + 1] = { 0 }, moved = 0;

		gives(&s, "step", blank);
		v = site_rows(&s, &ww_entity_attribution);
		for (size_t i = 0; i < v.n; i++) {
			const struct ww_attribution *at = WW_ROW(&v, attribution, i);

			if (at->closed_ms != 0)
				continue;
			open[atoi(ww_arena_cstr(s.own.arena, at->member_id) + 1)]++;
			moved += ww_str_is(at->practice, "lakeside");
		}
		for (int i = 1; i <= PEOPLE; i++)
			ck_assert_uint_eq(open[i], 1);
		between = between || (moved > 0 && moved < PEOPLE);
	}
	ck_assert_msg(between, "it took effect in one record: the test shows nothing");
	ck_assert_int_eq(roster_row(&s).members, PEOPLE);
	ck_assert_int_eq(roster_row(&s).rows, PEOPLE);
	ck_assert_uint_eq(site_rows(&s, &ww_entity_roster_staged).n, 0);
	site_rebuilds(&s);
	ww_buf_free(&before);
	ww_buf_free(&after);
	site_close(&s);
}
END_TEST

START_TEST(ends_who_is_gone_and_counts_what_it_did)
{
	struct ww_rows editions;
	const struct ww_roster_edition *e;
	struct site s;

	opens(&s);
	loads(&s, "d1", false, "1 rcca\n2 rcca\n3 rcca\n4 rcca\n5 rcca");
	loads(&s, "d2", false, "1 lakeside\n2 rcca\n3 rcca\n4 rcca\n6 rcca");
	ck_assert_str_eq(attributed(&s), "M0001 rcca gone; M0002 rcca; M0003 rcca; M0004 rcca; "
	                                 "M0005 rcca gone; M0001 lakeside; M0006 rcca");
	ck_assert_int_eq(roster_row(&s).members, 5);
	ck_assert_int_eq(roster_row(&s).rows, 5);
	editions = site_rows(&s, &ww_entity_roster_edition);
	ck_assert_uint_eq(editions.n, 2);
	e = WW_ROW(&editions, roster_edition, 1);
	ck_assert_int_eq(e->added, 2);
	ck_assert_int_eq(e->changed, 0);
	ck_assert_int_eq(e->ended, 2);
	/* Who comes back has the row of before. */
	loads(&s, "d3", true, "5 rcca");
	ck_assert_str_eq(attributed(&s), "M0001 rcca gone; M0002 rcca; M0003 rcca; M0004 rcca; "
	                                 "M0005 rcca; M0001 lakeside; M0006 rcca");
	ck_assert_int_eq(roster_row(&s).members, 6);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* A member of two practices, and of one in two programs, has a row for each. */
START_TEST(keeps_a_row_for_each_practice_and_program)
{
	struct ww_rows v;
	struct site s;

	opens(&s);
	loads(&s, "d1", false,
	    "1 rcca  collaborative-care\n1 rcca  oncology-care\n1 lakeside\n"
	    "1 rcca  oncology-care");
	v = site_rows(&s, &ww_entity_attribution);
	ck_assert_uint_eq(v.n, 3);
	unit_str_is(WW_ROW(&v, attribution, 1)->program, "oncology-care");
	unit_str_is(WW_ROW(&v, attribution, 1)->source, "one.csv:3");
	ck_assert_int_eq(roster_row(&s).members, 1);
	ck_assert_int_eq(newest(&s).twice, 1);
	unit_str_is(newest(&s).problem, "line 5: " WW_ROSTER_TWICE);
	site_close(&s);
}
END_TEST

/* -- what is refused ------------------------------------------------------------------------------------ */

START_TEST(refuses_an_edition_that_ends_too_many)
{
	struct site s;

	opens(&s);
	loads(&s, "d1", false, "1 rcca\n2 rcca\n3 rcca\n4 rcca\n5 rcca");
	begins(&s, "d2", false);
	rows(&s, "d2", 1, "1 rcca\n2 rcca\n3 rcca");
	ends(&s, "d2", 39);
	unit_str_is(newest(&s).refused,
	    "WW-216 2 of 5 members would be ended, 40 percent, and at most "
	    "39 may be: nothing was changed");
	ticks(&s);
	ck_assert_uint_eq(site_rows(&s, &ww_entity_roster_staged).n, 0);
	ck_assert_str_eq(
	    attributed(&s), "M0001 rcca; M0002 rcca; M0003 rcca; M0004 rcca; M0005 rcca");
	ck_assert_int_eq(roster_row(&s).edition, 1);
	/* As many as are allowed. */
	begins(&s, "d3", false);
	rows(&s, "d3", 1, "1 rcca\n2 rcca\n3 rcca");
	ends(&s, "d3", 40);
	settles(&s);
	ck_assert_int_eq(roster_row(&s).members, 3);
	/* Nobody is ended by one that has nothing. */
	begins(&s, "d4", false);
	ends(&s, "d4", 100);
	unit_str_is(
	    newest(&s).refused, "WW-216 not one row of it can be used: nothing was changed");
	ck_assert_int_eq(roster_row(&s).members, 3);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(takes_each_part_once_and_in_order)
{
	struct site s;

	opens(&s);
	begins(&s, "d1", false);
	rows(&s, "d1", 1, "1 rcca");
	rows(&s, "d1", 1, "1 rcca");
	unit_str_is(newest(&s).refused, "");
	rows(&s, "d1", 3, "3 rcca");
	unit_str_is(newest(&s).refused, "WW-216 part 3 came, and 2 is the next");
	/* Who loads died, and begins the same again: it goes on. */
	begins(&s, "d1", false);
	ck_assert_int_eq(newest(&s).parts, 1);
	rows(&s, "d1", 2, "2 rcca");
	ck_assert_int_eq(newest(&s).rows, 2);
	/* Parts of something else do not get in. */
	rows(&s, "d0", 3, "9 rcca");
	ck_assert_int_eq(newest(&s).rows, 2);
	/* Another edition takes its place, and nothing is left of it. */
	begins(&s, "d2", false);
	rows(&s, "d2", 1, "7 rcca");
	ends(&s, "d2", 20);
	settles(&s);
	ticks(&s);
	ck_assert_str_eq(attributed(&s), "M0007 rcca");
	ck_assert_uint_eq(site_rows(&s, &ww_entity_roster_staged).n, 0);
	ck_assert_uint_eq(site_rows(&s, &ww_entity_roster_load).n, 1);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* The configuration lost a party while the edition came in. */
START_TEST(leaves_out_rows_whose_practice_is_gone_meanwhile)
{
	static const char *const one_party =
	    "data: data\n"
	    "listeners: [{name: adt, mllp: \"127.0.0.1:0\"}]\n"
	    "feeds: [{name: mercy, on: adt}]\n"
	    "endpoints: [{name: rcca-ehr, fhir: \"http://127.0.0.1:1/fhir\"}]\n"
	    "parties: [{name: rcca, send: rcca-ehr}]\n"
	    "rosters: [{name: roster}]\n";
	struct site s;

	opens(&s);
	begins(&s, "d1", false);
	rows(&s, "d1", 1, "1 rcca\n1 lakeside\n2 lakeside");
	(void)site_config(&s, one_party);
	rows(&s, "d1", 2, "1 rcca  p");
	ends(&s, "d1", 20);
	settles(&s);
	ck_assert_str_eq(attributed(&s), "M0001 rcca; M0001 rcca");
	ck_assert_int_eq(newest(&s).rejected, 2);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* -- who is told ---------------------------------------------------------------------------------------- */

START_TEST(tells_of_open_stays_up_to_catch_up)
{
	struct site s;

	opens_with(&s, CONFIG_WITH(", catch_up: 2"));
	s.now = site_ms(AT("0800"));
	for (int i = 1; i <= 5; i++)
		site_does(&s, .trigger = "A01", .at = AT("1000"), .person = i);
	loads(&s, "d1", false, "1 rcca\n2 rcca\n3 rcca\n4 rcca\n5 rcca");
	site_flags_are(&s, "admission open; admission open");
	ck_assert_uint_eq(site_rows(&s, &ww_entity_catch_up).n, 3);
	/* Judged for another reason it stays held; by a message of its own it is news. */
	loads(&s, "d2", true, "4 rcca yes");
	loads(&s, "d3", true, "4 rcca");
	ck_assert_uint_eq(site_rows(&s, &ww_entity_catch_up).n, 3);
	site_does(&s, .trigger = "A08", .at = AT("1100"), .person = 5);
	site_flags_are(&s, "admission open; admission open; admission open");
	ck_assert_uint_eq(site_rows(&s, &ww_entity_catch_up).n, 2);
	(void)site_order(&s, "roster-release", "roster", "looked at");
	ticks(&s);
	ticks(&s);
	site_flags_are(&s, "admission open; admission open; admission open; admission open; "
	                   "admission open");
	ck_assert_uint_eq(site_rows(&s, &ww_entity_catch_up).n, 0);
	ck_assert_int_eq(roster_row(&s).released, 0);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* What is held is of the practice that comes new: the old one hears at once that it was wrong. */
START_TEST(holds_nothing_back_from_who_was_told_wrongly)
{
	struct site s;

	opens_with(&s, CONFIG_WITH(", catch_up: 1"));
	s.now = site_ms(AT("0800"));
	loads(&s, "d1", false, "1 rcca\n2 rcca\n3 rcca\n4 rcca\n5 rcca");
	site_does(&s, .trigger = "A01", .at = AT("1000"), .person = 1);
	site_does(&s, .trigger = "A01", .at = AT("1000"), .person = 2);
	loads(&s, "d2", false, "1 lakeside\n2 lakeside\n3 rcca\n4 rcca\n5 rcca");
	site_flags_are(&s, "admission retracted; admission retracted; admission open lakeside");
	ck_assert_uint_eq(site_rows(&s, &ww_entity_catch_up).n, 1);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(tells_nobody_of_who_opted_out)
{
	struct ww_rows stays;
	struct site s;

	opens(&s);
	s.now = site_ms(AT("0800"));
	loads(&s, "d1", false, "1 rcca yes");
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	site_outbox_is(&s, "Task stay suppressed create");
	stays = site_rows(&s, &ww_entity_encounter);
	unit_str_is(WW_ROW(&stays, encounter, 0)->restricted, "the member opted out");
	/* Who changes their mind is told of. */
	loads(&s, "d2", false, "1 rcca");
	site_outbox_is(&s, "Task stay due update");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* The flags about rosters that are open: practice, member and what has changed, in order of practice and member. */
static void
changes_are(struct site *s, const char *want)
{
	struct ww_rows flags = site_rows(s, &ww_entity_flag);
	const char *lines[32];
	ww_str have = ww_str_empty();
	size_t n = 0;

	for (size_t i = 0; i < flags.n; i++) {
		const struct ww_flag *f = WW_ROW(&flags, flag, i);
		struct ww_attribution at = { .id = f->attribution };
		bool found;

		if (f->state != WW_flag_state_OPEN || f->kind != WW_flag_kind_ATTRIBUTION_CHANGE)
			continue;
		site_ok(s, ww_get(&s->ledger, &s->own, attribution, &at, &found));
		ck_assert(found && n < 32);
		lines[n++] = ww_arena_printf(s->own.arena, "%.*s %.*s %.*s",
		    WW_STR_FMT(f->practice), WW_STR_FMT(at.member_id), WW_STR_FMT(f->band))
		                 .p;
	}
	for (size_t i = 1; i < n; i++) {
		for (size_t k = i; k > 0 && strcmp(lines[k - 1], lines[k]) > 0; k--) {
			const char *line = lines[k];

			lines[k] = lines[k - 1];
			lines[k - 1] = line;
		}
	}
	for (size_t i = 0; i < n; i++)
		have = ww_arena_printf(
		    s->own.arena, "%.*s%s%s", WW_STR_FMT(have), i > 0 ? ", " : "", lines[i]);
	unit_str_is(have, want);
}

static void
opens_listing(struct site *s)
{
	static const char *const program =
	    "program: care\ntitle: Care\nversion: 1\n"
	    "rules: [{use: admission/1}, {use: attribution-change/1}]\n"
	    "flags:\n"
	    "  admission: {to: coordinator, as: stay-task}\n"
	    "  attribution-change: {to: coordinator, as: digest}\n"
	    "digest: {at: \"07:00\", on: business-days}\n";

	site_open_empty(s);
	s->now = site_ms(AT("0700"));
	(void)site_engine(s, SITE_KEY);
	(void)site_file(s, "program", "care", program);
	(void)site_config(s, CONFIG_WITH("") "programs: [{file: care.yaml}]\n");
	site_apply(s);
}

/* A notice that is owed has these words. */
static bool
is_told(struct site *s, const char *words)
{
	struct ww_rows rows = site_rows(s, &ww_entity_template);

	for (size_t i = 0; i < rows.n; i++) {
		if (strstr(ww_arena_cstr(s->own.arena, WW_ROW(&rows, template, i)->text), words))
			return true;
	}
	return false;
}

/* Who comes onto a roster that there was before, and who is gone from it, is in the digest of that practice, for some days. */
START_TEST(lists_who_is_new_and_who_is_gone)
{
	struct site s;

	opens_listing(&s);
	loads(&s, "d1", false, "1 rcca\n2 rcca");
	for (int i = 1; i <= 3; i++)
		site_does(&s, .trigger = "A04", .at = AT("1000"), .class_ = "O", .person = i);
	ticks(&s);
	site_flags_are(&s, "");
	loads(&s, "d2", false, "1 lakeside\n2 rcca\n3 rcca");
	for (int i = 0; i < 5; i++)
		ticks(&s);
	changes_are(&s, "lakeside M0001 new, rcca M0001 dropped, rcca M0003 new");
	s.now = site_ms("202603031500");
	ticks(&s);
	ck_assert(is_told(&s, "Change of attribution new: member M0001, 2026-03-02"));
	ck_assert(is_told(&s, "Change of attribution dropped: member M0001, 2026-03-02"));
	/* Not for ever, and nothing is taken back. */
	s.now = site_ms("202603100300");
	for (int i = 0; i < 10; i++)
		ticks(&s);
	site_flags_are(&s, "attribution-change done lakeside; attribution-change done; "
	                   "attribution-change done");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* The practice that has the member already is told of no newcomer; a row of another time, or altered, is a change. */
START_TEST(tells_a_change_from_a_newcomer)
{
	struct site s;

	opens_listing(&s);
	loads(&s, "d1", false, "1 rcca\n2 rcca\n3 rcca\n4 rcca\n5 rcca");
	for (int i = 1; i <= 5; i++)
		site_does(&s, .trigger = "A04", .at = AT("1000"), .class_ = "O", .person = i);
	ticks(&s);
	changes_are(&s, "");
	/* Another practice beside; for a program; to be told of less. */
	loads(&s, "d2", true, "1 lakeside\n2 rcca no care\n3 rcca yes");
	for (int i = 0; i < 5; i++)
		ticks(&s);
	changes_are(&s, "lakeside M0001 new, rcca M0002 changed, rcca M0003 changed");
	/* A snapshot of the same, but for who is gone from it. */
	loads(&s, "d3", false, "1 rcca\n1 lakeside\n2 rcca\n2 rcca no care\n3 rcca yes\n5 rcca");
	for (int i = 0; i < 5; i++)
		ticks(&s);
	changes_are(
	    &s, "lakeside M0001 new, rcca M0002 changed, rcca M0003 changed, rcca M0004 dropped");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* -- age ------------------------------------------------------------------------------------------------ */

START_TEST(attributes_no_visit_that_begins_when_it_has_expired)
{
	struct site s;
	uint64_t late;

	opens_with(&s, CONFIG_WITH(", expires_days: 30, warn_days: 20"));
	loads(&s, "d1", false, "1 rcca\n2 rcca");
	ck_assert_int_eq(roster_row(&s).expiry, WW_roster_expiry_CURRENT);
	s.now = site_ms("202602220000");
	ticks(&s);
	ck_assert_int_eq(roster_row(&s).expiry, WW_roster_expiry_WARNED);
	site_does(&s, .trigger = "A01", .at = "202602220900", .person = 1);
	s.now = site_ms("202603060000");
	ticks(&s);
	ck_assert_int_eq(roster_row(&s).expiry, WW_roster_expiry_EXPIRED);
	late = site_does(&s, .trigger = "A01", .at = "202603060900", .person = 2);
	ck_assert_ptr_nonnull(strstr(site_disposition(&s, late), "on a roster that has expired"));
	/* What began before goes on. */
	site_does(&s, .trigger = "A03", .at = "202603061000", .person = 1, .to = "01");
	site_flags_are(&s, "admission open; discharge open; readmission-risk open");
	/* A new edition is young again from the record that ends it on. */
	begins(&s, "d2", false);
	rows(&s, "d2", 1, "1 rcca\n2 rcca");
	ends(&s, "d2", 20);
	site_does(&s, .trigger = "A08", .at = "202603061100", .person = 2);
	site_flags_are(&s, "admission open; discharge open; readmission-risk open; admission open");
	settles(&s);
	ck_assert_int_eq(roster_row(&s).expiry, WW_roster_expiry_CURRENT);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* That nobody renewed the roster says nothing against what it said: a Task about a person goes on. */
START_TEST(takes_nothing_back_because_it_has_expired)
{
	static const char *const program =
	    "program: care\ntitle: Care\nversion: 1\n"
	    "rules: [{use: admission/1}, {use: frequent-ed/1}]\n"
	    "flags:\n"
	    "  frequent-ed: {to: coordinator, as: task, deadline: 5bd}\n";
	static const char *const visits[] = { "202602020900", "202602100900", "202602200900" };
	struct site s;

	site_open_empty(&s);
	s.now = site_ms("202602010800");
	(void)site_engine(&s, SITE_KEY);
	(void)site_file(&s, "program", "care", program);
	(void)site_config(&s, CONFIG_WITH(", expires_days: 30") "programs: [{file: care.yaml}]\n");
	site_apply(&s);
	loads(&s, "d1", false, "1 rcca");
	for (int i = 0; i < 3; i++) {
		char number[24];

		(void)snprintf(number, sizeof(number), "E%d^^^MERCY", i);
		site_does(&s, .trigger = "A04", .class_ = "E", .at = visits[i], .in = visits[i],
		    .visit = number);
	}
	for (int i = 0; i < 5; i++)
		ticks(&s);
	site_flags_are(&s, "frequent-ed open");
	s.now = site_ms("202603061500");
	for (int i = 0; i < 10; i++)
		ticks(&s);
	ck_assert_int_eq(roster_row(&s).expiry, WW_roster_expiry_EXPIRED);
	site_flags_are(&s, "frequent-ed open");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* The navigator, once for each state of an edition, and not in the night. */
START_TEST(tells_the_navigator_that_a_roster_expires)
{
	static const char *const program = "program: care\ntitle: Care\nversion: 1\n"
	                                   "rules: [{use: attribution-change/1}]\n"
	                                   "flags:\n"
	                                   "  attribution-change: {to: coordinator, as: digest}\n"
	                                   "digest: {at: \"07:00\", on: business-days}\n"
	                                   "quiet: {from: \"20:00\", to: \"07:00\"}\n";
	struct site s;

	site_open_empty(&s);
	s.now = site_ms("202602010800");
	(void)site_engine(&s, SITE_KEY);
	(void)site_file(&s, "program", "care", program);
	(void)site_config(&s,
	    CONFIG_WITH(", expires_days: 30, warn_days: 20") "programs: [{file: care.yaml, "
	                                                     "payer: lakeside}]\n");
	site_apply(&s);
	loads(&s, "d1", false, "1 rcca");
	s.now = site_ms("202602220300");
	ticks(&s);
	site_outbox_is(&s, "Communication roster quiet create lakeside");
	ck_assert(
	    is_told(&s, "Roster roster, edition of 2026-02-01, expires: no visit that begins on "
	                "2026-03-03 or later is told of by it"));
	s.now = site_ms("202602221500");
	for (int i = 0; i < 3; i++)
		ticks(&s);
	site_outbox_is(&s, "Communication roster due create lakeside");
	s.now = site_ms("202603061500");
	for (int i = 0; i < 3; i++)
		ticks(&s);
	site_outbox_is(&s, "Communication roster parked create lakeside; Communication roster due "
	                   "create lakeside");
	ck_assert(is_told(&s, "Roster roster has expired"));
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { counts_for_nobody_before_it_is_whole,
		brings_all_rows_of_a_member_into_force_at_once,
		ends_who_is_gone_and_counts_what_it_did, keeps_a_row_for_each_practice_and_program,
		refuses_an_edition_that_ends_too_many, takes_each_part_once_and_in_order,
		leaves_out_rows_whose_practice_is_gone_meanwhile,
		tells_of_open_stays_up_to_catch_up, holds_nothing_back_from_who_was_told_wrongly,
		tells_nobody_of_who_opted_out, lists_who_is_new_and_who_is_gone,
		tells_a_change_from_a_newcomer, attributes_no_visit_that_begins_when_it_has_expired,
		takes_nothing_back_because_it_has_expired,
		tells_the_navigator_that_a_roster_expires };

	return unit_main("roster_load", tests, UNIT_COUNT(tests));
}
