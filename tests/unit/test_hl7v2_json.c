/* A message as the tree that people read. */
#include "message.h"

#include <wardwire/buf.h>
#include <wardwire/json.h>

#include "codec/hl7v2_json.h"

/* The fields of a PID segment as JSON. */
static void
shows(const char *charset, const char *pid, const char *want)
{
	struct ww_ctx cx = message_ctx();
	struct ww_json *tree = NULL;
	struct ww_buf b = { 0 };
	char text[256];

	snprintf(text, sizeof(text), MSH "||||||%s\rPID|%s\r", charset, pid);
	ww_hl7_json(&cx, message_of(&cx, text), &tree);
	ck_assert_ptr_nonnull(tree);
	ck_assert_int_eq(
	    ww_json_write(&cx, ww_json_find(tree, "segments[1].fields"), false, &b), WW_OK);
	unit_str_is(ww_buf_view(&b), want);
	ww_buf_free(&b);
	ww_arena_free(cx.arena);
}

START_TEST(shows_texts_under_the_numbers_of_their_places)
{
	shows("", "1||A~B", "{\"1\":[\"1\"],\"3\":[\"A\",\"B\"]}");
	shows("", "Muster^Anna", "{\"1\":[{\"1\":\"Muster\",\"2\":\"Anna\"}]}");
	shows("", "^^^HOSP&1.2&ISO^MR",
	    "{\"1\":[{\"4\":{\"1\":\"HOSP\",\"2\":\"1.2\",\"3\":\"ISO\"},\"5\":\"MR\"}]}");
	shows("", "a&b", "{\"1\":[{\"1\":{\"1\":\"a\",\"2\":\"b\"}}]}");
	shows("", "a&b^c", "{\"1\":[{\"1\":{\"1\":\"a\",\"2\":\"b\"},\"2\":\"c\"}]}");
	shows("", "&b", "{\"1\":[{\"1\":{\"2\":\"b\"}}]}");
}
END_TEST

START_TEST(leaves_out_what_says_nothing)
{
	shows("", "a^^&&|||^~&||", "{\"1\":[\"a\"]}");
	shows("", "~b~~", "{\"1\":[\"\",\"b\"]}");
	shows("", "", "{}");
}
END_TEST

START_TEST(shows_the_delete_marker_as_null)
{
	shows("", "\"\"|Doe^\"\"|\"\"~x|a^b&\"\"",
	    "{\"1\":[null],\"2\":[{\"1\":\"Doe\",\"2\":null}],\"3\":[null,\"x\"],"
	    "\"4\":[{\"1\":\"a\",\"2\":{\"1\":\"b\",\"2\":null}}]}");
}
END_TEST

START_TEST(shows_decoded_text_in_utf8)
{
	shows("", "a\\T\\b\\.br\\c", "{\"1\":[\"a&b\\nc\"]}");
	shows("8859/1", "M\xfcller", "{\"1\":[\"M\xc3\xbcller\"]}");
}
END_TEST

START_TEST(shows_bytes_of_a_set_that_is_not_read_as_escapes)
{
	shows("UNICODE UTF-8", "M\xfcller \xc3\xbc", "{\"1\":[\"M\xc3\xbcller \xc3\xbc\"]}");
	shows("KLINGON", "M\xfcller \xc3\xbc", "{\"1\":[\"M\\\\XFC\\\\ller \xc3\xbc\"]}");
}
END_TEST

START_TEST(shows_the_header_as_it_stands_and_lines_that_are_no_segment)
{
	static const char want[] =
	    "{\"segments\":[{\"id\":\"MSH\",\"fields\":{\"1\":[\"|\"],\"2\":[\"^~\\\\&\"],"
	    "\"3\":[\"A\"]}},{\"text\":\"free|text\"},{\"id\":\"PV1\",\"fields\":{}}]}";
	struct ww_ctx cx = message_ctx();
	struct ww_json *tree = NULL;
	struct ww_buf b = { 0 };

	ww_hl7_json(&cx, message_of(&cx, "MSH|^~\\&|A\rfree|text\rPV1\r"), &tree);
	ck_assert_int_eq(ww_json_write(&cx, tree, false, &b), WW_OK);
	unit_str_is(ww_buf_view(&b), want);
	ww_buf_free(&b);
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(gives_no_tree_when_memory_is_short)
{
	struct ww_ctx cx = { .arena = ww_arena_new(4096) };
	char *text = message_repeat("ab^cd~ef|", 20, MSH "\rPID|");
	struct ww_json *tree = NULL;

	ww_hl7_json(&cx, message_of(&cx, text), &tree);
	ck_assert_ptr_null(tree);
	ck_assert_int_eq(ww_arena_status(cx.arena), WW_E_LIMIT);
	free(text);
	ww_arena_free(cx.arena);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		shows_texts_under_the_numbers_of_their_places,
		leaves_out_what_says_nothing,
		shows_the_delete_marker_as_null,
		shows_decoded_text_in_utf8,
		shows_bytes_of_a_set_that_is_not_read_as_escapes,
		shows_the_header_as_it_stands_and_lines_that_are_no_segment,
		gives_no_tree_when_memory_is_short,
	};

	return unit_main("hl7v2_json", tests, UNIT_COUNT(tests));
}
