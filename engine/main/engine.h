/* The running engine: threads and the queues between them. Listeners and their answers on one loop, a journal
 * thread, an apply thread, a courier thread. */
#ifndef WW_MAIN_ENGINE_H
#define WW_MAIN_ENGINE_H

#include "main/site.h"

#include <wardwire/time.h>

struct ww_engine;

struct ww_engine_settings {
	struct ww_site *site; /* not owned */
	struct ww_clock clock;
	const char *port_file; /* written with "name port" lines once it listens; may be NULL */
};

/* Opens journal and ledger, catches up, journals what changed in configuration and rosters, and starts. */
WW_MUST ww_status ww_engine_start(
    struct ww_ctx *cx, const struct ww_engine_settings *s, struct ww_engine **out);
/* Serves until SIGTERM or SIGINT, then stops reading, commits, answers and closes. */
void ww_engine_serve(struct ww_engine *e);
void ww_engine_free(struct ww_engine *e);

#endif
