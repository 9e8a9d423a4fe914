/* Memory of one message: a chain of blocks, each twice the one before it up to a mebibyte. */
#include <wardwire/arena.h>
#include <wardwire/status.h>

#include <assert.h>
#include <ctype.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BLOCK ((size_t)8 << 10)
#define LAST_BLOCK ((size_t)1 << 20)

struct block {
	struct block *next;
	size_t cap, used;
	alignas(max_align_t) unsigned char data[];
};

struct ww_arena {
	struct block *head;  /* the one being filled; those behind it are full or of one piece */
	struct block *first; /* the last of the chain, kept by a reset */
	size_t limit, used;
	size_t grow; /* size of the next block */
	int error;
};

static struct block *
new_block(size_t cap)
{
	struct block *b = malloc(sizeof(*b) + cap);

	if (b == NULL)
		return NULL;
	b->next = NULL;
	b->cap = cap;
	b->used = 0;
	return b;
}

struct ww_arena *
ww_arena_new(size_t limit)
{
	struct ww_arena *a = malloc(sizeof(*a));

	if (a == NULL)
		return NULL;
	a->first = new_block(FIRST_BLOCK);
	if (a->first == NULL) {
		free(a);
		return NULL;
	}
	a->head = a->first;
	a->limit = limit;
	a->used = 0;
	a->grow = 2 * FIRST_BLOCK;
	a->error = WW_OK;
	return a;
}

/* Frees the chain down to the first block, which stays. */
static void
free_blocks(struct ww_arena *a)
{
	while (a->head != a->first) {
		struct block *b = a->head;

		a->head = b->next;
		free(b);
	}
}

void
ww_arena_free(struct ww_arena *a)
{
	if (a == NULL)
		return;
	free_blocks(a);
	free(a->first);
	free(a);
}

void
ww_arena_bound(struct ww_arena *a, size_t limit)
{
	a->limit = limit;
}

void
ww_arena_reset(struct ww_arena *a)
{
	free_blocks(a);
	a->first->used = 0;
	a->used = 0;
	a->grow = 2 * FIRST_BLOCK;
	a->error = WW_OK;
}

/* The first failure stays: a later and smaller request may succeed, the group it belongs to has
 * failed all the same. */
static void *
refuse(struct ww_arena *a, ww_status s)
{
	if (a->error == WW_OK)
		a->error = (int)s;
	return NULL;
}

/* Where the next piece of a block begins; align is a power of two. */
static size_t
at_of(const struct block *b, size_t align)
{
	return (b->used + align - 1) & ~(align - 1);
}

static bool
has_room(const struct block *b, size_t n, size_t align)
{
	size_t at = at_of(b, align);

	return at <= b->cap && n <= b->cap - at;
}

/* A block with room for n bytes. A piece larger than half a block gets one of its own, put behind the
 * head, so that the room left in the head is not lost. */
static struct block *
block_for(struct ww_arena *a, size_t n, size_t align)
{
	struct block *b;

	if (has_room(a->head, n, align))
		return a->head;
	if (n > a->grow / 2 && a->head != a->first) {
		b = new_block(n);
		if (b == NULL)
			return NULL;
		b->next = a->head->next;
		a->head->next = b;
		return b;
	}
	b = new_block(n > a->grow ? n : a->grow);
	if (b == NULL)
		return NULL;
	b->next = a->head;
	a->head = b;
	if (a->grow < LAST_BLOCK)
		a->grow *= 2;
	return b;
}

/* n bytes as they are, which may hold what the arena held before its reset. */
static void *
take(struct ww_arena *a, size_t n, size_t align)
{
	struct block *b;
	size_t at;

	if (n > SIZE_MAX / 2)
		return refuse(a, WW_E_LIMIT);
	if (a->limit != 0 && (a->used > a->limit || n > a->limit - a->used))
		return refuse(a, WW_E_LIMIT);
	b = block_for(a, n, align);
	if (b == NULL)
		return refuse(a, WW_E_MEMORY);
	at = at_of(b, align);
	assert(has_room(b, n, align));
	a->used += at + n - b->used;
	b->used = at + n;
	return b->data + at;
}

void *
ww_arena_alloc(struct ww_arena *a, size_t n)
{
	const size_t align = alignof(max_align_t);
	void *p;

	if (n == 0)
		n = 1; /* two empty pieces are still two addresses */
	if (n <= SIZE_MAX / 2)
		n = (n + align - 1) / align * align;
	p = take(a, n, align);
	if (p != NULL)
		memset(p, 0, n);
	return p;
}

void *
ww_arena_array(struct ww_arena *a, size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / size)
		return refuse(a, WW_E_LIMIT);
	return ww_arena_alloc(a, count * size);
}

int
ww_arena_status(const struct ww_arena *a)
{
	return a->error;
}

size_t
ww_arena_used(const struct ww_arena *a)
{
	return a->used;
}

/* Texts stand close together: there are many of them, and nothing in them needs to be aligned. */
static char *
copy(struct ww_arena *a, ww_str s)
{
	char *p = s.n < SIZE_MAX ? take(a, s.n + 1, 1) : refuse(a, WW_E_LIMIT);

	if (p == NULL)
		return NULL;
	memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return p;
}

ww_str
ww_arena_str(struct ww_arena *a, ww_str s)
{
	char *p = copy(a, s);

	return p != NULL ? ww_str_of(p, s.n) : ww_str_empty();
}

ww_str
ww_arena_upper(struct ww_arena *a, ww_str s)
{
	char *p = copy(a, s);

	for (size_t i = 0; p != NULL && i < s.n; i++)
		p[i] = (char)toupper((unsigned char)p[i]);
	return p != NULL ? ww_str_of(p, s.n) : ww_str_empty();
}

const char *
ww_arena_cstr(struct ww_arena *a, ww_str s)
{
	char *p = copy(a, s);

	return p != NULL ? p : "";
}

ww_str
ww_arena_printf(struct ww_arena *a, const char *fmt, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	assert(n >= 0); /* our own format */
	p = take(a, (size_t)n + 1, 1);
	if (p == NULL)
		return ww_str_empty();
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return ww_str_of(p, (size_t)n);
}
