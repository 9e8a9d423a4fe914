/* The person's visits to hospitals as one list: what several encounters or bills tell of is one visit. */
#include <wardwire/chain.h>
#include <wardwire/rule.h>

#include <stdlib.h>
#include <string.h>

struct list {
	const struct ww_case *c;
	struct ww_visit *v;
	size_t n;
};

/* -- encounters --------------------------------------------------------------------------------------- */

/* A month or a year is no day. */
static int64_t
day_of(const struct list *l, ww_time t)
{
	return t.prec >= WW_PREC_DAY ? ww_time_day(t, l->c->zone) : 0;
}

static bool
took_place(const struct ww_encounter *e)
{
	return e->merged_into == 0 && e->status != WW_encounter_status_CANCELLED &&
	       e->status != WW_encounter_status_ERROR && e->status != WW_encounter_status_PLANNED;
}

/* UNKNOWN: none that counts as a visit to a hospital. */
static enum ww_encounter_class
class_of(const struct ww_encounter *e)
{
	if (e->class_ == WW_encounter_class_OB)
		return WW_encounter_class_OB;
	if (ww_time_known(e->inpatient_start) || e->class_ == WW_encounter_class_INPATIENT)
		return WW_encounter_class_INPATIENT;
	if (ww_time_known(e->obs_start) || e->class_ == WW_encounter_class_OBSERVATION)
		return WW_encounter_class_OBSERVATION;
	if (ww_time_known(e->ed_start) || e->class_ == WW_encounter_class_ED)
		return WW_encounter_class_ED;
	return WW_encounter_class_UNKNOWN;
}

static void
add_encounter(struct list *l, const struct ww_encounter *e)
{
	enum ww_encounter_class as = class_of(e);

	if (!took_place(e) || as == WW_encounter_class_UNKNOWN)
		return;
	l->v[l->n++] = (struct ww_visit){ .class_ = as,
		.day = day_of(l, e->start),
		.end = e->status == WW_encounter_status_FINISHED ? day_of(l, e->end) : 0,
		.ed = ww_time_known(e->ed_start),
		.ed_day = day_of(l, e->ed_start),
		.encounter = e->id,
		.chain = e->id };
}

static struct ww_visit *
visit_of(struct list *l, ww_id encounter)
{
	for (size_t i = 0; i < l->n; i++) {
		if (l->v[i].encounter == encounter)
			return &l->v[i];
	}
	return NULL;
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a == 0 || (b != 0 && b < a) ? b : a;
}

/* An emergency visit under a number of its own that went on as a stay is the stay's beginning. */
static void
join_led(struct list *l, const struct ww_encounter *e)
{
	struct ww_visit *from = visit_of(l, e->id),
	                *to = e->led_to != 0 ? visit_of(l, e->led_to) : NULL;

	if (from == NULL || to == NULL || from == to)
		return;
	to->day = earlier(to->day, from->day);
	to->ed = to->ed || from->ed;
	to->ed_day = earlier(to->ed_day, from->ed_day);
	memmove(from, from + 1, (size_t)(l->v + l->n - (from + 1)) * sizeof(*from));
	l->n--;
}

static bool
is_inpatient(const struct ww_visit *v)
{
	return v->class_ == WW_encounter_class_INPATIENT || v->class_ == WW_encounter_class_OB;
}

/* A single stay is a chain of its own. */
static ww_status
find_chains(struct ww_ctx *cx, struct list *l)
{
	const struct ww_case *c = l->c;
	struct ww_encounter *all;
	size_t n = 0, stays = 0;

	for (size_t i = 0; i < l->n; i++)
		stays += is_inpatient(&l->v[i]);
	if (stays < 2)
		return WW_OK;
	all = ww_arena_array(cx->arena, c->others_n + 1, sizeof(*all));
	if (all == NULL)
		return ww_fail_memory(cx);
	for (size_t i = 0; i < c->others_n; i++)
		all[n++] = c->others[i];
	if (c->encounter != NULL)
		all[n++] = *c->encounter;
	for (size_t i = 0; i < n; i++) {
		struct ww_visit *v = visit_of(l, all[i].id);

		if (v != NULL && is_inpatient(v))
			v->chain = ww_chain_first(&all[i], all, n)->id;
	}
	return WW_OK;
}

/* -- bills -------------------------------------------------------------------------------------------- */

/* The doctor's bill, or that of past midnight, is a day off. */
static bool
is_near(int64_t a, int64_t b)
{
	return a - b <= 1 && b - a <= 1;
}

/* The visit that such a bill of no known stay tells of; NULL: one that nobody told of yet. */
static struct ww_visit *
billed_visit(struct list *l, const struct ww_billed *b)
{
	for (size_t i = 0; i < l->n; i++) {
		struct ww_visit *v = &l->v[i];

		if (v->day != 0 &&
		    (is_near(v->day, b->day) || (v->day <= b->day && b->day < v->end)))
			return v;
	}
	return NULL;
}

static void
add_bill(struct list *l, const struct ww_billed *b)
{
	struct ww_visit *v = billed_visit(l, b);

	if (v == NULL) {
		bool ed = b->class_ == WW_encounter_class_ED;

		l->v[l->n++] = (struct ww_visit){ .class_ = b->class_,
			.day = b->day,
			.end = b->end >= b->day ? b->end : 0,
			.ed = ed,
			.ed_day = ed ? b->day : 0,
			.claim = b->claim };
	} else if (b->class_ == WW_encounter_class_INPATIENT) {
		/* What began in the emergency department, or was billed in parts. */
		if (!is_inpatient(v))
			v->class_ = b->class_;
		if (b->end > v->end && (v->end != 0 || v->claim != 0))
			v->end = b->end;
	}
}

static int
by_day(const void *pa, const void *pb)
{
	const struct ww_billed *const *a = pa, *const *b = pb;

	if ((*a)->day != (*b)->day)
		return (*a)->day < (*b)->day ? -1 : 1;
	return ((*a)->claim > (*b)->claim) - ((*a)->claim < (*b)->claim);
}

/* Stays first: what else is billed of the day of an admission is a part of it. */
static const enum ww_encounter_class billed_classes[] = { WW_encounter_class_INPATIENT,
	WW_encounter_class_OBSERVATION, WW_encounter_class_ED };
enum { BILLED_CLASSES = sizeof(billed_classes) / sizeof(billed_classes[0]) };

static bool
is_billed_visit(const struct ww_billed *b)
{
	for (size_t i = 0; i < BILLED_CLASSES; i++) {
		if (b->class_ == (int64_t)billed_classes[i])
			return b->stay == 0 && b->day != 0;
	}
	return false;
}

static ww_status
add_bills(struct ww_ctx *cx, struct list *l)
{
	const struct ww_case *c = l->c;
	const struct ww_billed **sorted;
	size_t n = 0;

	if (c->billed_n == 0)
		return WW_OK;
	sorted = ww_arena_array(cx->arena, c->billed_n, sizeof(*sorted));
	if (sorted == NULL)
		return ww_fail_memory(cx);
	for (size_t i = 0; i < c->billed_n; i++) {
		if (is_billed_visit(&c->billed[i]))
			sorted[n++] = &c->billed[i];
	}
	qsort(sorted, n, sizeof(*sorted), by_day);
	for (size_t k = 0; k < BILLED_CLASSES; k++) {
		for (size_t i = 0; i < n; i++) {
			if (sorted[i]->class_ == (int64_t)billed_classes[k])
				add_bill(l, sorted[i]);
		}
	}
	return WW_OK;
}

/* -- all ---------------------------------------------------------------------------------------------- */

static int
by_visit(const void *pa, const void *pb)
{
	const struct ww_visit *a = pa, *b = pb;

	if (a->day != b->day)
		return a->day < b->day ? -1 : 1;
	if (a->encounter != b->encounter)
		return a->encounter < b->encounter ? -1 : 1;
	return (a->claim > b->claim) - (a->claim < b->claim);
}

ww_status
ww_case_visits(struct ww_ctx *cx, struct ww_case *c)
{
	struct list l = { .c = c };
	ww_status s;

	l.v = ww_arena_array(cx->arena, c->others_n + c->billed_n + 1, sizeof(*l.v));
	if (l.v == NULL)
		return ww_fail_memory(cx);
	if (c->encounter != NULL)
		add_encounter(&l, c->encounter);
	for (size_t i = 0; i < c->others_n; i++)
		add_encounter(&l, &c->others[i]);
	for (size_t i = 0; i < c->others_n; i++)
		join_led(&l, &c->others[i]);
	s = find_chains(cx, &l);
	if (s == WW_OK)
		s = add_bills(cx, &l);
	if (s != WW_OK)
		return s;
	qsort(l.v, l.n, sizeof(*l.v), by_visit);
	c->visits = l.v;
	c->visits_n = l.n;
	return WW_OK;
}
