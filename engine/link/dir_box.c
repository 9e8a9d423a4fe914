/* Claims, ends and counts the files of a folder, by renames and in an order that a kill or a power cut may end anywhere. */
#include "link/dir_box.h"

#include "base/failpoint.h"
#include "base/fs.h"
#include "link/dir_put.h"
#include "link/dir_scan.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	NAME_LONGEST = 200, /* so that there is room for a time, ".ack" and ".tmp" */
	SAME_MS_MOST = 1000,
	DAY_MS = 24 * 60 * 60 * 1000,
};

enum place { HERE, CLAIMED, DONE, FAILED, PLACES };

static const struct {
	const char *part; /* of the path */
	const char *name; /* in failures */
} places[PLACES] = {
	[HERE] = { "", "folder" },
	[CLAIMED] = { "/.claimed", ".claimed" },
	[DONE] = { "/done", "done" },
	[FAILED] = { "/failed", "failed" },
};

struct ww_dir_box {
	const struct ww_fs *fs;
	const char *dir;
	struct ww_clock clock;
	int lock; /* -1: not open */
};

/* -- paths ------------------------------------------------------------------------------------------- */

struct path {
	char text
	    [PATH_MAX]; /* cut when it is too long: then every call with it fails, as it names nothing */
};

static struct path
path_of(const struct ww_dir_box *b, enum place p, const char *before, const char *name,
    const char *after)
{
	struct path path;
	int n = snprintf(path.text, sizeof(path.text), "%s%s%s%s%s%s", b->dir, places[p].part,
	    name[0] != '\0' ? "/" : "", before, name, after);

	if (n < 0 || (size_t)n >= sizeof(path.text))
		path.text[0] = '\0';
	return path;
}

static struct path
path_in(const struct ww_dir_box *b, enum place p, const char *name)
{
	return path_of(b, p, "", name, "");
}

static struct path
ack_of(const struct ww_dir_box *b, enum place p, const char *name)
{
	return path_of(b, p, "", name, ".ack");
}

static int
look(const struct ww_dir_box *b, struct path path, struct ww_fs_stat *st)
{
	return b->fs->lstat(b->fs->self, path.text, st);
}

/* 1: something is there, 0: nothing; else -errno. */
static int
is_there(const struct ww_dir_box *b, struct path path)
{
	struct ww_fs_stat st;
	int err = look(b, path, &st);

	return err == 0 ? 1 : err == -ENOENT ? 0 : err;
}

static ww_status
sync_place(const struct ww_dir_box *b, struct ww_ctx *cx, enum place p)
{
	int err = b->fs->sync_dir(b->fs->self, path_in(b, p, "").text);

	return err == 0 ? WW_OK : ww_fs_fail(cx, places[p].name, "make it durable", err);
}

/* -- open ---------------------------------------------------------------------------------------------- */

ww_status
ww_dir_box_new(struct ww_ctx *cx, const struct ww_fs *fs, const char *dir, struct ww_clock clock,
    struct ww_dir_box **out)
{
	struct ww_dir_box *b = calloc(1, sizeof(*b));

	if (b == NULL)
		return ww_fail_memory(cx);
	*b = (struct ww_dir_box){ .fs = fs, .dir = dir, .clock = clock, .lock = -1 };
	*out = b;
	return WW_OK;
}

void
ww_dir_box_shut(struct ww_dir_box *b)
{
	if (b->lock >= 0)
		(void)b->fs->close(b->fs->self, b->lock);
	b->lock = -1;
}

bool
ww_dir_box_is_open(const struct ww_dir_box *b)
{
	return b->lock >= 0;
}

void
ww_dir_box_free(struct ww_dir_box *b)
{
	if (b == NULL)
		return;
	ww_dir_box_shut(b);
	free(b);
}

/* Those who fetch acknowledgements may be others than who runs the engine: their group may read. */
static ww_status
make_place(const struct ww_dir_box *b, struct ww_ctx *cx, enum place p)
{
	struct path path = path_in(b, p, "");
	struct ww_fs_stat st;
	int err = b->fs->mkdir(b->fs->self, path.text, p == CLAIMED ? 0700 : 0750);

	if (err == -EEXIST)
		err = look(b, path, &st) == 0 && st.is_dir ? 0 : -ENOTDIR; /* nor a link to one */
	return err == 0 ? WW_OK : ww_fs_fail(cx, places[p].name, "make it", err);
}

static ww_status
take_lock(struct ww_dir_box *b, struct ww_ctx *cx)
{
	ww_status s = ww_fs_lock(b->fs, cx, path_in(b, CLAIMED, ".lock").text, &b->lock);

	if (s == WW_E_BUSY)
		snprintf(cx->fail.reason, sizeof(cx->fail.reason),
		    "another engine works on this folder");
	if (s != WW_OK)
		snprintf(cx->fail.place, sizeof(cx->fail.place), "%s", places[CLAIMED].name);
	return s;
}

ww_status
ww_dir_box_open(struct ww_dir_box *b, struct ww_ctx *cx)
{
	ww_status s = WW_OK;

	if (b->lock >= 0)
		return WW_OK;
	for (enum place p = CLAIMED; s == WW_OK && p < PLACES; p++)
		s = make_place(b, cx, p);
	if (s == WW_OK)
		s = sync_place(b, cx, HERE);
	return s == WW_OK ? take_lock(b, cx) : s;
}

/* -- claiming ------------------------------------------------------------------------------------------ */

/* No file of that name was ever ended or is claimed, as far as one can see; -errno as is_there. */
static int
is_free(const struct ww_dir_box *b, const char *name)
{
	const struct path paths[] = { path_in(b, CLAIMED, name), path_in(b, DONE, name),
		path_in(b, FAILED, name), ack_of(b, DONE, name), ack_of(b, FAILED, name) };

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		int there = is_there(b, paths[i]);

		if (there != 0)
			return there > 0 ? 0 : there;
	}
	return 1;
}

/* The name with the time behind it: "a.hl7.20260302T081500123Z", and a number when that is taken as well. A long one is
 * cut, but not within a character. */
static void
stamp(const struct ww_dir_box *b, const char *name, unsigned again, char out[WW_DIR_NAME])
{
	int64_t now = ww_clock_now(&b->clock), day = now / DAY_MS, ms = now % DAY_MS;
	size_t n = strlen(name);
	int y, m, d;

	if (n > NAME_LONGEST)
		for (n = NAME_LONGEST; n > 1 && ((unsigned char)name[n] & 0xc0) == 0x80; n--)
			;
	ww_day_civil(day, &y, &m, &d);
	snprintf(out, WW_DIR_NAME, "%.*s.%04d%02d%02dT%02d%02d%02d%03dZ", (int)n, name, y, m, d,
	    (int)(ms / 3600000), (int)(ms / 60000 % 60), (int)(ms / 1000 % 60), (int)(ms % 1000));
	n = strlen(out);
	if (again > 0)
		snprintf(out + n, WW_DIR_NAME - n, "-%u", again);
}

/* A name that is nowhere taken. 0 or -errno. */
static int
choose(const struct ww_dir_box *b, const char *name, char out[WW_DIR_NAME])
{
	int ok = 0;

	if (strlen(name) <= NAME_LONGEST) {
		snprintf(out, WW_DIR_NAME, "%s", name);
		ok = is_free(b, out);
	}
	for (unsigned i = 0; ok == 0 && i < SAME_MS_MOST; i++) {
		stamp(b, name, i, out);
		ok = is_free(b, out);
	}
	return ok > 0 ? 0 : ok < 0 ? ok : -EEXIST;
}

/* One that may not be read stays where its sender sees it. 0 or -errno. */
static int
try_to_read(const struct ww_dir_box *b, struct path path)
{
	int fd = ww_fs_open(b->fs, path.text, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);

	if (fd < 0)
		return fd;
	(void)b->fs->close(b->fs->self, fd);
	return 0;
}

ww_status
ww_dir_box_claim(
    struct ww_dir_box *b, struct ww_ctx *cx, const char *name, char claimed[WW_DIR_NAME])
{
	struct path from = path_in(b, HERE, name);
	struct ww_fs_stat st;
	int err = look(b, from, &st);

	claimed[0] = '\0';
	if (err == -ENOENT || (err == 0 && (!st.is_file || st.size == 0)))
		return WW_OK;
	if (err == 0)
		err = try_to_read(b, from);
	if (err == 0)
		err = choose(b, name, claimed);
	if (err == 0)
		err = b->fs->rename(b->fs->self, from.text, path_in(b, CLAIMED, claimed).text);
	if (err == 0)
		return WW_OK;
	claimed[0] = '\0';
	return err == -ENOENT ? WW_OK : ww_fs_fail(cx, "folder", "take a file", err);
}

ww_status
ww_dir_box_sync(struct ww_dir_box *b, struct ww_ctx *cx)
{
	ww_status s = sync_place(b, cx, CLAIMED);

	WW_FAILPOINT("dir-claimed");
	return s == WW_OK ? sync_place(b, cx, HERE) : s;
}

/* -- claimed ------------------------------------------------------------------------------------------- */

struct listing {
	int (*fn)(void *arg, const char *name);
	void *arg;
	bool ended;
};

static int
on_claimed(void *arg, const char *name)
{
	struct listing *l = arg;

	l->ended = name[0] != '.' && l->fn(l->arg, name) != 0;
	return l->ended;
}

ww_status
ww_dir_box_claimed(
    struct ww_dir_box *b, struct ww_ctx *cx, int (*fn)(void *arg, const char *name), void *arg)
{
	struct listing l = { .fn = fn, .arg = arg };
	int err = b->fs->list(b->fs->self, path_in(b, CLAIMED, "").text, on_claimed, &l);

	return err == 0 || l.ended ? WW_OK : ww_fs_fail(cx, places[CLAIMED].name, "list it", err);
}

/* 0 or -errno. */
static int
read_file(
    const struct ww_dir_box *b, const char *path, size_t most, struct ww_buf *out, bool *whole)
{
	char chunk[65536];
	size_t at = 0;
	ssize_t got = 0;
	int fd = ww_fs_open(b->fs, path, O_RDONLY | O_NOFOLLOW);

	if (fd < 0)
		return fd;
	/* One byte more than is wanted: that there is one says that it is not whole. */
	while (at <= most && out->error == WW_OK) {
		size_t want = most + 1 - at < sizeof(chunk) ? most + 1 - at : sizeof(chunk);

		got = b->fs->pread(b->fs->self, fd, chunk, want, (off_t)at);
		if (got == -EINTR)
			continue;
		if (got <= 0)
			break;
		at += (size_t)got;
		ww_buf_add(out, chunk, (size_t)got - (at > most));
	}
	*whole = at <= most;
	(void)b->fs->close(b->fs->self, fd);
	return got < 0 ? (int)got : 0;
}

ww_status
ww_dir_box_read(struct ww_dir_box *b, struct ww_ctx *cx, const char *name, size_t most,
    struct ww_buf *out, bool *whole)
{
	struct path path = path_in(b, CLAIMED, name);
	struct ww_fs_stat st;
	int err = look(b, path, &st);

	if (err == 0 && !st.is_file)
		return ww_fail(cx, WW_E_VALUE, places[CLAIMED].name, "not a regular file");
	if (err == 0)
		err = read_file(b, path.text, most, out, whole);
	if (err == -ENOENT)
		return ww_fail(cx, WW_E_NOT_FOUND, places[CLAIMED].name, "a claimed file is gone");
	if (err != 0)
		return ww_fs_fail(cx, places[CLAIMED].name, "read a file", err);
	return out->error == WW_OK ? WW_OK : ww_fail_memory(cx);
}

/* -- the end of a file --------------------------------------------------------------------------------- */

static enum place
place_of(const struct ww_dir_end *e)
{
	return e->failed ? FAILED : DONE;
}

static ww_status
end_fail(struct ww_ctx *cx, const struct ww_dir_end *e, const char *what, int err)
{
	return ww_fs_fail(cx, places[place_of(e)].name, what, err);
}

/* The name it gets, empty when somebody took the file away. Claimed names are free there, but for what a crash between two
 * folders may leave. */
static ww_status
choose_end(const struct ww_dir_box *b, struct ww_ctx *cx, struct ww_dir_end *e)
{
	int there = is_there(b, path_in(b, CLAIMED, e->name)), err = 0;

	e->to[0] = '\0';
	if (there == 0)
		return WW_OK;
	if (there > 0)
		there = is_there(b, path_in(b, place_of(e), e->name));
	if (there < 0)
		return end_fail(cx, e, "look at it", there);
	if (there > 0)
		err = choose(b, e->name, e->to);
	else
		snprintf(e->to, sizeof(e->to), "%s", e->name);
	return err == 0 ? WW_OK : end_fail(cx, e, "look at it", err);
}

static ww_status
write_ack(const struct ww_dir_box *b, struct ww_ctx *cx, const struct ww_dir_end *e)
{
	struct path temp = path_of(b, place_of(e), ".", e->to, ".ack.tmp");
	int err;

	if (e->ack.n == 0 || e->to[0] == '\0')
		return WW_OK;
	err = ww_dir_put(b->fs, temp.text, ack_of(b, place_of(e), e->to).text, e->ack);
	if (err == 0)
		return WW_OK;
	return end_fail(cx, e, "write an acknowledgement", err);
}

/* An earlier attempt may have had another outcome, and been killed before the file was moved. */
static void
drop_stale_ack(const struct ww_dir_box *b, const struct ww_dir_end *e)
{
	struct path stale = ack_of(b, e->failed ? DONE : FAILED, e->name);

	if (e->again && strcmp(e->name, e->to) == 0 &&
	    is_there(b, path_in(b, e->failed ? DONE : FAILED, e->name)) == 0)
		(void)b->fs->unlink(b->fs->self, stale.text);
}

static ww_status
move(const struct ww_dir_box *b, struct ww_ctx *cx, const struct ww_dir_end *e)
{
	int err;

	if (e->to[0] == '\0')
		return WW_OK;
	err = b->fs->rename(
	    b->fs->self, path_in(b, CLAIMED, e->name).text, path_in(b, place_of(e), e->to).text);
	if (err != 0)
		return end_fail(cx, e, "move a file there", err);
	drop_stale_ack(b, e);
	return WW_OK;
}

/* Syncs the folder that some of them go to; its failure is that of each. */
static ww_status
sync_some(
    const struct ww_dir_box *b, struct ww_ctx *cx, struct ww_dir_end *v, size_t n, bool failed)
{
	ww_status s = WW_OK;
	bool any = false;

	for (size_t i = 0; i < n; i++)
		any = any || (v[i].failed == failed && v[i].status == WW_OK);
	if (any)
		s = sync_place(b, cx, failed ? FAILED : DONE);
	return s;
}

static void
sync_acks(const struct ww_dir_box *b, struct ww_ctx *cx, struct ww_dir_end *v, size_t n)
{
	const ww_status synced[] = { sync_some(b, cx, v, n, false), sync_some(b, cx, v, n, true) };

	for (size_t i = 0; i < n; i++)
		if (v[i].status == WW_OK)
			v[i].status = synced[v[i].failed];
}

/* A move that a power cut undoes is done again after it: no reason to do it twice now. */
static ww_status
sync_moves(const struct ww_dir_box *b, struct ww_ctx *cx, struct ww_dir_end *v, size_t n)
{
	ww_status done = sync_some(b, cx, v, n, false), failed = sync_some(b, cx, v, n, true);
	ww_status claimed = sync_place(b, cx, CLAIMED);

	return done != WW_OK ? done : failed != WW_OK ? failed : claimed;
}

ww_status
ww_dir_box_settle(struct ww_dir_box *b, struct ww_ctx *cx, struct ww_dir_end *v, size_t n)
{
	ww_status s = WW_OK, synced;

	for (size_t i = 0; i < n; i++) {
		v[i].status = choose_end(b, cx, &v[i]);
		if (v[i].status == WW_OK)
			v[i].status = write_ack(b, cx, &v[i]);
	}
	sync_acks(b, cx, v, n);
	WW_FAILPOINT("dir-acked");
	for (size_t i = 0; i < n; i++) {
		if (v[i].status == WW_OK)
			v[i].status = move(b, cx, &v[i]);
		if (s == WW_OK)
			s = v[i].status;
	}
	synced = sync_moves(b, cx, v, n);
	WW_FAILPOINT("dir-settled");
	return s != WW_OK ? s : synced;
}

/* -- old files ----------------------------------------------------------------------------------------- */

struct sweep {
	const struct ww_dir_box *b;
	enum place place;
	int64_t before;
	size_t gone;
	int err;
};

static int
on_old(void *arg, const char *name)
{
	struct sweep *w = arg;
	struct path path = path_in(w->b, w->place, name);
	struct ww_fs_stat st;
	int err;

	if (look(w->b, path, &st) != 0 || !st.is_file || st.changed >= w->before)
		return 0;
	err = w->b->fs->unlink(w->b->fs->self, path.text);
	w->gone += err == 0;
	if (w->err == 0 && err != -ENOENT)
		w->err = err;
	return 0;
}

ww_status
ww_dir_box_sweep(struct ww_dir_box *b, struct ww_ctx *cx, bool failed, unsigned days, size_t *gone)
{
	struct sweep w = { .b = b,
		.place = failed ? FAILED : DONE,
		.before = ww_clock_now(&b->clock) - (int64_t)days * DAY_MS };
	int err = b->fs->list(b->fs->self, path_in(b, w.place, "").text, on_old, &w);

	*gone = w.gone;
	if (err == 0)
		err = w.err;
	return err == 0 ? WW_OK : ww_fs_fail(cx, places[w.place].name, "remove old files", err);
}

/* -- counts -------------------------------------------------------------------------------------------- */

struct count {
	const struct ww_dir_box *b;
	const char *pattern; /* NULL: all but acknowledgements */
	size_t n;
};

static int
on_counted(void *arg, const char *name)
{
	struct count *c = arg;
	struct ww_fs_stat st;
	size_t n = strlen(name);

	if (name[0] == '.')
		return 0;
	if (c->pattern == NULL)
		c->n += n < 4 || strcmp(name + n - 4, ".ack") != 0;
	else
		c->n += ww_dir_name_fits(c->pattern, name) &&
		        look(c->b, path_in(c->b, HERE, name), &st) == 0 && st.is_file;
	return 0;
}

ww_status
ww_dir_box_count(struct ww_ctx *cx, const struct ww_fs *fs, const char *dir, const char *pattern,
    struct ww_dir_counts *out)
{
	const struct ww_dir_box b = { .fs = fs, .dir = dir, .lock = -1 };
	struct count c[PLACES] = { [HERE] = { .pattern = pattern } };
	int err = 0;

	for (enum place p = HERE; err == 0 && p < PLACES; p++) {
		c[p].b = &b;
		err = fs->list(fs->self, path_in(&b, p, "").text, on_counted, &c[p]);
		if (p != HERE && err == -ENOENT)
			err = 0; /* nothing was ever taken */
		if (err != 0)
			return ww_fs_fail(cx, places[p].name, "list it", err);
	}
	*out = (struct ww_dir_counts){ .waiting = c[HERE].n,
		.claimed = c[CLAIMED].n,
		.done = c[DONE].n,
		.failed = c[FAILED].n };
	return WW_OK;
}
