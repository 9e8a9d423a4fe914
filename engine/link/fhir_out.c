/* The part of the sink that speaks FHIR R4 REST: makes HTTP requests of what is to be sent. What came back is read in
 * fhir_answer.c, what it means is decided in fhir_class.c. */
#include "link/fhir_answer.h"
#include "link/fhir_class.h"
#include "link/http_out.h"
#include "link/http_url.h"
#include "link/sink.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include <stdlib.h>
#include <string.h>

#define HOPS_MOST 3                      /* redirects of one request that are followed */
#define ANSWER_MEMORY ((size_t)64 << 20) /* for the tree of an answer of 1 MiB */

struct fhir {
	struct ww_http *http;
	struct ww_ctx cx; /* of the answer being read */
};

/* One request under way, with all that it takes to make it again elsewhere. */
struct exchange {
	struct fhir *fhir;
	struct ww_fhir_asked asked; /* its slices lie in text, as do these */
	ww_str condition, body;
	struct ww_buf url;
	uint32_t timeout;
	const struct ww_endpoint_tls *tls;
	unsigned hops; /* redirects followed so far */
	ww_sink_done *done;
	void *arg;
	char text[];
};

/* -- requests -------------------------------------------------------------------------------------- */

static bool
is_unreserved(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '.' || c == '_' || c == '~';
}

/* RFC 3986: all but the unreserved characters. */
static void
escape(struct ww_buf *b, ww_str s)
{
	size_t i;

	for (i = 0; i < s.n; i++) {
		if (is_unreserved(s.p[i]))
			ww_buf_byte(b, s.p[i]);
		else
			ww_buf_printf(b, "%%%02X", (unsigned)(unsigned char)s.p[i]);
	}
}

static void
write_url(const struct ww_request *r, struct ww_buf *b)
{
	ww_str base = r->base;

	while (base.n > 0 && base.p[base.n - 1] == '/')
		base.n--;
	ww_buf_str_add(b, base);
	ww_buf_byte(b, '/');
	escape(b, r->type);
	if (r->verb == WW_VERB_UPDATE) {
		ww_buf_byte(b, '/');
		escape(b, r->remote_id);
	} else if (r->verb == WW_VERB_SEARCH) {
		ww_buf_cstr(b, "?identifier=");
		escape(b, r->key);
	}
}

/* The header that makes a create or update safe to repeat; empty when there is none. */
static void
write_condition(const struct ww_request *r, struct ww_buf *b)
{
	if (r->verb == WW_VERB_CREATE) {
		ww_buf_cstr(b, "If-None-Exist: identifier=");
		escape(b, r->key);
	} else if (r->verb == WW_VERB_UPDATE && r->etag.n > 0) {
		ww_buf_cstr(b, "If-Match: ");
		ww_buf_str_add(b, r->etag);
	}
}

static ww_str
put(char **to, ww_str s)
{
	ww_str copy = { *to, s.n };

	memcpy(*to, s.p, s.n);
	*to += s.n;
	return copy;
}

static void
free_exchange(struct exchange *x)
{
	if (x != NULL)
		ww_buf_free(&x->url);
	free(x);
}

/* NULL: no memory. */
static struct exchange *
new_exchange(
    struct fhir *f, const struct ww_request *r, ww_str condition, ww_sink_done *done, void *arg)
{
	bool search = r->verb == WW_VERB_SEARCH;
	struct exchange *x = malloc(
	    sizeof(*x) + r->type.n + r->key.n + r->remote_id.n + condition.n + r->body.n + 1);
	char *to;

	if (x == NULL)
		return NULL;
	x->fhir = f;
	x->asked.verb = r->verb;
	to = x->text;
	x->asked.type = put(&to, r->type);
	x->asked.key = put(&to, r->key);
	x->asked.remote_id = put(&to, r->remote_id);
	x->condition = put(&to, condition);
	x->body = put(&to, search ? ww_str_empty() : r->body);
	x->url = (struct ww_buf){ .p = NULL };
	x->timeout = r->timeout;
	x->tls = r->tls;
	x->hops = 0;
	x->done = done;
	x->arg = arg;
	write_url(r, &x->url);
	if (x->url.error == WW_OK)
		return x;
	free_exchange(x);
	return NULL;
}

static void on_reply(void *arg, const struct ww_http_reply *reply);

static const char *const methods[] = {
	[WW_VERB_CREATE] = "POST",
	[WW_VERB_UPDATE] = "PUT",
	[WW_VERB_SEARCH] = "GET",
};

static ww_status
start(struct exchange *x, struct ww_ctx *cx)
{
	ww_str headers[4] = { WW_STR("Accept: application/fhir+json") };
	struct ww_http_request request = { .method = methods[x->asked.verb],
		.url = ww_buf_view(&x->url),
		.headers = headers,
		.headers_n = 1,
		.body = x->body,
		.timeout = x->timeout,
		.tls = x->tls };

	if (x->asked.verb == WW_VERB_SEARCH) {
		/* An unknown search parameter is otherwise ignored, and everything found. */
		headers[request.headers_n++] = WW_STR("Prefer: handling=strict");
	} else {
		headers[request.headers_n++] = WW_STR("Prefer: return=representation");
		headers[request.headers_n++] = WW_STR("Content-Type: application/fhir+json");
	}
	if (x->condition.n > 0)
		headers[request.headers_n++] = x->condition;
	return ww_http_send(x->fhir->http, cx, &request, on_reply, x);
}

/* -- answers --------------------------------------------------------------------------------------- */

/* Those two say that the very same request is wanted at another place. True when that is still the same server: the
 * exchange is about that place from now on. */
static bool
is_sent_on(struct exchange *x, struct ww_ctx *cx, const struct ww_http_reply *reply)
{
	ww_str url;

	if (reply->end != WW_HTTP_DONE || (reply->status != 307 && reply->status != 308) ||
	    x->hops == HOPS_MOST)
		return false;
	url = ww_http_url_within(cx, ww_buf_view(&x->url), reply->location);
	if (url.n == 0)
		return false;
	x->hops++;
	ww_buf_clear(&x->url);
	ww_buf_str_add(&x->url, url);
	return true;
}

static void
on_reply(void *arg, const struct ww_http_reply *reply)
{
	static const struct ww_http_reply unsent = { .end = WW_HTTP_UNSENT,
		.location = WW_STR_INIT(""),
		.etag = WW_STR_INIT(""),
		.body = WW_STR_INIT("") };
	struct exchange *x = arg;
	struct ww_ctx *cx = &x->fhir->cx;
	struct ww_fhir_verdict verdict;
	struct ww_fhir_reading reading;
	struct ww_answer a;

	ww_ctx_clear(cx);
	if (is_sent_on(x, cx, reply)) {
		if (x->url.error == WW_OK && start(x, cx) == WW_OK)
			return;
		reply = &unsent; /* the first place did nothing, the second was not asked */
	}
	ww_fhir_answer_read(cx, &x->asked, reply, &reading);
	verdict = ww_fhir_classify(&reading.seen);
	a = (struct ww_answer){ .result = verdict.result,
		.http = reply->status,
		.remote_id = ww_str_empty(),
		.etag = ww_str_empty(),
		.status = ww_str_empty(),
		.retry_after = reply->retry_after,
		.reason = verdict.reason };
	if (verdict.result == WW_RESULT_SENT) {
		a.remote_id = reading.id;
		a.etag = reading.etag;
		a.status = reading.status;
	}
	x->done(x->arg, &a);
	free_exchange(x);
}

/* -- the part -------------------------------------------------------------------------------------- */

static ww_status
fhir_send(void *self, struct ww_ctx *cx, const struct ww_request *r, ww_sink_done *done, void *arg)
{
	struct ww_buf condition = { .p = NULL };
	struct exchange *x = NULL;
	ww_status s = WW_OK;

	if (r->verb == WW_VERB_UPDATE && r->remote_id.n == 0)
		return ww_fail(cx, WW_E_VALUE, NULL, "an update without the receiver's id");
	if (r->verb == WW_VERB_UPDATE && r->etag.n > 0 && !ww_fhir_answer_is_etag(r->etag))
		return ww_fail(cx, WW_E_VALUE, NULL, "the version is no ETag");
	write_condition(r, &condition);
	if (condition.error == WW_OK)
		x = new_exchange(self, r, ww_buf_view(&condition), done, arg);
	s = x != NULL ? start(x, cx) : ww_fail_memory(cx);
	if (s != WW_OK)
		free_exchange(x);
	ww_buf_free(&condition);
	return s;
}

static void
fhir_close(void *self)
{
	struct fhir *f = self;

	ww_arena_free(f->cx.arena);
	free(f);
}

ww_status
ww_fhir_out_part(struct ww_ctx *cx, struct ww_http *http, struct ww_sink_part *out)
{
	static const struct ww_sink_part_ops ops = {
		.name = "fhir", .send = fhir_send, .close = fhir_close
	};
	struct fhir *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return ww_fail_memory(cx);
	f->http = http;
	f->cx.arena = ww_arena_new(ANSWER_MEMORY);
	if (f->cx.arena == NULL) {
		free(f);
		return ww_fail_memory(cx);
	}
	*out = (struct ww_sink_part){ .ops = &ops, .self = f };
	return WW_OK;
}
