/* A path as the address of a unix socket. Private to link/. */
#ifndef WW_LINK_CONTROL_PATH_H
#define WW_LINK_CONTROL_PATH_H

#include <wardwire/status.h>

#include <sys/socket.h>
#include <sys/un.h>

struct ww_ctx;

/* An address holds about a hundred bytes and a data folder may have a longer name: then it goes by a descriptor of
 * the folder, which the caller closes after bind or connect (-1: there is none). */
WW_MUST ww_status ww_control_path(
    struct ww_ctx *cx, const char *path, struct sockaddr_un *out, int *folder);

#endif
