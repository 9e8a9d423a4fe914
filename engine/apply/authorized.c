#include "apply/authorized.h"

#include "apply/deadline.h"
#include "apply/worklist.h"
#include "model/join.h"
#include "model/task_status.h"
#include "store/history.h"

#include <wardwire/calendar.h>
#include <wardwire/params.h>

/* What is told of nobody asks about any more. */
static const int64_t OLD_MS = INT64_C(60) * 86400000;

/* All of a person. */
struct all {
	struct ww_rows rows;  /* authorization */
	struct ww_rows stays; /* encounter */
};

static ww_status
read_all(struct ww_work *w, struct all *out)
{
	struct ww_encounter like;
	struct ww_family family;
	ww_status s;

	out->rows.n = out->stays.n = 0;
	if (w->person.id == 0 || (w->hl7 != NULL && ww_made_now(w, w->person.id)))
		return WW_OK; /* a message brings no authorization */
	s = ww_family_of(w->l, w->cx, w->person.id, &family);
	if (s == WW_OK)
		s = ww_history_authorizations(w->l, w->cx, &family, &out->rows);
	if (s != WW_OK || out->rows.n == 0)
		return s;
	ww_row_init(&ww_entity_encounter, &like);
	like.person = w->person.id;
	return ww_find(w->l, w->cx, encounter, "by_person", &like, &out->stays);
}

/* -- of which stay, and whether it is in force --------------------------------------------------------- */

static bool
is_granted(const struct ww_authorization *au)
{
	return au->status == WW_authorization_status_APPROVED ||
	       au->status == WW_authorization_status_PARTIAL;
}

static const struct ww_authorization *
successor(const struct ww_rows *rows, const struct ww_authorization *au)
{
	for (size_t i = 0; au->replaced_by != 0 && i < rows->n; i++) {
		if (WW_ROW(rows, authorization, i)->id == au->replaced_by)
			return WW_ROW(rows, authorization, i);
	}
	return NULL;
}

/* The stay was taken back after the payer had decided: a decision that is newer means an admission that is to come. */
static bool
is_taken_back(const struct ww_authorization *au, const struct all *all)
{
	const struct ww_encounter *e = ww_join_cancelled(au, all->stays.p, all->stays.n).stay;

	return e != NULL && ww_time_cmp(au->decided, e->cancelled) <= 0;
}

/* X12 data element 1322: 3 cancels what it goes on from. A request for more, or for something else, changes nothing before it
 * is granted. */
static enum ww_authorization_lapse
lapse_of(const struct ww_authorization *au, const struct all *all, const struct ww_encounter *stay)
{
	const struct ww_authorization *next = successor(&all->rows, au);

	if (next != NULL && ww_str_is(next->certification, "3"))
		return WW_authorization_lapse_WITHDRAWN;
	if (next != NULL && is_granted(next))
		return WW_authorization_lapse_REPLACED;
	if (stay != NULL ? stay->reversed != 0 && !ww_time_known(stay->inpatient_start)
	                 : is_taken_back(au, all))
		return WW_authorization_lapse_STAY;
	return WW_authorization_lapse_NONE;
}

/* As in the model. */
static int64_t
arrived_as(const struct ww_encounter *stay)
{
	if (stay == NULL || !ww_time_known(stay->inpatient_start))
		return 0;
	return stay->status == WW_encounter_status_FINISHED ? 2 : 1;
}

static const struct ww_encounter *
stay_of(const struct all *all, ww_id id)
{
	for (size_t i = 0; i < all->stays.n; i++) {
		if (WW_ROW(&all->stays, encounter, i)->id == id)
			return WW_ROW(&all->stays, encounter, i);
	}
	return NULL;
}

/* A plan, or a visit, that went on under another number. */
static const struct ww_encounter *
went_on(const struct all *all, const struct ww_encounter *e)
{
	const struct ww_encounter *next =
	    e != NULL && e->led_to != 0 ? stay_of(all, e->led_to) : NULL;

	return next != NULL ? next : e;
}

static ww_status
settle(struct ww_work *w, const struct all *all, struct ww_authorization *au)
{
	const struct ww_encounter *stay =
	    went_on(all, ww_join_authorization(au, all->stays.p, all->stays.n).stay);
	struct ww_authorization was = *au;

	au->encounter = stay != NULL ? stay->id : 0;
	au->arrived = arrived_as(stay);
	au->lapse = lapse_of(au, all, stay);
	return ww_row_equal(&ww_entity_authorization, &was, au)
	           ? WW_OK
	           : ww_put(w->l, w->cx, authorization, au);
}

ww_status
ww_authorized_of_stay(struct ww_work *w, const struct ww_authorization **out)
{
	struct all all;
	ww_status s = read_all(w, &all);

	*out = NULL;
	for (size_t i = 0; s == WW_OK && i < all.rows.n; i++) {
		const struct ww_authorization *au = WW_ROW(&all.rows, authorization, i);

		if (au->encounter == w->after.id && is_granted(au) &&
		    au->lapse == WW_authorization_lapse_NONE &&
		    (*out == NULL || au->decided_ms >= (*out)->decided_ms))
			*out = au;
	}
	return s;
}

const char *
ww_authorized_why(const struct ww_authorization *au)
{
	static const char *const lapses[ww_authorization_lapse_count] = {
		[WW_authorization_lapse_STAY] =
		    "the hospital cancelled the admission that was authorized",
		[WW_authorization_lapse_REPLACED] = "another authorization took its place",
		[WW_authorization_lapse_WITHDRAWN] = "the authorization was withdrawn",
	};
	static const char *const statuses[ww_authorization_status_count] = {
		[WW_authorization_status_REQUESTED] = "the payer has not decided",
		[WW_authorization_status_PENDED] = "the payer is reviewing the authorization again",
		[WW_authorization_status_DENIED] = "the payer denied the authorization",
		[WW_authorization_status_CANCELLED] = "the authorization was cancelled",
		[WW_authorization_status_ERROR] = "the authorization was entered in error",
	};
	const char *why = lapses[au->lapse] != NULL ? lapses[au->lapse] : statuses[au->status];

	return why != NULL ? why : "the authorization is for no inpatient stay any more";
}

/* -- times ---------------------------------------------------------------------------------------------- */

static const struct ww_zone *
zone_of(const struct ww_work *w, const struct ww_authorization *au)
{
	const struct ww_feed *feed = ww_config_feed(w->a->config, au->feed);

	return feed != NULL ? feed->zone : ww_zone_find("UTC");
}

ww_time
ww_authorized_day(const struct ww_work *w, const struct ww_authorization *au)
{
	if (ww_time_known(au->requested))
		return au->requested;
	return ww_time_known(au->authorized) ? au->authorized
	                                     : ww_time_at(au->received_ms, zone_of(w, au));
}

/* -- what is told of it -------------------------------------------------------------------------------- */

/* All flags of the person: those of one kind are picked by who looks at them. */
static ww_status
read_flags(struct ww_work *w, struct ww_rows *out)
{
	struct ww_flag *all;
	size_t n;
	ww_status s = ww_flags_of_person(w, &all, &n);

	*out = (struct ww_rows){ .p = all, .n = s == WW_OK ? n : 0 };
	return s;
}

static bool
is_open_hop(const struct ww_flag *f, ww_id authorization)
{
	return f->kind == WW_flag_kind_ADMIT_AUTHORIZED && f->authorization == authorization &&
	       f->state == WW_flag_state_OPEN;
}

/* No program has a navigator told: the practice is, at once. */
static bool
is_direct(const struct ww_apply *a)
{
	bool alerts = false;

	for (size_t i = 0; i < a->programs.n; i++) {
		const struct ww_program *p = &a->programs.v[i];

		if (p->flags[WW_flag_kind_ADMIT_AUTHORIZED].as != WW_flag_form_NONE)
			return false;
		alerts = alerts || p->flags[WW_flag_kind_ADMIT_ALERT].as != WW_flag_form_NONE;
	}
	return alerts;
}

/* The practice is promised a time from the receipt of what was decided on: whose patient it is may have been known later, and what
 * is said again gives no more time. */
static int64_t
received(const struct ww_authorization *au, int64_t raised_ms)
{
	return au->decided_ms != 0 && au->decided_ms < raised_ms ? au->decided_ms : raised_ms;
}

/* When the first of those that are open is to be forwarded; 0: none is, or none ever. */
static int64_t
forward_at(const struct ww_work *w, const struct ww_rows *hops, const struct ww_authorization *au)
{
	int64_t first = 0;

	for (size_t i = 0; i < hops->n; i++) {
		const struct ww_flag *f = WW_ROW(hops, flag, i);
		const struct ww_program *p = ww_programs_find(&w->a->programs, f->program);
		const struct ww_program_flag *pf =
		    p != NULL ? &p->flags[WW_flag_kind_ADMIT_AUTHORIZED] : NULL;
		int64_t due;

		if (!is_open_hop(f, au->id) || pf == NULL || pf->forward_after.n == 0)
			continue;
		due = ww_calendar_due(
		    NULL, zone_of(w, au), received(au, f->raised_ms), pf->forward_after);
		if (first == 0 || due < first)
			first = due;
	}
	return first;
}

static bool
any_open(const struct ww_rows *hops, ww_id authorization)
{
	for (size_t i = 0; i < hops->n; i++) {
		if (is_open_hop(WW_ROW(hops, flag, i), authorization))
			return true;
	}
	return false;
}

/* The clock of the hop goes as long as the navigator has it before them. One that ended without having been forwarded is forgotten:
 * when it is granted again, all begins anew. */
static ww_status
keep_clock(struct ww_work *w, struct ww_authorization *au)
{
	struct ww_rows hops;
	int64_t due;
	ww_status s = read_flags(w, &hops);

	if (s != WW_OK)
		return s;
	if (!any_open(&hops, au->id) && au->forwarded_ms != 0 && !is_direct(w->a)) {
		au->forwarded_ms = 0;
		au->forwarded_by = ww_str_empty();
		s = ww_put(w->l, w->cx, authorization, au);
	}
	due = au->forwarded_ms == 0 ? forward_at(w, &hops, au) : 0;
	if (s != WW_OK)
		return s;
	return due != 0 ? ww_timer_set(w->a, w->cx, WW_timer_kind_FORWARD, au->id, due)
	                : ww_timer_clear(w->a, w->cx, WW_timer_kind_FORWARD, au->id);
}

static ww_status
judge(struct ww_work *w, struct ww_authorization *au)
{
	ww_status s = WW_OK;

	if (au->forwarded_ms == 0 && is_granted(au) && is_direct(w->a)) {
		au->forwarded_ms = w->cx->now;
		au->forwarded_by = WW_STR("program");
		s = ww_put(w->l, w->cx, authorization, au);
	}
	if (s == WW_OK)
		s = ww_judge_authorization(w, au, ww_authorized_day(w, au));
	return s == WW_OK ? keep_clock(w, au) : s;
}

/* It has nothing to be told of, or nobody asks about it any more. */
static bool
is_idle(const struct ww_work *w, const struct ww_authorization *au, const struct ww_rows *hops)
{
	ww_time day = ww_authorized_day(w, au);

	if (any_open(hops, au->id) || au->forwarded_ms != 0)
		return false;
	return au->inpatient == 0 || au->status == WW_authorization_status_NONE ||
	       au->status == WW_authorization_status_REQUESTED ||
	       (ww_time_known(day) && day.ms < w->cx->now - OLD_MS);
}

/* -- the Task of the stay ------------------------------------------------------------------------------ */

/* What the rule says of the alert now; *found false: nothing. */
static ww_status
ask_rule(struct ww_work *w, const struct ww_authorization *au, const struct ww_flag *f,
    struct ww_finding *out, bool *found)
{
	const struct ww_program *p = ww_programs_find(&w->a->programs, f->program);
	const struct ww_rule *rule = ww_rule_find(f->rule);
	struct ww_findings all = { .n = 0 };
	struct ww_case c = { .authorization = au };
	ww_status s;

	*found = false;
	if (rule == NULL)
		return WW_OK;
	s = rule->judge(w->cx, &c, p != NULL ? &p->params : &ww_params_default, &all);
	for (size_t i = 0; s == WW_OK && i < all.n; i++) {
		if ((int64_t)all.v[i].kind != f->kind)
			continue;
		*found = true;
		*out = all.v[i];
	}
	return s;
}

/* The stay is told of by its Task, in which the alert is from now on. flag.encounter never changes while a row is there. */
static ww_status
move_flag(struct ww_work *w, struct ww_flag *f, ww_id stay)
{
	ww_status s = ww_ledger_remove(w->l, w->cx, &ww_entity_flag, f);

	f->encounter = stay;
	f->form = WW_flag_form_STAY_TASK;
	f->cause = (int64_t)w->cx->seq;
	return s == WW_OK ? ww_put(w->l, w->cx, flag, f) : s;
}

/* One that has not left says nothing beside the Task that is there; else it becomes that Task. */
static ww_status
move_row(struct ww_work *w, struct ww_outbox *row, ww_id stay, bool has_task)
{
	ww_status s;

	if (has_task) {
		row->state = WW_outbox_state_SUPPRESSED;
		row->owed_ms = row->held = row->withheld = 0;
		row->reason = WW_STR("the Task of the stay says it");
		s = ww_worklist_take(w->a, w->cx, row);
		if (s == WW_OK)
			s = ww_deadline_look(w->a, w->cx, row);
		return s == WW_OK ? ww_put(w->l, w->cx, outbox, row) : s;
	}
	s = ww_ledger_remove(w->l, w->cx, &ww_entity_outbox, row);
	row->encounter = stay;
	row->flag = 0;
	row->subject = WW_STR("stay");
	return s == WW_OK ? ww_put(w->l, w->cx, outbox, row) : s;
}

/* The desk of that row has a Task of the stay. */
static ww_status
has_task(struct ww_work *w, const struct ww_outbox *row, ww_id stay, bool *out)
{
	struct ww_outbox like;
	struct ww_rows rows;
	ww_status s;

	*out = false;
	ww_row_init(&ww_entity_outbox, &like);
	like.encounter = stay;
	s = ww_find(w->l, w->cx, outbox, "by_encounter", &like, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_outbox *r = WW_ROW(&rows, outbox, i);

		*out = *out || (r->resource == WW_resource_type_TASK && r->role == row->role &&
		                   r->backup == 0 && ww_str_is(r->subject, "stay") &&
		                   ww_str_eq(r->practice, row->practice) &&
		                   ww_str_eq(r->concerns, row->concerns) &&
		                   (r->state != WW_outbox_state_SUPPRESSED || r->withheld != 0) &&
		                   !ww_str_is(r->change, "cancel"));
	}
	return s;
}

static bool
is_live(const struct ww_outbox *row)
{
	return row->resource == WW_resource_type_TASK && row->backup == 0 &&
	       (row->state != WW_outbox_state_SUPPRESSED || row->withheld != 0) &&
	       !ww_str_is(row->change, "cancel");
}

/* *joined: it is in the Task of that stay now. One that the receiver has already beside a Task of the stay stays what it is. */
static ww_status
join(struct ww_work *w, struct ww_flag *f, ww_id stay, bool *joined)
{
	struct ww_outbox like, *row = NULL;
	struct ww_rows rows;
	bool beside = false;
	ww_status s;

	*joined = false;
	ww_row_init(&ww_entity_outbox, &like);
	like.flag = f->id;
	s = ww_find(w->l, w->cx, outbox, "by_flag", &like, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n && row == NULL; i++) {
		if (is_live(WW_ROW(&rows, outbox, i)))
			row = WW_ROW(&rows, outbox, i);
	}
	if (s == WW_OK && row != NULL)
		s = has_task(w, row, stay, &beside);
	if (s != WW_OK ||
	    (beside && (row->sent != 0 || row->attempt != 0 || row->remote_id.n != 0)))
		return s;
	if (row != NULL)
		s = move_row(w, row, stay, beside);
	*joined = s == WW_OK;
	return s == WW_OK ? move_flag(w, f, stay) : s;
}

/* The Task of that stay says it: what it says is brought in line, or taken out of it. */
static ww_status
keep_joined(struct ww_work *w, const struct all *all, const struct ww_authorization *au,
    struct ww_flag *f, bool *changed)
{
	const struct ww_encounter *e = stay_of(all, f->encounter);
	struct ww_finding now;
	bool found, gone = e == NULL || e->status == WW_encounter_status_CANCELLED ||
	                   e->status == WW_encounter_status_ERROR;
	ww_status s = ask_rule(w, au, f, &now, &found);

	if (s != WW_OK || (found && !gone && ww_str_eq(now.evidence, f->evidence)))
		return s;
	*changed = true;
	if (found && !gone) {
		f->evidence = now.evidence;
		f->cause = (int64_t)w->cx->seq;
		return ww_put(w->l, w->cx, flag, f);
	}
	f->state = WW_flag_state_RETRACTED;
	f->closed_ms = w->cx->now;
	f->retracted_by = (int64_t)w->cx->seq;
	f->reason = ww_str_from(found ? "the hospital cancelled the admission that was authorized"
	                              : ww_authorized_why(au));
	return ww_put(w->l, w->cx, flag, f);
}

static struct ww_authorization *
authorization_of(const struct all *all, ww_id id)
{
	for (size_t i = 0; i < all->rows.n; i++) {
		if (WW_ROW(&all->rows, authorization, i)->id == id)
			return WW_ROW(&all->rows, authorization, i);
	}
	return NULL;
}

static bool
in_stay_task(const struct ww_apply *a, const struct ww_flag *f)
{
	const struct ww_program *p = ww_programs_find(&a->programs, f->program);

	return p != NULL && p->flags[f->kind].as == WW_flag_form_STAY_TASK;
}

/* Stays whose Tasks say something else now. */
struct stays {
	ww_id *v;
	size_t n;
};

static ww_status
join_alerts(struct ww_work *w, const struct all *all, struct stays *out)
{
	struct ww_rows alerts;
	ww_status s = read_flags(w, &alerts);

	out->n = 0;
	out->v = ww_arena_array(w->cx->arena, alerts.n + 1, sizeof(*out->v));
	if (s != WW_OK || out->v == NULL)
		return s != WW_OK ? s : ww_fail_memory(w->cx);
	for (size_t i = 0; s == WW_OK && i < alerts.n; i++) {
		struct ww_flag *f = WW_ROW(&alerts, flag, i);
		const struct ww_authorization *au = authorization_of(all, f->authorization);
		bool changed = false;

		if (au == NULL || f->kind != WW_flag_kind_ADMIT_ALERT ||
		    f->state != WW_flag_state_OPEN)
			continue;
		if (f->encounter != 0)
			s = keep_joined(w, all, au, f, &changed);
		else if (au->encounter != 0 && au->lapse == WW_authorization_lapse_NONE &&
		         in_stay_task(w->a, f))
			s = join(w, f, au->encounter, &changed);
		if (changed)
			out->v[out->n++] = f->encounter;
	}
	return s;
}

static ww_status
judge_stay(struct ww_work *w)
{
	ww_status s = ww_again_feed(w, true);

	if (s == WW_OK)
		s = ww_attribute(w);
	return s == WW_OK ? ww_judge(w) : s;
}

/* All but the one in hand, which is judged behind this. */
static ww_status
judge_stays(struct ww_work *w, const struct all *all, const struct stays *changed, ww_id in_hand)
{
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && i < changed->n; i++) {
		const struct ww_encounter *e = stay_of(all, changed->v[i]);

		if (e != NULL && e->id != in_hand)
			s = ww_again(w->a, w->cx, w->cx->arena, &w->person, e, judge_stay, w);
		else if (e != NULL)
			w->is_joined = true;
	}
	return s;
}

ww_status
ww_authorized_settle(struct ww_work *w)
{
	struct stays changed;
	struct all all;
	ww_status s = read_all(w, &all);

	for (size_t i = 0; s == WW_OK && i < all.rows.n; i++)
		s = settle(w, &all, WW_ROW(&all.rows, authorization, i));
	if (s != WW_OK || all.rows.n == 0)
		return s;
	s = join_alerts(w, &all, &changed);
	return s == WW_OK ? judge_stays(w, &all, &changed, w->after.id) : s;
}

ww_status
ww_authorized_judge(struct ww_work *w)
{
	struct stays changed;
	struct ww_rows hops;
	struct all all;
	ww_status s = read_all(w, &all);

	if (s != WW_OK || all.rows.n == 0)
		return s;
	s = read_flags(w, &hops);
	for (size_t i = 0; s == WW_OK && i < all.rows.n; i++) {
		struct ww_authorization *au = WW_ROW(&all.rows, authorization, i);

		if (!is_idle(w, au, &hops))
			s = judge(w, au);
	}
	if (s == WW_OK)
		s = join_alerts(w, &all, &changed);
	return s == WW_OK ? judge_stays(w, &all, &changed, 0) : s;
}

ww_status
ww_authorized_gone(struct ww_work *w, struct ww_authorization *au)
{
	struct all all = { .rows = { .p = au, .n = 1 } };
	struct stays changed;
	struct ww_encounter like;
	ww_status s;

	au->status = WW_authorization_status_ERROR;
	s = ww_put(w->l, w->cx, authorization, au);
	if (s == WW_OK)
		s = judge(w, au);
	ww_row_init(&ww_entity_encounter, &like);
	like.person = w->person.id;
	if (s == WW_OK)
		s = ww_find(w->l, w->cx, encounter, "by_person", &like, &all.stays);
	if (s == WW_OK)
		s = join_alerts(w, &all, &changed);
	return s == WW_OK ? judge_stays(w, &all, &changed, 0) : s;
}

/* -- from the navigator to the practice ---------------------------------------------------------------- */

static ww_status
forward(struct ww_apply *a, struct ww_ctx *cx, struct ww_authorization *au, const char *by)
{
	struct ww_message *nobody = ww_arena_alloc(cx->arena, sizeof(*nobody));
	struct ww_work *w = ww_work_new(a, cx, nobody);
	bool found;
	ww_status s;

	if (nobody == NULL || w == NULL)
		return ww_fail_memory(cx);
	if (au->forwarded_ms != 0 || a->config == NULL)
		return WW_OK;
	ww_row_init(&ww_entity_message, nobody);
	au->forwarded_ms = cx->now;
	au->forwarded_by = ww_str_from(by);
	ww_row_init(&ww_entity_person, &w->person);
	w->person.id = au->person;
	s = ww_put(w->l, cx, authorization, au);
	if (s == WW_OK)
		s = ww_get(w->l, cx, person, &w->person, &found);
	if (s == WW_OK && found)
		s = ww_person_resolve(w, &w->person, &found);
	if (s != WW_OK || !found)
		return s;
	s = ww_authorized_settle(w);
	return s == WW_OK ? ww_authorized_judge(w) : s;
}

static ww_status
get(struct ww_apply *a, struct ww_ctx *cx, ww_id id, struct ww_authorization *out, bool *found)
{
	ww_row_init(&ww_entity_authorization, out);
	out->id = id;
	return ww_get(a->set.ledger, cx, authorization, out, found);
}

/* The Task is one that tells a navigator of it. */
static ww_status
is_hop(struct ww_apply *a, struct ww_ctx *cx, const struct ww_outbox *row, bool *hop)
{
	struct ww_flag f;
	bool found;
	ww_status s;

	*hop = false;
	if (row->resource != WW_resource_type_TASK || row->authorization == 0 || row->flag == 0)
		return WW_OK;
	ww_row_init(&ww_entity_flag, &f);
	f.id = row->flag;
	s = ww_get(a->set.ledger, cx, flag, &f, &found);
	*hop = s == WW_OK && found && is_open_hop(&f, row->authorization);
	return s;
}

ww_status
ww_authorized_answered(struct ww_apply *a, struct ww_ctx *cx, const struct ww_outbox *row)
{
	struct ww_authorization au;
	bool hop, found;
	ww_status s;

	if (!ww_task_is_over(ww_task_status(row)))
		return WW_OK;
	s = is_hop(a, cx, row, &hop);
	if (s != WW_OK || !hop)
		return s;
	s = get(a, cx, row->authorization, &au, &found);
	return s == WW_OK && found ? forward(a, cx, &au, "navigator") : s;
}

ww_status
ww_authorized_forward(struct ww_apply *a, struct ww_ctx *cx, const struct ww_timer *t)
{
	struct ww_authorization au;
	bool found;
	ww_status s = get(a, cx, t->subject, &au, &found);

	return s == WW_OK && found ? forward(a, cx, &au, "timer") : s;
}
