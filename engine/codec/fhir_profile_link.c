/* Makes the tree of a profile: the rows of what it is based on, from the lowest, and its own over them. */
#include "codec/fhir_profile_parts.h"

#include <string.h>

enum { CHAIN_MAX = 16, DEPTH_MAX = 64 /* of an element's path */ };

#define R4_TYPE "http://hl7.org/fhir/StructureDefinition/"
#define R4_VALUESET "http://hl7.org/fhir/ValueSet/"

/* -- the tree ----------------------------------------------------------------------------------------- */

static struct ww_fhir_node *
new_node(struct ww_fhir_profiles *set, struct ww_fhir_node **at, ww_str name, ww_str slice)
{
	struct ww_fhir_node *n = ww_arena_alloc(set->cx.arena, sizeof(*n));

	if (n == NULL)
		return NULL;
	n->want.min = n->want.max = WW_FHIR_UNSAID;
	n->name = name;
	n->slice = slice;
	while (*at != NULL)
		at = &(*at)->next;
	*at = n;
	return n;
}

/* The node of "name", "name[x]" or "name:slice" below that one, made when it is missing. */
static struct ww_fhir_node *
step(struct ww_fhir_profiles *set, struct ww_fhir_node *above, ww_str part)
{
	ww_str slice, name = ww_str_cut(part, ':', &slice);
	bool choice = name.n > 3 && ww_str_is(ww_str_sub(name, name.n - 3, 3), "[x]");
	struct ww_fhir_node *n, *s;

	if (choice)
		name = ww_str_sub(name, 0, name.n - 3);
	for (n = above->children; n != NULL && !ww_str_eq(n->name, name); n = n->next)
		;
	if (n == NULL)
		n = new_node(set, &above->children, name, ww_str_empty());
	if (n == NULL)
		return NULL;
	n->choice |= choice;
	if (slice.n == 0)
		return n;
	for (s = n->slices; s != NULL && !ww_str_eq(s->slice, slice); s = s->next)
		;
	if (s == NULL)
		s = new_node(set, &n->slices, name, slice);
	if (s != NULL)
		s->choice = n->choice;
	return s;
}

/* What the later row says goes before. */
static void
lay_over(struct ww_fhir_want *under, const struct ww_fhir_want *over)
{
	if (over->min != WW_FHIR_UNSAID)
		under->min = over->min;
	if (over->max != WW_FHIR_UNSAID)
		under->max = over->max;
	if (over->fixed != NULL)
		under->fixed = over->fixed;
	if (over->pattern != NULL)
		under->pattern = over->pattern;
	if (over->valueset.n > 0)
		under->valueset = over->valueset;
	if (over->types != NULL)
		under->types = over->types;
	if (over->discriminators != NULL)
		under->discriminators = over->discriminators;
	under->sliced |= over->sliced;
	under->closed |= over->closed;
}

static void
add_rows(struct ww_fhir_profiles *set, struct ww_fhir_node *root, const struct ww_fhir_profile *p)
{
	const struct ww_fhir_profile_row *r;

	for (r = p->rows; r != NULL; r = r->next) {
		ww_str part, rest;
		struct ww_fhir_node *n = root;
		int depth = 0;

		(void)ww_str_cut(r->id, '.', &rest); /* the type */
		while (rest.n > 0 && n != NULL) {
			part = ww_str_cut(rest, '.', &rest);
			n = depth++ < DEPTH_MAX ? step(set, n, part) : NULL;
		}
		if (n != NULL && n != root)
			lay_over(&n->want, &r->want);
	}
}

/* -- what can be checked of it ------------------------------------------------------------------------- */

static void
bind(struct ww_fhir_profiles *set, const struct ww_fhir_profile *p, struct ww_fhir_node *n,
    ww_str path)
{
	static const ww_str r4 = WW_STR_INIT(R4_VALUESET);
	const struct ww_fhir_codes *codes;

	if (n->want.valueset.n == 0)
		return;
	codes = ww_fhir_codes_of(set, n->want.valueset);
	if (codes != NULL && codes->listed)
		n->codes = codes;
	else if (ww_str_starts(n->want.valueset, r4))
		n->valueset =
		    ww_fhir_valueset_find(ww_str_sub(n->want.valueset, r4.n, n->want.valueset.n));
	if (n->codes == NULL && n->valueset == 0)
		ww_fhir_profile_note(
		    set, p->name, path, "the codes of a required value set are not listed here");
}

static void
settle(struct ww_fhir_profiles *set, const struct ww_fhir_profile *p, struct ww_fhir_node *n,
    ww_str above)
{
	ww_str path = ww_arena_printf(set->cx.arena, "%.*s.%.*s%s%s%.*s", WW_STR_FMT(above),
	    WW_STR_FMT(n->name), n->choice ? "[x]" : "", n->slice.n > 0 ? ":" : "",
	    WW_STR_FMT(n->slice));
	struct ww_fhir_node *c;

	bind(set, p, n, path);
	for (c = n->slices; c != NULL; c = c->next)
		if (!ww_fhir_slice_is_told(n, c))
			ww_fhir_profile_note(set, p->name, path,
			    "slices that are told otherwise than by value, pattern, type, "
			    "existence or "
			    "URL are not checked");
	for (c = n->slices; c != NULL; c = c->next)
		settle(set, p, c, above);
	for (c = n->children; c != NULL; c = c->next)
		settle(set, p, c, path);
}

/* The profiles from p down to the one that needs nothing more, p first; their number. */
static size_t
chain_of(struct ww_fhir_profiles *set, struct ww_fhir_profile *p, struct ww_fhir_profile **chain)
{
	static const ww_str r4 = WW_STR_INIT(R4_TYPE);
	const struct ww_fhir_profile *named = p;
	size_t n = 0;

	for (;;) {
		ww_str base = p->base;

		chain[n++] = p;
		if (p->whole)
			return n;
		p = ww_fhir_profile_find(set, base);
		if (p == NULL) {
			if (!ww_str_starts(base, r4) ||
			    ww_fhir_type_find(ww_str_sub(base, r4.n, base.n)) == NULL)
				ww_fhir_profile_note(set, named->name, ww_str_empty(),
				    "what it is based on is not there");
			return n;
		}
		if (n == CHAIN_MAX) {
			ww_fhir_profile_note(set, named->name, ww_str_empty(),
			    "based on too many others, or on itself");
			return n;
		}
	}
}

ww_status
ww_fhir_profiles_link(struct ww_fhir_profiles *set, struct ww_ctx *cx)
{
	struct ww_fhir_profile *chain[CHAIN_MAX], *p;
	struct ww_fhir_node *c;
	size_t n;

	for (p = set->profiles; p != NULL; p = p->next) {
		p->root = ww_arena_alloc(set->cx.arena, sizeof(*p->root));
		if (p->root == NULL)
			break;
		for (n = chain_of(set, p, chain); n > 0; n--)
			add_rows(set, p->root, chain[n - 1]);
		for (c = p->root->children; c != NULL; c = c->next)
			settle(set, p, c, p->type);
	}
	if (ww_arena_status(set->cx.arena) != WW_OK)
		return ww_fail(cx, (ww_status)ww_arena_status(set->cx.arena), NULL,
		    "the profiles take too much memory");
	return WW_OK;
}
