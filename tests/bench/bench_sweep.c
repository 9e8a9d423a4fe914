/* The night: clocks that warn and run out, and the jobs that go over all members, a TICK record at a time in a ledger on the disk, each
 * record committed. As growth from a tenth of the size: what a member costs must not depend on how many there are.
 *
 *	bench_sweep [MEMBERS]	200,000 unless given; docs/performance.md has a million
 *
 * Time that passes is what counts, as the disk is part of it. */
#include "apply/apply.h"
#include "model/record.h"
#include "store/store.h"

#include <wardwire/arena.h>
#include <wardwire/buf.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MEMBERS = 200000, HOUR_MS = 3600000, FILL = 20000, BATCH = 256 };

/* 2026-03-02, noon UTC. */
#define NOON INT64_C(1772452800000)

static const char yaml[] = "data: data\n"
                           "jobs: {hour: 2, zone: UTC}\n"
                           "listeners:\n  - {name: adt, mllp: \"127.0.0.1:0\"}\n"
                           "feeds:\n  - {name: mercy, on: adt, zone: UTC}\n"
                           "endpoints:\n  - {name: ehr, fhir: \"http://127.0.0.1:1/fhir\"}\n"
                           "parties:\n  - {name: rcca, send: ehr}\n"
                           "rosters:\n  - {file: roster.csv}\n"
                           "programs:\n  - {file: care.yaml}\n";
/* What the night looks for in a member of whom nothing is known but who they are. */
static const char program[] =
    "program: care\ntitle: Care\nversion: 1\n"
    "rules: [{use: admission/1}, {use: frequent-ed/1}, {use: rising-risk/1}, {use: "
    "complex-comorbidity/1}]\n"
    "flags:\n  admission: {to: coordinator, as: stay-task, deadline: 24h}\n"
    "  frequent-ed: {to: coordinator, as: task, deadline: 5bd}\n"
    "  rising-risk: {to: coordinator, as: task, deadline: 5bd}\n"
    "  complex-comorbidity: {to: coordinator, as: task, deadline: 5bd}\n";
#define CONFIG_HEX "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define PROGRAM_HEX "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static struct ww_ctx cx;

static void
ok(ww_status s)
{
	if (s == WW_OK)
		return;
	(void)fprintf(stderr, "bench_sweep: %s %s\n", cx.fail.place, cx.fail.reason);
	exit(EXIT_FAILURE);
}

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static ww_status
blob(void *arg, struct ww_ctx *c, ww_str hex, struct ww_buf *out)
{
	(void)arg;
	(void)c;
	ww_buf_cstr(out, ww_str_is(hex, CONFIG_HEX) ? yaml : program);
	return WW_OK;
}

static void
record(struct ww_journal *j, enum ww_record_kind kind, int64_t time, struct ww_buf *body)
{
	struct ww_record r = { .kind = (uint8_t)kind, .time = time, .body = ww_buf_view(body) };

	ok(ww_journal_append(j, &cx, &r, 1));
	ww_buf_free(body);
}

/* Applies all there is, as the engine does. */
static void
apply_all(struct ww_apply *a, struct ww_journal *j)
{
	size_t done = 1;

	while (done > 0)
		ok(ww_apply_batch(a, &cx, j, BATCH, &done));
}

/* -- members -------------------------------------------------------------------------------------------- */

/* Who it is, by whose card, and on whose roster. */
static void
put_person(struct ww_ledger *l, ww_id id, ww_str number)
{
	struct ww_coverage card;
	struct ww_member m;
	struct ww_person p;
	ww_time born = ww_time_at(NOON - INT64_C(86400000) * 365 * 50, NULL);

	born.prec = WW_PREC_DAY;
	ww_row_init(&ww_entity_person, &p);
	p.id = id;
	p.family = WW_STR("TESTFAMILY");
	p.given = WW_STR("GIVEN");
	p.birth = born;
	p.sex = WW_STR("F");
	ok(ww_put(l, &cx, person, &p));
	ww_row_init(&ww_entity_coverage, &card);
	card.person = card.id = id;
	card.member_id = number;
	ok(ww_put(l, &cx, coverage, &card));
	ww_row_init(&ww_entity_member, &m);
	m.number = number;
	m.person = id;
	ok(ww_put(l, &cx, member, &m));
}

/* One member, whose Task nobody has taken up: its clock warns and runs out in that night. */
static void
put_member(struct ww_ledger *l, int64_t i)
{
	ww_id id = (i + 1000) << 16 | 1;
	struct ww_attribution at;
	struct ww_deadline d;
	struct ww_outbox row;
	struct ww_timer t;
	char text[32];

	(void)snprintf(text, sizeof(text), "M%07lld", (long long)i);
	ww_row_init(&ww_entity_attribution, &at);
	at.id = id;
	at.roster = WW_STR("roster");
	at.member_id = at.member_key = ww_str_from(text);
	at.family = WW_STR("TESTFAMILY");
	at.given = WW_STR("GIVEN");
	at.birth = ww_time_at(NOON - INT64_C(86400000) * 365 * 50, NULL);
	at.birth.prec = WW_PREC_DAY;
	at.practice = WW_STR("rcca");
	at.effective = ww_time_at(NOON - INT64_C(86400000) * 400, NULL);
	at.end = ww_time_at(NOON + INT64_C(86400000) * (i % 400), NULL);
	ok(ww_put(l, &cx, attribution, &at));
	put_person(l, id, at.member_key);
	ww_row_init(&ww_entity_outbox, &row);
	row.id = id;
	row.key = ww_str_from(text);
	row.encounter = row.person = id;
	row.practice = WW_STR("rcca");
	row.endpoint = WW_STR("ehr");
	row.resource = WW_resource_type_TASK;
	row.subject = WW_STR("stay");
	row.state = WW_outbox_state_SETTLED;
	row.change = WW_STR("create");
	row.wanted = row.sent = row.offered = id >> 16;
	ok(ww_put(l, &cx, outbox, &row));
	ww_row_init(&ww_entity_deadline, &d);
	d.outbox = id;
	d.round = 1;
	d.feed = WW_STR("mercy");
	d.practice = WW_STR("rcca");
	d.received_ms = d.raised_ms = NOON - 6 * HOUR_MS;
	d.warn_ms = NOON + i % HOUR_MS;
	d.due_ms = NOON + 24 * HOUR_MS;
	ok(ww_put(l, &cx, deadline, &d));
	ww_row_init(&ww_entity_timer, &t);
	t.kind = WW_timer_kind_TASK_WARN;
	t.due_ms = d.warn_ms;
	t.subject = id;
	ok(ww_put(l, &cx, timer, &t));
}

static void
fill(struct ww_ledger *l, int64_t n)
{
	for (int64_t i = 0; i < n; i += FILL) {
		ok(ww_ledger_begin(l, &cx));
		for (int64_t k = i; k < i + FILL && k < n; k++)
			put_member(l, k);
		ok(ww_ledger_commit(l, &cx));
		ww_ctx_clear(&cx);
	}
}

/* -- the night ------------------------------------------------------------------------------------------ */

/* TICK records until nothing is left; how many. */
static int
sweep(struct ww_apply *a, struct ww_journal *j, int64_t now)
{
	struct ww_buf none = { 0 };
	int ticks = 0;

	do {
		record(j, WW_REC_TICK, now, &none);
		apply_all(a, j);
		ticks++;
	} while (ww_apply_due(a) == 0);
	return ticks;
}

/* What is not done takes no time. */
static void
check_done(struct ww_ledger *l, int64_t n)
{
	int64_t counts[ww_timer_kind_count] = { 0 };
	struct ww_job j;
	bool found;

	ok(ww_ledger_tally(l, &cx, &ww_entity_timer, "kind", counts, ww_timer_kind_count));
	ww_row_init(&ww_entity_job, &j);
	j.name = WW_STR("persons-nightly");
	ok(ww_get(l, &cx, job, &j, &found));
	if (counts[WW_timer_kind_TASK_WARN] == 0 && found && j.last_done == n)
		return;
	(void)fprintf(stderr, "bench_sweep: %lld timers are left, %lld members were looked at\n",
	    (long long)counts[WW_timer_kind_TASK_WARN], (long long)j.last_done);
	exit(EXIT_FAILURE);
}

/* Seconds of a night with so many members. */
static double
night(const char *folder, int64_t n)
{
	struct ww_rec_engine engine = { .build = WW_STR("bench"),
		.tzdata = WW_STR("2026a"),
		.rules = WW_STR("admission/1"),
		.delivery_key =
		    WW_STR("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"),
		.feeds = ww_str_empty() };
	struct ww_rec_file file_record = { WW_STR("program"), WW_STR("care"), WW_STR(PROGRAM_HEX) };
	struct ww_rec_config config = { WW_STR(CONFIG_HEX) };
	struct ww_apply_settings set = { .blob = blob };
	struct ww_ledger l = { 0 };
	struct ww_journal j;
	struct ww_buf body = { 0 };
	struct ww_apply *a = NULL;
	char file[96];
	double from, took;
	int ticks;

	(void)snprintf(file, sizeof(file), "%s/ledger.db", folder);
	ok(ww_ledger_sqlite(&cx, file, WW_LEDGER_WRITE, &l));
	ok(ww_journal_memory(&cx, &j));
	set.ledger = &l;
	ok(ww_apply_open(&cx, &set, &a));
	ww_rec_engine_write(&engine, &body);
	record(&j, WW_REC_ENGINE, NOON - 12 * HOUR_MS, &body);
	ww_rec_file_write(&file_record, &body);
	record(&j, WW_REC_FILE, NOON - 12 * HOUR_MS, &body);
	ww_rec_config_write(&config, &body);
	record(&j, WW_REC_CONFIG, NOON - 12 * HOUR_MS, &body);
	(void)sweep(a, &j, NOON - 12 * HOUR_MS); /* jobs wait for their hour from now on */
	fill(&l, n);
	from = seconds();
	ticks = sweep(a, &j, NOON + 16 * HOUR_MS); /* all warn, and the jobs have their hour */
	took = seconds() - from;
	printf("%8lld members: %6.2f s, %5.1f us each, %d records\n", (long long)n, took,
	    took * 1e6 / (double)n, ticks);
	check_done(&l, n);
	ww_apply_close(a);
	ww_journal_close(&j);
	ww_ledger_close(&l);
	(void)unlink(file);
	ww_ctx_clear(&cx);
	return took;
}

int
main(int argc, char **argv)
{
	char folder[] = "/tmp/wardwire-bench-sweep-XXXXXX";
	int64_t n = argc > 1 ? strtoll(argv[1], NULL, 10) : MEMBERS;
	double tenth, all;

	cx.arena = ww_arena_new(0);
	if (cx.arena == NULL || n < 10 || mkdtemp(folder) == NULL)
		return EXIT_FAILURE;
	printf("A night: each member has a clock that warns, and every job goes over all\n");
	tenth = night(folder, n / 10);
	all = night(folder, n);
	printf("  growth of time with ten times the members: %.1f\n", all / tenth);
	(void)rmdir(folder);
	ww_arena_free(cx.arena);
	return EXIT_SUCCESS;
}
