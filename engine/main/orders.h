/* The engine's side of the control socket: an order, or a batch of resources, is checked, journaled, and answered once it is
 * durable and applied. docs/interfaces.md has the lines that go to and fro. */
#ifndef WW_MAIN_ORDERS_H
#define WW_MAIN_ORDERS_H

#include <wardwire/json.h>
#include <wardwire/ledger.h>

struct ww_config;
struct ww_control_call;
struct ww_loop;
struct ww_orders;
struct ww_writer;

struct ww_orders_settings {
	struct ww_loop *loop;     /* none of these is owned */
	struct ww_writer *writer; /* stopped before ww_orders_free */
	const struct ww_config *config;
	const char *path; /* of the socket */
	/* Takes an order that is carried out without a record, and answers it; false: there is none of that name. On
	 * the loop's thread. */
	bool (*house)(void *arg, ww_str order, struct ww_control_call *call);
	/* Nothing is taken in at present: batches are refused with WW_E_BUSY. On the loop's thread. */
	bool (*closed)(void *arg);
	/* What a question by that name is answered with; WW_E_CODE: there is none. On the loop's thread. */
	ww_status (*ask)(void *arg, struct ww_ctx *cx, ww_str what, struct ww_json **out);
	void *arg;
};

/* Listens; on the loop's thread, as ww_orders_free. */
WW_MUST ww_status ww_orders_open(
    struct ww_ctx *cx, const struct ww_orders_settings *s, struct ww_orders **out);
void ww_orders_free(struct ww_orders *o); /* NULL is allowed */

/* Both on the thread that applies. True when an order up to that sequence waits for its answer. */
bool ww_orders_due(struct ww_orders *o, uint64_t applied);
/* Answers every order up to that sequence with what the ledger says came of it. */
void ww_orders_settle(
    struct ww_orders *o, struct ww_ctx *cx, struct ww_ledger *l, uint64_t applied);

#endif
