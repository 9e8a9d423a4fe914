/* Contained resources: what refers to them, and dom-2 to dom-5. */
#include "codec/fhir_walk.h"

#include <wardwire/ctx.h>

#include <stdlib.h>

static int
id_order(const void *a, const void *b)
{
	const struct ww_fhir_contained *const *x = a, *const *y = b;
	int d = ww_str_cmp((*x)->id, (*y)->id);

	return d != 0 ? d : (*x > *y) - (*x < *y);
}

void
ww_fhir_scope_begin(struct ww_fhir_walk *w, struct ww_fhir_scope *scope)
{
	const struct ww_json *list = ww_json_get(scope->at->v, "contained"), *v;
	size_t n = ww_json_len(list);
	struct ww_fhir_contained *c;

	scope->inside = WW_FHIR_ALONE;
	if (ww_json_kind(list) != WW_JSON_ARRAY || n == 0)
		return;
	scope->contained = ww_arena_array(w->cx->arena, n, sizeof(scope->contained[0]));
	scope->by_id = ww_arena_array(w->cx->arena, n, sizeof(scope->by_id[0]));
	if (scope->contained == NULL || scope->by_id == NULL) {
		w->status = ww_fail_memory(w->cx);
		return;
	}
	for (v = ww_json_first(list); v != NULL; v = ww_json_next(v)) {
		c = &scope->contained[scope->contained_n];
		c->id = ww_json_str(ww_json_get(v, "id"));
		c->type = ww_fhir_resource_find(ww_json_str(ww_json_get(v, "resourceType")));
		scope->by_id[scope->contained_n++] = c;
	}
	qsort(scope->by_id, n, sizeof(scope->by_id[0]), id_order);
}

/* Of several with one id the first. */
struct ww_fhir_contained *
ww_fhir_scope_find(const struct ww_fhir_scope *scope, ww_str id)
{
	size_t low = 0, high = scope->contained_n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (ww_str_cmp(id, scope->by_id[mid]->id) <= 0)
			high = mid;
		else
			low = mid + 1;
	}
	return low < scope->contained_n && ww_str_eq(scope->by_id[low]->id, id) ? scope->by_id[low]
	                                                                        : NULL;
}

void
ww_fhir_note_local(struct ww_fhir_walk *w, ww_str id)
{
	struct ww_fhir_scope *scope = w->scope;
	struct ww_fhir_contained *c = NULL;

	if (scope == NULL)
		return;
	if (id.n > 0)
		c = ww_fhir_scope_find(scope, id);
	else if (scope->inside != WW_FHIR_ALONE)
		c = &scope->contained[scope->inside];
	if (c != NULL)
		c->referenced = true;
}

/* Whether something refers to it, or it refers to the resource around. */
static bool
is_referenced(const struct ww_fhir_scope *scope, const struct ww_fhir_contained *c)
{
	return c->referenced || ww_fhir_scope_find(scope, c->id)->referenced;
}

/* What a contained resource must not have, each under its key. */
static void
check_bare(struct ww_fhir_walk *w, const struct ww_fhir_at *at)
{
	const struct ww_json *meta = ww_json_get(at->v, "meta");

	if (ww_json_get(at->v, "contained") != NULL)
		ww_fhir_say_rule(
		    w, at, ww_str_empty(), "dom-2", "a contained resource contains none itself");
	if (ww_json_get(meta, "versionId") != NULL || ww_json_get(meta, "lastUpdated") != NULL)
		ww_fhir_say_rule(w, at, ww_str_empty(), "dom-4",
		    "a contained resource has no meta.versionId and no meta.lastUpdated");
	if (ww_json_get(meta, "security") != NULL)
		ww_fhir_say_rule(
		    w, at, ww_str_empty(), "dom-5", "a contained resource has no security label");
}

void
ww_fhir_scope_end(struct ww_fhir_walk *w, const struct ww_fhir_scope *scope)
{
	struct ww_fhir_at at = {
		.up = scope->at,
		.name = WW_STR("contained"),
		.v = ww_json_first(ww_json_get(scope->at->v, "contained")),
	};

	for (at.index = 0; at.index < scope->contained_n; at.index++) {
		check_bare(w, &at);
		if (scope->contained[at.index].id.n > 0 &&
		    !is_referenced(scope, &scope->contained[at.index]))
			ww_fhir_say_rule(w, &at, ww_str_empty(), "dom-3",
			    "a contained resource that nothing refers to");
		at.v = ww_json_next(at.v);
	}
}
