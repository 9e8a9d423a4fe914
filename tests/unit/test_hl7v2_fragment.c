/* Messages that come in parts. */
#include "message.h"

#include "codec/hl7v2_fragment.h"

#include <wardwire/buf.h>

#define HEAD "MSH|^~\\&|ADM|HOSP|WW|PAYER|20260302101500||ORU^R01|M%u|P|2.5.1||%s"
#define BODY "PID|1||4711\rOBX|1|FT|a^b||x \\T\\ y|more\rOBX|2\r"

/* The parts of a message, parsed. */
struct parts {
	struct ww_ctx cx;
	const struct ww_hl7 *m[70];
	size_t n;
};

static void
add(struct parts *p, const char *text)
{
	p->m[p->n++] = message_of(&p->cx, text);
}

static ww_status
join(struct parts *p, struct ww_buf *out)
{
	return ww_hl7_fragment_join(&p->cx, p->m, p->n, out);
}

START_TEST(knows_a_part_by_what_it_has)
{
	static const struct {
		const char *text;
		bool part, more;
		const char *continues, *continued;
	} rows[] = {
		{ MSH "\rPID|1\r", false, false, "", "" },
		{ MSH "||7\rPID|1\r", false, false, "7", "" },
		{ MSH "\rPID|1\rDSC|8|F\r", true, true, "", "8" },
		{ MSH "||7\rADD|x\rPID|1\rDSC|8|F\r", true, true, "7", "8" },
		{ MSH "||7\rADD|x\r", true, false, "7", "" },
		{ MSH "\rPID|1\rADD|x\rDSC\r", true, true, "", "" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_ctx cx = message_ctx();
		struct ww_hl7_fragment f;

		ck_assert(ww_hl7_fragment_of(message_of(&cx, rows[i].text), &f) == rows[i].part);
		ck_assert(f.more == rows[i].more);
		unit_str_is(f.application, "ADM");
		unit_str_is(f.facility, "HOSP");
		unit_str_is(f.continues, rows[i].continues);
		unit_str_is(f.continued, rows[i].continued);
		ww_arena_free(cx.arena);
	}
}
END_TEST

/* The bytes from a to b of BODY as part number i of n; one that begins inside a segment begins with ADD. */
static const char *
part(struct ww_ctx *cx, size_t a, size_t b, unsigned i, unsigned n)
{
	bool inside = a > 0 && BODY[a - 1] != '\r', cut = b > 0 && BODY[b - 1] != '\r';
	char pointer[8];

	snprintf(pointer, sizeof(pointer), "%u", i);
	return ww_arena_printf(cx->arena, HEAD "\r%s%.*s%s%s%s%s", i, i > 0 ? pointer : "",
	    inside ? "ADD|" : "", (int)(b - a), BODY + a, cut ? "\r" : "",
	    cut && i + 1 < n ? "ADD|\r" : "", i + 1 < n ? "DSC|" : "",
	    i + 1 < n ? ww_arena_printf(cx->arena, "%u|F\r", i + 1).p : "")
	    .p;
}

/* Not inside the id of a segment. */
static bool
may_cut(size_t at)
{
	size_t start = at;

	while (start > 0 && BODY[start - 1] != '\r')
		start--;
	return at == start || at - start > 3;
}

/* Cut at a and b it reads as if it had come in one. */
static void
is_put_together(size_t a, size_t b)
{
	static const char *const paths[] = { "PID", "OBX", "OBX(2)" };
	struct parts p = { .cx = message_ctx() };
	struct ww_buf out = { 0 };
	struct ww_hl7 *whole, *want;

	add(&p, part(&p.cx, 0, a, 0, 3));
	add(&p, part(&p.cx, a, b, 1, 3));
	add(&p, part(&p.cx, b, strlen(BODY), 2, 3));
	ck_assert_int_eq(join(&p, &out), WW_OK);
	ww_buf_byte(&out, '\0');
	whole = message_of(&p.cx, ww_buf_view(&out).p);
	want = message_of(&p.cx, MSH "\r" BODY);
	ck_assert_uint_eq(ww_hl7_segments(whole), ww_hl7_segments(want));
	unit_str_is(ww_hl7_at(&p.cx, whole, "MSH-10"), "M0");
	for (size_t i = 0; i < UNIT_COUNT(paths); i++) {
		ww_str got, should;

		(void)message_raw(&p.cx, whole, paths[i], &got);
		(void)message_raw(&p.cx, want, paths[i], &should);
		ck_assert_msg(ww_str_eq(got, should), "%zu, %zu: %.*s", a, b, WW_STR_FMT(got));
	}
	ww_buf_free(&out);
	ww_arena_free(p.cx.arena);
}

START_TEST(puts_together_what_was_cut_at_any_two_bytes)
{
	size_t n = strlen(BODY);

	for (size_t a = 4; a < n; a++)
		for (size_t b = a + 1; b < n; b++)
			if (may_cut(a) && may_cut(b))
				is_put_together(a, b);
}
END_TEST

START_TEST(refuses_parts_that_do_not_belong_together)
{
	static const struct {
		const char *first, *second;
		ww_status status;
		const char *place;
	} rows[] = {
		{ MSH "\rPID|1\rDSC|8|F\r", MSH "||8\rPV1|1\r", WW_OK, "" },
		{ MSH "\rPID|1\rDSC|8|F\r", MSH "||9\rPV1|1\r", WW_E_NOT_FOUND, "MSH-14" },
		{ MSH "\rPID|1\rDSC|8|F\r", MSH "\rPV1|1\r", WW_E_NOT_FOUND, "MSH-14" },
		{ MSH "\rPID|1\rDSC\r", MSH "\rPV1|1\r", WW_E_NOT_FOUND, "MSH-14" },
		{ MSH "\rPID|1\r", MSH "||8\rPV1|1\r", WW_E_NOT_FOUND, "DSC" },
		{ MSH "\rPID|1\rDSC|8|F\r", MSH "||8\rPV1|1\rDSC|9\r", WW_E_NOT_FOUND, "DSC" },
		{ MSH "\rDSC|8|F\rPID|1\r", MSH "||8\rPV1|1\r", WW_E_SEGMENT, "DSC" },
		{ MSH "\rPID|1\rDSC|8|F\r", "MSH|^~\\&|ADM|OTHER||||||||||8\rPV1|1\r",
		    WW_E_NOT_FOUND, "MSH-14" },
		{ MSH "\rPID|1\rDSC|8|F\r", "MSH|^~\\&#|ADM|HOSP||||||||||8\rPV1|1\r",
		    WW_E_NOT_FOUND, "MSH-14" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct parts p = { .cx = message_ctx() };
		struct ww_buf out = { 0 };

		add(&p, rows[i].first);
		add(&p, rows[i].second);
		ck_assert_msg(join(&p, &out) == rows[i].status, "%zu: %s", i, p.cx.fail.reason);
		ck_assert_str_eq(p.cx.fail.place, rows[i].place);
		if (rows[i].status == WW_OK)
			unit_str_is(ww_buf_view(&out), MSH "\rPID|1\rPV1|1\r");
		ww_buf_free(&out);
		ww_arena_free(p.cx.arena);
	}
}
END_TEST

START_TEST(keeps_within_its_limits)
{
	struct parts p = { .cx = message_ctx() };
	struct ww_buf out = { .limit = 100 };
	unsigned i;

	for (i = 0; i < 65; i++)
		add(&p, ww_arena_printf(p.cx.arena, HEAD "\rOBX|1\rDSC|%u\r", i, "8", 8u).p);
	ck_assert_int_eq(join(&p, &out), WW_E_LIMIT);
	p.n = 2;
	p.m[1] = message_of(&p.cx, MSH "||8\rOBX|123456789012345678901234567890\r");
	p.cx.fail.status = WW_OK;
	ck_assert_int_eq(join(&p, &out), WW_E_LIMIT);
	ww_buf_free(&out);
	ww_arena_free(p.cx.arena);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		knows_a_part_by_what_it_has,
		puts_together_what_was_cut_at_any_two_bytes,
		refuses_parts_that_do_not_belong_together,
		keeps_within_its_limits,
	};

	return unit_main("hl7v2_fragment", tests, UNIT_COUNT(tests));
}
