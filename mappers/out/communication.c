/* A Communication: something to know for a practice, sent once. FHIR R4 Communication. */
#include "mappers/out/common.h"

#include <wardwire/buf.h>
#include <wardwire/program.h>

#define CATEGORY "http://terminology.hl7.org/CodeSystem/communication-category"

/* What happened since, so that an old notice that leaves late does not read as news. */
static const char *
since(const struct ww_encounter *e)
{
	if (e->status == WW_encounter_status_FINISHED)
		return " The visit has ended since.";
	if (ww_time_known(e->inpatient_start))
		return " Admitted as an inpatient since.";
	return "";
}

static ww_str
ed_arrival(struct ww_ctx *cx, const struct ww_notice *n)
{
	return ww_arena_printf(cx->arena,
	    "Attributed member arrived in the emergency department%.*s, %.*s.%s",
	    WW_STR_FMT(ww_out_facility(cx, n)), WW_STR_FMT(ww_out_time(cx, n->encounter->ed_start)),
	    since(n->encounter));
}

static ww_str
observation(struct ww_ctx *cx, const struct ww_notice *n)
{
	return ww_arena_printf(cx->arena,
	    "Attributed member is under observation%.*s, since %.*s.%s",
	    WW_STR_FMT(ww_out_facility(cx, n)),
	    WW_STR_FMT(ww_out_time(cx, n->encounter->obs_start)), since(n->encounter));
}

/* PV1-36, UB-04 patient status: home, with or without care, against advice, hospice at home; 81 and 86 are 01 and 06
 * with a readmission planned. Any other, and none, may mean that somebody took the patient in, here or elsewhere. */
static bool
went_home(const struct ww_encounter *e)
{
	static const char *const codes[] = { "01", "06", "07", "50", "81", "86" };

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (ww_str_is(e->disposition, codes[i]))
			return true;
	}
	return false;
}

static ww_str
ed_discharge(struct ww_ctx *cx, const struct ww_notice *n)
{
	return ww_arena_printf(cx->arena,
	    "Attributed member left the emergency department%.*s, %.*s%s.",
	    WW_STR_FMT(ww_out_facility(cx, n)), WW_STR_FMT(ww_out_time(cx, n->encounter->end)),
	    went_home(n->encounter) && ww_notice_may(n, WW_CONTENT_DISPOSITION)
	        ? ", and was not admitted"
	        : "");
}

static ww_str
correction(struct ww_ctx *cx, const struct ww_notice *n)
{
	return ww_arena_printf(
	    cx->arena, "Correction of an earlier notice: %.*s.", WW_STR_FMT(n->reason));
}

/* " LACE score 6 to 8", without a full stop. */
static void
add_score(struct ww_buf *b, const struct ww_flag *risk)
{
	ww_buf_printf(b, " %s score %lld", ww_out_score_of(risk)->name, (long long)risk->score);
	if (risk->low != risk->high)
		ww_buf_printf(b, " to %lld", (long long)risk->high);
}

/* What the Task would have said. */
static ww_str
stay_update(struct ww_ctx *cx, const struct ww_notice *n)
{
	const struct ww_flag *risk = ww_out_risk(n, NULL);
	const struct ww_encounter *e = n->encounter;
	ww_str out, code = ww_notice_may(n, WW_CONTENT_DISPOSITION)
	                       ? ww_out_plain(cx, e->disposition)
	                       : ww_str_empty();
	struct ww_buf b = { 0 };

	ww_buf_str_add(&b, ww_out_sentence(cx, n));
	ww_buf_byte(&b, '.');
	if (ww_out_has_ended(n))
		ww_buf_printf(&b, " Discharged %.*s%s%.*s.", WW_STR_FMT(ww_out_time(cx, e->end)),
		    code.n > 0 ? ", disposition " : "", WW_STR_FMT(code));
	if (!ww_notice_may(n, WW_CONTENT_SCORE))
		risk = NULL;
	for (; risk != NULL; risk = ww_out_risk(n, risk)) {
		add_score(&b, risk);
		ww_buf_byte(&b, '.');
	}
	out = ww_arena_str(cx->arena, ww_buf_view(&b));
	ww_buf_free(&b);
	return out;
}

/* A flag that has no sentence of its own making here, and how high what it found is. */
static ww_str
any_flag(struct ww_ctx *cx, const struct ww_notice *n)
{
	ww_str where = n->encounter->id != 0 ? ww_out_facility(cx, n) : ww_str_empty(), out;
	struct ww_buf b = { 0 };

	ww_buf_printf(&b, "%.*s%.*s.", WW_STR_FMT(ww_out_words(n, n->about)), WW_STR_FMT(where));
	if (n->about->band.n > 0 && ww_notice_may(n, WW_CONTENT_SCORE)) {
		if (n->about->kind == WW_flag_kind_READMIT_RISK)
			add_score(&b, n->about);
		else
			ww_buf_printf(&b, " Band");
		ww_buf_printf(&b, ": %.*s.", WW_STR_FMT(n->about->band));
	}
	out = ww_arena_str(cx->arena, ww_buf_view(&b));
	ww_buf_free(&b);
	return out;
}

/* A Task of a flag's own says what the flag does. */
static ww_str
any_update(struct ww_ctx *cx, const struct ww_notice *n)
{
	return n->about != NULL ? any_flag(cx, n) : stay_update(cx, n);
}

static const struct {
	const char *subject;
	const char *topic; /* NULL: as the flag is called */
	ww_str (*text)(struct ww_ctx *cx, const struct ww_notice *n);
} subjects[] = {
	{ "ed-arrival", NULL, ed_arrival },
	{ "ed-discharge", NULL, ed_discharge },
	{ "observation", NULL, observation },
	{ "correction", "Correction", correction },
	{ "update", "Change of a stay", any_update },
};

static ww_str
topic_of(const struct ww_notice *n, size_t k)
{
	if (n->about != NULL && ww_str_is(n->subject, "update"))
		return WW_STR("Change of a Task");
	return k < sizeof(subjects) / sizeof(subjects[0]) && subjects[k].topic != NULL
	           ? ww_str_from(subjects[k].topic)
	           : ww_out_title(n, n->about);
}

static ww_str
text_of(struct ww_ctx *cx, const struct ww_notice *n, size_t k)
{
	if (k == sizeof(subjects) / sizeof(subjects[0]) ||
	    (subjects[k].topic == NULL && ww_out_is_worded(n, n->about)))
		return any_flag(cx, n);
	return subjects[k].text(cx, n);
}

static void
add_payload(struct ww_ctx *cx, struct ww_json *c, const char *what, ww_str text)
{
	if (text.n > 0)
		ww_json_set_str(cx, ww_json_add(cx, ww_json_get(c, "payload"), ww_json_object(cx)),
		    "contentString", ww_arena_printf(cx->arena, "%s%.*s", what, WW_STR_FMT(text)));
}

ww_status
ww_compose_communication(struct ww_ctx *cx, const struct ww_notice *n, ww_str *out)
{
	struct ww_json *c = ww_json_object(cx);
	size_t k = 0;
	bool is_about; /* a flag, not another notice */

	while (k < sizeof(subjects) / sizeof(subjects[0]) &&
	       !ww_str_is(n->subject, subjects[k].subject))
		k++;
	if (n->about == NULL &&
	    (k == sizeof(subjects) / sizeof(subjects[0]) || subjects[k].topic == NULL))
		return ww_fail(cx, WW_E_BUG, "Communication.topic", "no text for this subject");
	is_about = k == sizeof(subjects) / sizeof(subjects[0]) || subjects[k].topic == NULL;
	ww_json_set_cstr(cx, c, "resourceType", "Communication");
	ww_out_identifier(cx, c, n, "communication", n->key);
	if (n->about_key.n != 0) {
		bool task = n->about_type == WW_resource_type_TASK;
		struct ww_json *list =
		    ww_json_set(cx, c, task ? "basedOn" : "inResponseTo", ww_json_array(cx));

		ww_json_add(cx, list,
		    ww_out_reference(cx, n, task ? "Task" : "Communication",
		        task ? "task" : "communication", n->about_key));
	}
	ww_json_set_cstr(cx, c, "status", "completed");
	ww_json_add(cx, ww_json_set(cx, c, "category", ww_json_array(cx)),
	    ww_out_concept(cx, CATEGORY, "notification", NULL));
	ww_json_set_cstr(cx, c, "priority", ww_priority_text(n->priority));
	ww_json_set(cx, c, "subject", ww_out_member(cx, n));
	ww_json_set(cx, c, "topic", ww_out_text(cx, topic_of(n, k)));
	if (n->stay_key.n != 0)
		ww_json_add(cx, ww_json_set(cx, c, "about", ww_json_array(cx)),
		    ww_out_reference(cx, n, "Encounter", "encounter", n->stay_key));
	ww_json_set_str(cx, c, "sent", ww_out_instant(cx, n, n->now_ms));
	ww_json_add(cx, ww_json_set(cx, c, "recipient", ww_json_array(cx)), ww_out_party(cx, n));
	ww_json_set(cx, c, "sender", ww_out_sender(cx, n));
	ww_json_set(cx, c, "payload", ww_json_array(cx));
	add_payload(cx, c, "", text_of(cx, n, k));
	if (is_about) {
		add_payload(cx, c, "Practitioner: ", ww_out_practitioner(cx, n));
		add_payload(cx, c, "Diagnoses: ", ww_out_diagnoses(cx, n));
	}
	return ww_out_write(cx, c, out);
}

ww_status
ww_compose_finish(struct ww_ctx *cx, ww_str template, ww_str remote_id, ww_str remote_status,
    int64_t now_ms, ww_str *out)
{
	struct ww_json *r;
	ww_status s = ww_json_parse(cx, template, &r);

	if (s != WW_OK)
		return s;
	ww_json_set_str(cx, r, "id", remote_id);
	/* A nurse has taken it up: what she did stands, unless the hospital took back what it was about. */
	if (ww_str_is(ww_json_str(ww_json_get(r, "status")), "requested"))
		ww_json_set_str(cx, r, "status", remote_status);
	if (ww_str_is(ww_json_str(ww_json_get(r, "resourceType")), "Communication"))
		ww_json_set_str(cx, r, "sent", ww_out_time(cx, ww_time_at(now_ms, NULL)));
	return ww_out_write(cx, r, out);
}
