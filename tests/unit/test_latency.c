/* Percentiles of a histogram. */
#include "unit.h"

#include "kit/latency.h"

START_TEST(of_none_everything_is_zero)
{
	static const struct ww_latency l;

	ck_assert_uint_eq(ww_latency_percentile(&l, 50), 0);
	ck_assert_uint_eq(l.most, 0);
}
END_TEST

START_TEST(of_one_every_percentile_is_that)
{
	struct ww_latency l = { .n = 0 };

	ww_latency_add(&l, 1234);
	ck_assert_uint_eq(ww_latency_percentile(&l, 1), 1234);
	ck_assert_uint_eq(ww_latency_percentile(&l, 99), 1234);
}
END_TEST

START_TEST(percentiles_are_at_most_three_in_a_hundred_too_high)
{
	static const uint64_t scales[] = { 1, 7, 1000, 123456 };
	size_t i;

	for (i = 0; i < UNIT_COUNT(scales); i++) {
		struct ww_latency l = { .n = 0 };
		uint64_t k, p;

		for (k = 1; k <= 1000; k++)
			ww_latency_add(&l, k * scales[i]);
		for (k = 10; k <= 100; k += 10) {
			p = ww_latency_percentile(&l, (unsigned)k);
			ck_assert_uint_ge(p, 10 * k * scales[i]);
			ck_assert_uint_le(p, 10 * k * scales[i] * 104 / 100 + 1);
		}
	}
}
END_TEST

START_TEST(takes_any_time)
{
	struct ww_latency l = { .n = 0 };

	ww_latency_add(&l, 0);
	ww_latency_add(&l, UINT64_MAX);
	ck_assert_uint_eq(ww_latency_percentile(&l, 50), 0);
	ck_assert_uint_eq(l.most, UINT64_MAX);
	ck_assert_uint_gt(ww_latency_percentile(&l, 100), UINT64_C(1) << 40);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		of_none_everything_is_zero,
		of_one_every_percentile_is_that,
		percentiles_are_at_most_three_in_a_hundred_too_high,
		takes_any_time,
	};

	return unit_main("latency", tests, UNIT_COUNT(tests));
}
