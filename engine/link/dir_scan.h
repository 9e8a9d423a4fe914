/* Which files of a folder may be taken, when nobody has said that they are complete: those that fit the pattern and have not
 * changed for a while. Names come in their order, so many at a time. One thread. */
#ifndef WW_LINK_DIR_SCAN_H
#define WW_LINK_DIR_SCAN_H

#include <wardwire/status.h>
#include <wardwire/time.h>

struct ww_ctx;
struct ww_dir_scan;
struct ww_fs;

struct ww_dir_scan_settings {
	const struct ww_fs *fs;
	const char *pattern;   /* as for fnmatch(3); not owned */
	struct ww_clock ticks; /* a wait is counted on it */
	unsigned settle_ms;    /* without a change of size or time */
};

/* The name fits and does not begin with a dot. */
bool ww_dir_name_fits(const char *pattern, const char *name);

WW_MUST ww_status ww_dir_scan_new(
    struct ww_ctx *cx, const struct ww_dir_scan_settings *s, struct ww_dir_scan **out);
void ww_dir_scan_free(struct ww_dir_scan *s); /* NULL is allowed */
/* Lists the folder anew; what is left of the names of the last time is forgotten. A file is found ready at the second
 * look at the earliest. On failure there are no names. */
WW_MUST ww_status ww_dir_scan_look(struct ww_dir_scan *s, struct ww_ctx *cx, const char *dir);
/* The next ready file; NULL: there are no more of this look. Valid until the next call of any of these. */
const char *ww_dir_scan_next(struct ww_dir_scan *s);
/* There are names left, or there were too many for one look: another one finds the rest. */
bool ww_dir_scan_has_more(const struct ww_dir_scan *s);
/* The last look found files that are not ready yet. */
bool ww_dir_scan_is_pending(const struct ww_dir_scan *s);

#endif
