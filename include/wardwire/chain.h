/* Which visits of one person belong together though each has a number of its own: an emergency visit or a plan and the
 * stay it went on as, and stays between which a patient was transferred. Computed from the visits as they are, so that the
 * order in which anything of them arrived cannot matter. */
#ifndef WARDWIRE_CHAIN_H
#define WARDWIRE_CHAIN_H

#include <stdbool.h>
#include <stddef.h>

struct ww_encounter;

/* It is an emergency visit that has become no inpatient stay, or a plan: it may have gone on as another. */
bool ww_chain_may_lead(const struct ww_encounter *v);
/* Of the person's visits the one that v went on as; NULL: none. v may be among them. */
const struct ww_encounter *ww_chain_successor(
    const struct ww_encounter *v, const struct ww_encounter *of_person, size_t n);
/* s is one that v may have gone on as. */
bool ww_chain_leads(const struct ww_encounter *v, const struct ww_encounter *s);
/* v, as its own events say, went on as s: it is over. */
void ww_chain_lead(struct ww_encounter *v, const struct ww_encounter *s);

/* The patient was transferred from one stay to the other. */
bool ww_chain_transferred(const struct ww_encounter *from, const struct ww_encounter *to);
/* It ended in a transfer to another hospital that treats acutely (UB-04 patient status). */
bool ww_chain_left_by_transfer(const struct ww_encounter *e);
/* The visit with which the chain began that the stay is a part of; the stay itself where it is no part of any. */
const struct ww_encounter *ww_chain_first(
    const struct ww_encounter *stay, const struct ww_encounter *others, size_t n);
/* Another stay took over the patient. */
bool ww_chain_goes_on(const struct ww_encounter *stay, const struct ww_encounter *others, size_t n);

#endif
