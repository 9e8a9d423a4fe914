/* What every unit test shares: one suite per file, named after it, run by Check in fork mode.
 *
 *	START_TEST(refuses_a_month_of_thirteen)
 *	{
 *		ck_assert(...);
 *	}
 *	END_TEST
 *
 *	int
 *	main(void)
 *	{
 *		const TTest *const tests[] = { refuses_a_month_of_thirteen };
 *
 *		return unit_main("time", tests, UNIT_COUNT(tests));
 *	}
 *
 * The table must be a local of main: Check's names are variables, which no static initialiser takes. */
#ifndef WW_TESTS_UNIT_H
#define WW_TESTS_UNIT_H

#include <wardwire/str.h>

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#define UNIT_COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* The slice holds exactly the C string; the message shows both. */
#define unit_str_is(s, want)                                                                       \
	do {                                                                                       \
		ww_str unit_s_ = (s);                                                              \
		ck_assert_msg(ww_str_is(unit_s_, (want)), "got \"%.*s\", want \"%s\"",             \
		    WW_STR_FMT(unit_s_), (want));                                                  \
	} while (0)

/* A test that hangs is ended after this many seconds; a slow machine or a sanitizer must not reach it. One that is long,
 * or is told to be by its environment, sets another limit before unit_main. */
enum { UNIT_HUNG = 120 };
static int unit_hung = UNIT_HUNG;

/* Runs the tests each in its own process and prints those that fail: the exit status for main. */
static inline int
unit_main(const char *suite, const TTest *const *tests, size_t n)
{
	Suite *s = suite_create(suite);
	TCase *tc = tcase_create(suite);
	SRunner *sr;
	size_t i;
	int failed;

	tcase_set_timeout(tc, unit_hung);
	for (i = 0; i < n; i++)
		tcase_add_test(tc, tests[i]);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
