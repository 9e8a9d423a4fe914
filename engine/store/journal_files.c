/* The journal in segment files: opening, its state, closing. */
#include "store/journal_files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEGMENT_BYTES ((size_t)64 << 20) /* when the settings say nothing */

/* -- state and end ---------------------------------------------------------------------------------- */

/* The oldest segment there is names the one before it, which was removed. Where its header cannot be read, its number
 * must do. */
static uint64_t
pruned_before(const struct ww_segment *oldest)
{
	bool has_beginning = oldest->header ? oldest->previous == 0 : oldest->first == 1;

	return has_beginning ? 0 : oldest->first - 1;
}

static void
journal_state(void *self, struct ww_journal_state *out)
{
	struct ww_journal_files *j = self;
	size_t i;

	pthread_mutex_lock(&j->mutex);
	*out = (struct ww_journal_state){ .next = j->next, .segments = j->list.n };
	for (i = 0; i < j->list.n; i++) {
		const struct ww_segment *g = &j->list.v[i];

		if (out->first == 0)
			out->first = g->low;
		if (g->last != 0)
			out->last = g->last;
		out->records += g->records;
		out->damaged += g->damaged;
		out->torn += g->torn;
		out->bytes += g->end;
	}
	if (j->list.n > 0)
		out->pruned = pruned_before(&j->list.v[0]);
	pthread_mutex_unlock(&j->mutex);
}

static ww_status
journal_append(void *self, struct ww_ctx *cx, struct ww_record *r, size_t n)
{
	return ww_journal_write_batch(self, cx, r, n);
}

static ww_status
journal_read(void *self, struct ww_ctx *cx, uint64_t from, struct ww_record *out, bool *found)
{
	return ww_journal_read_record(self, cx, from, out, found);
}

static ww_status
journal_pieces(void *self, struct ww_ctx *cx, struct ww_journal_piece **out, size_t *n)
{
	return ww_journal_prune_pieces(self, cx, out, n);
}

static ww_status
journal_prune(void *self, struct ww_ctx *cx, uint64_t below, struct ww_journal_pruned *out)
{
	return ww_journal_prune_below(self, cx, below, out);
}

static void
journal_close(void *self)
{
	struct ww_journal_files *j = self;

	ww_journal_write_stop(j);
	ww_journal_read_stop(j);
	ww_segments_free(&j->list);
	if (j->lock >= 0)
		(void)j->fs->close(j->fs->self, j->lock);
	pthread_mutex_destroy(&j->mutex);
	pthread_mutex_destroy(&j->reading);
	free(j->dir);
	free(j);
}

static const struct ww_journal_ops files_ops = {
	.name = "files",
	.append = journal_append,
	.read = journal_read,
	.pieces = journal_pieces,
	.prune = journal_prune,
	.state = journal_state,
	.close = journal_close,
};

/* -- opening ---------------------------------------------------------------------------------------- */

static ww_status
lock_dir(struct ww_ctx *cx, struct ww_journal_files *j)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/lock", j->dir);

	if (n < 0 || (size_t)n >= sizeof(path))
		return ww_journal_list_fail(cx, "lock the folder", -ENAMETOOLONG);
	return ww_fs_lock(j->fs, cx, path, &j->lock);
}

static ww_status
scan(struct ww_ctx *cx, struct ww_journal_files *j, bool quick)
{
	struct ww_buf noted = { .p = NULL };
	size_t i;
	ww_status s = ww_journal_list_files(cx, j->fs, j->dir, 0, &j->list);

	if (quick)
		ww_journal_damage_load(j, cx, &noted);
	for (i = 0; s == WW_OK && i < j->list.n; i++) {
		struct ww_segment_bounds b = ww_journal_list_bounds(&j->list, i, j->read_only);
		struct ww_segment *g = &j->list.v[i];
		bool trusted = false;

		if (quick && i + 1 < j->list.n &&
		    !ww_journal_damage_has(ww_buf_view(&noted), g->name))
			s = ww_journal_scan_trust(cx, j->fs, j->dir, &b, g, &trusted);
		if (s == WW_OK && !trusted)
			s = ww_journal_scan_segment(cx, j->fs, j->dir, &b, g);
	}
	ww_buf_free(&noted);
	return s;
}

/* Works out the next number from what the segments claim. */
static ww_status
count(struct ww_ctx *cx, struct ww_journal_files *j, uint64_t at_least, uint64_t next)
{
	uint64_t known = 0;
	size_t i;

	j->next = at_least + 1;
	for (i = 0; i < j->list.n; i++) {
		const struct ww_segment *g = &j->list.v[i];
		uint64_t sure = g->torn_first != 0 ? g->torn_first - 1 : g->last;

		if (g->known > known)
			known = g->known;
		if (g->name >= j->next)
			j->next = g->name + 1; /* and no file of that name is made twice */
		if (sure < g->synced)
			sure = g->synced;
		if (sure > j->sure)
			j->sure = sure;
	}
	if (known >= j->next)
		j->next = known + 1;
	if (next > j->next)
		j->next = next;
	if (at_least > known)
		return ww_fail(cx, WW_E_DAMAGED, "journal",
		    "the ledger is ahead of the journal: it knows record %llu, the journal ends at "
		    "%llu",
		    (unsigned long long)at_least, (unsigned long long)known);
	return WW_OK;
}

static ww_status
open_dir(struct ww_ctx *cx, struct ww_journal_files *j, const struct ww_journal_settings *settings)
{
	ww_status s = WW_OK;

	if (!j->read_only) {
		s = ww_fs_mkdir(j->fs, cx, j->dir);
		if (s == WW_OK)
			s = lock_dir(cx, j);
	}
	if (s == WW_OK)
		s = scan(cx, j, settings->quick);
	if (s == WW_OK)
		s = count(cx, j, settings->at_least, settings->next);
	if (s == WW_OK && !j->read_only)
		s = ww_journal_write_settle(j, cx);
	if (s == WW_OK && !j->read_only)
		ww_journal_damage_note(j, cx);
	return s;
}

ww_status
ww_journal_files(
    struct ww_ctx *cx, const struct ww_journal_settings *settings, struct ww_journal *out)
{
	struct ww_journal_files *j = calloc(1, sizeof(*j));
	size_t n = strlen(settings->dir);
	ww_status s;

	if (j == NULL)
		return ww_fail_memory(cx);
	j->fs = settings->fs != NULL ? settings->fs : &ww_fs_real;
	j->segment_bytes = settings->segment_bytes != 0 ? settings->segment_bytes : SEGMENT_BYTES;
	j->read_only = settings->read_only;
	j->lock = -1;
	j->fd = -1;
	pthread_mutex_init(&j->mutex, NULL);
	pthread_mutex_init(&j->reading, NULL);
	j->dir = malloc(n + 1);
	if (j->dir == NULL) {
		s = ww_fail_memory(cx);
		goto close;
	}
	memcpy(j->dir, settings->dir, n + 1);
	s = open_dir(cx, j, settings);
	if (s != WW_OK)
		goto close;
	*out = (struct ww_journal){ .ops = &files_ops, .self = j };
	return WW_OK;
close:
	journal_close(j);
	return s;
}
