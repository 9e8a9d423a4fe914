/* Requests, one a line: "interaction type id condition match body", a blank between, '-' for what is not said. Whatever they say each is
 * applied and answered, and the ledger is the same when it is built again from the journal; a query finds what the criteria in it
 * hold of, and nothing else. */
#include "apply/apply.h"
#include "model/record.h"
#include "store/resource_search.h"
#include "store/store.h"

#include <wardwire/arena.h>
#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/log.h>

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LINES_MAX = 16 };

static const char config[] = "data: data\n"
                             "system: \"urn:example\"\n"
                             "listeners:\n"
                             "  - {name: fhir, fhir: \"127.0.0.1:0/fhir\", auth: none}\n"
                             "feeds:\n"
                             "  - {name: f, on: fhir}\n";

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static ww_status
blob(void *arg, struct ww_ctx *cx, ww_str hex, struct ww_buf *out)
{
	(void)arg;
	(void)cx;
	(void)hex;
	ww_buf_cstr(out, config);
	return WW_OK;
}

static uint64_t
append(struct ww_journal *j, struct ww_ctx *cx, enum ww_record_kind kind, struct ww_buf *body)
{
	static int64_t now;
	struct ww_record r = { .kind = (uint8_t)kind, .time = ++now, .body = ww_buf_view(body) };

	must(ww_journal_append(j, cx, &r, 1) == WW_OK);
	ww_buf_free(body);
	return r.seq;
}

static ww_str
word(ww_str *rest)
{
	ww_str w = ww_str_cut(*rest, ' ', rest);

	return ww_str_is(w, "-") ? ww_str_empty() : w;
}

static uint64_t
ask(struct ww_journal *j, struct ww_ctx *cx, ww_str line)
{
	struct ww_rec_request r = {
		.feed = WW_STR("f"), .peer = ww_str_empty(), .client = ww_str_empty()
	};
	struct ww_buf body = { 0 };

	r.party = ww_str_empty();
	r.format = WW_STR("json");
	r.interaction = word(&line);
	r.type = word(&line);
	r.id = word(&line);
	r.condition = word(&line);
	r.match = word(&line);
	r.raw = line;
	ww_rec_request_write(&r, &body);
	return append(j, cx, WW_REC_REQUEST, &body);
}

static void
run(struct ww_journal *j, struct ww_ledger *l, struct ww_ctx *cx)
{
	const struct ww_apply_settings set = { .ledger = l, .blob = blob };
	struct ww_apply *a;
	size_t done = 1;

	must(ww_ledger_memory(cx, l) == WW_OK);
	must(ww_apply_open(cx, &set, &a) == WW_OK);
	while (done > 0)
		must(ww_apply_batch(a, cx, j, 3, &done) == WW_OK);
	ww_apply_close(a);
}

static void
is_answered(struct ww_ledger *l, struct ww_ctx *cx, uint64_t seq)
{
	struct ww_request_answer a;
	struct ww_message m;
	bool found;

	ww_row_init(&ww_entity_request_answer, &a);
	ww_row_init(&ww_entity_message, &m);
	a.seq = m.seq = (int64_t)seq;
	must(ww_get(l, cx, request_answer, &a, &found) == WW_OK && found && a.http >= 200);
	must(ww_get(l, cx, message, &m, &found) == WW_OK && found);
	must(a.http < 400 || m.disposition == WW_disposition_IGNORED ||
	     m.disposition == WW_disposition_QUARANTINED);
}

/* What the search finds is what a look at every resource of the type finds. */
static void
searches(struct ww_ledger *l, struct ww_ctx *cx, ww_str type, ww_str query)
{
	struct ww_resource_place at = { ww_str_empty(), ww_str_empty() };
	struct ww_resource_query q;
	struct ww_resource like;
	struct ww_rows rows, all;
	size_t n = 0;
	bool more;

	if (!ww_resource_type_is(type) || ww_resource_query_read(cx, type, query, &q) != WW_OK) {
		cx->fail.status = WW_OK;
		return;
	}
	must(ww_resource_search(l, cx, WW_STR("f"), &q, false, 1000, &at, &rows, &more) == WW_OK);
	ww_row_init(&ww_entity_resource, &like);
	like.feed = WW_STR("f");
	like.type = type;
	must(ww_ledger_scan(l, cx, &ww_entity_resource, 2, &like, 0, &all) == WW_OK);
	for (size_t i = 0; i < all.n; i++) {
		const struct ww_resource *r = WW_ROW(&all, resource, i);
		bool holds = r->deleted == 0;

		for (size_t k = 0; k < q.n; k++)
			holds = holds && ww_criterion_holds(&q.v[k], r->id, r->keys);
		n += holds;
	}
	must(rows.n == n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) }, own = { .arena = ww_arena_new(0) };
	ww_str lines[LINES_MAX], rest = ww_str_of(data, size);
	struct ww_ledger one, other;
	struct ww_buf a = { 0 }, b = { 0 }, body = { 0 };
	struct ww_journal j;
	uint64_t seqs[LINES_MAX];
	size_t n = 0;

	must(cx.arena != NULL && own.arena != NULL);
	ww_log_set_level((enum ww_log_level) - 1);
	must(ww_journal_memory(&own, &j) == WW_OK);
	ww_rec_config_write(&(struct ww_rec_config){ WW_STR("00") }, &body);
	(void)append(&j, &own, WW_REC_CONFIG, &body);
	while (rest.n > 0 && n < LINES_MAX) {
		lines[n] = ww_str_cut(rest, '\n', &rest);
		seqs[n] = ask(&j, &own, lines[n]);
		n++;
	}
	run(&j, &one, &cx);
	run(&j, &other, &cx);
	must(ww_ledger_dump(&one, &own, &a) == WW_OK && ww_ledger_dump(&other, &own, &b) == WW_OK);
	must(ww_str_eq(ww_buf_view(&a), ww_buf_view(&b)));
	for (size_t i = 0; i < n; i++) {
		ww_str line = lines[i], type;

		is_answered(&one, &own, seqs[i]);
		(void)word(&line);
		type = word(&line);
		(void)word(&line);
		searches(&one, &own, type, word(&line));
	}
	ww_buf_free(&a);
	ww_buf_free(&b);
	ww_ledger_close(&one);
	ww_ledger_close(&other);
	ww_journal_close(&j);
	ww_arena_free(cx.arena);
	ww_arena_free(own.arena);
	return 0;
}
