/* The journal's writing thread: group commit, a disk that takes nothing for a while, the end. The journal of these
 * tests waits at a gate, so that what happens meanwhile is certain. */
#include "tests/unit/unit.h"

#include "store/store.h"
#include "store/writer.h"

#include <wardwire/arena.h>
#include <wardwire/log.h>

#include <pthread.h>
#include <sched.h>
#include <string.h>

enum { RECORDS = 64 };

/* -- a journal with a gate -------------------------------------------------------------------------- */

struct gate {
	struct ww_journal inner;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned tickets; /* appends that may pass */
	unsigned waiting; /* appends that have come to the gate */
	unsigned fails;   /* of those that pass: how many fail first */
	size_t batches[RECORDS];
	unsigned batches_n;
};

static ww_status
gate_append(void *self, struct ww_ctx *cx, struct ww_record *r, size_t n)
{
	struct gate *g = self;
	bool fail;

	pthread_mutex_lock(&g->lock);
	g->waiting++;
	pthread_cond_broadcast(&g->changed);
	while (g->tickets == 0)
		pthread_cond_wait(&g->changed, &g->lock);
	g->tickets--;
	fail = g->fails > 0;
	g->fails -= fail;
	if (g->batches_n < RECORDS)
		g->batches[g->batches_n++] = n;
	pthread_mutex_unlock(&g->lock);
	if (fail)
		return ww_fail(cx, WW_E_IO, "journal", "fails as the test wants it");
	return ww_journal_append(&g->inner, cx, r, n);
}

static ww_status
gate_read(void *self, struct ww_ctx *cx, uint64_t from, struct ww_record *out, bool *found)
{
	struct gate *g = self;

	return ww_journal_read(&g->inner, cx, from, out, found);
}

static void
gate_state(void *self, struct ww_journal_state *out)
{
	struct gate *g = self;

	ww_journal_state(&g->inner, out);
}

static void
gate_close(void *self)
{
	struct gate *g = self;

	ww_journal_close(&g->inner);
}

static const struct ww_journal_ops gate_ops = {
	.name = "gate",
	.append = gate_append,
	.read = gate_read,
	.state = gate_state,
	.close = gate_close,
};

/* Lets that many appends pass. */
static void
let_pass(struct gate *g, unsigned n)
{
	pthread_mutex_lock(&g->lock);
	g->tickets += n;
	pthread_cond_broadcast(&g->changed);
	pthread_mutex_unlock(&g->lock);
}

/* Waits until that many appends in all have come to the gate. */
static void
wait_for_append(struct gate *g, unsigned n)
{
	pthread_mutex_lock(&g->lock);
	while (g->waiting < n)
		pthread_cond_wait(&g->changed, &g->lock);
	pthread_mutex_unlock(&g->lock);
}

/* -- the bench -------------------------------------------------------------------------------------- */

struct item {
	struct ww_submit submit;
	struct bench *b;
	char body[16];
	unsigned calls;
	ww_status status;
	uint64_t seq;
};

struct bench {
	struct ww_ctx cx;
	struct gate gate;
	struct ww_journal journal;
	struct ww_writer *writer;
	struct item items[RECORDS];
	/* written on the writer's thread, read once it has nothing to do or has ended */
	size_t order[RECORDS];
	size_t order_n;
	unsigned troubles, recoveries;
	uint64_t committed;
	unsigned commits;
	int64_t clock;
};

static void
on_done(struct ww_submit *s, ww_status status)
{
	struct item *it = (struct item *)((char *)s - offsetof(struct item, submit));

	it->calls++;
	it->status = status;
	it->seq = s->rec.seq;
	it->b->order[it->b->order_n++] = (size_t)(it - it->b->items);
}

static void
on_trouble(void *arg, bool in_trouble)
{
	struct bench *b = arg;

	b->troubles += in_trouble;
	b->recoveries += !in_trouble;
}

static void
on_committed(void *arg, uint64_t seq)
{
	struct bench *b = arg;

	ck_assert_uint_gt(seq, b->committed);
	b->committed = seq;
	b->commits++;
}

static int64_t
tick(void *self)
{
	struct bench *b = self;

	return ++b->clock;
}

static void
bench_open(struct bench *b, size_t batch)
{
	struct ww_writer_settings set = { .journal = &b->journal,
		.clock = { tick, b },
		.batch = batch,
		.retry_ms = 1,
		.trouble = on_trouble,
		.committed = on_committed,
		.arg = b };

	ww_log_set_level((enum ww_log_level) - 1);
	memset(b, 0, sizeof(*b));
	b->cx.arena = ww_arena_new(0);
	pthread_mutex_init(&b->gate.lock, NULL);
	pthread_cond_init(&b->gate.changed, NULL);
	ck_assert_int_eq(ww_journal_memory(&b->cx, &b->gate.inner), WW_OK);
	b->journal = (struct ww_journal){ &gate_ops, &b->gate };
	ck_assert_int_eq(ww_writer_start(&b->cx, &set, &b->writer), WW_OK);
}

static void
bench_close(struct bench *b)
{
	ww_journal_close(&b->journal);
	pthread_cond_destroy(&b->gate.changed);
	pthread_mutex_destroy(&b->gate.lock);
	ww_arena_free(b->cx.arena);
}

static void
submit(struct bench *b, size_t from, size_t n)
{
	for (size_t i = from; i < from + n; i++) {
		struct item *it = &b->items[i];

		it->b = b;
		snprintf(it->body, sizeof(it->body), "body %zu", i);
		it->submit.rec =
		    (struct ww_record){ .kind = WW_REC_TICK, .body = ww_str_from(it->body) };
		it->submit.done = on_done;
		ww_writer_submit(b->writer, &it->submit);
	}
}

static void
wait_until_done(struct bench *b)
{
	while (ww_writer_pending(b->writer) > 0)
		(void)sched_yield();
}

/* The first n items are in the journal once each, in their order, under the numbers they were given. */
static void
journal_has(struct bench *b, size_t n)
{
	struct ww_journal_state st;

	ww_journal_state(&b->journal, &st);
	ck_assert_uint_eq(st.records, n);
	for (size_t i = 0; i < n; i++) {
		struct ww_record r;
		bool found;

		ck_assert_int_eq(
		    ww_journal_read(&b->journal, &b->cx, b->items[i].seq, &r, &found), WW_OK);
		ck_assert(found && r.seq == i + 1);
		unit_str_is(r.body, b->items[i].body);
		ck_assert_int_eq(r.kind, WW_REC_TICK);
		ck_assert_int_gt(r.time, 0);
	}
}

static void
each_ended_once(const struct bench *b, size_t from, size_t n, ww_status status)
{
	for (size_t i = from; i < from + n; i++) {
		ck_assert_uint_eq(b->items[i].calls, 1);
		ck_assert_int_eq(b->items[i].status, status);
	}
}

/* -- tests ------------------------------------------------------------------------------------------ */

START_TEST(makes_one_batch_of_what_came_meanwhile)
{
	static struct bench b;

	bench_open(&b, 0);
	submit(&b, 0, 1);
	wait_for_append(&b.gate, 1); /* the first is being written */
	submit(&b, 1, 20);
	ck_assert_uint_eq(ww_writer_pending(b.writer), 21);
	let_pass(&b.gate, 2);
	ww_writer_stop(b.writer);
	ck_assert_uint_eq(b.gate.batches_n, 2);
	ck_assert_uint_eq(b.gate.batches[0], 1);
	ck_assert_uint_eq(b.gate.batches[1], 20);
	each_ended_once(&b, 0, 21, WW_OK);
	journal_has(&b, 21);
	for (size_t i = 0; i < b.order_n; i++)
		ck_assert_uint_eq(b.order[i], i);
	ck_assert(b.committed == 21 && b.commits == 2 && b.troubles == 0);
	bench_close(&b);
}
END_TEST

START_TEST(keeps_a_batch_within_its_limit)
{
	static struct bench b;

	bench_open(&b, 8);
	submit(&b, 0, 1);
	wait_for_append(&b.gate, 1);
	submit(&b, 1, 19);
	let_pass(&b.gate, 4);
	ww_writer_stop(b.writer);
	ck_assert_uint_eq(b.gate.batches_n, 4);
	ck_assert(b.gate.batches[1] == 8 && b.gate.batches[2] == 8 && b.gate.batches[3] == 3);
	journal_has(&b, 20);
	bench_close(&b);
}
END_TEST

/* The disk takes nothing for three tries: the same records are offered again and acknowledged once. */
START_TEST(offers_the_same_records_until_they_are_taken)
{
	static struct bench b;

	bench_open(&b, 0);
	submit(&b, 0, 1);
	wait_for_append(&b.gate, 1);
	submit(&b, 1, 9);
	let_pass(&b.gate, 1);
	wait_for_append(&b.gate, 2);
	pthread_mutex_lock(&b.gate.lock);
	b.gate.fails = 3;
	pthread_mutex_unlock(&b.gate.lock);
	let_pass(&b.gate, 3);
	wait_for_append(&b.gate, 5); /* failed three times, and is there again */
	submit(&b, 10, 5);
	each_ended_once(&b, 0, 1, WW_OK);
	ck_assert_uint_eq(b.items[1].calls, 0);
	ck_assert_uint_eq(b.troubles, 1); /* told once */
	ck_assert_uint_eq(b.recoveries, 0);
	let_pass(&b.gate, 2);
	wait_until_done(&b);
	ww_writer_stop(b.writer);
	each_ended_once(&b, 0, 15, WW_OK);
	ck_assert(b.troubles == 1 && b.recoveries == 1);
	for (unsigned i = 1; i < 5; i++)
		ck_assert_uint_eq(b.gate.batches[i], 9);
	journal_has(&b, 15);
	bench_close(&b);
}
END_TEST

START_TEST(stops_only_when_all_is_written)
{
	static struct bench b;

	bench_open(&b, 4);
	let_pass(&b.gate, RECORDS);
	submit(&b, 0, RECORDS);
	ww_writer_stop(b.writer);
	each_ended_once(&b, 0, RECORDS, WW_OK);
	journal_has(&b, RECORDS);
	ck_assert_uint_eq(b.committed, RECORDS);
	bench_close(&b);
}
END_TEST

START_TEST(gives_back_as_closed_what_a_disk_in_trouble_has_not_taken)
{
	static struct bench b;

	bench_open(&b, 8);
	submit(&b, 0, 1);
	wait_for_append(&b.gate, 1);
	submit(&b, 1, 20); /* more than one batch */
	let_pass(&b.gate, 1);
	wait_for_append(&b.gate, 2);
	pthread_mutex_lock(&b.gate.lock);
	b.gate.fails = 1000000;
	pthread_mutex_unlock(&b.gate.lock);
	let_pass(&b.gate, 1000000);
	ww_writer_stop(b.writer);
	each_ended_once(&b, 0, 1, WW_OK);
	each_ended_once(&b, 1, 20, WW_E_CLOSED);
	ck_assert(b.troubles == 1 && b.recoveries == 0 && b.committed == 1);
	journal_has(&b, 1);
	bench_close(&b);
}
END_TEST

/* From several threads at once: nothing is lost and nothing comes twice. */
static void *
submit_part(void *arg)
{
	struct item *first = arg;

	submit(first->b, (size_t)(first - first->b->items), RECORDS / 4);
	return NULL;
}

START_TEST(takes_records_from_any_thread)
{
	static struct bench b;
	bool seen[RECORDS + 1] = { false };
	pthread_t threads[4];

	bench_open(&b, 0);
	let_pass(&b.gate, RECORDS);
	for (size_t i = 0; i < 4; i++) {
		struct item *first = &b.items[i * RECORDS / 4];

		first->b = &b;
		ck_assert_int_eq(pthread_create(&threads[i], NULL, submit_part, first), 0);
	}
	for (size_t i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	ww_writer_stop(b.writer);
	each_ended_once(&b, 0, RECORDS, WW_OK);
	for (size_t i = 0; i < RECORDS; i++) {
		ck_assert(b.items[i].seq >= 1 && b.items[i].seq <= RECORDS);
		ck_assert(!seen[b.items[i].seq]);
		seen[b.items[i].seq] = true;
	}
	bench_close(&b);
}
END_TEST

START_TEST(stops_without_work_and_without_a_writer)
{
	static struct bench b;

	bench_open(&b, 0);
	ww_writer_stop(b.writer);
	ww_writer_stop(NULL);
	ck_assert_uint_eq(b.commits, 0);
	bench_close(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { makes_one_batch_of_what_came_meanwhile,
		keeps_a_batch_within_its_limit, offers_the_same_records_until_they_are_taken,
		stops_only_when_all_is_written,
		gives_back_as_closed_what_a_disk_in_trouble_has_not_taken,
		takes_records_from_any_thread, stops_without_work_and_without_a_writer };

	return unit_main("writer", tests, UNIT_COUNT(tests));
}
