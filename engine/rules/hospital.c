/* Rules hospital-2013/1, hospital-2016/1 and hospital-simplified/1: the HOSPITAL score at discharge with the bounds between
 * which it lies where something is not known, as laboratory values often are. */
#include "rules/hospital.h"

#include <wardwire/params.h>

#include "rules/comorbidity.h"
#include "rules/lab.h"

#include <string.h>

/* -- the table ---------------------------------------------------------------------------------------- */

enum test { below, from };

/* The words of the table. */
enum table_item {
	hemoglobin = WW_HOSPITAL_HEMOGLOBIN,
	oncology = WW_HOSPITAL_ONCOLOGY,
	sodium = WW_HOSPITAL_SODIUM,
	procedure = WW_HOSPITAL_PROCEDURE,
	urgent = WW_HOSPITAL_URGENT,
	admissions = WW_HOSPITAL_ADMISSIONS,
	los = WW_HOSPITAL_LOS
};
enum { WW_HOSPITAL_simplified = WW_HOSPITAL_SIMPLIFIED };

static const struct {
	int version;
	enum table_item item;
	enum test test;
	int64_t value, points;
} steps[] = {
#define WW_HOSPITAL_STEP(version, item, test, value, points)                                       \
	{ (int)WW_HOSPITAL_##version, item, test, value, points },
#include "gen/hospital.inc"
#undef WW_HOSPITAL_STEP
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool
is_step(size_t i, enum ww_hospital_version v, enum ww_hospital_item item)
{
	return steps[i].version == (int)v && (int)steps[i].item == (int)item;
}

bool
ww_hospital_has(enum ww_hospital_version v, enum ww_hospital_item item)
{
	for (size_t i = 0; i < COUNT(steps); i++) {
		if (is_step(i, v, item))
			return true;
	}
	return false;
}

static int64_t
points_of(enum ww_hospital_version v, enum ww_hospital_item item, int64_t value)
{
	int64_t points = 0, at = INT64_MIN;

	for (size_t i = 0; i < COUNT(steps); i++) {
		bool holds = steps[i].test == below
		                 ? value < steps[i].value
		                 : value >= steps[i].value && steps[i].value > at;

		if (!is_step(i, v, item) || !holds)
			continue;
		points = steps[i].points;
		at = steps[i].value;
	}
	return points;
}

/* Less hemoglobin and sodium score more, of the others more does. */
struct ww_range
ww_hospital_points(enum ww_hospital_version v, enum ww_hospital_item item, struct ww_range value)
{
	int64_t a = points_of(v, item, value.low), b = points_of(v, item, value.high);

	return a < b ? (struct ww_range){ a, b } : (struct ww_range){ b, a };
}

const char *
ww_hospital_name(enum ww_hospital_item item)
{
	static const char *const names[WW_HOSPITAL_ITEMS] = {
		[WW_HOSPITAL_HEMOGLOBIN] = "hemoglobin",
		[WW_HOSPITAL_ONCOLOGY] = "oncology",
		[WW_HOSPITAL_SODIUM] = "sodium",
		[WW_HOSPITAL_PROCEDURE] = "procedure",
		[WW_HOSPITAL_URGENT] = "urgent",
		[WW_HOSPITAL_ADMISSIONS] = "admissions",
		[WW_HOSPITAL_LOS] = "los",
	};

	return names[item];
}

/* -- what can be set ---------------------------------------------------------------------------------- */

static const struct {
	const char *rule;
	enum ww_param_id pending, ama, hospice, days;
	struct {
		const char *name;
		enum ww_param_id from;
	} bands[2]; /* above the first */
	const char *first;
} versions[WW_HOSPITAL_VERSIONS] = {
#define PARAMS(v)                                                                                  \
	.pending = WW_PARAM_hospital_##v##_pending, .ama = WW_PARAM_hospital_##v##_without_ama,    \
	.hospice = WW_PARAM_hospital_##v##_without_hospice,                                        \
	.days = WW_PARAM_hospital_##v##_admission_days
	[WW_HOSPITAL_2013] = { "hospital-2013/1", PARAMS(2013), .first = "low",
	    .bands = { { "intermediate", WW_PARAM_hospital_2013_intermediate_cut },
	        { "high", WW_PARAM_hospital_2013_high_cut } } },
	[WW_HOSPITAL_2016] = { "hospital-2016/1", PARAMS(2016), .first = "low",
	    .bands = { { "intermediate", WW_PARAM_hospital_2016_intermediate_cut },
	        { "high", WW_PARAM_hospital_2016_high_cut } } },
	[WW_HOSPITAL_SIMPLIFIED] = { "hospital-simplified/1", PARAMS(simplified),
	    .first = "unlikely",
	    .bands = { { "likely", WW_PARAM_hospital_simplified_likely_cut } } },
#undef PARAMS
};

struct ww_score
ww_hospital_score(enum ww_hospital_version v, const struct ww_params *p)
{
	struct ww_score s = { .rule = versions[v].rule, .bands = { { versions[v].first, 0 } } };

	for (size_t i = 0; i < COUNT(versions[v].bands) && versions[v].bands[i].name != NULL; i++)
		s.bands[i + 1] = (struct ww_score_band){ versions[v].bands[i].name,
			ww_param(p, versions[v].bands[i].from) };
	return s;
}

/* -- the items ---------------------------------------------------------------------------------------- */

/* What the items of one version ask. */
struct asked {
	const struct ww_score_stay *s;
	const struct ww_params *p;
	enum ww_hospital_version v;
};

static struct ww_range
whole(int64_t low, int64_t high)
{
	return (struct ww_range){ low * WW_LAB_ONE,
		high > INT64_MAX / WW_LAB_ONE ? INT64_MAX : high * WW_LAB_ONE };
}

/* Said of a number that may be higher. */
static const char short_history[] = ", history incomplete";

static struct ww_range
lab(struct ww_ctx *cx, const struct asked *q, enum ww_lab what, struct ww_score_item *f)
{
	const struct ww_observation *o;
	struct ww_range value = ww_lab_last(q->s, what, &o);

	f->source = "last result of the stay";
	if (o == NULL) {
		f->value = WW_STR("no result of the stay");
		return value;
	}
	f->value = ww_arena_printf(cx->arena, "%.*s%.*s %.*s", WW_STR_FMT(o->comparator),
	    WW_STR_FMT(o->value), WW_STR_FMT(o->unit));
	return value;
}

static struct ww_range
hemoglobin_of(struct ww_ctx *cx, const struct asked *q, struct ww_score_item *f)
{
	return lab(cx, q, WW_LAB_HEMOGLOBIN, f);
}

static struct ww_range
sodium_of(struct ww_ctx *cx, const struct asked *q, struct ww_score_item *f)
{
	return lab(cx, q, WW_LAB_SODIUM, f);
}

/* Malignant, but of the skin; of this stay, or a problem that lasts. */
static struct ww_range
cancer(const struct asked *q)
{
	bool coded, all;
	const char *source;
	uint32_t groups = ww_score_groups(q->s, 0, &coded, &all, &source);
	uint32_t cancers = WW_CHARLSON_BIT(WW_CHARLSON_CANCER) | WW_CHARLSON_BIT(WW_CHARLSON_METS);

	if ((groups & cancers) != 0)
		return whole(1, 1);
	return whole(0, coded ? 0 : 1);
}

static struct ww_range
oncology_of(struct ww_ctx *cx, const struct asked *q, struct ww_score_item *f)
{
	ww_str service = q->s->c->encounter->service;
	struct ww_range by;

	(void)cx;
	f->source = "PV1-10";
	if (ww_lab_is_oncology(service)) {
		f->value = WW_STR("discharged by an oncology service");
		return whole(1, 1);
	}
	f->value = service.n == 0 ? WW_STR("unknown") : WW_STR("discharged by another service");
	if (q->v != WW_HOSPITAL_SIMPLIFIED)
		return whole(0, service.n == 0 ? 1 : 0);
	by = cancer(q);
	f->source = "PV1-10, diagnoses";
	if (by.low != 0) {
		f->value = WW_STR("cancer among the diagnoses");
		return by;
	}
	return by.high != 0 || service.n == 0 ? whole(0, 1) : whole(0, 0);
}

/* Coded in ICD-10-PCS, or before that in volume 3 of ICD-9-CM. */
static bool
is_icd(const struct ww_done *d)
{
	static const char *const systems[] = { "http://www.cms.gov/Medicare/Coding/ICD10",
		"http://hl7.org/fhir/sid/icd-10-pcs", "urn:oid:2.16.840.1.113883.6.4",
		"http://hl7.org/fhir/sid/icd-9-cm", "urn:oid:2.16.840.1.113883.6.104", "I10P",
		"I10PCS", "I9CP" };

	for (size_t i = 0; i < COUNT(systems); i++) {
		if (d->code.n != 0 && ww_str_ieq(d->system, ww_str_from(systems[i])))
			return true;
	}
	return false;
}

/* A Procedure that names no stay is of the one whose days it is of. */
static bool
was_done_here(const struct ww_score_stay *s, const struct ww_done *d)
{
	int64_t last = s->days < 0 ? INT64_MAX : s->start + s->days;

	if (d->stay != 0 || d->claim != 0)
		return d->stay == s->c->encounter->id;
	return s->dated && d->day >= s->start && d->day <= last;
}

/* The hospital's bill names all procedures: without it some may not have been told. */
static bool
is_billed(const struct ww_case *c)
{
	for (size_t i = 0; i < c->billed_n; i++) {
		if (c->billed[i].stay == c->encounter->id &&
		    c->billed[i].class_ == WW_encounter_class_INPATIENT)
			return true;
	}
	return false;
}

static struct ww_range
procedure_of(struct ww_ctx *cx, const struct asked *q, struct ww_score_item *f)
{
	const struct ww_case *c = q->s->c;
	int64_t n = 0;

	f->source = "procedures of claims, Procedure";
	for (size_t i = 0; i < c->done_n; i++)
		n += is_icd(&c->done[i]) && was_done_here(q->s, &c->done[i]);
	if (n > 0) {
		f->value = ww_arena_printf(cx->arena, "%lld coded", (long long)n);
		return whole(1, 1);
	}
	f->value = is_billed(c) ? WW_STR("none coded") : WW_STR("none coded yet");
	return whole(0, is_billed(c) ? 0 : 1);
}

static struct ww_range
urgent_of(struct ww_ctx *cx, const struct asked *q, struct ww_score_item *f)
{
	struct ww_range r = ww_score_urgent(cx, q->s, f);

	return whole(r.low, r.high);
}

static bool
is_inpatient(const struct ww_visit *v)
{
	return v->class_ == WW_encounter_class_INPATIENT || v->class_ == WW_encounter_class_OB;
}

/* Between stays of one chain the patient was transferred: it is one admission. */
static bool
is_counted(const struct ww_case *c, size_t at, int64_t own)
{
	const struct ww_visit *v = &c->visits[at];

	if (v->encounter == c->encounter->id || (own != 0 && v->chain == own))
		return false;
	for (size_t i = 0; i < at; i++) {
		if (v->chain != 0 && is_inpatient(&c->visits[i]) && c->visits[i].chain == v->chain)
			return false;
	}
	return true;
}

static struct ww_range
admissions_of(struct ww_ctx *cx, const struct asked *q, struct ww_score_item *f)
{
	const struct ww_case *c = q->s->c;
	int64_t days = ww_param(q->p, versions[q->v].days), own = 0, n = 0;
	bool undated = false, billed = false, all;

	for (size_t i = 0; i < c->visits_n; i++)
		own = c->visits[i].encounter == c->encounter->id ? c->visits[i].chain : own;
	for (size_t i = 0; q->s->dated && i < c->visits_n; i++) {
		const struct ww_visit *v = &c->visits[i];

		if (!is_inpatient(v) || !is_counted(c, i, own))
			continue;
		undated = undated || v->day == 0;
		if (v->day == 0 || v->day < q->s->start - days || v->day >= q->s->start)
			continue;
		/* the bill for the day before is likely of this stay */
		if (v->encounter == 0 && v->day >= q->s->start - 1)
			continue;
		billed = billed || v->encounter == 0;
		n++;
	}
	all = !undated && ww_score_reaches_back(q->s, days);
	f->source = billed ? "stays in the ledger, and claims for others" : "stays in the ledger";
	f->value = WW_STR("unknown");
	if (q->s->dated)
		f->value = ww_arena_printf(cx->arena, "%lld admission%s in the %lld days before%s",
		    (long long)n, n == 1 ? "" : "s", (long long)days, all ? "" : short_history);
	return whole(n, all ? n : INT64_MAX);
}

static struct ww_range
los_of(struct ww_ctx *cx, const struct asked *q, struct ww_score_item *f)
{
	struct ww_range r = ww_score_days(cx, q->s, INT64_MAX, f);

	return whole(r.low, r.high);
}

static struct ww_range (*const value_of[WW_HOSPITAL_ITEMS])(
    struct ww_ctx *cx, const struct asked *q, struct ww_score_item *f) = {
	[WW_HOSPITAL_HEMOGLOBIN] = hemoglobin_of,
	[WW_HOSPITAL_ONCOLOGY] = oncology_of,
	[WW_HOSPITAL_SODIUM] = sodium_of,
	[WW_HOSPITAL_PROCEDURE] = procedure_of,
	[WW_HOSPITAL_URGENT] = urgent_of,
	[WW_HOSPITAL_ADMISSIONS] = admissions_of,
	[WW_HOSPITAL_LOS] = los_of,
};

/* -- the rules ---------------------------------------------------------------------------------------- */

static ww_status
judge(struct ww_ctx *cx, const struct ww_case *c, const struct ww_params *p,
    enum ww_hospital_version v, struct ww_findings *out)
{
	const struct ww_score_policy policy = { .pending = ww_param(p, versions[v].pending) != 0,
		.without_ama = ww_param(p, versions[v].ama) != 0,
		.without_hospice = ww_param(p, versions[v].hospice) != 0 };
	struct ww_score_item f[WW_HOSPITAL_ITEMS] = { 0 };
	struct ww_score score = ww_hospital_score(v, p);
	struct ww_score_stay s;
	struct asked q = { &s, p, v };

	if (!ww_score_judges(c, &policy, &s))
		return WW_OK;
	for (int i = 0; i < WW_HOSPITAL_ITEMS; i++) {
		enum ww_hospital_item item = (enum ww_hospital_item)i;
		struct ww_score_item *at = &f[score.n];

		if (!ww_hospital_has(v, item))
			continue;
		at->name = ww_hospital_name(item);
		at->points = ww_hospital_points(v, item, value_of[i](cx, &q, at));
		score.n++;
	}
	score.items = f;
	score.provisional = s.provisional;
	return ww_score_conclude(cx, &score, out);
}

#define RULE(name, v, rule_id)                                                                     \
	static ww_status judge_##name(struct ww_ctx *cx, const struct ww_case *c,                  \
	    const struct ww_params *p, struct ww_findings *out)                                    \
	{                                                                                          \
		return judge(cx, c, p, v, out);                                                    \
	}                                                                                          \
	const struct ww_rule ww_rule_hospital_##name = {                                           \
		.id = rule_id,                                                                     \
		.purpose = "readmission risk at discharge: HOSPITAL score, its bounds and its "    \
		           "band",                                                                 \
		.on = WW_ON_STAY,                                                                  \
		.needs =                                                                           \
		    WW_NEEDS_CLAIMS | WW_NEEDS_VISITS | WW_NEEDS_RESULTS | WW_NEEDS_PROCEDURES,    \
		.finds = WW_FINDS(READMIT_RISK),                                                   \
		.judge = judge_##name,                                                             \
	}

RULE(2013, WW_HOSPITAL_2013, "hospital-2013/1");
RULE(2016, WW_HOSPITAL_2016, "hospital-2016/1");
RULE(simplified, WW_HOSPITAL_SIMPLIFIED, "hospital-simplified/1");
