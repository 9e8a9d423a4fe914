/* The desk at which notices are received, somebody in a role at a party, and what is done there: rows of the outbox are made and
 * changed so that they say what the flags say. Private to notify.c and the desk_*.c. */
#ifndef WW_APPLY_DESK_H
#define WW_APPLY_DESK_H

#include "apply/work.h"

struct ww_notice;

/* The desk in hand. */
struct ww_desk {
	struct ww_work *w;
	const struct ww_party *party; /* that receives */
	enum ww_role role;            /* whom of it */
	ww_str
	    concerns; /* the practice whose matter it is, where another party receives; else empty */
	/* All about the subject that is told here, or was to be: of what is copied to this desk the form is COMMUNICATION. */
	struct ww_flag *flags;
	struct ww_flag **of; /* the flag itself, whose limit is kept; NULL: a copy */
	size_t flags_n;
	struct ww_outbox *rows; /* likewise, with room for the new ones */
	size_t rows_n;
};

/* -- what is told how, by which key, with what content (desk.c) ----------------------------------------- */

/* The flag is told by a Task: by that of the stay, where own is NULL; else by one of its own, where it is that flag. */
bool ww_desk_in_task(const struct ww_flag *f, const struct ww_flag *own);
/* A name that is the same for the same thing at every try and rebuild and tells nobody else anything. */
ww_str ww_desk_key(const struct ww_desk *d, const char *prefix, const char *what, int64_t ordinal);
/* All but what is special to the resource. */
ww_status ww_desk_notice(struct ww_desk *d, const struct ww_outbox *row, struct ww_notice *n);

/* What is to be said of it waits for a budget. */
bool ww_desk_is_limited(const struct ww_flag *f);
/* A notice says what the flag says now; or nothing does, as limit keeps it. */
void ww_desk_told(struct ww_desk *d, struct ww_flag *f);
void ww_desk_limit(struct ww_flag *f, enum ww_flag_limit limit, ww_str why);
/* Keeps with the flags what became of them here. */
ww_status ww_desk_keep_limits(struct ww_desk *d);

/* -- rows (desk_row.c) ---------------------------------------------------------------------------------- */

/* The row is of this desk. */
bool ww_desk_has(const struct ww_desk *d, const struct ww_outbox *row);
/* A place for one more row. */
struct ww_outbox *ww_desk_new_row(struct ww_desk *d);
/* Fills in all of it but what it tells. */
void ww_desk_start_row(
    struct ww_desk *d, struct ww_outbox *row, enum ww_resource_type type, const char *subject);
/* text is empty when the template stays as it is. */
ww_status ww_desk_put(struct ww_desk *d, struct ww_outbox *row, ww_str text);
/* The receiver may have got something of this row. */
bool ww_desk_may_be_there(const struct ww_outbox *row);
/* The receiver had it and has it no more. Without an id it is the place that is not there. */
bool ww_desk_was_deleted(const struct ww_outbox *row);
/* The row is owed again with a new template. One that was refused, or discarded as it was, gets another chance
 * with it; not one that the receiver deleted, which is not made again, nor one that an operator holds back. */
ww_status ww_desk_call_for(struct ww_desk *d, struct ww_outbox *row, ww_str text);
/* Withdrawn before anything left: nobody hears of it. */
ww_status ww_desk_suppress(struct ww_desk *d, struct ww_outbox *row, ww_str reason);
/* Withdrawn when the receiver has deleted it: there is nothing to take back. */
ww_status ww_desk_let_go(struct ww_desk *d, struct ww_outbox *row, ww_str reason);

/* -- Communications about another row (desk_about.c) ---------------------------------------------------- */

/* A Communication that takes back what row told. */
ww_status ww_desk_correct(struct ww_desk *d, const struct ww_outbox *row, ww_str reason);
/* They may have heard of it by a Communication in place of the Task's update, which was refused. */
bool ww_desk_was_told_instead(
    const struct ww_desk *d, const struct ww_outbox *task, const struct ww_flag *f);
/* A Communication brings what the Task's update would have said, unless a correction did. */
ww_status ww_desk_tell_instead(struct ww_desk *d, const struct ww_outbox *task);
/* The Task is another one now: what has not left of such Communications would be old news. */
ww_status ww_desk_drop_updates(struct ww_desk *d, const struct ww_outbox *task);

/* -- Tasks: that of the stay (own is NULL), and those of one flag (desk_task.c) ------------------------- */

/* NULL: there is none, or it was withdrawn. */
struct ww_outbox *ww_desk_live_task(struct ww_desk *d, const struct ww_flag *own);
/* A new row for it, without a template. */
struct ww_outbox *ww_desk_new_task(struct ww_desk *d, const struct ww_flag *own);
/* What happened to the Task's flags in this record; *withdrawn: the first that was retracted, or NULL. */
void ww_desk_sum_up(const struct ww_desk *d, const struct ww_flag *own, bool *changed, bool *open,
    const struct ww_flag **withdrawn);
ww_status ww_desk_settle_task(struct ww_desk *d, const struct ww_flag *own);

/* -- Communications of flags (desk_communication.c) ----------------------------------------------------- */

struct ww_outbox *ww_desk_row_of_flag(struct ww_desk *d, ww_id flag);
/* A new row for it, without a template. */
struct ww_outbox *ww_desk_new_communication(struct ww_desk *d, const struct ww_flag *f);
/* The flag does not hold any more: what told of it is withdrawn or corrected. */
ww_status ww_desk_take_back(struct ww_desk *d, const struct ww_flag *f);
ww_status ww_desk_settle_communication(struct ww_desk *d, struct ww_flag *f);

/* -- what nothing may be told of (desk_withhold.c) ------------------------------------------------------ */

/* What has not left is withheld; nothing new is told. What was told and does not hold any more is taken back as ever. */
ww_status ww_desk_withhold(struct ww_desk *d);

#endif
