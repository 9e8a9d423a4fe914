/* Networks: everything is compared as IPv6. */
#include "base/network.h"

#include <arpa/inet.h>
#include <string.h>

enum { BITS = 128, MAPPED_BITS = 96 };

static const uint8_t mapped[MAPPED_BITS / 8] = { [10] = 0xff, [11] = 0xff };

static bool
read_address(const char *text, uint8_t out[16], bool *is_v4)
{
	*is_v4 = inet_pton(AF_INET, text, out + sizeof(mapped)) == 1;
	if (*is_v4)
		memcpy(out, mapped, sizeof(mapped));
	return *is_v4 || inet_pton(AF_INET6, text, out) == 1;
}

static bool
bit(const uint8_t *bytes, unsigned i)
{
	return (bytes[i / 8] >> (7 - i % 8) & 1) != 0;
}

bool
ww_network_parse(ww_str text, struct ww_network *out)
{
	ww_str length, address = ww_str_cut(text, '/', &length);
	char c[INET6_ADDRSTRLEN];
	uint64_t bits = BITS;
	bool is_v4;

	if (address.n >= sizeof(c))
		return false;
	memcpy(c, address.p, address.n);
	c[address.n] = '\0';
	if (strlen(c) != address.n || !read_address(c, out->bytes, &is_v4))
		return false;
	if (address.n < text.n && !ww_str_u64(length, is_v4 ? BITS - MAPPED_BITS : BITS, &bits))
		return false;
	out->bits = (unsigned)bits + (is_v4 && address.n < text.n ? MAPPED_BITS : 0);
	for (unsigned i = out->bits; i < BITS; i++)
		if (bit(out->bytes, i))
			return false;
	return true;
}

bool
ww_network_has(const struct ww_network *n, const char *address)
{
	uint8_t bytes[16];
	bool is_v4;

	if (!read_address(address, bytes, &is_v4))
		return false;
	for (unsigned i = 0; i < n->bits; i++)
		if (bit(bytes, i) != bit(n->bytes, i))
			return false;
	return true;
}
