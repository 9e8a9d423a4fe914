/* Content-addressed files: a text is kept under its SHA-256 and never changes. */
#include "store/store.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include "base/crypto.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { HEX = 64 };

static ww_status
path_of(struct ww_ctx *cx, const char *dir, ww_str hex, char out[PATH_MAX])
{
	int n = snprintf(out, PATH_MAX, "%s/%.*s", dir, WW_STR_FMT(hex));

	if (n < 0 || n >= PATH_MAX)
		return ww_fail(cx, WW_E_IO, "blob", "the name of the folder is too long");
	return WW_OK;
}

static void
digest(ww_str text, char hex[HEX + 1])
{
	uint8_t sum[WW_SHA256];

	ww_sha256(text, sum);
	ww_hex(sum, sizeof(sum), hex);
}

/* Whether the file holds exactly this text. One that cannot be read is written again. */
static bool
is_there(const struct ww_fs *fs, struct ww_ctx *cx, const char *path, ww_str text)
{
	/* A failure in here is no failure of the work. */
	struct ww_ctx aside = { .arena = cx->arena, .now = cx->now };
	struct ww_buf b = { .p = NULL };
	struct ww_fs_stat st;
	bool same = fs->stat(fs->self, path, &st) == 0 && !st.is_dir && st.size == text.n &&
	            ww_fs_load(fs, &aside, path, 0, &b) == WW_OK &&
	            ww_str_eq(ww_buf_view(&b), text);

	ww_buf_free(&b);
	return same;
}

ww_status
ww_blob_put(
    struct ww_ctx *cx, const struct ww_fs *fs, const char *dir, ww_str text, char hex[HEX + 1])
{
	char path[PATH_MAX];
	ww_status s;
	int err;

	digest(text, hex);
	s = path_of(cx, dir, ww_str_of(hex, HEX), path);
	if (s == WW_OK)
		s = ww_fs_mkdir(fs, cx, dir);
	if (s != WW_OK)
		return s;
	if (!is_there(fs, cx, path, text))
		return ww_fs_put(fs, cx, path, text);
	/* The name of what an earlier attempt left may not be durable yet; the content is, since it has its
	 * name only after a sync. */
	err = fs->sync_dir(fs->self, dir);
	return err == 0 ? WW_OK : ww_fs_fail(cx, "blob", "sync the folder", err);
}

/* A digest from a record or a command line must not become a path to somewhere else. */
static bool
is_digest(ww_str hex)
{
	size_t i;

	for (i = 0; i < hex.n; i++)
		if (hex.p[i] == '\0' || strchr("0123456789abcdef", hex.p[i]) == NULL)
			return false;
	return hex.n == HEX;
}

ww_status
ww_blob_get(
    struct ww_ctx *cx, const struct ww_fs *fs, const char *dir, ww_str hex, struct ww_buf *out)
{
	struct ww_buf b = { .p = NULL };
	char path[PATH_MAX], found[HEX + 1];
	ww_status s;

	if (!is_digest(hex))
		return ww_fail(cx, WW_E_NOT_FOUND, "blob", "the name is not a SHA-256 in hex");
	s = path_of(cx, dir, hex, path);
	if (s == WW_OK)
		s = ww_fs_load(fs, cx, path, 0, &b);
	if (s != WW_OK)
		goto free_b;
	digest(ww_buf_view(&b), found);
	if (!ww_str_is(hex, found)) {
		s = ww_fail(
		    cx, WW_E_DAMAGED, "blob", "%.*s does not fit its digest", WW_STR_FMT(hex));
		goto free_b;
	}
	ww_buf_str_add(out, ww_buf_view(&b));
	if (out->error != WW_OK)
		s = ww_fail(cx, (ww_status)out->error, "blob", "%zu bytes", ww_buf_view(&b).n);
free_b:
	ww_buf_free(&b);
	return s;
}
