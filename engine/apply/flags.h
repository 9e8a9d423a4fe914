/* Flags: what the rules of the programs find about a stay, an authorization or a person becomes rows, one live flag for each
 * (subject, practice, program, kind), and of these follows what is owed (notify.h). Private to apply/. */
#ifndef WW_APPLY_FLAGS_H
#define WW_APPLY_FLAGS_H

#include <wardwire/rule.h>

struct ww_program;
struct ww_rows;
struct ww_work;

/* What flags are about: the stay, where encounter is not 0; else the authorization; else, both 0, the person of the work. */
struct ww_subject {
	ww_id encounter, authorization;
};

/* Runs the rules on stays (WW_ON_STAY) of every program over the stay in hand, w->after, and raises, updates and retracts its
 * flags for the practices that w->owners names and those that were told before; then tells. After ww_attribute. (judge.c) */
WW_MUST ww_status ww_judge(struct ww_work *w);

/* The same for the person w->person and the rules on persons (WW_ON_PERSON): for the practices whose the person is on the day
 * of the record. Attributes by itself; of the stay in hand, if there is one, nothing is looked at or changed. What it changes
 * is among w's changes. In a TICK the work is a ww_work_new whose person is set. */
WW_MUST ww_status ww_judge_person(struct ww_work *w);

/* The same for an authorization of w->person and the rules on authorizations (WW_ON_AUTHORIZATION): for the practices whose the
 * person was on the day `on`. Whether it holds, and what of it is told when, the rules find by its row: they see it as
 * c->authorization. Call it again whenever the row has changed, put already. */
WW_MUST ww_status ww_judge_authorization(
    struct ww_work *w, const struct ww_authorization *au, ww_time on);

/* What was said of w->person may be told otherwise now (a restriction, another number, another name): their flags about the
 * person and about authorizations are judged again. */
WW_MUST ww_status ww_judge_beside(struct ww_work *w);

/* All flags of w->person and of all who turned out to be that one: a merge may be taken back. */
WW_MUST ww_status ww_flags_of_person(struct ww_work *w, struct ww_flag **out, size_t *n);
/* All flags about the subject in hand where it is no stay: an authorization, or the person. (judge.c) */
WW_MUST ww_status ww_flags_beside(struct ww_work *w, struct ww_rows *out);

/* Flags of one practice about the subject in hand, those of all programs, with room for new ones. */
struct ww_flags {
	struct ww_flag *v;
	size_t n;
};

/* What a program finds of the subject in hand. */
struct ww_judged {
	ww_str name; /* of the program */
	const struct ww_program *
	    program; /* NULL: it is in force no more: what it called for is followed up, nothing is new */
	struct ww_findings found;
};

/* Brings the flags of that practice and program in line with what was found. owner: the roster row by which the subject is the
 * practice's in that program; NULL: it is not, or is no more: the practice hears of changes and gets nothing new. (flags.c) */
WW_MUST ww_status ww_flags_reconcile(struct ww_work *w, struct ww_flags *flags, ww_str practice,
    const struct ww_attribution *owner, const struct ww_judged *j);
/* The record in hand raised, changed or retracted one of them. */
bool ww_flags_changed(const struct ww_work *w, const struct ww_flags *flags);

#endif
