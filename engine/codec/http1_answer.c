/* The head of an HTTP answer. */
#include "codec/http1.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct reason {
	unsigned status;
	const char *text;
} reasons[] = {
	{ 100, "Continue" },
	{ 200, "OK" },
	{ 201, "Created" },
	{ 202, "Accepted" },
	{ 204, "No Content" },
	{ 304, "Not Modified" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 406, "Not Acceptable" },
	{ 408, "Request Timeout" },
	{ 409, "Conflict" },
	{ 410, "Gone" },
	{ 412, "Precondition Failed" },
	{ 413, "Content Too Large" },
	{ 414, "URI Too Long" },
	{ 415, "Unsupported Media Type" },
	{ 417, "Expectation Failed" },
	{ 422, "Unprocessable Content" },
	{ 428, "Precondition Required" },
	{ 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" },
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 502, "Bad Gateway" },
	{ 503, "Service Unavailable" },
	{ 504, "Gateway Timeout" },
	{ 505, "HTTP Version Not Supported" },
};

static int
by_status(const void *key, const void *row)
{
	const unsigned *status = key;
	const struct reason *r = row;

	return *status < r->status ? -1 : *status > r->status;
}

const char *
ww_http1_reason(unsigned status)
{
	const struct reason *r = bsearch(
	    &status, reasons, sizeof(reasons) / sizeof(reasons[0]), sizeof(reasons[0]), by_status);

	return r != NULL ? r->text : "";
}

/* "Sun, 06 Nov 1994 08:49:37 GMT", whatever language the process speaks. */
static void
write_date(int64_t now, struct ww_buf *out)
{
	static const char days[][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug",
		"Sep", "Oct", "Nov", "Dec" };
	time_t t = (time_t)(now / 1000);
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL)
		return;
	ww_buf_printf(out, "Date: %s, %02d %s %04d %02d:%02d:%02d GMT\r\n", days[tm.tm_wday],
	    tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static bool
has_control(ww_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
			return true;
	return false;
}

bool
ww_http1_write(const struct ww_http1_answer *a, int64_t now, struct ww_buf *out)
{
	for (size_t i = 0; i < a->headers_n; i++)
		if (has_control(a->headers[i]))
			return false;
	ww_buf_printf(out, "HTTP/1.1 %u %s\r\n", a->status, ww_http1_reason(a->status));
	for (size_t i = 0; i < a->headers_n; i++) {
		ww_buf_str_add(out, a->headers[i]);
		ww_buf_cstr(out, "\r\n");
	}
	if (a->status >= 200) {
		write_date(now, out);
		if (a->status != 204 && a->status != 304)
			ww_buf_printf(out, "Content-Length: %" PRIu64 "\r\n", a->length);
		if (a->close)
			ww_buf_cstr(out, "Connection: close\r\n");
	}
	ww_buf_cstr(out, "\r\n");
	return true;
}
