/* Which feed of a listener a message belongs to, by MSH-3, MSH-4 and the names in its sender's certificate. */
#ifndef WW_MAIN_CHOOSE_H
#define WW_MAIN_CHOOSE_H

#include <wardwire/config.h>

struct ww_hl7;
struct ww_choose;

/* Looks up the feeds of that listener; the configuration outlives it. WW_E_CONFIG when it has none. */
WW_MUST ww_status ww_choose_new(
    struct ww_ctx *cx, const struct ww_config *c, ww_str listener, struct ww_choose **out);
/* That feed alone, whose listener is another's business: a message fits it, or none. */
WW_MUST ww_status ww_choose_only(
    struct ww_ctx *cx, const struct ww_feed *feed, struct ww_choose **out);
void ww_choose_free(struct ww_choose *ch); /* NULL is allowed */
/* The one feed that a message fits, or else the one without match; names are those of the peer's certificate. WW_E_FEED: it
 * fits none, or two. m may have been parsed only as far as its header. */
WW_MUST ww_status ww_choose_feed(struct ww_ctx *cx, const struct ww_choose *ch,
    const struct ww_hl7 *m, struct ww_texts names, const struct ww_feed **out);
/* What stands in for the feed of something that fits none or cannot be read: the one without match, or else the first. */
const struct ww_feed *ww_choose_fallback(const struct ww_choose *ch);

#endif
