/* What must not come twice within a time: the assertions by which tokens were got. Bounded, and full means no. */
#ifndef WW_REST_SEEN_H
#define WW_REST_SEEN_H

#include <wardwire/status.h>
#include <wardwire/str.h>

struct ww_ctx;
struct ww_seen;

/* For at most that many things at a time. NULL when memory is short. */
struct ww_seen *ww_seen_new(size_t most);
void ww_seen_free(struct ww_seen *s); /* NULL is allowed */

/* It is noted. */
bool ww_seen_has(const struct ww_seen *s, ww_str who, ww_str what, int64_t now);
/* Notes what is known by these two texts until then (ms). WW_E_CONFLICT: it is noted already; WW_E_BUSY: there are too many, and
 * it is not. */
WW_MUST ww_status ww_seen_add(
    struct ww_ctx *cx, struct ww_seen *s, ww_str who, ww_str what, int64_t until, int64_t now);

#endif
