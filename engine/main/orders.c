/* Orders of operators on their way: line, record, applied, answer. The loop reads lines and writes answers, the
 * writer's thread makes the record durable, the apply thread says what came of it. */
#include "main/orders.h"

#include "apply/operator.h"
#include "link/control.h"
#include "link/loop.h"
#include "main/loads.h"
#include "main/order.h"
#include "main/roster_line.h"
#include "model/record.h"
#include "store/writer.h"

#include <wardwire/buf.h>
#include <wardwire/json.h>
#include <wardwire/log.h>

#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	LINE_MAX_BYTES = 8192, /* of an order */
	CONNECTIONS = 16,
	TIMEOUT_S = 10,
	LINE_ARENA = 1 << 20,
	TREE_TIMES = 12, /* bytes of memory for a byte of a line that is long */
};

struct pending;

/* A record on its way to the journal. */
struct entry {
	struct ww_submit submit;
	struct ww_buf body;
	struct pending *pending;
};

/* One order, one batch of resources, or one part of a roster, from its line to its answer. */
struct pending {
	struct pending *next; /* durable, and not applied yet */
	uint64_t last;        /* sequence of its last record */
	struct ww_post post;  /* back to the loop */
	struct ww_buf answer;
	struct ww_control_call *call;
	struct ww_orders *orders;
	enum { ORDER, LOAD, ROSTER } what;
	char roster[64]; /* of a ROSTER: its name */
	ww_status
	    status; /* the worst of its records: the writer's thread alone has it until all are written */
	size_t n, left;
	struct entry entries[];
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
	size_t i;

	for (i = 0; i < p->n; i++)
		ww_buf_free(&p->entries[i].body);
	ww_buf_free(&p->answer);
	free(p);
}

static struct pending *
new_pending(struct ww_orders *o, struct ww_control_call *call, size_t n)
{
	struct pending *p = calloc(1, sizeof(*p) + n * sizeof(p->entries[0]));

	if (p == NULL)
		return NULL;
	p->orders = o;
	p->call = call;
	p->n = p->left = n;
	return p;
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
	struct entry *e = (struct entry *)((char *)submit - offsetof(struct entry, submit));
	struct pending *p = e->pending;
	struct ww_orders *o = p->orders;

	if (s != WW_OK)
		p->status = s;
	p->last = submit->rec.seq;
	if (--p->left > 0)
		return;
	if (p->status != WW_OK) {
		write_refusal(&p->answer, &(struct ww_failure){ .status = p->status,
		                              .reason = "the engine is stopping" });
		answer(p);
		return;
	}
	p->next = NULL;
	pthread_mutex_lock(&o->lock);
	*o->last = p;
	o->last = &p->next;
	pthread_mutex_unlock(&o->lock);
}

/* The bodies are written: to the journal. Without memory for them it is freed. */
static ww_status
submit(struct ww_ctx *cx, struct pending *p, uint8_t kind)
{
	struct ww_writer *w = p->orders->set.writer;
	size_t i, n = p->n;

	for (i = 0; i < n; i++) {
		struct entry *e = &p->entries[i];

		if (e->body.error != WW_OK) {
			free_pending(p);
			return ww_fail(cx, WW_E_MEMORY, NULL, "no memory for an order");
		}
		e->pending = p;
		e->submit.rec = (struct ww_record){ .kind = kind, .body = ww_buf_view(&e->body) };
		e->submit.done = on_written;
	}
	for (i = 0; i < n; i++) /* with the last p may be gone */
		ww_writer_submit(w, &p->entries[i].submit);
	return WW_OK;
}

static ww_status
submit_order(struct ww_orders *o, struct ww_ctx *cx, struct ww_control_call *call,
    const struct ww_rec_operator *order)
{
	struct pending *p = new_pending(o, call, 1);

	if (p == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "no memory for an order");
	ww_rec_operator_write(order, &p->entries[0].body);
	return submit(cx, p, WW_REC_OPERATOR);
}

static ww_status
submit_load(struct ww_orders *o, struct ww_ctx *cx, struct ww_control_call *call,
    const struct ww_json *line)
{
	struct ww_load_batch batch;
	struct pending *p;
	ww_status s = ww_load_read(cx, line, o->set.config, &batch);
	size_t i;

	if (s != WW_OK)
		return s;
	if (o->set.closed(o->set.arg))
		return ww_fail(cx, WW_E_BUSY, NULL,
		    "the engine takes nothing in at present: its log says why reading is paused");
	p = new_pending(o, call, batch.n);
	if (p == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "no memory for a batch");
	p->what = LOAD;
	for (i = 0; i < batch.n; i++)
		ww_load_record(&batch, i, &p->entries[i].body);
	return submit(cx, p, WW_REC_REQUEST);
}

static ww_status
submit_roster(struct ww_orders *o, struct ww_ctx *cx, struct ww_control_call *call,
    const struct ww_json *line)
{
	struct ww_rec_roster_load body;
	struct pending *p;
	ww_status s = ww_roster_line_read(cx, line, o->set.config, &body);

	if (s != WW_OK)
		return s;
	if (o->set.closed(o->set.arg))
		return ww_fail(cx, WW_E_BUSY, NULL,
		    "the engine takes nothing in at present: its log says why reading is paused");
	p = new_pending(o, call, 1);
	if (p == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "no memory for a part of a roster");
	p->what = ROSTER;
	(void)snprintf(p->roster, sizeof(p->roster), "%.*s", WW_STR_FMT(body.roster));
	ww_rec_roster_load_write(&body, &p->entries[0].body);
	return submit(cx, p, WW_REC_ROSTER_LOAD);
}

/* Takes the durable orders up to that sequence off the list, oldest first. */
static struct pending *
take_due(struct ww_orders *o, uint64_t applied)
{
	struct pending *p;

	pthread_mutex_lock(&o->lock);
	p = o->first;
	if (p != NULL && p->last <= applied) {
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
	due = o->first != NULL && o->first->last <= applied;
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

static void
log_load(const struct pending *p, const struct ww_json *came)
{
	ww_log(WW_LOG_INFO,
	    "load=applied journal=%llu-%llu created=%lld changed=%lld same=%lld refused=%zu",
	    (unsigned long long)p->entries[0].submit.rec.seq, (unsigned long long)p->last,
	    (long long)ww_json_int(ww_json_get(came, "created")),
	    (long long)ww_json_int(ww_json_get(came, "changed")),
	    (long long)ww_json_int(ww_json_get(came, "same")),
	    ww_json_len(ww_json_get(came, "refused")));
}

/* What came of all its records. */
static ww_status
load_outcome(struct ww_ctx *cx, struct ww_ledger *l, const struct pending *p, struct ww_json **out)
{
	uint64_t *seqs = ww_arena_array(cx->arena, p->n, sizeof(*seqs));
	size_t i;

	if (seqs == NULL)
		return ww_fail_memory(cx);
	for (i = 0; i < p->n; i++)
		seqs[i] = p->entries[i].submit.rec.seq;
	return ww_load_outcome(cx, l, seqs, p->n, out);
}

static ww_status
outcome(struct ww_ctx *cx, struct ww_ledger *l, const struct pending *p, struct ww_json **out)
{
	switch (p->what) {
	case LOAD:
		return load_outcome(cx, l, p, out);
	case ROSTER:
		return ww_roster_outcome(cx, l, ww_str_from(p->roster), p->last, out);
	case ORDER:
		break;
	}
	return ww_order_outcome(cx, l, p->last, out);
}

static void
settle_one(struct ww_ctx *cx, struct ww_ledger *l, struct pending *p)
{
	struct ww_json *came;
	ww_status s = outcome(cx, l, p, &came);

	if (s != WW_OK || ww_json_write(cx, came, false, &p->answer) != WW_OK)
		write_refusal(&p->answer, &cx->fail);
	else if (p->what == LOAD)
		log_load(p, came);
	else if (p->what == ORDER)
		log_order(p->last, came);
}

void
ww_orders_settle(struct ww_orders *o, struct ww_ctx *cx, struct ww_ledger *l, uint64_t applied)
{
	struct pending *p;

	while ((p = take_due(o, applied)) != NULL) {
		ww_ctx_clear(cx);
		settle_one(cx, l, p);
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
	if (ww_json_get(v, "load") != NULL)
		return submit_load(o, cx, call, v);
	if (ww_json_get(v, "roster") != NULL)
		return submit_roster(o, cx, call, v);
	if (line.n > LINE_MAX_BYTES)
		return ww_fail(
		    cx, WW_E_LIMIT, NULL, "more than %d bytes in a line", LINE_MAX_BYTES);
	what = ww_json_get(v, "ask");
	return what != NULL ? answer_question(o, cx, call, ww_json_str(what))
	                    : take_order(o, cx, call, v);
}

static void
on_line(void *arg, struct ww_control_call *call, ww_str line)
{
	struct ww_ctx cx = { .arena = ww_arena_new(LINE_ARENA + TREE_TIMES * line.n) };
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
		.max_line = WW_LOAD_LINE,
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
