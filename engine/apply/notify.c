/* From the flags of a subject and practice to what is owed: each flag is told at the desk that its program named, and copied to
 * others; a desk gets one Task a stay over all programs, kept up to date, Tasks of their own for some flags, and Communications
 * for what is only to be known. Keys are fixed when a row is made. */
#include "apply/desk.h"
#include "apply/digest.h"

#include <wardwire/program.h>

/* The practice in hand, and the desks at which something of it is told. */
struct round {
	struct ww_work *w;
	ww_str practice;
	struct ww_flag *flags; /* all of the subject and practice */
	size_t flags_n;
	struct ww_outbox *rows; /* all of the subject */
	size_t rows_n;
	struct ww_desk *desks;
	size_t desks_n;
};

/* -- rows ------------------------------------------------------------------------------------------------ */

static ww_status
add_rows(struct round *r, const struct ww_rows *found)
{
	struct ww_outbox *more =
	    ww_arena_array(r->w->cx->arena, r->rows_n + found->n + 1, sizeof(*more));

	if (more == NULL)
		return ww_fail_memory(r->w->cx);
	for (size_t i = 0; i < r->rows_n; i++)
		more[i] = r->rows[i];
	for (size_t i = 0; i < found->n; i++)
		more[r->rows_n++] = *WW_ROW(found, outbox, i);
	r->rows = more;
	return WW_OK;
}

/* Those of a stay are found by it; those of what is no stay by its flags. */
static ww_status
read_rows(struct round *r)
{
	struct ww_work *w = r->w;
	struct ww_outbox like;
	struct ww_rows found = { .n = 0 };
	ww_status s = WW_OK;

	ww_row_init(&ww_entity_outbox, &like);
	like.encounter = w->subject.encounter;
	if (like.encounter != 0) {
		if (!w->is_new)
			s = ww_find(w->l, w->cx, outbox, "by_encounter", &like, &found);
		return s == WW_OK ? add_rows(r, &found) : s;
	}
	for (size_t i = 0; s == WW_OK && i < r->flags_n; i++) {
		like.flag = r->flags[i].id;
		s = ww_find(w->l, w->cx, outbox, "by_flag", &like, &found);
		if (s == WW_OK)
			s = add_rows(r, &found);
	}
	return s;
}

/* -- desks ----------------------------------------------------------------------------------------------- */

/* That of somebody at a party; NULL: there is no such party any more. */
static struct ww_desk *
desk_of(struct round *r, ww_str party, enum ww_role role)
{
	struct ww_desk *d = r->desks;
	const struct ww_party *p = ww_config_party(r->w->a->config, party);

	while (d < r->desks + r->desks_n && (d->role != role || !ww_str_eq(d->party->name, party)))
		d++;
	if (p == NULL || d < r->desks + r->desks_n)
		return p == NULL ? NULL : d;
	*d = (struct ww_desk){ .w = r->w,
		.party = p,
		.role = role,
		.concerns = ww_str_eq(p->name, r->practice) ? ww_str_empty() : r->practice };
	d->flags = ww_arena_array(r->w->cx->arena, r->flags_n, sizeof(*d->flags));
	d->of = ww_arena_array(r->w->cx->arena, r->flags_n, sizeof(struct ww_flag *));
	if (d->flags == NULL || d->of == NULL)
		return NULL;
	r->desks_n++;
	return d;
}

static ww_status
lay_on(struct round *r, struct ww_flag *f, ww_str party, enum ww_role role, int64_t form)
{
	bool copy = role != (enum ww_role)f->role || !ww_str_eq(party, f->receiver);
	struct ww_desk *d = desk_of(r, party, role);

	if (ww_arena_status(r->w->cx->arena) != WW_OK)
		return ww_fail_memory(r->w->cx);
	if (d == NULL) {
		r->w->message->reason =
		    WW_STR("the practice is no party of the configuration any more");
		return WW_OK;
	}
	for (size_t i = 0; i < d->flags_n; i++) {
		if (d->flags[i].id == f->id)
			return WW_OK; /* it is told there in another way */
	}
	d->of[d->flags_n] = copy ? NULL : f;
	d->flags[d->flags_n] = *f;
	d->flags[d->flags_n++].form = form;
	return WW_OK;
}

/* What its program has copied, and what was copied before. */
static ww_status
lay_copies(struct round *r, struct ww_flag *f)
{
	const struct ww_program *p = ww_programs_find(&r->w->a->programs, f->program);
	const struct ww_program_flag *as = p != NULL ? &p->flags[f->kind] : NULL;
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && i < r->rows_n; i++) {
		const struct ww_outbox *row = &r->rows[i];

		if (row->flag == f->id && row->about == 0 && row->backup == 0)
			s = lay_on(r, f, row->practice, (enum ww_role)row->role,
			    WW_flag_form_COMMUNICATION);
	}
	for (size_t i = 0; s == WW_OK && as != NULL && i < as->copies_n; i++) {
		const struct ww_program_copy *copy = &as->copies[i];
		const struct ww_party *party =
		    ww_program_party(p, r->w->a->config, copy->role, f->practice);

		if (party != NULL && f->state == WW_flag_state_OPEN &&
		    f->limit == WW_flag_limit_NONE && f->form != WW_flag_form_RECORD &&
		    ww_program_copies(copy, f->band))
			s = lay_on(r, f, party->name, copy->role, WW_flag_form_COMMUNICATION);
	}
	return s;
}

static ww_status
lay_flags(struct round *r)
{
	size_t most = r->flags_n * (1 + WW_PROGRAM_COPIES) + r->rows_n;
	ww_status s = WW_OK;

	r->desks = ww_arena_array(r->w->cx->arena, most, sizeof(*r->desks));
	if (r->desks == NULL)
		return ww_fail_memory(r->w->cx);
	for (size_t i = 0; s == WW_OK && i < r->flags_n; i++) {
		struct ww_flag *f = &r->flags[i];

		s = lay_on(r, f, f->receiver, (enum ww_role)f->role, f->form);
		if (s == WW_OK)
			s = lay_copies(r, f);
	}
	return s;
}

/* Its rows, with room for a new row and a correction for each flag, and the Task's two. */
static ww_status
give_rows(const struct round *r, struct ww_desk *d)
{
	d->rows = ww_arena_array(r->w->cx->arena, r->rows_n + 2 * d->flags_n + 4, sizeof(*d->rows));
	if (d->rows == NULL)
		return ww_fail_memory(r->w->cx);
	for (size_t i = 0; i < r->rows_n; i++) {
		if (ww_desk_has(d, &r->rows[i]))
			d->rows[d->rows_n++] = r->rows[i];
	}
	return WW_OK;
}

static ww_status
settle(struct ww_desk *d)
{
	ww_status s;

	if (d->w->after.policy == WW_policy_SUPPRESS)
		return ww_desk_withhold(d);
	s = ww_desk_settle_task(d, NULL);
	for (size_t i = 0; s == WW_OK && i < d->flags_n; i++) {
		if (d->flags[i].limit == WW_flag_limit_COOLDOWN)
			continue;
		if (d->flags[i].form == WW_flag_form_TASK)
			s = ww_desk_settle_task(d, &d->flags[i]);
		else if (d->flags[i].form == WW_flag_form_COMMUNICATION)
			s = ww_desk_settle_communication(d, &d->flags[i]);
	}
	return s == WW_OK ? ww_desk_keep_limits(d) : s;
}

/* What is told in a digest is on its list, or on it no more. Of what nothing may be told, nothing is. */
static ww_status
note_digests(const struct round *r)
{
	int64_t seq = (int64_t)r->w->cx->seq;
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && i < r->flags_n; i++) {
		const struct ww_flag *f = &r->flags[i];

		if ((f->cause == seq && r->w->after.policy != WW_policy_SUPPRESS) ||
		    f->retracted_by == seq)
			s = ww_digest_note(r->w->a, r->w->cx, f, r->w->feed->zone);
	}
	return s;
}

/* -- the practice ---------------------------------------------------------------------------------------- */

ww_status
ww_notify(struct ww_work *w, ww_str practice, struct ww_flag *flags, size_t flags_n)
{
	struct round r = { .w = w, .practice = practice, .flags = flags, .flags_n = flags_n };
	ww_status s;

	if (w->person.test != 0) {
		w->message->reason = w->test && !w->patient_test
		                         ? WW_STR("MSH-11 is not P: nothing of a test is sent")
		                         : WW_STR("a test patient: nothing of a test is sent");
		return WW_OK;
	}
	if (w->feed->state != WW_FEED_LIVE) {
		w->message->reason = WW_STR("the feed is in state observe: nothing is sent");
		return WW_OK;
	}
	s = note_digests(&r);
	if (s == WW_OK)
		s = read_rows(&r);
	if (s == WW_OK)
		s = lay_flags(&r);
	for (size_t i = 0; s == WW_OK && i < r.desks_n; i++) {
		s = give_rows(&r, &r.desks[i]);
		if (s == WW_OK)
			s = settle(&r.desks[i]);
	}
	return s;
}

/* -- later, and without a message ------------------------------------------------------------------------ */

/* All flags of the subject and practice. */
static ww_status
read_flags(struct round *r)
{
	struct ww_work *w = r->w;
	struct ww_flag like;
	struct ww_rows all;
	ww_status s;

	ww_row_init(&ww_entity_flag, &like);
	like.encounter = w->subject.encounter;
	like.person = w->person.id;
	s = like.encounter != 0 ? ww_find(w->l, w->cx, flag, "by_encounter", &like, &all)
	                        : ww_flags_beside(w, &all);
	if (s == WW_OK && like.encounter == 0)
		s = ww_restrict_decide(w, &all); /* a stay's stands in its row */
	if (s != WW_OK)
		return s;
	r->flags = ww_arena_array(w->cx->arena, all.n + 1, sizeof(*r->flags));
	if (r->flags == NULL)
		return ww_fail_memory(w->cx);
	for (size_t i = 0; i < all.n; i++) {
		if (ww_str_eq(WW_ROW(&all, flag, i)->practice, r->practice))
			r->flags[r->flags_n++] = *WW_ROW(&all, flag, i);
	}
	return WW_OK;
}

static ww_status
read_authorization(struct ww_work *w, ww_id id, bool *found)
{
	struct ww_authorization *au = ww_arena_alloc(w->cx->arena, sizeof(*au));

	if (au == NULL)
		return ww_fail_memory(w->cx);
	ww_row_init(&ww_entity_authorization, au);
	au->id = id;
	w->authorization = au;
	return ww_get(w->l, w->cx, authorization, au, found);
}

/* The subject and person, as ww_notify has them from a message. */
static ww_status
read_work(struct ww_work *w, struct ww_subject subject, ww_id person, bool *found)
{
	ww_status s = WW_OK;

	ww_row_init(&ww_entity_encounter, &w->after);
	ww_row_init(&ww_entity_person, &w->person);
	w->subject = subject;
	w->after.id = subject.encounter;
	*found = true;
	if (subject.encounter != 0)
		s = ww_get(w->l, w->cx, encounter, &w->after, found);
	else if (subject.authorization != 0)
		s = read_authorization(w, subject.authorization, found);
	w->person.id = subject.encounter != 0 ? w->after.person : person;
	if (s == WW_OK && *found)
		s = ww_get(w->l, w->cx, person, &w->person, found);
	if (s == WW_OK && *found)
		s = ww_person_resolve(w, &w->person, found);
	return s == WW_OK ? ww_again_feed(w, true) : s;
}

static ww_status
tell_instead(struct round *r, const struct ww_outbox *task)
{
	ww_status s = read_rows(r);

	if (s == WW_OK)
		s = lay_flags(r);
	for (size_t i = 0; s == WW_OK && i < r->desks_n; i++) {
		struct ww_desk *d = &r->desks[i];

		if (!ww_desk_has(d, task))
			continue;
		s = give_rows(r, d);
		return s == WW_OK ? ww_desk_tell_instead(d, task) : s;
	}
	return s;
}

ww_status
ww_notify_instead(struct ww_apply *a, struct ww_ctx *cx, const struct ww_outbox *task)
{
	struct ww_message nobody; /* whose reason is read by nobody */
	struct round r = { .practice = task->concerns.n > 0 ? task->concerns : task->practice };
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_message, &nobody);
	r.w = ww_work_new(a, cx, &nobody);
	if (r.w == NULL)
		return ww_fail_memory(cx);
	if (a->config == NULL || ww_config_party(a->config, task->practice) == NULL)
		return WW_OK;
	s = read_work(
	    r.w, (struct ww_subject){ task->encounter, task->authorization }, task->person, &found);
	if (s == WW_OK && found)
		s = read_flags(&r);
	return s == WW_OK && r.flags_n > 0 && r.w->after.policy != WW_policy_SUPPRESS
	           ? tell_instead(&r, task)
	           : s;
}

ww_status
ww_notify_flag(struct ww_apply *a, struct ww_ctx *cx, const struct ww_flag *f)
{
	struct ww_message nobody; /* whose reason is read by nobody */
	struct round r = { .practice = f->practice };
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_message, &nobody);
	r.w = ww_work_new(a, cx, &nobody);
	if (r.w == NULL)
		return ww_fail_memory(cx);
	s = read_work(
	    r.w, (struct ww_subject){ f->encounter, f->authorization }, f->person, &found);
	r.w->policy_was = (enum ww_policy)r.w->after.policy;
	r.w->renew = true;
	if (s == WW_OK && found)
		s = read_flags(&r);
	return s == WW_OK && found ? ww_notify(r.w, f->practice, r.flags, r.flags_n) : s;
}
