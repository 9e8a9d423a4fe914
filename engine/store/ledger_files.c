/* The files of an SQLite ledger as a whole: removed, or put in the place of another.
 *
 * What SQLite keeps beside a file belongs to that one: an old WAL beside a new file would be played into it, the
 * journal that a new file has before its WAL would undo it, and a file without its WAL may be half of a checkpoint.
 * So the file goes first and what is beside it after that, with nothing left to chance by a power cut in between:
 * SQLite drops either when the file is not there. */
#include "store/store.h"

#include <wardwire/ctx.h>

#include "base/failpoint.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

static ww_status
sync_dir_of(struct ww_ctx *cx, const struct ww_fs *fs, const char *path)
{
	const char *slash = strrchr(path, '/');
	char dir[PATH_MAX];
	int err = snprintf(dir, sizeof(dir), "%.*s", slash != NULL ? (int)(slash - path) : 1,
	    slash != NULL ? path : ".");

	if (err < 0 || (size_t)err >= sizeof(dir))
		return ww_fs_fail(cx, "ledger", "name the folder", -ENAMETOOLONG);
	err = fs->sync_dir(fs->self, slash == path ? "/" : dir);
	return err == 0 ? WW_OK : ww_fs_fail(cx, "ledger", "sync the folder", err);
}

static const char *const beside[] = { "-wal", "-journal", "-shm" };
enum { BESIDE = sizeof(beside) / sizeof(beside[0]), MEMORY = BESIDE - 1 };

/* Removes the file itself, or what stands beside it. */
static ww_status
remove_part(struct ww_ctx *cx, const struct ww_fs *fs, const char *path, const char *end)
{
	char part[PATH_MAX];
	int n = snprintf(part, sizeof(part), "%s%s", path, end);

	if (n < 0 || (size_t)n >= sizeof(part))
		return ww_fs_fail(cx, "ledger", "name the file", -ENAMETOOLONG);
	return ww_fs_remove(fs, cx, part);
}

ww_status
ww_ledger_files_remove(struct ww_ctx *cx, const struct ww_fs *fs, const char *path)
{
	ww_status s = remove_part(cx, fs, path, "");

	if (s == WW_OK)
		s = sync_dir_of(cx, fs, path);
	for (size_t i = 0; s == WW_OK && i < BESIDE; i++)
		s = remove_part(cx, fs, path, beside[i]);
	return s == WW_OK ? sync_dir_of(cx, fs, path) : s;
}

static ww_status
is_absent(struct ww_ctx *cx, const struct ww_fs *fs, const char *path, const char *end)
{
	char part[PATH_MAX];
	struct ww_fs_stat st;
	int n = snprintf(part, sizeof(part), "%s%s", path, end), err;

	if (n < 0 || (size_t)n >= sizeof(part))
		return ww_fs_fail(cx, "ledger", "name the file", -ENAMETOOLONG);
	err = fs->stat(fs->self, part, &st);
	if (err == 0)
		return ww_fail(
		    cx, WW_E_STORE, "ledger", "the new file could not be closed as a whole");
	return err == -ENOENT ? WW_OK : ww_fs_fail(cx, "ledger", "look beside the file", err);
}

/* SQLite removes the WAL when it has moved all of it into the file; a failure on the way it keeps to itself. What is
 * left of the shared memory says nothing. */
static ww_status
is_whole(struct ww_ctx *cx, const struct ww_fs *fs, const char *path)
{
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && i < MEMORY; i++)
		s = is_absent(cx, fs, path, beside[i]);
	return s;
}

ww_status
ww_ledger_files_replace(struct ww_ctx *cx, const struct ww_fs *fs, const char *from, const char *to)
{
	ww_status s = is_whole(cx, fs, from);
	int err;

	if (s == WW_OK)
		s = ww_ledger_files_remove(cx, fs, to);
	if (s != WW_OK)
		return s;
	WW_FAILPOINT("rebuild-rename");
	err = fs->rename(fs->self, from, to);
	return err == 0 ? sync_dir_of(cx, fs, to)
	                : ww_fs_fail(cx, "ledger", "put the new file in place", err);
}
