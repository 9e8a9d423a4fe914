/* A console: the HTTP listener by which people's programs read worklists and say what became of what stands there. It joins
 * link/http_in, rest/console_ask, access, the writer and the awaits. On the loop's thread. */
#ifndef WW_MAIN_CONSOLE_H
#define WW_MAIN_CONSOLE_H

#include "store/writer.h"

#include <wardwire/config.h>
#include <wardwire/ledger.h>
#include <wardwire/time.h>

struct ww_awaits;
struct ww_console;
struct ww_http_server_settings;
struct ww_json;
struct ww_loop;
struct ww_tls;

struct ww_console_settings {
	struct ww_loop *loop; /* none of these is owned */
	struct ww_writer *writer;
	struct ww_awaits *awaits;
	struct ww_ledger *view; /* a reader's handle that is used on the loop's thread alone */
	const struct ww_config *config;
	const char *folder; /* of the configuration's file */
	const struct ww_listener *listener;
	struct ww_clock clock;
};

/* Listens. net: room, networks and TLS of the server; the rest of it follows from the listener's configuration. *out is to be
 * freed in any case. */
WW_MUST ww_status ww_console_open(struct ww_ctx *cx, const struct ww_console_settings *s,
    const struct ww_http_server_settings *net, struct ww_console **out);
unsigned ww_console_port(const struct ww_console *c);
/* While paused orders are answered by 503 with Retry-After; lists go on. */
void ww_console_pause(struct ww_console *c, bool paused);
/* New handshakes take that from now on. */
void ww_console_renew(struct ww_console *c, struct ww_tls *tls);
/* Reads the keys of clients and issuer again; on failure they stay as they were. Not after close. */
WW_MUST ww_status ww_console_reload(struct ww_console *c, struct ww_ctx *cx);
/* Takes nothing any more and answers what it has; done(arg) when all is closed. Once. */
void ww_console_close(struct ww_console *c, unsigned grace_ms, void (*done)(void *arg), void *arg);
/* For `wardwire status`: adds to the listener's object what was counted. Not after close. */
void ww_console_report(const struct ww_console *c, struct ww_ctx *cx, struct ww_json *o);
/* Closed, and nothing of it is with the journal; NULL is allowed. */
void ww_console_free(struct ww_console *c);

#endif
