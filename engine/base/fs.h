/* Every file operation on the data folder and on folders that messages come in by or leave by, as a table, so that a test can put a disk with faults or a power
 * cut in their place. (SQLite has its own table for its files, and tests one of theirs; the page that says
 * which record is in hand is mapped, and survives a killed process only.) All return 0 or more on success and -errno on failure; EINTR is not hidden. */
#ifndef WW_BASE_FS_H
#define WW_BASE_FS_H

#include <wardwire/status.h>
#include <wardwire/str.h>

#include <stdint.h>
#include <sys/types.h>

struct ww_ctx;
struct ww_buf;

struct ww_fs_stat {
	bool is_dir, is_file; /* both false: a link, a pipe, a device */
	uint64_t size;        /* in bytes */
	uint64_t used;        /* bytes that it takes up on the disk; more or less than size */
	int64_t
	    changed; /* UTC ms by the file system's clock: when its bytes or its name last changed */
};

struct ww_fs_space {
	uint64_t total,
	    free; /* bytes of the file system, and what this user may still use of them */
};

/* Called for each name in a directory but "." and ".."; anything but 0 ends the listing, which returns it. */
typedef int (*ww_fs_name)(void *arg, const char *name);

struct ww_fs {
	void *self;
	int (*open)(void *self, const char *path, int flags, mode_t mode);
	int (*close)(void *self, int fd);
	ssize_t (*pwrite)(void *self, int fd, const void *p, size_t n, off_t at);
	ssize_t (*pread)(void *self, int fd, void *p, size_t n, off_t at);
	int (*fallocate)(void *self, int fd, off_t at, off_t n); /* reserve space, size grows */
	int (*truncate)(void *self, int fd, off_t size);
	int (*datasync)(void *self, int fd);
	int (*sync_dir)(
	    void *self, const char *dir); /* makes creations, renames, removals durable */
	int (*rename)(void *self, const char *from, const char *to);
	int (*unlink)(void *self, const char *path);
	int (*mkdir)(void *self, const char *path, mode_t mode);
	int (*stat)(void *self, const char *path, struct ww_fs_stat *out);
	int (*lstat)(void *self, const char *path,
	    struct ww_fs_stat *out); /* of a link, not what it names */
	int (*list)(void *self, const char *dir, ww_fs_name name, void *arg); /* in no order */
	int (*lock)(
	    void *self, int fd); /* alone, until it is closed; -EWOULDBLOCK: another has it */
	int (*space)(void *self, const char *path, struct ww_fs_space *out);
};

/* The real disk. */
extern const struct ww_fs ww_fs_real;

/* -- over any disk ---------------------------------------------------------------------------------- */

/* Opens, going on after EINTR. A descriptor or -errno. */
int ww_fs_open(const struct ww_fs *fs, const char *path, int flags);
/* Writes all n bytes at that offset, going on after short writes and EINTR. 0 or -errno. */
int ww_fs_write_all(const struct ww_fs *fs, int fd, const void *p, size_t n, off_t at);

/* Puts text into a file whole or not at all, durable on return: temporary name, write, datasync,
 * rename, sync of the directory. Mode 0600. */
WW_MUST ww_status ww_fs_put(
    const struct ww_fs *fs, struct ww_ctx *cx, const char *path, ww_str text);
/* The same with the first n bytes of another file, or all it has. */
WW_MUST ww_status ww_fs_copy(
    const struct ww_fs *fs, struct ww_ctx *cx, const char *from, const char *to, uint64_t n);
/* Appends the whole file to *out, refusing more than limit bytes (0: none). WW_E_NOT_FOUND when there is
 * none. */
WW_MUST ww_status ww_fs_load(
    const struct ww_fs *fs, struct ww_ctx *cx, const char *path, size_t limit, struct ww_buf *out);
/* Removes the file. That there is none is no failure. Not durable before a sync of the directory. */
WW_MUST ww_status ww_fs_remove(const struct ww_fs *fs, struct ww_ctx *cx, const char *path);
/* Makes the directory (0700) and those above it where they are missing. Its name is durable on return, also
 * when it was made by an attempt that failed or was killed after that. */
WW_MUST ww_status ww_fs_mkdir(const struct ww_fs *fs, struct ww_ctx *cx, const char *path);
/* Opens a file (made when missing, 0600) and holds it alone until *fd is closed. WW_E_BUSY: another process
 * or another part of this one has it. */
WW_MUST ww_status ww_fs_lock(const struct ww_fs *fs, struct ww_ctx *cx, const char *path, int *fd);

/* -- what a person names ---------------------------------------------------------------------------- */

/* As ww_fs_load from the real disk, and pipes as well ("-" is standard input). */
WW_MUST ww_status ww_fs_get(struct ww_ctx *cx, const char *path, size_t limit, struct ww_buf *out);

/* -- failures --------------------------------------------------------------------------------------- */

/* The status for an errno of a failed operation: ENOSPC and EDQUOT give WW_E_FULL, else WW_E_IO. */
ww_status ww_fs_status(int err);
/* Records "cannot <what>: <text of the errno>" under place, with the status for it, which it returns. */
ww_status ww_fs_fail(struct ww_ctx *cx, const char *place, const char *what, int err);

#endif
