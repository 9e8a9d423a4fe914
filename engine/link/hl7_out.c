/* The part of the sink that sends messages by HTTP: POST of application/hl7-v2, the acknowledgement in the answer. What an
 * answer means is decided in hl7_class.c. */
#include "codec/ack.h"
#include "codec/charset.h"
#include "link/hl7_class.h"
#include "link/http_out.h"
#include "link/sink.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include <stdlib.h>

#define ANSWER_MEMORY ((size_t)64 << 20) /* to read an answer of 1 MiB */

struct poster {
	struct ww_http *http;
	struct ww_ctx cx; /* of the answer being read */
};

/* One message under way. */
struct post {
	struct poster *poster;
	struct ww_buf control_id;
	bool insist;
	ww_sink_done *done;
	void *arg;
};

static void
free_post(struct post *p)
{
	ww_buf_free(&p->control_id);
	free(p);
}

static void
on_reply(void *arg, const struct ww_http_reply *reply)
{
	struct post *p = arg;
	struct ww_ctx *cx = &p->poster->cx;
	struct ww_hl7_seen seen = { .end = reply->end,
		.http = reply->status,
		.empty = ww_str_trim(reply->body).n == 0,
		.insist = p->insist };
	struct ww_hl7_verdict v;
	struct ww_answer a;
	bool ours = false;
	char code[3];

	ww_ctx_clear(cx);
	if (ww_ack_read(cx, reply->body, ww_buf_view(&p->control_id), code, &ours) && ours)
		seen.code = code;
	v = ww_hl7_class_http(&seen);
	a = (struct ww_answer){ .result = v.result,
		.http = reply->status,
		.remote_id = ww_str_empty(),
		.etag = ww_str_empty(),
		.status = ww_str_empty(),
		.retry_after = reply->retry_after,
		.reason = v.reason };
	p->done(p->arg, &a);
	free_post(p);
}

/* With the character set that MSH-18 names, if it names one. */
static ww_str
content_type(struct ww_ctx *cx, const struct ww_hl7 *m)
{
	ww_str name = ww_str_trim(ww_hl7_at(cx, m, "MSH-18"));
	const struct ww_charset *set = name.n > 0 ? ww_charset_find(name) : NULL;
	const char *mime = set != NULL ? ww_charset_mime(set) : NULL;

	return ww_arena_printf(cx->arena, "Content-Type: application/hl7-v2%s%s",
	    mime != NULL ? "; charset=" : "", mime != NULL ? mime : "");
}

static ww_status
start(struct post *p, struct ww_ctx *cx, const struct ww_request *r, const struct ww_hl7 *m)
{
	const ww_str headers[] = { content_type(cx, m), WW_STR("Accept: application/hl7-v2") };
	const struct ww_http_request request = { .method = "POST",
		.url = r->base,
		.headers = headers,
		.headers_n = sizeof(headers) / sizeof(headers[0]),
		.body = r->body,
		.timeout = r->timeout,
		.tls = r->tls };

	return ww_http_send(p->poster->http, cx, &request, on_reply, p);
}

static ww_status
hl7_send(void *self, struct ww_ctx *cx, const struct ww_request *r, ww_sink_done *done, void *arg)
{
	const struct ww_hl7 *m;
	ww_str control_id;
	ww_status s = ww_hl7_class_open(cx, r->body, &m, &control_id);
	struct post *p;

	if (s != WW_OK)
		return s;
	p = calloc(1, sizeof(*p));
	if (p == NULL)
		return ww_fail_memory(cx);
	p->poster = self;
	p->insist = r->insist;
	p->done = done;
	p->arg = arg;
	ww_buf_str_add(&p->control_id, control_id);
	s = p->control_id.error == WW_OK ? start(p, cx, r, m) : ww_fail_memory(cx);
	if (s != WW_OK)
		free_post(p);
	return s;
}

static void
hl7_close(void *self)
{
	struct poster *p = self;

	ww_arena_free(p->cx.arena);
	free(p);
}

ww_status
ww_hl7_out_part(struct ww_ctx *cx, struct ww_http *http, struct ww_sink_part *out)
{
	static const struct ww_sink_part_ops ops = {
		.name = "hl7", .send = hl7_send, .close = hl7_close
	};
	struct poster *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return ww_fail_memory(cx);
	p->http = http;
	p->cx.arena = ww_arena_new(ANSWER_MEMORY);
	if (p->cx.arena == NULL) {
		free(p);
		return ww_fail_memory(cx);
	}
	*out = (struct ww_sink_part){ .ops = &ops, .self = p };
	return WW_OK;
}
