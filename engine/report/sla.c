/* Goes through the rounds of all clocks once, page by page, and keeps of each nothing but how long its hops took. */
#include "report/sla.h"

#include "report/moment.h"

#include <stdlib.h>

enum { PAGE = 500, OPEN_MAX = 100000 };

/* From one moment of a round to the next. The chain of an authorization is told in two: to the navigator, to the practice. */
enum hop { RAISED, SENT, ACKNOWLEDGED, DONE, NAVIGATOR, COORDINATOR, HOPS };
static const char *const hop_names[HOPS] = {
	[RAISED] = "received-raised",
	[SENT] = "raised-sent",
	[ACKNOWLEDGED] = "sent-acknowledged",
	[DONE] = "acknowledged-done",
	[NAVIGATOR] = "authorization-navigator",
	[COORDINATOR] = "authorization-coordinator",
};

struct times {
	int64_t *v; /* ms */
	size_t n, cap;
	int64_t warnings, breaches;
};

struct feed {
	ww_str name;
	struct times hops[HOPS];
};

struct sums {
	struct ww_ctx *cx;
	const struct ww_sla_filter *f;
	struct feed *feeds;
	size_t feeds_n, feeds_cap;
	struct ww_deadline *open;
	size_t open_n, open_cap;
	int64_t rounds, warnings, breaches, now;
};

/* -- sums ---------------------------------------------------------------------------------------------- */

static ww_status
grow(struct ww_ctx *cx, void **v, size_t *cap, size_t n, size_t size)
{
	size_t want = *cap == 0 ? 64 : 2 * *cap;
	void *more;

	if (n < *cap)
		return WW_OK;
	more = realloc(*v, want * size);
	if (more == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "no memory for the report");
	*v = more;
	*cap = want;
	return WW_OK;
}

static ww_status
feed_of(struct sums *s, ww_str name, struct feed **out)
{
	ww_status st;

	for (size_t i = 0; i < s->feeds_n; i++) {
		*out = &s->feeds[i];
		if (ww_str_eq(s->feeds[i].name, name))
			return WW_OK;
	}
	st = grow(s->cx, (void **)&s->feeds, &s->feeds_cap, s->feeds_n, sizeof(*s->feeds));
	if (st != WW_OK)
		return st;
	*out = &s->feeds[s->feeds_n++];
	**out = (struct feed){ .name = ww_arena_str(s->cx->arena, name) };
	return WW_OK;
}

/* From one moment to another, when both have come. */
static ww_status
add(struct sums *s, struct times *t, int64_t from, int64_t to)
{
	ww_status st;

	if (from == 0 || to == 0)
		return WW_OK;
	st = grow(s->cx, (void **)&t->v, &t->cap, t->n, sizeof(*t->v));
	if (st == WW_OK)
		t->v[t->n++] = to > from ? to - from : 0;
	return st;
}

/* The hop that was under way then. */
static enum hop
hop_at(const struct ww_deadline *d, int64_t at)
{
	if (d->sent_ms == 0 || d->sent_ms > at)
		return SENT;
	if (d->acknowledged_ms == 0 || d->acknowledged_ms > at)
		return ACKNOWLEDGED;
	return DONE;
}

static ww_status
add_hops(struct sums *s, struct feed *f, const struct ww_deadline *d)
{
	enum hop chain = d->role == WW_role_NAVIGATOR ? NAVIGATOR : COORDINATOR;
	struct times *t = f->hops;
	ww_status st = add(s, &t[RAISED], d->received_ms, d->raised_ms);

	if (st == WW_OK)
		st = add(s, &t[SENT], d->raised_ms, d->sent_ms);
	if (st == WW_OK)
		st = add(s, &t[ACKNOWLEDGED], d->sent_ms, d->acknowledged_ms);
	if (st == WW_OK)
		st = add(s, &t[DONE], d->acknowledged_ms, d->done_ms);
	if (st == WW_OK && d->authorization != 0)
		st = add(s, &t[chain], d->received_ms, d->sent_ms);
	if (d->warned_ms != 0)
		t[hop_at(d, d->warned_ms)].warnings++;
	if (d->breached_ms != 0)
		t[hop_at(d, d->breached_ms)].breaches++;
	return st;
}

static ww_status
keep_open(struct sums *s, const struct ww_deadline *d)
{
	ww_status st;

	if (d->breached_ms == 0 || d->acted_ms != 0 || d->ended_ms != 0 || s->open_n == OPEN_MAX)
		return WW_OK;
	st = grow(s->cx, (void **)&s->open, &s->open_cap, s->open_n, sizeof(*s->open));
	if (st != WW_OK)
		return st;
	s->open[s->open_n] = *d;
	return ww_row_keep(&ww_entity_deadline, &s->open[s->open_n++], s->cx->arena)
	           ? WW_OK
	           : ww_fail_memory(s->cx);
}

static bool
fits(const struct ww_sla_filter *f, const struct ww_deadline *d)
{
	return (f->since == 0 || d->received_ms >= f->since) &&
	       (f->until == 0 || d->received_ms < f->until) &&
	       (f->feed.n == 0 || ww_str_eq(f->feed, d->feed));
}

static ww_status
add_round(struct sums *s, const struct ww_deadline *d)
{
	struct feed *f = NULL;
	ww_status st;

	if (!fits(s->f, d))
		return WW_OK;
	st = feed_of(s, d->feed, &f);
	if (st == WW_OK)
		st = add_hops(s, f, d);
	s->rounds++;
	s->warnings += d->warned_ms != 0;
	s->breaches += d->breached_ms != 0;
	return st == WW_OK ? keep_open(s, d) : st;
}

/* The rows of a page live as long as the page. */
static ww_status
go_through(struct ww_ledger *l, struct sums *s)
{
	struct ww_ctx page = { .arena = ww_arena_new(0) };
	struct ww_rows rows = { .n = PAGE };
	struct ww_deadline from, to;
	ww_status st = WW_OK;

	if (page.arena == NULL)
		return ww_fail(s->cx, WW_E_MEMORY, NULL, "no memory for the report");
	ww_row_init(&ww_entity_deadline, &from);
	ww_row_init(&ww_entity_deadline, &to);
	to.outbox = INT64_MAX;
	while (st == WW_OK && rows.n == PAGE) {
		ww_ctx_clear(&page);
		st = ww_ledger_between(
		    l, &page, &ww_entity_deadline, &from, &to, false, PAGE, &rows);
		if (st != WW_OK)
			s->cx->fail = page.fail;
		for (size_t i = 0; st == WW_OK && i < rows.n; i++) {
			from.outbox = WW_ROW(&rows, deadline, i)->outbox;
			from.round = WW_ROW(&rows, deadline, i)->round;
			st = add_round(s, WW_ROW(&rows, deadline, i));
		}
	}
	ww_arena_free(page.arena);
	return st;
}

/* -- the report ------------------------------------------------------------------------------------------ */

static int
by_length(const void *pa, const void *pb)
{
	const int64_t *a = pa, *b = pb;

	return (*a > *b) - (*a < *b);
}

/* The smallest that so many percent are not above (nearest rank), in seconds. */
static int64_t
percentile(const struct times *t, size_t percent)
{
	size_t rank = (t->n * percent + 99) / 100;

	return t->v[rank > 0 ? rank - 1 : 0] / 1000;
}

static void
add_hop(struct ww_ctx *cx, struct ww_json *list, const struct feed *f, enum hop hop)
{
	const struct times *t = &f->hops[hop];
	struct ww_json *o;

	if (t->n == 0 && t->warnings == 0 && t->breaches == 0)
		return;
	o = ww_json_add(cx, list, ww_json_object(cx));
	ww_json_set_str(cx, o, "feed", f->name);
	ww_json_set_cstr(cx, o, "hop", hop_names[hop]);
	ww_json_set_int(cx, o, "n", (int64_t)t->n);
	if (t->n > 0) {
		qsort(t->v, t->n, sizeof(*t->v), by_length);
		ww_json_set_int(cx, o, "p50", percentile(t, 50));
		ww_json_set_int(cx, o, "p95", percentile(t, 95));
		ww_json_set_int(cx, o, "max", t->v[t->n - 1] / 1000);
	}
	ww_json_set_int(cx, o, "warnings", t->warnings);
	ww_json_set_int(cx, o, "breaches", t->breaches);
}

static int
by_due(const void *pa, const void *pb)
{
	const struct ww_deadline *a = pa, *b = pb;

	return a->due_ms != b->due_ms ? (a->due_ms > b->due_ms) - (a->due_ms < b->due_ms)
	                              : (a->outbox > b->outbox) - (a->outbox < b->outbox);
}

static void
set_id(struct ww_ctx *cx, struct ww_json *o, const char *key, ww_id id)
{
	if (id != 0)
		ww_json_set_str(cx, o, key, ww_arena_printf(cx->arena, WW_ID_FMT, WW_ID_ARG(id)));
}

static void
add_open(struct sums *s, struct ww_json *list, const struct ww_deadline *d)
{
	struct ww_json *o = ww_json_add(s->cx, list, ww_json_object(s->cx));

	set_id(s->cx, o, "notice", d->outbox);
	ww_json_set_str(s->cx, o, "practice", d->practice);
	if (d->role != WW_role_NONE)
		ww_json_set_cstr(s->cx, o, "role", ww_role_text(d->role));
	ww_json_set_cstr(s->cx, o, "flag", ww_flag_kind_text(d->kind));
	ww_json_set_str(s->cx, o, "program", d->program);
	ww_json_set_str(s->cx, o, "feed", d->feed);
	ww_report_moment(s->cx, o, "received", d->received_ms);
	ww_report_moment(s->cx, o, "due", d->due_ms);
	ww_json_set_int(s->cx, o, "late", (s->now - d->due_ms) / 1000);
	ww_json_set_cstr(s->cx, o, "waits-for",
	    d->sent_ms == 0           ? "sent"
	    : d->acknowledged_ms == 0 ? "acknowledged"
	                              : "done");
	set_id(s->cx, o, "backup", d->rerouted);
}

static int
by_name(const void *pa, const void *pb)
{
	const struct feed *a = pa, *b = pb;

	return ww_str_cmp(a->name, b->name);
}

static void
write_report(struct sums *s, struct ww_json *o)
{
	struct ww_json *hops = ww_json_set(s->cx, o, "hops", ww_json_array(s->cx)), *open;

	if (s->feeds_n > 1)
		qsort(s->feeds, s->feeds_n, sizeof(*s->feeds), by_name);
	for (size_t i = 0; i < s->feeds_n; i++) {
		for (int hop = 0; hop < HOPS; hop++)
			add_hop(s->cx, hops, &s->feeds[i], (enum hop)hop);
	}
	ww_json_set_int(s->cx, o, "deadlines", s->rounds);
	ww_json_set_int(s->cx, o, "warnings", s->warnings);
	ww_json_set_int(s->cx, o, "breaches", s->breaches);
	open = ww_json_set(s->cx, o, "open", ww_json_array(s->cx));
	if (s->open_n > 1)
		qsort(s->open, s->open_n, sizeof(*s->open), by_due);
	for (size_t i = 0; i < s->open_n && i < s->f->most; i++)
		add_open(s, open, &s->open[i]);
}

ww_status
ww_sla_report(
    struct ww_ledger *l, struct ww_ctx *cx, const struct ww_sla_filter *f, struct ww_json **out)
{
	struct sums s = { .cx = cx, .f = f };
	struct ww_cursor c;
	bool found;
	ww_status st;

	*out = ww_json_object(cx);
	ww_row_init(&ww_entity_cursor, &c);
	c.id = 1;
	st = ww_get(l, cx, cursor, &c, &found);
	s.now = c.now_ms;
	if (st == WW_OK)
		st = go_through(l, &s);
	if (st == WW_OK)
		write_report(&s, *out);
	for (size_t i = 0; i < s.feeds_n; i++) {
		for (int hop = 0; hop < HOPS; hop++)
			free(s.feeds[i].hops[hop].v);
	}
	free(s.feeds);
	free(s.open);
	return st;
}
