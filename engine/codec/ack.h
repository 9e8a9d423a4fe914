/* HL7 v2 acknowledgements (chapter 2, 2.9.2 and 2.9.3): written for what came in, read when we sent. */
#ifndef WW_CODEC_ACK_H
#define WW_CODEC_ACK_H

#include <wardwire/ctx.h>
#include <wardwire/hl7v2.h>

/* What an acknowledgement says. */
struct ww_ack {
	const char *code; /* table 0008: AA, AE, AR, CA, CE, CR */
	/* What is wrong: the ERR segments. None with AA and CA. */
	const struct ww_failure *failures;
	size_t failures_n;
	int64_t now;     /* UTC ms, for MSH-7 */
	char series;     /* with number our own MSH-10, "W17": unique. '\0': 'W' */
	uint64_t number; /* at most 19 digits */
	/* MSH-15 of an application acknowledgement in enhanced mode; its MSH-16 is then NE. NULL: both are empty. */
	const char *accept;
	const char *sequence; /* MSA-4; NULL: there is none */
};

/* Appends the acknowledgement of m, or of something that could not be parsed (m NULL: default delimiters,
 * MSA-2 empty). Sender and receiver are swapped, MSA-2 is the raw MSH-10, MSA and ERR have the form of the
 * message's version. Of more than sixteen failures the last ERR gives the number of those left out. m may have
 * been parsed only as far as its header. */
void ww_ack_write(
    struct ww_ctx *cx, const struct ww_hl7 *m, const struct ww_ack *a, struct ww_buf *out);

/* Reads an acknowledgement we got: its code and whether it answers control_id, byte for byte. False
 * when it is none. */
bool ww_ack_read(struct ww_ctx *cx, ww_str answer, ww_str control_id, char code[3], bool *ours);

/* What a receiver checks before it stores, of a message from that source (NULL: nothing is agreed): WW_OK, or why it
 * is refused, recorded in cx: WW_E_NOT_HL7, WW_E_HEADER, WW_E_LIMIT, WW_E_TYPE at MSH-9, WW_E_REQUIRED at MSH-10, WW_E_PROCESSING at MSH-11,
 * WW_E_VERSION at MSH-12 (both may be absent), WW_E_CODE (set not known or not agreed), WW_E_WIDE and WW_E_CHARSET at MSH-18, WW_E_SEGMENT for a
 * second message or a part of one, for ADT WW_E_SEGMENT at PID and WW_E_REQUIRED at PID-3. Any message type but ACK is
 * taken here: which ones a feed wants is the caller's matter. *m is set as soon as the header could be
 * read, so that an answer can name it, else NULL. */
WW_MUST ww_status ww_hl7_accept(
    struct ww_ctx *cx, ww_str raw, const struct ww_hl7_source *source, struct ww_hl7 **m);
/* All that is wrong with a message that ww_hl7_accept refused, in the order in which it looks; at most `most`. 0 where it
 * could not be parsed: then what accept recorded is all there is to say. */
size_t ww_hl7_faults(
    const struct ww_ctx *cx, const struct ww_hl7 *m, struct ww_failure *out, size_t most);
/* The header alone of something that cannot be parsed as a whole, so that its answer can name it; NULL when there is none.
 * No failure is recorded. */
struct ww_hl7 *ww_hl7_header(const struct ww_ctx *cx, ww_str raw);
/* m is itself an acknowledgement. ww_hl7_accept refuses it with WW_E_TYPE; the caller must not answer it,
 * else two engines answer each other for ever. */
bool ww_ack_is(struct ww_ctx *cx, const struct ww_hl7 *m);
/* The code for such a failure in original mode: "AR" where the message as such is refused (no HL7, header,
 * MSH-9 to MSH-12) or the trouble is ours, "AE" for content. */
const char *ww_ack_code(const struct ww_failure *f);
/* The same for an accept acknowledgement of enhanced mode: "CR" or "CE"; "CA" when f is NULL. */
const char *ww_ack_accept_code(const struct ww_failure *f);

#endif
