/* The real disk behind struct ww_fs, and whole files put, copied and read on any disk. */
#include "base/fs.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* -- the real disk ---------------------------------------------------------------------------------- */

static int
real_open(void *self, const char *path, int flags, mode_t mode)
{
	int fd = open(path, flags | O_CLOEXEC, mode);

	(void)self;
	return fd >= 0 ? fd : -errno;
}

static int
real_close(void *self, int fd)
{
	(void)self;
	return close(fd) == 0 ? 0 : -errno;
}

static ssize_t
real_pwrite(void *self, int fd, const void *p, size_t n, off_t at)
{
	ssize_t put = pwrite(fd, p, n, at);

	(void)self;
	return put >= 0 ? put : -errno;
}

static ssize_t
real_pread(void *self, int fd, void *p, size_t n, off_t at)
{
	ssize_t got = pread(fd, p, n, at);

	(void)self;
	return got >= 0 ? got : -errno;
}

static int
real_fallocate(void *self, int fd, off_t at, off_t n)
{
	(void)self;
	return -posix_fallocate(fd, at, n); /* returns the error and leaves errno alone */
}

static int
real_truncate(void *self, int fd, off_t size)
{
	(void)self;
	return ftruncate(fd, size) == 0 ? 0 : -errno;
}

static int
real_datasync(void *self, int fd)
{
	(void)self;
	return fdatasync(fd) == 0 ? 0 : -errno;
}

static int
real_sync_dir(void *self, const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err = 0;

	(void)self;
	if (fd < 0)
		return -errno;
	if (fsync(fd) != 0)
		err = -errno;
	close(fd);
	return err;
}

static int
real_rename(void *self, const char *from, const char *to)
{
	(void)self;
	return rename(from, to) == 0 ? 0 : -errno;
}

static int
real_unlink(void *self, const char *path)
{
	(void)self;
	return unlink(path) == 0 ? 0 : -errno;
}

static int
real_mkdir(void *self, const char *path, mode_t mode)
{
	(void)self;
	return mkdir(path, mode) == 0 ? 0 : -errno;
}

static struct ww_fs_stat
stat_of(const struct stat *st)
{
	return (struct ww_fs_stat){
		.is_dir = S_ISDIR(st->st_mode),
		.is_file = S_ISREG(st->st_mode),
		.size = (uint64_t)st->st_size,
		.used =
		    (uint64_t)st->st_blocks * 512, /* POSIX leaves the unit open; Linux has this */
		.changed = (int64_t)st->st_ctim.tv_sec * 1000 + st->st_ctim.tv_nsec / 1000000,
	};
}

static int
real_stat(void *self, const char *path, struct ww_fs_stat *out)
{
	struct stat st;

	(void)self;
	if (stat(path, &st) != 0)
		return -errno;
	*out = stat_of(&st);
	return 0;
}

static int
real_lstat(void *self, const char *path, struct ww_fs_stat *out)
{
	struct stat st;

	(void)self;
	if (lstat(path, &st) != 0)
		return -errno;
	*out = stat_of(&st);
	return 0;
}

static int
real_list(void *self, const char *dir, ww_fs_name name, void *arg)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	int err = 0;

	(void)self;
	if (d == NULL)
		return -errno;
	errno = 0;
	while (err == 0 && (entry = readdir(d)) != NULL) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			err = name(arg, entry->d_name);
		errno = 0;
	}
	if (err == 0 && errno != 0)
		err = -errno;
	closedir(d);
	return err;
}

/* flock rather than fcntl: it also keeps two parts of one process apart. */
static int
real_lock(void *self, int fd)
{
	(void)self;
	return flock(fd, LOCK_EX | LOCK_NB) == 0 ? 0 : -errno;
}

static int
real_space(void *self, const char *path, struct ww_fs_space *out)
{
	struct statvfs st;

	(void)self;
	if (statvfs(path, &st) != 0)
		return -errno;
	*out = (struct ww_fs_space){
		.total = (uint64_t)st.f_blocks * st.f_frsize,
		.free = (uint64_t)st.f_bavail * st.f_frsize,
	};
	return 0;
}

const struct ww_fs ww_fs_real = {
	.open = real_open,
	.close = real_close,
	.pwrite = real_pwrite,
	.pread = real_pread,
	.fallocate = real_fallocate,
	.truncate = real_truncate,
	.datasync = real_datasync,
	.sync_dir = real_sync_dir,
	.rename = real_rename,
	.unlink = real_unlink,
	.mkdir = real_mkdir,
	.stat = real_stat,
	.lstat = real_lstat,
	.list = real_list,
	.lock = real_lock,
	.space = real_space,
};

/* -- failures --------------------------------------------------------------------------------------- */

ww_status
ww_fs_status(int err)
{
	if (err < 0)
		err = -err;
	return err == ENOSPC || err == EDQUOT ? WW_E_FULL : WW_E_IO;
}

/* err as the table returns it. */
static ww_status
fail(struct ww_ctx *cx, ww_status s, const char *place, const char *what, int err)
{
	char text[96];

	if (strerror_r(-err, text, sizeof(text)) != 0)
		snprintf(text, sizeof(text), "error %d", -err);
	return ww_fail(cx, s, place, "cannot %s: %s", what, text);
}

ww_status
ww_fs_fail(struct ww_ctx *cx, const char *place, const char *what, int err)
{
	return fail(cx, ww_fs_status(err), place, what, err < 0 ? err : -err);
}

/* -- writing ---------------------------------------------------------------------------------------- */

int
ww_fs_open(const struct ww_fs *fs, const char *path, int flags)
{
	int fd;

	do
		fd = fs->open(fs->self, path, flags, 0600);
	while (fd == -EINTR);
	return fd;
}

int
ww_fs_write_all(const struct ww_fs *fs, int fd, const void *p, size_t n, off_t at)
{
	const char *from = p;

	while (n > 0) {
		ssize_t put = fs->pwrite(fs->self, fd, from, n, at);

		if (put == -EINTR)
			continue;
		if (put < 0)
			return (int)put;
		if (put == 0)
			return -EIO; /* else this would turn for ever */
		from += put;
		n -= (size_t)put;
		at += put;
	}
	return 0;
}

/* The directory that path lies in, into dir[PATH_MAX]; path is shorter than that. */
static void
dir_of(const char *path, char *dir)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		snprintf(dir, PATH_MAX, ".");
	else if (slash == path)
		snprintf(dir, PATH_MAX, "/");
	else
		snprintf(dir, PATH_MAX, "%.*s", (int)(slash - path), path);
}

/* What goes into a file: a text, or the first bytes of an open file. */
struct content {
	ww_str text;
	int fd; /* -1: the text */
	uint64_t n;
};

static int
write_content(const struct ww_fs *fs, int fd, const struct content *c)
{
	char chunk[65536];
	uint64_t at = 0;

	if (c->fd < 0)
		return ww_fs_write_all(fs, fd, c->text.p, c->text.n, 0);
	while (at < c->n) {
		size_t want = c->n - at < sizeof(chunk) ? (size_t)(c->n - at) : sizeof(chunk);
		ssize_t got = fs->pread(fs->self, c->fd, chunk, want, (off_t)at);
		int err;

		if (got == -EINTR)
			continue;
		if (got <= 0)
			return (int)got;
		err = ww_fs_write_all(fs, fd, chunk, (size_t)got, (off_t)at);
		if (err != 0)
			return err;
		at += (uint64_t)got;
	}
	return 0;
}

/* Writes a new file at path, durable but for its name. */
static int
write_new(const struct ww_fs *fs, const char *path, const struct content *c)
{
	int err, closed;
	int fd = ww_fs_open(fs, path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW);

	if (fd < 0)
		return fd;
	err = write_content(fs, fd, c);
	if (err == 0)
		err = fs->datasync(fs->self, fd);
	closed = fs->close(fs->self, fd);
	return err != 0 ? err : closed;
}

static ww_status
put(const struct ww_fs *fs, struct ww_ctx *cx, const char *path, const struct content *c)
{
	char temp[PATH_MAX], dir[PATH_MAX];
	int err, n;

	/* One name for all attempts: what a crash leaves behind is overwritten by the next. */
	n = snprintf(temp, sizeof(temp), "%s.tmp", path);
	if (n < 0 || (size_t)n >= sizeof(temp))
		return fail(cx, WW_E_IO, path, "write", -ENAMETOOLONG);
	dir_of(path, dir);
	err = write_new(fs, temp, c);
	if (err < 0)
		goto unlink_temp;
	err = fs->rename(fs->self, temp, path);
	if (err < 0)
		goto unlink_temp;
	err = fs->sync_dir(fs->self, dir);
	if (err < 0)
		return fail(cx, ww_fs_status(err), path, "make durable", err);
	return WW_OK;
unlink_temp:
	(void)fs->unlink(fs->self, temp);
	return fail(cx, ww_fs_status(err), path, "write", err);
}

ww_status
ww_fs_put(const struct ww_fs *fs, struct ww_ctx *cx, const char *path, ww_str text)
{
	return put(fs, cx, path, &(struct content){ .text = text, .fd = -1 });
}

/* -- reading ---------------------------------------------------------------------------------------- */

static ww_status
read_all(const struct ww_fs *fs, struct ww_ctx *cx, int fd, const char *path, size_t limit,
    struct ww_buf *out)
{
	char chunk[16384];
	size_t total = 0;

	for (;;) {
		ssize_t n = fs->pread(fs->self, fd, chunk, sizeof(chunk), (off_t)total);

		if (n == -EINTR)
			continue;
		if (n < 0)
			return fail(cx, WW_E_IO, path, "read", (int)n);
		if (n == 0)
			return WW_OK;
		total += (size_t)n;
		if (limit != 0 && total > limit)
			return ww_fail(cx, WW_E_LIMIT, path, "larger than %zu bytes", limit);
		ww_buf_add(out, chunk, (size_t)n);
		if (out->error != WW_OK)
			return ww_fail(cx, (ww_status)out->error, path, "%s",
			    ww_status_text((ww_status)out->error));
	}
}

static ww_status
open_to_read(const struct ww_fs *fs, struct ww_ctx *cx, const char *path, int *fd)
{
	*fd = ww_fs_open(fs, path, O_RDONLY);
	if (*fd >= 0)
		return WW_OK;
	/* No such file is not trouble with the disk: trying again is of no use. */
	return fail(cx, *fd == -ENOENT ? WW_E_NOT_FOUND : WW_E_IO, path, "open", *fd);
}

ww_status
ww_fs_load(
    const struct ww_fs *fs, struct ww_ctx *cx, const char *path, size_t limit, struct ww_buf *out)
{
	int fd;
	ww_status s = open_to_read(fs, cx, path, &fd);

	if (s != WW_OK)
		return s;
	s = read_all(fs, cx, fd, path, limit, out);
	(void)fs->close(fs->self, fd);
	return s;
}

ww_status
ww_fs_copy(const struct ww_fs *fs, struct ww_ctx *cx, const char *from, const char *to, uint64_t n)
{
	struct content c = { .n = n };
	ww_status s = open_to_read(fs, cx, from, &c.fd);

	if (s != WW_OK)
		return s;
	s = put(fs, cx, to, &c);
	(void)fs->close(fs->self, c.fd);
	return s;
}

/* What has no offsets: read where it stands. */
static ssize_t
stream_pread(void *self, int fd, void *p, size_t n, off_t at)
{
	ssize_t got = read(fd, p, n);

	(void)self;
	(void)at;
	return got >= 0 ? got : -errno;
}

static const struct ww_fs streams = {
	.open = real_open,
	.close = real_close,
	.pread = stream_pread,
};

ww_status
ww_fs_get(struct ww_ctx *cx, const char *path, size_t limit, struct ww_buf *out)
{
	if (strcmp(path, "-") == 0)
		return read_all(&streams, cx, STDIN_FILENO, path, limit, out);
	return ww_fs_load(&streams, cx, path, limit, out);
}

/* -- removing, locking ------------------------------------------------------------------------------ */

ww_status
ww_fs_remove(const struct ww_fs *fs, struct ww_ctx *cx, const char *path)
{
	int err = fs->unlink(fs->self, path);

	return err == 0 || err == -ENOENT ? WW_OK : ww_fs_fail(cx, path, "remove", err);
}

ww_status
ww_fs_lock(const struct ww_fs *fs, struct ww_ctx *cx, const char *path, int *fd)
{
	int err;

	*fd = ww_fs_open(fs, path, O_RDWR | O_CREAT | O_NOFOLLOW);
	if (*fd < 0)
		return ww_fs_fail(cx, path, "open the lock", *fd);
	do
		err = fs->lock(fs->self, *fd);
	while (err == -EINTR);
	if (err == 0)
		return WW_OK;
	(void)fs->close(fs->self, *fd);
	*fd = -1;
	if (err == -EWOULDBLOCK)
		return ww_fail(cx, WW_E_BUSY, path, "another process holds it");
	return ww_fs_fail(cx, path, "lock", err);
}

/* -- directories ------------------------------------------------------------------------------------ */

/* One directory whose parent exists; the last one is the one that is asked for. */
static int
make_one(const struct ww_fs *fs, const char *path, bool last)
{
	char parent[PATH_MAX];
	struct ww_fs_stat st;
	int err = fs->mkdir(fs->self, path, 0700);
	bool made = err == 0;

	if (!made && err != -EEXIST)
		return err;
	err = made ? 0 : fs->stat(fs->self, path, &st);
	if (err != 0)
		return err;
	if (!made && !st.is_dir)
		return -ENOTDIR;
	if (!made && !last)
		return 0;
	/* Else a power cut takes it away with all that was synced in it. */
	dir_of(path, parent);
	err = fs->sync_dir(fs->self, parent);
	/* A folder that is there in a parent which this user may not read is its owner's concern. */
	return !made && err == -EACCES ? 0 : err;
}

ww_status
ww_fs_mkdir(const struct ww_fs *fs, struct ww_ctx *cx, const char *path)
{
	char part[PATH_MAX];
	size_t i, n = strlen(path);
	int err;

	while (n > 1 && path[n - 1] == '/')
		n--;
	if (n == 0 || n >= sizeof(part))
		return fail(cx, WW_E_IO, path, "make directory", n == 0 ? -ENOENT : -ENAMETOOLONG);
	memcpy(part, path, n);
	part[n] = '\0';
	for (i = 1; i <= n; i++) {
		if (i < n && part[i] != '/')
			continue;
		part[i] = '\0';
		err = make_one(fs, part, i == n);
		if (err < 0)
			return fail(cx, ww_fs_status(err), path, "make directory", err);
		if (i < n)
			part[i] = '/';
	}
	return WW_OK;
}
