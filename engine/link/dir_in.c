/* The thread of a folder: waits for what the system tells of it, for what the loop says, and for the time. */
#include "link/dir_in.h"

#include "link/dir_watch.h"
#include "link/dir_work.h"
#include "link/loop.h"
#include "link/wake.h"

#include <wardwire/ctx.h>
#include <wardwire/log.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	TROUBLE_LONGEST = 320,
	SLOW_MS = 30000, /* a round that takes longer is trouble */
	HANG_S = 2,      /* at the end it is waited for that long */
};

struct ww_dir_in {
	struct ww_dir_in_settings set;
	char *listener, *dir, *pattern;
	pthread_t thread;
	struct ww_wake wake;
	/* What the two threads tell each other. */
	pthread_mutex_t lock;
	struct ww_dir_file *ended, **ended_last;
	pthread_cond_t changed; /* over */
	bool paused;
	bool stop;  /* takes no more, and ends what it has */
	bool leave; /* does not even end it */
	bool over;  /* the thread does nothing more */
	char trouble[TROUBLE_LONGEST];
	int64_t begun; /* when the round under way began, by set.ticks; 0: none is */
	/* The thread's own. */
	struct ww_dir_work *work;
	struct ww_dir_watch *watch; /* NULL: none, for now */
	bool unwatched;             /* it was said that there is none */
	/* The loop's own. */
	char shown[TROUBLE_LONGEST];
	struct ww_loop_timer *grace;
	struct ww_post post;
	void (*done)(void *arg);
	void *done_arg;
};

/* -- from the thread to the loop and back -------------------------------------------------------------- */

static void
on_given(struct ww_post *p)
{
	struct ww_dir_file *f =
	    (struct ww_dir_file *)((char *)p - offsetof(struct ww_dir_file, post));
	struct ww_dir_in *d = f->in;

	d->set.on_file(d->set.arg, f, ww_str_from(f->name), ww_buf_view(&f->bytes), f->whole);
}

static void
give(void *arg, struct ww_dir_file *f)
{
	struct ww_dir_in *d = arg;

	f->in = d;
	f->post.fn = on_given;
	ww_loop_post(d->set.loop, &f->post);
}

static void
end_file(struct ww_dir_file *f)
{
	struct ww_dir_in *d = f->in;

	f->next_ended = NULL;
	pthread_mutex_lock(&d->lock);
	*d->ended_last = f;
	d->ended_last = &f->next_ended;
	pthread_mutex_unlock(&d->lock);
	ww_wake_up(&d->wake);
}

void
ww_dir_answer(struct ww_dir_file *f, bool failed, ww_str ack)
{
	f->failed = failed;
	ww_buf_str_add(&f->ack, ack);
	f->kept = f->ack.error != WW_OK; /* no memory: another time */
	end_file(f);
}

void
ww_dir_abandon(struct ww_dir_file *f)
{
	f->kept = true;
	end_file(f);
}

/* -- the thread ---------------------------------------------------------------------------------------- */

struct word {
	bool takes, stop, leave;
};

/* Hears what the loop said. */
static struct word
listen(struct ww_dir_in *d)
{
	struct ww_dir_file *f, *next;
	struct word w;

	pthread_mutex_lock(&d->lock);
	d->begun = ww_clock_now(&d->set.ticks);
	f = d->ended;
	d->ended = NULL;
	d->ended_last = &d->ended;
	w = (struct word){ .takes = !d->paused && !d->stop, .stop = d->stop, .leave = d->leave };
	pthread_mutex_unlock(&d->lock);
	for (; f != NULL; f = next) {
		next = f->next_ended; /* f may be gone after this */
		ww_dir_work_end(d->work, f);
	}
	return w;
}

static void
tell(struct ww_dir_in *d)
{
	pthread_mutex_lock(&d->lock);
	d->begun = 0;
	strcpy(d->trouble, ww_dir_work_trouble(d->work));
	pthread_mutex_unlock(&d->lock);
}

/* Without it files are found by looking only. */
static void
start_watch(struct ww_dir_in *d)
{
	struct ww_ctx cx = { .arena = NULL };

	if (d->watch != NULL || !ww_dir_work_is_open(d->work))
		return;
	if (ww_dir_watch_open(&cx, d->dir, &d->watch) == WW_OK) {
		d->unwatched = false;
		ww_dir_work_look(d->work); /* what came before is not told of */
		return;
	}
	if (!d->unwatched)
		ww_log(WW_LOG_WARN, "folder=not-watched listener=%s reason=\"%s\"", d->listener,
		    cx.fail.reason);
	d->unwatched = true;
}

/* Takes what the system tells of, as far as there is room; the rest waits with the system. */
static void
hear_news(struct ww_dir_in *d)
{
	const char *name;

	while (d->watch != NULL && ww_dir_work_has_room(d->work)) {
		switch (ww_dir_watch_next(d->watch, &name)) {
		case WW_DIR_NOTHING:
			return;
		case WW_DIR_FILE:
			ww_dir_work_offer(d->work, name);
			break;
		case WW_DIR_LOST:
			ww_dir_work_look(d->work);
			break;
		case WW_DIR_GONE:
			ww_dir_watch_close(d->watch);
			d->watch = NULL;
			ww_dir_work_reopen(d->work);
			return;
		}
	}
}

static void
await(struct ww_dir_in *d, bool takes)
{
	struct pollfd fds[2] = { { .fd = d->wake.fd[0], .events = POLLIN },
		{ .fd = -1, .events = POLLIN } };

	if (takes && d->watch != NULL && ww_dir_work_has_room(d->work))
		fds[1].fd = ww_dir_watch_fd(d->watch);
	(void)poll(fds, 2, (int)ww_dir_work_wait(d->work, takes));
	ww_wake_clear(&d->wake);
}

static void
on_over(struct ww_post *p)
{
	struct ww_dir_in *d = (struct ww_dir_in *)((char *)p - offsetof(struct ww_dir_in, post));
	void (*done)(void *arg) = d->done;

	ww_loop_timer_free(d->grace);
	d->grace = NULL;
	d->done = NULL;
	if (done != NULL)
		done(d->done_arg);
}

static void *
work_on(void *arg)
{
	struct ww_dir_in *d = arg;

	for (;;) {
		struct word w = listen(d);

		if (w.takes)
			hear_news(d);
		ww_dir_work_step(d->work, w.takes);
		start_watch(d);
		tell(d);
		if (w.stop && ww_dir_work_out(d->work) == 0 &&
		    (w.leave || ww_dir_work_in_hand(d->work) == 0))
			break;
		await(d, w.takes);
	}
	ww_dir_watch_close(d->watch);
	d->watch = NULL;
	pthread_mutex_lock(&d->lock);
	d->over = true;
	pthread_cond_signal(&d->changed);
	if (!d->leave) /* else the loop is gone, or about to */
		ww_loop_post(d->set.loop, &d->post);
	pthread_mutex_unlock(&d->lock);
	return NULL;
}

/* -- the loop's side ----------------------------------------------------------------------------------- */

static void
tell_thread(struct ww_dir_in *d, bool *flag, bool value)
{
	pthread_mutex_lock(&d->lock);
	*flag = value;
	pthread_mutex_unlock(&d->lock);
	ww_wake_up(&d->wake);
}

void
ww_dir_in_pause(struct ww_dir_in *d, bool paused)
{
	tell_thread(d, &d->paused, paused);
}

const char *
ww_dir_in_trouble(struct ww_dir_in *d)
{
	int64_t now = ww_clock_now(&d->set.ticks);

	pthread_mutex_lock(&d->lock);
	memcpy(d->shown, d->trouble, sizeof(d->shown));
	if (d->begun != 0 && now - d->begun >= SLOW_MS)
		snprintf(d->shown, sizeof(d->shown), "folder: no answer for %lld s",
		    (long long)((now - d->begun) / 1000));
	pthread_mutex_unlock(&d->lock);
	return d->shown;
}

/* The thread has not ended in time: the folder hangs, or files are not answered. */
static void
on_grace(void *arg)
{
	struct ww_dir_in *d = arg;

	ww_log(WW_LOG_WARN, "folder=left listener=%s reason=\"files are not ended in time\"",
	    d->listener);
	on_over(&d->post);
}

void
ww_dir_in_close(struct ww_dir_in *d, unsigned grace_ms, void (*done)(void *arg), void *arg)
{
	struct ww_ctx cx = { .arena = NULL };

	d->done = done;
	d->done_arg = arg;
	if (ww_loop_timer_new(d->set.loop, &cx, grace_ms, on_grace, d, &d->grace) != WW_OK)
		d->grace = NULL; /* then it takes as long as it takes */
	tell_thread(d, &d->stop, true);
}

/* -- opening and freeing ------------------------------------------------------------------------------- */

static void
free_parts(struct ww_dir_in *d)
{
	ww_dir_work_free(d->work);
	ww_wake_close(&d->wake);
	pthread_cond_destroy(&d->changed);
	pthread_mutex_destroy(&d->lock);
	free(d->listener);
	free(d->dir);
	free(d->pattern);
	free(d);
}

/* Tells the thread to end. False: it does not, as it hangs in a call to its folder. */
static bool
ends_soon(struct ww_dir_in *d)
{
	struct timespec until = { 0, 0 };
	bool over;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += HANG_S;
	pthread_mutex_lock(&d->lock);
	d->stop = d->leave = true;
	ww_wake_up(&d->wake);
	while (!d->over)
		if (pthread_cond_timedwait(&d->changed, &d->lock, &until) == ETIMEDOUT)
			break;
	over = d->over;
	pthread_mutex_unlock(&d->lock);
	return over;
}

void
ww_dir_in_free(struct ww_dir_in *d)
{
	if (d == NULL)
		return;
	ww_loop_timer_free(d->grace);
	if (!ends_soon(d)) {
		pthread_detach(d->thread); /* left behind, with all that it uses */
		return;
	}
	pthread_join(d->thread, NULL);
	free_parts(d);
}

static ww_status
start_thread(struct ww_dir_in *d, struct ww_ctx *cx)
{
	struct ww_dir_work_settings ws = { .fs = d->set.fs,
		.listener = d->listener,
		.dir = d->dir,
		.pattern = d->pattern,
		.clock = d->set.clock,
		.ticks = d->set.ticks,
		.settle_ms = d->set.settle_ms,
		.scan_ms = d->set.scan_ms,
		.max_file = d->set.max_file,
		.keep_done = d->set.keep_done,
		.keep_failed = d->set.keep_failed,
		.give = give,
		.arg = d };
	ww_status s = ww_dir_work_new(cx, &ws, &d->work);

	if (s == WW_OK && pthread_create(&d->thread, NULL, work_on, d) != 0)
		s = ww_fail(cx, WW_E_MEMORY, NULL, "no thread");
	return s;
}

ww_status
ww_dir_in_open(struct ww_ctx *cx, const struct ww_dir_in_settings *set, struct ww_dir_in **out)
{
	struct ww_dir_in *d = calloc(1, sizeof(*d));
	ww_status s;

	if (d == NULL)
		return ww_fail_memory(cx);
	d->set = *set;
	d->ended_last = &d->ended;
	d->post.fn = on_over;
	d->listener = strdup(set->listener);
	d->dir = strdup(set->dir);
	d->pattern = strdup(set->pattern);
	if (!ww_wake_open(&d->wake)) {
		s = ww_fail(cx, WW_E_IO, NULL, "cannot make a pipe: %s", strerror(errno));
		goto free_texts;
	}
	pthread_mutex_init(&d->lock, NULL);
	pthread_cond_init(&d->changed, NULL);
	s = WW_E_MEMORY;
	if (d->listener == NULL || d->dir == NULL || d->pattern == NULL)
		(void)ww_fail_memory(cx);
	else
		s = start_thread(d, cx);
	if (s != WW_OK) {
		free_parts(d);
		return s;
	}
	*out = d;
	return WW_OK;
free_texts:
	free(d->listener);
	free(d->dir);
	free(d->pattern);
	free(d);
	return s;
}
