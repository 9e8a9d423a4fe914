/* Speed of reading and checking FHIR on one thread: a Bundle of a megabyte of claims, and an Encounter of 3 KB.
 *
 * Processor time is what counts, and of each row the best of its turns, as others use the machine too. */
#include "codec/fhir_check.h"
#include "codec/fhir_outcome.h"
#include "tests/bench/claims.h"

#include <wardwire/arena.h>
#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/json.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BUNDLE = 1 << 20, TURNS = 9 };

static struct ww_buf bundle, encounter;
static struct ww_ctx cx;

/* -- what is read ------------------------------------------------------------------------------------ */

static void
make_encounter(void)
{
	ww_buf_cstr(&encounter,
	    "{\"resourceType\":\"Encounter\",\"id\":\"e1\",\"identifier\":[{\"use\":\"official\","
	    "\"system\":\"http://mercy.example.org/visits\",\"value\":\"V100\"}],\"status\":"
	    "\"in-progress\",\"class\":{\"system\":"
	    "\"http://terminology.hl7.org/CodeSystem/v3-ActCode\",\"code\":\"IMP\"},\"subject\":"
	    "{\"reference\":\"Patient/p1\"},\"period\":{\"start\":"
	    "\"2026-03-02T10:15:00-05:00\"},\"serviceProvider\":{\"reference\":"
	    "\"Organization/mercy\"},\"location\":[");
	for (int i = 0; i < 8; i++)
		ww_buf_printf(&encounter,
		    "%s{\"location\":{\"reference\":\"Location/w%d\",\"display\":\"Ward %d\"},"
		    "\"status\":\"active\",\"period\":{\"start\":\"2026-03-02T1%d:15:00-05:00\"}}",
		    i > 0 ? "," : "", i, i, i);
	ww_buf_cstr(&encounter, "],\"participant\":[");
	for (int i = 0; i < 6; i++)
		ww_buf_printf(&encounter,
		    "%s{\"type\":[{\"coding\":[{\"system\":"
		    "\"http://terminology.hl7.org/CodeSystem/v3-ParticipationType\",\"code\":"
		    "\"ATND\",\"display\":\"attender\"}]}],\"individual\":{\"reference\":"
		    "\"Practitioner/d%d\",\"display\":\"Doctor %d\"}}",
		    i > 0 ? "," : "", i, i);
	ww_buf_cstr(&encounter, "]}");
}

/* -- what is measured -------------------------------------------------------------------------------- */

static void
parse(ww_str text, bool check)
{
	static const struct ww_fhir_rules rules = { .lenient = false };
	struct ww_fhir_issues found = { .n = 0 };
	struct ww_json *v;

	ww_ctx_clear(&cx);
	if (ww_json_parse(&cx, text, &v) != WW_OK ||
	    (check && ww_fhir_check(&cx, v, &rules, &found) != WW_OK) || found.errors > 0) {
		fprintf(stderr, "bench_fhir: what it made is not good\n");
		exit(1);
	}
}

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
measure(const char *name, ww_str text, bool check)
{
	size_t rounds = 8 * (size_t)BUNDLE / text.n;
	double best = 0;

	for (int turn = 0; turn < TURNS; turn++) {
		double start = seconds(), one;

		for (size_t i = 0; i < rounds; i++)
			parse(text, check);
		one = (seconds() - start) / (double)rounds;
		if (turn == 0 || one < best)
			best = one;
	}
	printf("%-32s %8.1f MB/s %10.1f us each\n", name, (double)text.n / best / 1e6, best * 1e6);
}

int
main(void)
{
	cx.arena = ww_arena_new(0);
	if (cx.arena == NULL)
		return EXIT_FAILURE;
	(void)bench_claims(&bundle, BUNDLE);
	make_encounter();
	measure("bundle of claims, parsed", ww_buf_view(&bundle), false);
	measure("bundle of claims, and checked", ww_buf_view(&bundle), true);
	measure("encounter of 3 KB, parsed", ww_buf_view(&encounter), false);
	measure("encounter of 3 KB, and checked", ww_buf_view(&encounter), true);
	ww_buf_free(&bundle);
	ww_buf_free(&encounter);
	ww_arena_free(cx.arena);
	return EXIT_SUCCESS;
}
