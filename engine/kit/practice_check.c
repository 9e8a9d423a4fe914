/* Rules of the resource types: required elements, codes, invariants, and the forms of FHIR's JSON. The
 * facts are of FHIR R4 (4.0.1), the pages of each resource and its JSON page. */
#include "kit/practice_check.h"

#include <wardwire/json.h>

#include <stdio.h>

#define PATH_MAX_BYTES 160
#define END NULL

/* A required binding: the element's code must be one of these. */
struct binding {
	const char *element;
	const char *const *codes;
};

struct ww_practice_rules {
	const char *required[4]; /* up to the first NULL */
	struct binding bound[4];
	/* Invariants and formats that no table says. */
	ww_status (*further)(struct ww_practice_call *c, const struct ww_json *resource);
};

static const char *const task_status[] = { "draft", "requested", "received", "accepted", "rejected",
	"ready", "cancelled", "in-progress", "on-hold", "failed", "completed", "entered-in-error",
	END };
static const char *const task_intent[] = { "unknown", "proposal", "plan", "order", "original-order",
	"reflex-order", "filler-order", "instance-order", "option", END };
static const char *const priority[] = { "routine", "urgent", "asap", "stat", END };
static const char *const event_status[] = { "preparation", "in-progress", "not-done", "on-hold",
	"stopped", "completed", "entered-in-error", "unknown", END };
static const char *const encounter_status[] = { "planned", "arrived", "triaged", "in-progress",
	"onleave", "finished", "cancelled", "entered-in-error", "unknown", END };
static const char *const gender[] = { "male", "female", "other", "unknown", END };

/* An element that must be a dateTime where it is given. */
static ww_status
read_date_time(struct ww_practice_call *c, const struct ww_json *resource, const char *type,
    const char *element, ww_time *out)
{
	const struct ww_json *v = ww_json_get(resource, element);
	char path[PATH_MAX_BYTES];

	*out = (ww_time){ .prec = WW_PREC_NONE };
	if (v == NULL || ww_time_fhir(ww_json_str(v), ww_zone_utc(), out))
		return WW_OK;
	snprintf(path, sizeof(path), "%s.%s", type, element);
	return ww_practice_call_refuse(c, 422, "value", path, "not a dateTime");
}

/* inv-1 */
static ww_status
task_times(struct ww_practice_call *c, const struct ww_json *resource)
{
	ww_time authored, modified;
	ww_status s = read_date_time(c, resource, "Task", "authoredOn", &authored);

	if (s == WW_OK)
		s = read_date_time(c, resource, "Task", "lastModified", &modified);
	if (s != WW_OK)
		return s;
	if (!ww_time_known(authored) || !ww_time_known(modified) ||
	    ww_time_cmp(modified, authored) >= 0)
		return WW_OK;
	return ww_practice_call_refuse(c, 422, "invariant", "Task.lastModified",
	    "inv-1: last modified must not be before authored on");
}

static ww_status
communication_times(struct ww_practice_call *c, const struct ww_json *resource)
{
	ww_time t;
	ww_status s = read_date_time(c, resource, "Communication", "sent", &t);

	if (s == WW_OK)
		s = read_date_time(c, resource, "Communication", "received", &t);
	return s;
}

/* org-1 */
static ww_status
organization_named(struct ww_practice_call *c, const struct ww_json *resource)
{
	if (ww_json_get(resource, "name") != NULL || ww_json_get(resource, "identifier") != NULL)
		return WW_OK;
	return ww_practice_call_refuse(c, 422, "invariant", "Organization",
	    "org-1: an organization must have a name or an identifier");
}

static const struct ww_practice_rules task_rules = {
	.required = { "status", "intent" },
	.bound = { { "status", task_status }, { "intent", task_intent }, { "priority", priority } },
	.further = task_times,
};
static const struct ww_practice_rules communication_rules = {
	.required = { "status" },
	.bound = { { "status", event_status }, { "priority", priority } },
	.further = communication_times,
};
static const struct ww_practice_rules patient_rules = {
	.bound = { { "gender", gender } },
};
static const struct ww_practice_rules encounter_rules = {
	.required = { "status", "class" },
	.bound = { { "status", encounter_status } },
};
static const struct ww_practice_rules organization_rules = { .further = organization_named };

const struct ww_practice_type ww_practice_check_types[] = {
	{ "Task", true, &task_rules },
	{ "Communication", true, &communication_rules },
	{ "Patient", false, &patient_rules },
	{ "Encounter", true, &encounter_rules },
	{ "Organization", false, &organization_rules },
};
const size_t ww_practice_check_types_n =
    sizeof(ww_practice_check_types) / sizeof(ww_practice_check_types[0]);

const struct ww_practice_type *
ww_practice_check_type(ww_str name)
{
	size_t i;

	for (i = 0; i < ww_practice_check_types_n; i++)
		if (ww_str_is(name, ww_practice_check_types[i].name))
			return &ww_practice_check_types[i];
	return NULL;
}

ww_status
ww_practice_check_known(struct ww_practice_call *c, ww_str name, const char *expression,
    const struct ww_practice_type **out)
{
	*out = ww_practice_check_type(name);
	if (*out != NULL)
		return WW_OK;
	return ww_practice_call_refuse(
	    c, 404, "not-supported", expression, "no such resource type here");
}

/* -- the forms of FHIR's JSON ----------------------------------------------------------------- */

/* The path of the node being looked at, grown and cut as the walk goes down and up. */
struct walk {
	struct ww_practice_call *c;
	char path[PATH_MAX_BYTES];
	size_t n;
};

static void
enter(struct walk *w, ww_str key, size_t index)
{
	int put;

	if (w->n >= sizeof(w->path) - 1)
		return; /* too deep to be told in full */
	put = key.n > 0 ? snprintf(w->path + w->n, sizeof(w->path) - w->n, ".%.*s", WW_STR_FMT(key))
	                : snprintf(w->path + w->n, sizeof(w->path) - w->n, "[%zu]", index);
	w->n += put > 0 ? (size_t)put : 0;
	if (w->n > sizeof(w->path) - 1)
		w->n = sizeof(w->path) - 1;
}

static void
leave(struct walk *w, size_t n)
{
	w->n = n;
	w->path[n] = '\0';
}

/* Element names are letters and digits, with '_' in front for the extension of a primitive. Anything else
 * could carry a value into the answer, so its path is not told. */
static bool
is_element_name(ww_str key)
{
	size_t i;

	for (i = 0; i < key.n; i++) {
		char ch = key.p[i];
		bool ok = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
		          (i > 0 && ch >= '0' && ch <= '9') || (i == 0 && ch == '_');

		if (!ok)
			return false;
	}
	return key.n > 0 && key.n <= 64;
}

static ww_status walk_node(struct walk *w, const struct ww_json *v, bool in_array);

static ww_status
walk_children(struct walk *w, const struct ww_json *v, bool array)
{
	const struct ww_json *child;
	size_t n = w->n, i = 0;
	ww_status s = WW_OK;

	for (child = ww_json_first(v); child != NULL && s == WW_OK; child = ww_json_next(child)) {
		if (!array && !is_element_name(ww_json_key(child)))
			return ww_practice_call_refuse(
			    w->c, 400, "structure", w->path, "a name that no element has");
		enter(w, array ? ww_str_empty() : ww_json_key(child), i++);
		s = walk_node(w, child, array);
		leave(w, n);
	}
	return s;
}

static ww_status
walk_node(struct walk *w, const struct ww_json *v, bool in_array)
{
	const char *fault = NULL;

	switch (ww_json_kind(v)) {
	case WW_JSON_STRING:
		if (ww_json_str(v).n == 0)
			fault = "an empty string";
		break;
	case WW_JSON_NULL:
		if (!in_array)
			fault = "a null where there is no array of primitives";
		break;
	case WW_JSON_ARRAY:
	case WW_JSON_OBJECT:
		if (ww_json_len(v) > 0)
			return walk_children(w, v, ww_json_kind(v) == WW_JSON_ARRAY);
		fault = "an empty object or array";
		break;
	case WW_JSON_NONE:
	case WW_JSON_BOOL:
	case WW_JSON_NUMBER:
		break;
	}
	if (fault == NULL)
		return WW_OK;
	return ww_practice_call_refuse(w->c, 422, "structure", w->path, "%s is not allowed", fault);
}

/* -- the rules of a type -------------------------------------------------------------------------- */

static ww_status
check_required(
    struct ww_practice_call *c, const struct ww_practice_type *type, const struct ww_json *resource)
{
	const struct ww_practice_rules *r = type->rules;
	char path[PATH_MAX_BYTES];
	size_t i;

	for (i = 0; i < sizeof(r->required) / sizeof(r->required[0]); i++) {
		if (r->required[i] == NULL)
			break;
		if (ww_json_get(resource, r->required[i]) != NULL)
			continue;
		snprintf(path, sizeof(path), "%s.%s", type->name, r->required[i]);
		return ww_practice_call_refuse(
		    c, 422, "required", path, "a required element is missing");
	}
	return WW_OK;
}

static ww_status
check_codes(
    struct ww_practice_call *c, const struct ww_practice_type *type, const struct ww_json *resource)
{
	const struct ww_practice_rules *r = type->rules;
	char path[PATH_MAX_BYTES];
	size_t i, k;

	for (i = 0; i < sizeof(r->bound) / sizeof(r->bound[0]); i++) {
		const struct binding *b = &r->bound[i];
		const struct ww_json *v;

		if (b->element == NULL)
			break;
		v = ww_json_get(resource, b->element);
		if (v == NULL)
			continue;
		for (k = 0; b->codes[k] != END; k++)
			if (ww_str_is(ww_json_str(v), b->codes[k]))
				break;
		if (b->codes[k] != END)
			continue;
		snprintf(path, sizeof(path), "%s.%s", type->name, b->element);
		return ww_practice_call_refuse(
		    c, 422, "code-invalid", path, "not a code of the required value set");
	}
	return WW_OK;
}

/* Identifiers are what resources are found by: their form matters more than that of other elements. */
static ww_status
check_identifiers(
    struct ww_practice_call *c, const struct ww_practice_type *type, const struct ww_json *resource)
{
	const struct ww_json *list = ww_json_get(resource, "identifier"), *id;
	char path[PATH_MAX_BYTES];
	size_t i = 0;

	if (list == NULL)
		return WW_OK;
	snprintf(path, sizeof(path), "%s.identifier", type->name);
	if (ww_json_kind(list) != WW_JSON_ARRAY)
		return ww_practice_call_refuse(c, 422, "structure", path, "not an array");
	for (id = ww_json_first(list); id != NULL; id = ww_json_next(id), i++) {
		const struct ww_json *system = ww_json_get(id, "system");
		const struct ww_json *value = ww_json_get(id, "value");

		if (ww_json_kind(id) == WW_JSON_OBJECT &&
		    (system == NULL || ww_json_kind(system) == WW_JSON_STRING) &&
		    (value == NULL || ww_json_kind(value) == WW_JSON_STRING))
			continue;
		snprintf(path, sizeof(path), "%s.identifier[%zu]", type->name, i);
		return ww_practice_call_refuse(c, 422, "structure", path, "not an Identifier");
	}
	return WW_OK;
}

ww_status
ww_practice_check(
    struct ww_practice_call *c, const struct ww_practice_type *type, const struct ww_json *resource)
{
	static ww_status (*const checks[])(struct ww_practice_call *,
	    const struct ww_practice_type *,
	    const struct ww_json *) = { check_required, check_codes, check_identifiers };
	struct walk w = { .c = c };
	ww_status s;
	size_t i;

	if (ww_json_kind(resource) != WW_JSON_OBJECT)
		return ww_practice_call_refuse(
		    c, 400, "structure", type->name, "not a JSON object");
	if (!ww_str_is(ww_json_str(ww_json_get(resource, "resourceType")), type->name))
		return ww_practice_call_refuse(c, 400, "structure", type->name,
		    "resourceType is missing or not the type of the path");
	w.n = (size_t)snprintf(w.path, sizeof(w.path), "%s", type->name);
	s = walk_node(&w, resource, false);
	for (i = 0; i < sizeof(checks) / sizeof(checks[0]) && s == WW_OK; i++)
		s = checks[i](c, type, resource);
	if (s == WW_OK && type->rules->further != NULL)
		s = type->rules->further(c, resource);
	return s;
}
