/* Frames and files with several messages: where each begins, what the envelope says, and what is wrong with
 * it. */
#include "message.h"

#include "codec/hl7v2_batch.h"

#include <wardwire/buf.h>

enum { MOST = 16 };

struct walk {
	struct ww_hl7_batch b;
	struct ww_hl7_item items[MOST];
	size_t n;
};

static struct walk
walk(ww_str bytes, bool mllp)
{
	struct walk w = { .n = 0 };

	ww_hl7_batch_begin(&w.b, bytes, mllp);
	while (ww_hl7_batch_next(&w.b, &w.items[w.n]))
		ck_assert_uint_lt(++w.n, MOST);
	return w;
}

/* The kinds of the items as letters: M F B b f T(ext). */
static void
is_made_of(const char *text, const char *kinds)
{
	static const char letters[] = "MFBbfT";
	struct walk w = walk(ww_str_from(text), false);
	char got[MOST + 1] = "";

	for (size_t i = 0; i < w.n; i++)
		got[i] = letters[w.items[i].kind];
	ck_assert_msg(strcmp(got, kinds) == 0, "%s: %s, not %s", text, got, kinds);
}

START_TEST(finds_the_items_of_every_form_of_envelope)
{
	static const struct {
		const char *text, *kinds;
	} rows[] = {
		{ "", "" },
		{ "\r\n \r", "" },
		{ MSH "\rPID|1\r", "M" },
		{ MSH "\rPID|1\r" MSH "\rPID|2", "MM" },
		{ "FHS|^~\\&\rBHS|^~\\&\r" MSH "\r" MSH "\rBTS|2\rFTS|1\r", "FBMMbf" },
		{ "BHS|^~\\&\r" MSH "\rBTS|1\r", "BMb" },
		{ "BHS|^~\\&\r" MSH "\r", "BM" },
		{ MSH "\rBTS|1\r", "Mb" },
		{ "BHS|^~\\&\rBTS|0\r", "Bb" },
		{ "FHS|^~\\&\rFTS|0\r", "Ff" },
		{ "FHS|^~\\&\rBHS|^~\\&\r" MSH "\rBTS\rBHS|^~\\&\r" MSH "\rBTS\rFTS|2",
		    "FBMbBMbf" },
		{ "FHS|^~\\&\n" MSH "\nPID|1\nFTS\n", "FMf" },
		{ "FHS|^~\\&\r\n" MSH "\r\nPID|1\r\nFTS\r\n", "FMf" },
		{ "hello\r" MSH "\rBTS|1\rbye\rbye\r", "TMbT" },
		{ MSH "\r  " MSH "\r",
		    "M" }, /* no segment of the running message, but part of it */
		{ " \t" MSH "\r", "M" },
		{ "\r\xef\xbb\xbf" MSH "\r\xef\xbb\xbf" MSH "\r", "MM" },
		{ MSH "\rMSHX|1\rMSH 1\rBTSX\rBTS 1\rBHS\xe9\r", "M" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++)
		is_made_of(rows[i].text, rows[i].kinds);
}
END_TEST

START_TEST(gives_messages_with_their_last_line_end_and_line_numbers)
{
	struct walk w = walk(WW_STR("BHS|^~\\&\r\n\r\n" MSH "\r\nPID|1\r\n\r\n\r\n" MSH "\nPID|2\n"
	                            "BTS|2"),
	    false);

	ck_assert_uint_eq(w.n, 4);
	unit_str_is(w.items[0].text, "BHS|^~\\&\r\n");
	unit_str_is(w.items[1].text, MSH "\r\nPID|1\r\n");
	unit_str_is(w.items[2].text, MSH "\nPID|2\n");
	unit_str_is(w.items[3].text, "BTS|2");
	ck_assert_uint_eq(w.items[1].line, 3);
	ck_assert_uint_eq(w.items[2].line, 7);
	ck_assert_uint_eq(w.items[3].line, 9);
}
END_TEST

START_TEST(lets_a_broken_message_harm_no_neighbour)
{
	static const char *const broken[] = { "MSH|^~", "MSH", "MSH|", "MSH|^~\\&", "MSH||||" };

	for (size_t i = 0; i < UNIT_COUNT(broken); i++) {
		struct ww_buf text = { 0 };
		struct walk w;

		ww_buf_printf(&text, "%s\rPID|1\r%s\rPID|2\r%s\rPID|3\r", MSH, broken[i], MSH);
		w = walk(ww_buf_view(&text), false);
		ck_assert_uint_eq(w.n, 3);
		unit_str_is(w.items[0].text, MSH "\rPID|1\r");
		ck_assert(ww_str_starts(w.items[1].text, ww_str_from(broken[i])));
		unit_str_is(w.items[2].text, MSH "\rPID|3\r");
		ww_buf_free(&text);
	}
}
END_TEST

START_TEST(lets_each_message_have_delimiters_of_its_own)
{
	struct walk w =
	    walk(WW_STR("BHS|^~\\&|A\rMSH@~&#\\@A\rPID@1\r" MSH "\rBTS|2|done\r"), false);

	ck_assert_uint_eq(w.n, 4);
	ck_assert_uint_eq(w.b.messages, 2);
	ck_assert_uint_eq(w.b.faults, 0);
	unit_str_is(w.items[1].text, "MSH@~&#\\@A\rPID@1\r");
	unit_str_is(ww_hl7_batch_field(&w.items[3], 2), "done");
}
END_TEST

START_TEST(keeps_a_line_feed_of_a_field_that_only_looks_like_a_header)
{
	is_made_of(MSH "\rNTE|1||see\nBTS: negative\nMSH; later\nMSH\n|4\rPV1|1\r", "M");
	is_made_of(MSH "\rNTE|1||see\n" MSH "\r", "MM");
	is_made_of(MSH "\rPID|1\nMSH@~&#\\@A\nPID@1\r", "MM");
	is_made_of(MSH "\nBTS|1\n", "Mb");
}
END_TEST

START_TEST(reads_the_ids_of_the_open_batch_and_file)
{
	struct ww_hl7_batch b;
	struct ww_hl7_item it;

	ww_hl7_batch_begin(&b,
	    WW_STR("FHS|^~\\&|A|B|C|D|20260302||n|c|F17|F16\rBHS#^~\\&#A#B#C#D#20260302##n#c#"
	           "B\\F\\1\r" MSH "\rBTS#1\rBHS|^~\\&\r"),
	    false);
	ck_assert(ww_hl7_batch_next(&b, &it));
	unit_str_is(b.file_id, "F17");
	unit_str_is(ww_hl7_batch_field(&it, 1), "|");
	unit_str_is(ww_hl7_batch_field(&it, 2), "^~\\&");
	unit_str_is(ww_hl7_batch_field(&it, 6), "D");
	unit_str_is(ww_hl7_batch_field(&it, 12), "F16");
	unit_str_is(ww_hl7_batch_field(&it, 13), "");
	unit_str_is(ww_hl7_batch_field(&it, 0), "");
	unit_str_is(b.id, "");
	ck_assert(ww_hl7_batch_next(&b, &it));
	unit_str_is(b.id, "B\\F\\1");
	ck_assert(ww_hl7_batch_next(&b, &it));
	ck_assert(ww_hl7_batch_next(&b, &it));
	unit_str_is(b.id, "B\\F\\1");
	ck_assert(ww_hl7_batch_next(&b, &it));
	unit_str_is(b.id, "");
	ck_assert(!ww_hl7_batch_next(&b, &it));
}
END_TEST

START_TEST(holds_the_trailers_against_what_was_there)
{
	static const struct {
		const char *text;
		unsigned faults;
		const char *name;
	} rows[] = {
		{ "BHS|^~\\&\r" MSH "\r" MSH "\rBTS|2\r", 0, NULL },
		{ "BHS|^~\\&\r" MSH "\rBTS|\r", 0, NULL },
		{ "BHS|^~\\&\r" MSH "\rBTS| 01 |\r", 0, NULL },
		{ "BHS|^~\\&\r" MSH "\rBTS|2\r", WW_HL7_BATCH_MESSAGES, "batch_count" },
		{ "BHS|^~\\&\rMSH|^~\r" MSH "\rBTS|1\r", WW_HL7_BATCH_MESSAGES, "batch_count" },
		{ MSH "\rBTS|0\r", WW_HL7_BATCH_MESSAGES, "batch_count" },
		{ MSH "\rBTS|1\r" MSH "\r" MSH "\rBTS|2\rFTS|2\r", 0, NULL },
		{ "BHS|^~\\&\r" MSH "\rBTS|1.0\r", WW_HL7_BATCH_NUMBER, "batch_bad_count" },
		{ "BHS|^~\\&\r" MSH "\rBTS|99999999999999999999\r", WW_HL7_BATCH_NUMBER,
		    "batch_bad_count" },
		{ "FHS|^~\\&\rBHS|^~\\&\rBTS|0\rFTS|1\r", 0, NULL },
		{ "FHS|^~\\&\rBHS|^~\\&\rBTS|0\rFTS|2\r", WW_HL7_BATCH_BATCHES, "file_count" },
		{ "FHS|^~\\&\rFTS|0\rFHS|^~\\&\r" MSH "\rFTS|1\r", 0, NULL },
		{ "FHS|^~\\&\r" MSH "\rBHS|^~\\&\r" MSH "\rBTS|1\rFTS|2\r", 0, NULL },
		{ "BHS|^~\r" MSH "\rBTS|1\r", WW_HL7_BATCH_HEADER, "batch_bad_header" },
		{ "x\r" MSH "\r", WW_HL7_BATCH_TEXT, "batch_text" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct walk w = walk(ww_str_from(rows[i].text), false);
		const char *name = ww_hl7_batch_fault_name(w.b.faults);

		ck_assert_msg(w.b.faults == rows[i].faults, "%s: %u", rows[i].text, w.b.faults);
		ck_assert_str_eq(
		    name != NULL ? name : "", rows[i].name != NULL ? rows[i].name : "");
	}
}
END_TEST

START_TEST(says_what_was_counted_and_what_was_claimed)
{
	struct walk w = walk(WW_STR("BHS|^~\\&\r" MSH "\r" MSH "\rBTS|5\r"), false);

	ck_assert_uint_eq(w.items[3].counted, 2);
	ck_assert_uint_eq(w.items[3].claimed, 5);
	ck_assert_uint_eq(w.items[3].faults, WW_HL7_BATCH_MESSAGES);
	ck_assert_uint_eq(w.items[2].faults, 0);
}
END_TEST

START_TEST(tells_a_batch_from_a_plain_message)
{
	ck_assert(!ww_hl7_batch_is(WW_STR("")));
	ck_assert(!ww_hl7_batch_is(WW_STR(MSH "\rPID|1\r")));
	ck_assert(!ww_hl7_batch_is(WW_STR("HELLO WORLD")));
	ck_assert(!ww_hl7_batch_is(WW_STR("junk\r" MSH "\rPID|1\r")));
	ck_assert(ww_hl7_batch_is(WW_STR(MSH "\r" MSH)));
	ck_assert(ww_hl7_batch_is(WW_STR("BHS|^~\\&\r" MSH)));
	ck_assert(ww_hl7_batch_is(WW_STR("FHS|^~\\&\r")));
	ck_assert(ww_hl7_batch_is(WW_STR(MSH "\rBTS|1\r")));
}
END_TEST

START_TEST(takes_framing_bytes_for_ends_only_when_asked_to)
{
	struct walk w = walk(WW_STR("\x0b" MSH "\r\x1c\r\x0b" MSH "\x1c\r"), true);

	ck_assert_uint_eq(w.n, 2);
	unit_str_is(w.items[0].text, MSH "\r");
	unit_str_is(w.items[1].text, MSH);
	w = walk(WW_STR(MSH "\rNTE|\x0b" MSH "\r"), false);
	ck_assert_uint_eq(w.n, 1);
}
END_TEST

/* A search for each line to the end of the text for an end that never comes would take hours here. */
START_TEST(is_linear)
{
	char *text = message_repeat("MSH|\r", 2000000, "");
	struct ww_hl7_batch b;
	struct ww_hl7_item it;

	ww_hl7_batch_begin(&b, ww_str_from(text), true);
	while (ww_hl7_batch_next(&b, &it))
		ck_assert_uint_eq(it.text.n, 5);
	ck_assert_uint_eq(b.messages, 2000000);
	free(text);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		finds_the_items_of_every_form_of_envelope,
		gives_messages_with_their_last_line_end_and_line_numbers,
		lets_a_broken_message_harm_no_neighbour,
		lets_each_message_have_delimiters_of_its_own,
		keeps_a_line_feed_of_a_field_that_only_looks_like_a_header,
		reads_the_ids_of_the_open_batch_and_file,
		holds_the_trailers_against_what_was_there,
		says_what_was_counted_and_what_was_claimed,
		tells_a_batch_from_a_plain_message,
		takes_framing_bytes_for_ends_only_when_asked_to,
		is_linear,
	};

	return unit_main("hl7v2_batch", tests, UNIT_COUNT(tests));
}
