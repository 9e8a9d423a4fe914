/* A list in the order of the records, between the loop and the applying thread. */
#include "main/awaits.h"

#include <wardwire/ledger.h>
#include <wardwire/model.h>

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

struct ww_awaits {
	struct ww_loop *loop;
	void (*wake)(void *arg);
	void *arg;
	pthread_mutex_t lock;
	struct ww_await *first, *last; /* under lock */
};

/* -- the list --------------------------------------------------------------------------------------- */

/* Under lock. Records become durable in their order, so the place is nearly always the end. */
static void
link_in(struct ww_awaits *w, struct ww_await *a)
{
	struct ww_await *before = w->last;

	while (before != NULL && before->seq > a->seq)
		before = before->prev;
	a->prev = before;
	a->next = before != NULL ? before->next : w->first;
	*(a->prev != NULL ? &a->prev->next : &w->first) = a;
	*(a->next != NULL ? &a->next->prev : &w->last) = a;
	a->listed = true;
}

static void
link_out(struct ww_awaits *w, struct ww_await *a)
{
	*(a->prev != NULL ? &a->prev->next : &w->first) = a->next;
	*(a->next != NULL ? &a->next->prev : &w->last) = a->prev;
	a->listed = false;
}

void
ww_awaits_add(struct ww_awaits *w, struct ww_await *a)
{
	pthread_mutex_lock(&w->lock);
	link_in(w, a);
	pthread_mutex_unlock(&w->lock);
	w->wake(w->arg); /* it may be applied already */
}

bool
ww_awaits_drop(struct ww_awaits *w, struct ww_await *a)
{
	bool listed;

	pthread_mutex_lock(&w->lock);
	listed = a->listed;
	if (listed)
		link_out(w, a);
	pthread_mutex_unlock(&w->lock);
	return listed;
}

bool
ww_awaits_due(struct ww_awaits *w, uint64_t applied)
{
	bool due;

	pthread_mutex_lock(&w->lock);
	due = w->first != NULL && w->first->seq <= applied;
	pthread_mutex_unlock(&w->lock);
	return due;
}

/* Somebody is due, the first for record *seq. Its owner may take it out meanwhile. */
static bool
next_due(struct ww_awaits *w, uint64_t applied, uint64_t *seq)
{
	bool due;

	pthread_mutex_lock(&w->lock);
	due = w->first != NULL && w->first->seq <= applied;
	if (due)
		*seq = w->first->seq;
	pthread_mutex_unlock(&w->lock);
	return due;
}

/* -- what became of it ------------------------------------------------------------------------------ */

/* Why it is set aside. */
static ww_status
read_aside(struct ww_ctx *cx, struct ww_ledger *l, uint64_t seq, struct ww_failure *why)
{
	struct ww_quarantine q;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_quarantine, &q);
	q.seq = (int64_t)seq;
	s = ww_get(l, cx, quarantine, &q, &found);
	*why = (struct ww_failure){ .status = WW_E_BUG };
	if (s != WW_OK || !found)
		return s;
	why->status = ww_status_of_number((int)q.code);
	(void)snprintf(why->place, sizeof(why->place), "%.*s", WW_STR_FMT(q.place));
	(void)snprintf(why->reason, sizeof(why->reason), "%.*s", WW_STR_FMT(q.cause));
	return WW_OK;
}

static enum ww_await_end
look_up(struct ww_ctx *cx, struct ww_ledger *l, uint64_t seq, struct ww_failure *why)
{
	struct ww_message m;
	bool found;

	ww_ctx_clear(cx);
	ww_row_init(&ww_entity_message, &m);
	m.seq = (int64_t)seq;
	if (ww_get(l, cx, message, &m, &found) != WW_OK || !found)
		return WW_AWAIT_UNKNOWN;
	if (m.disposition != WW_disposition_QUARANTINED)
		return WW_AWAIT_APPLIED;
	return read_aside(cx, l, seq, why) == WW_OK ? WW_AWAIT_ASIDE : WW_AWAIT_UNKNOWN;
}

/* Tells the first that waits for that record, unless its owner has taken it out. */
static void
tell(struct ww_awaits *w, uint64_t seq, enum ww_await_end end, const struct ww_failure *why)
{
	struct ww_await *a;

	pthread_mutex_lock(&w->lock);
	a = w->first;
	if (a != NULL && a->seq == seq)
		link_out(w, a); /* from here on its owner waits for the post */
	else
		a = NULL;
	pthread_mutex_unlock(&w->lock);
	if (a == NULL)
		return;
	a->end = end;
	a->why = *why;
	ww_loop_post(w->loop, &a->post);
}

void
ww_awaits_settle(struct ww_awaits *w, struct ww_ctx *cx, struct ww_ledger *l, uint64_t applied)
{
	uint64_t seq;

	while (next_due(w, applied, &seq)) {
		struct ww_failure why = { .status = WW_OK };
		enum ww_await_end end = look_up(cx, l, seq, &why);

		tell(w, seq, end, &why);
	}
}

/* -- start and end ---------------------------------------------------------------------------------- */

ww_status
ww_awaits_new(struct ww_ctx *cx, struct ww_loop *l, void (*wake)(void *arg), void *arg,
    struct ww_awaits **out)
{
	struct ww_awaits *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "no memory for answers that wait");
	w->loop = l;
	w->wake = wake;
	w->arg = arg;
	pthread_mutex_init(&w->lock, NULL);
	*out = w;
	return WW_OK;
}

void
ww_awaits_free(struct ww_awaits *w)
{
	if (w == NULL)
		return;
	assert(w->first == NULL);
	pthread_mutex_destroy(&w->lock);
	free(w);
}
