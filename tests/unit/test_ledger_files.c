/* A new ledger in the place of an old one that was killed: whenever the power goes, what is opened afterwards is the old
 * one, the new one, or an empty one, and never a mixture. */
#include "tests/sim/disk.h"
#include "tests/sim/vfs.h"
#include "unit.h"

#include <wardwire/ctx.h>

#include "store/store.h"

#include <errno.h>

#define LIVE "/data/ledger.db"
#define ANEW "/data/rebuild.db"

enum { SEEDS = 300, ROWS = 60, OLD = 1000, NEW = 2000 };

struct bench {
	struct sim_disk *d;
	const struct ww_fs *fs;
	struct ww_ctx cx;
};

static struct ww_ledger
open_ledger(struct bench *b, const char *path)
{
	struct ww_ledger l = { 0 };
	struct ww_ledger_settings set = { .path = path,
		.mode = WW_LEDGER_WRITE,
		.fs = b->fs,
		.vfs = "sim",
		.checkpoint_bytes = 40000 };

	ww_ctx_clear(&b->cx);
	ck_assert_msg(ww_ledger_sqlite_on(&b->cx, &set, &l) == WW_OK, "%s", b->cx.fail.reason);
	return l;
}

/* Persons from that number on, each in a transaction of its own. */
static void
fill(struct bench *b, struct ww_ledger *l, ww_id from)
{
	for (ww_id id = from; id < from + ROWS; id++) {
		struct ww_person p;

		ww_ctx_clear(&b->cx);
		ww_row_init(&ww_entity_person, &p);
		p.id = id;
		p.family = ww_arena_printf(b->cx.arena, "%0200d", (int)id);
		ck_assert_int_eq(ww_ledger_begin(l, &b->cx), WW_OK);
		ck_assert_int_eq(ww_put(l, &b->cx, person, &p), WW_OK);
		ck_assert_int_eq(ww_ledger_commit(l, &b->cx), WW_OK);
	}
}

static void
begin_empty(struct bench *b, uint64_t seed)
{
	*b = (struct bench){ .d = sim_disk_new(&(struct sim_disk_settings){ .seed = seed }) };
	b->fs = sim_disk_fs(b->d);
	b->cx.arena = ww_arena_new(0);
	ck_assert_ptr_nonnull(b->cx.arena);
	sim_vfs_register("sim", b->fs);
	ck_assert_int_eq(ww_fs_mkdir(b->fs, &b->cx, "/data"), WW_OK);
}

static void
begin(struct bench *b, uint64_t seed)
{
	struct ww_ledger l;

	begin_empty(b, seed);
	l = open_ledger(b, LIVE);
	fill(b, &l, OLD);
	sim_disk_go_dark(b->d); /* killed: its WAL stays */
	ww_ledger_close(&l);
	sim_disk_kill(b->d);
	l = open_ledger(b, ANEW);
	fill(b, &l, NEW);
	ww_ledger_close(&l);
}

static void
end(struct bench *b)
{
	ck_assert_uint_eq(sim_disk_open_files(b->d), 0);
	sim_disk_free(b->d);
	ww_arena_free(b->cx.arena);
}

static bool
is_there(struct bench *b, const char *path)
{
	struct ww_fs_stat st;
	int err = b->fs->stat(b->fs->self, path, &st);

	ck_assert(err == 0 || err == -ENOENT);
	return err == 0;
}

/* Of which ledger the first n rows are; 0: it is empty. The old one may lack its end, as at any cut. */
static ww_id
whose(struct bench *b)
{
	struct ww_ledger l = open_ledger(b, LIVE);
	struct ww_rows rows;
	ww_id of = 0;

	ck_assert_msg(ww_ledger_scan(&l, &b->cx, &ww_entity_person, 0, NULL, 0, &rows) == WW_OK,
	    "%s", b->cx.fail.reason);
	if (rows.n > 0)
		of = WW_ROW(&rows, person, 0)->id;
	for (size_t i = 0; i < rows.n; i++)
		ck_assert_int_eq(WW_ROW(&rows, person, i)->id, of + (ww_id)i);
	ck_assert(of == 0 || of == OLD || of == NEW);
	ck_assert(of != NEW || rows.n == ROWS);
	ww_ledger_close(&l);
	return of;
}

START_TEST(replaces_one_ledger_by_another)
{
	struct bench b;

	begin(&b, 1);
	ck_assert(is_there(&b, LIVE "-wal"));
	ck_assert_int_eq(ww_ledger_files_replace(&b.cx, b.fs, ANEW, LIVE), WW_OK);
	ck_assert(!is_there(&b, LIVE "-wal"));
	ck_assert(!is_there(&b, ANEW));
	ck_assert_int_eq(whose(&b), NEW);
	/* Durable on return. */
	sim_disk_cut(b.d);
	ck_assert_int_eq(whose(&b), NEW);
	end(&b);
}
END_TEST

/* A checkpoint that fails while a ledger is closed is not told to anybody. */
START_TEST(does_not_take_a_new_one_that_was_not_closed_in_order)
{
	struct bench b;
	struct ww_ledger l;

	begin(&b, 1);
	l = open_ledger(&b, ANEW);
	fill(&b, &l, NEW + ROWS);
	sim_disk_go_dark(b.d);
	ww_ledger_close(&l);
	sim_disk_kill(b.d);
	ck_assert(is_there(&b, ANEW "-wal"));
	ww_ctx_clear(&b.cx);
	ck_assert_int_eq(ww_ledger_files_replace(&b.cx, b.fs, ANEW, LIVE), WW_E_STORE);
	ck_assert_int_eq(whose(&b), OLD);
	end(&b);
}
END_TEST

/* Before a new file has a WAL it has a journal of the old kind. One that a kill left would undo whatever stands beside it
 * under that name: SQLite takes it for its own. */
START_TEST(leaves_nothing_that_could_undo_the_new_one)
{
	size_t left = 0;

	for (uint64_t call = 1; call <= 20; call++) {
		struct ww_ledger l = { 0 };
		struct ww_ledger_settings set = {
			.path = LIVE, .mode = WW_LEDGER_WRITE, .vfs = "sim"
		};
		struct bench b;

		begin_empty(&b, call);
		set.fs = b.fs;
		sim_disk_cut_at(b.d, call, LIVE);
		if (ww_ledger_sqlite_on(&b.cx, &set, &l) == WW_OK)
			ww_ledger_close(&l);
		sim_disk_kill(b.d);
		left += is_there(&b, LIVE "-journal");
		l = open_ledger(&b, ANEW);
		fill(&b, &l, NEW);
		ww_ledger_close(&l);
		ck_assert_int_eq(ww_ledger_files_replace(&b.cx, b.fs, ANEW, LIVE), WW_OK);
		ck_assert_int_eq(whose(&b), NEW);
		end(&b);
	}
	ck_assert_uint_gt(left, 0);
}
END_TEST

START_TEST(is_the_old_one_or_the_new_one_or_none_at_any_cut)
{
	size_t old = 0, new = 0, none = 0;

	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct bench b;
		ww_id of;

		begin(&b, seed);
		sim_disk_cut_at(b.d, 1 + sim_disk_below(b.d, 8), "");
		if (ww_ledger_files_replace(&b.cx, b.fs, ANEW, LIVE) == WW_OK)
			ck_assert(!sim_disk_dark(b.d));
		sim_disk_cut(b.d);
		of = whose(&b);
		old += of == OLD;
		new += of == NEW;
		none += of == 0;
		end(&b);
	}
	ck_assert_msg(
	    old > 10 && new > 10 && none > 10, "old %zu, new %zu, none %zu", old, new, none);
}
END_TEST

START_TEST(removes_what_is_there_and_nothing_is_no_failure)
{
	struct bench b;

	begin(&b, 1);
	ck_assert_int_eq(ww_ledger_files_remove(&b.cx, b.fs, LIVE), WW_OK);
	ck_assert(!is_there(&b, LIVE));
	ck_assert(!is_there(&b, LIVE "-wal"));
	ck_assert_int_eq(ww_ledger_files_remove(&b.cx, b.fs, LIVE), WW_OK);
	sim_disk_cut(b.d);
	ck_assert(!is_there(&b, LIVE));
	ck_assert_int_eq(ww_ledger_files_replace(&b.cx, b.fs, "/data/none.db", LIVE), WW_E_IO);
	end(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		replaces_one_ledger_by_another,
		does_not_take_a_new_one_that_was_not_closed_in_order,
		leaves_nothing_that_could_undo_the_new_one,
		is_the_old_one_or_the_new_one_or_none_at_any_cut,
		removes_what_is_there_and_nothing_is_no_failure,
	};

	return unit_main("ledger_files", tests, UNIT_COUNT(tests));
}
