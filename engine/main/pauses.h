/* Why reading stops: each reason holds or does not, and one that holds is enough. Nothing is refused meanwhile, and it
 * goes on by itself. */
#ifndef WW_MAIN_PAUSES_H
#define WW_MAIN_PAUSES_H

#include <stdatomic.h>
#include <stdbool.h>

struct ww_applier;
struct ww_site;

/* All on the loop's thread but trouble. Zero below the blank line is the start. */
struct ww_pauses {
	const struct ww_site *site; /* not owned, as is the next */
	struct ww_applier *applier;
	unsigned look_ms;    /* between two looks */
	atomic_bool trouble; /* the journal takes nothing; set by its thread */

	unsigned held;  /* bits of the reasons that hold */
	unsigned looks; /* since the last one at the disk */
	bool disk_short, disk_warned;
};

/* Looks at every reason and logs what has changed. True while one holds. */
bool ww_pauses_look(struct ww_pauses *p);

#endif
