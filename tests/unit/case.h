/* What the tests of rules share: a case put together from texts, judged, its evidence read back. */
#ifndef WW_TESTS_CASE_H
#define WW_TESTS_CASE_H

#include <wardwire/json.h>
#include <wardwire/params.h>
#include <wardwire/rule.h>

#include <assert.h>
#include <stdlib.h>

enum { CASE_OTHERS = 16, CASE_DIAGNOSES = 64 };

/* Everything a case points to. Times are HL7 texts in the zone of the case. */
struct made_case {
	struct ww_ctx cx;
	struct ww_case c;
	struct ww_encounter stay;
	struct ww_encounter others[CASE_OTHERS];
	struct ww_diagnosis now[CASE_DIAGNOSES], before[CASE_DIAGNOSES];
	struct ww_findings found;
	struct ww_params params; /* the defaults, unless a test sets others */
};

/* An unknown time where the text is NULL or empty. */
static inline ww_time
case_time(const struct made_case *m, const char *hl7)
{
	ww_time t = { 0 };
	bool ok = true;

	if (hl7 != NULL && hl7[0] != '\0')
		ok = ww_time_hl7(ww_str_from(hl7), m->c.zone, &t);
	assert(ok);
	return t;
}

/* A finished inpatient stay without anything else, in a ledger whose history goes back to 1970. */
static inline struct made_case *
case_new(const char *zone)
{
	struct made_case *m = calloc(1, sizeof(*m));

	assert(m != NULL);
	m->cx.arena = ww_arena_new(0);
	m->params = ww_params_default;
	m->c.zone = ww_zone_find(zone);
	assert(m->cx.arena != NULL && m->c.zone != NULL);
	ww_row_init(&ww_entity_encounter, &m->stay);
	m->stay.id = 1;
	m->stay.status = WW_encounter_status_FINISHED;
	m->stay.class_ = WW_encounter_class_INPATIENT;
	m->c.encounter = &m->stay;
	m->c.diagnoses = m->now;
	m->c.others = m->others;
	m->c.history = m->before;
	return m;
}

static inline void
case_free(struct made_case *m)
{
	ww_arena_free(m->cx.arena);
	free(m);
}

/* One more encounter of the person, finished; its id is given back with it. */
static inline struct ww_encounter *
case_other(struct made_case *m, const char *start, const char *ed_start)
{
	struct ww_encounter *e;

	assert(m->c.others_n < CASE_OTHERS);
	e = &m->others[m->c.others_n++];
	ww_row_init(&ww_entity_encounter, e);
	e->id = 1 + (int64_t)m->c.others_n;
	e->status = WW_encounter_status_FINISHED;
	e->start = case_time(m, start);
	e->ed_start = case_time(m, ed_start);
	return e;
}

/* Diagnoses from codes with blanks between them, of that encounter. */
static inline void
case_diagnoses(struct made_case *m, int64_t encounter, const char *codes)
{
	struct ww_diagnosis *rows = encounter == m->stay.id ? m->now : m->before;
	size_t *n = encounter == m->stay.id ? &m->c.diagnoses_n : &m->c.history_n;
	ww_str rest = ww_str_from(codes);

	while (rest.n != 0) {
		ww_str code = ww_str_cut(rest, ' ', &rest);

		assert(*n < CASE_DIAGNOSES);
		ww_row_init(&ww_entity_diagnosis, &rows[*n]);
		rows[*n].encounter = encounter;
		rows[*n].code = code;
		rows[*n].system = WW_STR("I10");
		*n += 1;
	}
}

/* Asks one rule; the finding of that kind, or NULL. */
static inline const struct ww_finding *
case_judge(struct made_case *m, const char *rule, enum ww_flag_kind kind)
{
	ww_status visits = ww_case_visits(&m->cx, &m->c);

	assert(visits == WW_OK);
	m->found.n = m->found.ended_n = 0;
	for (size_t i = 0; ww_rules[i] != NULL; i++) {
		if (ww_str_is(ww_str_from(ww_rules[i]->id), rule)) {
			ww_status s = ww_rules[i]->judge(&m->cx, &m->c, &m->params, &m->found);

			assert(s == WW_OK);
			for (size_t k = 0; k < m->found.n; k++)
				assert((ww_rules[i]->finds >> m->found.v[k].kind & 1) != 0);
		}
	}
	for (size_t i = 0; i < m->found.n; i++) {
		if (m->found.v[i].kind == kind)
			return &m->found.v[i];
	}
	return NULL;
}

static inline struct ww_json *
case_evidence(struct made_case *m, const struct ww_finding *f)
{
	struct ww_json *v = NULL;
	ww_status s = ww_json_parse(&m->cx, f->evidence, &v);

	assert(s == WW_OK);
	return v;
}

#endif
