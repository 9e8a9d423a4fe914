/* Copies of a ledger: made while it is written, found again, checked before they are used, thinned out. */
#include "tests/unit/unit.h"

#include "tests/unit/ledgers.h"

#include "store/snapshot.h"

#include <wardwire/log.h>
#include <wardwire/time.h>

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

struct place {
	struct bench b;
	struct ww_ledger view;
	const char *dir;
};

static void
put_cursor(struct place *p, int64_t seq)
{
	struct ww_cursor c;
	struct ww_person person;

	ww_row_init(&ww_entity_cursor, &c);
	c.id = 1;
	c.seq = seq;
	c.now_ms = 1000 * seq;
	ww_row_init(&ww_entity_person, &person);
	person.id = seq << 16;
	person.family = WW_STR("TESTFAMILY");
	bench_ok(&p->b, ww_ledger_begin(&p->b.l, &p->b.cx));
	bench_ok(&p->b, ww_put(&p->b.l, &p->b.cx, cursor, &c));
	bench_ok(&p->b, ww_put(&p->b.l, &p->b.cx, person, &person));
	bench_ok(&p->b, ww_ledger_commit(&p->b.l, &p->b.cx));
}

static void
open_place(struct place *p)
{
	*p = (struct place){ .dir = NULL };
	ww_log_set_level((enum ww_log_level) - 1);
	bench_open(&p->b);
	p->dir = ww_arena_printf(p->b.cx.arena, "%s/snapshots", p->b.dir).p;
	bench_ok(&p->b, ww_ledger_sqlite(&p->b.cx, p->b.path, WW_LEDGER_WRITE, &p->b.l));
	bench_ok(&p->b, ww_ledger_sqlite(&p->b.cx, p->b.path, WW_LEDGER_READ, &p->view));
	bench_ok(&p->b, ww_fs_mkdir(&ww_fs_real, &p->b.cx, p->dir));
}

static int
remove_name(void *arg, const char *name)
{
	struct place *p = arg;

	unlink(ww_arena_printf(p->b.cx.arena, "%s/%s", p->dir, name).p);
	return 0;
}

static void
close_place(struct place *p)
{
	ww_ledger_close(&p->view);
	(void)ww_fs_real.list(NULL, p->dir, remove_name, p);
	ck_assert_int_eq(rmdir(p->dir), 0);
	unlink(ww_arena_printf(p->b.cx.arena, "%s/anew.db", p->b.dir).p);
	bench_close(&p->b);
}

static struct ww_snapshot
make(struct place *p)
{
	struct ww_snapshot s;

	bench_ok(&p->b, ww_snapshot_make(&p->b.cx, &ww_fs_real, p->dir, &p->view, NULL, NULL, &s));
	return s;
}

static size_t
count(struct place *p, struct ww_snapshot **v)
{
	size_t n = 99;

	bench_ok(&p->b, ww_snapshot_list(&p->b.cx, &ww_fs_real, p->dir, v, &n));
	return n;
}

static ww_str
dump_of(struct place *p, struct ww_ledger *l)
{
	struct ww_buf b = { 0 };
	ww_str text;

	bench_ok(&p->b, ww_ledger_dump(l, &p->b.cx, &b));
	text = ww_arena_str(p->b.cx.arena, ww_buf_view(&b));
	ww_buf_free(&b);
	return text;
}

/* The ledger that the newest usable snapshot up to that record gives; its number. */
static uint64_t
use(struct place *p, uint64_t most, ww_str *dump)
{
	const char *path = ww_arena_printf(p->b.cx.arena, "%s/anew.db", p->b.dir).p;
	struct ww_ledger l = { 0 };
	uint64_t seq;

	bench_ok(&p->b, ww_ledger_files_remove(&p->b.cx, &ww_fs_real, path));
	bench_ok(&p->b, ww_snapshot_use(&p->b.cx, &ww_fs_real, p->dir, most, path, &seq));
	if (seq == 0) {
		ck_assert_int_ne(access(path, F_OK), 0);
		return 0;
	}
	bench_ok(&p->b, ww_ledger_sqlite(&p->b.cx, path, WW_LEDGER_WRITE, &l));
	*dump = dump_of(p, &l);
	ww_ledger_close(&l);
	return seq;
}

/* Turns one bit of a file over. */
static void
damage(const char *path, off_t at)
{
	int fd = open(path, O_RDWR);
	char c;

	ck_assert(fd >= 0 && pread(fd, &c, 1, at) == 1);
	c = (char)(c ^ 4);
	ck_assert_int_eq(pwrite(fd, &c, 1, at), 1);
	close(fd);
}

START_TEST(copies_what_the_ledger_was_at_one_moment)
{
	struct ww_snapshot s, *v;
	struct stat st;
	struct place p;
	ww_str was, copy;

	open_place(&p);
	ck_assert_uint_eq(count(&p, &v), 0);
	put_cursor(&p, 41);
	put_cursor(&p, 42);
	was = dump_of(&p, &p.view);
	s = make(&p);
	put_cursor(&p, 43);
	ck_assert_uint_eq(s.seq, 42);
	ck_assert_int_eq(s.time, 42000);
	ck_assert_ptr_nonnull(strstr(s.path, "/000000000000002a.db"));
	ck_assert(stat(s.path, &st) == 0 && (st.st_mode & 0777) == 0600);
	ck_assert_uint_eq(s.bytes, (uint64_t)st.st_size);
	ck_assert_uint_eq(count(&p, &v), 1);
	ck_assert(v[0].seq == 42 && v[0].time == 42000 && v[0].bytes == s.bytes);
	bench_ok(&p.b, ww_snapshot_verify(&p.b.cx, &ww_fs_real, &v[0]));
	ck_assert_uint_eq(use(&p, UINT64_MAX, &copy), 42);
	ck_assert(ww_str_eq(was, copy));
	close_place(&p);
}
END_TEST

/* It is one file: neither a WAL nor a temporary file stays beside it, and its own is not touched by its use. */
START_TEST(leaves_nothing_beside_it)
{
	struct ww_snapshot s, again;
	ww_str copy;
	struct place p;

	open_place(&p);
	put_cursor(&p, 7);
	s = make(&p);
	ck_assert_uint_eq(use(&p, 7, &copy), 7);
	again = make(&p); /* the same record: the one there is stays */
	ck_assert_str_eq(s.sha256, again.sha256);
	ck_assert_int_eq(unlink(s.path), 0);
	ck_assert_int_eq(
	    unlink(ww_arena_printf(p.b.cx.arena, "%s/0000000000000007.txt", p.dir).p), 0);
	ck_assert_int_eq(rmdir(p.dir), 0);
	ck_assert_int_eq(mkdir(p.dir, 0700), 0);
	close_place(&p);
}
END_TEST

/* What became of the copy, seen from the disk. */
static struct {
	int fd;
	bool synced, named, named_for_good;
} seen;

static bool
is_copy(const char *path)
{
	return ww_str_is(ww_str_from(strrchr(path, '/')), "/making.db");
}

static int
seeing_open(void *self, const char *path, int flags, mode_t mode)
{
	int fd = ww_fs_real.open(self, path, flags, mode);

	if (fd >= 0 && (is_copy(path) || fd == seen.fd)) /* its number may be another's later */
		seen.fd = is_copy(path) ? fd : -1;
	return fd;
}

static int
seeing_datasync(void *self, int fd)
{
	int err = ww_fs_real.datasync(self, fd);

	seen.synced |= err == 0 && fd == seen.fd;
	return err;
}

static int
seeing_rename(void *self, const char *from, const char *to)
{
	if (is_copy(from)) {
		ck_assert_msg(seen.synced, "it has its name before its bytes are durable");
		seen.named = true;
	}
	return ww_fs_real.rename(self, from, to);
}

static int
seeing_sync_dir(void *self, const char *dir)
{
	seen.named_for_good |= seen.named;
	return ww_fs_real.sync_dir(self, dir);
}

/* Journal files are removed because it is there. */
START_TEST(is_durable_before_it_has_its_name_and_its_name_before_it_counts)
{
	struct ww_fs fs = ww_fs_real;
	struct ww_snapshot s;
	struct place p;

	open_place(&p);
	put_cursor(&p, 7);
	fs.open = seeing_open;
	fs.datasync = seeing_datasync;
	fs.rename = seeing_rename;
	fs.sync_dir = seeing_sync_dir;
	seen.fd = -1;
	bench_ok(&p.b, ww_snapshot_make(&p.b.cx, &fs, p.dir, &p.view, NULL, NULL, &s));
	ck_assert(seen.named_for_good);
	close_place(&p);
}
END_TEST

START_TEST(passes_over_one_that_is_damaged)
{
	struct ww_snapshot s[3];
	ww_str copy;
	struct place p;

	open_place(&p);
	for (int64_t i = 0; i < 3; i++) {
		put_cursor(&p, 10 + i);
		s[i] = make(&p);
	}
	ck_assert_uint_eq(use(&p, UINT64_MAX, &copy), 12);
	ck_assert_uint_eq(use(&p, 11, &copy), 11); /* 12 is above what the journal has */
	damage(s[2].path, (off_t)s[2].bytes - 100);
	ck_assert_int_eq(ww_snapshot_verify(&p.b.cx, &ww_fs_real, &s[2]), WW_E_DAMAGED);
	ww_ctx_clear(&p.b.cx);
	p.dir = ww_arena_printf(p.b.cx.arena, "%s/snapshots", p.b.dir).p;
	ck_assert_uint_eq(use(&p, UINT64_MAX, &copy), 11);
	/* Cut short, and its description lost. */
	ck_assert_int_eq(
	    truncate(ww_arena_printf(p.b.cx.arena, "%s/000000000000000b.db", p.dir).p, 4096), 0);
	ck_assert_uint_eq(use(&p, UINT64_MAX, &copy), 10);
	damage(ww_arena_printf(p.b.cx.arena, "%s/000000000000000a.txt", p.dir).p, 3);
	ck_assert_uint_eq(use(&p, UINT64_MAX, &copy), 0);
	/* One that is damaged is made again. */
	put_cursor(&p, 12);
	(void)make(&p);
	ck_assert_uint_eq(use(&p, UINT64_MAX, &copy), 12);
	close_place(&p);
}
END_TEST

/* A description is no snapshot's when anything in it is not as it is written. */
START_TEST(takes_no_bad_description)
{
	static const char *const texts[] = {
		"wardwire-snapshot 2\nseq 42\ntime 1\nbytes 1\nsha256 %s\n",
		"wardwire-snapshot 1\nseq 43\ntime 1\nbytes 1\nsha256 %s\n",
		"wardwire-snapshot 1\nseq 42\ntime x\nbytes 1\nsha256 %s\n",
		"wardwire-snapshot 1\nseq 42\ntime 1\nsha256 %s\n",
		"wardwire-snapshot 1\nseq 42\ntime 1\nbytes 1\nsha256 %s0\n",
		"wardwire-snapshot 1\nseq 42\ntime 1\nbytes 1\nsha256 X%.63s\n",
		"",
	};
	static const char good[] = "wardwire-snapshot 1\nseq 42\ntime 1\nbytes 1\nsha256 %s\n";
	static const char sum[] =
	    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
	struct ww_snapshot *v;
	struct place p;

	open_place(&p);
	for (size_t i = 0; i <= UNIT_COUNT(texts); i++) {
		const char *fmt = i < UNIT_COUNT(texts) ? texts[i] : good;
		const char *at = strstr(fmt, "%");
		struct ww_buf b = { 0 };

		ww_buf_add(&b, fmt, at != NULL ? (size_t)(at - fmt) : strlen(fmt));
		if (at != NULL)
			ww_buf_printf(&b, "%s%s", strstr(at, ".63") != NULL ? sum + 1 : sum,
			    strchr(at, 's') + 1);
		bench_ok(
		    &p.b, ww_fs_put(&ww_fs_real, &p.b.cx,
		              ww_arena_printf(p.b.cx.arena, "%s/000000000000002a.txt", p.dir).p,
		              ww_buf_view(&b)));
		ck_assert_msg(count(&p, &v) == (i == UNIT_COUNT(texts)), "%zu", i);
		ww_buf_free(&b);
	}
	close_place(&p);
}
END_TEST

START_TEST(keeps_the_newest)
{
	struct ww_snapshot *v;
	struct place p;
	size_t removed;

	open_place(&p);
	for (int64_t i = 1; i <= 5; i++) {
		put_cursor(&p, i);
		(void)make(&p);
	}
	bench_ok(&p.b, ww_snapshot_thin(&p.b.cx, &ww_fs_real, p.dir, 5, &removed));
	ck_assert_uint_eq(removed, 0);
	bench_ok(&p.b, ww_snapshot_thin(&p.b.cx, &ww_fs_real, p.dir, 2, &removed));
	ck_assert_uint_eq(removed, 3);
	ck_assert_uint_eq(count(&p, &v), 2);
	ck_assert(v[0].seq == 5 && v[1].seq == 4);
	close_place(&p);
}
END_TEST

static bool
no_more(void *arg)
{
	return ++*(int *)arg < 2;
}

START_TEST(ends_when_nobody_wants_it)
{
	struct ww_snapshot s, *v;
	struct place p;
	int asked = 0;

	open_place(&p);
	for (int64_t i = 1; i <= 4000; i++)
		put_cursor(&p, i);
	ck_assert_int_eq(
	    ww_snapshot_make(&p.b.cx, &ww_fs_real, p.dir, &p.view, no_more, &asked, &s),
	    asked == 1 ? WW_OK : WW_E_CLOSED);
	if (asked > 1)
		ck_assert_uint_eq(count(&p, &v), 0);
	close_place(&p);
}
END_TEST

START_TEST(is_made_by_one_at_a_time)
{
	int first = -1, second = -1;
	struct place p;

	open_place(&p);
	bench_ok(&p.b, ww_snapshot_lock(&p.b.cx, &ww_fs_real, p.dir, &first));
	ck_assert_int_eq(ww_snapshot_lock(&p.b.cx, &ww_fs_real, p.dir, &second), WW_E_BUSY);
	close(first);
	ww_ctx_clear(&p.b.cx);
	p.dir = ww_arena_printf(p.b.cx.arena, "%s/snapshots", p.b.dir).p;
	bench_ok(&p.b, ww_snapshot_lock(&p.b.cx, &ww_fs_real, p.dir, &second));
	close(second);
	close_place(&p);
}
END_TEST

/* A ledger that is damaged gives no snapshot. */
START_TEST(refuses_to_copy_damage)
{
	struct ww_snapshot s;
	struct stat st;
	struct place p;

	open_place(&p);
	for (int64_t i = 1; i <= 500; i++)
		put_cursor(&p, i);
	ww_ledger_close(&p.view);
	ww_ledger_close(&p.b.l); /* the WAL goes into the file */
	ck_assert_int_eq(stat(p.b.path, &st), 0);
	for (off_t at = 4096; at < st.st_size; at += 512)
		damage(p.b.path, at);
	if (ww_ledger_sqlite(&p.b.cx, p.b.path, WW_LEDGER_READ, &p.view) == WW_OK)
		ck_assert_int_ne(
		    ww_snapshot_make(&p.b.cx, &ww_fs_real, p.dir, &p.view, NULL, NULL, &s), WW_OK);
	close_place(&p);
}
END_TEST

/* -- when ------------------------------------------------------------------------------------------- */

static int64_t
at(const char *fhir)
{
	ww_time t;

	ck_assert(ww_time_fhir(ww_str_from(fhir), ww_zone_utc(), &t));
	return t.ms;
}

START_TEST(finds_the_hour_of_the_night)
{
	static const struct {
		const char *now, *zone;
		unsigned hour;
		const char *want;
	} rows[] = {
		{ "2026-03-02T12:00:00Z", "UTC", 3, "2026-03-02T03:00:00Z" },
		{ "2026-03-02T02:59:59Z", "UTC", 3, "2026-03-01T03:00:00Z" },
		{ "2026-03-02T03:00:00Z", "UTC", 3, "2026-03-02T03:00:00Z" },
		{ "2026-03-02T12:00:00Z", "UTC", 24, "2026-03-02T00:00:00Z" },
		{ "2026-03-02T12:00:00Z", "America/New_York", 3, "2026-03-02T08:00:00Z" },
		{ "2026-03-02T07:00:00Z", "America/New_York", 3, "2026-03-01T08:00:00Z" },
		{ "2026-03-02T01:00:00Z", "Asia/Tokyo", 3, "2026-03-01T18:00:00Z" },
		/* Summer time begins, and ends; 02:00 is left out, 01:00 comes twice. */
		{ "2026-03-08T12:00:00Z", "America/New_York", 3, "2026-03-08T07:00:00Z" },
		{ "2026-11-01T12:00:00Z", "America/New_York", 3, "2026-11-01T08:00:00Z" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++)
		ck_assert_msg(ww_snapshot_hour(at(rows[i].now), rows[i].hour,
		                  ww_zone_find(rows[i].zone)) == at(rows[i].want),
		    "%s %s %u", rows[i].now, rows[i].zone, rows[i].hour);
}
END_TEST

/* Whatever the zone does: one hour a night, never in the future, never more than 26 hours ago. */
START_TEST(finds_one_hour_every_night)
{
	static const char *const zones[] = { "America/New_York", "Europe/Berlin",
		"Australia/Lord_Howe", "UTC" };

	for (size_t z = 0; z < UNIT_COUNT(zones); z++) {
		const struct ww_zone *zone = ww_zone_find(zones[z]);
		int64_t now = at("2026-01-01T00:00:00Z"), last = 0;
		int nights = 0;

		for (; now < at("2027-01-01T00:00:00Z"); now += 600000) {
			int64_t hour = ww_snapshot_hour(now, 2, zone);

			ck_assert(hour <= now && now - hour <= (int64_t)26 * 3600000);
			nights += hour != last;
			last = hour;
		}
		ck_assert_int_ge(nights, 365);
		ck_assert_int_le(nights, 366);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { copies_what_the_ledger_was_at_one_moment,
		leaves_nothing_beside_it,
		is_durable_before_it_has_its_name_and_its_name_before_it_counts,
		passes_over_one_that_is_damaged, takes_no_bad_description, keeps_the_newest,
		ends_when_nobody_wants_it, is_made_by_one_at_a_time, refuses_to_copy_damage,
		finds_the_hour_of_the_night, finds_one_hour_every_night };

	return unit_main("snapshot", tests, UNIT_COUNT(tests));
}
