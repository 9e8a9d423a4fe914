/* Runs the rules over the stay, and has its flags brought in line with what they find, practice by practice. */
#include "apply/gather.h"
#include "apply/work.h"

#include <wardwire/params.h>

/* -- the case --------------------------------------------------------------------------------------- */

static unsigned
needs_of_all(void)
{
	unsigned needs = 0;

	for (size_t i = 0; ww_rules[i] != NULL; i++)
		needs |= ww_rules[i]->on == WW_ON_STAY ? ww_rules[i]->needs : 0;
	return needs;
}

static ww_status
run_rules(struct ww_work *w, struct ww_findings *found)
{
	static const char *const basic[] = { "admission/1", "lace/1" };
	struct ww_case c;
	ww_status s = ww_gather_stay(w, needs_of_all(), &c);

	found->n = found->ended_n = 0;
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
