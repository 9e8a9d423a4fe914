/* What the HTTP client does to URLs. */
#ifndef WW_LINK_HTTP_URL_H
#define WW_LINK_HTTP_URL_H

#include <wardwire/str.h>

struct ww_ctx;

/* The URL that a Location names, as seen from the URL that was asked for. Empty when it is none, or of another origin
 * (scheme, host and port), or names a user. In the arena. */
ww_str ww_http_url_within(struct ww_ctx *cx, ww_str url, ww_str location);

/* What libcurl is told, so that it takes another host for the one of a URL. All in the arena. */
struct ww_http_place {
	const char *url;
	const char *host;  /* the header that names the real one */
	const char *route; /* name:port:host:port */
};

/* False when url is none, name cannot be a host, or the arena is full. */
bool ww_http_url_rename(struct ww_ctx *cx, ww_str url, ww_str name, struct ww_http_place *out);

#endif
