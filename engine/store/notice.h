/* How flags and notices belong together, and how it stands with them for the people who work on them. Read by orders, reports and
 * the console alike, so that all of them see one thing. What is read lives in the arena of cx. */
#ifndef WW_STORE_NOTICE_H
#define WW_STORE_NOTICE_H

#include <wardwire/ledger.h>

/* OPEN: nobody has taken it up, or something was raised since. RETRACTED: it does not hold any more. */
enum ww_work_state {
	WW_WORK_OPEN,
	WW_WORK_ACKNOWLEDGED,
	WW_WORK_DONE,
	WW_WORK_RETRACTED,
	WW_WORK_STATES
};
/* "open" and so on. */
const char *ww_work_state_text(enum ww_work_state s);
/* False: there is no such state. */
bool ww_work_state_parse(ww_str text, enum ww_work_state *out);

/* What stands with one id, a notice's or a flag's. */
struct ww_item {
	bool has_notice, has_flag;
	struct ww_outbox notice; /* of a flag the one that tells of it; where there is one */
	struct ww_flag flag;     /* where the id is a flag's */
	struct ww_rows
	    flags; /* struct ww_flag: all that the notice tells of; of a flag without one itself */
	struct ww_rows notes;     /* struct ww_note: what people said of it, the oldest first */
	enum ww_work_state state; /* of the flag, where the id is a flag's; else of the notice */
	int64_t version;          /* another one whenever anything of it has changed */
};

/* *found false: no notice and no flag has that id. */
WW_MUST ww_status ww_item_get(
    struct ww_ledger *l, struct ww_ctx *cx, ww_id id, struct ww_item *out, bool *found);
/* The same of a notice and of a flag that are at hand. */
WW_MUST ww_status ww_item_of_notice(
    struct ww_ledger *l, struct ww_ctx *cx, const struct ww_outbox *notice, struct ww_item *out);
WW_MUST ww_status ww_item_of_flag(
    struct ww_ledger *l, struct ww_ctx *cx, const struct ww_flag *flag, struct ww_item *out);

/* What notes are kept under: the notice, or the flag where there is none. */
ww_id ww_item_subject(const struct ww_item *i);
/* Who took it up last, and what the one who ended it said; empty: nobody did. */
ww_str ww_item_assignee(const struct ww_item *i);
ww_str ww_item_outcome(const struct ww_item *i);

/* The party that is told of the flag. */
ww_str ww_flag_party(const struct ww_flag *f);
/* The receiver may look at the notice: it is not withdrawn, withheld or discarded. */
bool ww_notice_is_shown(const struct ww_outbox *notice);

#endif
