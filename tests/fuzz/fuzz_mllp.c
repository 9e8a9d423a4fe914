/* Any bytes from a connection: the frames are the same however the bytes are cut into reads. The first byte
 * is the size of a read. */
#include "codec/mllp.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LIMIT = 64 };

/* Appends what comes out, each event as its number, a frame with its bytes. */
static void
feed(ww_str bytes, size_t piece, struct ww_buf *out)
{
	struct ww_mllp d;
	size_t at;

	ww_mllp_start(&d, LIMIT);
	for (at = 0; at < bytes.n; at += piece) {
		ww_str frame, in = ww_str_sub(bytes, at, piece);

		while (in.n > 0) {
			enum ww_mllp_event e = ww_mllp_feed(&d, &in, &frame);

			if (e == WW_MLLP_MORE)
				continue;
			ww_buf_byte(out, (char)('0' + (int)e));
			ww_buf_str_add(out, frame);
			if (e != WW_MLLP_FRAME && e != WW_MLLP_TOO_BIG) {
				at = bytes.n;
				break;
			}
		}
	}
	ww_buf_byte(out, ww_mllp_open(&d) ? 'o' : 'c');
	ww_mllp_free(&d);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ww_buf whole = { 0 }, pieces = { 0 }, frame = { 0 };
	ww_str bytes = ww_str_empty();

	if (size > 1)
		bytes = ww_str_of(data + 1, size - 1);
	/* Noise and frames without end are judged a read at a time: there its size would tell. */
	if (bytes.n < LIMIT * 16) {
		feed(bytes, 4096, &whole);
		feed(bytes, size > 0 && data[0] > 0 ? data[0] : 1, &pieces);
		if (!ww_str_eq(ww_buf_view(&whole), ww_buf_view(&pieces)))
			abort();
	}
	if (ww_mllp_write(bytes, &frame)) {
		ww_str in = ww_buf_view(&frame), got;
		struct ww_mllp d;

		ww_mllp_start(&d, 0);
		if (ww_mllp_feed(&d, &in, &got) != WW_MLLP_FRAME || !ww_str_eq(got, bytes))
			abort();
		ww_mllp_free(&d);
	}
	ww_buf_free(&whole);
	ww_buf_free(&pieces);
	ww_buf_free(&frame);
	return 0;
}
