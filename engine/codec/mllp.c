/* MLLP framing: what lies between 0B and 1C is gathered; everything else is skipped and, where it means
 * something, counted. */
#include "codec/mllp.h"

#include <string.h>

#define BEGIN '\x0b'
#define END '\x1c'
#define NOISE_MAX ((size_t)4096)
/* A buffer that held more than this is given back after its frame: one large message must not hold
 * memory for as long as its connection lives. */
#define KEEP_MAX ((size_t)64 << 10)

void
ww_mllp_start(struct ww_mllp *d, size_t limit)
{
	*d = (struct ww_mllp){ .partial = { .limit = limit }, .limit = limit };
}

void
ww_mllp_free(struct ww_mllp *d)
{
	ww_buf_free(&d->partial);
	d->in_frame = false;
}

static void
forget(struct ww_mllp *d)
{
	if (ww_buf_view(&d->partial).n > KEEP_MAX)
		ww_buf_free(&d->partial);
	else
		ww_buf_clear(&d->partial);
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
	ww_buf_str_add(&d->partial, body);
	if (d->partial.error != 0)
		return WW_MLLP_TOO_BIG;
	if (!ended)
		return WW_MLLP_MORE;
	d->in_frame = false;
	d->noise = 0;
	*frame = ww_buf_view(&d->partial);
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
