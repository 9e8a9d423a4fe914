/* How much of a roster that is in force an edition from a file would end. */
#ifndef WW_MAIN_ROSTER_DROP_H
#define WW_MAIN_ROSTER_DROP_H

#include <wardwire/config.h>
#include <wardwire/ledger.h>

struct ww_roster_row;

/* *members: how many the roster has; *gone: how many of them have no row among rows; none of a delta, and none of a roster that was
 * never read. cx's arena keeps nothing of it. */
WW_MUST ww_status ww_roster_drop(struct ww_ctx *cx, struct ww_ledger *l,
    const struct ww_roster_source *source, const struct ww_roster_row *rows, size_t n,
    int64_t *members, int64_t *gone);
/* More than max_drop allows, of so many members. */
bool ww_roster_drop_is_too_much(int64_t gone, int64_t members, uint32_t max_drop);

#endif
