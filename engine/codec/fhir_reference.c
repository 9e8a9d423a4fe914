/* References: Type/id, an absolute URL, urn:uuid:, urn:oid:, #id, or in a transaction a search; and that they point to a
 * resource type the element allows, as far as the reference, its type or the Bundle tell. */
#include "codec/fhir_walk.h"

#include "codec/fhir_primitive.h"

#include <string.h>

/* Takes the part behind the last slash off s, or all of it where there is none. */
static ww_str
last_part(ww_str *s)
{
	size_t i = s->n;
	ww_str part;

	while (i > 0 && s->p[i - 1] != '/')
		i--;
	part = ww_str_sub(*s, i, s->n);
	*s = ww_str_sub(*s, 0, i > 0 ? i - 1 : 0);
	return part;
}

static bool
is_absolute(ww_str s)
{
	size_t colon = ww_str_find(s, ':');

	return colon < s.n && colon < ww_str_find(s, '/');
}

const struct ww_fhir_type *
ww_fhir_url_type(ww_str url, ww_str *id)
{
	ww_str last = last_part(&url), type = last_part(&url);

	if (ww_str_is(type, "_history")) {
		last = last_part(&url);
		type = last_part(&url);
	}
	if (last.n == 0 || ww_fhir_primitive_fault(WW_FHIR_ID, last) != NULL)
		return NULL;
	*id = last;
	return ww_fhir_resource_find(type);
}

static const struct ww_fhir_type *
type_of_url(ww_str s)
{
	ww_str id;

	return ww_fhir_url_type(s, &id);
}

/* "Patient?identifier=...": the type. */
static const struct ww_fhir_type *
type_of_search(ww_str s)
{
	ww_str query, type = ww_str_cut(s, '?', &query);

	return query.n > 0 ? ww_fhir_resource_find(type) : NULL;
}

static const struct ww_fhir_type *
type_of_local(const struct ww_fhir_walk *w, ww_str id)
{
	const struct ww_fhir_contained *c;

	if (w->scope == NULL)
		return NULL;
	if (id.n == 0)
		return w->scope->at->type;
	c = ww_fhir_scope_find(w->scope, id);
	return c != NULL ? c->type : NULL;
}

static const struct ww_fhir_type *
type_of_text(const struct ww_fhir_walk *w, ww_str s)
{
	const struct ww_fhir_entry *entry;

	if (ww_str_starts(s, WW_STR("#")))
		return type_of_local(w, ww_str_sub(s, 1, s.n));
	entry = w->bundle != NULL ? ww_fhir_bundle_find(w->bundle, s) : NULL;
	if (entry != NULL)
		return entry->type;
	if (ww_str_starts(s, WW_STR("urn:")))
		return NULL;
	return ww_str_find(s, '?') < s.n ? type_of_search(s) : type_of_url(s);
}

/* Reference.type: the name of a type, or the URL of a logical model, which is no resource. */
static const struct ww_fhir_type *
type_said(const struct ww_json *reference)
{
	return ww_fhir_resource_find(ww_json_str(ww_json_get(reference, "type")));
}

const struct ww_fhir_type *
ww_fhir_reference_type(const struct ww_fhir_walk *w, const struct ww_json *reference)
{
	const struct ww_fhir_type *t =
	    type_of_text(w, ww_json_str(ww_json_get(reference, "reference")));

	return t != NULL ? t : type_said(reference);
}

static bool
is_target(const struct ww_fhir_element *e, const struct ww_fhir_type *t)
{
	size_t i;

	for (i = 0; i < e->targets_n; i++)
		if (ww_fhir_element_target(e, i) == t)
			return true;
	return e->targets_n == 0;
}

/* Why the text is no reference; NULL when it is one. */
static const char *
form_fault(const struct ww_fhir_walk *w, ww_str s)
{
	if (ww_fhir_primitive_fault(WW_FHIR_URI, s) != NULL)
		return "white space in a reference";
	if (s.p[0] == '#' || is_absolute(s))
		return NULL;
	if (ww_str_find(s, '?') < s.n) {
		if (type_of_search(s) == NULL)
			return "a search without a resource type";
		return w->bundle != NULL && w->bundle->transaction
		           ? NULL
		           : "a search is a reference in a transaction only";
	}
	if (w->bundle != NULL && ww_fhir_bundle_find(w->bundle, s) != NULL)
		return NULL;
	return type_of_url(s) != NULL ? NULL : "not Type/id, a URL, a urn or #id";
}

void
ww_fhir_check_reference(
    struct ww_fhir_walk *w, const struct ww_fhir_at *at, const struct ww_fhir_element *e)
{
	ww_str s = ww_json_str(ww_json_get(at->v, "reference"));
	const struct ww_fhir_type *said = type_said(at->v), *found = NULL;
	const char *fault = s.n > 0 ? form_fault(w, s) : NULL;

	if (fault != NULL)
		ww_fhir_say(w, at, WW_STR("reference"), WW_FHIR_BAD_REFERENCE, fault);
	else if (s.n > 0)
		found = type_of_text(w, s);
	if (s.n > 0 && s.p[0] == '#')
		ww_fhir_note_local(w, ww_str_sub(s, 1, s.n));
	if (found != NULL && said != NULL && found != said)
		ww_fhir_say(w, at, WW_STR("type"), WW_FHIR_BAD_TARGET,
		    "not the type that the reference points to");
	if ((found != NULL && !is_target(e, found)) ||
	    (found == NULL && said != NULL && !is_target(e, said)))
		ww_fhir_say(w, at, ww_str_empty(), WW_FHIR_BAD_TARGET,
		    "points to a type of resource that is not allowed here");
}
