/* Rows of a roster, whatever form they come in: what a row is made of, by column. */
#ifndef WW_CONFIG_ROSTER_ROW_H
#define WW_CONFIG_ROSTER_ROW_H

#include "config/load.h"

#include <stddef.h>

struct ww_buf;
struct ww_json;

/* Where the columns are in a file. */
struct ww_roster_head {
	size_t place
	    [WW_ROSTER_COLUMNS]; /* which cell of a row; SIZE_MAX: the file has no such column */
	size_t line;  /* likewise, of the number that rows written by ww_roster_row_write have */
	size_t width; /* cells of the header */
};

/* The column as it is called in files of that roster; source NULL: by its own name. */
ww_str ww_roster_column_name(const struct ww_roster_source *source, enum ww_roster_column c);

/* Finds the columns in a row of headers, in any order and case. WW_E_CONFIG with place "line N": a column that is needed is
 * missing, or is there twice. source NULL: rows that ww_roster_row_write has written. */
WW_MUST ww_status ww_roster_head_read(struct ww_ctx *cx, const struct ww_roster_source *source,
    const ww_str *cells, size_t n, unsigned line, struct ww_roster_head *out);

/* Reads a row, line of it given; its texts are slices of the cells. False: the row is left out, and fault says why. */
bool ww_roster_row_read(struct ww_ctx *cx, const struct ww_config *config,
    const struct ww_roster_source *source, const struct ww_roster_head *head, const ww_str *cells,
    size_t n, unsigned line, struct ww_roster_row *out, struct ww_roster_fault *fault);

/* The same of an object whose members are called as the columns are. What is neither text nor number nor boolean is a fault. */
bool ww_roster_object_read(struct ww_ctx *cx, const struct ww_config *config,
    const struct ww_roster_source *source, const struct ww_json *object, unsigned line,
    struct ww_roster_row *out, struct ww_roster_fault *fault);

/* Appends the header of rows that are written by ww_roster_row_write, and such a row, as CSV. */
void ww_roster_head_write(struct ww_buf *out);
void ww_roster_row_write(const struct ww_roster_row *row, struct ww_buf *out);
/* Reads one that was written so, under the configuration of now: WW_E_VALUE: it cannot be used any more, as its practice is
 * gone. */
WW_MUST ww_status ww_roster_row_again(
    struct ww_ctx *cx, const struct ww_config *config, ww_str text, struct ww_roster_row *out);

#endif
