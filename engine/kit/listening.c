/* Addresses of the kit's servers, and the file a script reads the port from. */
#include "kit/listening.h"

#include "base/fs.h"
#include "link/address.h"

#include <wardwire/ctx.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static bool
is_loopback(const char *host)
{
	struct in6_addr six;
	struct in_addr four;

	if (inet_pton(AF_INET, host, &four) == 1)
		return ntohl(four.s_addr) >> 24 == 127;
	return inet_pton(AF_INET6, host, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

static bool
is_address(const char *host)
{
	struct in6_addr any;

	return inet_pton(AF_INET, host, &any) == 1 || inet_pton(AF_INET6, host, &any) == 1;
}

bool
ww_listening_address(const char *command, const char *text, bool anyone, struct ww_address *where)
{
	if (!ww_address_split(ww_str_from(text), where)) {
		fprintf(stderr, "%s: --listen takes HOST:PORT\n", command);
		return false;
	}
	if (strcmp(where->host, "localhost") == 0)
		snprintf(where->host, sizeof(where->host), "127.0.0.1");
	if (is_loopback(where->host) || (anyone && is_address(where->host)))
		return true;
	fprintf(stderr, "%s: %s\n", command,
	    anyone ? "--listen takes an address, no name: 0.0.0.0, 192.0.2.7, [::]"
	           : "only loopback addresses: 127.0.0.1, [::1], localhost");
	return false;
}

unsigned
ww_listening_port(int fd)
{
	struct sockaddr_storage a;
	socklen_t n = sizeof(a);
	struct sockaddr_in four;
	struct sockaddr_in6 six;

	if (getsockname(fd, (struct sockaddr *)&a, &n) != 0)
		return 0;
	memcpy(&four, &a, sizeof(four));
	memcpy(&six, &a, sizeof(six));
	return ntohs(a.ss_family == AF_INET6 ? six.sin6_port : four.sin_port);
}

ww_status
ww_listening_port_file(struct ww_ctx *cx, const char *path, unsigned port)
{
	char text[16];

	if (path == NULL)
		return WW_OK;
	snprintf(text, sizeof(text), "%u\n", port);
	return ww_fs_put(&ww_fs_real, cx, path, ww_str_from(text));
}
