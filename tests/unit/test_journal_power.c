/* The power goes at any moment: what was acknowledged is in the journal afterwards, and it works again. */
#include "journal_fixture.h"
#include "tests/sim/disk.h"
#include "tests/sim/number.h"

#include <inttypes.h>

enum { LIVES = 12, SEGMENT = 3000, ACKED = 2000 };

static uint64_t acked_seq[ACKED], acked_tag[ACKED];
static size_t acked;

/* How many of the acknowledged records are not there as they were. */
static size_t
missing(struct fixture *f)
{
	static uint64_t seqs[2 * ACKED], tags[2 * ACKED];
	size_t i, k = 0, count = 0, n = fixture_read_all(f, seqs, tags, 2 * ACKED);

	for (i = 0; i < acked; i++) {
		while (k < n && seqs[k] < acked_seq[i])
			k++;
		count += k == n || seqs[k] != acked_seq[i] || tags[k] != acked_tag[i];
	}
	return count;
}

/* Appends until the power goes. */
static void
live(struct fixture *f, struct sim_disk *d, uint64_t *tag)
{
	uint64_t first;

	while (!sim_disk_dark(d)) {
		size_t k, n = 1 + (size_t)sim_disk_below(d, 5);

		if (fixture_append(f, *tag, n, 100 + sim_disk_below(d, 300), &first) == WW_OK)
			for (k = 0; k < n; k++, acked++) {
				ck_assert_uint_lt(acked, ACKED);
				ck_assert(acked == 0 || first + k > acked_seq[acked - 1]);
				acked_seq[acked] = first + k;
				acked_tag[acked] = *tag + k;
			}
		*tag += n;
	}
}

static bool
tossed(struct sim_disk *d)
{
	return sim_disk_below(d, 2) == 0;
}

/* Some lives of one journal, each ended by a cut. Returns how many records were lost. */
static size_t
run(struct sim_disk_settings set, struct sim_disk_counts *counts)
{
	struct sim_disk *d = sim_disk_new(&set);
	bool sound = !set.no_datasync && !set.no_sync_dir;
	struct fixture f = { .dir = "/journal",
		.cx = { .arena = ww_arena_new(0), .now = 1767225600000 } };
	size_t life, lost = 0;
	uint64_t tag = 1;

	acked = 0;
	sim_disk_watch(d, ".wwj");
	for (life = 0; life < LIVES && lost == 0; life++) {
		/* Nothing is read before it would survive: the ledger may remember it. */
		uint64_t before = 0;

		bool killed = true;

		/* A process that is killed, perhaps while it settles what the one before it left, and the next. */
		while (killed) {
			sim_disk_cut_at(d, 1 + sim_disk_below(d, tossed(d) ? 60 : 12), "");
			if (fixture_journal(&f, sim_disk_fs(d), SEGMENT) == WW_OK) {
				before = fixture_state(&f).last;
				live(&f, d, &tag);
			}
			ww_journal_close(&f.j);
			killed = tossed(d);
			if (killed)
				sim_disk_kill(d);
		}
		sim_disk_cut(d);
		ck_assert_int_eq(fixture_journal(&f, sim_disk_fs(d), SEGMENT), WW_OK);
		lost = missing(&f);
		if (sound) {
			ck_assert_uint_ge(fixture_state(&f).last, before);
			ck_assert_uint_eq(fixture_state(&f).damaged, 0);
		}
		ww_journal_close(&f.j);
		ck_assert_uint_eq(sim_disk_open_files(d), 0);
	}
	if (counts != NULL) {
		struct sim_disk_counts c = sim_disk_counts(d);

		counts->cuts += c.cuts;
		counts->hit_path += c.hit_path;
		counts->hit_names += c.hit_names;
	}
	sim_disk_free(d);
	ww_arena_free(f.cx.arena);
	return lost;
}

/* Only what the test itself says. */
static void
quiet(void)
{
	int fd = open("/dev/null", O_WRONLY);

	ck_assert_int_ge(dup2(fd, 2), 0);
	close(fd);
}

START_TEST(loses_nothing_that_was_acknowledged)
{
	uint64_t i, seed = sim_number("WW_SEED", 20260101), runs = sim_number("WW_RUNS", 20);
	struct sim_disk_counts c = { .cuts = 0 };

	quiet();
	for (i = 0; i < runs; i++)
		ck_assert_msg(run((struct sim_disk_settings){ .seed = seed + i }, &c) == 0,
		    "records were lost with WW_SEED=%" PRIu64 " WW_RUNS=1", seed + i);
	printf("journal_power: WW_SEED=%" PRIu64
	       ": %zu cuts, %zu with unsynced bytes in the journal, "
	       "%zu with names that were not durable\n",
	    seed, c.cuts, c.hit_path, c.hit_names);
	ck_assert_uint_gt(c.hit_path, c.cuts / 4); /* else nothing was tested */
	ck_assert_uint_gt(c.hit_names, 0);
}
END_TEST

static size_t
noticed(struct sim_disk_settings set)
{
	size_t i, n = 0;

	quiet();
	for (i = 0; i < 20; i++) {
		set.seed = 20260101 + i;
		n += run(set, NULL) > 0;
	}
	return n;
}

START_TEST(would_notice_a_missing_sync)
{
	ck_assert_uint_ge(noticed((struct sim_disk_settings){ .no_datasync = true }), 18);
}
END_TEST

START_TEST(would_notice_a_missing_sync_of_the_folder)
{
	ck_assert_uint_ge(noticed((struct sim_disk_settings){ .no_sync_dir = true }), 18);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		loses_nothing_that_was_acknowledged,
		would_notice_a_missing_sync,
		would_notice_a_missing_sync_of_the_folder,
	};

	unit_hung = 4 * 3600;
	return unit_main("journal_power", tests, UNIT_COUNT(tests));
}
