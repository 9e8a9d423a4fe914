/* A listener over HTTP: its server (link/http_in.h), the FHIR door and HL7 over HTTP behind it, put together. */
#ifndef WW_MAIN_HTTP_LISTENER_H
#define WW_MAIN_HTTP_LISTENER_H

#include "link/http_in.h"
#include "main/fhir_door.h"
#include "main/intake.h"

struct ww_http_listener;

struct ww_http_listener_settings {
	struct ww_http_server_settings
	    server; /* what main/listeners.c says of every listener: room, networks, tls */
	struct ww_fhir_door_settings door;
	struct ww_intake_settings intake; /* but for choose */
};

/* Serves; limits and address are those of s->door.listener. */
WW_MUST ww_status ww_http_listener_open(
    struct ww_ctx *cx, const struct ww_http_listener_settings *s, struct ww_http_listener **out);
unsigned ww_http_listener_port(const struct ww_http_listener *l);
void ww_http_listener_pause(struct ww_http_listener *l, bool paused);
void ww_http_listener_renew(struct ww_http_listener *l, struct ww_tls *tls);
void ww_http_listener_count(
    const struct ww_http_listener *l, struct ww_http_server_counts *out); /* served still */
/* Adds what the door and the intake counted. */
void ww_http_listener_report(
    const struct ww_http_listener *l, struct ww_ctx *cx, struct ww_json *o);
uint64_t ww_http_listener_undelivered(const struct ww_http_listener *l);
/* Takes no more; what was taken is answered. done(arg) is called once, from the loop. */
void ww_http_listener_close(
    struct ww_http_listener *l, unsigned grace_ms, void (*done)(void *arg), void *arg);
/* Closed or never served; NULL is allowed. */
void ww_http_listener_free(struct ww_http_listener *l);

#endif
