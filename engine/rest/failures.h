/* How often somebody sent a signature that was wrong: who does so too often has none checked for a while. */
#ifndef WW_REST_FAILURES_H
#define WW_REST_FAILURES_H

#include <wardwire/str.h>

struct ww_failures;

enum { WW_FAILURES_MOST = 20, WW_FAILURES_MS = 60000 }; /* so many within so long */

/* NULL when memory is short. */
struct ww_failures *ww_failures_new(void);
void ww_failures_free(struct ww_failures *f); /* NULL is allowed */

/* Counts one, of an address that claims to be who (empty: nobody that is known). */
void ww_failures_add(struct ww_failures *f, ww_str peer, ww_str who, int64_t now);
/* There were so many. */
bool ww_failures_over(const struct ww_failures *f, ww_str peer, ww_str who, int64_t now);

#endif
