/* Character sets for themselves: their names, their tables, and whole messages through iconv. */
#include "tests/unit/message.h"

#include "codec/charset.h"

static const struct ww_charset *
set(const char *name)
{
	const struct ww_charset *c = ww_charset_find(ww_str_from(name));

	ck_assert_msg(c != NULL, "%s", name);
	return c;
}

START_TEST(knows_the_names_of_table_0211_and_the_misspellings_seen)
{
	static const struct {
		const char *name, *same;
	} rows[] = {
		{ "", "ASCII" },
		{ "  ", "ASCII" },
		{ "ISO IR6", "ascii" },
		{ "UNICODE UTF-8", "UTF8" },
		{ " unicode utf-8 ", "UTF8" },
		{ "UTF-8", "UTF8" },
		{ "UNICODE", "UTF8" },
		{ "8859/1", "ISO-8859-1" },
		{ "8859/9", "iso8859-9" },
		{ "8859/15", "ISO 8859/15" },
		{ "GB 18030-2000", "GB18030" },
		{ "BIG-5", "BIG5" },
		{ "UNICODE UTF-16", "UTF-16" },
	};
	static const char *const parts[] = { "8859/1", "8859/2", "8859/3", "8859/4", "8859/5",
		"8859/6", "8859/7", "8859/8", "8859/9", "8859/15" };
	static const char *const unknown[] = { "KLINGON", "8859/10", "8859/12", "8859/0", "8859",
		"8859/155", "-", "/", "ISO IR", "UTF-7", "UTF-8-AND-A-LONG-TAIL", "\xc3\xbc" };
	size_t i, k;

	for (i = 0; i < UNIT_COUNT(rows); i++)
		ck_assert_msg(set(rows[i].name) == set(rows[i].same), "%s", rows[i].name);
	for (i = 0; i < UNIT_COUNT(parts); i++)
		for (k = 0; k < i; k++)
			ck_assert(set(parts[i]) != set(parts[k]));
	for (i = 0; i < UNIT_COUNT(unknown); i++)
		ck_assert_msg(ww_charset_find(ww_str_from(unknown[i])) == NULL, "%s", unknown[i]);
}
END_TEST

START_TEST(reads_some_sets_only_where_that_is_agreed)
{
	static const char *const agreed[] = { "ISO IR14", "ISO IR87", "ISO IR159", "GB 18030-2000",
		"KS X 1001", "CNS 11643-1992", "BIG-5" };
	uint32_t all = 0;
	size_t i;

	for (i = 0; i < UNIT_COUNT(agreed); i++) {
		uint32_t bit = ww_charset_bit(set(agreed[i]));

		ck_assert(bit != 0 && (all & bit) == 0);
		ck_assert_msg(ww_charset_usable(set(agreed[i])), "%s", agreed[i]);
		all |= bit;
	}
	ck_assert_uint_eq(ww_charset_bit(set("8859/1")), 0);
	ck_assert_uint_eq(ww_charset_bit(set("UTF-8")), 0);
	ck_assert_uint_eq(ww_charset_bit(set("")), 0);
}
END_TEST

/* One byte of each part; 0 where it has none there. */
START_TEST(has_the_characters_of_each_one_byte_set)
{
	static const struct {
		const char *set, *bytes;
		const char *text; /* NULL: they do not fit */
	} rows[] = {
		{ "8859/1", "\x80\xa4\xfc", "\xc2\x80\xc2\xa4\xc3\xbc" },
		{ "8859/2", "\xb1", "\xc4\x85" },
		{ "8859/3", "\xa1", "\xc4\xa6" },
		{ "8859/3", "\xa5", NULL },
		{ "8859/4", "\xa1", "\xc4\x84" },
		{ "8859/5", "\xbf", "\xd0\x9f" },
		{ "8859/6", "\xc7", "\xd8\xa7" },
		{ "8859/6", "\xa1", NULL },
		{ "8859/7", "\xe1", "\xce\xb1" },
		{ "8859/8", "\xe0", "\xd7\x90" },
		{ "8859/9", "\xfd", "\xc4\xb1" },
		{ "8859/15", "\xa4", "\xe2\x82\xac" },
		{ "windows-1252", "\x80\x93\xfc", "\xe2\x82\xac\xe2\x80\x9c\xc3\xbc" },
		/* no character in the code page: the control character of that number, as browsers have it */
		{ "windows-1252", "\x81\x8d\x8f\x90\x9d",
		    "\xc2\x81\xc2\x8d\xc2\x8f\xc2\x90\xc2\x9d" },
		{ "windows-1250", "\x9c", "\xc5\x9b" },
		{ "windows-1251", "\xdf", "\xd0\xaf" },
		{ "ISO IR14", "\xb1\\~", "\xef\xbd\xb1\\~" },
		{ "UTF-8", "\xc3\xbc", "\xc3\xbc" },
		{ "UTF-8", "\xfc", NULL },
		{ "ASCII", "\x80", NULL },
	};
	size_t i;

	for (i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_ctx cx = message_ctx();
		const struct ww_charset *c = set(rows[i].set);
		ww_str out, bytes = ww_str_from(rows[i].bytes);
		bool fits = ww_charset_decode(&cx, c, NULL, bytes, &out);

		ck_assert_msg(fits == (rows[i].text != NULL), "%s, row %zu", rows[i].set, i);
		ck_assert(ww_charset_fits(c, bytes) == fits);
		ck_assert(ww_charset_readable(c, NULL, bytes) == fits);
		unit_str_is(out, fits ? rows[i].text : "");
		ww_arena_free(cx.arena);
	}
}
END_TEST

/* Valid sequences are what they are; only the bytes that are none are read by the fallback. */
START_TEST(reads_by_the_fallback_what_does_not_fit_and_nothing_else)
{
	static const struct {
		const char *set, *fallback, *bytes, *text;
	} rows[] = {
		{ "UTF-8", "windows-1252", "M\xfcller J\xc3\xb6rg", "M\xc3\xbcller J\xc3\xb6rg" },
		{ "UTF-8", "windows-1252", "\xc3", "\xc3\x83" },
		{ "UTF-8", "windows-1252", "\xc0\xaf", "\xc3\x80\xc2\xaf" },
		{ "UTF-8", "windows-1252", "\xed\xa0\x80", "\xc3\xad\xc2\xa0\xe2\x82\xac" },
		{ "UTF-8", "windows-1252", "\xf4\x90\x80\x80",
		    "\xc3\xb4\xc2\x90\xe2\x82\xac\xe2\x82\xac" },
		{ "UTF-8", "8859/5", "\xbf\xd0\xbf", "\xd0\x9f\xd0\xbf" },
		{ "8859/3", "8859/1", "\xa1\xa5", "\xc4\xa6\xc2\xa5" },
		{ "UTF-8", "8859/3", "\xa5", NULL },
	};
	size_t i;

	for (i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_ctx cx = message_ctx();
		const struct ww_charset *c = set(rows[i].set), *f = set(rows[i].fallback);
		ww_str out, bytes = ww_str_from(rows[i].bytes);
		bool can = ww_charset_decode(&cx, c, f, bytes, &out);

		ck_assert_msg(can == (rows[i].text != NULL), "row %zu", i);
		ck_assert(ww_charset_readable(c, f, bytes) == can);
		unit_str_is(out, can ? rows[i].text : "");
		ww_arena_free(cx.arena);
	}
}
END_TEST

START_TEST(transcodes_whole_messages)
{
	static const struct {
		const char *set, *bytes, *fallback;
		const char *text; /* NULL: refused */
		bool fell;
	} rows[] = {
		{ "GB 18030-2000", "a|\xc0\xee^\x84\x31\xa4\x37", NULL,
		    "a|\xe6\x9d\x8e^\xef\xbf\xbd", false },
		{ "BIG-5", "\xa7\xf5|\xb3\\~x", NULL, "\xe6\x9d\x8e|\xe8\xa8\xb1~x", false },
		{ "KS X 1001", "\xc0\xcc\\", NULL, "\xec\x9d\xb4\\", false },
		{ "CNS 11643-1992", "\xca\xd7", NULL, "\xe6\x9d\x8e", false },
		{ "ISO IR87", "x^\033$B;3ED\033(B|\\y", NULL, "x^\xe5\xb1\xb1\xe7\x94\xb0|\\y",
		    false },
		{ "ISO IR159", "\033$(D0!\033(B|", NULL, "\xe4\xb8\x82|", false },
		{ "BIG-5", "\xa7\xf5|\xff|", NULL, NULL, false },
		{ "BIG-5", "\xa7\xf5|\xff|", "windows-1252", "\xe6\x9d\x8e|\xc3\xbf|", true },
		{ "BIG-5", "\xa7\xf5|\xa7", "windows-1252", "\xe6\x9d\x8e|\xc2\xa7", true },
		{ "BIG-5", "\xa7\xf5|\xa7", NULL, NULL, false },
		{ "GB 18030-2000", "", NULL, "", false },
	};
	size_t i;

	for (i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_ctx cx = message_ctx();
		ww_str out = ww_str_empty();
		bool fell;
		ww_status s = ww_charset_transcode(&cx, set(rows[i].set),
		    rows[i].fallback != NULL ? set(rows[i].fallback) : NULL,
		    ww_str_from(rows[i].bytes), &out, &fell);

		ck_assert_msg(s == (rows[i].text != NULL ? WW_OK : WW_E_CHARSET), "%s, row %zu: %s",
		    rows[i].set, i, ww_status_name(s));
		unit_str_is(out, rows[i].text != NULL ? rows[i].text : "");
		ck_assert(s != WW_OK || fell == rows[i].fell);
		ww_arena_free(cx.arena);
	}
}
END_TEST

/* Half of a letter of GB 18030 may become more bytes than it was: the room must do for the worst. */
START_TEST(has_room_for_what_becomes_longer)
{
	enum { N = 4000 };
	struct ww_ctx cx = message_ctx();
	char bytes[N];
	ww_str out;
	bool fell;

	memset(bytes, 0x80, sizeof(bytes));
	ck_assert_int_eq(ww_charset_transcode(&cx, set("GB 18030-2000"), set("windows-1252"),
	                     ww_str_of(bytes, N), &out, &fell),
	    WW_OK);
	ck_assert(fell);
	ck_assert_uint_eq(out.n, 3 * N);
	ww_arena_free(cx.arena);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		knows_the_names_of_table_0211_and_the_misspellings_seen,
		reads_some_sets_only_where_that_is_agreed,
		has_the_characters_of_each_one_byte_set,
		reads_by_the_fallback_what_does_not_fit_and_nothing_else,
		transcodes_whole_messages,
		has_room_for_what_becomes_longer,
	};

	return unit_main("charset", tests, UNIT_COUNT(tests));
}
