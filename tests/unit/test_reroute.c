/* A new configuration and a long outbox: whatever the state of a row and however many there are. */
#include "tests/unit/unit.h"

#include "tests/unit/apply_fixture.h"

#define AT(hhmm) "20260302" hhmm

enum { ROWS = 150 }; /* more than two pages */

static void
open_long(struct site *s)
{
	site_open(s);
	for (int i = 0; i < ROWS; i++)
		site_does(s, .trigger = "A01", .at = AT("1000"), .person = 1 + i % 15,
		    .visit = ww_arena_printf(s->own.arena, "V%d^^^MERCY", i).p);
	ck_assert_uint_eq(site_rows(s, &ww_entity_outbox).n, ROWS);
}

static void
end(struct site *s, size_t n, enum ww_result result, int http)
{
	struct ww_outbox row = site_row(s, n);
	uint64_t at = site_attempt(s, &row, WW_VERB_CREATE);

	(void)site_outcome(s, &row, at, WW_VERB_CREATE, result, http);
	site_apply(s);
}

/* The configuration with one text in the place of another. */
static void
configure(struct site *s, const char *from, const char *to)
{
	const char *at = strstr(SITE_CONFIG, from);
	ww_str text;

	ck_assert_ptr_nonnull(at);
	text = ww_arena_printf(
	    s->own.arena, "%.*s%s%s", (int)(at - SITE_CONFIG), SITE_CONFIG, to, at + strlen(from));
	(void)site_config(s, text.p);
	site_apply(s);
}

static size_t
count(struct site *s, const char *endpoint, enum ww_outbox_state state)
{
	struct ww_rows rows = site_rows(s, &ww_entity_outbox);
	size_t n = 0;

	for (size_t i = 0; i < rows.n; i++)
		n += ww_str_is(WW_ROW(&rows, outbox, i)->endpoint, endpoint) &&
		     WW_ROW(&rows, outbox, i)->state == (int64_t)state;
	return n;
}

START_TEST(takes_all_that_was_not_sent_to_the_new_endpoint)
{
	struct site s;

	open_long(&s);
	end(&s, 0, WW_RESULT_SENT, 201);
	end(&s, 100, WW_RESULT_PARKED, 422);
	configure(&s, "send: rcca-ehr", "send: lakeside-ehr");
	ck_assert_uint_eq(count(&s, "rcca-ehr", WW_outbox_state_SETTLED), 1);
	ck_assert_uint_eq(count(&s, "lakeside-ehr", WW_outbox_state_PARKED), 1);
	ck_assert_uint_eq(count(&s, "lakeside-ehr", WW_outbox_state_DUE), ROWS - 2);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(stops_what_is_for_a_practice_that_is_gone)
{
	struct site s;

	open_long(&s);
	end(&s, 7, WW_RESULT_UNCERTAIN, 0);
	configure(&s, "{name: rcca,", "{name: other,");
	ck_assert_uint_eq(count(&s, "rcca-ehr", WW_outbox_state_PARKED), 1);
	ck_assert_uint_eq(count(&s, "rcca-ehr", WW_outbox_state_SUPPRESSED), ROWS - 1);
	ck_assert_int_eq(site_row(&s, 7).owed_ms, 0);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* Another server under an old name knows nothing of what the old one was told. */
START_TEST(forgets_what_another_server_was_told)
{
	struct site s;

	open_long(&s);
	for (size_t i = 0; i < 80; i++)
		end(&s, i, WW_RESULT_SENT, 201);
	configure(&s, "http://127.0.0.1:1/fhir", "http://127.0.0.1:9/fhir");
	for (size_t i = 0; i < 80; i++) {
		unit_str_is(site_row(&s, i).remote_id, "");
		ck_assert_int_ne(site_row(&s, i).attempt, 0); /* it is looked for first */
	}
	ck_assert_int_eq(site_row(&s, 80).attempt, 0);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(leaves_all_as_it_is_when_nothing_of_it_changed)
{
	struct site s;

	open_long(&s);
	end(&s, 0, WW_RESULT_SENT, 201);
	configure(&s, "retry: {first: 1, most: 4}", "retry: {first: 2, most: 8}");
	ck_assert_uint_eq(count(&s, "rcca-ehr", WW_outbox_state_DUE), ROWS - 1);
	ck_assert_int_gt((int)site_row(&s, 0).remote_id.n, 0);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { takes_all_that_was_not_sent_to_the_new_endpoint,
		stops_what_is_for_a_practice_that_is_gone, forgets_what_another_server_was_told,
		leaves_all_as_it_is_when_nothing_of_it_changed };

	return unit_main("reroute", tests, UNIT_COUNT(tests));
}
