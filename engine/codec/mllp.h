/* MLLP framing: 0B payload 1C 0D. A pure state machine: bytes in, frames out, no descriptor.
 * What a receiver does with noise, restarts and missing CR: docs/interfaces.md. */
#ifndef WW_CODEC_MLLP_H
#define WW_CODEC_MLLP_H

#include <wardwire/buf.h>
#include <wardwire/str.h>

enum ww_mllp_event {
	WW_MLLP_MORE,    /* nothing complete; give more bytes */
	WW_MLLP_FRAME,   /* *frame is a payload, perhaps empty */
	WW_MLLP_TOO_BIG, /* a payload beyond the limit has ended: *frame is its beginning */
	WW_MLLP_NOISE,   /* more than 4 KiB outside any frame: close the connection */
	WW_MLLP_ENDLESS, /* far beyond the limit and still no end: close the connection */
	WW_MLLP_SHORT,   /* the machine is short of memory: close the connection */
};

struct ww_mllp {
	struct ww_buf partial; /* payload of a frame not ended yet */
	size_t limit;          /* most bytes of a payload; 0: none */
	size_t skipped;        /* bytes of the open frame seen since it passed the limit */
	size_t noise; /* bytes outside frames since the last one, blanks and line ends apart */
	bool in_frame;
	uint64_t
	    restarts; /* frames begun inside a frame; the part before was dropped, unanswered */
};

void ww_mllp_start(struct ww_mllp *d, size_t limit);
/* Gives the memory back; what was gathered of a frame is forgotten. */
void ww_mllp_free(struct ww_mllp *d);
/* Takes bytes from *in (and moves it on) until an event or the end of *in. Linear in the bytes given. *frame is valid
 * until the next call and as long as the bytes given are: a frame that came whole is not copied. */
enum ww_mllp_event ww_mllp_feed(struct ww_mllp *d, ww_str *in, ww_str *frame);
/* A frame was begun and is not ended: a deadline applies. */
bool ww_mllp_open(const struct ww_mllp *d);
/* Bytes of memory that an open frame takes. */
size_t ww_mllp_held(const struct ww_mllp *d);
/* Release 2: a frame whose payload is one byte, 06 or 15, says that a frame is stored or is not taken. */
bool ww_mllp_is_commit(ww_str payload);
ww_str ww_mllp_commit_block(bool taken); /* such a payload */
/* Appends one frame. False when payload holds 0B or 1C, which MLLP cannot carry. */
bool ww_mllp_write(ww_str payload, struct ww_buf *out);

#endif
