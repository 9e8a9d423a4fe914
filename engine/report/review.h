/* Persons who may be one, for operators who decide about it. */
#ifndef WW_REPORT_REVIEW_H
#define WW_REPORT_REVIEW_H

#include <wardwire/json.h>
#include <wardwire/ledger.h>

struct ww_review_filter {
	int64_t state; /* enum ww_review_state; NONE: all */
	size_t most;   /* rows */
};
/* The oldest first: [{"id": "17.3", "kind": "demographics", "state": "open", "since": "2026-..."}]. No patient's data. */
WW_MUST ww_status ww_review_list(
    struct ww_ledger *l, struct ww_ctx *cx, const struct ww_review_filter *f, struct ww_json **out);

/* The one with that id, both persons with name, birth date, sex, numbers and stays, and what was ordered about it. *out NULL:
 * there is none. Patient's data. */
WW_MUST ww_status ww_review_show(
    struct ww_ledger *l, struct ww_ctx *cx, ww_id id, struct ww_json **out);

#endif
