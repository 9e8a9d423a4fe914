/* A call from its head to its answer: what is asked for, by whom, and who does it. */
#include "main/fhir_parts.h"

#include "codec/http1.h"
#include "link/http_in.h"
#include "link/loop.h"
#include "main/errand.h"
#include "rest/capability.h"
#include "rest/search.h"
#include "rest/settle.h"

#include <wardwire/json.h>
#include <wardwire/log.h>

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOOK_MS = 500 };

/* -- answers ---------------------------------------------------------------------------------------- */

static void
count(struct ww_fhir_door *d, const struct ww_fhir_call *c, unsigned status)
{
	struct ww_door_counts *n = &d->door.counts;

	if (ww_door_count(&d->door, status))
		return;
	if (c->ask.route.interaction == WW_REST_READ || c->ask.route.interaction == WW_REST_SEARCH)
		n->read++;
	else if (c->journaling || c->waiting || c->submit.rec.seq != 0)
		n->taken++;
}

void
ww_fhir_call_free(struct ww_fhir_call *c)
{
	if (c->http != NULL || c->journaling || c->waiting || c->asking)
		return;
	if (c->listed) {
		*(c->prev != NULL ? &c->prev->next : &c->door->first) = c->next;
		*(c->next != NULL ? &c->next->prev : &c->door->last) = c->prev;
	}
	ww_buf_free(&c->body);
	ww_buf_free(&c->remarks);
	ww_fhir_payer_free(c);
	free(c);
}

void
ww_fhir_answer(struct ww_fhir_call *c, struct ww_rest_answer *a)
{
	struct ww_fhir_door *d = c->door;

	count(d, c, a->status);
	ww_door_answer(&d->cx, c->http, a, c->request_id);
	c->http = NULL;
	ww_fhir_call_free(c);
}

/* A line is to be written: of a client that is known always, of others for the first of each status within a minute, so that
 * nobody can fill the log who cannot even log in. */
static bool
is_to_say(struct ww_fhir_door *d, ww_str client, unsigned status)
{
	struct ww_clock ticks = ww_clock_ticks();

	if (client.n > 0 || d->set.listener->auth == WW_AUTH_NONE || status < 400 || status > 499)
		return true;
	return ww_seldom_note(&d->strangers[status - 400], ww_clock_now(&ticks));
}

/* How many more there were. */
static void
say_strangers(struct ww_fhir_door *d, bool at_end)
{
	struct ww_clock ticks = ww_clock_ticks();

	for (unsigned i = 0; i < 100; i++) {
		struct ww_seldom *s = &d->strangers[i];
		uint64_t more = ww_seldom_rest(s, ww_clock_now(&ticks), at_end);

		if (more > 0)
			ww_log(WW_LOG_WARN,
			    "fhir=refused listener=%.*s client= status=%u more=%" PRIu64
			    " times=%" PRIu64,
			    WW_STR_FMT(d->set.listener->name), 400 + i, more, s->times);
	}
}

void
ww_fhir_refuse(struct ww_fhir_call *c)
{
	struct ww_fhir_door *d = c->door;
	struct ww_failure why = d->cx.fail;
	struct ww_rest_answer a = { .body = ww_str_empty() };

	ww_rest_refuse(&d->cx, &a, c->ask.form);
	if (a.status == 401)
		ww_access_challenge_answer(&d->cx, d->door.access, &a);
	if (a.status == 405)
		ww_rest_header(&d->cx, &a, "Allow: %s", c->ask.allow);
	if (is_to_say(d, c->who.client, a.status))
		ww_log(a.status == 500 ? WW_LOG_ERROR : WW_LOG_WARN,
		    "fhir=refused listener=%.*s client=%.*s status=%u code=WW-%03d request=%s "
		    "reason=\"%s\"",
		    WW_STR_FMT(d->set.listener->name), WW_STR_FMT(c->who.client), a.status,
		    ww_status_number(why.status), c->request_id, why.reason);
	ww_fhir_answer(c, &a);
}

/* URL of the base, as that client knows it; in the arena. */
static ww_str
base_of(const struct ww_fhir_call *c)
{
	const struct ww_listener *l = c->door->set.listener;

	if (l->url.n > 0)
		return l->url;
	return ww_arena_printf(c->door->cx.arena, "%s://%.*s%.*s",
	    ww_http_call_is_tls(c->http) ? "https" : "http",
	    WW_STR_FMT(ww_http_call_head(c->http)->host), WW_STR_FMT(l->path));
}

struct ww_rest_scope
ww_fhir_scope(const struct ww_fhir_call *c)
{
	const struct ww_party *p = ww_config_party(c->door->set.config, c->who.party);

	return (struct ww_rest_scope){ .feed = c->who.feed,
		.client = c->who.client,
		.party = c->who.party,
		.endpoint = p != NULL ? p->send : ww_str_empty(),
		.base = base_of(c),
		.minimal = c->feed->fhir.minimal };
}

/* -- what is done at once --------------------------------------------------------------------------- */

/* Who looked at what kind of data, and how much of it; nothing of whom. */
static void
audit(const struct ww_fhir_call *c, unsigned status, size_t n)
{
	ww_log(WW_LOG_INFO,
	    "fhir=%s listener=%.*s feed=%.*s client=%.*s party=%.*s type=%s status=%u "
	    "resources=%zu "
	    "request=%s",
	    ww_rest_interaction_name(c->ask.route.interaction),
	    WW_STR_FMT(c->door->set.listener->name), WW_STR_FMT(c->who.feed),
	    WW_STR_FMT(c->who.client), WW_STR_FMT(c->who.party), c->ask.route.type->name, status, n,
	    c->request_id);
}

static void
do_read(struct ww_fhir_call *c)
{
	struct ww_fhir_door *d = c->door;
	struct ww_rest_scope scope = ww_fhir_scope(c);
	struct ww_rest_answer a;
	ww_status s = ww_rest_read(&d->cx, d->set.view, &c->ask, &scope, &a);

	audit(c, s == WW_OK ? a.status : ww_rest_http(s), s == WW_OK && a.status == 200);
	if (s == WW_OK)
		ww_fhir_answer(c, &a);
	else
		ww_fhir_refuse(c);
}

static void
do_search(struct ww_fhir_call *c)
{
	struct ww_fhir_door *d = c->door;
	struct ww_rest_find f = { .ask = &c->ask,
		.scope = ww_fhir_scope(c),
		.form = c->ask.route.form ? ww_http_call_body(c->http) : ww_str_empty() };
	struct ww_rest_answer a;
	size_t n = 0;
	ww_status s = ww_rest_search(&d->cx, d->set.view, &f, &n, &a);

	audit(c, s == WW_OK ? a.status : ww_rest_http(s), n);
	if (s == WW_OK)
		ww_fhir_answer(c, &a);
	else
		ww_fhir_refuse(c);
}

static void
do_capabilities(struct ww_fhir_call *c)
{
	struct ww_fhir_door *d = c->door;
	struct ww_rest_answer a = { .status = 200, .body = ww_str_empty() };

	ww_rest_body(&d->cx, &a, c->ask.form,
	    ww_rest_capability(&d->cx, base_of(c), ww_access_security(&d->cx, d->door.access),
	        d->errands != NULL));
	ww_fhir_answer(c, &a);
}

static void
do_smart(struct ww_fhir_call *c)
{
	struct ww_fhir_door *d = c->door;
	struct ww_rest_answer a = { .status = 200, .body = ww_str_empty() };
	struct ww_json *tree = ww_access_smart(&d->cx, d->door.access);
	struct ww_buf text = { 0 };

	if (tree != NULL && ww_json_write(&d->cx, tree, false, &text) == WW_OK)
		a.body = ww_arena_str(d->cx.arena, ww_buf_view(&text));
	ww_buf_free(&text);
	if (a.body.n == 0) {
		(void)ww_fail(&d->cx, WW_E_NOT_FOUND, NULL, "nothing is there");
		ww_fhir_refuse(c);
		return;
	}
	ww_rest_header(&d->cx, &a, "Content-Type: application/json");
	ww_fhir_answer(c, &a);
}

static void
do_token(struct ww_fhir_call *c)
{
	struct ww_fhir_door *d = c->door;
	struct ww_rest_answer a;
	ww_str client;

	if (ww_door_token(&d->door, &d->cx, c->http, &a, &client) != WW_OK) {
		ww_fhir_refuse(c);
		return;
	}
	if (is_to_say(d, client, a.status))
		ww_log(a.status == 200 ? WW_LOG_INFO : WW_LOG_WARN,
		    "fhir=token listener=%.*s client=%.*s status=%u request=%s reason=\"%s\"",
		    WW_STR_FMT(d->set.listener->name), WW_STR_FMT(client), a.status, c->request_id,
		    d->cx.fail.reason);
	ww_fhir_answer(c, &a);
}

/* -- what is asked for ------------------------------------------------------------------------------ */

/* Who does it; open: without anybody having to say who it is. */
static const struct {
	void (*act)(struct ww_fhir_call *c);
	bool open;
} acts[WW_REST_INTERACTIONS] = {
	[WW_REST_CREATE] = { ww_fhir_bring, false },
	[WW_REST_READ] = { do_read, false },
	[WW_REST_UPDATE] = { ww_fhir_bring, false },
	[WW_REST_PATCH] = { ww_fhir_bring, false },
	[WW_REST_DELETE] = { ww_fhir_bring, false },
	[WW_REST_SEARCH] = { do_search, false },
	[WW_REST_BUNDLE] = { ww_fhir_bring, false },
	[WW_REST_COLLECTION] = { ww_fhir_bring, false },
	[WW_REST_MESSAGE] = { ww_fhir_bring, false },
	[WW_REST_SUBMIT] = { ww_fhir_bring, false },
	[WW_REST_INQUIRE] = { ww_fhir_bring, false },
	[WW_REST_VALIDATE] = { ww_fhir_validate, false },
	[WW_REST_CAPABILITIES] = { do_capabilities, true },
	[WW_REST_SMART] = { do_smart, true },
	[WW_REST_TOKEN] = { do_token, true },
};

ww_status
ww_fhir_may(struct ww_fhir_call *c, ww_str type, const char *interaction)
{
	if (ww_who_may(&c->who, type, ww_str_from(interaction)))
		return WW_OK;
	return ww_fail(&c->door->cx, WW_E_FORBIDDEN, NULL,
	    "%s of that is not allowed to this client", interaction);
}

/* A condition is a search whose result shows in the answer. */
static bool
has_condition(const struct ww_fhir_call *c)
{
	const struct ww_rest_route *r = &c->ask.route;

	return r->type != NULL &&
	       (c->ask.if_none_exist.n > 0 ||
	           ((r->interaction == WW_REST_UPDATE || r->interaction == WW_REST_DELETE) &&
	               r->id.n == 0));
}

static ww_status
find_who(struct ww_fhir_call *c)
{
	struct ww_fhir_door *d = c->door;
	const struct ww_rest_route *r = &c->ask.route;
	ww_status s = ww_door_who(&d->door, &d->cx, c->http, &c->who);

	if (s != WW_OK)
		return s;
	c->feed = ww_config_feed(d->set.config, c->who.feed);
	assert(c->feed != NULL); /* the check of the configuration saw to it */
	if (c->who.party.n > 0 && (r->interaction == WW_REST_BUNDLE || has_condition(c)))
		return ww_fail(&d->cx, WW_E_FORBIDDEN, NULL,
		    "a practice asks for one resource at a time, by its id");
	if (r->interaction == WW_REST_BUNDLE)
		return WW_OK; /* each of its entries is asked for */
	s = ww_fhir_may(c, ww_str_from(r->type != NULL ? r->type->name : "Bundle"),
	    ww_rest_interaction_name(r->interaction));
	if (s == WW_OK && has_condition(c))
		s = ww_fhir_may(c, ww_str_from(r->type->name), "search");
	return s;
}

static size_t
most_of(const struct ww_fhir_call *c)
{
	if (c->ask.route.interaction == WW_REST_TOKEN)
		return WW_ACCESS_FORM_MOST;
	return c->door->set.listener->max_message;
}

static struct ww_fhir_call *
new_call(struct ww_fhir_door *d, struct ww_http_call *http)
{
	struct ww_fhir_call *c = calloc(1, sizeof(*c));

	ww_ctx_clear(&d->cx);
	d->cx.now = ww_clock_now(&d->set.clock);
	if (c == NULL) {
		struct ww_http_answer a = { .status = 503, .body = ww_str_empty(), .close = true };

		ww_http_call_answer(http, &a);
		return NULL;
	}
	c->door = d;
	c->http = http;
	c->who = (struct ww_who){
		.client = ww_str_empty(), .feed = ww_str_empty(), .party = ww_str_empty()
	};
	c->ask = (struct ww_rest_ask){ .request_id = ww_str_empty() };
	ww_http_call_keep(http, c);
	return c;
}

void
ww_fhir_door_head(void *arg, struct ww_http_call *http)
{
	struct ww_fhir_door *d = arg;
	struct ww_fhir_call *c = new_call(d, http);
	ww_status s;

	if (c == NULL)
		return;
	s = ww_rest_ask_read(&d->cx, ww_http_call_head(http), d->set.listener->path, &c->ask);
	ww_door_name(&d->door, c->ask.request_id, c->request_id);
	if (s == WW_OK && !acts[c->ask.route.interaction].open)
		s = find_who(c);
	if (s == WW_OK && c->ask.route.interaction == WW_REST_INQUIRE && !ww_fhir_payer_is(c))
		s = ww_fail(
		    &d->cx, WW_E_NOT_FOUND, NULL, "there is no payer to ask (feeds[].fhir.payer)");
	if (s == WW_OK && d->paused && ww_rest_interaction_changes(c->ask.route.interaction))
		s = ww_fail(&d->cx, WW_E_BUSY, NULL, "the engine takes nothing at the moment");
	if (s == WW_OK && !ww_http_call_take(http, most_of(c)))
		s = ww_fail(&d->cx, WW_E_LIMIT, NULL, "a body of more than %zu bytes (max_message)",
		    most_of(c));
	if (s != WW_OK)
		ww_fhir_refuse(c);
}

bool
ww_fhir_door_knows(struct ww_fhir_door *d, struct ww_http_call *http, struct ww_who *out)
{
	struct ww_fhir_call *c = new_call(d, http);

	if (c == NULL)
		return false;
	ww_door_name(&d->door, c->ask.request_id, c->request_id);
	if (ww_door_who(&d->door, &d->cx, http, &c->who) != WW_OK) {
		ww_fhir_refuse(c);
		return false;
	}
	*out = c->who;
	ww_http_call_keep(http, NULL);
	c->http = NULL;
	ww_fhir_call_free(c);
	return true;
}

void
ww_fhir_door_call(void *arg, struct ww_http_call *http)
{
	struct ww_fhir_door *d = arg;
	struct ww_fhir_call *c = ww_http_call_kept(http);

	ww_ctx_clear(&d->cx);
	d->cx.now = ww_clock_now(&d->set.clock);
	acts[c->ask.route.interaction].act(c);
}

void
ww_fhir_door_bad(void *arg, struct ww_http_call *http, unsigned status, const char *why)
{
	struct ww_fhir_door *d = arg;
	struct ww_fhir_call *c = ww_http_call_kept(http);
	struct ww_rest_answer a = { .body = ww_str_empty() };

	if (c == NULL)
		c = new_call(d, http);
	else
		ww_ctx_clear(&d->cx);
	if (c == NULL)
		return;
	if (c->request_id[0] == '\0')
		ww_door_name(&d->door, c->ask.request_id, c->request_id);
	(void)ww_fail(&d->cx, ww_door_means(status), NULL, "%s", why);
	ww_rest_refuse(&d->cx, &a, c->ask.form);
	a.status = status;
	if (is_to_say(d, c->who.client, status))
		ww_log(WW_LOG_WARN, "fhir=bad listener=%.*s status=%u request=%s reason=\"%s\"",
		    WW_STR_FMT(d->set.listener->name), status, c->request_id, why);
	ww_fhir_answer(c, &a);
}

void
ww_fhir_door_gone(void *arg, struct ww_http_call *http)
{
	struct ww_fhir_call *c = ww_http_call_kept(http);

	(void)arg;
	if (c == NULL)
		return;
	c->http = NULL;
	if (c->waiting && ww_awaits_drop(c->door->set.awaits, &c->await))
		c->waiting = false; /* so that those who give up and come again do not pile up */
	ww_fhir_call_free(c);
}

/* -- open ------------------------------------------------------------------------------------------- */

void
ww_fhir_door_pause(struct ww_fhir_door *d, bool paused)
{
	d->paused = paused;
}

ww_status
ww_fhir_door_reload(struct ww_fhir_door *d, struct ww_ctx *cx)
{
	return ww_access_reload(cx, d->door.access);
}

void
ww_fhir_door_report(const struct ww_fhir_door *d, struct ww_ctx *cx, struct ww_json *o)
{
	ww_door_report(&d->door, cx, o);
}

static void
on_look(void *arg)
{
	ww_fhir_bring_look(arg, false);
	say_strangers(arg, false);
}

static bool
has_payer(const struct ww_fhir_door_settings *set)
{
	for (size_t i = 0; i < set->config->feeds_n; i++)
		if (ww_str_eq(set->config->feeds[i].on, set->listener->name) &&
		    set->config->feeds[i].fhir.payer.n > 0)
			return true;
	return false;
}

ww_status
ww_fhir_door_new(
    struct ww_ctx *cx, const struct ww_fhir_door_settings *set, struct ww_fhir_door **out)
{
	struct ww_fhir_door *d = calloc(1, sizeof(*d));
	struct ww_door_settings ds = { .config = set->config,
		.listener = set->listener,
		.address = set->listener->fhir,
		.path = set->listener->path,
		.folder = set->folder,
		.clock = set->clock };
	ww_status s;

	if (d == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "no memory for a FHIR listener");
	d->set = *set;
	d->cx.arena = ww_arena_new(set->config->limits.arena);
	if (d->cx.arena == NULL)
		s = ww_fail(cx, WW_E_MEMORY, NULL, "no memory for a FHIR listener");
	else
		s = ww_door_open(&d->door, cx, &ds);
	if (s == WW_OK && has_payer(set))
		s = ww_errands_open(cx, set->loop, &d->errands);
	if (s == WW_OK)
		s = ww_loop_timer_new(set->loop, cx, LOOK_MS, on_look, d, &d->timer);
	if (s != WW_OK) {
		ww_fhir_door_free(d);
		return s;
	}
	*out = d;
	return WW_OK;
}

void
ww_fhir_door_free(struct ww_fhir_door *d)
{
	if (d == NULL)
		return;
	d->closing = true;
	ww_fhir_bring_look(d, true);
	say_strangers(d, true);
	ww_errands_close(d->errands);
	assert(d->first == NULL);
	ww_loop_timer_free(d->timer);
	ww_door_close(&d->door);
	ww_arena_free(d->cx.arena);
	ww_buf_free(&d->plain);
	free(d);
}
