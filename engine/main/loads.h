/* Resources that `wardwire load` brings to the engine: a line on the control socket with a batch of them, a REQUEST record
 * each, and what came of every one. Used by the engine, and by the command where none runs. */
#ifndef WW_MAIN_LOADS_H
#define WW_MAIN_LOADS_H

#include <wardwire/config.h>
#include <wardwire/json.h>
#include <wardwire/ledger.h>

struct ww_buf;

enum {
	WW_LOAD_MOST = 256,            /* resources of one batch */
	WW_LOAD_BYTES = 4 << 20,       /* of one resource */
	WW_LOAD_BATCH_BYTES = 1 << 18, /* a batch is full above that many */
	/* Of a line: as many resources as make it full and one more, each character escaped. */
	WW_LOAD_LINE = 2 * (WW_LOAD_BYTES + WW_LOAD_BATCH_BYTES) + (64 << 10),
};

/* One resource as JSON, with its type and id. */
struct ww_load_item {
	ww_str type, id, text;
};

struct ww_load_batch {
	ww_str feed;
	struct ww_load_item *items;
	size_t n;
};

/* {"load":"<feed>","items":[{"type":"Claim","id":"c1","text":"{...}"}]} */
struct ww_json *ww_load_line(struct ww_ctx *cx, const struct ww_load_batch *b);
/* The batch that such a line brings, sliced from it; WW_E_VALUE, WW_E_LIMIT, or WW_E_FEED for a feed that the
 * configuration does not have. */
WW_MUST ww_status ww_load_read(struct ww_ctx *cx, const struct ww_json *line,
    const struct ww_config *config, struct ww_load_batch *out);

/* Appends the body of the REQUEST record for the i-th resource. */
void ww_load_record(const struct ww_load_batch *b, size_t i, struct ww_buf *out);

/* {"journal":[17,...],"created":1,"changed":1,"same":1,"refused":[{"at":3,"code":"WW-216","reason":"..."}]}: what became of
 * the records with these sequences; "at" counts from 0. */
WW_MUST ww_status ww_load_outcome(
    struct ww_ctx *cx, struct ww_ledger *l, const uint64_t *seqs, size_t n, struct ww_json **out);

#endif
