/* Speed of what is done with claims on one thread: a Bundle of a megabyte of them parsed, checked and mapped; and the 200
 * claims of one member, with all their lines, read back from a ledger of 100,000.
 *
 * Processor time is what counts, and of each row the best of its turns, as others use the machine too. */
#include "codec/fhir_check.h"
#include "codec/fhir_outcome.h"
#include "store/history.h"
#include "store/store.h"
#include "tests/bench/claims.h"

#include <wardwire/arena.h>
#include <wardwire/buf.h>
#include <wardwire/claim.h>
#include <wardwire/json.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BUNDLE = 1 << 20, TURNS = 9, MEMBERS = 500, EACH = 200, LINES = 4 };

static struct ww_ctx cx;
static struct ww_buf bundle;
static struct ww_feed feed = { .name = WW_STR_INIT("payer") };

static double
cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void
ok(ww_status s)
{
	if (s == WW_OK)
		return;
	(void)fprintf(stderr, "bench_claims: %s %s\n", cx.fail.place, cx.fail.reason);
	exit(EXIT_FAILURE);
}

/* -- a megabyte --------------------------------------------------------------------------------------- */

static ww_status
resolve(void *arg, ww_str reference, const struct ww_json **out)
{
	(void)arg;
	(void)reference;
	*out = NULL;
	return WW_OK;
}

/* How far the way is gone: 0 parsed, 1 checked, 2 mapped. */
static void
go(int far)
{
	static const struct ww_fhir_rules rules;
	struct ww_fhir_issues issues = { 0 };
	struct ww_json *root;
	struct ww_fhir_source source = { .resolve = resolve };

	ww_ctx_clear(&cx);
	ok(ww_json_parse(&cx, ww_buf_view(&bundle), &root));
	if (far >= 1)
		ok(ww_fhir_check(&cx, root, &rules, &issues));
	if (issues.errors != 0) {
		(void)fprintf(stderr, "bench_claims: its Bundle is not good FHIR\n");
		exit(EXIT_FAILURE);
	}
	for (const struct ww_json *e = ww_json_first(ww_json_get(root, "entry"));
	     far >= 2 && e != NULL; e = ww_json_next(e)) {
		struct ww_bill bill;

		source.resource = ww_json_get(e, "resource");
		source.name = WW_STR("Claim/c");
		source.digest = ww_str_empty();
		ok(ww_fhir_claim(&cx, &source, &feed, &bill));
		if (bill.lines_n != 5 || bill.problems_n != 4)
			exit(EXIT_FAILURE);
	}
}

static double
mb_per_second(int far)
{
	double best = 0;

	for (int t = 0; t < TURNS; t++) {
		double start = cpu_us(), took;

		go(far);
		took = cpu_us() - start;
		best = best == 0 || took < best ? took : best;
	}
	return (double)bundle.n / best;
}

/* -- a member ----------------------------------------------------------------------------------------- */

static void
put_claim(struct ww_ledger *l, int member, int n)
{
	struct ww_claim c;
	struct ww_claim_detail d;
	ww_id id = (ww_id)n * MEMBERS + member + 1;

	ww_row_init(&ww_entity_claim, &c);
	c.person = member + 1;
	c.day = 20000 + n;
	c.id = id << 16;
	c.feed = feed.name;
	c.resource = ww_arena_printf(cx.arena, "Claim/c%lld", (long long)id);
	c.number = ww_arena_printf(cx.arena, "CL%08lld", (long long)id);
	c.system = WW_STR("http://payer.example.org/claims");
	c.status = WW_claim_status_COUNTS;
	c.said = WW_STR("active");
	c.facility = WW_STR("MERCY");
	c.account = ww_arena_printf(cx.arena, "A%08lld", (long long)id);
	ok(ww_put(l, &cx, claim, &c));
	ww_row_init(&ww_entity_claim_detail, &d);
	d.person = c.person;
	d.day = c.day;
	d.claim = c.id;
	d.type = WW_STR("institutional");
	d.bill = WW_STR("0131");
	d.provider = WW_STR("1234567893");
	d.total = WW_STR("1234.50");
	d.currency = WW_STR("USD");
	ok(ww_put(l, &cx, claim_detail, &d));
	for (int i = 1; i <= LINES; i++) {
		struct ww_claim_line line;

		ww_row_init(&ww_entity_claim_line, &line);
		line.person = c.person;
		line.day = c.day;
		line.claim = c.id;
		line.line = i;
		line.revenue = WW_STR("0450");
		line.code = WW_STR("99284");
		line.net = WW_STR("640.10");
		ok(ww_put(l, &cx, claim_line, &line));
	}
	ww_arena_reset(cx.arena);
}

/* In the order in which they come in: everybody's newest after everybody's newest. */
static void
fill(struct ww_ledger *l)
{
	for (int n = 0; n < EACH; n++) {
		ok(ww_ledger_begin(l, &cx));
		for (int m = 0; m < MEMBERS; m++)
			put_claim(l, m, n);
		ok(ww_ledger_commit(l, &cx));
	}
}

/* Microseconds for one member, the lines as well or not. */
static double
read_us(struct ww_ledger *l, bool lines)
{
	double best = 0;

	for (int t = 0; t < 100; t++) {
		struct ww_claim_line like;
		struct ww_rows claims, rows = { .n = 0 };
		struct ww_family f;
		double start, took;

		ww_arena_reset(cx.arena);
		ww_row_init(&ww_entity_claim_line, &like);
		like.person = 1 + t * 7 % MEMBERS;
		start = cpu_us();
		ok(ww_ledger_begin(l, &cx));
		ok(ww_family_of(l, &cx, like.person, &f));
		ok(ww_history_claims(l, &cx, &f, 0, INT32_MAX, &claims));
		if (lines)
			ok(ww_ledger_scan(l, &cx, &ww_entity_claim_line, 1, &like, 0, &rows));
		ww_ledger_rollback(l);
		took = cpu_us() - start;
		if (claims.n != EACH || (lines && rows.n != EACH * LINES))
			exit(EXIT_FAILURE);
		best = best == 0 || took < best ? took : best;
	}
	return best;
}

int
main(void)
{
	char path[] = "/tmp/wardwire-bench-claims-XXXXXX", file[64];
	struct ww_ledger l = { 0 };
	int n;

	cx.arena = ww_arena_new(0);
	feed.zone = ww_zone_find("America/New_York");
	if (cx.arena == NULL || feed.zone == NULL || mkdtemp(path) == NULL)
		return EXIT_FAILURE;
	n = bench_claims(&bundle, BUNDLE);
	printf("Bundle of %d claims, %.1f MB\n", n, (double)bundle.n / 1e6);
	printf("  parsed                      %6.1f MB/s\n", mb_per_second(0));
	printf("  parsed, checked             %6.1f MB/s\n", mb_per_second(1));
	printf("  parsed, checked and mapped  %6.1f MB/s\n", mb_per_second(2));
	snprintf(file, sizeof(file), "%s/ledger.db", path);
	ok(ww_ledger_sqlite(&cx, file, WW_LEDGER_WRITE, &l));
	fill(&l);
	printf("%d claims of one member of %d\n", EACH, MEMBERS);
	printf("  read back                   %6.0f us\n", read_us(&l, false));
	printf("  with %d lines              %6.0f us\n", EACH * LINES, read_us(&l, true));
	ww_ledger_close(&l);
	(void)unlink(file);
	(void)rmdir(path);
	ww_buf_free(&bundle);
	ww_arena_free(cx.arena);
	return EXIT_SUCCESS;
}
