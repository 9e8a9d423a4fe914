/* MLLP framing: what lies between 0B and 1C is gathered; everything else is skipped and, where it means
 * something, counted. */
#include "codec/mllp.h"

#include <wardwire/status.h>

#include <string.h>

#define BEGIN '\x0b'
#define END '\x1c'
#define NOISE_MAX ((size_t)4096)
/* Of a frame beyond the limit: what is kept, to answer it and to show it; and how many times the limit it may be before
 * it counts as one that never ends. A sender that is told after its last byte reads the answer; one that is cut off in the
 * middle sends the same again. */
#define HEAD_MAX ((size_t)64 << 10)
#define ENDLESS ((size_t)16)

void
ww_mllp_start(struct ww_mllp *d, size_t limit)
{
	*d = (struct ww_mllp){ .limit = limit };
}

void
ww_mllp_free(struct ww_mllp *d)
{
	ww_buf_free(&d->partial);
	d->skipped = 0;
	d->in_frame = false;
}

/* The memory goes with each frame: ten thousand connections at rest must not hold their last one. */
static void
forget(struct ww_mllp *d)
{
	ww_buf_free(&d->partial);
	d->skipped = 0;
}

static ww_str
after(ww_str s, size_t n)
{
	return ww_str_sub(s, n, s.n);
}

/* Skips to behind the next 0B. False when there is none. */
static bool
begin(struct ww_mllp *d, ww_str *in)
{
	size_t i, n = ww_str_find(*in, BEGIN);

	for (i = 0; i < n; i++)
		d->noise += memchr("\r\n \0", in->p[i], 4) == NULL;
	if (n == in->n) {
		*in = after(*in, n);
		return false;
	}
	*in = after(*in, n + 1);
	d->in_frame = true;
	return true;
}

/* Bytes of a frame beyond the limit: its beginning is kept, the rest is counted. */
static enum ww_mllp_event
skip(struct ww_mllp *d, ww_str body, bool ended, ww_str *frame)
{
	size_t head = d->limit < HEAD_MAX ? d->limit : HEAD_MAX;
	ww_str kept = ww_buf_view(&d->partial);

	if (d->skipped == 0) { /* with body there are more bytes than head */
		struct ww_buf b = { 0 };

		ww_buf_str_add(&b, ww_str_sub(kept, 0, head));
		ww_buf_str_add(&b, ww_str_sub(body, 0, kept.n < head ? head - kept.n : 0));
		ww_buf_free(&d->partial);
		d->partial = b;
		if (b.error != WW_OK)
			return WW_MLLP_SHORT;
	}
	d->skipped += body.n;
	if (d->skipped / ENDLESS > d->limit)
		return WW_MLLP_ENDLESS;
	if (!ended)
		return WW_MLLP_MORE;
	d->in_frame = false;
	d->noise = 0;
	*frame = ww_buf_view(&d->partial);
	return WW_MLLP_TOO_BIG;
}

static bool
is_beyond(const struct ww_mllp *d, ww_str body)
{
	return d->skipped > 0 || (d->limit != 0 && body.n > d->limit - d->partial.n);
}

/* Gathers up to 1C. The end is looked for once; a 0B before it begins anew without a second search, so that
 * a run of them costs no more than other bytes. */
static enum ww_mllp_event
gather(struct ww_mllp *d, ww_str *in, ww_str *frame)
{
	size_t at, end = ww_str_find(*in, END);
	ww_str body = ww_str_sub(*in, 0, end);
	bool ended = end < in->n;

	while ((at = ww_str_find(body, BEGIN)) < body.n) {
		forget(d);
		d->restarts++;
		body = after(body, at + 1);
	}
	*in = after(*in, ended ? end + 1 : end);
	if (is_beyond(d, body))
		return skip(d, body, ended, frame);
	if (!ended || d->partial.n > 0) {
		ww_buf_str_add(&d->partial, body);
		if (d->partial.error != WW_OK)
			return WW_MLLP_SHORT;
		body = ww_buf_view(&d->partial);
	}
	if (!ended)
		return WW_MLLP_MORE;
	d->in_frame = false;
	d->noise = 0;
	*frame = body;
	return WW_MLLP_FRAME;
}

enum ww_mllp_event
ww_mllp_feed(struct ww_mllp *d, ww_str *in, ww_str *frame)
{
	*frame = ww_str_empty();
	if (!d->in_frame) {
		bool begun;

		forget(d); /* the frame given out before */
		begun = begin(d, in);
		if (d->noise > NOISE_MAX)
			return WW_MLLP_NOISE;
		if (!begun)
			return WW_MLLP_MORE;
	}
	return gather(d, in, frame);
}

bool
ww_mllp_open(const struct ww_mllp *d)
{
	return d->in_frame;
}

size_t
ww_mllp_held(const struct ww_mllp *d)
{
	return d->partial.cap;
}

static const char positive[] = "\x06", negative[] = "\x15";

bool
ww_mllp_is_commit(ww_str payload)
{
	return ww_str_is(payload, positive) || ww_str_is(payload, negative);
}

ww_str
ww_mllp_commit_block(bool taken)
{
	return ww_str_from(taken ? positive : negative);
}

bool
ww_mllp_write(ww_str payload, struct ww_buf *out)
{
	if (ww_str_find(payload, BEGIN) < payload.n || ww_str_find(payload, END) < payload.n)
		return false;
	ww_buf_byte(out, BEGIN);
	ww_buf_str_add(out, payload);
	ww_buf_cstr(out, "\x1c\r");
	return true;
}
