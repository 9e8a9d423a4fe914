/* A practice's server that hangs for a long time beside four that answer: theirs is delivered as fast as ever, order is
 * kept, memory does not grow, and what waited is gone soon after it answers again. The courier and the half of apply
 * that settles deliveries on a ledger in SQLite, in a time of the test's own: the part that is measured is how work is
 * divided, not how fast the machine is. Rows are put as apply would: the chain of a message is no part of this.
 *
 * SOAK_SECONDS: how long it hangs; 60 unless given (make release-tests: an hour, 720,000 notices). */
#include "tests/unit/unit.h"

#include "apply/apply.h"
#include "config/load.h"
#include "courier/courier.h"
#include "store/store.h"
#include "store/writer.h"

#include <wardwire/arena.h>
#include <wardwire/buf.h>
#include <wardwire/log.h>

#include <sched.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	ENDPOINTS = 5,
	SICK = ENDPOINTS - 1,
	STEP_MS = 5,     /* one notice is called for each step: 200 a second */
	PERSONS = 2000,  /* of each endpoint: later ones are of the same people again */
	HANG_MS = 30000, /* the timeout of a request */
	SLOWEST_MS = 30, /* of those that answer; the fastest take 10 */
	CALLS = 64 * ENDPOINTS,
	RING = 4096, /* records that the journal keeps */
	LATENCY_MAX = 100000,
};

/* -- a journal that keeps what is not applied yet ----------------------------------------------------- */

struct ring {
	struct ww_record r[RING];
	uint64_t next; /* sequence */
};

static ww_status
ring_append(void *self, struct ww_ctx *cx, struct ww_record *r, size_t n)
{
	struct ring *j = self;

	(void)cx;
	for (size_t i = 0; i < n; i++) {
		struct ww_record *slot = &j->r[j->next % RING];
		char *body = malloc(r[i].body.n + 1);

		ck_assert_ptr_nonnull(body);
		memcpy(body, r[i].body.p, r[i].body.n);
		r[i].seq = j->next++;
		free((void *)(uintptr_t)slot->body.p);
		*slot = r[i];
		slot->body = ww_str_of(body, r[i].body.n);
	}
	return WW_OK;
}

static ww_status
ring_read(void *self, struct ww_ctx *cx, uint64_t from, struct ww_record *out, bool *found)
{
	struct ring *j = self;

	*found = from < j->next;
	if (!*found)
		return WW_OK;
	*out = j->r[from % RING];
	ck_assert_uint_eq(out->seq, from); /* else it was overwritten before it was applied */
	out->body = ww_arena_str(cx->arena, out->body);
	return WW_OK;
}

static const struct ww_journal_ops ring_ops = {
	.name = "ring", .append = ring_append, .read = ring_read
};

/* -- the bench --------------------------------------------------------------------------------------- */

struct call {
	bool open;
	size_t endpoint;
	enum ww_verb verb;
	int64_t n;   /* of the notice */
	int64_t end; /* ms */
	ww_sink_done *done;
	void *arg;
};

struct soak {
	int64_t now; /* ms since the beginning */
	struct ww_ctx cx, apply_cx;
	struct ww_config *config;
	struct ring ring;
	struct ww_journal journal;
	struct ww_ledger ledger, view;
	struct ww_apply *apply;
	struct ww_writer *writer;
	struct ww_courier *courier;
	char dir[64], path[80];
	bool sick; /* the last endpoint hangs */
	struct call calls[CALLS];
	int64_t notices;                   /* called for so far */
	int64_t sent[ENDPOINTS];           /* of them taken */
	int64_t order[ENDPOINTS][PERSONS]; /* newest notice taken of that person */
	uint32_t latencies[LATENCY_MAX];   /* of those that answer, since the last count */
	uint64_t latencies_n;
	int64_t first_ms; /* when the sick one first took something again */
};

static const char yaml[] = "data: data\n"
                           "endpoints:\n"
                           "  - {name: a, fhir: \"http://127.0.0.1:1/0\", inflight: 16}\n"
                           "  - {name: b, fhir: \"http://127.0.0.1:1/1\", inflight: 16}\n"
                           "  - {name: c, fhir: \"http://127.0.0.1:1/2\", inflight: 16}\n"
                           "  - {name: d, fhir: \"http://127.0.0.1:1/3\", inflight: 16}\n"
                           "  - {name: sick, fhir: \"http://127.0.0.1:1/4\", inflight: 16}\n"
                           "parties: []\n";

/* Mixed, and the same in every run. */
static uint64_t
mix(uint64_t v)
{
	v = (v ^ v >> 31) * UINT64_C(0x7fb5d329728ea185);
	v = (v ^ v >> 27) * UINT64_C(0x81dadef4bc2dd44d);
	return v ^ v >> 33;
}

static int64_t
now_of(void *self)
{
	return ((struct soak *)self)->now;
}

static uint64_t
applied(void *arg)
{
	return ww_apply_cursor(((struct soak *)arg)->apply);
}

#define soak_ok(s, call)                                                                           \
	do {                                                                                       \
		ww_status soak_status_ = (call);                                                   \
		ck_assert_msg(soak_status_ == WW_OK, "%s: %s %s", #call, (s)->cx.fail.reason,      \
		    (s)->apply_cx.fail.reason);                                                    \
	} while (0)

/* -- the receivers ----------------------------------------------------------------------------------- */

static ww_status
sink_send(void *self, struct ww_ctx *cx, const struct ww_request *r, ww_sink_done *done, void *arg)
{
	struct soak *s = self;
	uint64_t n = 0;
	ww_str rest;
	size_t i = 0;

	(void)cx;
	while (i < CALLS && s->calls[i].open)
		i++;
	ck_assert_uint_lt(i, CALLS);
	(void)ww_str_cut(r->key, '-', &rest);
	ck_assert(ww_str_u64(rest, INT64_MAX, &n));
	s->calls[i] = (struct call){ .open = true,
		.endpoint = (size_t)(r->base.p[r->base.n - 1] - '0'),
		.verb = r->verb,
		.n = (int64_t)n,
		.done = done,
		.arg = arg };
	if (s->calls[i].endpoint == SICK && s->sick)
		s->calls[i].end = s->now + HANG_MS;
	else
		s->calls[i].end =
		    s->now + 10 + (int64_t)(mix(n * 8 + (uint64_t)r->verb) % (SLOWEST_MS - 9));
	return WW_OK;
}

/* The notice arrived: nothing of that person that was called for later may have. */
static void
take(struct soak *s, const struct call *c)
{
	size_t person = (size_t)(c->n / ENDPOINTS % PERSONS);
	int64_t latency = s->now - c->n * STEP_MS;

	ck_assert_int_eq(c->n % ENDPOINTS, (int64_t)c->endpoint);
	ck_assert_int_lt(s->order[c->endpoint][person], c->n + 1);
	s->order[c->endpoint][person] = c->n + 1;
	s->sent[c->endpoint]++;
	if (c->endpoint == SICK) {
		if (s->first_ms == 0)
			s->first_ms = s->now;
		return;
	}
	s->latencies[latency < LATENCY_MAX ? latency : LATENCY_MAX - 1]++;
	s->latencies_n++;
}

static void
answer(struct soak *s, struct call *c)
{
	bool hung = c->endpoint == SICK && s->sick;
	struct ww_answer a = { .remote_id = WW_STR("r"), .etag = WW_STR("1"), .reason = "" };

	c->open = false;
	if (hung) {
		a.result = c->verb == WW_VERB_SEARCH ? WW_RESULT_RETRY : WW_RESULT_UNCERTAIN;
		a.remote_id = a.etag = ww_str_empty();
		a.reason = "no answer in time";
	} else if (c->verb == WW_VERB_SEARCH) { /* what hung never arrived */
		a.result = WW_RESULT_ABSENT;
		a.http = 200;
		a.remote_id = a.etag = ww_str_empty();
	} else {
		a.result = WW_RESULT_SENT;
		a.http = 201;
		take(s, c);
	}
	a.status = ww_str_empty();
	c->done(c->arg, &a);
}

static void
sink_poll(void *self, int timeout_ms)
{
	struct soak *s = self;

	(void)timeout_ms;
	for (size_t i = 0; i < CALLS; i++) {
		if (s->calls[i].open && s->calls[i].end <= s->now)
			answer(s, &s->calls[i]);
	}
}

static void
sink_wake(void *self)
{
	(void)self;
}

static const struct ww_sink_ops sink_ops = {
	.name = "soak", .send = sink_send, .poll = sink_poll, .wake = sink_wake
};

/* -- opening ----------------------------------------------------------------------------------------- */

static ww_status
no_blob(void *arg, struct ww_ctx *cx, ww_str hex, struct ww_buf *out)
{
	(void)arg;
	(void)hex;
	(void)out;
	return ww_fail(cx, WW_E_NOT_FOUND, NULL, "no blob");
}

static void
soak_open(struct soak *s, struct ww_sink *sink)
{
	struct ww_apply_settings as = { .ledger = &s->ledger, .blob = no_blob, .arg = s };
	struct ww_writer_settings ws = {
		.journal = &s->journal, .clock = { now_of, s }, .retry_ms = 1
	};
	struct ww_courier_settings cs = { .view = &s->view,
		.sink = sink,
		.clock = { now_of, s },
		.ticks = { now_of, s },
		.applied = applied,
		.arg = s };
	struct ww_config_fault *faults;
	size_t n;

	ww_log_set_level(WW_LOG_ERROR);
	s->cx.arena = ww_arena_new(0);
	s->apply_cx.arena = ww_arena_new(0);
	soak_ok(s, ww_config_parse(&s->cx, ww_str_from(yaml), &s->config, &faults, &n));
	snprintf(s->dir, sizeof(s->dir), "/tmp/wardwire-soak-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(s->dir));
	snprintf(s->path, sizeof(s->path), "%s/ledger.db", s->dir);
	s->ring.next = 1;
	s->journal = (struct ww_journal){ &ring_ops, &s->ring };
	soak_ok(s, ww_ledger_sqlite(&s->cx, s->path, WW_LEDGER_WRITE, &s->ledger));
	soak_ok(s, ww_apply_open(&s->cx, &as, &s->apply));
	soak_ok(s, ww_ledger_sqlite(&s->cx, s->path, WW_LEDGER_READ, &s->view));
	soak_ok(s, ww_writer_start(&s->cx, &ws, &s->writer));
	cs.writer = s->writer;
	cs.config = s->config;
	soak_ok(s, ww_courier_new(&s->cx, &cs, &s->courier));
}

static void
soak_close(struct soak *s)
{
	static const char *const suffixes[] = { "", "-wal", "-shm" };
	char path[96];

	ww_writer_stop(s->writer);
	ww_courier_detach(s->courier);
	for (size_t i = 0; i < CALLS; i++) {
		if (s->calls[i].open)
			answer(s, &s->calls[i]);
	}
	ww_courier_free(s->courier);
	ww_apply_close(s->apply);
	ww_ledger_close(&s->view);
	ww_ledger_close(&s->ledger);
	for (size_t i = 0; i < RING; i++)
		free((void *)(uintptr_t)s->ring.r[i].body.p);
	for (size_t i = 0; i < UNIT_COUNT(suffixes); i++) {
		snprintf(path, sizeof(path), "%s%s", s->path, suffixes[i]);
		unlink(path);
	}
	ck_assert_int_eq(rmdir(s->dir), 0);
	ww_arena_free(s->apply_cx.arena);
	ww_arena_free(s->cx.arena);
}

/* -- time passes ------------------------------------------------------------------------------------- */

/* The next notice is called for, each for the next endpoint in turn, as apply would put it. The record that calls for it
 * is of a kind that apply has no use for, so that the courier hears that something is new. */
static void
call_for(struct soak *s)
{
	static const char template[] =
	    "{\"resourceType\":\"Task\",\"status\":\"requested\",\"intent\":\"order\","
	    "\"code\":{\"text\":\"Inpatient admission follow-up\"}}";
	struct ww_record r = { .kind = 200, .time = s->now, .body = ww_str_empty() };
	int64_t n = s->notices++, person = n / ENDPOINTS % PERSONS;
	struct ww_template t = { .outbox = (n + 1) << 16 | 1, .text = ww_str_from(template) };
	struct ww_outbox row;
	char key[32];

	snprintf(key, sizeof(key), "stay-%lld", (long long)n);
	ww_row_init(&ww_entity_outbox, &row);
	row.id = (n + 1) << 16 | 1;
	row.key = ww_str_from(key);
	row.person = (person * ENDPOINTS + n % ENDPOINTS + 1) << 16;
	row.encounter = row.id;
	row.practice = WW_STR("practice");
	row.endpoint = s->config->endpoints[n % ENDPOINTS].name;
	row.resource = WW_resource_type_TASK;
	row.subject = WW_STR("stay");
	row.state = WW_outbox_state_DUE;
	row.wanted = n + 1;
	row.change = WW_STR("create");
	row.created_ms = row.owed_ms = s->now + 1;
	soak_ok(s, ww_ledger_begin(&s->ledger, &s->cx));
	soak_ok(s, ww_put(&s->ledger, &s->cx, outbox, &row));
	soak_ok(s, ww_put(&s->ledger, &s->cx, template, &t));
	soak_ok(s, ww_ledger_commit(&s->ledger, &s->cx));
	soak_ok(s, ww_journal_append(&s->journal, &s->cx, &r, 1));
}

/* All that can happen without time passing. */
static void
settle(struct soak *s)
{
	uint64_t before;
	size_t done;

	do {
		before = s->ring.next;
		ww_courier_step(s->courier, 0);
		while (ww_writer_pending(s->writer) > 0)
			(void)sched_yield();
		do
			soak_ok(s, ww_apply_batch(s->apply, &s->apply_cx, &s->journal, 256, &done));
		while (done > 0);
	} while (s->ring.next != before);
}

static void
pass(struct soak *s, int64_t ms, bool inflow)
{
	for (int64_t end = s->now + ms; s->now < end; s->now += STEP_MS) {
		if (inflow)
			call_for(s);
		settle(s);
	}
}

/* -- measuring --------------------------------------------------------------------------------------- */

/* The 99th percentile since the last call. */
static int64_t
p99(struct soak *s)
{
	uint64_t seen = 0, most = s->latencies_n - s->latencies_n / 100;
	int64_t ms = 0;

	while (ms < LATENCY_MAX - 1 && seen + s->latencies[ms] < most)
		seen += s->latencies[ms++];
	memset(s->latencies, 0, sizeof(s->latencies));
	s->latencies_n = 0;
	return ms;
}

/* Resident memory in KiB. */
static long
resident(void)
{
	long all = 0, pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fscanf(f, "%ld %ld", &all, &pages), 2);
	(void)fclose(f);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static int64_t
waiting(const struct soak *s, size_t endpoint)
{
	return (s->notices + ENDPOINTS - 1 - (int64_t)endpoint) / ENDPOINTS - s->sent[endpoint];
}

static double
processor_s(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

START_TEST(one_that_hangs_delays_only_itself)
{
	const char *given = getenv("SOAK_SECONDS");
	int64_t seconds = given != NULL ? atol(given) : 60;
	int64_t before, during, waited, well, took;
	struct soak *s = calloc(1, sizeof(*s));
	struct ww_sink sink = { &sink_ops, s };
	double used[3];
	long memory[2];

	ck_assert_ptr_nonnull(s);
	soak_open(s, &sink);
	used[0] = processor_s();
	pass(s, 10000, true); /* the windows open */
	(void)p99(s);
	pass(s, 20000, true);
	before = p99(s);
	used[0] = (processor_s() - used[0]) / 30;

	s->sick = true;
	used[1] = processor_s();
	pass(s, 20000, true);
	memory[0] = resident();
	pass(s, (seconds - 20) * 1000, true);
	memory[1] = resident();
	during = p99(s);
	used[1] = (processor_s() - used[1]) / (double)seconds;
	waited = waiting(s, SICK);
	for (size_t i = 0; i < SICK; i++)
		ck_assert_int_le(waiting(s, i), 16);
	ck_assert_uint_lt(ww_courier_gauge(s->courier, SICK).resting, 1024);

	s->sick = false;
	s->first_ms = 0;
	well = s->now;
	used[2] = processor_s();
	while (s->first_ms == 0 || waiting(s, SICK) > 50)
		pass(s, 1000, true);
	took = s->now - s->first_ms;
	used[2] = processor_s() - used[2];
	printf("soak: %lld s, %lld notices, %lld waited\n"
	       "  p99 of the others: %lld ms before, %lld ms meanwhile\n"
	       "  resident memory: %ld KiB, in the end %ld KiB\n"
	       "  first taken %lld s after it was well, all after %lld s more: %lld a second\n"
	       "  processor, ms a second: %.1f before, %.1f meanwhile, %.1f at the end\n",
	    (long long)seconds, (long long)s->notices, (long long)waited, (long long)before,
	    (long long)during, memory[0], memory[1], (long long)(s->first_ms - well) / 1000,
	    (long long)took / 1000, (long long)(waited * 1000 / took + 40), used[0] * 1000,
	    used[1] * 1000, used[2] * 1e6 / (double)(s->now - well));
	(void)fflush(stdout);
	ck_assert_int_le(during * 10, before * 11);
	/* Three times what comes in meanwhile, 40 a second. */
	ck_assert_int_ge(waited * 1000 + took * 40, 3 * 40 * took);
#ifndef __SANITIZE_ADDRESS__
	/* SQLite's cache fills up to 16 MiB. What is kept of each that waits would be more than the rest after an hour. */
	ck_assert_int_le(memory[1] - memory[0], (16 + 8) * 1024);
#endif
	pass(s, 5000, false);
	for (size_t i = 0; i < ENDPOINTS; i++)
		ck_assert_int_eq(waiting(s, i), 0);
	soak_close(s);
	free(s);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { one_that_hangs_delays_only_itself };

	return unit_main("soak", tests, UNIT_COUNT(tests));
}
