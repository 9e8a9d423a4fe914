/* How commands reach the running engine: a unix socket in the data folder, on which a connection brings one line and
 * takes one line. Only the owner of the folder can open it. */
#ifndef WW_LINK_CONTROL_H
#define WW_LINK_CONTROL_H

#include <wardwire/status.h>
#include <wardwire/str.h>

struct ww_buf;
struct ww_ctx;
struct ww_loop;
struct ww_control;      /* the engine's end */
struct ww_control_call; /* one line that waits for its answer */

struct ww_control_settings {
	const char *path; /* of any length; what is there is taken away */
	size_t max_line;  /* bytes of one line */
	unsigned max_connections;
	unsigned timeout; /* seconds for a line to come, and for its answer to be taken */
	/* Called on the loop's thread with each line, without its line feed. The callee answers it once, now or
	 * later, on the loop's thread. */
	void (*on_line)(void *arg, struct ww_control_call *c, ww_str line);
	void *arg;
};

/* Listens, with mode 0600. The settings are copied. */
WW_MUST ww_status ww_control_open(struct ww_loop *l, struct ww_ctx *cx,
    const struct ww_control_settings *s, struct ww_control **out);
/* Closes the socket and every connection and removes the file. Lines not answered yet may still be. NULL is
 * allowed. */
void ww_control_close(struct ww_control *c);
/* Sends the answer, which has no line feed; the call is gone. A caller that went away meanwhile is no error. */
void ww_control_answer(struct ww_control_call *c, ww_str answer);

/* A command's end: sends the line and appends the line that comes back, without its line feed. WW_E_CONNECT: nobody
 * listens there; WW_E_TIMEOUT; WW_E_CLOSED: the engine went away without an answer. */
WW_MUST ww_status ww_control_ask(
    struct ww_ctx *cx, const char *path, ww_str line, unsigned timeout_ms, struct ww_buf *answer);

#endif
