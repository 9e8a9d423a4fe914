/* Lanes: found by person however many there are, kept in the order in which they became ready, woken in time. */
#include "tests/unit/unit.h"

#include "courier/lanes.h"

START_TEST(finds_each_of_very_many)
{
	struct ww_lanes l = { 0 };

	for (ww_id p = 1; p <= 5000; p++) {
		ck_assert_ptr_null(ww_lanes_find(&l, p << 16 | 1));
		ck_assert_ptr_nonnull(ww_lanes_add(&l, p << 16 | 1));
	}
	for (ww_id p = 1; p <= 5000; p++)
		ck_assert_int_eq(ww_lanes_find(&l, p << 16 | 1)->person, p << 16 | 1);
	for (ww_id p = 1; p <= 5000; p += 2)
		ww_lanes_drop(&l, ww_lanes_find(&l, p << 16 | 1));
	for (ww_id p = 1; p <= 5000; p++)
		ck_assert((ww_lanes_find(&l, p << 16 | 1) == NULL) == (p % 2 == 1));
	ck_assert_uint_eq(l.n, 2500);
	ww_lanes_free(&l);
	ck_assert_ptr_null(ww_lanes_find(&l, 2 << 16 | 1));
}
END_TEST

START_TEST(keeps_the_order_in_which_lanes_became_ready)
{
	struct ww_lanes l = { 0 };

	for (ww_id p = 1; p <= 4; p++)
		(void)ww_lanes_add(&l, p);
	ck_assert_uint_eq(l.ready.n, 0);
	for (ww_id p = 4; p >= 1; p--)
		ww_lanes_set(&l, ww_lanes_find(&l, p), WW_LANE_READY);
	ww_lanes_drop(&l, ww_lanes_find(&l, 3)); /* out of the middle */
	ww_lanes_set(&l, l.ready.first, WW_LANE_FLYING);
	ck_assert_uint_eq(l.ready.n, 2);
	ck_assert_int_eq(l.ready.first->person, 2);
	ck_assert_int_eq(l.ready.last->person, 1);
	ww_lanes_set(&l, ww_lanes_find(&l, 4), WW_LANE_READY);
	ck_assert_int_eq(l.ready.last->person, 4);
	ww_lanes_free(&l);
}
END_TEST

static void
rest(struct ww_lanes *l, ww_id person, int64_t until, unsigned tries, bool endpoint)
{
	struct ww_lane *k = ww_lanes_add(l, person);

	k->until = until;
	k->tries = tries;
	k->endpoint = endpoint;
	ww_lanes_set(l, k, WW_LANE_RESTING);
}

START_TEST(wakes_those_whose_rest_is_over_and_knows_the_next)
{
	struct ww_lanes l = { 0 };

	ww_lanes_wake(&l, 100);
	rest(&l, 1, 300, 1, false);
	rest(&l, 2, 100, 1, false);
	rest(&l, 3, 200, 1, false);
	ck_assert_int_eq(l.wake, 100);
	ww_lanes_wake(&l, 99);
	ck_assert_uint_eq(l.ready.n, 0);
	ww_lanes_wake(&l, 100);
	ck_assert_uint_eq(l.ready.n, 1);
	ck_assert_int_eq(l.ready.first->person, 2);
	ck_assert_int_eq(l.wake, 200);
	ww_lanes_wake(&l, 1000);
	ck_assert_uint_eq(l.resting.n, 0);
	ck_assert_int_eq(l.ready.last->person, 3);
	rest(&l, 4, 5000, 1, false);
	ck_assert_int_eq(l.wake, 5000);
	ww_lanes_end_rests(&l);
	ck_assert_uint_eq(l.ready.n, 4);
	ww_lanes_free(&l);
}
END_TEST

/* What rests because of its endpoint rests no longer when that is well; what rests for itself does. */
START_TEST(cuts_short_the_rests_that_were_the_endpoints_fault)
{
	struct ww_lanes l = { 0 };

	rest(&l, 1, 900000, 2, true);
	rest(&l, 2, 900000, 2, false);
	rest(&l, 3, 11000, 7, true);
	ww_lanes_relieve(&l, 1000, 5000);
	ck_assert_int_eq(ww_lanes_find(&l, 1)->until, 11000);
	ck_assert_int_eq(ww_lanes_find(&l, 2)->until, 900000);
	ck_assert_int_eq(ww_lanes_find(&l, 3)->until, 11000);
	ww_lanes_wake(&l, 11000);
	ck_assert_uint_eq(l.ready.n, 2);
	ww_lanes_free(&l);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { finds_each_of_very_many,
		keeps_the_order_in_which_lanes_became_ready,
		wakes_those_whose_rest_is_over_and_knows_the_next,
		cuts_short_the_rests_that_were_the_endpoints_fault };

	return unit_main("lanes", tests, UNIT_COUNT(tests));
}
