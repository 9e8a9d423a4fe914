/* "host:port" taken apart: "127.0.0.1:2575", "[::1]:2575", "adt.example:2575". */
#ifndef WW_LINK_ADDRESS_H
#define WW_LINK_ADDRESS_H

#include <wardwire/str.h>

struct ww_address {
	char host[256]; /* without brackets */
	char port[6];
};

/* False when text is not of that form; a port above 65535 is not. An IPv6 address needs its brackets. */
bool ww_address_split(ww_str text, struct ww_address *out);

#endif
