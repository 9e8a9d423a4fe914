/* REQUEST records: what a FHIR client asked for, done to the feed's own resources. Private to apply/.
 *
 * Whatever a client can be blamed for (412, 409, 422, a reference that leads nowhere) is an answer and no failure: the record
 * is applied, its row `request_answer` says what is told, its row `message` is IGNORED with the reason, and nothing else of it is
 * kept. Only what fails in our own hands is set aside as a message is, and answered 500.
 *
 * The way of a record: its interaction's row in request.c stores, changes or deletes resources (resource.h) and notes each
 * in `brought`; then ww_learn is called once; then the rows `message` and `request_answer` are written. One record is one
 * transaction of the ledger. */
#ifndef WW_APPLY_REQUEST_H
#define WW_APPLY_REQUEST_H

#include "apply/work.h"
#include "model/record.h"

struct ww_among;
struct ww_json;

/* A resource that the request stored or deleted, or that it says again unchanged. */
struct ww_brought {
	ww_str type, id;
	int64_t version;
	const struct ww_json *
	    tree; /* as it is served now: with id and meta, references resolved; of one that was deleted
	                               as it was last */
	const struct ww_json *before;      /* the version before; NULL: it is new */
	ww_str full_url;                   /* of its entry in the Bundle; empty: none */
	ww_str came_updated, came_version; /* meta as its sender wrote it; empty: nothing */
	bool created, deleted;
	bool changed; /* false: it is what was stored already */
	bool data;    /* it came as data of a message, collection or notification */
};

/* Where a reference may lead within the request. */
struct ww_refer {
	ww_str url;                 /* fullUrl, or its end "Type/id" */
	ww_str type, id;            /* what it is here */
	const struct ww_json *tree; /* NULL: as it is stored */
	size_t place;               /* of two with one url the lower counts */
};

/* A request in hand. */
struct ww_request_work {
	struct ww_apply *a;
	struct ww_ctx *cx;
	struct ww_ledger *l;
	const struct ww_feed *feed;
	struct ww_rec_request body;
	struct ww_json *root; /* what came, parsed; NULL: no body */
	ww_str digest;        /* of its bytes, once it was asked for (learn.c) */
	/* Learning sets person, encounter, reason, warnings and unrouted, as of a MESSAGE; disposition is APPLIED unless it
	 * says something else. */
	struct ww_message message;
	struct ww_work *told; /* learn.c's: with all that was learned so far */
	struct ww_brought
	    *brought; /* in the order of the Bundle; each resource once, but in a batch */
	size_t n;
	bool refused;            /* what is answered is a refusal: nothing was kept */
	struct ww_refer *refers; /* sorted by url (refer.c) */
	size_t refers_n;
	const struct ww_among
	    *among; /* what a transaction writes, once it was asked for (refer.c) */
};

ww_status ww_apply_request(struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r);

/* Fills in what can be known of a request that failed, for why, and is set aside; whoever waits for it is told so. */
ww_status ww_request_set_aside(struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r,
    const struct ww_failure *why, struct ww_message *message);

/* The resource that a reference means: fullUrl in the Bundle, then Type/id there, then Type/id (also absolute, and with
 * /_history/n, whose version is not looked at) among the feed's stored resources. *out is NULL when it is unknown or
 * deleted; it lives in cx->arena. "#id" is the caller's: it is contained in the resource that says so. */
WW_MUST ww_status ww_request_resolve(
    struct ww_request_work *rw, ww_str reference, const struct ww_json **out);

/* The instant as FHIR writes it, to the millisecond in UTC; in the arena. */
ww_str ww_request_instant(struct ww_ctx *cx, int64_t utc_ms);

#endif
