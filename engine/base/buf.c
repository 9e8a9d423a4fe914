/* The growing byte buffer: every write goes through reserve, which keeps the first error. */
#include <wardwire/buf.h>
#include <wardwire/status.h>

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SMALLEST ((size_t)256)

/* Where the next n bytes go, or NULL with the error set. There is always room for one byte more, the NUL
 * that vsnprintf writes and that is not content. */
static char *
reserve(struct ww_buf *b, size_t n)
{
	size_t cap = b->cap;
	char *p;

	if (b->error != WW_OK)
		return NULL;
	if (n > SIZE_MAX / 4 - b->n ||
	    (b->limit != 0 && (b->n > b->limit || n > b->limit - b->n))) {
		b->error = WW_E_LIMIT;
		return NULL;
	}
	if (b->p != NULL && n < cap - b->n)
		return b->p + b->n;
	if (cap < SMALLEST)
		cap = SMALLEST;
	while (cap <= b->n + n)
		cap *= 2;
	p = realloc(b->p, cap);
	if (p == NULL) {
		b->error = WW_E_MEMORY;
		return NULL;
	}
	b->p = p;
	b->cap = cap;
	return p + b->n;
}

void
ww_buf_free(struct ww_buf *b)
{
	free(b->p);
	/* The limit is how the owner set the buffer up, not content. */
	*b = (struct ww_buf){ .limit = b->limit };
}

void
ww_buf_clear(struct ww_buf *b)
{
	b->n = 0;
	b->error = WW_OK;
}

void
ww_buf_add(struct ww_buf *b, const void *p, size_t n)
{
	char *to;

	if (n == 0)
		return;
	to = reserve(b, n);
	if (to == NULL)
		return;
	memcpy(to, p, n);
	b->n += n;
}

void
ww_buf_str_add(struct ww_buf *b, ww_str s)
{
	ww_buf_add(b, s.p, s.n);
}

void
ww_buf_cstr(struct ww_buf *b, const char *c)
{
	ww_buf_add(b, c, strlen(c));
}

void
ww_buf_byte(struct ww_buf *b, char c)
{
	ww_buf_add(b, &c, 1);
}

void
ww_buf_printf(struct ww_buf *b, const char *fmt, ...)
{
	char small[128];
	va_list ap;
	char *to;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(small, sizeof(small), fmt, ap);
	va_end(ap);
	assert(n >= 0); /* our own format */
	if ((size_t)n < sizeof(small)) {
		ww_buf_add(b, small, (size_t)n);
		return;
	}
	to = reserve(b, (size_t)n);
	if (to == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(to, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->n += (size_t)n;
}

void
ww_buf_le32(struct ww_buf *b, uint32_t v)
{
	uint8_t out[4];
	unsigned i;

	for (i = 0; i < sizeof(out); i++)
		out[i] = (uint8_t)(v >> (8 * i));
	ww_buf_add(b, out, sizeof(out));
}

void
ww_buf_le64(struct ww_buf *b, uint64_t v)
{
	uint8_t out[8];
	unsigned i;

	for (i = 0; i < sizeof(out); i++)
		out[i] = (uint8_t)(v >> (8 * i));
	ww_buf_add(b, out, sizeof(out));
}

void
ww_buf_consume(struct ww_buf *b, size_t n)
{
	if (n >= b->n) {
		b->n = 0;
		return;
	}
	if (n > 0)
		memmove(b->p, b->p + n, b->n - n);
	b->n -= n;
}

ww_str
ww_buf_view(const struct ww_buf *b)
{
	return ww_str_of(b->p, b->n);
}
