/* Finds the segments of a journal and what can be read in them, and tells damage from a torn tail. */
#include "store/journal_files.h"

#include <wardwire/log.h>

#include "store/bytes.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MARK_EVERY ((uint64_t)256 << 10)
#define NAME_DIGITS ((size_t)16)

/* -- lists of segments ------------------------------------------------------------------------------ */

bool
ww_segments_reserve(struct ww_segments *l)
{
	struct ww_segment *v;
	size_t cap = l->cap == 0 ? 16 : 2 * l->cap;

	if (l->n < l->cap)
		return true;
	v = realloc(l->v, cap * sizeof(*v));
	if (v == NULL)
		return false;
	l->v = v;
	l->cap = cap;
	return true;
}

size_t
ww_segments_find(const struct ww_segments *l, uint64_t seq)
{
	size_t low = 0, high = l->n; /* those below low fit, those from high on do not */

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (l->v[middle].first <= seq)
			low = middle + 1;
		else
			high = middle;
	}
	return low == 0 ? 0 : low - 1;
}

void
ww_segments_free(struct ww_segments *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		free(l->v[i].marks);
	free(l->v);
	*l = (struct ww_segments){ .v = NULL };
}

void
ww_segment_mark(struct ww_segment *g, uint64_t seq, uint64_t at)
{
	if (g->mark_count > 0 && at < g->marks[g->mark_count - 1].at + MARK_EVERY)
		return;
	if (g->mark_count == g->mark_cap) {
		size_t cap = g->mark_cap == 0 ? 8 : 2 * g->mark_cap;
		struct ww_segment_mark *marks = realloc(g->marks, cap * sizeof(*marks));

		if (marks == NULL)
			return; /* a mark less makes a search longer, no more */
		g->marks = marks;
		g->mark_cap = cap;
	}
	g->marks[g->mark_count++] = (struct ww_segment_mark){ .seq = seq, .at = at };
}

/* -- finding the files ------------------------------------------------------------------------------ */

/* The number in "000000000000002a.wwj". */
static bool
parse_name(const char *name, uint64_t *out)
{
	char *end;

	if (strlen(name) != NAME_DIGITS + 4 || strcmp(name + NAME_DIGITS, ".wwj") != 0 ||
	    strspn(name, "0123456789abcdef") != NAME_DIGITS)
		return false;
	*out = strtoull(name, &end, 16);
	return *out > 0 && *out <= WW_JOURNAL_SEQ_MAX;
}

ww_status
ww_journal_scan_path(struct ww_ctx *cx, const char *dir, uint64_t name, char out[PATH_MAX])
{
	int n = snprintf(out, PATH_MAX, "%s/" WW_SEGMENT_NAME, dir, (unsigned long long)name);

	if (n < 0 || n >= PATH_MAX)
		return ww_fail(cx, WW_E_IO, "journal", "the name of the folder is too long");
	return WW_OK;
}

ww_status
ww_journal_scan_open(
    struct ww_ctx *cx, const struct ww_fs *fs, const char *dir, uint64_t name, int *fd)
{
	char path[PATH_MAX];
	ww_status s = ww_journal_scan_path(cx, dir, name, path);

	if (s != WW_OK)
		return s;
	do
		*fd = fs->open(fs->self, path, O_RDONLY, 0);
	while (*fd == -EINTR);
	if (*fd < 0 && *fd != -ENOENT)
		return ww_fail(cx, WW_E_IO, "journal", "cannot open a segment: error %d", -*fd);
	return WW_OK;
}

/* Fills p; what the file does not have stays zero. */
static ww_status
read_at(struct ww_ctx *cx, const struct ww_fs *fs, int fd, uint8_t *p, size_t n, uint64_t at)
{
	size_t done = 0;

	memset(p, 0, n);
	while (done < n) {
		ssize_t got = fs->pread(fs->self, fd, p + done, n - done, (off_t)(at + done));

		if (got == -EINTR)
			continue;
		if (got < 0)
			return ww_fail(
			    cx, WW_E_IO, "journal", "cannot read a segment: error %d", (int)-got);
		if (got == 0)
			break;
		done += (size_t)got;
	}
	return WW_OK;
}

static void
start(struct ww_segment *g, uint64_t name)
{
	*g = (struct ww_segment){
		.name = name,
		.first = name,
		.end = WW_SEGMENT_HEADER,
		.unsure = WW_SEGMENT_HEADER,
		.want = name,
		.resume = WW_SEGMENT_HEADER,
	};
}

/* Reads the header of one file into *g. */
static ww_status
read_header(struct ww_ctx *cx, const struct ww_fs *fs, const char *dir, struct ww_segment *g)
{
	struct ww_segment_header h;
	uint8_t p[WW_SEGMENT_HEADER];
	int fd;
	ww_status s = ww_journal_scan_open(cx, fs, dir, g->name, &fd);

	if (s != WW_OK || fd < 0)
		return s;
	s = read_at(cx, fs, fd, p, sizeof(p), 0);
	(void)fs->close(fs->self, fd);
	if (s != WW_OK || !ww_journal_format_segment_read(p, &h))
		return s;
	if (h.version > WW_JOURNAL_VERSION)
		return ww_fail(cx, WW_E_VERSION, "journal",
		    "written by a later release: format %u, this one knows %u", h.version,
		    WW_JOURNAL_VERSION);
	if (h.first == 0 || h.first > WW_JOURNAL_SEQ_MAX || h.synced >= h.first)
		return WW_OK;
	g->header = true;
	g->first = h.first;
	g->want = h.first;
	g->synced = h.synced;
	g->known = h.synced;
	g->previous = h.previous;
	g->previous_end = h.previous_end;
	g->salt = h.salt;
	return WW_OK;
}

static int
compare(const void *a, const void *b)
{
	const struct ww_segment *x = a, *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return x->size < y->size ? -1 : x->size > y->size; /* of two copies the longer one stays */
}

/* Removes copies, and files that a later segment does not count as before it: their creation failed and
 * nothing in them was acknowledged or shown to a reader. */
static void
drop_strays(struct ww_segments *l, size_t from)
{
	size_t i, n = l->n;
	uint64_t above = UINT64_MAX, next = UINT64_MAX;

	/* From the newest to the oldest, kept ones gathered at the end. */
	for (i = l->n; i-- > from;) {
		struct ww_segment *g = &l->v[i];

		if (g->first == next || g->first > above) {
			ww_log(WW_LOG_WARN, "journal segment=" WW_SEGMENT_NAME " stray=1",
			    (unsigned long long)g->name);
			continue;
		}
		next = g->first;
		above = g->header && g->previous != 0 ? g->previous : UINT64_MAX;
		l->v[--n] = *g;
	}
	memmove(l->v + from, l->v + n, (l->n - n) * sizeof(*l->v));
	l->n = from + (l->n - n);
}

ww_status
ww_journal_scan_size(struct ww_ctx *cx, const char *dir, struct ww_segment *g)
{
	char path[PATH_MAX];
	struct stat st;
	ww_status s = ww_journal_scan_path(cx, dir, g->name, path);

	if (s != WW_OK)
		return s;
	if (stat(path, &st) == 0)
		g->size = (uint64_t)st.st_size;
	else if (errno != ENOENT) /* else removed since the folder was read */
		s = ww_fail(cx, WW_E_IO, "journal", "cannot stat a segment: error %d", errno);
	return s;
}

static ww_status
list_one(struct ww_ctx *cx, const struct ww_fs *fs, const char *dir, uint64_t name,
    struct ww_segments *l)
{
	ww_status s;

	if (!ww_segments_reserve(l))
		return ww_fail_memory(cx);
	start(&l->v[l->n], name);
	s = ww_journal_scan_size(cx, dir, &l->v[l->n]);
	if (s == WW_OK)
		s = read_header(cx, fs, dir, &l->v[l->n]);
	if (s == WW_OK)
		l->n++;
	return s;
}

ww_status
ww_journal_scan_list(struct ww_ctx *cx, const struct ww_fs *fs, const char *dir, uint64_t above,
    struct ww_segments *l)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	ww_status s = WW_OK;
	size_t from = l->n;

	if (d == NULL)
		return ww_fail(cx, errno == ENOENT ? WW_E_NOT_FOUND : WW_E_IO, "journal",
		    "cannot open the folder: error %d", errno);
	errno = 0;
	while (s == WW_OK && (entry = readdir(d)) != NULL) {
		uint64_t name;

		if (parse_name(entry->d_name, &name) && (above == 0 || name > above))
			s = list_one(cx, fs, dir, name, l);
		errno = 0;
	}
	if (s == WW_OK && errno != 0)
		s = ww_fail(cx, WW_E_IO, "journal", "cannot read the folder: error %d", errno);
	closedir(d);
	if (s != WW_OK)
		return s;
	if (l->n == from)
		return WW_OK;
	qsort(l->v + from, l->n - from, sizeof(*l->v), compare);
	drop_strays(l, from);
	return WW_OK;
}

struct ww_segment_bounds
ww_journal_scan_bounds(const struct ww_segments *l, size_t i, bool growing)
{
	struct ww_segment_bounds b = {
		.limit = l->v[i].size,
		.upper = i + 1 < l->n ? l->v[i + 1].first : UINT64_MAX,
		.growing = growing && i + 1 == l->n,
	};
	const struct ww_segment *next = i + 1 < l->n ? &l->v[i + 1] : NULL;

	if (next == NULL || !next->header)
		return b;
	if (next->previous == l->v[i].first && next->previous_end < b.limit)
		b.limit = next->previous_end;
	b.claimed = next->synced;
	return b;
}

/* -- reading a segment ------------------------------------------------------------------------------ */

/* One pass. A missing number is damage when a header says that it was durable: one further on in this
 * segment or one of a later segment. Otherwise it may be the rest of a batch that was being written when
 * the power went. */
struct pass {
	const struct ww_segment_bounds *b;
	struct ww_segment *g;
	uint64_t promised; /* the batch header before announced the numbers below this */
	uint64_t missing;  /* numbers of this batch that nobody claims so far */
	struct ww_segment before; /* *g as it was at that batch header */
	uint64_t batch_at;        /* its offset; 0: none yet */
	bool unfinished;          /* that batch is not wholly there */
};

static void
damage(struct ww_segment *g, uint64_t count, uint64_t at)
{
	if (count > 0 && g->damaged_at == 0)
		g->damaged_at = at;
	g->damaged += count;
}

/* The numbers [g->want, upto) were not found before this offset. */
static void
miss(struct pass *p, uint64_t upto, uint64_t at)
{
	struct ww_segment *g = p->g;
	uint64_t sure = p->b->claimed + 1; /* those below are damaged, the rest is not known yet */

	if (upto <= g->want)
		return;
	sure = sure < g->want ? g->want : sure > upto ? upto : sure;
	damage(g, sure - g->want, at);
	if (upto > sure && p->missing == 0)
		g->torn_first = sure;
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
	damage(g, p->missing + (h->first - g->want), item->at);
	p->missing = 0;
	g->torn_first = 0;
	g->want = h->first;
	g->unsure = item->at;
	p->before = *g;
	p->batch_at = item->at;
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
	miss(p, seq, item->at);
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
finish(struct pass *p, uint64_t garbage, uint64_t end)
{
	struct ww_segment *g = p->g;

	miss(p, p->promised, end);
	if (p->b->claimed >= g->want) {
		damage(g, p->b->claimed + 1 - g->want, end);
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
			finish(p, item.garbage, p->g->end);
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
	struct pass p = { .b = b, .g = g, .promised = g->want };
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
		    "journal segment=" WW_SEGMENT_NAME " damaged=%" PRIu64 " at=%" PRIu64,
		    (unsigned long long)g->name, g->damaged, g->damaged_at);
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
	ww_status s = ww_journal_scan_open(cx, fs, dir, g->name, &fd);

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
	s = ww_journal_scan_open(cx, fs, dir, g->name, &fd);
	if (s != WW_OK || fd < 0)
		return s;
	s = read_at(cx, fs, fd, bytes, sizeof(bytes), b->limit);
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
