/* The disk on which one call fails. */
#include "tests/sim/faulty.h"

#include "tests/sim/disk.h"

#include <errno.h>

/* Every call comes by here: 0, or the error it is to fail with. */
static int
strike(struct sim_faulty *x, const char *call)
{
	if (++x->calls != x->nth)
		return 0;
	x->struck = true;
	x->call = call;
	if (x->deadly)
		sim_disk_go_dark(x->disk);
	return x->err;
}

/* For calls that take no bytes. */
static int
strike_whole(struct sim_faulty *x, const char *call)
{
	int err = strike(x, call);

	return err == SIM_SHORT ? 0 : err == SIM_SHORT_FULL ? ENOSPC : err;
}

static const struct ww_fs *
under(const struct sim_faulty *x)
{
	return sim_disk_fs(x->disk);
}

static int
faulty_open(void *self, const char *path, int flags, mode_t mode)
{
	struct sim_faulty *x = self;
	int err = strike_whole(x, "open"), fd;

	if (err != 0)
		return -err;
	fd = under(x)->open(under(x)->self, path, flags, mode);
	if (fd >= 0 && fd < 2048)
		x->dead[fd] = false;
	return fd;
}

/* It is closed all the same, as on Linux. */
static int
faulty_close(void *self, int fd)
{
	struct sim_faulty *x = self;
	int err = strike_whole(x, "close"), done = under(x)->close(under(x)->self, fd);

	return err != 0 ? -err : done;
}

static ssize_t
faulty_pwrite(void *self, int fd, const void *p, size_t n, off_t at)
{
	struct sim_faulty *x = self;
	int err = strike(x, "pwrite");
	ssize_t put;

	if (err == 0 || err == SIM_SHORT || err == SIM_SHORT_FULL) {
		if (err != 0 && n > 1)
			n /= 2;
		put = under(x)->pwrite(under(x)->self, fd, p, n, at);
		return err == SIM_SHORT_FULL ? -ENOSPC : put;
	}
	return -err;
}

static ssize_t
faulty_pread(void *self, int fd, void *p, size_t n, off_t at)
{
	struct sim_faulty *x = self;
	int err = strike(x, "pread");

	if (err == SIM_SHORT && n > 1)
		n /= 2;
	if (err == 0 || err == SIM_SHORT || err == SIM_SHORT_FULL)
		return under(x)->pread(under(x)->self, fd, p, n, at);
	return -err;
}

static int
faulty_fallocate(void *self, int fd, off_t at, off_t n)
{
	struct sim_faulty *x = self;
	int err = strike_whole(x, "fallocate");

	return err != 0 ? -err : under(x)->fallocate(under(x)->self, fd, at, n);
}

static int
faulty_truncate(void *self, int fd, off_t size)
{
	struct sim_faulty *x = self;
	int err = strike_whole(x, "truncate");

	return err != 0 ? -err : under(x)->truncate(under(x)->self, fd, size);
}

static int
faulty_datasync(void *self, int fd)
{
	struct sim_faulty *x = self;
	int err = strike_whole(x, "datasync");

	if (fd >= 0 && fd < 2048 && x->dead[fd])
		x->synced_again++;
	if (err == 0)
		return under(x)->datasync(under(x)->self, fd);
	if (fd >= 0 && fd < 2048)
		x->dead[fd] = true;
	sim_disk_spoil(x->disk, fd);
	return -err;
}

static int
faulty_sync_dir(void *self, const char *dir)
{
	struct sim_faulty *x = self;
	int err = strike_whole(x, "sync_dir");

	return err != 0 ? -err : under(x)->sync_dir(under(x)->self, dir);
}

static int
faulty_rename(void *self, const char *from, const char *to)
{
	struct sim_faulty *x = self;
	int err = strike_whole(x, "rename");

	return err != 0 ? -err : under(x)->rename(under(x)->self, from, to);
}

static int
faulty_unlink(void *self, const char *path)
{
	struct sim_faulty *x = self;
	int err = strike_whole(x, "unlink");

	return err != 0 ? -err : under(x)->unlink(under(x)->self, path);
}

static int
faulty_mkdir(void *self, const char *path, mode_t mode)
{
	struct sim_faulty *x = self;
	int err = strike_whole(x, "mkdir");

	return err != 0 ? -err : under(x)->mkdir(under(x)->self, path, mode);
}

static int
faulty_stat(void *self, const char *path, struct ww_fs_stat *out)
{
	struct sim_faulty *x = self;
	int err = strike_whole(x, "stat");

	return err != 0 ? -err : under(x)->stat(under(x)->self, path, out);
}

static int
faulty_lstat(void *self, const char *path, struct ww_fs_stat *out)
{
	struct sim_faulty *x = self;
	int err = strike_whole(x, "lstat");

	return err != 0 ? -err : under(x)->lstat(under(x)->self, path, out);
}

static int
faulty_list(void *self, const char *dir, ww_fs_name name, void *arg)
{
	struct sim_faulty *x = self;
	int err = strike_whole(x, "list");

	return err != 0 ? -err : under(x)->list(under(x)->self, dir, name, arg);
}

static int
faulty_lock(void *self, int fd)
{
	struct sim_faulty *x = self;
	int err = strike_whole(x, "lock");

	return err != 0 ? -err : under(x)->lock(under(x)->self, fd);
}

static int
faulty_space(void *self, const char *path, struct ww_fs_space *out)
{
	struct sim_faulty *x = self;
	int err = strike_whole(x, "space");

	return err != 0 ? -err : under(x)->space(under(x)->self, path, out);
}

void
sim_faulty_over(struct sim_faulty *x, struct sim_disk *disk)
{
	*x = (struct sim_faulty){
		.fs = {
			.self = x,
			.open = faulty_open,
			.close = faulty_close,
			.pwrite = faulty_pwrite,
			.pread = faulty_pread,
			.fallocate = faulty_fallocate,
			.truncate = faulty_truncate,
			.datasync = faulty_datasync,
			.sync_dir = faulty_sync_dir,
			.rename = faulty_rename,
			.unlink = faulty_unlink,
			.mkdir = faulty_mkdir,
			.stat = faulty_stat,
			.lstat = faulty_lstat,
			.list = faulty_list,
			.lock = faulty_lock,
			.space = faulty_space,
		},
		.disk = disk,
	};
}

void
sim_faulty_set(struct sim_faulty *x, size_t nth, int err)
{
	x->calls = 0;
	x->nth = nth;
	x->err = err;
	x->struck = false;
	x->call = "";
}
