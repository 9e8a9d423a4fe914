/* Files: the real disk, and a disk with faults put in its place. */
#include "unit.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/ww-fs-XXXXXX";
static char path[64];
static struct ww_ctx cx;

/* Each test runs in a process of its own, hence in a directory of its own. */
static void
enter(void)
{
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/file", dir);
}

static void
leave(void)
{
	unlink(path);
	ck_assert_int_eq(rmdir(dir), 0); /* fails where a temporary file was left behind */
}

static void
holds(const char *want)
{
	struct ww_buf b = { 0 };

	ck_assert_int_eq(ww_fs_get(&cx, path, 0, &b), WW_OK);
	unit_str_is(ww_buf_view(&b), want);
	ww_buf_free(&b);
}

/* -- a disk with faults ----------------------------------------------------------------------------- */

static int calls_left; /* the call that finds 0 fails with fault */
static int fault;
static bool interrupted;

static bool
strikes(void)
{
	return calls_left-- == 0;
}

static int
bad_open(void *self, const char *p, int flags, mode_t mode)
{
	return strikes() ? -fault : ww_fs_real.open(self, p, flags, mode);
}

static int
bad_close(void *self, int fd)
{
	int err = ww_fs_real.close(self, fd);

	return strikes() ? -fault : err;
}

/* One byte at a time, every second attempt interrupted. */
static ssize_t
bad_pwrite(void *self, int fd, const void *p, size_t n, off_t at)
{
	interrupted = !interrupted;
	if (interrupted)
		return -EINTR;
	return strikes() ? -fault : ww_fs_real.pwrite(self, fd, p, n > 1 ? 1 : n, at);
}

static int
bad_datasync(void *self, int fd)
{
	return strikes() ? -fault : ww_fs_real.datasync(self, fd);
}

static int
bad_sync_dir(void *self, const char *d)
{
	return strikes() ? -fault : ww_fs_real.sync_dir(self, d);
}

static int
bad_rename(void *self, const char *from, const char *to)
{
	return strikes() ? -fault : ww_fs_real.rename(self, from, to);
}

static int
good_unlink(void *self, const char *p)
{
	return ww_fs_real.unlink(self, p);
}

static const struct ww_fs bad_fs = {
	.open = bad_open,
	.close = bad_close,
	.pwrite = bad_pwrite,
	.datasync = bad_datasync,
	.sync_dir = bad_sync_dir,
	.rename = bad_rename,
	.unlink = good_unlink,
};

/* -- tests ------------------------------------------------------------------------------------------ */

START_TEST(puts_a_file_that_only_its_owner_reads)
{
	struct stat st;

	enter();
	ck_assert_int_eq(ww_fs_put(&ww_fs_real, &cx, path, WW_STR("one")), WW_OK);
	holds("one");
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0600);
	ck_assert_int_eq(ww_fs_put(&ww_fs_real, &cx, path, WW_STR("")), WW_OK);
	holds("");
	leave();
}
END_TEST

START_TEST(puts_whole_or_not_at_all_whatever_call_fails)
{
	int i;
	ww_status s = WW_E_IO;

	enter();
	ck_assert_int_eq(ww_fs_put(&ww_fs_real, &cx, path, WW_STR("old")), WW_OK);
	for (i = 0; s != WW_OK; i++) {
		ck_assert_int_lt(i, 20);
		cx = (struct ww_ctx){ 0 };
		calls_left = i;
		fault = EIO;
		s = ww_fs_put(&bad_fs, &cx, path, WW_STR("new"));
		if (s == WW_OK)
			break;
		ck_assert_int_eq(s, WW_E_IO);
		ck_assert_int_eq(cx.fail.status, WW_E_IO);
		if (strstr(cx.fail.reason, "durable") == NULL) /* the rename was not reached */
			holds("old");
	}
	ck_assert_int_eq(i, 8); /* open, three writes, datasync, close, rename, sync_dir */
	holds("new");
	leave();
}
END_TEST

START_TEST(says_full_when_the_disk_is_full)
{
	enter();
	calls_left = 1;
	fault = ENOSPC;
	ck_assert_int_eq(ww_fs_put(&bad_fs, &cx, path, WW_STR("x")), WW_E_FULL);
	ck_assert_int_eq(ww_fs_status(EDQUOT), WW_E_FULL);
	ck_assert_int_eq(ww_fs_status(-ENOSPC), WW_E_FULL);
	ck_assert_int_eq(ww_fs_status(EIO), WW_E_IO);
	leave();
}
END_TEST

START_TEST(writes_all_after_short_writes_and_interruptions)
{
	int fd;

	enter();
	calls_left = -1;
	fd = ww_fs_real.open(NULL, path, O_RDWR | O_CREAT, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ww_fs_write_all(&bad_fs, fd, "abcdef", 6, 2), 0);
	ck_assert_int_eq(ww_fs_write_all(&ww_fs_real, fd, "--", 2, 0), 0);
	ww_fs_real.close(NULL, fd);
	holds("--abcdef");
	leave();
}
END_TEST

static int
count_name(void *arg, const char *name)
{
	size_t *n = arg;

	ck_assert_str_eq(name, "file");
	(*n)++;
	return 7; /* ends it */
}

START_TEST(returns_the_negative_errno_of_each_call)
{
	struct ww_fs_stat st;
	struct ww_fs_space space;
	char c;

	ck_assert_int_eq(ww_fs_real.open(NULL, "/nonexistent/x", O_RDONLY, 0), -ENOENT);
	ck_assert_int_eq(ww_fs_real.close(NULL, -1), -EBADF);
	ck_assert_int_eq(ww_fs_real.pread(NULL, -1, &c, 1, 0), -EBADF);
	ck_assert_int_eq(ww_fs_real.pwrite(NULL, -1, "x", 1, 0), -EBADF);
	ck_assert_int_eq(ww_fs_real.fallocate(NULL, -1, 0, 1), -EBADF);
	ck_assert_int_eq(ww_fs_real.truncate(NULL, -1, 0), -EBADF);
	ck_assert_int_eq(ww_fs_real.datasync(NULL, -1), -EBADF);
	ck_assert_int_eq(ww_fs_real.sync_dir(NULL, "/nonexistent"), -ENOENT);
	ck_assert_int_eq(ww_fs_real.rename(NULL, "/nonexistent/x", "/tmp/x"), -ENOENT);
	ck_assert_int_eq(ww_fs_real.unlink(NULL, "/nonexistent/x"), -ENOENT);
	ck_assert_int_eq(ww_fs_real.mkdir(NULL, "/nonexistent/x", 0700), -ENOENT);
	ck_assert_int_eq(ww_fs_real.stat(NULL, "/nonexistent/x", &st), -ENOENT);
	ck_assert_int_eq(ww_fs_real.lstat(NULL, "/nonexistent/x", &st), -ENOENT);
	ck_assert_int_eq(ww_fs_real.list(NULL, "/nonexistent", count_name, NULL), -ENOENT);
	ck_assert_int_eq(ww_fs_real.lock(NULL, -1), -EBADF);
	ck_assert_int_eq(ww_fs_real.space(NULL, "/nonexistent", &space), -ENOENT);
}
END_TEST

START_TEST(reserves_space_and_gives_it_back)
{
	struct stat st;
	int fd;

	enter();
	fd = ww_fs_real.open(NULL, path, O_RDWR | O_CREAT, 0600);
	ck_assert_int_eq(ww_fs_real.fallocate(NULL, fd, 0, 8192), 0);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_int_eq(st.st_size, 8192);
	ck_assert_int_eq(ww_fs_real.truncate(NULL, fd, 10), 0);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_int_eq(st.st_size, 10);
	ck_assert_int_eq(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	ww_fs_real.close(NULL, fd);
	leave();
}
END_TEST

START_TEST(tells_a_file_from_a_link_to_one)
{
	struct ww_fs_stat st;
	char link_path[80];
	struct stat real;

	enter();
	ck_assert_int_eq(ww_fs_put(&ww_fs_real, &cx, path, WW_STR("12345")), WW_OK);
	snprintf(link_path, sizeof(link_path), "%s.link", path);
	ck_assert_int_eq(symlink(path, link_path), 0);
	ck_assert_int_eq(ww_fs_real.lstat(NULL, path, &st), 0);
	ck_assert(st.is_file && !st.is_dir);
	ck_assert_uint_eq(st.size, 5);
	ck_assert_int_eq(stat(path, &real), 0);
	ck_assert_int_eq(st.changed / 1000, (int64_t)real.st_ctime);
	ck_assert_int_eq(ww_fs_real.lstat(NULL, link_path, &st), 0);
	ck_assert(!st.is_file && !st.is_dir);
	ck_assert_int_eq(ww_fs_real.stat(NULL, link_path, &st), 0);
	ck_assert(st.is_file);
	unlink(link_path);
	leave();
}
END_TEST

START_TEST(tells_what_a_file_and_a_disk_take_up)
{
	struct ww_fs_stat st;
	struct ww_fs_space space;
	size_t n = 0;

	enter();
	ck_assert_int_eq(ww_fs_real.list(NULL, dir, count_name, &n), 0);
	ck_assert_uint_eq(n, 0);
	ck_assert_int_eq(ww_fs_put(&ww_fs_real, &cx, path, WW_STR("12345")), WW_OK);
	ck_assert_int_eq(ww_fs_real.list(NULL, dir, count_name, &n), 7);
	ck_assert_uint_eq(n, 1);
	ck_assert_int_eq(ww_fs_real.stat(NULL, path, &st), 0);
	ck_assert(!st.is_dir);
	ck_assert_uint_eq(st.size, 5);
	ck_assert_int_eq(truncate(path, 1 << 30), 0); /* a hole takes up nothing */
	ck_assert_int_eq(ww_fs_real.stat(NULL, path, &st), 0);
	ck_assert_uint_eq(st.size, 1 << 30);
	ck_assert_uint_lt(st.used, 1 << 20);
	ck_assert_int_eq(ww_fs_real.stat(NULL, dir, &st), 0);
	ck_assert(st.is_dir);
	ck_assert_int_eq(ww_fs_real.space(NULL, dir, &space), 0);
	ck_assert_uint_gt(space.total, 0);
	ck_assert_uint_le(space.free, space.total);
	leave();
}
END_TEST

START_TEST(copies_the_first_bytes_or_all_of_a_file)
{
	char from[80], text[100001];
	struct ww_buf b = { 0 };

	enter();
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = 'z';
	snprintf(from, sizeof(from), "%s.from", path);
	ck_assert_int_eq(ww_fs_copy(&ww_fs_real, &cx, from, path, UINT64_MAX), WW_E_NOT_FOUND);
	ww_ctx_clear(&cx);
	ck_assert_int_eq(ww_fs_put(&ww_fs_real, &cx, from, ww_str_of(text, sizeof(text))), WW_OK);
	ck_assert_int_eq(ww_fs_copy(&ww_fs_real, &cx, from, path, UINT64_MAX), WW_OK);
	ck_assert_int_eq(ww_fs_load(&ww_fs_real, &cx, path, 0, &b), WW_OK);
	ck_assert(ww_str_eq(ww_buf_view(&b), ww_str_of(text, sizeof(text))));
	ck_assert_int_eq(ww_fs_copy(&ww_fs_real, &cx, from, path, 3), WW_OK);
	holds("xxx");
	ck_assert_int_eq(ww_fs_remove(&ww_fs_real, &cx, from), WW_OK);
	ck_assert_int_eq(ww_fs_remove(&ww_fs_real, &cx, from), WW_OK);
	ww_buf_free(&b);
	leave();
}
END_TEST

START_TEST(locks_against_every_other_descriptor)
{
	int one, two;

	enter();
	ck_assert_int_eq(ww_fs_lock(&ww_fs_real, &cx, path, &one), WW_OK);
	ck_assert_int_eq(ww_fs_lock(&ww_fs_real, &cx, path, &two), WW_E_BUSY);
	ck_assert_int_eq(two, -1);
	ww_ctx_clear(&cx);
	ww_fs_real.close(NULL, one);
	ck_assert_int_eq(ww_fs_lock(&ww_fs_real, &cx, path, &two), WW_OK);
	ww_fs_real.close(NULL, two);
	leave();
}
END_TEST

START_TEST(refuses_a_file_larger_than_the_limit)
{
	struct ww_buf b = { 0 };

	enter();
	ck_assert_int_eq(ww_fs_put(&ww_fs_real, &cx, path, WW_STR("12345")), WW_OK);
	ck_assert_int_eq(ww_fs_get(&cx, path, 5, &b), WW_OK);
	ck_assert_int_eq(ww_fs_get(&cx, path, 4, &b), WW_E_LIMIT);
	ck_assert_str_eq(cx.fail.place, path);
	ww_buf_free(&b);
	leave();
}
END_TEST

START_TEST(says_not_found_for_a_missing_file_and_io_for_a_directory)
{
	struct ww_buf b = { 0 };

	ck_assert_int_eq(ww_fs_get(&cx, "/nonexistent/x", 0, &b), WW_E_NOT_FOUND);
	cx = (struct ww_ctx){ 0 };
	ck_assert_int_eq(ww_fs_get(&cx, "/tmp", 0, &b), WW_E_IO);
	ww_buf_free(&b);
}
END_TEST

START_TEST(reads_a_pipe_from_standard_input)
{
	struct ww_buf b = { 0 };
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(write(ends[1], "piped", 5), 5);
	close(ends[1]);
	ck_assert_int_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	close(ends[0]);
	ck_assert_int_eq(ww_fs_get(&cx, "-", 0, &b), WW_OK);
	unit_str_is(ww_buf_view(&b), "piped");
	ww_buf_free(&b);
}
END_TEST

START_TEST(makes_a_directory_and_those_above_it)
{
	char deep[96], upper[96];
	struct stat st;

	enter();
	snprintf(upper, sizeof(upper), "%s/a", dir);
	snprintf(deep, sizeof(deep), "%s/a//b/", dir);
	ck_assert_int_eq(ww_fs_mkdir(&ww_fs_real, &cx, deep), WW_OK);
	ck_assert_int_eq(ww_fs_mkdir(&ww_fs_real, &cx, deep), WW_OK);
	ck_assert_int_eq(stat(deep, &st), 0);
	ck_assert(S_ISDIR(st.st_mode));
	ck_assert_uint_eq(st.st_mode & 0777, 0700);
	rmdir(deep);
	rmdir(upper);
	leave();
}
END_TEST

static int made, dirs_synced, dirs_failed;

static int
counted_mkdir(void *self, const char *p, mode_t mode)
{
	made++;
	return ww_fs_real.mkdir(self, p, mode);
}

static int
counted_sync_dir(void *self, const char *d)
{
	if (dirs_failed-- > 0)
		return -EIO;
	dirs_synced++;
	ck_assert_str_eq(d, dir);
	return ww_fs_real.sync_dir(self, d);
}

/* Else what is synced in it goes with it at a power cut. */
START_TEST(makes_the_name_of_a_directory_durable_also_after_an_attempt_that_failed)
{
	struct ww_fs fs = ww_fs_real;

	fs.mkdir = counted_mkdir;
	fs.sync_dir = counted_sync_dir;
	enter();
	dirs_failed = 1;
	ck_assert_int_eq(ww_fs_mkdir(&fs, &cx, path), WW_E_IO);
	ck_assert_int_eq(dirs_synced, 0);
	ww_ctx_clear(&cx);
	ck_assert_int_eq(ww_fs_mkdir(&fs, &cx, path), WW_OK);
	ck_assert_int_eq(dirs_synced, 1);
	ck_assert_int_gt(made, 2);
	ck_assert_int_eq(rmdir(path), 0);
	leave();
}
END_TEST

START_TEST(makes_no_directory_where_a_file_is)
{
	enter();
	ck_assert_int_eq(ww_fs_put(&ww_fs_real, &cx, path, WW_STR("x")), WW_OK);
	ck_assert_int_eq(ww_fs_mkdir(&ww_fs_real, &cx, path), WW_E_IO);
	ck_assert_int_eq(ww_fs_mkdir(&ww_fs_real, &cx, ""), WW_E_IO);
	leave();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		puts_a_file_that_only_its_owner_reads,
		puts_whole_or_not_at_all_whatever_call_fails,
		says_full_when_the_disk_is_full,
		writes_all_after_short_writes_and_interruptions,
		returns_the_negative_errno_of_each_call,
		reserves_space_and_gives_it_back,
		tells_a_file_from_a_link_to_one,
		tells_what_a_file_and_a_disk_take_up,
		copies_the_first_bytes_or_all_of_a_file,
		locks_against_every_other_descriptor,
		refuses_a_file_larger_than_the_limit,
		says_not_found_for_a_missing_file_and_io_for_a_directory,
		reads_a_pipe_from_standard_input,
		makes_a_directory_and_those_above_it,
		makes_the_name_of_a_directory_durable_also_after_an_attempt_that_failed,
		makes_no_directory_where_a_file_is,
	};

	return unit_main("fs", tests, UNIT_COUNT(tests));
}
