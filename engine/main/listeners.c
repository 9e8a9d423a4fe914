/* Opens each listener with the limits it has, and closes them together. */
#include "main/listeners.h"

#include "base/network.h"
#include "codec/fhir_profile.h"
#include "link/http_in.h"
#include "link/loop.h"
#include "link/mllp_in.h"
#include "link/mllp_room.h"
#include "main/certificates.h"
#include "main/choose.h"
#include "main/console.h"
#include "main/descriptors.h"
#include "main/dir_listener.h"
#include "main/fhir_listener.h"
#include "main/frames.h"
#include "main/intake.h"
#include "main/profiles.h"

#include <wardwire/buf.h>
#include <wardwire/json.h>
#include <wardwire/log.h>

#include <assert.h>
#include <stdlib.h>

enum {
	GRACE_MS = 5000, /* to answer what was read before the end */
	PENDING_PER_CONNECTION = 256,
	LOOK_MS = 5000, /* between two looks at the files of certificates */
};

struct listener {
	struct ww_mllp_in *in;         /* NULL: never opened, or closing */
	struct ww_dir_listener *dir;   /* NULL: never opened; lives as long as its intake */
	struct ww_fhir_listener *fhir; /* likewise */
	struct ww_console *console;    /* likewise */
	bool dir_open, fhir_open, console_open;
	struct ww_choose *choose;
	struct ww_intake *intake;
	struct ww_certificates *certificates; /* NULL: no TLS */
	struct ww_network *networks;          /* as many as it has peers */
	struct ww_network *proxies;           /* likewise */
};

struct ww_listeners {
	struct ww_listeners_settings set;
	struct ww_mllp_room *room;         /* of all together */
	struct ww_loop_timer *look;        /* at the files of certificates */
	struct ww_fhir_profiles *profiles; /* NULL: none */
	struct listener *v;                /* as many as the configuration has */
	size_t open;                       /* not closed yet */
	uint64_t ack_number;
};

/* -- opening ---------------------------------------------------------------------------------------- */

/* Of that listener, but for the feeds it chooses among. */
static struct ww_intake_settings
intake_settings(struct ww_listeners *l, const struct ww_listener *c)
{
	return (struct ww_intake_settings){ .loop = l->set.loop,
		.writer = l->set.writer,
		.refused = l->set.refused,
		.awaits = l->set.awaits,
		.clock = l->set.clock,
		.max_message = c->max_message,
		.max_segments = c->max_segments,
		.arena = l->set.config->limits.arena,
		.number = &l->ack_number };
}

static ww_status
open_intake(struct ww_listeners *l, struct ww_ctx *cx, size_t i)
{
	const struct ww_listener *c = &l->set.config->listeners[i];
	struct ww_intake_settings is = intake_settings(l, c);
	ww_status s = ww_choose_new(cx, l->set.config, c->name, &l->v[i].choose);

	is.choose = l->v[i].choose;
	return s == WW_OK ? ww_intake_new(cx, &is, &l->v[i].intake) : s;
}

/* In enhanced mode a message may ask for what has no way out: who set it up so should know before the first one comes. */
static void
log_feed(const struct ww_feed *f)
{
	ww_log(WW_LOG_INFO, "listener=%.*s feed=%.*s zone=%.*s", WW_STR_FMT(f->on),
	    WW_STR_FMT(f->name), WW_STR_FMT(f->zone_name));
	if (f->ack.mode != WW_ACK_ORIGINAL && f->ack.when != WW_ACK_NOT && !f->ack.on_connection &&
	    f->ack.to.n == 0)
		ww_log(WW_LOG_WARN,
		    "feed=%.*s ack=no-application reason=\"application acknowledgements go "
		    "nowhere "
		    "(feeds[].ack.application)\"",
		    WW_STR_FMT(f->name));
}

static void
log_feeds(const struct ww_config *c, ww_str listener)
{
	for (size_t i = 0; i < c->feeds_n; i++)
		if (ww_str_eq(c->feeds[i].on, listener))
			log_feed(&c->feeds[i]);
}

static void
warn(void *arg, ww_str listener, const char *text)
{
	(void)arg;
	ww_log(WW_LOG_WARN, "listener=%.*s warning=\"%s\"", WW_STR_FMT(listener), text);
}

/* Certificates are dated by the true time, whatever clock the engine was given. */
static int64_t
true_time(void)
{
	struct ww_clock real = ww_clock_system();

	return ww_clock_now(&real);
}

static ww_status
take_networks(struct ww_ctx *cx, struct ww_texts texts, struct ww_network **out)
{
	*out = calloc(texts.n + 1, sizeof(**out));
	if (*out == NULL)
		return ww_fail_memory(cx);
	for (size_t n = 0; n < texts.n; n++) {
		bool good = ww_network_parse(texts.v[n], &(*out)[n]);

		assert(good); /* the check of the configuration saw to it */
		(void)good;
	}
	return WW_OK;
}

/* Who may come, and how: what the configuration has as texts and files becomes networks and certificates of v. */
static ww_status
open_door(struct ww_listeners *l, struct ww_ctx *cx, size_t i)
{
	const struct ww_listener *c = &l->set.config->listeners[i];
	const struct ww_certificates_say say = { .warn = warn };
	struct listener *v = &l->v[i];
	ww_status s = take_networks(cx, c->peers, &v->networks);

	if (s == WW_OK)
		s = take_networks(cx, c->proxies, &v->proxies);
	if (s != WW_OK || c->tls.cert.n == 0)
		return s;
	return ww_certificates_open(cx, c, say, true_time(), &v->certificates);
}

/* NULL: without encryption. */
static struct ww_tls *
tls_of(const struct listener *v)
{
	return v->certificates != NULL ? ww_certificates_tls(v->certificates) : NULL;
}

static ww_status
open_mllp(struct ww_listeners *l, struct ww_ctx *cx, size_t i)
{
	const struct ww_listener *c = &l->set.config->listeners[i];
	struct ww_mllp_in_settings ms = { .address = c->mllp,
		.max_message = c->max_message,
		.max_connections = c->max_connections,
		.peer_connections = c->peer_connections,
		.peer_rate = c->peer_rate,
		.frame_timeout = c->frame_timeout,
		.frame_deadline = c->frame_deadline,
		.idle_timeout = c->idle_timeout,
		.accept_queue = c->accept_queue,
		.release = c->release,
		.max_pending = PENDING_PER_CONNECTION,
		.room = l->room,
		.on_frame = ww_frames_take,
		.on_too_big = ww_frames_too_big };
	ww_status s = open_intake(l, cx, i);

	if (s == WW_OK)
		s = open_door(l, cx, i);
	if (s != WW_OK)
		return s;
	ms.networks = l->v[i].networks;
	ms.networks_n = c->peers.n;
	ms.tls = tls_of(&l->v[i]);
	ms.handshake_timeout = c->tls.handshake_timeout;
	ms.arg = l->v[i].intake;
	s = ww_mllp_in_open(l->set.loop, cx, &ms, &l->v[i].in);
	if (s != WW_OK)
		return s;
	l->open++;
	ww_log(
	    WW_LOG_INFO, "listener=%.*s mllp=%u", WW_STR_FMT(c->name), ww_mllp_in_port(l->v[i].in));
	log_feeds(l->set.config, c->name);
	return WW_OK;
}

/* How an HTTP listener is reached, once its door is open. */
static struct ww_http_server_settings
net_of(struct ww_listeners *l, size_t i)
{
	const struct ww_listener *c = &l->set.config->listeners[i];
	const struct listener *v = &l->v[i];

	return (struct ww_http_server_settings){ .room = l->room,
		.networks = v->networks,
		.networks_n = c->peers.n,
		.proxies = v->proxies,
		.proxies_n = c->proxies.n,
		.tls = tls_of(v),
		.handshake_timeout = c->tls.handshake_timeout };
}

static ww_status
open_fhir(struct ww_listeners *l, struct ww_ctx *cx, size_t i)
{
	const struct ww_listener *c = &l->set.config->listeners[i];
	struct listener *v = &l->v[i];
	struct ww_fhir_door_settings ds = { .loop = l->set.loop,
		.writer = l->set.writer,
		.refused = l->set.refused,
		.awaits = l->set.awaits,
		.view = l->set.view,
		.config = l->set.config,
		.folder = l->set.folder,
		.profiles = l->profiles,
		.listener = c,
		.clock = l->set.clock };
	ww_status s = open_door(l, cx, i);
	const struct ww_http_server_settings net = net_of(l, i);
	const struct ww_intake_settings is = intake_settings(l, c);

	if (s == WW_OK)
		s = ww_fhir_listener_open(cx, &ds, &net, &is, &v->fhir);
	if (s != WW_OK)
		return s;
	v->fhir_open = true;
	l->open++;
	ww_log(WW_LOG_INFO, "listener=%.*s fhir=%u", WW_STR_FMT(c->name),
	    ww_fhir_listener_port(v->fhir));
	log_feeds(l->set.config, c->name);
	return WW_OK;
}

static ww_status
open_console(struct ww_listeners *l, struct ww_ctx *cx, size_t i)
{
	const struct ww_listener *c = &l->set.config->listeners[i];
	struct listener *v = &l->v[i];
	const struct ww_console_settings cs = { .loop = l->set.loop,
		.writer = l->set.writer,
		.awaits = l->set.awaits,
		.view = l->set.view,
		.config = l->set.config,
		.folder = l->set.folder,
		.listener = c,
		.clock = l->set.clock };
	ww_status s = open_door(l, cx, i);
	const struct ww_http_server_settings net = net_of(l, i);

	if (s == WW_OK)
		s = ww_console_open(cx, &cs, &net, &v->console);
	if (s != WW_OK)
		return s;
	v->console_open = true;
	l->open++;
	ww_log(WW_LOG_INFO, "listener=%.*s console=%u", WW_STR_FMT(c->name),
	    ww_console_port(v->console));
	return WW_OK;
}

/* New handshakes take what the files have now; connections that are open live on. */
static void
look_at_certificates(struct ww_listeners *l, bool always)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };

	for (size_t i = 0; cx.arena != NULL && i < l->set.config->listeners_n; i++) {
		struct listener *v = &l->v[i];
		ww_str name = l->set.config->listeners[i].name;
		bool renewed = false;
		ww_status s;

		if (v->certificates == NULL || (v->in == NULL && !v->fhir_open && !v->console_open))
			continue;
		cx.fail = (struct ww_failure){ .status = WW_OK };
		s = ww_certificates_look(v->certificates, &cx, always, true_time(), &renewed);
		if (renewed && v->in != NULL)
			ww_mllp_in_renew(v->in, tls_of(v));
		else if (renewed && v->console_open)
			ww_console_renew(v->console, tls_of(v));
		else if (renewed)
			ww_fhir_listener_renew(v->fhir, tls_of(v));
		if (s != WW_OK)
			ww_log(WW_LOG_ERROR,
			    "listener=%.*s certificates=kept code=WW-%03d place=%s reason=\"%s\"",
			    WW_STR_FMT(name), ww_status_number(s), cx.fail.place, cx.fail.reason);
		else if (renewed)
			ww_log(WW_LOG_INFO, "listener=%.*s certificates=renewed", WW_STR_FMT(name));
	}
	ww_arena_free(cx.arena);
}

static void
on_look(void *arg)
{
	look_at_certificates(arg, false);
}

/* The keys by which clients of FHIR listeners and consoles show who they are. */
static void
look_at_keys(struct ww_listeners *l)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };

	for (size_t i = 0; cx.arena != NULL && i < l->set.config->listeners_n; i++) {
		const struct ww_listener *c = &l->set.config->listeners[i];
		ww_status s;

		if ((!l->v[i].fhir_open && !l->v[i].console_open) || c->auth != WW_AUTH_TOKENS)
			continue;
		ww_ctx_clear(&cx);
		s = l->v[i].console_open ? ww_console_reload(l->v[i].console, &cx)
		                         : ww_fhir_listener_reload(l->v[i].fhir, &cx);
		if (s != WW_OK)
			ww_log(WW_LOG_ERROR, "listener=%.*s keys=kept code=WW-%03d reason=\"%s\"",
			    WW_STR_FMT(c->name), ww_status_number(s), cx.fail.reason);
		else
			ww_log(WW_LOG_INFO, "listener=%.*s keys=read", WW_STR_FMT(c->name));
	}
	ww_arena_free(cx.arena);
}

static void
on_hangup(void *arg)
{
	look_at_certificates(arg, true);
	look_at_keys(arg);
}

static ww_status
open_dir(struct ww_listeners *l, struct ww_ctx *cx, size_t i)
{
	const struct ww_listener *c = &l->set.config->listeners[i];
	struct listener *v = &l->v[i];
	ww_status s = open_intake(l, cx, i);
	struct ww_dir_feed_settings fs = { .loop = l->set.loop,
		.intake = v->intake,
		.room = l->room,
		.batch = s == WW_OK ? ww_choose_fallback(v->choose)->ack.batch : WW_ACK_BATCH_ALL,
		.clock = l->set.clock,
		.number = &l->ack_number };

	if (s == WW_OK)
		s = ww_dir_listener_open(cx, c, l->set.fs, &fs, &v->dir);
	if (s != WW_OK)
		return s;
	v->dir_open = true;
	l->open++;
	log_feeds(l->set.config, c->name);
	return WW_OK;
}

static ww_status
make_room(struct ww_listeners *l, struct ww_ctx *cx)
{
	const struct ww_limits *limits = &l->set.config->limits;
	const struct ww_mllp_room_settings rs = { .frames = limits->backlog,
		.bytes = limits->backlog_bytes,
		.open = limits->open_bytes,
		.connections = ww_descriptors_for(l->set.config) };

	return ww_mllp_room_new(l->set.loop, cx, &rs, &l->room);
}

static ww_status
open_one(struct ww_listeners *l, struct ww_ctx *cx, size_t i)
{
	const struct ww_listener *c = &l->set.config->listeners[i];

	if (c->fhir.n > 0)
		return open_fhir(l, cx, i);
	if (c->console.n > 0)
		return open_console(l, cx, i);
	return c->dir.n > 0 ? open_dir(l, cx, i) : open_mllp(l, cx, i);
}

/* What of the profiles is not checked is said once, here. */
static ww_status
open_profiles(struct ww_listeners *l, struct ww_ctx *cx)
{
	ww_status s = ww_profiles_open(l->set.fs, cx, l->set.config, &l->profiles);
	ww_str note;
	size_t i;

	if (s != WW_OK || l->profiles == NULL)
		return s;
	for (i = 0; (note = ww_fhir_profiles_note(l->profiles, i)).n > 0; i++)
		ww_log(WW_LOG_INFO, "profile=partly reason=\"%.*s\"", WW_STR_FMT(note));
	ww_log(WW_LOG_INFO, "profiles=%zu notes=%zu", ww_fhir_profiles_count(l->profiles), i);
	return WW_OK;
}

ww_status
ww_listeners_open(
    struct ww_ctx *cx, const struct ww_listeners_settings *s, struct ww_listeners **out)
{
	struct ww_listeners *l = calloc(1, sizeof(*l));
	ww_status st;

	if (l == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "listeners");
	*out = l;
	l->set = *s;
	/* Unique over restarts: a thousand answers a millisecond are more than there can be. */
	l->ack_number = (uint64_t)true_time() * 1000;
	l->v = calloc(s->config->listeners_n + 1, sizeof(*l->v));
	if (l->v == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "listeners");
	st = make_room(l, cx);
	if (st == WW_OK)
		st = open_profiles(l, cx);
	for (size_t i = 0; st == WW_OK && i < s->config->listeners_n; i++)
		st = open_one(l, cx, i);
	if (st == WW_OK)
		st = ww_loop_on_hangup(s->loop, cx, on_hangup, l);
	if (st == WW_OK)
		st = ww_loop_timer_new(s->loop, cx, LOOK_MS, on_look, l, &l->look);
	return st;
}

/* -- open ------------------------------------------------------------------------------------------- */

void
ww_listeners_pause(struct ww_listeners *l, bool paused)
{
	for (size_t i = 0; i < l->set.config->listeners_n; i++)
		if (l->v[i].dir != NULL)
			ww_dir_listener_pause(l->v[i].dir, paused);
		else if (l->v[i].fhir != NULL)
			ww_fhir_listener_pause(l->v[i].fhir, paused);
		else if (l->v[i].console != NULL)
			ww_console_pause(l->v[i].console, paused);
		else
			ww_mllp_in_pause(l->v[i].in, paused);
}

static void
report_folder(struct ww_ctx *cx, const struct listener *v, struct ww_json *o)
{
	const char *trouble = ww_dir_listener_trouble(v->dir);

	if (trouble[0] != '\0')
		ww_json_set_cstr(cx, o, "trouble", trouble);
}

static void
report_connections(
    struct ww_ctx *cx, const struct listener *v, const struct ww_listener *c, struct ww_json *o)
{
	uint64_t connections, frames, noise, outside, handshakes;

	ww_mllp_in_counts(v->in, &connections, &frames, &noise);
	ww_mllp_in_refused(v->in, &outside, &handshakes);
	ww_json_set_int(cx, o, "messages", (int64_t)frames);
	ww_json_set_int(cx, o, "connections", (int64_t)connections);
	ww_json_set_int(cx, o, "most", c->max_connections);
	ww_json_set_int(cx, o, "turned-away", (int64_t)ww_mllp_in_turned_away(v->in));
	ww_json_set_int(cx, o, "not-allowed", (int64_t)outside);
	if (v->certificates != NULL)
		ww_json_set_int(cx, o, "handshakes-failed", (int64_t)handshakes);
}

static void
report_certificate(struct ww_ctx *cx, const struct listener *v, struct ww_json *o)
{
	struct ww_buf until = { 0 };

	if (v->certificates == NULL)
		return;
	ww_time_write_fhir(
	    ww_time_at(ww_tls_until(ww_certificates_tls(v->certificates)), NULL), &until);
	ww_json_set_str(cx, o, "certificate-until", ww_buf_view(&until));
	ww_buf_free(&until);
}

void
ww_listeners_report(const struct ww_listeners *l, struct ww_ctx *cx, struct ww_json *list)
{
	for (size_t i = 0; i < l->set.config->listeners_n; i++) {
		const struct ww_listener *c = &l->set.config->listeners[i];
		const struct listener *v = &l->v[i];
		struct ww_json *o;

		if (v->dir == NULL && v->in == NULL && !v->fhir_open && !v->console_open)
			continue;
		o = ww_json_add(cx, list, ww_json_object(cx));
		ww_json_set_str(cx, o, "name", c->name);
		if (v->intake != NULL)
			ww_json_set_int(cx, o, "application-acks-unsent",
			    (int64_t)ww_intake_undelivered(v->intake));
		if (v->dir != NULL)
			report_folder(cx, v, o);
		else if (v->fhir != NULL)
			ww_fhir_listener_report(v->fhir, cx, o);
		else if (v->console != NULL)
			ww_console_report(v->console, cx, o);
		else
			report_connections(cx, v, c, o);
		report_certificate(cx, v, o);
	}
}

static unsigned
port_of(const struct listener *v)
{
	if (v->in != NULL)
		return ww_mllp_in_port(v->in);
	return v->console_open ? ww_console_port(v->console) : ww_fhir_listener_port(v->fhir);
}

void
ww_listeners_ports(const struct ww_listeners *l, struct ww_buf *out)
{
	for (size_t i = 0; i < l->set.config->listeners_n; i++)
		if (l->v[i].in != NULL || l->v[i].fhir_open || l->v[i].console_open)
			ww_buf_printf(out, "%.*s %u\n",
			    WW_STR_FMT(l->set.config->listeners[i].name), port_of(&l->v[i]));
}

/* -- closing ---------------------------------------------------------------------------------------- */

static void
on_closed(void *arg)
{
	struct ww_listeners *l = arg;

	if (--l->open == 0)
		l->set.closed(l->set.arg);
}

bool
ww_listeners_close(struct ww_listeners *l)
{
	bool any = l->open > 0;

	for (size_t i = 0; any && i < l->set.config->listeners_n; i++) {
		struct ww_mllp_in *in = l->v[i].in;

		l->v[i].in = NULL;
		if (in != NULL)
			ww_mllp_in_close(in, GRACE_MS, on_closed, l);
		if (l->v[i].dir_open)
			ww_dir_listener_close(l->v[i].dir, GRACE_MS, on_closed, l);
		l->v[i].dir_open = false;
		if (l->v[i].fhir_open)
			ww_fhir_listener_close(l->v[i].fhir, GRACE_MS, on_closed, l);
		l->v[i].fhir_open = false;
		if (l->v[i].console_open)
			ww_console_close(l->v[i].console, GRACE_MS, on_closed, l);
		l->v[i].console_open = false;
	}
	return any;
}

void
ww_listeners_free(struct ww_listeners *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; l->v != NULL && i < l->set.config->listeners_n; i++) {
		ww_intake_free(l->v[i].intake); /* which has its last words on files */
		ww_dir_listener_free(l->v[i].dir);
		ww_fhir_listener_free(l->v[i].fhir);
		ww_console_free(l->v[i].console);
		ww_choose_free(l->v[i].choose);
		ww_certificates_close(l->v[i].certificates);
		free(l->v[i].networks);
		free(l->v[i].proxies);
	}
	free(l->v);
	ww_loop_timer_free(l->look);
	ww_mllp_room_free(l->room);
	ww_fhir_profiles_free(l->profiles);
	free(l);
}
