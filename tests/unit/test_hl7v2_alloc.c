/* Reading message after message in one context takes memory for the first one only. */
#define ALLOC_OURS
#include "tests/unit/alloc_fail.h"

#include "tests/unit/message.h"

#define ADT                                                                                        \
	MSH "||||||8859/1\rEVN|A01|20260302\rPID|1||4711^^^HOSP^MR~M1^^^ACME^MB||M\xfcller "       \
	    "\\T\\ S\xf6hne^Anna||19520101|F\rPV1|1|I|4W^401^1|||||||||||||||V17|"                 \
	    "|||||||||||||||||||||||||20260302\rDG1|1||I50.23^Heart \\.br\\failure^I10\r"          \
	    "DG1|2||E11.22\rOBX|1|ST|1||long\rADD|er still\rNTE|1||C:\\dir\r"

static size_t
read_one(struct ww_ctx *cx, ww_str text)
{
	static const char *const paths[] = { "PID-3.1", "PID-5.1", "PV1-3", "PV1-19", "DG1-3.2",
		"OBX-5", "NTE-3" };
	struct ww_hl7 *m = NULL;
	size_t sum = 0;

	ww_ctx_clear(cx);
	if (ww_hl7_parse(cx, text, &m) != WW_OK)
		return 0;
	for (size_t i = 0; i < UNIT_COUNT(paths); i++)
		sum += ww_hl7_at(cx, m, paths[i]).n;
	return sum + ww_hl7_warnings(m);
}

START_TEST(allocates_nothing_for_the_second_message_and_those_behind)
{
	struct ww_ctx cx = message_ctx();
	size_t first = read_one(&cx, WW_STR(ADT)), others = 0;
	long left, n = 1000;
	void *one;

	alloc_arm(LONG_MAX);
	for (long i = 0; i < n; i++)
		others += read_one(&cx, WW_STR(ADT));
	left = atomic_load(&alloc_left);
	(void)alloc_disarm();
	ck_assert_int_eq(left, LONG_MAX);
	ck_assert_uint_gt(first, 50);
	ck_assert_uint_eq(others, first * (size_t)n);

	alloc_arm(LONG_MAX); /* and it would have been counted */
	one = ww_arena_alloc(cx.arena, 100000);
	left = atomic_load(&alloc_left);
	(void)alloc_disarm();
	ck_assert_ptr_nonnull(one);
	ck_assert_int_eq(left, LONG_MAX - 1);
	ww_arena_free(cx.arena);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { allocates_nothing_for_the_second_message_and_those_behind };

	return unit_main("hl7v2_alloc", tests, UNIT_COUNT(tests));
}
