/* Writing a journal in segment files: batches, the ends of segments, and what a killed process left. */
#include "store/journal_files.h"

#include "base/failpoint.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#define RESERVE ((uint64_t)1 << 20)  /* file space is asked for in pieces of this size */
#define BATCH_KEPT ((size_t)4 << 20) /* a larger batch buffer is freed after use */

/* -- closing segments ------------------------------------------------------------------------------- */

/* The end mark: says that all before it is durable and where the numbers ended. 0 or -errno. */
static int
write_end_mark(const struct ww_fs *fs, int fd, const struct ww_segment *g)
{
	struct ww_buf b = { .p = NULL };
	int err;

	ww_journal_format_batch(
	    &(struct ww_batch_header){
	        .first = g->last + 1, .synced_end = g->end, .salt = g->salt },
	    &b);
	err = b.error != WW_OK ? -ENOMEM : ww_fs_write_all(fs, fd, b.p, b.n, (off_t)g->end);
	ww_buf_free(&b);
	return err;
}

/* Cuts the file to what is used. Nothing depends on it: the next segment's header says where this one ends,
 * and without an end mark a segment is read in full at the next start. */
static int
end_segment(const struct ww_fs *fs, int fd, const struct ww_segment *g)
{
	int err = write_end_mark(fs, fd, g);
	uint64_t end = err == 0 ? g->end + WW_BATCH_HEADER : g->end;

	(void)fs->truncate(fs->self, fd, (off_t)end);
	return err;
}

static void
seal(struct ww_journal_files *j, bool sync)
{
	int err = end_segment(j->fs, j->fd, &j->current);

	/* So that after a stop and a power cut damage in the last batch is still known as damage. */
	if (err == 0 && sync)
		(void)j->fs->datasync(j->fs->self, j->fd);
	(void)j->fs->close(j->fs->self, j->fd);
	j->fd = -1;
}

/* After a failed write or sync: nothing more may be written to this segment, and it must not be synced
 * again, because the system may have dropped what it could not write and would call the next sync good. */
static void
give_up(struct ww_journal_files *j, const char *path)
{
	if (j->fd < 0)
		return;
	if (j->current.records == 0)
		(void)j->fs->unlink(j->fs->self, path);
	else
		(void)j->fs->truncate(j->fs->self, j->fd, (off_t)j->current.end);
	(void)j->fs->close(j->fs->self, j->fd);
	j->fd = -1;
}

/* -- appending -------------------------------------------------------------------------------------- */

/* Takes n numbers for good, whatever becomes of the batch, and keeps room in the list. */
static ww_status
take_numbers(struct ww_journal_files *j, struct ww_ctx *cx, size_t n, uint64_t *first)
{
	ww_status s = WW_OK;

	pthread_mutex_lock(&j->mutex);
	if (n > UINT32_MAX || j->next > WW_JOURNAL_SEQ_MAX - n)
		s = ww_fail(cx, WW_E_LIMIT, "journal", "no more sequence numbers");
	else if (!ww_segments_reserve(&j->list))
		s = ww_fail_memory(cx);
	if (s == WW_OK) {
		*first = j->next;
		j->next += n;
	}
	pthread_mutex_unlock(&j->mutex);
	return s;
}

/* Says what the next segment will be. */
static void
begin_segment(struct ww_journal_files *j, uint64_t first, int64_t time)
{
	struct ww_segment *g = &j->current;

	*g = (struct ww_segment){
		.name = first,
		.first = first,
		.header = true,
		.synced = j->sure,
		.created = time,
		.salt = ww_journal_format_salt(),
		.scanned = true,
		.end = WW_SEGMENT_HEADER,
		.known = j->sure,
	};
	pthread_mutex_lock(&j->mutex);
	if (j->list.n > 0) {
		g->previous = j->list.v[j->list.n - 1].first;
		g->previous_end = j->list.v[j->list.n - 1].end;
	}
	pthread_mutex_unlock(&j->mutex);
	j->reserved = 0;
}

/* Writes the batch into the buffer, behind the segment's header when that is not in the file yet. */
static ww_status
encode(struct ww_journal_files *j, struct ww_ctx *cx, uint64_t first, const struct ww_record *r,
    size_t n)
{
	struct ww_journal_key key = ww_journal_format_key(j->current.salt);
	struct ww_batch_header batch = {
		.first = first,
		.count = (uint32_t)n,
		.synced_end = j->current.end,
		.salt = j->current.salt,
	};
	size_t i;

	for (i = 0; i < n; i++) {
		if (r[i].body.n > WW_RECORD_MAX)
			return ww_fail(
			    cx, WW_E_LIMIT, "journal", "record of %zu bytes", r[i].body.n);
		assert(r[i].kind != 0);
		batch.bytes += ww_journal_format_record_size(r[i].body.n);
	}
	ww_buf_clear(&j->batch);
	if (j->fd < 0)
		ww_journal_format_segment(
		    &(struct ww_segment_header){
		        .version = WW_JOURNAL_VERSION,
		        .first = j->current.first,
		        .created = j->current.created,
		        .synced = j->current.synced,
		        .previous = j->current.previous,
		        .previous_end = j->current.previous_end,
		        .salt = j->current.salt,
		    },
		    &j->batch);
	ww_journal_format_batch(&batch, &j->batch);
	for (i = 0; i < n; i++) {
		struct ww_record numbered = r[i];

		numbered.seq = first + i;
		ww_journal_format_record(key, &numbered, &j->batch);
	}
	if (j->batch.error != WW_OK)
		return ww_fail(cx, (ww_status)j->batch.error, "journal", "batch of %zu records", n);
	return WW_OK;
}

/* Asks for file space ahead, so that a sync need not write a new size each time. */
static int
reserve(struct ww_journal_files *j, uint64_t upto)
{
	uint64_t n = upto - (upto > j->reserved ? j->reserved : upto);
	int err;

	if (n == 0)
		return 0;
	n = (n + RESERVE - 1) / RESERVE * RESERVE;
	do
		err = j->fs->fallocate(j->fs->self, j->fd, (off_t)j->reserved, (off_t)n);
	while (err == -EINTR);
	if (err == -EOPNOTSUPP || err == -ENOSYS || err == -EINVAL)
		err = 0; /* a file system that cannot: the write will ask */
	if (err == 0)
		j->reserved += n;
	return err;
}

/* Puts the buffer into the file and makes it durable. Nothing of this is repeated on failure. */
static int
write_out(struct ww_journal_files *j, const char *path, const char **what)
{
	bool fresh = j->fd < 0;
	uint64_t at = fresh ? 0 : j->current.end;
	int err;

	*what = "create a segment";
	if (fresh) {
		j->fd = ww_fs_open(j->fs, path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW);
		if (j->fd < 0)
			return j->fd;
	}
	*what = "reserve space";
	err = reserve(j, at + j->batch.n + WW_BATCH_HEADER); /* and for an end mark */
	if (err < 0)
		return err;
	*what = "write";
	err = ww_fs_write_all(j->fs, j->fd, j->batch.p, j->batch.n, (off_t)at);
	if (err < 0)
		return err;
	WW_FAILPOINT("after-append");
	*what = "sync";
	err = j->fs->datasync(j->fs->self, j->fd);
	if (err < 0 || !fresh)
		return err;
	WW_FAILPOINT("new-segment");
	*what = "sync the folder";
	return j->fs->sync_dir(j->fs->self, j->dir);
}

/* Shows the batch, which is durable, to the readers. */
static void
publish(struct ww_journal_files *j, uint64_t first, struct ww_record *r, size_t n)
{
	struct ww_segment *c = &j->current, *g;
	uint64_t at = c->end + WW_BATCH_HEADER;
	size_t i;

	pthread_mutex_lock(&j->mutex);
	if (c->records == 0) {
		assert(j->list.n < j->list.cap); /* take_numbers saw to it */
		j->list.v[j->list.n++] = *c;
	}
	g = &j->list.v[j->list.n - 1];
	ww_segment_mark(g, first, c->end);
	for (i = 0; i < n; i++) {
		r[i].seq = first + i;
		ww_segment_mark(g, r[i].seq, at);
		at += ww_journal_format_record_size(r[i].body.n);
	}
	if (g->low == 0)
		g->low = first;
	g->last = g->known = first + n - 1;
	g->records += n;
	g->end = at;
	g->size = at;
	pthread_mutex_unlock(&j->mutex);
	c->records += n;
	c->last = first + n - 1;
	c->end = at;
	j->sure = c->last;
}

ww_status
ww_journal_write_batch(struct ww_journal_files *j, struct ww_ctx *cx, struct ww_record *r, size_t n)
{
	char path[PATH_MAX];
	const char *what;
	uint64_t first;
	ww_status s;
	int err;

	if (j->read_only)
		return ww_fail(cx, WW_E_CONFLICT, "journal", "opened for reading only");
	if (n == 0)
		return WW_OK;
	s = take_numbers(j, cx, n, &first);
	if (s != WW_OK)
		return s;
	if (j->fd >= 0 && j->current.end >= j->segment_bytes)
		seal(j, false);
	if (j->fd < 0)
		begin_segment(j, first, r[0].time);
	s = ww_journal_list_path(cx, j->dir, j->current.name, path);
	if (s == WW_OK)
		s = encode(j, cx, first, r, n);
	if (s == WW_OK) {
		err = write_out(j, path, &what);
		if (err < 0) {
			give_up(j, path);
			s = ww_journal_list_fail(cx, what, err);
		}
	} else if (j->fd >= 0) {
		seal(j, false); /* numbers have no gap within a segment */
	}
	if (s == WW_OK)
		publish(j, first, r, n);
	if (j->batch.cap > BATCH_KEPT)
		ww_buf_free(&j->batch);
	return s;
}

void
ww_journal_write_stop(struct ww_journal_files *j)
{
	if (j->fd >= 0)
		seal(j, true);
	ww_buf_free(&j->batch);
}

/* -- after a kill ----------------------------------------------------------------------------------- */

/* Writes the bytes [from, to) of a file once more where they are. */
static int
rewrite(const struct ww_fs *fs, int fd, uint64_t from, uint64_t to)
{
	uint8_t chunk[16384];
	int err = 0;

	while (err == 0 && from < to) {
		size_t want = to - from < sizeof(chunk) ? (size_t)(to - from) : sizeof(chunk);
		ssize_t got = fs->pread(fs->self, fd, chunk, want, (off_t)from);

		if (got == -EINTR)
			continue;
		if (got <= 0)
			return (int)got;
		err = ww_fs_write_all(fs, fd, chunk, (size_t)got, (off_t)from);
		from += (uint64_t)got;
	}
	return err;
}

/* The last batch of a process that was killed may never have been synced, or its sync may have failed and
 * left the bytes in memory only. Readers are about to see it and the ledger to remember it, so it is made
 * durable first: written again, because a sync alone would skip pages that are thought to be clean. */
ww_status
ww_journal_write_settle(struct ww_journal_files *j, struct ww_ctx *cx)
{
	struct ww_segment *g = j->list.n > 0 ? &j->list.v[j->list.n - 1] : NULL;
	uint64_t from;
	char path[PATH_MAX];
	ww_status s;
	int fd, err;

	if (g == NULL || g->closed || g->records == 0)
		return WW_OK;
	s = ww_journal_list_path(cx, j->dir, g->name, path);
	if (s != WW_OK)
		return s;
	fd = ww_fs_open(j->fs, path, O_RDWR | O_NOFOLLOW);
	if (fd < 0)
		return ww_journal_list_fail(cx, "open the last segment", fd);
	from = g->unsure == WW_SEGMENT_HEADER ? 0 : g->unsure;
	err = rewrite(j->fs, fd, from, g->end);
	if (err == 0)
		err = j->fs->datasync(j->fs->self, fd);
	if (err == 0)
		err = j->fs->sync_dir(j->fs->self, j->dir);
	/* Only now: a process that finds an end mark takes all before it for durable, also one that was written here
	 * and not synced when this one was killed. Where something is wrong the file stays as it is, for whoever
	 * looks into it. */
	if (err == 0 && g->torn == 0 && g->damaged == 0 && end_segment(j->fs, fd, g) == 0)
		(void)j->fs->datasync(j->fs->self, fd);
	(void)j->fs->close(j->fs->self, fd);
	return err == 0 ? WW_OK : ww_journal_list_fail(cx, "make the last batch durable", err);
}
