/* A set of profiles: read from JSON, and what is kept of them. */
#include "codec/fhir_profile_parts.h"

#include <wardwire/buf.h>

#include <stdlib.h>
#include <string.h>

/* -- the set ----------------------------------------------------------------------------------------- */

struct ww_fhir_profiles *
ww_fhir_profiles_new(size_t limit)
{
	struct ww_fhir_profiles *set = calloc(1, sizeof(*set));

	if (set == NULL)
		return NULL;
	set->cx.arena = ww_arena_new(limit);
	if (set->cx.arena == NULL) {
		free(set);
		return NULL;
	}
	set->notes_end = &set->notes;
	return set;
}

void
ww_fhir_profiles_free(struct ww_fhir_profiles *set)
{
	if (set == NULL)
		return;
	ww_arena_free(set->cx.arena);
	free(set);
}

ww_str
ww_fhir_without_version(ww_str canonical)
{
	ww_str version;

	return ww_str_cut(canonical, '|', &version);
}

struct ww_fhir_profile *
ww_fhir_profile_find(const struct ww_fhir_profiles *set, ww_str url)
{
	struct ww_fhir_profile *p;

	for (p = set->profiles; p != NULL && !ww_str_eq(p->url, url); p = p->next)
		;
	return p;
}

size_t
ww_fhir_profiles_count(const struct ww_fhir_profiles *set)
{
	return set->n;
}

bool
ww_fhir_profiles_have(const struct ww_fhir_profiles *set, ww_str url)
{
	return ww_fhir_profile_find(set, ww_fhir_without_version(url)) != NULL;
}

void
ww_fhir_profile_note(struct ww_fhir_profiles *set, ww_str profile, ww_str element, const char *what)
{
	struct ww_fhir_note *n;
	ww_str text = ww_arena_printf(set->cx.arena, "%.*s: %.*s%s%s", WW_STR_FMT(profile),
	    WW_STR_FMT(element), element.n > 0 ? ": " : "", what);

	for (n = set->notes; n != NULL; n = n->next)
		if (ww_str_eq(n->text, text))
			return;
	n = ww_arena_alloc(set->cx.arena, sizeof(*n));
	if (n == NULL)
		return;
	n->text = text;
	*set->notes_end = n;
	set->notes_end = &n->next;
}

ww_str
ww_fhir_profiles_note(const struct ww_fhir_profiles *set, size_t i)
{
	const struct ww_fhir_note *n = set->notes;

	for (; n != NULL && i > 0; i--)
		n = n->next;
	return n != NULL ? n->text : ww_str_empty();
}

/* -- keeping ------------------------------------------------------------------------------------------ */

static ww_str
keep(struct ww_fhir_profiles *set, ww_str s)
{
	return ww_arena_str(set->cx.arena, s);
}

static ww_str
keep_url(struct ww_fhir_profiles *set, const struct ww_json *v)
{
	return keep(set, ww_fhir_without_version(ww_json_str(v)));
}

/* A copy in the set's memory; NULL of NULL, and when memory is short, which its arena remembers. */
static const struct ww_json *
keep_json(struct ww_fhir_profiles *set, struct ww_ctx *cx, const struct ww_json *v)
{
	struct ww_json *copy = NULL;
	struct ww_buf b = { 0 };

	if (v != NULL && ww_json_write(cx, v, false, &b) == WW_OK &&
	    ww_json_parse(&set->cx, ww_buf_view(&b), &copy) != WW_OK)
		copy = NULL;
	ww_buf_free(&b);
	return copy;
}

/* -- an element of a StructureDefinition -------------------------------------------------------------- */

static bool
is_capital(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* The member "fixedCode" of "fixed", whatever the type. */
static const struct ww_json *
typed_member(const struct ww_json *v, const char *name)
{
	const struct ww_json *m;
	size_t n = strlen(name);

	for (m = ww_json_first(v); m != NULL; m = ww_json_next(m)) {
		ww_str key = ww_json_key(m);

		if (key.n > n && ww_str_starts(key, ww_str_from(name)) && is_capital(key.p[n]))
			return m;
	}
	return NULL;
}

static int64_t
max_of(const struct ww_json *element)
{
	ww_str s = ww_json_str(ww_json_get(element, "max"));
	uint64_t n;

	if (ww_str_is(s, "*"))
		return WW_FHIR_ANY_NUMBER;
	return ww_str_u64(s, INT32_MAX, &n) ? (int64_t)n : WW_FHIR_UNSAID;
}

/* The type is a reference to resources that are held to other profiles. */
static bool
points_further(const struct ww_json *type)
{
	const struct ww_json *t = ww_json_first(ww_json_get(type, "targetProfile"));

	for (; t != NULL; t = ww_json_next(t))
		if (!ww_str_starts(
		        ww_json_str(t), WW_STR("http://hl7.org/fhir/StructureDefinition/")))
			return true;
	return false;
}

static struct ww_fhir_typed *
take_types(struct ww_fhir_profiles *set, const struct ww_fhir_profile *p,
    const struct ww_json *element, ww_str id)
{
	struct ww_fhir_typed *first = NULL, **end = &first;
	const struct ww_json *t = ww_json_first(ww_json_get(element, "type"));

	for (; t != NULL; t = ww_json_next(t)) {
		const struct ww_json *profile = ww_json_first(ww_json_get(t, "profile"));
		struct ww_fhir_typed *row = ww_arena_alloc(set->cx.arena, sizeof(*row));

		if (row == NULL)
			return first;
		row->code = keep(set, ww_json_str(ww_json_get(t, "code")));
		row->profile = keep_url(set, profile);
		row->more = ww_json_next(profile) != NULL;
		if (row->more)
			ww_fhir_profile_note(set, p->name, id,
			    "to which of several profiles a value is held is not told");
		if (points_further(t))
			ww_fhir_profile_note(set, p->name, ww_str_empty(),
			    "where references lead is held to R4 alone");
		*end = row;
		end = &row->next;
	}
	return first;
}

static enum ww_fhir_discriminator_kind
kind_of(ww_str type, ww_str path)
{
	static const struct {
		const char *name;
		enum ww_fhir_discriminator_kind kind;
	} kinds[] = {
		{ "value", WW_FHIR_BY_VALUE },
		{ "pattern", WW_FHIR_BY_VALUE },
		{ "exists", WW_FHIR_BY_EXISTS },
		{ "type", WW_FHIR_BY_TYPE },
	};
	size_t i;

	/* Functions of FHIRPath (resolve, extension, ofType) would need what is not here. */
	if (ww_str_find(path, '(') < path.n)
		return WW_FHIR_BY_OTHER;
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (ww_str_is(type, kinds[i].name))
			return kinds[i].kind;
	return WW_FHIR_BY_OTHER;
}

static struct ww_fhir_discriminator *
take_discriminators(struct ww_fhir_profiles *set, const struct ww_json *slicing)
{
	struct ww_fhir_discriminator *first = NULL, **end = &first;
	const struct ww_json *d = ww_json_first(ww_json_get(slicing, "discriminator"));

	for (; d != NULL; d = ww_json_next(d)) {
		ww_str path = ww_json_str(ww_json_get(d, "path"));
		struct ww_fhir_discriminator *row = ww_arena_alloc(set->cx.arena, sizeof(*row));

		if (row == NULL)
			return first;
		row->path = keep(set, path);
		row->kind = kind_of(ww_json_str(ww_json_get(d, "type")), path);
		*end = row;
		end = &row->next;
	}
	return first;
}

/* What the element asks for that nobody checks here. */
static void
note_rest(struct ww_fhir_profiles *set, const struct ww_fhir_profile *p,
    const struct ww_json *element, ww_str id)
{
	static const char *const limits[] = { "maxLength", "minValue", "maxValue" };
	const struct ww_json *c = ww_json_first(ww_json_get(element, "constraint"));
	size_t i;

	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		if (ww_json_get(element, limits[i]) != NULL ||
		    typed_member(element, limits[i]) != NULL)
			ww_fhir_profile_note(set, p->name, id, "limits of a value are not checked");
	for (; c != NULL; c = ww_json_next(c)) {
		ww_str source = ww_fhir_without_version(ww_json_str(ww_json_get(c, "source")));
		bool own = p->whole ? ww_str_eq(source, p->url)
		                    : source.n == 0 || ww_str_eq(source, p->url);

		if (own && ww_str_is(ww_json_str(ww_json_get(c, "severity")), "error"))
			ww_fhir_profile_note(set, p->name, id,
			    ww_arena_printf(set->cx.arena, "invariant %.*s is not checked",
			        WW_STR_FMT(ww_json_str(ww_json_get(c, "key"))))
			        .p);
	}
}

static void
take_element(struct ww_fhir_profiles *set, struct ww_ctx *cx, struct ww_fhir_profile *p,
    const struct ww_json *element)
{
	const struct ww_json *binding = ww_json_get(element, "binding");
	const struct ww_json *slicing = ww_json_get(element, "slicing");
	const struct ww_json *min = ww_json_get(element, "min");
	struct ww_fhir_profile_row *row = ww_arena_alloc(set->cx.arena, sizeof(*row));
	ww_str id = ww_json_str(ww_json_get(element, "id"));

	if (row == NULL)
		return;
	row->id = keep(set, id.n > 0 ? id : ww_json_str(ww_json_get(element, "path")));
	row->want = (struct ww_fhir_want){
		.min = min != NULL ? ww_json_int(min) : WW_FHIR_UNSAID,
		.max = max_of(element),
		.fixed = keep_json(set, cx, typed_member(element, "fixed")),
		.pattern = keep_json(set, cx, typed_member(element, "pattern")),
		.types = take_types(set, p, element, row->id),
		.discriminators = take_discriminators(set, slicing),
		.sliced = slicing != NULL,
		.closed = ww_str_is(ww_json_str(ww_json_get(slicing, "rules")), "closed"),
	};
	if (ww_str_is(ww_json_str(ww_json_get(binding, "strength")), "required"))
		row->want.valueset = keep_url(set, ww_json_get(binding, "valueSet"));
	note_rest(set, p, element, row->id);
	*p->end = row;
	p->end = &row->next;
}

/* -- resources ---------------------------------------------------------------------------------------- */

static void
take_profile(struct ww_fhir_profiles *set, struct ww_ctx *cx, const struct ww_json *v)
{
	const struct ww_json *e = ww_json_first(ww_json_find(v, "snapshot.element"));
	struct ww_fhir_profile *p;

	/* Definitions of types are in the tables, and logical models are of no resource. */
	if (!ww_str_is(ww_json_str(ww_json_get(v, "derivation")), "constraint"))
		return;
	p = ww_arena_alloc(set->cx.arena, sizeof(*p));
	if (p == NULL)
		return;
	p->url = keep_url(set, ww_json_get(v, "url"));
	p->name = keep(set, ww_json_str(ww_json_get(v, "id")));
	if (p->name.n == 0)
		p->name = p->url;
	p->type = keep(set, ww_json_str(ww_json_get(v, "type")));
	p->base = keep_url(set, ww_json_get(v, "baseDefinition"));
	p->whole = e != NULL;
	p->end = &p->rows;
	if (e == NULL)
		e = ww_json_first(ww_json_find(v, "differential.element"));
	for (; e != NULL; e = ww_json_next(e))
		take_element(set, cx, p, e);
	p->next = set->profiles;
	set->profiles = p;
	set->n++;
}

static void
take_valueset(struct ww_fhir_profiles *set, struct ww_ctx *cx, const struct ww_json *v)
{
	struct ww_fhir_codes *row = ww_arena_alloc(set->cx.arena, sizeof(*row));

	if (row == NULL)
		return;
	row->url = keep_url(set, ww_json_get(v, "url"));
	row->compose = keep_json(set, cx, ww_json_get(v, "compose"));
	row->expansion = keep_json(set, cx, ww_json_find(v, "expansion.contains"));
	row->next = set->valuesets;
	set->valuesets = row;
}

static void
take_system(struct ww_fhir_profiles *set, struct ww_ctx *cx, const struct ww_json *v)
{
	struct ww_fhir_system *row;

	if (!ww_str_is(ww_json_str(ww_json_get(v, "content")), "complete"))
		return;
	row = ww_arena_alloc(set->cx.arena, sizeof(*row));
	if (row == NULL)
		return;
	row->url = keep_url(set, ww_json_get(v, "url"));
	row->concepts = keep_json(set, cx, ww_json_get(v, "concept"));
	row->next = set->systems;
	set->systems = row;
}

static void
take(struct ww_fhir_profiles *set, struct ww_ctx *cx, const struct ww_json *v)
{
	static const struct {
		const char *type;
		void (*take)(
		    struct ww_fhir_profiles *set, struct ww_ctx *cx, const struct ww_json *v);
	} rows[] = {
		{ "StructureDefinition", take_profile },
		{ "ValueSet", take_valueset },
		{ "CodeSystem", take_system },
	};
	ww_str type = ww_json_str(ww_json_get(v, "resourceType"));
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (ww_str_is(type, rows[i].type))
			rows[i].take(set, cx, v);
}

ww_status
ww_fhir_profiles_add(struct ww_fhir_profiles *set, struct ww_ctx *cx, ww_str text)
{
	const struct ww_json *entry;
	struct ww_json *v;
	ww_status s = ww_json_parse(cx, text, &v);

	if (s != WW_OK)
		return s;
	take(set, cx, v);
	if (ww_str_is(ww_json_str(ww_json_get(v, "resourceType")), "Bundle"))
		for (entry = ww_json_first(ww_json_get(v, "entry")); entry != NULL;
		     entry = ww_json_next(entry))
			take(set, cx, ww_json_get(entry, "resource"));
	if (ww_arena_status(set->cx.arena) != WW_OK)
		return ww_fail(cx, (ww_status)ww_arena_status(set->cx.arena), NULL,
		    "the profiles take too much memory");
	return WW_OK;
}
