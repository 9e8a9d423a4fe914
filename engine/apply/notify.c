/* From the flags of a stay and practice to what is owed to that practice: one Task a stay, kept up to date,
 * and a Communication for what is only to be known. Keys are fixed when a row is made. */
#include "apply/worklist.h"

#include "base/crypto.h"

#include <wardwire/composer.h>

#include <stdio.h>
#include <string.h>

/* Which flags make the Task of the stay, and which a Communication of their own. */
static const struct {
	enum ww_flag_kind kind;
	const char *subject; /* of the Communication; NULL: part of the Task */
} outputs[] = {
	{ WW_flag_kind_ADMIT, NULL },
	{ WW_flag_kind_DISCHARGE, NULL },
	{ WW_flag_kind_READMIT_RISK, NULL },
	{ WW_flag_kind_ED, "ed-arrival" },
	{ WW_flag_kind_ED_DISCHARGE, "ed-discharge" },
	{ WW_flag_kind_OBSERVATION, "observation" },
};

enum { KEY_CHARS = 26, HOUR_MS = 3600000 };

/* The practice in hand. */
struct desk {
	struct ww_work *w;
	const struct ww_party *party;
	struct ww_flag *flags; /* all of the stay and practice */
	size_t flags_n;
	struct ww_outbox *rows; /* likewise */
	size_t rows_n;
};

static const char *
subject_of(int64_t kind)
{
	for (size_t i = 0; i < sizeof(outputs) / sizeof(outputs[0]); i++) {
		if ((int64_t)outputs[i].kind == kind)
			return outputs[i].subject;
	}
	return NULL;
}

static bool
in_task(const struct ww_flag *f)
{
	return subject_of(f->kind) == NULL;
}

/* -- keys ------------------------------------------------------------------------------------------- */

/* A name that is the same for the same thing at every try and rebuild and tells nobody else anything. */
static ww_str
make_key(struct desk *d, const char *prefix, const char *what, int64_t ordinal)
{
	struct ww_arena *arena = d->w->cx->arena;
	ww_str parts[4];
	uint8_t mac[WW_SHA256];
	char text[KEY_CHARS + 1];

	parts[0] = d->w->after.name;
	parts[1] = d->party->name;
	parts[2] = ww_str_from(what);
	parts[3] = ww_arena_printf(arena, "%lld", (long long)ordinal);
	ww_hmac(ww_str_from(d->w->a->key), parts, 4, mac);
	ww_base32(mac, sizeof(mac), text, KEY_CHARS);
	return ww_arena_printf(arena, "%s-%s", prefix, text);
}

/* -- composing -------------------------------------------------------------------------------------- */

/* When the practice should have acted: that long after the newest thing to do was received. */
static int64_t
due_at(const struct desk *d)
{
	int64_t latest = 0;

	for (size_t i = 0; i < d->flags_n; i++) {
		const struct ww_flag *f = &d->flags[i];

		if (in_task(f) && f->state == WW_flag_state_OPEN && f->raised_ms > latest)
			latest = f->raised_ms;
	}
	return latest + (int64_t)d->w->a->config->due_hours * HOUR_MS;
}

/* The member's number as the roster has it that made the stay this practice's last. */
static ww_status
member_number(struct desk *d, struct ww_notice *n)
{
	const struct ww_roster_source *roster;
	struct ww_attribution at;
	bool found;
	ww_status s;

	n->member_id = n->member_system = ww_str_empty();
	ww_row_init(&ww_entity_attribution, &at);
	at.id = d->flags[d->flags_n - 1].attribution;
	s = ww_get(d->w->l, d->w->cx, attribution, &at, &found);
	if (s != WW_OK || !found)
		return s;
	n->member_id = at.member_id;
	roster = ww_config_roster(d->w->a->config, at.roster);
	if (roster != NULL)
		n->member_system = roster->system;
	return WW_OK;
}

static ww_status
start_notice(struct desk *d, const struct ww_outbox *row, struct ww_notice *n)
{
	struct ww_flag *open = ww_arena_array(d->w->cx->arena, d->flags_n + 1, sizeof(*open));

	if (open == NULL)
		return ww_fail_memory(d->w->cx);
	memset(n, 0, sizeof(*n));
	n->config = d->w->a->config;
	n->party = d->party;
	n->encounter = &d->w->after;
	n->flags = open;
	for (size_t i = 0; i < d->flags_n; i++) {
		if (d->flags[i].state == WW_flag_state_OPEN)
			open[n->flags_n++] = d->flags[i];
	}
	n->key = row->key;
	n->stay_key = make_key(d, "enc", "encounter", 0);
	n->about_key = n->reason = ww_str_empty();
	n->subject = row->subject;
	n->created_ms = row->created_ms;
	n->due_ms = row->due_ms;
	n->now_ms = d->w->cx->now;
	n->event_only = d->w->after.policy == WW_policy_EVENT_ONLY;
	n->zone = d->w->feed->zone;
	return member_number(d, n);
}

/* -- rows ------------------------------------------------------------------------------------------- */

/* True when the receiver may have got something of this row. */
static bool
may_be_there(const struct ww_outbox *row)
{
	return row->sent != 0 || row->attempt != 0 || row->remote_id.n != 0;
}

static void
start_row(struct desk *d, struct ww_outbox *row, enum ww_resource_type type, const char *subject)
{
	ww_row_init(&ww_entity_outbox, row);
	row->id = ww_ctx_id(d->w->cx);
	row->encounter = d->w->after.id;
	/* a stay that moved keeps its lane, so that what is owed of it keeps its order */
	row->person = d->w->after.origin != 0 ? d->w->after.origin : d->w->person.id;
	row->practice = d->party->name;
	row->endpoint = d->party->send;
	row->resource = type;
	row->subject = ww_str_from(subject);
	row->created_ms = d->w->cx->now;
	row->change = WW_STR("create");
	row->attempt = ww_apply_may_have_left(d->w->a, d->w->facts.event.recorded);
}

/* text is empty when the template stays as it is. */
static ww_status
put_row(struct desk *d, struct ww_outbox *row, ww_str text)
{
	struct ww_template t = { .outbox = row->id, .text = text };
	struct ww_work *w = d->w;
	ww_status s;

	if (w->touched_n < WW_TOUCHED_MAX)
		w->touched[w->touched_n++] = (struct ww_touched){ row, text };
	s = ww_worklist_take(w->a, w->cx, row);
	if (s == WW_OK)
		s = ww_put(w->l, w->cx, outbox, row);
	return s == WW_OK && text.n > 0 ? ww_put(w->l, w->cx, template, &t) : s;
}

/* The receiver had it and has it no more. Without an id it is the place that is not there. */
static bool
was_deleted(const struct ww_outbox *row)
{
	return row->remote_id.n != 0 && (row->http == 404 || row->http == 410);
}

/* What was withheld is not any more. An engine that was lost may have sent it since the backup. */
static void
let_out(struct desk *d, struct ww_outbox *row)
{
	row->withheld = 0;
	row->reason = ww_str_empty();
	if (row->held != 0)
		row->state = WW_outbox_state_PARKED;
	if (row->sent == 0 && row->attempt == 0)
		row->attempt = ww_apply_may_have_left(d->w->a, d->w->facts.event.recorded);
}

/* The row is owed again with a new template. One that was refused, or discarded as it was, gets another chance
 * with it; not one that the receiver deleted, which is not made again, nor one that an operator holds back. */
static ww_status
call_for(struct desk *d, struct ww_outbox *row, ww_str text)
{
	row->wanted = (int64_t)d->w->cx->seq;
	if (row->withheld != 0)
		let_out(d, row);
	if (row->held == 0 && !(row->state == WW_outbox_state_PARKED && was_deleted(row)))
		ww_apply_owe(row, d->w->cx->now);
	return put_row(d, row, text);
}

/* Withdrawn before anything left: nobody hears of it. */
static ww_status
suppress(struct desk *d, struct ww_outbox *row, ww_str reason)
{
	row->state = WW_outbox_state_SUPPRESSED;
	row->owed_ms = row->held = row->withheld = 0;
	row->reason = ww_arena_printf(
	    d->w->cx->arena, "withdrawn before it was sent: %.*s", WW_STR_FMT(reason));
	row->wanted = (int64_t)d->w->cx->seq;
	return put_row(d, row, ww_str_empty());
}

/* Withdrawn when the receiver has deleted it: there is nothing to take back. */
static ww_status
let_go(struct desk *d, struct ww_outbox *row, ww_str reason)
{
	row->state = WW_outbox_state_SUPPRESSED;
	row->reason = ww_arena_printf(
	    d->w->cx->arena, "deleted by the receiver, then withdrawn: %.*s", WW_STR_FMT(reason));
	row->change = WW_STR("cancel");
	row->wanted = (int64_t)d->w->cx->seq;
	return put_row(d, row, ww_str_empty());
}

/* A place for one more row. */
static struct ww_outbox *
new_row(struct desk *d)
{
	return &d->rows[d->rows_n++];
}

/* How many Communications of that subject there are about row. */
static int64_t
told_about(const struct desk *d, const struct ww_outbox *row, const char *subject)
{
	int64_t n = 0;

	for (size_t i = 0; i < d->rows_n; i++)
		n += d->rows[i].about == row->id && ww_str_is(d->rows[i].subject, subject);
	return n;
}

/* A Communication about another row: "correction" or "update". */
static ww_status
tell_about(struct desk *d, const struct ww_outbox *row, const char *subject, ww_str reason)
{
	struct ww_outbox *c = new_row(d);
	struct ww_notice n;
	ww_str text;
	ww_status s;

	start_row(d, c, WW_resource_type_COMMUNICATION, subject);
	c->about = row->id;
	c->key = make_key(d, subject,
	    ww_arena_printf(d->w->cx->arena, "%s %.*s", subject, WW_STR_FMT(row->key)).p,
	    told_about(d, row, subject)); /* it is among them already */
	s = start_notice(d, c, &n);
	if (s != WW_OK)
		return s;
	n.about_key = row->key;
	n.about_type = row->resource == WW_resource_type_TASK ? WW_resource_type_TASK
	                                                      : WW_resource_type_COMMUNICATION;
	n.reason = reason;
	s = ww_compose_communication(d->w->cx, &n, &text);
	return s == WW_OK ? call_for(d, c, text) : s;
}

/* A Communication that takes back what row told. */
static ww_status
correct(struct desk *d, const struct ww_outbox *row, ww_str reason)
{
	return tell_about(d, row, "correction", reason);
}

/* -- news that the Task cannot bring: its update was refused ------------------------------------------ */

static bool
is_update_of(const struct ww_outbox *c, const struct ww_outbox *task)
{
	return c->about == task->id && ww_str_is(c->subject, "update");
}

/* They may have heard of it by such a Communication. */
static bool
was_told_instead(const struct desk *d, const struct ww_outbox *task, const struct ww_flag *f)
{
	for (size_t i = 0; i < d->rows_n; i++) {
		const struct ww_outbox *c = &d->rows[i];

		if (is_update_of(c, task) && may_be_there(c) && c->wanted >= (f->id >> 16))
			return true;
	}
	return false;
}

/* The Task's newest change took something back, and a correction says so. */
static bool
was_corrected(const struct desk *d, const struct ww_outbox *task)
{
	for (size_t i = 0; i < d->rows_n; i++) {
		const struct ww_outbox *c = &d->rows[i];

		if (c->about == task->id && ww_str_is(c->subject, "correction") &&
		    c->wanted >= task->wanted)
			return true;
	}
	return false;
}

static ww_status
tell_instead(struct desk *d, const struct ww_outbox *task)
{
	return was_corrected(d, task) ? WW_OK : tell_about(d, task, "update", ww_str_empty());
}

/* The Task is another one now: what has not left would be old news. */
static ww_status
drop_updates(struct desk *d, const struct ww_outbox *task)
{
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && i < d->rows_n; i++) {
		struct ww_outbox *c = &d->rows[i];

		if (is_update_of(c, task) && c->state != WW_outbox_state_SUPPRESSED &&
		    !may_be_there(c))
			s = suppress(d, c, WW_STR("the stay has changed since"));
	}
	return s;
}

/* -- the Task of the stay --------------------------------------------------------------------------- */

static struct ww_outbox *
live_task(struct desk *d)
{
	for (size_t i = 0; i < d->rows_n; i++) {
		struct ww_outbox *r = &d->rows[i];

		if (r->resource == WW_resource_type_TASK &&
		    (r->state != WW_outbox_state_SUPPRESSED || r->withheld != 0) &&
		    !ww_str_is(r->change, "cancel"))
			return r;
	}
	return NULL;
}

static int64_t
tasks_so_far(const struct desk *d)
{
	int64_t n = 0;

	for (size_t i = 0; i < d->rows_n; i++)
		n += d->rows[i].resource == WW_resource_type_TASK;
	return n;
}

static ww_status
compose_task(struct desk *d, struct ww_outbox *row, bool cancelled, ww_str reason, ww_str *text)
{
	struct ww_notice n;
	ww_status s;

	if (!cancelled)
		row->due_ms = due_at(d);
	s = start_notice(d, row, &n);
	n.cancelled = cancelled;
	n.reason = reason;
	return s == WW_OK ? ww_compose_task(d->w->cx, &n, text) : s;
}

static ww_status
create_task(struct desk *d)
{
	int64_t ordinal = tasks_so_far(d) + 1;
	struct ww_outbox *row = new_row(d);
	ww_str text;
	ww_status s;

	start_row(d, row, WW_resource_type_TASK, "stay");
	row->key = make_key(d, "stay", "Task", ordinal);
	s = compose_task(d, row, false, ww_str_empty(), &text);
	return s == WW_OK ? call_for(d, row, text) : s;
}

static ww_status
update_task(struct desk *d, struct ww_outbox *row)
{
	ww_str text;
	ww_status s = compose_task(d, row, false, ww_str_empty(), &text);

	row->change = WW_STR("update");
	return s == WW_OK ? call_for(d, row, text) : s;
}

static ww_status
cancel_task(struct desk *d, struct ww_outbox *row, ww_str reason)
{
	ww_str text;
	ww_status s;

	if (!may_be_there(row))
		return suppress(d, row, reason);
	if (row->state == WW_outbox_state_PARKED && was_deleted(row))
		return let_go(d, row, reason);
	s = compose_task(d, row, true, reason, &text);
	row->change = WW_STR("cancel");
	return s == WW_OK ? call_for(d, row, text) : s;
}

/* What happened to the Task's flags in this record. */
static void
sum_up(const struct desk *d, bool *changed, bool *open, const struct ww_flag **withdrawn)
{
	int64_t seq = (int64_t)d->w->cx->seq;

	*changed = *open = false;
	*withdrawn = NULL;
	for (size_t i = 0; i < d->flags_n; i++) {
		const struct ww_flag *f = &d->flags[i];

		if (!in_task(f))
			continue;
		*open = *open || f->state == WW_flag_state_OPEN;
		*changed = *changed || f->cause == seq || f->retracted_by == seq;
		if (f->retracted_by == seq && (*withdrawn == NULL || f->id < (*withdrawn)->id))
			*withdrawn = f;
	}
}

/* The restrictions of the stay are others, so that the Task says more or less. One that is there is not made to say less:
 * what was told is not called back. */
static bool
says_otherwise(const struct desk *d, const struct ww_outbox *row)
{
	int64_t was = d->w->policy_was, is = d->w->after.policy;

	if (row->withheld != 0)
		return true;
	if (row->state == WW_outbox_state_SETTLED)
		return was == WW_policy_EVENT_ONLY && is == WW_policy_NONE;
	return was != is && !may_be_there(row);
}

static ww_status
settle_task(struct desk *d)
{
	struct ww_outbox *row = live_task(d);
	const struct ww_flag *withdrawn;
	bool changed, open, told;
	ww_status s;

	sum_up(d, &changed, &open, &withdrawn);
	changed = changed || (row != NULL && says_otherwise(d, row));
	if (!changed || (!open && row == NULL))
		return WW_OK;
	if (row == NULL)
		return create_task(d);
	/* They were told of it if a template at least as new as the flag left us; or may have been, as long as
	 * we do not know what they have. */
	told = withdrawn != NULL && may_be_there(row) &&
	       (row->attempt != 0 || row->sent == 0 || row->offered >= (withdrawn->id >> 16) ||
	           was_told_instead(d, row, withdrawn));
	s = drop_updates(d, row);
	if (s == WW_OK)
		s = open ? update_task(d, row) : cancel_task(d, row, withdrawn->reason);
	if (s == WW_OK && told)
		s = correct(d, row, withdrawn->reason);
	if (s == WW_OK && open && row->state == WW_outbox_state_PARKED && row->held == 0)
		s = tell_instead(d, row); /* it is not even tried */
	return s;
}

/* -- Communications --------------------------------------------------------------------------------- */

static struct ww_outbox *
row_of_flag(struct desk *d, ww_id flag)
{
	for (size_t i = 0; i < d->rows_n; i++) {
		if (d->rows[i].flag == flag)
			return &d->rows[i];
	}
	return NULL;
}

static ww_status
owe_communication(struct desk *d, struct ww_outbox *row)
{
	struct ww_notice n;
	ww_str text;
	ww_status s = start_notice(d, row, &n);

	if (s == WW_OK)
		s = ww_compose_communication(d->w->cx, &n, &text);
	return s == WW_OK ? call_for(d, row, text) : s;
}

static ww_status
tell(struct desk *d, const struct ww_flag *f)
{
	const char *subject = subject_of(f->kind);
	struct ww_outbox *row = new_row(d);

	start_row(d, row, WW_resource_type_COMMUNICATION, subject);
	row->flag = f->id;
	row->key = make_key(d, subject, subject, f->ordinal);
	return owe_communication(d, row);
}

static ww_status
take_back(struct desk *d, const struct ww_flag *f)
{
	struct ww_outbox *row = row_of_flag(d, f->id);

	ww_status s = WW_OK;

	if (row == NULL || (row->state == WW_outbox_state_SUPPRESSED && row->withheld == 0))
		return WW_OK;
	if (!may_be_there(row))
		return suppress(d, row, f->reason);
	if (row->sent ==
	    0) { /* under way: if it turns out that it never left, it need not be sent */
		row->change = WW_STR("cancel");
		if (row->held == 0)
			ww_apply_owe(row, d->w->cx->now); /* a search settles it */
		s = put_row(d, row, ww_str_empty());
	}
	return s == WW_OK ? correct(d, row, f->reason) : s;
}

/* It has not left, and what it says may not be what is to be said now. */
static bool
is_to_be_told(const struct desk *d, const struct ww_flag *f, const struct ww_outbox *row)
{
	if (row->withheld != 0)
		return f->state == WW_flag_state_OPEN;
	if (may_be_there(row))
		return false;
	return row->state == WW_outbox_state_DUE ||
	       (row->state == WW_outbox_state_PARKED && f->state == WW_flag_state_OPEN &&
	           (int64_t)d->w->policy_was != d->w->after.policy);
}

static ww_status
settle_communications(struct desk *d)
{
	int64_t seq = (int64_t)d->w->cx->seq;
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && i < d->flags_n; i++) {
		const struct ww_flag *f = &d->flags[i];
		struct ww_outbox *row;

		if (in_task(f))
			continue;
		row = row_of_flag(d, f->id);
		if (f->retracted_by == seq)
			s = take_back(d, f);
		else if (row == NULL && f->state == WW_flag_state_OPEN)
			s = tell(d, f);
		else if (row != NULL && is_to_be_told(d, f, row))
			s = owe_communication(d, row); /* of the stay as it is now */
	}
	return s;
}

/* -- a stay of which nothing may be told ---------------------------------------------------------------- */

/* What has not left stays here. Of what may be under way a search says whether it did; then apply/delivery.c sees to it. */
static ww_status
withhold(struct desk *d, struct ww_outbox *row)
{
	row->withheld = 1;
	row->wanted = (int64_t)d->w->cx->seq;
	if (row->attempt != 0 && row->state == WW_outbox_state_DUE)
		return put_row(d, row, ww_str_empty());
	row->state = WW_outbox_state_SUPPRESSED;
	row->owed_ms = 0;
	row->reason = ww_arena_printf(
	    d->w->cx->arena, "restricted: %.*s", WW_STR_FMT(d->w->after.restricted));
	return put_row(d, row, ww_str_empty());
}

static bool
is_waiting(const struct ww_outbox *row)
{
	return row->state == WW_outbox_state_DUE || row->state == WW_outbox_state_PARKED ||
	       row->withheld != 0;
}

/* Nothing new is told. What was told and does not hold any more is taken back as ever: that says less than leaving it. */
static ww_status
withhold_task(struct desk *d)
{
	struct ww_outbox *row = live_task(d);
	const struct ww_flag *withdrawn;
	bool changed, open;
	ww_status s = WW_OK;

	sum_up(d, &changed, &open, &withdrawn);
	if (!open)
		return settle_task(d);
	if (row == NULL) {
		int64_t ordinal = tasks_so_far(d) + 1;

		row = new_row(d);
		start_row(d, row, WW_resource_type_TASK, "stay");
		row->key = make_key(d, "stay", "Task", ordinal);
		return withhold(d, row);
	}
	if (withdrawn != NULL && row->offered >= (withdrawn->id >> 16))
		s = correct(d, row, withdrawn->reason);
	if (s == WW_OK)
		s = drop_updates(d, row);
	return s == WW_OK && (changed || is_waiting(row)) ? withhold(d, row) : s;
}

static ww_status
withhold_communication(struct desk *d, const struct ww_flag *f)
{
	struct ww_outbox *row = row_of_flag(d, f->id);

	if (f->retracted_by == (int64_t)d->w->cx->seq)
		return take_back(d, f);
	if (row == NULL && f->state == WW_flag_state_OPEN) {
		const char *subject = subject_of(f->kind);

		row = new_row(d);
		start_row(d, row, WW_resource_type_COMMUNICATION, subject);
		row->flag = f->id;
		row->key = make_key(d, subject, subject, f->ordinal);
		return withhold(d, row);
	}
	return row != NULL && row->sent == 0 && is_waiting(row) ? withhold(d, row) : WW_OK;
}

static ww_status
withhold_all(struct desk *d)
{
	ww_status s = withhold_task(d);

	for (size_t i = 0; s == WW_OK && i < d->flags_n; i++) {
		if (!in_task(&d->flags[i]))
			s = withhold_communication(d, &d->flags[i]);
	}
	if (s == WW_OK && d->w->message->reason.n == 0)
		d->w->message->reason = ww_arena_printf(d->w->cx->arena,
		    "restricted, nothing is sent: %.*s", WW_STR_FMT(d->w->after.restricted));
	return s;
}

/* -- the practice ----------------------------------------------------------------------------------- */

static ww_status
read_rows(struct desk *d)
{
	struct ww_outbox like;
	struct ww_rows all = { .n = 0 };
	ww_status s = WW_OK;

	ww_row_init(&ww_entity_outbox, &like);
	like.encounter = d->w->after.id;
	if (!d->w->is_new)
		s = ww_find(d->w->l, d->w->cx, outbox, "by_encounter", &like, &all);
	if (s != WW_OK)
		return s;
	/* At most a new row and a correction for each flag, and the Task's two. */
	d->rows = ww_arena_array(d->w->cx->arena, all.n + 2 * d->flags_n + 4, sizeof(*d->rows));
	if (d->rows == NULL)
		return ww_fail_memory(d->w->cx);
	for (size_t i = 0; i < all.n; i++) {
		if (ww_str_eq(WW_ROW(&all, outbox, i)->practice, d->party->name))
			d->rows[d->rows_n++] = *WW_ROW(&all, outbox, i);
	}
	return WW_OK;
}

ww_status
ww_notify(struct ww_work *w, ww_str practice, struct ww_flag *flags, size_t flags_n)
{
	struct desk d = { .w = w, .flags = flags, .flags_n = flags_n };
	ww_status s;

	if (w->person.test != 0) {
		w->message->reason = w->test && !w->patient_test
		                         ? WW_STR("MSH-11 is not P: nothing of a test is sent")
		                         : WW_STR("a test patient: nothing of a test is sent");
		return WW_OK;
	}
	d.party = ww_config_party(w->a->config, practice);
	if (d.party == NULL) {
		w->message->reason =
		    WW_STR("the practice is no party of the configuration any more");
		return WW_OK;
	}
	if (w->feed->state != WW_FEED_LIVE) {
		w->message->reason = WW_STR("the feed is in state observe: nothing is sent");
		return WW_OK;
	}
	s = read_rows(&d);
	if (s == WW_OK && w->after.policy == WW_policy_SUPPRESS)
		return withhold_all(&d);
	if (s == WW_OK)
		s = settle_task(&d);
	if (s == WW_OK)
		s = settle_communications(&d);
	return s;
}

/* All flags of the stay and practice. */
static ww_status
read_flags(struct desk *d)
{
	struct ww_flag like;
	struct ww_rows all;
	ww_status s;

	ww_row_init(&ww_entity_flag, &like);
	like.encounter = d->w->after.id;
	s = ww_find(d->w->l, d->w->cx, flag, "by_encounter", &like, &all);
	if (s != WW_OK)
		return s;
	d->flags = ww_arena_array(d->w->cx->arena, all.n + 1, sizeof(*d->flags));
	if (d->flags == NULL)
		return ww_fail_memory(d->w->cx);
	for (size_t i = 0; i < all.n; i++) {
		if (ww_str_eq(WW_ROW(&all, flag, i)->practice, d->party->name))
			d->flags[d->flags_n++] = *WW_ROW(&all, flag, i);
	}
	return WW_OK;
}

/* The stay and person of a row, as ww_notify has them from a message. */
static ww_status
read_work(struct ww_work *w, const struct ww_outbox *row, struct ww_feed *gone, bool *found)
{
	ww_status s;

	ww_row_init(&ww_entity_encounter, &w->after);
	w->after.id = row->encounter;
	s = ww_get(w->l, w->cx, encounter, &w->after, found);
	ww_row_init(&ww_entity_person, &w->person);
	w->person.id = w->after.person;
	if (s == WW_OK && *found)
		s = ww_get(w->l, w->cx, person, &w->person, found);
	w->feed = ww_config_feed(w->a->config, w->after.feed);
	if (w->feed == NULL) { /* configured no more; times are written in some zone */
		gone->zone = ww_zone_find("UTC");
		w->feed = gone;
	}
	return s;
}

ww_status
ww_notify_instead(struct ww_apply *a, struct ww_ctx *cx, const struct ww_outbox *task)
{
	struct ww_work *w = ww_arena_alloc(cx->arena, sizeof(*w));
	struct ww_feed gone = { .state = WW_FEED_LIVE };
	struct desk d = { .w = w };
	bool found;
	ww_status s;

	if (w == NULL)
		return ww_fail_memory(cx);
	w->a = a;
	w->cx = cx;
	w->l = a->set.ledger;
	d.party = a->config != NULL ? ww_config_party(a->config, task->practice) : NULL;
	if (d.party == NULL)
		return WW_OK;
	s = read_work(w, task, &gone, &found);
	if (s != WW_OK || !found || w->after.policy == WW_policy_SUPPRESS)
		return s;
	s = read_flags(&d);
	if (s == WW_OK)
		s = read_rows(&d);
	if (s != WW_OK || d.flags_n == 0)
		return s;
	return tell_instead(&d, task);
}
