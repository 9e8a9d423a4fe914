/* Little-endian numbers in the bytes of a file. */
#ifndef WW_STORE_BYTES_H
#define WW_STORE_BYTES_H

#include <stddef.h>
#include <stdint.h>

static inline void
ww_bytes_put(uint8_t *p, size_t width, uint64_t v)
{
	size_t i;

	for (i = 0; i < width; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static inline uint64_t
ww_bytes_get(const uint8_t *p, size_t width)
{
	uint64_t v = 0;
	size_t i;

	for (i = 0; i < width; i++)
		v |= (uint64_t)p[i] << (8 * i);
	return v;
}

/* The next multiple of eight. */
static inline uint64_t
ww_bytes_align(uint64_t n)
{
	return (n + 7) & ~(uint64_t)7;
}

#endif
