/* What a receiver checks of a message before it stores it. */
#include "codec/ack.h"
#include "codec/hl7v2_parts.h"

#include <wardwire/arena.h>

#include <stdio.h>
#include <string.h>

/* -- header ------------------------------------------------------------------------------------------ */

int
ww_hl7_version_number(ww_str v)
{
	uint64_t minor, patch = 0;

	if (!ww_str_starts(v, WW_STR("2.")) || !ww_str_u64(ww_str_sub(v, 2, 1), 9, &minor) ||
	    minor == 0)
		return -1;
	if (v.n > 3 && (v.n != 5 || v.p[3] != '.' || !ww_str_u64(ww_str_sub(v, 4, 1), 9, &patch)))
		return -1;
	return 200 + (int)minor * 10 + (int)patch;
}

int
ww_hl7_version(struct ww_ctx *cx, const struct ww_hl7 *m)
{
	ww_str v = ww_str_trim(ww_hl7_at(cx, m, "MSH-12"));

	return v.n == 0 ? ww_hl7_default_version(m) : ww_hl7_version_number(v);
}

bool
ww_ack_is(struct ww_ctx *cx, const struct ww_hl7 *m)
{
	return ww_str_ieq(ww_str_trim(ww_hl7_at(cx, m, "MSH-9")), WW_STR("ACK"));
}

static ww_status
check_type(struct ww_ctx *cx, const struct ww_hl7 *m)
{
	if (ww_ack_is(cx, m))
		return ww_fail(cx, WW_E_TYPE, "MSH-9", "an acknowledgement is no message to take");
	if (ww_str_trim(ww_hl7_at(cx, m, "MSH-9")).n == 0)
		return ww_fail(cx, WW_E_TYPE, "MSH-9", "the message type is missing");
	return WW_OK;
}

static ww_status
check_control_id(struct ww_ctx *cx, const struct ww_hl7 *m)
{
	if (ww_str_trim(ww_hl7_at(cx, m, "MSH-10")).n == 0)
		return ww_fail(cx, WW_E_REQUIRED, "MSH-10", "the message control id is missing");
	return WW_OK;
}

/* Table 0103. Senders of old versions leave it out; some write it in small letters. */
bool
ww_hl7_processing_known(struct ww_ctx *cx, const struct ww_hl7 *m)
{
	static const char *const ids[] = { "P", "D", "T" };
	ww_str id = ww_str_trim(ww_hl7_at(cx, m, "MSH-11"));
	size_t i;

	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		if (ww_str_ieq(id, ww_str_from(ids[i])))
			return true;
	return id.n == 0;
}

static ww_status
check_processing(struct ww_ctx *cx, const struct ww_hl7 *m)
{
	if (!ww_hl7_processing_known(cx, m))
		return ww_fail(
		    cx, WW_E_PROCESSING, "MSH-11", "the processing id is not one of P, D, T");
	return WW_OK;
}

static ww_status
check_version(struct ww_ctx *cx, const struct ww_hl7 *m)
{
	if (ww_hl7_version(cx, m) < 0)
		return ww_fail(cx, WW_E_VERSION, "MSH-12", "the version is not one of 2.1 to 2.9");
	return WW_OK;
}

/* -- the rest ---------------------------------------------------------------------------------------- */

/* A frame with more than one message, or with a part of one, must not pass for one message: what is not
 * looked at would be acknowledged and lost. The first bytes of a line decide, not its id, as each header
 * may declare delimiters of its own. */
static ww_status
check_whole(struct ww_ctx *cx, const struct ww_hl7 *m)
{
	static const struct {
		const char *id;
		bool any_line; /* also one that is no segment */
		const char *reason;
	} refused[] = {
		{ "MSH", true, "more than one message in a frame is not taken" },
		{ "FHS", true, "a batch is not taken: send its messages one by one" },
		{ "BHS", true, "a batch is not taken: send its messages one by one" },
		{ "ADD", false, "there is no segment that it continues" },
		{ "DSC", false, "a message in several parts is not taken" },
	};
	static const struct ww_hl7_path pointer = { "MSH", 1, 14, 1, 1, 0 };
	size_t i, k;
	ww_str to;

	/* Some fill MSH-14 with what they like, so it alone says nothing. */
	if (m->segments > 1 && m->segment[1].id == ww_hl7_pack("ADD") &&
	    ww_hl7_raw(m, &pointer, &to) == WW_HL7_VALUE)
		return ww_fail(cx, WW_E_NOT_FOUND, "MSH-14", "what it continues is not known here");
	for (i = 1; i < m->segments; i++) {
		ww_str line = ww_hl7_segment_bytes(m, &m->segment[i]);

		for (k = 0; k < sizeof(refused) / sizeof(refused[0]); k++)
			if (ww_str_starts(line, ww_str_from(refused[k].id)) &&
			    (refused[k].any_line || m->segment[i].id != 0))
				return ww_fail(
				    cx, WW_E_SEGMENT, refused[k].id, "%s", refused[k].reason);
	}
	return WW_OK;
}

static bool
has_id(struct ww_ctx *cx, const struct ww_hl7 *m, const char *path, size_t field)
{
	size_t r, n = ww_hl7_repetitions(m, "PID", 1, field);
	ww_str id;

	for (r = 1; r <= n; r++)
		if (ww_hl7_nth(cx, m, path, 1, r, &id) == WW_HL7_VALUE && ww_str_trim(id).n > 0)
			return true;
	return false;
}

/* An ADT message speaks of a patient. A20, the state of a bed, is the only one that has none. */
static ww_status
check_patient(struct ww_ctx *cx, const struct ww_hl7 *m)
{
	ww_str event = ww_hl7_at(cx, m, "MSH-9.2");

	if (event.n == 0)
		event = ww_hl7_at(cx, m, "EVN-1");
	if (!ww_str_ieq(ww_str_trim(ww_hl7_at(cx, m, "MSH-9.1")), WW_STR("ADT")) ||
	    ww_str_ieq(ww_str_trim(event), WW_STR("A20")))
		return WW_OK;
	if (ww_hl7_find(m, "PID", 1) == NULL)
		return ww_fail(cx, WW_E_SEGMENT, "PID", "the patient's segment is missing");
	if (!has_id(cx, m, "PID-3", 3) && !has_id(cx, m, "PID-2", 2))
		return ww_fail(cx, WW_E_REQUIRED, "PID-3", "the patient has no identifier");
	return WW_OK;
}

/* In this order: what decides for AR before what decides for AE. */
static ww_status (*const checks[])(struct ww_ctx *cx, const struct ww_hl7 *m) = {
	check_type,
	check_control_id,
	check_processing,
	check_version,
	ww_hl7_check_charset,
	check_whole,
	check_patient,
};

struct ww_hl7 *
ww_hl7_header(const struct ww_ctx *cx, ww_str raw)
{
	struct ww_ctx apart = { .arena = cx->arena };
	struct ww_hl7 *m = NULL;
	const char *msh = memchr(raw.p, 'M', raw.n); /* only blanks and a mark may stand before */
	size_t from = msh != NULL ? (size_t)(msh - raw.p) : raw.n, end = from;

	while (end < raw.n && raw.p[end] != '\r' && raw.p[end] != '\n')
		end++;
	if (ww_hl7_parse(&apart, ww_str_sub(raw, from, end - from), &m) != WW_OK)
		return NULL;
	return m;
}

ww_status
ww_hl7_accept(struct ww_ctx *cx, ww_str raw, const struct ww_hl7_source *source, struct ww_hl7 **m)
{
	ww_status s;
	size_t i;

	*m = NULL;
	s = ww_hl7_parse(cx, raw, m);
	if (s == WW_E_LIMIT)
		*m = ww_hl7_header(cx, raw);
	if (*m != NULL)
		(*m)->source = source;
	if (s == WW_OK)
		s = ww_hl7_settle(cx, m);
	for (i = 0; s == WW_OK && i < sizeof(checks) / sizeof(checks[0]); i++) {
		s = checks[i](cx, *m);
		/* A text that could not be decoded looks like a missing one. */
		if (ww_arena_status(cx->arena) != WW_OK)
			s = ww_fail_memory(cx);
	}
	return s;
}

size_t
ww_hl7_faults(const struct ww_ctx *cx, const struct ww_hl7 *m, struct ww_failure *out, size_t most)
{
	size_t i, n = 0;

	for (i = 0; i < sizeof(checks) / sizeof(checks[0]) && n < most; i++) {
		struct ww_ctx apart = { .arena = cx->arena };

		if (ww_status_class(checks[i](&apart, m)) == WW_PERMANENT &&
		    ww_arena_status(cx->arena) == WW_OK)
			out[n++] = apart.fail;
	}
	return n;
}
