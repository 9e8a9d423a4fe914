/* What the tests of apply share: a site in memory (configuration, roster, journal, ledger), messages put together
 * from what matters to a test, and what came of them as one line of text. Synthetic persons 1 to 20. */
#ifndef WW_TESTS_APPLY_FIXTURE_H
#define WW_TESTS_APPLY_FIXTURE_H

#include "tests/unit/unit.h"

#include "apply/apply.h"
#include "base/crypto.h"
#include "model/record.h"
#include "store/store.h"

#include <wardwire/arena.h>
#include <wardwire/buf.h>
#include <wardwire/sink.h>
#include <wardwire/time.h>

#include <string.h>

enum { SITE_BLOBS = 16, SITE_BATCH = 256 };

struct site {
	struct ww_ctx cx;  /* of apply */
	struct ww_ctx own; /* of the test: what it reads lives as long as the site */
	struct ww_journal journal;
	struct ww_ledger ledger;
	struct ww_apply *apply;
	struct {
		char hex[2 * WW_SHA256 + 1];
		ww_str text;
	} blobs[SITE_BLOBS];
	size_t blobs_n;
	int64_t now;       /* time of the newest record */
	unsigned controls; /* control ids given out */
	void (*observe)(void *arg, const struct ww_effect *e);
	void *arg;
};

#define site_ok(s, call)                                                                           \
	do {                                                                                       \
		ww_status site_status_ = (call);                                                   \
		ck_assert_msg(site_status_ == WW_OK, "%s: %s %s: %s", #call,                       \
		    ww_status_name(site_status_), (s)->cx.fail.reason, (s)->own.fail.reason);      \
	} while (0)

/* -- the configuration ------------------------------------------------------------------------------ */

#define SITE_ZONE "America/New_York"

#define SITE_CONFIG_OF(feed_keys, endpoints, routes)                                               \
	"data: data\n"                                                                             \
	"system: \"urn:example\"\n"                                                                \
	"history_since: 2020-01-01\n"                                                              \
	"retry: {first: 1, most: 4}\n"                                                             \
	"listeners:\n"                                                                             \
	"  - {name: adt, mllp: \"127.0.0.1:0\"}\n"                                                 \
	"  - {name: adt2, mllp: \"127.0.0.1:0\"}\n"                                                \
	"feeds:\n"                                                                                 \
	"  - {name: mercy, on: adt, zone: " SITE_ZONE feed_keys "}\n"                              \
	"  - {name: north, on: adt2, zone: " SITE_ZONE "}\n"                                       \
	"endpoints:\n"                                                                             \
	"  - {name: rcca-ehr, fhir: \"http://127.0.0.1:1/fhir\", inflight: 4}\n"                   \
	"  - {name: lakeside-ehr, fhir: \"http://127.0.0.1:2/fhir\", inflight: 4}\n" endpoints     \
	"parties:\n"                                                                               \
	"  - {name: rcca, title: Riverside Care, send: rcca-ehr}\n"                                \
	"  - {name: lakeside, send: lakeside-ehr}\n"                                               \
	"rosters:\n"                                                                               \
	"  - {file: roster.csv}\n" routes

#define SITE_CONFIG_WITH(feed_keys) SITE_CONFIG_OF(feed_keys, "", "")

#define SITE_CONFIG SITE_CONFIG_WITH("")
/* With a route that sends on everything. */
#define SITE_CONFIG_ROUTED                                                                         \
	SITE_CONFIG_OF("", "  - {name: lab, mllp: \"127.0.0.1:3\"}\n",                             \
	    "routes:\n  - {name: raw, not: {MSH-9.1: ORU}, to: lab}\n")

#define SITE_ROSTER_HEADER "member_id,name,birth_date,sex,practice,effective,end\n"

/* Persons 1 to 18 are rcca's, 19 lakeside's and 20 of both: twenty rows and one. Person 18 left at the end of 2025. */
static inline ww_str
site_roster(struct site *s)
{
	struct ww_buf b = { 0 };
	ww_str text;

	ww_buf_cstr(&b, SITE_ROSTER_HEADER);
	for (int i = 1; i <= 20; i++)
		ww_buf_printf(&b, "M%04d,\"TESTFAMILY%d, GIVEN%d\",1950-03-02,F,%s,2025-01-01,%s\n",
		    i, i, i, i == 19 ? "lakeside" : "rcca", i == 18 ? "2025-12-31" : "");
	ww_buf_cstr(&b, "M0020,\"TESTFAMILY20, GIVEN20\",1950-03-02,F,lakeside,2025-01-01,\n");
	text = ww_arena_str(s->own.arena, ww_buf_view(&b));
	ww_buf_free(&b);
	return text;
}

/* -- records ---------------------------------------------------------------------------------------- */

static inline ww_status
site_blob(void *arg, struct ww_ctx *cx, ww_str hex, struct ww_buf *out)
{
	struct site *s = arg;

	for (size_t i = 0; i < s->blobs_n; i++) {
		if (!ww_str_is(hex, s->blobs[i].hex))
			continue;
		ww_buf_str_add(out, s->blobs[i].text);
		return out->error == WW_OK
		           ? WW_OK
		           : ww_fail(cx, (ww_status)out->error, "blob", "no memory");
	}
	return ww_fail(cx, WW_E_NOT_FOUND, "blob", "no such blob");
}

static inline ww_str
site_keep_blob(struct site *s, ww_str text)
{
	uint8_t digest[WW_SHA256];

	ck_assert_uint_lt(s->blobs_n, SITE_BLOBS);
	ww_sha256(text, digest);
	ww_hex(digest, sizeof(digest), s->blobs[s->blobs_n].hex);
	s->blobs[s->blobs_n].text = ww_arena_str(s->own.arena, text);
	return ww_str_from(s->blobs[s->blobs_n++].hex);
}

/* Appends a record and frees its body. Returns its sequence. */
static inline uint64_t
site_record(struct site *s, enum ww_record_kind kind, int64_t time, struct ww_buf *body)
{
	struct ww_record r = { .kind = (uint8_t)kind, .time = time, .body = ww_buf_view(body) };

	ck_assert_int_eq(body->error, WW_OK);
	site_ok(s, ww_journal_append(&s->journal, &s->own, &r, 1));
	ww_buf_free(body);
	s->now = time;
	return r.seq;
}

static inline uint64_t
site_engine(struct site *s, const char *key)
{
	struct ww_rec_engine r = { .build = WW_STR("test"),
		.tzdata = WW_STR("2026a"),
		.rules = WW_STR("admission/1 lace/1"),
		.delivery_key = ww_str_from(key),
		.feeds = ww_str_empty() };
	struct ww_buf body = { 0 };

	ww_rec_engine_write(&r, &body);
	return site_record(s, WW_REC_ENGINE, s->now + 1000, &body);
}

static inline uint64_t
site_config(struct site *s, const char *yaml)
{
	struct ww_rec_config r = { site_keep_blob(s, ww_str_from(yaml)) };
	struct ww_buf body = { 0 };

	ww_rec_config_write(&r, &body);
	return site_record(s, WW_REC_CONFIG, s->now + 1000, &body);
}

/* A program or a calendar, in front of the CONFIG record that names it. */
static inline uint64_t
site_file(struct site *s, const char *role, const char *name, const char *text)
{
	struct ww_rec_file r = { ww_str_from(role), ww_str_from(name),
		site_keep_blob(s, ww_str_from(text)) };
	struct ww_buf body = { 0 };

	ww_rec_file_write(&r, &body);
	return site_record(s, WW_REC_FILE, s->now + 1000, &body);
}

static inline uint64_t
site_edition(struct site *s, ww_str csv)
{
	struct ww_rec_roster r = { WW_STR("roster"), site_keep_blob(s, csv) };
	struct ww_buf body = { 0 };

	ww_rec_roster_write(&r, &body);
	return site_record(s, WW_REC_ROSTER, s->now + 1000, &body);
}

/* Applies everything there is. */
static inline void
site_apply(struct site *s)
{
	size_t done = 1;

	while (done > 0)
		site_ok(s, ww_apply_batch(s->apply, &s->cx, &s->journal, SITE_BATCH, &done));
}

/* -- opening ---------------------------------------------------------------------------------------- */

static inline void
site_apply_open(struct site *s)
{
	struct ww_apply_settings set = {
		.ledger = &s->ledger, .blob = site_blob, .observe = s->observe, .arg = s->arg
	};

	/* The seam hands one argument to both; blobs need the site. */
	ck_assert(s->observe == NULL || s->arg == s);
	set.arg = s;
	site_ok(s, ww_apply_open(&s->cx, &set, &s->apply));
}

/* Stores and nothing in them. */
static inline void
site_open_empty(struct site *s)
{
	*s = (struct site){ .now = INT64_C(1735711200000) }; /* 2025-01-01 */
	s->cx.arena = ww_arena_new(0);
	s->own.arena = ww_arena_new(0);
	ck_assert(s->cx.arena != NULL && s->own.arena != NULL);
	site_ok(s, ww_journal_memory(&s->own, &s->journal));
	site_ok(s, ww_ledger_memory(&s->own, &s->ledger));
	site_apply_open(s);
}

#define SITE_KEY "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

/* What every journal begins with. */
static inline void
site_start_records(struct site *s)
{
	(void)site_engine(s, SITE_KEY);
	(void)site_config(s, SITE_CONFIG);
	(void)site_edition(s, site_roster(s));
}

static inline void
site_open(struct site *s)
{
	site_open_empty(s);
	site_start_records(s);
	site_apply(s);
}

static inline void
site_close(struct site *s)
{
	ww_apply_close(s->apply);
	ww_ledger_close(&s->ledger);
	ww_journal_close(&s->journal);
	ww_arena_free(s->own.arena);
	ww_arena_free(s->cx.arena);
}

/* -- messages --------------------------------------------------------------------------------------- */

/* One message: what is NULL has a default that fits the person, "" leaves the field out. Times are HL7 texts in the
 * zone of the feed. */
struct said {
	const char *trigger;
	const char *at;       /* EVN-2; received five seconds later */
	int person;           /* 0: person 1 */
	const char *class_;   /* PV1-2; I */
	const char *in, *out; /* PV1-44; PV1-45 */
	const char *evn6;
	const char *visit;    /* PV1-19 as it stands; V<person>^^^MERCY */
	const char *account;  /* PID-18; none */
	const char *to;       /* PV1-36; none */
	const char *type;     /* PV1-4; none */
	const char *facility; /* PV1-3.4; MERCY */
	const char *pid3;     /* MR<person>^^^MERCY^MR */
	const char *name;     /* PID-5; TESTFAMILY<person>^GIVEN<person> */
	const char *birth;    /* PID-7; 19500302 */
	const char *member;   /* IN1-49; M000<person> */
	bool no_in1;
	const char *in1_36, *in2_61; /* none */
	const char *in1_17;          /* none */
	const char *mrg1;            /* none */
	const char *dx;              /* codes of DG1-3, a blank between; none */
	const char *feed;            /* mercy */
	const char *control;         /* a new one each time */
	const char *msh3, *msh4;     /* ADT, MERCY */
	const char *msh9;            /* ADT^<trigger> */
	const char *msh11;           /* P */
};

struct site_field {
	int number;
	const char *text;
};

/* A segment of the fields that have a text. */
static inline void
site_segment(struct ww_buf *b, const char *id, const struct site_field *f, size_t n)
{
	int at = 0;

	ww_buf_cstr(b, id);
	for (size_t i = 0; i < n; i++) {
		if (f[i].text == NULL || f[i].text[0] == '\0')
			continue;
		for (; at < f[i].number; at++)
			ww_buf_byte(b, '|');
		ww_buf_cstr(b, f[i].text);
	}
	ww_buf_byte(b, '\r');
}

#define SITE_SEGMENT(b, id, ...)                                                                   \
	do {                                                                                       \
		const struct site_field site_fields_[] = { __VA_ARGS__ };                          \
		site_segment((b), (id), site_fields_, UNIT_COUNT(site_fields_));                   \
	} while (0)

static inline const char *
site_text(struct site *s, const char *said, const char *fmt, int person)
{
	ww_str before, after;

	if (said != NULL)
		return said;
	before = ww_str_cut(ww_str_from(fmt), '#', &after);
	return ww_arena_printf(
	    s->own.arena, "%.*s%d%.*s", WW_STR_FMT(before), person, WW_STR_FMT(after))
	    .p;
}

static inline void
site_diagnoses(struct ww_buf *b, const char *codes)
{
	ww_str rest = ww_str_from(codes);

	for (int i = 1; rest.n > 0; i++) {
		ww_str code = ww_str_cut(rest, ' ', &rest);

		ww_buf_printf(b, "DG1|%d||%.*s^^I10|||F\r", i, WW_STR_FMT(code));
	}
}

/* The bytes of the message. */
static inline ww_str
site_bytes(struct site *s, const struct said *m)
{
	int p = m->person == 0 ? 1 : m->person;
	struct ww_buf b = { 0 };
	const char *name = site_text(s, m->name, "TESTFAMILY#", p);
	ww_str bytes;

	if (m->name == NULL)
		name = ww_arena_printf(s->own.arena, "%s^GIVEN%d", name, p).p;
	ww_buf_printf(&b, "MSH|^~\\&|%s|%s|WARDWIRE|PAYER|%s||%s|%s|%s|2.5.1\r",
	    m->msh3 != NULL ? m->msh3 : "ADT", m->msh4 != NULL ? m->msh4 : "MERCY", m->at,
	    m->msh9 != NULL ? m->msh9 : ww_arena_printf(s->own.arena, "ADT^%s", m->trigger).p,
	    m->control != NULL ? m->control : ww_arena_printf(s->own.arena, "C%u", ++s->controls).p,
	    m->msh11 != NULL ? m->msh11 : "P");
	SITE_SEGMENT(&b, "EVN", { 1, m->trigger }, { 2, m->at }, { 6, m->evn6 });
	SITE_SEGMENT(&b, "PID", { 1, "1" }, { 3, site_text(s, m->pid3, "MR#^^^MERCY^MR", p) },
	    { 5, name }, { 7, m->birth != NULL ? m->birth : "19500302" }, { 8, "F" },
	    { 18, m->account });
	if (m->mrg1 != NULL)
		SITE_SEGMENT(&b, "MRG", { 1, m->mrg1 });
	SITE_SEGMENT(&b, "PV1", { 1, "1" }, { 2, m->class_ != NULL ? m->class_ : "I" },
	    { 3, ww_arena_printf(
	             s->own.arena, "4W^401^1^%s", m->facility != NULL ? m->facility : "MERCY")
	             .p },
	    { 4, m->type }, { 19, site_text(s, m->visit, "V#^^^MERCY", p) }, { 36, m->to },
	    { 44, m->in }, { 45, m->out });
	if (m->dx != NULL)
		site_diagnoses(&b, m->dx);
	if (!m->no_in1)
		SITE_SEGMENT(&b, "IN1", { 1, "1" }, { 2, "PPO" }, { 3, "ACME" }, { 17, m->in1_17 },
		    { 36, m->in1_36 },
		    { 49, m->member != NULL ? m->member
		                            : ww_arena_printf(s->own.arena, "M%04d", p).p });
	if (m->in2_61 != NULL)
		SITE_SEGMENT(&b, "IN2", { 61, m->in2_61 });
	ck_assert_int_eq(b.error, WW_OK);
	bytes = ww_arena_str(s->own.arena, ww_buf_view(&b));
	ww_buf_free(&b);
	return bytes;
}

static inline int64_t
site_ms(const char *hl7)
{
	ww_time t = { 0 };

	ck_assert_msg(
	    ww_time_hl7(ww_str_from(hl7), ww_zone_find(SITE_ZONE), &t), "no time: %s", hl7);
	return t.ms;
}

/* Appends bytes as a MESSAGE record received then. */
static inline uint64_t
site_message(struct site *s, const char *feed, ww_str bytes, int64_t received)
{
	struct ww_rec_message r = { ww_str_from(feed), WW_STR("127.0.0.1:9"), bytes };
	struct ww_buf body = { 0 };

	ww_rec_message_write(&r, &body);
	return site_record(s, WW_REC_MESSAGE, received, &body);
}

/* Appends the message. */
static inline uint64_t
site_says(struct site *s, struct said m)
{
	return site_message(
	    s, m.feed != NULL ? m.feed : "mercy", site_bytes(s, &m), site_ms(m.at) + 5000);
}

/* The same, and applies it. */
static inline uint64_t
site_tells(struct site *s, struct said m)
{
	uint64_t seq = site_says(s, m);

	site_apply(s);
	return seq;
}

/* site_does(&s, .trigger = "A01", .at = "202603021000"): one message told. */
#define site_does(s, ...) site_tells((s), (struct said){ __VA_ARGS__ })

/* -- deliveries ------------------------------------------------------------------------------------- */

static inline uint64_t
site_attempt(struct site *s, const struct ww_outbox *row, enum ww_verb verb)
{
	struct ww_rec_attempt r = { .outbox = row->id, .revision = row->wanted, .verb = verb };
	struct ww_buf body = { 0 };

	ww_rec_attempt_write(&r, &body);
	return site_record(s, WW_REC_ATTEMPT, s->now + 100, &body);
}

static inline uint64_t
site_outcome(struct site *s, const struct ww_outbox *row, uint64_t attempt, enum ww_verb verb,
    enum ww_result result, int http)
{
	struct ww_rec_outcome r = { .outbox = row->id,
		.attempt = (int64_t)attempt,
		.revision = row->wanted,
		.verb = verb,
		.result = result,
		.http = http,
		.remote_id = ww_str_empty(),
		.etag = ww_str_empty(),
		.reason =
		    result == WW_RESULT_SENT ? ww_str_empty() : WW_STR("as the test wants it") };
	struct ww_buf body = { 0 };

	if (result == WW_RESULT_SENT) {
		r.remote_id = ww_arena_printf(s->own.arena, "r" WW_ID_FMT, WW_ID_ARG(row->id));
		r.etag = ww_arena_printf(s->own.arena, "W/\"%llu\"", (unsigned long long)attempt);
	}
	ww_rec_outcome_write(&r, &body);
	return site_record(s, WW_REC_OUTCOME, s->now + 100, &body);
}

/* Appends an order and applies it. Returns its sequence. */
static inline uint64_t
site_order(struct site *s, const char *order, const char *subject, const char *reason)
{
	struct ww_rec_operator r = { .order = ww_str_from(order),
		.subject = ww_str_from(subject),
		.reason = ww_str_from(reason),
		.who = WW_STR("tester") };
	struct ww_buf body = { 0 };
	uint64_t seq;

	ww_rec_operator_write(&r, &body);
	seq = site_record(s, WW_REC_OPERATOR, s->now + 100, &body);
	site_apply(s);
	return seq;
}

/* -- what came of it -------------------------------------------------------------------------------- */

static inline struct ww_rows
site_rows(struct site *s, const struct ww_entity *e)
{
	struct ww_rows rows;

	site_ok(s, ww_ledger_scan(&s->ledger, &s->own, e, 0, NULL, 0, &rows));
	return rows;
}

/* The n-th (from 0) row of the outbox in the order of ids. */
static inline struct ww_outbox
site_row(struct site *s, size_t n)
{
	struct ww_rows rows = site_rows(s, &ww_entity_outbox);

	ck_assert_uint_lt(n, rows.n);
	return *WW_ROW(&rows, outbox, n);
}

/* What that row is to be sent as. */
static inline ww_str
site_template(struct site *s, ww_id row)
{
	struct ww_template t;
	bool found = false;

	ww_row_init(&ww_entity_template, &t);
	t.outbox = row;
	site_ok(s, ww_get(&s->ledger, &s->own, template, &t, &found));
	ck_assert(found);
	return t.text;
}

static inline struct ww_message
site_message_row(struct site *s, uint64_t seq)
{
	struct ww_message m;
	bool found = false;

	ww_row_init(&ww_entity_message, &m);
	m.seq = (int64_t)seq;
	site_ok(s, ww_get(&s->ledger, &s->own, message, &m, &found));
	ck_assert_msg(found, "no message %llu", (unsigned long long)seq);
	return m;
}

/* "applied", or "ignored: the reason". */
static inline const char *
site_disposition(struct site *s, uint64_t seq)
{
	struct ww_message m = site_message_row(s, seq);

	return ww_arena_printf(s->own.arena, "%s%s%.*s", ww_disposition_text(m.disposition),
	    m.reason.n > 0 ? ": " : "", WW_STR_FMT(m.reason))
	    .p;
}

static inline const char *
site_join(struct site *s, const char *before, ww_str one)
{
	return ww_arena_printf(
	    s->own.arena, "%s%s%.*s", before, before[0] != '\0' ? "; " : "", WW_STR_FMT(one))
	    .p;
}

/* "ed-arrival open; admission retracted", in the order of ids; the practice where it is not rcca, the ordinal where
 * it is not the first. */
static inline const char *
site_flags(struct site *s)
{
	struct ww_rows rows = site_rows(s, &ww_entity_flag);
	const char *text = "";

	for (size_t i = 0; i < rows.n; i++) {
		const struct ww_flag *f = WW_ROW(&rows, flag, i);
		bool rcca = ww_str_is(f->practice, "rcca");
		char ordinal[24] = "";

		if (f->ordinal != 1)
			snprintf(ordinal, sizeof(ordinal), " #%d", (int)f->ordinal);
		text = site_join(s, text,
		    ww_arena_printf(s->own.arena, "%s %s%s%s%.*s", ww_flag_kind_text(f->kind),
		        ww_flag_state_text(f->state), ordinal, rcca ? "" : " ",
		        WW_STR_FMT(rcca ? ww_str_empty() : f->practice)));
	}
	return text;
}

/* "Task stay due create; Communication correction due create", likewise. */
static inline const char *
site_outbox(struct site *s)
{
	struct ww_rows rows = site_rows(s, &ww_entity_outbox);
	const char *text = "";

	for (size_t i = 0; i < rows.n; i++) {
		const struct ww_outbox *r = WW_ROW(&rows, outbox, i);
		bool rcca = ww_str_is(r->practice, "rcca");

		text = site_join(s, text,
		    ww_arena_printf(s->own.arena, "%s %.*s %s %.*s%s%.*s",
		        ww_resource_type_text(r->resource), WW_STR_FMT(r->subject),
		        ww_outbox_state_text(r->state), WW_STR_FMT(r->change), rcca ? "" : " ",
		        WW_STR_FMT(rcca ? ww_str_empty() : r->practice)));
	}
	return text;
}

#define site_flags_are(s, want) ck_assert_str_eq(site_flags(s), (want))
#define site_outbox_is(s, want) ck_assert_str_eq(site_outbox(s), (want))

/* The text of every row. */
static inline void
site_dump(struct site *s, struct ww_ledger *l, struct ww_buf *out)
{
	ww_buf_clear(out);
	site_ok(s, ww_ledger_dump(l, &s->own, out));
}

/* Applies the journal of s to l, an empty ledger, in batches of that many records. */
static inline void
site_replay(struct site *s, struct ww_ledger *l, size_t batch)
{
	struct ww_apply_settings set = { .ledger = l, .blob = site_blob, .arg = s };
	struct ww_apply *a = NULL;
	size_t done = 1;

	site_ok(s, ww_apply_open(&s->cx, &set, &a));
	while (done > 0)
		site_ok(s, ww_apply_batch(a, &s->cx, &s->journal, batch, &done));
	ww_apply_close(a);
}

/* Two dumps are equal; the first line that differs is shown. */
static inline void
site_same(ww_str a, ww_str b, const char *what)
{
	while (a.n > 0 || b.n > 0) {
		ww_str x = ww_str_cut(a, '\n', &a), y = ww_str_cut(b, '\n', &b);

		ck_assert_msg(
		    ww_str_eq(x, y), "%s:\n  %.*s\n  %.*s", what, WW_STR_FMT(x), WW_STR_FMT(y));
	}
}

/* The ledger is the same when it is built again from the journal, whatever the batches. */
static inline void
site_rebuilds(struct site *s)
{
	static const size_t batches[] = { 1, 2, 7, SITE_BATCH };
	struct ww_buf live = { 0 }, anew = { 0 };

	site_dump(s, &s->ledger, &live);
	for (size_t i = 0; i < UNIT_COUNT(batches); i++) {
		struct ww_ledger l;
		char what[48];

		site_ok(s, ww_ledger_memory(&s->own, &l));
		site_replay(s, &l, batches[i]);
		site_dump(s, &l, &anew);
		snprintf(what, sizeof(what), "live and rebuilt, %zu a batch", batches[i]);
		site_same(ww_buf_view(&live), ww_buf_view(&anew), what);
		ww_ledger_close(&l);
	}
	ww_buf_free(&live);
	ww_buf_free(&anew);
}

#endif
