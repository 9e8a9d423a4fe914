/* What is alike in fhir_door.c and console.c. */
#include "main/door.h"

#include "codec/http1.h"
#include "link/http_in.h"

#include <wardwire/config.h>
#include <wardwire/json.h>

#include <inttypes.h>
#include <stdio.h>

/* -- open -------------------------------------------------------------------------------------------------- */

ww_status
ww_door_open(struct ww_door *d, struct ww_ctx *cx, const struct ww_door_settings *set)
{
	const struct ww_listener *l = set->listener;
	struct ww_access_settings as = {
		.config = set->config, .listener = l, .folder = set->folder
	};

	d->clock = set->clock;
	d->started = (uint64_t)ww_clock_now(&d->clock);
	if (l->url.n > 0)
		ww_buf_str_add(&d->base, l->url);
	else
		ww_buf_printf(&d->base, "%s://%.*s%.*s", l->tls.cert.n > 0 ? "https" : "http",
		    WW_STR_FMT(set->address), WW_STR_FMT(set->path));
	if (d->base.error != WW_OK)
		return ww_fail(cx, WW_E_MEMORY, NULL, "no memory for a listener");
	as.base = ww_buf_view(&d->base);
	return ww_access_open(cx, &as, ww_clock_now(&d->clock), &d->access);
}

void
ww_door_close(struct ww_door *d)
{
	ww_access_close(d->access);
	ww_buf_free(&d->base);
}

/* -- who calls --------------------------------------------------------------------------------------------- */

void
ww_door_name(struct ww_door *d, ww_str given, char out[WW_REQUEST_ID_ROOM])
{
	if (given.n > 0)
		(void)snprintf(out, WW_REQUEST_ID_ROOM, "%.*s", WW_STR_FMT(given));
	else
		(void)snprintf(
		    out, WW_REQUEST_ID_ROOM, "%" PRIx64 "-%" PRIu64, d->started, ++d->number);
}

ww_status
ww_door_who(struct ww_door *d, struct ww_ctx *cx, struct ww_http_call *http, struct ww_who *out)
{
	const struct ww_http1_head *h = ww_http_call_head(http);
	struct ww_tls_names names = ww_http_call_names(http);
	struct ww_access_head head = { .authorization = ww_http1_value(h, "Authorization"),
		.names = { names.v, names.n },
		.peer = ww_http_call_peer(http),
		.host = h->host };

	return ww_access_who(cx, d->access, &head, ww_clock_now(&d->clock), out);
}

ww_status
ww_door_token(struct ww_door *d, struct ww_ctx *cx, struct ww_http_call *http,
    struct ww_rest_answer *a, ww_str *client)
{
	struct ww_token_answer t;
	ww_status s =
	    ww_access_token(cx, d->access, ww_http1_value(ww_http_call_head(http), "Content-Type"),
	        ww_http_call_body(http), ww_http_call_peer(http), ww_clock_now(&d->clock), &t);

	if (s != WW_OK)
		return s;
	ww_access_token_answer(cx, d->access, &t, a);
	*client = t.client;
	return WW_OK;
}

/* -- answers ----------------------------------------------------------------------------------------------- */

ww_status
ww_door_means(unsigned status)
{
	static const struct {
		unsigned status;
		ww_status means;
	} rows[] = {
		{ 408, WW_E_TIMEOUT },
		{ 413, WW_E_LIMIT },
		{ 414, WW_E_LIMIT },
		{ 429, WW_E_THROTTLED },
		{ 431, WW_E_LIMIT },
		{ 503, WW_E_BUSY },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].status == status)
			return rows[i].means;
	return WW_E_SYNTAX;
}

bool
ww_door_count(struct ww_door *d, unsigned status)
{
	struct ww_door_counts *n = &d->counts;

	if (status < 400)
		return false;
	if (status == 429 || status == 503)
		n->busy++;
	else if (status == 401 || status == 403)
		n->denied++;
	else if (status < 500 || status == 501 || status == 505) /* which are the client's doing */
		n->refused++;
	else
		n->failed++;
	return true;
}

void
ww_door_answer(
    struct ww_ctx *cx, struct ww_http_call *http, struct ww_rest_answer *a, const char *request_id)
{
	struct ww_http_answer out;

	ww_rest_header(cx, a, "X-Request-Id: %s", request_id);
	ww_rest_header(cx, a, "Cache-Control: no-store");
	out = (struct ww_http_answer){ .status = a->status,
		.headers = a->headers,
		.headers_n = a->headers_n,
		.body = a->body };
	ww_http_call_answer(http, &out);
}

void
ww_door_report_server(const struct ww_http_server *server, struct ww_ctx *cx, uint32_t most,
    bool tls, struct ww_json *o)
{
	struct ww_http_server_counts n;

	ww_http_server_count(server, &n);
	ww_json_set_int(cx, o, "requests", (int64_t)n.calls);
	ww_json_set_int(cx, o, "connections", (int64_t)n.connections);
	ww_json_set_int(cx, o, "most", most);
	ww_json_set_int(cx, o, "turned-away", (int64_t)n.turned_away);
	ww_json_set_int(cx, o, "not-allowed", (int64_t)n.outside);
	ww_json_set_int(cx, o, "malformed", (int64_t)n.bad);
	if (tls)
		ww_json_set_int(cx, o, "handshakes-failed", (int64_t)n.handshakes);
}

void
ww_door_report(const struct ww_door *d, struct ww_ctx *cx, struct ww_json *o)
{
	const struct ww_door_counts *n = &d->counts;

	ww_json_set_int(cx, o, "taken", (int64_t)n->taken);
	ww_json_set_int(cx, o, "read", (int64_t)n->read);
	ww_json_set_int(cx, o, "refused", (int64_t)n->refused);
	ww_json_set_int(cx, o, "denied", (int64_t)n->denied);
	ww_json_set_int(cx, o, "busy", (int64_t)n->busy);
	ww_json_set_int(cx, o, "failed", (int64_t)n->failed);
}
