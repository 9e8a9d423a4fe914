/* Reading a journal in segment files: a few cursors that remember where the last reads ended, so that
 * reading on costs no search. */
#include "store/journal_files.h"

#include <errno.h>
#include <stdlib.h>

/* -- the list, seen by a reader --------------------------------------------------------------------- */

/* A copy of the segment at i without its marks. */
static struct ww_segment
copy(const struct ww_journal_files *j, size_t i)
{
	struct ww_segment g = j->list.v[i];

	g.marks = NULL;
	g.mark_count = g.mark_cap = 0;
	return g;
}

/* The segment in which seq would be. False: there is none at all. */
static bool
segment_of(struct ww_journal_files *j, uint64_t seq, struct ww_segment *out)
{
	bool any;

	pthread_mutex_lock(&j->mutex);
	any = j->list.n > 0;
	if (any)
		*out = copy(j, ww_segments_find(&j->list, seq));
	pthread_mutex_unlock(&j->mutex);
	return any;
}

/* The first segment that begins after first. False: there is none. */
static bool
segment_after(struct ww_journal_files *j, uint64_t first, struct ww_segment *out)
{
	size_t i;
	bool any;

	pthread_mutex_lock(&j->mutex);
	i = j->list.n > 0 ? ww_segments_find(&j->list, first) : 0;
	if (i < j->list.n && j->list.v[i].first <= first)
		i++;
	any = i < j->list.n;
	if (any)
		*out = copy(j, i);
	pthread_mutex_unlock(&j->mutex);
	return any;
}

/* Where a search for seq may begin in the segment that starts with first. */
static uint64_t
start_of(struct ww_journal_files *j, uint64_t first, uint64_t seq)
{
	uint64_t at = WW_SEGMENT_HEADER;
	const struct ww_segment *g;
	size_t low = 0, high;

	pthread_mutex_lock(&j->mutex);
	g = &j->list.v[ww_segments_find(&j->list, first)];
	high = g->mark_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (g->marks[middle].seq <= seq) {
			at = g->marks[middle].at;
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	pthread_mutex_unlock(&j->mutex);
	return at;
}

/* Scans a segment of the list. *g, a copy without marks, has the marks meanwhile; only readers scan, one at
 * a time, and the appender's segment is not scanned. */
static ww_status
scan(struct ww_journal_files *j, struct ww_ctx *cx, struct ww_segment *g)
{
	struct ww_segment_bounds b;
	struct ww_segment *in_list;
	ww_status s;
	size_t i;

	pthread_mutex_lock(&j->mutex);
	i = ww_segments_find(&j->list, g->first);
	b = ww_journal_list_bounds(&j->list, i, j->read_only);
	in_list = &j->list.v[i];
	g->marks = in_list->marks;
	g->mark_count = in_list->mark_count;
	g->mark_cap = in_list->mark_cap;
	in_list->marks = NULL;
	in_list->mark_count = in_list->mark_cap = 0;
	pthread_mutex_unlock(&j->mutex);

	s = ww_journal_scan_segment(cx, j->fs, j->dir, &b, g);

	pthread_mutex_lock(&j->mutex);
	in_list = &j->list.v[i]; /* the list may have grown and moved, not shrunk */
	if (s != WW_OK) {
		in_list->marks = g->marks;
		in_list->mark_count = g->mark_count;
		in_list->mark_cap = g->mark_cap;
	} else {
		*in_list = *g;
		if (g->known >= j->next)
			j->next = g->known + 1;
	}
	pthread_mutex_unlock(&j->mutex);
	return s;
}

/* A segment that was taken at its word when the journal was opened is read in full before its first record
 * is handed out, so that damage in it is counted. */
static ww_status
check(struct ww_journal_files *j, struct ww_ctx *cx, struct ww_segment *g)
{
	ww_status s;

	if (g->scanned)
		return WW_OK;
	g->records = g->damaged = g->torn = g->low = g->last = 0;
	g->end = WW_SEGMENT_HEADER;
	g->closed = false;
	s = scan(j, cx, g);
	if (s == WW_OK && g->damaged > 0 && !j->read_only)
		ww_journal_damage_note(j, cx);
	return s;
}

/* -- following another process ----------------------------------------------------------------------- */

/* Takes the new segments into the list. */
static ww_status
adopt(struct ww_journal_files *j, struct ww_ctx *cx, const struct ww_segments *more)
{
	ww_status s = WW_OK;
	size_t i;

	pthread_mutex_lock(&j->mutex);
	for (i = 0; s == WW_OK && i < more->n; i++) {
		if (ww_segments_reserve(&j->list))
			j->list.v[j->list.n++] = more->v[i];
		else
			s = ww_fail_memory(cx);
	}
	pthread_mutex_unlock(&j->mutex);
	return s;
}

/* Scans on in the segment at i, which may have grown. */
static ww_status
rescan(struct ww_journal_files *j, struct ww_ctx *cx, size_t i)
{
	struct ww_segment g = copy(j, i);
	ww_status s = ww_journal_list_size(cx, j->fs, j->dir, &g);

	if (s != WW_OK)
		return s;
	pthread_mutex_lock(&j->mutex);
	j->list.v[i].size = g.size;
	pthread_mutex_unlock(&j->mutex);
	return scan(j, cx, &g);
}

/* Looks again at the last known segment and for new ones. The order matters: a new segment in the listing
 * means that the one before it is complete, so it must be listed before that one is read. */
static ww_status
refresh(struct ww_journal_files *j, struct ww_ctx *cx)
{
	struct ww_segments more = { .v = NULL };
	uint64_t above = 0;
	size_t i, n = j->list.n;
	ww_status s;

	if (n > 0 && !j->list.v[n - 1].header) { /* perhaps its header was being written */
		n--;
		pthread_mutex_lock(&j->mutex);
		free(j->list.v[n].marks);
		j->list.n = n;
		pthread_mutex_unlock(&j->mutex);
	}
	if (n > 0)
		above = j->list.v[n - 1].name;
	s = ww_journal_list_files(cx, j->fs, j->dir, above, &more);
	if (s == WW_OK)
		s = adopt(j, cx, &more);
	free(more.v); /* its marks, if any, are the list's now */
	for (i = n > 0 ? n - 1 : 0; s == WW_OK && i < j->list.n; i++)
		s = rescan(j, cx, i);
	return s;
}

/* -- cursors ---------------------------------------------------------------------------------------- */

static void
leave(struct ww_journal_files *j, struct ww_journal_cursor *c)
{
	if (c->walk.fd >= 0 && c->used)
		(void)j->fs->close(j->fs->self, c->walk.fd);
	c->walk.fd = -1;
	c->used = false;
}

/* Opens the segment for the cursor, to go on at that offset. A file that is gone reads as empty. */
static ww_status
enter(struct ww_journal_files *j, struct ww_ctx *cx, struct ww_journal_cursor *c,
    const struct ww_segment *g, uint64_t at)
{
	ww_status s;
	int fd = -1;

	if (c->used && c->segment == g->first) {
		c->walk.at = at;
	} else {
		leave(j, c);
		s = ww_journal_list_open(cx, j->fs, j->dir, g->name, &fd);
		if (s != WW_OK)
			return s;
		ww_journal_walk_start(&c->walk, j->fs, fd, at, g->end);
	}
	if (g->salt != 0)
		ww_journal_walk_salt(&c->walk, g->salt);
	c->segment = g->first;
	c->used = true;
	return WW_OK;
}

/* The cursor that stands where from is next, else the one not used for longest, brought there. *c is NULL
 * when there is no segment. */
static ww_status
cursor_for(
    struct ww_journal_files *j, struct ww_ctx *cx, uint64_t from, struct ww_journal_cursor **c)
{
	struct ww_journal_cursor *oldest = &j->cursors[0];
	struct ww_segment g;
	ww_status s;
	size_t i;

	for (i = 0; i < WW_JOURNAL_CURSORS; i++) {
		*c = &j->cursors[i];
		if ((*c)->used && (*c)->next == from)
			return WW_OK;
		if ((*c)->turn < oldest->turn)
			oldest = *c;
	}
	*c = NULL;
	if (!segment_of(j, from, &g))
		return WW_OK;
	s = check(j, cx, &g);
	if (s == WW_OK)
		s = enter(j, cx, oldest, &g, start_of(j, g.first, from));
	if (s == WW_OK) {
		oldest->next = from;
		*c = oldest;
	}
	return s;
}

/* The next record of the cursor's segment with a number of from or above. */
static ww_status
next_here(struct ww_journal_files *j, struct ww_ctx *cx, struct ww_journal_cursor *c, uint64_t from,
    struct ww_record *out, bool *found)
{
	struct ww_walk_item item;
	struct ww_segment g;
	ww_status s;

	*found = false;
	if (c->walk.fd < 0 || !segment_of(j, c->segment, &g))
		return WW_OK;
	c->walk.end = g.end;
	while (c->walk.at < c->walk.end) {
		s = ww_journal_walk_next(&c->walk, cx, &item);
		if (s != WW_OK || item.kind == WW_WALK_END)
			return s;
		/* As in the scan: numbers do not go back behind a batch header. */
		if (item.kind == WW_WALK_BATCH && item.batch.first > from &&
		    item.batch.first <= g.last)
			from = item.batch.first;
		if (item.kind != WW_WALK_RECORD || item.record.seq < from ||
		    item.record.seq > g.last)
			continue;
		*out = item.record;
		out->body = ww_arena_str(cx->arena, item.record.body);
		if (ww_arena_status(cx->arena) != WW_OK) {
			c->walk.at = item.at; /* to be read again, with more memory */
			return ww_fail_memory(cx);
		}
		c->next = item.record.seq + 1;
		*found = true;
		return WW_OK;
	}
	return WW_OK;
}

static ww_status
read_from(struct ww_journal_files *j, struct ww_ctx *cx, uint64_t from, struct ww_record *out,
    bool *found)
{
	struct ww_journal_cursor *c;
	struct ww_segment g;
	ww_status s = cursor_for(j, cx, from, &c);

	while (s == WW_OK && c != NULL) {
		/* Whether another segment follows is asked first: only then is the end of this one final, and
		 * what next_here does not find there is not there. */
		bool more = segment_after(j, c->segment, &g);

		c->turn = ++j->turn;
		s = next_here(j, cx, c, from, out, found);
		if (s != WW_OK || *found || !more)
			break;
		s = check(j, cx, &g);
		if (s == WW_OK)
			s = enter(j, cx, c, &g, WW_SEGMENT_HEADER);
	}
	return s;
}

ww_status
ww_journal_read_record(struct ww_journal_files *j, struct ww_ctx *cx, uint64_t from,
    struct ww_record *out, bool *found)
{
	ww_status s;

	*found = false;
	pthread_mutex_lock(&j->reading);
	s = read_from(j, cx, from, out, found);
	if (s == WW_OK && !*found && j->read_only) {
		s = refresh(j, cx);
		if (s == WW_OK)
			s = read_from(j, cx, from, out, found);
	}
	pthread_mutex_unlock(&j->reading);
	return s;
}

void
ww_journal_read_leave(struct ww_journal_files *j, uint64_t first)
{
	for (size_t i = 0; i < WW_JOURNAL_CURSORS; i++) {
		if (j->cursors[i].used && j->cursors[i].segment == first)
			leave(j, &j->cursors[i]);
	}
}

void
ww_journal_read_stop(struct ww_journal_files *j)
{
	size_t i;

	for (i = 0; i < WW_JOURNAL_CURSORS; i++) {
		leave(j, &j->cursors[i]);
		ww_journal_walk_stop(&j->cursors[i].walk);
	}
}
