/* A call from its head to its answer. */
#include "main/console_parts.h"

#include "codec/http1.h"
#include "link/http_in.h"
#include "link/loop.h"
#include "report/flags.h"

#include <wardwire/json.h>
#include <wardwire/log.h>

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	LOOK_MS = 500,
	WRITE_SECONDS = 30, /* in which a client takes something of its answer */
	RETRY_SECONDS = 5,
};

void
ww_console_begin(struct ww_console *k)
{
	ww_ctx_clear(&k->cx);
	k->cx.now = ww_clock_now(&k->set.clock);
}

/* -- answers ------------------------------------------------------------------------------------------- */

static void
count(struct ww_console_call *c, unsigned status)
{
	struct ww_door *d = &c->console->door;

	if (!ww_door_count(d, status))
		*(c->listed ? &d->counts.taken : &d->counts.read) += 1;
}

void
ww_console_call_free(struct ww_console_call *c)
{
	if (c->http != NULL || c->journaling || c->waiting)
		return;
	if (c->listed) {
		*(c->prev != NULL ? &c->prev->next : &c->console->first) = c->next;
		if (c->next != NULL)
			c->next->prev = c->prev;
	}
	ww_buf_free(&c->body);
	free(c);
}

static void
answer(struct ww_console_call *c, struct ww_rest_answer *a)
{
	struct ww_ctx *cx = &c->console->cx;

	ww_rest_header(cx, a, "X-Content-Type-Options: nosniff");
	count(c, a->status);
	ww_door_answer(cx, c->http, a, c->request_id);
	c->http = NULL;
	ww_console_call_free(c);
}

/* Short of memory the answer is a bare 503. */
static void
put_body(struct ww_console *k, struct ww_rest_answer *a, const struct ww_json *body)
{
	struct ww_buf text = { 0 };

	if (ww_json_write(&k->cx, body, false, &text) == WW_OK)
		a->body = ww_arena_str(k->cx.arena, ww_buf_view(&text));
	ww_buf_free(&text);
	ww_rest_header(&k->cx, a, "Content-Type: application/json");
	if (a->body.n == 0)
		a->status = 503;
}

void
ww_console_answer(struct ww_console_call *c, unsigned status, const struct ww_json *body)
{
	struct ww_rest_answer a = { .status = status, .body = ww_str_empty() };
	int64_t version = ww_json_int(ww_json_get(body, "version"));

	put_body(c->console, &a, body);
	if (version != 0)
		ww_rest_header(&c->console->cx, &a, "ETag: \"%" PRId64 "\"", version);
	answer(c, &a);
}

/* What does not fit the state is no condition of the client's here. */
static unsigned
http_of(const struct ww_failure *why)
{
	if (why->status == WW_E_CONFLICT)
		return 409;
	if (why->status == WW_E_REQUIRED && strcmp(why->place, "If-Match") == 0)
		return 428;
	return ww_rest_http(why->status);
}

static struct ww_json *
error_of(struct ww_console_call *c, unsigned status)
{
	struct ww_ctx *cx = &c->console->cx;
	struct ww_failure why = cx->fail;
	struct ww_json *o = ww_json_object(cx),
	               *e = ww_json_set(cx, o, "error", ww_json_object(cx));

	ww_json_set_int(cx, e, "status", status);
	ww_json_set_str(
	    cx, e, "code", ww_arena_printf(cx->arena, "WW-%03d", ww_status_number(why.status)));
	ww_json_set_cstr(cx, e, "place", why.place);
	ww_json_set_cstr(cx, e, "text", why.reason);
	ww_json_set_cstr(cx, e, "request", c->request_id);
	return o;
}

/* A line is to be written: of a client that is known always, of others one a minute, so that nobody can fill the log who cannot
 * even log in. */
static bool
is_to_say(struct ww_console_call *c, unsigned status)
{
	struct ww_clock ticks = ww_clock_ticks();

	return c->who.client.n > 0 || c->console->set.listener->auth == WW_AUTH_NONE ||
	       status >= 500 || ww_seldom_note(&c->console->strangers, ww_clock_now(&ticks));
}

static void
refuse_as(struct ww_console_call *c, unsigned status)
{
	struct ww_console *k = c->console;
	struct ww_failure why = k->cx.fail;
	struct ww_rest_answer a = { .status = status, .body = ww_str_empty() };

	put_body(k, &a, error_of(c, status));
	k->cx.fail = why;
	if (status == 401)
		ww_access_challenge_answer(&k->cx, k->door.access, &a);
	if (status == 405)
		ww_rest_header(&k->cx, &a, "Allow: %s", c->ask.allow);
	if (status == 503 || status == 429)
		ww_rest_header(&k->cx, &a, "Retry-After: %d",
		    status == 429 ? (int)WW_ACCESS_RETRY : RETRY_SECONDS);
	if (is_to_say(c, status))
		ww_log(status == 500 ? WW_LOG_ERROR : WW_LOG_WARN,
		    "console=refused listener=%.*s client=%.*s status=%u code=WW-%03d request=%s",
		    WW_STR_FMT(k->set.listener->name), WW_STR_FMT(c->who.client), status,
		    ww_status_number(why.status), c->request_id);
	answer(c, &a);
}

void
ww_console_refuse(struct ww_console_call *c)
{
	refuse_as(c, http_of(&c->console->cx.fail));
}

/* -- what is read -------------------------------------------------------------------------------------- */

struct ww_worklist_eye
ww_console_eye(const struct ww_console_call *c)
{
	return (struct ww_worklist_eye){
		.config = c->console->set.config, .party = c->who.party, .role = c->who.role
	};
}

/* Who looked at how much; nothing of whom. */
static void
audit(const struct ww_console_call *c, const char *what, size_t n)
{
	ww_log(WW_LOG_INFO, "console=%s listener=%.*s client=%.*s party=%.*s items=%zu request=%s",
	    what, WW_STR_FMT(c->console->set.listener->name), WW_STR_FMT(c->who.client),
	    WW_STR_FMT(c->who.party), n, c->request_id);
}

static void
do_list(struct ww_console_call *c)
{
	struct ww_console *k = c->console;
	struct ww_worklist_eye eye = ww_console_eye(c);
	const struct ww_worklist_filter f = { .states = c->ask.states,
		.role = c->ask.role,
		.kind = c->ask.kind,
		.party = c->ask.party,
		.program = c->ask.program,
		.member = c->ask.member,
		.overdue = c->ask.overdue,
		.now = k->cx.now,
		.limit = c->ask.limit,
		.after = c->ask.after };
	struct ww_json *page = NULL;

	if (ww_worklist_page(k->set.view, &k->cx, &eye, &f, &page) != WW_OK) {
		ww_console_refuse(c);
		return;
	}
	audit(c, "list", ww_json_len(ww_json_get(page, "items")));
	ww_console_answer(c, 200, page);
}

void
ww_console_show(struct ww_console_call *c)
{
	struct ww_console *k = c->console;
	struct ww_worklist_eye eye = ww_console_eye(c);
	struct ww_item item;
	struct ww_json *o = NULL;
	bool found;
	ww_status s = ww_worklist_item(k->set.view, &k->cx, &eye, c->ask.id, &item, &found);

	if (s == WW_OK && !found)
		s = ww_fail(&k->cx, WW_E_NOT_FOUND, NULL, "nothing on the worklist has that id");
	if (s == WW_OK)
		s = ww_flags_notice(k->set.view, &k->cx, &item, k->cx.now, true, &o);
	if (s != WW_OK) {
		ww_console_refuse(c);
		return;
	}
	audit(c, "show", 1);
	ww_console_answer(c, 200, o);
}

static void
do_token(struct ww_console_call *c)
{
	struct ww_console *k = c->console;
	struct ww_rest_answer a;

	if (ww_door_token(&k->door, &k->cx, c->http, &a, &c->who.client) != WW_OK) {
		ww_console_refuse(c);
		return;
	}
	if (a.status == 200 || is_to_say(c, a.status))
		ww_log(a.status == 200 ? WW_LOG_INFO : WW_LOG_WARN,
		    "console=token listener=%.*s client=%.*s status=%u request=%s reason=\"%s\"",
		    WW_STR_FMT(k->set.listener->name), WW_STR_FMT(c->who.client), a.status,
		    c->request_id, k->cx.fail.reason);
	answer(c, &a);
}

/* -- what is asked for --------------------------------------------------------------------------------- */

/* Who does it, and what right of Task it needs; NULL: nobody has to say who it is. */
static const struct {
	void (*act)(struct ww_console_call *c);
	const char *right;
	size_t body;
} acts[WW_CONSOLE_CALLS] = {
	[WW_CONSOLE_LIST] = { do_list, "search", 0 },
	[WW_CONSOLE_SHOW] = { ww_console_show, "read", 0 },
	[WW_CONSOLE_ACK] = { ww_console_order, "update", WW_CONSOLE_BODY_MOST },
	[WW_CONSOLE_NOTE] = { ww_console_order, "update", WW_CONSOLE_BODY_MOST },
	[WW_CONSOLE_DONE] = { ww_console_order, "update", WW_CONSOLE_BODY_MOST },
	[WW_CONSOLE_TOKEN] = { do_token, NULL, WW_ACCESS_FORM_MOST },
};

static ww_status
check_right(struct ww_console_call *c)
{
	const char *right = acts[c->ask.what].right;

	if (ww_who_may(&c->who, WW_STR("Task"), ww_str_from(right)))
		return WW_OK;
	return ww_fail(&c->console->cx, WW_E_FORBIDDEN, NULL,
	    "that is not allowed to this client: it needs %s of Task", right);
}

/* NULL: short of memory, and it is answered. */
static struct ww_console_call *
new_call(struct ww_console *k, struct ww_http_call *http)
{
	struct ww_console_call *c = calloc(1, sizeof(*c));

	ww_console_begin(k);
	if (c == NULL) {
		struct ww_http_answer a = { .status = 503, .body = ww_str_empty(), .close = true };

		ww_http_call_answer(http, &a);
		return NULL;
	}
	c->console = k;
	c->http = http;
	c->ask.request_id = c->who.client = c->who.feed = c->who.party = ww_str_empty();
	ww_http_call_keep(http, c);
	return c;
}

/* Whoever does not say who it is learns nothing but that. */
static void
on_head(void *arg, struct ww_http_call *http)
{
	struct ww_console *k = arg;
	struct ww_console_call *c = new_call(k, http);
	struct ww_failure asked;
	ww_status s, who = WW_OK;

	if (c == NULL)
		return;
	s = ww_console_ask_head(&k->cx, ww_http_call_head(http), &c->ask);
	asked = k->cx.fail;
	k->cx.fail = (struct ww_failure){ .status = WW_OK };
	ww_door_name(&k->door, c->ask.request_id, c->request_id);
	if (c->ask.what != WW_CONSOLE_TOKEN)
		who = ww_door_who(&k->door, &k->cx, http, &c->who);
	if (who != WW_OK) {
		ww_console_refuse(c);
		return;
	}
	k->cx.fail = asked;
	if (s == WW_OK && acts[c->ask.what].right != NULL)
		s = check_right(c);
	if (s == WW_OK && k->paused && acts[c->ask.what].act == ww_console_order)
		s = ww_fail(&k->cx, WW_E_BUSY, NULL, "the engine takes nothing at the moment");
	if (s == WW_OK && !ww_http_call_take(http, acts[c->ask.what].body))
		s = ww_fail(&k->cx, WW_E_LIMIT, NULL, "a body of more than %zu bytes",
		    acts[c->ask.what].body);
	if (s != WW_OK)
		ww_console_refuse(c);
}

static void
on_call(void *arg, struct ww_http_call *http)
{
	struct ww_console *k = arg;
	struct ww_console_call *c = ww_http_call_kept(http);

	ww_console_begin(k);
	/* What was decoded of the query is gone with the head's callback. */
	if (c->ask.what == WW_CONSOLE_LIST &&
	    ww_console_ask_head(&k->cx, ww_http_call_head(http), &c->ask) != WW_OK)
		ww_console_refuse(c);
	else
		acts[c->ask.what].act(c);
}

static void
on_bad(void *arg, struct ww_http_call *http, unsigned status, const char *why)
{
	struct ww_console *k = arg;
	struct ww_console_call *c = ww_http_call_kept(http);

	if (c == NULL)
		c = new_call(k, http);
	else
		ww_console_begin(k);
	if (c == NULL)
		return;
	if (c->request_id[0] == '\0')
		ww_door_name(&k->door, c->ask.request_id, c->request_id);
	(void)ww_fail(&k->cx, ww_door_means(status), NULL, "%s", why);
	refuse_as(c, status);
}

static void
on_gone(void *arg, struct ww_http_call *http)
{
	struct ww_console_call *c = ww_http_call_kept(http);

	(void)arg;
	if (c == NULL)
		return;
	c->http = NULL;
	if (c->waiting && ww_awaits_drop(c->console->set.awaits, &c->await))
		c->waiting = false;
	ww_console_call_free(c);
}

/* -- open ---------------------------------------------------------------------------------------------- */

static void
on_look(void *arg)
{
	ww_console_order_look(arg, false);
}

static ww_status
listen_on(struct ww_console *k, struct ww_ctx *cx, const struct ww_http_server_settings *net)
{
	const struct ww_listener *l = k->set.listener;
	struct ww_http_server_settings hs = *net;

	hs.address = l->console;
	hs.max_connections = l->max_connections;
	hs.peer_connections = l->peer_connections;
	hs.head_deadline = l->head_deadline;
	hs.body_deadline = l->body_deadline;
	hs.idle_timeout = l->keep_alive;
	hs.write_timeout = WRITE_SECONDS;
	hs.accept_queue = l->accept_queue;
	hs.on_head = on_head;
	hs.on_call = on_call;
	hs.on_bad = on_bad;
	hs.on_gone = on_gone;
	hs.arg = k;
	return ww_http_server_open(k->set.loop, cx, &hs, &k->server);
}

ww_status
ww_console_open(struct ww_ctx *cx, const struct ww_console_settings *set,
    const struct ww_http_server_settings *net, struct ww_console **out)
{
	struct ww_console *k = calloc(1, sizeof(*k));
	struct ww_door_settings ds = { .config = set->config,
		.listener = set->listener,
		.address = set->listener->console,
		.path = ww_str_empty(),
		.folder = set->folder,
		.clock = set->clock };
	ww_status s;

	if (k == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "no memory for a console");
	*out = k;
	k->set = *set;
	k->cx.arena = ww_arena_new(set->config->limits.arena);
	if (k->cx.arena == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "no memory for a console");
	s = ww_door_open(&k->door, cx, &ds);
	if (s == WW_OK)
		s = ww_loop_timer_new(set->loop, cx, LOOK_MS, on_look, k, &k->timer);
	return s == WW_OK ? listen_on(k, cx, net) : s;
}

unsigned
ww_console_port(const struct ww_console *k)
{
	return ww_http_server_port(k->server);
}

void
ww_console_pause(struct ww_console *k, bool paused)
{
	k->paused = paused;
}

void
ww_console_renew(struct ww_console *k, struct ww_tls *tls)
{
	if (k->server != NULL)
		ww_http_server_renew(k->server, tls);
}

ww_status
ww_console_reload(struct ww_console *k, struct ww_ctx *cx)
{
	return ww_access_reload(cx, k->door.access);
}

void
ww_console_close(struct ww_console *k, unsigned grace_ms, void (*done)(void *arg), void *arg)
{
	struct ww_http_server *server = k->server;

	k->server = NULL;
	ww_http_server_close(server, grace_ms, done, arg);
}

void
ww_console_report(const struct ww_console *k, struct ww_ctx *cx, struct ww_json *o)
{
	if (k->server == NULL)
		return;
	ww_door_report_server(
	    k->server, cx, k->set.listener->max_connections, k->set.listener->tls.cert.n > 0, o);
	ww_door_report(&k->door, cx, o);
}

void
ww_console_free(struct ww_console *k)
{
	if (k == NULL)
		return;
	ww_console_order_look(k, true);
	assert(k->first == NULL);
	ww_loop_timer_free(k->timer);
	ww_door_close(&k->door);
	ww_arena_free(k->cx.arena);
	free(k);
}
