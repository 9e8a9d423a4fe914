/* Puts a control id into a header, by the message's own field separator. */
#include "kit/send_ids.h"

/* Separators in front of MSH-10; the first of them is MSH-1. */
#define BEFORE 9

void
ww_send_ids_put(ww_str message, ww_str control_id, struct ww_buf *out)
{
	size_t header = ww_str_find(message, '\r'), seen = 0, at = 3, end;
	char sep;

	if (!ww_str_starts(message, WW_STR("MSH")) || header <= 3) {
		ww_buf_str_add(out, message);
		return;
	}
	sep = message.p[3];
	for (; at < header && seen < BEFORE; at++)
		seen += message.p[at] == sep;
	for (end = at; end < header && message.p[end] != sep; end++)
		;
	ww_buf_add(out, message.p, at);
	for (; seen < BEFORE; seen++) /* a header that ends before MSH-10 */
		ww_buf_byte(out, sep);
	ww_buf_str_add(out, control_id);
	ww_buf_str_add(out, ww_str_sub(message, end, message.n));
}
