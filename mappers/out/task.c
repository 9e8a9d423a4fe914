/* Tasks: something to do. That of a stay, one a stay and desk, kept up to date, and those of a flag of its own. FHIR R4 Task. */
#include "mappers/out/common.h"

#include <wardwire/program.h>

#define TASK_CODE "http://hl7.org/fhir/CodeSystem/task-code"
#define ACT_CODE "http://terminology.hl7.org/CodeSystem/v3-ActCode"

/* -- inputs: the facts a nurse needs, each typed ---------------------------------------------------- */

static struct ww_json *
add_input(struct ww_ctx *cx, struct ww_json *task, const char *type)
{
	struct ww_json *list = ww_json_get(task, "input");
	struct ww_json *in;

	if (list == NULL)
		list = ww_json_set(cx, task, "input", ww_json_array(cx));
	in = ww_json_add(cx, list, ww_json_object(cx));
	ww_json_set(cx, in, "type", ww_out_text(cx, ww_str_from(type)));
	return in;
}

static void
add_text(struct ww_ctx *cx, struct ww_json *task, const char *type, ww_str value)
{
	if (value.n != 0)
		ww_json_set_str(cx, add_input(cx, task, type), "valueString", value);
}

static void
add_time(struct ww_ctx *cx, struct ww_json *task, const char *type, ww_time t)
{
	if (ww_time_known(t))
		ww_json_set_str(cx, add_input(cx, task, type), "valueDateTime", ww_out_time(cx, t));
}

/* A quantity of a Range; FHIR decimals may be whole numbers. */
static void
set_bound(struct ww_ctx *cx, struct ww_json *range, const char *key, int64_t n)
{
	ww_json_set_int(cx, ww_json_set(cx, range, key, ww_json_object(cx)), "value", n);
}

/* The score as a number where it is certain, else as the range it lies in. */
static void
add_risk(struct ww_ctx *cx, struct ww_json *task, const struct ww_flag *f)
{
	struct ww_json *in = add_input(cx, task, ww_out_score_of(f)->input);

	if (f->low == f->high) {
		ww_json_set_int(cx, in, "valueInteger", f->score);
	} else {
		struct ww_json *range = ww_json_set(cx, in, "valueRange", ww_json_object(cx));

		set_bound(cx, range, "low", f->low);
		set_bound(cx, range, "high", f->high);
	}
	add_text(cx, task, "readmission-risk", f->band);
}

/* Each score with its band behind it. */
static void
add_risks(struct ww_ctx *cx, struct ww_json *task, const struct ww_notice *n)
{
	for (const struct ww_flag *f = ww_out_risk(n, NULL); f != NULL; f = ww_out_risk(n, f))
		add_risk(cx, task, f);
	if (ww_out_is_provisional(n))
		add_text(cx, task, "readmission-risk-status", WW_STR("provisional"));
}

/* Encounter class as FHIR has it; HL7 ActCode. */
static void
add_class(struct ww_ctx *cx, struct ww_json *task, int64_t class_)
{
	struct ww_json *coding;
	const char *code = class_ == WW_encounter_class_ED            ? "EMER"
	                   : class_ == WW_encounter_class_OBSERVATION ? "OBSENC"
	                   : class_ == WW_encounter_class_OUTPATIENT  ? "AMB"
	                                                              : "IMP";

	coding = ww_json_set(
	    cx, add_input(cx, task, "admission-class"), "valueCoding", ww_json_object(cx));
	ww_json_set_cstr(cx, coding, "system", ACT_CODE);
	ww_json_set_cstr(cx, coding, "code", code);
}

/* Once each, however many programs go by it. */
static void
add_rules(struct ww_ctx *cx, struct ww_json *task, const struct ww_notice *n)
{
	for (size_t i = 0; i < n->flags_n; i++) {
		const struct ww_flag *f = &n->flags[i];
		/* That there is a score is a part of it. */
		bool said =
		    f->kind == WW_flag_kind_READMIT_RISK && !ww_notice_may(n, WW_CONTENT_SCORE);

		for (size_t k = 0; k < i && !said; k++)
			said = n->flags[k].kind == f->kind && ww_str_eq(n->flags[k].rule, f->rule);
		if (!said)
			add_text(cx, task, "rule",
			    ww_arena_printf(cx->arena, "%s by %.*s", ww_flag_kind_text(f->kind),
			        WW_STR_FMT(f->rule)));
	}
}

/* Of the built-in program nobody has heard. */
static void
add_programs(struct ww_ctx *cx, struct ww_json *task, const struct ww_notice *n)
{
	for (size_t i = 0; i < n->flags_n; i++) {
		const struct ww_flag *f = &n->flags[i];
		const struct ww_program *p = ww_programs_find(n->programs, f->program);
		bool said = ww_str_is(f->program, WW_PROGRAM_BASIC);

		for (size_t k = 0; k < i && !said; k++)
			said = ww_str_eq(n->flags[k].program, f->program);
		if (!said)
			add_text(cx, task, "program",
			    p != NULL && p->title.n > 0 ? p->title : f->program);
	}
}

static void
add_stay(struct ww_ctx *cx, struct ww_json *task, const struct ww_notice *n, bool ended)
{
	const struct ww_encounter *e = n->encounter;

	if (e->class_ != WW_encounter_class_UNKNOWN)
		add_class(cx, task, e->class_);
	add_time(cx, task, "admitted",
	    ww_time_known(e->inpatient_start) ? e->inpatient_start : e->start);
	if (ww_notice_may(n, WW_CONTENT_FACILITY))
		add_text(cx, task, "facility", ww_out_plain(cx, e->facility));
	add_text(cx, task, "practitioner", ww_out_practitioner(cx, n));
	add_text(cx, task, "diagnoses", ww_out_diagnoses(cx, n));
	if (ended) {
		add_time(cx, task, "discharged", e->end);
		if (ww_notice_may(n, WW_CONTENT_DISPOSITION))
			add_text(
			    cx, task, "discharge-disposition", ww_out_plain(cx, e->disposition));
	}
}

/* The payer's number of it, and what it is for. */
static void
add_authorization(struct ww_ctx *cx, struct ww_json *task, const struct ww_notice *n)
{
	const struct ww_authorization *a = n->authorization;

	add_text(
	    cx, task, "authorization", ww_out_plain(cx, a->granted.n > 0 ? a->granted : a->number));
	add_time(cx, task, "authorized-from",
	    ww_time_known(a->authorized) ? a->authorized : a->requested);
	if (n->encounter->id == 0 && ww_notice_may(n, WW_CONTENT_FACILITY))
		add_text(cx, task, "facility", ww_out_plain(cx, a->facility));
}

static void
add_inputs(struct ww_ctx *cx, struct ww_json *task, const struct ww_notice *n)
{
	if (n->encounter->id != 0)
		add_stay(cx, task, n,
		    ww_out_has_ended(n) ||
		        (n->about != NULL && n->encounter->status == WW_encounter_status_FINISHED));
	if (n->authorization != NULL)
		add_authorization(cx, task, n);
	if (ww_notice_may(n, WW_CONTENT_SCORE))
		add_risks(cx, task, n);
	if (n->about != NULL && n->about->kind != WW_flag_kind_READMIT_RISK &&
	    n->about->band.n > 0 && ww_notice_may(n, WW_CONTENT_SCORE))
		add_text(cx, task, "band", n->about->band);
	add_rules(cx, task, n);
	add_programs(cx, task, n);
}

/* -- what it says of itself ------------------------------------------------------------------------------ */

/* Of the stay's flags the newest that its program has words for; NULL: the engine's do. */
static const struct ww_flag *
worded(const struct ww_notice *n)
{
	const struct ww_flag *newest = NULL;

	for (size_t i = 0; i < n->flags_n; i++) {
		const struct ww_flag *f = &n->flags[i];

		if (f->form == WW_flag_form_STAY_TASK && ww_out_is_worded(n, f) &&
		    (newest == NULL || f->raised_ms >= newest->raised_ms))
			newest = f;
	}
	return newest;
}

static ww_str
status_of(struct ww_ctx *cx, const struct ww_notice *n)
{
	const char *whom = n->role == WW_role_COORDINATOR || n->role == WW_role_NONE
	                       ? "care coordinator"
	                       : ww_role_text(n->role);
	const char *what = n->about != NULL      ? "open"
	                   : ww_out_has_ended(n) ? "discharged"
	                                         : "inpatient";

	if (n->cancelled)
		return n->done ? WW_STR("done") : WW_STR("withdrawn");
	return ww_arena_printf(cx->arena, "%s, awaiting the %s", what, whom);
}

static ww_str
title_of(const struct ww_notice *n)
{
	const struct ww_flag *own = n->about != NULL ? n->about : worded(n);

	if (own != NULL)
		return ww_out_title(n, own);
	return ww_out_has_ended(n) ? WW_STR("Follow-up after discharge")
	                           : WW_STR("Inpatient admission follow-up");
}

static ww_str
description_of(struct ww_ctx *cx, const struct ww_notice *n)
{
	const struct ww_flag *own = n->about != NULL ? n->about : worded(n);

	if (own == NULL || n->cancelled)
		return ww_out_sentence(cx, n);
	return ww_arena_printf(cx->arena, "%.*s%.*s", WW_STR_FMT(ww_out_words(n, own)),
	    WW_STR_FMT(n->encounter->id != 0 ? ww_out_facility(cx, n) : ww_str_empty()));
}

/* The stay, or the request that was authorized; nothing where it is about the person. */
static void
set_focus(struct ww_ctx *cx, struct ww_json *t, const struct ww_notice *n)
{
	if (n->encounter->id != 0)
		ww_json_set(
		    cx, t, "focus", ww_out_reference(cx, n, "Encounter", "encounter", n->stay_key));
	else if (n->authorization != NULL)
		ww_json_set(cx, t, "focus",
		    ww_out_reference(cx, n, "Claim", "authorization",
		        ww_out_plain(cx, n->authorization->granted.n > 0
		                             ? n->authorization->granted
		                             : n->authorization->number)));
}

ww_status
ww_compose_task(struct ww_ctx *cx, const struct ww_notice *n, ww_str *out)
{
	struct ww_json *t = ww_json_object(cx);
	struct ww_json *period;

	ww_json_set_cstr(cx, t, "resourceType", "Task");
	ww_out_identifier(cx, t, n, "task", n->key);
	ww_json_set_cstr(cx, t, "status",
	    !n->cancelled ? "requested"
	    : n->done     ? "completed"
	                  : "cancelled");
	if (n->cancelled)
		ww_json_set(cx, t, "statusReason", ww_out_text(cx, n->reason));
	ww_json_set(cx, t, "businessStatus", ww_out_text(cx, status_of(cx, n)));
	ww_json_set_cstr(cx, t, "intent", "order");
	ww_json_set_cstr(cx, t, "priority", ww_priority_text(n->priority));
	ww_json_set(cx, t, "code",
	    ww_out_concept(cx, TASK_CODE, "fulfill", ww_arena_cstr(cx->arena, title_of(n))));
	ww_json_set_str(cx, t, "description", description_of(cx, n));
	set_focus(cx, t, n);
	ww_json_set(cx, t, "for", ww_out_member(cx, n));
	ww_json_set_str(cx, t, "authoredOn", ww_out_instant(cx, n, n->created_ms));
	ww_json_set_str(cx, t, "lastModified", ww_out_instant(cx, n, n->now_ms));
	ww_json_set(cx, t, "requester", ww_out_sender(cx, n));
	ww_json_set(cx, t, "owner", ww_out_party(cx, n));
	if (n->due_ms != 0) {
		period = ww_json_set(cx, ww_json_set(cx, t, "restriction", ww_json_object(cx)),
		    "period", ww_json_object(cx));
		ww_json_set_str(cx, period, "end", ww_out_instant(cx, n, n->due_ms));
	}
	add_inputs(cx, t, n);
	return ww_out_write(cx, t, out);
}
