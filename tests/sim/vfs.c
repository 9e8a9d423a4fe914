/* The VFS. One lock guards everything that connections share; it is never held while the disk is called. */
#include "tests/sim/vfs.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_MOST = 256, NODES = 32, REGIONS = 16, REGION_BYTES = 32768 };

/* What the connections to one file share. */
struct node {
	char path[PATH_MOST]; /* empty: free */
	size_t opened;
	int readers;                                /* connections that hold SHARED or more */
	const void *reserved, *pending, *exclusive; /* which connection has it */
	void *regions[REGIONS];
	size_t mapped; /* connections that use the shared memory */
	int shared[SQLITE_SHM_NLOCK];
	const void *alone[SQLITE_SHM_NLOCK];
};

struct file {
	sqlite3_file base;
	const struct ww_fs *fs;
	struct node *node;
	int fd, level;
	bool sync_dir; /* its name is new: the first sync makes it durable, too */
	bool drop;     /* when closed */
	bool maps;
	bool holds_shared[SQLITE_SHM_NLOCK];
	char path[PATH_MOST];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct node nodes[NODES];
static uint64_t randomness = 1;

/* -- shared ------------------------------------------------------------------------------------------- */

static struct node *
take_node(const char *path)
{
	struct node *n = NULL, *empty = NULL;

	for (size_t i = 0; i < NODES && n == NULL; i++) {
		if (nodes[i].path[0] == '\0')
			empty = &nodes[i];
		else if (strcmp(nodes[i].path, path) == 0)
			n = &nodes[i];
	}
	if (n == NULL) {
		assert(empty != NULL && strlen(path) < PATH_MOST);
		n = empty;
		*n = (struct node){ .opened = 0 };
		memcpy(n->path, path, strlen(path) + 1);
	}
	n->opened++;
	return n;
}

static void
forget_regions(struct node *n)
{
	for (size_t i = 0; i < REGIONS; i++) {
		free(n->regions[i]);
		n->regions[i] = NULL;
	}
}

static void
give_node(struct node *n)
{
	if (--n->opened > 0)
		return;
	forget_regions(n);
	n->path[0] = '\0';
}

size_t
sim_vfs_open_files(void)
{
	size_t n = 0;

	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < NODES; i++)
		n += nodes[i].path[0] != '\0' ? nodes[i].opened : 0;
	pthread_mutex_unlock(&lock);
	return n;
}

/* -- one file ----------------------------------------------------------------------------------------- */

static struct file *
file_of(sqlite3_file *f)
{
	return (struct file *)(void *)f;
}

static int
dir_synced(const struct ww_fs *fs, const char *path)
{
	char dir[PATH_MOST];
	const char *slash = strrchr(path, '/');

	assert(slash != NULL && slash != path);
	memcpy(dir, path, (size_t)(slash - path));
	dir[slash - path] = '\0';
	return fs->sync_dir(fs->self, dir);
}

static int
vfs_unlock(sqlite3_file *base, int level)
{
	struct file *f = file_of(base);
	struct node *n = f->node;

	pthread_mutex_lock(&lock);
	if (level < SQLITE_LOCK_EXCLUSIVE && n->exclusive == f)
		n->exclusive = NULL;
	if (level < SQLITE_LOCK_PENDING && n->pending == f)
		n->pending = NULL;
	if (level < SQLITE_LOCK_RESERVED && n->reserved == f)
		n->reserved = NULL;
	if (level < SQLITE_LOCK_SHARED && f->level >= SQLITE_LOCK_SHARED)
		n->readers--;
	if (level < f->level)
		f->level = level;
	pthread_mutex_unlock(&lock);
	return SQLITE_OK;
}

static int
vfs_close(sqlite3_file *base)
{
	struct file *f = file_of(base);

	(void)vfs_unlock(base, SQLITE_LOCK_NONE);
	(void)f->fs->close(f->fs->self, f->fd);
	if (f->drop)
		(void)f->fs->unlink(f->fs->self, f->path);
	pthread_mutex_lock(&lock);
	give_node(f->node);
	pthread_mutex_unlock(&lock);
	return SQLITE_OK;
}

static int
vfs_read(sqlite3_file *base, void *p, int n, sqlite3_int64 at)
{
	struct file *f = file_of(base);
	char *to = p;
	int done = 0;

	while (done < n) {
		ssize_t got =
		    f->fs->pread(f->fs->self, f->fd, to + done, (size_t)(n - done), at + done);

		if (got == -EINTR)
			continue;
		if (got < 0)
			return SQLITE_IOERR_READ;
		if (got == 0)
			break;
		done += (int)got;
	}
	if (done == n)
		return SQLITE_OK;
	memset(to + done, 0, (size_t)(n - done));
	return SQLITE_IOERR_SHORT_READ;
}

static int
vfs_write(sqlite3_file *base, const void *p, int n, sqlite3_int64 at)
{
	struct file *f = file_of(base);
	int err = ww_fs_write_all(f->fs, f->fd, p, (size_t)n, at);

	if (err == 0)
		return SQLITE_OK;
	return err == -ENOSPC || err == -EDQUOT ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static int
vfs_truncate(sqlite3_file *base, sqlite3_int64 size)
{
	struct file *f = file_of(base);

	return f->fs->truncate(f->fs->self, f->fd, size) == 0 ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
}

static int
vfs_sync(sqlite3_file *base, int flags)
{
	struct file *f = file_of(base);

	(void)flags;
	if (f->fs->datasync(f->fs->self, f->fd) != 0)
		return SQLITE_IOERR_FSYNC;
	if (f->sync_dir) {
		(void)dir_synced(f->fs, f->path); /* SQLite's own passes over a failure here, too */
		f->sync_dir = false;
	}
	return SQLITE_OK;
}

static int
vfs_size(sqlite3_file *base, sqlite3_int64 *out)
{
	struct file *f = file_of(base);
	struct ww_fs_stat st;

	if (f->fs->stat(f->fs->self, f->path, &st) != 0)
		return SQLITE_IOERR_FSTAT;
	*out = (sqlite3_int64)st.size;
	return SQLITE_OK;
}

static bool
may_have(const struct file *f, int level)
{
	const struct node *n = f->node;
	bool others = n->readers > (f->level >= SQLITE_LOCK_SHARED ? 1 : 0);

	if (n->exclusive != NULL && n->exclusive != f)
		return false;
	switch (level) {
	case SQLITE_LOCK_SHARED:
		return n->pending == NULL || n->pending == f;
	case SQLITE_LOCK_RESERVED:
		return n->reserved == NULL || n->reserved == f;
	case SQLITE_LOCK_EXCLUSIVE:
		return (n->reserved == NULL || n->reserved == f) && !others;
	default:
		return true;
	}
}

static int
vfs_lock(sqlite3_file *base, int level)
{
	struct file *f = file_of(base);
	struct node *n = f->node;
	int rc = SQLITE_OK;

	if (f->level >= level)
		return SQLITE_OK;
	pthread_mutex_lock(&lock);
	if (level == SQLITE_LOCK_EXCLUSIVE && (n->pending == NULL || n->pending == f))
		n->pending = f;
	if (!may_have(f, level)) {
		rc = SQLITE_BUSY;
	} else {
		if (f->level < SQLITE_LOCK_SHARED)
			n->readers++;
		if (level == SQLITE_LOCK_RESERVED)
			n->reserved = f;
		if (level == SQLITE_LOCK_EXCLUSIVE)
			n->exclusive = f;
		f->level = level;
	}
	pthread_mutex_unlock(&lock);
	return rc;
}

static int
vfs_reserved(sqlite3_file *base, int *out)
{
	struct file *f = file_of(base);

	pthread_mutex_lock(&lock);
	*out = f->node->reserved != NULL;
	pthread_mutex_unlock(&lock);
	return SQLITE_OK;
}

static int
vfs_control(sqlite3_file *base, int op, void *arg)
{
	(void)base;
	(void)op;
	(void)arg;
	return SQLITE_NOTFOUND;
}

static int
vfs_sector(sqlite3_file *base)
{
	(void)base;
	return 4096;
}

static int
vfs_device(sqlite3_file *base)
{
	(void)base;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE; /* as Debian's SQLite says of every disk */
}

/* -- the shared memory of the WAL ---------------------------------------------------------------------- */

static int
vfs_shm_map(sqlite3_file *base, int region, int size, int extend, void volatile **out)
{
	struct file *f = file_of(base);
	struct node *n = f->node;

	assert(region < REGIONS && size == REGION_BYTES);
	pthread_mutex_lock(&lock);
	if (!f->maps)
		n->mapped++;
	f->maps = true;
	if (n->regions[region] == NULL && extend)
		n->regions[region] = calloc(1, REGION_BYTES);
	*out = n->regions[region];
	pthread_mutex_unlock(&lock);
	return SQLITE_OK;
}

static bool
shm_take(struct file *f, int from, int upto, bool alone)
{
	struct node *n = f->node;

	for (int i = from; i < upto; i++) {
		if (n->alone[i] != NULL && n->alone[i] != f)
			return false;
		if (alone && n->shared[i] > (f->holds_shared[i] ? 1 : 0))
			return false;
	}
	for (int i = from; i < upto; i++) {
		if (alone) {
			n->alone[i] = f;
		} else if (!f->holds_shared[i]) {
			n->shared[i]++;
			f->holds_shared[i] = true;
		}
	}
	return true;
}

static void
shm_give(struct file *f, int from, int upto)
{
	for (int i = from; i < upto; i++) {
		if (f->node->alone[i] == f)
			f->node->alone[i] = NULL;
		if (f->holds_shared[i])
			f->node->shared[i]--;
		f->holds_shared[i] = false;
	}
}

static int
vfs_shm_lock(sqlite3_file *base, int from, int n, int flags)
{
	struct file *f = file_of(base);
	bool done = true;

	pthread_mutex_lock(&lock);
	if ((flags & SQLITE_SHM_UNLOCK) != 0)
		shm_give(f, from, from + n);
	else
		done = shm_take(f, from, from + n, (flags & SQLITE_SHM_EXCLUSIVE) != 0);
	pthread_mutex_unlock(&lock);
	return done ? SQLITE_OK : SQLITE_BUSY;
}

static void
vfs_shm_barrier(sqlite3_file *base)
{
	(void)base;
	pthread_mutex_lock(&lock);
	pthread_mutex_unlock(&lock);
}

static int
vfs_shm_unmap(sqlite3_file *base, int drop)
{
	struct file *f = file_of(base);

	(void)drop; /* nobody else can come to know of memory that nobody has */
	pthread_mutex_lock(&lock);
	shm_give(f, 0, SQLITE_SHM_NLOCK);
	if (f->maps && --f->node->mapped == 0)
		forget_regions(f->node);
	f->maps = false;
	pthread_mutex_unlock(&lock);
	return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
	.iVersion = 2,
	.xClose = vfs_close,
	.xRead = vfs_read,
	.xWrite = vfs_write,
	.xTruncate = vfs_truncate,
	.xSync = vfs_sync,
	.xFileSize = vfs_size,
	.xLock = vfs_lock,
	.xUnlock = vfs_unlock,
	.xCheckReservedLock = vfs_reserved,
	.xFileControl = vfs_control,
	.xSectorSize = vfs_sector,
	.xDeviceCharacteristics = vfs_device,
	.xShmMap = vfs_shm_map,
	.xShmLock = vfs_shm_lock,
	.xShmBarrier = vfs_shm_barrier,
	.xShmUnmap = vfs_shm_unmap,
};

/* -- the file system ----------------------------------------------------------------------------------- */

static int
vfs_open(sqlite3_vfs *v, const char *path, sqlite3_file *base, int flags, int *out_flags)
{
	const struct ww_fs *fs = v->pAppData;
	struct file *f = file_of(base);
	bool makes = (flags & SQLITE_OPEN_CREATE) != 0;
	int how = (flags & SQLITE_OPEN_READWRITE) != 0 ? O_RDWR : O_RDONLY;

	*f = (struct file){ .fs = fs };
	if (path == NULL)
		return SQLITE_CANTOPEN; /* temporary files are in memory (temp_store) */
	assert(strlen(path) < PATH_MOST);
	f->fd = ww_fs_open(fs, path, how | (makes ? O_CREAT : 0));
	if (f->fd < 0)
		return SQLITE_CANTOPEN;
	memcpy(f->path, path, strlen(path) + 1);
	f->sync_dir =
	    makes &&
	    (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL)) != 0;
	f->drop = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
	pthread_mutex_lock(&lock);
	f->node = take_node(path);
	pthread_mutex_unlock(&lock);
	f->base.pMethods = &methods;
	if (out_flags != NULL)
		*out_flags = flags;
	return SQLITE_OK;
}

static int
vfs_delete(sqlite3_vfs *v, const char *path, int sync)
{
	const struct ww_fs *fs = v->pAppData;
	int err = fs->unlink(fs->self, path);

	if (err == -ENOENT)
		return SQLITE_IOERR_DELETE_NOENT;
	if (err != 0)
		return SQLITE_IOERR_DELETE;
	return !sync || dir_synced(fs, path) == 0 ? SQLITE_OK : SQLITE_IOERR_DIR_FSYNC;
}

static int
vfs_access(sqlite3_vfs *v, const char *path, int flags, int *out)
{
	const struct ww_fs *fs = v->pAppData;
	struct ww_fs_stat st;
	int err = fs->stat(fs->self, path, &st);

	/* SQLite's own asks for a file that is not empty. */
	*out = err == 0 && (flags != SQLITE_ACCESS_EXISTS || st.size > 0);
	return err == 0 || err == -ENOENT ? SQLITE_OK : SQLITE_IOERR_ACCESS;
}

static int
vfs_full_path(sqlite3_vfs *v, const char *path, int n, char *out)
{
	size_t len = strlen(path);

	(void)v;
	if (path[0] != '/' || len + 1 > (size_t)n)
		return SQLITE_CANTOPEN;
	memcpy(out, path, len + 1);
	return SQLITE_OK;
}

/* The same each time, so that a seed gives the same run. */
static int
vfs_randomness(sqlite3_vfs *v, int n, char *out)
{
	(void)v;
	pthread_mutex_lock(&lock);
	for (int i = 0; i < n; i++) {
		randomness = randomness * 6364136223846793005u + 1442695040888963407u;
		out[i] = (char)(randomness >> 56);
	}
	pthread_mutex_unlock(&lock);
	return n;
}

static int
vfs_sleep(sqlite3_vfs *v, int us)
{
	(void)v;
	return us; /* nobody in this process will let go while it waits */
}

static int
vfs_time(sqlite3_vfs *v, double *out)
{
	(void)v;
	*out = 2461043.5; /* 2026-01-01 */
	return SQLITE_OK;
}

static int
vfs_last_error(sqlite3_vfs *v, int n, char *out)
{
	(void)v;
	(void)n;
	(void)out;
	return 0;
}

void
sim_vfs_register(const char *name, const struct ww_fs *fs)
{
	static struct {
		sqlite3_vfs vfs;
		char name[32];
		struct ww_fs fs;
	} known[4];
	size_t i = 0;

	while (i < 4 && known[i].name[0] != '\0' && strcmp(known[i].name, name) != 0)
		i++;
	assert(i < 4 && strlen(name) < sizeof(known[i].name));
	(void)sqlite3_vfs_unregister(
	    &known[i].vfs); /* before the list in which it stands is lost */
	memcpy(known[i].name, name, strlen(name) + 1);
	known[i].fs = *fs;
	known[i].vfs = (sqlite3_vfs){
		.iVersion = 1,
		.szOsFile = sizeof(struct file),
		.mxPathname = PATH_MOST - 1,
		.zName = known[i].name,
		.pAppData = &known[i].fs,
		.xOpen = vfs_open,
		.xDelete = vfs_delete,
		.xAccess = vfs_access,
		.xFullPathname = vfs_full_path,
		.xRandomness = vfs_randomness,
		.xSleep = vfs_sleep,
		.xCurrentTime = vfs_time,
		.xGetLastError = vfs_last_error,
	};
	sqlite3_vfs_register(&known[i].vfs, 0);
}
