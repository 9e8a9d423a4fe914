/* One edition of a roster from a file to where it is in force: read row by row, given to the engine in parts, each of which waits
 * to be applied. A load that was ended goes on where it was, by what the ledger has of it. */
#ifndef WW_MAIN_ROSTER_JOB_H
#define WW_MAIN_ROSTER_JOB_H

#include <wardwire/config.h>
#include <wardwire/json.h>
#include <wardwire/status.h>

struct ww_load_way;
struct ww_programs;
struct ww_roster_fault;
struct ww_roster_row;
struct ww_site;

struct ww_roster_job {
	struct ww_site *site;
	struct ww_load_way *way;
	const struct ww_roster_source *roster;
	const char *path;
	bool delta;
	uint32_t max_drop;  /* percent */
	int64_t dated_ms;   /* 0: now */
	ww_str reason, who; /* may be empty */
	const struct ww_programs
	    *programs; /* of the configuration; NULL: rows are not held to them */
	/* Told of each row that is refused, of each that is taken with a fault, and now and then of how far it is; may
	 * be NULL. stage: what is being done. */
	void (*refused)(void *arg, const struct ww_roster_fault *f);
	void (*warned)(void *arg, const struct ww_roster_fault *f);
	void (*progress)(
	    void *arg, const char *stage, uint64_t rows, uint64_t consumed, uint64_t size);
	void *arg;
};

/* The row is for a program that is not there, of which the job is told: as long as that is so nobody is told of the member. It is taken
 * all the same, as the program may come later. */
void ww_roster_job_look(const struct ww_roster_job *job, const struct ww_roster_row *row);
/* *out: as ww_roster_outcome tells of the edition in force, in cx's arena. WW_E_CONFLICT: it was refused as a whole, and nothing
 * is changed. */
WW_MUST ww_status ww_roster_load_run(
    struct ww_ctx *cx, const struct ww_roster_job *job, struct ww_json **out);

#endif
