/* A call is one input of the intake: the first acknowledgement that is said of it is its answer. */
#include "main/hl7_http.h"

#include "codec/http1.h"
#include "link/http_in.h"
#include "main/choose.h"
#include "main/fhir_door.h"
#include "rest/access.h"

#include <wardwire/ctx.h>
#include <wardwire/log.h>

#include <assert.h>
#include <stdlib.h>

/* That of the clients of one feed. */
struct way {
	const struct ww_feed *feed;
	struct ww_choose *choose;
	struct ww_intake *intake;
};

struct ww_hl7_http {
	struct ww_hl7_http_settings set;
	bool paused;
	size_t n;
	struct way way[];
};

/* An input that is not at its last word. */
struct talk {
	struct ww_hl7_http *of;
	struct ww_http_call *http; /* NULL: it is answered, or its client is gone */
	struct way *way;
	bool given; /* the intake has it, and will say its last word */
};

static const ww_str media[] = { WW_STR_INIT("application/hl7-v2"),
	WW_STR_INIT("x-application/hl7-v2+er7") };

/* The media type of what was sent, of those that are taken here; NULL: another. */
static const ww_str *
media_of(const struct ww_http_call *call)
{
	ww_str rest, type = ww_http1_value(ww_http_call_head(call), "Content-Type");

	type = ww_str_trim(ww_str_cut(type, ';', &rest));
	for (size_t i = 0; i < sizeof(media) / sizeof(media[0]); i++)
		if (ww_str_ieq(type, media[i]))
			return &media[i];
	return NULL;
}

bool
ww_hl7_http_is(const struct ww_hl7_http *h, const struct ww_http_call *call)
{
	const struct ww_http1_head *head = ww_http_call_head(call);
	ww_str path = head->path, base = h->set.listener->path;

	if (path.n > base.n && path.p[path.n - 1] == '/')
		path.n--;
	return ww_str_is(head->method, "POST") && ww_str_eq(path, base) && media_of(call) != NULL;
}

/* -- answers ---------------------------------------------------------------------------------------- */

/* A bare answer; with a status at which it may be tried again, when. */
static void
answer_bare(struct ww_http_call *call, unsigned status)
{
	static const ww_str later = WW_STR_INIT("Retry-After: 5");
	const struct ww_http_answer a = { .status = status,
		.headers = &later,
		.headers_n = status == 503,
		.body = ww_str_empty() };

	ww_http_call_answer(call, &a);
}

static void
answer_text(struct ww_http_call *call, unsigned status, ww_str text)
{
	static const ww_str types[] = { WW_STR_INIT("Content-Type: application/hl7-v2"),
		WW_STR_INIT("Content-Type: x-application/hl7-v2+er7") };
	const ww_str *type = media_of(call);
	struct ww_http_answer a = { .status = status, .headers_n = 1, .body = text };

	assert(type != NULL); /* else it were not here */
	a.headers = &types[type - media];
	ww_http_call_answer(call, &a);
}

/* A sender that looks at the status alone must not take a message for delivered that was refused. */
static unsigned
status_of(const struct ww_intake_word *w)
{
	if (w->fate == WW_INTAKE_REFUSED)
		return 400;
	return w->answer.n > 0 ? 200 : 204;
}

static void
on_said(void *arg, const struct ww_intake_word *w)
{
	struct talk *t = arg;
	struct ww_http_call *http = t->http;

	if (http != NULL && (w->last || w->answer.n > 0)) {
		t->http = NULL;
		ww_http_call_keep(http, NULL);
		if (w->fate == WW_INTAKE_TRY_AGAIN)
			answer_bare(http, 503);
		else if (w->answer.n > 0)
			answer_text(http, status_of(w), w->answer);
		else
			answer_bare(http, status_of(w));
	}
	if (w->last)
		free(t);
}

/* -- calls ------------------------------------------------------------------------------------------ */

static struct way *
way_of(struct ww_hl7_http *h, const struct ww_who *who)
{
	for (size_t i = 0; i < h->n; i++)
		if (ww_str_eq(h->way[i].feed->name, who->feed))
			return &h->way[i];
	return NULL;
}

static unsigned
refused(struct ww_hl7_http *h, struct ww_http_call *call, struct talk *t, const struct ww_who *who)
{
	if (t == NULL || h->paused)
		return 503;
	t->way = way_of(h, who);
	if (t->way == NULL || who->party.n > 0 ||
	    !ww_who_may(who, ww_str_empty(), WW_STR("message")))
		return 403;
	return ww_http_call_take(call, h->set.listener->max_message) ? 0 : 413;
}

void
ww_hl7_http_head(void *arg, struct ww_http_call *call)
{
	struct ww_hl7_http *h = arg;
	struct ww_who who;
	struct talk *t;
	unsigned status;

	if (!ww_fhir_door_knows(h->set.door, call, &who))
		return;
	t = calloc(1, sizeof(*t));
	status = refused(h, call, t, &who);
	if (status != 0) {
		ww_log(WW_LOG_WARN, "hl7=refused listener=%.*s client=%.*s status=%u",
		    WW_STR_FMT(h->set.listener->name), WW_STR_FMT(who.client), status);
		free(t);
		answer_bare(call, status);
		return;
	}
	t->of = h;
	t->http = call;
	ww_http_call_keep(call, t);
}

void
ww_hl7_http_call(void *arg, struct ww_http_call *call)
{
	struct talk *t = ww_http_call_kept(call);
	const struct ww_tls_names names = ww_http_call_names(call);
	const struct ww_intake_peer peer = { ww_http_call_peer(call), { names.v, names.n } };

	(void)arg;
	t->given = true;
	ww_intake_take(t->way->intake, ww_http_call_body(call), &peer, on_said, t);
}

/* Before its body was whole: the intake has nothing of it. */
void
ww_hl7_http_bad(void *arg, struct ww_http_call *call, unsigned status, const char *why)
{
	(void)arg;
	(void)why;
	free(ww_http_call_kept(call));
	ww_http_call_keep(call, NULL);
	answer_bare(call, status);
}

void
ww_hl7_http_gone(void *arg, struct ww_http_call *call)
{
	struct talk *t = ww_http_call_kept(call);

	(void)arg;
	t->http = NULL;
	if (!t->given)
		free(t);
}

/* -- open ------------------------------------------------------------------------------------------- */

static ww_status
open_way(struct ww_hl7_http *h, struct ww_ctx *cx, const struct ww_feed *feed)
{
	struct way *w = &h->way[h->n++];
	struct ww_intake_settings is = h->set.intake;
	ww_status s;

	w->feed = feed;
	s = ww_choose_only(cx, feed, &w->choose);
	is.choose = w->choose;
	return s == WW_OK ? ww_intake_new(cx, &is, &w->intake) : s;
}

ww_status
ww_hl7_http_new(struct ww_ctx *cx, const struct ww_hl7_http_settings *set, struct ww_hl7_http **out)
{
	const struct ww_config *c = set->config;
	struct ww_hl7_http *h = calloc(1, sizeof(*h) + c->feeds_n * sizeof(h->way[0]));
	ww_status s = WW_OK;

	if (h == NULL)
		return ww_fail_memory(cx);
	h->set = *set;
	for (size_t i = 0; s == WW_OK && i < c->feeds_n; i++)
		if (ww_str_eq(c->feeds[i].on, set->listener->name))
			s = open_way(h, cx, &c->feeds[i]);
	if (s != WW_OK) {
		ww_hl7_http_free(h);
		return s;
	}
	*out = h;
	return WW_OK;
}

void
ww_hl7_http_free(struct ww_hl7_http *h)
{
	if (h == NULL)
		return;
	for (size_t i = 0; i < h->n; i++) {
		ww_intake_free(h->way[i].intake);
		ww_choose_free(h->way[i].choose);
	}
	free(h);
}

void
ww_hl7_http_pause(struct ww_hl7_http *h, bool paused)
{
	h->paused = paused;
}

uint64_t
ww_hl7_http_undelivered(const struct ww_hl7_http *h)
{
	uint64_t n = 0;

	for (size_t i = 0; i < h->n; i++)
		n += ww_intake_undelivered(h->way[i].intake);
	return n;
}
