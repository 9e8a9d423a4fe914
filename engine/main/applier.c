/* Waits for records, applies them batch by batch, and tells whoever waits for that. */
#include "main/applier.h"

#include "main/awaits.h"
#include "main/orders.h"

#include <wardwire/buf.h>
#include <wardwire/log.h>

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { APPLY_BATCH = 1024 };

struct ww_applier {
	struct ww_applier_settings set;
	struct ww_applier_hooks hooks;
	/* The thread's; made before it, which could not say that it failed. */
	struct ww_arena *arena;
	pthread_t thread;
	bool runs;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	uint64_t durable;    /* under lock: last sequence the journal has */
	uint64_t passed;     /* under lock: there is nothing to apply up to that one */
	bool stop;           /* under lock */
	struct ww_buf lines; /* log lines of the batch being applied */
};

/* -- log -------------------------------------------------------------------------------------------- */

void
ww_applier_note(struct ww_applier *a, const struct ww_effect *x)
{
	const struct ww_message *m = x->message;

	/* of a batch that is loaded there is one line (main/orders.c), unless somebody is told of it */
	if (ww_str_is(m->event, "load") && x->changes_n + x->rows_n == 0)
		return;
	ww_buf_printf(&a->lines,
	    "journal=%lld feed=%.*s act=\"%s\" disposition=%s flags=%zu due=%zu", (long long)m->seq,
	    WW_STR_FMT(m->feed), x->act, ww_disposition_text(m->disposition), x->changes_n,
	    x->rows_n);
	if (m->reason.n > 0)
		ww_buf_printf(&a->lines, " reason=\"%.*s\"", WW_STR_FMT(m->reason));
	ww_buf_byte(&a->lines, '\n');
}

static void
write_lines(struct ww_applier *a)
{
	ww_str rest = ww_buf_view(&a->lines);

	while (rest.n > 0) {
		ww_str line = ww_str_cut(rest, '\n', &rest);

		ww_log(WW_LOG_INFO, "%.*s", WW_STR_FMT(line));
	}
}

/* -- how far ---------------------------------------------------------------------------------------- */

void
ww_applier_durable(struct ww_applier *a, uint64_t seq)
{
	pthread_mutex_lock(&a->lock);
	a->durable = seq;
	pthread_cond_signal(&a->wake);
	pthread_mutex_unlock(&a->lock);
}

void
ww_applier_poke(struct ww_applier *a)
{
	pthread_mutex_lock(&a->lock);
	pthread_cond_signal(&a->wake);
	pthread_mutex_unlock(&a->lock);
}

uint64_t
ww_applier_known(struct ww_applier *a)
{
	uint64_t seq;

	pthread_mutex_lock(&a->lock);
	seq = a->durable;
	pthread_mutex_unlock(&a->lock);
	return seq;
}

uint64_t
ww_applier_behind(struct ww_applier *a)
{
	uint64_t cursor = ww_apply_cursor(a->set.apply), durable = ww_applier_known(a);

	return durable > cursor ? durable - cursor : 0;
}

/* -- the thread ------------------------------------------------------------------------------------- */

/* Under lock: there is something to apply, or somebody to answer. */
static bool
has_more(const struct ww_applier *a)
{
	uint64_t cursor = ww_apply_cursor(a->set.apply);

	return (a->durable > cursor && a->durable > a->passed) ||
	       ww_orders_due(a->hooks.orders, cursor) || ww_awaits_due(a->hooks.awaits, cursor);
}

/* Waits until there is more than the cursor, or a while; *durable is how far the journal then was. False: stop,
 * nothing is left. */
static bool
wait_for_records(struct ww_applier *a, unsigned most_ms, uint64_t *durable)
{
	struct timespec until;
	bool go_on;

	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += most_ms / 1000;
	pthread_mutex_lock(&a->lock);
	while (!a->stop && !has_more(a)) {
		if (pthread_cond_timedwait(&a->wake, &a->lock, &until) == ETIMEDOUT)
			break;
	}
	go_on = !a->stop || has_more(a);
	*durable = a->durable;
	pthread_mutex_unlock(&a->lock);
	return go_on;
}

static bool
must_stop(struct ww_applier *a)
{
	bool stop;

	pthread_mutex_lock(&a->lock);
	stop = a->stop;
	pthread_mutex_unlock(&a->lock);
	return stop;
}

/* The journal has nothing readable up to there: damage, stepped over. Wait for more. */
static void
nothing_more(struct ww_applier *a, uint64_t durable)
{
	pthread_mutex_lock(&a->lock);
	a->passed = durable;
	pthread_mutex_unlock(&a->lock);
}

/* One batch; *done is how many records it had. */
static ww_status
apply_some(struct ww_applier *a, struct ww_ctx *cx, size_t *done)
{
	ww_status s;

	*done = 0;
	ww_buf_clear(&a->lines);
	s = ww_apply_batch(a->set.apply, cx, a->set.journal, APPLY_BATCH, done);
	if (s != WW_OK)
		return s;
	if (*done > 0) {
		write_lines(a);
		a->hooks.applied(a->hooks.arg);
	}
	ww_orders_settle(a->hooks.orders, cx, a->set.ledger, ww_apply_cursor(a->set.apply));
	ww_awaits_settle(a->hooks.awaits, cx, a->set.ledger, ww_apply_cursor(a->set.apply));
	return WW_OK;
}

static void *
run(void *arg)
{
	struct ww_applier *a = arg;
	struct ww_ctx cx = { .arena = a->arena };
	bool failing = false;
	uint64_t durable;

	while (wait_for_records(a, 1000, &durable)) {
		size_t done;
		ww_status s = apply_some(a, &cx, &done);

		if (s != WW_OK && !failing)
			ww_log(WW_LOG_ERROR,
			    "apply=waiting code=WW-%03d place=\"%s\" reason=\"%s\"",
			    ww_status_number(s), cx.fail.place, cx.fail.reason);
		else if (s == WW_OK && failing)
			ww_log(WW_LOG_WARN, "apply=resumed");
		if (s == WW_OK && done == 0)
			nothing_more(a, durable);
		failing = s != WW_OK;
		if (failing && must_stop(a))
			break; /* the journal keeps what is left for the next start */
		if (failing)
			(void)nanosleep(&(struct timespec){ .tv_sec = 1 }, NULL);
	}
	return NULL;
}

/* -- start and end ---------------------------------------------------------------------------------- */

ww_status
ww_applier_new(struct ww_ctx *cx, const struct ww_applier_settings *s, struct ww_applier **out)
{
	struct ww_applier *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "apply");
	a->set = *s;
	a->arena = ww_arena_new(0);
	if (a->arena == NULL) {
		free(a);
		return ww_fail(cx, WW_E_MEMORY, NULL, "apply");
	}
	a->durable = ww_apply_cursor(s->apply);
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->wake, NULL);
	*out = a;
	return WW_OK;
}

ww_status
ww_applier_start(struct ww_applier *a, struct ww_ctx *cx, const struct ww_applier_hooks *h)
{
	a->hooks = *h;
	a->runs = pthread_create(&a->thread, NULL, run, a) == 0;
	return a->runs ? WW_OK : ww_fail(cx, WW_E_MEMORY, NULL, "no thread");
}

void
ww_applier_stop(struct ww_applier *a)
{
	if (a == NULL || !a->runs)
		return;
	pthread_mutex_lock(&a->lock);
	a->stop = true;
	pthread_cond_signal(&a->wake);
	pthread_mutex_unlock(&a->lock);
	pthread_join(a->thread, NULL);
	a->runs = false;
}

void
ww_applier_free(struct ww_applier *a)
{
	if (a == NULL)
		return;
	ww_arena_free(a->arena);
	ww_buf_free(&a->lines);
	pthread_cond_destroy(&a->wake);
	pthread_mutex_destroy(&a->lock);
	free(a);
}
