/* Adds up files, and divides by time. */
#include "store/disk.h"

#include "store/snapshot.h"

#include <wardwire/ctx.h>

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define HOUR_MS ((int64_t)3600 * 1000)
#define DAY_MS (24 * HOUR_MS)
#define WEEK_MS (7 * DAY_MS)
#define MORE_MOST ((uint64_t)64 << 20)

/* -- what is there ----------------------------------------------------------------------------------- */

struct adding {
	const struct ww_fs *fs;
	const char *dir, *prefix; /* prefix NULL: every file */
	uint64_t bytes;
	int err;
};

/* One that went away meanwhile counts nothing. */
static int
add_file(void *arg, const char *name)
{
	struct adding *a = arg;
	char path[PATH_MAX];
	struct ww_fs_stat st;
	int n;

	if (a->prefix != NULL && strncmp(name, a->prefix, strlen(a->prefix)) != 0)
		return 0;
	n = snprintf(path, sizeof(path), "%s/%s", a->dir, name);
	if (n < 0 || (size_t)n >= sizeof(path))
		return -ENAMETOOLONG;
	a->err = a->fs->stat(a->fs->self, path, &st);
	if (a->err == 0 && !st.is_dir)
		a->bytes += st.used;
	return a->err == -ENOENT ? 0 : a->err;
}

static ww_status
add_up(
    struct ww_ctx *cx, const struct ww_fs *fs, const char *dir, const char *prefix, uint64_t *out)
{
	struct adding a = { .fs = fs, .dir = dir, .prefix = prefix };
	int err = fs->list(fs->self, dir, add_file, &a);

	*out = a.bytes;
	return err == 0 || err == -ENOENT ? WW_OK : ww_fs_fail(cx, dir, "look at the files", err);
}

static const char *
last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

ww_status
ww_disk_measure(struct ww_ctx *cx, const struct ww_fs *fs, const struct ww_disk_places *places,
    struct ww_disk *out)
{
	struct ww_fs_space space = { 0, 0 };
	ww_status s;
	int err;

	*out = (struct ww_disk){ .total = 0 };
	s = add_up(cx, fs, places->journal, NULL, &out->journal);
	if (s == WW_OK) /* with what SQLite keeps beside it */
		s = add_up(cx, fs, places->data, last_part(places->ledger), &out->ledger);
	if (s == WW_OK)
		s = add_up(cx, fs, places->blobs, NULL, &out->blobs);
	if (s == WW_OK)
		s = add_up(cx, fs, places->snapshots, NULL, &out->snapshots);
	if (s != WW_OK)
		return s;
	err = fs->space(fs->self, places->data, &space);
	if (err < 0)
		return ww_fs_fail(cx, places->data, "ask for free space", err);
	out->total = space.total;
	out->free = space.free;
	if (space.total > 0)
		out->used_percent = (unsigned)(100 - space.free * 100 / space.total);
	return WW_OK;
}

/* -- what is to come ---------------------------------------------------------------------------------- */

/* Bytes a day, of so many bytes in that time; false when it was too short to say. */
static bool
per_day(uint64_t bytes, int64_t ms, uint64_t *out)
{
	if (ms < HOUR_MS)
		return false;
	*out = (uint64_t)((double)bytes * (double)DAY_MS / (double)ms);
	return true;
}

/* Of the pieces begun in the last week; of all there are, when they are younger. */
static ww_status
journal_growth(struct ww_ctx *cx, struct ww_journal *j, int64_t now, bool *known, uint64_t *out)
{
	struct ww_journal_piece *v;
	int64_t from = now;
	uint64_t bytes = 0;
	size_t n;
	ww_status s = ww_journal_pieces(j, cx, &v, &n);

	for (size_t i = s == WW_OK ? n : 0; i-- > 0;) {
		bytes += v[i].bytes;
		if (v[i].created != 0 && v[i].created < from)
			from = v[i].created;
		if (from < now - WEEK_MS)
			break;
	}
	*known = s == WW_OK && per_day(bytes, now - from, out);
	return s;
}

/* Between the oldest and the newest snapshot of the last week; else over the ledger's life. */
static ww_status
ledger_growth(struct ww_ctx *cx, const struct ww_fs *fs, const struct ww_disk_places *places,
    int64_t now, int64_t since, const struct ww_disk *d, bool *known, uint64_t *out)
{
	struct ww_snapshot *v;
	size_t n, i = 0;
	ww_status s = ww_snapshot_list(cx, fs, places->snapshots, &v, &n);

	if (s != WW_OK)
		return s;
	while (i + 1 < n && v[i + 1].time >= now - WEEK_MS)
		i++;
	*known = i > 0 && v[0].bytes >= v[i].bytes &&
	         per_day(v[0].bytes - v[i].bytes, v[0].time - v[i].time, out);
	if (!*known)
		*known = per_day(d->ledger, now - since, out);
	return WW_OK;
}

ww_status
ww_disk_forecast(struct ww_ctx *cx, const struct ww_fs *fs, const struct ww_disk_places *places,
    struct ww_journal *j, int64_t now, int64_t since, uint64_t reserve, struct ww_disk *d)
{
	uint64_t journal = 0, ledger = 0, kept = 0;
	struct ww_snapshot *v;
	size_t n;
	bool journal_known = false, ledger_known = false;
	ww_status s = journal_growth(cx, j, now, &journal_known, &journal);

	if (s == WW_OK)
		s = ledger_growth(cx, fs, places, now, since, d, &ledger_known, &ledger);
	if (s == WW_OK)
		s = ww_snapshot_list(cx, fs, places->snapshots, &v, &n);
	if (s != WW_OK)
		return s;
	kept = n; /* each of them will be as much larger */
	d->growth_known = journal_known && ledger_known;
	d->growth = journal + ledger * (1 + kept);
	d->days_known = d->growth_known && d->growth > 0;
	if (d->days_known)
		d->days = d->free > reserve ? (d->free - reserve) / d->growth : 0;
	return WW_OK;
}

bool
ww_disk_short(uint64_t free, uint64_t reserve, bool since)
{
	uint64_t more = reserve / 8 < MORE_MOST ? reserve / 8 : MORE_MOST;

	return free < (since ? reserve + more : reserve);
}
