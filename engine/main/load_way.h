/* How a batch of resources reaches the journal: by the control socket of the running engine, or, while none runs, by this
 * process's own hands. */
#ifndef WW_MAIN_LOAD_WAY_H
#define WW_MAIN_LOAD_WAY_H

#include "main/loads.h"

struct ww_load_way;
struct ww_site;

/* NULL: the machine is short of memory. The site outlives it. */
struct ww_load_way *ww_load_way_new(struct ww_site *site);
void ww_load_way_free(struct ww_load_way *w); /* NULL is allowed */

/* Records, and what brings them to a running engine. */
struct ww_load_put {
	const struct ww_json *line; /* on the control socket */
	uint8_t kind;               /* enum ww_record_kind */
	size_t n;
	void (*record)(const void *arg, size_t i, struct ww_buf *out); /* body of the i-th */
	/* What came of the records with these sequences, as the engine would answer. */
	ww_status (*outcome)(const void *arg, struct ww_ctx *cx, struct ww_ledger *l,
	    const uint64_t *seqs, struct ww_json **out);
	const void *arg;
};

/* Gives these, waits until they are durable and applied, and has what came of them, in cx's arena. An engine that starts, stops or
 * does not answer is waited for, and they are given again: what was taken already is known by its content. */
WW_MUST ww_status ww_load_way_put(
    struct ww_load_way *w, struct ww_ctx *cx, const struct ww_load_put *p, struct ww_json **out);
/* Gives the batch, waits until it is durable and applied, and has what came of it as ww_load_outcome tells it, in cx's arena. */
WW_MUST ww_status ww_load_way_give(
    struct ww_load_way *w, struct ww_ctx *cx, const struct ww_load_batch *b, struct ww_json **out);

#endif
