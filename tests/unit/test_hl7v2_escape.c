/* Escape sequences: decoded in one pass, written so that they come back. */
#include "message.h"

#include <wardwire/buf.h>

static const struct ww_hl7_delims five = { '|', '^', '~', '\\', '&', '#' };
static const struct ww_hl7_delims other = { '^', '!', '@', '#', '$', '\0' };

START_TEST(decodes_what_it_knows_and_keeps_the_rest)
{
	static const struct {
		const char *raw, *text;
	} rows[] = {
		{ "plain", "plain" },
		{ "", "" },
		{ "\\F\\\\S\\\\T\\\\R\\\\E\\", "|^&~\\" },
		{ "a\\P\\", "a#" },
		{ "\\E\\T\\E\\", "\\T\\" },
		{ "\\X0D\\", "\r" },
		{ "\\X0d0A\\", "\r\n" },
		{ "\\X000d\\\\X000A\\", "\r\n" },
		{ "\\X00\\", "\\X00\\" },
		{ "\\X0041\\", "\\X0041\\" },
		{ "\\X4\\", "\\X4\\" },
		{ "\\X4G\\", "\\X4G\\" },
		{ "\\X\\", "\\X\\" },
		{ "a\\.br\\b", "a\nb" },
		{ "a\\.sp\\b\\.sp+2\\\\.in-4\\\\.ce\\", "a\\.sp\\b\\.sp+2\\\\.in-4\\\\.ce\\" },
		{ "\\H\\bold\\N\\", "\\H\\bold\\N\\" },
		{ "\\C2842\\\\M824041\\\\M8240\\", "\\C2842\\\\M824041\\\\M8240\\" },
		{ "\\Zfoo\\", "\\Zfoo\\" },
		{ "\\\\", "\\\\" },
		{ "\\Q\\", "\\Q\\" },
		{ "\\f\\", "\\f\\" },
		{ "abc\\F", "abc\\F" },
		{ "\\", "\\" },
		/* The closing byte of what is none may open what is one. */
		{ "C:\\dir and 5 \\T\\ 6", "C:\\dir and 5 & 6" },
		{ "\\.foo\\F\\", "\\.foo|" },
		{ "\\Hx\\F\\", "\\Hx|" },
		{ "\\\\F\\", "\\|" },
	};
	struct ww_ctx cx = message_ctx();
	size_t i;

	for (i = 0; i < UNIT_COUNT(rows); i++)
		unit_str_is(ww_hl7_unescape(&cx, ww_str_from(rows[i].raw), &ww_hl7_default_delims),
		    rows[i].text);
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(uses_the_delimiters_of_the_message)
{
	struct ww_ctx cx = message_ctx();

	unit_str_is(
	    ww_hl7_unescape(&cx, WW_STR("#F# #S# #T# #R# #E# \\F\\"), &other), "^ ! $ @ # \\F\\");
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(gives_the_slice_itself_when_there_is_nothing_to_decode)
{
	struct ww_ctx cx = message_ctx();
	ww_str raw = WW_STR("nothing here");

	ck_assert_ptr_eq(ww_hl7_unescape(&cx, raw, &ww_hl7_default_delims).p, raw.p);
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(writes_delimiters_and_control_bytes_as_escapes)
{
	static const struct {
		const char *text;
		const struct ww_hl7_delims *d;
		const char *raw;
	} rows[] = {
		{ "a|b^c&d~e\\f", &ww_hl7_default_delims, "a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f" },
		{ "\r\n\t\v\x1c", &ww_hl7_default_delims, "\\X0D\\\\X0A\\\\X09\\\\X0B\\\\X1C\\" },
		{ "abcde#", &ww_hl7_default_delims, "abcde#" },
		{ "abcde#", &five, "abcde\\P\\" },
		{ "ab#de", &five, "ab#de" },
		{ "M\xc3\xbcller", &five, "M\xc3\xbcller" },
		{ "^!|", &other, "#F##S#|" },
	};
	size_t i;

	for (i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_buf b = { 0 };

		ww_hl7_escape(ww_str_from(rows[i].text), rows[i].d, &b);
		unit_str_is(ww_buf_view(&b), rows[i].raw);
		ww_buf_free(&b);
	}
}
END_TEST

START_TEST(reads_back_what_it_wrote)
{
	static const struct ww_hl7_delims *const sets[] = { &ww_hl7_default_delims, &five, &other };
	struct ww_ctx cx = message_ctx();
	unsigned seed = 1;
	size_t round, i;

	for (round = 0; round < 2000; round++) {
		const struct ww_hl7_delims *d = sets[round % UNIT_COUNT(sets)];
		struct ww_buf b = { 0 };
		char text[24];

		for (i = 0; i < sizeof(text); i++) {
			static const char some[] = "\\|^~&#!@$FSTREPXHNZ.br0D\r\n\xff";

			seed = seed * 1103515245u + 12345u;
			text[i] = some[(seed >> 16) % (sizeof(some) - 1)];
		}
		ww_hl7_escape(ww_str_of(text, sizeof(text)), d, &b);
		ck_assert(ww_str_eq(
		    ww_hl7_unescape(&cx, ww_buf_view(&b), d), ww_str_of(text, sizeof(text))));
		ww_buf_free(&b);
	}
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(decodes_a_million_escape_bytes_in_linear_time)
{
	struct ww_ctx cx = message_ctx();
	size_t n = 1000000, i;
	char *text = malloc(n);

	ck_assert_ptr_nonnull(text);
	memset(text, '\\', n);
	ck_assert_uint_eq(ww_hl7_unescape(&cx, ww_str_of(text, n), &ww_hl7_default_delims).n, n);
	for (i = 0; i < n; i += 2)
		text[i] = 'Q';
	ck_assert_uint_eq(ww_hl7_unescape(&cx, ww_str_of(text, n), &ww_hl7_default_delims).n, n);
	free(text);
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(leaves_commands_alone_in_formatted_text)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "\\H\\now\\N\\", "\\H\\now\\N\\" },
		{ "a\\.br\\b\\.sp+2\\c\\.in-4\\", "a\\.br\\b\\.sp+2\\c\\.in-4\\" },
		{ "\\C2842\\\\M824041\\\\Zxy\\", "\\C2842\\\\M824041\\\\Zxy\\" },
		{ "a\nb|c", "a\\.br\\b\\F\\c" },
		{ "\\F\\", "\\E\\F\\E\\" },
		{ "\\X41\\", "\\E\\X41\\E\\" },
		{ "\\q\\H\\", "\\E\\q\\H\\" },
		{ "\\.xy\\", "\\E\\.xy\\E\\" },
		{ "C:\\", "C:\\E\\" },
		{ "\r", "\\X0D\\" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_buf b = { 0 };

		ww_hl7_encode(
		    ww_str_from(rows[i].text), &ww_hl7_default_delims, WW_HL7_FORMATTED, &b);
		unit_str_is(ww_buf_view(&b), rows[i].want);
		ww_buf_free(&b);
	}

	static const struct ww_hl7_delims dotted = { '|', '.', '+', '\\', '&', '\0' };
	struct ww_buf b = { 0 };

	ww_hl7_encode(WW_STR("\\.br\\a\n\\Zx+\\\\H\\"), &dotted, WW_HL7_FORMATTED, &b);
	unit_str_is(ww_buf_view(&b), "\\E\\\\S\\br\\E\\a\\X0A\\\\E\\Zx\\R\\\\E\\\\H\\");
	ww_buf_free(&b);
}
END_TEST

/* With limit 6 (chapter 2, 2.4.5.2), and where there are other characters than bytes. */
START_TEST(cuts_off_what_is_too_long)
{
	static const struct {
		const char *text, *want;
		bool cut;
	} rows[] = {
		{ "abcdefgh", "abcde#", true },
		{ "abcdef", "abcdef", false },
		{ "abcde#", "abcde\\P\\", false },
		{ "abcd#fgh", "abcd##", true },
		{ "abc|efgh", "abc\\F\\e#", true },
		{ "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc",
		    "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc", false },
		{ "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbcx",
		    "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6#", true },
		{ "\xff\xff\xff\xff\xff\xff\xff", "\xff\xff\xff\xff\xff#", true },
		{ "", "", false },
		{ "\"\"", "\\X2222\\", false },
	};
	struct ww_buf b = { 0 };

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		ww_buf_clear(&b);
		ck_assert(
		    ww_hl7_encode_within(ww_str_from(rows[i].text), 6, &five, &b) == rows[i].cut);
		unit_str_is(ww_buf_view(&b), rows[i].want);
	}
	ww_buf_clear(&b);
	ck_assert(!ww_hl7_encode_within(WW_STR("abcdefgh"), 6, &ww_hl7_default_delims, &b));
	unit_str_is(ww_buf_view(&b), "abcdefgh");
	ww_buf_clear(&b);
	ck_assert(ww_hl7_encode_within(WW_STR("ab"), 1, &five, &b));
	unit_str_is(ww_buf_view(&b), "#");
	ww_buf_free(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		decodes_what_it_knows_and_keeps_the_rest,
		uses_the_delimiters_of_the_message,
		gives_the_slice_itself_when_there_is_nothing_to_decode,
		writes_delimiters_and_control_bytes_as_escapes,
		reads_back_what_it_wrote,
		decodes_a_million_escape_bytes_in_linear_time,
		leaves_commands_alone_in_formatted_text,
		cuts_off_what_is_too_long,
	};

	return unit_main("hl7v2_escape", tests, UNIT_COUNT(tests));
}
