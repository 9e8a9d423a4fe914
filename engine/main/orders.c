/* Orders of operators on their way: line, record, applied, answer. The loop reads lines and writes answers, the
 * writer's thread makes the record durable, the apply thread says what came of it. */
#include "main/orders.h"

#include "apply/operator.h"
#include "link/control.h"
#include "link/loop.h"
#include "main/order.h"
#include "model/record.h"
#include "store/writer.h"

#include <wardwire/buf.h>
#include <wardwire/json.h>
#include <wardwire/log.h>

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

enum { LINE_MAX_BYTES = 8192, CONNECTIONS = 16, TIMEOUT_S = 10, LINE_ARENA = 1 << 20 };

/* One order from its line to its answer. */
struct pending {
	struct pending *next;    /* durable, and not applied yet */
	struct ww_submit submit; /* to the journal */
	struct ww_buf body;      /* of that record */
	struct ww_post post;     /* back to the loop */
	struct ww_buf answer;
	struct ww_control_call *call;
	struct ww_orders *orders;
};

struct ww_orders {
	struct ww_orders_settings set;
	struct ww_control *control;
	pthread_mutex_t lock;
	struct pending *first, **last; /* under lock */
};

static void
free_pending(struct pending *p)
{
	ww_buf_free(&p->body);
	ww_buf_free(&p->answer);
	free(p);
}

/* -- answers ----------------------------------------------------------------------------------------- */

/* {"code":"WW-214","reason":"..."}; the texts are ours and need no escapes. */
static void
write_refusal(struct ww_buf *out, const struct ww_failure *why)
{
	ww_buf_clear(out);
	ww_buf_printf(out, "{\"code\":\"WW-%03d\",\"reason\":\"%s%s%s\"}",
	    ww_status_number(why->status), why->place, why->place[0] != '\0' ? ": " : "",
	    why->reason);
}

static void
refuse_call(struct ww_control_call *call, const struct ww_failure *why)
{
	struct ww_buf b = { 0 };

	write_refusal(&b, why);
	ww_control_answer(call, ww_buf_view(&b));
	ww_buf_free(&b);
}

/* On the loop. */
static void
on_answer(struct ww_post *post)
{
	struct pending *p = (struct pending *)((char *)post - offsetof(struct pending, post));

	ww_control_answer(p->call, ww_buf_view(&p->answer));
	free_pending(p);
}

/* From any thread. */
static void
answer(struct pending *p)
{
	p->post.fn = on_answer;
	ww_loop_post(p->orders->set.loop, &p->post);
}

/* -- through the journal ------------------------------------------------------------------------------ */

/* On the writer's thread. */
static void
on_written(struct ww_submit *submit, ww_status s)
{
	struct pending *p = (struct pending *)((char *)submit - offsetof(struct pending, submit));
	struct ww_orders *o = p->orders;

	if (s != WW_OK) {
		write_refusal(&p->answer,
		    &(struct ww_failure){ .status = s, .reason = "the engine is stopping" });
		answer(p);
		return;
	}
	p->next = NULL;
	pthread_mutex_lock(&o->lock);
	*o->last = p;
	o->last = &p->next;
	pthread_mutex_unlock(&o->lock);
}

static ww_status
submit_order(struct ww_orders *o, struct ww_ctx *cx, struct ww_control_call *call,
    const struct ww_rec_operator *order)
{
	struct pending *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "no memory for an order");
	ww_rec_operator_write(order, &p->body);
	if (p->body.error != WW_OK) {
		free_pending(p);
		return ww_fail(cx, WW_E_MEMORY, NULL, "no memory for an order");
	}
	p->call = call;
	p->orders = o;
	p->submit.rec =
	    (struct ww_record){ .kind = WW_REC_OPERATOR, .body = ww_buf_view(&p->body) };
	p->submit.done = on_written;
	ww_writer_submit(o->set.writer, &p->submit);
	return WW_OK;
}

/* Takes the durable orders up to that sequence off the list, oldest first. */
static struct pending *
take_due(struct ww_orders *o, uint64_t applied)
{
	struct pending *p;

	pthread_mutex_lock(&o->lock);
	p = o->first;
	if (p != NULL && p->submit.rec.seq <= applied) {
		o->first = p->next;
		if (o->first == NULL)
			o->last = &o->first;
	} else {
		p = NULL;
	}
	pthread_mutex_unlock(&o->lock);
	return p;
}

bool
ww_orders_due(struct ww_orders *o, uint64_t applied)
{
	bool due;

	pthread_mutex_lock(&o->lock);
	due = o->first != NULL && o->first->submit.rec.seq <= applied;
	pthread_mutex_unlock(&o->lock);
	return due;
}

/* A line of the log; the reason is for `why` alone. */
static void
log_order(uint64_t seq, const struct ww_json *came)
{
	ww_log(WW_LOG_INFO, "journal=%llu order=%.*s changed=%lld%s%.*s", (unsigned long long)seq,
	    WW_STR_FMT(ww_json_str(ww_json_get(came, "order"))),
	    (long long)ww_json_int(ww_json_get(came, "changed")),
	    ww_json_get(came, "code") != NULL ? " refused=" : "",
	    WW_STR_FMT(ww_json_str(ww_json_get(came, "code"))));
}

void
ww_orders_settle(struct ww_orders *o, struct ww_ctx *cx, struct ww_ledger *l, uint64_t applied)
{
	struct pending *p;

	while ((p = take_due(o, applied)) != NULL) {
		struct ww_json *came;

		ww_ctx_clear(cx);
		if (ww_order_outcome(cx, l, p->submit.rec.seq, &came) != WW_OK ||
		    ww_json_write(cx, came, false, &p->answer) != WW_OK)
			write_refusal(&p->answer, &cx->fail);
		else
			log_order(p->submit.rec.seq, came);
		answer(p);
	}
}

/* -- lines -------------------------------------------------------------------------------------------- */

static ww_status
answer_question(struct ww_orders *o, struct ww_ctx *cx, struct ww_control_call *call, ww_str what)
{
	struct ww_buf b = { 0 };
	struct ww_json *v = NULL;
	ww_status s = o->set.ask(o->set.arg, cx, what, &v);

	if (s == WW_OK)
		s = ww_json_write(cx, v, false, &b);
	if (s == WW_OK)
		ww_control_answer(call, ww_buf_view(&b));
	ww_buf_free(&b);
	return s;
}

static ww_status
take_order(
    struct ww_orders *o, struct ww_ctx *cx, struct ww_control_call *call, const struct ww_json *v)
{
	struct ww_rec_operator order = {
		.order = ww_json_str(ww_json_get(v, "order")),
		.subject = ww_json_str(ww_json_get(v, "subject")),
		.reason = ww_json_str(ww_json_get(v, "reason")),
		.who = ww_json_str(ww_json_get(v, "who")),
	};
	ww_status s;

	if (o->set.house(o->set.arg, order.order, call))
		return WW_OK;
	s = ww_order_check(cx, &order);
	return s == WW_OK ? submit_order(o, cx, call, &order) : s;
}

/* Not WW_OK: the call is not answered yet. */
static ww_status
take_line(struct ww_orders *o, struct ww_ctx *cx, struct ww_control_call *call, ww_str line)
{
	struct ww_json *v, *what;
	ww_status s = ww_json_parse(cx, line, &v);

	if (s != WW_OK)
		return s;
	what = ww_json_get(v, "ask");
	return what != NULL ? answer_question(o, cx, call, ww_json_str(what))
	                    : take_order(o, cx, call, v);
}

static void
on_line(void *arg, struct ww_control_call *call, ww_str line)
{
	struct ww_ctx cx = { .arena = ww_arena_new(LINE_ARENA) };
	ww_status s = cx.arena != NULL ? take_line(arg, &cx, call, line)
	                               : ww_fail(&cx, WW_E_MEMORY, NULL, "no memory for an order");

	if (s != WW_OK)
		refuse_call(call, &cx.fail);
	ww_arena_free(cx.arena);
}

ww_status
ww_orders_open(struct ww_ctx *cx, const struct ww_orders_settings *set, struct ww_orders **out)
{
	struct ww_orders *o = calloc(1, sizeof(*o));
	struct ww_control_settings cs = { .path = set->path,
		.max_line = LINE_MAX_BYTES,
		.max_connections = CONNECTIONS,
		.timeout = TIMEOUT_S,
		.on_line = on_line,
		.arg = o };
	ww_status s;

	if (o == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "orders");
	o->set = *set;
	o->last = &o->first;
	pthread_mutex_init(&o->lock, NULL);
	s = ww_control_open(set->loop, cx, &cs, &o->control);
	if (s != WW_OK) {
		ww_orders_free(o);
		return s;
	}
	*out = o;
	return WW_OK;
}

void
ww_orders_free(struct ww_orders *o)
{
	struct pending *p;

	if (o == NULL)
		return;
	ww_control_close(o->control);
	while ((p = take_due(o, UINT64_MAX)) != NULL) { /* durable: the next start applies them */
		ww_control_answer(p->call, ww_str_empty());
		free_pending(p);
	}
	pthread_mutex_destroy(&o->lock);
	free(o);
}
