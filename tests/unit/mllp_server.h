/* The scripted server as one of MLLP. */
#ifndef WW_TESTS_MLLP_SERVER_H
#define WW_TESTS_MLLP_SERVER_H

#include "tests/unit/server.h"

static inline size_t
mllp_length(ww_str bytes)
{
	size_t end = ww_str_find(bytes, '\x1c');

	return end + 1 < bytes.n ? end + 2 : 0;
}

/* '$' stands for the MSH-10 of the message. */
static inline void
mllp_write(const char *reply, ww_str message, struct ww_buf *out)
{
	ww_str rest = message, id = message;

	for (int i = 0; i < 10; i++)
		id = ww_str_cut(rest, '|', &rest);
	for (const char *c = reply; *c != '\0'; c++) {
		if (*c == '$')
			ww_buf_str_add(out, id);
		else
			ww_buf_byte(out, *c);
	}
}

static inline void
mllp_open(struct server *s, const struct line *script, size_t n)
{
	s->script = script;
	s->script_n = n;
	s->length = mllp_length;
	s->write = mllp_write;
	server_open(s);
}

#endif
