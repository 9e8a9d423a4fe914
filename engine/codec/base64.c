/* base64url, strict. */
#include "codec/base64.h"

#include <wardwire/arena.h>
#include <wardwire/buf.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* The value of a letter; 64 when it is none. */
static unsigned
value_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (unsigned)(c - 'A');
	if (c >= 'a' && c <= 'z')
		return (unsigned)(c - 'a') + 26;
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0') + 52;
	return c == '-' ? 62 : c == '_' ? 63 : 64;
}

bool
ww_base64url_read(struct ww_arena *a, ww_str text, ww_str *out)
{
	unsigned held = 0, bits = 0;
	uint8_t *p;
	size_t n = 0;

	if (text.n % 4 == 1)
		return false;
	p = ww_arena_alloc(a, text.n / 4 * 3 + 3);
	if (p == NULL)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		unsigned v = value_of(text.p[i]);

		if (v == 64)
			return false;
		held = held << 6 | v;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			p[n++] = (uint8_t)(held >> bits);
			held &= (1u << bits) - 1;
		}
	}
	if (held != 0) /* a second text for the same bytes */
		return false;
	*out = ww_str_of(p, n);
	return true;
}

void
ww_base64url_write(ww_str bytes, struct ww_buf *out)
{
	unsigned held = 0, bits = 0;

	for (size_t i = 0; i < bytes.n; i++) {
		held = held << 8 | (unsigned char)bytes.p[i];
		for (bits += 8; bits >= 6; bits -= 6)
			ww_buf_byte(out, alphabet[held >> (bits - 6) & 63]);
		held &= (1u << bits) - 1;
	}
	if (bits > 0)
		ww_buf_byte(out, alphabet[held << (6 - bits) & 63]);
}
