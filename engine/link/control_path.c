/* A path as the address of a unix socket. */
#include "link/control_path.h"

#include <wardwire/ctx.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

static int
open_folder(struct ww_ctx *cx, const char *path, const char *slash)
{
	const char *name = slash == path ? "/"
	                   : slash != NULL
	                       ? ww_arena_cstr(cx->arena, ww_str_of(path, (size_t)(slash - path)))
	                       : ".";

	return open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

ww_status
ww_control_path(struct ww_ctx *cx, const char *path, struct sockaddr_un *out, int *folder)
{
	const char *slash = strrchr(path, '/');
	int n;

	memset(out, 0, sizeof(*out));
	out->sun_family = AF_UNIX;
	*folder = -1;
	n = snprintf(out->sun_path, sizeof(out->sun_path), "%s", path);
	if (n >= 0 && (size_t)n < sizeof(out->sun_path))
		return WW_OK;
	*folder = open_folder(cx, path, slash);
	if (*folder < 0)
		return ww_fail(cx, errno == ENOENT ? WW_E_CONNECT : WW_E_IO, NULL,
		    "cannot open the folder of the control socket: %s", strerror(errno));
	n = snprintf(out->sun_path, sizeof(out->sun_path), "/proc/self/fd/%d/%s", *folder,
	    slash != NULL ? slash + 1 : path);
	if (n >= 0 && (size_t)n < sizeof(out->sun_path))
		return WW_OK;
	return ww_fail(cx, WW_E_LIMIT, NULL, "the name of the control socket is too long");
}
