/* How long it takes to judge the discharge of a member with two years of history: 200 claims, and 20, so that growth shows. All
 * rules of a program that uses them all are asked. Judging alone: what the person's rows say is read and the rules run, with nothing
 * changed by it; and the whole A03 record, which raises flags and composes a Task besides.
 *
 * The journal is in memory, the ledger a file without waiting for the disk. Processor time is what counts, the best of the turns. */
#include "apply/work.h"
#include "base/crypto.h"
#include "model/record.h"
#include "store/store.h"

#include <wardwire/arena.h>
#include <wardwire/buf.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MEMBERS = 200, TURNS = 15, DAYS = 730, ADMITTED = 20514 /* 2026-03-02 */ };

static const char config[] = "data: data\n"
                             "system: \"urn:example\"\n"
                             "history_since: 2020-01-01\n"
                             "listeners:\n"
                             "  - {name: adt, mllp: \"127.0.0.1:0\"}\n"
                             "feeds:\n"
                             "  - {name: mercy, on: adt, zone: America/New_York}\n"
                             "endpoints:\n"
                             "  - {name: rcca-ehr, fhir: \"http://127.0.0.1:1/fhir\"}\n"
                             "parties:\n"
                             "  - {name: rcca, title: Riverside Care, send: rcca-ehr}\n"
                             "  - {name: acme, title: Acme, send: rcca-ehr}\n"
                             "programs:\n"
                             "  - {file: all.yaml, payer: acme}\n"
                             "rosters:\n"
                             "  - {file: roster.csv}\n";

static const char program[] =
    "program: all\n"
    "title: All\n"
    "version: 1\n"
    "rules: [{use: admission/2}, {use: lace/1}, {use: readmit-hwr/1}, {use: recent-stay/1}, {use: "
    "follow-up/1}]\n"
    "flags:\n"
    "  admission: {to: coordinator, as: stay-task, deadline: 24h}\n"
    "  discharge: {to: coordinator, as: stay-task, deadline: 24h}\n"
    "  readmission-risk: {to: coordinator, as: stay-task, deadline: 24h}\n"
    "  readmission: {to: coordinator, as: stay-task, deadline: 24h}\n"
    "  follow-up-contact: {to: coordinator, as: task, deadline: 2bd}\n"
    "  follow-up-visit: {to: coordinator, as: task, deadline: 14d}\n";

static struct ww_ctx cx, own;
static struct ww_journal journal;
static struct ww_ledger ledger;
static struct ww_apply *apply;
static int64_t now = INT64_C(1772452800000);
static struct ww_buf body;
static struct {
	char hex[2 * WW_SHA256 + 1];
	struct ww_buf text;
} blobs[4];
static size_t blobs_n;

static void
ok(ww_status s, const char *what)
{
	if (s == WW_OK)
		return;
	(void)fprintf(stderr, "bench_judge: %s: %s %s %s\n", what, ww_status_name(s),
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

/* -- records ------------------------------------------------------------------------------------------ */

static ww_status
blob(void *arg, struct ww_ctx *c, ww_str hex, struct ww_buf *out)
{
	(void)arg;
	for (size_t i = 0; i < blobs_n; i++) {
		if (ww_str_is(hex, blobs[i].hex)) {
			ww_buf_str_add(out, ww_buf_view(&blobs[i].text));
			return WW_OK;
		}
	}
	return ww_fail(c, WW_E_NOT_FOUND, "blob", "no such blob");
}

static ww_str
keep(ww_str text)
{
	uint8_t digest[WW_SHA256];

	ww_sha256(text, digest);
	ww_hex(digest, sizeof(digest), blobs[blobs_n].hex);
	ww_buf_str_add(&blobs[blobs_n].text, text);
	return ww_str_from(blobs[blobs_n++].hex);
}

static void
append(enum ww_record_kind kind)
{
	struct ww_record r = { .kind = (uint8_t)kind, .time = now += 10 };

	r.body = ww_buf_view(&body);
	ok(ww_journal_append(&journal, &own, &r, 1), "append");
	ww_buf_clear(&body);
}

static void
apply_all(void)
{
	size_t done = 1;

	while (done > 0)
		ok(ww_apply_batch(apply, &cx, &journal, 256, &done), "apply");
}

static void
begin(void)
{
	struct ww_rec_engine engine = { .build = WW_STR("bench"),
		.tzdata = WW_STR("2026a"),
		.rules = WW_STR("all"),
		.delivery_key =
		    WW_STR("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"),
		.feeds = ww_str_empty() };
	struct ww_rec_file file = { WW_STR("program"), WW_STR("all"), keep(ww_str_from(program)) };
	struct ww_rec_config c = { keep(ww_str_from(config)) };
	struct ww_buf csv = { 0 };
	struct ww_rec_roster roster = { .name = WW_STR("roster") };

	ww_rec_engine_write(&engine, &body);
	append(WW_REC_ENGINE);
	ww_rec_file_write(&file, &body);
	append(WW_REC_FILE);
	ww_rec_config_write(&c, &body);
	append(WW_REC_CONFIG);
	ww_buf_cstr(&csv, "member_id,name,birth_date,sex,practice,effective,end\n");
	for (int i = 0; i < MEMBERS; i++)
		ww_buf_printf(&csv, "M%06d,\"DOE%d, JANE\",1950-03-02,F,rcca,2020-01-01,\n", i, i);
	roster.blob = keep(ww_buf_view(&csv));
	ww_rec_roster_write(&roster, &body);
	append(WW_REC_ROSTER);
	ww_buf_free(&csv);
}

static void
say(int member, const char *trigger, const char *at)
{
	struct ww_buf m = { 0 };
	struct ww_rec_message r = { WW_STR("mercy"), WW_STR("127.0.0.1:9"), ww_str_empty() };

	ww_buf_printf(&m,
	    "MSH|^~\\&|ADT|MERCY|X|Y|%s||ADT^%s|%s%d|P|2.5.1\r"
	    "EVN|%s|%s\r"
	    "PID|1||%d^^^MERCY^MR||DOE%d^JANE||19500302|F\r"
	    "PV1|1|I|4W^401^A^MERCY|E||||||MED||||7|||||V%d^^^MERCY|||||||||||||||||%s||||||||"
	    "20260302101500|%s\r"
	    "IN1|1|PLAN|ACME|ACME|||||||||||||||||||||||||||||||||M%06d\r",
	    at, trigger, trigger, member, trigger, at, member, member, member,
	    trigger[2] == '3' ? "01" : "", trigger[2] == '3' ? at : "", member);
	r.raw = ww_buf_view(&m);
	ww_rec_message_write(&r, &body);
	append(WW_REC_MESSAGE);
	ww_buf_free(&m);
}

/* -- history ------------------------------------------------------------------------------------------ */

static void
put_problem(const struct ww_claim *c, int64_t line, const char *code)
{
	struct ww_problem p;

	ww_row_init(&ww_entity_problem, &p);
	p.person = c->person;
	p.day = c->day;
	p.source = p.claim = c->id;
	p.line = line;
	p.feed = c->feed;
	p.code = ww_str_from(code);
	p.system = WW_STR("I10");
	p.type = line == 1 ? WW_STR("principal") : ww_str_empty();
	ok(ww_put(&ledger, &own, problem, &p), "problem");
}

/* Mostly visits to a doctor; some to an emergency department, and a stay each half year or so. */
static void
put_claim(ww_id person, int i, int claims)
{
	static const char *const codes[] = { "I5023", "E119", "N184", "J449", "Z471", "M179",
		"R079", "I10" };
	struct ww_claim c;
	struct ww_claim_detail d;
	struct ww_procedure p;

	ww_row_init(&ww_entity_claim, &c);
	c.person = person;
	c.day = ADMITTED - 1 - (int64_t)i * DAYS / claims;
	c.id = (INT64_C(1) << 40) + person * 1000 + i;
	c.feed = WW_STR("mercy");
	c.resource = ww_arena_printf(own.arena, "Claim/%lld", (long long)c.id);
	c.number = c.resource;
	c.system = WW_STR("http://payer.example.org/claims");
	c.status = WW_claim_status_COUNTS;
	c.class_ = i % 40 == 7   ? WW_encounter_class_INPATIENT
	           : i % 20 == 3 ? WW_encounter_class_ED
	                         : WW_encounter_class_OUTPATIENT;
	c.facility = WW_STR("NORTH");
	ok(ww_put(&ledger, &own, claim, &c), "claim");
	ww_row_init(&ww_entity_claim_detail, &d);
	d.person = c.person;
	d.day = c.day;
	d.claim = c.id;
	d.disposition = WW_STR("01");
	ok(ww_put(&ledger, &own, claim_detail, &d), "detail");
	put_problem(&c, 1, codes[i % 8]);
	put_problem(&c, 2, codes[(i + 3) % 8]);
	ww_row_init(&ww_entity_procedure, &p);
	p.person = c.person;
	p.day = c.day;
	p.source = p.claim = c.id;
	p.line = 1;
	p.feed = c.feed;
	p.code = WW_STR("0SR90J9");
	ok(ww_put(&ledger, &own, procedure, &p), "procedure");
}

static void
fill(int claims)
{
	struct ww_rows people;

	ok(ww_ledger_begin(&ledger, &own), "begin");
	ok(ww_ledger_scan(&ledger, &own, &ww_entity_person, 0, NULL, 0, &people), "people");
	for (size_t m = 0; m < people.n; m++) {
		for (int i = 0; i < claims; i++)
			put_claim(WW_ROW(&people, person, m)->id, i, claims);
	}
	ok(ww_ledger_commit(&ledger, &own), "commit");
	ww_arena_reset(own.arena);
}

/* -- measuring ---------------------------------------------------------------------------------------- */

static double judging; /* microseconds, of the last one */

static ww_status
judge(struct ww_work *w)
{
	ww_status s = ww_again_feed(w, true);
	double start;

	if (s == WW_OK)
		s = ww_attribute(w);
	start = cpu_us();
	if (s == WW_OK)
		s = ww_judge(w);
	judging = cpu_us() - start;
	return s;
}

/* The middle of all members, the best of the turns. */
static int
by_size(const void *pa, const void *pb)
{
	const double *a = pa, *b = pb;

	return (*a > *b) - (*a < *b);
}

static double
judge_all(void)
{
	static double took[MEMBERS];
	struct ww_arena *arena = ww_arena_new(0);
	struct ww_rows stays;
	struct ww_ctx one = { .arena = own.arena, .now = now, .seq = 1 };

	if (arena == NULL)
		exit(EXIT_FAILURE);
	ok(ww_ledger_begin(&ledger, &own), "begin");
	ok(ww_ledger_scan(&ledger, &own, &ww_entity_encounter, 0, NULL, 0, &stays), "stays");
	if (stays.n != MEMBERS)
		exit(EXIT_FAILURE);
	for (int t = 0; t < TURNS; t++) {
		for (size_t i = 0; i < stays.n; i++) {
			const struct ww_encounter *e = WW_ROW(&stays, encounter, i);
			struct ww_person p;
			bool found;

			ww_row_init(&ww_entity_person, &p);
			p.id = e->person;
			ok(ww_get(&ledger, &own, person, &p, &found), "person");
			ww_arena_reset(arena);
			ok(ww_again(apply, &one, arena, &p, e, judge, NULL), "judge");
			took[i] = t == 0 || judging < took[i] ? judging : took[i];
		}
	}
	ww_ledger_rollback(&ledger);
	qsort(took, MEMBERS, sizeof(took[0]), by_size);
	ww_arena_reset(own.arena);
	ww_arena_free(arena);
	return took[MEMBERS / 2];
}

/* Of an A03 record each, the middle. */
static double
discharge_all(void)
{
	static double took[MEMBERS];

	for (int i = 0; i < MEMBERS; i++) {
		double start;

		now = INT64_C(1772740800000) + i * 100; /* 2026-03-05 */
		say(i, "A03", "20260305150000");
		start = cpu_us();
		apply_all();
		took[i] = cpu_us() - start;
	}
	qsort(took, MEMBERS, sizeof(took[0]), by_size);
	return took[MEMBERS / 2];
}

static double
measure(int claims)
{
	char path[] = "/tmp/wardwire-bench-judge-XXXXXX", file[64];
	struct ww_apply_settings set = { .ledger = &ledger, .blob = blob };
	double alone, whole;

	if (mkdtemp(path) == NULL)
		exit(EXIT_FAILURE);
	(void)snprintf(file, sizeof(file), "%s/ledger.db", path);
	ok(ww_journal_memory(&own, &journal), "journal");
	ok(ww_ledger_sqlite(&own, file, WW_LEDGER_WRITE, &ledger), "ledger");
	ok(ww_apply_open(&cx, &set, &apply), "open");
	blobs_n = 0;
	begin();
	for (int i = 0; i < MEMBERS; i++)
		say(i, "A01", "20260302101500");
	apply_all();
	fill(claims);
	whole = discharge_all();
	alone = judge_all();
	printf("%3d claims of each of %d members\n", claims, MEMBERS);
	printf("  judged alone                %6.0f us\n", alone);
	printf("  the A03 as a whole          %6.0f us\n", whole);
	ww_apply_close(apply);
	ww_ledger_close(&ledger);
	ww_journal_close(&journal);
	(void)unlink(file);
	(void)rmdir(path);
	for (size_t i = 0; i < sizeof(blobs) / sizeof(blobs[0]); i++)
		ww_buf_free(&blobs[i].text);
	return alone;
}

int
main(void)
{
	double few, many;

	cx.arena = ww_arena_new(0);
	own.arena = ww_arena_new(0);
	if (cx.arena == NULL || own.arena == NULL)
		return EXIT_FAILURE;
	few = measure(20);
	many = measure(200);
	printf("judging grows %.1f times with ten times the claims\n", many / few);
	ww_buf_free(&body);
	ww_arena_free(own.arena);
	ww_arena_free(cx.arena);
	return EXIT_SUCCESS;
}
