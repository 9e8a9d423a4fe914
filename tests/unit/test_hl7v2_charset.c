/* What the bytes of a message are taken to be in: by MSH-18, by what is agreed with the source, and by the bytes. */
#include "tests/unit/message.h"

#include "codec/ack.h"
#include "codec/charset.h"

#include <wardwire/buf.h>

#define HEAD "MSH|^~\\&|ADM|HOSP|WW|PAYER|20260302101500||ADT^A01|C1|P|"

static const struct ww_charset *
set(const char *name)
{
	return ww_charset_find(ww_str_from(name));
}

enum agreed { NOTHING, STRICT, GREEK, WINDOWS, BIG5, JAPAN };

static struct ww_hl7_source
source_of(enum agreed a)
{
	struct ww_hl7_source s = { .strict = a == STRICT };

	if (a == GREEK)
		s.fallback = set("8859/7");
	s.windows = a == WINDOWS;
	if (a == BIG5)
		s.more = ww_charset_bit(set("BIG-5"));
	if (a == JAPAN)
		s.more = ww_charset_bit(set("ISO IR87")) | ww_charset_bit(set("ISO IR14"));
	return s;
}

START_TEST(settles_the_set_of_a_message)
{
	static const struct {
		enum agreed agreed;
		const char *msh18, *pid5;
		ww_status status;
		const char *text, *warnings;
	} rows[] = {
		/* what is declared holds */
		{ NOTHING, "", "Anna", WW_OK, "Anna", "" },
		{ NOTHING, "8859/1", "M\xfcller", WW_OK, "M\xc3\xbcller", "" },
		{ STRICT, "8859/1", "M\xfcller", WW_OK, "M\xc3\xbcller", "" },
		{ NOTHING, "UNICODE UTF-8", "M\xc3\xbcller", WW_OK, "M\xc3\xbcller", "" },
		{ NOTHING, "8859/1~8859/7", "M\xfcller", WW_OK, "M\xc3\xbcller", "" },
		{ NOTHING, "8859/1", "M\xc3\xbc", WW_OK, "M\xc3\x83\xc2\xbc", "" },
		{ NOTHING, "8859/1", "\x93", WW_OK, "\xc2\x93", "" },
		{ WINDOWS, "8859/1", "\x93", WW_OK, "\xe2\x80\x9c", "" },
		{ WINDOWS, "8859/5", "\x93", WW_OK, "\xc2\x93", "" },
		/* nothing is, or ASCII */
		{ NOTHING, "", "M\xc3\xbcller", WW_OK, "M\xc3\xbcller", "charset_guessed" },
		{ NOTHING, "ASCII", "M\xc3\xbcller", WW_OK, "M\xc3\xbcller", "charset_guessed" },
		{ NOTHING, "", "M\xfcller", WW_OK, "M\xc3\xbcller", "charset_fallback" },
		{ NOTHING, "ASCII", "\x93x\x94", WW_OK, "\xe2\x80\x9cx\xe2\x80\x9d",
		    "charset_fallback" },
		{ NOTHING, "", "M\xfcller^J\xc3\xb6rg", WW_OK, "M\xc3\xbcller",
		    "charset_fallback" },
		{ GREEK, "", "\xe1", WW_OK, "\xce\xb1", "charset_fallback" },
		{ STRICT, "", "M\xc3\xbcller", WW_OK, "M\xc3\xbcller", "charset_guessed" },
		{ STRICT, "ASCII", "M\xc3\xbcller", WW_E_CHARSET, "", "" },
		{ STRICT, "", "M\xfcller", WW_E_CHARSET, "", "" },
		/* bytes that do not fit it */
		{ NOTHING, "UNICODE UTF-8", "M\xfcller \xc3\xb6", WW_OK, "M\xc3\xbcller \xc3\xb6",
		    "charset_fallback" },
		{ NOTHING, "UNICODE UTF-8", "\xff\xfe\x81", WW_OK, "\xc3\xbf\xc3\xbe\xc2\x81",
		    "charset_fallback" },
		{ NOTHING, "8859/3", "\xa5\xa1", WW_OK, "\xc2\xa5\xc4\xa6", "charset_fallback" },
		{ GREEK, "UNICODE UTF-8", "\xe1", WW_OK, "\xce\xb1", "charset_fallback" },
		{ GREEK, "UNICODE UTF-8", "\xae", WW_E_CHARSET, "",
		    "" }, /* 8859/7 has none there */
		{ STRICT, "UNICODE UTF-8", "M\xfcller", WW_E_CHARSET, "", "" },
		{ STRICT, "8859/3", "\xa5", WW_E_CHARSET, "", "" },
		/* an escape that makes no letter of the set stays one, whatever the fallback has */
		{ NOTHING, "UNICODE UTF-8", "a\\XFF\\b", WW_OK, "a\\XFF\\b", "" },
		{ NOTHING, "UNICODE UTF-8", "\xfc\\XFF\\b", WW_OK, "\xc3\xbc\\XFF\\b",
		    "charset_fallback" },
		/* sets that must be agreed, and those that cannot be */
		{ NOTHING, "BIG-5", "\xa7\xf5", WW_E_CODE, "", "" },
		{ NOTHING, "ISO IR14", "\xb1", WW_E_CODE, "", "" },
		{ NOTHING, "KLINGON", "Anna", WW_E_CODE, "", "" },
		{ BIG5, "GB 18030-2000", "\xc0\xee", WW_E_CODE, "", "" },
		{ NOTHING, "UNICODE UTF-16", "Anna", WW_E_WIDE, "", "" },
		{ BIG5, "UTF-32", "Anna", WW_E_WIDE, "", "" },
		/* the second bytes of these are escape, repetition and component separator */
		{ BIG5, "BIG-5", "\xb3\\\xa7\xf5", WW_OK, "\xe8\xa8\xb1\xe6\x9d\x8e", "" },
		{ BIG5, "big5", "\xa4^x", WW_OK, "\xe4\xb9\x9ex", "" },
		{ BIG5, "BIG-5", "\xa7\xf5\xff", WW_OK, "\xe6\x9d\x8e\xc3\xbf",
		    "charset_fallback" },
		{ BIG5, "", "\xa7\xf5", WW_OK, "\xc2\xa7\xc3\xb5", "charset_fallback" },
		/* what ISO 2022 switches to is named by a later repetition */
		{ JAPAN, "~ISO IR87", "\033$B;3ED\033(B", WW_OK, "\xe5\xb1\xb1\xe7\x94\xb0", "" },
		{ JAPAN, "ISO IR6~ISO IR87", "x\033$B%^\033(By", WW_OK, "x\xe3\x83\x9ey", "" },
		{ JAPAN, "ISO IR14", "\xb1", WW_OK, "\xef\xbd\xb1", "" },
		{ JAPAN, "~ISO IR87", "Anna", WW_OK, "Anna", "" },
		{ BIG5, "~BIG-5", "x\033y", WW_OK, "x\033y", "control_byte" },
		{ NOTHING, "~ISO IR87", "\033$B;3ED\033(B", WW_E_CODE, "", "" },
		{ NOTHING, "~ISO IR87", "Anna", WW_OK, "Anna", "" },
	};
	size_t i;

	for (i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_ctx cx = message_ctx();
		struct ww_hl7_source source = source_of(rows[i].agreed);
		ww_str raw = ww_arena_printf(cx.arena, HEAD "2.5||||||%s\rPID|1||4711||%s|next\r",
		    rows[i].msh18, rows[i].pid5);
		struct ww_hl7 *m = NULL, *again;
		ww_status s = ww_hl7_read(&cx, raw, &source, &m);

		ck_assert_msg(s == rows[i].status, "row %zu: %s", i, ww_status_name(s));
		ck_assert(ww_hl7_accept(&cx, raw, &source, &again) == s);
		ck_assert_ptr_nonnull(m);
		if (s == WW_OK) {
			ww_str text = ww_hl7_at(&cx, m, "PID-5");

			ck_assert_msg(
			    ww_str_is(text, rows[i].text), "row %zu: %.*s", i, WW_STR_FMT(text));
			unit_str_is(ww_hl7_at(&cx, m, "PID-6"), "next");
			unit_str_is(
			    ww_hl7_warning_names(&cx, ww_hl7_warnings(m)), rows[i].warnings);
		} else {
			ck_assert_str_eq(cx.fail.place, "MSH-18");
		}
		ww_arena_free(cx.arena);
	}
}
END_TEST

/* What is echoed is the sender's, byte for byte and in the sender's set. */
START_TEST(answers_a_transcoded_message_in_its_own_bytes)
{
	struct ww_ctx cx = message_ctx();
	struct ww_hl7_source source = source_of(BIG5);
	struct ww_ack ack = { .code = "AA", .now = 0, .number = 7 };
	struct ww_hl7 *m = NULL;
	struct ww_buf b = { 0 };
	ww_str answer;

	ck_assert_int_eq(
	    ww_hl7_read(&cx,
	        WW_STR("MSH|^~\\&|ADM|\xa7\xf5|WW|PAYER|2026||ADT^A01|C\xa7\xf5|P|2.3||||||"
	               "BIG-5\rPID|1||4711\r"),
	        &source, &m),
	    WW_OK);
	unit_str_is(ww_hl7_at(&cx, m, "MSH-4"), "\xe6\x9d\x8e");
	ww_ack_write(&cx, m, &ack, &b);
	answer = ww_buf_view(&b);
	ck_assert(ww_str_starts(answer, WW_STR("MSH|^~\\&|WW|PAYER|ADM|\xa7\xf5|")));
	ck_assert_ptr_nonnull(strstr(ww_arena_cstr(cx.arena, answer), "||||||BIG-5\r"));
	ck_assert_ptr_nonnull(strstr(ww_arena_cstr(cx.arena, answer), "MSA|AA|C\xa7\xf5\r"));
	ww_buf_free(&b);
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(takes_the_version_agreed_where_none_is_stated)
{
	static const struct {
		const char *msh12;
		int agreed;
		const char *answer; /* how MSH-12 of it ends */
		const char *warnings;
	} rows[] = {
		{ "2.5.1", 231, "|2.5.1\r", "" },
		{ "", 0, "|2.3\r", "version_missing" },
		{ "  ", 0, "|2.3\r", "version_missing" },
		{ "\"\"", 0, "|2.3\r", "version_missing" },
		{ "", 231, "|2.3.1\r", "version_missing" },
		{ "", 250, "|2.5\r", "version_missing" },
		{ "", 282, "|2.8.2\r", "version_missing" },
	};
	size_t i;

	for (i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_ctx cx = message_ctx();
		struct ww_hl7_source source = { .version = rows[i].agreed };
		struct ww_ack ack = { .code = "AA", .now = 0, .number = 7 };
		struct ww_buf b = { 0 };
		struct ww_hl7 *m;
		ww_str raw = ww_arena_printf(cx.arena, HEAD "%s\rPID|1||4711\r", rows[i].msh12);

		ck_assert_int_eq(ww_hl7_accept(&cx, raw, &source, &m), WW_OK);
		unit_str_is(ww_hl7_warning_names(&cx, ww_hl7_warnings(m)), rows[i].warnings);
		ww_ack_write(&cx, m, &ack, &b);
		ck_assert_msg(
		    strstr(ww_arena_cstr(cx.arena, ww_buf_view(&b)), rows[i].answer) != NULL,
		    "row %zu: %.*s", i, WW_STR_FMT(ww_buf_view(&b)));
		ww_buf_free(&b);
		ww_arena_free(cx.arena);
	}
}
END_TEST

/* Whatever runs short on the way, it is short memory and no fault of the message. */
START_TEST(takes_no_want_of_memory_for_bytes_that_do_not_fit)
{
	static const char text[] = HEAD "2.5||||||BIG-5\rPID|1||4711||\xb3\\\xff\r";
	struct ww_hl7_source source = source_of(BIG5);
	size_t limit, refusals = 0;
	ww_status s = WW_E_LIMIT;

	for (limit = 16; s != WW_OK; limit += 16) {
		struct ww_ctx cx = { .arena = ww_arena_new(limit) };
		struct ww_hl7 *m = NULL;

		s = ww_hl7_accept(&cx, WW_STR(text), &source, &m);
		ck_assert(s == WW_OK || s == WW_E_LIMIT);
		ck_assert_uint_lt(limit, 1 << 20);
		refusals += s != WW_OK;
		ww_arena_free(cx.arena);
	}
	ck_assert_uint_gt(refusals, 10);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		settles_the_set_of_a_message,
		answers_a_transcoded_message_in_its_own_bytes,
		takes_the_version_agreed_where_none_is_stated,
		takes_no_want_of_memory_for_bytes_that_do_not_fit,
	};

	return unit_main("hl7v2_charset", tests, UNIT_COUNT(tests));
}
