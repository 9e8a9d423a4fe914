/* Very many messages about one stay: the work for each must not grow with those before it. Work is counted in rows that
 * come out of the ledger, not in time. */
#include "tests/unit/unit.h"

#include "tests/unit/apply_fixture.h"

#include <wardwire/log.h>

enum { MANY = 10000, HALF = MANY / 2 };

/* -- a ledger that counts --------------------------------------------------------------------------- */

static const struct ww_ledger_ops *counted;
static uint64_t rows_read;

static ww_status
counting_find(void *self, struct ww_ctx *cx, const struct ww_entity *e, const struct ww_index *ix,
    size_t columns, const void *like, size_t limit, struct ww_rows *out)
{
	ww_status s = counted->find(self, cx, e, ix, columns, like, limit, out);

	if (s == WW_OK)
		rows_read += out->n;
	return s;
}

/* From here on the site's ledger counts the rows it hands out. */
static void
count_reads(struct site *s)
{
	static struct ww_ledger_ops counting;

	counted = s->ledger.ops;
	counting = *counted;
	counting.find = counting_find;
	s->ledger.ops = &counting;
}

/* Applies what there is and returns the rows that were read meanwhile. */
static uint64_t
reads_of(struct site *s)
{
	rows_read = 0;
	site_apply(s);
	return rows_read;
}

static void
stays_linear(uint64_t first_half, uint64_t second_half)
{
	ck_assert_uint_gt(first_half, 0);
	ck_assert_msg(second_half < first_half + first_half / 10,
	    "rows read for the first half %llu, for the second %llu",
	    (unsigned long long)first_half, (unsigned long long)second_half);
	ck_assert_uint_lt(second_half, 40 * HALF);
}

/* -- updates ---------------------------------------------------------------------------------------- */

/* n runs through the minutes of a week from 2026-03-02 on. */
static const char *
minute(struct site *s, int n)
{
	return ww_arena_printf(
	    s->own.arena, "202603%02d%02d%02d", 2 + n / 1440, n / 60 % 24, n % 60)
	    .p;
}

static void
say_updates(struct site *s, int from, int to, int step)
{
	static const char *const facilities[] = { "MERCY", "NORTH", "WEST" };

	for (int n = from; n != to; n += step)
		(void)site_says(s, (struct said){ .trigger = "A08",
		                       .at = minute(s, n),
		                       .in = minute(s, 0),
		                       .dx = n % 2 == 0 ? "I50.9" : "I50.9 E11.9",
		                       .facility = facilities[n % 3] });
}

static size_t
count_rows(struct site *s, const struct ww_entity *e)
{
	return site_rows(s, e).n;
}

static void
has_one_task(struct site *s)
{
	struct ww_rows rows = site_rows(s, &ww_entity_outbox);
	size_t tasks = 0;

	for (size_t i = 0; i < rows.n; i++)
		tasks += WW_ROW(&rows, outbox, i)->resource == WW_resource_type_TASK;
	ck_assert_uint_eq(tasks, 1);
}

START_TEST(ten_thousand_updates_are_linear_work_and_one_task)
{
	uint64_t first, second;
	struct site s;

	site_open(&s);
	count_reads(&s);
	site_does(&s, .trigger = "A01", .at = minute(&s, 0));
	say_updates(&s, 1, HALF, 1);
	first = reads_of(&s);
	say_updates(&s, HALF, MANY, 1);
	second = reads_of(&s);
	stays_linear(first, second);
	has_one_task(&s);
	ck_assert_uint_le(count_rows(&s, &ww_entity_event), 3);
	ck_assert_uint_eq(count_rows(&s, &ww_entity_message), MANY);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

static struct ww_encounter
the_stay(struct site *s)
{
	struct ww_rows rows = site_rows(s, &ww_entity_encounter);

	ck_assert_uint_eq(rows.n, 1);
	return *WW_ROW(&rows, encounter, 0);
}

/* Each is late: it says nothing any more. */
START_TEST(updates_from_the_last_to_the_first_end_in_the_same_stay)
{
	struct site in_order, reversed;
	struct ww_encounter a, b;

	site_open(&in_order);
	site_does(&in_order, .trigger = "A01", .at = minute(&in_order, 0));
	say_updates(&in_order, 1, 200, 1);
	site_apply(&in_order);
	site_open(&reversed);
	site_does(&reversed, .trigger = "A01", .at = minute(&reversed, 0));
	say_updates(&reversed, 199, 0, -1);
	site_apply(&reversed);
	a = the_stay(&in_order);
	b = the_stay(&reversed);
	a.last_event = b.last_event; /* which record came last is another one */
	ck_assert(ww_row_equal(&ww_entity_encounter, &a, &b));
	ck_assert_uint_le(count_rows(&reversed, &ww_entity_event), 3);
	site_close(&in_order);
	site_close(&reversed);
}
END_TEST

START_TEST(ten_thousand_copies_are_linear_work)
{
	uint64_t first, second;
	struct site s;

	site_open(&s);
	count_reads(&s);
	site_does(&s, .trigger = "A01", .at = minute(&s, 0), .control = "X");
	for (int n = 1; n < HALF; n++)
		(void)site_says(
		    &s, (struct said){ .trigger = "A01", .at = minute(&s, 0), .control = "X" });
	first = reads_of(&s);
	for (int n = HALF; n < MANY; n++)
		(void)site_says(
		    &s, (struct said){ .trigger = "A01", .at = minute(&s, 0), .control = "X" });
	second = reads_of(&s);
	stays_linear(first, second);
	has_one_task(&s);
	site_close(&s);
}
END_TEST

/* -- events that count ------------------------------------------------------------------------------ */

/* The one too many is set aside with its reason, is in the journal, and is applied by an order once there is room;
 * updates go on. */
START_TEST(an_event_too_many_is_set_aside_and_can_be_had_again)
{
	const char *const tight = SITE_CONFIG "limits: {events: 16}\n";
	const char *const wide = SITE_CONFIG "limits: {events: 17}\n";
	struct site s;
	uint64_t seq;

	ww_log_set_level((enum ww_log_level) - 1);
	site_open(&s);
	(void)site_config(&s, tight);
	site_does(&s, .trigger = "A01", .at = minute(&s, 0));
	site_does(&s, .trigger = "A03", .at = minute(&s, 5));
	for (int n = 1; n < 8; n++) {
		site_does(&s, .trigger = "A13", .at = minute(&s, 10 * n));
		site_does(&s, .trigger = "A03", .at = minute(&s, 10 * n + 5));
	}
	seq = site_does(&s, .trigger = "A13", .at = minute(&s, 100));
	ck_assert_str_eq(site_disposition(&s, seq),
	    "quarantined: WW-211 stay it has had as many events that change it as "
	    "limits.events allows, 16");
	ck_assert_int_eq(
	    site_message_row(&s, site_does(&s, .trigger = "A08", .at = minute(&s, 101)))
	        .disposition,
	    WW_disposition_APPLIED);
	ck_assert_uint_eq(count_rows(&s, &ww_entity_event), 17);
	(void)site_config(&s, wide);
	site_order(&s, "replay", ww_arena_printf(s.own.arena, "%llu", (unsigned long long)seq).p,
	    "there is room");
	ck_assert_int_eq(site_message_row(&s, seq).disposition, WW_disposition_APPLIED);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { ten_thousand_updates_are_linear_work_and_one_task,
		updates_from_the_last_to_the_first_end_in_the_same_stay,
		ten_thousand_copies_are_linear_work,
		an_event_too_many_is_set_aside_and_can_be_had_again };

	return unit_main("flood", tests, UNIT_COUNT(tests));
}
