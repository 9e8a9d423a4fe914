/* The bytes of a journal segment: three kinds of headers, little endian, each with a CRC32C. The tables
 * are in docs/interfaces.md.
 *
 * A segment has a random salt, repeated in its batch headers. Every record begins with half of it and its
 * checksum starts from all of it. So bytes that a sender puts into a message and that look like a record
 * are not taken for one when the place where the true record began is damaged. */
#ifndef WW_STORE_JOURNAL_FORMAT_H
#define WW_STORE_JOURNAL_FORMAT_H

#include <wardwire/buf.h>
#include <wardwire/journal.h>

enum {
	WW_JOURNAL_VERSION = 1,
	WW_SEGMENT_HEADER = 72,
	WW_BATCH_HEADER = 48,
	WW_RECORD_HEADER = 32,
};
#define WW_RECORD_MAX ((size_t)1 << 30) /* bytes of a body */

struct ww_segment_header {
	uint32_t version;
	uint64_t first;    /* sequence of the first record that goes into it */
	int64_t created;   /* UTC ms */
	uint64_t synced;   /* highest sequence known to be durable when it was made */
	uint64_t previous; /* first sequence of the segment before it; 0: none */
	uint64_t
	    previous_end; /* what lies beyond this in the segment before was never acknowledged */
	uint64_t salt;
};

/* count 0 is the end mark of a segment that was closed in order; first is then the number after its last. */
struct ww_batch_header {
	uint64_t first;
	uint32_t count;
	uint64_t bytes; /* of the records that follow, padding included */
	uint64_t
	    synced_end; /* all before this offset was durable when the header was written: its own offset */
	uint64_t salt;
};

/* What marks and seals the records of one segment. */
struct ww_journal_key {
	uint32_t mark, seed;
};
struct ww_journal_key ww_journal_format_key(uint64_t salt);
/* A new salt whose mark can be told from zeros and from a batch header. */
uint64_t ww_journal_format_salt(void);

void ww_journal_format_segment(const struct ww_segment_header *h, struct ww_buf *out);
/* False when the bytes are not a whole header. One of a later version is read as far as it is known. */
bool ww_journal_format_segment_read(
    const uint8_t p[WW_SEGMENT_HEADER], struct ww_segment_header *out);

void ww_journal_format_batch(const struct ww_batch_header *h, struct ww_buf *out);
/* False when the bytes are not a whole header. */
bool ww_journal_format_batch_read(const uint8_t p[WW_BATCH_HEADER], struct ww_batch_header *out);
/* Whether a batch header may begin with these four bytes. */
bool ww_journal_format_batch_starts(uint32_t word);

/* Header, body and padding to a multiple of eight. */
void ww_journal_format_record(
    struct ww_journal_key key, const struct ww_record *r, struct ww_buf *out);
/* Length of the body that the header at p announces. */
uint32_t ww_journal_format_record_length(const uint8_t p[WW_RECORD_HEADER]);
/* Reads the record at p, all of whose body is there; out->body points into it. False when it does not fit
 * its checksum. */
bool ww_journal_format_record_read(
    struct ww_journal_key key, const uint8_t *p, struct ww_record *out);

/* What a record with a body of n bytes takes up. */
uint64_t ww_journal_format_record_size(uint64_t n);

#endif
