/* What the tests of FHIR mappers share: resources written with single quotes, others that they refer to, and rows compared
 * field by field with a text such as "number=C1 start=2026-03-02". */
#ifndef WW_TESTS_FHIR_CASE_H
#define WW_TESTS_FHIR_CASE_H

#include "tests/unit/unit.h"

#include <wardwire/buf.h>
#include <wardwire/claim.h>
#include <wardwire/json.h>

#include "model/model_json.h"

#include <string.h>

static struct ww_ctx cx;
static struct ww_feed feed = { .name = WW_STR_INIT("payer") };

/* Resources that references lead to: "Location/1" and its text. */
struct known {
	const char *name, *text;
};
static const struct known *known;

static const struct ww_json *
tree_of(const char *text)
{
	size_t n = strlen(text);
	char *p = ww_arena_alloc(cx.arena, n + 1);
	struct ww_json *out = NULL;

	ck_assert_ptr_nonnull(p);
	for (size_t i = 0; i < n; i++)
		p[i] = text[i] == '\'' ? '"' : text[i];
	ck_assert_msg(ww_json_parse(&cx, ww_str_of(p, n), &out) == WW_OK, "%s %s: %s",
	    cx.fail.place, cx.fail.reason, text);
	return out;
}

static ww_status
find_known(void *arg, ww_str reference, const struct ww_json **out)
{
	(void)arg;
	*out = NULL;
	for (const struct known *k = known; k != NULL && k->name != NULL; k++) {
		if (ww_str_is(reference, k->name))
			*out = tree_of(k->text);
	}
	return WW_OK;
}

/* As apply gives it to a mapper. */
static struct ww_fhir_source
source_of(const char *text)
{
	struct ww_fhir_source s = { .resolve = find_known };

	if (cx.arena == NULL)
		cx.arena = ww_arena_new(0);
	ww_ctx_clear(&cx);
	feed.zone = ww_zone_find("America/New_York");
	ck_assert(cx.arena != NULL && feed.zone != NULL);
	s.resource = tree_of(text);
	s.name = ww_arena_printf(cx.arena, "%.*s/%.*s",
	    WW_STR_FMT(ww_json_str(ww_json_get(s.resource, "resourceType"))),
	    WW_STR_FMT(ww_json_str(ww_json_get(s.resource, "id"))));
	ck_assert(ww_time_fhir(WW_STR("2026-03-02T12:00:00Z"), feed.zone, &s.updated));
	s.digest = WW_STR("digest");
	return s;
}

/* The row's field as it is shown: text, number or word. */
static ww_str
shown(const struct ww_entity *e, const void *row, const char *field)
{
	const struct ww_json *v = ww_json_get(ww_row_json(&cx, e, row), field);

	return ww_json_kind(v) == WW_JSON_NUMBER ? ww_json_number(v) : ww_json_str(v);
}

/* want: "field=value field=value"; ~ stands for a blank in a value, and a field without a value is empty. */
static void
expect_row(const struct ww_entity *e, const void *row, const char *want, const char *text)
{
	ww_str rest = ww_str_from(want);

	while (rest.n > 0) {
		ww_str pair = ww_str_cut(rest, ' ', &rest), value;
		ww_str field = ww_str_cut(pair, '=', &value), got;
		char *v = ww_arena_alloc(cx.arena, value.n + 1);

		for (size_t i = 0; i < value.n; i++)
			v[i] = value.p[i] == '~' ? ' ' : value.p[i];
		got = shown(e, row, ww_arena_cstr(cx.arena, field));
		ck_assert_msg(ww_str_eq(got, ww_str_of(v, value.n)),
		    "%s.%.*s is \"%.*s\", want \"%.*s\": %s", e->name, WW_STR_FMT(field),
		    WW_STR_FMT(got), WW_STR_FMT(value), text);
	}
}
#define expect(entity, row, want, text) expect_row(&ww_entity_##entity, (row), (want), (text))

#endif
