/* Memory that runs out, at each allocation in turn: nothing crashes, nothing leaks, nothing is refused for good, and the same
 * work succeeds once there is memory again. */
#include "tests/unit/alloc_fail.h"

#include "codec/hl7v2_lint.h"
#include "codec/hl7v2_list.h"
#include "codec/hl7v2_view.h"
#include "config/load.h"
#include "link/dir_work.h"
#include "tests/unit/request_fixture.h"

#include <wardwire/log.h>

#include <unistd.h>

#define AT(hhmm) "20260302" hhmm

/* A status that says "again", and no other. */
static void
check_transient(ww_status s, const struct ww_ctx *cx, long n)
{
	ck_assert_msg(ww_status_class(s) == WW_TRANSIENT, "allocation %ld: %s %s: %s", n,
	    ww_status_name(s), cx->fail.place, cx->fail.reason);
}

/* -- configuration and roster ------------------------------------------------------------------------ */

static ww_status
load(struct ww_ctx *cx, ww_str csv, size_t *rows_n, size_t *rejected)
{
	struct ww_config *config;
	struct ww_config_fault *faults;
	struct ww_roster_row *rows;
	struct ww_roster_fault *bad;
	size_t n = 0;
	ww_status s = ww_config_parse(cx, WW_STR(SITE_CONFIG_ROUTED), &config, &faults, &n);

	return s == WW_OK ? ww_roster_parse(cx, csv, config, NULL, &rows, rows_n, &bad, rejected)
	                  : s;
}

static bool
load_once(void *arg, long n)
{
	const ww_str *csv = arg;
	struct ww_ctx cx = { .arena = NULL };
	size_t rows = 0, rejected = 0;
	ww_status s = WW_E_MEMORY;
	bool failed;

	alloc_arm(n);
	cx.arena = ww_arena_new(0);
	if (cx.arena != NULL)
		s = load(&cx, *csv, &rows, &rejected);
	failed = alloc_disarm();
	if (s != WW_OK) {
		ck_assert(failed);
		check_transient(s, &cx, n);
		if (cx.arena == NULL)
			return true;
		ww_ctx_clear(&cx);
		ck_assert_int_eq(load(&cx, *csv, &rows, &rejected), WW_OK);
	}
	ck_assert_uint_eq(rows, 21);
	ck_assert_uint_eq(rejected, 0);
	ww_arena_free(cx.arena);
	return failed;
}

START_TEST(loads_a_configuration_and_a_roster)
{
	struct site s;
	ww_str csv;

	site_open_empty(&s);
	csv = site_roster(&s);
	ck_assert_int_gt(alloc_sweep(load_once, &csv, 1), 3);
	site_close(&s);
}
END_TEST

/* -- a message looked at ------------------------------------------------------------------------------ */

static const char seen[] =
    "MSH|^~\\&|A|B|C|D|20260302||ADT^A01|1|P|2.5\rPID|1||MR1^^^M^MR~MR2||A\\T\\B^C\r"
    "OBX|1|TX|N||gr\xfc\\Q\\\r";

/* By lint, as a tree, in hex and by a path with a star. */
static ww_status
look(struct ww_ctx *cx, size_t *findings, struct ww_buf *out)
{
	struct ww_lint_finding *f;
	struct ww_hl7_list list;
	struct ww_hl7 *m;
	ww_status s = ww_hl7_lint(cx, WW_STR(seen), &f, findings);

	if (s == WW_OK)
		s = ww_hl7_list_read(cx, WW_STR("PID-3(*).1"), &list);
	if (s == WW_OK)
		s = ww_hl7_parse(cx, WW_STR(seen), &m);
	if (s != WW_OK)
		return s;
	ww_hl7_view_tree(cx, m, out);
	ww_hl7_view_hex(m, WW_STR(seen), out);
	s = out->error != WW_OK ? (ww_status)out->error : (ww_status)ww_arena_status(cx->arena);
	return s == WW_OK ? s : ww_fail_memory(cx);
}

static bool
look_once(void *arg, long n)
{
	const size_t *want = arg;
	struct ww_ctx cx = { .arena = NULL };
	struct ww_buf out = { 0 };
	size_t findings = 0;
	ww_status s = WW_E_MEMORY;
	bool failed;

	alloc_arm(n);
	cx.arena = ww_arena_new(0);
	if (cx.arena != NULL)
		s = look(&cx, &findings, &out);
	failed = alloc_disarm();
	if (s != WW_OK && cx.arena != NULL) {
		ck_assert(failed);
		check_transient(s, &cx, n);
		ww_ctx_clear(&cx);
		ww_buf_free(&out);
		ck_assert_int_eq(look(&cx, &findings, &out), WW_OK);
	}
	ck_assert(cx.arena == NULL || findings == *want);
	ww_buf_free(&out);
	ww_arena_free(cx.arena);
	return failed;
}

START_TEST(looks_at_a_message)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_buf out = { 0 };
	size_t want = 0;

	ck_assert_int_eq(look(&cx, &want, &out), WW_OK);
	ck_assert_uint_gt(want, 3);
	ck_assert_int_gt(alloc_sweep(look_once, &want, 1), 5);
	ww_buf_free(&out);
	ww_arena_free(cx.arena);
}
END_TEST

/* -- a day ------------------------------------------------------------------------------------------- */

/* An admission, an update, a discharge, an emergency visit, a cancellation, a copy, and one that nobody can apply. */
static void
say_a_day(struct site *s)
{
	struct said copy = { .trigger = "A01", .at = AT("0900"), .person = 5, .control = "1" };
	struct ww_outbox none;

	(void)site_says(s, (struct said){ .trigger = "A01", .at = AT("0700"), .dx = "I509 E119" });
	(void)site_says(s, (struct said){ .trigger = "A08", .at = AT("0730"), .dx = "I509" });
	(void)site_says(s, (struct said){ .trigger = "A03", .at = AT("0800"), .out = AT("0800") });
	(void)site_says(
	    s, (struct said){ .trigger = "A04", .at = AT("0810"), .person = 2, .class_ = "E" });
	(void)site_says(s, (struct said){ .trigger = "A01", .at = AT("0820"), .person = 3 });
	(void)site_says(s, (struct said){ .trigger = "A11", .at = AT("0830"), .person = 3 });
	(void)site_says(s, (struct said){ .trigger = "A01", .at = AT("0840"), .person = 20 });
	(void)site_says(s, copy);
	(void)site_says(s, copy);
	(void)site_says(s, (struct said){ .trigger = "A01", .at = AT("0910"), .feed = "nobody" });
	(void)site_edition(
	    s, WW_STR(SITE_ROSTER_HEADER
	           "M0001,\"TESTFAMILY1, GIVEN1\",1950-03-02,F,lakeside,2025-01-01,\n"));
	ww_row_init(&ww_entity_outbox, &none);
	none.id = (ww_id)4 << 16 | 6;
	(void)site_attempt(s, &none, WW_VERB_CREATE);
}

struct day {
	struct site s;
	struct ww_buf want;
	const char *path; /* of a SQLite file; NULL: a ledger in memory */
};

static void
remove_files(const char *path)
{
	static const char *const parts[] = { "", "-wal", "-shm" };
	char name[512];

	for (size_t i = 0; path != NULL && i < UNIT_COUNT(parts); i++) {
		(void)snprintf(name, sizeof(name), "%s%s", path, parts[i]);
		(void)unlink(name);
	}
}

/* Opens a ledger and applies the whole journal to it. */
static ww_status
apply_all(struct day *d, struct ww_ctx *cx, struct ww_ledger *l, struct ww_apply **a)
{
	struct ww_apply_settings set = { .ledger = l, .blob = site_blob, .arg = &d->s };
	size_t done = 1;
	ww_status s = WW_OK;

	if (l->ops == NULL)
		s = d->path != NULL ? ww_ledger_sqlite(cx, d->path, WW_LEDGER_WRITE, l)
		                    : ww_ledger_memory(cx, l);
	if (s == WW_OK && *a == NULL)
		s = ww_apply_open(cx, &set, a);
	while (s == WW_OK && done > 0)
		s = ww_apply_batch(*a, cx, &d->s.journal, 4, &done);
	return s;
}

/* What is open stays open after a failure: the engine goes on with it. */
static bool
apply_once(void *arg, long n)
{
	struct day *d = arg;
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_ledger l = { .ops = NULL };
	struct ww_apply *a = NULL;
	struct ww_buf have = { 0 };
	bool failed, dumped = false;
	char what[64];
	ww_status s;

	ck_assert_ptr_nonnull(cx.arena);
	alloc_arm(n);
	s = apply_all(d, &cx, &l, &a);
	if (s == WW_OK) {
		s = ww_ledger_dump(&l, &cx, &have);
		dumped = s == WW_OK;
	}
	failed = alloc_disarm();
	if (s != WW_OK) {
		ck_assert(failed);
		check_transient(s, &cx, n);
		ww_ctx_clear(&cx);
		s = apply_all(d, &cx, &l, &a);
		ck_assert_msg(s == WW_OK, "allocation %ld, again: %s %s: %s", n, ww_status_name(s),
		    cx.fail.place, cx.fail.reason);
	}
	if (!dumped) {
		ww_buf_free(&have);
		ck_assert_int_eq(ww_ledger_dump(&l, &cx, &have), WW_OK);
	}
	(void)snprintf(what, sizeof(what), "another ledger after allocation %ld", n);
	site_same(ww_buf_view(&d->want), ww_buf_view(&have), what);
	ww_buf_free(&have);
	ww_apply_close(a);
	ww_ledger_close(&l);
	ww_arena_free(cx.arena);
	remove_files(d->path);
	return failed;
}

/* What FHIR clients ask for, one of each kind. */
static void
ask_all_kinds(struct site *s)
{
	static const char bundle[] =
	    "{\"resourceType\":\"Bundle\",\"type\":\"%s\",\"id\":\"b\",\"identifier\":{\"value\":"
	    "\"n\"},"
	    "\"entry\":[{\"fullUrl\":\"urn:uuid:1\",\"resource\":{\"resourceType\":\"%s\",\"id\":"
	    "\"h\","
	    "\"focus\":[{\"reference\":\"urn:uuid:2\"}]},\"request\":{\"method\":\"POST\",\"url\":"
	    "\"%s\"}},"
	    "{\"fullUrl\":\"urn:uuid:2\",\"resource\":{\"resourceType\":\"Encounter\",\"status\":"
	    "\"in-progress\",\"class\":{\"code\":\"IMP\"},\"subject\":{\"reference\":\"urn:uuid:"
	    "3\"},"
	    "\"period\":{\"start\":\"2026-03-02T10:00:00-05:00\"}},\"request\":{\"method\":"
	    "\"POST\",\"url\":"
	    "\"Encounter\"}},{\"fullUrl\":\"urn:uuid:3\",\"resource\":{\"resourceType\":"
	    "\"Patient\","
	    "\"identifier\":[{\"value\":\"p\"}]},\"request\":{\"method\":\"POST\",\"url\":"
	    "\"Patient\","
	    "\"ifNoneExist\":\"identifier=p\"}}]}%c";
	static const struct {
		const char *interaction, *type, *first;
	} kinds[] = { { "transaction", "transaction", "Claim" }, { "batch", "batch", "Claim" },
		{ "message", "message", "MessageHeader" }, { "submit", "collection", "Claim" },
		{ "collection", "collection", "Claim" },
		{ "notification", "history", "Parameters" } };
	static const char stay[] =
	    "{\"resourceType\":\"Encounter\",\"id\":\"e\",\"status\":\"finished\","
	    "\"identifier\":[{\"value\":\"v\"}]}";

	for (size_t i = 0; i < UNIT_COUNT(kinds); i++)
		(void)site_asks(s, (struct asked){ .interaction = kinds[i].interaction,
		                       .raw = ww_arena_printf(s->own.arena, bundle, kinds[i].type,
		                           kinds[i].first, kinds[i].first, 0)
		                                  .p });
	for (int i = 0; i < 2; i++)
		(void)site_asks(
		    s, (struct asked){
		           .type = "Encounter", .condition = "identifier=v", .raw = stay });
	(void)site_asks(s,
	    (struct asked){ .interaction = "update", .type = "Encounter", .id = "e", .raw = stay });
	(void)site_asks(s, (struct asked){ .type = "Patient", .raw = stay });
	(void)site_asks(
	    s, (struct asked){ .interaction = "delete", .type = "Encounter", .id = "e" });
	(void)site_asks(s, (struct asked){ .type = "Encounter", .raw = "{" });
	(void)site_asks(
	    s, (struct asked){ .type = "Communication",
	           .party = "rcca",
	           .raw = "{\"resourceType\":\"Communication\",\"basedOn\":[{\"reference\":"
	                  "\"Task/4.1\"}]}" });
}

static void
apply_a_day(const char *path, void (*say)(struct site *s))
{
	struct day d = { .path = path };

	ww_log_set_level((enum ww_log_level) - 1);
	site_open_empty(&d.s);
	site_start_records(&d.s);
	say(&d.s);
	site_apply(&d.s);
	site_dump(&d.s, &d.s.ledger, &d.want);
	ck_assert_uint_gt(ww_buf_view(&d.want).n, 10000);
	ck_assert_int_gt(alloc_sweep(apply_once, &d, path != NULL ? 97 : 5), 100);
	ww_buf_free(&d.want);
	site_close(&d.s);
}

/* -- a folder of files ---------------------------------------------------------------------------------- */

struct box {
	char dir[32];
	int64_t ticks;
	struct ww_dir_work *work;
	struct ww_dir_file *out[8];
	size_t out_n;
};

static int64_t
read_ticks(void *self)
{
	return *(int64_t *)self;
}

static void
take_file(void *arg, struct ww_dir_file *f)
{
	struct box *b = arg;

	b->out[b->out_n++] = f;
}

/* Some rounds, in which a second goes by each. */
static void
work_on(struct box *b, size_t rounds)
{
	for (size_t i = 0; i < rounds; i++) {
		ww_dir_work_step(b->work, true);
		while (b->out_n > 0) {
			struct ww_dir_file *f = b->out[--b->out_n];

			ww_buf_cstr(&f->ack, "AA");
			f->kept = f->ack.error != WW_OK;
			ww_dir_work_end(b->work, f);
		}
		b->ticks += 1000;
	}
}

static ww_status
open_box(struct ww_ctx *cx, struct box *b)
{
	const struct ww_dir_work_settings s = { .fs = &ww_fs_real,
		.listener = "drop",
		.dir = b->dir,
		.pattern = "*.hl7",
		.clock = { read_ticks, &b->ticks },
		.ticks = { read_ticks, &b->ticks },
		.settle_ms = 1000,
		.scan_ms = 1000,
		.max_file = 100,
		.give = take_file,
		.arg = b };

	return ww_dir_work_new(cx, &s, &b->work);
}

static bool
folder_once(void *arg, long n)
{
	static const char *const left[] = { "done/a.hl7", "done/a.hl7.ack", "done/b.hl7",
		"done/b.hl7.ack", ".claimed/.lock", ".claimed", "done", "failed" };
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct box b = { .dir = "/tmp/ww-alloc-XXXXXX", .ticks = 1000 };
	char path[64];
	bool failed;
	ww_status s;

	(void)arg;
	ck_assert_ptr_nonnull(mkdtemp(b.dir));
	for (const char *name = "ab"; *name != '\0'; name++) {
		snprintf(path, sizeof(path), "%s/%c.hl7", b.dir, *name);
		ck_assert_int_eq(ww_fs_put(&ww_fs_real, &cx, path, WW_STR("text")), WW_OK);
	}
	alloc_arm(n);
	s = open_box(&cx, &b);
	if (s == WW_OK)
		work_on(&b, 5);
	failed = alloc_disarm();
	if (s != WW_OK) {
		check_transient(s, &cx, n);
		ww_ctx_clear(&cx);
		ck_assert_int_eq(open_box(&cx, &b), WW_OK);
	}
	work_on(&b, 8);
	ck_assert_str_eq(ww_dir_work_trouble(b.work), "");
	ww_dir_work_free(b.work);
	for (size_t i = 0; i < UNIT_COUNT(left); i++) {
		snprintf(path, sizeof(path), "%s/%s", b.dir, left[i]);
		ck_assert_msg(remove(path) == 0, "%s is not there (allocation %ld)", left[i], n);
	}
	ck_assert_int_eq(rmdir(b.dir), 0);
	ww_arena_free(cx.arena);
	return failed;
}

START_TEST(takes_files_from_a_folder)
{
	ck_assert_int_gt(alloc_sweep(folder_once, NULL, 1), 10);
}
END_TEST

START_TEST(applies_a_day_to_a_ledger_in_memory)
{
	apply_a_day(NULL, say_a_day);
}
END_TEST

START_TEST(applies_fhir_requests_to_a_ledger_in_memory)
{
	apply_a_day(NULL, ask_all_kinds);
}
END_TEST

START_TEST(makes_a_ledger_of_sqlite_anew)
{
	char dir[] = "/tmp/wardwire-alloc-XXXXXX", path[64];

	ck_assert_ptr_nonnull(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/ledger.db", dir);
	apply_a_day(path, say_a_day);
	(void)rmdir(dir);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		loads_a_configuration_and_a_roster,
		looks_at_a_message,
		takes_files_from_a_folder,
		applies_a_day_to_a_ledger_in_memory,
		applies_fhir_requests_to_a_ledger_in_memory,
		makes_a_ledger_of_sqlite_anew,
	};

	return unit_main("alloc", tests, UNIT_COUNT(tests));
}
