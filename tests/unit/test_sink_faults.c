/* The sink on a machine in trouble: memory that runs out at each allocation in turn, and calls on sockets that fail in each
 * way in turn. A message is then tried again, never lost, never refused for good, never settled by what did not settle it. */
#define ALLOC_OURS
#include "tests/unit/alloc_fail.h"

#include "tests/unit/mllp_server.h"

#include <wardwire/ctx.h>
#include <wardwire/log.h>
#include <wardwire/sink.h>

/* -- calls that fail ------------------------------------------------------------------------------------ */

static long calls_left; /* until one fails; 0: none does */
static int calls_errno;
static bool calls_failed;

ssize_t __real_recv(int fd, void *p, size_t n, int flags);
ssize_t __real_send(int fd, const void *p, size_t n, int flags);
ssize_t __wrap_recv(int fd, void *p, size_t n, int flags);
ssize_t __wrap_send(int fd, const void *p, size_t n, int flags);

static bool
call_fails(void)
{
	if (calls_left <= 0 || --calls_left > 0)
		return false;
	calls_failed = true;
	errno = calls_errno;
	return true;
}

ssize_t
__wrap_recv(int fd, void *p, size_t n, int flags)
{
	return call_fails() ? -1 : __real_recv(fd, p, n, flags);
}

ssize_t
__wrap_send(int fd, const void *p, size_t n, int flags)
{
	return call_fails() ? -1 : __real_send(fd, p, n, flags);
}

/* -- the bench ------------------------------------------------------------------------------------------- */

struct bench {
	struct ww_ctx cx;
	struct server server;
	char base[64];
	struct ww_sink sink;
	unsigned calls;
	enum ww_result result;
	char reason[192];
	long allocations, sockets; /* until the next failure, while the sink is at work */
	bool failed;
};

#define MESSAGE "MSH|^~\\&|ADT|MERCY|LAB|LAB|20260302080000||ADT^A01|C1|P|2.5.1\rPID|1||17\r"
#define ANSWER "MSH|^~\\&|LAB|R|S|S|20260302||ACK|L1|P|2.5.1\rMSA|AA|C1\r"

/* Around what the sink does: what fails is its own. */
static void
trouble(struct bench *b)
{
	alloc_arm(b->allocations);
	calls_left = b->sockets;
	calls_failed = false;
}

static void
peace(struct bench *b)
{
	b->allocations = atomic_load(&alloc_left);
	b->sockets = calls_left;
	b->failed = alloc_disarm() || calls_failed || b->failed;
	calls_left = 0;
}

static void
on_answer(void *arg, const struct ww_answer *a)
{
	struct bench *b = arg;

	b->calls++;
	b->result = a->result;
	(void)snprintf(b->reason, sizeof(b->reason), "%s", a->reason);
}

/* Once. Where nothing is begun, what the courier would make of that. */
static void
deliver(struct bench *b)
{
	const struct ww_request r = { .verb = WW_VERB_FORWARD,
		.base = ww_str_from(b->base),
		.type = ww_str_empty(),
		.key = WW_STR("k1"),
		.remote_id = ww_str_empty(),
		.etag = ww_str_empty(),
		.body = WW_STR(MESSAGE),
		.lane = WW_STR("all"),
		.timeout = 60 };
	unsigned calls = b->calls;
	ww_status s;

	ww_ctx_clear(&b->cx);
	trouble(b);
	s = b->sink.ops->send(b->sink.self, &b->cx, &r, on_answer, b);
	peace(b);
	if (s != WW_OK) {
		b->result = ww_status_class(s) == WW_TRANSIENT ? WW_RESULT_RETRY : WW_RESULT_PARKED;
		(void)snprintf(b->reason, sizeof(b->reason), "%s", b->cx.fail.reason);
		return;
	}
	while (b->calls == calls) {
		trouble(b);
		b->sink.ops->poll(b->sink.self, 2);
		peace(b);
		serve(&b->server);
	}
}

static void
set_up(struct bench *b, const struct line *script, const char *scheme)
{
	const struct ww_sink_settings set = { .ticks = ww_clock_ticks() };

	memset(b, 0, sizeof(*b));
	ww_log_set_level((enum ww_log_level) - 1);
	b->cx.arena = ww_arena_new(0);
	mllp_open(&b->server, script, 1);
	(void)snprintf(b->base, sizeof(b->base), "%s://127.0.0.1:%u", scheme, b->server.port);
	ck_assert_int_eq(ww_sink_open(&b->cx, &set, &b->sink), WW_OK);
}

static void
tear_down(struct bench *b)
{
	b->sink.ops->close(b->sink.self);
	server_close(&b->server);
	ww_arena_free(b->cx.arena);
}

/* -- the sweeps ------------------------------------------------------------------------------------------ */

/* Two messages by one connection, the second after a rest, with a failure on the way. */
static bool
once(long allocations, long sockets)
{
	static const struct line script = { WHOLE, "\x0b" ANSWER "\x1c\r" };
	size_t want = 0, lost = 0;
	struct bench b;

	set_up(&b, &script, "mllp");
	b.allocations = allocations;
	b.sockets = sockets;
	for (int i = 0; i < 2; i++) {
		for (int tries = 0; tries < 3; tries++) {
			deliver(&b);
			if (b.result == WW_RESULT_SENT)
				break;
			ck_assert_msg(b.result == WW_RESULT_RETRY, "%s: %s",
			    ww_result_text(b.result), b.reason);
			lost++;
		}
		ck_assert_msg(b.result == WW_RESULT_SENT, "%s", b.reason);
		want++;
	}
	ck_assert_uint_ge(b.server.requests_n, want);
	ck_assert_uint_le(b.server.requests_n, want + lost);
	ck_assert_uint_le(lost, 1);
	tear_down(&b);
	return b.failed;
}

START_TEST(memory_runs_out)
{
	long n = 1;

	while (once(n, 0))
		n++;
	ck_assert_int_gt(n, 5);
}
END_TEST

START_TEST(calls_on_sockets_fail)
{
	static const int errnos[] = { ECONNRESET, EPIPE, ETIMEDOUT, ENOBUFS, ENOMEM, EHOSTUNREACH,
		EINTR, EAGAIN };

	for (size_t i = 0; i < UNIT_COUNT(errnos); i++) {
		long n = 1;

		calls_errno = errnos[i];
		while (once(0, n))
			n++;
		ck_assert_int_gt(n, 4);
	}
}
END_TEST

START_TEST(a_sink_is_opened_whole_or_not_at_all)
{
	const struct ww_sink_settings set = { .ticks = ww_clock_ticks() };
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	bool failed = true;

	for (long n = 1; failed; n++) {
		struct ww_sink sink;
		ww_status s;

		ww_ctx_clear(&cx);
		alloc_arm(n);
		s = ww_sink_open(&cx, &set, &sink);
		failed = alloc_disarm();
		ck_assert_int_eq(s, failed ? WW_E_MEMORY : WW_OK);
		if (s == WW_OK)
			sink.ops->close(sink.self);
	}
	ww_arena_free(cx.arena);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { memory_runs_out, calls_on_sockets_fail,
		a_sink_is_opened_whole_or_not_at_all };

	return unit_main("sink_faults", tests, UNIT_COUNT(tests));
}
