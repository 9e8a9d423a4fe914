#include "main/load_rejects.h"

#include "base/fs.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/json.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct ww_load_rejects {
	char *path;
	int fd; /* -1: not made yet */
	uint64_t bytes;
	bool dirty;
};

/* Cuts off what was not said to belong to it; a file of old rejects that nothing belongs to is begun anew. */
static ww_status
cut(struct ww_load_rejects *r, struct ww_ctx *cx)
{
	struct stat st;

	if (stat(r->path, &st) != 0)
		return errno == ENOENT ? WW_OK : ww_fs_fail(cx, r->path, "look at it", errno);
	if ((uint64_t)st.st_size < r->bytes)
		r->bytes = (uint64_t)st.st_size; /* somebody took lines out */
	if (r->bytes == 0)
		return unlink(r->path) == 0 ? WW_OK : ww_fs_fail(cx, r->path, "remove it", errno);
	if (truncate(r->path, (off_t)r->bytes) != 0)
		return ww_fs_fail(cx, r->path, "write it", errno);
	return WW_OK;
}

ww_status
ww_load_rejects_open(
    struct ww_ctx *cx, const char *path, uint64_t keep, struct ww_load_rejects **out)
{
	struct ww_load_rejects *r = calloc(1, sizeof(*r));
	ww_status s = WW_OK;

	if (r != NULL)
		*r = (struct ww_load_rejects){ .path = strdup(path), .fd = -1, .bytes = keep };
	if (r == NULL || r->path == NULL)
		s = ww_fail(cx, WW_E_MEMORY, NULL, "no memory for rejects");
	if (s == WW_OK)
		s = cut(r, cx);
	if (s != WW_OK) {
		ww_load_rejects_close(r);
		return s;
	}
	*out = r;
	return WW_OK;
}

void
ww_load_rejects_close(struct ww_load_rejects *r)
{
	if (r == NULL)
		return;
	if (r->fd >= 0)
		close(r->fd);
	free(r->path);
	free(r);
}

static ww_status
append(struct ww_load_rejects *r, struct ww_ctx *cx, ww_str text)
{
	if (r->fd < 0)
		r->fd = open(r->path, O_WRONLY | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
	if (r->fd < 0)
		return ww_fs_fail(cx, r->path, "open it", errno);
	while (text.n > 0) {
		ssize_t n = pwrite(r->fd, text.p, text.n, (off_t)r->bytes);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return ww_fs_fail(cx, r->path, "write it", n < 0 ? errno : EIO);
		r->bytes += (size_t)n;
		text = ww_str_sub(text, (size_t)n, text.n);
	}
	r->dirty = true;
	return WW_OK;
}

ww_status
ww_load_rejects_add(struct ww_load_rejects *r, struct ww_ctx *cx, uint64_t number, ww_str code,
    ww_str place, ww_str reason, ww_str text)
{
	struct ww_json *o = ww_json_object(cx);
	struct ww_buf b = { 0 };
	ww_status s;

	ww_json_set_int(cx, o, "line", (int64_t)number);
	ww_json_set_str(cx, o, "code", code);
	ww_json_set_str(cx, o, "place", place);
	ww_json_set_str(cx, o, "reason", reason);
	ww_json_set_str(cx, o, "text", text);
	s = ww_json_write(cx, o, false, &b);
	ww_buf_byte(&b, '\n');
	if (s == WW_OK)
		s = append(r, cx, ww_buf_view(&b));
	ww_buf_free(&b);
	return s;
}

ww_status
ww_load_rejects_sync(struct ww_load_rejects *r, struct ww_ctx *cx, uint64_t *bytes)
{
	if (r->dirty && fdatasync(r->fd) != 0)
		return ww_fs_fail(cx, r->path, "write it", errno);
	r->dirty = false;
	*bytes = r->bytes;
	return WW_OK;
}
