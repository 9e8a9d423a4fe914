/* HTTP/1.1 as a server reads and writes it (RFC 9112): a pure state machine, bytes in, heads and bodies out, no descriptor. It is
 * strict: whatever two programs could read in two ways is refused, since one of them may be a proxy in front of us. */
#ifndef WW_CODEC_HTTP1_H
#define WW_CODEC_HTTP1_H

#include <wardwire/buf.h>
#include <wardwire/str.h>

enum {
	WW_HTTP1_LINE_MAX = 8 << 10,  /* bytes of the request line: 414 */
	WW_HTTP1_HEAD_MAX = 16 << 10, /* bytes of all header lines: 431 */
	WW_HTTP1_FIELDS_MAX = 100,    /* header lines: 431 */
};

struct ww_http1_field {
	ww_str name, value; /* the value without blanks at its ends */
};

struct ww_http1_head {
	ww_str method; /* as it came: "POST" */
	ww_str target; /* as it came; printable ASCII without blanks */
	/* The target before and behind its '?', not decoded. The path begins with '/', or is "*". */
	ww_str path, query;
	ww_str host;
	const struct ww_http1_field *fields;
	size_t fields_n;
	bool chunked;
	uint64_t length; /* of the body, where it is not chunked; 0: none */
	bool keep_alive;
	bool expects_continue; /* the body comes only when it was asked for */
};

/* The value of the field of that name, in whatever capitals; of several the first. Empty: there is none. */
ww_str ww_http1_value(const struct ww_http1_head *h, const char *name);
/* How many fields have that name. */
size_t ww_http1_count(const struct ww_http1_head *h, const char *name);

enum ww_http1_event {
	WW_HTTP1_MORE, /* nothing complete; give more bytes */
	WW_HTTP1_HEAD, /* a head is in; say how long its body may be (ww_http1_allow), then go on */
	WW_HTTP1_BODY, /* *part is the next part of the body, decoded */
	WW_HTTP1_END,  /* the request is complete; what follows is the next one */
	WW_HTTP1_BAD,  /* refuse it with the status that ww_http1_fault says, and close */
	WW_HTTP1_SHORT, /* the machine is short of memory: close */
};

struct ww_http1;

/* NULL: short of memory. */
struct ww_http1 *ww_http1_new(void);
void ww_http1_free(struct ww_http1 *d); /* NULL is allowed */
/* Takes bytes from *in (and moves it on) until an event or the end of *in. Linear in the bytes given, and the events do not
 * depend on how they were cut. *part lies in the bytes given. Not to be called again after BAD or SHORT. */
enum ww_http1_event ww_http1_feed(struct ww_http1 *d, ww_str *in, ww_str *part);
/* The head of the request that came last; valid from HEAD until the first feed after END. */
const struct ww_http1_head *ww_http1_head(const struct ww_http1 *d);
/* Right after HEAD: most bytes of this body, 0 unless said. False: it is known to be longer; feed would say BAD. */
bool ww_http1_allow(struct ww_http1 *d, uint64_t most);
/* A request was begun and is not ended: a deadline applies. */
bool ww_http1_open(const struct ww_http1 *d);
/* Right after END: gives back what the request took, its head too. */
void ww_http1_forget(struct ww_http1 *d);
/* After BAD: the status of the answer, 400..505, and one sentence that has nothing of the request in it. */
unsigned ww_http1_fault(const struct ww_http1 *d, const char **why);

struct ww_http1_answer {
	unsigned status; /* 100, 200..599 */
	/* "Name: value", but for those that follow from the rest: Content-Length, Date, Connection. */
	const ww_str *headers;
	size_t headers_n;
	uint64_t length;
	bool close;
};
/* Appends status line and header lines of an answer, and the empty line. now: UTC ms. False: a header holds a control byte, and
 * nothing is appended. */
bool ww_http1_write(const struct ww_http1_answer *a, int64_t now, struct ww_buf *out);
const char *ww_http1_reason(unsigned status); /* "Created"; "" where there is none */

#endif
