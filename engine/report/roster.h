/* Rosters as people look at them: which there are, how old, and what each edition did; one member's rows and why each counts or not;
 * members whom no roster has. */
#ifndef WW_REPORT_ROSTER_H
#define WW_REPORT_ROSTER_H

#include <wardwire/config.h>
#include <wardwire/json.h>
#include <wardwire/ledger.h>

/* [{"roster","edition","dated","expires","state","rows","members","rejected","problem","held","load":{...},"editions":[...]}];
 * name empty: all of them; editions only of one that is named. */
WW_MUST ww_status ww_roster_list(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_config *c,
    ww_str name, int64_t now, struct ww_json **out);

#endif
