/* The insides of a console: a call on its way to its answer. Private to console.c, which finds out what is asked for and by
 * whom, and console_order.c, which journals an order and waits until it is applied. */
#ifndef WW_MAIN_CONSOLE_PARTS_H
#define WW_MAIN_CONSOLE_PARTS_H

#include "base/seldom.h"
#include "main/awaits.h"
#include "main/console.h"
#include "main/door.h"
#include "report/worklist.h"
#include "rest/console_ask.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

struct ww_http_call;
struct ww_http_server;
struct ww_loop_timer;

struct ww_console {
	struct ww_console_settings set;
	struct ww_http_server *server; /* NULL: closing or closed */
	struct ww_ctx cx;              /* of the callback at hand */
	struct ww_door door;
	struct ww_loop_timer *timer;
	struct ww_console_call *first; /* those that the journal has, or that wait for apply */
	struct ww_seldom strangers;    /* refusals of nobody that is known */
	bool paused;
};

struct ww_console_call {
	struct ww_console_call *next, *prev;
	struct ww_console *console;
	struct ww_http_call *http; /* NULL: it is answered, or its client is gone */
	struct ww_console_ask ask; /* its texts live as long as http, but those of a body */
	struct ww_who who;
	char request_id[WW_REQUEST_ID_ROOM];
	/* An order: */
	struct ww_buf body; /* of the record, until it is durable */
	struct ww_submit submit;
	struct ww_post durable;
	ww_status status; /* what that brings */
	struct ww_await await;
	bool listed, journaling, waiting;
	int64_t deadline; /* monotonic ms */
};

/* console.c: answers with a JSON object, or refuses for the failure that the console's context has, and gives the call up. */
void ww_console_answer(struct ww_console_call *c, unsigned status, const struct ww_json *body);
void ww_console_refuse(struct ww_console_call *c);
/* Answers with that item as it is now. */
void ww_console_show(struct ww_console_call *c);
/* Frees a call that is answered and that nobody has any more. */
void ww_console_call_free(struct ww_console_call *c);
struct ww_worklist_eye ww_console_eye(const struct ww_console_call *c);
/* Begins a callback: the context is emptied. */
void ww_console_begin(struct ww_console *k);

/* console_order.c: carries out an order whose body is in. */
void ww_console_order(struct ww_console_call *c);
/* Those that waited too long are answered by 503; all: every one. */
void ww_console_order_look(struct ww_console *k, bool all);

#endif
