/* The Task of a stay: something to do for a practice, one a stay, kept up to date. FHIR R4 Task. */
#include "mappers/out/common.h"

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
add_risk(
    struct ww_ctx *cx, struct ww_json *task, const struct ww_notice *n, const struct ww_flag *f)
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

static void
add_rules(struct ww_ctx *cx, struct ww_json *task, const struct ww_notice *n)
{
	for (size_t i = 0; i < n->flags_n; i++) {
		ww_str kind = ww_str_from(ww_flag_kind_text(n->flags[i].kind));

		if (n->event_only && n->flags[i].kind == WW_flag_kind_READMIT_RISK)
			continue; /* that there is a score is a part of it */
		add_text(cx, task, "rule",
		    ww_arena_printf(
		        cx->arena, "%.*s by %.*s", WW_STR_FMT(kind), WW_STR_FMT(n->flags[i].rule)));
	}
}

static void
add_inputs(struct ww_ctx *cx, struct ww_json *task, const struct ww_notice *n)
{
	const struct ww_encounter *e = n->encounter;
	const struct ww_flag *risk = ww_out_flag(n, WW_flag_kind_READMIT_RISK);

	if (e->class_ != WW_encounter_class_UNKNOWN)
		add_class(cx, task, e->class_);
	add_time(cx, task, "admitted",
	    ww_time_known(e->inpatient_start) ? e->inpatient_start : e->start);
	if (!n->event_only)
		add_text(cx, task, "facility", ww_out_plain(cx, e->facility));
	if (ww_out_flag(n, WW_flag_kind_DISCHARGE) != NULL) {
		add_time(cx, task, "discharged", e->end);
		if (!n->event_only)
			add_text(
			    cx, task, "discharge-disposition", ww_out_plain(cx, e->disposition));
	}
	if (risk != NULL && !n->event_only)
		add_risk(cx, task, n, risk);
	add_rules(cx, task, n);
}

ww_status
ww_compose_task(struct ww_ctx *cx, const struct ww_notice *n, ww_str *out)
{
	struct ww_json *t = ww_json_object(cx);
	bool discharged = ww_out_flag(n, WW_flag_kind_DISCHARGE) != NULL;
	struct ww_json *period;

	ww_json_set_cstr(cx, t, "resourceType", "Task");
	ww_out_identifier(cx, t, n, "task", n->key);
	ww_json_set_cstr(cx, t, "status", n->cancelled ? "cancelled" : "requested");
	if (n->cancelled)
		ww_json_set(cx, t, "statusReason", ww_out_text(cx, n->reason));
	ww_json_set(cx, t, "businessStatus",
	    ww_out_text(cx, n->cancelled ? WW_STR("withdrawn")
	                    : discharged ? WW_STR("discharged, awaiting the care coordinator")
	                                 : WW_STR("inpatient, awaiting the care coordinator")));
	ww_json_set_cstr(cx, t, "intent", "order");
	ww_json_set_cstr(cx, t, "priority", ww_priority_text(n->priority));
	ww_json_set(cx, t, "code",
	    ww_out_concept(cx, TASK_CODE, "fulfill",
	        discharged ? "Follow-up after discharge" : "Inpatient admission follow-up"));
	ww_json_set_str(cx, t, "description", ww_out_sentence(cx, n));
	ww_json_set(cx, t, "focus", ww_out_reference(cx, n, "Encounter", "encounter", n->stay_key));
	ww_json_set(cx, t, "for", ww_out_member(cx, n));
	ww_json_set_str(cx, t, "authoredOn", ww_out_instant(cx, n, n->created_ms));
	ww_json_set_str(cx, t, "lastModified", ww_out_instant(cx, n, n->now_ms));
	ww_json_set(cx, t, "requester", ww_out_sender(cx, n));
	ww_json_set(cx, t, "owner", ww_out_party(cx, n));
	period = ww_json_set(cx, ww_json_set(cx, t, "restriction", ww_json_object(cx)), "period",
	    ww_json_object(cx));
	ww_json_set_str(cx, period, "end", ww_out_instant(cx, n, n->due_ms));
	add_inputs(cx, t, n);
	return ww_out_write(cx, t, out);
}
