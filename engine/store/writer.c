/* Group commit: one thread, one batch at a time, no timer and no waiting for a full batch. */
#include "store/writer.h"

#include "base/failpoint.h"

#include <wardwire/log.h>

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { BATCH_MAX = 1024 };

struct ww_writer {
	struct ww_writer_settings set;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct ww_submit *first, **last; /* waiting */
	size_t pending;                  /* waiting or being written */
	bool stop;
	struct ww_record batch[BATCH_MAX]; /* the thread's own from here on */
	struct ww_submit *taken[BATCH_MAX];
	bool in_trouble;
	struct ww_ctx cx; /* made before the thread, which could not say that it failed */
};

/* Waits for work and takes up to a batch of it; 0 when stopped and empty. */
static size_t
take(struct ww_writer *w)
{
	size_t n = 0;

	pthread_mutex_lock(&w->lock);
	while (w->first == NULL && !w->stop)
		pthread_cond_wait(&w->wake, &w->lock);
	while (w->first != NULL && n < w->set.batch) {
		w->taken[n++] = w->first;
		w->first = w->first->next;
	}
	if (w->first == NULL)
		w->last = &w->first;
	pthread_mutex_unlock(&w->lock);
	return n;
}

/* Waits before another try. True when the writer is to stop. */
static bool
pause_or_stop(struct ww_writer *w)
{
	struct timespec until;
	bool stop;

	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += w->set.retry_ms / 1000;
	until.tv_nsec += (long)(w->set.retry_ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&w->lock);
	while (!w->stop && pthread_cond_timedwait(&w->wake, &w->lock, &until) != ETIMEDOUT)
		;
	stop = w->stop;
	pthread_mutex_unlock(&w->lock);
	return stop;
}

static void
set_trouble(struct ww_writer *w, bool in_trouble, const struct ww_ctx *cx)
{
	if (w->in_trouble == in_trouble)
		return;
	w->in_trouble = in_trouble;
	if (in_trouble)
		ww_log(WW_LOG_ERROR, "journal=stopped code=WW-%03d reason=\"%s\" reading=stopped",
		    ww_status_number(cx->fail.status), cx->fail.reason);
	else
		ww_log(WW_LOG_WARN, "journal=writing reading=resumed");
	if (w->set.trouble != NULL)
		w->set.trouble(w->set.arg, in_trouble);
}

/* Appends the batch, trying again while the disk is in trouble. */
static ww_status
write_batch(struct ww_writer *w, struct ww_ctx *cx, size_t n)
{
	for (;;) {
		int64_t now = ww_clock_now(&w->set.clock);
		ww_status s;

		for (size_t i = 0; i < n; i++) {
			w->batch[i] = w->taken[i]->rec;
			w->batch[i].time = now;
		}
		ww_ctx_clear(cx);
		s = ww_journal_append(w->set.journal, cx, w->batch, n);
		if (s == WW_OK) {
			set_trouble(w, false, cx);
			return WW_OK;
		}
		set_trouble(w, true, cx);
		if (pause_or_stop(w))
			return WW_E_CLOSED;
	}
}

static void
give_back(struct ww_writer *w, size_t n, ww_status s)
{
	for (size_t i = 0; i < n; i++) {
		w->taken[i]->rec = w->batch[i];
		w->taken[i]->done(w->taken[i], s);
	}
	pthread_mutex_lock(&w->lock);
	w->pending -= n;
	pthread_mutex_unlock(&w->lock);
}

static void *
run(void *arg)
{
	struct ww_writer *w = arg;
	size_t n;

	while ((n = take(w)) > 0) {
		ww_status s = write_batch(w, &w->cx, n);

		WW_FAILPOINT("after-sync");
		give_back(w, n, s);
		if (s == WW_OK && w->set.committed != NULL)
			w->set.committed(w->set.arg, w->batch[n - 1].seq);
	}
	return NULL;
}

ww_status
ww_writer_start(struct ww_ctx *cx, const struct ww_writer_settings *set, struct ww_writer **out)
{
	struct ww_writer *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "journal writer");
	w->cx.arena = ww_arena_new(0);
	if (w->cx.arena == NULL) {
		free(w);
		return ww_fail(cx, WW_E_MEMORY, NULL, "journal writer");
	}
	w->set = *set;
	if (w->set.batch == 0 || w->set.batch > BATCH_MAX)
		w->set.batch = BATCH_MAX;
	w->last = &w->first;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->wake, NULL);
	if (pthread_create(&w->thread, NULL, run, w) != 0) {
		pthread_cond_destroy(&w->wake);
		pthread_mutex_destroy(&w->lock);
		ww_arena_free(w->cx.arena);
		free(w);
		return ww_fail(cx, WW_E_MEMORY, NULL, "journal writer: no thread");
	}
	*out = w;
	return WW_OK;
}

void
ww_writer_submit(struct ww_writer *w, struct ww_submit *s)
{
	s->next = NULL;
	pthread_mutex_lock(&w->lock);
	*w->last = s;
	w->last = &s->next;
	w->pending++;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
}

size_t
ww_writer_pending(struct ww_writer *w)
{
	size_t n;

	pthread_mutex_lock(&w->lock);
	n = w->pending;
	pthread_mutex_unlock(&w->lock);
	return n;
}

void
ww_writer_stop(struct ww_writer *w)
{
	if (w == NULL)
		return;
	pthread_mutex_lock(&w->lock);
	w->stop = true;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	pthread_cond_destroy(&w->wake);
	pthread_mutex_destroy(&w->lock);
	ww_arena_free(w->cx.arena);
	free(w);
}
