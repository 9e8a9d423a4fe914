/* Which acknowledgements a message wants: every row of the modes of acknowledgement. */
#include "message.h"

#include "codec/ack_plan.h"

START_TEST(does_what_the_mode_and_the_message_say)
{
	static const struct {
		enum ww_ack_mode mode;
		const char *says; /* MSH-15 and MSH-16 */
		bool enhanced;
		enum ww_ack_condition accept, application;
		bool asked;
		const char *odd; /* NULL: nothing */
	} table[] = {
		{ WW_ACK_ORIGINAL, "|", false, WW_ACK_ALWAYS, WW_ACK_NEVER, false, NULL },
		{ WW_ACK_ORIGINAL, "NE|NE", false, WW_ACK_ALWAYS, WW_ACK_NEVER, false,
		    "ack_asks_for_enhanced" },
		{ WW_ACK_BY_MESSAGE, "|", false, WW_ACK_ALWAYS, WW_ACK_NEVER, false, NULL },
		{ WW_ACK_BY_MESSAGE, "AL|NE", true, WW_ACK_ALWAYS, WW_ACK_NEVER, false, NULL },
		{ WW_ACK_BY_MESSAGE, "NE|AL", true, WW_ACK_NEVER, WW_ACK_ALWAYS, true, NULL },
		{ WW_ACK_BY_MESSAGE, "ER|SU", true, WW_ACK_ON_ERROR, WW_ACK_ON_SUCCESS, true,
		    NULL },
		{ WW_ACK_BY_MESSAGE, "su| er ", true, WW_ACK_ON_SUCCESS, WW_ACK_ON_ERROR, true,
		    NULL },
		{ WW_ACK_BY_MESSAGE, "NE|NE", true, WW_ACK_NEVER, WW_ACK_NEVER, false, NULL },
		{ WW_ACK_BY_MESSAGE, "AL|", true, WW_ACK_ALWAYS, WW_ACK_NEVER, false,
		    "ack_one_of_two" },
		{ WW_ACK_BY_MESSAGE, "|AL", true, WW_ACK_NEVER, WW_ACK_ALWAYS, true,
		    "ack_one_of_two" },
		{ WW_ACK_BY_MESSAGE, "XX|NE", true, WW_ACK_ALWAYS, WW_ACK_NEVER, false,
		    "ack_code_unknown" },
		{ WW_ACK_BY_MESSAGE, "\"\"|\"\"", false, WW_ACK_ALWAYS, WW_ACK_NEVER, false, NULL },
		{ WW_ACK_ENHANCED, "|", true, WW_ACK_ALWAYS, WW_ACK_ALWAYS, false, NULL },
		{ WW_ACK_ENHANCED, "NE|NE", true, WW_ACK_NEVER, WW_ACK_NEVER, false, NULL },
		{ WW_ACK_ENHANCED, "|ER", true, WW_ACK_NEVER, WW_ACK_ON_ERROR, true,
		    "ack_one_of_two" },
	};
	size_t i;

	for (i = 0; i < UNIT_COUNT(table); i++) {
		struct ww_ctx cx = message_ctx();
		struct ww_ack_plan p;
		char text[160];
		const char *odd;

		snprintf(text, sizeof(text), "MSH|^~\\&|A|B|C|D|||ADT^A01|M1|P|2.5|||%s\r",
		    table[i].says);
		p = ww_ack_plan_of(&cx, message_of(&cx, text), table[i].mode);
		ck_assert_msg(p.enhanced == table[i].enhanced && p.accept == table[i].accept &&
		                  p.application == table[i].application &&
		                  p.asked == table[i].asked,
		    "row %zu: %s", i, table[i].says);
		odd = ww_ack_oddity_name(p.odd);
		ck_assert_msg((odd == NULL) == (table[i].odd == NULL), "row %zu: %s", i, odd);
		if (odd != NULL)
			ck_assert_str_eq(odd, table[i].odd);
		ww_arena_free(cx.arena);
	}
}
END_TEST

START_TEST(answers_what_has_no_header)
{
	struct ww_ctx cx = message_ctx();
	struct ww_ack_plan p = ww_ack_plan_of(&cx, NULL, WW_ACK_ENHANCED);

	ck_assert(p.enhanced && p.accept == WW_ACK_ALWAYS && p.application == WW_ACK_NEVER);
	p = ww_ack_plan_of(&cx, NULL, WW_ACK_BY_MESSAGE);
	ck_assert(!p.enhanced && p.accept == WW_ACK_ALWAYS);
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(is_due_by_table_0155)
{
	ck_assert(!ww_ack_is_due(WW_ACK_NEVER, true) && !ww_ack_is_due(WW_ACK_NEVER, false));
	ck_assert(ww_ack_is_due(WW_ACK_ALWAYS, true) && ww_ack_is_due(WW_ACK_ALWAYS, false));
	ck_assert(!ww_ack_is_due(WW_ACK_ON_ERROR, true) && ww_ack_is_due(WW_ACK_ON_ERROR, false));
	ck_assert(
	    ww_ack_is_due(WW_ACK_ON_SUCCESS, true) && !ww_ack_is_due(WW_ACK_ON_SUCCESS, false));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		does_what_the_mode_and_the_message_say,
		answers_what_has_no_header,
		is_due_by_table_0155,
	};

	return unit_main("ack_plan", tests, UNIT_COUNT(tests));
}
