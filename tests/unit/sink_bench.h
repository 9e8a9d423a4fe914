/* The sink that forwards messages to a server in the thread of the test, for each protocol. Time is told. */
#ifndef WW_TESTS_SINK_BENCH_H
#define WW_TESTS_SINK_BENCH_H

#include "tests/unit/server.h"
#include "tests/unit/tls_pair.h"

#include <wardwire/config.h>
#include <wardwire/ctx.h>
#include <wardwire/log.h>
#include <wardwire/sink.h>

enum { TIMEOUT = 10 };

static struct certs certs;

struct bench {
	struct ww_ctx cx;
	struct server server;
	char base[64]; /* where the server is */
	int64_t now;   /* ms */
	struct ww_sink sink;
	unsigned calls; /* requests that have ended */
	struct ww_answer last;
	char reason[192];
};

static inline int64_t
told(void *self)
{
	const struct bench *b = self;

	return b->now;
}

/* The server listens already; it is reached by that URL, with its port in the place of %u. */
#define bench_open(b, url)                                                                         \
	do {                                                                                       \
		const struct ww_sink_settings set_ = { .ticks = { told, (b) } };                   \
		(b)->now = 1000;                                                                   \
		(b)->cx.arena = ww_arena_new(0);                                                   \
		(void)snprintf((b)->base, sizeof((b)->base), url, (b)->server.port);               \
		ck_assert_int_eq(ww_sink_open(&(b)->cx, &set_, &(b)->sink), WW_OK);                \
		ww_log_set_level(WW_LOG_ERROR);                                                    \
	} while (0)

#define SET_UP(b, ...)                                                                             \
	static const struct line script[] = { __VA_ARGS__ };                                       \
	struct bench b;                                                                            \
	set_up(&b, script, UNIT_COUNT(script))

static inline void
tear_down(struct bench *b)
{
	b->sink.ops->close(b->sink.self);
	server_close(&b->server);
	ww_arena_free(b->cx.arena);
}

static inline void
on_answer(void *arg, const struct ww_answer *a)
{
	struct bench *b = arg;

	b->calls++;
	b->last = *a;
	(void)snprintf(b->reason, sizeof(b->reason), "%s", a->reason);
}

static inline struct ww_request
request(struct bench *b, const char *body)
{
	return (struct ww_request){ .verb = WW_VERB_FORWARD,
		.base = ww_str_from(b->base),
		.type = ww_str_empty(),
		.key = WW_STR("k1"),
		.remote_id = ww_str_empty(),
		.etag = ww_str_empty(),
		.body = ww_str_from(body),
		.lane = WW_STR("all"),
		.timeout = TIMEOUT };
}

static inline void
start(struct bench *b, struct ww_request r)
{
	unsigned calls = b->calls;

	ck_assert_int_eq(b->sink.ops->send(b->sink.self, &b->cx, &r, on_answer, b), WW_OK);
	ck_assert_uint_eq(b->calls, calls); /* never from inside send */
}

static inline void
turn(struct bench *b)
{
	b->sink.ops->poll(b->sink.self, 2);
	serve(&b->server);
}

static inline void
wait_for(struct bench *b, unsigned calls)
{
	while (b->calls < calls)
		turn(b);
	ck_assert_uint_eq(b->calls, calls);
}

static inline void
deliver(struct bench *b, struct ww_request r)
{
	unsigned calls = b->calls;

	start(b, r);
	wait_for(b, calls + 1);
}

static inline void
ends(struct bench *b, const char *body, enum ww_result result, const char *reason)
{
	deliver(b, request(b, body));
	ck_assert_msg(
	    b->last.result == result, "%s: %s", ww_result_text(b->last.result), b->reason);
	ck_assert_str_eq(b->reason, reason);
}

/* -- TLS: certificates are made once, in main ------------------------------------------------------------- */

/* The server speaks TLS with that certificate, and wants one by ca (NULL: none). */
static inline void
secure(struct bench *b, const char *name, const char *ca)
{
	const struct ww_tls_settings set = certs_settings(&certs, true, name, ca);

	ck_assert_int_eq(ww_tls_open(&b->cx, &set, &b->server.tls), WW_OK);
}

/* An endpoint's, with certificates of those names; NULL: not given. */
static inline struct ww_endpoint_tls
trusts(const char *ca, const char *own, const char *name)
{
	struct ww_tls_settings set = certs_settings(&certs, false, own, ca);

	return (struct ww_endpoint_tls){ .ca = ww_str_from(set.ca),
		.cert = ww_str_from(set.cert),
		.key = ww_str_from(set.key),
		.name = ww_str_from(name) };
}

#endif
