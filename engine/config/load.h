/* From YAML text to struct ww_config: every fault with file, line and column. */
#ifndef WW_CONFIG_LOAD_H
#define WW_CONFIG_LOAD_H

#include <wardwire/config.h>
#include <wardwire/ctx.h>

/* A fault of the configuration: where and which rule, for people. */
struct ww_config_fault {
	unsigned line, column; /* from 1; 0: not known */
	char text[512];        /* "unknown key 'mlp' (did you mean 'mllp'?)" */
};

/* Reads a configuration from text. On WW_E_CONFIG, *faults (in the arena) holds every fault found, at least one.
 * The config lives in cx->arena. Files it names are not looked at. */
WW_MUST ww_status ww_config_parse(struct ww_ctx *cx, ww_str text, struct ww_config **out,
    struct ww_config_fault **faults, size_t *faults_n);

/* One row of a roster CSV, as read. */
struct ww_roster_row {
	unsigned line;
	ww_str member_id, family, given, sex, practice;
	ww_str program; /* its own, else the roster's; may be empty */
	ww_str payer, plan, product, provider;
	ww_time birth, effective, end;
	int64_t policy; /* enum ww_policy: what the member lets be told */
	bool opt_out;   /* nobody is to be told: policy is SUPPRESS */
};
struct ww_roster_fault {
	unsigned line;
	char text[160]; /* column and rule, never the value */
};
/* The text of a row that says what one before it said. */
#define WW_ROSTER_TWICE "member_id: given twice for the same practice, program and effective date"
/* Why a row that is taken attributes nobody. */
#define WW_ROSTER_NO_PROGRAM "program: the configuration has none of that name"
/* Most rows of one roster file that is read at the start: the ids of a journal record count in 16 bits. */
enum { WW_ROSTER_ROWS_MAX = 60000 };

/* Reads a roster: header row with the columns of roster_columns.def, as source calls them, in any order and case; practice
 * must name a party of config. Rows with a fault are left out and reported, each once; a missing column is WW_E_CONFIG.
 * source NULL: the columns' own names. */
WW_MUST ww_status ww_roster_parse(struct ww_ctx *cx, ww_str csv, const struct ww_config *config,
    const struct ww_roster_source *source, struct ww_roster_row **rows, size_t *rows_n,
    struct ww_roster_fault **faults, size_t *faults_n);

#endif
