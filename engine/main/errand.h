/* Requests that are made for somebody who waits on the loop: by HTTP, on a thread of their own, as libcurl and libevent each want to be
 * the one that waits. */
#ifndef WW_MAIN_ERRAND_H
#define WW_MAIN_ERRAND_H

#include "link/http_out.h"

#include <wardwire/buf.h>

struct ww_errands; /* the thread and what it has */
struct ww_loop;

struct ww_errand {
	/* Set by the caller; what it points to lives until done is called. */
	struct ww_http_request request;
	void (*done)(
	    struct ww_errand *e); /* on the loop's thread, once; then e is the caller's again */
	/* What came of it, good from done on. Buffers are the caller's to free. */
	enum ww_http_end end;
	long status;                /* 0: no answer */
	long retry_after;           /* seconds; 0: not said */
	struct ww_buf type, answer; /* Content-Type and body; empty unless end is DONE */
	/* Private. */
	struct ww_errand *next;
	struct ww_errands *of;
};

WW_MUST ww_status ww_errands_open(struct ww_ctx *cx, struct ww_loop *loop, struct ww_errands **out);
/* Starts one; from the loop's thread. */
void ww_errand_run(struct ww_errands *es, struct ww_errand *e);
/* Ends those under way and calls done for each before it returns; the loop runs no more. NULL is allowed. */
void ww_errands_close(struct ww_errands *es);

#endif
