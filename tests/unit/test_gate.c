/* How much an endpoint may get: the window opens while it answers, closes when it does not, and in trouble there is one
 * try at a time. */
#include "tests/unit/unit.h"

#include "courier/gate.h"

enum { MOST = 16 };

static void
good(struct ww_gate *g, int n)
{
	for (int i = 0; i < n; i++)
		ww_gate_good(g, MOST);
}

START_TEST(opens_by_one_for_each_answer_up_to_the_most)
{
	struct ww_gate g = { 0 };

	for (unsigned n = 2; n <= MOST; n++) {
		ck_assert_uint_eq(ww_gate_room(&g, MOST, 0), n);
		good(&g, 1);
	}
	good(&g, 100);
	ck_assert_uint_eq(ww_gate_room(&g, MOST, 0), MOST);
	ck_assert_uint_eq(ww_gate_room(&g, 3, 0), 3);
	g.flying = MOST - 1;
	ck_assert_uint_eq(ww_gate_room(&g, MOST, 0), 1);
	g.flying = MOST + 5; /* under way since before it closed */
	ck_assert_uint_eq(ww_gate_room(&g, MOST, 0), 0);
}
END_TEST

START_TEST(tries_one_at_a_time_in_trouble)
{
	struct ww_gate g = { 0 };

	good(&g, 100);
	ww_gate_bad(&g, 1000, 6000);
	ck_assert_uint_eq(ww_gate_room(&g, MOST, 5999), 0);
	ck_assert_uint_eq(ww_gate_room(&g, MOST, 6000), 1);
	g.flying = 1;
	ck_assert_uint_eq(ww_gate_room(&g, MOST, 6000), 0);
}
END_TEST

/* Sixteen requests that fail together are one failure. */
START_TEST(counts_what_failed_together_once)
{
	struct ww_gate g = { 0 };

	good(&g, 100);
	for (int i = 0; i < MOST; i++)
		ww_gate_bad(&g, 1000 + i, 6000);
	ck_assert_uint_eq(g.tries, 1);
	ck_assert_int_eq(g.until, 6000);
	ww_gate_bad(&g, 2000, 60000); /* a receiver that says how long */
	ck_assert_uint_eq(g.tries, 1);
	ck_assert_int_eq(g.until, 60000);
	ww_gate_bad(&g, 60001, 70000);
	ck_assert_uint_eq(g.tries, 2);
}
END_TEST

/* Fast up to half of where the trouble began, then one a window. */
START_TEST(opens_slowly_where_the_trouble_began)
{
	struct ww_gate g = { 0 };

	good(&g, 100);
	ww_gate_bad(&g, 0, 10);
	good(&g, 1);
	ck_assert_uint_eq(ww_gate_room(&g, MOST, 20), 2);
	good(&g, 6);
	ck_assert_uint_eq(ww_gate_room(&g, MOST, 20), 8);
	good(&g, 7);
	ck_assert_uint_eq(ww_gate_room(&g, MOST, 20), 8);
	good(&g, 2);
	ck_assert_uint_eq(ww_gate_room(&g, MOST, 20), 9);
	good(&g, 200);
	ck_assert_uint_eq(ww_gate_room(&g, MOST, 20), MOST);
}
END_TEST

START_TEST(closes_by_one_for_a_request_that_fails)
{
	struct ww_gate g = { 0 };

	good(&g, 2);
	ck_assert_uint_eq(ww_gate_room(&g, MOST, 0), 4);
	ww_gate_slow(&g);
	ck_assert_uint_eq(ww_gate_room(&g, MOST, 0), 3);
	for (int i = 0; i < 10; i++)
		ww_gate_slow(&g);
	ck_assert_uint_eq(ww_gate_room(&g, MOST, 0), 1);
}
END_TEST

START_TEST(gives_nothing_to_one_that_is_paused)
{
	struct ww_gate g = { .paused = true };

	ck_assert_uint_eq(ww_gate_room(&g, MOST, 0), 0);
	good(&g, 1);
	ck_assert_uint_eq(ww_gate_room(&g, MOST, 0), 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { opens_by_one_for_each_answer_up_to_the_most,
		tries_one_at_a_time_in_trouble, counts_what_failed_together_once,
		opens_slowly_where_the_trouble_began, closes_by_one_for_a_request_that_fails,
		gives_nothing_to_one_that_is_paused };

	return unit_main("gate", tests, UNIT_COUNT(tests));
}
