/* Opens an HTTP server with the limits it has, and says whose each call is. */
#include "main/http_listener.h"

#include "main/hl7_http.h"

#include <wardwire/ctx.h>
#include <wardwire/json.h>

#include <stdlib.h>

/* Seconds in which a client takes nothing of an answer. */
enum { WRITE_TIMEOUT = 30 };

struct ww_http_listener {
	struct ww_http_server *server; /* NULL: never served, or closing */
	struct ww_fhir_door *door;
	struct ww_hl7_http *hl7;
};

static void
on_head(void *arg, struct ww_http_call *call)
{
	struct ww_http_listener *l = arg;

	if (ww_hl7_http_is(l->hl7, call))
		ww_hl7_http_head(l->hl7, call);
	else
		ww_fhir_door_head(l->door, call);
}

static void
on_call(void *arg, struct ww_http_call *call)
{
	struct ww_http_listener *l = arg;

	if (ww_hl7_http_is(l->hl7, call))
		ww_hl7_http_call(l->hl7, call);
	else
		ww_fhir_door_call(l->door, call);
}

static void
on_bad(void *arg, struct ww_http_call *call, unsigned status, const char *why)
{
	struct ww_http_listener *l = arg;

	if (ww_hl7_http_is(l->hl7, call))
		ww_hl7_http_bad(l->hl7, call, status, why);
	else
		ww_fhir_door_bad(l->door, call, status, why);
}

static void
on_gone(void *arg, struct ww_http_call *call)
{
	struct ww_http_listener *l = arg;

	if (ww_hl7_http_is(l->hl7, call))
		ww_hl7_http_gone(l->hl7, call);
	else
		ww_fhir_door_gone(l->door, call);
}

static ww_status
serve(struct ww_http_listener *l, struct ww_ctx *cx, const struct ww_http_listener_settings *s)
{
	const struct ww_listener *c = s->door.listener;
	struct ww_http_server_settings ss = s->server;

	ss.address = c->fhir;
	ss.max_connections = c->max_connections;
	ss.peer_connections = c->peer_connections;
	ss.head_deadline = c->head_deadline;
	ss.body_deadline = c->body_deadline;
	ss.idle_timeout = c->keep_alive;
	ss.write_timeout = WRITE_TIMEOUT;
	ss.accept_queue = c->accept_queue;
	ss.on_head = on_head;
	ss.on_call = on_call;
	ss.on_bad = on_bad;
	ss.on_gone = on_gone;
	ss.arg = l;
	return ww_http_server_open(s->door.loop, cx, &ss, &l->server);
}

ww_status
ww_http_listener_open(
    struct ww_ctx *cx, const struct ww_http_listener_settings *s, struct ww_http_listener **out)
{
	struct ww_http_listener *l = calloc(1, sizeof(*l));
	struct ww_hl7_http_settings hs = {
		.intake = s->intake, .config = s->door.config, .listener = s->door.listener
	};
	ww_status st;

	if (l == NULL)
		return ww_fail_memory(cx);
	st = ww_fhir_door_new(cx, &s->door, &l->door);
	hs.door = l->door;
	if (st == WW_OK)
		st = ww_hl7_http_new(cx, &hs, &l->hl7);
	if (st == WW_OK)
		st = serve(l, cx, s);
	if (st != WW_OK) {
		ww_http_listener_free(l);
		return st;
	}
	*out = l;
	return WW_OK;
}

unsigned
ww_http_listener_port(const struct ww_http_listener *l)
{
	return ww_http_server_port(l->server);
}

void
ww_http_listener_pause(struct ww_http_listener *l, bool paused)
{
	ww_fhir_door_pause(l->door, paused);
	ww_hl7_http_pause(l->hl7, paused);
}

void
ww_http_listener_renew(struct ww_http_listener *l, struct ww_tls *tls)
{
	ww_http_server_renew(l->server, tls);
}

void
ww_http_listener_count(const struct ww_http_listener *l, struct ww_http_server_counts *out)
{
	ww_http_server_count(l->server, out);
}

void
ww_http_listener_report(const struct ww_http_listener *l, struct ww_ctx *cx, struct ww_json *o)
{
	ww_fhir_door_report(l->door, cx, o);
}

uint64_t
ww_http_listener_undelivered(const struct ww_http_listener *l)
{
	return ww_hl7_http_undelivered(l->hl7);
}

void
ww_http_listener_close(
    struct ww_http_listener *l, unsigned grace_ms, void (*done)(void *arg), void *arg)
{
	struct ww_http_server *server = l->server;

	l->server = NULL;
	ww_http_server_close(server, grace_ms, done, arg);
}

void
ww_http_listener_free(struct ww_http_listener *l)
{
	if (l == NULL)
		return;
	ww_hl7_http_free(l->hl7);
	ww_fhir_door_free(l->door);
	free(l);
}
