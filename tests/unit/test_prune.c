/* Old journal files go when nothing needs them: never what a snapshot, a notice, a message set aside or a reader still
 * needs, and whatever happens in between, the journal that is left can be read. */
#include "tests/unit/unit.h"

#include "tests/unit/ledgers.h"

#include "store/prune.h"
#include "store/snapshot.h"

#include <wardwire/log.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>

#define DAY_MS ((int64_t)24 * 3600 * 1000)
#define START INT64_C(1767225600000)

/* A journal of a record a day, each in a file of its own, and a ledger that has applied all of it. */
struct place {
	struct bench b;
	struct ww_ledger view;
	struct ww_journal j;
	char journal[400], snapshots[400], blobs[400];
	struct ww_prune_settings set;
	struct ww_fs fs; /* real, unless a test puts something in its place */
};

enum { RECORDS = 10 };

#define ok(p, call) bench_ok(&(p)->b, call)

static void
append(struct place *p, int64_t day)
{
	struct ww_record r = { .kind = WW_REC_MESSAGE,
		.time = START + day * DAY_MS,
		.body = WW_STR("a body that makes a file full") };

	ok(p, ww_journal_append(&p->j, &p->b.cx, &r, 1));
}

static void
put_cursor(struct place *p, int64_t seq, int64_t day)
{
	struct ww_cursor c;

	ww_row_init(&ww_entity_cursor, &c);
	c.id = 1;
	c.seq = seq;
	c.now_ms = START + day * DAY_MS;
	ok(p, ww_put(&p->b.l, &p->b.cx, cursor, &c));
}

static void
open_journal(struct place *p)
{
	ok(p, ww_journal_files(&p->b.cx,
	          &(struct ww_journal_settings){
	              .dir = p->journal, .segment_bytes = 1, .fs = &p->fs, .quick = true },
	          &p->j));
}

static void
open_place(struct place *p)
{
	struct ww_destination d;

	memset(p, 0, sizeof(*p));
	ww_log_set_level((enum ww_log_level) - 1);
	bench_open(&p->b);
	p->fs = ww_fs_real;
	snprintf(p->journal, sizeof(p->journal), "%s/journal", p->b.dir);
	snprintf(p->snapshots, sizeof(p->snapshots), "%s/snapshots", p->b.dir);
	snprintf(p->blobs, sizeof(p->blobs), "%s/blobs", p->b.dir);
	ok(p, ww_fs_mkdir(&ww_fs_real, &p->b.cx, p->snapshots));
	ok(p, ww_fs_mkdir(&ww_fs_real, &p->b.cx, p->blobs));
	ok(p, ww_ledger_sqlite(&p->b.cx, p->b.path, WW_LEDGER_WRITE, &p->b.l));
	ok(p, ww_ledger_sqlite(&p->b.cx, p->b.path, WW_LEDGER_READ, &p->view));
	open_journal(p);
	for (int64_t day = 0; day < RECORDS; day++)
		append(p, day);
	put_cursor(p, RECORDS, RECORDS);
	ww_row_init(&ww_entity_destination, &d);
	d.name = WW_STR("rcca-ehr");
	ok(p, ww_put(&p->b.l, &p->b.cx, destination, &d));
	p->set = (struct ww_prune_settings){ .fs = &p->fs,
		.view = &p->view,
		.journal = &p->j,
		.snapshots = p->snapshots,
		.blobs = p->blobs,
		.days = 2 };
}

static void
close_place(struct place *p)
{
	const char *all = ww_arena_printf(p->b.cx.arena,
	    "rm -rf '%s'/journal '%s'/snapshots '%s'/blobs", p->b.dir, p->b.dir, p->b.dir)
	                      .p;

	ck_assert_int_eq(system(all), 0);
	ww_ledger_close(&p->view);
	ww_journal_close(&p->j);
	bench_close(&p->b);
}

/* As of the record seq, as if the ledger stood there. */
static struct ww_snapshot
snapshot_at(struct place *p, int64_t seq)
{
	struct ww_snapshot s;

	put_cursor(p, seq, seq);
	ok(p, ww_snapshot_make(&p->b.cx, &ww_fs_real, p->snapshots, &p->view, NULL, NULL, &s));
	put_cursor(p, RECORDS, RECORDS);
	return s;
}

static struct ww_prune_plan
plan(struct place *p)
{
	struct ww_prune_plan out;

	ok(p, ww_prune_plan(&p->b.cx, &p->set, &out));
	return out;
}

static void
put_notice(struct place *p, int64_t seq, int64_t state)
{
	struct ww_outbox row;

	ww_row_init(&ww_entity_outbox, &row);
	row.id = (seq << 16) + 3;
	row.state = state;
	row.endpoint = WW_STR("rcca-ehr");
	ok(p, ww_put(&p->b.l, &p->b.cx, outbox, &row));
}

#define goes(p, records, reason)                                                                   \
	do {                                                                                       \
		struct ww_prune_plan goes_ = plan(p);                                              \
		ck_assert_msg(goes_.pieces == (records) && strstr(goes_.why, (reason)) != NULL,    \
		    "%d go, then: %s", (int)goes_.pieces, goes_.why);                              \
		ck_assert_uint_eq(goes_.below, (records) > 0 ? (records) + 1 : 0);                 \
	} while (0)

/* What is left is readable from there, and nothing before it. */
static void
begins_at(struct place *p, uint64_t first)
{
	struct ww_journal_state st;
	struct ww_record r;
	bool found;

	ww_journal_state(&p->j, &st);
	ck_assert_uint_eq(st.first, first);
	ck_assert_uint_eq(st.pruned, first - 1);
	ck_assert_uint_eq(st.damaged, 0);
	ck_assert_uint_eq(st.torn, 0);
	for (uint64_t from = 1; from <= st.last; from++) {
		ok(p, ww_journal_read(&p->j, &p->b.cx, from, &r, &found));
		ck_assert(found && r.seq == (from < first ? first : from));
	}
}

START_TEST(keeps_what_stands_against_it)
{
	struct place p;

	open_place(&p);
	goes(&p, 0, "there is no snapshot");
	(void)snapshot_at(&p, 7);
	/* The clock stands at day 10, so what was begun on day 8 and later is within two days. */
	goes(&p, 7, "the snapshot of record 7");
	(void)snapshot_at(&p, 5);
	goes(&p, 5, "the snapshot of record 5");
	put_notice(&p, 9, WW_outbox_state_PARKED);
	goes(&p, 5, "the snapshot of record 5");
	put_notice(&p, 4, WW_outbox_state_SETTLED);
	put_notice(&p, 3, WW_outbox_state_SUPPRESSED);
	put_notice(&p, 2, WW_outbox_state_DISCARDED);
	goes(&p, 5, "the snapshot of record 5");
	put_notice(&p, 5, WW_outbox_state_PARKED);
	goes(&p, 4, "notice 5.3 is parked");
	put_notice(&p, 4, WW_outbox_state_DUE);
	goes(&p, 3, "notice 4.3 is due");
	p.set.days = 8;
	goes(&p, 1, "past its retention");
	p.set.days = 2;
	p.set.now = START + 4 * DAY_MS; /* the ledger's clock was ahead once */
	goes(&p, 1, "past its retention");
	p.set.now = START + 40 * DAY_MS;
	goes(&p, 3, "notice 4.3 is due");
	p.set.days = 400;
	goes(&p, 0, "past its retention");
	p.set.days = 1;
	p.set.for_ever = true;
	goes(&p, 0, "for ever");
	close_place(&p);
}
END_TEST

START_TEST(keeps_what_was_set_aside_and_what_was_run_again)
{
	struct ww_quarantine q;
	struct ww_operator o;
	struct place p;

	open_place(&p);
	(void)snapshot_at(&p, 7);
	ww_row_init(&ww_entity_quarantine, &q);
	q.seq = 6;
	ok(&p, ww_put(&p.b.l, &p.b.cx, quarantine, &q));
	goes(&p, 5, "record 6 is set aside");
	ok(&p, ww_ledger_remove(&p.b.l, &p.b.cx, &ww_entity_quarantine, &q));
	/* Run again before the snapshot, it is in it; after it, the journal must still have the record. */
	ww_row_init(&ww_entity_operator, &o);
	o.seq = 7;
	o.order = WW_STR("replay");
	o.about = (int64_t)3 << 16;
	ok(&p, ww_put(&p.b.l, &p.b.cx, operator, & o));
	goes(&p, 7, "the snapshot of record 7");
	o.seq = 8;
	o.about = (int64_t)4 << 16;
	ok(&p, ww_put(&p.b.l, &p.b.cx, operator, & o));
	goes(&p, 3, "the order in record 8 ran it again");
	close_place(&p);
}
END_TEST

/* Pruning up to a snapshot that is of no use would leave nothing to rebuild from. */
START_TEST(trusts_no_damaged_snapshot)
{
	struct ww_snapshot s;
	struct place p;
	int fd;

	open_place(&p);
	s = snapshot_at(&p, 7);
	fd = open(s.path, O_RDWR);
	ck_assert(fd >= 0 && pwrite(fd, "x", 1, 5000) == 1);
	close(fd);
	goes(&p, 0, "no snapshot is whole");
	(void)snapshot_at(&p, 8);
	/* The damaged one still stands for where a rebuild may have to begin. */
	goes(&p, 7, "the snapshot of record 7");
	close_place(&p);
}
END_TEST

START_TEST(removes_and_goes_on)
{
	struct ww_journal_pruned gone;
	struct ww_prune_plan pl;
	struct stat st;
	struct place p;
	uint64_t blobs;

	open_place(&p);
	(void)snapshot_at(&p, 6);
	begins_at(&p, 1);
	pl = plan(&p);
	ok(&p, ww_prune_carry_out(&p.b.cx, &p.set, &pl, &gone, &blobs));
	ck_assert_uint_eq(gone.pieces, 6);
	ck_assert_int_ne(
	    stat(ww_arena_printf(p.b.cx.arena, "%s/0000000000000006.wwj", p.journal).p, &st), 0);
	begins_at(&p, 7);
	append(&p, 11);
	begins_at(&p, 7);
	ww_journal_close(&p.j);
	open_journal(&p);
	begins_at(&p, 7);
	append(&p, 12);
	begins_at(&p, 7);
	goes(&p, 0, "the snapshot of record 6");
	close_place(&p);
}
END_TEST

/* Blobs go when their record is gone and another has taken their place; others stay. */
START_TEST(removes_the_blobs_that_nothing_names)
{
	static const struct {
		int64_t named, until;
		bool row, stays;
	} rows[] = {
		{ 2, 4, true, false }, { 2, 6, true, false },
		{ 2, 7, true, true },                        /* the snapshot at 6 has it in force */
		{ 2, 0, true, true }, { 0, 0, false, true }, /* its record is yet to come */
	};
	struct ww_journal_pruned gone;
	struct ww_prune_plan pl;
	struct place p;
	struct stat st;
	char hex[UNIT_COUNT(rows)][65];
	uint64_t blobs;

	open_place(&p);
	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_blob row;
		char text[8];

		snprintf(text, sizeof(text), "%zu", i);
		ok(&p, ww_blob_put(&p.b.cx, &ww_fs_real, p.blobs, ww_str_from(text), hex[i]));
		ww_row_init(&ww_entity_blob, &row);
		row.hex = ww_str_from(hex[i]);
		row.named = rows[i].named;
		row.until = rows[i].until;
		if (rows[i].row)
			ok(&p, ww_put(&p.b.l, &p.b.cx, blob, &row));
	}
	(void)snapshot_at(&p, 6);
	pl = plan(&p);
	ok(&p, ww_prune_carry_out(&p.b.cx, &p.set, &pl, &gone, &blobs));
	ck_assert_uint_eq(blobs, 2);
	for (size_t i = 0; i < UNIT_COUNT(rows); i++)
		ck_assert_int_eq(
		    stat(ww_arena_printf(p.b.cx.arena, "%s/%s", p.blobs, hex[i]).p, &st) == 0,
		    rows[i].stays);
	close_place(&p);
}
END_TEST

/* -- what may go wrong ------------------------------------------------------------------------------- */

static int unlinks; /* that succeed before one fails */

static int
failing_unlink(void *self, const char *path)
{
	return unlinks-- > 0 ? ww_fs_real.unlink(self, path) : -EIO;
}

START_TEST(stops_at_a_file_that_cannot_be_removed)
{
	struct ww_journal_pruned gone;
	struct ww_prune_plan pl;
	struct place p;
	uint64_t blobs;

	open_place(&p);
	(void)snapshot_at(&p, 6);
	pl = plan(&p);
	unlinks = 3;
	p.fs.unlink = failing_unlink;
	ck_assert_int_eq(ww_prune_carry_out(&p.b.cx, &p.set, &pl, &gone, &blobs), WW_E_IO);
	ck_assert_uint_eq(gone.pieces, 3);
	p.fs.unlink = ww_fs_real.unlink;
	p.b.cx.fail = (struct ww_failure){ .status = WW_OK };
	begins_at(&p, 4);
	pl = plan(&p);
	ok(&p, ww_prune_carry_out(&p.b.cx, &p.set, &pl, &gone, &blobs));
	begins_at(&p, 7);
	close_place(&p);
}
END_TEST

/* Killed between two files, the journal begins where it had come to. */
START_TEST(survives_being_killed_between_two_files)
{
	struct place p;

	open_place(&p);
	ww_journal_close(&p.j);
	ck_assert_int_eq(
	    unlink(ww_arena_printf(p.b.cx.arena, "%s/0000000000000001.wwj", p.journal).p), 0);
	open_journal(&p);
	begins_at(&p, 2);
	close_place(&p);
}
END_TEST

START_TEST(never_removes_the_newest_file)
{
	struct ww_journal_pruned gone;
	struct place p;

	open_place(&p);
	ok(&p, ww_journal_prune(&p.j, &p.b.cx, UINT64_MAX, &gone));
	ck_assert_uint_eq(gone.pieces, RECORDS - 1);
	begins_at(&p, RECORDS);
	append(&p, 11);
	begins_at(&p, RECORDS);
	close_place(&p);
}
END_TEST

/* -- beside readers and the writer ------------------------------------------------------------------- */

static atomic_bool stop;

/* Reads from the beginning over and over; numbers go up whatever disappears. */
static void *
read_on(void *arg)
{
	struct place *p = arg;
	struct ww_ctx cx = { .arena = ww_arena_new(0) };

	while (!atomic_load(&stop)) {
		uint64_t last = 0;
		struct ww_record r;
		bool found = true;

		while (found) {
			ww_ctx_clear(&cx);
			ck_assert_int_eq(ww_journal_read(&p->j, &cx, last + 1, &r, &found), WW_OK);
			ck_assert(!found || r.seq > last);
			last = found ? r.seq : last;
		}
	}
	ww_arena_free(cx.arena);
	return NULL;
}

START_TEST(prunes_beside_a_reader_and_the_writer)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_journal_state st;
	struct ww_journal_pruned gone;
	struct place p;
	pthread_t reader;

	open_place(&p);
	ck_assert_int_eq(pthread_create(&reader, NULL, read_on, &p), 0);
	for (int i = 0; i < 200; i++) {
		append(&p, 20 + i);
		ww_journal_state(&p.j, &st);
		if (i % 3 == 0)
			ck_assert_int_eq(ww_journal_prune(&p.j, &cx, st.last - 2, &gone), WW_OK);
	}
	atomic_store(&stop, true);
	pthread_join(reader, NULL);
	ww_journal_state(&p.j, &st);
	ck_assert_uint_lt(st.segments, 8);
	begins_at(&p, st.first);
	ww_arena_free(cx.arena);
	close_place(&p);
}
END_TEST

/* Another process that only reads: it finds what is left. */
START_TEST(does_not_trouble_another_process)
{
	struct ww_journal_settings js = {
		.segment_bytes = 1, .fs = &ww_fs_real, .read_only = true
	};
	struct ww_journal_pruned gone;
	struct ww_journal other = { 0 };
	struct ww_record r;
	struct place p;
	bool found;

	open_place(&p);
	js.dir = p.journal;
	ok(&p, ww_journal_files(&p.b.cx, &js, &other));
	ok(&p, ww_journal_read(&other, &p.b.cx, 1, &r, &found));
	ck_assert(found && r.seq == 1);
	ok(&p, ww_journal_prune(&p.j, &p.b.cx, 6, &gone));
	append(&p, 11);
	ok(&p, ww_journal_read(&other, &p.b.cx, 2, &r, &found));
	ck_assert(found && r.seq == 6);
	ok(&p, ww_journal_read(&other, &p.b.cx, 11, &r, &found));
	ck_assert(found && r.seq == 11);
	ck_assert_int_eq(ww_journal_prune(&other, &p.b.cx, 8, &gone), WW_E_CONFLICT);
	ww_journal_close(&other);
	p.b.cx.fail = (struct ww_failure){ .status = WW_OK };
	close_place(&p);
}
END_TEST

START_TEST(prunes_a_journal_in_memory_alike)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_journal_piece *v;
	struct ww_journal_pruned gone;
	struct ww_journal_state st;
	struct ww_journal j;
	struct ww_record r;
	size_t n;
	bool found;

	ck_assert_int_eq(ww_journal_memory(&cx, &j), WW_OK);
	for (int i = 0; i < 5; i++) {
		r = (struct ww_record){ .kind = WW_REC_TICK, .time = i, .body = WW_STR("x") };
		ck_assert_int_eq(ww_journal_append(&j, &cx, &r, 1), WW_OK);
	}
	ck_assert_int_eq(ww_journal_pieces(&j, &cx, &v, &n), WW_OK);
	ck_assert(n == 5 && v[1].first == 2 && v[1].next == 3 && v[1].created == 1 && v[4].newest);
	ck_assert_int_eq(ww_journal_prune(&j, &cx, 3, &gone), WW_OK);
	ck_assert_uint_eq(gone.pieces, 2);
	ww_journal_state(&j, &st);
	ck_assert(st.first == 3 && st.pruned == 2 && st.records == 3 && st.last == 5);
	ck_assert_int_eq(ww_journal_read(&j, &cx, 1, &r, &found), WW_OK);
	ck_assert(found && r.seq == 3);
	ck_assert_int_eq(ww_journal_prune(&j, &cx, UINT64_MAX, &gone), WW_OK);
	ww_journal_state(&j, &st);
	ck_assert(st.first == 5 && st.records == 1);
	ww_journal_close(&j);
	ww_arena_free(cx.arena);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { keeps_what_stands_against_it,
		keeps_what_was_set_aside_and_what_was_run_again, trusts_no_damaged_snapshot,
		removes_and_goes_on, removes_the_blobs_that_nothing_names,
		stops_at_a_file_that_cannot_be_removed, survives_being_killed_between_two_files,
		never_removes_the_newest_file, prunes_beside_a_reader_and_the_writer,
		does_not_trouble_another_process, prunes_a_journal_in_memory_alike };

	return unit_main("prune", tests, UNIT_COUNT(tests));
}
