/* The file operations that durability rests on, as a table, so that a test can put a disk with faults
 * or a power cut in their place. All return 0 or more on success and -errno on failure; EINTR is not
 * hidden. */
#ifndef WW_BASE_FS_H
#define WW_BASE_FS_H

#include <wardwire/status.h>
#include <wardwire/str.h>

#include <sys/types.h>

struct ww_ctx;
struct ww_buf;

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
};

/* The real disk. */
extern const struct ww_fs ww_fs_real;

/* Writes all n bytes at that offset, going on after short writes and EINTR. 0 or -errno. */
int ww_fs_write_all(const struct ww_fs *fs, int fd, const void *p, size_t n, off_t at);

/* Puts text into a file whole or not at all, durable on return: temporary name, write, datasync,
 * rename, sync of the directory. Mode 0600. */
WW_MUST ww_status ww_fs_put(
    const struct ww_fs *fs, struct ww_ctx *cx, const char *path, ww_str text);
/* Appends the whole file to *out, refusing more than limit bytes (0: none). Any readable file,
 * a pipe as well ("-" is standard input). */
WW_MUST ww_status ww_fs_get(struct ww_ctx *cx, const char *path, size_t limit, struct ww_buf *out);
/* Makes the directory (0700) and those above it where they are missing. */
WW_MUST ww_status ww_fs_mkdir(struct ww_ctx *cx, const char *path);
/* The status for an errno of a failed operation: ENOSPC and EDQUOT give WW_E_FULL, else WW_E_IO. */
ww_status ww_fs_status(int err);

#endif
