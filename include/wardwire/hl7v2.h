/* HL7 v2 messages in ER7 encoding: parsed into slices of the raw bytes, decoded when asked. HL7 v2.9.1
 * chapter 2; where the standard is silent, docs/rationale.md says what was decided. */
#ifndef WARDWIRE_HL7V2_H
#define WARDWIRE_HL7V2_H

#include <wardwire/status.h>
#include <wardwire/str.h>
#include <wardwire/time.h>

struct ww_ctx;
struct ww_buf;
struct ww_charset; /* codec/charset.h */
struct ww_hl7;     /* a parsed message, in the arena; its slices point into the raw bytes */

/* The bytes of MSH-1 and MSH-2; truncation is 0 where MSH-2 has four characters. */
struct ww_hl7_delims {
	char field, component, repetition, escape, subcomponent, truncation;
};
extern const struct ww_hl7_delims ww_hl7_default_delims; /* |^~\& */

/* Parses one message. raw must outlive it. Segments may end with CR, LF or CRLF. Refusals: WW_E_NOT_HL7
 * (does not begin with MSH; a batch), WW_E_HEADER (MSH-1 or MSH-2 not usable), WW_E_LIMIT (more than 10,000
 * segments, 1,000 fields in one, 10,000 repetitions, 1,000 components or subcomponents). Unknown segments
 * and extra fields are no errors; a line that is no segment is kept as one without id and fields; one that ADD
 * continues is one segment, its text joined. A parsed message belongs to one thread: reading it remembers where
 * it read. */
WW_MUST ww_status ww_hl7_parse(struct ww_ctx *cx, ww_str raw, struct ww_hl7 **out);

/* What is agreed with a source of messages, for where they say nothing or do not keep what they say. All zero: nothing is,
 * and the defaults of the configuration hold. */
struct ww_hl7_source {
	const struct ww_charset *fallback; /* of bytes that do not fit MSH-18; NULL: windows-1252 */
	bool strict;                       /* such bytes are refused, and read by no fallback */
	uint32_t more; /* sets that are read only where that is agreed: bits of ww_charset_bit */
	bool windows;  /* 8859/1 is windows-1252 */
	int version;   /* where MSH-12 is empty: 231 for 2.3.1; 0: 2.3 */
};
/* MSH-12 as a number: 231 for 2.3.1, 250 for 2.5; -1 when it is none of 2.1 to 2.9. */
int ww_hl7_version_number(ww_str text);
/* Parses one message as that source is read (NULL: nothing is agreed). Of a set in which a delimiter may be half of a letter
 * the message is transcoded to UTF-8 first. Further refusals, all at MSH-18: WW_E_CODE (set not known, or not agreed),
 * WW_E_WIDE, WW_E_CHARSET. source must outlive the message. *out is set as soon as the header could be read. */
WW_MUST ww_status ww_hl7_read(
    struct ww_ctx *cx, ww_str raw, const struct ww_hl7_source *source, struct ww_hl7 **out);

const struct ww_hl7_delims *ww_hl7_delims(const struct ww_hl7 *m);
ww_str ww_hl7_bytes(const struct ww_hl7
        *m); /* the message without leading blanks: raw, or what it was transcoded to */
size_t ww_hl7_segments(const struct ww_hl7 *m);
ww_str ww_hl7_segment_id(const struct ww_hl7 *m, size_t i);       /* i from 0 */
size_t ww_hl7_segment_fields(const struct ww_hl7 *m, size_t i);   /* highest field number */
size_t ww_hl7_count(const struct ww_hl7 *m, const char *segment); /* how many PID, DG1, ... */
/* Repetitions of field f of the n-th (from 1) such segment; 0 when absent or empty. */
size_t ww_hl7_repetitions(const struct ww_hl7 *m, const char *segment, size_t n, size_t field);

/* -- paths ------------------------------------------------------------------------------------------- */

/* SEG[(n)][-F[(r)][.C[.S]]], all from 1; a '.' may stand for the '-'. 0 means not given. */
struct ww_hl7_path {
	char segment[4];
	uint16_t n, field, repetition, component, subcomponent;
};
/* The text of a path, PID-3(2).4.1, and a NUL. */
enum { WW_HL7_PATH_TEXT = 40 };
void ww_hl7_path_text(const struct ww_hl7_path *p, char out[WW_HL7_PATH_TEXT]);
/* Compiles a path; a bad one is WW_E_SYNTAX with its text as place and the position of the fault. */
WW_MUST ww_status ww_hl7_path(struct ww_ctx *cx, ww_str text, struct ww_hl7_path *out);

/* The four states of a place (chapter 2, 2.4.3.1): absent and empty say nothing, "" deletes, and deletes also
 * every component and subcomponent of what is deleted as a whole. */
enum ww_hl7_state { WW_HL7_ABSENT, WW_HL7_EMPTY, WW_HL7_DELETE, WW_HL7_VALUE };

/* The bytes at exactly that depth, escapes and deeper delimiters untouched: PID the segment, PID-3 the field
 * with all repetitions, PID-3(1) its first. */
enum ww_hl7_state ww_hl7_raw(const struct ww_hl7 *m, const struct ww_hl7_path *p, ww_str *out);
/* The decoded text, in UTF-8, of the leaf the path names or begins with (".1" where a level is not given;
 * of a path without field the segment as it stands). In the arena only when something had to be decoded.
 * Text is empty unless the state is VALUE. Bytes that do not fit MSH-18 are read by the fallback; those that do not fit
 * that either stay as they are, but ww_hl7_read refuses such messages. */
enum ww_hl7_state ww_hl7_text(
    struct ww_ctx *cx, const struct ww_hl7 *m, const struct ww_hl7_path *p, ww_str *out);
/* Whether the sender cut off the value at the leaf the path names or begins with: it ends with the truncation
 * character, which MSH-2 must declare (chapter 2, 2.4.5.2). Such a value is no identifier. */
bool ww_hl7_truncated(const struct ww_hl7 *m, const struct ww_hl7_path *p);
/* Short form for mappers: the text at a path known to be good (a bad one is a bug: assert). */
ww_str ww_hl7_at(struct ww_ctx *cx, const struct ww_hl7 *m, const char *path);
/* The same with state, for the n-th segment and r-th repetition given apart from the path. */
enum ww_hl7_state ww_hl7_nth(
    struct ww_ctx *cx, const struct ww_hl7 *m, const char *path, size_t n, size_t r, ww_str *out);

/* -- times ------------------------------------------------------------------------------------------- */

/* The time at a path known to be good, with blanks around it passed over. Where it states no offset that of MSH-7 is
 * taken (chapter 2, MSH-7), where that states none either the zone's. False when there is none or it is not one;
 * *out is then untouched, and the warnings say which times are none or in doubt. */
bool ww_hl7_time(struct ww_ctx *cx, const struct ww_hl7 *m, const char *path,
    const struct ww_zone *z, ww_time *out);

/* -- warnings ---------------------------------------------------------------------------------------- */

/* What was noticed in a message that is taken all the same. A set of them is a number with the bits 1 << w. */
enum ww_hl7_warning {
#define WW_HL7_WARNING(name, text) WW_HL7_WARN_##name,
#include <wardwire/hl7v2_warnings.def>
#undef WW_HL7_WARNING
	WW_HL7_WARNINGS_N,
};
/* The set noticed so far: all that the bytes and the escapes of the message show, and of times what was read. */
uint32_t ww_hl7_warnings(const struct ww_hl7 *m);
const char *ww_hl7_warning_name(enum ww_hl7_warning w); /* "charset_guessed" */
const char *ww_hl7_warning_text(enum ww_hl7_warning w); /* one clause for people */
/* The names of a set with blanks between, in the arena. */
ww_str ww_hl7_warning_names(struct ww_ctx *cx, uint32_t set);

/* -- escapes ----------------------------------------------------------------------------------------- */

/* Decodes the escapes of one leaf in one pass; the slice itself when there are none. */
ww_str ww_hl7_unescape(struct ww_ctx *cx, ww_str leaf, const struct ww_hl7_delims *d);

/* FORMATTED is text of type FT, TX or CF that may hold commands of layout, highlighting, character set or a local
 * agreement (\H\, \.sp+2\, \C2842\, \Zxy\): well-formed ones stay, and a line feed becomes \.br\. */
enum ww_hl7_form { WW_HL7_PLAIN, WW_HL7_FORMATTED };
/* Appends text so that ww_hl7_unescape gives it back, but for NUL, which no text has. Two quotes and nothing else
 * become hex, as they would delete. */
void ww_hl7_encode(
    ww_str text, const struct ww_hl7_delims *d, enum ww_hl7_form form, struct ww_buf *out);
void ww_hl7_escape(ww_str text, const struct ww_hl7_delims *d, struct ww_buf *out); /* PLAIN */
/* The same for text of which at most limit characters (at least 1) may be sent: a longer one is cut off and ends with
 * the truncation character. False when it was sent whole: it is short enough, or there is no such character. */
bool ww_hl7_encode_within(
    ww_str text, size_t limit, const struct ww_hl7_delims *d, struct ww_buf *out);

#endif
