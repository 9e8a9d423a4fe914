/* The table of routes, and looking up in it. */
#include "rest/routes.h"

#include <string.h>

static const struct ww_rest_type types[] = {
#define WW_REST_TYPE(type, may) { #type, may },
#define WW_REST_PLACE(path, method, interaction)
#define WW_REST_OPERATION(type, name, interaction)
#include "rest/routes.def"
#undef WW_REST_TYPE
#undef WW_REST_PLACE
#undef WW_REST_OPERATION
};

static const struct place {
	const char *path, *method;
	enum ww_rest_interaction interaction;
} places[] = {
#define WW_REST_TYPE(type, may)
#define WW_REST_PLACE(path, method, interaction) { path, method, WW_REST_##interaction },
#define WW_REST_OPERATION(type, name, interaction)
#include "rest/routes.def"
#undef WW_REST_TYPE
#undef WW_REST_PLACE
#undef WW_REST_OPERATION
};

static const struct ww_rest_operation operations[] = {
#define WW_REST_TYPE(type, may)
#define WW_REST_PLACE(path, method, interaction)
#define WW_REST_OPERATION(type, name, interaction) { type, name, WW_REST_##interaction },
#include "rest/routes.def"
#undef WW_REST_TYPE
#undef WW_REST_PLACE
#undef WW_REST_OPERATION
};

enum {
	TYPES = sizeof(types) / sizeof(types[0]),
	PLACES = sizeof(places) / sizeof(places[0]),
	OPERATIONS = sizeof(operations) / sizeof(operations[0]),
};

/* What a method does at a type, and at one resource of it; the letter must be among those of the type. */
struct verb {
	const char *method;
	enum ww_rest_interaction interaction;
	char letter;
};

static const struct verb at_type[] = {
	{ "GET", WW_REST_SEARCH, 'S' },
	{ "HEAD", WW_REST_SEARCH, 'S' },
	{ "POST", WW_REST_CREATE, 'C' },
	{ "PUT", WW_REST_UPDATE, 'U' },
	{ "DELETE", WW_REST_DELETE, 'D' },
	{ NULL, WW_REST_READ, 0 },
};
static const struct verb at_resource[] = {
	{ "GET", WW_REST_READ, 'R' },
	{ "HEAD", WW_REST_READ, 'R' },
	{ "PUT", WW_REST_UPDATE, 'U' },
	{ "PATCH", WW_REST_PATCH, 'P' },
	{ "DELETE", WW_REST_DELETE, 'D' },
	{ NULL, WW_REST_READ, 0 },
};
static const struct verb at_version[] = {
	{ "GET", WW_REST_READ, 'R' },
	{ "HEAD", WW_REST_READ, 'R' },
	{ NULL, WW_REST_READ, 0 },
};
static const struct verb at_search[] = {
	{ "POST", WW_REST_SEARCH, 'S' },
	{ NULL, WW_REST_READ, 0 },
};

static const char *const names[WW_REST_INTERACTIONS] = {
	[WW_REST_CREATE] = "create",
	[WW_REST_READ] = "read",
	[WW_REST_UPDATE] = "update",
	[WW_REST_PATCH] = "patch",
	[WW_REST_DELETE] = "delete",
	[WW_REST_SEARCH] = "search",
	[WW_REST_BUNDLE] = "bundle",
	[WW_REST_COLLECTION] = "collection",
	[WW_REST_MESSAGE] = "message",
	[WW_REST_SUBMIT] = "submit",
	[WW_REST_INQUIRE] = "inquire",
	[WW_REST_VALIDATE] = "validate",
	[WW_REST_CAPABILITIES] = "capabilities",
	[WW_REST_SMART] = "smart-configuration",
	[WW_REST_TOKEN] = "token",
};

const char *
ww_rest_interaction_name(enum ww_rest_interaction i)
{
	return names[i];
}

bool
ww_rest_interaction_changes(enum ww_rest_interaction i)
{
	return i != WW_REST_READ && i != WW_REST_SEARCH && i < WW_REST_VALIDATE;
}

const struct ww_rest_type *
ww_rest_types(size_t *n)
{
	*n = TYPES;
	return types;
}

const struct ww_rest_operation *
ww_rest_operations(size_t *n)
{
	*n = OPERATIONS;
	return operations;
}

const struct ww_rest_type *
ww_rest_type_find(ww_str name)
{
	for (size_t i = 0; i < TYPES; i++)
		if (ww_str_is(name, types[i].name))
			return &types[i];
	return NULL;
}

bool
ww_rest_type_may(const struct ww_rest_type *t, char letter)
{
	return strchr(t->may, letter) != NULL;
}

bool
ww_rest_id_good(ww_str id)
{
	for (size_t i = 0; i < id.n; i++) {
		char c = id.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		        c == '-' || c == '.'))
			return false;
	}
	return id.n > 0 && id.n <= 64;
}

/* -- methods ---------------------------------------------------------------------------------------- */

static void
allow_more(char allow[WW_REST_ALLOW_BYTES], const char *method)
{
	size_t n = strlen(allow), m = strlen(method);

	if (strstr(allow, method) != NULL || n + m + 3 > WW_REST_ALLOW_BYTES)
		return;
	if (n > 0) {
		memcpy(allow + n, ", ", 2);
		n += 2;
	}
	memcpy(allow + n, method, m + 1);
}

static enum ww_rest_miss
by_verb(
    const struct verb *v, ww_str method, struct ww_rest_route *out, char allow[WW_REST_ALLOW_BYTES])
{
	for (; v->method != NULL; v++) {
		if (!ww_rest_type_may(out->type, v->letter))
			continue;
		if (!ww_str_is(method, v->method)) {
			allow_more(allow, v->method);
			continue;
		}
		out->interaction = v->interaction;
		out->head = ww_str_is(method, "HEAD");
		return WW_REST_FOUND;
	}
	return WW_REST_NO_METHOD;
}

/* -- places ----------------------------------------------------------------------------------------- */

/* HEAD is GET without the body. */
static bool
same_method(ww_str method, const char *want)
{
	return ww_str_is(method, want) || (strcmp(want, "GET") == 0 && ww_str_is(method, "HEAD"));
}

static enum ww_rest_miss
by_place(ww_str method, ww_str path, struct ww_rest_route *out, char allow[WW_REST_ALLOW_BYTES])
{
	enum ww_rest_miss miss = WW_REST_NO_PLACE;

	for (size_t i = 0; i < PLACES; i++) {
		if (!ww_str_is(path, places[i].path))
			continue;
		if (same_method(method, places[i].method)) {
			out->interaction = places[i].interaction;
			out->head = ww_str_is(method, "HEAD");
			return WW_REST_FOUND;
		}
		miss = WW_REST_NO_METHOD;
		allow_more(allow, places[i].method);
		if (strcmp(places[i].method, "GET") == 0)
			allow_more(allow, "HEAD");
	}
	return miss;
}

static enum ww_rest_miss
by_operation(ww_str method, ww_str name, struct ww_rest_route *out, char allow[WW_REST_ALLOW_BYTES])
{
	for (size_t i = 0; i < OPERATIONS; i++) {
		if (!ww_str_is(name, operations[i].name) ||
		    (operations[i].type[0] != '\0' &&
		        strcmp(operations[i].type, out->type->name) != 0))
			continue;
		out->interaction = operations[i].interaction;
		if (ww_str_is(method, "POST"))
			return WW_REST_FOUND;
		allow_more(allow, "POST");
		return WW_REST_NO_METHOD;
	}
	return WW_REST_NO_TYPE;
}

/* "17", or "17/_history/3": the place of a version, where the one that there is can be read. */
static enum ww_rest_miss
by_id(ww_str method, ww_str below, struct ww_rest_route *out, char allow[WW_REST_ALLOW_BYTES])
{
	static const ww_str history = WW_STR_INIT("_history/");
	ww_str rest, id = ww_str_cut(below, '/', &rest);

	if (id.n < below.n && (!ww_str_starts(rest, history) || rest.n == history.n))
		return WW_REST_NO_PLACE;
	out->version = ww_str_sub(rest, history.n, rest.n);
	if (!ww_rest_id_good(id) || (id.n < below.n && !ww_rest_id_good(out->version)))
		return WW_REST_BAD_ID;
	out->id = id;
	return by_verb(id.n < below.n ? at_version : at_resource, method, out, allow);
}

/* below: what follows the type, without a slash. */
static enum ww_rest_miss
by_type(ww_str method, ww_str below, struct ww_rest_route *out, char allow[WW_REST_ALLOW_BYTES])
{
	if (below.n == 0)
		return by_verb(at_type, method, out, allow);
	if (ww_str_is(below, "_search")) {
		out->form = true;
		return by_verb(at_search, method, out, allow);
	}
	if (below.p[0] == '$')
		return by_operation(method, ww_str_sub(below, 1, below.n), out, allow);
	return by_id(method, below, out, allow);
}

enum ww_rest_miss
ww_rest_route_find(
    ww_str method, ww_str target, struct ww_rest_route *out, char allow[WW_REST_ALLOW_BYTES])
{
	ww_str query, path = ww_str_cut(target, '?', &query), below, first;
	enum ww_rest_miss miss;

	*out = (struct ww_rest_route){
		.id = ww_str_empty(), .version = ww_str_empty(), .query = query
	};
	allow[0] = '\0';
	if (path.n > 0 && path.p[0] == '/')
		path = ww_str_sub(path, 1, path.n);
	if (path.n > 0 && path.p[path.n - 1] == '/')
		path.n--;
	miss = by_place(method, path, out, allow);
	if (miss == WW_REST_FOUND)
		return miss;
	first = ww_str_cut(path, '/', &below);
	out->type = ww_rest_type_find(first);
	if (out->type != NULL)
		return by_type(method, below, out, allow);
	if (miss == WW_REST_NO_METHOD)
		return miss;
	return first.n > 0 && first.p[0] >= 'A' && first.p[0] <= 'Z' ? WW_REST_NO_TYPE
	                                                             : WW_REST_NO_PLACE;
}
