/* What the tests of learning from FHIR share: resources written with single quotes, put one after the other. */
#ifndef WW_TESTS_FHIR_PUT_H
#define WW_TESTS_FHIR_PUT_H

#include "tests/unit/request_fixture.h"

/* Resources are written with single quotes. */
static inline const char *
json(struct site *s, const char *text)
{
	size_t n = strlen(text);
	char *p = ww_arena_alloc(s->own.arena, n + 1);

	ck_assert_ptr_nonnull(p);
	for (size_t i = 0; i < n; i++)
		p[i] = text[i] == '\'' ? '"' : text[i];
	return p;
}

/* Puts a resource under its own id, whether it is there or not. */
static inline void
put(struct site *s, const char *text)
{
	const char *raw = json(s, text);
	struct ww_json *tree;
	struct ww_request_answer a;

	site_ok(s, ww_json_parse(&s->own, ww_str_from(raw), &tree));
	a = site_ask(s, .interaction = "update",
	    .type = ww_arena_cstr(s->own.arena, ww_json_str(ww_json_get(tree, "resourceType"))),
	    .id = ww_arena_cstr(s->own.arena, ww_json_str(ww_json_get(tree, "id"))), .raw = raw);
	ck_assert_msg(
	    a.http == 200 || a.http == 201, "%lld: %.*s", (long long)a.http, WW_STR_FMT(a.body));
}

#endif
