/* Any bytes as a journal segment: scanning and walking end, within the file, in ascending order, and agree
 * with each other. The first byte says how the neighbours are to be. */
#include "store/journal_files.h"

#include <wardwire/log.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct image {
	const uint8_t *p;
	size_t n;
};

static ssize_t
image_pread(void *self, int fd, void *p, size_t n, off_t at)
{
	const struct image *m = self;
	size_t from = (size_t)at;

	(void)fd;
	if (from >= m->n)
		return 0;
	if (n > m->n - from)
		n = m->n - from;
	memcpy(p, m->p + from, n);
	return (ssize_t)n;
}

/* Reads what the scan found, the way a cursor does. */
static uint64_t
walk(const struct ww_fs *fs, struct ww_ctx *cx, const struct ww_segment *g)
{
	struct ww_journal_walk w = { .fd = 1 };
	struct ww_walk_item item;
	uint64_t last = g->first == 0 ? 0 : g->first - 1, records = 0;

	ww_journal_walk_start(&w, fs, 1, WW_SEGMENT_HEADER, g->end);
	if (g->salt != 0)
		ww_journal_walk_salt(&w, g->salt);
	for (;;) {
		ww_status s = ww_journal_walk_next(&w, cx, &item);

		assert(s == WW_OK);
		if (item.kind == WW_WALK_END)
			break;
		if (item.kind == WW_WALK_BATCH && item.batch.first > last + 1 &&
		    item.batch.first <= g->last)
			last = item.batch.first - 1;
		if (item.kind != WW_WALK_RECORD || item.record.seq <= last ||
		    item.record.seq > g->last)
			continue;
		last = item.record.seq;
		records++;
	}
	ww_journal_walk_stop(&w);
	return records;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct image image = { .p = data + 1, .n = size - 1 };
	struct ww_fs fs = { .self = &image, .pread = image_pread };
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_segment_header h;
	struct ww_segment g = { .name = 1, .first = 1, .want = 1 };
	struct ww_segment_bounds b = { .upper = UINT64_MAX };
	ww_status s;

	if (size == 0 || cx.arena == NULL) {
		ww_arena_free(cx.arena);
		return 0;
	}
	g.end = g.unsure = g.resume = WW_SEGMENT_HEADER;
	g.size = b.limit = image.n;
	b.growing = (data[0] & 1) != 0;
	b.claimed = data[0] >> 2;
	if ((data[0] & 2) != 0)
		b.upper = b.claimed + 1;
	if (image.n >= WW_SEGMENT_HEADER && ww_journal_format_segment_read(image.p, &h)) {
		g.header = true;
		g.salt = h.salt;
	}
	s = ww_journal_scan_file(&cx, &fs, 1, &b, &g);
	assert(s == WW_OK);
	assert(g.end <= image.n + 7 || g.end == WW_SEGMENT_HEADER);
	assert(g.last < b.upper && g.last <= WW_JOURNAL_SEQ_MAX);
	assert((g.records == 0) == (g.last == 0));
	assert(g.records == 0 || g.records <= g.last - g.low + 1);
	assert(walk(&fs, &cx, &g) == g.records);
	/* Scanning on finds nothing twice. */
	{
		uint64_t records = g.records, damaged = g.damaged;

		s = ww_journal_scan_file(&cx, &fs, 1, &b, &g);
		assert(s == WW_OK && g.records == records && g.damaged == damaged);
	}
	free(g.marks);
	ww_arena_free(cx.arena);
	return 0;
}
