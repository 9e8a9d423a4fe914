/* Lines that could not be loaded, kept aside: one JSON object a line with number, code, place, reason and the text, so that what is
 * mended can be loaded again. */
#ifndef WW_MAIN_LOAD_REJECTS_H
#define WW_MAIN_LOAD_REJECTS_H

#include <wardwire/status.h>
#include <wardwire/str.h>

struct ww_ctx;
struct ww_failure;
struct ww_load_rejects;

/* For that path; made at the first line that is put in. What it holds beyond the first `keep` bytes is of a load that did not
 * get to say so, and is cut off. */
WW_MUST ww_status ww_load_rejects_open(
    struct ww_ctx *cx, const char *path, uint64_t keep, struct ww_load_rejects **out);
void ww_load_rejects_close(struct ww_load_rejects *r); /* NULL is allowed */

/* Adds the line of that number; text may be empty. */
WW_MUST ww_status ww_load_rejects_add(struct ww_load_rejects *r, struct ww_ctx *cx, uint64_t number,
    ww_str code, ww_str place, ww_str reason, ww_str text);
/* All that was added is durable; *bytes says how many they are. */
WW_MUST ww_status ww_load_rejects_sync(
    struct ww_load_rejects *r, struct ww_ctx *cx, uint64_t *bytes);

#endif
