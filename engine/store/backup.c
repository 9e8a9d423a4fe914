/* The list of a backup: lines of text, the last of which is the digest of those before it. */
#include "store/backup.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include "base/crypto.h"
#include "base/hash.h"

#include <inttypes.h>
#include <string.h>

enum { LIST_MAX = 256 << 20 };

static const char *
below(struct ww_ctx *cx, const char *dir, const char *path)
{
	return ww_arena_printf(cx->arena, "%s/%s", dir, path).p;
}

/* -- making ------------------------------------------------------------------------------------------ */

/* A place for one more, in the arena. */
static struct ww_backup_file *
next_file(struct ww_ctx *cx, struct ww_backup *b)
{
	struct ww_backup_file *more;

	if (b->n < b->cap)
		return &b->files[b->n];
	more = ww_arena_array(cx->arena, 2 * b->cap + 64, sizeof(*more));
	if (more == NULL)
		return NULL;
	if (b->n > 0)
		memcpy(more, b->files, b->n * sizeof(*more));
	b->files = more;
	b->cap = 2 * b->cap + 64;
	return &b->files[b->n];
}

ww_status
ww_backup_note(struct ww_ctx *cx, const struct ww_fs *fs, const char *dir, struct ww_backup *b,
    const char *path)
{
	struct ww_backup_file *f = next_file(cx, b);
	ww_status s;

	if (f == NULL)
		return ww_fail_memory(cx);
	f->path = ww_arena_cstr(cx->arena, ww_str_from(path));
	s = ww_hash_file(fs, cx, below(cx, dir, path), UINT64_MAX, f->sha256, &f->bytes);
	b->n += s == WW_OK;
	return s;
}

ww_status
ww_backup_add(struct ww_ctx *cx, const struct ww_fs *fs, const char *dir, struct ww_backup *b,
    const char *from, const char *path, uint64_t n)
{
	ww_status s = ww_fs_copy(fs, cx, from, below(cx, dir, path), n);

	return s == WW_OK ? ww_backup_note(cx, fs, dir, b, path) : s;
}

static void
digest_of(ww_str text, char hex[65])
{
	uint8_t sum[WW_SHA256];

	ww_sha256(text, sum);
	ww_hex(sum, sizeof(sum), hex);
}

ww_status
ww_backup_end(struct ww_ctx *cx, const struct ww_fs *fs, const char *dir, const struct ww_backup *b)
{
	struct ww_buf text = { 0 };
	char hex[65];
	ww_status s;

	ww_buf_printf(&text,
	    "wardwire-backup 1\nbuild %s\nmade %" PRId64 "\nsnapshot %" PRIu64 "\nlast %" PRIu64
	    "\ntime %" PRId64 "\n",
	    b->build, b->made, b->snapshot, b->last, b->last_ms);
	for (size_t i = 0; i < b->n; i++)
		ww_buf_printf(&text, "file %s %" PRIu64 " %s\n", b->files[i].sha256,
		    b->files[i].bytes, b->files[i].path);
	digest_of(ww_buf_view(&text), hex);
	ww_buf_printf(&text, "end %s\n", hex);
	s = text.error != WW_OK
	        ? ww_fail_memory(cx)
	        : ww_fs_put(fs, cx, below(cx, dir, WW_BACKUP_LIST), ww_buf_view(&text));
	ww_buf_free(&text);
	return s;
}

/* -- reading ----------------------------------------------------------------------------------------- */

static ww_status
bad_list(struct ww_ctx *cx)
{
	return ww_fail(cx, WW_E_DAMAGED, WW_BACKUP_LIST, "the list of the backup is damaged");
}

/* "key value" of the next line. */
static bool
take(ww_str *rest, const char *key, ww_str *value)
{
	ww_str line = ww_str_cut(*rest, '\n', rest);

	return ww_str_is(ww_str_cut(line, ' ', value), key);
}

static bool
take_number(ww_str *rest, const char *key, uint64_t *out)
{
	ww_str value;

	return take(rest, key, &value) && ww_str_u64(value, INT64_MAX, out);
}

/* A path of the list must not lead out of the folder. */
static bool
is_inside(ww_str path)
{
	while (path.n > 0) {
		ww_str part = ww_str_cut(path, '/', &path);

		if (part.n == 0 || ww_str_is(part, "..") || ww_str_is(part, "."))
			return false;
	}
	return true;
}

static ww_status
take_file(struct ww_ctx *cx, ww_str line, struct ww_backup *b)
{
	struct ww_backup_file *f = next_file(cx, b);
	ww_str sum, bytes, path;

	if (f == NULL)
		return ww_fail_memory(cx);
	sum = ww_str_cut(line, ' ', &line);
	bytes = ww_str_cut(line, ' ', &path);
	if (!ww_hash_fits(sum) || !ww_str_u64(bytes, UINT64_MAX, &f->bytes) || path.n == 0 ||
	    !is_inside(path))
		return bad_list(cx);
	memcpy(f->sha256, sum.p, sum.n);
	f->sha256[sum.n] = '\0';
	f->path = ww_arena_cstr(cx->arena, path);
	b->n++;
	return WW_OK;
}

/* The lines before the last, which is the digest of them. */
static bool
split_end(ww_str text, ww_str *lines)
{
	static const size_t end = 4 + 64 + 1; /* "end ", digest, line feed */
	char hex[65];

	if (text.n < end)
		return false;
	*lines = ww_str_sub(text, 0, text.n - end);
	digest_of(*lines, hex);
	return ww_str_starts(ww_str_sub(text, text.n - end, text.n), WW_STR("end ")) &&
	       ww_str_is(ww_str_sub(text, text.n - 65, 64), hex);
}

static ww_status
read_list(struct ww_ctx *cx, ww_str text, struct ww_backup *b)
{
	ww_str lines, version, build, file;
	uint64_t made, last_ms;
	ww_status s = WW_OK;

	if (!split_end(text, &lines) || !take(&lines, "wardwire-backup", &version))
		return bad_list(cx);
	if (!ww_str_is(version, "1"))
		return ww_fail(cx, WW_E_VERSION, WW_BACKUP_LIST, "written by a later release");
	if (!take(&lines, "build", &build) || !take_number(&lines, "made", &made) ||
	    !take_number(&lines, "snapshot", &b->snapshot) ||
	    !take_number(&lines, "last", &b->last) || !take_number(&lines, "time", &last_ms))
		return bad_list(cx);
	b->build = ww_arena_cstr(cx->arena, build);
	b->made = (int64_t)made;
	b->last_ms = (int64_t)last_ms;
	while (s == WW_OK && lines.n > 0)
		s = take(&lines, "file", &file) ? take_file(cx, file, b) : bad_list(cx);
	return s;
}

ww_status
ww_backup_open(struct ww_ctx *cx, const struct ww_fs *fs, const char *dir, struct ww_backup *out)
{
	struct ww_buf text = { 0 };
	ww_status s = ww_fs_load(fs, cx, below(cx, dir, WW_BACKUP_LIST), LIST_MAX, &text);

	*out = (struct ww_backup){ .build = "" };
	if (s == WW_OK)
		s = read_list(cx, ww_buf_view(&text), out);
	ww_buf_free(&text);
	return s;
}

ww_status
ww_backup_verify(
    struct ww_ctx *cx, const struct ww_fs *fs, const char *dir, const struct ww_backup *b)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct ww_backup_file *f = &b->files[i];
		char hex[65];
		uint64_t bytes;
		ww_status s =
		    ww_hash_file(fs, cx, below(cx, dir, f->path), UINT64_MAX, hex, &bytes);

		if (s != WW_OK)
			return s;
		if (bytes != f->bytes || strcmp(hex, f->sha256) != 0)
			return ww_fail(cx, WW_E_DAMAGED, f->path,
			    "the file is not the one that was backed up");
	}
	return WW_OK;
}
