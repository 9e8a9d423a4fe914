/* URLs as libcurl reads them, so that what is compared and what is asked for are the same. */
#include "link/http_url.h"

#include <wardwire/ctx.h>

#include <curl/curl.h>
#include <strings.h>

/* Part of the URL, which is the caller's to free (curl_free); NULL: it has none. */
static char *
part(CURLU *u, CURLUPart what)
{
	char *text = NULL;

	return curl_url_get(u, what, &text, CURLU_DEFAULT_PORT) == CURLUE_OK ? text : NULL;
}

static bool
same_part(CURLU *a, CURLU *b, CURLUPart what)
{
	char *x = part(a, what), *y = part(b, what);
	bool same = x != NULL && y != NULL && strcasecmp(x, y) == 0;

	curl_free(x);
	curl_free(y);
	return same;
}

static bool
same_origin(CURLU *a, CURLU *b)
{
	char *user = part(b, CURLUPART_USER);
	bool same = user == NULL && same_part(a, b, CURLUPART_SCHEME) &&
	            same_part(a, b, CURLUPART_HOST) && same_part(a, b, CURLUPART_PORT);

	curl_free(user);
	return same;
}

ww_str
ww_http_url_within(struct ww_ctx *cx, ww_str url, ww_str location)
{
	CURLU *from = curl_url(), *to = from != NULL ? curl_url_dup(from) : NULL;
	const char *at = ww_arena_cstr(cx->arena, url);
	const char *where = ww_arena_cstr(cx->arena, location);
	ww_str out = ww_str_empty();
	char *text = NULL;

	if (to != NULL && where[0] != '\0' &&
	    curl_url_set(from, CURLUPART_URL, at, 0) == CURLUE_OK &&
	    curl_url_set(to, CURLUPART_URL, at, 0) == CURLUE_OK &&
	    curl_url_set(to, CURLUPART_URL, where, 0) == CURLUE_OK && same_origin(from, to))
		text = part(to, CURLUPART_URL);
	if (text != NULL)
		out = ww_arena_str(cx->arena, ww_str_from(text));
	curl_free(text);
	curl_url_cleanup(to);
	curl_url_cleanup(from);
	return out;
}

/* In the arena; "" when the URL has no such part, or the arena is full. */
static const char *
keep(struct ww_ctx *cx, CURLU *u, CURLUPart what)
{
	char *text = part(u, what);
	const char *kept = ww_arena_cstr(cx->arena, ww_str_from(text));

	curl_free(text);
	return kept;
}

bool
ww_http_url_rename(struct ww_ctx *cx, ww_str url, ww_str name, struct ww_http_place *out)
{
	const char *at = ww_arena_cstr(cx->arena, url);
	const char *alias = ww_arena_cstr(cx->arena, name);
	const char *host, *port;
	CURLU *u = curl_url();
	bool good = u != NULL && curl_url_set(u, CURLUPART_URL, at, 0) == CURLUE_OK;

	if (good) {
		host = keep(cx, u, CURLUPART_HOST);
		port = keep(cx, u, CURLUPART_PORT);
		out->host = ww_arena_printf(cx->arena, "Host: %s:%s", host, port).p;
		out->route = ww_arena_printf(cx->arena, "%s:%s:%s:%s", alias, port, host, port).p;
		good = curl_url_set(u, CURLUPART_HOST, alias, 0) == CURLUE_OK;
		out->url = keep(cx, u, CURLUPART_URL);
	}
	curl_url_cleanup(u);
	return good && ww_arena_status(cx->arena) == WW_OK;
}
