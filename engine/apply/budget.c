#include "apply/budget.h"

#include "apply/deadline.h"
#include "apply/desk.h"

#include <wardwire/program.h>

/* The most that a program can say is that there is no budget: then nothing is counted. */
enum { ANY_PER_DAY = 1000000 };

static const int64_t HOUR_MS = 3600000, DAY_MS = 86400000;

/* -- cool-downs ------------------------------------------------------------------------------------------ */

/* The same, told before about something else or about the person as ever. */
static bool
is_the_same(const struct ww_flag *before, const struct ww_flag *flag)
{
	struct ww_program_copy at_least = { .from = flag->band };
	bool stay = flag->encounter != 0 && flag->encounter == before->encounter;

	return before->id != flag->id && !stay && before->kind == flag->kind &&
	       before->wrong == 0 && before->limit == WW_flag_limit_NONE &&
	       ww_str_eq(before->practice, flag->practice) &&
	       ww_str_eq(before->program, flag->program) &&
	       ww_program_copies(&at_least, before->band);
}

/* The receiver may have the notice in which it was. */
static bool
left_in(const struct ww_outbox *row, const struct ww_flag *f)
{
	bool has_it = f->form == WW_flag_form_STAY_TASK ? ww_str_is(row->subject, "stay")
	                                                : row->flag == f->id;

	return has_it && ww_str_eq(row->practice, f->receiver) &&
	       (row->sent != 0 || row->attempt != 0 || row->remote_id.n != 0);
}

/* False: it was taken back before anybody was told. */
static ww_status
was_told(struct ww_work *w, const struct ww_flag *f, bool *told)
{
	struct ww_outbox like;
	struct ww_rows rows;
	ww_status s;

	*told = f->state != WW_flag_state_RETRACTED || f->form == WW_flag_form_RECORD ||
	        (f->form == WW_flag_form_DIGEST && f->told_ms != 0);
	if (*told || f->form == WW_flag_form_DIGEST)
		return WW_OK;
	ww_row_init(&ww_entity_outbox, &like);
	like.encounter = f->encounter;
	like.flag = f->id;
	s = f->encounter != 0 ? ww_find(w->l, w->cx, outbox, "by_encounter", &like, &rows)
	                      : ww_find(w->l, w->cx, outbox, "by_flag", &like, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++)
		*told = *told || left_in(WW_ROW(&rows, outbox, i), f);
	return s;
}

ww_status
ww_cooldown_set(struct ww_work *w, const struct ww_program *p, struct ww_flag *flag)
{
	int64_t days = p != NULL ? p->flags[flag->kind].cooldown : 0;
	struct ww_flag like;
	struct ww_rows rows;
	ww_status s;

	if (flag->limit == WW_flag_limit_COOLDOWN) {
		flag->limit = WW_flag_limit_NONE;
		flag->limited = ww_str_empty();
	}
	if (days == 0 || ww_made_now(w, w->person.id))
		return WW_OK;
	ww_row_init(&ww_entity_flag, &like);
	like.person = w->person.id;
	s = ww_find(w->l, w->cx, flag, "by_person", &like, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_flag *before = WW_ROW(&rows, flag, i);
		bool told;

		if (!is_the_same(before, flag) || w->cx->now - before->raised_ms >= days * DAY_MS)
			continue;
		s = was_told(w, before, &told);
		if (s != WW_OK || !told)
			continue;
		flag->limit = WW_flag_limit_COOLDOWN;
		flag->limited = ww_arena_printf(w->cx->arena,
		    "cool-down: the same was told less than %lld days ago", (long long)days);
	}
	return s;
}

void
ww_window_set(
    const struct ww_work *w, const struct ww_program *p, struct ww_flag *flag, ww_str band)
{
	int64_t hours = p != NULL ? p->flags[flag->kind].suppress : 0;
	bool task = flag->form == WW_flag_form_STAY_TASK || flag->form == WW_flag_form_TASK;

	if (hours == 0 || !task || flag->told_ms == 0 || !ww_str_eq(flag->band, band) ||
	    flag->limit != WW_flag_limit_NONE || w->cx->now - flag->told_ms >= hours * HOUR_MS)
		return;
	flag->limit = WW_flag_limit_WINDOW;
	flag->limited = ww_arena_printf(w->cx->arena,
	    "suppression window: changed less than %lld h after it was told", (long long)hours);
}

/* -- budgets --------------------------------------------------------------------------------------------- */

static bool
has_day(const struct ww_program *p)
{
	return p->budget.per_day != 0 && p->budget.per_day < ANY_PER_DAY;
}

/* The day of the desk. */
static int64_t
day_at(const struct ww_desk *d, const struct ww_program *p)
{
	struct ww_office office = ww_office_of(d->w->a, p, d->party, d->role, d->w->feed->zone);

	return ww_time_day(ww_time_at(d->w->cx->now, office.zone), office.zone);
}

static ww_status
read_spent(struct ww_desk *d, const struct ww_program *p, struct ww_spent *out)
{
	bool found;

	ww_row_init(&ww_entity_spent, out);
	out->program = p->name;
	out->party = d->party->name;
	out->role = d->role;
	out->day = day_at(d, p);
	return ww_get(d->w->l, d->w->cx, spent, out, &found);
}

/* Of this subject; what is about another notice, and what was withdrawn before it left, is none. */
static uint32_t
told_here(const struct ww_desk *d)
{
	uint32_t n = 0;

	for (size_t i = 0; i < d->rows_n; i++)
		n += d->rows[i].about == 0 &&
		     (d->rows[i].state != WW_outbox_state_SUPPRESSED || d->rows[i].withheld != 0);
	return n;
}

ww_status
ww_budget_ask(struct ww_desk *d, const struct ww_flag *f, enum ww_flag_limit *limit, ww_str *why)
{
	const struct ww_program *p = ww_programs_find(&d->w->a->programs, f->program);
	struct ww_spent spent;
	ww_status s;

	*limit = WW_flag_limit_NONE;
	*why = ww_str_empty();
	if (p == NULL || f->priority != WW_priority_ROUTINE)
		return WW_OK;
	if (p->budget.per_stay != 0 && told_here(d) >= p->budget.per_stay) {
		*limit = WW_flag_limit_STAY;
		*why = ww_arena_printf(d->w->cx->arena,
		    "budget: the receiver was told of the stay %u times already", told_here(d));
	}
	if (*limit != WW_flag_limit_NONE || !has_day(p))
		return WW_OK;
	s = read_spent(d, p, &spent);
	if (s == WW_OK && spent.notices >= (int64_t)p->budget.per_day) {
		*limit = WW_flag_limit_DAY;
		*why = ww_arena_printf(d->w->cx->arena,
		    "budget: the receiver had %lld notices of the program that day already",
		    (long long)spent.notices);
	}
	return s;
}

/* Days that are over need not be counted any more. */
static ww_status
drop_days(struct ww_desk *d, const struct ww_spent *today)
{
	struct ww_rows rows;
	ww_status s = ww_ledger_scan(d->w->l, d->w->cx, &ww_entity_spent, 3, today, 0, &rows);

	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_spent *row = WW_ROW(&rows, spent, i);

		if (row->day < today->day)
			s = ww_ledger_remove(d->w->l, d->w->cx, &ww_entity_spent, row);
	}
	return s;
}

ww_status
ww_budget_spend(struct ww_desk *d, const struct ww_flag *f)
{
	const struct ww_program *p = ww_programs_find(&d->w->a->programs, f->program);
	struct ww_spent spent;
	ww_status s;

	if (p == NULL || !has_day(p))
		return WW_OK;
	s = read_spent(d, p, &spent);
	if (s == WW_OK && spent.notices == 0)
		s = drop_days(d, &spent);
	spent.notices++;
	return s == WW_OK ? ww_put(d->w->l, d->w->cx, spent, &spent) : s;
}

/* -- the next day ---------------------------------------------------------------------------------------- */

/* Flags that this limit keeps, from the one behind *at on. */
static ww_status
renew_of(struct ww_apply *a, struct ww_ctx *cx, enum ww_flag_limit limit, struct ww_job *job,
    int64_t *at, bool *ended)
{
	struct ww_flag like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_flag, &like);
	like.limit = limit;
	s = ww_find(a->set.ledger, cx, flag, "by_limit", &like, &rows);
	for (size_t i = 0; s == WW_OK && *ended && i < rows.n; i++) {
		const struct ww_flag *f = WW_ROW(&rows, flag, i);

		if (f->id <= *at || f->state != WW_flag_state_OPEN)
			continue;
		s = ww_notify_flag(a, cx, f);
		*at = f->id;
		job->done++;
		*ended = !ww_chunk_full(cx);
	}
	return s;
}

/* job->at: the last flag looked at; below 0, of those that a window keeps, which come second. */
ww_status
ww_budget_renew(struct ww_apply *a, struct ww_ctx *cx, struct ww_job *job, bool *ended)
{
	int64_t at = job->at < 0 ? -job->at : job->at;
	ww_status s = WW_OK;

	*ended = true;
	if (job->at >= 0) {
		s = renew_of(a, cx, WW_flag_limit_DAY, job, &at, ended);
		job->at = at;
		at = 0;
	}
	if (s == WW_OK && *ended) {
		s = renew_of(a, cx, WW_flag_limit_WINDOW, job, &at, ended);
		job->at = -at;
	}
	return s;
}
