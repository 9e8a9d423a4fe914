/* From an order to its record, and from the applied record to its answer: 2xx leaves only when the order is durable and
 * applied. */
#include "main/console_parts.h"

#include "apply/operator.h"
#include "link/http_in.h"
#include "link/loop.h"
#include "main/order.h"
#include "model/record.h"

#include <wardwire/json.h>
#include <wardwire/log.h>

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

enum { WAIT_MS = 30000 };

/* Deadlines run on a clock that nobody sets. */
static int64_t
ticks(void)
{
	struct ww_clock c = ww_clock_ticks();

	return ww_clock_now(&c);
}

static void
refuse(struct ww_console_call *c, ww_status s, const char *why)
{
	(void)ww_fail(&c->console->cx, s, NULL, "%s", why);
	ww_console_refuse(c);
}

/* -- the answer ---------------------------------------------------------------------------------------- */

/* "WW-216" */
static ww_status
status_of(ww_str code)
{
	uint64_t n = 0;
	ww_str digits = ww_str_sub(code, sizeof("WW-") - 1, code.n);

	return ww_str_u64(digits, 999, &n) ? ww_status_of_number((int)n) : WW_E_BUG;
}

static void
answer_applied(struct ww_console_call *c)
{
	struct ww_console *k = c->console;
	struct ww_json *came = NULL;
	ww_str code;

	if (ww_order_outcome(&k->cx, k->set.view, c->submit.rec.seq, &came) != WW_OK) {
		ww_console_refuse(c);
		return;
	}
	code = ww_json_str(ww_json_get(came, "code"));
	ww_log(WW_LOG_INFO, "journal=%" PRIu64 " order=%.*s changed=%lld%s%.*s request=%s",
	    c->submit.rec.seq, WW_STR_FMT(ww_json_str(ww_json_get(came, "order"))),
	    (long long)ww_json_int(ww_json_get(came, "changed")), code.n > 0 ? " refused=" : "",
	    WW_STR_FMT(code), c->request_id);
	if (code.n > 0)
		(void)ww_fail(&k->cx, status_of(code), NULL, "%.*s",
		    WW_STR_FMT(ww_json_str(ww_json_get(came, "reason"))));
	if (code.n > 0)
		ww_console_refuse(c);
	else
		ww_console_show(c);
}

/* On the loop's thread: the record is applied. The awaits know messages; what became of an order says its row. */
static void
on_applied(struct ww_post *post)
{
	struct ww_console_call *c =
	    (struct ww_console_call *)((char *)post - offsetof(struct ww_console_call, await) -
	                               offsetof(struct ww_await, post));

	c->waiting = false;
	ww_console_begin(c->console);
	if (c->http == NULL)
		ww_console_call_free(c);
	else
		answer_applied(c);
}

/* -- the journal --------------------------------------------------------------------------------------- */

/* On the loop's thread again. */
static void
on_durable(struct ww_post *post)
{
	struct ww_console_call *c =
	    (struct ww_console_call *)((char *)post - offsetof(struct ww_console_call, durable));

	c->journaling = false;
	ww_buf_free(&c->body);
	if (c->http == NULL) {
		ww_console_call_free(c);
		return;
	}
	if (c->status != WW_OK) {
		ww_console_begin(c->console);
		refuse(c, WW_E_CLOSED, "it is not stored; send it again");
		return;
	}
	c->waiting = true;
	c->await.seq = c->submit.rec.seq;
	c->await.post.fn = on_applied;
	ww_awaits_add(c->console->set.awaits, &c->await);
}

/* On the writer's thread. */
static void
on_written(struct ww_submit *submit, ww_status status)
{
	struct ww_console_call *c =
	    (struct ww_console_call *)((char *)submit - offsetof(struct ww_console_call, submit));

	c->status = status;
	ww_loop_post(c->console->set.loop, &c->durable);
}

static void
journal(struct ww_console_call *c)
{
	struct ww_console *k = c->console;

	c->deadline = ticks() + WAIT_MS;
	c->listed = true;
	c->next = k->first;
	if (k->first != NULL)
		k->first->prev = c;
	k->first = c;
	c->submit.rec =
	    (struct ww_record){ .kind = WW_REC_OPERATOR, .body = ww_buf_view(&c->body) };
	c->submit.done = on_written;
	c->durable.fn = on_durable;
	c->journaling = true;
	ww_writer_submit(k->set.writer, &c->submit);
}

/* -- an order ------------------------------------------------------------------------------------------ */

static const char *const orders[WW_CONSOLE_CALLS] = { [WW_CONSOLE_ACK] = "flag-ack",
	[WW_CONSOLE_NOTE] = "flag-note",
	[WW_CONSOLE_DONE] = "flag-done" };

/* Who it is: what the program says, or the program. */
static ww_str
who_of(const struct ww_console_call *c)
{
	if (c->ask.who.n > 0)
		return c->ask.who;
	return c->who.client.n > 0 ? c->who.client : c->console->set.listener->name;
}

/* The order's fields are called otherwise in the body. */
static ww_status
check(struct ww_console_call *c, const struct ww_rec_operator *o)
{
	struct ww_ctx *cx = &c->console->cx;
	ww_status s = ww_order_check(cx, o);

	if (s != WW_OK && strcmp(cx->fail.place, "reason") == 0) {
		struct ww_failure why = cx->fail;

		cx->fail = (struct ww_failure){ .status = WW_OK };
		return ww_fail(
		    cx, s, c->ask.what == WW_CONSOLE_DONE ? "outcome" : "text", "%s", why.reason);
	}
	return s;
}

void
ww_console_order(struct ww_console_call *c)
{
	struct ww_console *k = c->console;
	struct ww_worklist_eye eye = ww_console_eye(c);
	struct ww_rec_operator o;
	struct ww_item item;
	bool found = false;
	ww_status s = ww_console_ask_body(&k->cx, ww_http_call_body(c->http), &c->ask);

	if (s == WW_OK)
		s = ww_worklist_item(k->set.view, &k->cx, &eye, c->ask.id, &item, &found);
	if (s == WW_OK && !found)
		s = ww_fail(&k->cx, WW_E_NOT_FOUND, NULL, "nothing on the worklist has that id");
	o = (struct ww_rec_operator){ .order = ww_str_from(orders[c->ask.what]),
		.subject = ww_arena_printf(k->cx.arena, WW_ID_FMT, WW_ID_ARG(c->ask.id)),
		.reason = c->ask.text,
		.who = who_of(c),
		.client = c->who.client,
		.match = c->ask.match };
	if (s == WW_OK)
		s = check(c, &o);
	if (s == WW_OK) {
		ww_rec_operator_write(&o, &c->body);
		s = c->body.error == WW_OK ? WW_OK : ww_fail_memory(&k->cx);
	}
	if (s == WW_OK)
		journal(c);
	else
		ww_console_refuse(c);
}

/* -- deadlines ----------------------------------------------------------------------------------------- */

/* It may be stored, and is then carried out sooner or later: sent again it is recognised. */
static void
give_up(struct ww_console_call *c)
{
	if (c->waiting && ww_awaits_drop(c->console->set.awaits, &c->await))
		c->waiting = false;
	if (c->http == NULL) {
		ww_console_call_free(c);
		return;
	}
	ww_console_begin(c->console);
	refuse(c, WW_E_TIMEOUT, "it is not applied in time; send it again");
}

void
ww_console_order_look(struct ww_console *k, bool all)
{
	int64_t now = ticks();
	struct ww_console_call *c, *next;

	for (c = k->first; c != NULL; c = next) {
		next = c->next;
		if ((all || c->deadline <= now) && (c->http != NULL || all))
			give_up(c);
	}
}
