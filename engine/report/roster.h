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
/* Stays of open members that catch_up holds back: [{"stay","practice","roster","since","reason"}]; roster empty: of all. */
WW_MUST ww_status ww_roster_held(
    struct ww_ledger *l, struct ww_ctx *cx, ww_str roster, struct ww_json **out);

/* Sets the member "held" of o to those of that stay, if there are any. */
WW_MUST ww_status ww_roster_held_stay(
    struct ww_ledger *l, struct ww_ctx *cx, ww_id stay, struct ww_json *o);

/* A row of a roster: {"id","practice","program","roster","source","first-edition","edition","effective","end","gone-since",...}
 * (roster_member.c). */
struct ww_attribution;
struct ww_json *ww_roster_row_tell(struct ww_ctx *cx, const struct ww_attribution *at);
/* Sets that member of o to the row with that id, if there is one. */
WW_MUST ww_status ww_roster_row_json(
    struct ww_ledger *l, struct ww_ctx *cx, ww_id id, struct ww_json *o, const char *key);

/* Every row that rosters ever had of a member's number, and whether it makes the persons who stated that number the practice's
 * patients on a day; on is its first moment. {"member","persons":[...],"rows":[...]}; NULL: nothing is known of the number
 * (roster_member.c). */
WW_MUST ww_status ww_roster_member(struct ww_ledger *l, struct ww_ctx *cx,
    const struct ww_config *c, ww_str member_id, ww_time on, struct ww_json **out);

/* Members whom no roster has, and whose visits and claims since that day were with a practice of the
 * configuration, by its NPI or TIN: [{"practice","member","person","visits","claims","last"}], most of these
 * first. Proposals only (roster_propose.c). */
WW_MUST ww_status ww_roster_propose(struct ww_ledger *l, struct ww_ctx *cx,
    const struct ww_config *c, int64_t since_day, int64_t now, size_t most, struct ww_json **out);

#endif
