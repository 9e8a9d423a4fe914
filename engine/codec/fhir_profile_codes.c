/* Value sets of the files: their codes, where they can be listed from what is there. */
#include "codec/fhir_profile_parts.h"

#include <stdlib.h>

enum { DEPTH_MAX = 16 /* of concepts, and of value sets in one another */ };

/* A growing list in the arena. */
struct list {
	struct ww_fhir_profiles *set;
	ww_str *p;
	size_t n, cap;
	bool bad; /* not all can be listed */
};

static void
add(struct list *l, ww_str system, ww_str code)
{
	if (l->n == l->cap) {
		size_t cap = l->cap > 0 ? 2 * l->cap : 64, i;
		ww_str *p = ww_arena_array(l->set->cx.arena, cap, sizeof(*p));

		if (p == NULL) {
			l->bad = true;
			return;
		}
		for (i = 0; i < l->n; i++)
			p[i] = l->p[i];
		l->p = p;
		l->cap = cap;
	}
	l->p[l->n++] =
	    ww_arena_printf(l->set->cx.arena, "%.*s|%.*s", WW_STR_FMT(system), WW_STR_FMT(code));
}

/* Concepts, with those below them under that name. */
static void
add_concepts(
    struct list *l, ww_str system, const struct ww_json *concepts, const char *below, int depth)
{
	const struct ww_json *c = ww_json_first(concepts);

	if (depth > DEPTH_MAX)
		l->bad = true;
	for (; c != NULL && depth <= DEPTH_MAX; c = ww_json_next(c)) {
		ww_str own = ww_json_str(ww_json_get(c, "system"));
		ww_str code = ww_json_str(ww_json_get(c, "code"));

		if (code.n > 0)
			add(l, own.n > 0 ? own : system, code);
		add_concepts(l, system, ww_json_get(c, below), below, depth + 1);
	}
}

static void list_codes(struct ww_fhir_profiles *set, struct ww_fhir_codes *v, int depth);

static struct ww_fhir_codes *
find(const struct ww_fhir_profiles *set, ww_str url)
{
	struct ww_fhir_codes *v;

	for (v = set->valuesets; v != NULL && !ww_str_eq(v->url, url); v = v->next)
		;
	return v;
}

static void
add_valueset(struct list *l, ww_str url, int depth)
{
	struct ww_fhir_codes *v = find(l->set, ww_fhir_without_version(url));
	ww_str code;
	size_t i;

	if (v != NULL)
		list_codes(l->set, v, depth + 1);
	if (v == NULL || !v->listed) {
		l->bad = true;
		return;
	}
	for (i = 0; i < v->n; i++) {
		ww_str system = ww_str_cut(v->codes[i], '|', &code);

		add(l, system, code);
	}
}

static void
add_system(struct list *l, ww_str url)
{
	const struct ww_fhir_system *s = l->set->systems;

	for (; s != NULL && !ww_str_eq(s->url, url); s = s->next)
		;
	if (s == NULL)
		l->bad = true;
	else
		add_concepts(l, url, s->concepts, "concept", 0);
}

/* Filters, and sets that are cut with one another, are not worked out. */
static void
add_include(struct list *l, const struct ww_json *include, int depth)
{
	const struct ww_json *concepts = ww_json_get(include, "concept");
	const struct ww_json *others = ww_json_get(include, "valueSet");
	ww_str system = ww_json_str(ww_json_get(include, "system"));

	if (ww_json_get(include, "filter") != NULL || (others != NULL && system.n > 0) ||
	    ww_json_len(others) > 1)
		l->bad = true;
	else if (others != NULL)
		add_valueset(l, ww_json_str(ww_json_first(others)), depth);
	else if (concepts != NULL)
		add_concepts(l, system, concepts, "concept", 0);
	else
		add_system(l, ww_fhir_without_version(system));
}

static int
order(const void *a, const void *b)
{
	return ww_str_cmp(*(const ww_str *)a, *(const ww_str *)b);
}

static void
list_codes(struct ww_fhir_profiles *set, struct ww_fhir_codes *v, int depth)
{
	const struct ww_json *i = ww_json_first(ww_json_get(v->compose, "include"));
	struct list l = { .set = set };

	if (v->done)
		return;
	v->done = true; /* also against a set that is within itself: it is not listed then */
	l.bad = depth > DEPTH_MAX || ww_json_get(v->compose, "exclude") != NULL;
	if (v->expansion != NULL) {
		l.bad = false;
		add_concepts(&l, ww_str_empty(), v->expansion, "contains", 0);
	} else if (i == NULL) {
		l.bad = true;
	}
	for (; v->expansion == NULL && i != NULL && !l.bad; i = ww_json_next(i))
		add_include(&l, i, depth);
	if (l.n > 0)
		qsort(l.p, l.n, sizeof(*l.p), order);
	v->codes = l.p;
	v->n = l.n;
	v->listed = !l.bad;
}

const struct ww_fhir_codes *
ww_fhir_codes_of(struct ww_fhir_profiles *set, ww_str url)
{
	struct ww_fhir_codes *v = find(set, url);

	if (v != NULL)
		list_codes(set, v, 0);
	return v;
}

/* A code without its system, as of an element of type code, may be of any. */
bool
ww_fhir_codes_have(const struct ww_fhir_codes *codes, ww_str system, ww_str code)
{
	size_t i;

	for (i = 0; i < codes->n; i++) {
		ww_str of, have = ww_str_cut(codes->codes[i], '|', &of);

		if (ww_str_eq(of, code) && (system.n == 0 || ww_str_eq(have, system)))
			return true;
	}
	return false;
}
