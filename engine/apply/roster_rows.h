/* Rows of a roster as they are read, against rows that are there. */
#ifndef WW_APPLY_ROSTER_ROWS_H
#define WW_APPLY_ROSTER_ROWS_H

#include <wardwire/model.h>

struct ww_roster_row;

/* What the row of that file says of the member, as a row of no roster yet. */
void ww_roster_fill(
    struct ww_ctx *cx, const struct ww_roster_row *row, ww_str source, struct ww_attribution *out);
/* Both are of that number (as ww_member_key gives it), practice, program and first day. */
bool ww_roster_same_row(
    const struct ww_attribution *at, const struct ww_roster_row *row, ww_str key);
/* How much of a member two rows have in common, 0 to 3; a family may have one number. */
int ww_roster_likeness(const struct ww_attribution *at, const struct ww_roster_row *row);
/* Nobody can come to be or cease to be the practice's patient by the difference, nor may more or less be told of anybody. */
bool ww_roster_says_same(const struct ww_attribution *a, const struct ww_attribution *b);

#endif
