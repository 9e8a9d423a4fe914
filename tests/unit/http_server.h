/* The scripted server as one of HTTP. */
#ifndef WW_TESTS_HTTP_SERVER_H
#define WW_TESTS_HTTP_SERVER_H

#include "tests/unit/server.h"

#include <strings.h>

static inline size_t
http_length(ww_str text)
{
	static const char blank[] = "\r\n\r\n", name[] = "\r\nContent-Length: ";
	size_t i, body = 0;

	for (i = 0; i + 4 <= text.n; i++) {
		if (memcmp(text.p + i, blank, 4) == 0)
			return text.n >= i + 4 + body ? i + 4 + body : 0;
		if (text.n - i > sizeof(name) &&
		    strncasecmp(text.p + i, name, sizeof(name) - 1) == 0)
			body = strtoul(text.p + i + sizeof(name) - 1, NULL, 10);
	}
	return 0;
}

/* The reply is a head with LF line ends; the body behind the blank line gets its length by itself. */
static inline void
http_write(const char *reply, ww_str request, struct ww_buf *out)
{
	const char *body = strstr(reply, "\n\n");

	(void)request;
	for (const char *c = reply; *c != '\0' && c != body; c++) {
		if (*c == '\n')
			ww_buf_byte(out, '\r');
		ww_buf_byte(out, *c);
	}
	body = body != NULL ? body + 2 : "";
	if (strstr(reply, "Content-Length") == NULL)
		ww_buf_printf(out, "\r\nContent-Length: %zu", strlen(body));
	ww_buf_printf(out, "\r\n\r\n%s", body);
}

static inline void
http_open(struct server *s, const struct line *script, size_t n)
{
	s->script = script;
	s->script_n = n;
	s->length = http_length;
	s->write = http_write;
	server_open(s);
}

#endif
