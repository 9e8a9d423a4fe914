/* The headers of journal segments, batches and records, written and read. */
#include "store/journal_format.h"

#include "base/crypto.h"
#include "store/bytes.h"

#include <assert.h>
#include <string.h>

#define SEGMENT_MAGIC "wwjourn\n"
#define BATCH_MAGIC 0x48425757u /* "WWBH" */

/* Offsets. Each is the one before it plus that field's width, which the assertions spell out. */
enum segment_at {
	SEGMENT_AT_MAGIC = 0,
	SEGMENT_AT_VERSION = 8,
	SEGMENT_AT_FIRST = 16, /* four zero bytes before it */
	SEGMENT_AT_CREATED = 24,
	SEGMENT_AT_SYNCED = 32,
	SEGMENT_AT_PREVIOUS = 40,
	SEGMENT_AT_PREVIOUS_END = 48,
	SEGMENT_AT_SALT = 56,
	SEGMENT_AT_CRC = 68, /* four zero bytes before it */
};
_Static_assert(sizeof(SEGMENT_MAGIC) - 1 == SEGMENT_AT_VERSION, "magic fills its field");
_Static_assert(SEGMENT_AT_FIRST == SEGMENT_AT_VERSION + 4 + 4, "version and zeros");
_Static_assert(SEGMENT_AT_SALT == SEGMENT_AT_FIRST + 5 * 8, "five numbers of eight bytes");
_Static_assert(SEGMENT_AT_CRC == SEGMENT_AT_SALT + 8 + 4, "salt and zeros");
_Static_assert(WW_SEGMENT_HEADER == SEGMENT_AT_CRC + 4, "the checksum is last");
_Static_assert(WW_SEGMENT_HEADER % 8 == 0, "batches are aligned");

enum batch_at {
	BATCH_AT_MAGIC = 0,
	BATCH_AT_COUNT = 4,
	BATCH_AT_FIRST = 8,
	BATCH_AT_BYTES = 16,
	BATCH_AT_SYNCED_END = 24,
	BATCH_AT_SALT = 32,
	BATCH_AT_CRC = 44, /* four zero bytes before it */
};
_Static_assert(BATCH_AT_FIRST == BATCH_AT_COUNT + 4, "count");
_Static_assert(BATCH_AT_SALT == BATCH_AT_FIRST + 3 * 8, "three numbers of eight bytes");
_Static_assert(BATCH_AT_CRC == BATCH_AT_SALT + 8 + 4, "salt and zeros");
_Static_assert(WW_BATCH_HEADER == BATCH_AT_CRC + 4, "the checksum is last");
_Static_assert(WW_BATCH_HEADER % 8 == 0, "records are aligned");

enum record_at {
	RECORD_AT_MARK = 0,
	RECORD_AT_LENGTH = 4,
	RECORD_AT_SEQ = 8,
	RECORD_AT_TIME = 16,
	RECORD_AT_KIND = 24, /* three zero bytes after it */
	RECORD_AT_CRC = 28,
};
_Static_assert(RECORD_AT_KIND == RECORD_AT_SEQ + 2 * 8, "two numbers of eight bytes");
_Static_assert(WW_RECORD_HEADER == RECORD_AT_CRC + 4, "the checksum is last");
_Static_assert(WW_RECORD_HEADER % 8 == 0, "bodies are aligned");

/* -- the salt --------------------------------------------------------------------------------------- */

struct ww_journal_key
ww_journal_format_key(uint64_t salt)
{
	uint8_t b[8];

	ww_bytes_put(b, 8, salt);
	return (struct ww_journal_key){ .mark = (uint32_t)salt, .seed = ww_crc32c(0, b, 8) };
}

uint64_t
ww_journal_format_salt(void)
{
	uint8_t b[8];

	do
		ww_random(b, 8);
	while (ww_bytes_get(b, 4) == 0 || ww_bytes_get(b, 4) == BATCH_MAGIC);
	return ww_bytes_get(b, 8);
}

/* -- segments --------------------------------------------------------------------------------------- */

void
ww_journal_format_segment(const struct ww_segment_header *h, struct ww_buf *out)
{
	uint8_t p[WW_SEGMENT_HEADER] = { 0 };

	memcpy(p, SEGMENT_MAGIC, sizeof(SEGMENT_MAGIC) - 1);
	ww_bytes_put(p + SEGMENT_AT_VERSION, 4, h->version);
	ww_bytes_put(p + SEGMENT_AT_FIRST, 8, h->first);
	ww_bytes_put(p + SEGMENT_AT_CREATED, 8, (uint64_t)h->created);
	ww_bytes_put(p + SEGMENT_AT_SYNCED, 8, h->synced);
	ww_bytes_put(p + SEGMENT_AT_PREVIOUS, 8, h->previous);
	ww_bytes_put(p + SEGMENT_AT_PREVIOUS_END, 8, h->previous_end);
	ww_bytes_put(p + SEGMENT_AT_SALT, 8, h->salt);
	ww_bytes_put(p + SEGMENT_AT_CRC, 4, ww_crc32c(0, p, SEGMENT_AT_CRC));
	ww_buf_add(out, p, sizeof(p));
}

bool
ww_journal_format_segment_read(const uint8_t p[WW_SEGMENT_HEADER], struct ww_segment_header *out)
{
	if (memcmp(p, SEGMENT_MAGIC, sizeof(SEGMENT_MAGIC) - 1) != 0 ||
	    ww_bytes_get(p + SEGMENT_AT_CRC, 4) != ww_crc32c(0, p, SEGMENT_AT_CRC))
		return false;
	*out = (struct ww_segment_header){
		.version = (uint32_t)ww_bytes_get(p + SEGMENT_AT_VERSION, 4),
		.first = ww_bytes_get(p + SEGMENT_AT_FIRST, 8),
		.created = (int64_t)ww_bytes_get(p + SEGMENT_AT_CREATED, 8),
		.synced = ww_bytes_get(p + SEGMENT_AT_SYNCED, 8),
		.previous = ww_bytes_get(p + SEGMENT_AT_PREVIOUS, 8),
		.previous_end = ww_bytes_get(p + SEGMENT_AT_PREVIOUS_END, 8),
		.salt = ww_bytes_get(p + SEGMENT_AT_SALT, 8),
	};
	return true;
}

/* -- batches ---------------------------------------------------------------------------------------- */

void
ww_journal_format_batch(const struct ww_batch_header *h, struct ww_buf *out)
{
	uint8_t p[WW_BATCH_HEADER] = { 0 };

	ww_bytes_put(p + BATCH_AT_MAGIC, 4, BATCH_MAGIC);
	ww_bytes_put(p + BATCH_AT_COUNT, 4, h->count);
	ww_bytes_put(p + BATCH_AT_FIRST, 8, h->first);
	ww_bytes_put(p + BATCH_AT_BYTES, 8, h->bytes);
	ww_bytes_put(p + BATCH_AT_SYNCED_END, 8, h->synced_end);
	ww_bytes_put(p + BATCH_AT_SALT, 8, h->salt);
	ww_bytes_put(p + BATCH_AT_CRC, 4, ww_crc32c(0, p, BATCH_AT_CRC));
	ww_buf_add(out, p, sizeof(p));
}

bool
ww_journal_format_batch_starts(uint32_t word)
{
	return word == BATCH_MAGIC;
}

bool
ww_journal_format_batch_read(const uint8_t p[WW_BATCH_HEADER], struct ww_batch_header *out)
{
	if (ww_bytes_get(p + BATCH_AT_MAGIC, 4) != BATCH_MAGIC ||
	    ww_bytes_get(p + BATCH_AT_CRC, 4) != ww_crc32c(0, p, BATCH_AT_CRC))
		return false;
	*out = (struct ww_batch_header){
		.first = ww_bytes_get(p + BATCH_AT_FIRST, 8),
		.count = (uint32_t)ww_bytes_get(p + BATCH_AT_COUNT, 4),
		.bytes = ww_bytes_get(p + BATCH_AT_BYTES, 8),
		.synced_end = ww_bytes_get(p + BATCH_AT_SYNCED_END, 8),
		.salt = ww_bytes_get(p + BATCH_AT_SALT, 8),
	};
	return true;
}

/* -- records ---------------------------------------------------------------------------------------- */

static uint32_t
record_crc(struct ww_journal_key key, const uint8_t *header, const void *body, size_t n)
{
	return ww_crc32c(ww_crc32c(key.seed, header, RECORD_AT_CRC), body, n);
}

void
ww_journal_format_record(struct ww_journal_key key, const struct ww_record *r, struct ww_buf *out)
{
	static const uint8_t zeros[8] = { 0 };
	uint8_t p[WW_RECORD_HEADER] = { 0 };

	assert(r->body.n <= WW_RECORD_MAX);
	ww_bytes_put(p + RECORD_AT_MARK, 4, key.mark);
	ww_bytes_put(p + RECORD_AT_LENGTH, 4, r->body.n);
	ww_bytes_put(p + RECORD_AT_SEQ, 8, r->seq);
	ww_bytes_put(p + RECORD_AT_TIME, 8, (uint64_t)r->time);
	p[RECORD_AT_KIND] = r->kind;
	ww_bytes_put(p + RECORD_AT_CRC, 4, record_crc(key, p, r->body.p, r->body.n));
	ww_buf_add(out, p, sizeof(p));
	ww_buf_str_add(out, r->body);
	ww_buf_add(out, zeros, (size_t)(ww_bytes_align(r->body.n) - r->body.n));
}

uint32_t
ww_journal_format_record_length(const uint8_t p[WW_RECORD_HEADER])
{
	return (uint32_t)ww_bytes_get(p + RECORD_AT_LENGTH, 4);
}

bool
ww_journal_format_record_read(struct ww_journal_key key, const uint8_t *p, struct ww_record *out)
{
	size_t n = ww_journal_format_record_length(p);
	const uint8_t *body = p + WW_RECORD_HEADER;

	if (ww_bytes_get(p + RECORD_AT_MARK, 4) != key.mark || p[RECORD_AT_KIND] == 0 ||
	    ww_bytes_get(p + RECORD_AT_CRC, 4) != record_crc(key, p, body, n))
		return false;
	*out = (struct ww_record){
		.seq = ww_bytes_get(p + RECORD_AT_SEQ, 8),
		.time = (int64_t)ww_bytes_get(p + RECORD_AT_TIME, 8),
		.kind = p[RECORD_AT_KIND],
		.body = ww_str_of(body, n),
	};
	return true;
}

uint64_t
ww_journal_format_record_size(uint64_t n)
{
	return ww_bytes_align(WW_RECORD_HEADER + n);
}
