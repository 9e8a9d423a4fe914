/* The sink that speaks FHIR R4 REST: makes HTTP requests of what is to be sent. What came back is read in
 * fhir_answer.c, what it means is decided in fhir_class.c. */
#include "link/fhir_answer.h"
#include "link/fhir_class.h"
#include "link/http_out.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/sink.h>

#include <stdlib.h>
#include <string.h>

#define ANSWER_MEMORY ((size_t)64 << 20) /* for the tree of an answer of 1 MiB */

struct fhir {
	struct ww_http *http;
	struct ww_ctx cx; /* of the answer being read */
};

/* One request under way. */
struct exchange {
	struct fhir *fhir;
	struct ww_fhir_asked asked; /* its slices lie in text */
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

static struct exchange *
new_exchange(struct fhir *f, const struct ww_request *r, ww_sink_done *done, void *arg)
{
	struct exchange *x = malloc(sizeof(*x) + r->type.n + r->key.n + r->remote_id.n + 1);
	char *to;

	if (x == NULL)
		return NULL;
	x->fhir = f;
	x->asked.verb = r->verb;
	to = x->text;
	x->asked.type = put(&to, r->type);
	x->asked.key = put(&to, r->key);
	x->asked.remote_id = put(&to, r->remote_id);
	x->done = done;
	x->arg = arg;
	return x;
}

/* -- answers --------------------------------------------------------------------------------------- */

static void
on_reply(void *arg, const struct ww_http_reply *reply)
{
	struct exchange *x = arg;
	struct ww_ctx *cx = &x->fhir->cx;
	struct ww_fhir_verdict verdict;
	struct ww_fhir_reading reading;
	struct ww_answer a;

	ww_ctx_clear(cx);
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
	free(x);
}

/* -- the sink -------------------------------------------------------------------------------------- */

static const char *const methods[] = {
	[WW_VERB_CREATE] = "POST",
	[WW_VERB_UPDATE] = "PUT",
	[WW_VERB_SEARCH] = "GET",
};

static ww_status
start(struct fhir *f, struct ww_ctx *cx, const struct ww_request *r, ww_str url, ww_str condition,
    struct exchange *x)
{
	ww_str headers[4] = { WW_STR("Accept: application/fhir+json") };
	struct ww_http_request request = { .method = methods[r->verb],
		.url = url,
		.headers = headers,
		.headers_n = 1,
		.body = ww_str_empty(),
		.timeout = r->timeout };

	if (r->verb == WW_VERB_SEARCH) {
		/* An unknown search parameter is otherwise ignored, and everything found. */
		headers[request.headers_n++] = WW_STR("Prefer: handling=strict");
	} else {
		headers[request.headers_n++] = WW_STR("Prefer: return=representation");
		headers[request.headers_n++] = WW_STR("Content-Type: application/fhir+json");
		request.body = r->body;
	}
	if (condition.n > 0)
		headers[request.headers_n++] = condition;
	return ww_http_send(f->http, cx, &request, on_reply, x);
}

static ww_status
fhir_send(void *self, struct ww_ctx *cx, const struct ww_request *r, ww_sink_done *done, void *arg)
{
	struct ww_buf url = { .p = NULL }, condition = { .p = NULL };
	struct fhir *f = self;
	struct exchange *x;
	ww_status s;

	if (r->verb == WW_VERB_UPDATE && r->remote_id.n == 0)
		return ww_fail(cx, WW_E_VALUE, NULL, "an update without the receiver's id");
	if (r->verb == WW_VERB_UPDATE && r->etag.n > 0 && !ww_fhir_answer_is_etag(r->etag))
		return ww_fail(cx, WW_E_VALUE, NULL, "the version is no ETag");
	x = new_exchange(f, r, done, arg);
	write_url(r, &url);
	write_condition(r, &condition);
	if (x == NULL || url.error != WW_OK || condition.error != WW_OK)
		s = ww_fail_memory(cx);
	else
		s = start(f, cx, r, ww_buf_view(&url), ww_buf_view(&condition), x);
	if (s != WW_OK)
		free(x);
	ww_buf_free(&condition);
	ww_buf_free(&url);
	return s;
}

static void
fhir_poll(void *self, int timeout_ms)
{
	struct fhir *f = self;

	ww_http_poll(f->http, timeout_ms);
}

static void
fhir_wake(void *self)
{
	struct fhir *f = self;

	ww_http_wake(f->http);
}

static void
fhir_close(void *self)
{
	struct fhir *f = self;

	ww_http_close(f->http);
	ww_arena_free(f->cx.arena);
	free(f);
}

ww_status
ww_sink_fhir(struct ww_ctx *cx, struct ww_sink *out)
{
	static const struct ww_sink_ops ops = { .name = "fhir",
		.send = fhir_send,
		.poll = fhir_poll,
		.wake = fhir_wake,
		.close = fhir_close };
	struct fhir *f = calloc(1, sizeof(*f));
	ww_status s;

	if (f == NULL)
		return ww_fail_memory(cx);
	f->cx.arena = ww_arena_new(ANSWER_MEMORY);
	if (f->cx.arena == NULL) {
		s = ww_fail_memory(cx);
		goto free_fhir;
	}
	s = ww_http_open(cx, &f->http);
	if (s != WW_OK)
		goto free_arena;
	*out = (struct ww_sink){ .ops = &ops, .self = f };
	return WW_OK;
free_arena:
	ww_arena_free(f->cx.arena);
free_fhir:
	free(f);
	return s;
}
