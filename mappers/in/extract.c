#include "mappers/in/extract.h"

#include <wardwire/buf.h>
#include <wardwire/time.h>

#include <string.h>

ww_status
ww_extract_fail(const struct ww_extract_in *in, size_t column, const char *what)
{
	return ww_fail(in->cx, WW_E_VALUE, in->columns[column].name, "%s", what);
}

/* -- times ---------------------------------------------------------------------------------------------- */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits at the start of *s, at most n; they are taken off. */
static ww_str
digits(ww_str *s, size_t n)
{
	size_t i = 0;
	ww_str d;

	while (i < n && i < s->n && is_digit(s->p[i]))
		i++;
	d = ww_str_sub(*s, 0, i);
	*s = ww_str_sub(*s, i, s->n);
	return d;
}

static bool
skip(ww_str *s, char c)
{
	if (s->n == 0 || s->p[0] != c)
		return false;
	*s = ww_str_sub(*s, 1, s->n);
	return true;
}

/* One or two digits as two. */
static void
add_two(struct ww_buf *b, ww_str d)
{
	if (d.n == 1)
		ww_buf_byte(b, '0');
	ww_buf_str_add(b, d);
}

/* Appends YYYYMMDD. */
static bool
take_date(ww_str *s, struct ww_buf *b)
{
	ww_str first = digits(s, 4), second, third;

	if (first.n == 4 && !skip(s, '-')) {
		ww_str rest = digits(s, 4);

		ww_buf_str_add(b, first);
		ww_buf_str_add(b, rest);
		return rest.n == 4;
	}
	if (first.n == 4) {
		second = digits(s, 2);
		if (second.n != 2 || !skip(s, '-'))
			return false;
		third = digits(s, 2);
		ww_buf_str_add(b, first);
		ww_buf_str_add(b, second);
		ww_buf_str_add(b, third);
		return third.n == 2;
	}
	if (!skip(s, '/'))
		return false;
	second = digits(s, 2);
	if (second.n == 0 || !skip(s, '/'))
		return false;
	third = digits(s, 4);
	ww_buf_str_add(b, third);
	add_two(b, first);
	add_two(b, second);
	return first.n > 0 && first.n <= 2 && third.n == 4;
}

/* Appends HHMM[SS], if there is a time. */
static bool
take_time(ww_str *s, struct ww_buf *b)
{
	bool apart = skip(s, 'T') || skip(s, ' ');
	ww_str hour = digits(s, 2), minute, second;

	if (hour.n == 0)
		return !apart;
	(void)skip(s, ':');
	minute = digits(s, 2);
	(void)skip(s, ':');
	second = digits(s, 2);
	add_two(b, hour);
	ww_buf_str_add(b, minute);
	ww_buf_str_add(b, second);
	if (skip(s, '.'))
		(void)digits(s, 9);
	return minute.n == 2 && second.n != 1;
}

/* Appends +HHMM, if there is a zone; nothing may follow. */
static bool
take_zone(ww_str *s, struct ww_buf *b)
{
	ww_str hour, minute;
	char sign;

	if (s->n == 0)
		return true;
	if (skip(s, 'Z') || skip(s, 'z')) {
		ww_buf_cstr(b, "+0000");
		return s->n == 0;
	}
	sign = s->p[0];
	if (!skip(s, '+') && !skip(s, '-'))
		return false;
	hour = digits(s, 2);
	(void)skip(s, ':');
	minute = digits(s, 2);
	ww_buf_byte(b, sign);
	ww_buf_str_add(b, hour);
	ww_buf_str_add(b, minute);
	return hour.n == 2 && minute.n == 2 && s->n == 0;
}

static bool
read_time(ww_str s, const struct ww_zone *zone, ww_time *out)
{
	struct ww_buf b = { 0 };
	bool good = take_date(&s, &b) && take_time(&s, &b) && take_zone(&s, &b) &&
	            b.error == WW_OK && ww_time_hl7(ww_buf_view(&b), zone, out);

	ww_buf_free(&b);
	return good;
}

enum form { DATE, WHEN, INSTANT };

static ww_status
time_text(const struct ww_extract_in *in, size_t column, enum form form, ww_str *out)
{
	ww_str cell = in->cells[column];
	struct ww_buf b = { 0 };
	ww_time t;

	*out = ww_str_empty();
	if (cell.n == 0)
		return WW_OK;
	if (!read_time(cell, in->feed->zone, &t))
		return ww_extract_fail(in, column, "no date of a known form");
	if (form == INSTANT)
		t = ww_time_at(t.ms, in->feed->zone);
	ww_time_write_fhir(t, &b);
	*out = ww_arena_str(in->cx->arena, ww_buf_view(&b));
	if (form == DATE)
		*out = ww_str_sub(*out, 0, sizeof("YYYY-MM-DD") - 1);
	ww_buf_free(&b);
	return WW_OK;
}

ww_status
ww_extract_date(const struct ww_extract_in *in, size_t column, ww_str *out)
{
	return time_text(in, column, DATE, out);
}

ww_status
ww_extract_when(const struct ww_extract_in *in, size_t column, ww_str *out)
{
	return time_text(in, column, WHEN, out);
}

ww_status
ww_extract_instant(const struct ww_extract_in *in, size_t column, ww_str *out)
{
	return time_text(in, column, INSTANT, out);
}

ww_status
ww_extract_period(const struct ww_extract_in *in, size_t start, size_t end, struct ww_json **out)
{
	ww_str from, to;
	ww_status s = ww_extract_when(in, start, &from);

	*out = NULL;
	if (s == WW_OK)
		s = ww_extract_when(in, end, &to);
	if (s != WW_OK || from.n + to.n == 0)
		return s;
	*out = ww_json_object(in->cx);
	ww_json_set_str(in->cx, *out, "start", from);
	ww_json_set_str(in->cx, *out, "end", to);
	return WW_OK;
}

/* -- numbers and words ----------------------------------------------------------------------------------- */

ww_status
ww_extract_decimal(const struct ww_extract_in *in, size_t column, struct ww_json **out)
{
	ww_str cell = in->cells[column];
	char *p = ww_arena_alloc(in->cx->arena, cell.n + 1);
	size_t i, n = 0;
	ww_str number;

	*out = NULL;
	if (p == NULL)
		return ww_fail_memory(in->cx);
	for (i = 0; i < cell.n; i++)
		if (cell.p[i] != ',' && cell.p[i] != '$' && cell.p[i] != ' ')
			p[n++] = cell.p[i];
	if (n == 0)
		return cell.n == 0 ? WW_OK : ww_extract_fail(in, column, "no number");
	number = ww_str_of(p, n);
	while (number.n > 1 && number.p[0] == '0' && is_digit(number.p[1]))
		number = ww_str_sub(number, 1, number.n);
	if (number.p[0] == '.')
		number = ww_arena_printf(in->cx->arena, "0%.*s", WW_STR_FMT(number));
	*out = ww_json_digits(in->cx, number);
	if (ww_json_kind(*out) == WW_JSON_STRING)
		return ww_extract_fail(in, column, "no number");
	return WW_OK;
}

ww_status
ww_extract_word(const struct ww_extract_in *in, size_t column, const struct ww_extract_word *table,
    const char **out)
{
	ww_str cell = in->cells[column];
	const struct ww_extract_word *w;

	*out = table->is;
	for (w = table; cell.n > 0 && w->word != NULL; w++)
		if (ww_str_ieq(cell, ww_str_from(w->word))) {
			*out = w->is;
			return WW_OK;
		}
	return cell.n == 0 ? WW_OK
	                   : ww_fail(in->cx, WW_E_CODE, in->columns[column].name,
	                         "none of the words for it");
}

ww_status
ww_extract_id(const struct ww_extract_in *in, const char *prefix, size_t column, ww_str *out)
{
	enum { MOST = 64 };
	ww_str number = in->cells[column];
	char id[MOST + 4];
	size_t i, n = strlen(prefix);

	memcpy(id, prefix, n);
	id[n++] = '-';
	for (i = 0; i < number.n && n <= MOST; i++) {
		static const char hex[] = "0123456789ABCDEF";
		unsigned char c = (unsigned char)number.p[i];

		if (is_digit((char)c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		    c == '-') {
			id[n++] = (char)c;
			continue;
		}
		id[n++] = '.';
		id[n++] = hex[c >> 4];
		id[n++] = hex[c & 15];
	}
	if (n > MOST)
		return ww_fail(in->cx, WW_E_LIMIT, in->columns[column].name, "too long for an id");
	*out = ww_arena_str(in->cx->arena, ww_str_of(id, n));
	return WW_OK;
}

/* -- data types ------------------------------------------------------------------------------------------ */

struct ww_json *
ww_extract_concept(struct ww_ctx *cx, const char *system, ww_str code, ww_str text)
{
	struct ww_json *v, *coding;

	if (code.n + text.n == 0)
		return NULL;
	v = ww_json_object(cx);
	if (code.n > 0) {
		coding = ww_json_add(
		    cx, ww_json_set(cx, v, "coding", ww_json_array(cx)), ww_json_object(cx));
		ww_json_set_cstr(cx, coding, "system", system);
		ww_json_set_str(cx, coding, "code", code);
	}
	ww_json_set_str(cx, v, "text", text);
	return v;
}

struct ww_json *
ww_extract_identifier(struct ww_ctx *cx, const char *type, ww_str system, ww_str value)
{
	struct ww_json *v;

	if (value.n == 0)
		return NULL;
	v = ww_json_object(cx);
	if (type[0] != '\0')
		(void)ww_json_set(cx, v, "type",
		    ww_extract_concept(cx, "http://terminology.hl7.org/CodeSystem/v2-0203",
		        ww_str_from(type), ww_str_empty()));
	ww_json_set_str(cx, v, "system", system);
	ww_json_set_str(cx, v, "value", value);
	return v;
}

struct ww_json *
ww_extract_party(struct ww_ctx *cx, ww_str npi, ww_str name)
{
	struct ww_json *v;

	if (npi.n + name.n == 0)
		return NULL;
	v = ww_json_object(cx);
	(void)ww_json_set(cx, v, "identifier",
	    ww_extract_identifier(cx, "", WW_STR("http://hl7.org/fhir/sid/us-npi"), npi));
	ww_json_set_str(cx, v, "display", name);
	return v;
}

/* -- resources ------------------------------------------------------------------------------------------- */

ww_status
ww_extract_start(const struct ww_extract_in *in, const char *type, ww_str id, struct ww_json **out)
{
	struct ww_json *r = ww_json_object(in->cx), *meta;
	ww_str updated;
	ww_status s = ww_extract_instant(in, COL_updated, &updated);

	ww_json_set_cstr(in->cx, r, "resourceType", type);
	ww_json_set_str(in->cx, r, "id", id);
	if (updated.n > 0) {
		meta = ww_json_set(in->cx, r, "meta", ww_json_object(in->cx));
		ww_json_set_str(in->cx, meta, "lastUpdated", updated);
	}
	*out = r;
	return s;
}

static const struct ww_extract_word sexes[] = {
	{ "", "" },
	{ "M", "male" },
	{ "male", "male" },
	{ "F", "female" },
	{ "female", "female" },
	{ "O", "other" },
	{ "other", "other" },
	{ "U", "unknown" },
	{ "unknown", "unknown" },
	{ NULL, NULL },
};

static struct ww_json *
member_number(const struct ww_extract_in *in)
{
	return ww_extract_identifier(
	    in->cx, "MB", in->cells[COL_member_system], in->cells[COL_member_id]);
}

static void
set_name(const struct ww_extract_in *in, struct ww_json *patient)
{
	struct ww_ctx *cx = in->cx;
	ww_str family = in->cells[COL_family_name], given = in->cells[COL_given_name];
	struct ww_json *name;

	if (family.n + given.n == 0)
		return;
	name = ww_json_add(
	    cx, ww_json_set(cx, patient, "name", ww_json_array(cx)), ww_json_object(cx));
	ww_json_set_str(cx, name, "family", family);
	if (given.n > 0)
		(void)ww_json_add(cx, ww_json_set(cx, name, "given", ww_json_array(cx)),
		    ww_json_string(cx, given));
}

/* The row says who the member is: one that does not takes nothing away from what another said. */
static bool
is_described(const struct ww_extract_in *in)
{
	const ww_str *c = in->cells;

	return c[COL_family_name].n + c[COL_given_name].n + c[COL_birth_date].n + c[COL_sex].n > 0;
}

static ww_status
make_patient(const struct ww_extract_in *in, ww_str id, struct ww_json **out)
{
	struct ww_ctx *cx = in->cx;
	struct ww_json *p = ww_json_object(cx);
	const char *gender;
	ww_str birth;
	ww_status s = ww_extract_date(in, COL_birth_date, &birth);

	if (s == WW_OK)
		s = ww_extract_word(in, COL_sex, sexes, &gender);
	if (s != WW_OK)
		return s;
	ww_json_set_cstr(cx, p, "resourceType", "Patient");
	ww_json_set_str(cx, p, "id", id);
	(void)ww_json_add(
	    cx, ww_json_set(cx, p, "identifier", ww_json_array(cx)), member_number(in));
	set_name(in, p);
	ww_json_set_cstr(cx, p, "gender", gender);
	ww_json_set_str(cx, p, "birthDate", birth);
	*out = p;
	return WW_OK;
}

ww_status
ww_extract_member(
    const struct ww_extract_in *in, struct ww_json *resource, const char *key, struct ww_json **out)
{
	struct ww_ctx *cx = in->cx;
	struct ww_json *reference = ww_json_object(cx);
	ww_str id = in->cells[COL_patient_id];
	bool own = id.n == 0;
	ww_status s = own ? ww_extract_id(in, "member", COL_member_id, &id) : WW_OK;

	*out = NULL;
	if (s == WW_OK && own && is_described(in))
		s = make_patient(in, id, out);
	if (s != WW_OK)
		return s;
	ww_json_set_str(
	    cx, reference, "reference", ww_arena_printf(cx->arena, "Patient/%.*s", WW_STR_FMT(id)));
	(void)ww_json_set(cx, reference, "identifier", member_number(in));
	(void)ww_json_set(cx, resource, key, reference);
	return WW_OK;
}

void
ww_extract_absent(struct ww_ctx *cx, struct ww_json *owner, const char *key)
{
	struct ww_json *v = ww_json_set(cx, owner, key, ww_json_object(cx)), *e;

	e = ww_json_add(cx, ww_json_set(cx, v, "extension", ww_json_array(cx)), ww_json_object(cx));
	ww_json_set_cstr(
	    cx, e, "url", "http://hl7.org/fhir/StructureDefinition/data-absent-reason");
	ww_json_set_cstr(cx, e, "valueCode", "unknown");
}

void
ww_extract_need(struct ww_ctx *cx, struct ww_json *owner, const char *key, struct ww_json *v)
{
	if (v != NULL)
		(void)ww_json_set(cx, owner, key, v);
	else
		ww_extract_absent(cx, owner, key);
}

void
ww_extract_insurance(const struct ww_extract_in *in, struct ww_json *claim, ww_str authorization)
{
	struct ww_ctx *cx = in->cx;
	struct ww_json *v = ww_json_add(
	    cx, ww_json_set(cx, claim, "insurance", ww_json_array(cx)), ww_json_object(cx));
	struct ww_json *coverage;

	ww_json_set_int(cx, v, "sequence", 1);
	ww_json_set_bool(cx, v, "focal", true);
	coverage = ww_json_set(cx, v, "coverage", ww_json_object(cx));
	(void)ww_json_set(cx, coverage, "identifier", member_number(in));
	ww_json_set_str(cx, coverage, "display", in->cells[COL_payer]);
	if (authorization.n > 0)
		(void)ww_json_add(cx, ww_json_set(cx, v, "preAuthRef", ww_json_array(cx)),
		    ww_json_string(cx, authorization));
}

ww_status
ww_extract_end(struct ww_ctx *cx, ww_status s, struct ww_json *member, struct ww_json *about,
    struct ww_json *out[WW_CSV_RESOURCES], size_t *out_n)
{
	*out_n = 0;
	if (member != NULL)
		out[(*out_n)++] = member;
	out[(*out_n)++] = about;
	return s == WW_OK && ww_arena_status(cx->arena) != WW_OK ? ww_fail_memory(cx) : s;
}
