/* Messages as files: a queue and a thread for each folder, and a pipe that tells the courier's thread what has ended. */
#include "link/dir_out.h"

#include "base/failpoint.h"
#include "base/fs.h"
#include "link/dir_put.h"
#include "link/wake.h"
#include "link/watch.h"

#include <wardwire/ctx.h>

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { HANG_S = 2 };

struct job {
	struct job *next;
	ww_str key, body; /* in text */
	ww_sink_done *done;
	void *arg;
	const char *reason; /* NULL: the file is there */
	char text[];
};

/* A folder. Kept for good: there are as many as the configuration has. */
struct folder {
	struct folder *next;
	struct part *part;
	pthread_t thread;
	pthread_cond_t more;       /* there is a job, or the end */
	struct job *first, **last; /* that wait for their turn */
	struct job *hand;          /* that the thread works on */
	bool over;                 /* the thread does nothing more */
	size_t n;
	char path[];
};

struct part {
	const struct ww_fs *fs;
	struct ww_wake ended_some; /* can be read when a job has ended */
	pthread_mutex_t lock;      /* of all below */
	pthread_cond_t changed;    /* a thread has ended */
	struct folder *folders;
	struct job *ended, **ended_last;
	bool stop;
};

/* -- files ----------------------------------------------------------------------------------------------- */

static const char *
reason_of(int err)
{
	static const struct {
		int err;
		const char *reason;
	} rows[] = {
		{ ENOENT, "the folder is missing" },
		{ ENOTDIR, "it is no folder" },
		{ EACCES, "no permission to write into the folder" },
		{ EPERM, "no permission to write into the folder" },
		{ ENOSPC, "no space is left for files" },
		{ EDQUOT, "no space is left for files" },
		{ EROFS, "the file system is read-only" },
		{ EIO, "input/output error of the folder" },
		{ ESTALE, "the folder was taken away by its server" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].err == -err)
			return rows[i].reason;
	return "the folder takes no file";
}

const char *
ww_dir_out_write(const struct ww_fs *fs, ww_str folder, ww_str key, ww_str body)
{
	char dir[PATH_MAX], temp[PATH_MAX], path[PATH_MAX];
	int n = snprintf(dir, sizeof(dir), "%.*s", WW_STR_FMT(folder)), err;

	if (n >= 0 && (size_t)n < sizeof(dir))
		n = snprintf(temp, sizeof(temp), "%s/.%.*s.tmp", dir, WW_STR_FMT(key));
	if (n >= 0 && (size_t)n < sizeof(temp))
		n = snprintf(path, sizeof(path), "%s/%.*s.hl7", dir, WW_STR_FMT(key));
	if (n < 0 || (size_t)n >= sizeof(path))
		return reason_of(-ENAMETOOLONG);
	err = ww_dir_put(fs, temp, path, body);
	WW_FAILPOINT("file-renamed");
	if (err == 0)
		err = fs->sync_dir(fs->self, dir);
	return err == 0 ? NULL : reason_of(err);
}

/* -- a folder's thread --------------------------------------------------------------------------------- */

/* With the lock held, as is end_job. The next job in hand; NULL: the end. */
static struct job *
await_job(struct folder *f)
{
	struct part *p = f->part;

	while (f->first == NULL && !p->stop)
		pthread_cond_wait(&f->more, &p->lock);
	if (p->stop)
		return NULL;
	f->hand = f->first;
	f->first = f->hand->next;
	if (f->first == NULL)
		f->last = &f->first;
	return f->hand;
}

static void
end_job(struct part *p, struct job *j)
{
	j->next = NULL;
	*p->ended_last = j;
	p->ended_last = &j->next;
	ww_wake_up(&p->ended_some);
}

static void *
work_on(void *arg)
{
	struct folder *f = arg;
	struct part *p = f->part;
	struct job *j;

	pthread_mutex_lock(&p->lock);
	while ((j = await_job(f)) != NULL) {
		pthread_mutex_unlock(&p->lock);
		j->reason = ww_dir_out_write(p->fs, (ww_str){ f->path, f->n }, j->key, j->body);
		pthread_mutex_lock(&p->lock);
		f->hand = NULL;
		end_job(p, j);
	}
	f->over = true;
	pthread_cond_signal(&p->changed);
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

/* -- the courier's thread ------------------------------------------------------------------------------ */

static struct folder *
find_folder(struct part *p, ww_str path)
{
	struct folder *f = p->folders;

	while (f != NULL && !ww_str_eq((ww_str){ f->path, f->n }, path))
		f = f->next;
	return f;
}

static struct folder *
new_folder(struct part *p, ww_str path)
{
	struct folder *f = calloc(1, sizeof(*f) + path.n + 1);

	if (f == NULL)
		return NULL;
	f->part = p;
	f->last = &f->first;
	f->n = path.n;
	memcpy(f->path, path.p, path.n);
	pthread_cond_init(&f->more, NULL);
	if (pthread_create(&f->thread, NULL, work_on, f) == 0) {
		f->next = p->folders;
		p->folders = f;
		return f;
	}
	pthread_cond_destroy(&f->more);
	free(f);
	return NULL;
}

static struct job *
new_job(const struct ww_request *r, ww_sink_done *done, void *arg)
{
	struct job *j = calloc(1, sizeof(*j) + r->key.n + r->body.n + 1);

	if (j == NULL)
		return NULL;
	memcpy(j->text, r->key.p, r->key.n);
	memcpy(j->text + r->key.n, r->body.p, r->body.n);
	j->key = (ww_str){ j->text, r->key.n };
	j->body = (ww_str){ j->text + r->key.n, r->body.n };
	j->done = done;
	j->arg = arg;
	return j;
}

static ww_status
part_send(void *self, struct ww_ctx *cx, const struct ww_request *r, ww_sink_done *done, void *arg)
{
	static const ww_str scheme = WW_STR_INIT("file://");
	struct part *p = self;
	ww_str path = ww_str_sub(r->base, scheme.n, r->base.n);
	struct folder *f = find_folder(p, path);
	struct job *j = new_job(r, done, arg);

	if (f == NULL)
		f = new_folder(p, path);
	if (f == NULL || j == NULL) {
		free(j);
		return ww_fail_memory(cx);
	}
	pthread_mutex_lock(&p->lock);
	*f->last = j;
	f->last = &j->next;
	pthread_cond_signal(&f->more);
	pthread_mutex_unlock(&p->lock);
	return WW_OK;
}

static void
tell(const struct job *j, const char *reason)
{
	const struct ww_answer a = { .result = reason == NULL ? WW_RESULT_SENT : WW_RESULT_RETRY,
		.remote_id = ww_str_empty(),
		.etag = ww_str_empty(),
		.status = ww_str_empty(),
		.reason = reason != NULL ? reason : "" };

	j->done(j->arg, &a);
}

static bool
part_step(void *self, const struct ww_watch *w)
{
	struct part *p = self;
	struct job *j, *next;

	(void)w;
	ww_wake_clear(&p->ended_some);
	pthread_mutex_lock(&p->lock);
	j = p->ended;
	p->ended = NULL;
	p->ended_last = &p->ended;
	pthread_mutex_unlock(&p->lock);
	if (j == NULL)
		return false;
	for (; j != NULL; j = next) {
		next = j->next;
		tell(j, j->reason);
		free(j);
	}
	return true;
}

static void
part_watch(void *self, struct ww_watch *w)
{
	struct part *p = self;

	(void)ww_watch_add(w, p->ended_some.fd[0], POLLIN);
}

/* -- the end --------------------------------------------------------------------------------------------- */

/* Waits for the threads. False: one hangs in a call to its folder. */
static bool
end_threads(struct part *p)
{
	struct timespec until = { 0, 0 };
	bool all = true;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += HANG_S;
	pthread_mutex_lock(&p->lock);
	p->stop = true;
	for (struct folder *f = p->folders; f != NULL; f = f->next)
		pthread_cond_signal(&f->more);
	for (struct folder *f = p->folders; f != NULL; f = f->next) {
		while (!f->over)
			if (pthread_cond_timedwait(&p->changed, &p->lock, &until) == ETIMEDOUT)
				break;
		all = all && f->over;
	}
	pthread_mutex_unlock(&p->lock);
	return all;
}

/* Nothing of those that wait was begun; that one in hand may yet be written is no harm. */
static void
drop_jobs(struct folder *f)
{
	struct job *j, *next;

	for (j = f->first; j != NULL; j = next) {
		next = j->next;
		tell(j, "stopped before it was written");
		free(j);
	}
	if (f->hand != NULL)
		tell(f->hand, "the folder does not answer");
}

static void
part_close(void *self)
{
	struct part *p = self;
	bool all = end_threads(p);
	struct folder *f, *next;

	(void)part_step(p, NULL);
	for (f = p->folders; f != NULL; f = next) {
		next = f->next;
		drop_jobs(f);
		if (!f->over) {
			pthread_detach(f->thread); /* left behind, with all that it uses */
			continue;
		}
		pthread_join(f->thread, NULL);
		pthread_cond_destroy(&f->more);
		free(f);
	}
	if (!all)
		return;
	ww_wake_close(&p->ended_some);
	pthread_cond_destroy(&p->changed);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

ww_status
ww_dir_out_part(struct ww_ctx *cx, const struct ww_fs *fs, struct ww_sink_part *out)
{
	static const struct ww_sink_part_ops ops = { .name = "file",
		.send = part_send,
		.step = part_step,
		.watch = part_watch,
		.close = part_close };
	struct part *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return ww_fail_memory(cx);
	p->fs = fs;
	p->ended_last = &p->ended;
	if (!ww_wake_open(&p->ended_some)) {
		free(p);
		return ww_fail(cx, WW_E_IO, NULL, "cannot make a pipe: %s", strerror(errno));
	}
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->changed, NULL);
	*out = (struct ww_sink_part){ .ops = &ops, .self = p };
	return WW_OK;
}
