/* CRC32C by eight bytes at a time: table[k][b] is the effect of byte b followed by k zero bytes. */
#include "base/crypto.h"

#include <pthread.h>

#define POLY 0x82f63b78u /* 0x1edc6f41, bits reversed */

static uint32_t table[8][256];
static pthread_once_t table_once = PTHREAD_ONCE_INIT;

static void
make_table(void)
{
	uint32_t b, c;
	int i, k;

	for (b = 0; b < 256; b++) {
		c = b;
		for (i = 0; i < 8; i++)
			c = c >> 1 ^ (c & 1 ? POLY : 0);
		table[0][b] = c;
	}
	for (k = 1; k < 8; k++)
		for (b = 0; b < 256; b++)
			table[k][b] = table[k - 1][b] >> 8 ^ table[0][table[k - 1][b] & 255];
}

static uint32_t
le32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

uint32_t
ww_crc32c(uint32_t crc, const void *p, size_t n)
{
	const uint8_t *b = p;

	pthread_once(&table_once, make_table);
	crc = ~crc;
	for (; n >= 8; n -= 8, b += 8) {
		uint32_t lo = le32(b) ^ crc, hi = le32(b + 4);

		crc = table[7][lo & 255] ^ table[6][lo >> 8 & 255] ^ table[5][lo >> 16 & 255] ^
		      table[4][lo >> 24] ^ table[3][hi & 255] ^ table[2][hi >> 8 & 255] ^
		      table[1][hi >> 16 & 255] ^ table[0][hi >> 24];
	}
	for (; n > 0; n--, b++)
		crc = crc >> 8 ^ table[0][(crc ^ *b) & 255];
	return ~crc;
}
