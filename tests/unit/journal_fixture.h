/* What the tests of the journal share: a folder that is removed, records that say their own number, and a
 * disk on which a chosen call fails. */
#ifndef WW_TESTS_JOURNAL_FIXTURE_H
#define WW_TESTS_JOURNAL_FIXTURE_H

#include "unit.h"

#include <wardwire/log.h>

#include "base/fs.h"
#include "store/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* -- a folder --------------------------------------------------------------------------------------- */

enum { FIXTURE_DIR = 512, FIXTURE_PATH = FIXTURE_DIR + 128 };

struct fixture {
	char dir[FIXTURE_DIR];
	struct ww_ctx cx;
	struct ww_journal j;
	unsigned retries; /* reads that may fail and are done again */
};

static inline void
fixture_open(struct fixture *f)
{
	const char *tmp = getenv("TMPDIR");

	*f = (struct fixture){ .cx = { .arena = ww_arena_new(0), .now = 1767225600000 } };
	ck_assert_ptr_nonnull(f->cx.arena);
	snprintf(f->dir, sizeof(f->dir), "%s/ww-journal-XXXXXX", tmp != NULL ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(f->dir));
	ww_log_set_level(WW_LOG_ERROR);
}

/* "dir/name", in one of four buffers used in turn. */
static inline const char *
fixture_path(const char *dir, const char *name)
{
	static char path[4][FIXTURE_PATH];
	static size_t turn;
	char *p = path[turn++ % 4];

	snprintf(p, sizeof(path[0]), "%s/%s", dir, name);
	return p;
}

/* The names in a folder that end so, in order; returns how many. */
static inline size_t
fixture_names(const char *dir, const char *end, char names[][64], size_t max)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	size_t i, n = 0;

	ck_assert_ptr_nonnull(d);
	while ((e = readdir(d)) != NULL) {
		size_t len = strlen(e->d_name), tail = strlen(end);

		if (e->d_name[0] == '.' || len < tail || len >= 64 ||
		    strcmp(e->d_name + len - tail, end) != 0 || n == max)
			continue;
		for (i = n; i > 0 && strcmp(names[i - 1], e->d_name) > 0; i--)
			memcpy(names[i], names[i - 1], 64);
		memcpy(names[i], e->d_name, len + 1);
		n++;
	}
	closedir(d);
	return n;
}

static inline void
fixture_empty(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	ck_assert_ptr_nonnull(d);
	while ((e = readdir(d)) != NULL)
		(void)unlinkat(dirfd(d), e->d_name, 0); /* not the folders . and .. */
	closedir(d);
}

static inline void
fixture_close(struct fixture *f)
{
	ww_journal_close(&f->j);
	fixture_empty(f->dir);
	rmdir(f->dir);
	ww_arena_free(f->cx.arena);
}

/* -- files ------------------------------------------------------------------------------------------ */

static inline uint8_t *
fixture_load(const char *path, size_t *n)
{
	struct stat st;
	uint8_t *p;
	int fd = open(path, O_RDONLY);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fstat(fd, &st), 0);
	*n = (size_t)st.st_size;
	p = malloc(*n + 1);
	ck_assert_ptr_nonnull(p);
	ck_assert_int_eq(pread(fd, p, *n, 0), st.st_size);
	close(fd);
	return p;
}

static inline void
fixture_store(const char *path, const uint8_t *p, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pwrite(fd, p, n, 0), (ssize_t)n);
	close(fd);
}

/* -- the journal ------------------------------------------------------------------------------------ */

static inline ww_status
fixture_journal(struct fixture *f, const struct ww_fs *fs, size_t segment_bytes)
{
	struct ww_journal_settings s = {
		.dir = f->dir,
		.segment_bytes = segment_bytes,
		.fs = fs,
	};

	ww_ctx_clear(&f->cx);
	return ww_journal_files(&f->cx, &s, &f->j);
}

/* A body that can be told from every other: "record <tag> of <n bytes>...". Also for a process that is to be killed, which
 * must say nothing to Check. */
static inline ww_str
fixture_body(struct ww_ctx *cx, uint64_t tag, size_t n)
{
	ww_str head = ww_arena_printf(cx->arena, "record %llu ", (unsigned long long)tag);
	char *p;
	size_t i;

	if (n <= head.n)
		return head;
	p = ww_arena_alloc(cx->arena, n);
	if (p == NULL)
		abort();
	memcpy(p, head.p, head.n);
	for (i = head.n; i < n; i++)
		p[i] = (char)('a' + (i + tag) % 26);
	return ww_str_of(p, n);
}

/* Appends n records tagged from on, in one batch. */
static inline ww_status
fixture_append(struct fixture *f, uint64_t tag, size_t n, size_t size, uint64_t *first)
{
	struct ww_record r[64];
	ww_status s;
	size_t i;

	ck_assert_uint_le(n, 64);
	ww_ctx_clear(&f->cx);
	for (i = 0; i < n; i++)
		r[i] = (struct ww_record){
			.time = (int64_t)(1000 + tag + i),
			.kind = WW_REC_MESSAGE,
			.body = fixture_body(&f->cx, tag + i, size),
		};
	s = ww_journal_append(&f->j, &f->cx, r, n);
	if (s == WW_OK && first != NULL)
		*first = r[0].seq;
	for (i = 1; s == WW_OK && i < n; i++)
		ck_assert_uint_eq(r[i].seq, r[0].seq + i);
	return s;
}

/* Reads the record at or after from; its tag by the time it carries. 0: none. */
static inline uint64_t
fixture_read(struct fixture *f, uint64_t from, uint64_t *seq)
{
	struct ww_record r;
	bool found;
	uint64_t tag;
	ww_str want;
	ww_status s;

	ww_ctx_clear(&f->cx);
	s = ww_journal_read(&f->j, &f->cx, from, &r, &found);
	if ((s == WW_E_IO || s == WW_E_FULL) && f->retries > 0) {
		f->retries--;
		return fixture_read(f, from, seq);
	}
	ck_assert_int_eq(s, WW_OK);
	if (!found)
		return 0;
	ck_assert_uint_ge(r.seq, from);
	ck_assert_int_eq(r.kind, WW_REC_MESSAGE);
	tag = (uint64_t)r.time - 1000;
	want = fixture_body(&f->cx, tag, r.body.n);
	ck_assert(ww_str_eq(want, r.body));
	if (seq != NULL)
		*seq = r.seq;
	return tag;
}

/* Reads everything: seqs[i] is the sequence of the i-th record; returns how many. */
static inline size_t
fixture_read_all(struct fixture *f, uint64_t *seqs, uint64_t *tags, size_t max)
{
	uint64_t from = 1, seq, tag;
	size_t n = 0;

	while ((tag = fixture_read(f, from, &seq)) != 0) {
		ck_assert_uint_lt(n, max);
		seqs[n] = seq;
		tags[n++] = tag;
		from = seq + 1;
	}
	return n;
}

static inline struct ww_journal_state
fixture_state(struct fixture *f)
{
	struct ww_journal_state st;

	ww_journal_state(&f->j, &st);
	return st;
}

/* The real disk without its syncs, for the many runs in which no power goes. */
static inline int
hasty_datasync(void *self, int fd)
{
	(void)self;
	(void)fd;
	return 0;
}

static inline int
hasty_sync_dir(void *self, const char *dir)
{
	(void)self;
	(void)dir;
	return 0;
}

static inline struct ww_fs
hasty_fs(void)
{
	struct ww_fs fs = ww_fs_real;

	fs.datasync = hasty_datasync;
	fs.sync_dir = hasty_sync_dir;
	return fs;
}

/* -- a disk with faults ----------------------------------------------------------------------------- */

enum fault_call {
	FAULT_NONE,
	FAULT_OPEN,
	FAULT_CLOSE,
	FAULT_PWRITE,
	FAULT_PREAD,
	FAULT_FALLOCATE,
	FAULT_TRUNCATE,
	FAULT_DATASYNC,
	FAULT_SYNC_DIR,
	FAULT_RENAME,
	FAULT_UNLINK,
	FAULT_MKDIR,
	FAULT_STAT,
	FAULT_LIST,
	FAULT_LOCK,
	FAULT_SPACE,
	FAULT_CALLS,
};

/* The n-th call of a kind, from 1, fails with err; SHORT_WRITE instead writes half and then fails. With
 * always set, every call of that other kind fails with EIO. */
enum { SHORT_WRITE = 1 << 20 };
struct fault {
	enum fault_call call;
	unsigned nth;
	int err;
	enum fault_call always;
	unsigned calls[FAULT_CALLS];
	bool dead[1024];       /* descriptors whose sync failed */
	unsigned synced_again; /* syncs on such a descriptor */
};

static inline int
fault_now(struct fault *x, enum fault_call call)
{
	x->calls[call]++;
	if (x->always == call)
		return EIO;
	return x->call == call && x->calls[call] == x->nth ? x->err : 0;
}

static inline int
fault_open(void *self, const char *path, int flags, mode_t mode)
{
	struct fault *x = self;
	int fd, err = fault_now(x, FAULT_OPEN);

	if (err != 0)
		return -err;
	fd = ww_fs_real.open(NULL, path, flags, mode);
	if (fd >= 0 && fd < 1024)
		x->dead[fd] = false;
	return fd;
}

static inline int
fault_close(void *self, int fd)
{
	int err = fault_now(self, FAULT_CLOSE), real = ww_fs_real.close(NULL, fd);

	return err != 0 ? -err : real;
}

static inline ssize_t
fault_pwrite(void *self, int fd, const void *p, size_t n, off_t at)
{
	int err = fault_now(self, FAULT_PWRITE);

	if (err == SHORT_WRITE) {
		ck_assert_int_ge(ww_fs_real.pwrite(NULL, fd, p, n / 2, at), 0);
		return -ENOSPC;
	}
	return err != 0 ? -err : ww_fs_real.pwrite(NULL, fd, p, n, at);
}

static inline ssize_t
fault_pread(void *self, int fd, void *p, size_t n, off_t at)
{
	int err = fault_now(self, FAULT_PREAD);

	return err != 0 ? -err : ww_fs_real.pread(NULL, fd, p, n, at);
}

static inline int
fault_fallocate(void *self, int fd, off_t at, off_t n)
{
	int err = fault_now(self, FAULT_FALLOCATE);

	return err != 0 ? -err : ww_fs_real.fallocate(NULL, fd, at, n);
}

static inline int
fault_truncate(void *self, int fd, off_t size)
{
	int err = fault_now(self, FAULT_TRUNCATE);

	return err != 0 ? -err : ww_fs_real.truncate(NULL, fd, size);
}

static inline int
fault_datasync(void *self, int fd)
{
	struct fault *x = self;
	int err = fault_now(x, FAULT_DATASYNC);

	if (fd < 1024 && x->dead[fd])
		x->synced_again++;
	if (err == 0)
		return ww_fs_real.datasync(NULL, fd);
	if (fd < 1024)
		x->dead[fd] = true;
	return -err;
}

static inline int
fault_sync_dir(void *self, const char *dir)
{
	int err = fault_now(self, FAULT_SYNC_DIR);

	return err != 0 ? -err : ww_fs_real.sync_dir(NULL, dir);
}

static inline int
fault_rename(void *self, const char *from, const char *to)
{
	int err = fault_now(self, FAULT_RENAME);

	return err != 0 ? -err : ww_fs_real.rename(NULL, from, to);
}

static inline int
fault_unlink(void *self, const char *path)
{
	int err = fault_now(self, FAULT_UNLINK);

	return err != 0 ? -err : ww_fs_real.unlink(NULL, path);
}

static inline int
fault_mkdir(void *self, const char *path, mode_t mode)
{
	int err = fault_now(self, FAULT_MKDIR);

	return err != 0 ? -err : ww_fs_real.mkdir(NULL, path, mode);
}

static inline int
fault_stat(void *self, const char *path, struct ww_fs_stat *out)
{
	int err = fault_now(self, FAULT_STAT);

	return err != 0 ? -err : ww_fs_real.stat(NULL, path, out);
}

static inline int
fault_list(void *self, const char *dir, ww_fs_name name, void *arg)
{
	int err = fault_now(self, FAULT_LIST);

	return err != 0 ? -err : ww_fs_real.list(NULL, dir, name, arg);
}

static inline int
fault_lock(void *self, int fd)
{
	int err = fault_now(self, FAULT_LOCK);

	return err != 0 ? -err : ww_fs_real.lock(NULL, fd);
}

static inline int
fault_space(void *self, const char *path, struct ww_fs_space *out)
{
	int err = fault_now(self, FAULT_SPACE);

	return err != 0 ? -err : ww_fs_real.space(NULL, path, out);
}

static inline struct ww_fs
fault_fs(struct fault *x)
{
	return (struct ww_fs){
		.self = x,
		.open = fault_open,
		.close = fault_close,
		.pwrite = fault_pwrite,
		.pread = fault_pread,
		.fallocate = fault_fallocate,
		.truncate = fault_truncate,
		.datasync = fault_datasync,
		.sync_dir = fault_sync_dir,
		.rename = fault_rename,
		.unlink = fault_unlink,
		.mkdir = fault_mkdir,
		.stat = fault_stat,
		.list = fault_list,
		.lock = fault_lock,
		.space = fault_space,
	};
}

#endif
