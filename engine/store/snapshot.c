/* Makes, finds and checks snapshots. The description has its name before the file has: a file of that name always has
 * one. */
#include "store/snapshot.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/log.h>
#include <wardwire/time.h>

#include "base/failpoint.h"
#include "base/hash.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_MS ((int64_t)24 * 3600 * 1000)
#define NAME "%016" PRIx64

enum { DIGITS = 16, DESCRIPTION_MAX = 1024 };

/* -- names ------------------------------------------------------------------------------------------ */

static const char *
file_of(struct ww_ctx *cx, const char *dir, uint64_t seq, const char *end)
{
	return ww_arena_printf(cx->arena, "%s/" NAME "%s", dir, seq, end).p;
}

/* The number in "000000000000002a.txt". */
static bool
parse_name(const char *name, uint64_t *out)
{
	if (strlen(name) != DIGITS + 4 || strcmp(name + DIGITS, ".txt") != 0 ||
	    strspn(name, "0123456789abcdef") != DIGITS)
		return false;
	*out = strtoull(name, NULL, 16);
	return true;
}

ww_status
ww_snapshot_lock(struct ww_ctx *cx, const struct ww_fs *fs, const char *dir, int *lock)
{
	ww_status s = ww_fs_mkdir(fs, cx, dir);

	return s == WW_OK ? ww_fs_lock(fs, cx, ww_arena_printf(cx->arena, "%s/lock", dir).p, lock)
	                  : s;
}

/* -- descriptions ------------------------------------------------------------------------------------ */

static void
write_description(const struct ww_snapshot *s, struct ww_buf *b)
{
	ww_buf_printf(b,
	    "wardwire-snapshot 1\nseq %" PRIu64 "\ntime %" PRId64 "\nbytes %" PRIu64
	    "\nsha256 %s\n",
	    s->seq, s->time, s->bytes, s->sha256);
}

/* One line "key value"; false when it is another one. */
static bool
take_line(ww_str *rest, const char *key, ww_str *value)
{
	ww_str line = ww_str_cut(*rest, '\n', rest);

	return ww_str_is(ww_str_cut(line, ' ', value), key);
}

/* False when the text is no description of that snapshot. */
static bool
read_description(ww_str text, uint64_t seq, struct ww_snapshot *out)
{
	ww_str version, number, time, bytes, sum;
	uint64_t ms;

	if (!take_line(&text, "wardwire-snapshot", &version) || !ww_str_is(version, "1") ||
	    !take_line(&text, "seq", &number) || !take_line(&text, "time", &time) ||
	    !take_line(&text, "bytes", &bytes) || !take_line(&text, "sha256", &sum))
		return false;
	if (!ww_str_u64(number, UINT64_MAX, &out->seq) || out->seq != seq ||
	    !ww_str_u64(time, INT64_MAX, &ms) || !ww_str_u64(bytes, UINT64_MAX, &out->bytes) ||
	    !ww_hash_fits(sum))
		return false;
	out->time = (int64_t)ms;
	memcpy(out->sha256, sum.p, sum.n);
	out->sha256[sum.n] = '\0';
	return true;
}

/* -- the folder -------------------------------------------------------------------------------------- */

struct listing {
	struct ww_ctx *cx;
	const struct ww_fs *fs;
	const char *dir;
	struct ww_snapshot *v;
	size_t n, cap;
	ww_status status;
};

/* Room for one more, in the arena. */
static struct ww_snapshot *
add_one(struct listing *l)
{
	struct ww_snapshot *more;

	if (l->n < l->cap)
		return &l->v[l->n];
	more = ww_arena_array(l->cx->arena, 2 * l->cap + 8, sizeof(*more));
	if (more == NULL)
		return NULL;
	if (l->n > 0)
		memcpy(more, l->v, l->n * sizeof(*more));
	l->v = more;
	l->cap = 2 * l->cap + 8;
	return &l->v[l->n];
}

/* Takes the snapshot of that number into the list, if its description can be read. */
static ww_status
take_one(struct listing *l, uint64_t seq)
{
	struct ww_ctx aside = { .arena = l->cx->arena }; /* what is unreadable is passed over */
	struct ww_snapshot *s = add_one(l);
	struct ww_buf text = { 0 };

	if (s == NULL)
		return ww_fail_memory(l->cx);
	s->path = file_of(l->cx, l->dir, seq, ".db");
	if (ww_fs_load(l->fs, &aside, file_of(l->cx, l->dir, seq, ".txt"), DESCRIPTION_MAX,
	        &text) == WW_OK &&
	    read_description(ww_buf_view(&text), seq, s))
		l->n++;
	else
		ww_log(WW_LOG_WARN, "snapshot=" NAME " damaged=description", seq);
	ww_buf_free(&text);
	return WW_OK;
}

static int
on_name(void *arg, const char *name)
{
	struct listing *l = arg;
	uint64_t seq;

	if (!parse_name(name, &seq))
		return 0;
	l->status = take_one(l, seq);
	return l->status == WW_OK ? 0 : -ECANCELED;
}

static int
newest_first(const void *a, const void *b)
{
	const struct ww_snapshot *x = a, *y = b;

	return x->seq < y->seq ? 1 : x->seq > y->seq ? -1 : 0;
}

ww_status
ww_snapshot_list(
    struct ww_ctx *cx, const struct ww_fs *fs, const char *dir, struct ww_snapshot **out, size_t *n)
{
	struct listing l = { .cx = cx, .fs = fs, .dir = dir };
	int err = fs->list(fs->self, dir, on_name, &l);

	if (l.status != WW_OK)
		return l.status;
	if (err < 0 && err != -ENOENT)
		return ww_fs_fail(cx, "snapshots", "read the folder", err);
	if (l.n > 0)
		qsort(l.v, l.n, sizeof(*l.v), newest_first);
	*out = l.v;
	*n = l.n;
	return WW_OK;
}

/* -- checking ---------------------------------------------------------------------------------------- */

/* WW_E_DAMAGED when the file at path is not what s says. */
static ww_status
fits(struct ww_ctx *cx, const struct ww_fs *fs, const struct ww_snapshot *s, const char *path)
{
	struct ww_snapshot have;
	ww_status status = ww_hash_file(fs, cx, path, UINT64_MAX, have.sha256, &have.bytes);

	if (status != WW_OK)
		return status;
	if (have.bytes != s->bytes || strcmp(have.sha256, s->sha256) != 0)
		return ww_fail(cx, WW_E_DAMAGED, "snapshots",
		    "the snapshot of record %" PRIu64 " does not fit its digest", s->seq);
	return WW_OK;
}

ww_status
ww_snapshot_verify(struct ww_ctx *cx, const struct ww_fs *fs, const struct ww_snapshot *s)
{
	return fits(cx, fs, s, s->path);
}

/* The copy is what is checked: nothing can happen to it between the check and its use. */
static ww_status
use_one(struct ww_ctx *cx, const struct ww_fs *fs, const struct ww_snapshot *s, const char *path)
{
	ww_status status = ww_fs_copy(fs, cx, s->path, path, UINT64_MAX);

	if (status == WW_OK)
		status = fits(cx, fs, s, path);
	return status;
}

ww_status
ww_snapshot_use(struct ww_ctx *cx, const struct ww_fs *fs, const char *dir, uint64_t most,
    const char *path, uint64_t *seq)
{
	struct ww_snapshot *v;
	size_t n;
	ww_status s = ww_snapshot_list(cx, fs, dir, &v, &n);

	*seq = 0;
	for (size_t i = 0; s == WW_OK && i < n; i++) {
		struct ww_ctx one = { .arena = cx->arena };
		ww_status used;

		if (v[i].seq > most)
			continue;
		used = use_one(&one, fs, &v[i], path);
		if (used == WW_OK) {
			*seq = v[i].seq;
			return WW_OK;
		}
		if (used != WW_E_DAMAGED && used != WW_E_NOT_FOUND) {
			cx->fail = one.fail;
			s = used;
		}
		ww_log(WW_LOG_ERROR, "snapshot=" NAME " passed-over code=WW-%03d reason=\"%s\"",
		    v[i].seq, ww_status_number(used), one.fail.reason);
		if (ww_ledger_files_remove(cx, fs, path) != WW_OK && s == WW_OK)
			s = cx->fail.status;
	}
	return s;
}

/* -- making ------------------------------------------------------------------------------------------ */

static ww_status
sync_file(struct ww_ctx *cx, const struct ww_fs *fs, const char *path)
{
	int fd = ww_fs_open(fs, path, 0), err;

	if (fd < 0)
		return ww_fs_fail(cx, "snapshots", "open the copy", fd);
	err = fs->datasync(fs->self, fd);
	(void)fs->close(fs->self, fd);
	return err == 0 ? WW_OK : ww_fs_fail(cx, "snapshots", "sync the copy", err);
}

/* Gives the synced copy its name. */
static ww_status
give_name(struct ww_ctx *cx, const struct ww_fs *fs, const char *dir, const char *from,
    const struct ww_snapshot *s)
{
	struct ww_buf b = { 0 };
	ww_status status;
	int err;

	write_description(s, &b);
	status = ww_fs_put(fs, cx, file_of(cx, dir, s->seq, ".txt"), ww_buf_view(&b));
	ww_buf_free(&b);
	if (status != WW_OK)
		return status;
	WW_FAILPOINT("snapshot-rename");
	err = fs->rename(fs->self, from, s->path);
	if (err == 0)
		err = fs->sync_dir(fs->self, dir);
	return err == 0 ? WW_OK : ww_fs_fail(cx, "snapshots", "put the copy in place", err);
}

/* There is one of that number and it is whole. */
static bool
have_it(struct ww_ctx *cx, const struct ww_fs *fs, const char *dir, struct ww_snapshot *s)
{
	struct ww_ctx aside = { .arena = cx->arena };
	struct ww_snapshot *v;
	size_t n;

	if (ww_snapshot_list(&aside, fs, dir, &v, &n) != WW_OK)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (v[i].seq != s->seq || ww_snapshot_verify(&aside, fs, &v[i]) != WW_OK)
			continue;
		*s = v[i];
		return true;
	}
	return false;
}

/* The failure in cx stays the one that is told. */
static void
drop_attempt(struct ww_ctx *cx, const struct ww_fs *fs, const char *temp)
{
	struct ww_ctx aside = { .arena = cx->arena };

	if (ww_ledger_files_remove(&aside, fs, temp) != WW_OK)
		ww_log(WW_LOG_WARN, "snapshot=left-over code=WW-%03d reason=\"%s\"",
		    ww_status_number(aside.fail.status), aside.fail.reason);
}

ww_status
ww_snapshot_make(struct ww_ctx *cx, const struct ww_fs *fs, const char *dir, struct ww_ledger *l,
    bool (*go_on)(void *arg), void *arg, struct ww_snapshot *out)
{
	const char *temp = ww_arena_printf(cx->arena, "%s/making.db", dir).p;
	struct ww_snapshot made = { 0 };
	ww_status s = ww_ledger_files_remove(cx, fs, temp); /* of an attempt that was killed */

	if (s == WW_OK)
		s = ww_ledger_copy(l, cx, temp, go_on, arg, &made.seq, &made.time);
	WW_FAILPOINT("snapshot-copied");
	if (s != WW_OK)
		goto remove;
	if (have_it(cx, fs, dir, &made)) {
		*out = made;
		return ww_ledger_files_remove(cx, fs, temp);
	}
	made.path = file_of(cx, dir, made.seq, ".db");
	s = sync_file(cx, fs, temp);
	if (s == WW_OK)
		s = ww_hash_file(fs, cx, temp, UINT64_MAX, made.sha256, &made.bytes);
	if (s == WW_OK)
		s = give_name(cx, fs, dir, temp, &made);
	if (s != WW_OK)
		goto remove;
	*out = made;
	return WW_OK;
remove:
	drop_attempt(cx, fs, temp);
	return s;
}

/* The description goes last: without it nobody would ever remove the file. */
static ww_status
remove_one(struct ww_ctx *cx, const struct ww_fs *fs, const char *dir, const struct ww_snapshot *s)
{
	ww_status status = ww_fs_remove(fs, cx, s->path);

	return status == WW_OK ? ww_fs_remove(fs, cx, file_of(cx, dir, s->seq, ".txt")) : status;
}

ww_status
ww_snapshot_thin(
    struct ww_ctx *cx, const struct ww_fs *fs, const char *dir, size_t keep, size_t *removed)
{
	struct ww_snapshot *v;
	size_t n;
	int err;
	ww_status s = ww_snapshot_list(cx, fs, dir, &v, &n);

	*removed = 0;
	for (size_t i = n; s == WW_OK && i > keep; i--) { /* the oldest first */
		s = remove_one(cx, fs, dir, &v[i - 1]);
		*removed += s == WW_OK;
	}
	if (s != WW_OK || *removed == 0)
		return s;
	err = fs->sync_dir(fs->self, dir);
	return err == 0 ? WW_OK : ww_fs_fail(cx, "snapshots", "sync the folder", err);
}

/* -- when -------------------------------------------------------------------------------------------- */

int64_t
ww_snapshot_hour(int64_t now, unsigned hour, const struct ww_zone *zone)
{
	int64_t day = ww_time_day(ww_time_at(now, zone), zone), at = INT64_MAX;

	for (day++; at > now; day--) {
		int64_t local = day * DAY_MS + (int64_t)hour * 3600 * 1000;

		/* The offset at a moment near it, then at the moment itself. */
		at = local - (int64_t)ww_zone_offset(zone, local) * 60000;
		at = local - (int64_t)ww_zone_offset(zone, at) * 60000;
	}
	return at;
}
