/* MLLP release 1 framing: 0B payload 1C 0D. A pure state machine: bytes in, frames out, no descriptor.
 * What a receiver does with noise, restarts and missing CR: docs/interfaces.md. */
#ifndef WW_CODEC_MLLP_H
#define WW_CODEC_MLLP_H

#include <wardwire/buf.h>
#include <wardwire/str.h>

enum ww_mllp_event {
	WW_MLLP_MORE,    /* nothing complete; give more bytes */
	WW_MLLP_FRAME,   /* *frame is a payload, perhaps empty; valid until the next call */
	WW_MLLP_NOISE,   /* more than 4 KiB outside any frame: close the connection */
	WW_MLLP_TOO_BIG, /* the frame passes the limit, or memory is short: close the connection */
};

struct ww_mllp {
	struct ww_buf partial; /* payload of a frame not ended yet */
	size_t limit;          /* most bytes of a payload */
	size_t noise; /* bytes outside frames since the last one, blanks and line ends apart */
	bool in_frame;
	uint64_t
	    restarts; /* frames begun inside a frame; the part before was dropped, unanswered */
};

void ww_mllp_start(struct ww_mllp *d, size_t limit);
void ww_mllp_free(struct ww_mllp *d);
/* Takes bytes from *in (and moves it on) until an event or the end of *in. Linear in the bytes given. */
enum ww_mllp_event ww_mllp_feed(struct ww_mllp *d, ww_str *in, ww_str *frame);
/* A frame was begun and is not ended: a deadline applies. */
bool ww_mllp_open(const struct ww_mllp *d);
/* Appends one frame. False when payload holds 0B or 1C, which MLLP cannot carry. */
bool ww_mllp_write(ww_str payload, struct ww_buf *out);

#endif
