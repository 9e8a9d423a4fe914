/* The power goes at any moment: what was acknowledged is there afterwards. A killed process proves nothing of
 * the kind, because the system still has its bytes; here whatever was not synced may be gone, in part or
 * whole, and sector by sector. */
#include "journal_fixture.h"

enum { FILES = 64, SECTOR = 512 };

/* A disk that remembers what would survive. */
struct disk {
	const char *dir;
	unsigned left; /* operations until the power goes; 0: it is gone */
	bool lazy;     /* sync does nothing: the mutant that the test must catch */
	uint64_t random;
	struct file {
		bool used;
		char path[FIXTURE_PATH];
		int fd;          /* -1: not open */
		bool entry;      /* its name is durable */
		uint8_t *synced; /* its durable content */
		size_t n;
	} files[FILES];
};

static uint64_t
random_below(struct disk *d, uint64_t n)
{
	d->random = d->random * 6364136223846793005u + 1442695040888963407u;
	return (d->random >> 33) % n;
}

static bool
power_gone(struct disk *d)
{
	if (d->left > 0)
		d->left--;
	return d->left == 0;
}

static struct file *
by_fd(struct disk *d, int fd)
{
	size_t i;

	for (i = 0; i < FILES; i++)
		if (d->files[i].used && d->files[i].fd == fd)
			return &d->files[i];
	return NULL;
}

static struct file *
by_path(struct disk *d, const char *path)
{
	size_t i, free_one = FILES;

	for (i = 0; i < FILES; i++) {
		if (d->files[i].used && strcmp(d->files[i].path, path) == 0)
			return &d->files[i];
		if (!d->files[i].used && free_one == FILES)
			free_one = i;
	}
	ck_assert_uint_lt(free_one, FILES);
	d->files[free_one] = (struct file){ .used = true, .fd = -1 };
	snprintf(d->files[free_one].path, FIXTURE_PATH, "%s", path);
	return &d->files[free_one];
}

static int
disk_open(void *self, const char *path, int flags, mode_t mode)
{
	struct disk *d = self;
	int fd;

	if (flags == O_RDONLY)
		return ww_fs_real.open(NULL, path, flags, mode);
	if (power_gone(d))
		return -EIO;
	fd = ww_fs_real.open(NULL, path, flags, mode);
	if (fd >= 0)
		by_path(d, path)->fd = fd;
	return fd;
}

static int
disk_close(void *self, int fd)
{
	struct file *file = by_fd(self, fd);

	if (file != NULL)
		file->fd = -1;
	return ww_fs_real.close(NULL, fd);
}

static ssize_t
disk_pwrite(void *self, int fd, const void *p, size_t n, off_t at)
{
	struct disk *d = self;

	if (!power_gone(d))
		return ww_fs_real.pwrite(NULL, fd, p, n, at);
	/* In the middle of the write. */
	n = (size_t)random_below(d, n);
	if (n > 0)
		(void)ww_fs_real.pwrite(NULL, fd, p, n, at);
	return -EIO;
}

static ssize_t
disk_pread(void *self, int fd, void *p, size_t n, off_t at)
{
	(void)self;
	return ww_fs_real.pread(NULL, fd, p, n, at);
}

/* The file grows by less than is asked for, since the test copies files often. */
static int
disk_fallocate(void *self, int fd, off_t at, off_t n)
{
	(void)n;
	return power_gone(self) ? -EIO : ww_fs_real.fallocate(NULL, fd, at, 4096);
}

static int
disk_truncate(void *self, int fd, off_t size)
{
	return power_gone(self) ? -EIO : ww_fs_real.truncate(NULL, fd, size);
}

static int
disk_datasync(void *self, int fd)
{
	struct disk *d = self;
	struct file *file = by_fd(d, fd);

	if (power_gone(d))
		return -EIO;
	ck_assert_ptr_nonnull(file);
	if (d->lazy)
		return 0;
	free(file->synced);
	file->synced = fixture_load(file->path, &file->n);
	return 0;
}

static int
disk_sync_dir(void *self, const char *dir)
{
	struct disk *d = self;
	size_t i;

	if (power_gone(d))
		return -EIO;
	if (strcmp(dir, d->dir) != 0)
		return 0; /* that of the folder itself, which is taken to be there */
	for (i = 0; i < FILES; i++)
		d->files[i].entry = d->files[i].used && access(d->files[i].path, F_OK) == 0;
	return 0;
}

static int
disk_unlink(void *self, const char *path)
{
	return power_gone(self) ? -EIO : ww_fs_real.unlink(NULL, path);
}

/* What the disk has of one file after the cut: each sector is the synced or the last one. */
static void
cut_file(struct disk *d, struct file *file)
{
	uint8_t *now = NULL, *p;
	size_t n = 0, longest, at;
	bool there = access(file->path, F_OK) == 0;

	if (there)
		now = fixture_load(file->path, &n);
	if (!file->entry && (!there || random_below(d, 2) == 0)) {
		unlink(file->path); /* its name never reached the disk */
		free(now);
		free(file->synced);
		file->used = false;
		return;
	}
	longest = n > file->n ? n : file->n;
	if (random_below(d, 2) == 0)
		longest = file->n + (longest > file->n ? random_below(d, longest - file->n) : 0);
	p = calloc(1, longest + 1);
	ck_assert_ptr_nonnull(p);
	for (at = 0; at < longest; at += SECTOR) {
		size_t end = at + SECTOR < longest ? at + SECTOR : longest;
		bool old = random_below(d, 2) == 0;
		const uint8_t *from = old ? file->synced : now;
		size_t have = old ? file->n : n;

		if (at < have)
			memcpy(p + at, from + at, (have < end ? have : end) - at);
	}
	fixture_store(file->path, p, longest);
	free(now);
	free(file->synced);
	file->synced = p; /* what survived is durable */
	file->n = longest;
	file->entry = true;
}

static void
cut(struct disk *d)
{
	size_t i;

	for (i = 0; i < FILES; i++)
		if (d->files[i].used)
			cut_file(d, &d->files[i]);
}

static struct ww_fs
disk_fs(struct disk *d)
{
	struct ww_fs fs = ww_fs_real;

	fs.self = d;
	fs.open = disk_open;
	fs.close = disk_close;
	fs.pwrite = disk_pwrite;
	fs.pread = disk_pread;
	fs.fallocate = disk_fallocate;
	fs.truncate = disk_truncate;
	fs.datasync = disk_datasync;
	fs.sync_dir = disk_sync_dir;
	fs.unlink = disk_unlink;
	return fs;
}

static void
forget(struct disk *d, struct fixture *f)
{
	size_t i;

	for (i = 0; i < FILES; i++)
		if (d->files[i].used)
			free(d->files[i].synced);
	*d = (struct disk){ .dir = f->dir, .random = d->random };
	fixture_empty(f->dir);
}

enum { ROUNDS = 12, ACKED = 2000 };
static uint64_t acked_seq[ACKED], acked_tag[ACKED];

/* How many of the acknowledged records are not there as they were. */
static size_t
lost(struct fixture *f, size_t acked)
{
	static uint64_t seqs[2 * ACKED], tags[2 * ACKED];
	size_t i, k = 0, missing = 0, n = fixture_read_all(f, seqs, tags, 2 * ACKED);

	for (i = 0; i < acked; i++) {
		while (k < n && seqs[k] < acked_seq[i])
			k++;
		missing += k == n || seqs[k] != acked_seq[i] || tags[k] != acked_tag[i];
	}
	return missing;
}

/* Twelve lives of one journal, each ended by a cut. Returns how many records were lost, and counts the cuts
 * that met unsynced bytes. */
static size_t
run(struct fixture *f, struct disk *d, size_t *hits)
{
	struct ww_fs fs = disk_fs(d);
	size_t round, k, acked = 0, missing = 0;
	uint64_t tag = 1, first;

	for (round = 0; round < ROUNDS && missing == 0; round++) {
		unsigned budget = 1 + (unsigned)random_below(d, 60);

		d->left = budget;
		if (fixture_journal(f, &fs, 3000) == WW_OK) {
			/* Nothing is read before it would survive: the ledger may remember it. */
			uint64_t before = fixture_state(f).last;

			while (d->left > 0) {
				size_t n = 1 + (size_t)random_below(d, 5);

				if (fixture_append(f, tag, n, 100 + random_below(d, 300), &first) ==
				    WW_OK)
					for (k = 0; k < n; k++, acked++) {
						ck_assert_uint_lt(acked, ACKED);
						ck_assert(
						    acked == 0 || first + k > acked_seq[acked - 1]);
						acked_seq[acked] = first + k;
						acked_tag[acked] = tag + k;
					}
				tag += n;
				(*hits)++;
			}
			ww_journal_close(&f->j);
			cut(d);
			d->left = 1000;
			ck_assert_int_eq(fixture_journal(f, &fs, 3000), WW_OK);
			if (!d->lazy)
				ck_assert_uint_ge(fixture_state(f).last, before);
		} else {
			cut(d);
			d->left = 1000;
			ck_assert_int_eq(fixture_journal(f, &fs, 3000), WW_OK);
		}
		missing = lost(f, acked);
		if (!d->lazy)
			ck_assert_uint_eq(fixture_state(f).damaged, 0);
		ww_journal_close(&f->j);
	}
	return missing;
}

static void
quiet(void)
{
	int fd = open("/dev/null", O_WRONLY);

	ck_assert_int_ge(dup2(fd, 2), 0);
	close(fd);
}

START_TEST(loses_nothing_that_was_acknowledged)
{
	struct fixture f;
	struct disk d = { .random = 20260101 };
	size_t i, hits = 0;

	quiet();
	fixture_open(&f);
	for (i = 0; i < 8; i++) {
		forget(&d, &f);
		ck_assert_msg(run(&f, &d, &hits) == 0, "run %zu lost records", i);
	}
	ck_assert_uint_gt(hits, 80); /* else nothing was tested */
	forget(&d, &f);
	fixture_close(&f);
}
END_TEST

START_TEST(would_notice_a_missing_sync)
{
	struct fixture f;
	struct disk d = { .random = 20260101 };
	size_t i, hits = 0, noticed = 0;

	quiet();
	fixture_open(&f);
	for (i = 0; i < 10; i++) {
		forget(&d, &f);
		d.lazy = true;
		noticed += run(&f, &d, &hits) > 0;
	}
	ck_assert_uint_ge(noticed, 9);
	forget(&d, &f);
	fixture_close(&f);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		loses_nothing_that_was_acknowledged,
		would_notice_a_missing_sync,
	};

	return unit_main("journal_power", tests, UNIT_COUNT(tests));
}
