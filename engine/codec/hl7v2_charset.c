/* What the bytes of a message are in: MSH-18, what is agreed with its source, and the bytes themselves. */
#include "codec/charset.h"
#include "codec/hl7v2_parts.h"
#include "codec/utf8.h"

#include <wardwire/arena.h>
#include <wardwire/ctx.h>

#include <string.h>

static const struct ww_hl7_source nothing_agreed = { .version = 230 };

static const struct ww_hl7_source *
source_of(const struct ww_hl7 *m)
{
	return m->source != NULL ? m->source : &nothing_agreed;
}

int
ww_hl7_default_version(const struct ww_hl7 *m)
{
	int version = source_of(m)->version;

	return version > 0 ? version : nothing_agreed.version;
}

/* The first component of that repetition, from the raw bytes, as nothing can be decoded before the set is known. */
static ww_str
raw_at(const struct ww_hl7 *m, uint16_t field, size_t repetition)
{
	struct ww_hl7_path path = { "MSH", 1, field, (uint16_t)repetition, 1, 0 };
	ww_str raw;

	return ww_hl7_raw(m, &path, &raw) == WW_HL7_VALUE ? raw : ww_str_empty();
}

/* The set of ISO 2022 that a later repetition of MSH-18 names; NULL: none. */
static const struct ww_charset *
switched_to(const struct ww_hl7 *m)
{
	enum { MOST = 8 };
	size_t n = ww_hl7_repetitions(m, "MSH", 1, 18), i;
	const struct ww_charset *found = NULL;

	if (n < 2 || memchr(m->bytes.p, 0x1b, m->bytes.n) == NULL)
		return NULL;
	for (i = 2; i <= n && i <= MOST; i++) {
		const struct ww_charset *c = ww_charset_find(raw_at(m, 18, i));

		if (c != NULL && ww_charset_switched(c))
			found = c;
	}
	return found;
}

/* The first repetition is the set of the message. Later ones are reached by escapes, which we leave as they stand, but for
 * the Japanese sets: those are switched to by ISO 2022, in which all of the message then is. */
static const struct ww_charset *
declared(const struct ww_hl7 *m)
{
	const struct ww_charset *first = ww_charset_find(raw_at(m, 18, 1));
	const struct ww_charset *other = switched_to(m);

	if (other != NULL)
		return other;
	if (source_of(m)->windows && first == ww_charset_find(WW_STR("8859/1")))
		return ww_charset_windows();
	return first;
}

static const struct ww_charset *
fallback_of(const struct ww_hl7_source *source)
{
	if (source->strict)
		return NULL;
	return source->fallback != NULL ? source->fallback : ww_charset_windows();
}

/* Whether that set is read at all. */
static ww_status
check_set(struct ww_ctx *cx, const struct ww_charset *set, const struct ww_hl7_source *source)
{
	uint32_t bit = set != NULL ? ww_charset_bit(set) : 0;

	if (set == NULL)
		return ww_fail(cx, WW_E_CODE, "MSH-18", "the character set is not supported");
	if (ww_charset_kind(set) == WW_CHARSET_WIDE)
		return ww_fail(cx, WW_E_WIDE, "MSH-18", "a set of 16 or 32 bits a character");
	if (bit != 0 && (source->more & bit) == 0)
		return ww_fail(cx, WW_E_CODE, "MSH-18",
		    "the character set is not among those configured for the feed");
	/* Of a set that is transcoded that shows then, and want of memory is told apart. */
	if (ww_charset_kind(set) == WW_CHARSET_TABLE && !ww_charset_usable(set))
		return ww_fail(cx, WW_E_CODE, "MSH-18", "this machine cannot convert the set");
	return WW_OK;
}

/* Bytes that do not fit the declared set. What no set is declared for is UTF-8 where all of it can be; a declaration of
 * ASCII is one that strict holds the source to. */
static ww_status
settle_misfit(struct ww_ctx *cx, const struct ww_hl7 *m, const struct ww_charset *set,
    const struct ww_hl7_source *source)
{
	const struct ww_charset *fallback = fallback_of(source);
	bool ascii = ww_charset_kind(set) == WW_CHARSET_ASCII;
	bool undeclared = ascii && ww_str_trim(raw_at(m, 18, 1)).n == 0;

	if (ascii && (undeclared || !source->strict) && ww_utf8_valid(m->bytes)) {
		m->lazy->charset = ww_charset_utf8();
		ww_hl7_warn(m, WW_HL7_WARN_charset_guessed);
		return WW_OK;
	}
	if (fallback == NULL || !ww_charset_readable(set, fallback, m->bytes))
		return ww_fail(cx, WW_E_CHARSET, "MSH-18",
		    undeclared ? "no set is declared, and the bytes are not UTF-8"
		               : "bytes do not fit the declared set");
	m->lazy->charset = ascii ? fallback : set;
	m->lazy->fallback = ascii ? NULL : fallback;
	ww_hl7_warn(m, WW_HL7_WARN_charset_fallback);
	return WW_OK;
}

static ww_status
find_set(struct ww_ctx *cx, const struct ww_hl7 *m)
{
	const struct ww_hl7_source *source = source_of(m);
	const struct ww_charset *set = declared(m);
	ww_status s = check_set(cx, set, source);

	if (s != WW_OK)
		return s;
	m->lazy->charset = set;
	if (ww_charset_kind(set) == WW_CHARSET_FRAME || ww_charset_fits(set, m->bytes))
		return WW_OK;
	return settle_misfit(cx, m, set, source);
}

/* Keeps why the bytes cannot be read: that is for a later check to say, or, where text is asked for all the same, no
 * failure at all. */
static ww_status
keep_misfit(struct ww_ctx *cx, const struct ww_hl7 *m, const struct ww_failure *why)
{
	struct ww_failure *f;

	if (ww_status_class(why->status) == WW_TRANSIENT || why->status == WW_E_LIMIT)
		return ww_fail(cx, why->status, why->place, "%s", why->reason);
	f = ww_arena_alloc(cx->arena, sizeof(*f));
	if (f == NULL)
		return ww_fail_memory(cx);
	*f = *why;
	m->lazy->misfit = f;
	m->lazy->charset = NULL;
	return WW_OK;
}

static ww_status
settle(struct ww_ctx *cx, const struct ww_hl7 *m)
{
	struct ww_ctx apart = { .arena = cx->arena };

	if (m->lazy->settled)
		return WW_OK;
	m->lazy->settled = true;
	return find_set(&apart, m) == WW_OK ? WW_OK : keep_misfit(cx, m, &apart.fail);
}

ww_status
ww_hl7_check_charset(struct ww_ctx *cx, const struct ww_hl7 *m)
{
	const struct ww_failure *f = m->lazy->misfit;

	return f == NULL ? WW_OK : ww_fail(cx, f->status, f->place, "%s", f->reason);
}

bool
ww_hl7_utf8(struct ww_ctx *cx, const struct ww_hl7 *m, ww_str bytes, bool escaped, ww_str *out)
{
	ww_str utf8;

	*out = bytes;
	if (ww_ascii(bytes))
		return true;
	if (settle(cx, m) != WW_OK || m->lazy->charset == NULL ||
	    !ww_charset_decode(
	        cx, m->lazy->charset, escaped ? NULL : m->lazy->fallback, bytes, &utf8))
		return false;
	*out = utf8;
	return true;
}

/* In a message without any set UTF-8 is what is guessed when it is read. */
bool
ww_hl7_from_utf8(struct ww_ctx *cx, const struct ww_hl7 *m, ww_str text, ww_str *out)
{
	const struct ww_charset *set;

	*out = text;
	if (ww_ascii(text))
		return true;
	if (settle(cx, m) != WW_OK || m->lazy->charset == NULL)
		return false;
	set = m->lazy->charset;
	if (ww_charset_kind(set) == WW_CHARSET_ASCII && ww_str_trim(raw_at(m, 18, 1)).n == 0)
		set = ww_charset_utf8();
	return ww_charset_encode(cx, set, text, out);
}

const struct ww_hl7 *
ww_hl7_wire(const struct ww_hl7 *m)
{
	return m->wire != NULL ? m->wire : m;
}

/* Puts the message in UTF-8 in the place of *m, which stays reachable as what came. */
static ww_status
transcode(struct ww_ctx *cx, const struct ww_hl7_source *source, struct ww_hl7 **m)
{
	struct ww_hl7 *wire = *m, *text;
	bool fell;
	ww_str utf8;
	ww_status s = ww_charset_transcode(
	    cx, wire->lazy->charset, fallback_of(source), wire->bytes, &utf8, &fell);

	if (s == WW_OK)
		s = ww_hl7_parse(cx, utf8, &text);
	if (s != WW_OK)
		return s;
	text->source = wire->source;
	text->wire = wire;
	text->lazy->settled = true;
	text->lazy->charset = ww_charset_utf8();
	text->lazy->warnings |= wire->lazy->warnings;
	if (fell)
		ww_hl7_warn(text, WW_HL7_WARN_charset_fallback);
	*m = text;
	return WW_OK;
}

ww_status
ww_hl7_settle(struct ww_ctx *cx, struct ww_hl7 **m)
{
	struct ww_ctx apart = { .arena = cx->arena };
	const struct ww_hl7 *wire = *m;
	ww_status s = settle(cx, wire);

	if (s == WW_OK && wire->lazy->charset != NULL &&
	    ww_charset_kind(wire->lazy->charset) == WW_CHARSET_FRAME &&
	    transcode(&apart, source_of(wire), m) != WW_OK)
		s = keep_misfit(cx, wire, &apart.fail);
	if (s == WW_OK && ww_str_trim(raw_at(*m, 12, 1)).n == 0)
		ww_hl7_warn(*m, WW_HL7_WARN_version_missing);
	return s;
}

ww_status
ww_hl7_read(struct ww_ctx *cx, ww_str raw, const struct ww_hl7_source *source, struct ww_hl7 **out)
{
	ww_status s = ww_hl7_parse(cx, raw, out);

	if (s != WW_OK)
		return s;
	(*out)->source = source;
	s = ww_hl7_settle(cx, out);
	return s == WW_OK ? ww_hl7_check_charset(cx, *out) : s;
}
