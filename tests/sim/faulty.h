/* A disk on which one call fails, over another one. */
#ifndef WW_TESTS_SIM_FAULTY_H
#define WW_TESTS_SIM_FAULTY_H

#include "base/fs.h"

#include <stdbool.h>
#include <stddef.h>

struct sim_disk;

/* Not errors: half of the bytes are read or written, which is then said or ends with ENOSPC. Calls that take no bytes
 * are left alone, as by a fault of their own. */
enum { SIM_SHORT = 10000, SIM_SHORT_FULL };

struct sim_faulty {
	struct ww_fs fs;
	struct sim_disk *disk; /* below: a sync that fails spoils what it should have written */
	size_t nth;            /* the call, of any kind, from 1, that fails; 0: none */
	int err;
	bool deadly; /* the process is killed right after it */
	size_t calls;
	bool struck;         /* it did */
	const char *call;    /* which it was */
	bool dead[2048];     /* descriptors whose sync failed */
	size_t synced_again; /* syncs of such a descriptor */
};

/* Makes *x a disk over that one; x must stay where it is. */
void sim_faulty_over(struct sim_faulty *x, struct sim_disk *disk);
/* From now on the n-th call fails so. */
void sim_faulty_set(struct sim_faulty *x, size_t nth, int err);

#endif
