/* The messages of the files that `wardwire-kit send` is given, all in memory before the first one is sent. */
#ifndef WW_KIT_SEND_SOURCE_H
#define WW_KIT_SEND_SOURCE_H

#include <wardwire/status.h>
#include <wardwire/str.h>

#include <stdbool.h>

struct ww_ctx;
struct ww_send_source;

/* What goes into one frame. */
struct ww_send_item {
	const char *file; /* as it was given */
	size_t line;      /* where it begins, from 1 */
	ww_str text;      /* a message, or a whole file */
};

/* Reads the files ("-" is standard input). With whole each is one item, else each message is one; lines of the
 * batch protocol and text outside of messages are noted on standard error and left out. WW_E_NOT_HL7 when there is
 * no message; others when a file cannot be read. The names must outlive it. */
WW_MUST ww_status ww_send_source_open(
    struct ww_ctx *cx, char *const *files, size_t n, bool whole, struct ww_send_source **out);
void ww_send_source_close(struct ww_send_source *s); /* NULL is allowed */
size_t ww_send_source_count(const struct ww_send_source *s);
const struct ww_send_item *ww_send_source_item(const struct ww_send_source *s, size_t i);

#endif
