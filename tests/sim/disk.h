/* A disk in memory behind struct ww_fs, for tests, that knows what a power cut may leave of it. A killed process proves
 * nothing about a missing sync, because the system still has its bytes; here whatever was not synced may be gone, in part
 * or whole, and in any order.
 *
 * What may be left:
 * - of the bytes written since the last datasync of a file: none, all, the first of them up to any byte, or any sector
 *   as it was at any moment since then; the size likewise, so that a file may end in zeros;
 * - of the names made, renamed and removed since the last sync_dir of their folder: the first of them, or any. A rename
 *   is whole or has not happened; one into another folder is durable when both were synced. A datasync does not make a
 *   name durable.
 *
 * Everything follows from the seed and the calls. Calls may come from several threads. */
#ifndef WW_TESTS_SIM_DISK_H
#define WW_TESTS_SIM_DISK_H

#include "base/fs.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sim_disk;

struct sim_disk_settings {
	uint64_t seed;
	bool no_datasync; /* mutants: the sync says yes and does nothing */
	bool no_sync_dir;
	uint64_t room;      /* bytes that fit; 0: no limit. Beyond it writes fail with ENOSPC */
	const int64_t *now; /* UTC ms, for when something changed; NULL: always 0 */
};

/* What the cuts met, to be printed: a test whose cuts meet nothing proves nothing. */
struct sim_disk_counts {
	uint64_t calls; /* that could be cut: all but reading and closing */
	size_t cuts;
	size_t hit_bytes; /* cuts at which some file had bytes that were not synced */
	size_t hit_names; /* cuts at which some name was not durable */
	size_t
	    hit_path; /* cuts at which a file whose name ends as sim_disk_watch says had unsynced bytes */
};

/* A folder "/" and nothing in it. Memory that is short ends the test. */
struct sim_disk *sim_disk_new(const struct sim_disk_settings *s);
void sim_disk_free(struct sim_disk *d);
/* The table by which it is reached; valid as long as the disk. Paths are absolute. */
const struct ww_fs *sim_disk_fs(struct sim_disk *d);

/* The power goes in the middle of the n-th call from now that changes or syncs something and concerns a path with that
 * text in it ("": any; it must live as long); 0: never. From then on every call fails with EIO. */
void sim_disk_cut_at(struct sim_disk *d, uint64_t n, const char *on);
bool sim_disk_dark(struct sim_disk *d);
/* As if it had gone now, between two calls. */
void sim_disk_go_dark(struct sim_disk *d);
/* Not the power went but the process was killed: the system has what it was given, synced or not. No descriptor is
 * open, no lock is held. Whoever used the disk must be gone. */
void sim_disk_kill(struct sim_disk *d);
/* The power is off, if it was not, and comes back: what is left is chosen and durable, no descriptor is open, no lock is
 * held. Whoever used the disk must be gone. */
void sim_disk_cut(struct sim_disk *d);

/* What was written to the file and not synced can be read and will never reach the disk, whatever is synced later: so it
 * is after a sync that failed. */
void sim_disk_spoil(struct sim_disk *d, int fd);

/* A number below n from the disk's own random sequence. */
uint64_t sim_disk_below(struct sim_disk *d, uint64_t n);
void sim_disk_watch(struct sim_disk *d, const char *end);
struct sim_disk_counts sim_disk_counts(struct sim_disk *d);
/* Bytes that all files take up, and how many descriptors are open: nothing may be left behind. */
uint64_t sim_disk_used(struct sim_disk *d);
size_t sim_disk_open_files(struct sim_disk *d);

#endif
