/* From a request that was read to its record, and from the applied record to its answer: 2xx leaves only when what was sent is
 * durable and applied. */
#include "main/fhir_parts.h"

#include "link/http_in.h"
#include "link/loop.h"
#include "model/record.h"
#include "rest/settle.h"

#include <wardwire/json.h>
#include <wardwire/log.h>

#include <inttypes.h>
#include <stddef.h>

/* Deadlines run on a clock that nobody sets. */
static int64_t
ticks(void)
{
	struct ww_clock c = ww_clock_ticks();

	return ww_clock_now(&c);
}

static void
begin(struct ww_fhir_door *d)
{
	ww_ctx_clear(&d->cx);
	d->cx.now = ww_clock_now(&d->set.clock);
}

/* -- the answer ------------------------------------------------------------------------------------- */

/* Also one that was set aside has an answer. */
static void
answer_applied(struct ww_fhir_call *c)
{
	struct ww_fhir_door *d = c->door;
	struct ww_rest_scope scope = ww_fhir_scope(c);
	struct ww_rest_answer a;
	ww_status s = ww_rest_settle(&d->cx, d->set.view, &c->ask, &scope, c->submit.rec.seq, &a);

	if (s != WW_OK) {
		ww_fhir_refuse(c);
		return;
	}
	if (c->question != NULL && a.status == WW_FHIR_OPEN && ww_fhir_payer_ask(c))
		return;
	ww_log(WW_LOG_INFO, "journal=%" PRIu64 " fhir=answered status=%u request=%s",
	    c->submit.rec.seq, a.status, c->request_id);
	ww_fhir_answer(c, &a);
}

static void
answer_later(struct ww_fhir_call *c, ww_status s, const char *why)
{
	(void)ww_fail(&c->door->cx, s, NULL, "%s", why);
	ww_fhir_refuse(c);
}

/* On the loop's thread: what became of the record is known. */
static void
on_applied(struct ww_post *post)
{
	struct ww_fhir_call *c =
	    (struct ww_fhir_call *)((char *)post - offsetof(struct ww_fhir_call, await) -
	                            offsetof(struct ww_await, post));

	c->waiting = false;
	begin(c->door);
	if (c->http == NULL)
		ww_fhir_call_free(c);
	else if (c->await.end != WW_AWAIT_UNKNOWN)
		answer_applied(c);
	else
		answer_later(c, WW_E_STORE, "what became of it cannot be looked up; send it again");
}

/* -- the journal ------------------------------------------------------------------------------------ */

struct ww_fhir_call *
ww_fhir_call_of(struct ww_post *durable)
{
	return (struct ww_fhir_call *)((char *)durable - offsetof(struct ww_fhir_call, durable));
}

/* On the loop's thread again. */
static void
on_durable(struct ww_post *post)
{
	struct ww_fhir_call *c = ww_fhir_call_of(post);

	c->journaling = false;
	ww_buf_free(&c->body);
	if (c->http == NULL) {
		ww_fhir_call_free(c);
		return;
	}
	if (c->status != WW_OK) {
		begin(c->door);
		answer_later(c, WW_E_CLOSED, "it is not stored; send it again");
		return;
	}
	c->waiting = true;
	c->await.seq = c->submit.rec.seq;
	c->await.post.fn = on_applied;
	ww_awaits_add(c->door->set.awaits, &c->await);
}

/* On the writer's thread. */
static void
on_written(struct ww_submit *submit, ww_status status)
{
	struct ww_fhir_call *c =
	    (struct ww_fhir_call *)((char *)submit - offsetof(struct ww_fhir_call, submit));

	c->status = status;
	ww_loop_post(c->door->set.loop, &c->durable);
}

void
ww_fhir_journal(struct ww_fhir_call *c, void (*back)(struct ww_post *post))
{
	c->submit.rec = (struct ww_record){ .kind = WW_REC_REQUEST, .body = ww_buf_view(&c->body) };
	c->submit.done = on_written;
	c->durable.fn = back;
	c->journaling = true;
	ww_writer_submit(c->door->set.writer, &c->submit);
}

static void
journal(struct ww_fhir_call *c)
{
	struct ww_fhir_door *d = c->door;

	c->deadline = ticks() + (int64_t)c->feed->ack.wait * 1000;
	c->listed = true;
	c->prev = d->last;
	*(c->prev != NULL ? &c->prev->next : &d->first) = c;
	d->last = c;
	ww_fhir_journal(c, on_durable);
}

/* -- a request -------------------------------------------------------------------------------------- */

static ww_str
condition_of(const struct ww_fhir_call *c)
{
	const struct ww_rest_route *r = &c->ask.route;

	if (r->interaction == WW_REST_CREATE)
		return c->ask.if_none_exist;
	return r->type != NULL && r->id.n == 0 ? r->query : ww_str_empty();
}

/* Without an id the criteria say which; none at all would mean any. */
static bool
is_aimless(const struct ww_fhir_call *c)
{
	const struct ww_rest_route *r = &c->ask.route;

	return (r->interaction == WW_REST_UPDATE || r->interaction == WW_REST_DELETE) &&
	       r->id.n == 0 && r->query.n == 0;
}

/* Without memory for them the answer is without them. */
static void
keep_remarks(struct ww_fhir_call *c, const struct ww_fhir_body *b)
{
	struct ww_ctx *cx = &c->door->cx;

	if (c->ask.give == WW_REST_RETURN_OUTCOME && b->issues.n > 0 &&
	    ww_json_write(cx, ww_fhir_outcome(cx, &b->issues), false, &c->remarks) == WW_OK)
		c->ask.remarks = ww_buf_view(&c->remarks);
}

void
ww_fhir_bring(struct ww_fhir_call *c)
{
	struct ww_fhir_door *d = c->door;
	const struct ww_rest_route *r = &c->ask.route;
	struct ww_fhir_body b = {
		.raw = ww_str_empty(), .interaction = "delete", .refused = ww_str_empty()
	};
	struct ww_rec_request body;

	if (is_aimless(c)) {
		(void)ww_fail(&d->cx, WW_E_REQUIRED, NULL, "an id or search criteria in the URL");
		ww_fhir_refuse(c);
		return;
	}
	if (r->interaction != WW_REST_DELETE && !ww_fhir_body_read(c, &b))
		return;
	keep_remarks(c, &b);
	body = (struct ww_rec_request){ .feed = c->feed->name,
		.peer = ww_http_call_peer(c->http),
		.client = c->who.client,
		.party = c->who.party,
		.interaction = ww_str_from(b.interaction),
		.type = ww_str_from(r->type != NULL ? r->type->name : NULL),
		.id = r->id,
		.condition = condition_of(c),
		.match = c->ask.if_match,
		.format = ww_str_from(c->ask.body == WW_REST_XML ? "xml" : "json"),
		.raw = b.raw,
		.refused = b.refused,
		.none_match =
		    r->interaction == WW_REST_UPDATE ? c->ask.if_none_match : ww_str_empty() };
	ww_rec_request_write(&body, &c->body);
	if (c->body.error != WW_OK || (ww_fhir_payer_is(c) && !ww_fhir_payer_keep(c, b.raw))) {
		(void)ww_fail_memory(&d->cx);
		answer_later(c, WW_E_MEMORY, "the machine is short of memory");
		return;
	}
	journal(c);
}

/* -- deadlines -------------------------------------------------------------------------------------- */

/* It may be stored, and is then applied sooner or later: sent again it is recognised. */
static void
give_up(struct ww_fhir_call *c)
{
	if (c->waiting && ww_awaits_drop(c->door->set.awaits, &c->await))
		c->waiting = false;
	if (c->http == NULL) {
		ww_fhir_call_free(c);
		return;
	}
	begin(c->door);
	answer_later(c, WW_E_TIMEOUT, "it is not applied in time; send it again");
}

void
ww_fhir_bring_look(struct ww_fhir_door *d, bool all)
{
	int64_t now = ticks();
	struct ww_fhir_call *c, *next;

	for (c = d->first; c != NULL; c = next) {
		next = c->next;
		if ((all || c->deadline <= now) && (c->http != NULL || all))
			give_up(c);
	}
}
