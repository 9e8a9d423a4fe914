/* What rules on persons ask of a case: windows of days, visits and conditions. */
#ifndef WW_RULES_PERSON_H
#define WW_RULES_PERSON_H

#include <wardwire/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ww_case;
struct ww_ctx;
struct ww_visit;

/* The same date so many months before; of a month that has no such day its last one. */
int64_t ww_months_before(int64_t day, int64_t months);
/* The ledger has all that happened from that day on. */
bool ww_person_known_since(const struct ww_case *c, int64_t day);
/* Died, or went to a hospice, as a hospital or a bill says: nothing is proposed for them any more. */
bool ww_person_gone(const struct ww_case *c);

/* A stay in hospital; of a chain of transfers the first counts and no other. */
bool ww_visit_is_admission(const struct ww_visit *v);
/* An emergency visit. */
bool ww_visit_is_emergency(const struct ww_visit *v);
/* An emergency visit from which the patient was neither admitted nor kept under observation. */
bool ww_visit_is_emergency_alone(const struct ww_visit *v);
/* The day on which it began; of an emergency visit that of the arrival. 0: not known. */
int64_t ww_visit_day(const struct ww_visit *v);
/* How many of that sort began on days from..to, one each day. */
int64_t ww_visits_count(
    const struct ww_case *c, bool (*is)(const struct ww_visit *v), int64_t from, int64_t to);

/* Charlson groups of one code that was told. */
struct ww_disease {
	uint32_t groups; /* bits of enum ww_charlson */
	int64_t day;     /* since when, or when it was billed; 0: not known */
	bool lasts;      /* it is on a list of problems, and holds on after that day */
};
/* All conditions with a group, of claims, Conditions and stays that took place. */
WW_MUST ww_status ww_diseases(
    struct ww_ctx *cx, const struct ww_case *c, struct ww_disease **out, size_t *n);
/* The groups of those on days from..to, and of those that last and began by then; not settled. */
uint32_t ww_diseases_groups(const struct ww_disease *v, size_t n, int64_t from, int64_t to);

#endif
