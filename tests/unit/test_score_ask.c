/* Scores of values given by hand: what is made of them, bounds where something is not given, and what is refused. */
#include "tests/unit/unit.h"

#include <wardwire/arena.h>
#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/json.h>
#include <wardwire/score.h>

#include <string.h>

enum { WORDS = 16 };

/* Words with blanks between them. */
static ww_status
ask(struct ww_ctx *cx, const char *line, struct ww_json **out)
{
	ww_str words[WORDS], rest = ww_str_from(line);
	size_t n = 0;

	while (rest.n != 0) {
		ck_assert_uint_lt(n, WORDS);
		words[n++] = ww_str_cut(rest, ' ', &rest);
	}
	return ww_score_ask(cx, words, n, out);
}

static struct ww_ctx
ctx(void)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };

	ck_assert_ptr_nonnull(cx.arena);
	return cx;
}

START_TEST(makes_a_score_of_values)
{
	static const struct {
		const char *line, *rule;
		int64_t low, high;
		const char *band;
	} rows[] = {
		{ "lace los=5 acute=1 charlson=3 ed=2", "lace/1", 12, 12, "high" },
		{ "lace ed=2 charlson=3 acute=yes los=5", "lace/1", 12, 12, "high" },
		{ "lace los=0 acute=0 charlson=0 ed=0", "lace/1", 0, 0, "low" },
		{ "lace los=14 acute=1 charlson=4 ed=4", "lace/1", 19, 19, "high" },
		{ "lace", "lace/1", 0, 19, "unknown" },
		{ "lace los=3 acute=0 charlson=1", "lace/1", 4, 8, "unknown" },
		{ "lace los=14 acute=1", "lace/1", 10, 19, "high" },
		{ "hospital hb=11.9 oncology=0 na=140 procedure=0 urgent=1 admissions=0 los=3",
		    "hospital-2016/1", 2, 2, "low" },
		{ "hospital hb=11.9 oncology=1 na=134 procedure=1 urgent=1 admissions=6 los=5",
		    "hospital-2016/1", 13, 13, "high" },
		{ "hospital hb=11.9 oncology=1 na=134 procedure=1 urgent=1 admissions=6 los=5 "
		  "cuts=simplified",
		    "hospital-simplified/1", 12, 12, "likely" },
		{ "hospital cuts=2013 hb=13 oncology=0 na=140 procedure=0 urgent=0 admissions=1 "
		  "los=1",
		    "hospital-2013/1", 2, 2, "low" },
		{ "hospital hb=13 oncology=0 na=140 procedure=0 urgent=0 admissions=1 los=1",
		    "hospital-2016/1", 0, 0, "low" },
		{ "hospital", "hospital-2016/1", 0, 13, "unknown" },
		{ "hospital oncology=0 procedure=0 urgent=0 admissions=0 los=3", "hospital-2016/1",
		    0, 2, "low" },
		{ "hospital oncology=0 procedure=0 urgent=1 admissions=0 los=5", "hospital-2016/1",
		    3, 5, "unknown" },
		{ "hospital hb=119g/L na=134.9mEq/L oncology=0 procedure=0 urgent=0 admissions=0 "
		  "los=0",
		    "hospital-2016/1", 2, 2, "low" },
		{ "hospital hb=7.44mmol/L na=0.135mol/L oncology=0 procedure=0 urgent=0 "
		  "admissions=0 los=0",
		    "hospital-2016/1", 1, 1, "low" },
		{ "hospital hb=<13 na=>140 oncology=0 procedure=0 urgent=0 admissions=0 los=0",
		    "hospital-2016/1", 0, 1, "low" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_ctx cx = ctx();
		struct ww_json *v;
		ww_status s = ask(&cx, rows[i].line, &v);

		ck_assert_msg(
		    s == WW_OK, "%s: %s: %s", rows[i].line, cx.fail.place, cx.fail.reason);
		unit_str_is(ww_json_str(ww_json_get(v, "rule")), rows[i].rule);
		unit_str_is(ww_json_str(ww_json_get(v, "band")), rows[i].band);
		ck_assert_msg(ww_json_int(ww_json_get(v, "score")) == rows[i].low &&
		                  ww_json_int(ww_json_get(v, "low")) == rows[i].low &&
		                  ww_json_int(ww_json_get(v, "high")) == rows[i].high,
		    "%s: %lld..%lld", rows[i].line, (long long)ww_json_int(ww_json_get(v, "low")),
		    (long long)ww_json_int(ww_json_get(v, "high")));
		ck_assert(
		    ww_json_true(ww_json_get(v, "complete")) == (rows[i].low == rows[i].high));
		ww_arena_free(cx.arena);
	}
}
END_TEST

START_TEST(makes_a_sum_of_codes)
{
	static const struct {
		const char *line;
		int64_t score;
		const char *groups; /* with blanks between them */
	} rows[] = {
		{ "charlson I50.9 E11.9", 2, "CHF DIAB_UC" },
		{ "charlson weights=1987 I50.9 E11.9", 2, "CHF DIAB_UC" },
		{ "charlson I50.9 weights=lace e119", 3, "CHF DIAB_UC" },
		{ "charlson weights=quan2011 I50.9 E11.9", 2, "CHF DIAB_UC" },
		{ "charlson E11.9 E11.22", 2, "DIAB_C" },
		{ "charlson B20 weights=quan2011", 4, "HIV" },
		{ "charlson C80.1", 6, "METS" },
		{ "charlson I13.2", 1, "CHF" },
		{ "charlson E11 Z00.0 C44.9 C7B.1", 0, "" },
		{ "elixhauser I10 I13.0", 7, "CHF HPTN_C" },
		{ "elixhauser weights=vanwalraven F11.2 E66.9", -11, "Obesity Drug" },
		{ "elixhauser E10.6", 0, "Diab_C" },
		{ "charlson E10.6", 1, "DIAB_UC" },
		{ "elixhauser C50.9 C79.5", 12, "METS" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_ctx cx = ctx();
		struct ww_buf b = { 0 };
		struct ww_json *v;
		ww_status s = ask(&cx, rows[i].line, &v);

		ck_assert_msg(
		    s == WW_OK, "%s: %s: %s", rows[i].line, cx.fail.place, cx.fail.reason);
		ck_assert_msg(ww_json_int(ww_json_get(v, "score")) == rows[i].score, "%s: %lld",
		    rows[i].line, (long long)ww_json_int(ww_json_get(v, "score")));
		for (const struct ww_json *g = ww_json_first(ww_json_get(v, "groups")); g != NULL;
		     g = ww_json_next(g)) {
			ww_str name = ww_json_str(ww_json_get(g, "name"));

			ww_buf_printf(
			    &b, "%s%.*s", ww_buf_view(&b).n > 0 ? " " : "", WW_STR_FMT(name));
			ck_assert_uint_gt(ww_json_len(ww_json_get(g, "codes")), 0);
		}
		ck_assert_msg(ww_str_is(ww_buf_view(&b), rows[i].groups), "%s: %.*s", rows[i].line,
		    WW_STR_FMT(ww_buf_view(&b)));
		ww_buf_free(&b);
		ww_arena_free(cx.arena);
	}
}
END_TEST

START_TEST(says_which_code_is_of_which_group)
{
	struct ww_ctx cx = ctx();
	struct ww_buf b = { 0 };
	struct ww_json *v;

	ck_assert_int_eq(ask(&cx, "charlson I50.9 E11.9 E11.22 Z00", &v), WW_OK);
	ck_assert_int_eq(ww_json_write(&cx, v, false, &b), WW_OK);
	unit_str_is(ww_buf_view(&b),
	    "{\"rule\":\"charlson/1\",\"score\":3,\"weights\":\"charlson-1987\",\"groups\":["
	    "{\"name\":\"CHF\",\"weight\":1,\"codes\":[\"I50.9\"]},"
	    "{\"name\":\"DIAB_C\",\"weight\":2,\"codes\":[\"E11.22\"]}],"
	    "\"yielded\":[{\"name\":\"DIAB_UC\",\"weight\":1,\"codes\":[\"E11.9\"]}],"
	    "\"in_no_group\":[\"Z00\"]}");
	ww_buf_free(&b);
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(refuses_what_it_cannot_read_by_place_and_rule)
{
	static const struct {
		const char *line, *place, *rule; /* a part of what is said */
	} rows[] = {
		{ "", "score", "lace, hospital, charlson, elixhauser" },
		{ "LACE", "score", "lace, hospital" },
		{ "lace foo=1", "foo", "los, acute, charlson, ed" },
		{ "lace \xff=1", "values", "los, acute, charlson, ed" },
		{ "lace los", "los", "name=value" },
		{ "lace los=", "los", "days" },
		{ "lace los=-1", "los", "days" },
		{ "lace los=1.5", "los", "days" },
		{ "lace los=36526", "los", "days" },
		{ "lace los=1 los=1", "los", "twice" },
		{ "lace acute=2", "acute", "1 for an acute" },
		{ "lace charlson=100", "charlson", "0 to 99" },
		{ "lace cuts=2016", "cuts", "los, acute" },
		{ "hospital hb=x", "hb", "decimal number" },
		{ "hospital hb=11,9", "hb", "unit" },
		{ "hospital hb=11.9.1", "hb", "decimal number" },
		{ "hospital hb=0.9", "hb", "can have" },
		{ "hospital hb=30.1", "hb", "can have" },
		{ "hospital hb=140g/L na=140g/L", "na", "unit" },
		{ "hospital na=79", "na", "can have" },
		{ "hospital cuts=2014", "cuts", "2013, 2016, simplified" },
		{ "hospital cuts=2013 cuts=2013", "cuts", "twice" },
		{ "hospital cuts=", "cuts", "empty" },
		{ "hospital foo=1", "foo", "los, cuts" },
		{ "charlson", "code", "at least one" },
		{ "charlson weights=1987", "code", "at least one" },
		{ "charlson weights=2011 I50", "weights", "1987, quan2011, lace" },
		{ "charlson I50 FOO", "code 2", "ICD-10" },
		{ "charlson I50 weight=lace", "code 2", "ICD-10" },
		{ "charlson I50.9\xff", "code 1", "ICD-10" },
		{ "charlson I50.901234", "code 1", "ICD-10" },
		{ "elixhauser weights=lace I50", "weights", "vanwalraven" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_ctx cx = ctx();
		struct ww_json *v;
		ww_status s = ask(&cx, rows[i].line, &v);

		ck_assert_msg(s == WW_E_VALUE || s == WW_E_REQUIRED, "%s: %s", rows[i].line,
		    ww_status_name(s));
		ck_assert_msg(strcmp(cx.fail.place, rows[i].place) == 0 &&
		                  strstr(cx.fail.reason, rows[i].rule) != NULL,
		    "%s: %s: %s", rows[i].line, cx.fail.place, cx.fail.reason);
		ww_arena_free(cx.arena);
	}
}
END_TEST

/* Each limit of the arena up to the one that suffices. */
START_TEST(fails_whole_when_the_arena_is_full)
{
	static const char *const lines[] = { "lace los=5", "hospital hb=11.9",
		"charlson I50.9 E11.9 E11.2", "elixhauser Z00" };

	for (size_t i = 0; i < UNIT_COUNT(lines); i++) {
		bool failed = false, held = false;

		for (size_t limit = 64; limit < 1 << 16 && !held; limit += 64) {
			struct ww_ctx cx = { .arena = ww_arena_new(limit) };
			struct ww_json *v;
			ww_status s = ask(&cx, lines[i], &v);

			failed = failed || s == WW_E_LIMIT;
			held = s == WW_OK || s == WW_E_VALUE;
			ck_assert(held || s == WW_E_LIMIT);
			ww_arena_free(cx.arena);
		}
		ck_assert_msg(failed && held, "%s", lines[i]);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		makes_a_score_of_values,
		makes_a_sum_of_codes,
		says_which_code_is_of_which_group,
		refuses_what_it_cannot_read_by_place_and_rule,
		fails_whole_when_the_arena_is_full,
	};

	return unit_main("score_ask", tests, UNIT_COUNT(tests));
}
