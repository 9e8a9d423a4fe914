/* Members of the JSON that says how it stands with a flag or notice. */
#include "report/item.h"

#include "report/moment.h"

#include <wardwire/arena.h>
#include <wardwire/buf.h>
#include <wardwire/time.h>

void
ww_item_id(struct ww_ctx *cx, struct ww_json *o, const char *key, ww_id id)
{
	if (id != 0)
		ww_json_set_str(cx, o, key, ww_arena_printf(cx->arena, WW_ID_FMT, WW_ID_ARG(id)));
}

void
ww_item_role(struct ww_ctx *cx, struct ww_json *o, int64_t role)
{
	if (role != WW_role_NONE)
		ww_json_set_cstr(cx, o, "role", ww_role_text(role));
}

void
ww_item_program(struct ww_ctx *cx, struct ww_json *o, const struct ww_flag *f)
{
	if (f->program.n > 0)
		ww_json_set_str(cx, o, "program",
		    ww_arena_printf(cx->arena, "%.*s/%lld", WW_STR_FMT(f->program),
		        (long long)f->program_version));
}

/* -- the clock ----------------------------------------------------------------------------------------- */

static int64_t
due_of(const struct ww_item *i)
{
	if (i->has_flag && i->flag.due_ms != 0)
		return i->flag.due_ms;
	return i->has_notice ? i->notice.due_ms : 0;
}

bool
ww_item_is_overdue(const struct ww_item *i, int64_t now)
{
	int64_t due = due_of(i);

	return due != 0 && due < now &&
	       (i->state == WW_WORK_OPEN || i->state == WW_WORK_ACKNOWLEDGED);
}

void
ww_item_clock(struct ww_ctx *cx, struct ww_json *o, const struct ww_item *i, int64_t now)
{
	ww_report_moment(cx, o, "raised", i->has_flag ? i->flag.raised_ms : i->notice.created_ms);
	ww_report_moment(cx, o, "due", due_of(i));
	if (ww_item_is_overdue(i, now))
		ww_json_set_bool(cx, o, "overdue", true);
	if (!i->has_notice)
		return;
	ww_report_moment(cx, o, "warned", i->notice.warned_ms);
	ww_report_moment(cx, o, "breached", i->notice.breached_ms);
}

/* -- the notice ---------------------------------------------------------------------------------------- */

void
ww_item_told(struct ww_ctx *cx, struct ww_json *o, const struct ww_item *i)
{
	if (!i->has_notice)
		return;
	ww_item_id(cx, o, "notice", i->notice.id);
	ww_json_set_cstr(cx, o, "told", ww_outbox_state_text(i->notice.state));
	ww_json_set_str(cx, o, "status", i->notice.remote_status);
}

void
ww_item_notice(struct ww_ctx *cx, struct ww_json *o, const struct ww_item *i)
{
	const struct ww_outbox *n = &i->notice;
	struct ww_json *v;

	if (!i->has_notice)
		return;
	v = ww_json_set(cx, o, "notice", ww_json_object(cx));
	ww_item_id(cx, v, "id", n->id);
	ww_json_set_cstr(cx, v, "resource", ww_resource_type_text(n->resource));
	ww_json_set_str(cx, v, "subject", n->subject);
	ww_json_set_str(cx, v, "party", n->practice);
	ww_item_role(cx, v, n->role);
	ww_json_set_str(cx, v, "concerns", n->concerns);
	ww_json_set_cstr(cx, v, "priority", ww_priority_text(n->priority));
	ww_json_set_str(cx, v, "endpoint", n->endpoint);
	ww_json_set_cstr(cx, v, "state", ww_outbox_state_text(n->state));
	ww_json_set_str(cx, v, "change", n->change);
	ww_report_moment(cx, v, "due", n->due_ms);
	ww_json_set_str(cx, v, "status", n->remote_status);
	ww_report_moment(cx, v, "answered", n->answered_ms);
	ww_json_set_str(cx, v, "reason", n->reason);
	ww_item_id(cx, v, "about", n->about);
	if (n->backup != 0)
		ww_json_set_bool(cx, v, "backup", true);
}

/* -- flags --------------------------------------------------------------------------------------------- */

/* What became of one that is not open. */
static const char *
ended_as(const struct ww_flag *f)
{
	return f->state == WW_flag_state_DONE ? "done" : "retracted";
}

static ww_status
add_whole(struct ww_ctx *cx, struct ww_json *v, const struct ww_flag *f)
{
	struct ww_json *evidence;
	ww_status s;

	ww_json_set_str(cx, v, "practice", f->practice);
	ww_json_set_cstr(cx, v, "form", ww_flag_form_text(f->form));
	ww_json_set_str(cx, v, "not-told", f->limited);
	ww_json_set_str(cx, v, "reason", f->reason);
	ww_item_id(cx, v, "authorization", f->authorization);
	if (f->band.n > 0) {
		ww_json_set_str(cx, v, "band", f->band);
		ww_json_set_int(cx, v, "score", f->score);
		ww_json_set_int(cx, v, "low", f->low);
		ww_json_set_int(cx, v, "high", f->high);
	}
	if (f->completeness != WW_completeness_NONE)
		ww_json_set_cstr(cx, v, "completeness", ww_completeness_text(f->completeness));
	if (f->evidence.n == 0)
		return WW_OK;
	s = ww_json_parse(cx, f->evidence, &evidence);
	if (s == WW_OK)
		ww_json_set(cx, v, "evidence", evidence);
	return s;
}

ww_status
ww_item_flags(struct ww_ctx *cx, struct ww_json *o, const struct ww_item *i, enum ww_item_view view)
{
	struct ww_json *list = ww_json_set(cx, o, "flags", ww_json_array(cx));
	ww_status s = WW_OK;

	for (size_t k = 0; s == WW_OK && k < i->flags.n; k++) {
		const struct ww_flag *f = WW_ROW(&i->flags, flag, k);
		struct ww_json *v;

		if (view == WW_ITEM_EVENT_ONLY && f->band.n > 0)
			continue; /* that there is a score is a part of it */
		v = ww_json_add(cx, list, ww_json_object(cx));
		ww_item_id(cx, v, "id", f->id);
		ww_json_set_cstr(cx, v, "kind", ww_flag_kind_text(f->kind));
		ww_json_set_cstr(cx, v, "state", ww_flag_state_text(f->state));
		ww_json_set_str(cx, v, "rule", f->rule);
		ww_item_program(cx, v, f);
		ww_report_moment(cx, v, "raised", f->raised_ms);
		ww_report_moment(cx, v, "due", f->due_ms);
		ww_report_moment(cx, v, ended_as(f), f->closed_ms);
		if (view == WW_ITEM_ALL)
			s = add_whole(cx, v, f);
	}
	return s;
}

/* -- what people said ----------------------------------------------------------------------------------- */

static void
add_note(struct ww_ctx *cx, struct ww_json *list, const struct ww_note *n)
{
	struct ww_json *v = ww_json_add(cx, list, ww_json_object(cx));

	ww_report_moment(cx, v, "at", n->at_ms);
	ww_json_set_str(cx, v, "deed", n->deed);
	ww_json_set_str(cx, v, "status", n->status);
	ww_json_set_str(cx, v, "who", n->who);
	ww_json_set_str(cx, v, "client", n->client);
	ww_json_set_str(cx, v, "text", n->text);
}

void
ww_item_notes(struct ww_ctx *cx, struct ww_json *o, const struct ww_item *i)
{
	struct ww_json *list;

	if (i->notes.n == 0)
		return;
	list = ww_json_set(cx, o, "notes", ww_json_array(cx));
	for (size_t k = 0; k < i->notes.n; k++)
		add_note(cx, list, WW_ROW(&i->notes, note, k));
}

/* What happened, with its journal sequence: at most four of each flag, three of the notice, and the notes. */
struct event {
	int64_t at, seq;
	const char *what;
	ww_str of; /* kind of flag, or who */
};

static void
add_event(struct event *all, size_t *n, int64_t at, int64_t seq, const char *what, ww_str of)
{
	size_t k = *n;

	if (at == 0)
		return;
	for (; k > 0 && all[k - 1].at > at; k--)
		all[k] = all[k - 1];
	all[k] = (struct event){ at, seq, what, of };
	(*n)++;
}

void
ww_item_history(struct ww_ctx *cx, struct ww_json *o, const struct ww_item *i)
{
	size_t most = 2 * i->flags.n + i->notes.n + 4, n = 0;
	struct event *all = ww_arena_array(cx->arena, most, sizeof(*all));
	struct ww_json *list = ww_json_set(cx, o, "history", ww_json_array(cx));

	if (all == NULL)
		return; /* the list lacks its entries, which the arena remembers */
	for (size_t k = 0; k < i->flags.n; k++) {
		const struct ww_flag *f = WW_ROW(&i->flags, flag, k);
		ww_str kind = ww_str_from(ww_flag_kind_text(f->kind));

		add_event(all, &n, f->raised_ms, f->id >> 16, "raised", kind);
		add_event(all, &n, f->closed_ms, f->retracted_by, ended_as(f), kind);
	}
	if (i->has_notice) {
		add_event(all, &n, i->notice.created_ms, i->notice.id >> 16, "called for",
		    i->notice.practice);
		add_event(
		    all, &n, i->notice.settled_ms, i->notice.sent, "told", i->notice.practice);
		add_event(all, &n, i->notice.warned_ms, 0, "warned", ww_str_empty());
		add_event(all, &n, i->notice.breached_ms, 0, "breached", ww_str_empty());
	}
	for (size_t k = 0; k < i->notes.n; k++) {
		const struct ww_note *m = WW_ROW(&i->notes, note, k);

		add_event(all, &n, m->at_ms, m->seq, ww_arena_str(cx->arena, m->deed).p, m->who);
	}
	for (size_t k = 0; k < n; k++) {
		struct ww_json *v = ww_json_add(cx, list, ww_json_object(cx));

		ww_report_moment(cx, v, "at", all[k].at);
		ww_json_set_cstr(cx, v, "what", all[k].what);
		ww_json_set_str(cx, v, "of", all[k].of);
		if (all[k].seq != 0)
			ww_json_set_int(cx, v, "journal", all[k].seq);
	}
}

/* -- whom and what it is about --------------------------------------------------------------------------- */

static void
set_time(struct ww_ctx *cx, struct ww_json *o, const char *key, ww_time t)
{
	struct ww_buf b = { 0 };

	if (!ww_time_known(t))
		return;
	ww_time_write_fhir(t, &b);
	ww_json_set_str(cx, o, key, ww_buf_view(&b));
	ww_buf_free(&b);
}

/* The number by which a roster made it this practice's. */
static ww_status
add_member(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_item *i, struct ww_json *o)
{
	struct ww_attribution at;
	bool found;
	ww_status s;

	if (i->flags.n == 0)
		return WW_OK;
	ww_row_init(&ww_entity_attribution, &at);
	at.id = WW_ROW(&i->flags, flag, i->flags.n - 1)->attribution;
	s = ww_get(l, cx, attribution, &at, &found);
	if (s == WW_OK && found)
		ww_json_set_str(cx, o, "member", at.member_id);
	return s;
}

ww_status
ww_item_person(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_item *i, struct ww_json *o)
{
	struct ww_json *v = ww_json_set(cx, o, "person", ww_json_object(cx));
	struct ww_person p;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_person, &p);
	p.id = i->flags.n > 0 ? WW_ROW(&i->flags, flag, 0)->person : i->notice.person;
	s = ww_get(l, cx, person, &p, &found);
	if (s != WW_OK || !found)
		return s;
	ww_item_id(cx, v, "id", p.id);
	ww_json_set_str(cx, v, "family", p.family);
	ww_json_set_str(cx, v, "given", p.given);
	set_time(cx, v, "birth", p.birth);
	ww_json_set_str(cx, v, "sex", p.sex);
	return add_member(l, cx, i, v);
}

ww_status
ww_item_stay(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_item *i, struct ww_json *o)
{
	struct ww_encounter e;
	struct ww_json *v;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_encounter, &e);
	e.id = i->has_notice ? i->notice.encounter : i->flag.encounter;
	if (e.id == 0)
		return WW_OK;
	s = ww_get(l, cx, encounter, &e, &found);
	if (s != WW_OK || !found)
		return s;
	v = ww_json_set(cx, o, "stay", ww_json_object(cx));
	ww_item_id(cx, v, "id", e.id);
	ww_json_set_cstr(cx, v, "status", ww_encounter_status_text(e.status));
	ww_json_set_cstr(cx, v, "class", ww_encounter_class_text(e.class_));
	set_time(cx, v, "start", e.start);
	set_time(cx, v, "end", e.end);
	ww_json_set_str(cx, v, "facility", e.facility);
	ww_json_set_str(cx, v, "disposition", e.disposition);
	return WW_OK;
}

/* -- as it is sent ---------------------------------------------------------------------------------------- */

static ww_status
read_template(struct ww_ledger *l, struct ww_ctx *cx, ww_id id, struct ww_json **out, bool *found)
{
	struct ww_template t;
	ww_status s;

	ww_row_init(&ww_entity_template, &t);
	t.outbox = id;
	s = ww_get(l, cx, template, &t, found);
	*found = s == WW_OK && *found && t.text.n > 0;
	return *found ? ww_json_parse(cx, t.text, out) : s;
}

ww_status
ww_item_content(
    struct ww_ledger *l, struct ww_ctx *cx, const struct ww_item *i, bool whole, struct ww_json *o)
{
	bool task = i->notice.resource == WW_resource_type_TASK, found;
	struct ww_json *r = NULL, *patient;
	const struct ww_json *about;
	ww_status s = read_template(l, cx, i->notice.id, &r, &found);

	if (s != WW_OK || !found)
		return s;
	about = ww_json_get(r, task ? "for" : "subject");
	patient = ww_json_set(cx, o, "patient", ww_json_object(cx));
	ww_json_set_str(
	    cx, patient, "member", ww_json_str(ww_json_find(about, "identifier.value")));
	ww_json_set_str(cx, patient, "name", ww_json_str(ww_json_get(about, "display")));
	ww_json_set_str(
	    cx, o, "title", ww_json_str(ww_json_find(r, task ? "code.text" : "topic.text")));
	ww_json_set_str(cx, o, "text",
	    ww_json_str(ww_json_find(r, task ? "description" : "payload[0].contentString")));
	if (!whole)
		return WW_OK;
	if (i->notice.remote_status.n > 0 && task && !ww_str_is(i->notice.change, "cancel"))
		ww_json_set_str(cx, r, "status", i->notice.remote_status);
	ww_json_set(cx, o, "content", r);
	return WW_OK;
}
