/* The file of accepted writes: locking, reading back, cutting off a torn end, appending. */
#include "kit/practice_keep.h"

#include "base/fs.h"
#include "kit/practice_check.h"
#include "kit/practice_store.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/json.h>
#include <wardwire/log.h>
#include <wardwire/time.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct ww_practice_keep {
	int fd;
	off_t size; /* end of the last whole line */
};

/* The fields of a line as a version, its texts in cx->arena. False when they do not fit together. */
static bool
read_fields(const struct ww_json *line, struct ww_practice_kept *out)
{
	const struct ww_json *resource = ww_json_get(line, "resource");
	int64_t version = ww_json_int(ww_json_get(line, "version"));
	ww_time t;

	*out = (struct ww_practice_kept){
		.type = ww_practice_check_type(ww_json_str(ww_json_get(line, "type"))),
		.id = ww_json_str(ww_json_get(line, "id")),
		.version = version > 0 ? (uint64_t)version : 0,
		.status = ww_str_empty(),
	};
	if (!ww_time_fhir(ww_json_str(ww_json_get(line, "time")), ww_zone_utc(), &t))
		return false;
	out->updated = t.ms;
	return out->type != NULL && out->version > 0 && out->id.n > 0 &&
	       ww_json_kind(resource) == WW_JSON_OBJECT &&
	       ww_str_eq(ww_json_str(ww_json_get(resource, "id")), out->id);
}

/* Puts the write of one line into the store. cx is cleared for each line by the caller. */
static ww_status
read_line(struct ww_ctx *cx, ww_str text, struct ww_practice_store *st)
{
	struct ww_practice_kept head, *made;
	struct ww_buf b = { 0 };
	struct ww_json *line;
	ww_status s;

	s = ww_json_parse(cx, text, &line);
	if (s != WW_OK)
		return s;
	if (!read_fields(line, &head))
		return ww_fail(cx, WW_E_DAMAGED, NULL, "not a line of accepted writes");
	s = ww_json_write(cx, ww_json_get(line, "resource"), false, &b);
	if (s != WW_OK)
		goto free_text;
	head.text = ww_buf_view(&b);
	s = ww_practice_store_make(cx, &head, ww_json_get(line, "resource"), &made);
	if (s != WW_OK)
		goto free_text;
	s = ww_practice_store_reserve(st, cx, &made, 1);
	if (s == WW_OK)
		ww_practice_store_put(st, made);
	else
		ww_practice_store_drop(made);
free_text:
	ww_buf_free(&b);
	return s;
}

/* Puts every whole line into the store; *whole is where the last of them ends. */
static ww_status
read_lines(struct ww_ctx *cx, ww_str text, struct ww_practice_store *st, size_t *whole)
{
	struct ww_ctx line = { .arena = ww_arena_new(0) };
	ww_status s = WW_OK;
	size_t number = 0;

	if (line.arena == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "no memory to read a file");
	*whole = 0;
	while (s == WW_OK && *whole < text.n) {
		ww_str rest = ww_str_sub(text, *whole, text.n);
		size_t n = ww_str_find(rest, '\n');

		if (n == rest.n)
			break; /* torn: the process ended while it wrote */
		number++;
		ww_ctx_clear(&line);
		s = read_line(&line, ww_str_sub(rest, 0, n), st);
		*whole += n + 1;
	}
	if (s != WW_OK) {
		char place[32];

		if (ww_status_class(s) == WW_PERMANENT)
			s = WW_E_DAMAGED;
		(void)snprintf(place, sizeof(place), "line %zu", number);
		s = ww_fail(cx, s, place, "%s", line.fail.reason);
	}
	ww_arena_free(line.arena);
	return s;
}

/* Opens and locks: two processes that append would give the same ids and mix their lines. */
static ww_status
open_locked(struct ww_ctx *cx, const char *path, int *fd)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	ww_status s;

	*fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (*fd < 0)
		return ww_fail(cx, ww_fs_status(errno), NULL, "cannot open the file to keep: %s",
		    strerror(errno));
	if (fcntl(*fd, F_SETLK, &lock) == 0)
		return WW_OK;
	s = ww_fail(cx, WW_E_BUSY, NULL, "another process keeps its writes in that file");
	close(*fd);
	return s;
}

/* Not ww_fs_get: closing any descriptor of a file gives up the process's locks on it. */
static ww_status
read_all(struct ww_ctx *cx, int fd, struct ww_buf *out)
{
	char piece[16384];
	ssize_t n;

	while ((n = read(fd, piece, sizeof(piece))) != 0) {
		if (n > 0)
			ww_buf_add(out, piece, (size_t)n);
		else if (errno != EINTR)
			return ww_fail(cx, ww_fs_status(errno), NULL,
			    "cannot read the file to keep: %s", strerror(errno));
	}
	return out->error == WW_OK ? WW_OK : ww_fail(cx, (ww_status)out->error, NULL, "no memory");
}

static ww_status
cut_torn(struct ww_ctx *cx, const struct ww_practice_keep *k, size_t had)
{
	if ((size_t)k->size == had)
		return WW_OK;
	ww_log(WW_LOG_WARN, "keep=torn bytes=%zu", had - (size_t)k->size);
	if (ftruncate(k->fd, k->size) == 0)
		return WW_OK;
	return ww_fail(
	    cx, ww_fs_status(errno), NULL, "cannot cut off a torn line: %s", strerror(errno));
}

ww_status
ww_practice_keep_open(struct ww_ctx *cx, const char *path, struct ww_practice_store *st,
    struct ww_practice_keep **out)
{
	struct ww_practice_keep *k = calloc(1, sizeof(*k));
	struct ww_buf text = { 0 };
	size_t whole = 0;
	ww_status s;

	if (k == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "no memory for a file");
	s = open_locked(cx, path, &k->fd);
	if (s != WW_OK)
		goto free_keep;
	s = read_all(cx, k->fd, &text);
	if (s == WW_OK)
		s = read_lines(cx, ww_buf_view(&text), st, &whole);
	if (s != WW_OK)
		goto close_file;
	k->size = (off_t)whole;
	s = cut_torn(cx, k, ww_buf_view(&text).n);
	if (s != WW_OK)
		goto close_file;
	ww_buf_free(&text);
	*out = k;
	return WW_OK;
close_file:
	ww_buf_free(&text);
	close(k->fd);
free_keep: /* reached when the open itself failed */
	free(k);
	return s;
}

void
ww_practice_keep_close(struct ww_practice_keep *k)
{
	if (k == NULL)
		return;
	close(k->fd);
	free(k);
}

void
ww_practice_keep_line(const struct ww_practice_kept *made, struct ww_buf *out)
{
	ww_buf_cstr(out, "{\"time\":\"");
	ww_time_write_fhir(ww_time_at(made->updated, NULL), out);
	/* Type and id are ours and the resource is compact JSON: nothing to escape, no line end inside. */
	ww_buf_printf(out,
	    "\",\"method\":\"%s\",\"type\":\"%s\",\"id\":\"%.*s\",\"version\":%" PRIu64
	    ",\"resource\":",
	    made->version == 1 ? "POST" : "PUT", made->type->name, WW_STR_FMT(made->id),
	    made->version);
	ww_buf_str_add(out, made->text);
	ww_buf_cstr(out, "}\n");
}

ww_status
ww_practice_keep_append(struct ww_practice_keep *k, struct ww_ctx *cx, ww_str lines)
{
	size_t done = 0;

	while (done < lines.n) {
		ssize_t n = write(k->fd, lines.p + done, lines.n - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			ww_status s = ww_fail(cx, ww_fs_status(errno), NULL,
			    "cannot write the file to keep: %s", strerror(errno));

			if (ftruncate(k->fd, k->size) != 0)
				ww_log(WW_LOG_ERROR, "keep=torn errno=%d", errno);
			return s;
		}
		done += (size_t)n;
	}
	k->size += (off_t)lines.n;
	return WW_OK;
}
