/* The messages of a frame or of a file, one after the other, with the lines of the batch protocol (HL7 v2.9.1
 * chapter 2, 2.9.3) between them. Pure: bytes in, slices of them out; one pass, nothing allocated. */
#ifndef WW_CODEC_HL7V2_BATCH_H
#define WW_CODEC_HL7V2_BATCH_H

#include <wardwire/str.h>

enum ww_hl7_item_kind {
	WW_HL7_ITEM_MESSAGE, /* begins with MSH; whether it is a good one is for ww_hl7_parse to say */
	WW_HL7_ITEM_FHS,     /* a file begins */
	WW_HL7_ITEM_BHS,     /* a batch begins */
	WW_HL7_ITEM_BTS,     /* a batch ends */
	WW_HL7_ITEM_FTS,     /* a file ends */
	WW_HL7_ITEM_NOT_HL7, /* text that belongs to no message */
};

/* What is wrong with the envelope. None of it touches a message: each is taken or refused by itself. */
enum ww_hl7_batch_fault {
	WW_HL7_BATCH_MESSAGES = 1 << 0, /* BTS-1 is not the number of messages of this batch */
	WW_HL7_BATCH_BATCHES = 1 << 1,  /* FTS-1 is not the number of batches of this file */
	WW_HL7_BATCH_NUMBER = 1 << 2,   /* BTS-1 or FTS-1 is no number */
	WW_HL7_BATCH_HEADER = 1 << 3,   /* the delimiters of FHS or BHS are not usable */
	WW_HL7_BATCH_TEXT = 1 << 4,     /* text that belongs to no message */
};

struct ww_hl7_item {
	enum ww_hl7_item_kind kind;
	ww_str text;      /* from its first byte to the line end behind its last line, included */
	size_t line;      /* of its first line, from 1 */
	unsigned faults;  /* those of this item */
	size_t counted;   /* of BTS and FTS: the messages or batches there were */
	uint64_t claimed; /* of BTS and FTS: those it claims; counted when it claims none */
};

/* The caller's, on the stack: a place in the bytes, and what has been seen up to there. */
struct ww_hl7_batch {
	bool enveloped;  /* FHS, BHS, BTS or FTS was seen: this is no plain message */
	size_t messages; /* all so far */
	unsigned faults; /* all so far */
	ww_str file_id;  /* FHS-11 of the file that is open, raw; empty when it has none */
	ww_str id;       /* BHS-11 of the batch that is open, or was last, raw; likewise */

	/* Of the iterator itself. */
	ww_str bytes;
	bool mllp, open;
	size_t at, line, in_batch, batches;
	size_t ends[4];            /* where each kind of line end stands next */
	char file, batch, message; /* field separators of the last FHS, BHS, MSH; 0: none */
};

/* Begins with the first item of bytes, which must outlive what is made of them. All headers and trailers are
 * optional, a message may have delimiters of its own, and lines end with CR, LF or CRLF. A byte order mark
 * and blanks before a header are passed over. With mllp the bytes of MLLP framing (0B, 1C) belong to no item
 * and separate them, so that the capture of a connection can be read; without they are data. */
void ww_hl7_batch_begin(struct ww_hl7_batch *b, ww_str bytes, bool mllp);
/* The next item; false at the end. Blank lines are no items and end none. */
bool ww_hl7_batch_next(struct ww_hl7_batch *b, struct ww_hl7_item *out);

/* Whether bytes hold more or other than one message: what is to be answered with a batch. */
bool ww_hl7_batch_is(ww_str bytes);

/* Field f of an item FHS, BHS, BTS or FTS, raw: as of a message, the separator itself is field 1 of FHS and
 * BHS. Empty when it is absent. */
ww_str ww_hl7_batch_field(const struct ww_hl7_item *item, size_t f);

/* "batch_count" for the lowest fault in faults, for logs and counters; NULL when there is none. */
const char *ww_hl7_batch_fault_name(unsigned faults);

#endif
