/* The courier's one sink: hands each request to the part that speaks its protocol, and waits for all of them at once. */
#include "link/sink.h"

#include "base/fs.h"
#include "link/dir_out.h"
#include "link/http_out.h"
#include "link/watch.h"

#include <wardwire/ctx.h>

#include <stdlib.h>

enum {
	FHIR,
	MLLP,
	HL7,
	DIR,
	PARTS,

	BLIND_MS = 20, /* a wait in which not all descriptors are watched */
};

struct sink {
	struct ww_clock ticks;
	struct ww_http *http;
	struct ww_sink_part parts[PARTS];
	struct ww_watch watch;
};

/* Who forwards messages to an address of that scheme. */
static const struct {
	const char *scheme;
	int part;
} forwarders[] = {
	{ "mllp", MLLP },
	{ "mllps", MLLP },
	{ "file", DIR },
	{ "http", HL7 },
	{ "https", HL7 },
};

static ww_status
sink_send(void *self, struct ww_ctx *cx, const struct ww_request *r, ww_sink_done *done, void *arg)
{
	struct sink *s = self;
	const struct ww_sink_part *p = r->verb == WW_VERB_FORWARD ? NULL : &s->parts[FHIR];
	ww_str rest, scheme = ww_str_cut(r->base, ':', &rest);

	for (size_t i = 0; p == NULL && i < sizeof(forwarders) / sizeof(forwarders[0]); i++) {
		if (ww_str_is(scheme, forwarders[i].scheme))
			p = &s->parts[forwarders[i].part];
	}
	if (p == NULL)
		return ww_fail(cx, WW_E_CONFIG, NULL, "nothing is sent to such an address");
	return p->ops->send(p->self, cx, r, done, arg);
}

/* True when a request has ended. */
static bool
step(struct sink *s, const struct ww_watch *w)
{
	bool ended = false;

	for (size_t i = 0; i < PARTS; i++) {
		const struct ww_sink_part *p = &s->parts[i];

		if (p->ops->step != NULL && p->ops->step(p->self, w))
			ended = true;
	}
	return ended;
}

/* How long to wait, of at most that many ms. */
static int
wait_ms(const struct sink *s, int most)
{
	int64_t left =
	    s->watch.until != INT64_MAX ? s->watch.until - ww_clock_now(&s->ticks) : INT64_MAX;

	if (s->watch.blind && most > BLIND_MS)
		most = BLIND_MS;
	if (left > most)
		return most;
	return left > 0 ? (int)left : 0;
}

static void
sink_poll(void *self, int timeout_ms)
{
	struct sink *s = self;

	/* What has ended is for the courier to know soon; the others still get their look at what came in meanwhile. */
	if (step(s, NULL))
		timeout_ms = 0;
	ww_watch_clear(&s->watch);
	for (size_t i = 0; i < PARTS; i++) {
		const struct ww_sink_part *p = &s->parts[i];

		if (p->ops->watch != NULL)
			p->ops->watch(p->self, &s->watch);
	}
	ww_http_poll(s->http, &s->watch, wait_ms(s, timeout_ms));
	(void)step(s, &s->watch);
}

static void
sink_wake(void *self)
{
	struct sink *s = self;

	ww_http_wake(s->http);
}

/* The HTTP client first: what it ends may belong to any part. */
static void
sink_close(void *self)
{
	struct sink *s = self;

	ww_http_close(s->http);
	for (size_t i = 0; i < PARTS; i++) {
		if (s->parts[i].ops != NULL)
			s->parts[i].ops->close(s->parts[i].self);
	}
	ww_watch_free(&s->watch);
	free(s);
}

ww_status
ww_sink_open(struct ww_ctx *cx, const struct ww_sink_settings *set, struct ww_sink *out)
{
	static const struct ww_sink_ops ops = { .name = "wire",
		.send = sink_send,
		.poll = sink_poll,
		.wake = sink_wake,
		.close = sink_close };
	struct sink *s = calloc(1, sizeof(*s));
	ww_status status;

	if (s == NULL)
		return ww_fail_memory(cx);
	s->ticks = set->ticks;
	status = ww_http_open(cx, &s->http);
	if (status == WW_OK)
		status = ww_fhir_out_part(cx, s->http, &s->parts[FHIR]);
	if (status == WW_OK)
		status = ww_mllp_sink_part(cx, s->http, set->ticks, &s->parts[MLLP]);
	if (status == WW_OK)
		status = ww_hl7_out_part(cx, s->http, &s->parts[HL7]);
	if (status == WW_OK)
		status =
		    ww_dir_out_part(cx, set->fs != NULL ? set->fs : &ww_fs_real, &s->parts[DIR]);
	if (status != WW_OK) {
		sink_close(s);
		return status;
	}
	*out = (struct ww_sink){ .ops = &ops, .self = s };
	return WW_OK;
}
