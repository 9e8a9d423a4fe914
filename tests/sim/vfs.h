/* SQLite's files over a struct ww_fs, for tests: what durability rests on then goes through the same table as the
 * journal. It does what SQLite's own VFS for Unix does, to the order of its syncs, with locks and the shared memory of
 * the WAL kept in this process. */
#ifndef WW_TESTS_SIM_VFS_H
#define WW_TESTS_SIM_VFS_H

#include "base/fs.h"

/* Makes the disk known to SQLite under that name, in place of one of the same name. Both live until the next
 * registration or the end of the process. */
void sim_vfs_register(const char *name, const struct ww_fs *fs);
/* How many files are open. After a power cut it must be none: the shared memory is then gone as well. */
size_t sim_vfs_open_files(void);

#endif
