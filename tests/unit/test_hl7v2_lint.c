/* Each rule finds what it is for, and a good message has no findings. */
#include "unit.h"

#include "codec/hl7v2_lint.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include <string.h>

/* The lines of a discharge to which no rule has anything to say. */
static const char *const good[] = {
	"MSH|^~\\&|ADT|MERCY|WARDWIRE|PAYER|20260302101500-0500||ADT^A03^ADT_A03|1|P|2.5.1|||AL|NE",
	"EVN|A03|20260302101500-0500",
	"PID|1||MR1^^^MERCY^MR||ALDER^ANNE||19520614|F||||||||||||||||N||||||N",
	"PV1|1|I|4W^401^1^MERCY|E|||||||||||||||V1^^^MERCY|||||||||||||||||01||||||||"
	"20260301101000-"
	"0500|20260302100000-0500",
	"OBX|1|TX|NOTE||well",
	"DG1|1||J18.9^^I10|||A",
	"IN1|1|PPO|ACME",
};

/* A line in the place of one of the good ones, or behind them, and what is found. */
static const struct {
	const char *line, *code, *place;
} cases[] = {
	{ "MSH|^~\\&||MERCY|||20260302||ADT^A03|1|P|2.5.1", "L101", "MSH-3" },
	{ "MSH|^~\\&|A||||20260302||ADT^A03|1|P|2.5.1", "L102", "MSH-4" },
	{ "MSH|^~\\&|A|B|||||ADT^A03|1|P|2.5.1", "L103", "MSH-7" },
	{ "MSH|^~\\&|A|B|||02.03.2026||ADT^A03|1|P|2.5.1", "L104", "MSH-7" },
	{ "MSH|^~\\&|A|B|||20260302||ADT|1|P|2.5.1", "L105", "MSH-9.2" },
	{ "MSH|^~\\&|A|B|||20260302||ADT^A01|1|P|2.5.1", "L106", "MSH-9.2" },
	{ "MSH|^~\\&|A|B|||20260302||ADT^Z03|1|P|2.5.1", "L107", "MSH-9.2" },
	{ "MSH|^~\\&|A|B|||20260302||ADT^A03^ADT_A01|1|P|2.5.1", "L108", "MSH-9.3" },
	{ "MSH|^~\\&|A|B|||20260302||ADT^A03|123456789012345678901|P|2.5.1", "L109", "MSH-10" },
	{ "MSH|^~\\&|A|B|||20260302||ADT^A03|"
	  "12345678901234567890123456789012345678901234567890123456789012345678901234567890"
	  "12345678901234567890123456789012345678901234567890123456789012345678901234567890"
	  "1234567890123456789012345678901234567890|P|2.6",
	    "L110", "MSH-10" },
	{ "MSH|^~\\&|A|B|||20260302||ADT^A03|1||2.5.1", "L111", "MSH-11" },
	{ "MSH|^~\\&|A|B|||20260302||ADT^A03|1|P", "L112", "MSH-12" },
	{ "MSH|^~\\&|A|B|||20260302||ADT^A03|1|P|2.5.1|||XX", "L113", "MSH-15" },
	{ "MSH|^~\\&|A|B|||20260302||ADT^A03|1|P|2.5.1||||XX", "L114", "MSH-16" },
	{ "MSH|^~\\$|A|B|||20260302||ADT^A03|1|P|2.5.1", "L115", "MSH-2" },
	{ "MSH|^~\\&#|A|B|||20260302||ADT^A03|1|P|2.5.1", "L116", "MSH-2" },
	{ " MSH|^~\\&|A|B|||20260302||ADT^A03|1|P|2.5.1", "L201", "" },
	{ "OBX|1|TX|NOTE||well\r\nNTE|1", "L202", "" },
	{ "well, and home", "L203", "" },
	{ "OBX|1|TX|NOTE||well\x07", "L204", "OBX-5" },
	{ "OBX|1|TX|NOTE||so\\Q\\so", "L205", "OBX-5" },
	{ "OBX|1|TX|NOTE||so\\", "L205", "OBX-5" },
	{ "OBX|1|TX|NOTE||so\\X4\\", "L205", "OBX-5" },
	{ "OBX|1|TX|NOTE||gr\xc3\xbc\xc3\x9f", "L206", "MSH-18" },
	{ "OBX|1|TX|NOTE||gr\xfc", "L207", "MSH-18" },
	{ "MSH|^~\\&#|A|B#|||20260302||ADT^A03|1|P|2.7", "L208", "" },
	{ "-EVN", "L301", "EVN" },
	{ "-PV1", "L302", "PV1" },
	{ "MSH|^~\\&|A|B|||20260302||ADT^A40|1|P|2.5.1", "L303", "MRG" },
	{ "+EVN|A03|20260302", "L304", "EVN(2)" },
	{ "+PID|2||MR1^^^MERCY^MR", "L305", "PID(2)" },
	{ "+PV1|2|I", "L306", "PV1(2)" },
	{ "EVN|A03|20260302\rPV1|1|I", "L307", "PV1" },
	{ "MSH|^~\\&|A|B|||20260302||ADT^A03|1|P|2.5.1\rPID|1||MR1^^^MERCY^MR", "L308", "PID" },
	{ "EVN|A03", "L401", "EVN-2" },
	{ "EVN|A03|yesterday", "L402", "EVN-2" },
	{ "EVN|A03|20260302||||20261332", "L403", "EVN-6" },
	{ "PID|1||MR1^^^MERCY^MR~MR2", "L404", "PID-3(2).4" },
	{ "PID|1||MR1^^^MERCY", "L405", "PID-3.5" },
	{ "PID|1||MR1^^^MERCY^MR||^ANNE", "L406", "PID-5.1" },
	{ "PID|1||MR1^^^MERCY^MR||ALDER", "L407", "PID-7" },
	{ "PID|1||MR1^^^MERCY^MR||ALDER||14.06.1952", "L408", "PID-7" },
	{ "PID|1||MR1^^^MERCY^MR||ALDER||20260303", "L409", "PID-7" },
	{ "PID|1||MR1^^^MERCY^MR||ALDER||19520614|W", "L411", "PID-8" },
	{ "PID|1||MR1^^^MERCY^MR||ALDER||19520614|F||||||||||||||||1", "L412", "PID-24" },
	{ "PID|1||MR1^^^MERCY^MR||ALDER||19520614|F||||||||||||||||||||||1", "L413", "PID-30" },
	{ "PV1|1", "L421", "PV1-2" },
	{ "PV1|1|INPATIENT", "L422", "PV1-2" },
	{ "PV1|1|I||X", "L423", "PV1-4" },
	{ "PV1|1|I|||||||||||||||||^^^MERCY", "L424", "PV1-19.1" },
	{ "PV1|1|I|||||||||||||||||V1||||||||||||||||||||||||||20260302", "L425", "PV1-44" },
	{ "PV1|1|I|||||||||||||||||V1|||||||||||||||||||||||||noon", "L426", "PV1-44" },
	{ "PV1|1|I|||||||||||||||||V1|||||||||||||||||||||||||20260302", "L427", "PV1-45" },
	{ "PV1|1|I|||||||||||||||||V1||||||||||||||||||||||||||noon", "L428", "PV1-45" },
	{ "PV1|1|I|||||||||||||||||V1|||||||||||||||||||||||||20260302|20260301", "L429",
	    "PV1-44" },
	{ "MSH|^~\\&|A|B|||20260302||ADT^A01|1|P|2.5.1", "L430", "PV1-45" },
	{ "PV1|1|I|||||||||||||||||V1", "L431", "PV1-36" },
	{ "PV1|1|I|||||||||||||||||V1|||||||||||||||||HOME", "L432", "PV1-36" },
	{ "MSH|^~\\&|A|B|||20260302||ADT^A40|1|P|2.5.1\rMRG|", "L433", "MRG-1" },
	{ "+DG1|2", "L501", "DG1(2)-3.1" },
	{ "DG1|1||J18.9", "L502", "DG1-3.3" },
	{ "DG1|1||J18.9^^I10|||X", "L503", "DG1-6" },
	{ "IN1|1", "L504", "IN1-2.1" },
	{ "OBX|1|TX", "L505", "OBX-3.1" },
	{ "OBX|1|STRING|NOTE", "L506", "OBX-2" },
	{ "DG1|1||J18.9^^I10||March", "L507", "DG1-5" },
	{ "PID|1||", "WW-205", "PID-3" },
	{ "MSH|^~\\&|A|B|||20260302||ADT^A03||P|2.5.1", "WW-205", "MSH-10" },
	{ "MSH|^~\\&|A|B|||20260302||ADT^A03|1|P|3.0", "WW-209", "MSH-12" },
	{ "MSH|^~|A", "WW-203", "MSH-2" },
	{ "hello", NULL, NULL },
};

/* The good message with the line in its place: instead of the line of that segment; "+" behind all, "-" without it. */
static void
build(const char *line, struct ww_buf *out)
{
	const char *id = line[0] == '-' || line[0] == '+' || line[0] == ' ' ? line + 1 : line;
	bool put = line[0] == '+';
	size_t i;

	for (i = 0; i < UNIT_COUNT(good); i++)
		if (!put && strncmp(good[i], id, 3) == 0) {
			if (line[0] != '-')
				ww_buf_printf(out, "%s\r", line);
			put = true;
		} else {
			ww_buf_printf(out, "%s\r", good[i]);
		}
	if (line[0] == '+' || (!put && line[0] != '-'))
		ww_buf_printf(out, "%s\r", id);
}

static bool
finds(ww_str raw, const char *code, const char *place)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_lint_finding *f;
	bool found = false;
	size_t i, n;

	ck_assert_int_eq(ww_hl7_lint(&cx, raw, &f, &n), WW_OK);
	for (i = 0; i < n; i++) {
		ck_assert_uint_le(f[i].offset, raw.n);
		ck_assert_str_ne(f[i].reason, "");
		if (code == NULL)
			ck_abort_msg("%s %s: %s", f[i].code, f[i].place, f[i].reason);
		found = found || (strcmp(f[i].code, code) == 0 && strcmp(f[i].place, place) == 0);
	}
	ww_arena_free(cx.arena);
	return found;
}

START_TEST(a_good_message_has_no_findings)
{
	struct ww_buf b = { 0 };

	build("-ZZZ", &b);
	(void)finds(ww_buf_view(&b), NULL, NULL);
	ww_buf_free(&b);
}
END_TEST

START_TEST(each_rule_finds_its_case)
{
	size_t i;

	for (i = 0; cases[i].code != NULL; i++) {
		struct ww_buf b = { 0 };

		build(cases[i].line, &b);
		ck_assert_msg(finds(ww_buf_view(&b), cases[i].code, cases[i].place),
		    "%s at %s is not found with %s", cases[i].code, cases[i].place, cases[i].line);
		ww_buf_free(&b);
	}
}
END_TEST

START_TEST(no_rule_is_without_a_case)
{
	struct ww_lint_rule_text t;
	size_t i, k;

	for (i = 0; ww_hl7_lint_rule(i, &t); i++) {
		for (k = 0; cases[k].code != NULL && strcmp(cases[k].code, t.code) != 0; k++)
			;
		ck_assert_msg(cases[k].code != NULL, "%s has no case", t.code);
		ck_assert_str_ne(t.text, "");
		ck_assert_str_ne(t.source, "");
	}
}
END_TEST

START_TEST(codes_are_given_once)
{
	struct ww_lint_rule_text a, b;
	size_t i, k;

	for (i = 0; ww_hl7_lint_rule(i, &a); i++)
		for (k = 0; k < i && ww_hl7_lint_rule(k, &b); k++)
			ck_assert_str_ne(a.code, b.code);
}
END_TEST

START_TEST(what_is_no_message_has_one_finding)
{
	ck_assert(finds(WW_STR("hello"), "WW-202", "MSH"));
	ck_assert(finds(WW_STR(""), "WW-202", "MSH"));
}
END_TEST

START_TEST(of_one_rule_not_more_than_twenty)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_lint_finding *f;
	struct ww_buf b = { 0 };
	size_t i, n, of = 0;

	build("-ZZZ", &b);
	for (i = 0; i < 100; i++)
		ww_buf_cstr(&b, "OBX|1|TX|NOTE||\\Q\\\r");
	ck_assert_int_eq(ww_hl7_lint(&cx, ww_buf_view(&b), &f, &n), WW_OK);
	for (i = 0; i < n; i++)
		of += strcmp(f[i].code, "L205") == 0;
	ck_assert_uint_eq(of, 20);
	ww_buf_free(&b);
	ww_arena_free(cx.arena);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_good_message_has_no_findings,
		each_rule_finds_its_case,
		no_rule_is_without_a_case,
		codes_are_given_once,
		what_is_no_message_has_one_finding,
		of_one_rule_not_more_than_twenty,
	};

	return unit_main("hl7v2_lint", tests, UNIT_COUNT(tests));
}
