/* A control id is put into a header, and nothing else is changed. */
#include "unit.h"

#include "kit/send_ids.h"

static void
becomes(const char *message, const char *want)
{
	struct ww_buf b = { 0 };

	ww_send_ids_put(ww_str_from(message), WW_STR("NEW"), &b);
	unit_str_is(ww_buf_view(&b), want);
	ww_buf_free(&b);
}

START_TEST(replaces_msh_10_alone)
{
	becomes("MSH|^~\\&|A|B|C|D|1||ADT^A01|OLD|P|2.5\rEVN||||||||||x\r",
	    "MSH|^~\\&|A|B|C|D|1||ADT^A01|NEW|P|2.5\rEVN||||||||||x\r");
	becomes("MSH@~&#\\@A@B@C@D@1@@ADT~A01@OLD|1@P@2.5\r",
	    "MSH@~&#\\@A@B@C@D@1@@ADT~A01@NEW@P@2.5\r");
	becomes("MSH|^~\\&|||||||ADT|OLD", "MSH|^~\\&|||||||ADT|NEW");
}
END_TEST

START_TEST(gives_one_where_there_is_none)
{
	becomes("MSH|^~\\&|A|B|C|D|1||ADT^A01||P\r", "MSH|^~\\&|A|B|C|D|1||ADT^A01|NEW|P\r");
	becomes("MSH|^~\\&|A\rPID|1\r", "MSH|^~\\&|A|||||||NEW\rPID|1\r");
}
END_TEST

START_TEST(leaves_what_is_no_header)
{
	becomes("PID|1\r", "PID|1\r");
	becomes("MSH", "MSH");
	becomes("MSH\rPID|1\r", "MSH\rPID|1\r");
	becomes("", "");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		replaces_msh_10_alone,
		gives_one_where_there_is_none,
		leaves_what_is_no_header,
	};

	return unit_main("send_ids", tests, UNIT_COUNT(tests));
}
