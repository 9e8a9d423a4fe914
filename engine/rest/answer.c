/* Answers: the table of HTTP statuses, headers and bodies. */
#include "rest/answer.h"

#include <wardwire/buf.h>
#include <wardwire/json.h>
#include <wardwire/time.h>

#include "codec/fhir_outcome.h"
#include "codec/xml.h"
#include "rest/access.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { RETRY_SECONDS = 5, DAY_MS = 86400000 };

/* -- statuses --------------------------------------------------------------------------------------- */

/* Where the class of a failure does not say it: what is permanent is 400, what is transient 503, an error of ours 500. */
static const unsigned https[WW_STATUS_COUNT] = {
	[WW_OK] = 200,
	[WW_E_LOGIN] = 401,
	[WW_E_FORBIDDEN] = 403,
	[WW_E_NOT_FOUND] = 404,
	[WW_E_METHOD] = 405,
	[WW_E_ACCEPT] = 406,
	[WW_E_CONFLICT] = 412,
	[WW_E_MULTIPLE] = 412,
	[WW_E_STALE] = 412,
	[WW_E_DELETED] = 410,
	[WW_E_LIMIT] = 413,
	[WW_E_MEDIA] = 415,
	[WW_E_RULE] = 422,
	[WW_E_MODIFIER] = 422,
	[WW_E_THROTTLED] = 429,
	[WW_E_DAMAGED] = 500,
	[WW_E_CONFIG] = 500,
};

unsigned
ww_rest_http(ww_status s)
{
	static const unsigned of_class[] = {
		[WW_DONE] = 200, [WW_TRANSIENT] = 503, [WW_PERMANENT] = 400, [WW_BUG] = 500
	};

	return https[s] != 0 ? https[s] : of_class[ww_status_class(s)];
}

/* -- headers ---------------------------------------------------------------------------------------- */

void
ww_rest_header(struct ww_ctx *cx, struct ww_rest_answer *a, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	int n;
	ww_str copy;

	assert(a->headers_n < WW_REST_HEADERS_MOST);
	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(text))
		return;
	copy = ww_arena_str(cx->arena, ww_str_of(text, (size_t)n));
	if (copy.n > 0)
		a->headers[a->headers_n++] = copy;
}

static const char days[7][4] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed" };
static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep",
	"Oct", "Nov", "Dec" };

void
ww_rest_header_date(struct ww_ctx *cx, struct ww_rest_answer *a, const char *name, int64_t utc_ms)
{
	int64_t day = utc_ms / DAY_MS;
	int year, month, mday, s = (int)(utc_ms % DAY_MS / 1000);

	if (utc_ms < 0)
		return;
	ww_day_civil(day, &year, &month, &mday);
	ww_rest_header(cx, a, "%s: %s, %02d %s %04d %02d:%02d:%02d GMT", name, days[day % 7], mday,
	    months[month - 1], year, s / 3600, s / 60 % 60, s % 60);
}

static bool
digits(ww_str text, size_t from, size_t n, uint64_t most, int *out)
{
	uint64_t v;

	if (!ww_str_u64(ww_str_sub(text, from, n), most, &v))
		return false;
	*out = (int)v;
	return true;
}

bool
ww_rest_date_read(ww_str t, int64_t *utc_ms)
{
	int mday, year, hour, min, sec, month = 0;

	/* Thu, 26 Nov 2026 02:10:00 GMT; the two older forms are not sent by anybody any more. */
	if (t.n != 29 || !ww_str_is(ww_str_sub(t, 25, 4), " GMT") || !digits(t, 5, 2, 31, &mday) ||
	    !digits(t, 12, 4, 9999, &year) || !digits(t, 17, 2, 23, &hour) ||
	    !digits(t, 20, 2, 59, &min) || !digits(t, 23, 2, 60, &sec))
		return false;
	while (month < 12 && !ww_str_is(ww_str_sub(t, 8, 3), months[month]))
		month++;
	if (month == 12 || mday == 0)
		return false;
	*utc_ms = ww_day_of(year, month + 1, mday) * DAY_MS +
	          ((int64_t)hour * 3600 + min * 60 + sec) * 1000;
	return true;
}

/* -- bodies ----------------------------------------------------------------------------------------- */

static void
set_body(struct ww_ctx *cx, struct ww_rest_answer *a, const char *type, ww_str text)
{
	a->body = ww_arena_str(cx->arena, text);
	ww_rest_header(cx, a, "Content-Type: %s; charset=utf-8", type);
}

static void
give_up(struct ww_rest_answer *a)
{
	*a = (struct ww_rest_answer){ .status = 503, .body = ww_str_empty() };
	a->headers[a->headers_n++] = WW_STR("Retry-After: 5");
}

/* WW_E_VALUE: it has no form in XML, and text is empty. */
static ww_status
write_xml(struct ww_ctx *cx, const struct ww_json *resource, struct ww_buf *text)
{
	ww_status s = ww_xml_write(cx, resource, text);

	if (s != WW_OK)
		ww_buf_clear(text);
	return s;
}

void
ww_rest_body(struct ww_ctx *cx, struct ww_rest_answer *a, enum ww_rest_form form,
    const struct ww_json *resource)
{
	struct ww_failure before = cx->fail;
	struct ww_buf text = { 0 };
	ww_status s = form == WW_REST_XML ? write_xml(cx, resource, &text) : WW_E_VALUE;

	if (s == WW_OK)
		set_body(cx, a, "application/fhir+xml", ww_buf_view(&text));
	else if (ww_status_class(s) == WW_PERMANENT &&
	         ww_json_write(cx, resource, false, &text) == WW_OK)
		set_body(cx, a, "application/fhir+json", ww_buf_view(&text));
	ww_buf_free(&text);
	cx->fail = before;
	if (a->body.n == 0 || ww_arena_status(cx->arena) != WW_OK)
		give_up(a);
}

void
ww_rest_body_text(struct ww_ctx *cx, struct ww_rest_answer *a, enum ww_rest_form form, ww_str json)
{
	struct ww_json *tree;

	if (form == WW_REST_JSON)
		set_body(cx, a, "application/fhir+json", json);
	else if (ww_json_parse(cx, json, &tree) == WW_OK)
		ww_rest_body(cx, a, form, tree);
	else
		give_up(a);
}

void
ww_rest_refuse(struct ww_ctx *cx, struct ww_rest_answer *a, enum ww_rest_form form)
{
	a->status = ww_rest_http(cx->fail.status);
	if (a->status == 503 || a->status == 429)
		ww_rest_header(cx, a, "Retry-After: %d",
		    cx->fail.status == WW_E_THROTTLED ? WW_ACCESS_RETRY : RETRY_SECONDS);
	ww_rest_body(cx, a, form, ww_fhir_outcome_failure(cx, &cx->fail));
}
