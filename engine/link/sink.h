/* What stands behind the courier's one sink: parts, one for each way of sending, that share a thread and a wait. sink.c chooses
 * the part by the verb of a request and the scheme of its base. */
#ifndef WW_LINK_SINK_H
#define WW_LINK_SINK_H

#include <wardwire/sink.h>

struct ww_http;
struct ww_watch;

/* All calls from the courier's thread. */
struct ww_sink_part_ops {
	const char *name;
	/* As in ww_sink_ops: done is called from step, from the poll of the HTTP client, or from close. */
	ww_status (*send)(void *self, struct ww_ctx *cx, const struct ww_request *r,
	    ww_sink_done *done, void *arg);
	/* Does what can be done without waiting; true when a request has ended. Called before each wait, with w NULL, and after
	 * it, with what came of it. NULL: the part has nothing of its own, because the HTTP client works for it. */
	bool (*step)(void *self, const struct ww_watch *w);
	/* Adds what the part waits for, right before the wait. NULL as above. */
	void (*watch)(void *self, struct ww_watch *w);
	void (*close)(void *self); /* ends open requests; the HTTP client is closed already */
};

struct ww_sink_part {
	const struct ww_sink_part_ops *ops;
	void *self;
};

/* fhir_out.c. The client is not owned. */
WW_MUST ww_status ww_fhir_out_part(
    struct ww_ctx *cx, struct ww_http *http, struct ww_sink_part *out);

/* hl7_out.c: WW_VERB_FORWARD to http:// and https://. The client is not owned. */
WW_MUST ww_status ww_hl7_out_part(
    struct ww_ctx *cx, struct ww_http *http, struct ww_sink_part *out);
/* mllp_sink.c: WW_VERB_FORWARD to mllp:// and mllps://. The client makes its connections and is not owned; ticks is what
 * waits are measured by. */
WW_MUST ww_status ww_mllp_sink_part(
    struct ww_ctx *cx, struct ww_http *http, struct ww_clock ticks, struct ww_sink_part *out);

#endif
