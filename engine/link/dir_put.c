/* Write, sync, rename. */
#include "link/dir_put.h"

#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>

/* A new file with that text, durable but for its name. */
static int
write_new(const struct ww_fs *fs, const char *path, ww_str text)
{
	int err, closed, fd;

	(void)fs->unlink(
	    fs->self, path); /* of an attempt that was cut off, or a link that somebody laid */
	do
		fd = fs->open(fs->self, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0640);
	while (fd == -EINTR);
	if (fd < 0)
		return fd;
	err = ww_fs_write_all(fs, fd, text.p, text.n, 0);
	if (err == 0)
		err = fs->datasync(fs->self, fd);
	closed = fs->close(fs->self, fd);
	return err != 0 ? err : closed;
}

int
ww_dir_put(const struct ww_fs *fs, const char *temp, const char *path, ww_str text)
{
	int err = write_new(fs, temp, text);

	if (err == 0)
		err = fs->rename(fs->self, temp, path);
	if (err != 0)
		(void)fs->unlink(fs->self, temp);
	return err;
}
