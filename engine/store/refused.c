/* The ring of refused input: one file of fixed size in which new entries overwrite the oldest. The layout
 * is in docs/interfaces.md.
 *
 * Entries lie one behind the other. One that does not fit before the end of the file goes to the beginning,
 * and the rest of the file is zeroed, so that what is left is always the newest entries in a row. Nothing
 * else says where the ring begins: the entries have numbers. What refused input contains cannot pass for an
 * entry, since entries begin with half of a random salt and their checksum starts from all of it. */
#include "store/store.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include "base/crypto.h"
#include "store/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC "wwrefus\n"
#define TEXT_MAX ((size_t)256) /* of feed and peer */
#define CAP_MIN ((size_t)16 << 10)

enum { VERSION = 1, HEADER = 32, ENTRY = 48, TEXTS = 5 };

enum header_at {
	HEADER_AT_MAGIC = 0,
	HEADER_AT_VERSION = 8,
	HEADER_AT_CAP = 12,
	HEADER_AT_SALT = 20,
	HEADER_AT_CRC = 28,
};
_Static_assert(sizeof(MAGIC) - 1 == HEADER_AT_VERSION, "magic fills its field");
_Static_assert(HEADER_AT_SALT == HEADER_AT_VERSION + 4 + 8, "version and capacity");
_Static_assert(HEADER == HEADER_AT_CRC + 4, "the checksum is last");
_Static_assert(HEADER % 8 == 0, "entries are aligned");

enum entry_at {
	ENTRY_AT_MARK = 0,
	ENTRY_AT_LENGTH = 4, /* of the texts and the raw bytes behind the header */
	ENTRY_AT_NUMBER = 8,
	ENTRY_AT_TIME = 16,
	ENTRY_AT_SIZE = 24,
	ENTRY_AT_TEXTS = 32, /* lengths of code, place, feed, peer, reason; two zero bytes */
	ENTRY_AT_CRC = 44,
};
_Static_assert(ENTRY_AT_TEXTS == ENTRY_AT_NUMBER + 3 * 8, "three numbers of eight bytes");
_Static_assert(ENTRY_AT_CRC == ENTRY_AT_TEXTS + 2 * TEXTS + 2, "lengths and zeros");
_Static_assert(ENTRY == ENTRY_AT_CRC + 4, "the checksum is last");
_Static_assert(ENTRY % 8 == 0, "entries are aligned");

struct ring {
	uint64_t cap, salt;
	uint32_t mark, seed;
};

struct ww_refused {
	const struct ww_fs *fs;
	pthread_mutex_t mutex; /* several listeners may refuse at the same time */
	int fd;
	struct ring ring;
	uint64_t next; /* number of the next entry */
	uint64_t at;   /* where it goes */
	struct ww_buf buf;
};

static ww_status
fail(struct ww_ctx *cx, const char *what, int err)
{
	return ww_fs_fail(cx, "refused.ring", what, err);
}

/* -- header ----------------------------------------------------------------------------------------- */

static struct ring
ring_of(uint64_t cap, uint64_t salt)
{
	struct ring g = { .cap = cap, .salt = salt, .mark = (uint32_t)salt };
	uint8_t b[8];

	ww_bytes_put(b, 8, salt);
	g.seed = ww_crc32c(0, b, 8);
	return g;
}

static struct ring
new_ring(uint64_t cap)
{
	uint8_t b[8];

	do
		ww_random(b, 8);
	while (ww_bytes_get(b, 4) == 0); /* zeros are free space */
	return ring_of(cap, ww_bytes_get(b, 8));
}

static void
write_header(const struct ring *g, uint8_t p[HEADER])
{
	memcpy(p, MAGIC, sizeof(MAGIC) - 1);
	ww_bytes_put(p + HEADER_AT_VERSION, 4, VERSION);
	ww_bytes_put(p + HEADER_AT_CAP, 8, g->cap);
	ww_bytes_put(p + HEADER_AT_SALT, 8, g->salt);
	ww_bytes_put(p + HEADER_AT_CRC, 4, ww_crc32c(0, p, HEADER_AT_CRC));
}

static bool
read_header(ww_str file, struct ring *out)
{
	const uint8_t *p = (const uint8_t *)file.p;

	if (file.n < HEADER || memcmp(p, MAGIC, sizeof(MAGIC) - 1) != 0 ||
	    ww_bytes_get(p + HEADER_AT_CRC, 4) != ww_crc32c(0, p, HEADER_AT_CRC) ||
	    ww_bytes_get(p + HEADER_AT_VERSION, 4) != VERSION)
		return false;
	*out = ring_of(ww_bytes_get(p + HEADER_AT_CAP, 8), ww_bytes_get(p + HEADER_AT_SALT, 8));
	return true;
}

/* -- entries ---------------------------------------------------------------------------------------- */

static void
write_entry(const struct ring *g, const struct ww_refused_entry *e, struct ww_buf *out)
{
	static const uint8_t zeros[8] = { 0 };
	const ww_str texts[TEXTS] = { e->code, e->place, e->feed, e->peer, e->reason };
	uint8_t p[ENTRY] = { 0 };
	size_t i, n = e->raw.n;
	uint32_t crc;

	for (i = 0; i < TEXTS; i++) {
		ww_bytes_put(p + ENTRY_AT_TEXTS + 2 * i, 2, texts[i].n);
		n += texts[i].n;
	}
	ww_bytes_put(p + ENTRY_AT_MARK, 4, g->mark);
	ww_bytes_put(p + ENTRY_AT_LENGTH, 4, n);
	ww_bytes_put(p + ENTRY_AT_NUMBER, 8, e->number);
	ww_bytes_put(p + ENTRY_AT_TIME, 8, (uint64_t)e->time);
	ww_bytes_put(p + ENTRY_AT_SIZE, 8, e->size);
	crc = ww_crc32c(g->seed, p, ENTRY_AT_CRC);
	for (i = 0; i < TEXTS; i++)
		crc = ww_crc32c(crc, texts[i].p, texts[i].n);
	ww_bytes_put(p + ENTRY_AT_CRC, 4, ww_crc32c(crc, e->raw.p, e->raw.n));
	ww_buf_add(out, p, sizeof(p));
	for (i = 0; i < TEXTS; i++)
		ww_buf_str_add(out, texts[i]);
	ww_buf_str_add(out, e->raw);
	ww_buf_add(out, zeros, (size_t)(ww_bytes_align(n) - n));
}

/* Reads the entry at the beginning of file, whose texts point into it; *size is what it takes up. */
static bool
read_entry(const struct ring *g, ww_str file, struct ww_refused_entry *out, size_t *size)
{
	const uint8_t *p = (const uint8_t *)file.p;
	ww_str *const texts[TEXTS] = { &out->code, &out->place, &out->feed, &out->peer,
		&out->reason };
	size_t i, n, length;
	ww_str rest;

	if (file.n < ENTRY || ww_bytes_get(p + ENTRY_AT_MARK, 4) != g->mark)
		return false;
	length = (size_t)ww_bytes_get(p + ENTRY_AT_LENGTH, 4);
	if (length > file.n - ENTRY ||
	    ww_bytes_get(p + ENTRY_AT_CRC, 4) !=
	        ww_crc32c(ww_crc32c(g->seed, p, ENTRY_AT_CRC), p + ENTRY, length))
		return false;
	rest = ww_str_of(p + ENTRY, length);
	for (i = 0; i < TEXTS; i++) {
		n = (size_t)ww_bytes_get(p + ENTRY_AT_TEXTS + 2 * i, 2);
		if (n > rest.n)
			return false;
		*texts[i] = ww_str_sub(rest, 0, n);
		rest = ww_str_sub(rest, n, rest.n - n);
	}
	out->raw = rest;
	out->number = ww_bytes_get(p + ENTRY_AT_NUMBER, 8);
	out->time = (int64_t)ww_bytes_get(p + ENTRY_AT_TIME, 8);
	out->size = ww_bytes_get(p + ENTRY_AT_SIZE, 8);
	*size = (size_t)ww_bytes_align(ENTRY + length);
	return true;
}

/* The next entry at or after *at, which is moved behind it. False: there is none. */
static bool
next_entry(const struct ring *g, ww_str file, size_t *at, struct ww_refused_entry *out)
{
	size_t size;

	for (; *at < file.n; *at += 8)
		if (read_entry(g, ww_str_sub(file, *at, file.n - *at), out, &size)) {
			*at += size;
			return true;
		}
	return false;
}

static int
compare(const void *a, const void *b)
{
	const struct ww_refused_entry *x = a, *y = b;

	return x->number < y->number ? -1 : x->number > y->number;
}

/* The entries in the content of a ring, oldest first; their texts point into it. */
static ww_status
entries_of(struct ww_ctx *cx, ww_str file, struct ww_refused_entry **out, size_t *n)
{
	struct ww_refused_entry e = { .number = 0 };
	struct ring g;
	size_t at, count = 0;

	*out = NULL;
	*n = 0;
	if (!read_header(file, &g))
		return WW_OK;
	for (at = HEADER; next_entry(&g, file, &at, &e);)
		count++;
	*out = ww_arena_array(cx->arena, count, sizeof(**out));
	if (*out == NULL)
		return ww_fail_memory(cx);
	for (at = HEADER; *n < count && next_entry(&g, file, &at, &e);)
		(*out)[(*n)++] = e;
	qsort(*out, *n, sizeof(**out), compare);
	return WW_OK;
}

/* Reads the whole file into the arena; one that does not exist is empty. */
static ww_status
read_file(struct ww_ctx *cx, const struct ww_fs *fs, const char *path, ww_str *out)
{
	struct ww_ctx aside = { .arena = cx->arena }; /* no file yet is no failure */
	struct ww_buf b = { .p = NULL };
	ww_status s = ww_fs_load(fs, &aside, path, 0, &b);

	*out = ww_str_empty();
	if (s == WW_OK) {
		*out = ww_arena_str(cx->arena, ww_buf_view(&b));
		if (ww_arena_status(cx->arena) != WW_OK)
			s = ww_fail_memory(cx);
	} else if (s == WW_E_NOT_FOUND) {
		s = WW_OK;
	} else {
		(void)ww_fail(cx, s, aside.fail.place, "%s", aside.fail.reason);
	}
	ww_buf_free(&b);
	return s;
}

ww_status
ww_refused_list(struct ww_ctx *cx, const struct ww_fs *fs, const char *path,
    struct ww_refused_entry **out, size_t *n)
{
	ww_str file;
	ww_status s = read_file(cx, fs, path, &file);

	return s == WW_OK ? entries_of(cx, file, out, n) : s;
}

/* -- writing ---------------------------------------------------------------------------------------- */

/* Puts the entry, under its number, where the ring is. */
static ww_status
put(struct ww_refused *r, struct ww_ctx *cx, struct ww_refused_entry e)
{
	int err = 0;

	e.raw = ww_str_sub(e.raw, 0, (size_t)(r->ring.cap / 4));
	e.feed = ww_str_sub(e.feed, 0, TEXT_MAX);
	e.peer = ww_str_sub(e.peer, 0, TEXT_MAX);
	ww_buf_clear(&r->buf);
	write_entry(&r->ring, &e, &r->buf);
	if (r->at + r->buf.n > r->ring.cap) {
		struct ww_buf zeros = { .p = NULL };

		while (zeros.error == WW_OK && zeros.n < r->ring.cap - r->at)
			ww_buf_byte(&zeros, '\0');
		err = zeros.error != WW_OK
		          ? -ENOMEM
		          : ww_fs_write_all(r->fs, r->fd, zeros.p, zeros.n, (off_t)r->at);
		ww_buf_free(&zeros);
		if (err == 0)
			r->at = HEADER;
	}
	if (r->buf.error != WW_OK)
		err = -ENOMEM;
	if (err == 0)
		err = ww_fs_write_all(r->fs, r->fd, r->buf.p, r->buf.n, (off_t)r->at);
	if (err < 0)
		return fail(cx, "write", err);
	r->at += r->buf.n;
	r->next = e.number + 1;
	return WW_OK;
}

ww_status
ww_refused_add(struct ww_refused *r, struct ww_ctx *cx, int64_t now, ww_str feed, ww_str peer,
    const struct ww_failure *why, ww_str raw)
{
	char code[16] = "";
	struct ww_refused_entry e = {
		.time = now,
		.feed = feed,
		.peer = peer,
		.code = ww_str_of(code, 0),
		.place = ww_str_from(why->place),
		.reason = ww_str_from(why->reason),
		.raw = raw,
		.size = raw.n,
	};
	int n = snprintf(code, sizeof(code), "WW-%03d", ww_status_number(why->status));
	ww_status s;

	e.code.n = n > 0 ? (size_t)n : 0;
	pthread_mutex_lock(&r->mutex);
	e.number = r->next;
	s = put(r, cx, e);
	pthread_mutex_unlock(&r->mutex);
	return s;
}

/* -- opening ---------------------------------------------------------------------------------------- */

static ww_status
open_file(struct ww_refused *r, struct ww_ctx *cx, const char *path, int flags)
{
	r->fd = ww_fs_open(r->fs, path, O_RDWR | O_NOFOLLOW | flags);
	return r->fd >= 0 ? WW_OK : fail(cx, "open", r->fd);
}

/* Makes an empty ring in place of the descriptor's content. */
static ww_status
format(struct ww_refused *r, struct ww_ctx *cx, uint64_t cap)
{
	uint8_t p[HEADER];
	int err;

	r->ring = new_ring(cap);
	r->at = HEADER;
	write_header(&r->ring, p);
	err = ww_fs_write_all(r->fs, r->fd, p, sizeof(p), 0);
	if (err == 0)
		err = r->fs->truncate(r->fs->self, r->fd, (off_t)cap);
	return err == 0 ? WW_OK : fail(cx, "write", err);
}

/* A ring of another capacity, or none: makes one beside it, takes the old entries along and puts it in its
 * place. */
static ww_status
make(struct ww_refused *r, struct ww_ctx *cx, const char *path, uint64_t cap, ww_str file)
{
	struct ww_refused_entry *old;
	char temp[PATH_MAX];
	size_t i, n;
	ww_status s;
	int err, len = snprintf(temp, sizeof(temp), "%s.tmp", path);

	if (len < 0 || (size_t)len >= sizeof(temp))
		return fail(cx, "open", -ENAMETOOLONG);
	s = open_file(r, cx, temp, O_CREAT | O_TRUNC);
	if (s == WW_OK)
		s = format(r, cx, cap);
	if (s == WW_OK)
		s = entries_of(cx, file, &old, &n);
	for (i = 0; s == WW_OK && i < n; i++)
		s = put(r, cx, old[i]);
	if (s != WW_OK)
		return s;
	err = r->fs->rename(r->fs->self, temp, path);
	return err == 0 ? WW_OK : fail(cx, "rename", err);
}

/* Goes on behind the newest entry of the ring that is there. */
static void
resume(struct ww_refused *r, ww_str file)
{
	struct ww_refused_entry e = { .number = 0 };
	size_t at = HEADER;

	r->at = HEADER;
	while (next_entry(&r->ring, file, &at, &e))
		if (e.number >= r->next) {
			r->next = e.number + 1;
			r->at = at;
		}
}

ww_status
ww_refused_open(struct ww_ctx *cx, const struct ww_fs *fs, const char *path, size_t cap,
    struct ww_refused **out)
{
	struct ww_refused *r;
	ww_str file;
	ww_status s;

	if (cap < CAP_MIN)
		return ww_fail(cx, WW_E_CONFIG, "refused.ring", "less than %zu bytes", CAP_MIN);
	cap = cap / 8 * 8;
	s = read_file(cx, fs, path, &file);
	if (s != WW_OK)
		return s;
	r = calloc(1, sizeof(*r));
	if (r == NULL)
		return ww_fail_memory(cx);
	r->fs = fs;
	r->next = 1;
	r->fd = -1;
	pthread_mutex_init(&r->mutex, NULL);
	if (read_header(file, &r->ring) && r->ring.cap == cap) {
		s = open_file(r, cx, path, 0);
		if (s == WW_OK)
			resume(r, file);
	} else {
		s = make(r, cx, path, cap, file);
	}
	if (s != WW_OK) {
		ww_refused_close(r);
		return s;
	}
	*out = r;
	return WW_OK;
}

void
ww_refused_close(struct ww_refused *r)
{
	if (r == NULL)
		return;
	if (r->fd >= 0)
		(void)r->fs->close(r->fs->self, r->fd);
	ww_buf_free(&r->buf);
	pthread_mutex_destroy(&r->mutex);
	free(r);
}
