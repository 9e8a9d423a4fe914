#include "main/load_mark.h"

#include "base/crypto.h"
#include "base/fs.h"
#include "main/site.h"

#include <wardwire/json.h>

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum { MARK_MAX = 4096, NAME_DIGITS = 32 };

/* The members of a mark's file and where they go. */
static const struct {
	const char *name;
	size_t at;
} fields[] = {
	{ "next", offsetof(struct ww_load_mark, next) },
	{ "number", offsetof(struct ww_load_mark, number) },
	{ "rejects", offsetof(struct ww_load_mark, rejects) },
	{ "lines", offsetof(struct ww_load_mark, counts.lines) },
	{ "created", offsetof(struct ww_load_mark, counts.created) },
	{ "changed", offsetof(struct ww_load_mark, counts.changed) },
	{ "same", offsetof(struct ww_load_mark, counts.same) },
	{ "refused", offsetof(struct ww_load_mark, counts.refused) },
};

static const char *
folder(struct ww_site *site, struct ww_ctx *cx)
{
	return ww_arena_printf(cx->arena, "%s/load", site->data).p;
}

const char *
ww_load_mark_path(
    struct ww_site *site, struct ww_ctx *cx, const char *file, ww_str feed, const char *kind)
{
	uint8_t digest[WW_SHA256];
	char hex[2 * WW_SHA256 + 1];
	struct stat st;
	ww_str name;

	if (stat(file, &st) != 0 || !S_ISREG(st.st_mode))
		return "";
	name = ww_arena_printf(cx->arena, "%.*s\n%s\n%llu\n%llu", WW_STR_FMT(feed), kind,
	    (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
	ww_sha256(name, digest);
	ww_hex(digest, sizeof(digest), hex);
	return ww_arena_printf(cx->arena, "%s/%.*s", folder(site, cx), NAME_DIGITS, hex).p;
}

/* What tells a file from what was under its number before: its size, and when it was written. */
struct identity {
	int64_t size, written_ms;
};

static ww_status
identify(struct ww_ctx *cx, const char *file, struct identity *out)
{
	struct stat st;

	if (stat(file, &st) != 0)
		return ww_fs_fail(cx, file, "look at it", errno);
	out->size = (int64_t)st.st_size;
	out->written_ms = (int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000;
	return WW_OK;
}

ww_status
ww_load_mark_read(struct ww_site *site, struct ww_ctx *cx, const char *path, const char *file,
    struct ww_load_mark *out, bool *found)
{
	struct ww_buf text = { 0 };
	struct identity id;
	struct ww_json *v;
	ww_status s;
	size_t i;

	*found = false;
	s = ww_fs_load(site->fs, cx, path, MARK_MAX, &text);
	if (s == WW_E_NOT_FOUND) {
		cx->fail = (struct ww_failure){ .status = WW_OK };
		return WW_OK;
	}
	if (s == WW_OK)
		s = ww_json_parse(cx, ww_arena_str(cx->arena, ww_buf_view(&text)), &v);
	if (s == WW_OK)
		s = identify(cx, file, &id);
	ww_buf_free(&text);
	if (s != WW_OK)
		return s;
	if (ww_json_int(ww_json_get(v, "size")) != id.size ||
	    ww_json_int(ww_json_get(v, "written_ms")) != id.written_ms)
		return WW_OK;
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		uint64_t n = (uint64_t)ww_json_int(ww_json_get(v, fields[i].name));

		memcpy((char *)out + fields[i].at, &n, sizeof(n));
	}
	*found = true;
	return WW_OK;
}

ww_status
ww_load_mark_write(struct ww_site *site, struct ww_ctx *cx, const char *path, const char *file,
    const struct ww_load_mark *m)
{
	struct ww_json *v = ww_json_object(cx);
	struct ww_buf text = { 0 };
	struct identity id;
	ww_status s = identify(cx, file, &id);
	size_t i;

	if (s != WW_OK)
		return s;
	ww_json_set_int(cx, v, "size", id.size);
	ww_json_set_int(cx, v, "written_ms", id.written_ms);
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		uint64_t n;

		memcpy(&n, (const char *)m + fields[i].at, sizeof(n));
		ww_json_set_int(cx, v, fields[i].name, (int64_t)n);
	}
	s = ww_json_write(cx, v, false, &text);
	if (s == WW_OK)
		s = ww_fs_mkdir(site->fs, cx, folder(site, cx));
	if (s == WW_OK)
		s = ww_fs_put(site->fs, cx, path, ww_buf_view(&text));
	ww_buf_free(&text);
	return s;
}

ww_status
ww_load_mark_remove(struct ww_site *site, struct ww_ctx *cx, const char *path)
{
	return ww_fs_remove(site->fs, cx, path);
}
