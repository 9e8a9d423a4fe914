/* Damage in the journal: it never crashes a reader, never invents a record, never hides one that is whole,
 * and is told from a batch that was being written when the power went. */
#include "journal_fixture.h"

#include "store/bytes.h"
#include "store/journal_format.h"

#define MAX 256
#define FIRST "0000000000000001.wwj"

static uint64_t seqs[MAX], tags[MAX];

/* Every damage is an error line, and there are thousands here. */
static void
quiet(void)
{
	int fd = open("/dev/null", O_WRONLY);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_ge(dup2(fd, 2), 0);
	close(fd);
}

/* Where each record of the sample is: the bytes [from, to) are its header and body. */
struct place {
	size_t from, to, padded;
};

/* Batches of 2, 1 and 3 records, whose tags are their sequences. */
enum { RECORDS = 6 };
static const size_t batches[] = { 2, 1, 3 };

static void
sample(struct fixture *f, struct place places[RECORDS], bool followed)
{
	size_t b, i, n = 0, at = WW_SEGMENT_HEADER;

	fixture_open(f);
	ck_assert_int_eq(fixture_journal(f, &ww_fs_real, 0), WW_OK);
	for (b = 0; b < UNIT_COUNT(batches); b++) {
		ck_assert_int_eq(fixture_append(f, n + 1, batches[b], 30 + 7 * b, NULL), WW_OK);
		at += WW_BATCH_HEADER;
		for (i = 0; i < batches[b]; i++, n++) {
			places[n].from = at;
			places[n].to = at + WW_RECORD_HEADER + 30 + 7 * b;
			at += ww_journal_format_record_size(30 + 7 * b);
			places[n].padded = at;
		}
	}
	ww_journal_close(&f->j);
	if (!followed)
		return;
	ck_assert_int_eq(fixture_journal(f, &ww_fs_real, 0), WW_OK);
	ck_assert_int_eq(fixture_append(f, 7, 1, 20, NULL), WW_OK);
	ww_journal_close(&f->j);
}

static void
open_to_read(struct fixture *f)
{
	struct ww_journal_settings s = { .dir = f->dir, .fs = &ww_fs_real, .read_only = true };

	ww_ctx_clear(&f->cx);
	ck_assert_int_eq(ww_journal_files(&f->cx, &s, &f->j), WW_OK);
}

/* Reads all and says which of the first n numbers are missing; each record read is the one appended. */
static size_t
missing(struct fixture *f, size_t n, bool lost[])
{
	size_t i, count = n, got = fixture_read_all(f, seqs, tags, MAX);

	for (i = 0; i < n; i++)
		lost[i] = true;
	for (i = 0; i < got; i++) {
		ck_assert_uint_eq(seqs[i], tags[i]);
		ck_assert_uint_le(seqs[i], n);
		lost[seqs[i] - 1] = false;
		count--;
	}
	return count;
}

static bool
hits(const struct place *p, size_t at)
{
	return at >= p->from && at < p->to;
}

static void
flip_all(bool followed, bool writing, size_t from, size_t step)
{
	struct fixture f;
	struct place places[RECORDS];
	struct ww_fs fs = hasty_fs();
	struct ww_journal_state st;
	bool lost[RECORDS + 1];
	const char *path;
	uint8_t *p;
	int fd;
	size_t n, bit, i, count, all = followed ? RECORDS + 1 : RECORDS;

	quiet();
	sample(&f, places, followed);
	path = fixture_path(f.dir, FIRST);
	p = fixture_load(path, &n);
	ck_assert_uint_eq(n, places[RECORDS - 1].padded + WW_BATCH_HEADER);
	fd = open(path, O_RDWR);
	ck_assert_int_ge(fd, 0);
	for (bit = from; bit < 8 * n; bit += step) {
		uint8_t flipped = (uint8_t)(p[bit / 8] ^ 1u << bit % 8);

		if (writing)
			fixture_store(path, p, n);
		ck_assert_int_eq(pwrite(fd, &flipped, 1, (off_t)(bit / 8)), 1);
		if (writing)
			ck_assert_int_eq(fixture_journal(&f, &fs, 0), WW_OK);
		else
			open_to_read(&f);
		count = missing(&f, all, lost);
		st = fixture_state(&f);
		ck_assert_uint_eq(st.records, all - count);
		ck_assert_uint_eq(st.next, all + 1);
		for (i = 0; i < RECORDS; i++)
			ck_assert_msg(lost[i] == hits(&places[i], bit / 8),
			    "bit %zu: record %zu %s", bit, i + 1, lost[i] ? "is lost" : "is read");
		/* Only the end mark says of the last batch that it was durable. */
		if (followed || bit / 8 < places[RECORDS - 1].padded) {
			ck_assert_msg(st.damaged == count, "bit %zu: %llu damaged", bit,
			    (unsigned long long)st.damaged);
			ck_assert_uint_eq(st.torn, 0);
		} else {
			ck_assert_uint_eq(st.damaged, 0);
			ck_assert_uint_le(st.torn, 1);
		}
		ww_journal_close(&f.j);
		ck_assert_int_eq(pwrite(fd, &p[bit / 8], 1, (off_t)(bit / 8)), 1);
	}
	close(fd);
	free(p);
	fixture_close(&f);
}

/* Every bit, in two halves so that each ends in good time under a sanitizer. */
START_TEST(survives_every_even_bit_flipped)
{
	flip_all(false, false, 0, 2);
}
END_TEST

START_TEST(survives_every_odd_bit_flipped)
{
	flip_all(false, false, 1, 2);
}
END_TEST

START_TEST(survives_every_even_bit_flipped_in_an_older_segment)
{
	flip_all(true, false, 0, 2);
}
END_TEST

START_TEST(survives_every_odd_bit_flipped_in_an_older_segment)
{
	flip_all(true, false, 1, 2);
}
END_TEST

START_TEST(survives_flipped_bits_when_opened_to_append)
{
	flip_all(false, true, 0, 13);
}
END_TEST

START_TEST(survives_every_truncation)
{
	struct fixture f;
	struct place places[RECORDS];
	struct ww_fs fs = hasty_fs();
	struct ww_journal_state st;
	bool lost[RECORDS];
	const char *path;
	uint8_t *p;
	size_t n, cut, i, count, whole, acknowledged;
	uint64_t first;

	quiet();
	sample(&f, places, false);
	path = fixture_path(f.dir, FIRST);
	p = fixture_load(path, &n);
	for (cut = 0; cut < n; cut++) {
		fixture_store(path, p, cut);
		ck_assert_int_eq(fixture_journal(&f, &fs, 0), WW_OK);
		for (whole = 0; whole < RECORDS && places[whole].to <= cut;)
			whole++;
		count = missing(&f, RECORDS, lost);
		ck_assert_uint_eq(count, RECORDS - whole);
		for (i = 0; i < whole; i++)
			ck_assert(!lost[i]);
		st = fixture_state(&f);
		ck_assert_uint_eq(st.damaged, 0);
		ck_assert_uint_eq(st.records, whole);
		ck_assert_uint_le(st.torn, 3);
		/* A number that a header promised is not given again. */
		acknowledged = 0;
		for (i = 0, count = 0; i < UNIT_COUNT(batches); count += batches[i++])
			if (places[count].from <= cut)
				acknowledged = count + batches[i];
		ck_assert_int_eq(fixture_append(&f, 100, 1, 10, &first), WW_OK);
		ck_assert_uint_gt(first, acknowledged);
		ck_assert_uint_eq(fixture_read(&f, first, NULL), 100);
		ww_journal_close(&f.j);
		/* What was torn stays torn; it does not become damage. */
		ck_assert_int_eq(fixture_journal(&f, &fs, 0), WW_OK);
		ck_assert_uint_eq(fixture_state(&f).records, whole + 1);
		ck_assert_uint_eq(fixture_state(&f).damaged, 0);
		ww_journal_close(&f.j);
		fixture_empty(f.dir);
	}
	free(p);
	fixture_close(&f);
}
END_TEST

START_TEST(counts_what_a_truncated_older_segment_lost)
{
	struct fixture f;
	struct place places[RECORDS];
	bool lost[RECORDS + 1];
	const char *path;
	uint8_t *p;
	size_t n, cut, whole;

	quiet();
	sample(&f, places, true);
	path = fixture_path(f.dir, FIRST);
	p = fixture_load(path, &n);
	for (cut = 0; cut < n; cut++) {
		fixture_store(path, p, cut);
		open_to_read(&f);
		for (whole = 0; whole < RECORDS && places[whole].to <= cut;)
			whole++;
		ck_assert_uint_eq(missing(&f, RECORDS + 1, lost), RECORDS - whole);
		ck_assert_uint_eq(fixture_state(&f).damaged, RECORDS - whole);
		ck_assert_uint_eq(fixture_state(&f).torn, 0);
		ww_journal_close(&f.j);
	}
	free(p);
	fixture_close(&f);
}
END_TEST

START_TEST(keeps_the_whole_records_of_a_torn_batch)
{
	struct fixture f;
	struct place places[RECORDS];
	struct ww_journal_state st;
	const char *path;
	uint8_t *p;
	size_t n;
	uint64_t first;

	quiet();
	sample(&f, places, false);
	path = fixture_path(f.dir, FIRST);
	p = fixture_load(path, &n);
	/* No end mark, and the sectors of the last batch were written in another order. */
	memset(p + places[4].from, 0, places[4].padded - places[4].from);
	fixture_store(path, p, n - WW_BATCH_HEADER);
	ck_assert_int_eq(fixture_journal(&f, &ww_fs_real, 0), WW_OK);
	st = fixture_state(&f);
	ck_assert_uint_eq(st.torn, 1);
	ck_assert_uint_eq(st.damaged, 0);
	ck_assert_uint_eq(st.last, 6);
	ck_assert_uint_eq(fixture_read(&f, 5, NULL), 6);
	ck_assert_int_eq(fixture_append(&f, 7, 1, 10, &first), WW_OK);
	ck_assert_uint_eq(first, 7);
	ww_journal_close(&f.j);
	ck_assert_int_eq(fixture_journal(&f, &ww_fs_real, 0), WW_OK);
	st = fixture_state(&f);
	ck_assert_uint_eq(st.torn, 1);
	ck_assert_uint_eq(st.damaged, 0);
	ck_assert_uint_eq(st.records, 6);
	free(p);
	fixture_close(&f);
}
END_TEST

START_TEST(shows_a_reader_only_complete_batches)
{
	struct fixture f;
	struct place places[RECORDS];
	const char *path;
	uint8_t *p;
	size_t n, cut;

	quiet();
	sample(&f, places, false);
	path = fixture_path(f.dir, FIRST);
	p = fixture_load(path, &n);
	/* The writer has got so far with the third batch. */
	for (cut = places[2].padded; cut < places[5].to; cut += 3) {
		fixture_store(path, p, cut);
		open_to_read(&f);
		ck_assert_uint_eq(fixture_read_all(&f, seqs, tags, MAX), 3);
		fixture_store(path, p, places[5].padded);
		ck_assert_uint_eq(fixture_read(&f, 4, NULL), 4);
		ck_assert_uint_eq(fixture_read_all(&f, seqs, tags, MAX), 6);
		ck_assert_uint_eq(fixture_state(&f).torn + fixture_state(&f).damaged, 0);
		ww_journal_close(&f.j);
	}
	free(p);
	fixture_close(&f);
}
END_TEST

START_TEST(finds_the_rest_behind_a_lost_sector)
{
	struct fixture f;
	const char *path;
	uint8_t *p, *was;
	size_t n, at, i, got;

	quiet();
	fixture_open(&f);
	ck_assert_int_eq(fixture_journal(&f, &ww_fs_real, 0), WW_OK);
	for (i = 0; i < 20; i++)
		ck_assert_int_eq(fixture_append(&f, 3 * i + 1, 3, 200, NULL), WW_OK);
	ww_journal_close(&f.j);
	path = fixture_path(f.dir, FIRST);
	p = fixture_load(path, &n);
	was = malloc(n);
	ck_assert_ptr_nonnull(was);
	memcpy(was, p, n);
	for (at = 0; at + 512 <= n; at += 512) {
		memset(p + at, 0xa5, 512);
		fixture_store(path, p, n);
		memcpy(p + at, was + at, 512);
		open_to_read(&f);
		got = fixture_read_all(&f, seqs, tags, MAX);
		ck_assert_uint_ge(got, 60 - 4);
		for (i = 0; i < got; i++)
			ck_assert_uint_eq(seqs[i], tags[i]);
		if (at + 512 < n - WW_BATCH_HEADER) {
			ck_assert_uint_eq(fixture_state(&f).damaged, 60 - got);
			ck_assert_uint_eq(fixture_state(&f).torn, 0);
		}
		ww_journal_close(&f.j);
	}
	free(was);
	free(p);
	fixture_close(&f);
}
END_TEST

/* A sender who knows the format puts a batch and a record into a message. */
static ww_str
forged(struct ww_ctx *cx, uint64_t at)
{
	uint64_t salt = ww_journal_format_salt();
	struct ww_record r = { .seq = 2, .time = 1, .kind = WW_REC_OPERATOR, .body = WW_STR("x") };
	struct ww_buf b = { .p = NULL };
	ww_str s;

	ww_journal_format_batch(
	    &(struct ww_batch_header){
	        .first = 2, .count = 1, .bytes = 40, .synced_end = at, .salt = salt },
	    &b);
	ww_journal_format_record(ww_journal_format_key(salt), &r, &b);
	s = ww_arena_str(cx->arena, ww_buf_view(&b));
	ww_buf_free(&b);
	return s;
}

START_TEST(is_not_taken_in_by_a_record_inside_a_message)
{
	struct fixture f;
	struct ww_record r = { .kind = WW_REC_MESSAGE, .time = 1001 };
	const char *path;
	uint8_t *p;
	size_t n;
	bool found;

	quiet();
	fixture_open(&f);
	ck_assert_int_eq(fixture_journal(&f, &ww_fs_real, 0), WW_OK);
	r.body = forged(&f.cx, WW_SEGMENT_HEADER + WW_BATCH_HEADER + WW_RECORD_HEADER);
	ck_assert_int_eq(ww_journal_append(&f.j, &f.cx, &r, 1), WW_OK);
	ck_assert_int_eq(fixture_append(&f, 2, 1, 30, NULL), WW_OK);
	ww_journal_close(&f.j);
	path = fixture_path(f.dir, FIRST);
	p = fixture_load(path, &n);
	p[WW_SEGMENT_HEADER + WW_BATCH_HEADER + 4] ^= 1; /* its length */
	fixture_store(path, p, n);
	free(p);
	open_to_read(&f);
	ck_assert_uint_eq(fixture_state(&f).damaged, 1);
	ck_assert_uint_eq(fixture_state(&f).records, 1);
	ck_assert_int_eq(ww_journal_read(&f.j, &f.cx, 1, &r, &found), WW_OK);
	ck_assert(found && r.seq == 2 && r.kind == WW_REC_MESSAGE);
	fixture_close(&f);
}
END_TEST

/* -- whole files ------------------------------------------------------------------------------------ */

static void
three_segments(struct fixture *f)
{
	uint64_t i;

	fixture_open(f);
	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(fixture_journal(f, &ww_fs_real, 0), WW_OK);
		ck_assert_int_eq(fixture_append(f, 4 * i + 1, 4, 40, NULL), WW_OK);
		ww_journal_close(&f->j);
	}
}

START_TEST(reads_segments_whose_names_were_swapped)
{
	struct fixture f;
	bool lost[12];

	quiet();
	three_segments(&f);
	ck_assert_int_eq(rename(fixture_path(f.dir, FIRST), fixture_path(f.dir, "x")), 0);
	ck_assert_int_eq(
	    rename(fixture_path(f.dir, "0000000000000005.wwj"), fixture_path(f.dir, FIRST)), 0);
	ck_assert_int_eq(
	    rename(fixture_path(f.dir, "x"), fixture_path(f.dir, "0000000000000005.wwj")), 0);
	ck_assert_int_eq(fixture_journal(&f, &ww_fs_real, 0), WW_OK);
	ck_assert_uint_eq(missing(&f, 12, lost), 0);
	ck_assert_uint_eq(fixture_state(&f).damaged, 0);
	fixture_close(&f);
}
END_TEST

START_TEST(counts_the_records_of_a_lost_segment)
{
	struct fixture f;
	bool lost[12];

	quiet();
	three_segments(&f);
	ck_assert_int_eq(unlink(fixture_path(f.dir, "0000000000000005.wwj")), 0);
	ck_assert_int_eq(fixture_journal(&f, &ww_fs_real, 0), WW_OK);
	ck_assert_uint_eq(missing(&f, 12, lost), 4);
	ck_assert_uint_eq(fixture_state(&f).damaged, 4);
	ck_assert_uint_eq(fixture_state(&f).next, 13);
	fixture_close(&f);
}
END_TEST

START_TEST(goes_on_when_the_oldest_segments_were_pruned)
{
	struct fixture f;
	struct ww_journal_state st;
	uint64_t seq;

	quiet();
	three_segments(&f);
	ck_assert_int_eq(unlink(fixture_path(f.dir, FIRST)), 0);
	ck_assert_int_eq(fixture_journal(&f, &ww_fs_real, 0), WW_OK);
	st = fixture_state(&f);
	ck_assert_uint_eq(st.first, 5);
	ck_assert_uint_eq(st.records, 8);
	ck_assert_uint_eq(st.damaged, 0);
	ck_assert_uint_eq(fixture_read(&f, 1, &seq), 5);
	ck_assert_uint_eq(seq, 5);
	fixture_close(&f);
}
END_TEST

START_TEST(takes_no_harm_from_files_that_are_not_segments)
{
	static const char *const names[] = { "notes.wwj", "0000000000000001.wwj~",
		"00000000000000FF.wwj", "ffffffffffffffff.wwj", "0000000000000000.wwj" };
	struct fixture f;
	uint8_t noise[3000];
	uint64_t first;
	size_t i;

	quiet();
	three_segments(&f);
	for (i = 0; i < sizeof(noise); i++)
		noise[i] = (uint8_t)(i * i >> 3);
	for (i = 0; i < UNIT_COUNT(names); i++)
		fixture_store(fixture_path(f.dir, names[i]), noise, sizeof(noise));
	/* These two have the name of one: the first is empty, as after a crash while it was made. */
	fixture_store(fixture_path(f.dir, "0000000000000010.wwj"), noise, 0);
	fixture_store(fixture_path(f.dir, "0000000000000020.wwj"), noise, sizeof(noise));
	ck_assert_int_eq(fixture_journal(&f, &ww_fs_real, 0), WW_OK);
	ck_assert_uint_eq(fixture_read_all(&f, seqs, tags, MAX), 12);
	ck_assert_uint_eq(fixture_state(&f).damaged, 0);
	ck_assert_int_eq(fixture_append(&f, 13, 1, 10, &first), WW_OK);
	ck_assert_uint_gt(first, 0x20);
	ck_assert_uint_eq(fixture_read_all(&f, seqs, tags, MAX), 13);
	fixture_close(&f);
}
END_TEST

START_TEST(reads_a_copy_of_a_segment_once)
{
	struct fixture f;
	uint8_t *p;
	size_t n;

	quiet();
	three_segments(&f);
	p = fixture_load(fixture_path(f.dir, FIRST), &n);
	fixture_store(fixture_path(f.dir, "0000000000000002.wwj"), p, n);
	free(p);
	ck_assert_int_eq(fixture_journal(&f, &ww_fs_real, 0), WW_OK);
	ck_assert_uint_eq(fixture_read_all(&f, seqs, tags, MAX), 12);
	ck_assert_uint_eq(fixture_state(&f).records, 12);
	fixture_close(&f);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		survives_every_even_bit_flipped,
		survives_every_odd_bit_flipped,
		survives_every_even_bit_flipped_in_an_older_segment,
		survives_every_odd_bit_flipped_in_an_older_segment,
		survives_flipped_bits_when_opened_to_append,
		survives_every_truncation,
		counts_what_a_truncated_older_segment_lost,
		keeps_the_whole_records_of_a_torn_batch,
		shows_a_reader_only_complete_batches,
		finds_the_rest_behind_a_lost_sector,
		is_not_taken_in_by_a_record_inside_a_message,
		reads_segments_whose_names_were_swapped,
		counts_the_records_of_a_lost_segment,
		goes_on_when_the_oldest_segments_were_pruned,
		takes_no_harm_from_files_that_are_not_segments,
		reads_a_copy_of_a_segment_once,
	};

	return unit_main("journal_damage", tests, UNIT_COUNT(tests));
}
