/* What the scores of readmission risk ask of a stay. */
#include "rules/score.h"

#include <wardwire/chain.h>

#include "rules/comorbidity.h"
#include "rules/stay.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* -- whom it is for ----------------------------------------------------------------------------------- */

/* UB-04 patient status. */
static const char *const died_codes[] = { "20", "40", "41", "42" };
static const char *const ama_codes[] = { "07" }; /* against medical advice */
static const char *const hospice_codes[] = { "50", "51" };

static bool
is_one_of(ww_str code, const char *const *codes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (ww_str_is(code, codes[i]))
			return true;
	}
	return false;
}

static bool
is_left_out(const struct ww_encounter *e, const struct ww_score_policy *p)
{
	ww_str to = e->disposition;

	return is_one_of(to, died_codes, COUNT(died_codes)) ||
	       (p->without_ama && is_one_of(to, ama_codes, COUNT(ama_codes))) ||
	       (p->without_hospice && is_one_of(to, hospice_codes, COUNT(hospice_codes)));
}

bool
ww_score_has_day(ww_time t)
{
	return t.prec >= WW_PREC_DAY;
}

/* The patient is still there, and the hospital has said when they are to leave. */
static bool
is_leaving(const struct ww_encounter *e)
{
	bool there = e->status == WW_encounter_status_IN_PROGRESS ||
	             e->status == WW_encounter_status_ONLEAVE;

	return there && ww_stay_inpatient(e) && ww_score_has_day(e->expected_end);
}

/* -1: not known, or an end before the start. Who was to leave before today, and is still there, has been there until today. */
static int64_t
days_of(const struct ww_score_stay *s)
{
	const struct ww_case *c = s->c;
	ww_time end = s->provisional ? c->encounter->expected_end : c->encounter->end;
	int64_t day;

	if (!s->dated || !ww_score_has_day(end))
		return -1;
	day = ww_time_day(end, c->zone);
	if (s->provisional && day < c->as_of)
		day = c->as_of;
	return day < s->start ? -1 : day - s->start;
}

/* Childbirth is none of what the scores were made for, and who is transferred is still in acute care: the stay that ends it
 * is judged, and the chain's length counts for it. */
bool
ww_score_judges(const struct ww_case *c, const struct ww_score_policy *p, struct ww_score_stay *out)
{
	const struct ww_encounter *e = c->encounter;
	bool over = ww_stay_discharged(e);

	if (!(over || (p->pending && is_leaving(e))) || is_left_out(e, p) ||
	    e->class_ == WW_encounter_class_OB || ww_chain_left_by_transfer(e) ||
	    ww_chain_goes_on(e, c->others, c->others_n))
		return false;
	*out = (struct ww_score_stay){ .c = c,
		.first = ww_chain_first(e, c->others, c->others_n),
		.from_ed = ww_time_known(e->ed_start),
		.provisional = !over };
	out->dated = ww_score_has_day(out->first->start);
	if (out->dated)
		out->start = ww_time_day(out->first->start, c->zone);
	out->days = days_of(out);
	for (size_t i = 0; i < c->others_n; i++)
		out->from_ed = out->from_ed || c->others[i].led_to == e->id;
	return true;
}

/* Nothing of that first day is before since_ms. */
bool
ww_score_reaches_back(const struct ww_score_stay *s, int64_t days)
{
	const struct ww_zone *z = s->c->zone;

	return s->dated && ww_time_day(ww_time_at(s->c->since_ms - 1, z), z) < s->start - days;
}

/* -- urgency and length ------------------------------------------------------------------------------- */

/* The same table for all scores: LACE calls it acute, HOSPITAL urgent. */
static const struct {
	const char *code;
	int64_t points;
} types[] = {
#define WW_LACE_STEP(item, from, points)
#define WW_LACE_TYPE(code, points) { code, points },
#include "gen/lace.inc"
#undef WW_LACE_STEP
#undef WW_LACE_TYPE
};

bool
ww_score_urgent_type(ww_str type, int64_t *urgent)
{
	for (size_t i = 0; i < COUNT(types); i++) {
		if (!ww_str_is(type, types[i].code))
			continue;
		*urgent = types[i].points != 0;
		return true;
	}
	return false;
}

struct ww_range
ww_score_urgent(struct ww_ctx *cx, const struct ww_score_stay *s, struct ww_score_item *item)
{
	ww_str type = ww_str_trim(s->c->encounter->admit_type);
	int64_t urgent;

	item->source = "PV1-4";
	if (ww_score_urgent_type(type, &urgent)) {
		item->value = ww_arena_printf(cx->arena, "%s, type %.*s",
		    urgent != 0 ? "acute" : "not acute", WW_STR_FMT(type));
		return (struct ww_range){ urgent, urgent };
	}
	if (s->from_ed) {
		item->source = "PV1-2";
		item->value = WW_STR("acute, began in the emergency department");
		return (struct ww_range){ 1, 1 };
	}
	item->value = WW_STR("unknown");
	return (struct ww_range){ 0, 1 };
}

struct ww_range
ww_score_days(
    struct ww_ctx *cx, const struct ww_score_stay *s, int64_t most, struct ww_score_item *item)
{
	item->source = s->provisional ? "PV1-44, PV2-9" : "PV1-44, PV1-45";
	if (s->days < 0) {
		item->value = WW_STR("unknown");
		return (struct ww_range){ 0, most };
	}
	item->value = ww_arena_printf(cx->arena, "%lld day%s%s", (long long)s->days,
	    s->days == 1 ? "" : "s", s->provisional ? " expected" : "");
	return (struct ww_range){ s->days, s->days };
}

/* -- diagnoses ---------------------------------------------------------------------------------------- */

static bool
void_encounter(const struct ww_encounter *e)
{
	return e->status == WW_encounter_status_CANCELLED || e->status == WW_encounter_status_ERROR;
}

/* The stay of a diagnosis began in the days before this one. *undated: it cannot be told. */
static bool
of_the_days_before(const struct ww_score_stay *s, int64_t days, int64_t encounter, bool *undated)
{
	const struct ww_case *c = s->c;
	const struct ww_encounter *e = NULL;
	int64_t day;

	for (size_t i = 0; i < c->others_n && e == NULL; i++) {
		if (c->others[i].id == encounter)
			e = &c->others[i];
	}
	if (e == NULL || void_encounter(e))
		return false;
	if (!s->dated || !ww_score_has_day(e->start)) {
		*undated = true;
		return false;
	}
	day = ww_time_day(e->start, c->zone);
	return day >= s->start - days && ww_time_cmp(e->start, c->encounter->start) <= 0;
}

/* The groups of stays before, beyond those already found. */
static uint32_t
history_groups(const struct ww_score_stay *s, int64_t days, uint32_t found, bool *undated)
{
	for (size_t i = 0; i < s->c->history_n; i++) {
		const struct ww_diagnosis *d = &s->c->history[i];
		uint32_t more = ww_comorbidity_of(d->code) & ~found;

		if (more != 0 && ww_comorbidity_readable(d->code, d->system) &&
		    of_the_days_before(s, days, d->encounter, undated))
			found |= more;
	}
	return found;
}

/* What claims and Conditions tell: of the stay, or of what was known when it began. */
static uint32_t
told_groups(const struct ww_score_stay *s, int64_t days, bool *coded)
{
	uint32_t found = 0;

	for (size_t i = 0; i < s->c->told_n; i++) {
		const struct ww_told *t = &s->c->told[i];
		bool own = t->stay == s->c->encounter->id;
		bool before = s->dated && t->day != 0 && t->day <= s->start &&
		              (t->lasts || t->day >= s->start - days);

		if (!(own || before) || !ww_comorbidity_readable(t->code, t->system))
			continue;
		*coded = *coded || own;
		found |= ww_comorbidity_of(t->code);
	}
	return found;
}

uint32_t
ww_score_groups(
    const struct ww_score_stay *s, int64_t days, bool *coded, bool *whole, const char **source)
{
	uint32_t groups = 0, adt;
	bool undated = false;

	*coded = false;
	for (size_t i = 0; i < s->c->diagnoses_n; i++) {
		const struct ww_diagnosis *d = &s->c->diagnoses[i];

		if (!ww_comorbidity_readable(d->code, d->system))
			continue;
		*coded = true;
		groups |= ww_comorbidity_of(d->code);
	}
	adt = history_groups(s, days, groups, &undated);
	groups = adt | told_groups(s, days, coded);
	*source = groups == adt ? "DG1-3" : "DG1-3, claims and Conditions";
	*whole = !undated && ww_score_reaches_back(s, days);
	return ww_comorbidity_settle(groups);
}
