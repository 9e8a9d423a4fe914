/* Pieces that Task and Communication share. Elements: FHIR R4 4.0.1, hl7.org/fhir/R4. */
#include "mappers/out/common.h"

#include <wardwire/buf.h>
#include <wardwire/program.h>

/* What the program of a flag lets leave; nothing where there is no such program any more. */
static uint32_t
content_of(const struct ww_notice *n, const struct ww_flag *f)
{
	const struct ww_program *p =
	    n->programs != NULL ? ww_programs_find(n->programs, f->program) : NULL;

	return p != NULL ? p->content : 0;
}

bool
ww_notice_may(const struct ww_notice *n, uint32_t part)
{
	uint32_t content = n->about != NULL ? content_of(n, n->about) : 0;

	for (size_t i = 0; i < n->flags_n; i++)
		content |= content_of(n, &n->flags[i]);
	return !n->event_only && (content & part) != 0;
}

void
ww_out_identifier(struct ww_ctx *cx, struct ww_json *resource, const struct ww_notice *n,
    const char *what, ww_str key)
{
	struct ww_json *list = ww_json_set(cx, resource, "identifier", ww_json_array(cx));
	struct ww_json *id = ww_json_add(cx, list, ww_json_object(cx));

	ww_json_set_str(cx, id, "system",
	    ww_arena_printf(cx->arena, "%.*s/%s", WW_STR_FMT(n->config->system), what));
	ww_json_set_str(cx, id, "value", key);
}

static struct ww_json *
reference(struct ww_ctx *cx, const char *type, ww_str system, ww_str value)
{
	struct ww_json *ref = ww_json_object(cx);
	struct ww_json *id;

	ww_json_set_cstr(cx, ref, "type", type);
	id = ww_json_set(cx, ref, "identifier", ww_json_object(cx));
	ww_json_set_str(cx, id, "system", system);
	ww_json_set_str(cx, id, "value", value);
	return ref;
}

struct ww_json *
ww_out_reference(
    struct ww_ctx *cx, const struct ww_notice *n, const char *type, const char *what, ww_str key)
{
	return reference(cx, type,
	    ww_arena_printf(cx->arena, "%.*s/%s", WW_STR_FMT(n->config->system), what), key);
}

ww_str
ww_out_name(struct ww_ctx *cx, const struct ww_notice *n)
{
	ww_str given, family;

	if (n->person == NULL || !ww_notice_may(n, WW_CONTENT_NAME))
		return ww_str_empty();
	given = ww_out_plain(cx, n->person->given);
	family = ww_out_plain(cx, n->person->family);
	return ww_arena_printf(cx->arena, "%.*s%s%.*s", WW_STR_FMT(given),
	    given.n > 0 && family.n > 0 ? " " : "", WW_STR_FMT(family));
}

ww_str
ww_out_practitioner(struct ww_ctx *cx, const struct ww_notice *n)
{
	const struct ww_encounter *e = n->encounter;
	ww_str name = ww_out_plain(cx, e->attending), npi = ww_out_plain(cx, e->attending_npi);

	if (!ww_notice_may(n, WW_CONTENT_PRACTITIONER))
		return ww_str_empty();
	if (name.n == 0 || npi.n == 0)
		return name.n > 0 ? name : npi;
	return ww_arena_printf(cx->arena, "%.*s, NPI %.*s", WW_STR_FMT(name), WW_STR_FMT(npi));
}

ww_str
ww_out_diagnoses(struct ww_ctx *cx, const struct ww_notice *n)
{
	ww_str text = ww_str_empty();

	for (size_t i = 0; i < n->diagnoses_n && ww_notice_may(n, WW_CONTENT_DIAGNOSIS); i++) {
		const struct ww_diagnosis *d = &n->diagnoses[i];
		bool said = false;

		for (size_t k = 0; k < i && !said; k++)
			said = ww_str_eq(n->diagnoses[k].code, d->code);
		if (!said)
			text = ww_arena_printf(cx->arena, "%.*s%s%.*s", WW_STR_FMT(text),
			    text.n > 0 ? ", " : "", WW_STR_FMT(ww_out_plain(cx, d->code)));
	}
	return text;
}

struct ww_json *
ww_out_member(struct ww_ctx *cx, const struct ww_notice *n)
{
	struct ww_json *ref = n->member_system.n != 0
	                          ? reference(cx, "Patient", n->member_system, n->member_id)
	                          : ww_out_reference(cx, n, "Patient", "member-id", n->member_id);

	/* HL7 table 0203: MB is a member number. */
	ww_json_set(cx, ww_json_get(ref, "identifier"), "type",
	    ww_out_concept(cx, "http://terminology.hl7.org/CodeSystem/v2-0203", "MB", NULL));
	ww_json_set_str(cx, ref, "display", ww_out_name(cx, n));
	return ref;
}

static struct ww_json *
organization(struct ww_ctx *cx, ww_str npi, ww_str title)
{
	struct ww_json *ref;

	if (npi.n != 0)
		ref = reference(cx, "Organization", WW_STR("http://hl7.org/fhir/sid/us-npi"), npi);
	else if (title.n != 0)
		ref = ww_json_object(cx);
	else
		return NULL;
	ww_json_set_str(cx, ref, "display", title);
	return ref;
}

struct ww_json *
ww_out_party(struct ww_ctx *cx, const struct ww_notice *n)
{
	return organization(
	    cx, n->party->npi, n->party->title.n != 0 ? n->party->title : n->party->name);
}

struct ww_json *
ww_out_sender(struct ww_ctx *cx, const struct ww_notice *n)
{
	return organization(cx, n->config->sender, ww_str_empty());
}

struct ww_json *
ww_out_text(struct ww_ctx *cx, ww_str text)
{
	struct ww_json *c = ww_json_object(cx);

	ww_json_set_str(cx, c, "text", text);
	return c;
}

struct ww_json *
ww_out_concept(struct ww_ctx *cx, const char *system, const char *code, const char *text)
{
	struct ww_json *c = ww_json_object(cx);
	struct ww_json *list = ww_json_set(cx, c, "coding", ww_json_array(cx));
	struct ww_json *coding = ww_json_add(cx, list, ww_json_object(cx));

	ww_json_set_cstr(cx, coding, "system", system);
	ww_json_set_cstr(cx, coding, "code", code);
	if (text != NULL)
		ww_json_set_cstr(cx, c, "text", text);
	return c;
}

ww_str
ww_out_time(struct ww_ctx *cx, ww_time t)
{
	struct ww_buf b = { 0 };
	ww_str s;

	ww_time_write_fhir(t, &b);
	if (b.error != WW_OK) /* ww_out_write looks for it: what it would write lacks an element */
		(void)ww_fail(cx, WW_E_MEMORY, NULL, "no memory for a time");
	s = ww_arena_str(cx->arena, ww_buf_view(&b));
	ww_buf_free(&b);
	return s;
}

ww_str
ww_out_instant(struct ww_ctx *cx, const struct ww_notice *n, int64_t ms)
{
	return ww_out_time(cx, ww_time_at(ms, n->zone));
}

ww_str
ww_out_facility(struct ww_ctx *cx, const struct ww_notice *n)
{
	ww_str name = ww_out_plain(cx, n->encounter->facility);

	if (name.n == 0 || !ww_notice_may(n, WW_CONTENT_FACILITY))
		return ww_str_empty();
	return ww_arena_printf(cx->arena, " at %.*s", WW_STR_FMT(name));
}

const struct ww_out_score *
ww_out_score_of(const struct ww_flag *risk)
{
	static const struct ww_out_score scores[] = {
		{ "lace/", "LACE", "lace-score" }, { "hospital-", "HOSPITAL", "hospital-score" },
		{ "", "Risk", "risk-score" }, /* every rule begins so */
	};
	size_t i = 0;

	while (!ww_str_starts(risk->rule, ww_str_from(scores[i].rule)))
		i++;
	return &scores[i];
}

static bool
is_same_risk(const struct ww_flag *a, const struct ww_flag *b)
{
	return a->kind == b->kind && ww_str_eq(a->rule, b->rule) && ww_str_eq(a->band, b->band) &&
	       a->score == b->score && a->low == b->low && a->high == b->high;
}

const struct ww_flag *
ww_out_risk(const struct ww_notice *n, const struct ww_flag *before)
{
	for (size_t i = before == NULL ? 0 : (size_t)(before - n->flags) + 1; i < n->flags_n; i++) {
		bool said = n->flags[i].kind != WW_flag_kind_READMIT_RISK;

		for (size_t k = 0; k < i && !said; k++)
			said = is_same_risk(&n->flags[k], &n->flags[i]);
		if (!said)
			return &n->flags[i];
	}
	return NULL;
}

bool
ww_out_has_ended(const struct ww_notice *n)
{
	return ww_out_flag(n, WW_flag_kind_DISCHARGE) != NULL ||
	       (ww_out_risk(n, NULL) != NULL &&
	           n->encounter->status == WW_encounter_status_FINISHED);
}

bool
ww_out_is_provisional(const struct ww_notice *n)
{
	return ww_out_risk(n, NULL) != NULL && ww_out_flag(n, WW_flag_kind_DISCHARGE) == NULL &&
	       n->encounter->status != WW_encounter_status_FINISHED;
}

/* "; contact within 24 h" after the newest thing to do was received; or until when. */
static ww_str
within_text(struct ww_ctx *cx, const struct ww_notice *n)
{
	enum { HOUR_MS = 3600000 };
	int64_t from = 0;

	for (size_t i = 0; i < n->flags_n; i++) {
		if (n->flags[i].due_ms == n->due_ms && n->flags[i].raised_ms > from)
			from = n->flags[i].raised_ms;
	}
	if (n->due_ms == 0)
		return ww_str_empty();
	if (from == 0 || (n->due_ms - from) % HOUR_MS != 0)
		return ww_arena_printf(
		    cx->arena, "; contact by %.*s", WW_STR_FMT(ww_out_instant(cx, n, n->due_ms)));
	return ww_arena_printf(
	    cx->arena, "; contact within %lld h", (long long)((n->due_ms - from) / HOUR_MS));
}

/* "high"; of several scores "LACE high, HOSPITAL unknown". */
static ww_str
bands_text(struct ww_ctx *cx, const struct ww_notice *n)
{
	const struct ww_flag *f = ww_out_risk(n, NULL);
	struct ww_buf b = { 0 };
	ww_str out;

	if (ww_out_risk(n, f) == NULL)
		return f->band;
	for (; f != NULL; f = ww_out_risk(n, f))
		ww_buf_printf(&b, "%s%s %.*s", ww_buf_view(&b).n > 0 ? ", " : "",
		    ww_out_score_of(f)->name, WW_STR_FMT(f->band));
	out = ww_arena_str(cx->arena, ww_buf_view(&b));
	ww_buf_free(&b);
	return out;
}

ww_str
ww_out_sentence(struct ww_ctx *cx, const struct ww_notice *n)
{
	const struct ww_flag *risk = ww_out_risk(n, NULL);
	ww_str where = ww_out_facility(cx, n);
	const char *see = ww_notice_may(n, WW_CONTENT_DISPOSITION) ? "; see the disposition" : "";
	ww_str within = within_text(cx, n);

	if (n->cancelled)
		return ww_arena_printf(cx->arena, "Nothing to do: %.*s", WW_STR_FMT(n->reason));
	if (ww_out_is_provisional(n) && ww_notice_may(n, WW_CONTENT_SCORE))
		return ww_arena_printf(cx->arena,
		    "Attributed member%.*s is to be discharged; provisional readmission risk "
		    "score: %.*s%.*s",
		    WW_STR_FMT(where), WW_STR_FMT(bands_text(cx, n)), WW_STR_FMT(within));
	if (!ww_out_has_ended(n))
		return ww_arena_printf(cx->arena,
		    "Attributed member admitted as an inpatient%.*s%.*s", WW_STR_FMT(where),
		    WW_STR_FMT(within));
	if (risk == NULL)
		return ww_arena_printf(cx->arena,
		    "Attributed member's inpatient stay%.*s has ended%s", WW_STR_FMT(where), see);
	if (!ww_notice_may(n, WW_CONTENT_SCORE))
		return ww_arena_printf(cx->arena, "Attributed member discharged%.*s%.*s",
		    WW_STR_FMT(where), WW_STR_FMT(within));
	return ww_arena_printf(cx->arena,
	    "Attributed member discharged%.*s; readmission risk score: %.*s%.*s", WW_STR_FMT(where),
	    WW_STR_FMT(bands_text(cx, n)), WW_STR_FMT(within));
}

ww_status
ww_out_write(struct ww_ctx *cx, const struct ww_json *v, ww_str *out)
{
	struct ww_buf b = { 0 };
	ww_status s =
	    cx->fail.status == WW_E_MEMORY ? WW_E_MEMORY : ww_json_write(cx, v, false, &b);

	if (s == WW_OK)
		*out = ww_arena_str(cx->arena, ww_buf_view(&b));
	ww_buf_free(&b);
	if (s == WW_OK && ww_arena_status(cx->arena) != WW_OK)
		return ww_fail_memory(cx);
	return s;
}

const struct ww_flag *
ww_out_flag(const struct ww_notice *n, enum ww_flag_kind kind)
{
	for (size_t i = 0; i < n->flags_n; i++) {
		if (n->flags[i].kind == (int64_t)kind)
			return &n->flags[i];
	}
	return NULL;
}
