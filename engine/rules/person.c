/* Windows, visits and conditions of a person, as the rules on persons count them. */
#include "rules/person.h"

#include "rules/comorbidity.h"
#include "rules/stay.h"

#include <wardwire/rule.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* -- days -------------------------------------------------------------------------------------------- */

int64_t
ww_months_before(int64_t day, int64_t months)
{
	int year, month, mday, at;
	int64_t first, last;

	ww_day_civil(day, &year, &month, &mday);
	at = year * 12 + month - 1 - (int)months;
	first = ww_day_of(at / 12, at % 12 + 1, 1);
	last = ww_day_of((at + 1) / 12, (at + 1) % 12 + 1, 1) - 1;
	return first + mday - 1 < last ? first + mday - 1 : last;
}

bool
ww_person_known_since(const struct ww_case *c, int64_t day)
{
	return ww_time_day(ww_time_at(c->since_ms - 1, c->zone), c->zone) < day;
}

/* UB-04 patient status: died; hospice at home, and in a facility. */
static bool
gone(ww_str disposition)
{
	static const char *const codes[] = { "20", "40", "41", "42", "50", "51" };

	for (size_t i = 0; i < COUNT(codes); i++) {
		if (ww_str_is(disposition, codes[i]))
			return true;
	}
	return false;
}

bool
ww_person_gone(const struct ww_case *c)
{
	for (size_t i = 0; i < c->others_n; i++) {
		const struct ww_encounter *e = &c->others[i];

		if (ww_stay_took_place(e) && e->status == WW_encounter_status_FINISHED &&
		    gone(e->disposition))
			return true;
	}
	for (size_t i = 0; i < c->billed_n; i++) {
		if (gone(c->billed[i].disposition))
			return true;
	}
	return c->encounter != NULL && c->encounter->status == WW_encounter_status_FINISHED &&
	       gone(c->encounter->disposition);
}

/* -- visits ------------------------------------------------------------------------------------------ */

bool
ww_visit_is_admission(const struct ww_visit *v)
{
	return (v->class_ == WW_encounter_class_INPATIENT || v->class_ == WW_encounter_class_OB) &&
	       (v->encounter == 0 || v->chain == 0 || v->chain == v->encounter);
}

bool
ww_visit_is_emergency(const struct ww_visit *v)
{
	return v->ed;
}

bool
ww_visit_is_emergency_alone(const struct ww_visit *v)
{
	return v->ed && v->class_ == WW_encounter_class_ED;
}

int64_t
ww_visit_day(const struct ww_visit *v)
{
	return v->ed_day != 0 ? v->ed_day : v->day;
}

int64_t
ww_visits_count(
    const struct ww_case *c, bool (*is)(const struct ww_visit *v), int64_t from, int64_t to)
{
	int64_t n = 0;

	for (size_t i = 0; i < c->visits_n; i++) {
		int64_t day = ww_visit_day(&c->visits[i]);
		bool again = false;

		if (day == 0 || day < from || day > to || !is(&c->visits[i]))
			continue;
		for (size_t k = 0; k < i && !again; k++)
			again = is(&c->visits[k]) && ww_visit_day(&c->visits[k]) == day;
		n += !again;
	}
	return n;
}

/* -- conditions -------------------------------------------------------------------------------------- */

static int64_t
day_of_stay(const struct ww_case *c, int64_t encounter)
{
	const struct ww_encounter *e = c->encounter;

	for (size_t i = 0; (e == NULL || e->id != encounter) && i < c->others_n; i++)
		e = &c->others[i];
	if (e == NULL || e->id != encounter || !ww_stay_took_place(e) ||
	    e->start.prec < WW_PREC_DAY)
		return 0;
	return ww_time_day(e->start, c->zone);
}

static void
add(struct ww_disease *v, size_t *n, ww_str code, ww_str system, int64_t day, bool lasts)
{
	uint32_t groups = ww_comorbidity_readable(code, system) ? ww_comorbidity_of(code) : 0;

	if (groups != 0)
		v[(*n)++] = (struct ww_disease){ .groups = groups, .day = day, .lasts = lasts };
}

ww_status
ww_diseases(struct ww_ctx *cx, const struct ww_case *c, struct ww_disease **out, size_t *n)
{
	size_t most = c->told_n + c->history_n + c->diagnoses_n + 1;
	struct ww_disease *v = ww_arena_array(cx->arena, most, sizeof(*v));

	if (v == NULL)
		return ww_fail_memory(cx);
	*out = v;
	*n = 0;
	for (size_t i = 0; i < c->told_n; i++) {
		const struct ww_told *t = &c->told[i];

		add(v, n, t->code, t->system, t->day, t->lasts);
	}
	for (size_t i = 0; i < c->history_n; i++) {
		const struct ww_diagnosis *d = &c->history[i];

		add(v, n, d->code, d->system, day_of_stay(c, d->encounter), false);
	}
	for (size_t i = 0; i < c->diagnoses_n; i++) {
		const struct ww_diagnosis *d = &c->diagnoses[i];

		add(v, n, d->code, d->system, day_of_stay(c, d->encounter), false);
	}
	return WW_OK;
}

uint32_t
ww_diseases_groups(const struct ww_disease *v, size_t n, int64_t from, int64_t to)
{
	uint32_t groups = 0;

	for (size_t i = 0; i < n; i++) {
		if (v[i].day != 0 && v[i].day <= to && (v[i].lasts || v[i].day >= from))
			groups |= v[i].groups;
	}
	return groups;
}
