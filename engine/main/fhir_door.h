/* From an HTTP call on a `fhir` listener to its answer: what is asked for and by whom, the body read and checked, journaled, and
 * answered when it is applied; reads and searches from the ledger. It joins link/http_in, rest/, the writer, the awaits and the
 * refused ring. All on the loop's thread but for the journal's part. */
#ifndef WW_MAIN_FHIR_DOOR_H
#define WW_MAIN_FHIR_DOOR_H

#include "store/store.h"
#include "store/writer.h"

#include <wardwire/config.h>
#include <wardwire/time.h>

struct ww_awaits;
struct ww_fhir_door;
struct ww_http_call;
struct ww_json;
struct ww_fhir_profiles;
struct ww_loop;

struct ww_fhir_door_settings {
	struct ww_loop *loop; /* none of these is owned */
	struct ww_writer *writer;
	struct ww_refused *refused;
	struct ww_awaits *awaits;
	struct ww_ledger *view; /* a reader's handle that is used on the loop's thread alone */
	const struct ww_config *config;
	const char *folder; /* of the configuration's file */
	const struct ww_listener *listener;
	const struct ww_fhir_profiles *profiles; /* NULL: none */
	struct ww_clock clock;
};

WW_MUST ww_status ww_fhir_door_new(
    struct ww_ctx *cx, const struct ww_fhir_door_settings *s, struct ww_fhir_door **out);
/* Every call was answered or is gone, and what waited for the journal is back; NULL is allowed. */
void ww_fhir_door_free(struct ww_fhir_door *d);

/* The callbacks of a struct ww_http_server (link/http_in.h); arg is the door. on_head refuses what can be refused without the
 * body; on_call answers, now or when the request is applied; after on_gone the call is not answered any more, while what is
 * on its way to the journal goes on. */
void ww_fhir_door_head(void *arg, struct ww_http_call *call);
void ww_fhir_door_call(void *arg, struct ww_http_call *call);
void ww_fhir_door_bad(void *arg, struct ww_http_call *call, unsigned status, const char *why);
void ww_fhir_door_gone(void *arg, struct ww_http_call *call);

/* Who sent a call that another than the door answers, when its head is in. False: it must not, and the call is answered. */
struct ww_who; /* rest/access.h */
bool ww_fhir_door_knows(struct ww_fhir_door *d, struct ww_http_call *call, struct ww_who *out);

/* While the engine is paused (main/pauses.h) what would be journaled is answered by 503 with Retry-After; reads go on. */
void ww_fhir_door_pause(struct ww_fhir_door *d, bool paused);
/* Reads the keys of clients and issuer again; on failure they stay as they were. */
WW_MUST ww_status ww_fhir_door_reload(struct ww_fhir_door *d, struct ww_ctx *cx);
/* Adds what it counted to the listener's object of `wardwire status`. */
void ww_fhir_door_report(const struct ww_fhir_door *d, struct ww_ctx *cx, struct ww_json *o);

#endif
