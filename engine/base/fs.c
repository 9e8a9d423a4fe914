/* The real disk behind struct ww_fs, and whole files put and read. */
#include "base/fs.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
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
fail(struct ww_ctx *cx, ww_status s, const char *path, const char *what, int err)
{
	char text[96];

	if (strerror_r(-err, text, sizeof(text)) != 0)
		snprintf(text, sizeof(text), "error %d", -err);
	return ww_fail(cx, s, path, "cannot %s: %s", what, text);
}

/* -- writing ---------------------------------------------------------------------------------------- */

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

/* Writes text to a new file at path, durable but for its name. */
static int
write_new(const struct ww_fs *fs, const char *path, ww_str text)
{
	int err, closed;
	int fd = fs->open(fs->self, path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return fd;
	err = ww_fs_write_all(fs, fd, text.p, text.n, 0);
	if (err == 0)
		err = fs->datasync(fs->self, fd);
	closed = fs->close(fs->self, fd);
	return err != 0 ? err : closed;
}

ww_status
ww_fs_put(const struct ww_fs *fs, struct ww_ctx *cx, const char *path, ww_str text)
{
	char temp[PATH_MAX], dir[PATH_MAX];
	int err, n;

	/* One name for all attempts: what a crash leaves behind is overwritten by the next. */
	n = snprintf(temp, sizeof(temp), "%s.tmp", path);
	if (n < 0 || (size_t)n >= sizeof(temp))
		return fail(cx, WW_E_IO, path, "write", -ENAMETOOLONG);
	dir_of(path, dir);
	err = write_new(fs, temp, text);
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

/* -- reading ---------------------------------------------------------------------------------------- */

static ww_status
read_all(struct ww_ctx *cx, int fd, const char *path, size_t limit, struct ww_buf *out)
{
	char chunk[16384];
	size_t total = 0;

	for (;;) {
		ssize_t n = read(fd, chunk, sizeof(chunk));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(cx, WW_E_IO, path, "read", -errno);
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

ww_status
ww_fs_get(struct ww_ctx *cx, const char *path, size_t limit, struct ww_buf *out)
{
	ww_status s;
	int fd;

	if (strcmp(path, "-") == 0)
		return read_all(cx, STDIN_FILENO, path, limit, out);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) /* no such file is not trouble with the disk: trying again is of no use */
		return fail(cx, errno == ENOENT ? WW_E_NOT_FOUND : WW_E_IO, path, "open", -errno);
	s = read_all(cx, fd, path, limit, out);
	close(fd);
	return s;
}

/* -- directories ------------------------------------------------------------------------------------ */

/* One directory whose parent exists. What is already there must be a directory. */
static int
make_one(const char *path)
{
	char parent[PATH_MAX];
	struct stat st;

	if (mkdir(path, 0700) == 0) {
		dir_of(path,
		    parent); /* else a power cut takes it away with all that was synced in it */
		return real_sync_dir(NULL, parent);
	}
	if (errno != EEXIST)
		return -errno;
	if (stat(path, &st) != 0)
		return -errno;
	return S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
}

ww_status
ww_fs_mkdir(struct ww_ctx *cx, const char *path)
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
		err = make_one(part);
		if (err < 0)
			return fail(cx, ww_fs_status(err), path, "make directory", err);
		if (i < n)
			part[i] = '/';
	}
	return WW_OK;
}
