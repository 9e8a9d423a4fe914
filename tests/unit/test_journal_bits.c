/* A segment of 64 KiB with any of its 524,288 bits flipped, or cut off at any byte, or under another's name: what is whole
 * is read, what is not is named by number and place, and nothing is invented. WW_BITS and WW_BYTES say how many of the
 * bits and lengths are tried; as many as there are means each. WW_SEED says which. */
#include "journal_fixture.h"
#include "tests/sim/disk.h"
#include "tests/sim/number.h"

#include <wardwire/buf.h>

#include "store/journal_files.h"
#include "store/journal_format.h"

#include <inttypes.h>

enum {
	BYTES = 65536,
	MAX = 512,
	BODY = 300,
	SMALL = 40, /* records of the segments before and behind */
};

/* One record: the bytes [from, to) are its header and body. */
struct place {
	size_t from, to;
};

struct bench {
	struct fixture f;
	struct sim_disk *d;
	const struct ww_fs *fs;
	struct place places[MAX]; /* of the segment in the middle */
	uint64_t first, last;     /* its records */
	uint64_t top;             /* the newest record of all */
	char path[64];            /* of its file */
	uint8_t *bytes;           /* its content */
	size_t n;
};

/* Every damage is an error line, and there are thousands here. */
static FILE *
quiet(void)
{
	FILE *own = fdopen(dup(1), "w");
	int fd = open("/dev/null", O_WRONLY);

	ck_assert_ptr_nonnull(own);
	ck_assert_int_ge(dup2(fd, 2), 0);
	close(fd);
	return own;
}

static void
append(struct bench *b, size_t n, size_t size)
{
	uint64_t first;

	ck_assert_int_eq(fixture_append(&b->f, b->top + 1, n, size, &first), WW_OK);
	ck_assert_uint_eq(first, b->top + 1);
	b->top += n;
}

static void
reopen(struct bench *b)
{
	ww_journal_close(&b->f.j);
	ck_assert_int_eq(fixture_journal(&b->f, b->fs, 0), WW_OK);
}

/* Batches of one to seven records until the segment, with its end mark, has 65,536 bytes. */
static void
fill(struct bench *b)
{
	size_t at = WW_SEGMENT_HEADER, i, n, k = 0;

	for (i = 0; at < BYTES - WW_BATCH_HEADER; i++) {
		size_t size = BODY + 11 * (i % 13), room = BYTES - WW_BATCH_HEADER - at;

		n = 1 + i % 7;
		if (room < 2 * (WW_BATCH_HEADER + 7 * ww_journal_format_record_size(size))) {
			n = 1; /* the last one takes what is left */
			size = room - WW_BATCH_HEADER - WW_RECORD_HEADER;
		}
		append(b, n, size);
		at += WW_BATCH_HEADER;
		while (n-- > 0) {
			ck_assert_uint_lt(k, MAX);
			b->places[k].from = at;
			b->places[k++].to = at + WW_RECORD_HEADER + size;
			at += ww_journal_format_record_size(size);
		}
	}
}

static uint8_t *
load(struct bench *b, const char *path, size_t *n)
{
	struct ww_buf buf = { .p = NULL };
	uint8_t *p;

	ww_ctx_clear(&b->f.cx);
	ck_assert_int_eq(ww_fs_load(b->fs, &b->f.cx, path, 0, &buf), WW_OK);
	*n = ww_buf_view(&buf).n;
	p = malloc(*n + 1);
	ck_assert_ptr_nonnull(p);
	memcpy(p, ww_buf_view(&buf).p, *n);
	ww_buf_free(&buf);
	return p;
}

/* Puts the first n bytes of the segment's content into its file. */
static void
store(struct bench *b, size_t n)
{
	int fd = b->fs->open(b->fs->self, b->path, O_RDWR | O_TRUNC | O_CREAT, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ww_fs_write_all(b->fs, fd, b->bytes, n, 0), 0);
	ck_assert_int_eq(
	    b->fs->datasync(b->fs->self, fd), 0); /* so that the disk need not remember how */
	b->fs->close(b->fs->self, fd);
}

/* Three segments, the middle one of 64 KiB; or two when it is to be the newest. */
static void
begin(struct bench *b, bool newest)
{
	*b = (struct bench){ .d = sim_disk_new(&(struct sim_disk_settings){ .seed = 1 }) };
	b->fs = sim_disk_fs(b->d);
	b->f = (struct fixture){ .dir = "/journal",
		.cx = { .arena = ww_arena_new(0), .now = 1767225600000 } };
	ck_assert_ptr_nonnull(b->f.cx.arena);
	ck_assert_int_eq(fixture_journal(&b->f, b->fs, 0), WW_OK);
	append(b, SMALL, 20);
	reopen(b);
	b->first = b->top + 1;
	fill(b);
	b->last = b->top;
	if (!newest) {
		reopen(b);
		append(b, SMALL, 20);
	}
	ww_journal_close(&b->f.j);
	snprintf(
	    b->path, sizeof(b->path), "/journal/" WW_SEGMENT_NAME, (unsigned long long)b->first);
	b->bytes = load(b, b->path, &b->n);
	ck_assert_uint_eq(b->n, BYTES);
}

static void
end(struct bench *b)
{
	ww_journal_close(&b->f.j);
	free(b->bytes);
	ck_assert_uint_eq(sim_disk_open_files(b->d), 0);
	sim_disk_free(b->d);
	ww_arena_free(b->f.cx.arena);
}

static void
open_to_read(struct bench *b)
{
	struct ww_journal_settings s = { .dir = "/journal", .fs = b->fs, .read_only = true };

	ww_ctx_clear(&b->f.cx);
	ck_assert_int_eq(ww_journal_files(&b->f.cx, &s, &b->f.j), WW_OK);
}

/* What the journal says of the segment. */
static struct ww_segment
told(struct bench *b)
{
	const struct ww_journal_files *j = b->f.j.self;

	for (size_t i = 0; i < j->list.n; i++)
		if (j->list.v[i].first == b->first)
			return j->list.v[i];
	ck_abort_msg("the segment is not there");
}

/* The next record and whether it is as it was appended. An assertion writes to a pipe each time it holds, which is much
 * for hundreds of records half a million times. */
static bool
next_record(struct bench *b, uint64_t from, uint64_t *seq)
{
	struct ww_record r;
	bool found = false;
	ww_status s;

	ww_ctx_clear(&b->f.cx);
	s = ww_journal_read(&b->f.j, &b->f.cx, from, &r, &found);
	if (s != WW_OK)
		ck_abort_msg("reading from %" PRIu64 ": %s", from, b->f.cx.fail.reason);
	if (!found)
		return false;
	*seq = r.seq;
	if (r.kind != WW_REC_MESSAGE || r.time != (int64_t)(1000 + r.seq) ||
	    !ww_str_eq(r.body, fixture_body(&b->f.cx, r.seq, r.body.n)))
		ck_abort_msg("record %" PRIu64 " is not what was appended", r.seq);
	return true;
}

/* Reads everything: all but the numbers [from, upto) are there as they were appended, and nothing else is. */
static void
expect_all_but(struct bench *b, uint64_t from, uint64_t upto, const char *what, size_t where)
{
	uint64_t want = 1, seq = 0;

	for (;; want++) {
		if (want == from)
			want = upto;
		if (!next_record(b, seq + 1, &seq))
			break;
		if (seq != want)
			ck_abort_msg("%s %zu: record %" PRIu64 " where %" PRIu64 " should be", what,
			    where, seq, want);
	}
	if (want != b->top + 1)
		ck_abort_msg("%s %zu: it ends before record %" PRIu64, what, where, want);
}

/* -- bits ---------------------------------------------------------------------------------------------- */

/* The record that the byte belongs to; 0: none, it is of a header of the segment or a batch, or padding. */
static uint64_t
record_at(const struct bench *b, size_t byte)
{
	for (size_t i = 0; i <= b->last - b->first; i++)
		if (byte >= b->places[i].from && byte < b->places[i].to)
			return b->first + i;
	return 0;
}

static void
flip(struct bench *b, int fd, size_t bit)
{
	uint8_t flipped = (uint8_t)(b->bytes[bit / 8] ^ 1u << bit % 8);
	uint64_t lost = record_at(b, bit / 8);
	struct ww_segment g;

	ck_assert_int_eq(b->fs->pwrite(b->fs->self, fd, &flipped, 1, (off_t)(bit / 8)), 1);
	open_to_read(b);
	expect_all_but(b, lost, lost + 1, "bit", bit);
	g = told(b);
	ck_assert_msg(g.damaged == (lost != 0), "bit %zu: %" PRIu64 " damaged", bit, g.damaged);
	ck_assert_uint_eq(g.torn, 0);
	ck_assert_uint_eq(fixture_state(&b->f).damaged, lost != 0);
	if (lost != 0) {
		ck_assert_uint_eq(g.damaged_first, lost);
		ck_assert_uint_eq(g.damaged_last, lost);
		ck_assert_uint_eq(g.damaged_at, b->places[lost - b->first].from);
	}
	ww_journal_close(&b->f.j);
	ck_assert_int_eq(
	    b->fs->pwrite(b->fs->self, fd, &b->bytes[bit / 8], 1, (off_t)(bit / 8)), 1);
	ck_assert_int_eq(b->fs->datasync(b->fs->self, fd), 0);
}

START_TEST(names_the_record_of_a_flipped_bit_and_reads_all_others)
{
	uint64_t tries = sim_number("WW_BITS", 4000), seed = sim_number("WW_SEED", 64), i;
	FILE *own = quiet();
	struct bench b;
	int fd;

	begin(&b, false);
	fd = b.fs->open(b.fs->self, b.path, O_RDWR, 0);
	if (tries > 8 * BYTES)
		tries = 8 * BYTES;
	for (i = 0; i < tries; i++) { /* one of each piece of the segment */
		uint64_t from = i * 8 * BYTES / tries, upto = (i + 1) * 8 * BYTES / tries;

		seed = seed * 6364136223846793005u + 1442695040888963407u;
		flip(&b, fd, (size_t)(from + (seed >> 33) % (upto - from)));
	}
	b.fs->close(b.fs->self, fd);
	fprintf(own, "journal_bits: WW_SEED=%" PRIu64 ": %" PRIu64 " of %d bits\n",
	    sim_number("WW_SEED", 64), tries, 8 * BYTES);
	fclose(own);
	end(&b);
}
END_TEST

/* -- lengths ------------------------------------------------------------------------------------------- */

/* Calls cut for some of the lengths that are too short. */
static void
each_length(struct bench *b, uint64_t otherwise, void (*cut)(struct bench *b, size_t n))
{
	uint64_t tries = sim_number("WW_BYTES", otherwise), seed = sim_number("WW_SEED", 64);

	if (tries > BYTES)
		tries = BYTES;
	for (uint64_t i = 0; i < tries; i++) {
		uint64_t from = i * BYTES / tries, upto = (i + 1) * BYTES / tries;

		seed = seed * 6364136223846793005u + 1442695040888963407u;
		cut(b, (size_t)(from + (seed >> 33) % (upto - from)));
	}
}

/* The first number that is not whole in the first n bytes. */
static uint64_t
first_lost(const struct bench *b, size_t n)
{
	uint64_t seq = b->first;

	while (seq <= b->last && b->places[seq - b->first].to <= n)
		seq++;
	return seq;
}

static void
cut_older(struct bench *b, size_t n)
{
	uint64_t lost = first_lost(b, n);
	struct ww_segment g;

	store(b, n);
	open_to_read(b);
	expect_all_but(b, lost, b->last + 1, "length", n);
	g = told(b);
	ck_assert_uint_eq(g.damaged, b->last + 1 - lost);
	ck_assert_uint_eq(g.torn, 0);
	if (g.damaged > 0) {
		ck_assert_uint_eq(g.damaged_first, lost);
		ck_assert_uint_eq(g.damaged_last, b->last);
		ck_assert_uint_le(g.damaged_at, b->places[lost - b->first].from);
	}
	ww_journal_close(&b->f.j);
}

START_TEST(names_all_records_that_a_cut_took)
{
	struct bench b;

	fclose(quiet());
	begin(&b, false);
	each_length(&b, 600, cut_older);
	end(&b);
}
END_TEST

/* The newest segment, by a program that will write: the cut is taken for a power cut where it may be one, no number that
 * was ever claimed is given again, and what is appended is read. */
static void
cut_newest(struct bench *b, size_t n)
{
	uint64_t lost = first_lost(b, n), top = b->top, first;

	store(b, n);
	ww_ctx_clear(&b->f.cx);
	ck_assert_int_eq(fixture_journal(&b->f, b->fs, 0), WW_OK);
	b->top = lost - 1;
	expect_all_but(b, 0, 0, "length", n);
	ck_assert_uint_eq(fixture_state(&b->f).damaged, 0);
	ck_assert_int_eq(fixture_append(&b->f, 1000, 1, 20, &first), WW_OK);
	ck_assert_uint_gt(first, b->top);
	ck_assert_uint_eq(fixture_read(&b->f, lost, NULL), 1000);
	ww_journal_close(&b->f.j);
	snprintf(b->path, sizeof(b->path), "/journal/" WW_SEGMENT_NAME, (unsigned long long)first);
	ck_assert_int_eq(b->fs->unlink(b->fs->self, b->path), 0);
	ck_assert_int_eq(b->fs->sync_dir(b->fs->self, "/journal"), 0);
	snprintf(
	    b->path, sizeof(b->path), "/journal/" WW_SEGMENT_NAME, (unsigned long long)b->first);
	b->top = top;
}

START_TEST(goes_on_after_any_length_of_the_newest_segment)
{
	struct bench b;

	fclose(quiet());
	begin(&b, true);
	each_length(&b, 600, cut_newest);
	end(&b);
}
END_TEST

/* -- names --------------------------------------------------------------------------------------------- */

/* Each of the six ways in which three files can bear three names. The header says what is in a file, not its name. */
START_TEST(reads_segments_under_each_others_names)
{
	static const size_t orders[][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 },
		{ 2, 0, 1 }, { 2, 1, 0 } };
	struct bench b;
	char paths[3][64], temp[3][64];
	uint64_t firsts[3];

	fclose(quiet());
	begin(&b, false);
	firsts[0] = 1;
	firsts[1] = b.first;
	firsts[2] = b.last + 1;
	for (size_t o = 0; o < UNIT_COUNT(orders); o++) {
		for (size_t i = 0; i < 3; i++) {
			snprintf(paths[i], sizeof(paths[i]), "/journal/" WW_SEGMENT_NAME,
			    (unsigned long long)firsts[i]);
			snprintf(temp[i], sizeof(temp[i]), "/journal/%zu", i);
			ck_assert_int_eq(b.fs->rename(b.fs->self, paths[i], temp[i]), 0);
		}
		for (size_t i = 0; i < 3; i++)
			ck_assert_int_eq(b.fs->rename(b.fs->self, temp[i], paths[orders[o][i]]), 0);
		open_to_read(&b);
		expect_all_but(&b, 0, 0, "order", o);
		ck_assert_uint_eq(fixture_state(&b.f).damaged, 0);
		ww_journal_close(&b.f.j);
		for (size_t i = 0; i < 3; i++)
			ck_assert_int_eq(b.fs->rename(b.fs->self, paths[orders[o][i]], temp[i]), 0);
		for (size_t i = 0; i < 3; i++)
			ck_assert_int_eq(b.fs->rename(b.fs->self, temp[i], paths[i]), 0);
	}
	end(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		names_the_record_of_a_flipped_bit_and_reads_all_others,
		names_all_records_that_a_cut_took,
		goes_on_after_any_length_of_the_newest_segment,
		reads_segments_under_each_others_names,
	};

	unit_hung = 4 * 3600;
	return unit_main("journal_bits", tests, UNIT_COUNT(tests));
}
