/* Two lists under one lock: what is to be sent, and what has ended. */
#include "main/errand.h"

#include "link/loop.h"
#include "link/watch.h"

#include <wardwire/ctx.h>

#include <assert.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

enum { WAIT_MS = 1000 };

struct list {
	struct ww_errand *first, **last;
};

struct ww_errands {
	struct ww_loop *loop;
	struct ww_http *http;
	pthread_t thread;
	pthread_mutex_t lock; /* of the rest */
	struct list wanted, ended;
	struct ww_post post; /* brings what has ended to the loop */
	bool posted, stop;
};

static void
add(struct list *l, struct ww_errand *e)
{
	e->next = NULL;
	*l->last = e;
	l->last = &e->next;
}

/* All of it, and it is empty then. */
static struct ww_errand *
take(struct list *l)
{
	struct ww_errand *first = l->first;

	l->first = NULL;
	l->last = &l->first;
	return first;
}

static void
tell(struct ww_errand *e)
{
	struct ww_errand *next;

	for (; e != NULL; e = next) {
		next = e->next;
		e->done(e);
	}
}

/* On the loop's thread. */
static void
on_post(struct ww_post *post)
{
	struct ww_errands *es =
	    (struct ww_errands *)((char *)post - offsetof(struct ww_errands, post));
	struct ww_errand *ended;

	pthread_mutex_lock(&es->lock);
	es->posted = false;
	ended = take(&es->ended);
	pthread_mutex_unlock(&es->lock);
	tell(ended);
}

/* -- the thread ------------------------------------------------------------------------------------- */

static void
end(struct ww_errand *e)
{
	struct ww_errands *es = e->of;
	bool post;

	pthread_mutex_lock(&es->lock);
	add(&es->ended, e);
	post = !es->posted && !es->stop;
	es->posted = es->posted || post;
	pthread_mutex_unlock(&es->lock);
	if (post)
		ww_loop_post(es->loop, &es->post);
}

static void
on_reply(void *arg, const struct ww_http_reply *r)
{
	struct ww_errand *e = arg;

	e->end = r->end;
	e->status = r->status;
	e->retry_after = r->retry_after;
	if (r->end == WW_HTTP_DONE) {
		ww_buf_str_add(&e->type, r->type);
		ww_buf_str_add(&e->answer, r->body);
		if (e->type.error != WW_OK || e->answer.error != WW_OK)
			e->end = WW_HTTP_BROKEN; /* short of memory: as if it had never come */
	}
	end(e);
}

static void
send_all(struct ww_errands *es, struct ww_ctx *cx, struct ww_errand *e)
{
	struct ww_errand *next;

	for (; e != NULL; e = next) {
		next = e->next;
		ww_ctx_clear(cx);
		e->end = WW_HTTP_UNSENT;
		if (ww_http_send(es->http, cx, &e->request, on_reply, e) != WW_OK)
			end(e);
	}
}

static void *
run(void *arg)
{
	struct ww_errands *es = arg;
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_watch none = { .n = 0 };
	struct ww_errand *wanted;
	bool stop;

	do {
		pthread_mutex_lock(&es->lock);
		wanted = take(&es->wanted);
		stop = es->stop;
		pthread_mutex_unlock(&es->lock);
		send_all(es, &cx, wanted);
		if (!stop)
			ww_http_poll(es->http, &none, WAIT_MS);
	} while (!stop);
	ww_http_close(es->http);
	ww_arena_free(cx.arena);
	return NULL;
}

/* -- the interface ---------------------------------------------------------------------------------- */

ww_status
ww_errands_open(struct ww_ctx *cx, struct ww_loop *loop, struct ww_errands **out)
{
	struct ww_errands *es = calloc(1, sizeof(*es));
	ww_status s;

	if (es == NULL)
		return ww_fail_memory(cx);
	es->loop = loop;
	es->post.fn = on_post;
	(void)take(&es->wanted);
	(void)take(&es->ended);
	s = ww_http_open(cx, &es->http);
	if (s != WW_OK)
		goto free_all;
	if (pthread_mutex_init(&es->lock, NULL) != 0) {
		s = ww_fail_memory(cx);
		goto close_http;
	}
	if (pthread_create(&es->thread, NULL, run, es) != 0) {
		s = ww_fail(cx, WW_E_MEMORY, NULL, "no thread");
		goto free_lock;
	}
	*out = es;
	return WW_OK;
free_lock:
	pthread_mutex_destroy(&es->lock);
close_http:
	ww_http_close(es->http);
free_all:
	free(es);
	return s;
}

void
ww_errand_run(struct ww_errands *es, struct ww_errand *e)
{
	e->of = es;
	pthread_mutex_lock(&es->lock);
	assert(!es->stop);
	add(&es->wanted, e);
	pthread_mutex_unlock(&es->lock);
	ww_http_wake(es->http);
}

void
ww_errands_close(struct ww_errands *es)
{
	if (es == NULL)
		return;
	pthread_mutex_lock(&es->lock);
	es->stop = true;
	pthread_mutex_unlock(&es->lock);
	ww_http_wake(es->http);
	pthread_join(es->thread, NULL);
	tell(take(&es->ended));
	pthread_mutex_destroy(&es->lock);
	free(es);
}
