/* Finds the segment files of a journal and keeps them in order. */
#include "store/journal_files.h"

#include <wardwire/log.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MARK_EVERY ((uint64_t)256 << 10)
#define NAME_DIGITS ((size_t)16)

ww_status
ww_journal_list_fail(struct ww_ctx *cx, const char *what, int err)
{
	return ww_fs_fail(cx, "journal", what, err);
}

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
ww_journal_list_path(struct ww_ctx *cx, const char *dir, uint64_t name, char out[PATH_MAX])
{
	int n = snprintf(out, PATH_MAX, "%s/" WW_SEGMENT_NAME, dir, (unsigned long long)name);

	if (n < 0 || n >= PATH_MAX)
		return ww_journal_list_fail(cx, "name a segment", -ENAMETOOLONG);
	return WW_OK;
}

ww_status
ww_journal_list_open(
    struct ww_ctx *cx, const struct ww_fs *fs, const char *dir, uint64_t name, int *fd)
{
	char path[PATH_MAX];
	ww_status s = ww_journal_list_path(cx, dir, name, path);

	if (s != WW_OK)
		return s;
	*fd = ww_fs_open(fs, path, O_RDONLY);
	if (*fd < 0 && *fd != -ENOENT)
		return ww_journal_list_fail(cx, "open a segment", *fd);
	return WW_OK;
}

ww_status
ww_journal_list_bytes(
    struct ww_ctx *cx, const struct ww_fs *fs, int fd, uint8_t *p, size_t n, uint64_t at)
{
	size_t done = 0;

	memset(p, 0, n);
	while (done < n) {
		ssize_t got = fs->pread(fs->self, fd, p + done, n - done, (off_t)(at + done));

		if (got == -EINTR)
			continue;
		if (got < 0)
			return ww_journal_list_fail(cx, "read a segment", (int)got);
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
	ww_status s = ww_journal_list_open(cx, fs, dir, g->name, &fd);

	if (s != WW_OK || fd < 0)
		return s;
	s = ww_journal_list_bytes(cx, fs, fd, p, sizeof(p), 0);
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
	g->created = h.created;
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
ww_journal_list_size(
    struct ww_ctx *cx, const struct ww_fs *fs, const char *dir, struct ww_segment *g)
{
	char path[PATH_MAX];
	struct ww_fs_stat st;
	ww_status s = ww_journal_list_path(cx, dir, g->name, path);
	int err;

	if (s != WW_OK)
		return s;
	err = fs->stat(fs->self, path, &st);
	if (err == 0)
		g->size = st.size;
	else if (err != -ENOENT) /* else removed since the folder was read */
		s = ww_journal_list_fail(cx, "stat a segment", err);
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
	s = ww_journal_list_size(cx, fs, dir, &l->v[l->n]);
	if (s == WW_OK)
		s = read_header(cx, fs, dir, &l->v[l->n]);
	if (s == WW_OK)
		l->n++;
	return s;
}

struct listing {
	struct ww_ctx *cx;
	const struct ww_fs *fs;
	const char *dir;
	uint64_t above;
	struct ww_segments *l;
	ww_status s;
};

static int
on_name(void *arg, const char *text)
{
	struct listing *t = arg;
	uint64_t name;

	if (parse_name(text, &name) && (t->above == 0 || name > t->above))
		t->s = list_one(t->cx, t->fs, t->dir, name, t->l);
	return t->s == WW_OK ? 0 : 1;
}

ww_status
ww_journal_list_files(struct ww_ctx *cx, const struct ww_fs *fs, const char *dir, uint64_t above,
    struct ww_segments *l)
{
	struct listing t = { .cx = cx, .fs = fs, .dir = dir, .above = above, .l = l, .s = WW_OK };
	size_t from = l->n;
	int err = fs->list(fs->self, dir, on_name, &t);

	if (err == -ENOENT)
		return ww_fail(cx, WW_E_NOT_FOUND, "journal", "there is no such folder");
	if (err < 0)
		return ww_journal_list_fail(cx, "read the folder", err);
	if (t.s != WW_OK || l->n == from)
		return t.s;
	qsort(l->v + from, l->n - from, sizeof(*l->v), compare);
	drop_strays(l, from);
	return WW_OK;
}

struct ww_segment_bounds
ww_journal_list_bounds(const struct ww_segments *l, size_t i, bool growing)
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
