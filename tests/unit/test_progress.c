/* The text of the progress bar. */
#include "unit.h"

#include "kit/progress.h"

static void
shows(uint64_t done, uint64_t total, uint64_t us, const char *want)
{
	char have[160];

	ww_progress_text(have, sizeof(have), done, total, us);
	ck_assert_str_eq(have, want);
}

START_TEST(says_how_far_how_fast_and_how_long)
{
	shows(
	    1500, 6000, 1875000, "[=======>                      ] 1500/6000 25 % 800/s 0:05 left");
	shows(3, 12, 6000000, "[=======>                      ] 3/12 25 % 0.5/s 0:18 left");
	shows(
	    10, 100010, 1000000, "[>                             ] 10/100010 0 % 10/s 166:40 left");
}
END_TEST

START_TEST(has_no_rate_before_anything_is_done)
{
	shows(0, 6000, 1000000, "[>                             ] 0/6000");
}
END_TEST

START_TEST(is_full_in_the_end)
{
	shows(6000, 6000, 1000000,
	    "[==============================] 6000/6000 100 % 6000/s 0:00 left");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		says_how_far_how_fast_and_how_long,
		has_no_rate_before_anything_is_done,
		is_full_in_the_end,
	};

	return unit_main("progress", tests, UNIT_COUNT(tests));
}
