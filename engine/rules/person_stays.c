/* Gathers the stays of a case for the measure of readmission: rows of ADT first, then what claims alone tell of. */
#include "rules/person_stays.h"

#include "rules/comorbidity.h"
#include "rules/stay.h"

#include <wardwire/rule.h>

enum { DAY_MS = 86400000 };

/* What it was in the end: an emergency visit keeps its class when it becomes a stay. */
static enum ww_encounter_class
class_of(const struct ww_encounter *e)
{
	if (ww_stay_inpatient(e) || ww_time_known(e->inpatient_start))
		return e->class_ == WW_encounter_class_OB ? WW_encounter_class_OB
		                                          : WW_encounter_class_INPATIENT;
	if (e->class_ == WW_encounter_class_OBSERVATION || ww_time_known(e->obs_start))
		return WW_encounter_class_OBSERVATION;
	return ww_time_known(e->ed_start) ? WW_encounter_class_ED
	                                  : (enum ww_encounter_class)e->class_;
}

/* Closed because nothing was heard of it: nobody said when it ended. */
static ww_time
end_of(const struct ww_encounter *e)
{
	return e->status == WW_encounter_status_FINISHED && e->closed != 1 ? e->end
	                                                                   : (ww_time){ 0 };
}

static ww_time
time_of_day(int64_t day)
{
	ww_time t = ww_time_at(day * DAY_MS, NULL);

	t.prec = day != 0 ? WW_PREC_DAY : WW_PREC_NONE;
	return t;
}

/* -- what is coded ----------------------------------------------------------------------------------- */

/* Of a stay: its own claims and resources; of a claim that no stay is known of: the claim. */
struct key {
	int64_t stay, claim;
};

static bool
is_of(const struct key *k, int64_t stay, int64_t claim)
{
	return k->stay != 0 ? stay == k->stay : claim == k->claim;
}

static ww_str
principal_of(const struct ww_case *c, const struct key *k)
{
	const struct ww_diagnosis *rows[] = { c->diagnoses, c->history };
	const size_t n[] = { c->diagnoses_n, c->history_n };

	for (size_t i = 0; i < c->told_n; i++) {
		const struct ww_told *t = &c->told[i];

		if (t->claim != 0 && is_of(k, t->stay, t->claim) &&
		    ww_str_is(t->type, "principal") && ww_comorbidity_readable(t->code, t->system))
			return t->code;
	}
	for (size_t a = 0; k->stay != 0 && a < 2; a++) {
		for (size_t i = 0; i < n[a]; i++) {
			const struct ww_diagnosis *d = &rows[a][i];

			if (d->encounter == k->stay && ww_str_is(d->type, "F") &&
			    ww_comorbidity_readable(d->code, d->system))
				return d->code;
		}
	}
	return ww_str_empty();
}

static ww_status
codes_of(struct ww_ctx *cx, const struct ww_case *c, const struct key *k, struct ww_coded *out)
{
	ww_str *procedures = ww_arena_array(cx->arena, c->done_n + 1, sizeof(*procedures));

	if (procedures == NULL)
		return ww_fail_memory(cx);
	out->principal = principal_of(c, k);
	out->procedures = procedures;
	for (size_t i = 0; i < c->done_n; i++) {
		if (is_of(k, c->done[i].stay, c->done[i].claim))
			procedures[out->procedures_n++] = c->done[i].code;
	}
	return WW_OK;
}

/* -- stays ------------------------------------------------------------------------------------------- */

static ww_status
add_encounter(struct ww_ctx *cx, const struct ww_case *c, const struct ww_encounter *e,
    struct ww_person_stays *out)
{
	struct ww_readmission_stay *s = &out->v[out->n];
	struct key k = { .stay = e->id };

	if (!ww_stay_took_place(e))
		return WW_OK;
	*s = (struct ww_readmission_stay){ .class_ = class_of(e),
		.facility = e->facility,
		.start = e->start,
		.end = end_of(e),
		.disposition = e->disposition };
	if (e == c->encounter)
		out->own = out->n;
	out->n++;
	return codes_of(cx, c, &k, &s->coded);
}

static const struct ww_billed *
billed_of(const struct ww_case *c, int64_t claim)
{
	for (size_t i = 0; i < c->billed_n; i++) {
		if (c->billed[i].claim == claim)
			return &c->billed[i];
	}
	return NULL;
}

static ww_status
add_visit(struct ww_ctx *cx, const struct ww_case *c, const struct ww_visit *v,
    struct ww_person_stays *out)
{
	const struct ww_billed *b = v->claim != 0 ? billed_of(c, v->claim) : NULL;
	struct ww_readmission_stay *s = &out->v[out->n];
	struct key k = { .claim = v->claim };

	if (v->claim == 0)
		return WW_OK;
	*s = (struct ww_readmission_stay){ .class_ = (enum ww_encounter_class)v->class_,
		.facility = b != NULL ? b->facility : ww_str_empty(),
		.start = time_of_day(v->day),
		.end = time_of_day(v->end),
		.disposition = b != NULL ? b->disposition : ww_str_empty() };
	out->n++;
	return codes_of(cx, c, &k, &s->coded);
}

ww_status
ww_person_stays(struct ww_ctx *cx, const struct ww_case *c,
    const struct ww_readmission_terms *terms, struct ww_person_stays *out)
{
	size_t most = 1 + c->others_n + c->visits_n;
	ww_status s = WW_OK;

	*out = (struct ww_person_stays){ .own = SIZE_MAX };
	out->v = ww_arena_array(cx->arena, most, sizeof(*out->v));
	out->r = ww_arena_array(cx->arena, most, sizeof(*out->r));
	if (out->v == NULL || out->r == NULL)
		return ww_fail_memory(cx);
	if (c->encounter != NULL)
		s = add_encounter(cx, c, c->encounter, out);
	for (size_t i = 0; s == WW_OK && i < c->others_n; i++)
		s = add_encounter(cx, c, &c->others[i], out);
	for (size_t i = 0; s == WW_OK && i < c->visits_n; i++)
		s = add_visit(cx, c, &c->visits[i], out);
	if (out->own == SIZE_MAX)
		out->own = out->n;
	return s == WW_OK ? ww_readmission_judge(cx, out->v, out->n, terms, out->r) : s;
}

/* Its begin, of whatever joined it, in days. */
static int64_t
begin_of(const struct ww_person_stays *s, size_t place, const struct ww_zone *zone)
{
	if (s->r[place].role != WW_READMISSION_OUT)
		return s->r[place].admitted;
	return s->v[place].start.prec >= WW_PREC_DAY ? ww_time_day(s->v[place].start, zone) : 0;
}

/* On the same day only clocks tell which came first; without them the one that ended did. */
static bool
ended_before(const struct ww_readmission_stay *a, const struct ww_readmission_stay *b)
{
	if (a->end.prec < WW_PREC_MIN || b->start.prec < WW_PREC_MIN)
		return true;
	return a->end.ms <= b->start.ms;
}

const struct ww_readmission_result *
ww_person_stays_before(
    const struct ww_person_stays *s, size_t place, const struct ww_readmission_terms *terms)
{
	const struct ww_readmission_result *best = NULL;
	int64_t begin = begin_of(s, place, terms->zone);

	if (begin == 0 || s->r[place].role == WW_READMISSION_JOINED)
		return NULL;
	for (size_t i = 0; i < s->n; i++) {
		const struct ww_readmission_result *r = &s->r[i];
		int64_t days = begin - r->discharged;

		/* A transfer: what matters is the discharge from the last hospital, and that the first one admitted. */
		if (r->role == WW_READMISSION_TRANSFER && r->with == place)
			return NULL;
		if (i == place ||
		    (r->role != WW_READMISSION_INDEX && r->role != WW_READMISSION_NO_INDEX) ||
		    r->discharged == 0 || r->why == WW_READMISSION_DIED || days < 0 ||
		    days > terms->days ||
		    (days == 0 && r->admitted == begin && !ended_before(&s->v[i], &s->v[place])))
			continue;
		if (best == NULL || r->discharged > best->discharged)
			best = r;
	}
	return best;
}
