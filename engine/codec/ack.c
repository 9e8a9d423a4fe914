/* Acknowledgements: MSH, MSA and, where something is wrong, ERR in the form of the message's version. */
#include "codec/ack.h"
#include "codec/hl7v2_parts.h"

#include <wardwire/arena.h>
#include <wardwire/buf.h>
#include <wardwire/time.h>

#include <inttypes.h>
#include <string.h>

/* Versions as ww_hl7_version gives them. */
enum {
	ACK_STRUCTURE = 231, /* from here on MSH-9 is ACK^event^ACK */
	ERR_LOCATION = 250,  /* from here on ERR-2 to ERR-8 */
	TOO_LONG = 270,      /* from here on code 104 */
	OURS = 251,          /* what we write when the message says nothing usable */
};
enum {
	ERRORS_MOST = 16, /* ERR segments, or repetitions of ERR-1 */
	REASON_MOST = 73, /* bytes of it in MSA-3, which has 80, behind the public code */
};

/* Texts of HL7 table 0357. */
static const struct {
	int code;
	const char *text;
} conditions[] = {
	{ 100, "Segment sequence error" },
	{ 101, "Required field missing" },
	{ 102, "Data type error" },
	{ 103, "Table value not found" },
	{ 104, "Value too long" },
	{ 200, "Unsupported message type" },
	{ 201, "Unsupported event code" },
	{ 202, "Unsupported processing id" },
	{ 203, "Unsupported version id" },
	{ 204, "Unknown key identifier" },
	{ 205, "Duplicate key identifier" },
	{ 206, "Application record locked" },
	{ 207, "Application internal error" },
};

/* Failures of the message as such, whatever their condition code: no part of it can be relied on. */
static const struct {
	ww_status status;
	const char *place; /* NULL: anywhere */
} rejected[] = {
	{ WW_E_NOT_HL7, NULL },
	{ WW_E_HEADER, NULL },
	{ WW_E_TYPE, NULL },
	{ WW_E_EVENT, NULL },
	{ WW_E_PROCESSING, NULL },
	{ WW_E_VERSION, NULL },
	{ WW_E_WIDE, NULL },
	{ WW_E_REQUIRED, "MSH-10" },
	{ WW_E_FEED, NULL },
};

static bool
is_rejected(const struct ww_failure *f)
{
	size_t i;

	for (i = 0; i < sizeof(rejected) / sizeof(rejected[0]); i++)
		if (f->status == rejected[i].status &&
		    (rejected[i].place == NULL || strcmp(f->place, rejected[i].place) == 0))
			return true;
	return false;
}

const char *
ww_ack_code(const struct ww_failure *f)
{
	/* Trouble of ours, unrelated to the content: chapter 2, 2.8.2.1 c. */
	return is_rejected(f) || ww_status_hl7(f->status) == 207 ? "AR" : "AE";
}

const char *
ww_ack_accept_code(const struct ww_failure *f)
{
	if (f == NULL)
		return "CA";
	return is_rejected(f) ? "CR" : "CE";
}

/* What the answer takes over from the message. */
struct echo {
	struct ww_hl7_delims d;
	ww_str to_application, to_facility, from_application, from_facility;
	ww_str event, processing, version, charset, control_id;
	int number; /* version as a number */
};

/* As it stands, delimiters and all; empty when it is no value. */
static ww_str
raw_at(const struct ww_hl7 *m, uint16_t field, uint16_t component)
{
	struct ww_hl7_path p = { "MSH", 1, field, 0, component, 0 };
	ww_str raw;

	return ww_hl7_raw(m, &p, &raw) == WW_HL7_VALUE ? raw : ww_str_empty();
}

static ww_str
version_text(struct ww_ctx *cx, int number)
{
	int minor = number / 10 % 10, patch = number % 10;

	return patch == 0 ? ww_arena_printf(cx->arena, "2.%d", minor)
	                  : ww_arena_printf(cx->arena, "2.%d.%d", minor, patch);
}

static struct echo
echo_of(struct ww_ctx *cx, const struct ww_hl7 *m)
{
	struct echo e = { .d = ww_hl7_default_delims,
		.to_application = ww_str_empty(),
		.to_facility = ww_str_empty(),
		.from_application = ww_str_empty(),
		.from_facility = ww_str_empty(),
		.event = ww_str_empty(),
		.processing = WW_STR("P"),
		.version = WW_STR("2.5.1"),
		.charset = ww_str_empty(),
		.control_id = ww_str_empty(),
		.number = OURS };

	if (m == NULL)
		return e;
	m = ww_hl7_wire(m); /* what is echoed is echoed byte for byte */
	e.d = *ww_hl7_delims(m);
	e.to_application = raw_at(m, 3, 0);
	e.to_facility = raw_at(m, 4, 0);
	e.from_application = raw_at(m, 5, 0);
	e.from_facility = raw_at(m, 6, 0);
	e.event = raw_at(m, 9, 2);
	e.control_id = raw_at(m, 10, 0);
	e.charset = raw_at(m, 18, 0);
	if (raw_at(m, 11, 0).n > 0 && ww_hl7_processing_known(cx, m))
		e.processing = raw_at(m, 11, 0);
	if (ww_hl7_version(cx, m) > 0) {
		e.number = ww_hl7_version(cx, m);
		e.version = raw_at(m, 12, 0);
		if (ww_str_trim(e.version).n == 0)
			e.version = version_text(cx, e.number);
	}
	return e;
}

/* Appends n times the byte c, then s. */
static void
put(struct ww_buf *out, size_t n, char c, ww_str s)
{
	while (n-- > 0)
		ww_buf_byte(out, c);
	ww_buf_str_add(out, s);
}

static void
write_header(const struct echo *e, const struct ww_ack *a, struct ww_buf *out)
{
	char f = e->d.field, c = e->d.component;

	put(out, 0, f, WW_STR("MSH"));
	ww_buf_byte(out, f);
	ww_buf_byte(out, c);
	ww_buf_byte(out, e->d.repetition);
	ww_buf_byte(out, e->d.escape);
	ww_buf_byte(out, e->d.subcomponent);
	if (e->d.truncation != '\0')
		ww_buf_byte(out, e->d.truncation);
	put(out, 1, f, e->from_application);
	put(out, 1, f, e->from_facility);
	put(out, 1, f, e->to_application);
	put(out, 1, f, e->to_facility);
	ww_buf_byte(out, f);
	ww_time_write_hl7(ww_time_at(a->now, NULL), out);
	put(out, 2, f, WW_STR("ACK"));
	if (e->event.n > 0 && e->number >= ACK_STRUCTURE) {
		put(out, 1, c, e->event);
		put(out, 1, c, WW_STR("ACK"));
	}
	ww_buf_printf(out, "%c%c%" PRIu64, f, a->series != '\0' ? a->series : 'W', a->number);
	put(out, 1, f, e->processing);
	put(out, 1, f, e->version);
	if (a->accept != NULL) {
		put(out, 3, f, ww_str_from(a->accept));
		put(out, 1, f, WW_STR("NE"));
	}
	if (e->charset.n > 0)
		put(out, a->accept != NULL ? 2 : 6, f, e->charset);
	ww_buf_byte(out, '\r');
}

/* ERR-2: segment, occurrence, field, repetition, component, subcomponent, as far as known. A component is
 * counted within a repetition, so the number of that is always there. */
static void
write_location(const struct echo *e, const struct ww_hl7_path *p, struct ww_buf *out)
{
	const unsigned parts[] = { p->n > 0 ? p->n : 1, p->field,
		p->repetition == 0 && p->component > 0 ? 1 : p->repetition, p->component,
		p->subcomponent };
	size_t i;

	ww_buf_cstr(out, p->segment);
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]) && parts[i] > 0; i++)
		ww_buf_printf(out, "%c%u", e->d.component, parts[i]);
}

/* The place as a path; one that is none, as one of ours within a file, stays out. */
static struct ww_hl7_path
place_of(const struct ww_failure *f)
{
	struct ww_hl7_path p;
	size_t at;

	if (ww_hl7_path_compile(ww_str_from(f->place), &p, &at) != NULL)
		p = (struct ww_hl7_path){ .n = 0 };
	return p;
}

static int
code_of(const struct echo *e, const struct ww_failure *f)
{
	int code = ww_status_hl7(f->status);

	return code == 104 && e->number < TOO_LONG ? 102 : code;
}

static const char *
text_of(int code)
{
	size_t i;

	for (i = 0; i < sizeof(conditions) / sizeof(conditions[0]); i++)
		if (conditions[i].code == code)
			return conditions[i].text;
	return "";
}

/* One repetition of ERR-1 of versions before 2.5: segment, occurrence, field, and the condition as subcomponents. */
static void
write_error_old(const struct echo *e, const struct ww_failure *f, struct ww_buf *out)
{
	struct ww_hl7_path p = place_of(f);
	char c = e->d.component, sub = e->d.subcomponent;
	int code = code_of(e, f);

	ww_buf_cstr(out, p.segment);
	ww_buf_byte(out, c);
	if (p.segment[0] != '\0')
		ww_buf_printf(out, "%u", p.n > 0 ? p.n : 1u);
	ww_buf_byte(out, c);
	if (p.field > 0)
		ww_buf_printf(out, "%u", p.field);
	ww_buf_printf(out, "%c%d%c%s%cHL70357", c, code, sub, text_of(code), sub);
}

static void
write_errors_old(const struct echo *e, const struct ww_ack *a, struct ww_buf *out)
{
	size_t i;

	ww_buf_cstr(out, "ERR");
	for (i = 0; i < a->failures_n && i < ERRORS_MOST; i++) {
		ww_buf_byte(out, i == 0 ? e->d.field : e->d.repetition);
		write_error_old(e, &a->failures[i], out);
	}
	ww_buf_byte(out, '\r');
}

/* An ERR segment of 2.5 and later. ERR-1 stays empty: it is deprecated, and withdrawn in the end. */
static void
write_error(const struct echo *e, const struct ww_failure *f, struct ww_buf *out)
{
	struct ww_hl7_path p = place_of(f);
	int code = code_of(e, f);
	char field = e->d.field, c = e->d.component;

	ww_buf_cstr(out, "ERR");
	ww_buf_printf(out, "%c%c", field, field);
	if (p.segment[0] != '\0')
		write_location(e, &p, out);
	ww_buf_printf(out, "%c%d%c%s%cHL70357%cE%cWW-%d%c%c%c", field, code, c, text_of(code), c,
	    field, field, ww_status_number(f->status), field, field, field);
	ww_hl7_escape(ww_str_from(f->reason), &e->d, out);
	ww_buf_byte(out, '\r');
}

static void
write_errors(const struct echo *e, const struct ww_ack *a, struct ww_buf *out)
{
	char f = e->d.field, c = e->d.component;
	size_t i;

	for (i = 0; i < a->failures_n && i < ERRORS_MOST; i++)
		write_error(e, &a->failures[i], out);
	if (i == a->failures_n)
		return;
	ww_buf_printf(out, "ERR%c%c%c0%cMessage accepted%cHL70357%cI%c%c%c%c%zu more left out\r", f,
	    f, f, c, c, f, f, f, f, f, a->failures_n - i);
}

/* MSA-3 where ERR has no room for a text of ours: the public code, and what is wrong. */
static void
write_text(const struct echo *e, const struct ww_failure *f, struct ww_buf *out)
{
	ww_buf_printf(out, "WW-%03d ", ww_status_number(f->status));
	ww_hl7_escape(ww_str_sub(ww_str_from(f->reason), 0, REASON_MOST), &e->d, out);
}

static void
write_msa(const struct echo *e, const struct ww_ack *a, struct ww_buf *out)
{
	bool text = a->failures_n > 0 && e->number < ERR_LOCATION;

	put(out, 0, e->d.field, WW_STR("MSA"));
	put(out, 1, e->d.field, ww_str_from(a->code));
	put(out, 1, e->d.field, e->control_id);
	if (text) {
		ww_buf_byte(out, e->d.field);
		write_text(e, &a->failures[0], out);
	}
	if (a->sequence != NULL)
		put(out, text ? 1 : 2, e->d.field, ww_str_from(a->sequence));
	ww_buf_byte(out, '\r');
}

void
ww_ack_write(struct ww_ctx *cx, const struct ww_hl7 *m, const struct ww_ack *a, struct ww_buf *out)
{
	struct echo e = echo_of(cx, m);

	write_header(&e, a, out);
	write_msa(&e, a, out);
	if (a->failures_n > 0 && e.number < ERR_LOCATION)
		write_errors_old(&e, a, out);
	else
		write_errors(&e, a, out);
}

bool
ww_ack_read(struct ww_ctx *cx, ww_str answer, ww_str control_id, char code[3], bool *ours)
{
	static const char *const codes[] = { "AA", "AE", "AR", "CA", "CE", "CR" };
	static const struct ww_hl7_path msa_2 = { "MSA", 1, 2, 0, 0, 0 };
	/* That it is none is an answer here and no failure of the caller's work. */
	struct ww_ctx apart = { .arena = cx->arena };
	struct ww_hl7 *m;
	ww_str said, id;
	size_t i;

	if (ww_hl7_parse(&apart, answer, &m) != WW_OK)
		return false;
	said = ww_str_trim(ww_hl7_at(&apart, m, "MSA-1"));
	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (ww_str_is(said, codes[i])) {
			memcpy(code, codes[i], 3);
			*ours =
			    ww_hl7_raw(m, &msa_2, &id) == WW_HL7_VALUE && ww_str_eq(id, control_id);
			return true;
		}
	return false;
}
