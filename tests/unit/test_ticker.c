/* When the time is journaled: about once a minute, more seldom while nothing else happens, whatever the clock does. */
#include "tests/unit/unit.h"

#include "store/store.h"
#include "store/ticker.h"
#include "store/writer.h"

#include <wardwire/arena.h>
#include <wardwire/log.h>

#include <sched.h>

enum { MINUTE = 60000 };

struct bench {
	struct ww_ctx cx;
	struct ww_journal journal;
	struct ww_writer *writer;
	struct ww_ticker *ticker;
	int64_t now;
	int64_t due;      /* as apply would say it */
	uint64_t applied; /* how far it is */
};

static int64_t
read_due(void *self, uint64_t *cursor)
{
	struct bench *b = self;

	*cursor = b->applied;
	return b->due;
}

static int64_t
read_clock(void *self)
{
	return ((struct bench *)self)->now;
}

static void
open_bench(struct bench *b)
{
	struct ww_writer_settings ws = { .journal = &b->journal };
	struct ww_ticker_settings ts = {
		.every_ms = MINUTE, .idle_ms = 15 * MINUTE, .due = read_due, .arg = b
	};

	*b = (struct bench){ .now = INT64_C(1772463600000), .due = INT64_MAX };
	ws.clock = ts.clock = (struct ww_clock){ .now_ms = read_clock, .self = b };
	b->cx.arena = ww_arena_new(0);
	ck_assert(b->cx.arena != NULL);
	ck_assert_int_eq(ww_journal_memory(&b->cx, &b->journal), WW_OK);
	ck_assert_int_eq(ww_writer_start(&b->cx, &ws, &b->writer), WW_OK);
	ts.writer = b->writer;
	ck_assert_int_eq(ww_ticker_new(&b->cx, &ts, &b->ticker), WW_OK);
}

static void
close_bench(struct bench *b)
{
	ww_writer_stop(b->writer);
	ww_ticker_free(b->ticker);
	ww_journal_close(&b->journal);
	ww_arena_free(b->cx.arena);
}

static uint64_t
last(struct bench *b)
{
	struct ww_journal_state st;

	ww_journal_state(&b->journal, &st);
	return st.last;
}

/* Steps once at the clock's present time; true when a TICK was journaled. */
static bool
ticks(struct bench *b)
{
	uint64_t before = last(b);

	ww_ticker_step(b->ticker, before);
	while (ww_writer_pending(b->writer) > 0)
		sched_yield();
	return last(b) > before;
}

/* Steps second by second; after how many a TICK came. */
static int
wait_of(struct bench *b)
{
	int seconds = 0;

	do {
		b->now += 1000;
		seconds++;
	} while (!ticks(b));
	return seconds;
}

static void
add_message(struct bench *b)
{
	struct ww_record r = { .kind = WW_REC_MESSAGE, .time = b->now };

	ck_assert_int_eq(ww_journal_append(&b->journal, &b->cx, &r, 1), WW_OK);
}

START_TEST(ticks_once_a_minute_while_messages_come)
{
	struct ww_record r;
	struct bench b;
	bool found;

	open_bench(&b);
	for (int i = 0; i < 5; i++) {
		add_message(&b);
		ck_assert_int_eq(wait_of(&b), 60);
	}
	ck_assert_int_eq(ww_journal_read(&b.journal, &b.cx, 2, &r, &found), WW_OK);
	ck_assert(found && r.kind == WW_REC_TICK && r.body.n == 0);
	ck_assert_int_eq(r.time, INT64_C(1772463600000) + MINUTE);
	close_bench(&b);
}
END_TEST

START_TEST(ticks_more_seldom_while_nothing_happens)
{
	static const int waits[] = { 60, 120, 240, 480, 900, 900 };
	struct bench b;

	open_bench(&b);
	for (size_t i = 0; i < UNIT_COUNT(waits); i++)
		ck_assert_int_eq(wait_of(&b), waits[i]);
	add_message(&b);
	ck_assert_int_eq(wait_of(&b), 60);
	ck_assert_int_eq(wait_of(&b), 120);
	close_bench(&b);
}
END_TEST

/* A clock set back by a day must not silence the ticks for a day, nor one set forward make more than one. */
START_TEST(goes_on_after_a_step_of_the_clock)
{
	struct bench b;

	open_bench(&b);
	add_message(&b);
	b.now -= (int64_t)24 * 60 * MINUTE;
	ck_assert(!ticks(&b));
	ck_assert_int_eq(wait_of(&b), 60);
	add_message(&b);
	b.now += (int64_t)24 * 60 * MINUTE;
	ck_assert(ticks(&b));
	ck_assert(!ticks(&b));
	add_message(&b);
	ck_assert_int_eq(wait_of(&b), 60);
	close_bench(&b);
}
END_TEST

/* What is due in a minute does not wait for a quarter of an hour, and is done within a second. */
START_TEST(ticks_when_something_is_due)
{
	struct bench b;

	open_bench(&b);
	b.due = b.now + 90 * 1000;
	ck_assert_int_eq(wait_of(&b), 60); /* as ever */
	b.applied = last(&b);
	ck_assert_int_eq(wait_of(&b), 30);
	ck_assert(!ticks(&b)); /* it is not applied yet, so nobody knows whether more is due */
	b.now += 5000;
	ck_assert(!ticks(&b));
	b.applied = last(&b);
	ck_assert(ticks(&b));
	b.applied = last(&b);
	ck_assert(!ticks(&b)); /* not twice in a second */
	b.due = INT64_MAX;
	ck_assert_int_eq(wait_of(&b), 120);
	close_bench(&b);
}
END_TEST

START_TEST(ticks_at_once_while_work_is_left)
{
	struct bench b;

	open_bench(&b);
	b.due = 0;
	for (int i = 0; i < 5; i++) {
		ck_assert(ticks(&b));
		ck_assert(!ticks(&b));
		b.applied = last(&b);
	}
	close_bench(&b);
}
END_TEST

/* The disk takes nothing for an hour: one TICK waits, not sixty. */
START_TEST(has_one_tick_under_way)
{
	struct ww_journal failing;
	struct ww_ticker_settings ts = { .every_ms = MINUTE, .idle_ms = MINUTE };
	struct ww_writer_settings ws = { .journal = &failing, .retry_ms = 1 };
	struct ww_writer *writer;
	struct ww_ticker *ticker;
	struct bench b;

	ww_log_set_level((enum ww_log_level) - 1);
	open_bench(&b);
	ck_assert_int_eq(
	    ww_journal_failing(&b.cx, b.journal, WW_E_FULL, 1, UINT64_MAX, &failing), WW_OK);
	b.journal = failing;
	ws.clock = ts.clock = (struct ww_clock){ .now_ms = read_clock, .self = &b };
	ck_assert_int_eq(ww_writer_start(&b.cx, &ws, &writer), WW_OK);
	ts.writer = writer;
	ck_assert_int_eq(ww_ticker_new(&b.cx, &ts, &ticker), WW_OK);
	for (int i = 0; i < 60; i++) {
		b.now += MINUTE;
		ww_ticker_step(ticker, 0);
		ck_assert_uint_eq(ww_writer_pending(writer), 1);
	}
	ww_writer_stop(writer);
	ww_ticker_free(ticker);
	close_bench(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { ticks_once_a_minute_while_messages_come,
		ticks_more_seldom_while_nothing_happens, goes_on_after_a_step_of_the_clock,
		ticks_when_something_is_due, ticks_at_once_while_work_is_left,
		has_one_tick_under_way };

	return unit_main("ticker", tests, UNIT_COUNT(tests));
}
