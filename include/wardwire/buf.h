/* A growing byte buffer whose error is sticky: write all you want, check once at the end. */
#ifndef WARDWIRE_BUF_H
#define WARDWIRE_BUF_H

#include <wardwire/str.h>

/* All zero is an empty buffer without limit. Read through ww_buf_str; the fields are buf.c's. */
struct ww_buf {
	char *p;
	size_t n, cap;
	size_t limit; /* 0: none. Beyond it writes fail with WW_E_LIMIT */
	int error;    /* first failure, a ww_status; later writes do nothing */
};

void ww_buf_free(struct ww_buf *b);  /* and makes it an empty buffer again */
void ww_buf_clear(struct ww_buf *b); /* forgets content and error, keeps the memory */
void ww_buf_add(struct ww_buf *b, const void *p, size_t n);
void ww_buf_str_add(struct ww_buf *b, ww_str s);
void ww_buf_cstr(struct ww_buf *b, const char *c);
void ww_buf_byte(struct ww_buf *b, char c);
void ww_buf_printf(struct ww_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void ww_buf_le32(struct ww_buf *b, uint32_t v);
void ww_buf_le64(struct ww_buf *b, uint64_t v);
/* Removes the first n bytes. */
void ww_buf_consume(struct ww_buf *b, size_t n);
/* The content; valid until the next write. */
ww_str ww_buf_view(const struct ww_buf *b);

#endif
