/* Lines of a file that may be larger than memory, plain or gzip, each with its number and where the next begins. */
#ifndef WW_MAIN_LOAD_SOURCE_H
#define WW_MAIN_LOAD_SOURCE_H

#include <wardwire/status.h>
#include <wardwire/str.h>

struct ww_ctx;
struct ww_load_source;

struct ww_load_line {
	ww_str text;     /* without its end and a byte order mark; valid until the next read */
	uint64_t number; /* of its first line, from 1 */
	uint64_t begin;  /* byte, unpacked, at which it begins */
	uint64_t next;   /* byte, unpacked, at which the next line begins, and its number */
	uint64_t next_number;
	uint64_t consumed; /* bytes of the file read so far, for the progress */
	bool too_long;     /* longer than the limit, and passed over: text is empty */
};

/* Opens the file, "-" for standard input. What begins as gzip is unpacked. quoted: a line feed within double quotes ends no
 * line, as in CSV. */
WW_MUST ww_status ww_load_source_open(
    struct ww_ctx *cx, const char *path, size_t longest, bool quoted, struct ww_load_source **out);
void ww_load_source_close(struct ww_load_source *s); /* NULL is allowed */

/* Goes on at the byte at which a line with that number begins, as an earlier read said. Before the first read. WW_E_CONFLICT:
 * the file ends before. */
WW_MUST ww_status ww_load_source_skip(
    struct ww_load_source *s, struct ww_ctx *cx, uint64_t next, uint64_t number);
/* The next line, also a blank one; *more is false at the end. Damaged gzip is WW_E_SYNTAX. */
WW_MUST ww_status ww_load_source_read(
    struct ww_load_source *s, struct ww_ctx *cx, struct ww_load_line *out, bool *more);

/* Bytes of the file; 0: a pipe. */
uint64_t ww_load_source_size(const struct ww_load_source *s);

#endif
