/* What the data take, how fast they grow and how long the disk will do. */
#include "tests/unit/unit.h"

#include "tests/unit/ledgers.h"

#include "store/disk.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define DAY_MS ((int64_t)24 * 3600 * 1000)
#define NOW INT64_C(1767225600000)
#define MIB ((uint64_t)1 << 20)

static uint64_t free_bytes;

static int
a_terabyte(void *self, const char *path, struct ww_fs_space *out)
{
	(void)self;
	(void)path;
	*out = (struct ww_fs_space){ .total = 1024 * 1024 * MIB, .free = free_bytes };
	return 0;
}

struct place {
	struct bench b;
	struct ww_fs fs;
	struct ww_disk_places places;
};

static const char *
below(struct place *p, const char *name)
{
	return ww_arena_printf(p->b.cx.arena, "%s/%s", p->b.dir, name).p;
}

static void
put_file(struct place *p, const char *name, size_t n)
{
	char *text = calloc(1, n);
	int fd = open(below(p, name), O_WRONLY | O_CREAT, 0600);

	ck_assert(fd >= 0 && text != NULL && write(fd, text, n) == (ssize_t)n);
	close(fd);
	free(text);
}

static void
open_place(struct place *p)
{
	bench_open(&p->b);
	p->fs = ww_fs_real;
	p->fs.space = a_terabyte;
	free_bytes = 1000 * MIB;
	p->places = (struct ww_disk_places){ .data = p->b.dir,
		.journal = below(p, "journal"),
		.ledger = below(p, "ledger.db"),
		.blobs = below(p, "blobs"),
		.snapshots = below(p, "snapshots") };
}

static void
close_place(struct place *p)
{
	ck_assert_int_eq(system(ww_arena_printf(p->b.cx.arena, "rm -rf '%s'/*", p->b.dir).p), 0);
	bench_close(&p->b);
}

START_TEST(adds_up_what_is_there)
{
	struct ww_disk d;
	struct place p;

	open_place(&p);
	bench_ok(&p.b, ww_disk_measure(&p.b.cx, &p.fs, &p.places, &d));
	ck_assert(d.journal == 0 && d.ledger == 0 && d.blobs == 0 && d.snapshots == 0);
	ck_assert_int_eq(mkdir(p.places.journal, 0700), 0);
	ck_assert_int_eq(mkdir(p.places.snapshots, 0700), 0);
	put_file(&p, "journal/one", 8192);
	put_file(&p, "journal/two", 16384);
	put_file(&p, "ledger.db", 4096);
	put_file(&p, "ledger.db-wal", 8192);
	put_file(&p, "other", 65536);
	put_file(&p, "snapshots/one", 12288);
	bench_ok(&p.b, ww_disk_measure(&p.b.cx, &p.fs, &p.places, &d));
	ck_assert_uint_eq(d.journal, 24576);
	ck_assert_uint_eq(d.ledger, 12288);
	ck_assert_uint_eq(d.blobs, 0);
	ck_assert_uint_eq(d.snapshots, 12288);
	ck_assert_uint_eq(d.free, 1000 * MIB);
	ck_assert_uint_eq(d.used_percent, 100);
	free_bytes = 512 * 1024 * MIB;
	bench_ok(&p.b, ww_disk_measure(&p.b.cx, &p.fs, &p.places, &d));
	ck_assert_uint_eq(d.used_percent, 50);
	close_place(&p);
}
END_TEST

/* A record of a mebibyte each hour until now. */
static void
fill_journal(struct place *p, struct ww_journal *j, int hours)
{
	char *body = calloc(1, MIB);

	bench_ok(&p->b, ww_journal_memory(&p->b.cx, j));
	for (int h = hours; h > 0; h--) {
		struct ww_record r = { .kind = WW_REC_MESSAGE,
			.time = NOW - (int64_t)h * 3600 * 1000,
			.body = ww_str_of(body, MIB) };

		bench_ok(&p->b, ww_journal_append(j, &p->b.cx, &r, 1));
	}
	free(body);
}

static void
put_description(struct place *p, unsigned number, int64_t time, uint64_t bytes)
{
	struct ww_buf b = { 0 };

	ww_buf_printf(&b,
	    "wardwire-snapshot 1\nseq %u\ntime %lld\nbytes %llu\nsha256 "
	    "0000000000000000000000000000000000000000000000000000000000000000\n",
	    number, (long long)time, (unsigned long long)bytes);
	bench_ok(&p->b,
	    ww_fs_put(&ww_fs_real, &p->b.cx,
	        ww_arena_printf(p->b.cx.arena, "%s/%016x.txt", p->places.snapshots, number).p,
	        ww_buf_view(&b)));
	ww_buf_free(&b);
}

START_TEST(says_how_long_it_will_do)
{
	struct ww_journal j;
	struct ww_disk d;
	struct place p;

	open_place(&p);
	fill_journal(&p, &j, 48);
	bench_ok(&p.b, ww_disk_measure(&p.b.cx, &p.fs, &p.places, &d));
	/* No ledger to speak of: 24 MiB a day, and 880 MiB above the reserve. */
	bench_ok(&p.b,
	    ww_disk_forecast(&p.b.cx, &p.fs, &p.places, &j, NOW, NOW - 2 * DAY_MS, 120 * MIB, &d));
	ck_assert(d.growth_known && d.days_known);
	ck_assert_uint_eq(d.growth, 24 * MIB);
	ck_assert_uint_eq(d.days, 36);
	/* A ledger of 10 MiB in two days. */
	d.ledger = 10 * MIB;
	bench_ok(&p.b,
	    ww_disk_forecast(&p.b.cx, &p.fs, &p.places, &j, NOW, NOW - 2 * DAY_MS, 120 * MIB, &d));
	ck_assert_uint_eq(d.growth, 29 * MIB);
	/* Two snapshots know better, and grow with it. */
	ck_assert_int_eq(mkdir(p.places.snapshots, 0700), 0);
	put_description(&p, 1, NOW - 2 * DAY_MS, 4 * MIB);
	put_description(&p, 2, NOW - DAY_MS, 6 * MIB);
	bench_ok(&p.b,
	    ww_disk_forecast(&p.b.cx, &p.fs, &p.places, &j, NOW, NOW - 2 * DAY_MS, 120 * MIB, &d));
	ck_assert_uint_eq(d.growth, (24 + 2 * 3) * MIB);
	d.free = 100 * MIB;
	bench_ok(&p.b,
	    ww_disk_forecast(&p.b.cx, &p.fs, &p.places, &j, NOW, NOW - 2 * DAY_MS, 120 * MIB, &d));
	ck_assert_uint_eq(d.days, 0);
	ww_journal_close(&j);
	close_place(&p);
}
END_TEST

START_TEST(says_nothing_of_the_first_hour)
{
	struct ww_journal j;
	struct ww_disk d;
	struct place p;

	open_place(&p);
	bench_ok(&p.b, ww_journal_memory(&p.b.cx, &j));
	bench_ok(&p.b, ww_disk_measure(&p.b.cx, &p.fs, &p.places, &d));
	bench_ok(
	    &p.b, ww_disk_forecast(&p.b.cx, &p.fs, &p.places, &j, NOW, NOW - 1000, 120 * MIB, &d));
	ck_assert(!d.growth_known && !d.days_known);
	ww_journal_close(&j);
	close_place(&p);
}
END_TEST

START_TEST(stops_at_the_reserve_and_goes_on_a_little_above)
{
	ck_assert(!ww_disk_short(100 * MIB, 100 * MIB, false));
	ck_assert(ww_disk_short(100 * MIB - 1, 100 * MIB, false));
	ck_assert(ww_disk_short(112 * MIB, 100 * MIB, true));
	ck_assert(!ww_disk_short(113 * MIB, 100 * MIB, true));
	/* Of a large reserve not more than 64 MiB. */
	ck_assert(ww_disk_short(10063 * MIB, 10000 * MIB, true));
	ck_assert(!ww_disk_short(10064 * MIB, 10000 * MIB, true));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { adds_up_what_is_there, says_how_long_it_will_do,
		says_nothing_of_the_first_hour, stops_at_the_reserve_and_goes_on_a_little_above };

	return unit_main("disk", tests, UNIT_COUNT(tests));
}
