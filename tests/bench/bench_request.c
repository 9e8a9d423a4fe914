/* How long apply takes for a FHIR request: Encounters of 3 KB one by one, each with its Patient stored before, and Claims of people without stays in
 * transactions of a hundred; and how long it takes to find and read the 200 claims of a member among all.
 *
 * The journal is in memory, the ledger a file without waiting for the disk. Processor time is what counts, the best of the turns. */
#include "apply/apply.h"
#include "model/record.h"
#include "store/resource_search.h"
#include "store/store.h"

#include <wardwire/arena.h>
#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/log.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	PATIENTS = 500,
	STAYS = 1000,
	TURNS = 5,
	CLAIMS = 100,
	BUNDLES = 20,
	MEMBER = 200,
	BATCH = 64
};

static const char config[] = "data: data\n"
                             "system: \"urn:example\"\n"
                             "listeners:\n"
                             "  - {name: fhir, fhir: \"127.0.0.1:0/fhir\", auth: none}\n"
                             "feeds:\n"
                             "  - {name: acme, on: fhir, zone: America/New_York}\n";

static struct ww_ctx cx, own;
static struct ww_journal journal;
static struct ww_ledger ledger;
static struct ww_apply *apply;
static int64_t now = INT64_C(1772452800000);
static struct ww_buf text, body;

static void
ok(ww_status s, const char *what)
{
	if (s == WW_OK)
		return;
	(void)fprintf(stderr, "bench_request: %s: %s %s %s\n", what, ww_status_name(s),
	    cx.fail.reason, own.fail.reason);
	exit(EXIT_FAILURE);
}

static double
cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* -- records ---------------------------------------------------------------------------------------- */

static ww_status
blob(void *arg, struct ww_ctx *c, ww_str hex, struct ww_buf *out)
{
	(void)arg;
	(void)c;
	(void)hex;
	ww_buf_cstr(out, config);
	return WW_OK;
}

static void
append(enum ww_record_kind kind)
{
	struct ww_record r = { .kind = (uint8_t)kind, .time = ++now, .body = ww_buf_view(&body) };

	ok(ww_journal_append(&journal, &own, &r, 1), "append");
	ww_ctx_clear(&own);
	ww_buf_clear(&body);
}

static void
ask(const char *interaction, const char *type, const char *id)
{
	const struct ww_rec_request r = { .feed = WW_STR("acme"),
		.peer = WW_STR("127.0.0.1"),
		.client = ww_str_empty(),
		.party = ww_str_empty(),
		.interaction = ww_str_from(interaction),
		.type = ww_str_from(type),
		.id = ww_str_from(id),
		.condition = ww_str_empty(),
		.match = ww_str_empty(),
		.format = WW_STR("json"),
		.raw = ww_buf_view(&text) };

	ww_rec_request_write(&r, &body);
	ww_buf_clear(&text);
	append(WW_REC_REQUEST);
}

static double
apply_all(void)
{
	double from = cpu_us();
	size_t done = 1;

	while (done > 0)
		ok(ww_apply_batch(apply, &cx, &journal, BATCH, &done), "apply");
	return cpu_us() - from;
}

/* -- what is asked ---------------------------------------------------------------------------------- */

static void
patient(int i)
{
	char id[16];

	(void)snprintf(id, sizeof(id), "p%d", i);
	ww_buf_printf(&text,
	    "{\"resourceType\":\"Patient\",\"id\":\"%s\",\"identifier\":[{\"type\":{\"coding\":[{"
	    "\"system\":"
	    "\"http://terminology.hl7.org/CodeSystem/v2-0203\",\"code\":\"MB\"}]},\"system\":"
	    "\"https://acme.example.org/"
	    "members\",\"value\":\"M%06d\"}],\"name\":[{\"family\":\"TESTFAMILY%d\","
	    "\"given\":[\"GIVEN\"]}],\"gender\":\"female\",\"birthDate\":\"1950-03-02\"}",
	    id, i, i);
	ask("update", "Patient", id);
}

static void
encounter(int i)
{
	size_t from = ww_buf_view(&text).n;

	ww_buf_printf(&text,
	    "{\"resourceType\":\"Encounter\",\"identifier\":[{\"system\":\"https://"
	    "mercy.example.org/visits\","
	    "\"value\":\"V%08d\"}],\"status\":\"in-progress\",\"class\":{\"system\":"
	    "\"http://terminology.hl7.org/CodeSystem/"
	    "v3-ActCode\",\"code\":\"IMP\"},\"type\":[{\"coding\":"
	    "[{\"system\":\"http://snomed.info/"
	    "sct\",\"code\":\"183452005\"}]}],\"subject\":{\"reference\":"
	    "\"Patient/"
	    "p%d\"},\"period\":{\"start\":\"2026-03-02T07:00:00-05:00\"},\"location\":[{"
	    "\"location\":"
	    "{\"reference\":\"Location/4W\"}}],\"serviceProvider\":{\"reference\":\"Organization/"
	    "mercy\"},"
	    "\"participant\":[",
	    i, i % PATIENTS);
	for (int n = 0; ww_buf_view(&text).n - from < 2900; n++)
		ww_buf_printf(&text,
		    "%s{\"type\":[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/"
		    "v3-ParticipationType\",\"code\":\"ATND\"}]}],\"individual\":{\"reference\":"
		    "\"Practitioner/%d\",\"display\":\"Dr. Test %d\"}}",
		    n > 0 ? "," : "", n, n);
	ww_buf_cstr(&text, "]}");
	ask("create", "Encounter", "");
}

static void
claims(int bundle)
{
	ww_buf_cstr(&text, "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[");
	for (int i = 0; i < CLAIMS; i++) {
		int n = bundle * CLAIMS + i;

		ww_buf_printf(&text,
		    "%s{\"fullUrl\":\"urn:uuid:c%d\",\"resource\":{\"resourceType\":\"Claim\","
		    "\"identifier\":"
		    "[{\"system\":\"http://payer.example.org/"
		    "claims\",\"value\":\"CL%08d\"}],\"status\":"
		    "\"active\",\"type\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/"
		    "CodeSystem/"
		    "claim-type\",\"code\":\"professional\"}]},\"use\":\"claim\",\"patient\":{"
		    "\"reference\":"
		    "\"Patient/p%d\"},\"created\":\"2026-03-%02d\",\"provider\":{\"reference\":"
		    "\"Organization/"
		    "mercy\"},\"priority\":{\"coding\":[{\"code\":\"normal\"}]},\"insurance\":"
		    "[{\"sequence\":1,\"focal\":true,\"coverage\":{\"reference\":\"Coverage/"
		    "c1\"}}]},"
		    "\"request\":{\"method\":\"POST\",\"url\":\"Claim\"}}",
		    i > 0 ? "," : "", n, n, PATIENTS + (n < MEMBER ? 1 : n % PATIENTS + 2),
		    1 + n % 28);
	}
	ww_buf_cstr(&text, "]}");
	ask("transaction", "", "");
}

/* -- what is found ---------------------------------------------------------------------------------- */

static double
read_member(size_t *n)
{
	struct ww_resource_place at = { ww_str_empty(), ww_str_empty() };
	struct ww_resource_query q;
	struct ww_rows rows = { .n = 0 };
	bool more;
	double from = cpu_us();

	ww_ctx_clear(&own);
	ok(ww_resource_query_read(&own, WW_STR("Claim"), WW_STR("patient=Patient/p501"), &q),
	    "query");
	ok(ww_ledger_begin(&ledger, &own), "begin"); /* one moment for all of it, as for the door */
	ok(ww_resource_search(&ledger, &own, WW_STR("acme"), &q, false, 500, &at, &rows, &more),
	    "search");
	ww_ledger_rollback(&ledger);
	*n = rows.n;
	return cpu_us() - from;
}

/* -- the whole -------------------------------------------------------------------------------------- */

static void
start(const char *path)
{
	const struct ww_rec_config c = { WW_STR("00") };
	const struct ww_rec_engine e = { .build = WW_STR("bench"),
		.tzdata = WW_STR("-"),
		.rules = ww_str_empty(),
		.delivery_key = WW_STR("00112233445566778899aabbccddeeff"),
		.feeds = ww_str_empty() };
	const struct ww_apply_settings set = { .ledger = &ledger, .blob = blob };

	cx.arena = ww_arena_new(0);
	own.arena = ww_arena_new(0);
	if (cx.arena == NULL || own.arena == NULL)
		exit(EXIT_FAILURE);
	ok(ww_journal_memory(&own, &journal), "journal");
	ok(ww_ledger_sqlite(&own, path, WW_LEDGER_WRITE, &ledger), "ledger");
	ok(ww_apply_open(&cx, &set, &apply), "open");
	ww_rec_engine_write(&e, &body);
	append(WW_REC_ENGINE);
	ww_rec_config_write(&c, &body);
	append(WW_REC_CONFIG);
	(void)apply_all();
}

int
main(void)
{
	char dir[] = "/tmp/ww-bench-XXXXXX", path[64];
	static const char *const suffixes[] = { "", "-wal", "-shm" };
	double us, best = 0, member = 0;
	size_t n = 0;

	ww_log_set_level(WW_LOG_ERROR);
	if (mkdtemp(dir) == NULL)
		return EXIT_FAILURE;
	(void)snprintf(path, sizeof(path), "%s/ledger.db", dir);
	start(path);
	for (int i = 0; i < 2 * PATIENTS + 2; i++)
		patient(i);
	(void)printf("%-44s %8.1f us\n", "Patient by PUT", apply_all() / (2 * PATIENTS + 2));
	for (int t = 0; t < TURNS; t++) {
		for (int i = 0; i < STAYS; i++)
			encounter(t * STAYS + i);
		us = apply_all() / STAYS;
		best = t == 0 || us < best ? us : best;
	}
	(void)printf(
	    "%-44s %8.1f us, %.0f a second\n", "Encounter of 3 KB by POST", best, 1e6 / best);
	for (int i = 0; i < BUNDLES; i++)
		claims(i);
	(void)printf("%-44s %8.1f us\n", "Claim in a transaction of a hundred",
	    apply_all() / (BUNDLES * CLAIMS));
	for (int t = 0; t < 20; t++) {
		us = read_member(&n);
		member = t == 0 || us < member ? us : member;
	}
	(void)printf("%-44s %8.1f us, %zu found\n", "claims of one member", member, n);
	ww_apply_close(apply);
	ww_ledger_close(&ledger);
	ww_journal_close(&journal);
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/ledger.db%s", dir, suffixes[i]);
		(void)unlink(path);
	}
	(void)rmdir(dir);
	return EXIT_SUCCESS;
}
