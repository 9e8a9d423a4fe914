/* What the servers of the kit share: where they listen, and telling a script the port. */
#ifndef WW_KIT_LISTENING_H
#define WW_KIT_LISTENING_H

#include <wardwire/status.h>

#include <stdbool.h>

struct ww_address;
struct ww_ctx;

/* Takes "HOST:PORT" apart; localhost is 127.0.0.1. A server of the kit has no access control and invents failures,
 * so only this machine may reach it unless anyone is true. False when it is refused, which was said on
 * standard error in the name of command. */
bool ww_listening_address(
    const char *command, const char *text, bool anyone, struct ww_address *where);
/* The port a listening socket has; 0 when it has none. */
unsigned ww_listening_port(int fd);
/* Writes the port into the file; path NULL writes nothing. To be done last: who waits for the file finds a server
 * that answers. */
WW_MUST ww_status ww_listening_port_file(struct ww_ctx *cx, const char *path, unsigned port);

#endif
