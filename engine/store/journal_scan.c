/* Finds out what can be read in a segment, and tells damage from a torn tail. */
#include "store/journal_files.h"

#include <wardwire/log.h>

#include <inttypes.h>

/* One pass. A missing number is damage when a header says that it was durable: one further on in this
 * segment or one of a later segment. Otherwise it may be the rest of a batch that was being written when
 * the power went. */
struct pass {
	const struct ww_segment_bounds *b;
	struct ww_segment *g;
	uint64_t promised;        /* the batch header before announced the numbers below this */
	uint64_t missing;         /* numbers of this batch that nobody claims so far */
	uint64_t missing_upto;    /* above the highest of them */
	uint64_t missing_at;      /* where what is whole before them ends */
	uint64_t whole;           /* where the last batch header or record that was taken ends */
	struct ww_segment before; /* *g as it was at that batch header */
	uint64_t batch_at;        /* its offset; 0: none yet */
	bool unfinished;          /* that batch is not wholly there */
};

/* So many of the numbers [from, upto) are damaged. */
static void
damage(struct ww_segment *g, uint64_t count, uint64_t from, uint64_t upto, uint64_t at)
{
	if (count == 0)
		return;
	if (g->damaged_at == 0) {
		g->damaged_at = at;
		g->damaged_first = from;
	}
	g->damaged_last = upto - 1;
	g->damaged += count;
}

/* The numbers [g->want, upto) were not found. */
static void
miss(struct pass *p, uint64_t upto)
{
	struct ww_segment *g = p->g;
	uint64_t sure = p->b->claimed + 1; /* those below are damaged, the rest is not known yet */

	if (upto <= g->want)
		return;
	sure = sure < g->want ? g->want : sure > upto ? upto : sure;
	damage(g, sure - g->want, g->want, sure, p->whole);
	if (upto > sure && p->missing == 0) {
		g->torn_first = sure;
		p->missing_at = p->whole;
	}
	if (upto > sure)
		p->missing_upto = upto;
	p->missing += upto - sure;
	g->want = upto;
}

static void
on_batch(struct pass *p, const struct ww_walk_item *item)
{
	struct ww_segment *g = p->g;
	const struct ww_batch_header *h = &item->batch;

	if (h->first < g->want || h->first > p->b->upper ||
	    h->first > WW_JOURNAL_SEQ_MAX - h->count)
		return;
	/* Whoever wrote this had synced all before it. */
	damage(g, p->missing + (h->first - g->want), p->missing > 0 ? g->torn_first : g->want,
	    h->first > g->want ? h->first : p->missing_upto,
	    p->missing > 0 ? p->missing_at : p->whole);
	p->missing = 0;
	g->torn_first = 0;
	g->want = h->first;
	g->unsure = item->at;
	p->before = *g;
	p->batch_at = item->at;
	p->whole = item->at + WW_BATCH_HEADER;
	p->promised = h->first + h->count;
	if (p->promised - 1 > g->known)
		g->known = p->promised - 1;
	g->closed = h->count == 0;
	if (!g->closed)
		ww_segment_mark(g, h->first, item->at);
}

static void
on_record(struct pass *p, const struct ww_walk_item *item, uint64_t end)
{
	struct ww_segment *g = p->g;
	uint64_t seq = item->record.seq;

	if (seq < g->want || seq >= p->b->upper || seq > WW_JOURNAL_SEQ_MAX)
		return;
	miss(p, seq);
	p->whole = end;
	g->want = seq + 1;
	if (g->low == 0)
		g->low = seq;
	g->last = seq;
	if (seq > g->known)
		g->known = seq;
	g->records++;
	g->end = end;
	g->resume = end;
	ww_segment_mark(g, seq, item->at);
}

/* What remains is known only now: after the last record. */
static void
finish(struct pass *p, uint64_t garbage)
{
	struct ww_segment *g = p->g;

	miss(p, p->promised);
	if (p->b->claimed >= g->want) {
		damage(g, p->b->claimed + 1 - g->want, g->want, p->b->claimed + 1, p->whole);
		g->want = p->b->claimed + 1;
	}
	p->unfinished = p->missing > 0;
	if (p->missing == 0 && garbage != 0 && p->b->claimed == 0 && !g->closed)
		p->missing = 1; /* of a batch whose header did not make it: how many is not known */
	g->torn = p->missing;
}

/* Another process may be in the middle of this batch: as if it were not there yet. */
static void
hide(struct pass *p)
{
	struct ww_segment *g = p->g;
	uint64_t torn = p->missing;
	struct ww_segment_mark *marks = g->marks;
	size_t mark_cap = g->mark_cap;

	*g = p->before;
	g->marks = marks;
	g->mark_cap = mark_cap;
	g->resume = p->batch_at;
	g->end = p->batch_at;
	g->torn = torn;
}

/* Finds the salt of a segment whose header is damaged, from any batch header. False: there is none. */
static ww_status
learn_salt(struct ww_ctx *cx, struct ww_journal_walk *w, struct ww_segment *g, bool *found)
{
	struct ww_walk_item item;
	ww_status s = ww_journal_walk_next(w, cx, &item);

	*found = s == WW_OK && item.kind == WW_WALK_BATCH;
	if (*found)
		g->salt = item.batch.salt;
	w->at = g->resume;
	return s;
}

static ww_status
walk_all(struct ww_ctx *cx, struct ww_journal_walk *w, struct pass *p)
{
	struct ww_walk_item item;
	ww_status s;

	for (;;) {
		s = ww_journal_walk_next(w, cx, &item);
		if (s != WW_OK)
			return s;
		switch (item.kind) {
		case WW_WALK_END:
			finish(p, item.garbage);
			return WW_OK;
		case WW_WALK_BATCH:
			on_batch(p, &item);
			break;
		case WW_WALK_RECORD:
			on_record(p, &item, w->at);
			break;
		}
	}
}

ww_status
ww_journal_scan_file(struct ww_ctx *cx, const struct ww_fs *fs, int fd,
    const struct ww_segment_bounds *b, struct ww_segment *g)
{
	struct ww_journal_walk w = { .fd = -1 };
	struct pass p = { .b = b, .g = g, .promised = g->want, .whole = g->resume };
	ww_status s = WW_OK;
	bool salt = g->salt != 0;

	g->torn = 0;
	g->torn_first = 0;
	ww_journal_walk_start(&w, fs, fd, g->resume, b->limit);
	if (!salt)
		s = learn_salt(cx, &w, g, &salt);
	if (salt)
		ww_journal_walk_salt(&w, g->salt);
	if (s == WW_OK)
		s = walk_all(cx, &w, &p);
	ww_journal_walk_stop(&w);
	if (s != WW_OK)
		return s;
	if (b->growing && p.unfinished && p.batch_at != 0)
		hide(&p);
	g->scanned = true;
	return WW_OK;
}

static void
report(const struct ww_segment *g)
{
	if (g->damaged > 0)
		ww_log(WW_LOG_ERROR,
		    "journal segment=" WW_SEGMENT_NAME " damaged=%" PRIu64 " first=%" PRIu64
		    " last=%" PRIu64 " at=%" PRIu64,
		    (unsigned long long)g->name, g->damaged, g->damaged_first, g->damaged_last,
		    g->damaged_at);
	else if (!g->header && g->size > 0)
		ww_log(WW_LOG_WARN, "journal segment=" WW_SEGMENT_NAME " header=damaged",
		    (unsigned long long)g->name);
	if (g->torn > 0)
		ww_log(WW_LOG_WARN,
		    "journal segment=" WW_SEGMENT_NAME " torn=%" PRIu64 " at=%" PRIu64,
		    (unsigned long long)g->name, g->torn, g->end);
}

ww_status
ww_journal_scan_segment(struct ww_ctx *cx, const struct ww_fs *fs, const char *dir,
    const struct ww_segment_bounds *b, struct ww_segment *g)
{
	int fd;
	ww_status s = ww_journal_list_open(cx, fs, dir, g->name, &fd);

	if (s != WW_OK)
		return s;
	if (fd < 0) { /* removed while we looked: it has nothing to read */
		g->scanned = true;
		return WW_OK;
	}
	s = ww_journal_scan_file(cx, fs, fd, b, g);
	(void)fs->close(fs->self, fd);
	if (s == WW_OK && !b->growing)
		report(g);
	return s;
}

ww_status
ww_journal_scan_trust(struct ww_ctx *cx, const struct ww_fs *fs, const char *dir,
    const struct ww_segment_bounds *b, struct ww_segment *g, bool *trusted)
{
	uint8_t bytes[WW_BATCH_HEADER];
	struct ww_batch_header h;
	ww_status s;
	int fd;

	*trusted = false;
	/* Only its successor knows where it ends. */
	if (!g->header || b->limit >= g->size)
		return WW_OK;
	s = ww_journal_list_open(cx, fs, dir, g->name, &fd);
	if (s != WW_OK || fd < 0)
		return s;
	s = ww_journal_list_bytes(cx, fs, fd, bytes, sizeof(bytes), b->limit);
	(void)fs->close(fs->self, fd);
	if (s != WW_OK || !ww_journal_format_batch_read(bytes, &h) || h.count != 0 ||
	    h.salt != g->salt || h.synced_end != b->limit || h.first <= g->first)
		return s;
	g->end = b->limit;
	g->low = g->first;
	g->last = h.first - 1;
	g->known = g->last;
	g->records = h.first - g->first;
	g->closed = true;
	*trusted = true;
	return WW_OK;
}
