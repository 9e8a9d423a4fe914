/* Gathers what the ledger knows around an id. */
#include "report/why.h"

#include "report/beside.h"

#include "model/lane.h"
#include "model/member.h"
#include "model/model_json.h"
#include "report/moment.h"
#include "report/roster.h"

/* -- pieces ------------------------------------------------------------------------------------------ */

static void
set_id(struct ww_ctx *cx, struct ww_json *o, const char *key, ww_id id)
{
	if (id != 0)
		ww_json_set_str(cx, o, key, ww_arena_printf(cx->arena, WW_ID_FMT, WW_ID_ARG(id)));
}

struct ww_json *
ww_why_message(struct ww_ctx *cx, const struct ww_message *m)
{
	struct ww_json *o = ww_json_object(cx);

	ww_json_set_int(cx, o, "journal", m->seq);
	ww_json_set_str(cx, o, "feed", m->feed);
	ww_report_moment(cx, o, "received", m->received_ms);
	ww_json_set_str(cx, o, "type", m->type);
	ww_json_set_str(cx, o, "event", m->event);
	ww_json_set_cstr(cx, o, "disposition", ww_disposition_text(m->disposition));
	ww_json_set_str(cx, o, "reason", m->reason);
	ww_json_set_str(cx, o, "matched", m->matched);
	ww_json_set_str(cx, o, "warnings", m->warnings);
	ww_json_set_str(cx, o, "not-routed", m->unrouted);
	return o;
}

static struct ww_json *
flag_json(struct ww_ctx *cx, const struct ww_flag *f)
{
	struct ww_json *o = ww_json_object(cx), *evidence;

	set_id(cx, o, "id", f->id);
	ww_json_set_cstr(cx, o, "kind", ww_flag_kind_text(f->kind));
	ww_json_set_cstr(cx, o, "state", ww_flag_state_text(f->state));
	ww_json_set_str(cx, o, "practice", f->practice);
	ww_json_set_str(cx, o, "rule", f->rule);
	ww_json_set_int(cx, o, "raised-by-journal", f->id >> 16);
	ww_report_moment(cx, o, "raised", f->raised_ms);
	if (f->cause != f->id >> 16)
		ww_json_set_int(cx, o, "changed-by-journal", f->cause);
	ww_report_moment(
	    cx, o, f->state == WW_flag_state_DONE ? "done" : "retracted", f->closed_ms);
	if (f->retracted_by != 0)
		ww_json_set_int(cx, o,
		    f->state == WW_flag_state_DONE ? "done-by-journal" : "retracted-by-journal",
		    f->retracted_by);
	if (f->program.n > 0) {
		ww_json_set_str(cx, o, "program", f->program);
		ww_json_set_int(cx, o, "program-version", f->program_version);
		ww_json_set_cstr(cx, o, "told-as", ww_flag_form_text(f->form));
		if (f->role != WW_role_NONE)
			ww_json_set_cstr(cx, o, "told-to", ww_role_text(f->role));
	}
	ww_json_set_str(cx, o, "not-told", f->limited);
	if (f->completeness != WW_completeness_NONE)
		ww_json_set_cstr(cx, o, "completeness", ww_completeness_text(f->completeness));
	ww_json_set_str(cx, o, "reason", f->reason);
	if (ww_json_parse(cx, f->evidence, &evidence) == WW_OK)
		ww_json_set(cx, o, "evidence", evidence);
	return o;
}

/* The flag with the row of a roster that made it the practice's. */
static ww_status
add_flag(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_flag *f, struct ww_json **out)
{
	*out = flag_json(cx, f);
	return ww_roster_row_json(l, cx, f->attribution, *out, "attributed-by");
}

static ww_status
add_attempts(struct ww_ledger *l, struct ww_ctx *cx, ww_id outbox, struct ww_json *o)
{
	struct ww_json *list = ww_json_set(cx, o, "attempts", ww_json_array(cx));
	struct ww_attempt like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_attempt, &like);
	like.outbox = outbox;
	s = ww_ledger_scan(l, cx, &ww_entity_attempt, 1, &like, 0, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_attempt *a = WW_ROW(&rows, attempt, i);
		struct ww_json *v = ww_json_add(cx, list, ww_json_object(cx));

		ww_json_set_int(cx, v, "journal", a->seq);
		ww_json_set_str(cx, v, "verb", a->verb);
		ww_report_moment(cx, v, "started", a->started_ms);
		ww_json_set_cstr(cx, v, "result",
		    a->ended_ms == 0 ? "no outcome yet" : ww_arena_cstr(cx->arena, a->result));
		if (a->http != 0)
			ww_json_set_int(cx, v, "http", a->http);
		ww_json_set_str(cx, v, "reason", a->reason);
	}
	return s;
}

static void
add_order(struct ww_ctx *cx, struct ww_json *list, const struct ww_operator *o)
{
	struct ww_json *v = ww_json_add(cx, list, ww_json_object(cx));

	ww_json_set_int(cx, v, "journal", o->seq);
	ww_json_set_str(cx, v, "order", o->order);
	ww_json_set_str(cx, v, "subject", o->subject);
	ww_report_moment(cx, v, "given", o->given_ms);
	ww_json_set_str(cx, v, "who", o->who);
	ww_json_set_str(cx, v, "reason", o->reason);
	ww_json_set_int(cx, v, "changed", o->changed);
	ww_json_set_str(cx, v, "refused", o->refused);
}

/* What operators ordered about that notice or record, and the order with that sequence, which may have been about
 * more than it; 0: none. */
static ww_status
add_orders(struct ww_ledger *l, struct ww_ctx *cx, ww_id about, int64_t ordered, struct ww_json *o)
{
	struct ww_json *list = ww_json_set(cx, o, "orders", ww_json_array(cx));
	struct ww_operator like;
	struct ww_rows rows;
	bool found = false;
	ww_status s;

	ww_row_init(&ww_entity_operator, &like);
	like.about = about;
	s = ww_find(l, cx, operator, "by_about", &like, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		add_order(cx, list, WW_ROW(&rows, operator, i));
		found |= WW_ROW(&rows, operator, i)->seq == ordered;
	}
	if (s != WW_OK || ordered == 0 || found)
		return s;
	like.seq = ordered;
	s = ww_get(l, cx, operator, & like, &found);
	if (s == WW_OK && found)
		add_order(cx, list, &like);
	return s;
}

ww_status
ww_why_orders(struct ww_ledger *l, struct ww_ctx *cx, ww_id about, struct ww_json *o)
{
	return add_orders(l, cx, about, 0, o);
}

static ww_status
notice_json(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_outbox *r, struct ww_json **out)
{
	struct ww_json *o = *out = ww_json_object(cx);
	ww_status s;

	set_id(cx, o, "id", r->id);
	ww_json_set_cstr(cx, o, "resource", ww_resource_type_text(r->resource));
	ww_json_set_str(cx, o, "subject", r->subject);
	if (r->message != 0)
		ww_json_set_int(cx, o, "message", r->message);
	ww_json_set_str(cx, o, "practice", r->practice);
	ww_json_set_str(cx, o, "endpoint", r->endpoint);
	ww_json_set_cstr(cx, o, "state", ww_outbox_state_text(r->state));
	ww_json_set_str(cx, o, "change", r->change);
	ww_report_moment(cx, o, "waits-since", r->owed_ms);
	if (r->state == WW_outbox_state_QUIET)
		ww_report_moment(cx, o, "waits-until", r->after_ms);
	ww_report_moment(cx, o, "due", r->due_ms);
	ww_report_moment(cx, o, "warned", r->warned_ms);
	ww_report_moment(cx, o, "ran-out", r->breached_ms);
	if (r->backup != 0)
		set_id(cx, o, "backup-of", r->about);
	ww_report_moment(cx, o, "settled", r->settled_ms);
	ww_json_set_str(cx, o, "key", r->key);
	ww_json_set_str(cx, o, "remote-id", r->remote_id);
	ww_json_set_str(cx, o, "reason", r->reason);
	s = add_orders(l, cx, r->id, r->ordered, o);
	return s == WW_OK ? add_attempts(l, cx, r->id, o) : s;
}

/* -- a stay ------------------------------------------------------------------------------------------ */

static ww_status
add_events(struct ww_ledger *l, struct ww_ctx *cx, ww_id encounter, struct ww_json *o)
{
	struct ww_json *list = ww_json_set(cx, o, "events", ww_json_array(cx));
	struct ww_event like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_event, &like);
	like.encounter = encounter;
	s = ww_ledger_scan(l, cx, &ww_entity_event, 1, &like, 0, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_event *e = WW_ROW(&rows, event, i);
		struct ww_json *v = ww_json_add(cx, list, ww_json_object(cx));

		ww_json_set_int(cx, v, "journal", e->id >> 16);
		ww_json_set_str(cx, v, "trigger", e->trigger);
		ww_json_set_str(cx, v, "source", e->source);
		ww_report_moment(cx, v, "recorded", e->recorded.ms);
		ww_report_moment(cx, v, "occurred", e->occurred.ms);
	}
	return s;
}

static ww_status
add_flags(struct ww_ledger *l, struct ww_ctx *cx, ww_id encounter, struct ww_json *o)
{
	struct ww_json *list = ww_json_set(cx, o, "flags", ww_json_array(cx)), *one;
	struct ww_flag like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_flag, &like);
	like.encounter = encounter;
	s = ww_find(l, cx, flag, "by_encounter", &like, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		s = add_flag(l, cx, WW_ROW(&rows, flag, i), &one);
		ww_json_add(cx, list, one);
	}
	return s;
}

static ww_status
add_notices(struct ww_ledger *l, struct ww_ctx *cx, ww_id encounter, struct ww_json *o)
{
	struct ww_json *list = ww_json_set(cx, o, "notices", ww_json_array(cx)), *one;
	struct ww_outbox like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_outbox, &like);
	like.encounter = encounter;
	s = ww_find(l, cx, outbox, "by_encounter", &like, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		s = notice_json(l, cx, WW_ROW(&rows, outbox, i), &one);
		ww_json_add(cx, list, one);
	}
	return s;
}

static ww_status
add_messages(struct ww_ledger *l, struct ww_ctx *cx, ww_id encounter, struct ww_json *o)
{
	struct ww_json *list = ww_json_set(cx, o, "messages", ww_json_array(cx));
	struct ww_message like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_message, &like);
	like.encounter = encounter;
	s = ww_find(l, cx, message, "by_encounter", &like, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++)
		ww_json_add(cx, list, ww_why_message(cx, WW_ROW(&rows, message, i)));
	return s;
}

static ww_status
add_stay(struct ww_ledger *l, struct ww_ctx *cx, ww_id encounter, struct ww_json *story)
{
	struct ww_encounter e;
	struct ww_json *o;
	bool found = false;
	ww_status s;

	if (encounter == 0)
		return WW_OK;
	ww_row_init(&ww_entity_encounter, &e);
	e.id = encounter;
	s = ww_get(l, cx, encounter, &e, &found);
	if (s != WW_OK || !found)
		return s;
	o = ww_json_set(cx, story, "stay", ww_json_object(cx));
	set_id(cx, o, "id", e.id);
	ww_json_set_cstr(cx, o, "status", ww_encounter_status_text(e.status));
	ww_json_set_cstr(cx, o, "class", ww_encounter_class_text(e.class_));
	ww_json_set_str(cx, o, "told-by", e.sources);
	s = add_events(l, cx, encounter, o);
	if (s == WW_OK)
		s = ww_why_beside(l, cx, &e, o);
	if (s == WW_OK)
		s = add_messages(l, cx, encounter, o);
	if (s == WW_OK)
		s = add_flags(l, cx, encounter, o);
	if (s == WW_OK)
		s = ww_roster_held_stay(l, cx, encounter, o);
	return s == WW_OK ? add_notices(l, cx, encounter, o) : s;
}

/* Where the message went as it came. */
static ww_status
add_routes(struct ww_ledger *l, struct ww_ctx *cx, int64_t message, struct ww_json *o)
{
	struct ww_json *list = NULL, *one;
	struct ww_outbox r;
	bool found = true;
	ww_status s = WW_OK;

	for (unsigned n = 1; s == WW_OK && found; n++) {
		ww_row_init(&ww_entity_outbox, &r);
		r.id = ww_lane_row(message, n);
		s = ww_get(l, cx, outbox, &r, &found);
		found = found && r.message == message;
		if (s != WW_OK || !found)
			break;
		if (list == NULL)
			list = ww_json_set(cx, o, "routes", ww_json_array(cx));
		s = notice_json(l, cx, &r, &one);
		ww_json_add(cx, list, one);
	}
	return s;
}

/* What a FHIR request was answered. */
static ww_status
add_answer(struct ww_ledger *l, struct ww_ctx *cx, int64_t seq, struct ww_json *o)
{
	struct ww_request_answer a;
	struct ww_json *answer;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_request_answer, &a);
	a.seq = seq;
	s = ww_get(l, cx, request_answer, &a, &found);
	if (s != WW_OK || !found)
		return s;
	answer = ww_json_set(cx, o, "answer", ww_json_object(cx));
	ww_json_set_int(cx, answer, "http", a.http);
	if (a.id.n != 0)
		ww_json_set_str(cx, answer, "resource",
		    ww_arena_printf(cx->arena, "%.*s/%.*s", WW_STR_FMT(a.type), WW_STR_FMT(a.id)));
	if (a.version != 0)
		ww_json_set_int(cx, answer, "version", a.version);
	return WW_OK;
}

/* -- what was asked for ------------------------------------------------------------------------------- */

/* Each sets *encounter and adds its part to story when the id is of its kind. */
static ww_status
as_message(struct ww_ledger *l, struct ww_ctx *cx, ww_id id, struct ww_json *story,
    ww_id *encounter, bool *found)
{
	struct ww_message m;
	ww_status s;

	ww_row_init(&ww_entity_message, &m);
	m.seq = id >> 16;
	*found = false;
	if ((id & 0xffff) != 0)
		return WW_OK;
	s = ww_get(l, cx, message, &m, found);
	if (s == WW_OK && *found) {
		struct ww_json *o = ww_json_set(cx, story, "message", ww_why_message(cx, &m));

		s = add_orders(l, cx, id, 0, o);
		if (s == WW_OK)
			s = add_answer(l, cx, m.seq, o);
		if (s == WW_OK)
			s = add_routes(l, cx, m.seq, o);
		*encounter = m.encounter;
		if (s == WW_OK && m.encounter == 0)
			s = ww_why_brought(l, cx, &m, story, encounter);
	}
	return s;
}

static ww_status
as_flag(struct ww_ledger *l, struct ww_ctx *cx, ww_id id, struct ww_json *story, ww_id *encounter,
    bool *found)
{
	struct ww_flag f;
	struct ww_json *one;
	ww_status s;

	ww_row_init(&ww_entity_flag, &f);
	f.id = id;
	s = ww_get(l, cx, flag, &f, found);
	if (s == WW_OK && *found) {
		s = add_flag(l, cx, &f, &one);
		ww_json_set(cx, story, "flag", one);
		*encounter = f.encounter;
	}
	return s;
}

static ww_status
as_notice(struct ww_ledger *l, struct ww_ctx *cx, ww_id id, struct ww_json *story, ww_id *encounter,
    bool *found)
{
	struct ww_outbox r;
	struct ww_json *o;
	ww_status s;

	ww_row_init(&ww_entity_outbox, &r);
	r.id = id;
	s = ww_get(l, cx, outbox, &r, found);
	if (s == WW_OK && *found) {
		s = notice_json(l, cx, &r, &o);
		ww_json_set(cx, story, "notice", o);
		*encounter = r.encounter;
	}
	return s;
}

ww_status
ww_why_notice(struct ww_ledger *l, struct ww_ctx *cx, ww_id id, struct ww_json **out)
{
	struct ww_json *story = ww_json_object(cx);
	ww_id encounter;
	bool found = false;
	ww_status s = as_notice(l, cx, id, story, &encounter, &found);

	*out = found ? ww_json_get(story, "notice") : NULL;
	return s;
}

/* Rows of a message that is sent on have the first ids of its record, one behind the other (apply/route.c). */
static ww_status
next_route(struct ww_ledger *l, struct ww_ctx *cx, int64_t message, size_t n, bool *found)
{
	struct ww_outbox r;
	ww_status s;

	ww_row_init(&ww_entity_outbox, &r);
	r.id = (message << 16) + (int64_t)n + 1;
	s = ww_get(l, cx, outbox, &r, found);
	*found = *found && r.message == message;
	return s;
}

ww_status
ww_why_sent(struct ww_ledger *l, struct ww_ctx *cx, int64_t message, struct ww_why_ids *out)
{
	struct ww_message m;
	struct ww_outbox like;
	struct ww_rows rows = { .n = 0 };
	size_t routes = 0;
	bool found, more = true;
	ww_status s;

	*out = (struct ww_why_ids){ .n = 0 };
	ww_row_init(&ww_entity_message, &m);
	m.seq = message;
	s = ww_get(l, cx, message, &m, &found);
	if (s != WW_OK || !found)
		return s;
	while (s == WW_OK && more) {
		s = next_route(l, cx, message, routes, &more);
		routes += more;
	}
	ww_row_init(&ww_entity_outbox, &like);
	like.encounter = m.encounter;
	if (s == WW_OK && m.encounter != 0)
		s = ww_find(l, cx, outbox, "by_encounter", &like, &rows);
	if (s != WW_OK)
		return s;
	out->id = ww_arena_array(cx->arena, routes + rows.n + 1, sizeof(*out->id));
	if (out->id == NULL)
		return ww_fail_memory(cx);
	for (size_t i = 0; i < routes; i++)
		out->id[out->n++] = (message << 16) + (int64_t)i + 1;
	for (size_t i = 0; i < rows.n; i++)
		if (WW_ROW(&rows, outbox, i)->message == 0)
			out->id[out->n++] = WW_ROW(&rows, outbox, i)->id;
	return WW_OK;
}

/* An OPERATOR record: what was ordered, and the notice it was about. */
static ww_status
as_order(struct ww_ledger *l, struct ww_ctx *cx, ww_id id, struct ww_json *story, ww_id *encounter,
    bool *found)
{
	struct ww_operator o;
	bool notice = false;
	ww_status s;

	*found = false;
	if ((id & 0xffff) != 0)
		return WW_OK;
	ww_row_init(&ww_entity_operator, &o);
	o.seq = id >> 16;
	s = ww_get(l, cx, operator, & o, found);
	if (s != WW_OK || !*found)
		return s;
	add_order(cx, ww_json_set(cx, story, "orders", ww_json_array(cx)), &o);
	if ((o.about & 0xffff) == 0)
		return WW_OK;
	return as_notice(l, cx, o.about, story, encounter, &notice);
}

/* An ATTEMPT record, by the number the log has: the notice it was made for. */
static ww_status
as_attempt(struct ww_ledger *l, struct ww_ctx *cx, ww_id id, struct ww_json *story,
    ww_id *encounter, bool *found)
{
	struct ww_attempt like;
	struct ww_rows rows;
	ww_status s;

	*found = false;
	if ((id & 0xffff) != 0)
		return WW_OK;
	ww_row_init(&ww_entity_attempt, &like);
	like.seq = id >> 16;
	s = ww_find(l, cx, attempt, "by_seq", &like, &rows);
	if (s != WW_OK || rows.n == 0)
		return s;
	return as_notice(l, cx, WW_ROW(&rows, attempt, 0)->outbox, story, encounter, found);
}

static ww_status
as_stay(struct ww_ledger *l, struct ww_ctx *cx, ww_id id, struct ww_json *story, ww_id *encounter,
    bool *found)
{
	struct ww_encounter e;

	(void)story;
	ww_row_init(&ww_entity_encounter, &e);
	e.id = id;
	*encounter = id;
	return ww_get(l, cx, encounter, &e, found);
}

static ww_status
as_authorization(struct ww_ledger *l, struct ww_ctx *cx, ww_id id, struct ww_json *story,
    ww_id *encounter, bool *found)
{
	return ww_why_authorization(l, cx, id, story, encounter, found);
}

ww_status
ww_why(struct ww_ledger *l, struct ww_ctx *cx, ww_id id, struct ww_json **out)
{
	static ww_status (*const kinds[])(struct ww_ledger *, struct ww_ctx *, ww_id,
	    struct ww_json *, ww_id *, bool *) = { as_message, as_attempt, as_order, as_flag,
		as_notice, as_stay, as_authorization };
	struct ww_json *story = ww_json_object(cx);
	ww_id encounter = 0;
	bool found = false;
	ww_status s = WW_OK;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && s == WW_OK && !found; i++)
		s = kinds[i](l, cx, id, story, &encounter, &found);
	*out = found ? story : NULL;
	return s == WW_OK && found ? add_stay(l, cx, encounter, story) : s;
}

/* -- a member ------------------------------------------------------------------------------------------ */

static ww_status
add_attributions(
    struct ww_ledger *l, struct ww_ctx *cx, ww_str key, struct ww_json *story, size_t *n)
{
	struct ww_json *list = ww_json_set(cx, story, "attributions", ww_json_array(cx));
	struct ww_attribution like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_attribution, &like);
	like.member_key = key;
	s = ww_find(l, cx, attribution, "by_member", &like, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_attribution *a = WW_ROW(&rows, attribution, i);
		ww_json_add(cx, list, ww_roster_row_tell(cx, a));
		(*n)++;
	}
	return s;
}

static ww_status
add_stays(struct ww_ledger *l, struct ww_ctx *cx, ww_id person, struct ww_json *list, size_t *n)
{
	struct ww_encounter like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_encounter, &like);
	like.person = person;
	s = ww_find(l, cx, encounter, "by_person", &like, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		struct ww_json *o = ww_json_add(cx, list, ww_json_object(cx));

		s = add_stay(l, cx, WW_ROW(&rows, encounter, i)->id, o);
		(*n)++;
	}
	return s;
}

ww_status
ww_why_member(struct ww_ledger *l, struct ww_ctx *cx, ww_str member_id, struct ww_json **out)
{
	struct ww_json *story = ww_json_object(cx), *stays;
	ww_str key = ww_member_key(cx, member_id);
	struct ww_member like;
	struct ww_rows persons;
	size_t n = 0;
	ww_status s = add_attributions(l, cx, key, story, &n);

	stays = ww_json_set(cx, story, "stays", ww_json_array(cx));
	ww_row_init(&ww_entity_member, &like);
	like.number = key;
	if (s == WW_OK)
		s = ww_ledger_scan(l, cx, &ww_entity_member, 1, &like, 0, &persons);
	if (s != WW_OK)
		return s;
	for (size_t i = 0; s == WW_OK && i < persons.n; i++)
		s = add_stays(l, cx, WW_ROW(&persons, member, i)->person, stays, &n);
	for (size_t i = 0; s == WW_OK && i < persons.n; i++)
		s = ww_why_person(l, cx, WW_ROW(&persons, member, i)->person, story, &n);
	*out = n > 0 ? story : NULL;
	return s;
}
