/* How far a file has been loaded: kept in the data folder while a load is under way, so that one that was ended goes on
 * there. */
#ifndef WW_MAIN_LOAD_MARK_H
#define WW_MAIN_LOAD_MARK_H

#include <wardwire/status.h>
#include <wardwire/str.h>

struct ww_ctx;
struct ww_site;

struct ww_load_counts {
	uint64_t lines; /* with something on them */
	uint64_t created, changed, same, refused;
};

/* All zero is the beginning. */
struct ww_load_mark {
	uint64_t next, number; /* byte and number of the line to go on with; number from 1 */
	uint64_t rejects;      /* bytes of the file of rejects that belong to what is before it */
	struct ww_load_counts counts;
};

/* The mark's file for that file and feed; "": the file cannot have one, as a pipe cannot. */
const char *ww_load_mark_path(
    struct ww_site *site, struct ww_ctx *cx, const char *file, ww_str feed, const char *kind);
/* *found is false when there is none, or the file is another one than it was then. */
WW_MUST ww_status ww_load_mark_read(struct ww_site *site, struct ww_ctx *cx, const char *path,
    const char *file, struct ww_load_mark *out, bool *found);
/* Durable on return. */
WW_MUST ww_status ww_load_mark_write(struct ww_site *site, struct ww_ctx *cx, const char *path,
    const char *file, const struct ww_load_mark *m);
/* The file is loaded. */
WW_MUST ww_status ww_load_mark_remove(struct ww_site *site, struct ww_ctx *cx, const char *path);

#endif
