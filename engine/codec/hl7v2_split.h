/* Files of HL7 v2 messages, cut into messages. Pure: text in, slices out. */
#ifndef WW_CODEC_HL7V2_SPLIT_H
#define WW_CODEC_HL7V2_SPLIT_H

#include <wardwire/status.h>
#include <wardwire/str.h>

struct ww_ctx;
struct ww_buf;

enum ww_hl7_part_kind {
	WW_HL7_PART_MESSAGE,  /* begins with MSH */
	WW_HL7_PART_ENVELOPE, /* FHS, BHS, BTS or FTS: a line of the batch protocol, no message */
	WW_HL7_PART_NOT_HL7,  /* text that belongs to no message */
};

/* One piece of the file: a slice of it, without the line ends behind its last line. */
struct ww_hl7_part {
	enum ww_hl7_part_kind kind;
	ww_str text;
	size_t line; /* of its first line in the file, from 1 */
};

/* Cuts text into parts, in its order; the array is in the arena. A message goes from a line that begins with
 * MSH to before the next such line, or a line of the batch protocol. Lines end with CR, LF or CRLF. What
 * stands before the first message is one part of its own. The bytes of MLLP framing (0B, 1C) belong to no
 * part and separate them, so a capture of a connection can be read as well; so does a byte order mark at
 * the start. White space alone is no part. WW_E_MEMORY and WW_E_LIMIT of the arena only. */
WW_MUST ww_status ww_hl7_split(
    struct ww_ctx *cx, ww_str text, struct ww_hl7_part **parts, size_t *n);

/* Appends the message with CR behind each segment, also the last, and without empty lines: as it goes over
 * MLLP. Nothing else is changed. */
void ww_hl7_split_wire(ww_str message, struct ww_buf *out);

#endif
