/* What rehome.c, rehome_person.c and rehome_visit.c share; private to them. What the others of apply call is in apply/work.h. Each returns
 * what the ledger returns. */
#ifndef WW_APPLY_REHOME_H
#define WW_APPLY_REHOME_H

#include "apply/work.h"

enum { WW_REHOME_HOPS = 16 }; /* from a number to the one it is now, at most */

/* -- rehome_person.c */

/* Who has that number now; id 0: nobody. Of several whom it was given to, the first. */
ww_status ww_rehome_person_of(
    struct ww_work *w, const struct ww_identifier *number, struct ww_person *out);
/* Gives a person a number; merged: it is an old number, and was another person's or nobody's. */
ww_status ww_rehome_give(
    struct ww_work *w, const struct ww_identifier *number, ww_id person, bool merged);
/* Merges the person old into that of the record in hand, unless an operator has said that they are two. */
ww_status ww_rehome_merge_person(struct ww_work *w, struct ww_person *old);
/* The person's visits; rows in the arena. */
ww_status ww_rehome_stays_of(struct ww_work *w, ww_id person, struct ww_rows *out);

/* -- rehome_visit.c */

/* Notes that the stay is to be judged when all has moved, and once: what a record changes is told by its number. */
ww_status ww_rehome_note(struct ww_work *w, ww_id encounter);
/* Moves diagnoses of the visit, or of all visits where it is 0. */
ww_status ww_rehome_diagnoses(
    struct ww_work *w, ww_id from, ww_id to, ww_id encounter, ww_id to_encounter);
/* Puts the visit in the place of what it was; whose it is and its number may differ. */
ww_status ww_rehome_put(
    struct ww_work *w, const struct ww_encounter *was, const struct ww_encounter *is);
/* Moves the visit to that person, with its flags and diagnoses. */
ww_status ww_rehome_visit(struct ww_work *w, struct ww_encounter *e, const struct ww_person *to);
/* The same of one that may be known there already, by what came before the move. */
ww_status ww_rehome_settle(struct ww_work *w, struct ww_encounter *e, const struct ww_person *to);
/* The visit under that number, whoever has it; of one patient where person is not 0. id 0: none. */
ww_status ww_rehome_visit_of(
    struct ww_work *w, ww_str system, ww_str number, ww_id person, struct ww_encounter *out);
/* Keeps that a number now leads to another; level is "visit" or "owner". */
ww_status ww_rehome_alias(struct ww_work *w, const char *level, ww_str system, ww_str value,
    ww_str to_system, ww_str to_value);
/* Makes two logs one: that of `from` is empty from then on, and what was told of it is taken back. */
ww_status ww_rehome_merge_visits(
    struct ww_work *w, struct ww_encounter *from, const struct ww_encounter *into);

#endif
