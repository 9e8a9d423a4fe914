/* What is logged of an endpoint in trouble. */
#include "tests/unit/unit.h"

#include "courier/quiet.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* What the call writes to standard error. */
#define SAID(out, call)                                                                            \
	do {                                                                                       \
		int pipe_[2], kept_ = dup(STDERR_FILENO);                                          \
		ssize_t n_;                                                                        \
		ck_assert_int_eq(pipe(pipe_), 0);                                                  \
		ck_assert_int_eq(fcntl(pipe_[0], F_SETFL, O_NONBLOCK), 0);                         \
		ck_assert_int_ge(dup2(pipe_[1], STDERR_FILENO), 0);                                \
		call;                                                                              \
		ck_assert_int_ge(dup2(kept_, STDERR_FILENO), 0);                                   \
		n_ = read(pipe_[0], (out), sizeof(out) - 1);                                       \
		(out)[n_ > 0 ? n_ : 0] = '\0';                                                     \
		close(pipe_[0]);                                                                   \
		close(pipe_[1]);                                                                   \
		close(kept_);                                                                      \
	} while (0)

START_TEST(tells_what_is_new)
{
	struct ww_quiet q = { .tries = 0 };

	ck_assert_int_eq(ww_quiet_failed(&q, "no connection", 1000), WW_LOG_WARN);
	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(ww_quiet_failed(&q, "no connection", 2000), WW_LOG_DEBUG);
	ck_assert_int_eq(ww_quiet_failed(&q, "no acknowledgement in time", 3000), WW_LOG_WARN);
	ck_assert_int_eq(ww_quiet_failed(&q, "no acknowledgement in time", 3000), WW_LOG_DEBUG);
	ck_assert_int_eq(ww_quiet_failed(&q, "no connection", 3000), WW_LOG_WARN);
	ck_assert_uint_eq(q.tries, 104);
}
END_TEST

START_TEST(tells_when_it_is_over_and_only_then)
{
	struct ww_quiet q = { .tries = 0 };
	char said[512];

	SAID(said, ww_quiet_over(&q, "endpoint", WW_STR("ehr"), 500));
	ck_assert_str_eq(said, "");
	(void)ww_quiet_failed(&q, "no connection", 1000);
	(void)ww_quiet_failed(&q, "no connection", 30000);
	SAID(said, ww_quiet_over(&q, "endpoint", WW_STR("ehr"), 64999));
	ck_assert_msg(
	    strstr(said, " level=warn endpoint=ehr trouble=over failures=2 seconds=63\n") != NULL,
	    "%s", said);
	SAID(said, ww_quiet_over(&q, "endpoint", WW_STR("ehr"), 65000));
	ck_assert_str_eq(said, "");
	ck_assert_int_eq(ww_quiet_failed(&q, "no connection", 70000), WW_LOG_WARN);
}
END_TEST

START_TEST(a_long_reason_is_the_same_again)
{
	struct ww_quiet q = { .tries = 0 };
	char reason[300];

	memset(reason, 'r', sizeof(reason) - 1);
	reason[sizeof(reason) - 1] = '\0';
	ck_assert_int_eq(ww_quiet_failed(&q, reason, 0), WW_LOG_WARN);
	ck_assert_int_eq(ww_quiet_failed(&q, reason, 0), WW_LOG_DEBUG);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { tells_what_is_new, tells_when_it_is_over_and_only_then,
		a_long_reason_is_the_same_again };

	return unit_main("quiet", tests, UNIT_COUNT(tests));
}
