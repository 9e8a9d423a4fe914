/* Runs the rules over the stay and brings its flags in line with what they find, practice by practice. */
#include "apply/work.h"

#include <wardwire/params.h>

#include "model/fold.h"

#include <string.h>

/* -- the case --------------------------------------------------------------------------------------- */

static ww_status
gather(struct ww_work *w, struct ww_case *c)
{
	struct ww_encounter *others;
	struct ww_diagnosis like, *own, *history;
	struct ww_encounter of_person;
	struct ww_rows stays = { .n = 0 };
	struct ww_rows dx = { .p = w->facts.diagnoses, .n = w->facts.diagnoses_n };
	bool made_now = ww_made_now(w, w->person.id);
	ww_status s = WW_OK;

	memset(c, 0, sizeof(*c));
	c->encounter = &w->after;
	c->since_ms = w->a->since;
	if (ww_time_known(w->a->config->history_since) &&
	    w->a->config->history_since.ms < c->since_ms)
		c->since_ms = w->a->config->history_since.ms;
	c->zone = w->feed->zone;
	ww_row_init(&ww_entity_encounter, &of_person);
	of_person.person = w->person.id;
	if (!made_now)
		s = ww_find(w->l, w->cx, encounter, "by_person", &of_person, &stays);
	ww_row_init(&ww_entity_diagnosis, &like);
	like.person = w->person.id;
	if (s == WW_OK && !made_now)
		s = ww_ledger_scan(w->l, w->cx, &ww_entity_diagnosis, 1, &like, 0, &dx);
	if (s != WW_OK)
		return s;
	others = ww_arena_array(w->cx->arena, stays.n + 1, sizeof(*others));
	own = ww_arena_array(w->cx->arena, dx.n + 1, sizeof(*own));
	history = ww_arena_array(w->cx->arena, dx.n + 1, sizeof(*history));
	if (others == NULL || own == NULL || history == NULL)
		return ww_fail_memory(w->cx);
	c->others = others;
	c->diagnoses = own;
	c->history = history;
	for (size_t i = 0; i < stays.n; i++) {
		if (WW_ROW(&stays, encounter, i)->id != w->after.id)
			others[c->others_n++] = *WW_ROW(&stays, encounter, i);
	}
	for (size_t i = 0; i < dx.n; i++) {
		const struct ww_diagnosis *d = WW_ROW(&dx, diagnosis, i);

		if (d->encounter == w->after.id)
			own[c->diagnoses_n++] = *d;
		else
			history[c->history_n++] = *d;
	}
	if (made_now)
		return WW_OK;
	others[c->others_n] = w->after;
	return ww_gather_told(w->l, w->cx, w->person.id, others, c->others_n + 1, c);
}

static ww_status
run_rules(struct ww_work *w, struct ww_findings *found)
{
	static const char *const basic[] = { "admission/1", "lace/1" };
	struct ww_case c;
	ww_status s = gather(w, &c);

	found->n = 0;
	for (size_t i = 0; s == WW_OK && i < sizeof(basic) / sizeof(basic[0]); i++) {
		const struct ww_rule *rule = ww_rule_find(ww_str_from(basic[i]));

		if (rule == NULL)
			return ww_fail(w->cx, WW_E_BUG, "rules", "the engine has no %s", basic[i]);
		s = rule->judge(w->cx, &c, &ww_params_default, found);
	}
	return s;
}

/* -- flags of one practice -------------------------------------------------------------------------- */

/* Flags of the stay for one practice, with room for new ones. */
struct flags {
	struct ww_flag *v;
	size_t n;
};

static struct ww_flag *
open_flag(struct flags *f, int64_t kind)
{
	for (size_t i = 0; i < f->n; i++) {
		if (f->v[i].kind == kind && f->v[i].state == WW_flag_state_OPEN)
			return &f->v[i];
	}
	return NULL;
}

/* NULL: nothing that it was told holds any more. */
static const struct ww_flag *
last_open(const struct flags *f)
{
	for (size_t i = f->n; i-- > 0;) {
		if (f->v[i].state == WW_flag_state_OPEN)
			return &f->v[i];
	}
	return NULL;
}

static int64_t
next_ordinal(const struct flags *f, int64_t kind)
{
	int64_t n = 1;

	for (size_t i = 0; i < f->n; i++)
		n += f->v[i].kind == kind;
	return n;
}

/* Puts the flag and notes the change. */
static ww_status
keep_flag(struct ww_work *w, struct ww_flag *flag, const char *verb)
{
	if (w->changes_n < WW_CHANGES_MAX)
		w->changes[w->changes_n++] = (struct ww_change){ verb, flag };
	return ww_put(w->l, w->cx, flag, flag);
}

static void
set_result(struct ww_work *w, struct ww_flag *flag, const struct ww_finding *f)
{
	flag->rule = ww_str_from(f->rule);
	flag->band = ww_str_from(f->band);
	flag->score = f->score;
	flag->low = f->low;
	flag->high = f->high;
	flag->evidence = f->evidence;
	flag->cause = (int64_t)w->cx->seq;
}

static bool
same_result(const struct ww_flag *flag, const struct ww_finding *f)
{
	return ww_str_is(flag->rule, f->rule) && flag->score == f->score && flag->low == f->low &&
	       flag->high == f->high && ww_str_eq(flag->evidence, f->evidence);
}

/* An arrival or admission that shows only after the stay has gone on is history, not news. */
static bool
is_past(const struct ww_work *w, enum ww_flag_kind kind)
{
	if (kind == WW_flag_kind_ADMIT)
		return w->after.status == WW_encounter_status_FINISHED;
	if (kind == WW_flag_kind_ED || kind == WW_flag_kind_OBSERVATION)
		return w->after.status == WW_encounter_status_FINISHED ||
		       ww_time_known(w->after.inpatient_start);
	if (kind == WW_flag_kind_ED_DISCHARGE)
		return w->after.led_to != 0; /* the patient was taken in, as the admission says */
	return false;
}

static ww_status
raise_flag(struct ww_work *w, struct flags *flags, ww_str practice,
    const struct ww_attribution *owner, const struct ww_finding *f)
{
	struct ww_flag *flag = &flags->v[flags->n];

	ww_row_init(&ww_entity_flag, flag);
	flag->ordinal = next_ordinal(flags, f->kind);
	flags->n++;
	flag->id = ww_ctx_id(w->cx);
	flag->encounter = w->after.id;
	flag->person = w->person.id;
	flag->practice = practice;
	flag->kind = f->kind;
	flag->state = WW_flag_state_OPEN;
	flag->attribution = owner->id;
	flag->raised_ms = w->cx->now;
	set_result(w, flag, f);
	return keep_flag(w, flag, "raised");
}

/* Why what held holds no longer, in words a practice may read. */
static const char *
retraction(const struct ww_work *w)
{
	static const char *const table[WW_ACTS] = {
		[WW_ACT_OUTPATIENT] = "the hospital changed the stay from inpatient to outpatient",
		[WW_ACT_CANCEL_ADMIT] = "the hospital cancelled the admission or registration",
		[WW_ACT_CANCEL_DISCHARGE] = "the hospital cancelled the discharge",
		[WW_ACT_CANCEL_PREADMIT] = "the hospital cancelled the planned admission",
		[WW_ACT_CANCEL_PENDING_ADMIT] = "the hospital cancelled the planned admission",
		[WW_ACT_DELETE] = "the hospital deleted the visit",
	};
	const char *why = w->after.merged_into != 0
	                      ? "the hospital found that the visit is the same as another"
	                      : table[ww_act_of(w->facts.event.trigger)];

	return why != NULL ? why : "a later message of the hospital changed the stay";
}

static bool
still_found(const struct ww_findings *found, int64_t kind)
{
	for (size_t i = 0; i < found->n; i++) {
		if ((int64_t)found->v[i].kind == kind)
			return true;
	}
	return false;
}

/* wrong: why nothing of this stay was ever this practice's to know; or NULL. */
static ww_status
retract_rest(
    struct ww_work *w, struct flags *flags, const struct ww_findings *found, const char *wrong)
{
	for (size_t i = 0; i < flags->n; i++) {
		struct ww_flag *flag = &flags->v[i];
		ww_status s;

		if (flag->state != WW_flag_state_OPEN ||
		    (wrong == NULL && still_found(found, flag->kind)))
			continue;
		flag->state = WW_flag_state_RETRACTED;
		flag->closed_ms = w->cx->now;
		flag->retracted_by = (int64_t)w->cx->seq;
		flag->reason = ww_str_from(wrong != NULL ? wrong : retraction(w));
		flag->wrong = wrong != NULL;
		s = keep_flag(w, flag, "retracted");
		if (s != WW_OK)
			return s;
	}
	return WW_OK;
}

/* This record raised, changed or retracted one of them. */
static bool
changed_now(const struct ww_work *w, const struct flags *flags)
{
	int64_t seq = (int64_t)w->cx->seq;

	for (size_t i = 0; i < flags->n; i++) {
		if (flags->v[i].cause == seq || flags->v[i].retracted_by == seq)
			return true;
	}
	return false;
}

/* owner is NULL for a practice that was told before and is no longer the owner: it hears of changes and
 * gets nothing new. */
static ww_status
judge_practice(struct ww_work *w, struct flags *flags, ww_str practice,
    const struct ww_attribution *owner, const struct ww_findings *found)
{
	const struct ww_flag *told = owner == NULL ? last_open(flags) : NULL;
	const char *wrong = NULL;
	ww_status s = told != NULL ? ww_attribution_wrong(w, told->attribution, &wrong) : WW_OK;

	for (size_t i = 0; s == WW_OK && i < found->n; i++) {
		const struct ww_finding *f = &found->v[i];
		struct ww_flag *open = wrong != NULL ? NULL : open_flag(flags, f->kind);

		if (open == NULL && owner != NULL && !f->past && !is_past(w, f->kind)) {
			s = raise_flag(w, flags, practice, owner, f);
		} else if (open != NULL && !same_result(open, f)) {
			set_result(w, open, f);
			s = keep_flag(w, open, "updated");
		}
	}
	if (s == WW_OK)
		s = retract_rest(w, flags, found, wrong);
	if (s == WW_OK &&
	    (changed_now(w, flags) || (flags->n > 0 && (int64_t)w->policy_was != w->after.policy)))
		s = ww_notify(w, practice, flags->v, flags->n);
	return s;
}

/* The flags of one practice out of all flags of the stay. */
static ww_status
pick(struct ww_work *w, const struct ww_rows *all, ww_str practice, struct flags *out)
{
	out->v = ww_arena_array(w->cx->arena, all->n + WW_FINDINGS_MAX, sizeof(*out->v));
	out->n = 0;
	if (out->v == NULL)
		return ww_fail_memory(w->cx);
	for (size_t i = 0; i < all->n; i++) {
		if (ww_str_eq(WW_ROW(all, flag, i)->practice, practice))
			out->v[out->n++] = *WW_ROW(all, flag, i);
	}
	return WW_OK;
}

static bool
is_owner(const struct ww_work *w, ww_str practice)
{
	for (size_t i = 0; i < w->owners_n; i++) {
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

ww_status
ww_judge(struct ww_work *w)
{
	struct ww_findings found;
	struct ww_flag like;
	struct ww_rows all = { .n = 0 };
	struct flags flags;
	ww_status s = run_rules(w, &found);

	ww_row_init(&ww_entity_flag, &like);
	like.encounter = w->after.id;
	if (s == WW_OK && !w->is_new)
		s = ww_find(w->l, w->cx, flag, "by_encounter", &like, &all);
	if (s == WW_OK)
		s = ww_restrict_decide(w, &all);
	for (size_t i = 0; s == WW_OK && i < w->owners_n; i++) {
		s = pick(w, &all, w->owners[i]->practice, &flags);
		if (s == WW_OK)
			s = judge_practice(w, &flags, w->owners[i]->practice, w->owners[i], &found);
	}
	for (size_t i = 0; s == WW_OK && i < all.n; i++) {
		ww_str practice = WW_ROW(&all, flag, i)->practice;

		if (is_owner(w, practice) || seen_before(&all, i))
			continue;
		s = pick(w, &all, practice, &flags);
		if (s == WW_OK)
			s = judge_practice(w, &flags, practice, NULL, &found);
	}
	return s;
}
