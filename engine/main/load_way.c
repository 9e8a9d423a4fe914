#include "main/load_way.h"

#include "apply/apply.h"
#include "base/fs.h"
#include "link/control.h"
#include "main/hands.h"
#include "main/site.h"
#include "main/start.h"

#include <wardwire/buf.h>

#include <stdlib.h>
#include <time.h>

enum { ANSWER_MS = 120000, TRIES = 600, TRY_MS = 100 };

struct ww_load_way {
	struct ww_site *site;
	struct ww_hands hands;
	bool held;        /* by our hands, to the end */
	struct ww_ctx cx; /* of what is applied: applying clears it */
};

struct ww_load_way *
ww_load_way_new(struct ww_site *site)
{
	struct ww_load_way *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return NULL;
	w->site = site;
	w->cx.arena = ww_arena_new(0);
	if (w->cx.arena == NULL) {
		free(w);
		return NULL;
	}
	return w;
}

void
ww_load_way_free(struct ww_load_way *w)
{
	if (w == NULL)
		return;
	ww_hands_let_go(&w->hands);
	ww_arena_free(w->cx.arena);
	free(w);
}

/* -- to the engine ------------------------------------------------------------------------------------- */

static ww_status
refusal(struct ww_ctx *cx, const struct ww_json *answer)
{
	ww_str code = ww_json_str(ww_json_get(answer, "code"));
	uint64_t number = 0;

	(void)ww_str_u64(ww_str_sub(code, 3, code.n), 999, &number);
	return ww_fail(cx, ww_status_of_number((int)number), NULL, "%.*s",
	    WW_STR_FMT(ww_json_str(ww_json_get(answer, "reason"))));
}

static ww_status
by_engine(
    struct ww_load_way *w, struct ww_ctx *cx, const struct ww_load_put *p, struct ww_json **out)
{
	struct ww_buf line = { 0 }, answer = { 0 };
	ww_status s = ww_json_write(cx, p->line, false, &line);

	if (s == WW_OK)
		s = ww_control_ask(cx, w->site->control, ww_buf_view(&line), ANSWER_MS, &answer);
	if (s == WW_OK && ww_buf_view(&answer).n == 0)
		s = ww_fail(cx, WW_E_CLOSED, NULL, "the engine is stopping");
	if (s == WW_OK)
		s = ww_json_parse(cx, ww_arena_str(cx->arena, ww_buf_view(&answer)), out);
	ww_buf_free(&line);
	ww_buf_free(&answer);
	if (s == WW_OK && ww_json_get(*out, "code") != NULL)
		s = refusal(cx, *out);
	return s;
}

/* -- by our own hands ---------------------------------------------------------------------------------- */

/* As an engine starts: what came before is applied, and the configuration in force is this one. */
static ww_status
prepare(struct ww_load_way *w)
{
	struct ww_clock clock = ww_clock_system();
	struct ww_hands *h = &w->hands;
	ww_status s = ww_fs_mkdir(w->site->fs, &w->cx, w->site->blobs);

	if (s == WW_OK)
		s = ww_start_joins(&w->cx, &h->journal, ww_apply_cursor(h->apply));
	if (s == WW_OK)
		s = ww_start_records(
		    w->site, &w->cx, &h->journal, &h->ledger, h->apply, ww_clock_now(&clock));
	return s;
}

/* WW_E_BUSY: an engine runs after all. */
static ww_status
take(struct ww_load_way *w, struct ww_ctx *cx)
{
	ww_status s = ww_hands_take(w->site, &w->hands);

	if (s != WW_OK) {
		cx->fail = w->site->cx.fail;
		w->site->cx.fail = (struct ww_failure){ .status = WW_OK };
	} else {
		s = prepare(w);
		if (s != WW_OK)
			cx->fail = w->cx.fail;
	}
	w->held = s == WW_OK;
	if (s != WW_OK)
		ww_hands_let_go(&w->hands);
	return s;
}

static ww_status
append(struct ww_load_way *w, struct ww_ctx *cx, const struct ww_load_put *p, uint64_t *seqs)
{
	struct ww_clock clock = ww_clock_system();
	struct ww_record *r = ww_arena_array(cx->arena, p->n, sizeof(*r));
	struct ww_buf *bodies = ww_arena_array(cx->arena, p->n, sizeof(*bodies));
	ww_status s = WW_OK;

	if (r == NULL || bodies == NULL)
		return ww_fail_memory(cx);
	for (size_t i = 0; i < p->n; i++) {
		p->record(p->arg, i, &bodies[i]);
		if (bodies[i].error != WW_OK)
			s = ww_fail(cx, WW_E_MEMORY, NULL, "no memory for a batch");
		r[i] = (struct ww_record){ .kind = p->kind,
			.time = ww_clock_now(&clock),
			.body = ww_buf_view(&bodies[i]) };
	}
	if (s == WW_OK)
		s = ww_journal_append(&w->hands.journal, cx, r, p->n);
	for (size_t i = 0; i < p->n; i++) {
		seqs[i] = r[i].seq;
		ww_buf_free(&bodies[i]);
	}
	return s;
}

static ww_status
by_hand(struct ww_load_way *w, struct ww_ctx *cx, const struct ww_load_put *p, struct ww_json **out)
{
	uint64_t *seqs = ww_arena_array(cx->arena, p->n, sizeof(*seqs));
	ww_status s = seqs != NULL ? append(w, cx, p, seqs) : ww_fail_memory(cx);

	if (s != WW_OK)
		return s;
	s = ww_start_catch_up(w->hands.apply, &w->cx, &w->hands.journal);
	if (s != WW_OK) {
		cx->fail = w->cx.fail;
		return s;
	}
	s = p->outcome(p->arg, cx, &w->hands.ledger, seqs, out);
	return s == WW_OK && ww_json_get(*out, "code") != NULL ? refusal(cx, *out) : s;
}

/* -- either -------------------------------------------------------------------------------------------- */

static ww_status
give_once(
    struct ww_load_way *w, struct ww_ctx *cx, const struct ww_load_put *p, struct ww_json **out)
{
	ww_status s = WW_OK;

	if (!w->held) {
		s = by_engine(w, cx, p, out);
		if (s != WW_E_CONNECT)
			return s;
		cx->fail = (struct ww_failure){ .status = WW_OK };
		s = take(w, cx);
	}
	return s == WW_OK ? by_hand(w, cx, p, out) : s;
}

/* What passes by itself: an engine that starts or stops holds the lock and does not answer yet or any more. */
static bool
passes(ww_status s)
{
	return s == WW_E_BUSY || s == WW_E_CLOSED || s == WW_E_TIMEOUT;
}

ww_status
ww_load_way_put(
    struct ww_load_way *w, struct ww_ctx *cx, const struct ww_load_put *p, struct ww_json **out)
{
	for (int i = 0;; i++) {
		ww_status s = give_once(w, cx, p, out);

		if (!passes(s) || i == TRIES)
			return s;
		cx->fail = (struct ww_failure){ .status = WW_OK };
		(void)nanosleep(&(struct timespec){ .tv_nsec = TRY_MS * 1000000L }, NULL);
	}
}

/* -- batches of resources ------------------------------------------------------------------------------ */

static void
batch_record(const void *arg, size_t i, struct ww_buf *out)
{
	ww_load_record(arg, i, out);
}

static ww_status
batch_outcome(const void *arg, struct ww_ctx *cx, struct ww_ledger *l, const uint64_t *seqs,
    struct ww_json **out)
{
	const struct ww_load_batch *b = arg;

	return ww_load_outcome(cx, l, seqs, b->n, out);
}

ww_status
ww_load_way_give(
    struct ww_load_way *w, struct ww_ctx *cx, const struct ww_load_batch *b, struct ww_json **out)
{
	const struct ww_load_put p = { .line = ww_load_line(cx, b),
		.kind = WW_REC_REQUEST,
		.n = b->n,
		.record = batch_record,
		.outcome = batch_outcome,
		.arg = b };

	return ww_load_way_put(w, cx, &p, out);
}
