/* How long it takes to fold a visit from its log: of five hundred events, and of ten times fewer beside it. */
#include "model/fold.h"

#include <wardwire/arena.h>
#include <wardwire/model.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MOST = 500, ROUNDS = 200, TRIES = 9 };

static double
cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static ww_time
minute(int n)
{
	return (ww_time){ .ms = INT64_C(1773100800000) + n * INT64_C(60000), .prec = WW_PREC_MIN };
}

/* A long stay: admitted, moved, on leave and back, discharged and not, updated in between; in the order of arrival that a
 * retry leaves. */
static void
write_log(struct ww_event *ev, int n)
{
	static const char *const triggers[] = { "A02", "A08", "A21", "A08", "A22", "A54", "A12",
		"A16", "A25", "A03", "A13" };

	for (int i = 0; i < n; i++) {
		int at = i % 7 == 3 ? i + 5 : i;

		ww_row_init(&ww_entity_event, &ev[i]);
		ev[i].id = i + 1;
		ev[i].encounter = 1;
		ev[i].trigger = ww_str_from(
		    i == 0 ? "A01" : triggers[(size_t)i % (sizeof(triggers) / sizeof(*triggers))]);
		ev[i].recorded = ev[i].occurred = ev[i].stated = ev[i].sent = minute(at);
		ev[i].admitted = minute(0);
		ev[i].control = ww_str_from(i % 2 == 0 ? "MSG000123" : "MSG000124");
		ev[i].class_ = WW_encounter_class_INPATIENT;
		ev[i].location = ww_str_from(i % 3 == 0 ? "4W^401^1" : "5N^502^2");
		ev[i].facility = WW_STR("NORTH");
	}
}

/* What each message does behind the fold: the log keeps what it needs. How many of the events those are. */
static size_t
keep(struct ww_ctx *cx, const struct ww_event *ev, size_t n)
{
	static bool needed[MOST];
	size_t kept = 0;

	if (ww_fold_needed(cx, ev, n, needed) != WW_OK)
		exit(EXIT_FAILURE);
	for (size_t i = 0; i < n; i++)
		kept += needed[i];
	return kept;
}

/* Microseconds of one fold: the best of several turns, as only that is the program's own. */
static double
fold_us(struct ww_ctx *cx, const struct ww_event *ev, size_t n, size_t *kept)
{
	double best = 0;

	for (int t = 0; t < TRIES; t++) {
		double start = cpu_us(), took;

		for (int i = 0; i < ROUNDS; i++) {
			struct ww_encounter e;

			ww_arena_reset(cx->arena);
			ww_row_init(&ww_entity_encounter, &e);
			if (ww_fold(cx, ev, n, &e) != WW_OK)
				exit(EXIT_FAILURE);
			if (kept != NULL)
				*kept = keep(cx, ev, n);
		}
		took = (cpu_us() - start) / ROUNDS;
		if (t == 0 || took < best)
			best = took;
	}
	return best;
}

int
main(void)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	static struct ww_event ev[MOST];
	double few, many, kept_us;
	size_t kept;

	if (cx.arena == NULL)
		return EXIT_FAILURE;
	write_log(ev, MOST / 10);
	few = fold_us(&cx, ev, MOST / 10, NULL);
	write_log(ev, MOST);
	many = fold_us(&cx, ev, MOST, NULL);
	kept_us = fold_us(&cx, ev, MOST, &kept);
	printf("fold events=%d %.1f us, events=%d %.1f us (goal 200), ratio=%.1f; with what the "
	       "log keeps, %zu, %.1f us\n",
	    MOST / 10, few, MOST, many, many / few, kept, kept_us);
	ww_arena_free(cx.arena);
	return EXIT_SUCCESS;
}
