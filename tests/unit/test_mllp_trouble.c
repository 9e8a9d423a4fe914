/* Lines about senders: how many there are, and that nothing is left unsaid. */
#include "unit.h"

#include "link/mllp_trouble.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { NOW = 1000000 }; /* ms */

static FILE *said;

static void
listen_to_the_log(void)
{
	said = tmpfile();
	ck_assert_ptr_nonnull(said);
	fflush(stderr);
	ck_assert_int_ge(dup2(fileno(said), STDERR_FILENO), 0);
}

/* The lines so far, each from its "event" on. */
static void
lines_are(const char *want)
{
	char got[2048] = "", line[256];

	rewind(said);
	while (fgets(line, sizeof(line), said) != NULL) {
		const char *event = strstr(line, "event=");

		ck_assert_ptr_nonnull(event);
		strncat(got, event, sizeof(got) - strlen(got) - 1);
	}
	ck_assert_str_eq(got, want);
}

START_TEST(says_the_first_at_once_and_the_number_of_the_rest_after_a_minute)
{
	struct ww_mllp_troubles t = { 0 };
	int i;

	listen_to_the_log();
	for (i = 0; i < 1000; i++)
		ww_mllp_trouble_add(
		    &t, WW_MLLP_TROUBLE_PEER_CROWD, "127.0.0.1:2575", "10.0.0.1", NOW + i);
	ww_mllp_trouble_flush(&t, "127.0.0.1:2575", NOW + 59999, false);
	lines_are("event=mllp-closed listener=127.0.0.1:2575 why=too-many-connections-of-peer "
	          "peer=10.0.0.1\n");
	ww_mllp_trouble_flush(&t, "127.0.0.1:2575", NOW + 60000, false);
	lines_are("event=mllp-closed listener=127.0.0.1:2575 why=too-many-connections-of-peer "
	          "peer=10.0.0.1\n"
	          "event=mllp-closed listener=127.0.0.1:2575 why=too-many-connections-of-peer "
	          "more=999 times=1000\n");
}
END_TEST

START_TEST(says_the_next_one_at_once_after_a_quiet_minute)
{
	struct ww_mllp_troubles t = { 0 };

	listen_to_the_log();
	ww_mllp_trouble_add(&t, WW_MLLP_TROUBLE_IDLE, "l", "a", NOW);
	ww_mllp_trouble_flush(&t, "l", NOW + 60000, false);
	ww_mllp_trouble_add(&t, WW_MLLP_TROUBLE_IDLE, "l", "b", NOW + 70000);
	lines_are("event=mllp-closed listener=l why=idle peer=a\n"
	          "event=mllp-closed listener=l why=idle peer=b\n");
}
END_TEST

START_TEST(goes_on_counting_while_it_goes_on)
{
	struct ww_mllp_troubles t = { 0 };
	int minute;

	listen_to_the_log();
	for (minute = 0; minute < 3; minute++) {
		ww_mllp_trouble_add(&t, WW_MLLP_TROUBLE_FAST, "l", "a", NOW + minute * 60000 + 1);
		ww_mllp_trouble_add(&t, WW_MLLP_TROUBLE_FAST, "l", "a", NOW + minute * 60000 + 2);
		ww_mllp_trouble_flush(&t, "l", NOW + (minute + 1) * 60000 + 1, false);
	}
	lines_are("event=mllp-slowed listener=l why=messages-per-second-of-peer peer=a\n"
	          "event=mllp-slowed listener=l why=messages-per-second-of-peer more=1 times=2\n"
	          "event=mllp-slowed listener=l why=messages-per-second-of-peer more=2 times=4\n"
	          "event=mllp-slowed listener=l why=messages-per-second-of-peer more=2 times=6\n");
}
END_TEST

START_TEST(says_what_is_unsaid_at_the_end)
{
	struct ww_mllp_troubles t = { 0 };

	listen_to_the_log();
	ww_mllp_trouble_add(&t, WW_MLLP_TROUBLE_NOISE, "l", "a", NOW);
	ww_mllp_trouble_add(&t, WW_MLLP_TROUBLE_NOISE, "l", "a", NOW);
	ww_mllp_trouble_flush(&t, "l", NOW, true);
	lines_are("event=mllp-closed listener=l why=noise-outside-frames peer=a\n"
	          "event=mllp-closed listener=l why=noise-outside-frames more=1 times=2\n");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		says_the_first_at_once_and_the_number_of_the_rest_after_a_minute,
		says_the_next_one_at_once_after_a_quiet_minute, goes_on_counting_while_it_goes_on,
		says_what_is_unsaid_at_the_end
	};

	return unit_main("mllp_trouble", tests, UNIT_COUNT(tests));
}
