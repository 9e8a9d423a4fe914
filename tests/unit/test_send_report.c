/* What a refusal says: the forms of ERR before and since version 2.5. */
#include "unit.h"

#include "kit/send_report.h"

#include <wardwire/arena.h>

#define MSH "MSH|^~\\&|A|B|C|D|20260302||ACK|1|P|2.5.1\r"

static void
says(const char *answer, const char *place, const char *text)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	ww_str p, t;

	ww_send_report_error(&cx, ww_str_from(answer), &p, &t);
	unit_str_is(p, place);
	unit_str_is(t, text);
	ww_arena_free(cx.arena);
}

START_TEST(reads_the_location_and_text_since_2_5)
{
	says(MSH "MSA|AE|1\rERR||PID^1^3^1^1|101^Required field missing|E|||| no number\r",
	    "PID-3.1", " no number");
	says(MSH "MSA|AE|1\rERR||DG1^2^3|101^Required field missing|E\r", "DG1(2)-3",
	    "Required field missing");
	says(MSH "MSA|AE|1\rERR||PID|100^Segment sequence error|E||| diagnosis\r", "PID",
	    " diagnosis");
}
END_TEST

START_TEST(reads_the_location_and_text_before_2_5)
{
	says(MSH "MSA|AR|1\rERR|PV1^1^44^207&Application error\r", "PV1-44", "Application error");
	says(MSH "MSA|AR|1|not today\r", "", "not today");
}
END_TEST

START_TEST(lets_no_control_character_through)
{
	says(MSH "MSA|AE|1|a\x1b[2Jb\x7f\r", "", "a [2Jb ");
}
END_TEST

START_TEST(has_nothing_to_say_of_what_is_no_message)
{
	says("hello", "", "");
	says("", "", "");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		reads_the_location_and_text_since_2_5,
		reads_the_location_and_text_before_2_5,
		lets_no_control_character_through,
		has_nothing_to_say_of_what_is_no_message,
	};

	return unit_main("send_report", tests, UNIT_COUNT(tests));
}
