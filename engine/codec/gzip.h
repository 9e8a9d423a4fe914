/* Unpacks gzip (RFC 1952) that others packed: never more than asked for, never out of proportion to what came. The
 * only door to zlib (codec/gzip.c). */
#ifndef WW_CODEC_GZIP_H
#define WW_CODEC_GZIP_H

#include <wardwire/status.h>
#include <wardwire/str.h>

struct ww_ctx;
struct ww_buf;

#define WW_GZIP_RATIO 100        /* bytes that may come of one packed byte */
#define WW_GZIP_FREE (64u << 10) /* and bytes that may come of any input whatever the ratio */

/* Appends what packed holds to *out: exactly one gzip member. More than max bytes, or more than WW_GZIP_RATIO times
 * the packed ones, is WW_E_LIMIT; what is damaged, ends early or goes on after its end is WW_E_SYNTAX. *out may hold a
 * part then. */
WW_MUST ww_status ww_gzip_read(struct ww_ctx *cx, ww_str packed, size_t max, struct ww_buf *out);

/* -- by pieces, for files: one member or several in a row ----------------------------------------------- */

struct ww_gunzip;

/* NULL: the machine is short of memory. */
struct ww_gunzip *ww_gunzip_new(void);
void ww_gunzip_free(struct ww_gunzip *g); /* NULL is allowed */

/* Takes bytes off *in and appends at most max bytes of what comes of them to *out; to be called again, also with
 * nothing in *in, until it appends nothing more. Limits and errors as above, but for the size of the whole. */
WW_MUST ww_status ww_gunzip_feed(
    struct ww_gunzip *g, struct ww_ctx *cx, ww_str *in, size_t max, struct ww_buf *out);
/* All has been fed: WW_E_SYNTAX when it ended within a member, or there was none. */
WW_MUST ww_status ww_gunzip_end(const struct ww_gunzip *g, struct ww_ctx *cx);

#endif
