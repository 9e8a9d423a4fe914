/* The file of accepted writes: one JSON object a line, appended, read back at start. */
#ifndef WW_KIT_PRACTICE_KEEP_H
#define WW_KIT_PRACTICE_KEEP_H

#include <wardwire/status.h>
#include <wardwire/str.h>

struct ww_buf;
struct ww_ctx;
struct ww_practice_keep;
struct ww_practice_kept;
struct ww_practice_store;

/* Opens or makes the file, locks it, and puts what it holds into the store. Faults: see ww_practice_open. */
WW_MUST ww_status ww_practice_keep_open(struct ww_ctx *cx, const char *path,
    struct ww_practice_store *st, struct ww_practice_keep **out);
void ww_practice_keep_close(struct ww_practice_keep *k); /* NULL is allowed */

/* Appends the line of one write to *out: {"time","method","type","id","version","resource"}. */
void ww_practice_keep_line(const struct ww_practice_kept *made, struct ww_buf *out);
/* Appends whole lines to the file, all or none of them. Survives the end of the process; not synced. */
WW_MUST ww_status ww_practice_keep_append(
    struct ww_practice_keep *k, struct ww_ctx *cx, ww_str lines);

#endif
