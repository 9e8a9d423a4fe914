/* Pages of a worklist, and what of it somebody may see: for the console. */
#ifndef WW_REPORT_WORKLIST_H
#define WW_REPORT_WORKLIST_H

#include "store/notice.h"

#include <wardwire/config.h>
#include <wardwire/json.h>

/* Who looks: a party and a role of it. */
struct ww_worklist_eye {
	const struct ww_config *config;
	ww_str party; /* empty: sees those of all */
	int64_t role; /* enum ww_role; NONE: sees those of every role */
};

/* Which items; what is empty or NONE says nothing. */
struct ww_worklist_filter {
	unsigned states; /* 1 << enum ww_work_state each */
	int64_t role, kind;
	ww_str party, program, member;
	bool overdue;
	int64_t now;
	size_t limit;
	ww_str after; /* next of the page before */
};

/* {"items": [...], "next": "acme/17.3"}: the oldest first. next is left out where there is nothing more; a page may have fewer items than
 * limit, or none, and more behind it, as one page looks at so many notices only. */
WW_MUST ww_status ww_worklist_page(struct ww_ledger *l, struct ww_ctx *cx,
    const struct ww_worklist_eye *eye, const struct ww_worklist_filter *f, struct ww_json **out);

/* The item of that notice; *found false: there is none, or none that this eye sees. */
WW_MUST ww_status ww_worklist_item(struct ww_ledger *l, struct ww_ctx *cx,
    const struct ww_worklist_eye *eye, ww_id id, struct ww_item *out, bool *found);

/* How many notices are open on worklists, by party: {"rcca": 3}. Members are left out for parties that have none. */
WW_MUST ww_status ww_worklist_counts(
    struct ww_ledger *l, struct ww_ctx *cx, struct ww_json *counts);

#endif
