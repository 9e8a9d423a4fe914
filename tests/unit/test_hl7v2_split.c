/* Cutting files into messages: files as people have them, batches, captures of connections. */
#include "unit.h"

#include "codec/hl7v2_split.h"

#include <wardwire/arena.h>
#include <wardwire/buf.h>
#include <wardwire/ctx.h>

struct fixture {
	struct ww_ctx cx;
	struct ww_hl7_part *parts;
	size_t n;
};

static struct fixture
split(ww_str text)
{
	struct fixture f = { .cx = { .arena = ww_arena_new(0) } };

	ck_assert(ww_hl7_split(&f.cx, text, &f.parts, &f.n) == WW_OK);
	return f;
}

static void
done(struct fixture *f)
{
	ww_arena_free(f->cx.arena);
}

START_TEST(cuts_at_each_line_that_begins_with_msh)
{
	struct fixture f = split(WW_STR("MSH|1\rPID|1\rMSH|2\rPID|2\r"));

	ck_assert_uint_eq(f.n, 2);
	unit_str_is(f.parts[0].text, "MSH|1\rPID|1");
	unit_str_is(f.parts[1].text, "MSH|2\rPID|2");
	ck_assert_uint_eq(f.parts[0].line, 1);
	ck_assert_uint_eq(f.parts[1].line, 3);
	ck_assert(f.parts[0].kind == WW_HL7_PART_MESSAGE);
	done(&f);
}
END_TEST

START_TEST(takes_all_three_line_ends_and_counts_each_once)
{
	struct fixture f = split(WW_STR("MSH|1\r\nPID|1\r\n\r\nMSH|2\nPID|2\n\nMSH|3\r"));

	ck_assert_uint_eq(f.n, 3);
	unit_str_is(f.parts[0].text, "MSH|1\r\nPID|1");
	ck_assert_uint_eq(f.parts[1].line, 4);
	ck_assert_uint_eq(f.parts[2].line, 7);
	unit_str_is(f.parts[2].text, "MSH|3");
	done(&f);
}
END_TEST

START_TEST(keeps_blank_lines_inside_a_message_and_drops_those_around_it)
{
	struct fixture f = split(WW_STR("\r\r  \rMSH|1\r\r \rPID|1\r  \r\r"));

	ck_assert_uint_eq(f.n, 1);
	unit_str_is(f.parts[0].text, "MSH|1\r\r \rPID|1");
	ck_assert_uint_eq(f.parts[0].line, 4);
	done(&f);
}
END_TEST

START_TEST(sets_text_before_the_first_message_apart)
{
	struct fixture f = split(WW_STR("From: a lab\nSubject: test\nMSH|1\nPID|1\n"));

	ck_assert_uint_eq(f.n, 2);
	ck_assert(f.parts[0].kind == WW_HL7_PART_NOT_HL7);
	unit_str_is(f.parts[0].text, "From: a lab\nSubject: test");
	unit_str_is(f.parts[1].text, "MSH|1\nPID|1");
	done(&f);
}
END_TEST

START_TEST(keeps_the_lines_of_the_batch_protocol_out_of_messages)
{
	struct fixture f =
	    split(WW_STR("FHS|^~\\&\rBHS|^~\\&\rMSH|1\rPID|1\rMSH|2\rBTS|2\rFTS|1\r"));

	ck_assert_uint_eq(f.n, 6);
	ck_assert(f.parts[0].kind == WW_HL7_PART_ENVELOPE);
	ck_assert(f.parts[1].kind == WW_HL7_PART_ENVELOPE);
	unit_str_is(f.parts[1].text, "BHS|^~\\&");
	unit_str_is(f.parts[2].text, "MSH|1\rPID|1");
	unit_str_is(f.parts[3].text, "MSH|2");
	unit_str_is(f.parts[4].text, "BTS|2");
	unit_str_is(f.parts[5].text, "FTS|1");
	done(&f);
}
END_TEST

START_TEST(reads_a_capture_of_framed_messages)
{
	struct fixture f = split(WW_STR("\x0bMSH|1\rPID|1\r\x1c\r\x0bMSH|2\r\x1c\r"));

	ck_assert_uint_eq(f.n, 2);
	unit_str_is(f.parts[0].text, "MSH|1\rPID|1");
	unit_str_is(f.parts[1].text, "MSH|2");
	done(&f);
}
END_TEST

START_TEST(leaves_no_frame_byte_in_any_part)
{
	struct fixture f = split(WW_STR("MSH|1\rNTE|a\x0b"
	                                "b\rMSH|2\x1c"
	                                "tail"));

	ck_assert_uint_eq(f.n, 4);
	unit_str_is(f.parts[0].text, "MSH|1\rNTE|a");
	unit_str_is(f.parts[1].text, "b");
	ck_assert(f.parts[1].kind == WW_HL7_PART_NOT_HL7);
	unit_str_is(f.parts[2].text, "MSH|2");
	unit_str_is(f.parts[3].text, "tail");
	done(&f);
}
END_TEST

START_TEST(passes_a_byte_order_mark)
{
	struct fixture f = split(WW_STR("\xef\xbb\xbfMSH|1\r"));

	ck_assert_uint_eq(f.n, 1);
	unit_str_is(f.parts[0].text, "MSH|1");
	done(&f);
}
END_TEST

START_TEST(does_not_take_a_longer_word_for_a_header)
{
	struct fixture f = split(WW_STR("MSHX|1\rMSH#2\rMSH"));

	ck_assert_uint_eq(f.n, 3);
	ck_assert(f.parts[0].kind == WW_HL7_PART_NOT_HL7);
	ck_assert(f.parts[1].kind == WW_HL7_PART_MESSAGE);
	ck_assert(f.parts[2].kind == WW_HL7_PART_MESSAGE);
	done(&f);
}
END_TEST

START_TEST(finds_nothing_in_an_empty_file)
{
	struct fixture f = split(WW_STR(" \r\n\x0b\x1c\r"));

	ck_assert_uint_eq(f.n, 0);
	done(&f);
}
END_TEST

START_TEST(holds_many_messages)
{
	struct ww_buf b = { 0 };
	struct fixture f;
	unsigned i;

	for (i = 0; i < 1000; i++)
		ww_buf_printf(&b, "MSH|%u\r", i);
	f = split(ww_buf_view(&b));
	ck_assert_uint_eq(f.n, 1000);
	unit_str_is(f.parts[999].text, "MSH|999");
	done(&f);
	ww_buf_free(&b);
}
END_TEST

START_TEST(says_when_the_arena_is_full)
{
	struct ww_ctx cx = { .arena = ww_arena_new(64) };
	struct ww_hl7_part *parts;
	size_t n;

	ck_assert(ww_hl7_split(&cx, WW_STR("MSH|1"), &parts, &n) == WW_E_LIMIT);
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(ends_every_segment_with_cr_on_the_wire)
{
	struct ww_buf b = { 0 };

	ww_hl7_split_wire(WW_STR("MSH|1\r\nPID| a \n\nPV1|1\rDG1|1"), &b);
	unit_str_is(ww_buf_view(&b), "MSH|1\rPID| a \rPV1|1\rDG1|1\r");
	ww_buf_free(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		cuts_at_each_line_that_begins_with_msh,
		takes_all_three_line_ends_and_counts_each_once,
		keeps_blank_lines_inside_a_message_and_drops_those_around_it,
		sets_text_before_the_first_message_apart,
		keeps_the_lines_of_the_batch_protocol_out_of_messages,
		reads_a_capture_of_framed_messages,
		leaves_no_frame_byte_in_any_part,
		passes_a_byte_order_mark,
		does_not_take_a_longer_word_for_a_header,
		finds_nothing_in_an_empty_file,
		holds_many_messages,
		says_when_the_arena_is_full,
		ends_every_segment_with_cr_on_the_wire,
	};

	return unit_main("hl7v2_split", tests, UNIT_COUNT(tests));
}
