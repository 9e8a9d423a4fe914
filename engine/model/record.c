/* Writes and reads the bodies of journal records. */
#include "model/record.h"

#include <wardwire/journal.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void
put_str(struct ww_buf *out, ww_str s)
{
	ww_buf_le32(out, (uint32_t)s.n);
	if (s.n > 0)
		ww_buf_str_add(out, s);
}

static void
put_int(struct ww_buf *out, int64_t v)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "%" PRId64, v);

	put_str(out, ww_str_of(text, (size_t)n));
}

/* Takes one field from *rest; a body that ended before it gives the empty field. */
static bool
take_str(ww_str *rest, ww_str *out)
{
	const unsigned char *p = (const unsigned char *)rest->p;
	size_t n;

	*out = ww_str_empty();
	if (rest->n == 0)
		return true;
	if (rest->n < 4)
		return false;
	n = (size_t)p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16 | (size_t)p[3] << 24;
	if (n > rest->n - 4)
		return false;
	*out = ww_str_of(rest->p + 4, n);
	*rest = ww_str_of(rest->p + 4 + n, rest->n - 4 - n);
	return true;
}

static bool
take_int(ww_str *rest, int64_t *out)
{
	ww_str s;
	uint64_t v = 0;
	bool minus;

	*out = 0;
	if (!take_str(rest, &s))
		return false;
	if (s.n == 0)
		return true;
	minus = s.p[0] == '-';
	if (!ww_str_u64(minus ? ww_str_sub(s, 1, s.n) : s, INT64_MAX, &v))
		return false;
	*out = minus ? -(int64_t)v : (int64_t)v;
	return true;
}

#define WW_RECORD(r)                                                                               \
	void ww_rec_##r##_write(const struct ww_rec_##r *in, struct ww_buf *out)                   \
	{
#define WW_REC_STR(r, f) put_str(out, in->f);
#define WW_REC_INT(r, f) put_int(out, in->f);
#define WW_RECORD_END(r) }
#include "model/record.def"
#undef WW_RECORD
#undef WW_REC_STR
#undef WW_REC_INT
#undef WW_RECORD_END

#define WW_RECORD(r)                                                                               \
	ww_status ww_rec_##r##_read(struct ww_ctx *cx, ww_str body, struct ww_rec_##r *out)        \
	{                                                                                          \
		ww_str rest = body;                                                                \
		const char *at = #r;
#define WW_REC_STR(r, f)                                                                           \
	if (!take_str(&rest, &out->f))                                                             \
		return ww_fail(cx, WW_E_SYNTAX, at, "record body: field %s", #f);
#define WW_REC_INT(r, f)                                                                           \
	if (!take_int(&rest, &out->f))                                                             \
		return ww_fail(cx, WW_E_SYNTAX, at, "record body: field %s", #f);
#define WW_RECORD_END(r)                                                                           \
	return WW_OK;                                                                              \
	}
#include "model/record.def"
#undef WW_RECORD
#undef WW_REC_STR
#undef WW_REC_INT
#undef WW_RECORD_END

const char *
ww_record_kind_text(uint8_t kind)
{
	static const char *const texts[] = {
		[WW_REC_MESSAGE] = "message",
		[WW_REC_ATTEMPT] = "attempt",
		[WW_REC_OUTCOME] = "outcome",
		[WW_REC_TICK] = "tick",
		[WW_REC_CONFIG] = "config",
		[WW_REC_ROSTER] = "roster",
		[WW_REC_OPERATOR] = "operator",
		[WW_REC_QUARANTINE] = "quarantine",
		[WW_REC_ENGINE] = "engine",
		[WW_REC_REQUEST] = "request",
		[WW_REC_FILE] = "file",
		[WW_REC_ROSTER_LOAD] = "roster-load",
	};

	return kind < sizeof(texts) / sizeof(texts[0]) && texts[kind] != NULL ? texts[kind] : "?";
}
