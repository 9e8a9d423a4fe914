/* Takes "host:port" apart. */
#include "link/address.h"

#include <stdio.h>
#include <string.h>

bool
ww_address_split(ww_str text, struct ww_address *out)
{
	ww_str host, port;
	uint64_t number;

	if (text.n > 0 && text.p[0] == '[') {
		host = ww_str_cut(ww_str_sub(text, 1, text.n), ']', &port);
		if (port.n == 0 || port.p[0] != ':')
			return false;
		port = ww_str_sub(port, 1, port.n);
	} else {
		host = ww_str_cut(text, ':', &port);
	}
	/* A NUL inside would cut the C string that the resolver reads. */
	if (host.n == 0 || host.n >= sizeof(out->host) || ww_str_find(host, '\0') < host.n)
		return false;
	if (!ww_str_u64(port, 65535, &number))
		return false;
	memcpy(out->host, host.p, host.n);
	out->host[host.n] = '\0';
	snprintf(out->port, sizeof(out->port), "%u", (unsigned)(number & 0xffff));
	return true;
}
