/* The walk over a segment: a window on the file, and the search for the next valid header. */
#include "store/journal_walk.h"

#include "store/bytes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define WINDOW                                                                                     \
	((size_t)128 << 10) /* read at a time; a larger record has a window of its own size */

void
ww_journal_walk_start(
    struct ww_journal_walk *w, const struct ww_fs *fs, int fd, uint64_t at, uint64_t end)
{
	w->fs = fs;
	w->fd = fd;
	w->keyed = false;
	w->at = at;
	w->end = end;
	w->n = 0; /* another file: what the window shows is not its content */
}

void
ww_journal_walk_salt(struct ww_journal_walk *w, uint64_t salt)
{
	w->keyed = true;
	w->salt = salt;
	w->key = ww_journal_format_key(salt);
}

void
ww_journal_walk_stop(struct ww_journal_walk *w)
{
	free(w->bytes);
	*w = (struct ww_journal_walk){ .fd = -1 };
}

static ww_status
resize(struct ww_journal_walk *w, struct ww_ctx *cx, size_t cap)
{
	uint8_t *p;

	w->n = 0;
	if (cap == w->cap)
		return WW_OK;
	p = realloc(w->bytes, cap);
	if (p == NULL)
		return ww_fail_memory(cx);
	w->bytes = p;
	w->cap = cap;
	return WW_OK;
}

/* Reads from w->at on, at least need bytes if the file has them. */
static ww_status
fill(struct ww_journal_walk *w, struct ww_ctx *cx, size_t need)
{
	ww_status s = resize(w, cx, need > WINDOW ? need : WINDOW);
	uint64_t left = w->end - w->at;
	size_t want = left < w->cap ? (size_t)left : w->cap;

	if (s != WW_OK)
		return s;
	w->from = w->at;
	while (w->n < want) {
		ssize_t got = w->fs->pread(
		    w->fs->self, w->fd, w->bytes + w->n, want - w->n, (off_t)(w->from + w->n));

		if (got == -EINTR)
			continue;
		if (got < 0) {
			w->n = 0;
			return ww_fs_fail(cx, "journal", "read a segment", (int)got);
		}
		if (got == 0)
			break;
		w->n += (size_t)got;
	}
	return WW_OK;
}

/* The bytes at w->at, or *p NULL when fewer than need are there below the end. */
static ww_status
peek(struct ww_journal_walk *w, struct ww_ctx *cx, size_t need, const uint8_t **p)
{
	ww_status s;

	*p = NULL;
	if (w->at > w->end || need > w->end - w->at)
		return WW_OK;
	if (w->at < w->from || w->at - w->from > w->n || need > w->n - (w->at - w->from)) {
		s = fill(w, cx, need);
		if (s != WW_OK)
			return s;
		if (w->n < need) /* the file is shorter than it was */
			return WW_OK;
	}
	*p = w->bytes + (w->at - w->from);
	return WW_OK;
}

static ww_status
try_batch(struct ww_journal_walk *w, struct ww_ctx *cx, struct ww_walk_item *out)
{
	const uint8_t *p;
	ww_status s = peek(w, cx, WW_BATCH_HEADER, &p);

	if (s != WW_OK || p == NULL || !ww_journal_format_batch_read(p, &out->batch))
		return s;
	/* Right bytes at another place or from another segment are somebody's copy. */
	if (out->batch.synced_end != w->at || (w->keyed && out->batch.salt != w->salt))
		return WW_OK;
	out->kind = WW_WALK_BATCH;
	w->at += WW_BATCH_HEADER;
	return WW_OK;
}

static ww_status
try_record(struct ww_journal_walk *w, struct ww_ctx *cx, struct ww_walk_item *out)
{
	const uint8_t *p;
	uint32_t length;
	ww_status s = peek(w, cx, WW_RECORD_HEADER, &p);

	if (s != WW_OK || p == NULL)
		return s;
	length = ww_journal_format_record_length(p);
	if (length > WW_RECORD_MAX)
		return WW_OK;
	s = peek(w, cx, WW_RECORD_HEADER + (size_t)length, &p);
	if (s != WW_OK || p == NULL || !ww_journal_format_record_read(w->key, p, &out->record))
		return s;
	out->kind = WW_WALK_RECORD;
	w->at += ww_journal_format_record_size(length);
	return WW_OK;
}

ww_status
ww_journal_walk_next(struct ww_journal_walk *w, struct ww_ctx *cx, struct ww_walk_item *out)
{
	const uint8_t *p;
	ww_status s;

	out->garbage = 0;
	for (;; w->at += 8) {
		uint64_t word;

		out->kind = WW_WALK_END;
		out->at = w->at;
		s = peek(w, cx, 8, &p);
		if (s != WW_OK || p == NULL)
			return s;
		word = ww_bytes_get(p, 8); /* the tries below may move the window */
		if (ww_journal_format_batch_starts((uint32_t)word))
			s = try_batch(w, cx, out);
		else if (w->keyed && (uint32_t)word == w->key.mark)
			s = try_record(w, cx, out);
		if (s != WW_OK || out->kind != WW_WALK_END)
			return s;
		if (out->garbage == 0 && word != 0)
			out->garbage = w->at;
	}
}
