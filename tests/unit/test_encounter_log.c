/* What the log of a stay keeps of the versions of an Encounter, and when one of them counts. */
#include "tests/unit/request_fixture.h"

#include <stdio.h>

#define DAY_ZERO INT64_C(1772409600000) /* 2026-03-02T00:00Z */

static const char *
version(struct site *s, int64_t minute, const char *status, const char *members)
{
	struct ww_buf at = { 0 };
	const char *text;

	ww_time_write_fhir((ww_time){ .ms = DAY_ZERO + minute * 60000, .prec = WW_PREC_SEC }, &at);
	text = ww_arena_printf(s->own.arena,
	    "{\"resourceType\":\"Encounter\",\"id\":\"e1\",\"meta\":{\"lastUpdated\":\"%.*s\"},"
	    "\"status\":\"%s\",\"class\":{\"code\":\"IMP\"},\"subject\":{\"reference\":\"Patient/"
	    "p1\"},"
	    "\"period\":{\"start\":\"2026-03-02T00:00:00Z\"}%s}",
	    WW_STR_FMT(ww_buf_view(&at)), status, members)
	           .p;
	ww_buf_free(&at);
	return text;
}

/* Received a second after the record before. */
static void
put_now(struct site *s, int64_t minute, const char *status, const char *members)
{
	(void)site_ask(s, .interaction = "update", .type = "Encounter", .id = "e1",
	    .raw = version(s, minute, status, members));
}

/* Received when it was made, or later. */
static void
put(struct site *s, int64_t minute, const char *status, const char *members)
{
	int64_t wait = DAY_ZERO + minute * 60000 + 5000 - s->now;

	(void)site_ask(s, .interaction = "update", .type = "Encounter", .id = "e1",
	    .raw = version(s, minute, status, members), .after = wait > 1000 ? wait : 1000);
}

static struct ww_encounter
stay(struct site *s)
{
	struct ww_rows rows = site_rows(s, &ww_entity_encounter);

	ck_assert_uint_eq(rows.n, 1);
	return *WW_ROW(&rows, encounter, 0);
}

START_TEST(keeps_a_handful_of_a_thousand_versions)
{
	struct site s;
	size_t n;

	site_open(&s);
	for (int64_t i = 0; i < 1200; i++)
		put(&s, i, "in-progress", "");
	n = site_rows(&s, &ww_entity_event).n;
	ck_assert_msg(n <= 2, "%zu events are kept", n);
	ck_assert_int_eq(stay(&s).status, WW_encounter_status_IN_PROGRESS);
	put(&s, 2000, "finished", "");
	ck_assert_int_eq(stay(&s).status, WW_encounter_status_FINISHED);
	/* what came first is still what counts: a version older than all says nothing new of the beginning */
	put(&s, -5, "planned", "");
	ck_assert_int_eq(stay(&s).status, WW_encounter_status_FINISHED);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(keeps_every_version_that_says_something)
{
	struct site s;

	site_open(&s);
	for (int64_t i = 0; i < 6; i++)
		put(&s, i, i % 2 == 0 ? "in-progress" : "onleave", "");
	ck_assert_uint_eq(site_rows(&s, &ww_entity_event).n, 6);
	ck_assert_int_eq(stay(&s).status, WW_encounter_status_ONLEAVE);
	site_close(&s);
}
END_TEST

START_TEST(a_clock_that_is_ahead_does_not_count)
{
	struct site s;

	site_open(&s);
	put(&s, 0, "planned", "");
	put_now(&s, 60 * 24 * 4000, "finished", ""); /* years from now */
	put_now(&s, 60 * 24 * 3000, "in-progress", "");
	ck_assert_int_eq(stay(&s).status, WW_encounter_status_IN_PROGRESS);
	/* by the times of receipt the later is the newer, and a real time before both changes nothing */
	put(&s, -1, "finished", "");
	ck_assert_int_eq(stay(&s).status, WW_encounter_status_IN_PROGRESS);
	site_close(&s);
}
END_TEST

START_TEST(names_the_feed_and_the_encounter_as_its_source)
{
	struct site s;

	site_open(&s);
	put(&s, 1, "in-progress", "");
	ck_assert_str_eq(stay(&s).sources.p, "mercy Encounter/e1");
	site_close(&s);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { keeps_a_handful_of_a_thousand_versions,
		keeps_every_version_that_says_something, a_clock_that_is_ahead_does_not_count,
		names_the_feed_and_the_encounter_as_its_source };

	return unit_main("encounter_log", tests, UNIT_COUNT(tests));
}
