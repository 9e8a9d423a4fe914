/* Networks of IPv4 and IPv6 in CIDR notation, and whether an address is in one. */
#ifndef WW_BASE_NETWORK_H
#define WW_BASE_NETWORK_H

#include <wardwire/str.h>

struct ww_network {
	uint8_t bytes[16]; /* of IPv6; IPv4 as ::ffff:a.b.c.d */
	unsigned bits;     /* how many of them count */
};

/* Reads "10.2.0.0/16", "fd00::/8", or an address alone. False when it is none, or has bits beyond its length. */
bool ww_network_parse(ww_str text, struct ww_network *out);
/* address is a numeric one, as text; false when it is none. An IPv4 address and the same mapped into IPv6 are one. */
bool ww_network_has(const struct ww_network *n, const char *address);

#endif
