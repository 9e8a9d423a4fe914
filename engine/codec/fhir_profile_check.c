/* Holds resources to profiles. */
#include "codec/fhir_profile_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { DEPTH_MAX = 32, TEXT_SIZE = 256 };

/* One profile on its way over one resource. */
struct hold {
	struct ww_fhir_walk *w;
	const struct ww_fhir_profile *profile;
	unsigned depth; /* profiles within profiles, and elements within elements */
};

/* The values of an element. */
struct values {
	const struct ww_fhir_at *object;
	const struct ww_fhir_node *node;
	const struct ww_json *member; /* NULL: none */
	const struct ww_json *half;   /* "_name" beside it */
	bool array;
};

/* One after another. */
struct value {
	struct ww_fhir_at at;       /* at.v is NULL behind the last */
	const struct ww_json *half; /* of this one */
};

static void check_children(
    const struct hold *h, const struct ww_fhir_at *at, const struct ww_fhir_node *node);
static void hold_to(const struct hold *h, const struct ww_fhir_at *at, ww_str url);

/* -- saying ------------------------------------------------------------------------------------------- */

static void
say(const struct hold *h, const struct ww_fhir_at *at, ww_str child,
    const struct ww_fhir_node *node, const char *what)
{
	char text[TEXT_SIZE];
	bool slice = node->slice.n > 0;

	snprintf(text, sizeof(text), "%s%s%.*s (%.*s)", what, slice ? " in slice " : "",
	    WW_STR_FMT(slice ? node->slice : ww_str_empty()), WW_STR_FMT(h->profile->name));
	ww_fhir_say_as(h->w, at, child,
	    h->w->rules->mode == WW_FHIR_ENFORCE ? WW_FHIR_ERROR : WW_FHIR_WARNING, WW_E_RULE,
	    "profile", text);
}

/* -- the values of an element ------------------------------------------------------------------------- */

static bool
is_choice_of(ww_str key, ww_str name)
{
	return key.n > name.n && ww_str_starts(key, name) && key.p[name.n] >= 'A' &&
	       key.p[name.n] <= 'Z';
}

static struct values
values_of(const struct ww_fhir_at *object, const struct ww_fhir_node *node)
{
	struct values v = { .object = object, .node = node };
	const struct ww_json *m =
	    ww_json_kind(object->v) == WW_JSON_OBJECT ? ww_json_first(object->v) : NULL;

	for (; m != NULL; m = ww_json_next(m)) {
		ww_str key = ww_json_key(m);
		bool half = key.n > 0 && key.p[0] == '_';

		if (half)
			key = ww_str_sub(key, 1, key.n);
		if (node->choice ? !is_choice_of(key, node->name) : !ww_str_eq(key, node->name))
			continue;
		if (half)
			v.half = m;
		else if (v.member == NULL)
			v.member = m;
	}
	v.array = ww_json_kind(v.member) == WW_JSON_ARRAY;
	return v;
}

static int64_t
count_of(const struct values *v)
{
	if (v->member == NULL)
		return v->half != NULL;
	return v->array ? (int64_t)ww_json_len(v->member) : 1;
}

static struct value
first_of(const struct values *v)
{
	return (struct value){
		.at = { .up = v->object,
		    .name = ww_json_key(v->member),
		    .index = v->array ? 0 : WW_FHIR_ALONE,
		    .v = v->array ? ww_json_first(v->member) : v->member },
		.half = v->array ? ww_json_first(v->half) : v->half,
	};
}

static void
next_of(const struct values *v, struct value *one)
{
	one->at.v = v->array ? ww_json_next(one->at.v) : NULL;
	one->at.index++;
	one->half = ww_json_next(one->half);
}

/* -- one value ---------------------------------------------------------------------------------------- */

/* Of a primitive the children are in the other half. */
static void
check_below(const struct hold *h, const struct value *one, const struct ww_fhir_node *node)
{
	struct ww_fhir_at half = one->at;

	half.v = one->half;
	if (node->children != NULL)
		check_children(
		    h, ww_json_kind(one->at.v) == WW_JSON_OBJECT ? &one->at : &half, node);
}

/* The one of the types that the value is of, by its resourceType or because there is no other; NULL: not told. */
static const struct ww_fhir_typed *
type_of(const struct ww_fhir_node *node, const struct ww_json *v)
{
	ww_str resource = ww_json_str(ww_json_get(v, "resourceType"));
	const struct ww_fhir_typed *t = node->want.types;

	if (t->next == NULL)
		return t;
	while (t != NULL && (resource.n == 0 || !ww_str_eq(t->code, resource)))
		t = t->next;
	return t;
}

static void
check_type(const struct hold *h, const struct ww_fhir_at *at, const struct ww_fhir_node *node)
{
	const struct ww_fhir_typed *t = node->want.types;

	if (t == NULL)
		return;
	if (!ww_fhir_node_takes(node, at->name, at->v)) {
		say(h, at, ww_str_empty(), node, "not one of the types");
		return;
	}
	t = type_of(node, at->v);
	if (t != NULL && !t->more && t->profile.n > 0)
		hold_to(h, at, t->profile);
}

static void
check_value(const struct hold *h, const struct value *one, const struct ww_fhir_node *node)
{
	const struct ww_fhir_want *want = &node->want;
	const struct ww_fhir_at *at = &one->at;

	if (ww_json_kind(at->v) == WW_JSON_NULL)
		return;
	if (want->fixed != NULL && !ww_fhir_equals(at->v, want->fixed))
		say(h, at, ww_str_empty(), node, "not the fixed value");
	if (want->pattern != NULL && !ww_fhir_fits(at->v, want->pattern))
		say(h, at, ww_str_empty(), node, "without what the pattern has");
	if ((node->codes != NULL || node->valueset != 0) && !ww_fhir_is_bound(node, at->v))
		say(h, at, ww_str_empty(), node, "not a code of the required value set");
	check_type(h, at, node);
	check_below(h, one, node);
}

/* -- an element --------------------------------------------------------------------------------------- */

static void
check_count(const struct hold *h, const struct ww_fhir_at *object, const struct ww_fhir_node *node,
    int64_t n)
{
	char what[64];

	if (node->want.min != WW_FHIR_UNSAID && n < node->want.min) {
		snprintf(what, sizeof(what), "at least %" PRId64 " must be there", node->want.min);
		say(h, object, node->name, node, what);
	}
	if (node->want.max != WW_FHIR_UNSAID && n > node->want.max) {
		snprintf(what, sizeof(what), "at most %" PRId64 " may be there", node->want.max);
		say(h, object, node->name, node, what);
	}
}

static void
check_slice(const struct hold *h, const struct ww_fhir_at *object, const struct values *v,
    const struct ww_fhir_node *slice)
{
	struct value one = first_of(v);
	int64_t n = 0;

	for (; one.at.v != NULL; next_of(v, &one))
		if (ww_fhir_slice_has(v->node, slice, one.at.name, one.at.v)) {
			n++;
			check_value(h, &one, slice);
		}
	check_count(h, object, slice, n);
}

static bool
is_in_some(const struct ww_fhir_node *node, ww_str member, const struct ww_json *v)
{
	const struct ww_fhir_node *s;

	for (s = node->slices; s != NULL; s = s->next)
		if (ww_fhir_slice_has(node, s, member, v))
			return true;
	return false;
}

/* With all slices told, what is in none is too much where the slicing is closed. */
static void
check_closed(const struct hold *h, const struct values *v)
{
	const struct ww_fhir_node *s;
	struct value one;

	if (!v->node->want.closed)
		return;
	for (s = v->node->slices; s != NULL; s = s->next)
		if (!ww_fhir_slice_is_told(v->node, s))
			return;
	for (one = first_of(v); one.at.v != NULL; next_of(v, &one))
		if (!is_in_some(v->node, one.at.name, one.at.v))
			say(h, &one.at, ww_str_empty(), v->node,
			    "in none of the slices, and others are not allowed");
}

static void
check_node(const struct hold *h, const struct ww_fhir_at *object, const struct ww_fhir_node *node)
{
	struct values v = values_of(object, node);
	const struct ww_fhir_node *s;
	struct value one;

	check_count(h, object, node, count_of(&v));
	for (one = first_of(&v); one.at.v != NULL; next_of(&v, &one))
		check_value(h, &one, node);
	for (s = node->slices; s != NULL; s = s->next)
		if (ww_fhir_slice_is_told(node, s))
			check_slice(h, object, &v, s);
	check_closed(h, &v);
}

static void
check_children(const struct hold *h, const struct ww_fhir_at *at, const struct ww_fhir_node *node)
{
	struct hold below = *h;
	const struct ww_fhir_node *c;

	if (++below.depth > DEPTH_MAX)
		return;
	for (c = node->children; c != NULL; c = c->next)
		check_node(&below, at, c);
}

/* -- a resource --------------------------------------------------------------------------------------- */

static void
hold_to(const struct hold *h, const struct ww_fhir_at *at, ww_str url)
{
	struct hold other = *h;

	other.profile = ww_fhir_profile_find(h->w->rules->profiles, url);
	if (other.profile != NULL && other.profile->root != NULL)
		check_children(&other, at, other.profile->root);
}

/* Because the resource says so, or all of its type are. */
static bool
is_held_to(const struct ww_fhir_rules *rules, const struct ww_json *resource, ww_str url)
{
	const struct ww_json *p =
	    ww_json_first(ww_json_get(ww_json_get(resource, "meta"), "profile"));
	size_t i;

	for (; p != NULL; p = ww_json_next(p))
		if (ww_str_eq(ww_fhir_without_version(ww_json_str(p)), url))
			return true;
	for (i = 0; i < rules->held_to_n; i++)
		if (ww_str_eq(ww_fhir_without_version(rules->held_to[i]), url))
			return true;
	return false;
}

void
ww_fhir_check_profiles(struct ww_fhir_walk *w, const struct ww_fhir_at *at)
{
	struct hold h = { .w = w };
	const struct ww_fhir_profile *p;

	if (w->rules->profiles == NULL || w->rules->mode == WW_FHIR_OFF)
		return;
	for (p = w->rules->profiles->profiles; p != NULL; p = p->next)
		if (ww_str_is(p->type, at->type->name) && is_held_to(w->rules, at->v, p->url))
			hold_to(&h, at, p->url);
}
