/* The clock in apply: TICK records move it on and never back, and whatever the clock of the machine did while a day of
 * messages came in, the same people are told of the same things. */
#include "tests/unit/unit.h"

#include "tests/unit/apply_fixture.h"

#include <wardwire/log.h>

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE };
#define DAY ((int64_t)24 * HOUR)

static void
tick(struct site *s, int64_t time)
{
	struct ww_buf none = { 0 };

	(void)site_record(s, WW_REC_TICK, time, &none);
	site_apply(s);
}

static int64_t
clock_of(struct site *s)
{
	struct ww_rows rows = site_rows(s, &ww_entity_cursor);

	return WW_ROW(&rows, cursor, 0)->now_ms;
}

START_TEST(moves_the_clock_on_and_never_back)
{
	struct site s;
	int64_t t;

	site_open(&s);
	t = s.now;
	tick(&s, t + HOUR);
	ck_assert_int_eq(clock_of(&s), t + HOUR);
	tick(&s, t - 3 * DAY);
	ck_assert_int_eq(clock_of(&s), t + HOUR);
	tick(&s, t + HOUR + 1);
	ck_assert_int_eq(clock_of(&s), t + HOUR + 1);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* -- a day, with a clock that steps ------------------------------------------------------------------ */

/* By how much the clock of the machine is wrong, from one message of the day on. */
struct step {
	int at;
	int64_t by;
};

/* One stay from the emergency department to the discharge, a second one taken back, a duplicate, deliveries. */
static void
play(struct site *s, const char *date, const struct step *steps, size_t n, bool ticks)
{
	static const struct {
		const char *trigger, *time, *class_;
		int person;
		const char *control;
	} day[] = {
		{ "A04", "0030", "E", 1, "1" },
		{ "A01", "0130", "I", 1, "2" },
		{ "A01", "0230", "I", 2, "3" },
		{ "A01", "0230", "I", 2, "3" }, /* the same again */
		{ "A11", "0330", "I", 2, "4" },
		{ "A03", "0430", "I", 1, "5" },
		{ "A01", "2330", "I", 3, "6" },
	};
	int64_t wrong = 0;

	for (size_t i = 0; i < UNIT_COUNT(day); i++) {
		const char *at = ww_arena_printf(s->own.arena, "%s%s", date, day[i].time).p;
		struct said m = { .trigger = day[i].trigger,
			.at = at,
			.class_ = day[i].class_,
			.person = day[i].person,
			.control = day[i].control };
		int64_t received = site_ms(at) + 5000;

		for (size_t k = 0; k < n; k++)
			wrong = steps[k].at == (int)i ? steps[k].by : wrong;
		if (ticks)
			tick(s, received + wrong - MINUTE);
		(void)site_message(s, "mercy", site_bytes(s, &m), received + wrong);
		site_apply(s);
		if (ticks)
			tick(s, received + wrong + MINUTE);
		for (size_t k = 0; k < site_rows(s, &ww_entity_outbox).n; k++) {
			struct ww_rows rows = site_rows(s, &ww_entity_outbox);
			const struct ww_outbox *row = WW_ROW(&rows, outbox, k);
			uint64_t seq;

			if (row->state != WW_outbox_state_DUE)
				continue;
			seq = site_attempt(s, row, WW_VERB_CREATE);
			(void)site_outcome(s, row, seq, WW_VERB_CREATE, WW_RESULT_SENT, 201);
			site_apply(s);
		}
	}
}

/* Who was told what, and how often each row was sent. */
static const char *
told(struct site *s)
{
	struct ww_rows rows = site_rows(s, &ww_entity_outbox);
	const char *text =
	    ww_arena_printf(s->own.arena, "%s | %s |", site_flags(s), site_outbox(s)).p;

	for (size_t i = 0; i < rows.n; i++)
		text = ww_arena_printf(
		    s->own.arena, "%s %d", text, (int)WW_ROW(&rows, outbox, i)->attempts)
		           .p;
	return text;
}

/* Days on which New York's clocks go forward, go back, and do neither. */
static const char *const dates[] = { "20260308", "20261101", "20260302" };

START_TEST(tells_the_same_whatever_the_clock_did)
{
	static const struct {
		const char *what;
		struct step steps[2];
	} rows[] = {
		{ "two days ahead, then right", { { 1, 2 * DAY }, { 3, 0 } } },
		{ "an hour ahead from the admission on", { { 1, HOUR }, { 99, 0 } } },
		{ "two days behind, then right", { { 2, -2 * DAY }, { 4, 0 } } },
		{ "an hour behind, then three ahead", { { 1, -HOUR }, { 4, 3 * HOUR } } },
		{ "a year ahead for one message", { { 3, 365 * DAY }, { 4, 0 } } },
	};

	for (size_t d = 0; d < UNIT_COUNT(dates); d++) {
		struct site right;

		site_open(&right);
		play(&right, dates[d], NULL, 0, false);
		ck_assert_ptr_nonnull(strstr(told(&right), "discharge open"));
		for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
			struct site wrong;

			site_open(&wrong);
			play(&wrong, dates[d], rows[i].steps, 2, true);
			ck_assert_msg(strcmp(told(&right), told(&wrong)) == 0,
			    "%s, %s:\n  %s\n  %s", dates[d], rows[i].what, told(&right),
			    told(&wrong));
			site_rebuilds(&wrong);
			site_close(&wrong);
		}
		site_close(&right);
	}
}
END_TEST

/* The due time of a Task is a day of the clock after the receipt, also over a change to or from summer time. */
START_TEST(counts_hours_and_not_wall_times)
{
	for (size_t d = 0; d < UNIT_COUNT(dates); d++) {
		const char *at;
		const struct ww_outbox *row;
		struct ww_rows rows;
		struct site s;

		site_open(&s);
		at = ww_arena_printf(s.own.arena, "%s0030", dates[d]).p;
		tick(&s, site_ms(at));
		(void)site_says(&s, (struct said){ .trigger = "A01", .at = at });
		site_apply(&s);
		tick(&s, site_ms(at) + 3 * HOUR);
		rows = site_rows(&s, &ww_entity_outbox);
		ck_assert_uint_eq(rows.n, 1);
		row = WW_ROW(&rows, outbox, 0);
		ck_assert_int_eq(row->due_ms, site_ms(at) + 5000 + DAY);
		site_close(&s);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { moves_the_clock_on_and_never_back,
		tells_the_same_whatever_the_clock_did, counts_hours_and_not_wall_times };

	return unit_main("tick", tests, UNIT_COUNT(tests));
}
