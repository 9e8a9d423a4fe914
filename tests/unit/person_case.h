/* What the tests of rules on persons share: a person put together from claims, stays and Conditions. Days are 2026-03-01. */
#ifndef WW_TESTS_PERSON_CASE_H
#define WW_TESTS_PERSON_CASE_H

#include "tests/unit/case.h"

#include <stdio.h>

enum { PERSON_CLAIMS = 64, PERSON_TOLD = 128 };

struct made_person {
	struct made_case *m;
	struct ww_billed billed[PERSON_CLAIMS];
	struct ww_told told[PERSON_TOLD];
};

static inline int64_t
person_day(const char *text)
{
	int year, month, day, n = sscanf(text, "%d-%d-%d", &year, &month, &day);

	assert(n == 3);
	return ww_day_of(year, month, day);
}

static inline struct made_person *
person_new(const char *as_of)
{
	struct made_person *p = calloc(1, sizeof(*p));

	assert(p != NULL);
	p->m = case_new("America/New_York");
	p->m->c.encounter = NULL;
	p->m->c.as_of = person_day(as_of);
	p->m->c.billed = p->billed;
	p->m->c.told = p->told;
	return p;
}

static inline void
person_free(struct made_person *p)
{
	case_free(p->m);
	free(p);
}

static inline void
person_told(struct made_person *p, const char *codes, int64_t day, int64_t claim, bool lasts)
{
	ww_str rest = ww_str_from(codes);

	while (rest.n != 0) {
		assert(p->m->c.told_n < PERSON_TOLD);
		p->told[p->m->c.told_n++] = (struct ww_told){ .code = ww_str_cut(rest, ' ', &rest),
			.system = WW_STR("I10"),
			.day = day,
			.claim = claim,
			.lasts = lasts,
			.type = ww_str_empty() };
	}
}

/* A claim of that day: I inpatient, E emergency, O outpatient. end and codes may be NULL. */
static inline void
person_claim(struct made_person *p, char what, const char *day, const char *end, const char *codes)
{
	struct ww_billed *b = &p->billed[p->m->c.billed_n];

	assert(p->m->c.billed_n < PERSON_CLAIMS);
	*b = (struct ww_billed){ .claim = 1000 + (int64_t)p->m->c.billed_n,
		.day = person_day(day),
		.end = end != NULL ? person_day(end) : 0,
		.class_ = what == 'I'   ? WW_encounter_class_INPATIENT
		          : what == 'E' ? WW_encounter_class_ED
		                        : WW_encounter_class_OUTPATIENT,
		.disposition = ww_str_empty(),
		.admit_type = ww_str_empty(),
		.facility = ww_str_empty() };
	p->m->c.billed_n++;
	person_told(p, codes == NULL ? "" : codes, b->day, b->claim, false);
}

#endif
