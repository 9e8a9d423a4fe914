/* JSON: strict reading, trees, writing. */
#include "unit.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/json.h>

#include <string.h>

static struct ww_ctx cx;
static struct ww_buf out;

static void
setup(void)
{
	cx = (struct ww_ctx){ .arena = ww_arena_new(0) };
	ck_assert_ptr_nonnull(cx.arena);
}

static void
teardown(void)
{
	ww_buf_free(&out);
	ww_arena_free(cx.arena);
}

static struct ww_json *
read_text(ww_str text)
{
	struct ww_json *v = NULL;
	ww_status s;

	ww_ctx_clear(&cx);
	s = ww_json_parse(&cx, text, &v);
	ck_assert_msg(
	    s == WW_OK, "refuses %.*s: %s: %s", WW_STR_FMT(text), cx.fail.place, cx.fail.reason);
	return v;
}

static ww_str
written(const struct ww_json *v, bool indented)
{
	ww_buf_clear(&out);
	ck_assert_int_eq(ww_json_write(&cx, v, indented, &out), WW_OK);
	return ww_buf_view(&out);
}

/* Compact text that comes out as it went in. */
static void
keeps(const char *text)
{
	unit_str_is(written(read_text(ww_str_from(text)), false), text);
}

static void
refuses_with(ww_status want, ww_str text, const char *place, const char *rule)
{
	struct ww_json *v = NULL;
	ww_status s;

	ww_ctx_clear(&cx);
	s = ww_json_parse(&cx, text, &v);
	ck_assert_msg(s == want, "got %s for %.*s", ww_status_name(s), WW_STR_FMT(text));
	ck_assert_ptr_null(v);
	ck_assert_str_eq(cx.fail.place, place);
	ck_assert_msg(strncmp(cx.fail.reason, rule, strlen(rule)) == 0, "for %.*s: %s",
	    WW_STR_FMT(text), cx.fail.reason);
}

static void
refuses(const char *text, const char *place, const char *rule)
{
	refuses_with(WW_E_SYNTAX, ww_str_from(text), place, rule);
}

/* -- what the bare library does otherwise ----------------------------------------------------------- */

START_TEST(keeps_the_digits_of_every_number)
{
	static const char *const rows[] = { "1.10", "100.00", "12345678901234567890",
		"9007199254740993", "0.30000000000000004", "1e400", "1e999", "-1E-7", "0", "-0",
		"7", "-0.0" };
	char text[160];

	setup();
	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		keeps(rows[i]);
		unit_str_is(ww_json_number(read_text(ww_str_from(rows[i]))), rows[i]);
		snprintf(text, sizeof(text), "{\"a\":[%s,\"%s\",%s],\"b\":%s}", rows[i], rows[i],
		    rows[i], rows[i]);
		keeps(text);
	}
	teardown();
}
END_TEST

START_TEST(refuses_numbers_that_are_not_json)
{
	setup();
	refuses("010", "line 1 column 1", "a number with a leading zero");
	refuses("[1,-01]", "line 1 column 4", "a number with a leading zero");
	refuses("+1", "line 1 column 1", "a value must stand here");
	refuses(".5", "line 1 column 1", "a value must stand here");
	refuses("[-]", "line 1 column 3", "a digit must follow '-'");
	refuses("[1.]", "line 1 column 4", "a digit must follow '.'");
	refuses("[1e+]", "line 1 column 5", "the exponent has no digit");
	refuses("0x10", "line 1 column 2", "something follows the value");
	refuses("NaN", "line 1 column 1", "a value must stand here");
	teardown();
}
END_TEST

START_TEST(refuses_a_number_longer_than_the_library_reads)
{
	char text[65];

	setup();
	memset(text, '1', sizeof(text));
	ck_assert_uint_eq(ww_json_number(read_text(ww_str_of(text, 63))).n, 63);
	refuses_with(
	    WW_E_LIMIT, ww_str_of(text, 64), "line 1 column 1", "a number of more than 63");
	teardown();
}
END_TEST

START_TEST(refuses_a_key_given_twice)
{
	setup();
	refuses("{\"a\":1,\"a\":2}", "line 1 column 8", "a key that the object already has");
	refuses(
	    "{\"a\":1,\n \"\\u0061\":2}", "line 2 column 2", "a key that the object already has");
	refuses("[{\"x\":{\"a\":[\"a\",{}],\"b\":1.5,\"a\":null}}]", "line 1 column 29",
	    "a key that the object already has");
	keeps("{\"a\":{\"a\":1},\"A\":2}");
	teardown();
}
END_TEST

START_TEST(finds_the_first_double_key_of_a_large_object)
{
	struct ww_buf b = { 0 };
	char place[32];

	setup();
	ww_buf_byte(&b, '{');
	for (int i = 0; i < 2000; i++)
		ww_buf_printf(&b, "%s\n\"k%d\":%d", i > 0 ? "," : "", i % 1500, i);
	ww_buf_byte(&b, '}');
	snprintf(place, sizeof(place), "line %d column 1", 1502);
	refuses_with(WW_E_SYNTAX, ww_buf_view(&b), place, "a key that the object already has");
	ww_buf_free(&b);
	teardown();
}
END_TEST

START_TEST(refuses_what_follows_the_value)
{
	setup();
	refuses("{\"a\":1} trailing", "line 1 column 9", "something follows the value");
	refuses("1 2", "line 1 column 3", "something follows the value");
	refuses_with(
	    WW_E_SYNTAX, ww_str_of("{}\0", 3), "line 1 column 3", "something follows the value");
	unit_str_is(written(read_text(WW_STR(" \t\r\n{ } \n")), false), "{}");
	teardown();
}
END_TEST

START_TEST(refuses_control_characters_in_strings)
{
	setup();
	refuses("\"a\tb\"", "line 1 column 3", "a control character inside a string");
	refuses("{\"k\x01\":1}", "line 1 column 4", "a control character inside a string");
	refuses_with(WW_E_SYNTAX, ww_str_of("\"a\0b\"", 5), "line 1 column 3",
	    "a control character inside a string");
	refuses("\"\\u0000b\"", "line 1 column 2", "no control character but tab");
	refuses("\"x\\u0001b\"", "line 1 column 3", "no control character but tab");
	refuses("\"\\b\"", "line 1 column 2", "no control character but tab");
	refuses("\"\\f\"", "line 1 column 2", "no control character but tab");
	unit_str_is(
	    ww_json_str(read_text(WW_STR("\"\\u0009\\u000A\\u000d\\t\\n\\r\""))), "\t\n\r\t\n\r");
	teardown();
}
END_TEST

START_TEST(refuses_broken_utf8_and_says_at_which_byte)
{
	setup();
	refuses("[\"\xc3\xa4\", \"a\xff\"]", "line 1 column 9", "not UTF-8 (byte 9)");
	refuses("\"\xc0\x80\"", "line 1 column 2", "not UTF-8 (byte 1)");
	refuses("\"\xed\xa0\x80\"", "line 1 column 2", "not UTF-8 (byte 1)");
	refuses("\"\xf4\x90\x80\x80\"", "line 1 column 2", "not UTF-8 (byte 1)");
	refuses("\"\xe2\x82", "line 1 column 2", "not UTF-8 (byte 1)");
	keeps("\"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x8f\xa5\"");
	teardown();
}
END_TEST

START_TEST(refuses_half_of_a_surrogate_pair)
{
	setup();
	refuses("\"\\ud83c\"", "line 1 column 2", "half of a surrogate pair");
	refuses("\"\\udfe5\"", "line 1 column 2", "half of a surrogate pair");
	refuses("\"\\ud83cx\"", "line 1 column 2", "half of a surrogate pair");
	refuses("\"\\ud83c\\u0041\"", "line 1 column 2", "half of a surrogate pair");
	refuses("\"\\u12g4\"", "line 1 column 6", "\\u takes four hexadecimal digits");
	refuses("\"\\x\"", "line 1 column 2", "no such escape");
	unit_str_is(ww_json_str(read_text(WW_STR("\"\\ud83c\\udfe5 \\/ \\u00e9\""))),
	    "\xf0\x9f\x8f\xa5 / \xc3\xa9");
	teardown();
}
END_TEST

START_TEST(tells_keys_apart_by_case)
{
	struct ww_json *v;

	setup();
	v = read_text(WW_STR("{\"ID\":1,\"id\":2}"));
	ck_assert_int_eq(ww_json_int(ww_json_get(v, "id")), 2);
	ck_assert_ptr_null(ww_json_get(v, "Id"));
	teardown();
}
END_TEST

START_TEST(takes_64_levels_and_no_more)
{
	char text[131];

	setup();
	memset(text, '[', 65);
	memset(text + 65, ']', 65);
	(void)read_text(ww_str_of(text + 1, 128));
	refuses_with(WW_E_LIMIT, ww_str_of(text, 130), "line 1 column 65", "more than 64 levels");
	teardown();
}
END_TEST

START_TEST(refuses_texts_of_the_wrong_shape)
{
	static const struct {
		const char *text, *place, *rule;
	} rows[] = {
		{ "", "line 1 column 1", "the text ends too early" },
		{ "  \n ", "line 2 column 2", "the text ends too early" },
		{ "{", "line 1 column 2", "the text ends too early" },
		{ "[1,", "line 1 column 4", "the text ends too early" },
		{ "\"abc", "line 1 column 5", "the text ends too early" },
		{ "\"abc\\", "line 1 column 6", "the text ends too early" },
		{ "tru", "line 1 column 1", "a value must stand here" },
		{ "True", "line 1 column 1", "a value must stand here" },
		{ "[1,]", "line 1 column 4", "a value must stand here" },
		{ "[1 2]", "line 1 column 4", "a ',' or ']' must stand here" },
		{ "[1}", "line 1 column 3", "a ',' or ']' must stand here" },
		{ "{\"a\":1,}", "line 1 column 8", "a key in double quotes must stand here" },
		{ "{'a':1}", "line 1 column 2", "a key in double quotes must stand here" },
		{ "{\"a\" 1}", "line 1 column 6", "a ':' must follow the key" },
		{ "{\"a\":1]", "line 1 column 7", "a ',' or '}' must stand here" },
		{ "]", "line 1 column 1", "a value must stand here" },
		{ "// x\n1", "line 1 column 1", "a value must stand here" },
	};

	setup();
	for (size_t i = 0; i < UNIT_COUNT(rows); i++)
		refuses(rows[i].text, rows[i].place, rows[i].rule);
	teardown();
}
END_TEST

START_TEST(passes_over_a_byte_order_mark)
{
	setup();
	ck_assert_int_eq(ww_json_int(read_text(WW_STR("\xef\xbb\xbf 12"))), 12);
	teardown();
}
END_TEST

START_TEST(says_nothing_of_the_content_in_its_errors)
{
	setup();
	refuses("{\"name\":\"CANARY\", CANARY}", "line 1 column 19", "");
	ck_assert_ptr_null(strstr(cx.fail.reason, "CANARY"));
	refuses("{\"CANARY\":1,\"CANARY\":2}", "line 1 column 13", "");
	ck_assert_ptr_null(strstr(cx.fail.reason, "CANARY"));
	teardown();
}
END_TEST

/* -- trees ------------------------------------------------------------------------------------------ */

START_TEST(looks_into_a_tree)
{
	struct ww_json *v, *m;

	setup();
	v = read_text(
	    WW_STR("{\"a\":[10,{\"b\":\"x\",\"c\":[[true]]}],\"n\":null,\"s\":\"\",\"f\":false}"));
	ck_assert_int_eq(ww_json_kind(v), WW_JSON_OBJECT);
	ck_assert_uint_eq(ww_json_len(v), 4);
	ck_assert_int_eq(ww_json_int(ww_json_find(v, "a[0]")), 10);
	unit_str_is(ww_json_str(ww_json_find(v, "a[1].b")), "x");
	ck_assert(ww_json_true(ww_json_find(v, "a[1].c[0][0]")));
	ck_assert_ptr_null(ww_json_find(v, "a[2]"));
	ck_assert_ptr_null(ww_json_find(v, "a[x]"));
	ck_assert_ptr_null(ww_json_find(v, "a.b"));
	ck_assert_ptr_null(ww_json_find(v, "n.b[0]"));
	ck_assert_int_eq(ww_json_kind(ww_json_get(v, "n")), WW_JSON_NULL);
	ck_assert_int_eq(ww_json_kind(ww_json_get(v, "f")), WW_JSON_BOOL);
	ck_assert_int_eq(ww_json_kind(ww_json_get(v, "s")), WW_JSON_STRING);
	m = ww_json_next(ww_json_first(v));
	unit_str_is(ww_json_key(m), "n");
	teardown();
}
END_TEST

START_TEST(answers_for_what_is_not_there)
{
	ck_assert_int_eq(ww_json_kind(NULL), WW_JSON_NONE);
	ck_assert_ptr_null(ww_json_get(NULL, "a"));
	ck_assert_ptr_null(ww_json_at(NULL, 0));
	ck_assert_ptr_null(ww_json_first(NULL));
	ck_assert_ptr_null(ww_json_next(NULL));
	ck_assert_ptr_null(ww_json_find(NULL, "a[0].b"));
	ck_assert_uint_eq(ww_json_len(NULL), 0);
	unit_str_is(ww_json_key(NULL), "");
	unit_str_is(ww_json_str(NULL), "");
	unit_str_is(ww_json_number(NULL), "");
	ck_assert_int_eq(ww_json_int(NULL), 0);
	ck_assert(!ww_json_true(NULL));
	ww_json_remove(NULL, "a");
}
END_TEST

START_TEST(reads_whole_numbers_that_fit)
{
	setup();
	ck_assert_int_eq(ww_json_int(read_text(WW_STR("-12"))), -12);
	ck_assert(ww_json_int(read_text(WW_STR("9223372036854775807"))) == INT64_MAX);
	ck_assert(ww_json_int(read_text(WW_STR("-9223372036854775808"))) == INT64_MIN);
	ck_assert_int_eq(ww_json_int(read_text(WW_STR("9223372036854775808"))), 0);
	ck_assert_int_eq(ww_json_int(read_text(WW_STR("1.0"))), 0);
	ck_assert_int_eq(ww_json_int(read_text(WW_STR("\"12\""))), 0);
	teardown();
}
END_TEST

START_TEST(builds_and_writes_a_tree)
{
	struct ww_json *o, *list;

	setup();
	o = ww_json_object(&cx);
	ww_json_set_cstr(&cx, o, "resourceType", "Task");
	ww_json_set_int(&cx, o, "n", INT64_MIN);
	ww_json_set_bool(&cx, o, "b", false);
	ww_json_set_str(&cx, o, "absent", ww_str_empty());
	list = ww_json_set(&cx, o, "list", ww_json_array(&cx));
	ww_json_add(&cx, list, ww_json_string(&cx, WW_STR("a\"\\\n/")));
	ww_json_set_int(&cx, ww_json_add(&cx, list, ww_json_object(&cx)), "x", 1);
	ww_json_add(&cx, list, ww_json_null(&cx));
	unit_str_is(written(o, false),
	    "{\"resourceType\":\"Task\",\"n\":-9223372036854775808,\"b\":false,"
	    "\"list\":[\"a\\\"\\\\\\n/\",{\"x\":1},null]}");
	teardown();
}
END_TEST

START_TEST(indents_by_two_blanks)
{
	setup();
	unit_str_is(written(read_text(WW_STR("{\"a\":[1,{\"b\":{}}],\"c\":[]}")), true),
	    "{\n  \"a\": [\n    1,\n    {\n      \"b\": {}\n    }\n  ],\n  \"c\": []\n}");
	teardown();
}
END_TEST

START_TEST(replaces_a_member_in_its_place_and_removes_one)
{
	struct ww_json *o;

	setup();
	o = read_text(WW_STR("{\"a\":1,\"b\":{\"c\":[2]},\"d\":3}"));
	ww_json_set_cstr(&cx, o, "b", "new");
	unit_str_is(written(o, false), "{\"a\":1,\"b\":\"new\",\"d\":3}");
	ww_json_remove(o, "a");
	ww_json_remove(o, "absent");
	unit_str_is(written(o, false), "{\"b\":\"new\",\"d\":3}");
	ww_json_remove(o, "d");
	ww_json_set_int(&cx, o, "e", 4);
	unit_str_is(written(o, false), "{\"b\":\"new\",\"e\":4}");
	ww_json_remove(o, "b");
	ww_json_remove(o, "e");
	unit_str_is(written(o, false), "{}");
	teardown();
}
END_TEST

START_TEST(writes_nothing_it_would_not_read)
{
	struct ww_json *o;
	ww_str text;

	setup();
	o = ww_json_object(&cx);
	ww_json_set_str(&cx, o, "a", ww_str_of("x\0y\x1b\xffz\xc3\xa4\t", 9));
	text = written(o, false);
	unit_str_is(text, "{\"a\":\"x\xef\xbf\xbdy\xef\xbf\xbd\xef\xbf\xbdz\xc3\xa4\\t\"}");
	(void)read_text(ww_arena_str(cx.arena, text));
	teardown();
}
END_TEST

START_TEST(carries_a_missing_node_to_the_writing)
{
	struct ww_json *o;

	setup();
	o = ww_json_object(&cx);
	ck_assert_ptr_null(ww_json_set(&cx, o, "a", NULL));
	ck_assert_ptr_null(ww_json_add(&cx, NULL, NULL));
	unit_str_is(written(o, false), "{}");
	ck_assert_int_eq(ww_json_write(&cx, NULL, false, &out), WW_E_BUG);
	teardown();
}
END_TEST

/* Builds, writes and reads back in an arena of that size: the first failure. */
static ww_status
round_trip(size_t limit)
{
	struct ww_json *o, *v;
	ww_status s;

	cx = (struct ww_ctx){ .arena = ww_arena_new(limit) };
	ck_assert_ptr_nonnull(cx.arena);
	o = ww_json_object(&cx);
	for (int i = 0; i < 12; i++) {
		char key[16];

		snprintf(key, sizeof(key), "k%d", i);
		ww_json_set_int(&cx, ww_json_set(&cx, o, key, ww_json_object(&cx)), "n", i);
	}
	ww_buf_clear(&out);
	s = ww_json_write(&cx, o, false, &out);
	if (s == WW_OK)
		s = ww_json_parse(&cx, ww_buf_view(&out), &v);
	ww_arena_free(cx.arena);
	return s;
}

START_TEST(fails_with_the_limit_wherever_the_arena_ends)
{
	size_t limit = 16;

	while (round_trip(limit) == WW_E_LIMIT)
		limit += 16;
	ck_assert_int_eq(round_trip(limit), WW_OK);
	ck_assert_uint_gt(limit, 1024);
	ww_buf_free(&out);
}
END_TEST

/* Texts are looked at eight bytes at a time: a byte that no JSON string may hold is found at every place. */
START_TEST(replaces_a_bad_byte_wherever_it_stands)
{
	static const char bad[] = { '\0', '\1', '\x1f', (char)0x80, (char)0xff };

	setup();
	for (size_t n = 1; n <= 24; n++) {
		for (size_t i = 0; i < n; i++) {
			char text[32];
			ww_str got;

			memset(text, '~', n);
			text[i] = bad[(n + i) % sizeof(bad)];
			got = ww_json_str(ww_json_string(&cx, ww_str_of(text, n)));
			ck_assert_uint_eq(got.n, n + 2);
			ck_assert_int_eq(memcmp(got.p + i, "\xef\xbf\xbd", 3), 0);
			text[i] = '~';
			got = ww_json_str(ww_json_string(&cx, ww_str_of(text, n)));
			ck_assert(ww_str_eq(got, ww_str_of(text, n)));
			ww_ctx_clear(&cx);
		}
	}
	teardown();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		keeps_the_digits_of_every_number,
		refuses_numbers_that_are_not_json,
		refuses_a_number_longer_than_the_library_reads,
		refuses_a_key_given_twice,
		finds_the_first_double_key_of_a_large_object,
		refuses_what_follows_the_value,
		refuses_control_characters_in_strings,
		refuses_broken_utf8_and_says_at_which_byte,
		refuses_half_of_a_surrogate_pair,
		tells_keys_apart_by_case,
		takes_64_levels_and_no_more,
		refuses_texts_of_the_wrong_shape,
		passes_over_a_byte_order_mark,
		says_nothing_of_the_content_in_its_errors,
		looks_into_a_tree,
		answers_for_what_is_not_there,
		reads_whole_numbers_that_fit,
		builds_and_writes_a_tree,
		indents_by_two_blanks,
		replaces_a_member_in_its_place_and_removes_one,
		writes_nothing_it_would_not_read,
		replaces_a_bad_byte_wherever_it_stands,
		carries_a_missing_node_to_the_writing,
		fails_with_the_limit_wherever_the_arena_ends,
	};

	return unit_main("json", tests, UNIT_COUNT(tests));
}
