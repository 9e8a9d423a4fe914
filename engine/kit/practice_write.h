/* Writing to a practice: create, conditional create and update; one at a time, or planned for many and then
 * done together. */
#ifndef WW_KIT_PRACTICE_WRITE_H
#define WW_KIT_PRACTICE_WRITE_H

#include "kit/practice_call.h"

struct ww_practice_kept;

/* A write that was found possible. */
struct ww_practice_write {
	const struct ww_practice_type *type;
	struct ww_json *resource;
	const struct ww_practice_kept
	    *there; /* the match of a create, or what an update replaces */
	bool done;  /* a create that matched: nothing is to be written */
	ww_str id;
	struct ww_practice_kept *made; /* the new version, once staged */
};

/* Finds out what a create comes to. condition is If-None-Exist, and may be empty. */
WW_MUST ww_status ww_practice_write_plan_create(struct ww_practice_call *c,
    const struct ww_practice_type *type, struct ww_json *resource, ww_str condition,
    struct ww_practice_write *out);
/* Finds out whether an update is possible. version is If-Match, and may be empty. */
WW_MUST ww_status ww_practice_write_plan_update(struct ww_practice_call *c,
    const struct ww_practice_type *type, ww_str id, struct ww_json *resource, ww_str version,
    struct ww_practice_write *out);
/* Checks the resource and makes its new version; nothing where the write is done already. */
WW_MUST ww_status ww_practice_write_stage(struct ww_practice_call *c, struct ww_practice_write *w);
/* Keeps and puts all that is staged, or nothing. Takes over what was made, also when it fails. */
WW_MUST ww_status ww_practice_write_commit(
    struct ww_practice_call *c, struct ww_practice_write *writes, size_t n);
/* Gives up what was made of writes that are not committed. */
void ww_practice_write_drop(struct ww_practice_write *writes, size_t n);

/* The JSON body of a request, whose Content-Type must say that it is one. */
WW_MUST ww_status ww_practice_write_body(struct ww_practice_call *c, struct ww_json **out);
/* W/"version", in the arena. */
ww_str ww_practice_write_etag(struct ww_practice_call *c, const struct ww_practice_kept *k);

/* -- requests ---------------------------------------------------------------------------------- */

WW_MUST ww_status ww_practice_write_create(struct ww_practice_call *c); /* POST [type] */
WW_MUST ww_status ww_practice_write_update(struct ww_practice_call *c); /* PUT [type]/[id] */
WW_MUST ww_status ww_practice_write_read(struct ww_practice_call *c);   /* GET [type]/[id] */
/* GET [type]/[id]/_history/[version], of the present version only. */
WW_MUST ww_status ww_practice_write_read_version(struct ww_practice_call *c);

#endif
