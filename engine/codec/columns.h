/* CSV extracts: which header of a file is which column of its kind, and rows as the kind reads them. */
#ifndef WW_CODEC_COLUMNS_H
#define WW_CODEC_COLUMNS_H

#include <wardwire/csv_kind.h>

/* What the columns of a kind are called in files, by column: a header, or "=" and what every row has there. */
struct ww_columns {
	const struct ww_csv_kind *kind;
	const ww_str *names;
};

/* The columns' own names where the text is empty; else the text is CSV with the headers "column" and "header" and a row for
 * each column that is called something else. Failures name the line. */
WW_MUST ww_status ww_columns_read(
    struct ww_ctx *cx, const struct ww_csv_kind *kind, ww_str text, struct ww_columns *out);

/* Where the columns are in one file. */
struct ww_columns_head {
	const struct ww_columns *names;
	const size_t *at; /* by column; SIZE_MAX: not in the file */
	size_t n;         /* headers */
};

/* Finds the columns by the file's first line, whatever their case, with blank, '-' and '_' the same. WW_E_REQUIRED: one that
 * is needed is not there. */
WW_MUST ww_status ww_columns_head_read(
    struct ww_ctx *cx, const struct ww_columns *names, ww_str line, struct ww_columns_head *out);
/* What a row has by column, trimmed, in cx's arena. WW_E_REQUIRED: nothing where something is needed. */
WW_MUST ww_status ww_columns_row_read(
    struct ww_ctx *cx, const struct ww_columns_head *head, ww_str line, const ww_str **out);

#endif
