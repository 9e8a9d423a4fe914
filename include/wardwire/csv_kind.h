/* What the author of a mapper of CSV extracts writes: the columns of one kind of extract, and FHIR resources from its rows, so
 * that one mapping from FHIR serves all. Pure, as include/wardwire/mapper.h. Registered in mappers/registry.c. */
#ifndef WARDWIRE_CSV_KIND_H
#define WARDWIRE_CSV_KIND_H

#include <wardwire/config.h>
#include <wardwire/ctx.h>

struct ww_json;

struct ww_csv_column {
	const char *name; /* the header it has where nothing else is said */
	bool required;    /* the file must have it, and each row something in it */
	const char *help; /* for docs/commands.md */
};

enum {
	WW_CSV_RESOURCES = 4, /* most that come of one group of rows */
	WW_CSV_ROWS = 999,    /* most rows of one group */
};

struct ww_csv_kind {
	const char *name; /* "claims" */
	const struct ww_csv_column *columns;
	size_t columns_n;
	/* Rows in a row are of one thing; NULL: each row is one. */
	bool (*same)(const ww_str *a, const ww_str *b);
	/* Makes resources of a group: rows[i][c] is what row i has in column c, trimmed, empty where the file lacks the
	 * column. What cannot be made into a resource is recorded with the column as its place, and no value. */
	ww_status (*map)(struct ww_ctx *cx, const struct ww_feed *feed, const ww_str *const *rows,
	    size_t n, struct ww_json *out[WW_CSV_RESOURCES], size_t *out_n);
};

extern const struct ww_csv_kind *const ww_csv_kinds[]; /* NULL ends the list */
/* NULL: there is none of that name. */
const struct ww_csv_kind *ww_csv_kind_find(ww_str name);

#endif
