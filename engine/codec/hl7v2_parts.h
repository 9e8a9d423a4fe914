/* The insides of a parsed HL7 v2 message: shared by the files of this codec, and nobody else's business. */
#ifndef WW_CODEC_HL7V2_PARTS_H
#define WW_CODEC_HL7V2_PARTS_H

#include <wardwire/hl7v2.h>

struct ww_charset;
struct ww_failure;

/* Beyond them ww_hl7_parse ends with WW_E_LIMIT: what a mapper does per repetition or component stays
 * bounded. */
enum {
	WW_HL7_SEGMENTS_MAX = 10000,
	WW_HL7_FIELDS_MAX = 1000,       /* of a segment */
	WW_HL7_REPETITIONS_MAX = 10000, /* of a field */
	WW_HL7_COMPONENTS_MAX = 1000,   /* of a repetition, and subcomponents of a component */
};

/* Offsets are from the first byte of the message; 32 bits, as a frame may be larger than 64 KiB. */
struct ww_hl7_segment {
	uint32_t id; /* its three letters, 0 for a line that is no segment */
	uint32_t start,
	    end; /* of its line, the line end apart; of all its lines where ADD continues it */
	bool continued; /* text is a copy in the arena, lines joined; else it is the line itself */
	ww_str text;
};

/* What is worked out when asked for, and kept. A message belongs to one thread. */
struct ww_hl7_lazy {
	/* Where the last field was found: the next one is looked for from there. */
	const char *segment; /* its text; NULL: none */
	size_t number;       /* separators before the field */
	size_t begin, n;     /* offset of the field in the text, and its bytes */
	/* Where the last repetition was looked up: makes a loop over them linear. */
	const char *field;
	size_t repetition; /* from 1 */
	size_t offset;     /* of that repetition in the field */
	/* The segment that was looked up last. */
	uint32_t id; /* 0: none */
	size_t nth, index;
	/* What the bytes are in, once that was found out. */
	bool settled;
	const struct ww_failure *misfit;   /* why they cannot be read; NULL: they can */
	const struct ww_charset *charset;  /* NULL: a set that is not read */
	const struct ww_charset *fallback; /* of bytes that are not in it; NULL: they all are */
	uint32_t warnings;                 /* noticed so far */
	bool scanned;                      /* the bytes were looked through for more of them */
	enum { WW_HL7_MSH7_UNREAD, WW_HL7_MSH7_BARE, WW_HL7_MSH7_OFFSET } msh7;
	int16_t msh7_offset; /* of MSH-7 where it states one, in minutes east of UTC */
};

struct ww_hl7 {
	ww_str raw;   /* all that was given */
	ww_str bytes; /* from MSH on */
	struct ww_hl7_delims delims;
	struct ww_hl7_segment *segment;
	size_t segments;
	const struct ww_hl7_source *source; /* NULL: nothing is agreed */
	const struct ww_hl7 *wire;          /* as it came, of one that was transcoded; else NULL */
	bool has_cr;
	struct ww_hl7_lazy *lazy;
};

#define WW_HL7_ID_N ((size_t)3)

/* A segment's id as one number. */
static inline uint32_t
ww_hl7_pack(const char *id)
{
	return (uint32_t)(unsigned char)id[0] << 16 | (uint32_t)(unsigned char)id[1] << 8 |
	       (uint32_t)(unsigned char)id[2];
}

/* Whether c may be a delimiter: punctuation of ASCII, and not the quote, which carries the delete marker. */
bool ww_hl7_may_delimit(char c);
/* Reads the delimiters of a header, MSH, FHS or BHS, of which it looks at no more bytes than a good one needs.
 * NULL when they are usable, else what is wrong, with the number of the field, 1 or 2. */
const char *ww_hl7_delims_read(ww_str header, struct ww_hl7_delims *out, size_t *field);

/* Behind a lone LF: rest begins with a segment. */
bool ww_hl7_begins_segment(ww_str rest, char field);
/* The lines of a message, empty ones left out. A lone LF is data in a message with CR, unless a segment begins
 * behind it. field is the field separator; at, where a line begins. */
struct ww_hl7_lines {
	ww_str bytes;
	char field;
	bool has_cr;
	bool lf_kept; /* an LF was data */
	size_t at, cr, lf;
};
struct ww_hl7_lines ww_hl7_lines_from(ww_str bytes, char field, size_t at);
bool ww_hl7_lines_next(struct ww_hl7_lines *l, size_t *start, size_t *end);

/* How often c stands in s. */
size_t ww_hl7_tally(ww_str s, char c);
/* The n-th (from 1) segment of that id, or NULL. */
const struct ww_hl7_segment *ww_hl7_find(const struct ww_hl7 *m, const char *id, size_t n);
/* The bytes of field f (from 1), all its repetitions; false when it is absent. */
bool ww_hl7_field(const struct ww_hl7 *m, const struct ww_hl7_segment *s, size_t f, ww_str *out);
/* Fields 1 and 2 of MSH, FHS and BHS hold the delimiters themselves: never split, never decoded. */
bool ww_hl7_opaque(const struct ww_hl7_segment *s, size_t f);
ww_str ww_hl7_segment_bytes(const struct ww_hl7 *m, const struct ww_hl7_segment *s);
/* Appends it as it came, also with the lines by which ADD continues it; each ends with CR. */
void ww_hl7_segment_write(
    const struct ww_hl7 *m, const struct ww_hl7_segment *s, struct ww_buf *out);
/* What raw bytes that are there say: nothing, delete, or a value. */
enum ww_hl7_state ww_hl7_state_of(ww_str raw);

/* Bytes of the message in UTF-8. False when they do not fit the character set, nor, unless they are made by an escape, the
 * fallback: *out is then the bytes. */
bool ww_hl7_utf8(
    struct ww_ctx *cx, const struct ww_hl7 *m, ww_str bytes, bool escaped, ww_str *out);
/* Text for the message, out of UTF-8. False when it has a character that the message's set has not, or the arena is full. */
bool ww_hl7_from_utf8(struct ww_ctx *cx, const struct ww_hl7 *m, ww_str text, ww_str *out);
/* Finds out what the bytes are in, by the source that m has by then, and puts a message in UTF-8 in the place of one that is
 * to be transcoded. What stands against it is kept for ww_hl7_check_charset; a failure is want of memory. */
WW_MUST ww_status ww_hl7_settle(struct ww_ctx *cx, struct ww_hl7 **m);
WW_MUST ww_status ww_hl7_check_charset(struct ww_ctx *cx, const struct ww_hl7 *m);
/* The message whose bytes are those that came. */
const struct ww_hl7 *ww_hl7_wire(const struct ww_hl7 *m);
/* The text of a leaf: escapes decoded, then in UTF-8. Bytes that do not fit the character set stay as
 * they are; a hex escape that would make such bytes stays an escape. */
ww_str ww_hl7_decode(struct ww_ctx *cx, const struct ww_hl7 *m, ww_str leaf);

/* Notes it once. */
void ww_hl7_warn(const struct ww_hl7 *m, enum ww_hl7_warning w);
/* Notes what is odd about the bytes of the message and its escapes. */
void ww_hl7_scan(const struct ww_hl7 *m);
/* Bytes of the command of layout, highlighting, character set or local agreement that rest begins with; 0: none. */
size_t ww_hl7_formatting(ww_str rest, const struct ww_hl7_delims *d);
/* Raw bytes end with the truncation character, so the sender cut a longer value there. */
bool ww_hl7_cut_off(ww_str raw, const struct ww_hl7_delims *d);
/* The set of warnings about the escapes of one leaf. */
uint32_t ww_hl7_escape_faults(ww_str leaf, const struct ww_hl7_delims *d);

/* Compiles a path. NULL when it is good, else what is wrong at *fault (from 0), and *out is not usable. */
const char *ww_hl7_path_compile(ww_str text, struct ww_hl7_path *out, size_t *fault);

/* The path is one of the fields that hold the delimiters: MSH-1, MSH-2 and those of FHS and BHS. */
bool ww_hl7_path_is_opaque(const struct ww_hl7_path *p);

/* What stands in for an absent MSH-12. */
int ww_hl7_default_version(const struct ww_hl7 *m);
/* MSH-12 as ww_hl7_version_number gives it; the default when it is absent. */
int ww_hl7_version(struct ww_ctx *cx, const struct ww_hl7 *m);
/* MSH-11 is P, D or T, or absent. */
bool ww_hl7_processing_known(struct ww_ctx *cx, const struct ww_hl7 *m);

#endif
