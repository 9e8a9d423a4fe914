/* What the tests of FHIR requests share: a REQUEST record from what matters to a test, what was answered, and what is stored. */
#ifndef WW_TESTS_REQUEST_FIXTURE_H
#define WW_TESTS_REQUEST_FIXTURE_H

#include "tests/unit/apply_fixture.h"

#include <wardwire/json.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What is NULL is empty; feed and interaction have a default: mercy, create. */
struct asked {
	const char *feed, *client, *party;
	const char *interaction, *type, *id, *condition, *match, *none_match, *format;
	const char *raw;
	int64_t answers, http; /* of a payer's answer */
	int64_t after;         /* ms since the record before; 1000 */
};

/* Appends the request. Returns its sequence. */
static inline uint64_t
site_asks(struct site *s, struct asked q)
{
	struct ww_rec_request r = { .feed = ww_str_from(q.feed != NULL ? q.feed : "mercy"),
		.peer = WW_STR("127.0.0.1:9"),
		.client = ww_str_from(q.client),
		.party = ww_str_from(q.party),
		.interaction = ww_str_from(q.interaction != NULL ? q.interaction : "create"),
		.type = ww_str_from(q.type),
		.id = ww_str_from(q.id),
		.condition = ww_str_from(q.condition),
		.match = ww_str_from(q.match),
		.format = ww_str_from(q.format != NULL ? q.format : "json"),
		.raw = ww_str_from(q.raw),
		.answers = q.answers,
		.http = q.http,
		.refused = ww_str_empty(),
		.none_match = ww_str_from(q.none_match) };
	struct ww_buf body = { 0 };

	ww_rec_request_write(&r, &body);
	return site_record(s, WW_REC_REQUEST, s->now + (q.after != 0 ? q.after : 1000), &body);
}

static inline struct ww_request_answer
site_answer_of(struct site *s, uint64_t seq)
{
	struct ww_request_answer a;
	bool found = false;

	ww_row_init(&ww_entity_request_answer, &a);
	a.seq = (int64_t)seq;
	site_ok(s, ww_get(&s->ledger, &s->own, request_answer, &a, &found));
	ck_assert_msg(found, "no answer to request %llu", (unsigned long long)seq);
	return a;
}

/* Asks, applies, and gives what is answered. site_ask(&s, .type = "Patient", .raw = "{...}") */
#define site_ask(s, ...) site_answered((s), (struct asked){ __VA_ARGS__ })

static inline struct ww_request_answer
site_answered(struct site *s, struct asked q)
{
	uint64_t seq = site_asks(s, q);

	site_apply(s);
	return site_answer_of(s, seq);
}

/* The row of that resource of feed mercy; *found false: there never was one. */
static inline struct ww_resource
site_resource(struct site *s, const char *type, ww_str id, bool *found)
{
	struct ww_resource r;

	ww_row_init(&ww_entity_resource, &r);
	r.feed = WW_STR("mercy");
	r.type = ww_str_from(type);
	r.id = id;
	site_ok(s, ww_get(&s->ledger, &s->own, resource, &r, found));
	return r;
}

/* The text of a resource that must be there, deleted or not. */
static inline ww_str
site_stored(struct site *s, const char *type, ww_str id)
{
	bool found;
	struct ww_resource r = site_resource(s, type, id, &found);

	ck_assert_msg(found, "no %s/%.*s", type, WW_STR_FMT(id));
	return r.text;
}

/* The message's row. */
static inline struct ww_message
site_request_message(struct site *s, int64_t seq)
{
	struct ww_message m;
	bool found = false;

	ww_row_init(&ww_entity_message, &m);
	m.seq = seq;
	site_ok(s, ww_get(&s->ledger, &s->own, message, &m, &found));
	ck_assert(found);
	return m;
}

/* As site_rebuilds, and also in a file of SQLite. */
static inline void
site_rebuilds_everywhere(struct site *s)
{
	static const char *const parts[] = { "", "-wal", "-shm" };
	struct ww_buf live = { 0 }, anew = { 0 };
	char dir[] = "/tmp/wardwire-request-XXXXXX", path[64];
	struct ww_ledger l;

	site_rebuilds(s);
	ck_assert_ptr_nonnull(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/ledger.db", dir);
	site_ok(s, ww_ledger_sqlite(&s->own, path, WW_LEDGER_WRITE, &l));
	site_replay(s, &l, 5);
	site_dump(s, &s->ledger, &live);
	site_dump(s, &l, &anew);
	site_same(ww_buf_view(&live), ww_buf_view(&anew), "in memory and in SQLite");
	ww_ledger_close(&l);
	for (size_t i = 0; i < UNIT_COUNT(parts); i++) {
		(void)snprintf(path, sizeof(path), "%s/ledger.db%s", dir, parts[i]);
		(void)unlink(path);
	}
	ck_assert_int_eq(rmdir(dir), 0);
	ww_buf_free(&live);
	ww_buf_free(&anew);
}

#endif
