/* The script of what `wardwire-kit listen` answers. */
#include "unit.h"

#include "kit/listen_script.h"

#include <string.h>

static struct ww_listen_script
read_script(const char *text)
{
	struct ww_listen_script s;
	const char *wrong = ww_listen_script_read(ww_str_from(text), &s);

	ck_assert_msg(wrong == NULL, "%s: %s", text, wrong);
	return s;
}

static void
next_is(struct ww_listen_script *s, const char *word, unsigned wait)
{
	const struct ww_listen_step *step = ww_listen_script_next(s);
	char have[16];

	ww_listen_script_word(step, have);
	ck_assert_str_eq(have, word);
	ck_assert_uint_eq(step->wait, wait);
}

START_TEST(goes_through_the_steps_and_stays_at_the_last)
{
	struct ww_listen_script s = read_script("AE*2,never,CA+AA@250,AA");

	next_is(&s, "AE", 0);
	next_is(&s, "AE", 0);
	next_is(&s, "never", 0);
	next_is(&s, "CA+AA", 250);
	next_is(&s, "AA", 0);
	next_is(&s, "AA", 0);
	next_is(&s, "AA", 0);
}
END_TEST

START_TEST(takes_wait_and_times_together)
{
	struct ww_listen_script s = read_script("other@10*2,close");

	next_is(&s, "other", 10);
	next_is(&s, "other", 10);
	next_is(&s, "close", 0);
}
END_TEST

START_TEST(refuses_what_is_no_script)
{
	static const char *const bad[] = { "", "AX", "aa", "AA,", ",AA", "AA*0", "AA*", "AA*x",
		"AA@", "AA@1h", "CA+", "CA+never", "CA+AA+AA", "AA*2@5", "late" };
	struct ww_listen_script s;
	size_t i;

	for (i = 0; i < UNIT_COUNT(bad); i++)
		ck_assert_msg(ww_listen_script_read(ww_str_from(bad[i]), &s) != NULL, "%s", bad[i]);
}
END_TEST

START_TEST(refuses_more_steps_than_it_has_room_for)
{
	char text[3 * (WW_LISTEN_STEPS + 1) + 1] = "";
	struct ww_listen_script s;
	size_t i;

	for (i = 0; i < WW_LISTEN_STEPS; i++)
		memcpy(text + 3 * i, "AA,", 4);
	text[3 * WW_LISTEN_STEPS - 1] = '\0';
	ck_assert_ptr_null(ww_listen_script_read(ww_str_from(text), &s));
	memcpy(text + 3 * WW_LISTEN_STEPS - 1, ",AA", 4);
	ck_assert_ptr_nonnull(ww_listen_script_read(ww_str_from(text), &s));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		goes_through_the_steps_and_stays_at_the_last,
		takes_wait_and_times_together,
		refuses_what_is_no_script,
		refuses_more_steps_than_it_has_room_for,
	};

	return unit_main("listen_script", tests, UNIT_COUNT(tests));
}
