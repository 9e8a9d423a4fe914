/* The alarm about test messages: once when a feed has too many, once when it is well again. Times are given. */
#include "tests/unit/ledgers.h"

#include "main/test_alarm.h"

#include <string.h>

static FILE *said;

/* The lines so far, each from "feed" on. */
static void
lines_are(const char *want)
{
	char got[512] = "", line[256];

	rewind(said);
	while (fgets(line, sizeof(line), said) != NULL) {
		const char *feed = strstr(line, "feed=");

		ck_assert_ptr_nonnull(feed);
		strncat(got, feed, sizeof(got) - strlen(got) - 1);
	}
	ck_assert_str_eq(got, want);
}

static void
put_share(struct bench *b, const char *feed, int64_t messages, int64_t tests, int64_t alarm_ms)
{
	struct ww_test_share t = { .feed = ww_str_from(feed),
		.messages = messages - 10,
		.messages_before = 10,
		.tests = tests,
		.alarm_ms = alarm_ms };

	bench_ok(b, ww_ledger_begin(&b->l, &b->cx));
	bench_ok(b, ww_put(&b->l, &b->cx, test_share, &t));
	bench_ok(b, ww_ledger_commit(&b->l, &b->cx));
}

START_TEST(says_once_that_there_are_many_and_once_that_it_is_well)
{
	struct ww_feed feeds[2] = { { .name = WW_STR("mercy") }, { .name = WW_STR("north") } };
	struct ww_config config = { .feeds = feeds, .feeds_n = 2 };
	bool on[2] = { false, false };
	struct ww_test_alarm_look a = { .config = &config, .on = on };
	struct bench b;

	said = tmpfile();
	ck_assert_ptr_nonnull(said);
	ck_assert_int_ge(dup2(fileno(said), STDERR_FILENO), 0);
	bench_open(&b);
	bench_ok(&b, ww_ledger_memory(&b.cx, &b.l));
	a.view = &b.l;
	put_share(&b, "mercy", 40, 3, 0);
	put_share(&b, "gone", 40, 30, 5); /* configured no more */
	ww_test_alarm_look(&a, &b.cx, 1000);
	lines_are("");
	put_share(&b, "north", 40, 9, 6);
	ww_test_alarm_look(&a, &b.cx, 1999); /* not yet */
	lines_are("");
	ww_test_alarm_look(&a, &b.cx, 2000);
	ww_test_alarm_look(&a, &b.cx, 3000);
	lines_are("feed=north tests=many of-the-last=40 are-tests=9\n");
	put_share(&b, "north", 90, 1, 0);
	ww_test_alarm_look(&a, &b.cx, 4000);
	lines_are("feed=north tests=many of-the-last=40 are-tests=9\n"
	          "feed=north tests=well of-the-last=90 are-tests=1\n");
	bench_close(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { says_once_that_there_are_many_and_once_that_it_is_well };

	return unit_main("test_alarm", tests, UNIT_COUNT(tests));
}
