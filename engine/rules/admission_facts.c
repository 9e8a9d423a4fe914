/* What the versions of the rule admission have in common: when each assertion holds, and the facts it rests on. */
#include "rules/admission.h"

#include <wardwire/chain.h>
#include <wardwire/json.h>

#include "rules/evidence.h"
#include "rules/stay.h"

/* -- what holds -------------------------------------------------------------------------------------- */

bool
ww_admission_inpatient(const struct ww_encounter *e)
{
	/* An admission that was never seen is not told of after the fact: its discharge says so. */
	if (e->status == WW_encounter_status_FINISHED && e->admit_missing != 0)
		return false;
	return ww_time_known(e->inpatient_start) && ww_stay_inpatient(e) &&
	       (e->status == WW_encounter_status_IN_PROGRESS ||
	           e->status == WW_encounter_status_ONLEAVE ||
	           e->status == WW_encounter_status_FINISHED);
}

bool
ww_admission_to_ed(const struct ww_encounter *e)
{
	return ww_time_known(e->ed_start) && e->status != WW_encounter_status_CANCELLED &&
	       e->status != WW_encounter_status_PLANNED && e->status != WW_encounter_status_ERROR;
}

bool
ww_admission_to_observation(const struct ww_encounter *e)
{
	return ww_time_known(e->obs_start) && e->status != WW_encounter_status_CANCELLED &&
	       e->status != WW_encounter_status_PLANNED && e->status != WW_encounter_status_ERROR;
}

/* One that was closed because nothing was heard of it, or because it went on as a stay, nobody has said to have ended. */
bool
ww_admission_left_ed(const struct ww_encounter *e)
{
	return e->status == WW_encounter_status_FINISHED && ww_time_known(e->end) &&
	       e->closed == 0 && ww_time_known(e->ed_start) && !ww_time_known(e->inpatient_start) &&
	       !ww_stay_inpatient(e);
}

/* -- evidence --------------------------------------------------------------------------------------- */

#define KIND(k) (1u << WW_flag_kind_##k)
#define AT(field) offsetof(struct ww_encounter, field)

static const char from_start[] = "PV1-44, EVN-6 or EVN-2";
static const char from_event[] = "EVN-6 or EVN-2";
static const char from_practitioner[] = "PV1-7, PV1-17 or Encounter.participant";

/* The facts each kind rests on. Only those that make it hold or that its reader acts upon: every other one
 * would send a corrected notice when it changes. An emergency visit keeps its class when it becomes a stay. */
static const struct {
	unsigned kinds;
	unsigned since; /* the first version of the rule that says it */
	const char *key;
	enum { FACT_TEXT, FACT_TIME, FACT_CLASS, FACT_ED_CLASS, FACT_TRUE } type;
	size_t at;
	const char *source;
} facts[] = {
	{ KIND(ADMIT) | KIND(DISCHARGE), 1, "class", FACT_CLASS, AT(class_), "PV1-2" },
	{ KIND(ED) | KIND(ED_DISCHARGE), 1, "class", FACT_ED_CLASS, AT(class_), "PV1-2" },
	{ KIND(ADMIT), 1, "start", FACT_TIME, AT(inpatient_start), from_start },
	{ KIND(ED) | KIND(ED_DISCHARGE), 1, "start", FACT_TIME, AT(ed_start), from_start },
	{ KIND(OBSERVATION), 1, "start", FACT_TIME, AT(obs_start), from_start },
	{ KIND(DISCHARGE), 1, "start", FACT_TIME, AT(start), from_start },
	{ KIND(ADMIT), 1, "ed_start", FACT_TIME, AT(ed_start), from_start },
	{ KIND(DISCHARGE) | KIND(ED_DISCHARGE), 1, "end", FACT_TIME, AT(end),
	    "PV1-45, EVN-6 or EVN-2" },
	{ KIND(DISCHARGE) | KIND(ED_DISCHARGE), 1, "disposition", FACT_TEXT, AT(disposition),
	    "PV1-36" },
	{ ~0u, 1, "facility", FACT_TEXT, AT(facility), "PV1-3.4 or MSH-4" },
	{ KIND(ADMIT), 1, "admit_type", FACT_TEXT, AT(admit_type), "PV1-4" },
	{ KIND(DISCHARGE) | KIND(ED_DISCHARGE), 1, "admit_missing", FACT_TRUE, AT(admit_missing),
	    "no A01, A04 or A06 of this visit" },
	{ KIND(PLANNED_ADMIT), 2, "expected", FACT_TIME, AT(expected), "PV2-8 or EVN-3" },
	{ KIND(TRANSFER), 2, "start", FACT_TIME, AT(inpatient_start), from_start },
	{ KIND(TRANSFER), 2, "transferred", FACT_TIME, AT(transferred), from_event },
	{ KIND(TRANSFER), 2, "from", FACT_TEXT, AT(transferred_from), "PV1-3.4" },
	{ KIND(TRANSFER), 2, "end", FACT_TIME, AT(end), "PV1-45, EVN-6 or EVN-2" },
	{ KIND(TRANSFER), 2, "disposition", FACT_TEXT, AT(disposition), "PV1-36" },
	{ ~0u, 2, "attending", FACT_TEXT, AT(attending), from_practitioner },
	{ ~0u, 2, "attending_npi", FACT_TEXT, AT(attending_npi), from_practitioner },
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

/* The hospital of the stay that followed, where it is known. */
static void
set_next(struct ww_ctx *cx, const struct ww_case *c, struct ww_json *o, struct ww_json *sources)
{
	for (size_t i = 0; i < c->others_n; i++) {
		const struct ww_encounter *next = &c->others[i];

		if (next->facility.n == 0 || !ww_chain_transferred(c->encounter, next))
			continue;
		ww_json_set_str(cx, o, "to", next->facility);
		ww_json_set_cstr(cx, sources, "to", "the stay that followed");
	}
}

ww_status
ww_admission_evidence(struct ww_ctx *cx, const struct ww_case *c, enum ww_flag_kind kind,
    unsigned version, ww_str *out)
{
	const struct ww_encounter *e = c->encounter;
	struct ww_json *o = ww_json_object(cx), *sources = ww_json_object(cx);

	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		bool said = false;
		ww_status s;

		if ((facts[i].kinds & 1u << kind) == 0 || facts[i].since > version)
			continue;
		s = set_fact(cx, e, i, o, &said);
		if (s != WW_OK)
			return s;
		if (said)
			ww_json_set_cstr(cx, sources, facts[i].key, facts[i].source);
	}
	if (kind == WW_flag_kind_ADMIT)
		set_authorization(cx, c, o, sources);
	if (kind == WW_flag_kind_TRANSFER)
		set_next(cx, c, o, sources);
	ww_json_set(cx, o, "sources", sources);
	return ww_evidence_keep(cx, o, out);
}
