/* Writing and changing messages: what is set is read back, and nothing else moves. */
#include "message.h"

#include <wardwire/buf.h>
#include <wardwire/hl7v2_edit.h>

#define BODY MSH "\rPID|1||A^^^H~B||N1^N2&S2^N3||\"\"|||\rOBX|1\rOBX|2|x\rZZZ|keep \\me^\r"

static struct ww_hl7_path
path_of(struct ww_ctx *cx, const char *text)
{
	struct ww_hl7_path p;

	ck_assert_int_eq(ww_hl7_path(cx, ww_str_from(text), &p), WW_OK);
	return p;
}

static struct ww_hl7_edit *
edit_of(struct ww_ctx *cx, const char *text)
{
	struct ww_hl7_edit *e = NULL;

	ck_assert_int_eq(ww_hl7_edit_of(cx, message_of(cx, text), &e), WW_OK);
	return e;
}

static ww_str
written(struct ww_ctx *cx, const struct ww_hl7_edit *e)
{
	struct ww_buf b = { 0 };
	ww_str s;

	ww_hl7_edit_write(e, &b);
	ck_assert_int_eq(b.error, WW_OK);
	s = ww_arena_str(cx->arena, ww_buf_view(&b));
	ww_buf_free(&b);
	return s;
}

/* Exchanges what for with in text; both may be empty at the end of it. */
static const char *
with(struct ww_ctx *cx, const char *text, const char *what, const char *instead)
{
	const char *at = strstr(text, what);

	ck_assert_ptr_nonnull(at);
	return ww_arena_printf(
	    cx->arena, "%.*s%s%s", (int)(at - text), text, instead, at + strlen(what))
	    .p;
}

/* What stands in BODY, or in text, and what stands there afterwards. */
static const struct {
	const char *path, *value, *what, *instead;
} sets[] = {
	{ "PID-2", "x", "1||A", "1|x|A" },
	{ "PID-3", "x", "A^^^H~B", "x" },
	{ "PID-3(1)", "x", "A^^^H~B", "x~B" },
	{ "PID-3(2)", "x", "~B|", "~x|" },
	{ "PID-3(4)", "x", "~B|", "~B~~x|" },
	{ "PID-3.1", "x", "|A^^^H", "|x^^^H" },
	{ "PID-3.2", "x", "A^^^H", "A^x^^H" },
	{ "PID-3(2).3", "x", "~B|", "~B^^x|" },
	{ "PID-3(3).2.2", "x", "~B|", "~B~^&x|" },
	{ "PID-5.2", "x", "N2&S2", "x" },
	{ "PID-5.2.1", "x", "N2&S2", "x&S2" },
	{ "PID-5.2.2", "x", "N2&S2", "N2&x" },
	{ "PID-5.2.4", "x", "N2&S2", "N2&S2&&x" },
	{ "PID-5.3.2", "x", "^N3", "^N3&x" },
	{ "PID-7", "x", "\"\"", "x" },
	{ "PID-7.2", "x", "\"\"", "\"\"^x" },
	{ "PID-9", "x", "|||\rOBX", "||x|\rOBX" },
	{ "PID-13", "x", "|||\rOBX", "||||||x\rOBX" },
	{ "OBX-2", "x", "OBX|1\r", "OBX|1|x\r" },
	{ "OBX(2)-2", "y", "OBX|2|x", "OBX|2|y" },
	{ "ZZZ-2", "y", "me^\r", "me^|y\r" },
	{ "MSH-3", "y", "|ADM|", "|y|" },
	{ "MSH-13", "y", "2.5.1\r", "2.5.1|y\r" },
	/* emptied */
	{ "PID-3", "", "A^^^H~B", "" },
	{ "PID-3(2)", "", "~B|", "|" },
	{ "PID-3(1)", "", "A^^^H~B", "~B" },
	{ "PID-3.4", "", "A^^^H~", "A~" },
	{ "PID-5.3", "", "^N3", "" },
	{ "PID-5.2", "", "N2&S2", "" },
	{ "PID-5.2.2", "", "N2&S2", "N2" },
	{ "PID-5.2.1", "", "N2&S2", "&S2" },
	{ "PID-30", "", "", "" },
	{ "PID-5.9", "", "", "" },
	{ "OBX(2)-2", "", "OBX|2|x", "OBX|2" },
	{ "OBX-1", "", "OBX|1\r", "OBX\r" },
	/* escaped */
	{ "PID-2", "a|b^c~d\\e&f#", "1||A", "1|a\\F\\b\\S\\c\\R\\d\\E\\e\\T\\f#|A" },
	{ "PID-2", "a\r\nb", "1||A", "1|a\\X0D\\\\X0A\\b|A" },
	{ "PID-2", "\"\"", "1||A", "1|\\X2222\\|A" },
	{ "PID-2", "\xc3\xa4", "1||A", "1|\xc3\xa4|A" },
};

START_TEST(sets_exactly_the_place_that_a_path_names)
{
	for (size_t i = 0; i < UNIT_COUNT(sets); i++) {
		struct ww_ctx cx = message_ctx();
		struct ww_hl7_edit *e = edit_of(&cx, BODY);
		struct ww_hl7_path p = path_of(&cx, sets[i].path);
		struct ww_hl7 *m;
		ww_str text;

		ck_assert_int_eq(
		    ww_hl7_edit_text(e, &p, ww_str_from(sets[i].value), WW_HL7_PLAIN), WW_OK);
		text = written(&cx, e);
		unit_str_is(text, with(&cx, BODY, sets[i].what, sets[i].instead));
		m = message_of(&cx, ww_arena_cstr(cx.arena, text));
		(void)ww_hl7_text(&cx, m, &p, &text);
		unit_str_is(text, sets[i].value);
		ww_arena_free(cx.arena);
	}
}
END_TEST

START_TEST(writes_back_byte_for_byte_what_nothing_was_done_to)
{
	static const char *const texts[] = { BODY, "\xef\xbb\xbf\r\n" MSH "\n\nPID|1\nADD|2\n", MSH,
		MSH "\r\nno segment\r\nOBX|1|a\nb\r\nADD|\r\n\r\n" };

	for (size_t i = 0; i < UNIT_COUNT(texts); i++) {
		struct ww_ctx cx = message_ctx();
		struct ww_hl7_edit *e = edit_of(&cx, texts[i]);
		struct ww_hl7_path p = path_of(&cx, "PID-90"), q = path_of(&cx, "PV1");

		unit_str_is(written(&cx, e), texts[i]);
		ck_assert_int_eq(ww_hl7_edit_remove(e, &p), WW_OK);
		ck_assert_int_eq(ww_hl7_edit_remove(e, &q), WW_OK);
		unit_str_is(written(&cx, e), texts[i]);
		ww_arena_free(cx.arena);
	}
}
END_TEST

/* But for the line ends, and for what stands before MSH. */
START_TEST(leaves_alone_what_is_not_changed)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "\r\n" MSH "\nPID|1|\n\nZZZ|a\\q|||\nfree text|\n",
		    MSH "\rPID|1|x\rZZZ|a\\q|||\rfree text|\r" },
		{ MSH "\rOBX|1|a\nb\rADD|c\n\r\rADD|d\rPID|1",
		    MSH "\rOBX|1|a\nb\rADD|c\n\rADD|d\rPID|1|x\r" },
		{ MSH "\r\n\ntext\r\nPID|1\r", MSH "\rtext\rPID|1|x\r" },
		{ MSH "\rPID|1|y^z|a\nBX\rADD|2|b\r", MSH "\rPID|1|x|a\\X0A\\BX2|b\r" },
		{ MSH "\rPID|1|y|a\nBX\rADD|2b\nc\r", MSH "\rPID|1|x|a\nBX2b\nc\r" },
		{ MSH "\nOBX|1\nADD|c\nPID|1", MSH "\rOBX|1\rADD|c\rPID|1|x\r" },
		{ MSH "\rPID|1\rADD||y^\rADD|z|4\r", MSH "\rPID|1|x|4\r" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_ctx cx = message_ctx();
		struct ww_hl7_edit *e = edit_of(&cx, rows[i].text);
		struct ww_hl7_path p = path_of(&cx, "PID-2");

		ck_assert_int_eq(ww_hl7_edit_text(e, &p, WW_STR("x"), WW_HL7_PLAIN), WW_OK);
		unit_str_is(written(&cx, e), rows[i].want);
		ww_arena_free(cx.arena);
	}
}
END_TEST

START_TEST(sets_bytes_as_they_stand)
{
	static const struct {
		const char *path, *raw, *what, *instead;
	} rows[] = {
		{ "PID-3", "a^b&c~d\\F\\", "A^^^H~B", "a^b&c~d\\F\\" },
		{ "PID-3(2)", "a^b&c", "~B", "~a^b&c" },
		{ "PID-3(2).2", "b&c", "~B", "~B^b&c" },
		{ "PID-3", "\"\"", "A^^^H~B", "\"\"" },
		{ "PID-3(2)", "a~c", NULL, NULL },
		{ "PID-3.1", "a^c", NULL, NULL },
		{ "PID-3.1", "a~c", NULL, NULL },
		{ "PID-3.1.1", "a&c", NULL, NULL },
		{ "PID-3", "a|c", NULL, NULL },
		{ "PID-3", "a\rc", NULL, NULL },
		{ "PID-3", "a\nc", NULL, NULL },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_ctx cx = message_ctx();
		struct ww_hl7_edit *e = edit_of(&cx, BODY);
		struct ww_hl7_path p = path_of(&cx, rows[i].path);
		ww_status s = ww_hl7_edit_raw(e, &p, ww_str_from(rows[i].raw));

		ck_assert_int_eq(s, rows[i].what != NULL ? WW_OK : WW_E_SYNTAX);
		unit_str_is(written(&cx, e),
		    rows[i].what != NULL ? with(&cx, BODY, rows[i].what, rows[i].instead) : BODY);
		ww_arena_free(cx.arena);
	}
}
END_TEST

START_TEST(refuses_places_that_are_none_and_says_which)
{
	static const struct {
		const char *path;
		ww_status status;
		const char *place;
	} rows[] = {
		{ "PID", WW_E_SYNTAX, "PID" },
		{ "MSH-1", WW_E_SYNTAX, "MSH-1" },
		{ "MSH-2", WW_E_SYNTAX, "MSH-2" },
		{ "PV1-2", WW_E_NOT_FOUND, "PV1-2" },
		{ "OBX(3)-2(4).5.6", WW_E_NOT_FOUND, "OBX(3)-2(4).5.6" },
		{ "PID-1001", WW_E_LIMIT, "PID-1001" },
		{ "PID-3(10001)", WW_E_LIMIT, "PID-3(10001)" },
		{ "PID-3.1001", WW_E_LIMIT, "PID-3.1001" },
		{ "PID-3.1.1001", WW_E_LIMIT, "PID-3.1.1001" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_ctx cx = message_ctx();
		struct ww_hl7_edit *e = edit_of(&cx, BODY);
		struct ww_hl7_path p = path_of(&cx, rows[i].path);

		ck_assert_int_eq(
		    ww_hl7_edit_text(e, &p, WW_STR("x"), WW_HL7_PLAIN), rows[i].status);
		ck_assert_str_eq(cx.fail.place, rows[i].place);
		unit_str_is(written(&cx, e), BODY);
		ww_arena_free(cx.arena);
	}
}
END_TEST

START_TEST(removes_segments_and_repetitions)
{
	static const struct {
		const char *path, *what, *instead;
		ww_status status;
	} rows[] = {
		{ "OBX", "OBX|1\r", "", WW_OK },
		{ "OBX(2)", "OBX|2|x\r", "", WW_OK },
		{ "OBX(3)", "", "", WW_OK },
		{ "PID-3(1)", "A^^^H~B", "B", WW_OK },
		{ "PID-3(2)", "~B", "", WW_OK },
		{ "PID-3(3)", "", "", WW_OK },
		{ "PID-3.4", "A^^^H~", "A~", WW_OK },
		{ "PID-5", "N1^N2&S2^N3", "", WW_OK },
		{ "MSH", "", "", WW_E_SYNTAX },
		{ "MSH-2", "", "", WW_E_SYNTAX },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_ctx cx = message_ctx();
		struct ww_hl7_edit *e = edit_of(&cx, BODY);
		struct ww_hl7_path p = path_of(&cx, rows[i].path);

		ck_assert_int_eq(ww_hl7_edit_remove(e, &p), rows[i].status);
		unit_str_is(written(&cx, e), with(&cx, BODY, rows[i].what, rows[i].instead));
		ww_arena_free(cx.arena);
	}
}
END_TEST

START_TEST(adds_segments_where_it_is_told_to)
{
	struct ww_ctx cx = message_ctx();
	struct ww_hl7_edit *e = edit_of(&cx, MSH "\rOBX|1\rPV1|1\r");
	struct ww_hl7_path p = path_of(&cx, "OBX"), none = path_of(&cx, "IN1"), q;
	size_t n;

	ck_assert_int_eq(ww_hl7_edit_add(e, "OBX", &p, &n), WW_OK);
	ck_assert_uint_eq(n, 2);
	q = path_of(&cx, "OBX(2)-1");
	ck_assert_int_eq(ww_hl7_edit_text(e, &q, WW_STR("2"), WW_HL7_PLAIN), WW_OK);
	ck_assert_int_eq(ww_hl7_edit_add(e, "OBX", &p, &n), WW_OK); /* before the one just made */
	ck_assert_uint_eq(n, 2);
	ck_assert_int_eq(ww_hl7_edit_add(e, "ZZ9", NULL, &n), WW_OK);
	ck_assert_uint_eq(n, 1);
	unit_str_is(written(&cx, e), MSH "\rOBX|1\rOBX\rOBX|2\rPV1|1\rZZ9\r");
	ck_assert_int_eq(ww_hl7_edit_add(e, "OBX", &none, &n), WW_E_NOT_FOUND);
	ck_assert_int_eq(ww_hl7_edit_add(e, "MSH", NULL, &n), WW_E_SYNTAX);
	ck_assert_int_eq(ww_hl7_edit_add(e, "ADD", NULL, &n), WW_E_SYNTAX);
	ck_assert_int_eq(ww_hl7_edit_add(e, "PID-3", NULL, &n), WW_E_SYNTAX);
	ck_assert_int_eq(ww_hl7_edit_add(e, "pid", NULL, &n), WW_E_SYNTAX);
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(makes_a_message_from_nothing)
{
	static const struct ww_hl7_delims d = { '@', '~', '&', '#', '\\', '%' };
	struct ww_ctx cx = message_ctx();
	struct ww_hl7_edit *e;
	struct ww_hl7_path p = path_of(&cx, "MSH-9.2"), q = path_of(&cx, "PID-3(2)");
	size_t n;

	ck_assert_int_eq(ww_hl7_edit_new(&cx, &d, &e), WW_OK);
	ck_assert_int_eq(ww_hl7_edit_text(e, &p, WW_STR("A0~1%"), WW_HL7_PLAIN), WW_OK);
	ck_assert_int_eq(ww_hl7_edit_add(e, "PID", NULL, &n), WW_OK);
	ck_assert_int_eq(ww_hl7_edit_text(e, &q, WW_STR("|"), WW_HL7_PLAIN), WW_OK);
	unit_str_is(written(&cx, e), "MSH@~&#\\%@@@@@@@~A0#S#1#P#\rPID@@@&|\r");
	ck_assert_int_eq(ww_hl7_edit_new(&cx, &ww_hl7_default_delims, &e), WW_OK);
	unit_str_is(written(&cx, e), "MSH|^~\\&\r");
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(writes_texts_in_the_character_set_of_the_message)
{
	struct ww_ctx cx = message_ctx();
	struct ww_hl7_edit *e = edit_of(&cx, MSH "||||||8859/15\rPID|1\r");
	struct ww_hl7_path p = path_of(&cx, "PID-2");

	ck_assert_int_eq(
	    ww_hl7_edit_text(e, &p, WW_STR("M\xc3\xbcller \xe2\x82\xac"), WW_HL7_PLAIN), WW_OK);
	unit_str_is(written(&cx, e), MSH "||||||8859/15\rPID|1|M\xfcller \xa4\r");
	ck_assert_int_eq(
	    ww_hl7_edit_text(e, &p, WW_STR("\xe4\xba\xba"), WW_HL7_PLAIN), WW_E_CHARSET);
	ck_assert_int_eq(ww_hl7_edit_text(e, &p, WW_STR("\xc3"), WW_HL7_PLAIN), WW_E_CHARSET);
	unit_str_is(written(&cx, e), MSH "||||||8859/15\rPID|1|M\xfcller \xa4\r");
	ww_arena_free(cx.arena);
}
END_TEST

/* ADD would go on with what is put before it. */
START_TEST(does_not_change_a_part_of_a_message)
{
	static const char *const texts[] = { MSH "|7\rADD|x\rPID|1\r", MSH "\rOBX\rADD|2\r" };

	for (size_t i = 0; i < UNIT_COUNT(texts); i++) {
		struct ww_ctx cx = message_ctx();
		struct ww_hl7_edit *e = NULL;

		ck_assert_int_eq(ww_hl7_edit_of(&cx, message_of(&cx, texts[i]), &e), WW_E_SEGMENT);
		ck_assert_ptr_null(e);
		ww_arena_free(cx.arena);
	}
}
END_TEST

START_TEST(says_when_the_arena_is_full)
{
	struct ww_ctx cx = message_ctx(), small = { .arena = ww_arena_new(64) };
	struct ww_hl7 *m = message_of(&cx, BODY);
	struct ww_hl7_edit *e = NULL;

	ck_assert_int_eq(ww_hl7_edit_of(&small, m, &e), WW_E_LIMIT);
	ck_assert_ptr_null(e);
	ww_arena_free(small.arena);
	ww_arena_free(cx.arena);
}
END_TEST

/* -- property ---------------------------------------------------------------------------------------- */

static uint64_t seed;

static unsigned
any(unsigned below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 33) % below;
}

/* Five or six different bytes that may delimit. */
static struct ww_hl7_delims
any_delims(void)
{
	static const char all[] = "!#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
	char pick[6];

	for (size_t i = 0; i < sizeof(pick); i++)
		do
			pick[i] = all[any(sizeof(all) - 1)];
		while (memchr(pick, pick[i], i) != NULL);
	return (struct ww_hl7_delims){ pick[0], pick[1], pick[2], pick[3], pick[4],
		any(2) != 0 ? pick[5] : '\0' };
}

/* Often a delimiter, a quote, a letter that escapes know, or a control byte; never NUL. */
static ww_str
any_text(struct ww_ctx *cx, const struct ww_hl7_delims *d)
{
	static const char more[] = "\"\"FSTREXHNCMZ.brsp0123456789abcdef \r\n\t\x01\x0b\x1c";
	const char set[] = { d->field, d->component, d->repetition, d->escape, d->subcomponent,
		d->truncation != '\0' ? d->truncation : '#' };
	size_t n = any(24);
	char text[24];

	for (size_t i = 0; i < n; i++)
		text[i] = any(2) != 0 ? set[any(sizeof(set))] : more[any(sizeof(more) - 1)];
	return ww_arena_str(cx->arena, ww_str_of(text, n));
}

static ww_str
raw_of(const struct ww_hl7 *m, const struct ww_hl7_path *p)
{
	ww_str raw;

	(void)ww_hl7_raw(m, p, &raw);
	return raw;
}

/* Whatever is set is read back; all segments but the one that was changed are the same bytes, and so are all
 * fields of it but one. A text set as formatted is read back too. */
START_TEST(gives_back_any_text_with_any_delimiters)
{
	const char *env = getenv("WW_SEED");

	seed = env != NULL ? strtoull(env, NULL, 10) : 20261125;
	for (unsigned run = 0; run < 20000; run++) {
		struct ww_ctx cx = message_ctx();
		struct ww_hl7_delims d = any_delims();
		struct ww_hl7_path p = { "AAA", 1 + (uint16_t)any(2), 1 + (uint16_t)any(6),
			(uint16_t)any(4), (uint16_t)any(4), 0 };
		struct ww_hl7_path other = p;
		struct ww_hl7 *before = NULL, *after = NULL;
		struct ww_hl7_edit *e;
		ww_str text = any_text(&cx, &d), got;
		size_t n;

		if (p.component > 0)
			p.subcomponent = (uint16_t)any(3);
		ck_assert_int_eq(ww_hl7_edit_new(&cx, &d, &e), WW_OK);
		for (unsigned i = 0; i < 12; i++) { /* the message it happens to */
			struct ww_hl7_path q = { "AAA", 1 + (uint16_t)any(3), 1 + (uint16_t)any(7),
				(uint16_t)any(3), 1 + (uint16_t)any(3), (uint16_t)any(3) };

			if (i < 3)
				ck_assert_int_eq(ww_hl7_edit_add(e, "AAA", NULL, &n), WW_OK);
			ck_assert_int_ne(ww_hl7_edit_text(e, &q, any_text(&cx, &d),
			                     any(2) != 0 ? WW_HL7_FORMATTED : WW_HL7_PLAIN),
			    WW_E_MEMORY);
		}
		got = written(&cx, e);
		ck_assert_int_eq(ww_hl7_parse(&cx, got, &before), WW_OK);
		ck_assert_int_eq(ww_hl7_edit_of(&cx, before, &e), WW_OK);
		ck_assert_int_eq(ww_hl7_edit_text(e, &p, text, WW_HL7_PLAIN), WW_OK);
		ck_assert_int_eq(ww_hl7_parse(&cx, written(&cx, e), &after), WW_OK);
		ck_assert_int_eq(ww_hl7_text(&cx, after, &p, &got),
		    text.n > 0 ? WW_HL7_VALUE : ww_hl7_text(&cx, after, &p, &got));
		ck_assert_msg(ww_str_eq(got, text), "run %u: \"%.*s\" came back as \"%.*s\"", run,
		    WW_STR_FMT(text), WW_STR_FMT(got));
		ck_assert_uint_eq(ww_hl7_segments(after), ww_hl7_segments(before));
		other.field = other.repetition = other.component = 0;
		for (other.n = 1; other.n <= 3; other.n++)
			ck_assert(other.n == p.n ||
			          ww_str_eq(raw_of(before, &other), raw_of(after, &other)));
		other.n = p.n;
		for (other.field = 1; other.field <= 8; other.field++)
			ck_assert(other.field == p.field ||
			          ww_str_eq(raw_of(before, &other), raw_of(after, &other)));
		ww_arena_free(cx.arena);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		sets_exactly_the_place_that_a_path_names,
		writes_back_byte_for_byte_what_nothing_was_done_to,
		leaves_alone_what_is_not_changed,
		sets_bytes_as_they_stand,
		refuses_places_that_are_none_and_says_which,
		removes_segments_and_repetitions,
		adds_segments_where_it_is_told_to,
		makes_a_message_from_nothing,
		writes_texts_in_the_character_set_of_the_message,
		does_not_change_a_part_of_a_message,
		says_when_the_arena_is_full,
		gives_back_any_text_with_any_delimiters,
	};

	return unit_main("hl7v2_edit", tests, UNIT_COUNT(tests));
}
