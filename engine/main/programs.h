/* The programs and calendars that a configuration names: their texts, and what is wrong with them. */
#ifndef WW_MAIN_PROGRAMS_H
#define WW_MAIN_PROGRAMS_H

#include "config/program.h"
#include "main/site.h"

/* One of these files; texts live in the arena of the context that it was read with. */
struct ww_site_file {
	const char *role; /* WW_FILE_PROGRAM, WW_FILE_CALENDAR */
	ww_str name;      /* as a FILE record has it */
	const char
	    *place; /* where the text is from: a path, or "collaborative-care.yaml (shipped)" */
	ww_str text;
};

/* Told of each fault of a file. */
typedef void ww_site_fault_fn(void *arg, const char *place, const struct ww_config_fault *fault);

struct ww_site_files {
	struct ww_site_file *v; /* calendars, then programs: in this order they are journaled */
	size_t n;
	struct ww_programs
	    programs;  /* those of the configuration; the built-in one where it names none */
	size_t faults; /* that were told of */
};

/* Reads and checks all of them. With say, every fault of every program is told of, and counted in out->faults, and programs
 * with faults are left out; without it the first is the failure. WW_E_CONFIG, WW_E_IO, WW_E_NOT_FOUND. */
WW_MUST ww_status ww_site_files(struct ww_site *s, struct ww_ctx *cx, ww_site_fault_fn *say,
    void *arg, struct ww_site_files *out);

#endif
