/* Loads one file: its lines become resources, in batches on their way to the journal, with a mark behind them. */
#ifndef WW_MAIN_LOAD_JOB_H
#define WW_MAIN_LOAD_JOB_H

#include "main/load_mark.h"

#include <wardwire/config.h>

struct ww_fhir_rules;
struct ww_columns;
struct ww_load_way;

/* For every file alike; all borrowed. */
struct ww_load_settings {
	struct ww_site *site;
	const struct ww_feed *feed;
	const struct ww_fhir_rules *rules;
	const struct ww_columns *csv; /* NULL: NDJSON */
	struct ww_load_way *way;      /* NULL: nothing is loaded, only looked at */
	bool anew;                    /* marks are passed over */
	const char *rejects;          /* folder for what cannot be loaded; NULL: beside the file */
	/* Of each line that is not loaded; may be NULL. */
	void (*refused)(
	    void *arg, const char *file, uint64_t number, ww_str code, ww_str place, ww_str reason);
	/* Of each resource, as it is loaded; may be NULL. */
	void (*made)(void *arg, ww_str text);
	/* Called now and then, and at the end. */
	void (*progress)(void *arg, const char *file, const struct ww_load_counts *c,
	    uint64_t consumed, uint64_t size, bool end);
	void *arg;
};

struct ww_load_result {
	struct ww_load_counts counts;
	uint64_t resumed;    /* number of the line it went on with; 0: it began at the beginning */
	const char *rejects; /* path of the file with what could not be loaded; "": there is none */
};

/* Lines that cannot be loaded are counted and kept aside; what fails is the file, the disk or the engine. */
WW_MUST ww_status ww_load_job(const struct ww_load_settings *set, struct ww_ctx *cx,
    const char *file, struct ww_load_result *out);

#endif
