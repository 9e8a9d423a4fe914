/* Which interaction a request asks for, by the table in routes.def. */
#ifndef WW_REST_ROUTES_H
#define WW_REST_ROUTES_H

#include <wardwire/status.h>
#include <wardwire/str.h>

struct ww_ctx;

enum ww_rest_interaction {
	WW_REST_CREATE,
	WW_REST_READ,
	WW_REST_UPDATE, /* without an id: by a condition */
	WW_REST_PATCH,
	WW_REST_DELETE, /* likewise */
	WW_REST_SEARCH,
	WW_REST_BUNDLE,     /* a transaction or a batch: its type says which */
	WW_REST_COLLECTION, /* POST Bundle: a collection, or a notification of a subscription */
	WW_REST_MESSAGE,
	WW_REST_SUBMIT,
	WW_REST_INQUIRE,
	WW_REST_VALIDATE, /* from here on nothing is changed */
	WW_REST_CAPABILITIES,
	WW_REST_SMART,
	WW_REST_TOKEN,
	WW_REST_INTERACTIONS
};

struct ww_rest_type {
	const char *name;
	const char *may; /* letters of C R U P D S */
};

struct ww_rest_operation {
	const char *type; /* "": of every type */
	const char *name; /* without the dollar sign */
	enum ww_rest_interaction interaction;
};

struct ww_rest_route {
	enum ww_rest_interaction interaction;
	const struct ww_rest_type *type; /* NULL: a place of its own */
	ww_str id;                       /* of a resource, else empty */
	ww_str version;                  /* that is read, as Location names it; else empty */
	ww_str query;                    /* of a search or a condition, still escaped */
	bool form;                       /* a search whose query is (also) in the body */
	bool head;                       /* HEAD: the answer has no body */
};

/* Why there is no route. */
enum ww_rest_miss {
	WW_REST_FOUND,
	WW_REST_NO_TYPE,   /* 404: no such type or operation */
	WW_REST_NO_PLACE,  /* 404 */
	WW_REST_BAD_ID,    /* 404: no resource can have such an id */
	WW_REST_NO_METHOD, /* 405, with what is allowed there */
};

enum { WW_REST_ALLOW_BYTES = 48 };

/* target: what follows the base, "/Encounter/17?_summary=count"; out's texts are slices of it. allow is set on NO_METHOD,
 * "GET, HEAD, POST". */
enum ww_rest_miss ww_rest_route_find(
    ww_str method, ww_str target, struct ww_rest_route *out, char allow[WW_REST_ALLOW_BYTES]);

/* NULL when the door does not know that type. */
const struct ww_rest_type *ww_rest_type_find(ww_str name);
/* The rows, for the CapabilityStatement. */
const struct ww_rest_type *ww_rest_types(size_t *n);
const struct ww_rest_operation *ww_rest_operations(size_t *n);
bool ww_rest_type_may(const struct ww_rest_type *t, char letter);
/* "create", "search": for logs, counters and the journal. */
const char *ww_rest_interaction_name(enum ww_rest_interaction i);
/* What it does is journaled. */
bool ww_rest_interaction_changes(enum ww_rest_interaction i);
/* [A-Za-z0-9\-.]{1,64} */
bool ww_rest_id_good(ww_str id);

#endif
