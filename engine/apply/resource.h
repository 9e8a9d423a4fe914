/* One thing asked of one resource: looked at first (ww_entry_plan: reads only, decides what is answered), then done
 * (ww_entry_do: writes). Between the two a transaction sees whether all of its entries can be done. Private to apply/. */
#ifndef WW_APPLY_RESOURCE_H
#define WW_APPLY_RESOURCE_H

#include "apply/request.h"
#include "codec/fhir_outcome.h"

enum ww_entry_verb {
	WW_ENTRY_CREATE,
	WW_ENTRY_UPDATE,
	WW_ENTRY_DELETE,
	WW_ENTRY_READ,
	WW_ENTRY_KEEP, /* data of a message or collection: under its own id, whatever is there */
};

/* A single request is one entry without fullUrl. */
struct ww_entry {
	/* What is asked. */
	enum ww_entry_verb verb;
	ww_str type, id;      /* in the URL; id may be empty */
	ww_str condition;     /* query part; empty: none */
	ww_str match;         /* If-Match, maybe several; empty: none */
	bool absent;          /* If-None-Match: * */
	ww_str full_url;      /* empty: none */
	struct ww_json *tree; /* NULL: none */
	bool anew;            /* KEEP: under a new id, whatever its own */
	const char *place;    /* "Bundle.entry[3]"; "" */
	ww_str came_updated,
	    came_version; /* what its meta said before it got ours; after it was done */
	/* What is answered: known after the plan, of unchanged content after it was done. */
	int http;
	struct ww_fhir_issues issues;
	struct ww_json *
	    outcome; /* takes their place: what the door found, before it was journaled; NULL: nothing */
	bool writes; /* there is something to do */
	bool found;  /* row is what is stored, maybe deleted; else it is blank but for its key */
	struct ww_resource row; /* after it was done: as it is now */
};

/* Looks up what is stored and decides. `ordinal` makes the id of something new: 0 gives "ww-<seq>", n "ww-<seq>-<n>". What the
 * client can be blamed for is in e->http (from 400 on) and e->issues. */
WW_MUST ww_status ww_entry_plan(struct ww_request_work *rw, struct ww_entry *e, size_t ordinal);
/* Writes what was planned; e->tree gets id and meta and is noted in rw->brought, which has room. */
WW_MUST ww_status ww_entry_do(struct ww_request_work *rw, struct ww_entry *e);

/* What If-Match and If-None-Match ask holds of the version that there is; 0: there is none. False: the entry is refused. */
bool ww_entry_version_fits(struct ww_request_work *rw, struct ww_entry *e, int64_t version);

/* Says that the entry is refused. */
void ww_entry_refuse(struct ww_request_work *rw, struct ww_entry *e, int http, ww_status why,
    const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* What is stored under that key; *found also when it is deleted. */
WW_MUST ww_status ww_resource_get(
    struct ww_request_work *rw, ww_str type, ww_str id, struct ww_resource *out, bool *found);

#endif
