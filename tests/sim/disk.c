/* The simulated disk: files with what was written since their last sync, names with what happened since that of their
 * folder, and the cut, which chooses among all of it. */
#include "tests/sim/disk.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_MOST = 320, NAMES = 512, FDS = 128, FIRST_FD = 1000, BLOCK = 4096 };

/* The journal asks for a MiB at a time; tests with thousands of short lives need not carry that much. */
enum { RESERVE_MOST = 4096 };

struct image {
	uint8_t *p;
	size_t n, cap;
};

/* What happened to a file since its last sync: bytes put at an offset, or (p NULL) a new size. */
struct change {
	uint8_t *p;
	size_t n, at;
};

struct inode {
	struct inode *next;
	bool dir, seen;
	int64_t changed;
	struct image now, safe;
	struct change *log;
	size_t log_n, log_cap;
	size_t spoiled; /* so many of the first changes no sync will write */
};

struct name {
	char path[PATH_MOST];
	struct inode *file; /* NULL: unused */
};

enum naming { MADE, REMOVED, RENAMED };

/* What happened to a name since the last sync of its folder. */
struct event {
	enum naming kind;
	char path[PATH_MOST], to[PATH_MOST]; /* to: of a rename */
	struct inode *file;
	bool from_synced, to_synced; /* of a rename into another folder */
};

struct open_file {
	struct inode *file; /* NULL: free */
	bool writes, locked;
	char path[PATH_MOST]; /* by which it was opened */
};

struct sim_disk {
	struct ww_fs fs;
	struct sim_disk_settings set;
	pthread_mutex_t lock;
	uint64_t random, left; /* calls until the power goes; 0: it does not */
	const char *on;        /* only those about a path with this in it count */
	bool dark;
	struct inode *files;
	struct name now[NAMES], safe[NAMES];
	struct event *events;
	size_t events_n, events_cap;
	struct open_file fds[FDS];
	const char *watch;
	struct sim_disk_counts counts;
};

/* -- memory ------------------------------------------------------------------------------------------ */

static void *
more(void *p, size_t n)
{
	p = realloc(p, n);
	if (p == NULL)
		abort(); /* a test without memory is no test */
	return p;
}

static void
resize(struct image *m, size_t n)
{
	if (n > m->cap) {
		m->cap = n < 2 * m->cap ? 2 * m->cap : n;
		m->p = more(m->p, m->cap);
	}
	if (n > m->n)
		memset(m->p + m->n, 0, n - m->n);
	m->n = n;
}

static void
put_bytes(struct image *m, const uint8_t *p, size_t n, size_t at)
{
	if (n == 0)
		return;
	if (at + n > m->n)
		resize(m, at + n);
	memcpy(m->p + at, p, n);
}

static void
apply_change(struct image *m, const struct change *c)
{
	if (c->p == NULL)
		resize(m, c->n);
	else
		put_bytes(m, c->p, c->n, c->at);
}

static void
clear_log(struct inode *f)
{
	for (size_t i = 0; i < f->log_n; i++)
		free(f->log[i].p);
	f->log_n = 0;
	f->spoiled = 0;
}

static void
note_change(struct inode *f, const void *p, size_t n, size_t at)
{
	struct change c = { .n = n, .at = at };

	if (f->log_n == f->log_cap) {
		f->log_cap = f->log_cap == 0 ? 8 : 2 * f->log_cap;
		f->log = more(f->log, f->log_cap * sizeof(*f->log));
	}
	if (p != NULL) {
		c.p = more(NULL, n + 1);
		memcpy(c.p, p, n);
	}
	f->log[f->log_n++] = c;
	apply_change(&f->now, &c);
}

static struct inode *
new_inode(struct sim_disk *d, bool dir)
{
	struct inode *f = more(NULL, sizeof(*f));

	*f = (struct inode){ .next = d->files, .dir = dir };
	d->files = f;
	return f;
}

static void
free_inode(struct inode *f)
{
	clear_log(f);
	free(f->log);
	free(f->now.p);
	free(f->safe.p);
	free(f);
}

/* -- names ------------------------------------------------------------------------------------------- */

static void
copy_path(char to[PATH_MOST], const char *path)
{
	size_t n = strlen(path);

	assert(n < PATH_MOST);
	memcpy(to, path, n + 1);
}

static struct name *
find_name(struct name *names, const char *path)
{
	for (size_t i = 0; i < NAMES; i++)
		if (names[i].file != NULL && strcmp(names[i].path, path) == 0)
			return &names[i];
	return NULL;
}

static void
set_name(struct name *names, const char *path, struct inode *file)
{
	struct name *m = find_name(names, path);

	for (size_t i = 0; m == NULL && i < NAMES; i++)
		if (names[i].file == NULL)
			m = &names[i];
	assert(m != NULL);
	copy_path(m->path, path);
	m->file = file;
}

static void
drop_name(struct name *names, const char *path, const struct inode *file)
{
	struct name *m = find_name(names, path);

	if (m != NULL && (file == NULL || m->file == file))
		m->file = NULL;
}

static struct inode *
at_path(struct sim_disk *d, const char *path)
{
	struct name *m = find_name(d->now, path);

	return m != NULL ? m->file : NULL;
}

static void
parent_of(const char *path, char out[PATH_MOST])
{
	const char *slash = strrchr(path, '/');
	size_t n = slash == NULL ? 0 : (size_t)(slash - path);

	assert(slash != NULL && n < PATH_MOST);
	memcpy(out, path, n);
	out[n] = '\0';
	if (n == 0)
		copy_path(out, "/");
}

static bool
is_in(const char *path, const char *dir)
{
	char parent[PATH_MOST];

	if (strcmp(path, "/") == 0)
		return false;
	parent_of(path, parent);
	return strcmp(parent, dir) == 0;
}

static bool
has_parent(struct sim_disk *d, const char *path)
{
	char parent[PATH_MOST];
	const struct inode *f;

	parent_of(path, parent);
	f = at_path(d, parent);
	return f != NULL && f->dir;
}

static void
apply_event(struct name *names, const struct event *e)
{
	switch (e->kind) {
	case MADE:
		set_name(names, e->path, e->file);
		break;
	case REMOVED:
		drop_name(names, e->path, NULL);
		break;
	case RENAMED:
		drop_name(names, e->path, e->file);
		set_name(names, e->to, e->file);
		break;
	}
}

static void
note_event(
    struct sim_disk *d, enum naming kind, const char *path, const char *to, struct inode *file)
{
	struct event *e;

	if (d->events_n == d->events_cap) {
		d->events_cap = d->events_cap == 0 ? 16 : 2 * d->events_cap;
		d->events = more(d->events, d->events_cap * sizeof(*d->events));
	}
	e = &d->events[d->events_n++];
	*e = (struct event){ .kind = kind, .file = file };
	copy_path(e->path, path);
	copy_path(e->to, to);
	apply_event(d->now, e);
}

/* -- the power ---------------------------------------------------------------------------------------- */

static uint64_t
below(struct sim_disk *d, uint64_t n)
{
	d->random = d->random * 6364136223846793005u + 1442695040888963407u;
	return n == 0 ? 0 : (d->random >> 33) % n;
}

static bool
tossed(struct sim_disk *d)
{
	return below(d, 2) == 0;
}

enum power { ON, GOES, OFF };

/* Counts a call that could be cut. GOES: this is the one, half of which may still happen. */
static enum power
use_power(struct sim_disk *d, const char *path)
{
	if (d->dark)
		return OFF;
	d->counts.calls++;
	if (d->left == 0 || strstr(path, d->on) == NULL || --d->left > 0)
		return ON;
	d->dark = true;
	return GOES;
}

/* -- time ---------------------------------------------------------------------------------------------- */

static void
touch(const struct sim_disk *d, struct inode *f)
{
	f->changed = d->set.now != NULL ? *d->set.now : 0;
}

/* -- calls -------------------------------------------------------------------------------------------- */

static struct sim_disk *
enter(void *self)
{
	struct sim_disk *d = self;

	pthread_mutex_lock(&d->lock);
	return d;
}

static int
leave(struct sim_disk *d, int result)
{
	pthread_mutex_unlock(&d->lock);
	return result;
}

static struct open_file *
by_fd(struct sim_disk *d, int fd)
{
	if (fd < FIRST_FD || fd >= FIRST_FD + FDS || d->fds[fd - FIRST_FD].file == NULL)
		return NULL;
	return &d->fds[fd - FIRST_FD];
}

static int
new_fd(struct sim_disk *d, struct inode *file, const char *path, bool writes)
{
	for (int i = 0; i < FDS; i++) {
		if (d->fds[i].file != NULL)
			continue;
		d->fds[i] = (struct open_file){ .file = file, .writes = writes };
		copy_path(d->fds[i].path, path);
		return FIRST_FD + i;
	}
	return -EMFILE;
}

static int
open_it(struct sim_disk *d, const char *path, int flags)
{
	struct inode *f = at_path(d, path);
	bool writes = (flags & O_ACCMODE) != O_RDONLY;
	bool makes = f == NULL && (flags & O_CREAT) != 0;
	bool cuts = f != NULL && (flags & O_TRUNC) != 0 && f->now.n > 0;

	if (d->dark)
		return -EIO;
	if (f != NULL && (flags & O_EXCL) != 0)
		return -EEXIST;
	if (f == NULL && !makes)
		return -ENOENT;
	if (f != NULL && f->dir && writes)
		return -EISDIR;
	if (makes && !has_parent(d, path))
		return -ENOENT;
	if ((makes || cuts) && use_power(d, path) != ON && !tossed(d))
		return -EIO;
	if (makes) {
		f = new_inode(d, false);
		touch(d, f);
		note_event(d, MADE, path, "", f);
	} else if (cuts) {
		note_change(f, NULL, 0, 0);
	}
	return d->dark ? -EIO : new_fd(d, f, path, writes);
}

static int
disk_open(void *self, const char *path, int flags, mode_t mode)
{
	struct sim_disk *d = enter(self);

	(void)mode;
	return leave(d, open_it(d, path, flags));
}

static int
disk_close(void *self, int fd)
{
	struct sim_disk *d = enter(self);
	struct open_file *o = by_fd(d, fd);

	if (o == NULL)
		return leave(d, -EBADF);
	o->file = NULL;
	return leave(d, 0);
}

static uint64_t
used(const struct sim_disk *d)
{
	uint64_t n = 0;

	for (size_t i = 0; i < NAMES; i++)
		if (d->now[i].file != NULL)
			n += (d->now[i].file->now.n + BLOCK - 1) / BLOCK * BLOCK;
	return n;
}

static bool
has_room(const struct sim_disk *d, const struct inode *f, size_t size)
{
	return d->set.room == 0 || size <= f->now.n || used(d) + (size - f->now.n) <= d->set.room;
}

static ssize_t
disk_pwrite(void *self, int fd, const void *p, size_t n, off_t at)
{
	struct sim_disk *d = enter(self);
	struct open_file *o = by_fd(d, fd);
	enum power power;

	if (o == NULL || !o->writes || at < 0)
		return leave(d, -EBADF);
	if (!d->dark && !has_room(d, o->file, (size_t)at + n))
		return leave(d, -ENOSPC);
	power = use_power(d, o->path);
	if (power == OFF)
		return leave(d, -EIO);
	if (power == GOES) /* in the middle of it */
		n = (size_t)below(d, n);
	if (n > 0)
		note_change(o->file, p, n, (size_t)at);
	touch(d, o->file);
	(void)leave(d, 0);
	return power == ON ? (ssize_t)n : -EIO;
}

static ssize_t
disk_pread(void *self, int fd, void *p, size_t n, off_t at)
{
	struct sim_disk *d = enter(self);
	struct open_file *o = by_fd(d, fd);
	const struct image *m;

	if (o == NULL || at < 0)
		return leave(d, -EBADF);
	if (d->dark)
		return leave(d, -EIO);
	if (o->file->dir)
		return leave(d, -EISDIR);
	m = &o->file->now;
	if ((size_t)at >= m->n)
		n = 0;
	else if (n > m->n - (size_t)at)
		n = m->n - (size_t)at;
	if (n > 0)
		memcpy(p, m->p + at, n);
	(void)leave(d, 0);
	return (ssize_t)n;
}

/* A size, by truncate or fallocate; a cut leaves it as it was or done. */
static int
size_it(struct sim_disk *d, int fd, size_t size, bool grow_only)
{
	struct open_file *o = by_fd(d, fd);
	enum power power;

	if (o == NULL || !o->writes)
		return -EBADF;
	if (!d->dark && !has_room(d, o->file, size))
		return -ENOSPC;
	power = use_power(d, o->path);
	if (power != OFF && (power == ON || tossed(d)) && (!grow_only || size > o->file->now.n))
		note_change(o->file, NULL, size, 0);
	return power == ON ? 0 : -EIO;
}

static int
disk_fallocate(void *self, int fd, off_t at, off_t n)
{
	struct sim_disk *d = enter(self);

	return leave(
	    d, size_it(d, fd, (size_t)at + (size_t)(n < RESERVE_MOST ? n : RESERVE_MOST), true));
}

static int
disk_truncate(void *self, int fd, off_t size)
{
	struct sim_disk *d = enter(self);

	return leave(d, size_it(d, fd, (size_t)size, false));
}

static void
sync_file(struct inode *f)
{
	for (size_t i = f->spoiled; i < f->log_n; i++)
		apply_change(&f->safe, &f->log[i]);
	clear_log(f);
}

void
sim_disk_spoil(struct sim_disk *d, int fd)
{
	struct open_file *o;

	pthread_mutex_lock(&d->lock);
	o = by_fd(d, fd);
	if (o != NULL)
		o->file->spoiled = o->file->log_n;
	pthread_mutex_unlock(&d->lock);
}

static int
disk_datasync(void *self, int fd)
{
	struct sim_disk *d = enter(self);
	struct open_file *o = by_fd(d, fd);
	enum power power;

	if (o == NULL)
		return leave(d, -EBADF);
	power = use_power(d, o->path);
	if (!d->set.no_datasync && power != OFF && (power == ON || tossed(d)))
		sync_file(o->file);
	return leave(d, power == ON ? 0 : -EIO);
}

/* The sync of that folder makes the event durable. */
static bool
is_settled_by(struct event *e, const char *dir)
{
	e->from_synced = e->from_synced || is_in(e->path, dir);
	e->to_synced = e->to_synced || e->kind != RENAMED || is_in(e->to, dir);
	return e->from_synced && e->to_synced;
}

static void
sync_names(struct sim_disk *d, const char *dir)
{
	size_t kept = 0;

	for (size_t i = 0; i < d->events_n; i++) {
		struct event *e = &d->events[i];

		if (is_settled_by(e, dir))
			apply_event(d->safe, e);
		else
			d->events[kept++] = *e;
	}
	d->events_n = kept;
}

static int
disk_sync_dir(void *self, const char *dir)
{
	struct sim_disk *d = enter(self);
	const struct inode *f = at_path(d, dir);
	enum power power;

	if (f == NULL || !f->dir)
		return leave(d, d->dark ? -EIO : f == NULL ? -ENOENT : -ENOTDIR);
	power = use_power(d, dir);
	if (!d->set.no_sync_dir && power != OFF && (power == ON || tossed(d)))
		sync_names(d, dir);
	return leave(d, power == ON ? 0 : -EIO);
}

/* Says that a name changed, which a cut leaves as it was or done. */
static int
name_it(struct sim_disk *d, enum naming kind, const char *path, const char *to, struct inode *f)
{
	enum power power = use_power(d, path);

	if (power != OFF && (power == ON || tossed(d)))
		note_event(d, kind, path, to, f);
	return power == ON ? 0 : -EIO;
}

static int
disk_rename(void *self, const char *from, const char *to)
{
	struct sim_disk *d = enter(self);
	struct inode *f = at_path(d, from);

	if (d->dark)
		return leave(d, -EIO);
	if (f == NULL || !has_parent(d, to))
		return leave(d, -ENOENT);
	touch(d, f);
	return leave(d, name_it(d, RENAMED, from, to, f));
}

static int
disk_unlink(void *self, const char *path)
{
	struct sim_disk *d = enter(self);
	struct inode *f = at_path(d, path);

	if (d->dark)
		return leave(d, -EIO);
	if (f == NULL)
		return leave(d, -ENOENT);
	return leave(d, f->dir ? -EISDIR : name_it(d, REMOVED, path, "", f));
}

static int
disk_mkdir(void *self, const char *path, mode_t mode)
{
	struct sim_disk *d = enter(self);

	(void)mode;
	if (d->dark)
		return leave(d, -EIO);
	if (at_path(d, path) != NULL)
		return leave(d, -EEXIST);
	if (!has_parent(d, path))
		return leave(d, -ENOENT);
	return leave(d, name_it(d, MADE, path, "", new_inode(d, true)));
}

static int
disk_stat(void *self, const char *path, struct ww_fs_stat *out)
{
	struct sim_disk *d = enter(self);
	const struct inode *f = at_path(d, path);

	if (d->dark)
		return leave(d, -EIO);
	if (f == NULL)
		return leave(d, -ENOENT);
	*out = (struct ww_fs_stat){
		.is_dir = f->dir,
		.is_file = !f->dir,
		.changed = f->changed,
		.size = f->now.n,
		.used = (f->now.n + BLOCK - 1) / BLOCK * BLOCK,
	};
	return leave(d, 0);
}

static int
disk_list(void *self, const char *dir, ww_fs_name name, void *arg)
{
	struct sim_disk *d = enter(self);
	const struct inode *f = at_path(d, dir);
	char names[NAMES][PATH_MOST];
	size_t n = 0;
	int err = 0;

	if (d->dark)
		return leave(d, -EIO);
	if (f == NULL || !f->dir)
		return leave(d, f == NULL ? -ENOENT : -ENOTDIR);
	for (size_t i = 0; i < NAMES; i++)
		if (d->now[i].file != NULL && is_in(d->now[i].path, dir))
			copy_path(names[n++], strrchr(d->now[i].path, '/') + 1);
	(void)leave(d, 0); /* the callback opens files */
	for (size_t i = 0; i < n && err == 0; i++)
		err = name(arg, names[i]);
	return err;
}

static int
disk_lock(void *self, int fd)
{
	struct sim_disk *d = enter(self);
	struct open_file *o = by_fd(d, fd);

	if (o == NULL)
		return leave(d, -EBADF);
	for (size_t i = 0; i < FDS; i++)
		if (&d->fds[i] != o && d->fds[i].file == o->file && d->fds[i].locked)
			return leave(d, -EWOULDBLOCK);
	o->locked = true;
	return leave(d, 0);
}

static int
disk_space(void *self, const char *path, struct ww_fs_space *out)
{
	struct sim_disk *d = enter(self);
	uint64_t total = d->set.room != 0 ? d->set.room : (uint64_t)1 << 40, taken = used(d);

	(void)path;
	if (d->dark)
		return leave(d, -EIO);
	*out = (struct ww_fs_space){ .total = total, .free = total > taken ? total - taken : 0 };
	return leave(d, 0);
}

/* -- the cut ------------------------------------------------------------------------------------------ */

/* How the changes of a file are chosen from. */
enum left { NONE, ALL, TORN, SECTORS, LEFTS };

/* The first changes whole, the next one up to any byte. */
static void
leave_torn(struct sim_disk *d, struct inode *f)
{
	size_t whole = (size_t)below(d, f->log_n);
	struct change last = f->log[whole];

	for (size_t i = 0; i < whole; i++)
		apply_change(&f->safe, &f->log[i]);
	if (last.p == NULL)
		return;
	last.n = (size_t)below(d, last.n + 1);
	apply_change(&f->safe, &last);
}

/* The file after its first changes. */
static struct image
image_after(const struct inode *f, size_t changes)
{
	struct image m = { .p = NULL };

	put_bytes(&m, f->safe.p, f->safe.n, 0);
	for (size_t i = 0; i < changes; i++)
		apply_change(&m, &f->log[i]);
	return m;
}

enum { MOMENTS = 4 };

/* Each sector as it was at one of some moments, and the size of one of them: sectors that were not written by then are
 * as they were or zero. */
static void
leave_sectors(struct sim_disk *d, struct inode *f)
{
	size_t sector = tossed(d) ? 512 : 4096, n;
	struct image moments[MOMENTS], m = { .p = NULL };

	for (size_t i = 0; i < MOMENTS; i++)
		moments[i] = image_after(f, i == 0   ? 0
		                            : i == 1 ? f->log_n
		                                     : (size_t)below(d, f->log_n + 1));
	n = moments[below(d, MOMENTS)].n;
	if (tossed(d) && n > f->safe.n) /* a size that no write made: the system writes pages */
		n = f->safe.n + (size_t)below(d, n - f->safe.n + 1);
	resize(&m, n);
	for (size_t at = 0; at < n; at += sector) {
		const struct image *from = &moments[below(d, MOMENTS)];
		size_t end = at + sector < n ? at + sector : n;

		if (at < from->n)
			put_bytes(&m, from->p + at, (end < from->n ? end : from->n) - at, at);
	}
	for (size_t i = 0; i < MOMENTS; i++)
		free(moments[i].p);
	free(f->safe.p);
	f->safe = m;
}

static void
cut_file(struct sim_disk *d, struct inode *f)
{
	if (f->log_n > 0) {
		switch ((enum left)below(d, LEFTS)) {
		case NONE:
		case LEFTS:
			break;
		case ALL:
			f->spoiled = 0; /* it may have got there all the same */
			sync_file(f);
			break;
		case TORN:
			leave_torn(d, f);
			break;
		case SECTORS:
			leave_sectors(d, f);
			break;
		}
	}
	clear_log(f);
	resize(&f->now, 0);
	put_bytes(&f->now, f->safe.p, f->safe.n, 0);
}

/* What became of the names: the first of what happened, or any of it. */
static void
cut_names(struct sim_disk *d)
{
	bool in_order = tossed(d);
	size_t upto = in_order ? (size_t)below(d, d->events_n + 1) : d->events_n;

	for (size_t i = 0; i < upto; i++)
		if (in_order || tossed(d))
			apply_event(d->safe, &d->events[i]);
	d->events_n = 0;
	memcpy(d->now, d->safe, sizeof(d->now));
}

/* A folder that is gone takes with it what was in it. */
static void
drop_orphans(struct sim_disk *d)
{
	bool again = true;

	while (again) {
		again = false;
		for (size_t i = 0; i < NAMES; i++) {
			if (d->now[i].file == NULL || strcmp(d->now[i].path, "/") == 0 ||
			    has_parent(d, d->now[i].path))
				continue;
			d->now[i].file = NULL;
			again = true;
		}
	}
	memcpy(d->safe, d->now, sizeof(d->safe));
}

static void
free_unnamed(struct sim_disk *d)
{
	struct inode **p = &d->files;

	for (size_t i = 0; i < NAMES; i++)
		if (d->now[i].file != NULL)
			d->now[i].file->seen = true;
	while (*p != NULL) {
		struct inode *f = *p;

		if (!f->seen) {
			*p = f->next;
			free_inode(f);
			continue;
		}
		f->seen = false;
		p = &f->next;
	}
}

static bool
ends_with(const char *path, const char *end)
{
	size_t n = strlen(path), m = strlen(end);

	return n >= m && strcmp(path + n - m, end) == 0;
}

static void
count_hits(struct sim_disk *d)
{
	bool bytes = false, path = false;

	for (size_t i = 0; i < NAMES; i++) {
		if (d->now[i].file == NULL || d->now[i].file->log_n == 0)
			continue;
		bytes = true;
		path = path || (d->watch != NULL && ends_with(d->now[i].path, d->watch));
	}
	d->counts.cuts++;
	d->counts.hit_bytes += bytes;
	d->counts.hit_path += path;
	d->counts.hit_names += d->events_n > 0;
}

static void
turn_on(struct sim_disk *d)
{
	memset(d->fds, 0, sizeof(d->fds));
	d->dark = false;
	d->left = 0;
}

void
sim_disk_kill(struct sim_disk *d)
{
	pthread_mutex_lock(&d->lock);
	turn_on(d);
	pthread_mutex_unlock(&d->lock);
}

void
sim_disk_cut(struct sim_disk *d)
{
	pthread_mutex_lock(&d->lock);
	count_hits(d);
	cut_names(d);
	drop_orphans(d);
	free_unnamed(d);
	for (struct inode *f = d->files; f != NULL; f = f->next)
		cut_file(d, f);
	turn_on(d);
	pthread_mutex_unlock(&d->lock);
}

/* -- the disk ----------------------------------------------------------------------------------------- */

struct sim_disk *
sim_disk_new(const struct sim_disk_settings *s)
{
	struct sim_disk *d = more(NULL, sizeof(*d));

	*d = (struct sim_disk){
		.fs = {
			.open = disk_open,
			.close = disk_close,
			.pwrite = disk_pwrite,
			.pread = disk_pread,
			.fallocate = disk_fallocate,
			.truncate = disk_truncate,
			.datasync = disk_datasync,
			.sync_dir = disk_sync_dir,
			.rename = disk_rename,
			.unlink = disk_unlink,
			.mkdir = disk_mkdir,
			.stat = disk_stat,
			.lstat = disk_stat,
			.list = disk_list,
			.lock = disk_lock,
			.space = disk_space,
		},
		.set = *s,
		.random = s->seed,
	};
	d->fs.self = d;
	pthread_mutex_init(&d->lock, NULL);
	set_name(d->now, "/", new_inode(d, true));
	memcpy(d->safe, d->now, sizeof(d->safe));
	return d;
}

void
sim_disk_free(struct sim_disk *d)
{
	if (d == NULL)
		return;
	while (d->files != NULL) {
		struct inode *f = d->files;

		d->files = f->next;
		free_inode(f);
	}
	free(d->events);
	pthread_mutex_destroy(&d->lock);
	free(d);
}

const struct ww_fs *
sim_disk_fs(struct sim_disk *d)
{
	return &d->fs;
}

void
sim_disk_cut_at(struct sim_disk *d, uint64_t n, const char *on)
{
	pthread_mutex_lock(&d->lock);
	d->left = n;
	d->on = on;
	pthread_mutex_unlock(&d->lock);
}

void
sim_disk_go_dark(struct sim_disk *d)
{
	pthread_mutex_lock(&d->lock);
	d->dark = true;
	pthread_mutex_unlock(&d->lock);
}

bool
sim_disk_dark(struct sim_disk *d)
{
	bool dark;

	pthread_mutex_lock(&d->lock);
	dark = d->dark;
	pthread_mutex_unlock(&d->lock);
	return dark;
}

uint64_t
sim_disk_below(struct sim_disk *d, uint64_t n)
{
	uint64_t x;

	pthread_mutex_lock(&d->lock);
	x = below(d, n);
	pthread_mutex_unlock(&d->lock);
	return x;
}

void
sim_disk_watch(struct sim_disk *d, const char *end)
{
	d->watch = end;
}

struct sim_disk_counts
sim_disk_counts(struct sim_disk *d)
{
	struct sim_disk_counts c;

	pthread_mutex_lock(&d->lock);
	c = d->counts;
	pthread_mutex_unlock(&d->lock);
	return c;
}

uint64_t
sim_disk_used(struct sim_disk *d)
{
	uint64_t n;

	pthread_mutex_lock(&d->lock);
	n = used(d);
	pthread_mutex_unlock(&d->lock);
	return n;
}

size_t
sim_disk_open_files(struct sim_disk *d)
{
	size_t n = 0;

	pthread_mutex_lock(&d->lock);
	for (size_t i = 0; i < FDS; i++)
		n += d->fds[i].file != NULL;
	pthread_mutex_unlock(&d->lock);
	return n;
}
