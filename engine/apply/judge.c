/* Runs the rules over the stay, and has its flags brought in line with what they find, practice by practice. */
#include "apply/work.h"

#include <wardwire/params.h>

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

/* -- the practices of the stay ---------------------------------------------------------------------- */

/* The flags of one practice out of all flags of the stay. */
static ww_status
pick(struct ww_work *w, const struct ww_rows *all, ww_str practice, struct ww_flags *out)
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
	struct ww_flags flags;
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
			s = ww_flags_reconcile(
			    w, &flags, w->owners[i]->practice, w->owners[i], &found);
	}
	for (size_t i = 0; s == WW_OK && i < all.n; i++) {
		ww_str practice = WW_ROW(&all, flag, i)->practice;

		if (is_owner(w, practice) || seen_before(&all, i))
			continue;
		s = pick(w, &all, practice, &flags);
		if (s == WW_OK)
			s = ww_flags_reconcile(w, &flags, practice, NULL, &found);
	}
	return s;
}
