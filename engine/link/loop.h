/* The event loop: one thread's sockets, timers and signals, and work handed over by other threads. */
#ifndef WW_LINK_LOOP_H
#define WW_LINK_LOOP_H

#include <wardwire/status.h>

struct ww_ctx;
struct ww_loop;
struct ww_loop_timer;

WW_MUST ww_status ww_loop_new(struct ww_ctx *cx, struct ww_loop **out); /* also ignores SIGPIPE */
void ww_loop_free(struct ww_loop *l);
/* Runs until ww_loop_stop. */
void ww_loop_run(struct ww_loop *l);
void ww_loop_stop(struct ww_loop *l); /* from the loop's thread */
/* Has fn(arg) called on the loop's thread; from any thread, in order. Never fails: memory is the caller's. */
struct ww_post {
	struct ww_post *next;
	void (*fn)(struct ww_post *p);
};
void ww_loop_post(struct ww_loop *l, struct ww_post *p);
/* fn(arg) on SIGTERM and SIGINT. */
WW_MUST ww_status ww_loop_on_stop(
    struct ww_loop *l, struct ww_ctx *cx, void (*fn)(void *arg), void *arg);
/* fn(arg) on SIGHUP. */
WW_MUST ww_status ww_loop_on_hangup(
    struct ww_loop *l, struct ww_ctx *cx, void (*fn)(void *arg), void *arg);
/* Calls fn(arg) every ms milliseconds until freed. */
WW_MUST ww_status ww_loop_timer_new(struct ww_loop *l, struct ww_ctx *cx, unsigned ms,
    void (*fn)(void *arg), void *arg, struct ww_loop_timer **out);
void ww_loop_timer_free(struct ww_loop_timer *t);
/* The libevent base, for link/ and the kit only. */
void *ww_loop_base(struct ww_loop *l);

#endif
