/* Answers that wait until their record is applied. The test plays the applying thread. */
#include "apply_fixture.h"

#include "base/seldom.h"
#include "link/loop.h"
#include "main/awaits.h"

#include <wardwire/log.h>

#include <event2/event.h>

#define AT(hhmm) "20260302" hhmm

enum { WAITERS = 8 };

struct bench {
	struct site s;
	struct ww_loop *loop;
	struct ww_awaits *awaits;
	struct ww_await a[WAITERS];
	struct ww_await *told[WAITERS];
	size_t told_n;
	unsigned woken;
};

static struct bench *here; /* for posts, which carry nothing else */

static void
on_told(struct ww_post *post)
{
	struct ww_await *a = (struct ww_await *)((char *)post - offsetof(struct ww_await, post));

	here->told[here->told_n++] = a;
}

static void
on_wake(void *arg)
{
	struct bench *b = arg;

	b->woken++;
}

static void
open_bench(struct bench *b)
{
	memset(b, 0, sizeof(*b));
	here = b;
	ww_log_set_level((enum ww_log_level) - 1);
	site_open(&b->s);
	site_ok(&b->s, ww_loop_new(&b->s.own, &b->loop));
	site_ok(&b->s, ww_awaits_new(&b->s.own, b->loop, on_wake, b, &b->awaits));
}

static void
close_bench(struct bench *b)
{
	ww_awaits_free(b->awaits);
	ww_loop_free(b->loop);
	site_close(&b->s);
}

static void
await(struct bench *b, size_t i, uint64_t seq)
{
	b->a[i].seq = seq;
	b->a[i].post.fn = on_told;
	ww_awaits_add(b->awaits, &b->a[i]);
}

/* As the applying thread does after a batch; then the loop's turn. */
static void
settle(struct bench *b, uint64_t applied)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };

	ck_assert_ptr_nonnull(cx.arena);
	ww_awaits_settle(b->awaits, &cx, &b->s.ledger, applied);
	ww_arena_free(cx.arena);
	event_base_loop(ww_loop_base(b->loop), EVLOOP_NONBLOCK);
}

START_TEST(tells_what_became_of_each)
{
	struct bench b;
	uint64_t good, copy, aside;

	open_bench(&b);
	good = site_does(&b.s, .trigger = "A01", .at = AT("0700"), .control = "1");
	copy = site_does(&b.s, .trigger = "A01", .at = AT("0700"), .control = "1");
	aside =
	    site_says(&b.s, (struct said){ .trigger = "A60", .at = AT("0800"), .feed = "nobody" });
	site_apply(&b.s);
	await(&b, 0, good);
	await(&b, 1, copy);
	await(&b, 2, aside);
	await(&b, 3, aside + 1); /* there is no such record */
	ck_assert_uint_eq(b.woken, 4);
	ck_assert(!ww_awaits_due(b.awaits, good - 1));
	ck_assert(ww_awaits_due(b.awaits, good));
	settle(&b, good);
	ck_assert_uint_eq(b.told_n, 1);
	settle(&b, aside + 1);
	ck_assert_uint_eq(b.told_n, 4);
	for (size_t i = 0; i < 4; i++)
		ck_assert_ptr_eq(b.told[i], &b.a[i]);
	ck_assert_int_eq(b.a[0].end, WW_AWAIT_APPLIED);
	ck_assert_int_eq(b.a[1].end, WW_AWAIT_APPLIED);
	ck_assert_int_eq(b.a[2].end, WW_AWAIT_ASIDE);
	ck_assert_int_eq(b.a[2].why.status, WW_E_CONFLICT);
	ck_assert_str_eq(b.a[2].why.place, "feed");
	ck_assert_str_eq(b.a[2].why.reason, "no feed of that name in the configuration in force");
	ck_assert_int_eq(b.a[3].end, WW_AWAIT_UNKNOWN);
	close_bench(&b);
}
END_TEST

START_TEST(forgets_who_gives_up)
{
	struct bench b;
	uint64_t seq;

	open_bench(&b);
	seq = site_does(&b.s, .trigger = "A01", .at = AT("0700"));
	await(&b, 0, seq + 2);
	await(&b, 1, seq); /* whatever the order in which they come */
	await(&b, 2, seq + 1);
	ck_assert(ww_awaits_drop(b.awaits, &b.a[2]));
	settle(&b, seq);
	ck_assert(b.told_n == 1 && b.told[0] == &b.a[1]);
	ck_assert(!ww_awaits_drop(b.awaits, &b.a[1]));
	ck_assert(ww_awaits_drop(b.awaits, &b.a[0]));
	settle(&b, seq + 2);
	ck_assert_uint_eq(b.told_n, 1);
	close_bench(&b);
}
END_TEST

START_TEST(says_seldom_what_happens_often)
{
	struct ww_seldom s = { 0 };

	ck_assert(ww_seldom_note(&s, 1000));
	ck_assert(!ww_seldom_note(&s, 1001) && !ww_seldom_note(&s, 60999));
	ck_assert_uint_eq(ww_seldom_rest(&s, 60999, false), 0);
	ck_assert_uint_eq(ww_seldom_rest(&s, 61000, false), 2);
	ck_assert(!ww_seldom_note(&s, 61001)); /* its minute goes on */
	ck_assert_uint_eq(ww_seldom_rest(&s, 121000, false), 1);
	ck_assert_uint_eq(ww_seldom_rest(&s, 181000, false), 0);
	ck_assert(ww_seldom_note(&s, 181001)); /* after a quiet one it is news */
	ck_assert_uint_eq(s.times, 5);
	ck_assert_uint_eq(ww_seldom_rest(&s, 181002, true), 0);
	ck_assert(ww_seldom_note(&s, 181003) && !ww_seldom_note(&s, 181004));
	ck_assert_uint_eq(ww_seldom_rest(&s, 181005, true), 1);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		tells_what_became_of_each,
		forgets_who_gives_up,
		says_seldom_what_happens_often,
	};

	return unit_main("awaits", tests, UNIT_COUNT(tests));
}
