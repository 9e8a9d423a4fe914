/* Orders of operators: their form, what they do to the ledger, and what is kept of them. */
#include "tests/unit/unit.h"

#include "apply/operator.h"
#include "report/why.h"
#include "tests/unit/apply_fixture.h"

#include <wardwire/json.h>

#define AT(hhmm) "20260302" hhmm

/* -- form ------------------------------------------------------------------------------------------- */

START_TEST(names_what_is_wrong_with_an_order)
{
	static const struct {
		const char *order, *subject;
		ww_status want;
		const char *place;
	} cases[] = {
		{ "pause", "rcca-ehr", WW_OK, "" },
		{ "dance", "rcca-ehr", WW_E_CODE, "order" },
		{ "", "rcca-ehr", WW_E_CODE, "order" },
		{ "pause", "", WW_E_REQUIRED, "subject" },
		{ "pause", "Anne Alder", WW_E_VALUE, "subject" },
		{ "pause", "rcca\nehr", WW_E_VALUE, "subject" },
	};
	struct ww_ctx cx = { .arena = ww_arena_new(0) };

	for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
		struct ww_rec_operator o = { .order = ww_str_from(cases[i].order),
			.subject = ww_str_from(cases[i].subject),
			.reason = ww_str_empty(),
			.who = ww_str_empty() };

		ww_ctx_clear(&cx);
		ck_assert_int_eq(ww_order_check(&cx, &o), cases[i].want);
		ck_assert_str_eq(cx.fail.place, cases[i].place);
	}
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(takes_texts_of_one_line_and_a_length)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	char text[WW_ORDER_REASON_MAX + 1];
	struct ww_rec_operator o = {
		.order = WW_STR("pause"), .subject = WW_STR("rcca-ehr"), .who = ww_str_empty()
	};

	memset(text, 'x', sizeof(text));
	o.reason = ww_str_of(text, WW_ORDER_REASON_MAX);
	ck_assert_int_eq(ww_order_check(&cx, &o), WW_OK);
	o.reason.n++;
	ck_assert_int_eq(ww_order_check(&cx, &o), WW_E_LIMIT);
	ww_ctx_clear(&cx);
	o.reason = WW_STR("two\nlines");
	ck_assert_int_eq(ww_order_check(&cx, &o), WW_E_VALUE);
	ck_assert_str_eq(cx.fail.place, "reason");
	ww_ctx_clear(&cx);
	o.reason = ww_str_empty();
	o.who = ww_str_of(text, WW_ORDER_WHO_MAX + 1);
	ck_assert_int_eq(ww_order_check(&cx, &o), WW_E_LIMIT);
	ck_assert_str_eq(cx.fail.place, "who");
	ww_arena_free(cx.arena);
}
END_TEST

/* -- what they do ----------------------------------------------------------------------------------- */

static struct ww_operator
kept(struct site *s, uint64_t seq)
{
	struct ww_operator o;
	bool found = false;

	ww_row_init(&ww_entity_operator, &o);
	o.seq = (int64_t)seq;
	site_ok(s, ww_get(&s->ledger, &s->own, operator, & o, &found));
	ck_assert(found);
	return o;
}

START_TEST(keeps_who_ordered_what_and_why)
{
	struct ww_operator o;
	struct site s;
	uint64_t seq;

	site_open(&s);
	seq = site_order(&s, "pause", "rcca-ehr", "their server moves");
	o = kept(&s, seq);
	unit_str_is(o.order, "pause");
	unit_str_is(o.subject, "rcca-ehr");
	unit_str_is(o.reason, "their server moves");
	unit_str_is(o.who, "tester");
	unit_str_is(o.refused, "");
	ck_assert_int_eq(o.given_ms, s.now);
	ck_assert_int_eq(o.changed, 1);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(pauses_and_resumes_an_endpoint)
{
	struct site s;
	struct ww_rows rows;
	uint64_t seq;

	site_open(&s);
	seq = site_order(&s, "pause", "rcca-ehr", "");
	rows = site_rows(&s, &ww_entity_pause);
	ck_assert_uint_eq(rows.n, 1);
	unit_str_is(WW_ROW(&rows, pause, 0)->endpoint, "rcca-ehr");
	ck_assert_int_eq(WW_ROW(&rows, pause, 0)->ordered, (int64_t)seq);
	unit_str_is(kept(&s, site_order(&s, "pause", "rcca-ehr", "")).refused,
	    "WW-216 the endpoint is paused already");
	unit_str_is(kept(&s, site_order(&s, "resume", "lakeside-ehr", "")).refused,
	    "WW-216 no endpoint of that name is paused");
	unit_str_is(kept(&s, site_order(&s, "pause", "elsewhere", "")).refused,
	    "WW-214 no endpoint of that name is configured");
	ck_assert_uint_eq(site_rows(&s, &ww_entity_pause).n, 1);
	ck_assert_int_eq(kept(&s, site_order(&s, "resume", "rcca-ehr", "")).changed, 1);
	ck_assert_uint_eq(site_rows(&s, &ww_entity_pause).n, 0);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* A journal that another build wrote may hold orders that this one does not know. */
START_TEST(keeps_an_order_it_does_not_know)
{
	struct ww_operator o;
	struct site s;

	site_open(&s);
	o = kept(&s, site_order(&s, "dance", "rcca-ehr", ""));
	unit_str_is(o.refused, "WW-207 this build knows no such order");
	site_close(&s);
}
END_TEST

START_TEST(tells_of_an_order_by_its_number)
{
	struct ww_json *v = NULL;
	struct site s;
	uint64_t seq;

	site_open(&s);
	seq = site_order(&s, "pause", "rcca-ehr", "their server moves");
	site_ok(&s, ww_why(&s.ledger, &s.own, (ww_id)(seq << 16), &v));
	ck_assert_ptr_nonnull(v);
	unit_str_is(ww_json_str(ww_json_find(v, "orders[0].order")), "pause");
	unit_str_is(ww_json_str(ww_json_find(v, "orders[0].who")), "tester");
	unit_str_is(ww_json_str(ww_json_find(v, "orders[0].reason")), "their server moves");
	site_close(&s);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { names_what_is_wrong_with_an_order,
		takes_texts_of_one_line_and_a_length, keeps_who_ordered_what_and_why,
		pauses_and_resumes_an_endpoint, keeps_an_order_it_does_not_know,
		tells_of_an_order_by_its_number };

	return unit_main("operator", tests, UNIT_COUNT(tests));
}
