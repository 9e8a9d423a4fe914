/* Rows of a roster from a file that may be larger than memory: CSV with a row of headers, or an object a line; or from an
 * attribution list (Group), which is read as a whole. */
#ifndef WW_MAIN_ROSTER_FILE_H
#define WW_MAIN_ROSTER_FILE_H

#include "config/load.h"

struct ww_roster_file;

enum ww_roster_item { WW_ROSTER_ROW, WW_ROSTER_REFUSED, WW_ROSTER_FILE_END };

/* Opens the file, plain or gzip. WW_E_CONFIG, place "line 1": its header is none. The configuration and the roster's row of it outlive
 * the file. */
WW_MUST ww_status ww_roster_file_open(struct ww_ctx *cx, const char *path,
    const struct ww_config *config, const struct ww_roster_source *source,
    struct ww_roster_file **out);
void ww_roster_file_close(struct ww_roster_file *f); /* NULL is allowed */

/* Goes on at the byte at which a line with that number begins, as ww_roster_file_at said. Before the first read. WW_E_CONFLICT:
 * the file ends before. */
WW_MUST ww_status ww_roster_file_skip(
    struct ww_roster_file *f, struct ww_ctx *cx, uint64_t next, uint64_t number);
/* The next row, or why it is left out. What row holds is good until the next read. */
WW_MUST ww_status ww_roster_file_read(struct ww_roster_file *f, struct ww_ctx *cx,
    struct ww_roster_row *row, struct ww_roster_fault *fault, enum ww_roster_item *what);
/* Behind the row read last: the byte at which the next line begins, and its number. */
void ww_roster_file_at(const struct ww_roster_file *f, uint64_t *next, uint64_t *number);
/* Bytes of the file read so far, and of all of it; 0: not known. */
void ww_roster_file_progress(const struct ww_roster_file *f, uint64_t *consumed, uint64_t *size);

#endif
