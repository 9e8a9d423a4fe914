/* Which messages a search finds, over a ledger of thousands and a journal in memory. */
#include "unit.h"

#include "model/record.h"
#include "report/search.h"
#include "store/store.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

enum { MESSAGES = 5000, HOUR = 3600000 };

struct bench {
	struct ww_ctx cx;
	struct ww_ledger l;
	struct ww_journal j;
};

/* Record n is a message of person n % 7 + 1 and stay n % 11 + 1, received n hours after the beginning; every third is an
 * A03, and every fifth record is none. */
static void
put_message(struct bench *b, int64_t n)
{
	struct ww_message m;

	ww_row_init(&ww_entity_message, &m);
	m.seq = n;
	m.feed = WW_STR("mercy");
	m.received_ms = n * HOUR;
	m.type = WW_STR("ADT");
	m.event = n % 3 == 0 ? WW_STR("A03") : WW_STR("A08");
	m.disposition = WW_disposition_APPLIED;
	m.person = n % 7 + 1;
	m.encounter = n % 11 + 1;
	ck_assert_int_eq(ww_put(&b->l, &b->cx, message, &m), WW_OK);
}

static void
put_record(struct bench *b, int64_t n)
{
	struct ww_rec_message body = { .feed = WW_STR("mercy"), .peer = ww_str_empty() };
	struct ww_record r = { .kind = n % 5 == 0 ? WW_REC_TICK : WW_REC_MESSAGE,
		.time = n * HOUR };
	struct ww_buf text = { 0 };

	body.raw =
	    ww_arena_printf(b->cx.arena, "MSH|^~\\&|A|B|||1||ADT^A08|C%d|P|2.5\r", (int)n % 100);
	if (r.kind == WW_REC_MESSAGE)
		ww_rec_message_write(&body, &text);
	r.body = ww_buf_view(&text);
	ck_assert_int_eq(ww_journal_append(&b->j, &b->cx, &r, 1), WW_OK);
	ck_assert_uint_eq(r.seq, (uint64_t)n);
	ww_buf_free(&text);
}

static void
set_up(struct bench *b)
{
	struct ww_cursor cursor;
	struct ww_identifier i;
	struct ww_encounter e;
	struct ww_member m;

	*b = (struct bench){ .cx = { .arena = ww_arena_new(0) } };
	ck_assert_int_eq(ww_ledger_memory(&b->cx, &b->l), WW_OK);
	ck_assert_int_eq(ww_journal_memory(&b->cx, &b->j), WW_OK);
	ck_assert_int_eq(ww_ledger_begin(&b->l, &b->cx), WW_OK);
	for (int64_t n = 1; n <= MESSAGES; n++) {
		put_record(b, n);
		if (n % 5 != 0)
			put_message(b, n);
	}
	for (int64_t n = 1; n <= 7; n++) {
		ww_row_init(&ww_entity_identifier, &i);
		i.person = n;
		i.id = n;
		i.system = n == 7 ? WW_STR("OTHER") : WW_STR("MERCY");
		i.value = ww_arena_printf(b->cx.arena, "MR%d", (int)n % 6);
		ck_assert_int_eq(ww_put(&b->l, &b->cx, identifier, &i), WW_OK);
	}
	for (int64_t n = 1; n <= 11; n++) {
		ww_row_init(&ww_entity_encounter, &e);
		e.id = n;
		e.visit_system = WW_STR("MERCY");
		e.visit = ww_arena_printf(b->cx.arena, "V%d", (int)n);
		ck_assert_int_eq(ww_put(&b->l, &b->cx, encounter, &e), WW_OK);
	}
	ww_row_init(&ww_entity_member, &m);
	m.number = WW_STR("M1");
	m.person = 3;
	ck_assert_int_eq(ww_put(&b->l, &b->cx, member, &m), WW_OK);
	ww_row_init(&ww_entity_cursor, &cursor);
	cursor.id = 1;
	cursor.seq = MESSAGES;
	ck_assert_int_eq(ww_put(&b->l, &b->cx, cursor, &cursor), WW_OK);
	ck_assert_int_eq(ww_ledger_commit(&b->l, &b->cx), WW_OK);
}

static void
tear_down(struct bench *b)
{
	ww_journal_close(&b->j);
	ww_ledger_close(&b->l);
	ww_arena_free(b->cx.arena);
}

static struct ww_search_result
search(struct bench *b, struct ww_search s)
{
	struct ww_search_result r;

	if (s.limit == 0)
		s.limit = MESSAGES;
	if (s.disposition == 0)
		s.disposition = -1;
	ck_assert_int_eq(ww_search_messages(&b->l, &b->j, &b->cx, &s, &r), WW_OK);
	for (size_t i = 1; i < r.n; i++)
		ck_assert_uint_lt(r.seq[i], r.seq[i - 1]);
	return r;
}

/* How many numbers from 1 to MESSAGES are messages with n % modulus == rest. */
static size_t
count(int64_t modulus, int64_t rest)
{
	size_t n = 0;

	for (int64_t i = 1; i <= MESSAGES; i++)
		n += i % 5 != 0 && i % modulus == rest;
	return n;
}

START_TEST(finds_each_message_once_the_newest_first)
{
	struct ww_search_result r;
	struct bench b;

	set_up(&b);
	r = search(&b, (struct ww_search){ .limit = 0 });
	ck_assert_uint_eq(r.n, count(1, 0));
	ck_assert_uint_eq(r.seq[0], MESSAGES - 1);
	ck_assert_uint_eq(r.visited, MESSAGES);
	ck_assert(!r.more);
	tear_down(&b);
}
END_TEST

START_TEST(finds_persons_stays_and_control_ids)
{
	struct bench b;

	set_up(&b);
	ck_assert_uint_eq(
	    search(&b, (struct ww_search){ .patient = WW_STR("MR2") }).n, count(7, 1));
	/* Persons 1 and 7 have the same number in different systems. */
	ck_assert_uint_eq(search(&b, (struct ww_search){ .patient = WW_STR("MR1") }).n,
	    count(7, 0) + count(7, 6));
	ck_assert_uint_eq(search(&b, (struct ww_search){ .patient_system = WW_STR("OTHER"),
	                                 .patient = WW_STR("MR1") })
	                      .n,
	    count(7, 6));
	ck_assert_uint_eq(search(&b, (struct ww_search){ .member = WW_STR("m-1") }).n, count(7, 2));
	ck_assert_uint_eq(search(&b, (struct ww_search){ .member = WW_STR("M2") }).n, 0);
	ck_assert_uint_eq(search(&b, (struct ww_search){ .visit = WW_STR("V4") }).n, count(11, 3));
	ck_assert_uint_eq(
	    search(&b, (struct ww_search){ .visit_system = WW_STR("MERCY"), .visit = WW_STR("V4") })
	        .n,
	    count(11, 3));
	ck_assert_uint_eq(
	    search(&b, (struct ww_search){ .control = WW_STR("C42") }).n, count(100, 42));
	ck_assert_uint_eq(search(&b, (struct ww_search){ .event = WW_STR("a03") }).n, count(3, 0));
	ck_assert_uint_eq(
	    search(&b, (struct ww_search){ .disposition = WW_disposition_IGNORED }).n, 0);
	tear_down(&b);
}
END_TEST

START_TEST(stops_at_the_limit_and_says_so)
{
	struct ww_search_result r;
	struct bench b;

	set_up(&b);
	r = search(&b, (struct ww_search){ .limit = 3 });
	ck_assert_uint_eq(r.n, 3);
	ck_assert(r.more);
	ck_assert_uint_lt(r.visited, MESSAGES);
	r = search(&b, (struct ww_search){ .limit = count(1, 0) });
	ck_assert(!r.more);
	tear_down(&b);
}
END_TEST

START_TEST(goes_no_further_back_than_it_must)
{
	struct ww_search_result r;
	struct bench b;

	set_up(&b);
	r = search(
	    &b, (struct ww_search){ .from = (int64_t)4900 * HOUR, .to = (int64_t)4910 * HOUR });
	ck_assert_uint_eq(r.n, 8);
	ck_assert_uint_eq(r.seq[0], 4909);
	ck_assert_uint_eq(r.seq[7], 4901);
	ck_assert_uint_lt(r.visited, MESSAGES);
	tear_down(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		finds_each_message_once_the_newest_first,
		finds_persons_stays_and_control_ids,
		stops_at_the_limit_and_says_so,
		goes_no_further_back_than_it_must,
	};

	return unit_main("search", tests, UNIT_COUNT(tests));
}
