/* One thread's event loop on libevent. Other threads reach it through a list under a mutex and a pipe
 * that makes the loop look at it; libevent itself is used from the loop's thread only. */
#include "link/loop.h"

#include "link/wake.h"

#include <wardwire/ctx.h>
#include <wardwire/log.h>

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

/* Between two looks at the sockets. */
enum { CALLBACKS_AT_ONCE = 64 };

struct ww_loop {
	struct event_base *base;
	struct event *wake; /* the pipe can be read */
	struct ww_wake pipe;
	pthread_mutex_t lock; /* of the list */
	struct ww_post *first, **last;
	struct event *term, *interrupt, *hangup;
	void (*on_stop)(void *arg);
	void *on_stop_arg;
	void (*on_hangup)(void *arg);
	void *on_hangup_arg;
	bool stop;
};

struct ww_loop_timer {
	struct event *event;
	void (*fn)(void *arg);
	void *arg;
};

/* A vanished peer must be an error of one write, never the end of the process. */
static void
ignore_sigpipe(void)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = SIG_IGN;
	sigemptyset(&sa.sa_mask);
	sigaction(SIGPIPE, &sa, NULL);
}

/* Calls what was posted so far. What these calls post themselves comes in the next round, so that a
 * chain of posts cannot starve the sockets. False when there was nothing. */
static bool
run_posts(struct ww_loop *l)
{
	struct ww_post *p, *next;

	pthread_mutex_lock(&l->lock);
	p = l->first;
	l->first = NULL;
	l->last = &l->first;
	pthread_mutex_unlock(&l->lock);
	if (p == NULL)
		return false;
	for (; p != NULL; p = next) {
		next = p->next; /* fn may free p */
		p->fn(p);
	}
	return true;
}

static void
on_wake(evutil_socket_t fd, short what, void *arg)
{
	struct ww_loop *l = arg;

	(void)fd;
	(void)what;
	/* Emptied before the list is taken: a post that comes in between wakes us once more. */
	ww_wake_clear(&l->pipe);
	run_posts(l);
}

/* A base that looks for new events while it works on old ones: what is always busy must not keep others waiting. */
static struct event_base *
new_base(void)
{
	static const struct timeval interval = { .tv_usec = 1000 };
	struct event_config *cfg = event_config_new();
	struct event_base *base = NULL;

	if (cfg != NULL &&
	    event_config_set_max_dispatch_interval(cfg, &interval, CALLBACKS_AT_ONCE, 0) == 0)
		base = event_base_new_with_config(cfg);
	if (cfg != NULL)
		event_config_free(cfg);
	return base;
}

ww_status
ww_loop_new(struct ww_ctx *cx, struct ww_loop **out)
{
	struct ww_loop *l = calloc(1, sizeof(*l));
	ww_status s = WW_E_MEMORY;

	if (l == NULL)
		return ww_fail_memory(cx);
	ignore_sigpipe();
	l->last = &l->first;
	if (!ww_wake_open(&l->pipe)) {
		s = ww_fail(cx, WW_E_IO, NULL, "cannot make a pipe: %s", strerror(errno));
		goto free_loop;
	}
	l->base = new_base();
	if (l->base == NULL) {
		s = ww_fail(cx, WW_E_IO, NULL, "cannot make an event loop");
		goto close_pipe;
	}
	l->wake = event_new(l->base, l->pipe.fd[0], EV_READ | EV_PERSIST, on_wake, l);
	if (l->wake == NULL || event_add(l->wake, NULL) != 0) {
		s = ww_fail_memory(cx);
		goto free_base;
	}
	if (pthread_mutex_init(&l->lock, NULL) != 0) {
		s = ww_fail_memory(cx);
		goto free_base;
	}
	*out = l;
	return WW_OK;
free_base:
	if (l->wake != NULL)
		event_free(l->wake);
	event_base_free(l->base);
close_pipe:
	ww_wake_close(&l->pipe);
free_loop:
	free(l);
	return s;
}

void
ww_loop_free(struct ww_loop *l)
{
	if (l == NULL)
		return;
	if (l->term != NULL)
		event_free(l->term);
	if (l->interrupt != NULL)
		event_free(l->interrupt);
	if (l->hangup != NULL)
		event_free(l->hangup);
	event_free(l->wake);
	event_base_free(l->base);
	pthread_mutex_destroy(&l->lock);
	ww_wake_close(&l->pipe);
	free(l);
}

void
ww_loop_run(struct ww_loop *l)
{
	if (!l->stop && event_base_loop(l->base, EVLOOP_NO_EXIT_ON_EMPTY) < 0)
		ww_log(WW_LOG_ERROR, "event=loop-failed errno=%d", errno);
	l->stop = false;
	while (run_posts(l)) /* a post made before the stop is kept: its memory waits for it */
		;
}

void
ww_loop_stop(struct ww_loop *l)
{
	l->stop = true;
	event_base_loopbreak(l->base);
}

void
ww_loop_post(struct ww_loop *l, struct ww_post *p)
{
	bool first;

	p->next = NULL;
	pthread_mutex_lock(&l->lock);
	first = l->first == NULL;
	*l->last = p;
	l->last = &p->next;
	/* Only the first of a list wakes the loop. Under the lock, so that the loop cannot have run the
	 * post and gone before the byte is written. A full pipe is awake already. */
	if (first)
		ww_wake_up(&l->pipe);
	pthread_mutex_unlock(&l->lock);
}

static void
on_signal(evutil_socket_t fd, short what, void *arg)
{
	struct ww_loop *l = arg;

	(void)fd;
	(void)what;
	l->on_stop(l->on_stop_arg);
}

ww_status
ww_loop_on_stop(struct ww_loop *l, struct ww_ctx *cx, void (*fn)(void *arg), void *arg)
{
	assert(l->term == NULL && l->interrupt == NULL);
	l->on_stop = fn;
	l->on_stop_arg = arg;
	l->term = evsignal_new(l->base, SIGTERM, on_signal, l);
	l->interrupt = evsignal_new(l->base, SIGINT, on_signal, l);
	if (l->term == NULL || l->interrupt == NULL || event_add(l->term, NULL) != 0 ||
	    event_add(l->interrupt, NULL) != 0)
		return ww_fail(cx, WW_E_IO, NULL, "cannot wait for signals");
	return WW_OK;
}

static void
on_hangup(evutil_socket_t fd, short what, void *arg)
{
	struct ww_loop *l = arg;

	(void)fd;
	(void)what;
	l->on_hangup(l->on_hangup_arg);
}

ww_status
ww_loop_on_hangup(struct ww_loop *l, struct ww_ctx *cx, void (*fn)(void *arg), void *arg)
{
	assert(l->hangup == NULL);
	l->on_hangup = fn;
	l->on_hangup_arg = arg;
	l->hangup = evsignal_new(l->base, SIGHUP, on_hangup, l);
	if (l->hangup == NULL || event_add(l->hangup, NULL) != 0)
		return ww_fail(cx, WW_E_IO, NULL, "cannot wait for signals");
	return WW_OK;
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct ww_loop_timer *t = arg;

	(void)fd;
	(void)what;
	t->fn(t->arg); /* may free t */
}

ww_status
ww_loop_timer_new(struct ww_loop *l, struct ww_ctx *cx, unsigned ms, void (*fn)(void *arg),
    void *arg, struct ww_loop_timer **out)
{
	const struct timeval tv = { .tv_sec = (time_t)(ms / 1000),
		.tv_usec = (suseconds_t)(ms % 1000 * 1000) };
	struct ww_loop_timer *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return ww_fail_memory(cx);
	t->fn = fn;
	t->arg = arg;
	t->event = event_new(l->base, -1, EV_PERSIST, on_timer, t);
	if (t->event == NULL || event_add(t->event, &tv) != 0) {
		if (t->event != NULL)
			event_free(t->event);
		free(t);
		return ww_fail_memory(cx);
	}
	*out = t;
	return WW_OK;
}

void
ww_loop_timer_free(struct ww_loop_timer *t)
{
	if (t == NULL)
		return;
	event_free(t->event);
	free(t);
}

void *
ww_loop_base(struct ww_loop *l)
{
	return l->base;
}
