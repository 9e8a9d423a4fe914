/* A FHIR listener: the HTTP server on its address, and what answers its calls. On the loop's thread. */
#ifndef WW_MAIN_FHIR_LISTENER_H
#define WW_MAIN_FHIR_LISTENER_H

#include "main/fhir_door.h"
#include "main/intake.h"

struct ww_fhir_listener;
struct ww_http_server_settings;

/* net: room, networks and TLS of the server; the rest of it follows from the listener's configuration. intake: for HL7 v2 messages, but for
 * choose. */
WW_MUST ww_status ww_fhir_listener_open(struct ww_ctx *cx, const struct ww_fhir_door_settings *s,
    const struct ww_http_server_settings *net, const struct ww_intake_settings *intake,
    struct ww_fhir_listener **out);
unsigned ww_fhir_listener_port(const struct ww_fhir_listener *l);
/* While paused what would be journaled is answered by 503; reads go on. */
void ww_fhir_listener_pause(struct ww_fhir_listener *l, bool paused);
/* New handshakes take that from now on. */
struct ww_tls;
void ww_fhir_listener_renew(struct ww_fhir_listener *l, struct ww_tls *tls);
/* Reads the keys of clients and issuer again; on failure they stay as they were. Not after close. */
WW_MUST ww_status ww_fhir_listener_reload(struct ww_fhir_listener *l, struct ww_ctx *cx);
/* Takes nothing any more and answers what it has; done(arg) when all is closed. Once. */
void ww_fhir_listener_close(
    struct ww_fhir_listener *l, unsigned grace_ms, void (*done)(void *arg), void *arg);
/* For `wardwire status`: adds to the listener's object what was counted. Not after close. */
void ww_fhir_listener_report(
    const struct ww_fhir_listener *l, struct ww_ctx *cx, struct ww_json *o);
/* Closed, and nothing of it is with the journal; NULL is allowed. */
void ww_fhir_listener_free(struct ww_fhir_listener *l);

#endif
