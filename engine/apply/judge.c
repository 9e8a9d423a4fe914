/* Runs the rules of the programs over a stay, an authorization or a person, and has its flags brought in line with what they
 * find, practice by practice and program by program. */
#include "apply/authorized.h"
#include "apply/gather.h"
#include "apply/work.h"

#include <wardwire/program.h>

#include "store/history.h"

/* -- the programs -------------------------------------------------------------------------------------- */

/* What is judged, what there is of it, and what the programs find. */
struct hearing {
	struct ww_work *w;
	enum ww_rule_on on;
	const struct ww_authorization *authorization; /* NULL: it is none that is judged */
	struct ww_case c;
	struct ww_rows flags; /* about the subject, all of them */
	struct ww_judged
	    *v; /* programs in force, and those that called for flags and are not any more */
	size_t n;
};

/* What one rule looks at beyond stays. */
static unsigned
needs_of(const struct hearing *h, ww_str id)
{
	const struct ww_rule *rule = ww_rule_find(id);

	return rule != NULL && rule->on == h->on ? rule->needs : 0;
}

static ww_status
gather(struct hearing *h)
{
	const struct ww_programs *in_force = &h->w->a->programs;
	unsigned needs = 0;

	for (size_t i = 0; i < in_force->n; i++) {
		for (size_t k = 0; k < in_force->v[i].rules_n; k++)
			needs |= needs_of(h, in_force->v[i].rules[k]);
	}
	for (size_t i = 0; i < h->flags.n; i++) {
		if (WW_ROW(&h->flags, flag, i)->state == WW_flag_state_OPEN)
			needs |= needs_of(h, WW_ROW(&h->flags, flag, i)->rule);
	}
	if (h->on == WW_ON_STAY)
		return ww_gather_stay(h->w, needs, &h->c);
	return h->authorization == NULL
	           ? ww_gather_person(h->w, needs, NULL, &h->c)
	           : ww_gather_authorization(h->w, h->authorization, needs, NULL, &h->c);
}

static ww_status
run_rule(struct hearing *h, struct ww_judged *j, ww_str id)
{
	const struct ww_rule *rule = ww_rule_find(id);

	if (rule == NULL || rule->on != h->on)
		return WW_OK;
	return rule->judge(h->w->cx, &h->c,
	    j->program != NULL ? &j->program->params : &ww_params_default, &j->found);
}

/* The program, or another hand in its name, called for a flag by that rule before flag i. */
static bool
was_run(const struct hearing *h, const struct ww_judged *j, size_t i)
{
	const struct ww_flag *flag = WW_ROW(&h->flags, flag, i);

	for (size_t k = 0; j->program != NULL && k < j->program->rules_n; k++) {
		if (ww_str_eq(j->program->rules[k], flag->rule))
			return true;
	}
	for (size_t k = 0; k < i; k++) {
		const struct ww_flag *before = WW_ROW(&h->flags, flag, k);

		if (before->state == WW_flag_state_OPEN && ww_str_eq(before->program, j->name) &&
		    ww_str_eq(before->rule, flag->rule))
			return true;
	}
	return false;
}

/* Its rules, and then those by which it called for what holds and which it does not use any more: they say whether it still
 * does, and nothing new. */
static ww_status
run_program(struct hearing *h, struct ww_judged *j)
{
	size_t own;
	ww_status s = WW_OK;

	j->found.n = j->found.ended_n = 0;
	h->c.calendar =
	    ww_apply_calendar(h->w->a, j->program != NULL ? j->program->calendar : ww_str_empty());
	for (size_t i = 0; s == WW_OK && j->program != NULL && i < j->program->rules_n; i++)
		s = run_rule(h, j, j->program->rules[i]);
	own = j->found.n;
	for (size_t i = 0; s == WW_OK && i < h->flags.n; i++) {
		const struct ww_flag *flag = WW_ROW(&h->flags, flag, i);

		if (flag->state == WW_flag_state_OPEN && ww_str_eq(flag->program, j->name) &&
		    !was_run(h, j, i))
			s = run_rule(h, j, flag->rule);
	}
	for (size_t i = own; i < j->found.n; i++)
		j->found.v[i].past = true;
	return s;
}

static bool
is_heard(const struct hearing *h, ww_str program)
{
	for (size_t i = 0; i < h->n; i++) {
		if (ww_str_eq(h->v[i].name, program))
			return true;
	}
	return false;
}

static ww_status
run_programs(struct hearing *h)
{
	const struct ww_programs *in_force = &h->w->a->programs;
	ww_status s = WW_OK;

	h->v = ww_arena_array(h->w->cx->arena, in_force->n + h->flags.n + 1, sizeof(*h->v));
	if (h->v == NULL)
		return ww_fail_memory(h->w->cx);
	for (size_t i = 0; i < in_force->n; i++)
		h->v[h->n++] =
		    (struct ww_judged){ .name = in_force->v[i].name, .program = &in_force->v[i] };
	for (size_t i = 0; i < h->flags.n; i++) {
		const struct ww_flag *flag = WW_ROW(&h->flags, flag, i);

		if (flag->state == WW_flag_state_OPEN && !is_heard(h, flag->program))
			h->v[h->n++] = (struct ww_judged){ .name = flag->program };
	}
	for (size_t i = 0; s == WW_OK && i < h->n; i++)
		s = run_program(h, &h->v[i]);
	return s;
}

/* -- the practices ------------------------------------------------------------------------------------- */

/* The flags of one practice out of all flags of the stay. */
static ww_status
pick(struct hearing *h, ww_str practice, struct ww_flags *out)
{
	const struct ww_rows *all = &h->flags;

	out->v =
	    ww_arena_array(h->w->cx->arena, all->n + h->n * WW_FINDINGS_MAX + 1, sizeof(*out->v));
	out->n = 0;
	if (out->v == NULL)
		return ww_fail_memory(h->w->cx);
	for (size_t i = 0; i < all->n; i++) {
		if (ww_str_eq(WW_ROW(all, flag, i)->practice, practice))
			out->v[out->n++] = *WW_ROW(all, flag, i);
	}
	return WW_OK;
}

/* The roster row by which the subject is the practice's in that program; NULL: it is not. */
static const struct ww_attribution *
owner_of(const struct ww_work *w, ww_str practice, const struct ww_program *p)
{
	int64_t day = ww_attribution_day(w);

	for (size_t i = 0; p != NULL && i < w->owners_n; i++) {
		if (ww_str_eq(w->owners[i]->practice, practice) &&
		    ww_program_fits(p, w->owners[i], w->person.birth, day))
			return w->owners[i];
	}
	return NULL;
}

/* The row by which the practice is told of that in that program, although the person is its patient no more; NULL: none. */
static const struct ww_attribution *
former_of(const struct ww_work *w, const struct ww_finding *f, const struct ww_program *p)
{
	int64_t day = ww_attribution_day(w);

	for (size_t i = 0; p != NULL && f->former != 0 && i < w->former_n; i++) {
		if (w->former[i]->id == f->former &&
		    ww_program_fits(p, w->former[i], w->person.birth, day))
			return w->former[i];
	}
	return NULL;
}

static bool
is_for_one(const struct ww_findings *f)
{
	for (size_t i = 0; i < f->n; i++) {
		if (f->v[i].practice.n > 0)
			return true;
	}
	return false;
}

/* *out: what was found, but for what is another practice's. */
static void
leave_out_others(
    const struct ww_work *w, const struct ww_judged *j, ww_str practice, struct ww_judged *out)
{
	*out = *j;
	out->found.n = 0;
	for (size_t i = 0; i < j->found.n; i++) {
		const struct ww_finding *f = &j->found.v[i];

		if (f->practice.n > 0 &&
		    (!ww_str_eq(f->practice, practice) ||
		        (f->former != 0 && former_of(w, f, j->program) == NULL)))
			continue;
		out->found.v[out->found.n++] = *f;
	}
}

static ww_status
reconcile(struct hearing *h, struct ww_flags *flags, ww_str practice, const struct ww_judged *j)
{
	const struct ww_attribution *owner = owner_of(h->w, practice, j->program);
	struct ww_judged *own;

	if (!is_for_one(&j->found))
		return ww_flags_reconcile(h->w, flags, practice, owner, j);
	own = ww_arena_alloc(h->w->cx->arena, sizeof(*own));
	if (own == NULL)
		return ww_fail_memory(h->w->cx);
	leave_out_others(h->w, j, practice, own);
	return ww_flags_reconcile(h->w, flags, practice, owner, own);
}

/* Other restrictions hold than before. What held before stands in the row of a stay, and nowhere of what is none. */
static bool
may_be_told_otherwise(const struct ww_work *w, const struct ww_flags *flags)
{
	return flags->n > 0 &&
	       (w->subject.encounter == 0 || (int64_t)w->policy_was != w->after.policy);
}

static ww_status
judge_practice(struct hearing *h, ww_str practice)
{
	struct ww_work *w = h->w;
	struct ww_flags flags;
	ww_status s = pick(h, practice, &flags);

	for (size_t i = 0; s == WW_OK && i < h->n; i++)
		s = reconcile(h, &flags, practice, &h->v[i]);
	if (s == WW_OK && (ww_flags_changed(w, &flags) || may_be_told_otherwise(w, &flags)))
		s = ww_notify(w, practice, flags.v, flags.n);
	return s;
}

/* An earlier one of the owners is the same practice. */
static bool
is_owner(const struct ww_work *w, size_t n, ww_str practice)
{
	for (size_t i = 0; i < n; i++) {
		if (ww_str_eq(w->owners[i]->practice, practice))
			return true;
	}
	return false;
}

/* True when an earlier row of all is of the same practice. */
static bool
seen_before(const struct ww_rows *all, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (ww_str_eq(WW_ROW(all, flag, k)->practice, WW_ROW(all, flag, i)->practice))
			return true;
	}
	return false;
}

/* Somebody whose it is has it in a program. */
static bool
is_in_a_program(const struct hearing *h)
{
	const struct ww_work *w = h->w;

	for (size_t i = 0; i < h->n; i++) {
		for (size_t k = 0; k < w->owners_n; k++) {
			if (owner_of(w, w->owners[k]->practice, h->v[i].program) != NULL)
				return true;
		}
	}
	return false;
}

/* True when one that is in force no more before row i is the same practice's, or the practice was heard already. */
static bool
was_heard(const struct hearing *h, size_t i)
{
	ww_str practice = h->w->former[i]->practice;

	if (is_owner(h->w, h->w->owners_n, practice))
		return true;
	for (size_t k = 0; k < h->flags.n; k++) {
		if (ww_str_eq(WW_ROW(&h->flags, flag, k)->practice, practice))
			return true;
	}
	for (size_t k = 0; k < i; k++) {
		if (ww_str_eq(h->w->former[k]->practice, practice))
			return true;
	}
	return false;
}

/* Those whose it is, then those that were told and whose it is not any more, then those whose the person was. */
static ww_status
judge_practices(struct hearing *h)
{
	struct ww_work *w = h->w;
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && i < w->owners_n; i++) {
		if (!is_owner(w, i, w->owners[i]->practice))
			s = judge_practice(h, w->owners[i]->practice);
	}
	for (size_t i = 0; s == WW_OK && i < h->flags.n; i++) {
		ww_str practice = WW_ROW(&h->flags, flag, i)->practice;

		if (!is_owner(w, w->owners_n, practice) && !seen_before(&h->flags, i))
			s = judge_practice(h, practice);
	}
	for (size_t i = 0; s == WW_OK && i < w->former_n && h->c.reattributed_n > 0; i++) {
		if (!was_heard(h, i))
			s = judge_practice(h, w->former[i]->practice);
	}
	if (s == WW_OK && w->owners_n > 0 && w->message->reason.n == 0 && !is_in_a_program(h))
		w->message->reason = WW_STR("no program is about the member: the roster names one "
		                            "that is not there, or age, product, plan, payer or "
		                            "day fit none");
	return s;
}

static ww_status
hear(struct hearing *h)
{
	ww_status s = gather(h);

	if (s == WW_OK)
		s = run_programs(h);
	if (s == WW_OK)
		s = ww_restrict_decide(h->w, &h->flags);
	return s == WW_OK ? judge_practices(h) : s;
}

ww_status
ww_judge(struct ww_work *w)
{
	struct hearing h = { .w = w, .on = WW_ON_STAY };
	struct ww_flag like;
	ww_status s = WW_OK;

	w->subject = (struct ww_subject){ .encounter = w->after.id };
	ww_row_init(&ww_entity_flag, &like);
	like.encounter = w->after.id;
	if (!w->is_new)
		s = ww_find(w->l, w->cx, flag, "by_encounter", &like, &h.flags);
	return s == WW_OK ? hear(&h) : s;
}

/* -- what is no stay ------------------------------------------------------------------------------------- */

ww_status
ww_flags_of_person(struct ww_work *w, struct ww_flag **out, size_t *n)
{
	struct ww_family f;
	struct ww_flag like;
	ww_status s = ww_family_of(w->l, w->cx, w->person.id, &f);

	*out = NULL;
	*n = 0;
	for (size_t i = 0; s == WW_OK && i < f.n; i++) {
		struct ww_rows rows;
		struct ww_flag *more;

		ww_row_init(&ww_entity_flag, &like);
		like.person = f.v[i];
		s = ww_find(w->l, w->cx, flag, "by_person", &like, &rows);
		if (s != WW_OK)
			return s;
		more = ww_arena_array(w->cx->arena, *n + rows.n + 1, sizeof(*more));
		if (more == NULL)
			return ww_fail_memory(w->cx);
		for (size_t k = 0; k < *n; k++)
			more[k] = (*out)[k];
		for (size_t k = 0; k < rows.n; k++)
			more[(*n)++] = *WW_ROW(&rows, flag, k);
		*out = more;
	}
	return s;
}

ww_status
ww_flags_beside(struct ww_work *w, struct ww_rows *out)
{
	struct ww_flag *all;
	size_t n, own = 0;
	ww_status s = ww_flags_of_person(w, &all, &n);

	for (size_t i = 0; s == WW_OK && i < n; i++) {
		if (all[i].encounter == 0 && all[i].authorization == w->subject.authorization)
			all[own++] = all[i];
	}
	*out = (struct ww_rows){ .p = all, .n = own };
	return s;
}

/* A work of its own, so that nothing of the stay in hand is touched. */
static ww_status
begin_beside(struct ww_work *from, const struct ww_authorization *au, struct ww_work **out)
{
	struct ww_message *nobody = ww_arena_alloc(from->cx->arena, sizeof(*nobody));
	struct ww_work *w;

	if (nobody == NULL)
		return ww_fail_memory(from->cx);
	ww_row_init(&ww_entity_message, nobody); /* whose reason is read by nobody */
	w = *out = ww_work_new(from->a, from->cx, nobody);
	if (w == NULL)
		return ww_fail_memory(from->cx);
	ww_row_init(&ww_entity_event, &w->facts.event);
	w->facts.no_member = ww_str_empty();
	w->person = from->person;
	w->corrected = from->corrected;
	if (au != NULL)
		w->after.feed = au->feed; /* what it observes it does not tell */
	return ww_again_feed(w, true);
}

static ww_status
judge_beside(struct ww_work *from, const struct ww_authorization *au, ww_time on)
{
	struct ww_work *w = NULL;
	struct hearing h = { .on = au != NULL ? WW_ON_AUTHORIZATION : WW_ON_PERSON,
		.authorization = au };
	ww_status s = begin_beside(from, au, &w);

	if (s != WW_OK)
		return s;
	h.w = w;
	w->on = on;
	w->subject = (struct ww_subject){ .authorization = au != NULL ? au->id : 0 };
	w->authorization = au;
	s = ww_attribute(w);
	/* a request may say several things of a person who is new */
	if (s == WW_OK && (from->hl7 == NULL || !ww_made_now(w, w->person.id)))
		s = ww_flags_beside(w, &h.flags);
	if (s == WW_OK && (w->owners_n > 0 || h.flags.n > 0 || (au == NULL && w->former_n > 0)))
		s = hear(&h);
	if (s == WW_OK)
		ww_work_hand_over(w, from);
	return s;
}

ww_status
ww_judge_person(struct ww_work *w)
{
	return judge_beside(w, NULL, (ww_time){ .prec = WW_PREC_NONE });
}

ww_status
ww_judge_authorization(struct ww_work *w, const struct ww_authorization *au, ww_time on)
{
	return judge_beside(w, au, on);
}

/* The authorization of a flag of w->person, or the person. */
static ww_status
judge_of_flag(struct ww_work *w, const struct ww_flag *f)
{
	struct ww_authorization au;
	bool found;
	ww_status s;

	if (f->authorization == 0)
		return ww_judge_person(w);
	ww_row_init(&ww_entity_authorization, &au);
	au.id = f->authorization;
	s = ww_get(w->l, w->cx, authorization, &au, &found);
	return s == WW_OK && found ? ww_judge_authorization(w, &au, ww_authorized_day(w, &au)) : s;
}

ww_status
ww_judge_beside(struct ww_work *w)
{
	struct ww_flag *all;
	size_t n;
	ww_status s = ww_flags_of_person(w, &all, &n);

	for (size_t i = 0; s == WW_OK && i < n; i++) {
		bool seen = all[i].encounter != 0 || all[i].state != WW_flag_state_OPEN;

		for (size_t k = 0; k < i && !seen; k++)
			seen = all[k].encounter == 0 && all[k].state == WW_flag_state_OPEN &&
			       all[k].authorization == all[i].authorization;
		if (!seen)
			s = judge_of_flag(w, &all[i]);
	}
	return s;
}
