#include "main/load_source.h"

#include "base/fs.h"
#include "codec/gzip.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 256 << 10 };

struct ww_load_source {
	int fd;
	const char *place; /* for failures */
	uint64_t size, consumed;
	size_t longest;
	bool quoted;
	struct ww_gunzip *gunzip; /* NULL: plain */
	bool ended;               /* nothing more comes of the file */
	char *chunk;              /* read, and not unpacked yet */
	ww_str packed;
	struct ww_buf text; /* unpacked, and not given out yet */
	size_t given;       /* bytes of text that were given out */
	uint64_t next;      /* byte at which the text that was not given out begins */
	uint64_t number;    /* of the line that begins there */
};

/* -- bytes -------------------------------------------------------------------------------------------- */

static ww_status
read_chunk(struct ww_load_source *s, struct ww_ctx *cx)
{
	ssize_t n;

	do
		n = read(s->fd, s->chunk, CHUNK);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return ww_fs_fail(cx, s->place, "read it", errno);
	s->packed = ww_str_of(s->chunk, (size_t)n);
	s->consumed += (size_t)n;
	s->ended = n == 0;
	return WW_OK;
}

/* Appends some of what comes next to text; nothing at the end. */
static ww_status
fill(struct ww_load_source *s, struct ww_ctx *cx)
{
	size_t before;
	ww_status st = WW_OK;

	ww_buf_consume(&s->text, s->given);
	s->given = 0;
	before = ww_buf_view(&s->text).n;
	while (st == WW_OK && ww_buf_view(&s->text).n == before && !s->ended) {
		if (s->packed.n == 0)
			st = read_chunk(s, cx);
		if (st == WW_OK && s->gunzip == NULL) {
			ww_buf_str_add(&s->text, s->packed);
			s->packed = ww_str_empty();
		} else if (st == WW_OK && s->ended) {
			st = ww_gunzip_end(s->gunzip, cx);
		} else if (st == WW_OK) {
			st = ww_gunzip_feed(s->gunzip, cx, &s->packed, CHUNK, &s->text);
		}
	}
	if (st == WW_OK && s->text.error != WW_OK)
		st = ww_fail(cx, WW_E_MEMORY, s->place, "no memory for a line");
	return st;
}

static ww_str
ahead(const struct ww_load_source *s)
{
	ww_str all = ww_buf_view(&s->text);

	return ww_str_sub(all, s->given, all.n);
}

static void
take(struct ww_load_source *s, size_t n)
{
	s->given += n;
	s->next += n;
}

/* -- open and close ----------------------------------------------------------------------------------- */

static ww_status
open_file(struct ww_ctx *cx, const char *path, struct ww_load_source *s)
{
	struct stat st;

	s->fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	if (s->fd < 0 && errno == ENOENT)
		return ww_fail(cx, WW_E_NOT_FOUND, s->place, "there is no such file");
	if (s->fd < 0 || fstat(s->fd, &st) != 0)
		return ww_fs_fail(cx, s->place, "open it", errno);
	if (S_ISDIR(st.st_mode))
		return ww_fail(cx, WW_E_IO, s->place, "it is a folder");
	s->size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
	return WW_OK;
}

/* By its first bytes. */
static ww_status
look_at(struct ww_load_source *s, struct ww_ctx *cx)
{
	ww_status st = read_chunk(s, cx);

	if (st == WW_OK && ww_str_starts(s->packed, WW_STR("\x1f\x8b"))) {
		s->gunzip = ww_gunzip_new();
		if (s->gunzip == NULL)
			return ww_fail(cx, WW_E_MEMORY, s->place, "no memory for gzip");
	}
	return st;
}

ww_status
ww_load_source_open(
    struct ww_ctx *cx, const char *path, size_t longest, bool quoted, struct ww_load_source **out)
{
	struct ww_load_source *s = calloc(1, sizeof(*s));
	ww_status st;

	if (s == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "no memory to read a file");
	*s = (struct ww_load_source){ .fd = -1,
		.place = path,
		.longest = longest,
		.quoted = quoted,
		.chunk = malloc(CHUNK),
		.number = 1 };
	st = s->chunk != NULL ? open_file(cx, path, s)
	                      : ww_fail(cx, WW_E_MEMORY, NULL, "no memory to read a file");
	if (st == WW_OK)
		st = look_at(s, cx);
	if (st != WW_OK) {
		ww_load_source_close(s);
		return st;
	}
	*out = s;
	return WW_OK;
}

void
ww_load_source_close(struct ww_load_source *s)
{
	if (s == NULL)
		return;
	if (s->fd >= 0)
		close(s->fd);
	ww_gunzip_free(s->gunzip);
	ww_buf_free(&s->text);
	free(s->chunk);
	free(s);
}

uint64_t
ww_load_source_size(const struct ww_load_source *s)
{
	return s->size;
}

/* -- lines -------------------------------------------------------------------------------------------- */

ww_status
ww_load_source_skip(struct ww_load_source *s, struct ww_ctx *cx, uint64_t next, uint64_t number)
{
	while (s->next < next) {
		size_t n = ahead(s).n;
		ww_status st;

		if (n > 0) {
			take(s, next - s->next < n ? (size_t)(next - s->next) : n);
			continue;
		}
		st = fill(s, cx);
		if (st != WW_OK)
			return st;
		if (ahead(s).n == 0)
			return ww_fail(cx, WW_E_CONFLICT, s->place,
			    "it is shorter than what was loaded of it");
	}
	s->number = number;
	return WW_OK;
}

/* Where a line ends: looks at bytes once, however many reads they come in. */
struct end {
	size_t at; /* bytes looked at */
	bool open; /* within quotes */
	uint64_t feeds;
	bool found; /* at is behind its line feed */
};

static void
look_for_end(ww_str text, bool quoted, struct end *e)
{
	while (e->at < text.n && !e->found) {
		char c = text.p[e->at++];

		if (quoted && c == '"')
			e->open = !e->open;
		if (c != '\n')
			continue;
		e->feeds++;
		e->found = !e->open;
	}
}

/* Passes over the rest of a line that is too long. */
static ww_status
pass_over(struct ww_load_source *s, struct ww_ctx *cx, struct end *e)
{
	ww_status st = WW_OK;

	while (st == WW_OK && !e->found) {
		size_t before;

		take(s, e->at);
		e->at = 0;
		before = ahead(s).n;
		st = fill(s, cx);
		if (st == WW_OK && ahead(s).n == before)
			break;
		look_for_end(ahead(s), s->quoted, e);
	}
	take(s, e->at);
	return st;
}

static ww_str
without_end(ww_str line, bool first)
{
	if (line.n > 0 && line.p[line.n - 1] == '\n')
		line.n--;
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	if (first && ww_str_starts(line, WW_STR("\xef\xbb\xbf")))
		line = ww_str_sub(line, 3, line.n);
	return line;
}

ww_status
ww_load_source_read(
    struct ww_load_source *s, struct ww_ctx *cx, struct ww_load_line *out, bool *more)
{
	struct end e = { .at = 0 };
	bool first = s->next == 0;
	ww_status st = WW_OK;

	*more = false;
	*out =
	    (struct ww_load_line){ .text = ww_str_empty(), .number = s->number, .begin = s->next };
	for (;;) {
		size_t before = ahead(s).n;

		look_for_end(ahead(s), s->quoted, &e);
		if (e.found || e.at > s->longest)
			break;
		st = fill(s, cx);
		if (st != WW_OK)
			return st;
		if (ahead(s).n == before)
			break; /* the end; what is there is a line without one */
	}
	if (e.at == 0)
		return WW_OK;
	*more = true;
	out->too_long = e.at > s->longest + 2;
	if (out->too_long) {
		st = pass_over(s, cx, &e);
	} else {
		out->text = without_end(ww_str_sub(ahead(s), 0, e.at), first);
		take(s, e.at);
	}
	s->number += e.feeds > 0 ? e.feeds : 1;
	out->next = s->next;
	out->next_number = s->number;
	out->consumed = s->consumed - s->packed.n;
	return st;
}
