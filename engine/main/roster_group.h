/* Rows of a roster from an attribution list in one file: a Group (Da Vinci ATR), with its Patients and Coverages contained in it or
 * beside it in a Bundle. */
#ifndef WW_MAIN_ROSTER_GROUP_H
#define WW_MAIN_ROSTER_GROUP_H

#include "config/load.h"

struct ww_roster_group;
struct ww_json;

/* The file is a Group or a Bundle; *out NULL: it is something else. */
WW_MUST ww_status ww_roster_group_open(struct ww_ctx *cx, const char *path,
    const struct ww_config *config, const struct ww_roster_source *source,
    struct ww_roster_group **out);
void ww_roster_group_close(struct ww_roster_group *g); /* NULL is allowed */

size_t ww_roster_group_members(const struct ww_roster_group *g);
/* The row of the i-th member, whose line is its place in the list, in cx's arena. False: it is left out, and fault says why. A status
 * is a failure of the machine. */
WW_MUST ww_status ww_roster_group_read(struct ww_roster_group *g, struct ww_ctx *cx, size_t i,
    struct ww_roster_row *row, struct ww_roster_fault *fault, bool *taken);

#endif
