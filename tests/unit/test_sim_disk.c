/* The simulated disk: it keeps what was synced, and each thing that a power cut may do to the rest does happen. Were it
 * kinder than a real disk, the tests that stand on it would prove nothing. */
#include "tests/sim/disk.h"
#include "tests/sim/vfs.h"
#include "unit.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

enum { SEEDS = 400, OLD = 1500, NEW = 3000 };

struct bench {
	struct sim_disk *d;
	const struct ww_fs *fs;
	struct ww_ctx cx;
};

static void
begin(struct bench *b, uint64_t seed)
{
	*b = (struct bench){ .d = sim_disk_new(&(struct sim_disk_settings){ .seed = seed }) };
	b->fs = sim_disk_fs(b->d);
	b->cx.arena = ww_arena_new(0);
	ck_assert_ptr_nonnull(b->cx.arena);
	ck_assert_int_eq(ww_fs_mkdir(b->fs, &b->cx, "/data"), WW_OK);
}

static void
end(struct bench *b)
{
	ck_assert_uint_eq(sim_disk_open_files(b->d), 0);
	sim_disk_free(b->d);
	ww_arena_free(b->cx.arena);
}

static int
make(struct bench *b, const char *path)
{
	int fd = b->fs->open(b->fs->self, path, O_RDWR | O_CREAT, 0600);

	ck_assert_int_ge(fd, 0);
	return fd;
}

/* n bytes of that kind at the offset. */
static void
write_kind(struct bench *b, int fd, int kind, size_t n, off_t at)
{
	char text[NEW];

	memset(text, kind, sizeof(text));
	ck_assert_int_eq(b->fs->pwrite(b->fs->self, fd, text, n, at), (ssize_t)n);
}

static bool
is_there(struct bench *b, const char *path)
{
	struct ww_fs_stat st;
	int err = b->fs->stat(b->fs->self, path, &st);

	ck_assert(err == 0 || err == -ENOENT);
	return err == 0;
}

static ww_str
content(struct bench *b, const char *path)
{
	struct ww_buf buf = { 0 };
	ww_str text;

	ck_assert_int_eq(ww_fs_load(b->fs, &b->cx, path, 0, &buf), WW_OK);
	text = ww_arena_str(b->cx.arena, ww_buf_view(&buf));
	ww_buf_free(&buf);
	return text;
}

/* How many of the first n bytes are of that kind. */
static size_t
count_kind(ww_str s, size_t from, size_t n, char kind)
{
	size_t count = 0;

	for (size_t i = from; i < s.n && i < n; i++)
		count += s.p[i] == kind;
	return count;
}

START_TEST(keeps_what_was_synced_with_its_name)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct bench b;
		ww_str text;
		int fd;

		begin(&b, seed);
		fd = make(&b, "/data/file");
		write_kind(&b, fd, 'o', OLD, 0);
		ck_assert_int_eq(b.fs->datasync(b.fs->self, fd), 0);
		ck_assert_int_eq(b.fs->sync_dir(b.fs->self, "/data"), 0);
		write_kind(&b, fd, 'n', NEW, OLD);
		sim_disk_cut(b.d);
		ck_assert(is_there(&b, "/data/file"));
		text = content(&b, "/data/file");
		ck_assert_uint_ge(text.n, OLD);
		ck_assert_uint_eq(count_kind(text, 0, OLD, 'o'), OLD);
		end(&b);
	}
}
END_TEST

/* Every one of these is something that a disk does. */
START_TEST(leaves_unsynced_bytes_in_every_way)
{
	size_t none = 0, all = 0, torn = 0, holes = 0, zero_tail = 0;

	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct bench b;
		ww_str text;
		size_t n, grown;
		int fd;

		begin(&b, seed);
		fd = make(&b, "/data/file");
		write_kind(&b, fd, 'o', OLD, 0);
		ck_assert_int_eq(b.fs->datasync(b.fs->self, fd), 0);
		ck_assert_int_eq(b.fs->sync_dir(b.fs->self, "/data"), 0);
		write_kind(&b, fd, 'n', NEW, OLD);
		sim_disk_cut(b.d);
		text = content(&b, "/data/file");
		grown = text.n - OLD;
		n = count_kind(text, OLD, text.n, 'n');
		ck_assert_uint_eq(n + count_kind(text, OLD, text.n, '\0'), grown);
		none += grown == 0;
		all += n == NEW;
		torn += n > 0 && n < NEW && n == grown;
		holes += n > 0 && n < grown && text.p[text.n - 1] == 'n';
		zero_tail += grown > 0 && text.p[text.n - 1] == '\0';
		end(&b);
	}
	ck_assert_msg(none > 20 && all > 20 && torn > 20 && holes > 5 && zero_tail > 5,
	    "none %zu, all %zu, torn %zu, holes %zu, zero tail %zu", none, all, torn, holes,
	    zero_tail);
}
END_TEST

/* A sector that was overwritten is the old one or the new one, also when a later one is new. */
START_TEST(mixes_old_and_new_sectors)
{
	size_t mixed = 0, late = 0;

	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct bench b;
		ww_str text;
		size_t n;
		int fd;

		begin(&b, seed);
		fd = make(&b, "/data/file");
		write_kind(&b, fd, 'o', NEW, 0);
		ck_assert_int_eq(b.fs->datasync(b.fs->self, fd), 0);
		ck_assert_int_eq(b.fs->sync_dir(b.fs->self, "/data"), 0);
		write_kind(&b, fd, 'n', NEW, 0);
		sim_disk_cut(b.d);
		text = content(&b, "/data/file");
		n = count_kind(text, 0, NEW, 'n');
		ck_assert_uint_eq(n + count_kind(text, 0, NEW, 'o'), NEW);
		mixed += n > 0 && n < NEW;
		late += text.p[0] == 'o' && n > 0;
		end(&b);
	}
	ck_assert_msg(mixed > 50 && late > 5, "mixed %zu, later ones first %zu", mixed, late);
}
END_TEST

START_TEST(loses_names_that_were_not_synced)
{
	size_t made = 0, removed = 0, old = 0, renamed = 0, folder = 0;

	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct bench b;

		begin(&b, seed);
		ck_assert_int_eq(ww_fs_put(b.fs, &b.cx, "/data/gone", WW_STR("g")), WW_OK);
		ck_assert_int_eq(ww_fs_put(b.fs, &b.cx, "/data/file", WW_STR("old")), WW_OK);
		ck_assert_int_eq(ww_fs_put(b.fs, &b.cx, "/data/next", WW_STR("new")), WW_OK);
		ck_assert_int_eq(b.fs->close(b.fs->self, make(&b, "/data/made")), 0);
		ck_assert_int_eq(b.fs->unlink(b.fs->self, "/data/gone"), 0);
		ck_assert_int_eq(b.fs->rename(b.fs->self, "/data/next", "/data/file"), 0);
		ck_assert_int_eq(b.fs->mkdir(b.fs->self, "/data/sub", 0700), 0);
		/* What is synced in a folder without a name is lost with it. */
		ck_assert_int_eq(ww_fs_put(b.fs, &b.cx, "/data/sub/file", WW_STR("x")), WW_OK);
		sim_disk_cut(b.d);
		made += !is_there(&b, "/data/made");
		removed += is_there(&b, "/data/gone");
		folder += !is_there(&b, "/data/sub/file");
		/* A rename has happened or not. */
		if (ww_str_is(content(&b, "/data/file"), "old")) {
			old++;
			unit_str_is(content(&b, "/data/next"), "new");
		} else {
			renamed++;
			unit_str_is(content(&b, "/data/file"), "new");
			ck_assert(!is_there(&b, "/data/next"));
		}
		end(&b);
	}
	ck_assert_msg(made > 50 && removed > 50 && old > 50 && renamed > 50 && folder > 50,
	    "lost: made %zu, removed %zu, renamed %zu, folder %zu", made, removed, old, folder);
}
END_TEST

/* Moved, then syncs of these folders: how often the file is found in the new one. It is always in exactly one. */
static size_t
moved_after(const char *first, const char *second)
{
	size_t moved = 0;

	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct bench b;

		begin(&b, seed);
		ck_assert_int_eq(ww_fs_mkdir(b.fs, &b.cx, "/data/sub"), WW_OK);
		ck_assert_int_eq(ww_fs_put(b.fs, &b.cx, "/data/file", WW_STR("x")), WW_OK);
		ck_assert_int_eq(b.fs->rename(b.fs->self, "/data/file", "/data/sub/file"), 0);
		ck_assert_int_eq(b.fs->sync_dir(b.fs->self, first), 0);
		ck_assert_int_eq(b.fs->sync_dir(b.fs->self, second), 0);
		sim_disk_cut(b.d);
		ck_assert(is_there(&b, "/data/file") != is_there(&b, "/data/sub/file"));
		moved += is_there(&b, "/data/sub/file");
		end(&b);
	}
	return moved;
}

START_TEST(moves_to_another_folder_for_certain_when_both_are_synced)
{
	size_t n;

	ck_assert_uint_eq(moved_after("/data", "/data/sub"), SEEDS);
	ck_assert_uint_eq(moved_after("/data/sub", "/data"), SEEDS);
	n = moved_after("/data", "/data");
	ck_assert_msg(n > 50 && n < SEEDS - 50, "moved in %zu of %d", n, SEEDS);
	n = moved_after("/data/sub", "/data/sub");
	ck_assert_msg(n > 50 && n < SEEDS - 50, "moved in %zu of %d", n, SEEDS);
}
END_TEST

START_TEST(cuts_at_the_call_that_was_named)
{
	struct bench b;
	struct sim_disk_counts c;
	int fd;

	begin(&b, 1);
	sim_disk_watch(b.d, ".wwj");
	sim_disk_cut_at(b.d, 3, "");
	fd = make(&b, "/data/1.wwj");
	write_kind(&b, fd, 'n', 10, 0);
	ck_assert(!sim_disk_dark(b.d));
	ck_assert_int_eq(b.fs->datasync(b.fs->self, fd), -EIO);
	ck_assert(sim_disk_dark(b.d));
	ck_assert_int_eq(b.fs->pwrite(b.fs->self, fd, "x", 1, 0), -EIO);
	ck_assert_int_eq(b.fs->open(b.fs->self, "/data/2.wwj", O_RDWR | O_CREAT, 0600), -EIO);
	ck_assert_int_eq(b.fs->close(b.fs->self, fd), 0);
	sim_disk_cut(b.d);
	c = sim_disk_counts(b.d);
	ck_assert_uint_eq(c.cuts, 1);
	ck_assert_uint_eq(c.hit_names, 1);
	ck_assert_uint_eq(c.hit_bytes, c.hit_path);
	ck_assert(!sim_disk_dark(b.d));
	end(&b);
}
END_TEST

/* What a killed process wrote is there for the next one, and a later cut may still take it. */
START_TEST(keeps_unsynced_bytes_over_a_kill_and_not_over_a_cut)
{
	size_t lost = 0;

	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct bench b;
		int fd;

		begin(&b, seed);
		fd = make(&b, "/data/file");
		ck_assert_int_eq(b.fs->sync_dir(b.fs->self, "/data"), 0);
		ck_assert_int_eq(b.fs->lock(b.fs->self, fd), 0);
		write_kind(&b, fd, 'n', NEW, 0);
		sim_disk_go_dark(b.d);
		ck_assert_int_eq(b.fs->datasync(b.fs->self, fd), -EIO);
		sim_disk_kill(b.d);
		ck_assert_uint_eq(content(&b, "/data/file").n, NEW);
		fd = make(&b, "/data/file");
		ck_assert_int_eq(b.fs->lock(b.fs->self, fd), 0);
		sim_disk_cut(b.d);
		lost += content(&b, "/data/file").n < NEW;
		end(&b);
	}
	ck_assert_msg(lost > 50, "lost %zu", lost);
}
END_TEST

START_TEST(is_full_when_its_room_is_taken)
{
	struct bench b;
	struct ww_fs_space space;
	int fd;

	begin(&b, 1);
	sim_disk_free(b.d);
	b.d = sim_disk_new(&(struct sim_disk_settings){ .seed = 1, .room = 8192 });
	b.fs = sim_disk_fs(b.d);
	fd = make(&b, "/file");
	write_kind(&b, fd, 'n', NEW, 0);
	write_kind(&b, fd, 'n', NEW, NEW);
	ck_assert_int_eq(b.fs->pwrite(b.fs->self, fd, "x", 1, 8192), -ENOSPC);
	ck_assert_int_eq(b.fs->space(b.fs->self, "/", &space), 0);
	ck_assert_uint_eq(space.free, 0);
	ck_assert_int_eq(b.fs->close(b.fs->self, fd), 0);
	end(&b);
}
END_TEST

/* -- SQLite over it ----------------------------------------------------------------------------------- */

static struct ww_ledger
open_ledger(struct bench *b, enum ww_ledger_mode mode)
{
	struct ww_ledger l = { 0 };
	struct ww_ledger_settings set = {
		.path = "/data/ledger.db", .mode = mode, .fs = b->fs, .vfs = "sim"
	};

	ww_ctx_clear(&b->cx);
	ck_assert_msg(ww_ledger_sqlite_on(&b->cx, &set, &l) == WW_OK, "%s", b->cx.fail.reason);
	return l;
}

static ww_status
put_person(struct bench *b, struct ww_ledger *l, ww_id id)
{
	struct ww_person p;
	ww_status s = ww_ledger_begin(l, &b->cx);

	ww_row_init(&ww_entity_person, &p);
	p.id = id;
	if (s == WW_OK)
		s = ww_put(l, &b->cx, person, &p);
	if (s == WW_OK)
		s = ww_ledger_commit(l, &b->cx);
	if (s != WW_OK)
		ww_ledger_rollback(l);
	return s;
}

static size_t
persons(struct bench *b, struct ww_ledger *l)
{
	struct ww_rows rows;

	ck_assert_int_eq(ww_ledger_scan(l, &b->cx, &ww_entity_person, 0, NULL, 0, &rows), WW_OK);
	for (size_t i = 0; i < rows.n; i++) /* no gap: the first transactions, and no other */
		ck_assert_int_eq(WW_ROW(&rows, person, i)->id, (ww_id)i + 1);
	return rows.n;
}

START_TEST(carries_a_ledger_with_a_reader_beside_the_writer)
{
	struct bench b;
	struct ww_ledger l, view;

	begin(&b, 1);
	sim_vfs_register("sim", b.fs);
	l = open_ledger(&b, WW_LEDGER_WRITE);
	view = open_ledger(&b, WW_LEDGER_READ);
	ck_assert_int_eq(put_person(&b, &l, 1), WW_OK);
	ck_assert_int_eq(ww_ledger_begin(&view, &b.cx), WW_OK);
	ck_assert_uint_eq(persons(&b, &view), 1);
	ck_assert_int_eq(put_person(&b, &l, 2), WW_OK);
	ck_assert_uint_eq(persons(&b, &view), 1); /* its view stands still */
	ck_assert_int_eq(ww_ledger_commit(&view, &b.cx), WW_OK);
	ck_assert_uint_eq(persons(&b, &view), 2);
	ww_ledger_close(&view);
	ww_ledger_close(&l);
	ck_assert_uint_eq(sim_vfs_open_files(), 0);
	ck_assert(!is_there(&b, "/data/ledger.db-wal"));
	l = open_ledger(&b, WW_LEDGER_READ);
	ck_assert_uint_eq(persons(&b, &l), 2);
	ww_ledger_close(&l);
	end(&b);
}
END_TEST

/* synchronous=NORMAL: transactions at the end may be gone, none in the middle, and the file is never broken. */
START_TEST(a_ledger_after_a_cut_is_the_one_of_an_earlier_moment)
{
	size_t lost = 0, cuts = 0;

	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct bench b;
		ww_id id = 0;

		begin(&b, seed);
		sim_vfs_register("sim", b.fs);
		for (size_t life = 0; life < 5; life++, cuts++) {
			struct ww_ledger l = open_ledger(&b, WW_LEDGER_WRITE);
			size_t found = persons(&b, &l);

			/* of the one that the cut ended nobody knows whether it is there */
			ck_assert_uint_le(found, (size_t)id + 1);
			lost += found < (size_t)id;
			id = (ww_id)found;
			sim_disk_cut_at(b.d, 1 + sim_disk_below(b.d, 40), "");
			while (put_person(&b, &l, id + 1) == WW_OK)
				id++;
			ww_ledger_close(&l);
			ck_assert_uint_eq(sim_vfs_open_files(), 0);
			sim_disk_cut(b.d);
		}
		end(&b);
	}
	ck_assert_msg(lost > 20, "%zu of %zu cuts lost a transaction", lost, cuts);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		keeps_what_was_synced_with_its_name,
		leaves_unsynced_bytes_in_every_way,
		mixes_old_and_new_sectors,
		loses_names_that_were_not_synced,
		moves_to_another_folder_for_certain_when_both_are_synced,
		cuts_at_the_call_that_was_named,
		keeps_unsynced_bytes_over_a_kill_and_not_over_a_cut,
		is_full_when_its_room_is_taken,
		carries_a_ledger_with_a_reader_beside_the_writer,
		a_ledger_after_a_cut_is_the_one_of_an_earlier_moment,
	};

	return unit_main("sim_disk", tests, UNIT_COUNT(tests));
}
