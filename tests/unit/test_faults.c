/* Every call of the disk fails once, whichever it is, with each error a disk has: nothing is acknowledged that is not
 * durable, a failure says what it is, and when the disk is well again the work goes on. The n-th call fails, for n = 1, 2,
 * 3 ... until the work ends before it. WW_EVERY=1 also fails every call of a rebuild, a
 * snapshot and a pruning, which are many. */
#include "tests/unit/unit.h"

#include "courier/sink_test.h"
#include "tests/sim/disk.h"
#include "tests/sim/faulty.h"
#include "tests/sim/number.h"
#include "tests/sim/spine.h"
#include "tests/sim/vfs.h"
#include "tests/unit/apply_fixture.h"
#include "tests/unit/journal_fixture.h"

static const int errors[] = { EIO, EINTR, ENOSPC, EDQUOT, EMFILE, SIM_SHORT, SIM_SHORT_FULL };

/* What the test prints of itself, and nothing that the engine says. */
static void
quiet(void)
{
	int fd = open("/dev/null", O_WRONLY);

	ck_assert_int_ge(dup2(fd, 2), 0);
	ck_assert_int_ge(dup2(fd, 1), 0);
	close(fd);
}

/* A disk well enough to begin with, and what stands between it and the engine. */
struct bench {
	struct sim_disk *d;
	struct sim_faulty x;
	struct fixture f;
};

static void
begin(struct bench *b)
{
	*b = (struct bench){ .d = sim_disk_new(&(struct sim_disk_settings){ .seed = 1 }) };
	sim_faulty_over(&b->x, b->d);
	b->f = (struct fixture){ .dir = "/data/journal",
		.cx = { .arena = ww_arena_new(0), .now = 1767225600000 } };
	ck_assert_ptr_nonnull(b->f.cx.arena);
}

static void
end(struct bench *b)
{
	ck_assert_uint_eq(sim_disk_open_files(b->d), 0);
	sim_disk_free(b->d);
	ww_arena_free(b->f.cx.arena);
}

/* s came of the fault: it may pass, it is told apart from others, and a person can read what it was. */
static void
is_told(const struct bench *b, ww_status s, const struct ww_ctx *cx)
{
	bool full = b->x.err == ENOSPC || b->x.err == EDQUOT || b->x.err == SIM_SHORT_FULL;
	char text[96] = "";

	ck_assert_msg(b->x.struck, "it failed without a fault: %s", cx->fail.reason);
	ck_assert_int_eq(cx->fail.status, s);
	ck_assert_msg(ww_status_class(s) == WW_TRANSIENT, "%s in %s: %s", ww_status_name(s),
	    b->x.call, cx->fail.reason);
	ck_assert_int_eq(strerror_r(b->x.err == SIM_SHORT_FULL ? ENOSPC : b->x.err, text, 96), 0);
	ck_assert_msg(strstr(cx->fail.reason, text) != NULL, "%s in %s: \"%s\" does not say \"%s\"",
	    ww_status_name(s), b->x.call, cx->fail.reason, text);
	if (strcmp(b->x.call, "pread") != 0 && strcmp(b->x.call, "open") != 0)
		ck_assert_int_eq(s == WW_E_FULL, full);
}

/* Runs the work with the fault at each call in turn. */
static void
sweep(void (*work)(struct bench *b))
{
	for (size_t i = 0; i < UNIT_COUNT(errors); i++) {
		struct bench b;
		bool more = true;

		for (size_t nth = 1; more; nth++) {
			begin(&b);
			sim_faulty_set(&b.x, nth, errors[i]);
			work(&b);
			more = b.x.calls >= nth; /* also when that call cannot fail so */
			ck_assert(nth > 5 || more);
			ck_assert_uint_eq(b.x.synced_again, 0);
			end(&b);
		}
	}
}

/* -- the journal --------------------------------------------------------------------------------------- */

enum { BATCHES = 6, SEGMENT = 1500, RECORDS_MOST = 64 };

struct acked {
	uint64_t seqs[RECORDS_MOST], tags[RECORDS_MOST];
	size_t n;
};

/* A read may meet the fault, once. */
static void
expect_acked(struct bench *b, const struct acked *a)
{
	uint64_t seqs[RECORDS_MOST], tags[RECORDS_MOST];
	size_t n;

	b->f.retries = 1;
	n = fixture_read_all(&b->f, seqs, tags, RECORDS_MOST);
	ck_assert_uint_eq(n, a->n);
	for (size_t i = 0; i < n; i++)
		ck_assert(seqs[i] == a->seqs[i] && tags[i] == a->tags[i]);
}

/* What is acknowledged is shown; what is shown besides counts as much from now on. */
static void
show_more(struct bench *b, struct acked *a)
{
	struct acked shown;

	shown.n = fixture_read_all(&b->f, shown.seqs, shown.tags, RECORDS_MOST);
	ck_assert_uint_ge(shown.n, a->n);
	for (size_t i = 0; i < a->n; i++)
		ck_assert(shown.seqs[i] == a->seqs[i] && shown.tags[i] == a->tags[i]);
	*a = shown;
}

static void
open_journal(struct bench *b)
{
	ww_status s = fixture_journal(&b->f, &b->x.fs, SEGMENT);

	if (s == WW_OK)
		return;
	is_told(b, s, &b->f.cx);
	ck_assert_ptr_null(b->f.j.ops);
	ck_assert_int_eq(fixture_journal(&b->f, &b->x.fs, SEGMENT), WW_OK);
}

static void
close_journal(struct bench *b)
{
	ww_journal_close(&b->f.j);
	b->f.j = (struct ww_journal){ .ops = NULL };
}

static void
append_batch(struct bench *b, struct acked *a)
{
	uint64_t tag = a->n == 0 ? 1 : a->tags[a->n - 1] + 1, first = 0;
	uint64_t top = a->n == 0 ? 0 : a->seqs[a->n - 1];
	ww_status s = fixture_append(&b->f, tag, 3, 150, &first);

	if (s != WW_OK) {
		is_told(b, s, &b->f.cx);
		expect_acked(b, a); /* nothing of it is shown */
		/* The sender is not answered, the writer offers it again. */
		ck_assert_int_eq(fixture_append(&b->f, tag, 3, 150, &first), WW_OK);
	}
	ck_assert_uint_gt(first, top);
	for (size_t i = 0; i < 3; i++, a->n++) {
		ck_assert_uint_lt(a->n, RECORDS_MOST);
		a->seqs[a->n] = first + i;
		a->tags[a->n] = tag + i;
	}
}

/* Three lives, of which the first ends in order, the second by a kill in the middle of a segment, so that the third has
 * to settle it, and the third by a power cut. */
static void
work_of_a_journal(struct bench *b)
{
	struct acked a = { .n = 0 };

	open_journal(b);
	for (size_t i = 0; i < BATCHES; i++)
		append_batch(b, &a);
	expect_acked(b, &a);
	close_journal(b);
	open_journal(b);
	append_batch(b, &a);
	sim_disk_go_dark(b->d);
	close_journal(b);
	sim_disk_kill(b->d);
	open_journal(b);
	expect_acked(b, &a);
	append_batch(b, &a);
	sim_disk_go_dark(b->d);
	close_journal(b);
	sim_disk_cut(b->d);
	open_journal(b);
	expect_acked(b, &a);
	ck_assert_uint_eq(fixture_state(&b->f).damaged, 0);
	append_batch(b, &a);
	expect_acked(b, &a);
	close_journal(b);
}

START_TEST(a_journal_acknowledges_only_what_is_durable)
{
	quiet();
	sweep(work_of_a_journal);
}
END_TEST

/* The process is killed by the fault, so that it cannot cut off what it could not write. Whatever the next one shows to a
 * reader, and so to the ledger, is there after a power cut as well. */
static void
work_of_a_dying_journal(struct bench *b)
{
	struct acked a = { .n = 0 };
	size_t calls;

	b->x.deadly = true;
	if (fixture_journal(&b->f, &b->x.fs, SEGMENT) == WW_OK) {
		uint64_t tag = 1, first = 0;

		while (tag < 3 * BATCHES && fixture_append(&b->f, tag, 3, 150, &first) == WW_OK) {
			for (size_t k = 0; k < 3; k++, a.n++) {
				a.seqs[a.n] = first + k;
				a.tags[a.n] = tag + k;
			}
			tag += 3;
		}
		close_journal(b);
	}
	sim_disk_kill(b->d);
	calls = b->x.calls;
	b->x.deadly = false;
	sim_faulty_set(&b->x, 0, b->x.err); /* the disk is well again */
	open_journal(b);
	show_more(b, &a);
	sim_disk_go_dark(b->d);
	close_journal(b);
	sim_disk_cut(b->d);
	open_journal(b);
	expect_acked(b, &a);
	ck_assert_uint_eq(fixture_state(&b->f).damaged, 0);
	close_journal(b);
	b->x.calls = calls;
}

START_TEST(a_journal_shows_only_what_is_durable_after_a_fault_that_killed_it)
{
	quiet();
	sweep(work_of_a_dying_journal);
}
END_TEST

/* -- blobs --------------------------------------------------------------------------------------------- */

static void
put_blob(struct bench *b, ww_str text, char hex[65])
{
	ww_status s;

	ww_ctx_clear(&b->f.cx);
	s = ww_blob_put(&b->f.cx, &b->x.fs, "/data/blobs", text, hex);
	if (s == WW_OK)
		return;
	is_told(b, s, &b->f.cx);
	ww_ctx_clear(&b->f.cx);
	ck_assert_int_eq(ww_blob_put(&b->f.cx, &b->x.fs, "/data/blobs", text, hex), WW_OK);
}

static void
expect_blob(struct bench *b, const char *hex, ww_str text)
{
	for (int tries = 0; tries < 2; tries++) {
		struct ww_buf buf = { .p = NULL };
		ww_status s;

		ww_ctx_clear(&b->f.cx);
		s = ww_blob_get(&b->f.cx, &b->x.fs, "/data/blobs", ww_str_from(hex), &buf);
		if (s == WW_OK)
			ck_assert(ww_str_eq(ww_buf_view(&buf), text));
		else
			ck_assert_uint_eq(ww_buf_view(&buf).n, 0);
		ww_buf_free(&buf);
		if (s == WW_OK)
			return;
		ck_assert_int_eq(tries, 0);
		is_told(b, s, &b->f.cx);
	}
}

static void
work_of_blobs(struct bench *b)
{
	static char large[20000];
	ww_str one = WW_STR("abc"), two = ww_str_of(large, sizeof(large));
	char hex_one[65], hex_two[65];

	memset(large, 'b', sizeof(large));
	put_blob(b, one, hex_one);
	put_blob(b, two, hex_two);
	expect_blob(b, hex_two, two);
	put_blob(b, one, hex_one); /* it is there already */
	expect_blob(b, hex_one, one);
	sim_disk_cut(b->d); /* what was put is durable */
	expect_blob(b, hex_one, one);
	expect_blob(b, hex_two, two);
}

START_TEST(a_blob_is_whole_and_durable_or_not_there)
{
	quiet();
	sweep(work_of_blobs);
}
END_TEST

/* -- the refused ring ---------------------------------------------------------------------------------- */

#define RING "/data/refused.ring"

static struct ww_refused *
open_ring(struct bench *b, size_t cap)
{
	struct ww_refused *r = NULL;
	ww_status s;

	ww_ctx_clear(&b->f.cx);
	s = ww_refused_open(&b->f.cx, &b->x.fs, RING, cap, &r);
	if (s == WW_OK)
		return r;
	is_told(b, s, &b->f.cx);
	ww_ctx_clear(&b->f.cx);
	ck_assert_int_eq(ww_refused_open(&b->f.cx, &b->x.fs, RING, cap, &r), WW_OK);
	return r;
}

static void
refuse(struct bench *b, struct ww_refused *r, size_t n)
{
	struct ww_failure why = { .status = WW_E_SYNTAX, .place = "MSH", .reason = "no message" };

	for (size_t i = 0; i < n; i++) {
		ww_status s;

		ww_ctx_clear(&b->f.cx);
		s = ww_refused_add(
		    r, &b->f.cx, 1, WW_STR("mercy"), WW_STR("peer"), &why, WW_STR("no message"));
		if (s != WW_OK)
			is_told(b, s, &b->f.cx);
	}
}

/* Entries that are there are as they were added, and all but the one that met the fault are. */
static void
expect_refused(struct bench *b, size_t n)
{
	struct ww_refused_entry *e = NULL;
	size_t found = 0;
	ww_status s;

	ww_ctx_clear(&b->f.cx);
	s = ww_refused_list(&b->f.cx, &b->x.fs, RING, &e, &found);
	if (s != WW_OK) {
		is_told(b, s, &b->f.cx);
		ww_ctx_clear(&b->f.cx);
		ck_assert_int_eq(ww_refused_list(&b->f.cx, &b->x.fs, RING, &e, &found), WW_OK);
	}
	ck_assert_uint_le(found, n);
	ck_assert_uint_ge(found + 1, n);
	for (size_t i = 0; i < found; i++) {
		unit_str_is(e[i].raw, "no message");
		unit_str_is(e[i].feed, "mercy");
		unit_str_is(e[i].code, "WW-201");
		ck_assert(i == 0 || e[i].number > e[i - 1].number);
	}
}

static void
work_of_a_ring(struct bench *b)
{
	struct ww_refused *r;

	if (ww_fs_mkdir(sim_disk_fs(b->d), &b->f.cx, "/data") != WW_OK)
		ck_abort_msg("no folder");
	r = open_ring(b, 16 << 10);
	refuse(b, r, 3);
	ww_refused_close(r);
	r = open_ring(b, 16 << 10);
	refuse(b, r, 2);
	expect_refused(b, 5);
	ww_refused_close(r);
	r = open_ring(b, 32 << 10); /* made anew, and the entries are taken along */
	refuse(b, r, 1);
	expect_refused(b, 6);
	ww_refused_close(r);
}

START_TEST(a_refused_ring_loses_no_more_than_what_met_the_fault)
{
	quiet();
	sweep(work_of_a_ring);
}
END_TEST

/* -- rebuild ------------------------------------------------------------------------------------------- */

static int64_t now = INT64_C(1772470800000); /* 2026-03-02 12:00 in New York */

static bool
arrives(void *arg)
{
	(void)arg;
	return true;
}

struct letter {
	struct ww_submit submit;
	struct ww_buf body;
};

static void
on_durable(struct ww_submit *s, ww_status status)
{
	struct letter *l = (struct letter *)((char *)s - offsetof(struct letter, submit));

	ck_assert_int_eq(status, WW_OK);
	ww_buf_free(&l->body);
	free(l);
}

static void
tell(struct spine *e, ww_str raw)
{
	struct ww_rec_message m = { WW_STR("mercy"), WW_STR("127.0.0.1:9"), raw };
	struct letter *l = calloc(1, sizeof(*l));

	ck_assert_ptr_nonnull(l);
	ww_rec_message_write(&m, &l->body);
	l->submit.rec = (struct ww_record){ .kind = WW_REC_MESSAGE, .body = ww_buf_view(&l->body) };
	l->submit.done = on_durable;
	spine_submit(e, &l->submit);
	ck_assert(spine_round(e));
}

/* A folder on the real disk with the roster in it. */
static void
make_folder(struct site *said, char folder[64])
{
	char path[96];
	ww_str roster;
	int fd;

	snprintf(folder, 64, "/tmp/ww-faults-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/roster.csv", folder);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	roster = site_roster(said);
	ck_assert_int_eq(write(fd, roster.p, roster.n), (ssize_t)roster.n);
	close(fd);
}

static void
remove_folder(const char *folder)
{
	char path[96];

	snprintf(path, sizeof(path), "%s/roster.csv", folder);
	unlink(path);
	rmdir(folder);
}

/* The rows of the ledger; empty when there is none. */
static ww_str
rows_of(struct bench *b)
{
	struct ww_ledger_settings set = { .path = "/data/ledger.db",
		.mode = WW_LEDGER_READ,
		.fs = sim_disk_fs(b->d),
		.vfs = "faulty" };
	struct ww_ledger l = { 0 };
	struct ww_buf buf = { 0 };
	ww_str text;
	ww_status s;

	ww_ctx_clear(&b->f.cx);
	s = ww_ledger_sqlite_on(&b->f.cx, &set, &l);
	if (s == WW_E_NOT_FOUND)
		return ww_str_empty();
	ck_assert_msg(s == WW_OK, "the ledger cannot be opened: %s", b->f.cx.fail.reason);
	ck_assert_int_eq(ww_ledger_dump(&l, &b->f.cx, &buf), WW_OK);
	ww_ledger_close(&l);
	text = ww_arena_str(b->f.cx.arena, ww_buf_view(&buf));
	ww_buf_free(&buf);
	return text;
}

static void
live_for_a_while(struct spine_settings *set, struct site *said)
{
	const char *why = "";
	struct spine *e;

	ck_assert_msg(spine_start(set, &e, &why) == WW_OK, "%s", why);
	for (int i = 1; i <= 3; i++)
		tell(e, site_bytes(said, &(struct said){ .trigger = "A01",
		                             .person = i,
		                             .at = "202603021155",
		                             .in = "202603021150" }));
	for (int i = 0; i < 10; i++)
		ck_assert(spine_round(e));
	ck_assert(spine_rests(e));
	spine_end(e, true);
}

/* An engine's surroundings: a disk, a practice, a folder with a roster. */
struct home {
	struct bench b;
	struct site said;
	struct ww_ctx cx;
	struct ww_sink practice;
	char folder[64];
	struct spine_settings set;
};

static void
begin_home(struct home *h)
{
	*h = (struct home){ .said = { .own = { .arena = ww_arena_new(0) } },
		.cx = { .arena = ww_arena_new(0) } };
	make_folder(&h->said, h->folder);
	ck_assert_int_eq(ww_sink_memory(&h->cx, &h->practice), WW_OK);
	begin(&h->b);
	sim_vfs_register("faulty", &h->b.x.fs);
	h->set = (struct spine_settings){ .fs = &h->b.x.fs,
		.vfs = "faulty",
		.config = SITE_CONFIG,
		.folder = h->folder,
		.practice = &h->practice,
		.now = &now,
		.segment_bytes = SEGMENT,
		.arrives = arrives };
}

static void
end_home(struct home *h)
{
	end(&h->b);
	h->practice.ops->close(h->practice.self);
	remove_folder(h->folder);
	ww_arena_free(h->cx.arena);
	ww_arena_free(h->said.own.arena);
}

START_TEST(a_rebuild_that_fails_leaves_the_old_ledger_or_none)
{
	size_t every = (size_t)sim_number("WW_EVERY", 17), failed = 0, met = 0;
	struct home h;
	ww_str want;

	quiet();
	begin_home(&h);
	live_for_a_while(&h.set, &h.said);
	want = ww_arena_str(h.cx.arena, rows_of(&h.b));
	ck_assert_uint_gt(want.n, 0);
	for (size_t i = 0; i < UNIT_COUNT(errors); i++) {
		bool more = true;

		for (size_t nth = 1 + i; more; nth += every) {
			int code;

			sim_faulty_set(&h.b.x, nth, errors[i]);
			code = spine_rebuild(&h.set);
			more = h.b.x.calls >= nth;
			met += h.b.x.struck;
			failed += code != 0;
			ck_assert_msg(
			    code == 0 || (code == 4 && h.b.x.struck), "exit status %d", code);
			sim_faulty_set(&h.b.x, 0, 0);
			if (code == 0) {
				ck_assert(ww_str_eq(rows_of(&h.b), want));
			} else { /* no other than the one there was, and the next try makes it */
				ww_str left = rows_of(&h.b);

				ck_assert(left.n == 0 || ww_str_eq(left, want));
				ck_assert_int_eq(spine_rebuild(&h.set), 0);
				ck_assert(ww_str_eq(rows_of(&h.b), want));
			}
			ck_assert_uint_eq(sim_vfs_open_files(), 0);
		}
	}
	ck_assert_msg(met > 40 && failed > 20, "%zu faults met, %zu rebuilds failed", met, failed);
	end_home(&h);
}
END_TEST

/* -- snapshots and pruning ----------------------------------------------------------------------------- */

/* The ledger made of the newest snapshot that is whole, and of the journal that is left, is the ledger. */
static void
is_whole(struct home *h, struct spine *e)
{
	ww_str live, anew;

	ww_ctx_clear(&h->cx);
	ck_assert_int_eq(spine_dump(e, &h->cx, &live), WW_OK);
	ck_assert_msg(spine_restarted(e, &h->cx, &anew) == WW_OK, "%s", h->cx.fail.reason);
	ck_assert(ww_str_eq(live, anew));
}

/* A record more, so that there is something to do. */
static void
move_on(struct spine *e)
{
	struct letter *l = calloc(1, sizeof(*l));

	ck_assert_ptr_nonnull(l);
	now += 1000;
	l->submit.rec = (struct ww_record){ .kind = WW_REC_TICK, .body = ww_str_empty() };
	l->submit.done = on_durable;
	spine_submit(e, &l->submit);
	ck_assert(spine_round(e));
}

/* False: the work ended before the n-th call. */
static bool
fails_once(struct home *h, struct spine *e, bool (*work)(struct spine *e), size_t nth, int err,
    size_t *failed)
{
	bool done, met;

	move_on(e);
	sim_faulty_set(&h->b.x, nth, err);
	done = work(e);
	met = h->b.x.calls >= nth;
	ck_assert(done || h->b.x.struck);
	sim_faulty_set(&h->b.x, 0, 0);
	*failed += !done;
	if (!done) {
		is_whole(h, e);
		ck_assert(work(e));
	}
	is_whole(h, e);
	return met;
}

/* The power goes, and the next engine finds all it needs. */
static struct spine *
cut_and_start(struct home *h, struct spine *e)
{
	const char *why = "";

	sim_disk_go_dark(h->b.d);
	spine_end(e, false);
	ck_assert_uint_eq(sim_vfs_open_files(), 0);
	sim_disk_cut(h->b.d);
	ck_assert_msg(spine_start(&h->set, &e, &why) == WW_OK, "%s", why);
	ck_assert(spine_round(e));
	is_whole(h, e);
	return e;
}

START_TEST(a_snapshot_or_a_pruning_that_fails_costs_nothing)
{
	size_t every = (size_t)sim_number("WW_EVERY", 7), failed = 0;
	const char *why = "";
	struct spine *e;
	struct home h;

	quiet();
	begin_home(&h);
	live_for_a_while(&h.set, &h.said);
	ck_assert_msg(spine_start(&h.set, &e, &why) == WW_OK, "%s", why);
	ck_assert(spine_snapshot(e));
	for (size_t i = 0; i < UNIT_COUNT(errors); i++) {
		bool more = true;

		for (size_t nth = 1 + i; more; nth += every) {
			more = fails_once(&h, e, spine_snapshot, nth, errors[i], &failed);
			more = fails_once(&h, e, spine_prune, nth, errors[i], &failed) || more;
			if (sim_disk_below(h.b.d, 4) == 0)
				e = cut_and_start(&h, e);
		}
	}
	ck_assert_msg(failed > 40, "%zu failed", failed);
	spine_end(e, true);
	end_home(&h);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_journal_acknowledges_only_what_is_durable,
		a_journal_shows_only_what_is_durable_after_a_fault_that_killed_it,
		a_blob_is_whole_and_durable_or_not_there,
		a_refused_ring_loses_no_more_than_what_met_the_fault,
		a_rebuild_that_fails_leaves_the_old_ledger_or_none,
		a_snapshot_or_a_pruning_that_fails_costs_nothing,
	};

	unit_hung = 4 * 3600;
	return unit_main("faults", tests, UNIT_COUNT(tests));
}
