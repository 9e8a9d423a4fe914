/* HTTP/1.1 requests: lines are gathered up to their end, checked and taken apart there; a body is passed on as it comes. */
#include "codec/http1.h"

#include <wardwire/status.h>

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* What stands around the parts of one chunked body: size lines, extensions, trailer lines. */
#define TAIL_LINE_MAX ((size_t)1 << 10)
#define TAIL_MAX ((size_t)WW_HTTP1_HEAD_MAX)
/* With their line ends, and the empty line behind the last. */
#define LINE_ROOM ((size_t)WW_HTTP1_LINE_MAX + 2)
#define HEAD_ROOM ((size_t)WW_HTTP1_HEAD_MAX + 2)

enum state {
	REST, /* between two requests */
	LINE, /* in the request line */
	FIELDS,
	HEAD_DONE,
	BODY,     /* of known length */
	SIZE,     /* in the line that begins a chunk */
	CHUNK,    /* in its data */
	CHUNK_CR, /* behind its data */
	CHUNK_LF,
	TRAILER,
	BODY_DONE,
};

/* One request; it lives from its first byte until it is forgotten, and does not move: slices lie in it. */
struct request {
	struct ww_http1_head head;
	unsigned seen; /* bits of enum single */
	size_t n;      /* bytes gathered */
	size_t line;   /* where the line begins that is gathered now */
	size_t most;   /* bytes that there may be at the end of that line */
	struct ww_http1_field fields[WW_HTTP1_FIELDS_MAX];
	char bytes[LINE_ROOM + HEAD_ROOM + TAIL_LINE_MAX];
};

struct ww_http1 {
	enum state state;
	struct request *rq; /* NULL: none */
	bool blank;         /* an empty line stood before the request */
	uint64_t left;      /* bytes of the body, or of its chunk, still to come */
	uint64_t most;      /* bytes of the body still allowed */
	size_t tail;        /* bytes of the body that are no data */
	unsigned status;
	const char *why;
};

/* -- characters ------------------------------------------------------------------------------------- */

enum {
	TOKEN = 1, /* of methods and names */
	VALUE = 2, /* of the values of fields; beyond ASCII, too */
	TARGET =
	    4, /* of targets; searches have '|' in theirs, which should be escaped and seldom is */
	HOST = 8,
	DIGIT = 16,
	HEX = 32,
};

static unsigned
class_of(unsigned char c)
{
	bool digit = c >= '0' && c <= '9';
	bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
	unsigned is = 0;

	if (digit || letter || (c != 0 && strchr("!#$%&'*+-.^_`|~", c) != NULL))
		is |= TOKEN;
	if (c == '\t' || (c >= ' ' && c != 0x7f))
		is |= VALUE;
	if (c > ' ' && c < 0x7f && c != '#')
		is |= TARGET;
	if (digit || letter || (c != 0 && strchr("-._~%!$&'()*+;=:[]", c) != NULL))
		is |= HOST;
	if (digit)
		is |= DIGIT;
	if (digit || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f'))
		is |= HEX;
	return is;
}

static uint8_t classes[256];

static void
fill_classes(void)
{
	for (unsigned c = 0; c < sizeof(classes); c++)
		classes[c] = (uint8_t)class_of((unsigned char)c);
}

static bool
all_are(ww_str s, unsigned class)
{
	for (size_t i = 0; i < s.n; i++)
		if ((classes[(unsigned char)s.p[i]] & class) == 0)
			return false;
	return true;
}

/* -- faults ----------------------------------------------------------------------------------------- */

static bool
bad(struct ww_http1 *d, unsigned status, const char *why)
{
	d->status = status;
	d->why = why;
	return false;
}

unsigned
ww_http1_fault(const struct ww_http1 *d, const char **why)
{
	*why = d->why;
	return d->status;
}

/* -- lines ------------------------------------------------------------------------------------------ */

enum line_step { LINE_MORE, LINE_WHOLE, LINE_BAD };

/* Gathers up to a line's end. Whether it is too long is said with the first byte too many, its end seen or not, so that it does not depend
 * on how the bytes came. */
static enum line_step
gather(struct ww_http1 *d, ww_str *in, unsigned status, const char *too_long, ww_str *line)
{
	struct request *rq = d->rq;
	size_t end = ww_str_find(*in, '\n');
	size_t n = end < in->n ? end + 1 : end;

	if (n > rq->most - rq->n) {
		bad(d, status, too_long);
		return LINE_BAD;
	}
	memcpy(rq->bytes + rq->n, in->p, n);
	rq->n += n;
	*in = ww_str_sub(*in, n, in->n);
	if (end == n)
		return LINE_MORE;
	*line = ww_str_of(rq->bytes + rq->line, rq->n - rq->line - 1);
	rq->line = rq->n;
	if (line->n == 0 || line->p[line->n - 1] != '\r') {
		bad(d, 400, "a line ends with LF alone");
		return LINE_BAD;
	}
	line->n--;
	return LINE_WHOLE;
}

/* -- the request line ------------------------------------------------------------------------------- */

/* What a proxy is asked for is taken, too: the path of the address, whose host is then checked as any other. */
static bool
take_absolute(struct ww_http1 *d, struct ww_http1_head *h)
{
	static const ww_str schemes[] = { WW_STR_INIT("http://"), WW_STR_INIT("https://") };

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		ww_str rest, host;
		size_t at = 0;

		if (!ww_str_starts(h->target, schemes[i]))
			continue;
		rest = ww_str_sub(h->target, schemes[i].n, h->target.n);
		while (at < rest.n && rest.p[at] != '/' && rest.p[at] != '?')
			at++;
		host = ww_str_sub(rest, 0, at);
		if (host.n == 0 || !all_are(host, HOST))
			return bad(d, 400, "the host of the target is none");
		if (at == rest.n || rest.p[at] == '?')
			return bad(d, 400, "the target has no path");
		h->path = ww_str_sub(rest, at, rest.n);
		return true;
	}
	return bad(d, 400, "the target is no path");
}

static bool
take_target(struct ww_http1 *d, struct ww_http1_head *h)
{
	if (h->target.n == 0 || !all_are(h->target, TARGET))
		return bad(d, 400, "the target has bytes that it may not have");
	h->path = h->target;
	if (h->target.p[0] != '/' &&
	    !(ww_str_is(h->target, "*") && ww_str_is(h->method, "OPTIONS")) && !take_absolute(d, h))
		return false;
	h->path = ww_str_cut(h->path, '?', &h->query);
	return true;
}

static bool
take_request_line(struct ww_http1 *d, ww_str line)
{
	struct ww_http1_head *h = &d->rq->head;
	ww_str rest, version;

	h->method = ww_str_cut(line, ' ', &rest);
	h->target = ww_str_cut(rest, ' ', &version);
	if (h->method.n == 0 || !all_are(h->method, TOKEN))
		return bad(d, 400, "the method is none");
	if (version.n != 8 || !ww_str_starts(version, WW_STR("HTTP/")) ||
	    !all_are(ww_str_sub(version, 5, 1), DIGIT) || version.p[6] != '.' ||
	    !all_are(ww_str_sub(version, 7, 1), DIGIT))
		return bad(d, 400, "the first line is no request line");
	/* Before the target is looked at: that of the HTTP/2 preface is no fault of its own. */
	if (!ww_str_is(version, "HTTP/1.1"))
		return bad(d, 505, "only HTTP/1.1 is spoken here");
	return take_target(d, h);
}

/* -- fields ----------------------------------------------------------------------------------------- */

static bool
take_host(struct ww_http1 *d, struct ww_http1_head *h, ww_str value)
{
	h->host = value;
	return (value.n > 0 && all_are(value, HOST)) || bad(d, 400, "Host is no host");
}

static bool
take_length(struct ww_http1 *d, struct ww_http1_head *h, ww_str value)
{
	return ww_str_u64(value, INT64_MAX, &h->length) ||
	       bad(d, 400, "Content-Length is no number of bytes");
}

static bool
take_coding(struct ww_http1 *d, struct ww_http1_head *h, ww_str value)
{
	h->chunked = ww_str_ieq(value, WW_STR("chunked"));
	return h->chunked || bad(d, 501, "a transfer coding other than chunked");
}

static bool
take_expect(struct ww_http1 *d, struct ww_http1_head *h, ww_str value)
{
	h->expects_continue = ww_str_ieq(value, WW_STR("100-continue"));
	return h->expects_continue || bad(d, 417, "an expectation other than 100-continue");
}

/* Fields of which a request has one at most: of two, one program would take the first and another the last. */
enum single { HOST_FIELD, LENGTH_FIELD, CODING_FIELD };
static const struct {
	ww_str name;
	const char *twice;
	bool (*take)(struct ww_http1 *d, struct ww_http1_head *h, ww_str value); /* NULL: none */
} singles[] = {
	[HOST_FIELD] = { WW_STR_INIT("Host"), "two Host lines", take_host },
	[LENGTH_FIELD] = { WW_STR_INIT("Content-Length"), "two Content-Length lines", take_length },
	[CODING_FIELD] = { WW_STR_INIT("Transfer-Encoding"), "two Transfer-Encoding lines",
	    take_coding },
	{ WW_STR_INIT("Expect"), "two Expect lines", take_expect },
	{ WW_STR_INIT("Authorization"), "two Authorization lines", NULL },
	{ WW_STR_INIT("Content-Type"), "two Content-Type lines", NULL },
	{ WW_STR_INIT("Content-Encoding"), "two Content-Encoding lines", NULL },
	{ WW_STR_INIT("If-Match"), "two If-Match lines", NULL },
	{ WW_STR_INIT("If-None-Exist"), "two If-None-Exist lines", NULL },
};

static bool
take_single(struct ww_http1 *d, const struct ww_http1_field *f)
{
	for (size_t i = 0; i < sizeof(singles) / sizeof(singles[0]); i++) {
		if (!ww_str_ieq(f->name, singles[i].name))
			continue;
		if ((d->rq->seen & 1U << i) != 0)
			return bad(d, 400, singles[i].twice);
		d->rq->seen |= 1U << i;
		return singles[i].take == NULL || singles[i].take(d, &d->rq->head, f->value);
	}
	return true;
}

static bool
split_field(struct ww_http1 *d, ww_str line, struct ww_http1_field *f)
{
	size_t colon = ww_str_find(line, ':');

	if (line.p[0] == ' ' || line.p[0] == '\t')
		return bad(d, 400, "a header line is folded");
	f->name = ww_str_sub(line, 0, colon);
	if (colon == line.n || colon == 0 || !all_are(f->name, TOKEN))
		return bad(d, 400, "a header line has no name, or blanks before the colon");
	f->value = ww_str_sub(line, colon + 1, line.n);
	if (!all_are(f->value, VALUE))
		return bad(d, 400, "a header line has a control byte");
	f->value = ww_str_trim(f->value);
	return true;
}

static bool
take_field(struct ww_http1 *d, ww_str line)
{
	struct ww_http1_head *h = &d->rq->head;
	struct ww_http1_field *f = &d->rq->fields[h->fields_n];

	if (h->fields_n == WW_HTTP1_FIELDS_MAX)
		return bad(d, 431, "too many header lines");
	if (!split_field(d, line, f))
		return false;
	h->fields_n++;
	return take_single(d, f);
}

/* "Connection: keep-alive, close" */
static bool
has_token(ww_str list, ww_str token)
{
	while (list.n > 0)
		if (ww_str_ieq(ww_str_trim(ww_str_cut(list, ',', &list)), token))
			return true;
	return false;
}

static bool
end_head(struct ww_http1 *d)
{
	struct request *rq = d->rq;
	struct ww_http1_head *h = &rq->head;

	if ((rq->seen & 1U << HOST_FIELD) == 0)
		return bad(d, 400, "no Host line");
	if ((rq->seen & 1U << LENGTH_FIELD) != 0 && (rq->seen & 1U << CODING_FIELD) != 0)
		return bad(d, 400, "Content-Length and Transfer-Encoding together");
	for (size_t i = 0; i < h->fields_n; i++)
		if (ww_str_ieq(h->fields[i].name, WW_STR("Connection")) &&
		    has_token(h->fields[i].value, WW_STR("close")))
			h->keep_alive = false;
	h->expects_continue = h->expects_continue && (h->chunked || h->length > 0);
	d->left = h->length;
	d->most = 0;
	d->tail = 0;
	rq->most = rq->n + TAIL_LINE_MAX;
	return true;
}

/* -- chunks ----------------------------------------------------------------------------------------- */

/* Lines around a body are gathered behind the head, each in the place of the one before. False: they are too many. */
static bool
forget_line(struct ww_http1 *d, size_t counted)
{
	d->rq->n = d->rq->most - TAIL_LINE_MAX;
	d->rq->line = d->rq->n;
	d->tail += counted;
	return d->tail <= TAIL_MAX || bad(d, 431, "too much that is not data in a chunked body");
}

static bool
take_size(struct ww_http1 *d, ww_str line)
{
	ww_str extension, size = ww_str_cut(line, ';', &extension);
	uint64_t n = 0;

	if (size.n == 0 || size.n > 15 || !all_are(size, HEX))
		return bad(d, 400, "a chunk has no size");
	if (!all_are(extension, VALUE))
		return bad(d, 400, "a chunk's extension has a control byte");
	for (size_t i = 0; i < size.n; i++) {
		unsigned char c = (unsigned char)size.p[i];

		n = n * 16 + (c <= '9' ? c - (unsigned)'0' : (c | 0x20U) - 'a' + 10U);
	}
	if (n > d->most)
		return bad(d, 413, "the body is too long");
	d->most -= n;
	d->left = n;
	d->state = n > 0 ? CHUNK : TRAILER;
	return forget_line(d, line.n - size.n);
}

static bool
take_trailer(struct ww_http1 *d, ww_str line)
{
	struct ww_http1_field unused;

	if (line.n == 0)
		d->state = BODY_DONE;
	else if (!split_field(d, line, &unused))
		return false;
	return forget_line(d, line.n);
}

/* -- the machine ------------------------------------------------------------------------------------ */

/* What one state does. True: go on with the state there is now; false: *e is to be said. */
typedef bool step(struct ww_http1 *d, ww_str *in, ww_str *part, enum ww_http1_event *e);

static bool
step_line(struct ww_http1 *d, ww_str *in, enum ww_http1_event *e, unsigned status,
    const char *too_long, bool (*take)(struct ww_http1 *d, ww_str line))
{
	ww_str line;

	switch (gather(d, in, status, too_long, &line)) {
	case LINE_MORE:
		*e = WW_HTTP1_MORE;
		return false;
	case LINE_WHOLE:
		if (take(d, line))
			return true;
		break;
	case LINE_BAD:
		break;
	}
	*e = WW_HTTP1_BAD;
	return false;
}

/* The first line, or an empty one before it, which some programs send behind a body. */
static bool
take_first(struct ww_http1 *d, ww_str line)
{
	if (line.n == 0 && !d->blank) {
		d->blank = true;
		d->rq->n = d->rq->line = 0;
		return true;
	}
	if (!take_request_line(d, line))
		return false;
	d->rq->most = d->rq->n + HEAD_ROOM;
	d->state = FIELDS;
	return true;
}

static bool
take_head_line(struct ww_http1 *d, ww_str line)
{
	if (line.n > 0)
		return take_field(d, line);
	d->state = HEAD_DONE;
	return end_head(d);
}

/* What cannot begin a request, such as a TLS handshake on a plain port, need not wait for a line's end that never comes. */
static bool
step_rest(struct ww_http1 *d, ww_str *in, ww_str *part, enum ww_http1_event *e)
{
	const ww_str none = ww_str_empty();
	struct request *rq;

	(void)part;
	if (in->n == 0) {
		*e = WW_HTTP1_MORE;
		return false;
	}
	if (d->rq == NULL)
		d->rq = malloc(sizeof(*d->rq)); /* large, and only its beginning is cleared */
	if (d->rq == NULL) {
		*e = WW_HTTP1_SHORT;
		return false;
	}
	rq = d->rq;
	rq->head = (struct ww_http1_head){ .method = none,
		.target = none,
		.path = none,
		.query = none,
		.host = none,
		.fields = rq->fields,
		.keep_alive = true };
	rq->seen = 0;
	rq->n = rq->line = 0;
	rq->most = LINE_ROOM;
	d->blank = false;
	d->state = LINE;
	return true;
}

static bool
step_first(struct ww_http1 *d, ww_str *in, ww_str *part, enum ww_http1_event *e)
{
	(void)part;
	if (d->rq->n == 0 && in->n > 0 && in->p[0] != '\r' &&
	    (classes[(unsigned char)in->p[0]] & TOKEN) == 0) {
		bad(d, 400, "the method is none");
		*e = WW_HTTP1_BAD;
		return false;
	}
	return step_line(d, in, e, 414, "the request line is too long", take_first);
}

static bool
step_fields(struct ww_http1 *d, ww_str *in, ww_str *part, enum ww_http1_event *e)
{
	bool on = step_line(d, in, e, 431, "the header lines are too long", take_head_line);

	(void)part;
	if (on && d->state == HEAD_DONE) {
		*e = WW_HTTP1_HEAD;
		return false;
	}
	return on;
}

static bool
step_head(struct ww_http1 *d, ww_str *in, ww_str *part, enum ww_http1_event *e)
{
	(void)in;
	(void)part;
	if (d->rq->head.chunked) {
		d->state = SIZE;
		return true;
	}
	if (d->left > d->most) {
		bad(d, 413, "the body is too long");
		*e = WW_HTTP1_BAD;
		return false;
	}
	d->state = d->left > 0 ? BODY : BODY_DONE;
	return true;
}

/* Of the body, or of a chunk. */
static bool
step_data(struct ww_http1 *d, ww_str *in, ww_str *part, enum ww_http1_event *e)
{
	size_t n = d->left < in->n ? (size_t)d->left : in->n;

	*part = ww_str_sub(*in, 0, n);
	*in = ww_str_sub(*in, n, in->n);
	d->left -= n;
	if (d->left == 0)
		d->state = d->state == BODY ? BODY_DONE : CHUNK_CR;
	*e = n > 0 ? WW_HTTP1_BODY : WW_HTTP1_MORE;
	return false;
}

static bool
step_size(struct ww_http1 *d, ww_str *in, ww_str *part, enum ww_http1_event *e)
{
	(void)part;
	return step_line(d, in, e, 400, "a chunk's first line is too long", take_size);
}

static bool
step_chunk_end(struct ww_http1 *d, ww_str *in, ww_str *part, enum ww_http1_event *e)
{
	char want = d->state == CHUNK_CR ? '\r' : '\n';

	(void)part;
	if (in->n == 0) {
		*e = WW_HTTP1_MORE;
		return false;
	}
	if (in->p[0] != want) {
		bad(d, 400, "a chunk is longer than its size");
		*e = WW_HTTP1_BAD;
		return false;
	}
	*in = ww_str_sub(*in, 1, in->n);
	d->state = d->state == CHUNK_CR ? CHUNK_LF : SIZE;
	return true;
}

static bool
step_trailer(struct ww_http1 *d, ww_str *in, ww_str *part, enum ww_http1_event *e)
{
	(void)part;
	return step_line(d, in, e, 431, "a trailer line is too long", take_trailer);
}

static bool
step_done(struct ww_http1 *d, ww_str *in, ww_str *part, enum ww_http1_event *e)
{
	(void)in;
	(void)part;
	d->state = REST;
	*e = WW_HTTP1_END;
	return false;
}

enum ww_http1_event
ww_http1_feed(struct ww_http1 *d, ww_str *in, ww_str *part)
{
	static step *const steps[] = {
		[REST] = step_rest,
		[LINE] = step_first,
		[FIELDS] = step_fields,
		[HEAD_DONE] = step_head,
		[BODY] = step_data,
		[SIZE] = step_size,
		[CHUNK] = step_data,
		[CHUNK_CR] = step_chunk_end,
		[CHUNK_LF] = step_chunk_end,
		[TRAILER] = step_trailer,
		[BODY_DONE] = step_done,
	};
	enum ww_http1_event e = WW_HTTP1_MORE;

	*part = ww_str_empty();
	while (steps[d->state](d, in, part, &e))
		;
	return e;
}

/* -- the rest of the interface ---------------------------------------------------------------------- */

struct ww_http1 *
ww_http1_new(void)
{
	static pthread_once_t filled = PTHREAD_ONCE_INIT;
	struct ww_http1 *d = calloc(1, sizeof(*d));

	pthread_once(&filled, fill_classes);
	return d;
}

void
ww_http1_free(struct ww_http1 *d)
{
	if (d == NULL)
		return;
	free(d->rq);
	free(d);
}

void
ww_http1_forget(struct ww_http1 *d)
{
	assert(d->state == REST);
	free(d->rq);
	d->rq = NULL;
}

const struct ww_http1_head *
ww_http1_head(const struct ww_http1 *d)
{
	return &d->rq->head;
}

bool
ww_http1_allow(struct ww_http1 *d, uint64_t most)
{
	assert(d->state == HEAD_DONE);
	d->most = most;
	return d->left <= most;
}

bool
ww_http1_open(const struct ww_http1 *d)
{
	return d->state != REST;
}

ww_str
ww_http1_value(const struct ww_http1_head *h, const char *name)
{
	ww_str want = ww_str_from(name);

	for (size_t i = 0; i < h->fields_n; i++)
		if (ww_str_ieq(h->fields[i].name, want))
			return h->fields[i].value;
	return ww_str_empty();
}

size_t
ww_http1_count(const struct ww_http1_head *h, const char *name)
{
	ww_str want = ww_str_from(name);
	size_t n = 0;

	for (size_t i = 0; i < h->fields_n; i++)
		n += ww_str_ieq(h->fields[i].name, want);
	return n;
}
