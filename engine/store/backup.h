/* A backup: a folder with a snapshot of the ledger, the journal's files, the blobs, and a list of all of that with digests,
 * which is written last. Format: docs/interfaces.md. */
#ifndef WW_STORE_BACKUP_H
#define WW_STORE_BACKUP_H

#include "store/store.h"

#define WW_BACKUP_LIST "backup.txt"

struct ww_backup_file {
	const char *path; /* below the folder: "journal/0000000000000001.wwj" */
	uint64_t bytes;
	char sha256[65];
};

struct ww_backup {
	const char *build; /* that made it */
	int64_t made;      /* when, UTC ms */
	uint64_t snapshot; /* the record with which its ledger ends */
	uint64_t last;     /* the last record of its journal */
	int64_t last_ms;   /* time of that record */
	struct ww_backup_file *files;
	size_t n, cap;
};

/* Copies a file of the backup from elsewhere, its first n bytes or all it has, durable on return, and lists it. */
WW_MUST ww_status ww_backup_add(struct ww_ctx *cx, const struct ww_fs *fs, const char *dir,
    struct ww_backup *b, const char *from, const char *path, uint64_t n);
/* Lists a file that is in the folder already. */
WW_MUST ww_status ww_backup_note(struct ww_ctx *cx, const struct ww_fs *fs, const char *dir,
    struct ww_backup *b, const char *path);
/* Writes the list: now it is a backup. */
WW_MUST ww_status ww_backup_end(
    struct ww_ctx *cx, const struct ww_fs *fs, const char *dir, const struct ww_backup *b);

/* Reads the list; WW_E_NOT_FOUND: the folder is no backup, or was not finished. */
WW_MUST ww_status ww_backup_open(
    struct ww_ctx *cx, const struct ww_fs *fs, const char *dir, struct ww_backup *out);
/* WW_E_DAMAGED, with the name as place, at the first file below dir that is not what the list says. */
WW_MUST ww_status ww_backup_verify(
    struct ww_ctx *cx, const struct ww_fs *fs, const char *dir, const struct ww_backup *b);

#endif
