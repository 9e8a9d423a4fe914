/* Joins the HTTP server with the FHIR door and with HL7 over HTTP: says whose each call is. */
#include "main/fhir_listener.h"

#include "link/http_in.h"
#include "main/door.h"
#include "main/hl7_http.h"

#include <wardwire/json.h>

#include <stdlib.h>

enum { WRITE_SECONDS = 30 }; /* in which a client takes something of its answer */

struct ww_fhir_listener {
	struct ww_fhir_door *door;
	struct ww_hl7_http *hl7;
	struct ww_http_server *server; /* NULL: closing or closed */
	uint32_t most;                 /* connections */
	bool tls;
};

static void
on_head(void *arg, struct ww_http_call *call)
{
	struct ww_fhir_listener *l = arg;

	if (ww_hl7_http_is(l->hl7, call))
		ww_hl7_http_head(l->hl7, call);
	else
		ww_fhir_door_head(l->door, call);
}

static void
on_call(void *arg, struct ww_http_call *call)
{
	struct ww_fhir_listener *l = arg;

	if (ww_hl7_http_is(l->hl7, call))
		ww_hl7_http_call(l->hl7, call);
	else
		ww_fhir_door_call(l->door, call);
}

static void
on_bad(void *arg, struct ww_http_call *call, unsigned status, const char *why)
{
	struct ww_fhir_listener *l = arg;

	if (ww_hl7_http_is(l->hl7, call))
		ww_hl7_http_bad(l->hl7, call, status, why);
	else
		ww_fhir_door_bad(l->door, call, status, why);
}

static void
on_gone(void *arg, struct ww_http_call *call)
{
	struct ww_fhir_listener *l = arg;

	if (ww_hl7_http_is(l->hl7, call))
		ww_hl7_http_gone(l->hl7, call);
	else
		ww_fhir_door_gone(l->door, call);
}

ww_status
ww_fhir_listener_open(struct ww_ctx *cx, const struct ww_fhir_door_settings *set,
    const struct ww_http_server_settings *net, const struct ww_intake_settings *intake,
    struct ww_fhir_listener **out)
{
	const struct ww_listener *c = set->listener;
	struct ww_fhir_listener *l = calloc(1, sizeof(*l));
	struct ww_hl7_http_settings his = {
		.intake = *intake, .config = set->config, .listener = c
	};
	struct ww_http_server_settings hs = *net;
	ww_status s;

	if (l == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "no memory for a FHIR listener");
	*out = l;
	s = ww_fhir_door_new(cx, set, &l->door);
	his.door = l->door;
	if (s == WW_OK)
		s = ww_hl7_http_new(cx, &his, &l->hl7);
	if (s != WW_OK)
		return s;
	l->most = c->max_connections;
	l->tls = net->tls != NULL;
	hs.address = c->fhir;
	hs.max_connections = c->max_connections;
	hs.peer_connections = c->peer_connections;
	hs.head_deadline = c->head_deadline;
	hs.body_deadline = c->body_deadline;
	hs.idle_timeout = c->keep_alive;
	hs.write_timeout = WRITE_SECONDS;
	hs.accept_queue = c->accept_queue;
	hs.on_head = on_head;
	hs.on_call = on_call;
	hs.on_bad = on_bad;
	hs.on_gone = on_gone;
	hs.arg = l;
	return ww_http_server_open(set->loop, cx, &hs, &l->server);
}

unsigned
ww_fhir_listener_port(const struct ww_fhir_listener *l)
{
	return ww_http_server_port(l->server);
}

void
ww_fhir_listener_pause(struct ww_fhir_listener *l, bool paused)
{
	ww_fhir_door_pause(l->door, paused);
	ww_hl7_http_pause(l->hl7, paused);
}

void
ww_fhir_listener_renew(struct ww_fhir_listener *l, struct ww_tls *tls)
{
	if (l->server != NULL)
		ww_http_server_renew(l->server, tls);
}

ww_status
ww_fhir_listener_reload(struct ww_fhir_listener *l, struct ww_ctx *cx)
{
	return ww_fhir_door_reload(l->door, cx);
}

void
ww_fhir_listener_close(
    struct ww_fhir_listener *l, unsigned grace_ms, void (*done)(void *arg), void *arg)
{
	struct ww_http_server *server = l->server;

	l->server = NULL;
	ww_http_server_close(server, grace_ms, done, arg);
}

void
ww_fhir_listener_report(const struct ww_fhir_listener *l, struct ww_ctx *cx, struct ww_json *o)
{
	if (l->server == NULL)
		return;
	ww_door_report_server(l->server, cx, l->most, l->tls, o);
	ww_json_set_int(cx, o, "application-acks-unsent", (int64_t)ww_hl7_http_undelivered(l->hl7));
	ww_fhir_door_report(l->door, cx, o);
}

void
ww_fhir_listener_free(struct ww_fhir_listener *l)
{
	if (l == NULL)
		return;
	ww_hl7_http_free(l->hl7);
	ww_fhir_door_free(l->door);
	free(l);
}
