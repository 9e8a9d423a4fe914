/* The part of the sink that sends messages over MLLP: an endpoint's connections, kept open, each with one message under way;
 * what one message's fate is. What goes over a connection is in mllp_client.c. */
#include "codec/ack_plan.h"
#include "codec/mllp.h"
#include "link/address.h"
#include "link/hl7_class.h"
#include "link/http_out.h"
#include "link/mllp_client.h"
#include "link/sink.h"
#include "link/tls.h"
#include "link/watch.h"

#include <wardwire/buf.h>
#include <wardwire/config.h>
#include <wardwire/ctx.h>
#include <wardwire/hl7v2.h>
#include <wardwire/log.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ANSWER_MEMORY ((size_t)64 << 20) /* to read an answer of 1 MiB */
#define CONNECT_MS INT64_C(5000)
#define TELL_MS INT64_C(60000) /* between two lines about the same */

enum { LINES_MOST = 64 }; /* connections to one endpoint */

struct sink;

/* One message on its way. */
struct job {
	struct ww_buf frame; /* until it is handed to a connection */
	struct ww_buf control_id;
	int64_t deadline;
	bool insist;
	bool silent; /* it asks for no acknowledgement */
	bool reuses; /* its connection was at rest before */
	ww_sink_done *done;
	void *arg;
};

/* A connection, or one that is being made. */
struct line {
	struct line *next;
	struct target *target;
	struct ww_buf lane;            /* that used it last */
	struct ww_mllp_client *client; /* NULL: none yet */
	int64_t used;                  /* ms: when it was last taken */
	uint64_t ignored;              /* of the client, as far as they are counted */
	struct job job;
	bool busy;    /* there is a job */
	bool dialing; /* a connection is being made */
	bool handed;  /* the job's frame is the client's */
	size_t place; /* in the watch */
};

/* An endpoint. Kept for good: there are as many as the configuration has. */
struct target {
	struct target *next;
	struct sink *sink;
	struct ww_buf base;
	const struct ww_endpoint_tls *tls; /* NULL: mllp:// */
	struct ww_address address;
	struct line *lines;
	size_t lines_n;
	uint64_t ignored; /* answers to nothing that are not told yet */
	int64_t told_at;  /* ms: of the last line about them */
	bool told;        /* there was one */
	bool unusable;    /* the files for TLS, when they were read last */
};

struct sink {
	struct ww_clock ticks;
	struct ww_http *http;
	struct target *targets;
	struct ww_ctx cx; /* of the answer being read */
	char reason[96];  /* of the answer being given */
	bool ended;       /* a job, since the last step */
};

/* -- ends -------------------------------------------------------------------------------------------- */

static void
drop_client(struct line *l)
{
	ww_mllp_client_free(l->client);
	l->client = NULL;
	l->ignored = 0;
}

/* The job is over. The line is free for another one, its connection as it is. */
static void
end_job(struct line *l, enum ww_result result, bool heard, const char *reason)
{
	struct ww_answer a = { .result = result,
		.remote_id = ww_str_empty(),
		.etag = ww_str_empty(),
		.status = ww_str_empty(),
		.heard = heard,
		.reason = reason };
	struct job job = l->job;

	l->job = (struct job){ .done = NULL };
	l->busy = false;
	l->target->sink->ended = true;
	job.done(job.arg, &a);
	ww_buf_free(&job.frame);
	ww_buf_free(&job.control_id);
}

/* The connection failed under the job: it goes, so that nothing that still comes by it is taken for an answer. */
static void
lose(struct line *l, const char *reason)
{
	drop_client(l);
	end_job(l, WW_RESULT_RETRY, false, reason);
}

static void
free_line(struct line *l)
{
	drop_client(l);
	ww_buf_free(&l->lane);
	free(l);
}

/* -- what answers nothing ---------------------------------------------------------------------------- */

/* A line when it begins and then one a minute, with how many there were: a receiver that does it with each message must not
 * fill the log. */
static void
note_ignored(struct line *l)
{
	struct target *t = l->target;
	uint64_t count = ww_mllp_client_ignored(l->client);
	int64_t now = ww_clock_now(&t->sink->ticks);

	t->ignored += count - l->ignored;
	l->ignored = count;
	if (t->ignored == 0 || (t->told && now - t->told_at < TELL_MS))
		return;
	ww_log(WW_LOG_WARN,
	    "to=%.*s answers=ignored count=%llu reason=\"they do not acknowledge the message that "
	    "was sent\"",
	    WW_STR_FMT(ww_buf_view(&t->base)), (unsigned long long)t->ignored);
	t->told = true;
	t->told_at = now;
	t->ignored = 0;
}

/* -- connections ------------------------------------------------------------------------------------- */

static void on_connected(void *arg, int fd, enum ww_http_end end);

static void
dial(struct line *l)
{
	struct sink *s = l->target->sink;
	int64_t left = l->job.deadline - ww_clock_now(&s->ticks);
	uint32_t most = left < 1 ? 1 : left < CONNECT_MS ? (uint32_t)left : (uint32_t)CONNECT_MS;

	ww_ctx_clear(&s->cx);
	if (ww_http_connect(s->http, &s->cx, &l->target->address, most, on_connected, l) == WW_OK)
		l->dialing = true;
	else
		lose(l, "no connection was tried");
}

/* Read anew for each connection: certificates are renewed while the engine runs. NULL: the files are not as they should be,
 * which is logged once. */
static struct ww_tls *
open_tls(struct target *t)
{
	struct ww_ctx *cx = &t->sink->cx;
	struct ww_tls_settings set = { .server = false };
	struct ww_tls *tls = NULL;

	ww_ctx_clear(cx);
	set.ca = t->tls->ca.n > 0 ? ww_arena_cstr(cx->arena, t->tls->ca) : NULL;
	set.cert = t->tls->cert.n > 0 ? ww_arena_cstr(cx->arena, t->tls->cert) : NULL;
	set.key = t->tls->key.n > 0 ? ww_arena_cstr(cx->arena, t->tls->key) : NULL;
	if (ww_tls_open(cx, &set, &tls) == WW_OK) {
		t->unusable = false;
		return tls;
	}
	ww_log(t->unusable ? WW_LOG_DEBUG : WW_LOG_ERROR,
	    "to=%.*s tls=none code=WW-%03d reason=\"%s\"", WW_STR_FMT(ww_buf_view(&t->base)),
	    ww_status_number(cx->fail.status), cx->fail.reason);
	t->unusable = true;
	return NULL;
}

/* NULL with *reason set: no connection can be made of the socket. */
static struct ww_mllp_client *
make_client(struct target *t, int fd, const char **reason)
{
	struct ww_mllp_client *c = NULL;
	struct ww_tls_conn *conn = NULL;
	struct ww_tls *tls = NULL;
	const char *name;

	*reason = "the machine is short of memory";
	if (t->tls != NULL) {
		tls = open_tls(t);
		if (tls == NULL) {
			*reason = "the files for TLS cannot be used";
			return NULL;
		}
		name = t->tls->name.n > 0 ? ww_arena_cstr(t->sink->cx.arena, t->tls->name)
		                          : t->address.host;
		conn = ww_tls_conn_new(
		    tls, fd, name); /* NULL, too, where there was no memory for the name */
		ww_tls_close(tls);
		if (conn == NULL)
			return NULL;
	}
	c = ww_mllp_client_new(fd, conn);
	if (c == NULL)
		ww_tls_conn_free(conn);
	return c;
}

static const char *const unconnected[WW_HTTP_ENDS] = {
	[WW_HTTP_NO_NAME] = "host name not found",
	[WW_HTTP_NO_CONNECT] = "no connection",
	[WW_HTTP_UNSENT] = "no connection was tried",
	[WW_HTTP_CLOSED] = "stopped before it was sent",
};

static void
on_connected(void *arg, int fd, enum ww_http_end end)
{
	struct line *l = arg;
	const char *reason = unconnected[end] != NULL ? unconnected[end] : "no connection";

	l->dialing = false;
	if (fd >= 0) {
		l->client = make_client(l->target, fd, &reason);
		if (l->client == NULL)
			close(fd);
	}
	if (l->client == NULL)
		lose(l, reason);
}

/* -- one line ---------------------------------------------------------------------------------------- */

static void
on_answered(struct line *l)
{
	struct ww_hl7_verdict v = ww_hl7_class_of(ww_mllp_client_code(l->client), l->job.insist);

	end_job(l, v.result, true, v.reason);
}

/* The connection is over; otherwise is the reason where TLS knows none. */
static void
on_over(struct line *l, const char *otherwise)
{
	const char *fault = ww_mllp_client_fault(l->client);
	struct sink *s = l->target->sink;

	if (fault != NULL)
		(void)snprintf(s->reason, sizeof(s->reason), "no TLS session: %s", fault);
	lose(l, fault != NULL ? s->reason : otherwise);
}

/* A message that asks for no acknowledgement may have been taken or not. Were it sent again, a receiver that heeds what it
 * asks for would get it for ever; were it taken for sent, one that hangs would swallow it. So a person decides, unless the
 * receiver's transport says that it has it. */
static void
on_silence(struct line *l)
{
	bool stored = ww_mllp_client_committed(l->client);

	drop_client(l);
	if (stored)
		end_job(l, WW_RESULT_SENT, true, "");
	else
		end_job(l, WW_RESULT_PARKED, true,
		    "no acknowledgement came, and the message asks for none");
}

static void
on_deadline(struct line *l)
{
	if (!l->handed || !ww_mllp_client_began(l->client))
		lose(l, "not sent in time");
	else if (!ww_mllp_client_sent(l->client))
		lose(l, "not read in time");
	else if (l->job.silent)
		on_silence(l);
	else
		lose(l, "no acknowledgement in time");
}

/* Of what ends a connection. */
static const char *const lost[] = {
	[WW_MLLP_CLIENT_NO_TLS] = "no TLS session",
	[WW_MLLP_CLIENT_GONE] = "connection closed before the acknowledgement",
	[WW_MLLP_CLIENT_STRANGE] = "what comes back is not MLLP",
	[WW_MLLP_CLIENT_NAK] = "the receiver could not store it",
	[WW_MLLP_CLIENT_SHORT] = "the machine is short of memory",
};

static void
take_end(struct line *l, enum ww_mllp_client_end end)
{
	if (end == WW_MLLP_CLIENT_WAITS)
		return;
	if (end == WW_MLLP_CLIENT_ANSWERED)
		on_answered(l);
	else if (!l->busy)
		drop_client(l);
	else
		on_over(l, lost[end]);
}

/* Before a message goes out by a connection that was at rest, what came meanwhile is read. One that the peer has closed is
 * replaced: nothing was lost by it. */
static void
hand_over(struct line *l)
{
	enum ww_mllp_client_end end = ww_mllp_client_step(l->client, &l->target->sink->cx);

	note_ignored(l);
	if (end != WW_MLLP_CLIENT_WAITS && l->job.reuses) {
		drop_client(l);
		l->job.reuses = false;
		dial(l);
	} else if (end != WW_MLLP_CLIENT_WAITS) {
		take_end(l, end);
	} else if (ww_mllp_client_send(l->client, &l->job.frame, ww_buf_view(&l->job.control_id))) {
		l->handed = true;
	} else {
		lose(l, lost[WW_MLLP_CLIENT_SHORT]);
	}
}

/* seen: whether its socket has something for us. */
static void
work(struct line *l, bool seen)
{
	struct sink *s = l->target->sink;
	bool fresh = l->busy && !l->handed;

	if (l->dialing)
		return;
	if (l->client == NULL && l->busy) {
		dial(l);
		return;
	}
	if (l->client != NULL && fresh)
		hand_over(l);
	if (l->client != NULL && (seen || fresh)) {
		enum ww_mllp_client_end end = ww_mllp_client_step(l->client, &s->cx);

		note_ignored(l);
		take_end(l, end);
	}
	if (l->client != NULL && l->busy && ww_clock_now(&s->ticks) >= l->job.deadline)
		on_deadline(l);
}

/* -- the part ---------------------------------------------------------------------------------------- */

static bool
mllp_step(void *self, const struct ww_watch *w)
{
	struct sink *s = self;
	bool ended;

	for (struct target *t = s->targets; t != NULL; t = t->next) {
		for (struct line *l = t->lines; l != NULL; l = l->next)
			work(l, w != NULL && ww_watch_seen(w, l->place) != 0);
	}
	ended = s->ended;
	s->ended = false;
	return ended;
}

static void
mllp_watch(void *self, struct ww_watch *w)
{
	struct sink *s = self;

	for (struct target *t = s->targets; t != NULL; t = t->next) {
		for (struct line *l = t->lines; l != NULL; l = l->next) {
			l->place = WW_WATCH_NONE;
			if (l->client == NULL)
				continue;
			l->place = ww_watch_add(
			    w, ww_mllp_client_fd(l->client), ww_mllp_client_events(l->client));
			if (l->busy)
				ww_watch_until(w, l->job.deadline);
		}
	}
}

/* NULL: short of memory, or no address (*s). */
static struct target *
new_target(struct sink *s, struct ww_ctx *cx, const struct ww_request *r)
{
	ww_str address, scheme = ww_str_cut(r->base, ':', &address);
	struct target *t = calloc(1, sizeof(*t));

	if (t == NULL) {
		(void)ww_fail_memory(cx);
		return NULL;
	}
	t->sink = s;
	t->tls = ww_str_is(scheme, "mllps") ? r->tls : NULL;
	ww_buf_str_add(&t->base, r->base);
	if (t->base.error != WW_OK)
		(void)ww_fail_memory(cx);
	else if (!ww_str_starts(address, WW_STR("//")) ||
	         !ww_address_split(ww_str_sub(address, 2, address.n), &t->address) ||
	         (ww_str_is(scheme, "mllps") && t->tls == NULL))
		(void)ww_fail(cx, WW_E_CONFIG, NULL, "the address cannot be used");
	else
		return t;
	ww_buf_free(&t->base);
	free(t);
	return NULL;
}

static struct target *
target_of(struct sink *s, struct ww_ctx *cx, const struct ww_request *r)
{
	struct target *t;

	for (t = s->targets; t != NULL; t = t->next) {
		if (ww_str_eq(ww_buf_view(&t->base), r->base) &&
		    (t->tls == NULL || t->tls == r->tls))
			return t;
	}
	t = new_target(s, cx, r);
	if (t != NULL) {
		t->next = s->targets;
		s->targets = t;
	}
	return t;
}

/* The lane's own line if it is free, else one without a connection, else a new one, else the one whose lane has been at rest
 * for longest. NULL, recorded: there is none. */
static struct line *
line_of(struct target *t, struct ww_ctx *cx, ww_str lane)
{
	struct line *empty = NULL, *oldest = NULL, *l;

	for (l = t->lines; l != NULL; l = l->next) {
		if (l->busy)
			continue;
		if (ww_str_eq(ww_buf_view(&l->lane), lane))
			return l;
		if (l->client == NULL)
			empty = l;
		else if (oldest == NULL || l->used < oldest->used)
			oldest = l;
	}
	if (empty != NULL)
		return empty;
	if (t->lines_n == LINES_MOST) {
		if (oldest == NULL)
			(void)ww_fail(
			    cx, WW_E_BUSY, NULL, "all %d connections are taken", LINES_MOST);
		return oldest;
	}
	l = calloc(1, sizeof(*l));
	if (l == NULL) {
		(void)ww_fail_memory(cx);
		return NULL;
	}
	l->target = t;
	l->place = WW_WATCH_NONE;
	l->next = t->lines;
	t->lines = l;
	t->lines_n++;
	return l;
}

/* Nothing is to come when all is well. */
static bool
is_silent(struct ww_ctx *cx, const struct ww_hl7 *m)
{
	struct ww_ack_plan plan = ww_ack_plan_of(cx, m, WW_ACK_BY_MESSAGE);

	return !ww_ack_is_due(plan.accept, true);
}

static ww_status
make_job(struct ww_ctx *cx, const struct ww_request *r, struct job *job)
{
	const struct ww_hl7 *m;
	ww_str control_id;
	ww_status s = ww_hl7_class_open(cx, r->body, &m, &control_id);

	if (s != WW_OK)
		return s;
	if (!ww_mllp_write(r->body, &job->frame))
		return ww_fail(
		    cx, WW_E_VALUE, NULL, "the message has a byte that MLLP cannot carry");
	ww_buf_str_add(&job->control_id, control_id);
	job->silent = is_silent(cx, m);
	return job->frame.error == WW_OK && job->control_id.error == WW_OK ? WW_OK
	                                                                   : ww_fail_memory(cx);
}

static ww_status
place_job(struct sink *s, struct ww_ctx *cx, const struct ww_request *r, struct job *job)
{
	struct target *t = target_of(s, cx, r);
	struct line *l = t != NULL ? line_of(t, cx, r->lane) : NULL;

	if (l == NULL)
		return cx->fail.status;
	ww_buf_clear(&l->lane);
	ww_buf_str_add(&l->lane, r->lane);
	if (l->lane.error != WW_OK)
		return ww_fail_memory(cx);
	if (l->client != NULL && ww_mllp_client_last(l->client, ww_buf_view(&job->control_id)))
		drop_client(l);
	job->reuses = l->client != NULL;
	l->used = ww_clock_now(&s->ticks);
	l->job = *job;
	l->busy = true;
	l->handed = false;
	return WW_OK;
}

static ww_status
mllp_send(void *self, struct ww_ctx *cx, const struct ww_request *r, ww_sink_done *done, void *arg)
{
	struct sink *s = self;
	struct job job = { .deadline = ww_clock_now(&s->ticks) + (int64_t)r->timeout * 1000,
		.insist = r->insist,
		.done = done,
		.arg = arg };
	ww_status status = make_job(cx, r, &job);

	if (status == WW_OK)
		status = place_job(s, cx, r, &job);
	if (status != WW_OK) {
		ww_buf_free(&job.frame);
		ww_buf_free(&job.control_id);
	}
	return status;
}

static void
free_target(struct target *t)
{
	struct line *l;

	while ((l = t->lines) != NULL) {
		t->lines = l->next;
		if (l->busy)
			lose(l, "stopped before the acknowledgement");
		free_line(l);
	}
	ww_buf_free(&t->base);
	free(t);
}

static void
mllp_close(void *self)
{
	struct sink *s = self;
	struct target *t;

	while ((t = s->targets) != NULL) {
		s->targets = t->next;
		free_target(t);
	}
	ww_arena_free(s->cx.arena);
	free(s);
}

ww_status
ww_mllp_sink_part(
    struct ww_ctx *cx, struct ww_http *http, struct ww_clock ticks, struct ww_sink_part *out)
{
	static const struct ww_sink_part_ops ops = { .name = "mllp",
		.send = mllp_send,
		.step = mllp_step,
		.watch = mllp_watch,
		.close = mllp_close };
	struct sink *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return ww_fail_memory(cx);
	s->ticks = ticks;
	s->http = http;
	s->cx.arena = ww_arena_new(ANSWER_MEMORY);
	if (s->cx.arena == NULL) {
		free(s);
		return ww_fail_memory(cx);
	}
	*out = (struct ww_sink_part){ .ops = &ops, .self = s };
	return WW_OK;
}
