/* Rule follow-up/1: who was discharged to where they live is to be called within two business days and seen within two weeks, or
 * one where the risk of readmission is high, as Medicare has it for
 * transitional care management. It holds until the patient was seen
 * as an outpatient, is in hospital again, or the thirty days after the discharge are over: the answer of whoever was asked is
 * the Task's. */
#include <wardwire/calendar.h>
#include <wardwire/chain.h>
#include <wardwire/json.h>
#include <wardwire/params.h>
#include <wardwire/rule.h>

#include "rules/evidence.h"
#include "rules/stay.h"

#include <string.h>

static const char id[] = "follow-up/1";

/* UB-04 patient status of who does not go home: to another hospital or unit, a nursing or rehabilitation facility, a hospice, to
 * custody, or dead; the second rows are the same with a readmission planned. What is not known is home. */
static const struct {
	const char *code, *why;
} elsewhere[] = {
#define AWAY(code)                                                                                 \
	{                                                                                          \
		code, "the patient went on to another facility"                                    \
	}
#define DEAD(code)                                                                                 \
	{                                                                                          \
		code, "the patient died"                                                           \
	}
#define HOSPICE(code)                                                                              \
	{                                                                                          \
		code, "the patient went to a hospice"                                              \
	}
	AWAY("02"),
	AWAY("03"),
	AWAY("05"),
	AWAY("09"),
	AWAY("21"),
	AWAY("30"),
	AWAY("43"),
	AWAY("61"),
	AWAY("62"),
	AWAY("63"),
	AWAY("64"),
	AWAY("65"),
	AWAY("66"),
	AWAY("70"),
	AWAY("82"),
	AWAY("83"),
	AWAY("85"),
	AWAY("87"),
	AWAY("88"),
	AWAY("89"),
	AWAY("90"),
	AWAY("91"),
	AWAY("92"),
	AWAY("93"),
	AWAY("94"),
	AWAY("95"),
	DEAD("20"),
	DEAD("40"),
	DEAD("41"),
	DEAD("42"),
	HOSPICE("50"),
	HOSPICE("51"),
#undef AWAY
#undef DEAD
#undef HOSPICE
};

static bool
same_code(ww_str said, const char *code)
{
	/* ADT often leaves the zero off. */
	return ww_str_is(said, code) || (code[0] == '0' && ww_str_is(said, code + 1));
}

static bool
is_outpatient(int64_t class_)
{
	return class_ == WW_encounter_class_OUTPATIENT || class_ == WW_encounter_class_RECURRING;
}

/* NULL: nothing ends it. *done: what was asked for has been done. */
static const char *
ended(const struct ww_case *c, int64_t discharged, int64_t period, bool *done)
{
	static const char seen[] = "the patient was seen as an outpatient";

	*done = false;
	if (ww_chain_goes_on(c->encounter, c->others, c->others_n))
		return "the patient went on to another facility";
	for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++) {
		if (same_code(ww_str_trim(c->encounter->disposition), elsewhere[i].code))
			return elsewhere[i].why;
	}
	for (size_t i = 0; i < c->others_n; i++) {
		const struct ww_encounter *e = &c->others[i];
		int64_t day;

		if (!ww_stay_took_place(e) || e->start.prec < WW_PREC_DAY)
			continue;
		day = ww_time_day(e->start, c->zone);
		if (day > discharged + period || ww_time_cmp(e->start, c->encounter->end) < 0)
			continue;
		if (ww_stay_inpatient(e) || ww_time_known(e->inpatient_start))
			return "the patient is in hospital again";
		*done = *done || (day > discharged && is_outpatient(e->class_));
	}
	for (size_t i = 0; i < c->billed_n; i++) {
		const struct ww_billed *b = &c->billed[i];

		if (b->day <= discharged || b->day > discharged + period)
			continue;
		if (b->class_ == WW_encounter_class_INPATIENT && b->stay != c->encounter->id)
			return "the patient is in hospital again";
		*done = *done || is_outpatient(b->class_);
	}
	if (*done)
		return seen;
	return c->as_of > discharged + period ? "the time after the discharge is over" : NULL;
}

/* As the rules before this one have found it. */
static const char *
risk_of(const struct ww_findings *found)
{
	for (size_t i = 0; i < found->n; i++) {
		if (found->v[i].kind == WW_flag_kind_READMIT_RISK)
			return found->v[i].band;
	}
	return "";
}

static ww_status
ask(struct ww_ctx *cx, const struct ww_case *c, enum ww_flag_kind kind, int64_t discharged,
    int64_t due, const char *risk, struct ww_findings *out)
{
	struct ww_finding *f = ww_findings_add(cx, out, kind);
	struct ww_json *o = ww_json_object(cx), *sources = ww_json_object(cx);
	ww_status s;

	if (f == NULL)
		return WW_E_LIMIT;
	f->rule = id;
	f->due_day = due;
	f->past = c->as_of > due;
	s = ww_evidence_day(cx, o, "discharged", discharged);
	if (s == WW_OK)
		s = ww_evidence_day(cx, o, "by", due);
	if (s != WW_OK)
		return s;
	ww_json_set_str(cx, o, "disposition", c->encounter->disposition);
	ww_json_set_cstr(cx, o, "risk", risk);
	ww_json_set_cstr(cx, sources, "discharged", "PV1-45, EVN-6 or EVN-2");
	if (c->encounter->disposition.n != 0)
		ww_json_set_cstr(cx, sources, "disposition", "PV1-36");
	ww_json_set(cx, o, "sources", sources);
	return ww_evidence_keep(cx, o, &f->evidence);
}

static bool
was_discharged(const struct ww_encounter *e, const struct ww_params *p)
{
	bool observed = ww_param(p, WW_PARAM_follow_up_observation) != 0 &&
	                e->status == WW_encounter_status_FINISHED && ww_time_known(e->obs_start);

	return (ww_stay_discharged(e) || observed) && e->closed == 0 && e->end.prec >= WW_PREC_DAY;
}

static ww_status
judge(
    struct ww_ctx *cx, const struct ww_case *c, const struct ww_params *p, struct ww_findings *out)
{
	const struct ww_calendar *calendar =
	    c->calendar != NULL ? c->calendar : ww_calendar_federal();
	int64_t discharged, contact_by, visit_by;
	const char *risk = risk_of(out), *why;
	ww_status s;
	bool done;

	if (c->encounter == NULL || !was_discharged(c->encounter, p))
		return WW_OK;
	discharged = ww_time_day(c->encounter->end, c->zone);
	why = ended(c, discharged, ww_param(p, WW_PARAM_follow_up_period_days), &done);
	if (why != NULL) {
		ww_findings_end(out, WW_flag_kind_FOLLOW_UP_CONTACT, why, done);
		ww_findings_end(out, WW_flag_kind_FOLLOW_UP_VISIT, why, done);
		return WW_OK;
	}
	contact_by = ww_calendar_add(
	    calendar, discharged, (uint32_t)ww_param(p, WW_PARAM_follow_up_contact_days));
	visit_by = discharged + ww_param(p, strcmp(risk, "high") == 0
	                                        ? WW_PARAM_follow_up_high_risk_visit_days
	                                        : WW_PARAM_follow_up_visit_days);
	s = ask(cx, c, WW_flag_kind_FOLLOW_UP_CONTACT, discharged, contact_by, "", out);
	return s == WW_OK
	           ? ask(cx, c, WW_flag_kind_FOLLOW_UP_VISIT, discharged, visit_by, risk, out)
	           : s;
}

const struct ww_rule ww_rule_follow_up = {
	.id = id,
	.purpose =
	    "a call within two business days and a visit within one or two weeks after a discharge",
	.on = WW_ON_STAY,
	.needs = WW_NEEDS_CLAIMS,
	.finds = WW_FINDS(FOLLOW_UP_CONTACT) | WW_FINDS(FOLLOW_UP_VISIT),
	.judge = judge,
};
