/* Claim/$submit and $inquire sent on to a payer: when the request is journaled and applied it goes out, and what comes back is journaled
 * before the client gets it, byte for byte. Without an answer the client gets a 5XX without a body, which says that trying again helps. */
#include "main/fhir_parts.h"

#include "codec/xml.h"
#include "link/http_in.h"
#include "main/errand.h"
#include "model/record.h"

#include <wardwire/json.h>
#include <wardwire/log.h>

#include <assert.h>
#include <inttypes.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>

struct ww_fhir_question {
	struct ww_errand errand;
	struct ww_fhir_call *call;
	const struct ww_endpoint *payer;
	struct ww_buf sent, url;
	ww_str headers[2];
	uint64_t asked; /* journal number of the request */
};

static struct ww_fhir_question *
question_of(struct ww_errand *e)
{
	return (struct ww_fhir_question *)((char *)e - offsetof(struct ww_fhir_question, errand));
}

bool
ww_fhir_payer_is(const struct ww_fhir_call *c)
{
	return c->feed != NULL && c->feed->fhir.payer.n > 0 &&
	       (c->ask.route.interaction == WW_REST_SUBMIT ||
	           c->ask.route.interaction == WW_REST_INQUIRE);
}

bool
ww_fhir_payer_keep(struct ww_fhir_call *c, ww_str raw)
{
	struct ww_fhir_question *q = calloc(1, sizeof(*q));

	if (q == NULL)
		return false;
	c->question = q;
	q->call = c;
	q->payer = ww_config_endpoint(c->door->set.config, c->feed->fhir.payer);
	assert(q->payer != NULL); /* the check of the configuration saw to it */
	ww_buf_str_add(&q->sent, raw);
	ww_buf_printf(&q->url, "%.*s/Claim/$%s", WW_STR_FMT(q->payer->url),
	    ww_rest_interaction_name(c->ask.route.interaction));
	return q->sent.error == WW_OK && q->url.error == WW_OK;
}

void
ww_fhir_payer_free(struct ww_fhir_call *c)
{
	struct ww_fhir_question *q = c->question;

	if (q == NULL)
		return;
	ww_buf_free(&q->sent);
	ww_buf_free(&q->url);
	ww_buf_free(&q->errand.type);
	ww_buf_free(&q->errand.answer);
	free(q);
	c->question = NULL;
}

/* -- what an answer means --------------------------------------------------------------------------- */

/* Where there is none. */
static const unsigned by_end[WW_HTTP_ENDS] = {
	[WW_HTTP_DONE] = 0,
	[WW_HTTP_UNUSABLE] = 502,
	[WW_HTTP_NO_NAME] = 502,
	[WW_HTTP_NO_CONNECT] = 502,
	[WW_HTTP_NO_TLS] = 502,
	[WW_HTTP_UNSENT] = 502,
	[WW_HTTP_TIMEOUT] = 504,
	[WW_HTTP_BROKEN] = 502,
	[WW_HTTP_TOO_LARGE] = 502,
	[WW_HTTP_CLOSED] = 503,
};

/* First fitting row. */
static const struct verdict {
	long from, to;
	unsigned instead; /* what the client is told; 0: what the payer said */
	bool keep;        /* it holds: who asks again gets it without the payer being asked */
} verdicts[] = {
	{ 200, 299, 0, true },
	{ 300, 399, 502, false }, /* the address in the configuration is not right */
	{ 401, 401, 502, false }, /* about us, and not about the client */
	{ 403, 403, 502, false },
	{ 407, 407, 502, false },
	{ 408, 408, 504, false },
	{ 429, 429, 0, false },
	{ 400, 499, 0, true },
	{ 500, 599, 0, false },
	{ LONG_MIN, LONG_MAX, 502, false },
};

static const struct verdict *
verdict_of(long status)
{
	size_t i = 0;

	while (status < verdicts[i].from || status > verdicts[i].to)
		i++; /* ends: the last row takes everything */
	return &verdicts[i];
}

static bool
is_xml(const struct ww_fhir_question *q)
{
	ww_str rest, type = ww_str_trim(ww_str_cut(ww_buf_view(&q->errand.type), ';', &rest));

	return ww_str_ieq(type, WW_STR("application/fhir+xml")) ||
	       ww_str_ieq(type, WW_STR("application/xml")) || ww_str_ieq(type, WW_STR("text/xml"));
}

/* What can be kept is FHIR; what cannot is still the payer's answer. */
static bool
is_resource(struct ww_fhir_question *q)
{
	struct ww_fhir_door *d = q->call->door;
	ww_str text = ww_buf_view(&q->errand.answer);
	struct ww_json *tree;
	ww_status s = is_xml(q) ? ww_xml_read(&d->cx, text, text.n, &tree)
	                        : ww_json_parse(&d->cx, text, &tree);
	bool is = s == WW_OK && ww_json_str(ww_json_get(tree, "resourceType")).n > 0;

	d->cx.fail = (struct ww_failure){ .status = WW_OK };
	return is;
}

/* -- back to the client ----------------------------------------------------------------------------- */

static void
begin(struct ww_fhir_door *d)
{
	ww_ctx_clear(&d->cx);
	d->cx.now = ww_clock_now(&d->set.clock);
}

/* Nothing that could be taken for a refusal: 5XX, and no OperationOutcome. */
static void
answer_none(struct ww_fhir_call *c, unsigned status)
{
	struct ww_rest_answer a = { .status = status, .body = ww_str_empty() };

	ww_rest_header(&c->door->cx, &a, "Retry-After: 5");
	ww_fhir_answer(c, &a);
}

static void
relay(struct ww_fhir_call *c)
{
	struct ww_fhir_question *q = c->question;
	struct ww_rest_answer a = { .status = (unsigned)q->errand.status,
		.body = ww_buf_view(&q->errand.answer) };

	if (q->errand.type.n > 0)
		ww_rest_header(&c->door->cx, &a, "Content-Type: %.*s",
		    WW_STR_FMT(ww_buf_view(&q->errand.type)));
	if (q->errand.retry_after > 0)
		ww_rest_header(&c->door->cx, &a, "Retry-After: %ld", q->errand.retry_after);
	ww_fhir_answer(c, &a);
}

/* The answer is journaled, or cannot be: then the client asks again, and so do we. */
static void
on_kept(struct ww_post *post)
{
	struct ww_fhir_call *c = ww_fhir_call_of(post);

	c->journaling = false;
	ww_buf_free(&c->body);
	begin(c->door);
	if (c->http == NULL)
		ww_fhir_call_free(c);
	else if (c->status == WW_OK)
		relay(c);
	else
		answer_none(c, 503);
}

static void
keep(struct ww_fhir_call *c)
{
	struct ww_fhir_question *q = c->question;
	struct ww_rec_request body = { .feed = c->feed->name,
		.peer = q->payer->name,
		.client = c->who.client,
		.party = c->who.party,
		.interaction = WW_STR("answer"),
		.type = WW_STR("Claim"),
		.id = ww_str_empty(),
		.condition = ww_str_empty(),
		.match = ww_str_empty(),
		.format = ww_str_from(is_xml(q) ? "xml" : "json"),
		.raw = ww_buf_view(&q->errand.answer),
		.answers = (int64_t)q->asked,
		.http = q->errand.status,
		.refused = ww_str_empty(),
		.none_match = ww_str_empty() };

	ww_rec_request_write(&body, &c->body);
	c->status = (ww_status)c->body.error;
	if (c->status == WW_OK)
		ww_fhir_journal(c, on_kept);
	else
		on_kept(&c->durable);
}

static void
on_done(struct ww_errand *e)
{
	struct ww_fhir_question *q = question_of(e);
	struct ww_fhir_call *c = q->call;
	const struct verdict *v = e->end == WW_HTTP_DONE ? verdict_of(e->status) : NULL;
	unsigned instead = v != NULL ? v->instead : by_end[e->end];

	c->asking = false;
	begin(c->door);
	ww_log(instead == 0 ? WW_LOG_INFO : WW_LOG_WARN,
	    "journal=%" PRIu64 " fhir=payer endpoint=%.*s status=%ld answer=%ld request=%s",
	    q->asked, WW_STR_FMT(q->payer->name), e->status,
	    instead != 0 ? (long)instead : e->status, c->request_id);
	if (v != NULL && v->keep && !c->door->closing && is_resource(q))
		keep(c);
	else if (c->http == NULL)
		ww_fhir_call_free(c);
	else if (instead != 0)
		answer_none(c, instead);
	else
		relay(c);
}

/* -- to the payer ----------------------------------------------------------------------------------- */

static const ww_str content_types[] = {
	[WW_REST_JSON] = WW_STR_INIT("Content-Type: application/fhir+json"),
	[WW_REST_XML] = WW_STR_INIT("Content-Type: application/fhir+xml"),
};
static const ww_str accepts[] = {
	[WW_REST_JSON] = WW_STR_INIT("Accept: application/fhir+json"),
	[WW_REST_XML] = WW_STR_INIT("Accept: application/fhir+xml"),
};

bool
ww_fhir_payer_ask(struct ww_fhir_call *c)
{
	struct ww_fhir_question *q = c->question;

	if (c->door->closing)
		return false;
	q->asked = c->submit.rec.seq;
	q->headers[0] = content_types[c->ask.body];
	q->headers[1] = accepts[c->ask.form];
	q->errand.request = (struct ww_http_request){ .method = "POST",
		.url = ww_buf_view(&q->url),
		.headers = q->headers,
		.headers_n = 2,
		.body = ww_buf_view(&q->sent),
		.timeout = q->payer->timeout,
		.tls = &q->payer->tls };
	q->errand.done = on_done;
	c->asking = true;
	c->deadline = INT64_MAX; /* the errand has its own */
	ww_errand_run(c->door->errands, &q->errand);
	return true;
}
