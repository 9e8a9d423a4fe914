/* Rule admission/1: which of arrival, admission and discharge hold of an encounter now. A retraction needs
 * no code: what is cancelled no longer holds. */
#include <wardwire/json.h>
#include <wardwire/rule.h>

#include "rules/evidence.h"
#include "rules/stay.h"

static const char id[] = "admission/1";

static bool
admitted(const struct ww_encounter *e)
{
	/* An admission that was never seen is not told of after the fact: its discharge says so. */
	if (e->status == WW_encounter_status_FINISHED && e->admit_missing != 0)
		return false;
	return ww_time_known(e->inpatient_start) && ww_stay_inpatient(e) &&
	       (e->status == WW_encounter_status_IN_PROGRESS ||
	           e->status == WW_encounter_status_ONLEAVE ||
	           e->status == WW_encounter_status_FINISHED);
}

static bool
came_to_ed(const struct ww_encounter *e)
{
	return ww_time_known(e->ed_start) && e->status != WW_encounter_status_CANCELLED &&
	       e->status != WW_encounter_status_PLANNED && e->status != WW_encounter_status_ERROR;
}

static bool
came_under_observation(const struct ww_encounter *e)
{
	return ww_time_known(e->obs_start) && e->status != WW_encounter_status_CANCELLED &&
	       e->status != WW_encounter_status_PLANNED && e->status != WW_encounter_status_ERROR;
}

/* One that was closed because nothing was heard of it, or because it went on as a stay, nobody has said to have ended. */
static bool
left_ed(const struct ww_encounter *e)
{
	return e->status == WW_encounter_status_FINISHED && ww_time_known(e->end) &&
	       e->closed == 0 && ww_time_known(e->ed_start) && !ww_time_known(e->inpatient_start) &&
	       !ww_stay_inpatient(e);
}

static const struct {
	enum ww_flag_kind kind;
	bool (*holds)(const struct ww_encounter *e);
} assertions[] = {
	{ WW_flag_kind_ADMIT, admitted },
	{ WW_flag_kind_ED, came_to_ed },
	{ WW_flag_kind_OBSERVATION, came_under_observation },
	{ WW_flag_kind_DISCHARGE, ww_stay_discharged },
	{ WW_flag_kind_ED_DISCHARGE, left_ed },
};

#define KIND(k) (1u << WW_flag_kind_##k)
#define AT(field) offsetof(struct ww_encounter, field)

static const char from_start[] = "PV1-44, EVN-6 or EVN-2";

/* The facts each kind rests on. Only those that make it hold or that its reader acts upon: every other one
 * would send a corrected notice when it changes. An emergency visit keeps its class when it becomes a stay. */
static const struct {
	unsigned kinds;
	const char *key;
	enum { FACT_TEXT, FACT_TIME, FACT_CLASS, FACT_ED_CLASS, FACT_TRUE } type;
	size_t at;
	const char *source;
} facts[] = {
	{ KIND(ADMIT) | KIND(DISCHARGE), "class", FACT_CLASS, AT(class_), "PV1-2" },
	{ KIND(ED) | KIND(ED_DISCHARGE), "class", FACT_ED_CLASS, AT(class_), "PV1-2" },
	{ KIND(ADMIT), "start", FACT_TIME, AT(inpatient_start), from_start },
	{ KIND(ED) | KIND(ED_DISCHARGE), "start", FACT_TIME, AT(ed_start), from_start },
	{ KIND(OBSERVATION), "start", FACT_TIME, AT(obs_start), from_start },
	{ KIND(DISCHARGE), "start", FACT_TIME, AT(start), from_start },
	{ KIND(ADMIT), "ed_start", FACT_TIME, AT(ed_start), from_start },
	{ KIND(DISCHARGE) | KIND(ED_DISCHARGE), "end", FACT_TIME, AT(end),
	    "PV1-45, EVN-6 or EVN-2" },
	{ KIND(DISCHARGE) | KIND(ED_DISCHARGE), "disposition", FACT_TEXT, AT(disposition),
	    "PV1-36" },
	{ ~0u, "facility", FACT_TEXT, AT(facility), "PV1-3.4 or MSH-4" },
	{ KIND(ADMIT), "admit_type", FACT_TEXT, AT(admit_type), "PV1-4" },
	{ KIND(DISCHARGE) | KIND(ED_DISCHARGE), "admit_missing", FACT_TRUE, AT(admit_missing),
	    "no A01, A04 or A06 of this visit" },
};

/* Sets one fact; *said tells whether the encounter has it. */
static ww_status
set_fact(struct ww_ctx *cx, const struct ww_encounter *e, size_t i, struct ww_json *o, bool *said)
{
	const void *field = (const char *)e + facts[i].at;
	const char *key = facts[i].key;

	switch (facts[i].type) {
	case FACT_TEXT:
		*said = ((const ww_str *)field)->n != 0;
		ww_json_set_str(cx, o, key, *(const ww_str *)field);
		return WW_OK;
	case FACT_TIME:
		*said = ww_time_known(*(const ww_time *)field);
		return ww_evidence_time(cx, o, key, *(const ww_time *)field);
	case FACT_CLASS:
		*said = *(const int64_t *)field != WW_encounter_class_UNKNOWN;
		if (*said)
			ww_json_set_cstr(
			    cx, o, key, ww_encounter_class_text(*(const int64_t *)field));
		return WW_OK;
	case FACT_ED_CLASS:
		*said = true;
		ww_json_set_cstr(cx, o, key, ww_encounter_class_text(WW_encounter_class_ED));
		return WW_OK;
	case FACT_TRUE:
		*said = *(const int64_t *)field != 0;
		if (*said)
			ww_json_set_bool(cx, o, key, true);
		return WW_OK;
	}
	return ww_fail(cx, WW_E_BUG, "rules", "a fact without a type");
}

/* The number under which the payer authorized the admission: who calls about it is asked for it. */
static void
set_authorization(
    struct ww_ctx *cx, const struct ww_case *c, struct ww_json *o, struct ww_json *sources)
{
	for (size_t i = 0; i < c->authorizations_n; i++) {
		const struct ww_authorization *a = &c->authorizations[i];

		if (a->granted.n == 0 || (a->status != WW_authorization_status_APPROVED &&
		                             a->status != WW_authorization_status_PARTIAL))
			continue;
		ww_json_set_str(cx, o, "authorization", a->granted);
		ww_json_set_cstr(cx, sources, "authorization", "ClaimResponse");
	}
}

static ww_status
gather(struct ww_ctx *cx, const struct ww_case *c, enum ww_flag_kind kind, ww_str *out)
{
	const struct ww_encounter *e = c->encounter;
	struct ww_json *o = ww_json_object(cx), *sources = ww_json_object(cx);

	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		bool said = false;
		ww_status s;

		if ((facts[i].kinds & 1u << kind) == 0)
			continue;
		s = set_fact(cx, e, i, o, &said);
		if (s != WW_OK)
			return s;
		if (said)
			ww_json_set_cstr(cx, sources, facts[i].key, facts[i].source);
	}
	if (kind == WW_flag_kind_ADMIT)
		set_authorization(cx, c, o, sources);
	ww_json_set(cx, o, "sources", sources);
	return ww_evidence_keep(cx, o, out);
}

static ww_status
judge(
    struct ww_ctx *cx, const struct ww_case *c, const struct ww_params *p, struct ww_findings *out)
{
	(void)p; /* nothing can be set */
	for (size_t i = 0; i < sizeof(assertions) / sizeof(assertions[0]); i++) {
		struct ww_finding *f;
		ww_status s;

		if (!assertions[i].holds(c->encounter))
			continue;
		f = ww_findings_add(cx, out, assertions[i].kind);
		if (f == NULL)
			return WW_E_LIMIT;
		f->rule = id;
		s = gather(cx, c, assertions[i].kind, &f->evidence);
		if (s != WW_OK)
			return s;
	}
	return WW_OK;
}

const struct ww_rule ww_rule_admission = {
	.id = id,
	.purpose = "emergency arrival, inpatient admission and discharge",
	.on = WW_ON_STAY,
	.judge = judge,
};
