/* Reads CSV as RFC 4180 has it and spreadsheets write it: quotes, doubled quotes, CRLF or LF, a byte
 * order mark, a header row. Cells are slices of the text, or arena copies where quotes were doubled. */
#ifndef WW_BASE_CSV_H
#define WW_BASE_CSV_H

#include <wardwire/status.h>
#include <wardwire/str.h>

struct ww_ctx;

struct ww_csv {
	ww_str rest;
	unsigned line; /* of the row last read, from 1 */
	unsigned next; /* line on which rest starts */
	ww_str *cells; /* of the row last read, in the arena */
	size_t n;
};

/* Starts on text, which must outlive the cells. */
void ww_csv_start(struct ww_csv *c, ww_str text);
/* Reads the next row that is not blank. *more is false at the end. A quote never closed, or text after a
 * closing quote, is WW_E_SYNTAX with place "line N". At most 256 cells a row (WW_E_LIMIT). */
WW_MUST ww_status ww_csv_row(struct ww_csv *c, struct ww_ctx *cx, bool *more);

#endif
