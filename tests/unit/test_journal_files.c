/* The journal in segment files: what is acknowledged is read again, whatever fails in between. */
#include "journal_fixture.h"

#include "base/crypto.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>

#define MAX ((size_t)1 << 17) /* more than a pipe holds */

static uint64_t seqs[MAX], tags[MAX];

/* Every acknowledged record is read, in order; want[i] is the tag that belongs to sequence want_seq[i]. */
static void
expect_all(struct fixture *f, const uint64_t *want_seq, const uint64_t *want, size_t n)
{
	size_t i, got = fixture_read_all(f, seqs, tags, MAX);

	ck_assert_uint_eq(got, n);
	for (i = 0; i < n; i++) {
		ck_assert_uint_eq(seqs[i], want_seq[i]);
		ck_assert_uint_eq(tags[i], want[i]);
	}
}

/* Every acknowledged record is read; others may be there as well. */
static void
expect_among(struct fixture *f, const uint64_t *want_seq, const uint64_t *want, size_t n)
{
	size_t i, k = 0, got = fixture_read_all(f, seqs, tags, MAX);

	for (i = 0; i < n; i++) {
		while (k < got && seqs[k] < want_seq[i])
			k++;
		ck_assert_msg(k < got && seqs[k] == want_seq[i], "record %llu is lost",
		    (unsigned long long)want_seq[i]);
		ck_assert_uint_eq(tags[k], want[i]);
	}
}

START_TEST(reads_what_was_appended)
{
	struct fixture f;
	uint64_t first;

	fixture_open(&f);
	ck_assert_int_eq(fixture_journal(&f, &ww_fs_real, 0), WW_OK);
	ck_assert_uint_eq(fixture_read(&f, 0, NULL), 0);
	ck_assert_int_eq(fixture_append(&f, 1, 3, 100, &first), WW_OK);
	ck_assert_uint_eq(first, 1);
	ck_assert_int_eq(fixture_append(&f, 4, 1, 0, &first), WW_OK);
	ck_assert_uint_eq(first, 4);
	ck_assert_uint_eq(fixture_read_all(&f, seqs, tags, MAX), 4);
	ck_assert_uint_eq(seqs[3], 4);
	ck_assert_uint_eq(fixture_read(&f, 3, NULL), 3);
	ck_assert_uint_eq(fixture_read(&f, 5, NULL), 0);
	fixture_close(&f);
}
END_TEST

START_TEST(keeps_empty_and_large_bodies)
{
	struct fixture f;
	struct ww_record r[2] = { { .kind = WW_REC_TICK, .time = -5 }, { .kind = WW_REC_CONFIG } };
	struct ww_record out;
	bool found;
	int i;

	fixture_open(&f);
	ck_assert_int_eq(fixture_journal(&f, &ww_fs_real, 0), WW_OK);
	r[0].body = ww_str_empty();
	r[1].body = fixture_body(&f.cx, 9, (size_t)3 << 20);
	ck_assert_int_eq(ww_journal_append(&f.j, &f.cx, r, 2), WW_OK);
	for (i = 0; i < 2; i++) {
		ck_assert_int_eq(ww_journal_read(&f.j, &f.cx, 1, &out, &found), WW_OK);
		ck_assert(found && out.kind == WW_REC_TICK && out.time == -5 && out.body.n == 0);
		ck_assert_int_eq(ww_journal_read(&f.j, &f.cx, 2, &out, &found), WW_OK);
		ck_assert(found && out.kind == WW_REC_CONFIG && ww_str_eq(out.body, r[1].body));
		ww_journal_close(&f.j);
		ww_ctx_clear(&f.cx);
		r[1].body = fixture_body(&f.cx, 9, (size_t)3 << 20);
		ck_assert_int_eq(
		    ww_journal_files(&f.cx,
		        &(struct ww_journal_settings){ .dir = f.dir, .fs = &ww_fs_real }, &f.j),
		    WW_OK);
	}
	fixture_close(&f);
}
END_TEST

START_TEST(goes_on_numbering_after_a_reopen)
{
	struct fixture f;
	struct ww_journal_state st;
	uint64_t first, want[40];
	unsigned i;

	fixture_open(&f);
	for (i = 0; i < 10; i++) {
		ck_assert_int_eq(fixture_journal(&f, &ww_fs_real, 0), WW_OK);
		st = fixture_state(&f);
		ck_assert_uint_eq(st.records, 4 * i);
		ck_assert_uint_eq(st.last, 4 * i);
		ck_assert_uint_eq(st.next, 4 * i + 1);
		ck_assert_uint_eq(st.damaged + st.torn, 0);
		ck_assert_int_eq(fixture_append(&f, 4 * i + 1, 4, 50, &first), WW_OK);
		ck_assert_uint_eq(first, 4 * i + 1);
		ww_journal_close(&f.j);
	}
	for (i = 0; i < 40; i++)
		want[i] = i + 1;
	ck_assert_int_eq(fixture_journal(&f, &ww_fs_real, 0), WW_OK);
	ck_assert_uint_eq(fixture_state(&f).segments, 10);
	expect_all(&f, want, want, 40);
	fixture_close(&f);
}
END_TEST

START_TEST(starts_a_new_segment_when_one_is_full)
{
	struct fixture f;
	char names[64][64];
	struct stat st;
	uint64_t want[200], seq;
	size_t i, n;

	fixture_open(&f);
	ck_assert_int_eq(fixture_journal(&f, &ww_fs_real, 4096), WW_OK);
	for (i = 0; i < 50; i++)
		ck_assert_int_eq(fixture_append(&f, 4 * i + 1, 4, 300, NULL), WW_OK);
	for (i = 0; i < 200; i++)
		want[i] = i + 1;
	expect_all(&f, want, want, 200);
	/* In any order as well. */
	for (i = 0; i < 200; i++) {
		ck_assert_uint_eq(fixture_read(&f, 1 + i * 37 % 200, &seq), 1 + i * 37 % 200);
		ck_assert_uint_eq(seq, 1 + i * 37 % 200);
	}
	ww_journal_close(&f.j);
	n = fixture_names(f.dir, ".wwj", names, 64);
	ck_assert_uint_gt(n, 5);
	ck_assert_str_eq(names[0], "0000000000000001.wwj");
	for (i = 0; i < n; i++) { /* cut to what is used */
		ck_assert_int_eq(stat(fixture_path(f.dir, names[i]), &st), 0);
		ck_assert_int_lt(st.st_size, 8192);
		ck_assert_uint_eq(st.st_mode & 0777, 0600);
	}
	ck_assert_int_eq(fixture_journal(&f, &ww_fs_real, 4096), WW_OK);
	ck_assert_uint_eq(fixture_state(&f).records, 200);
	expect_all(&f, want, want, 200);
	fixture_close(&f);
}
END_TEST

START_TEST(finds_any_record_of_a_large_segment)
{
	struct fixture f;
	uint64_t i, seq;

	fixture_open(&f);
	ck_assert_int_eq(fixture_journal(&f, &ww_fs_real, 0), WW_OK);
	for (i = 0; i < 64; i++)
		ck_assert_int_eq(fixture_append(&f, 32 * i + 1, 32, 2000, NULL), WW_OK);
	for (i = 0; i < 500; i++) {
		ck_assert_uint_eq(fixture_read(&f, 1 + i * 997 % 2048, &seq), 1 + i * 997 % 2048);
		ck_assert_uint_eq(seq, 1 + i * 997 % 2048);
	}
	fixture_close(&f);
}
END_TEST

START_TEST(takes_closed_segments_at_their_word_when_asked)
{
	struct fixture f;
	struct ww_journal_settings s = { .dir = f.dir, .fs = &ww_fs_real, .segment_bytes = 4096 };
	struct ww_journal_state st;
	size_t i, n;
	uint8_t *p;
	const char *path;

	fixture_open(&f);
	ck_assert_int_eq(fixture_journal(&f, &ww_fs_real, 4096), WW_OK);
	for (i = 0; i < 50; i++)
		ck_assert_int_eq(fixture_append(&f, 4 * i + 1, 4, 300, NULL), WW_OK);
	ww_journal_close(&f.j);
	path = fixture_path(f.dir, "0000000000000001.wwj");
	p = fixture_load(path, &n);
	p[72 + 48 + 32 + 5] ^= 1; /* in the body of record 1 */
	fixture_store(path, p, n);
	free(p);
	s.quick = true;
	ck_assert_int_eq(ww_journal_files(&f.cx, &s, &f.j), WW_OK);
	st = fixture_state(&f);
	ck_assert_uint_eq(st.records, 200);
	ck_assert_uint_eq(st.first, 1);
	ck_assert_uint_eq(st.last, 200);
	ck_assert_uint_eq(st.damaged, 0);
	/* Checked when it is read. */
	ck_assert_uint_eq(fixture_read(&f, 100, NULL), 100);
	ck_assert_uint_eq(fixture_state(&f).damaged, 0);
	ck_assert_uint_eq(fixture_read(&f, 1, NULL), 2);
	st = fixture_state(&f);
	ck_assert_uint_eq(st.damaged, 1);
	ck_assert_uint_eq(st.records, 199);
	ck_assert_uint_eq(fixture_read_all(&f, seqs, tags, MAX), 199);
	ck_assert_int_eq(fixture_append(&f, 201, 1, 10, NULL), WW_OK);
	ck_assert_uint_eq(fixture_read(&f, 201, NULL), 201);
	fixture_close(&f);
}
END_TEST

static void
flip(const char *path, size_t at)
{
	size_t n;
	uint8_t *p = fixture_load(path, &n);

	p[at] ^= 1;
	fixture_store(path, p, n);
	free(p);
}

START_TEST(remembers_where_damage_was_found)
{
	struct fixture f;
	struct ww_journal_settings s = {
		.dir = f.dir, .fs = &ww_fs_real, .read_only = true, .quick = true
	};
	const char *path, *noted;
	size_t i;

	fixture_open(&f);
	for (i = 0; i < 3; i++) { /* each start makes a segment */
		ck_assert_int_eq(fixture_journal(&f, &ww_fs_real, 0), WW_OK);
		ck_assert_int_eq(fixture_append(&f, i + 1, 1, 300, NULL), WW_OK);
		ww_journal_close(&f.j);
	}
	path = fixture_path(f.dir, "0000000000000002.wwj");
	noted = fixture_path(f.dir, "damaged");
	flip(path, 72 + 48 + 32 + 5); /* in the body of record 2 */
	ck_assert_int_eq(ww_journal_files(&f.cx, &s, &f.j), WW_OK);
	ck_assert_uint_eq(fixture_state(&f).damaged, 0); /* nobody has read it yet */
	ww_journal_close(&f.j);
	ck_assert_int_eq(fixture_journal(&f, &ww_fs_real, 0), WW_OK);
	ck_assert_uint_eq(fixture_state(&f).damaged, 1);
	ww_journal_close(&f.j);
	ck_assert_int_eq(ww_journal_files(&f.cx, &s, &f.j), WW_OK);
	ck_assert_uint_eq(fixture_state(&f).damaged, 1);
	ww_journal_close(&f.j);
	/* What is noted is where to look: a file that was put back is whole. */
	flip(path, 72 + 48 + 32 + 5);
	ck_assert_int_eq(access(noted, F_OK), 0);
	ck_assert_int_eq(ww_journal_files(&f.cx, &s, &f.j), WW_OK);
	ck_assert_uint_eq(fixture_state(&f).damaged, 0);
	ww_journal_close(&f.j);
	ck_assert_int_eq(fixture_journal(&f, &ww_fs_real, 0), WW_OK);
	ck_assert_int_ne(access(noted, F_OK), 0);
	fixture_close(&f);
}
END_TEST

START_TEST(a_note_of_damage_that_is_nonsense_does_no_harm)
{
	struct fixture f;
	struct ww_journal_settings s = {
		.dir = f.dir, .fs = &ww_fs_real, .read_only = true, .quick = true
	};
	const char *noted;

	fixture_open(&f);
	noted = fixture_path(f.dir, "damaged");
	ck_assert_int_eq(fixture_journal(&f, &ww_fs_real, 0), WW_OK);
	ck_assert_int_eq(fixture_append(&f, 1, 1, 300, NULL), WW_OK);
	ww_journal_close(&f.j);
	fixture_store(noted, (const uint8_t *)"\0\n\n../x", 7);
	ck_assert_int_eq(ww_journal_files(&f.cx, &s, &f.j), WW_OK);
	ck_assert_uint_eq(fixture_read(&f, 1, NULL), 1);
	ww_journal_close(&f.j);
	unlink(noted);
	ck_assert_int_eq(mkdir(noted, 0700), 0); /* cannot be read, nor removed as a file */
	ck_assert_int_eq(ww_journal_files(&f.cx, &s, &f.j), WW_OK);
	ww_journal_close(&f.j);
	ck_assert_int_eq(fixture_journal(&f, &ww_fs_real, 0), WW_OK);
	ck_assert_int_eq(fixture_append(&f, 2, 1, 300, NULL), WW_OK);
	rmdir(noted);
	fixture_close(&f);
}
END_TEST

START_TEST(refuses_a_second_opener)
{
	struct fixture f;
	struct ww_journal_settings s = { .dir = f.dir, .fs = &ww_fs_real };
	struct ww_journal second;
	int status;
	pid_t child;

	fixture_open(&f);
	ck_assert_int_eq(fixture_journal(&f, &ww_fs_real, 0), WW_OK);
	ck_assert_int_eq(ww_journal_files(&f.cx, &s, &second), WW_E_BUSY);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0)
		_exit(ww_journal_files(&f.cx, &s, &second) == WW_E_BUSY ? 0 : 1);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	ww_journal_close(&f.j);
	ck_assert_int_eq(fixture_journal(&f, &ww_fs_real, 0), WW_OK);
	fixture_close(&f);
}
END_TEST

START_TEST(follows_another_process_when_it_only_reads)
{
	struct fixture f, reader;
	struct ww_journal_settings s = { .dir = f.dir, .fs = &ww_fs_real, .read_only = true };
	uint64_t i;
	bool found;
	struct ww_record r = { .kind = WW_REC_TICK };

	fixture_open(&f);
	fixture_open(&reader);
	ck_assert_int_eq(fixture_journal(&f, &ww_fs_real, 2000), WW_OK);
	ck_assert_int_eq(ww_journal_files(&reader.cx, &s, &reader.j), WW_OK);
	ck_assert_int_eq(ww_journal_append(&reader.j, &reader.cx, &r, 1), WW_E_CONFLICT);
	for (i = 0; i < 40; i++) {
		ww_ctx_clear(&reader.cx);
		ck_assert_int_eq(
		    ww_journal_read(&reader.j, &reader.cx, 2 * i + 1, &r, &found), WW_OK);
		ck_assert(!found);
		ck_assert_int_eq(fixture_append(&f, 2 * i + 1, 2, 100, NULL), WW_OK);
		ck_assert_uint_eq(fixture_read(&reader, 2 * i + 1, NULL), 2 * i + 1);
		ck_assert_uint_eq(fixture_read(&reader, 2 * i + 2, NULL), 2 * i + 2);
	}
	ck_assert_uint_eq(fixture_read_all(&reader, seqs, tags, MAX), 80);
	ck_assert_uint_eq(fixture_state(&reader).records, 80);
	ck_assert_uint_eq(fixture_state(&reader).damaged + fixture_state(&reader).torn, 0);
	fixture_close(&reader);
	fixture_close(&f);
}
END_TEST

START_TEST(does_not_make_a_folder_to_read_it)
{
	struct fixture f;
	struct ww_journal_settings s = { .dir = "missing", .fs = &ww_fs_real, .read_only = true };

	fixture_open(&f);
	ck_assert_int_eq(ww_journal_files(&f.cx, &s, &f.j), WW_E_NOT_FOUND);
	fixture_close(&f);
}
END_TEST

START_TEST(notices_a_ledger_that_is_ahead)
{
	struct fixture f;
	struct ww_journal_settings s = { .dir = f.dir, .fs = &ww_fs_real, .at_least = 6 };

	fixture_open(&f);
	ck_assert_int_eq(fixture_journal(&f, &ww_fs_real, 0), WW_OK);
	ck_assert_int_eq(fixture_append(&f, 1, 5, 10, NULL), WW_OK);
	ww_journal_close(&f.j);
	ck_assert_int_eq(ww_journal_files(&f.cx, &s, &f.j), WW_E_DAMAGED);
	s.at_least = 5;
	ww_ctx_clear(&f.cx);
	ck_assert_int_eq(ww_journal_files(&f.cx, &s, &f.j), WW_OK);
	ck_assert_uint_eq(fixture_state(&f).next, 6);
	fixture_close(&f);
}
END_TEST

START_TEST(refuses_the_format_of_a_later_release)
{
	struct fixture f;
	const char *path;
	uint8_t *p;
	size_t n;

	fixture_open(&f);
	ck_assert_int_eq(fixture_journal(&f, &ww_fs_real, 0), WW_OK);
	ck_assert_int_eq(fixture_append(&f, 1, 1, 10, NULL), WW_OK);
	ww_journal_close(&f.j);
	path = fixture_path(f.dir, "0000000000000001.wwj");
	p = fixture_load(path, &n);
	p[8] = 2;
	{
		uint32_t crc = ww_crc32c(0, p, 68);

		p[68] = (uint8_t)crc;
		p[69] = (uint8_t)(crc >> 8);
		p[70] = (uint8_t)(crc >> 16);
		p[71] = (uint8_t)(crc >> 24);
	}
	fixture_store(path, p, n);
	free(p);
	ck_assert_int_eq(fixture_journal(&f, &ww_fs_real, 0), WW_E_VERSION);
	fixture_close(&f);
}
END_TEST

/* -- faults ----------------------------------------------------------------------------------------- */

struct fault_case {
	enum fault_call call;
	int err;
	ww_status status; /* what an append that meets it returns */
};

/* Six batches, of which one meets the fault at the nth call of its kind; then all is well again. Nothing
 * acknowledged is lost, nothing failed is acknowledged, no number is given twice. */
static bool
run_with_fault(const struct fault_case *c, unsigned nth)
{
	struct fixture f;
	struct fault x = { .call = c->call, .nth = nth, .err = c->err };
	struct ww_fs fs = fault_fs(&x);
	uint64_t want_seq[64], want[64], first = 0, top = 0, tag = 1;
	size_t i, n = 0, k;
	ww_status s;
	bool met;

	fixture_open(&f);
	f.retries = 1;
	s = fixture_journal(&f, &fs, 1500);
	if (s != WW_OK) { /* the fault was met while opening */
		ck_assert_int_eq(s, ww_fs_status(c->err));
		ck_assert_int_eq(fixture_journal(&f, &fs, 1500), WW_OK);
	}
	for (i = 0; i < 6; i++) {
		s = fixture_append(&f, tag, 3, 150, &first);
		if (s != WW_OK) {
			ck_assert_int_eq(s, c->status);
			ck_assert_int_eq(f.cx.fail.status, s);
			ck_assert_uint_ge(x.calls[c->call], nth);
			s = fixture_append(
			    &f, tag, 3, 150, &first); /* the caller offers it again */
		}
		ck_assert_int_eq(s, WW_OK);
		ck_assert_uint_gt(first, top);
		top = first + 2;
		for (k = 0; k < 3; k++) {
			want_seq[n] = first + k;
			want[n++] = tag++;
		}
	}
	expect_all(&f, want_seq, want, n);
	ww_journal_close(&f.j);
	ck_assert_uint_eq(x.synced_again, 0);
	s = fixture_journal(&f, &fs, 1500);
	if (s != WW_OK)
		ck_assert_int_eq(fixture_journal(&f, &fs, 1500), WW_OK);
	/* The same as before it was closed: rebuilding gives what was applied. */
	expect_all(&f, want_seq, want, n);
	ck_assert_uint_eq(fixture_state(&f).damaged, 0);
	met = x.calls[c->call] >= nth;
	x.call = FAULT_NONE;
	ck_assert_int_eq(fixture_append(&f, tag, 1, 10, &first), WW_OK);
	ck_assert_uint_gt(first, top);
	fixture_close(&f);
	return met;
}

START_TEST(loses_nothing_whatever_call_fails)
{
	static const struct fault_case cases[] = {
		{ FAULT_OPEN, EIO, WW_E_IO },
		{ FAULT_OPEN, EINTR, WW_E_IO },
		{ FAULT_OPEN, ENOSPC, WW_E_FULL },
		{ FAULT_CLOSE, EIO, WW_E_IO },
		{ FAULT_PWRITE, ENOSPC, WW_E_FULL },
		{ FAULT_PWRITE, EDQUOT, WW_E_FULL },
		{ FAULT_PWRITE, EIO, WW_E_IO },
		{ FAULT_PWRITE, EINTR, WW_E_IO },
		{ FAULT_PWRITE, SHORT_WRITE, WW_E_FULL },
		{ FAULT_FALLOCATE, ENOSPC, WW_E_FULL },
		{ FAULT_FALLOCATE, EOPNOTSUPP, WW_E_IO },
		{ FAULT_PREAD, EIO, WW_E_IO },
		{ FAULT_PREAD, EINTR, WW_E_IO },
		{ FAULT_TRUNCATE, EIO, WW_E_IO },
		{ FAULT_DATASYNC, EIO, WW_E_IO },
		{ FAULT_DATASYNC, EINTR, WW_E_IO },
		{ FAULT_DATASYNC, ENOSPC, WW_E_FULL },
		{ FAULT_SYNC_DIR, EIO, WW_E_IO },
		{ FAULT_UNLINK, EIO, WW_E_IO },
	};
	size_t i;

	for (i = 0; i < UNIT_COUNT(cases); i++) {
		unsigned nth = 1;

		while (run_with_fault(&cases[i], nth))
			nth++;
		ck_assert_msg(nth > 1 || cases[i].call == FAULT_UNLINK, "case %zu never met", i);
	}
}
END_TEST

START_TEST(leaves_a_segment_whose_sync_failed)
{
	struct fixture f;
	struct fault x = { .call = FAULT_DATASYNC, .nth = 2, .err = EIO };
	struct ww_fs fs = fault_fs(&x);
	char names[8][64];
	uint64_t first;

	fixture_open(&f);
	ck_assert_int_eq(fixture_journal(&f, &fs, 0), WW_OK);
	ck_assert_int_eq(fixture_append(&f, 1, 2, 100, NULL), WW_OK);
	ck_assert_int_eq(fixture_append(&f, 3, 2, 100, NULL), WW_E_IO);
	ck_assert_uint_eq(fixture_read(&f, 3, NULL), 0); /* not acknowledged: not shown */
	ck_assert_int_eq(fixture_append(&f, 3, 2, 100, &first), WW_OK);
	ck_assert_uint_eq(first, 5);
	ck_assert_uint_eq(fixture_names(f.dir, ".wwj", names, 8), 2);
	ck_assert_str_eq(names[1], "0000000000000005.wwj");
	ck_assert_uint_eq(x.synced_again, 0);
	fixture_close(&f);
}
END_TEST

START_TEST(ignores_a_failed_batch_that_could_not_be_cut_off)
{
	struct fixture f;
	struct fault x = { .call = FAULT_DATASYNC, .nth = 2, .err = EIO, .always = FAULT_TRUNCATE };
	struct ww_fs fs = fault_fs(&x);
	uint64_t want_seq[4] = { 1, 2, 5, 6 }, want[4] = { 1, 2, 3, 4 };

	fixture_open(&f);
	ck_assert_int_eq(fixture_journal(&f, &fs, 0), WW_OK);
	ck_assert_int_eq(fixture_append(&f, 1, 2, 100, NULL), WW_OK);
	ck_assert_int_eq(fixture_append(&f, 3, 2, 100, NULL), WW_E_IO);
	ck_assert_int_eq(fixture_append(&f, 3, 2, 100, NULL), WW_OK);
	ww_journal_close(&f.j);
	ck_assert_int_eq(fixture_journal(&f, &ww_fs_real, 0), WW_OK);
	expect_all(&f, want_seq, want, 4);
	fixture_close(&f);
}
END_TEST

START_TEST(ignores_a_failed_segment_that_could_not_be_removed)
{
	struct fixture f;
	struct fault x = { .call = FAULT_SYNC_DIR, .nth = 3, .err = EIO, .always = FAULT_UNLINK };
	struct ww_fs fs = fault_fs(&x);
	uint64_t want_seq[4] = { 1, 2, 5, 6 }, want[4] = { 1, 2, 3, 4 };
	char names[8][64];

	fixture_open(&f);
	ck_assert_int_eq(fixture_journal(&f, &fs, 200), WW_OK);
	ck_assert_int_eq(fixture_append(&f, 1, 2, 100, NULL), WW_OK);
	ck_assert_int_eq(fixture_append(&f, 3, 2, 100, NULL), WW_E_IO);
	ck_assert_int_eq(fixture_append(&f, 3, 2, 100, NULL), WW_OK);
	expect_all(&f, want_seq, want, 4);
	ww_journal_close(&f.j);
	ck_assert_uint_eq(fixture_names(f.dir, ".wwj", names, 8), 3);
	ck_assert_int_eq(fixture_journal(&f, &ww_fs_real, 0), WW_OK);
	expect_all(&f, want_seq, want, 4);
	fixture_close(&f);
}
END_TEST

START_TEST(writes_the_last_batch_again_before_it_is_read)
{
	struct fixture f;
	struct fault x = { .call = FAULT_NONE };
	struct ww_fs fs = fault_fs(&x);
	uint8_t *p;
	size_t n;

	fixture_open(&f);
	ck_assert_int_eq(fixture_journal(&f, &fs, 0), WW_OK);
	ck_assert_int_eq(fixture_append(&f, 1, 2, 100, NULL), WW_OK);
	p = fixture_load(fixture_path(f.dir, "0000000000000001.wwj"), &n);
	ww_journal_close(&f.j);
	/* As a kill leaves it. */
	fixture_store(fixture_path(f.dir, "0000000000000001.wwj"), p, n);
	free(p);
	x = (struct fault){ .call = FAULT_NONE };
	ck_assert_int_eq(fixture_journal(&f, &fs, 0), WW_OK);
	ck_assert_uint_ge(x.calls[FAULT_PWRITE], 2);   /* the batch and the end mark */
	ck_assert_uint_eq(x.calls[FAULT_DATASYNC], 2); /* each by itself */
	ck_assert_uint_eq(x.calls[FAULT_SYNC_DIR], 2); /* its own and that above it */
	ww_journal_close(&f.j);
	/* Once is enough. */
	x = (struct fault){ .call = FAULT_NONE };
	ck_assert_int_eq(fixture_journal(&f, &fs, 0), WW_OK);
	ck_assert_uint_eq(x.calls[FAULT_PWRITE] + x.calls[FAULT_DATASYNC], 0);
	fixture_close(&f);
}
END_TEST

/* -- threads and processes --------------------------------------------------------------------------- */

struct tail {
	struct ww_journal *j;
	atomic_uint acknowledged;
	unsigned total, read;
};

/* Reads the journal to its end while it grows. */
static void *
follow(void *arg)
{
	struct tail *t = arg;
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	uint64_t from = 1;

	while (t->read < t->total) {
		unsigned known = atomic_load(&t->acknowledged);
		struct ww_record r;
		bool found;

		ww_ctx_clear(&cx);
		ck_assert_int_eq(ww_journal_read(t->j, &cx, from, &r, &found), WW_OK);
		if (!found) {
			ck_assert_uint_le(known, t->read);
			continue;
		}
		ck_assert_uint_eq(r.seq, from);
		ck_assert_int_eq(r.time, (int64_t)(1000 + from));
		from = r.seq + 1;
		t->read++;
	}
	ww_arena_free(cx.arena);
	return NULL;
}

START_TEST(is_read_by_others_while_it_grows)
{
	struct fixture f;
	struct tail tails[3];
	pthread_t threads[3];
	unsigned i, k, total = 600;

	fixture_open(&f);
	ck_assert_int_eq(fixture_journal(&f, &ww_fs_real, 20000), WW_OK);
	for (k = 0; k < 3; k++) {
		tails[k] = (struct tail){ .j = &f.j, .total = total };
		ck_assert_int_eq(pthread_create(&threads[k], NULL, follow, &tails[k]), 0);
	}
	for (i = 0; i < total; i += 6) {
		ck_assert_int_eq(fixture_append(&f, i + 1, 6, 200, NULL), WW_OK);
		for (k = 0; k < 3; k++)
			atomic_store(&tails[k].acknowledged, i + 6);
	}
	for (k = 0; k < 3; k++) {
		ck_assert_int_eq(pthread_join(threads[k], NULL), 0);
		ck_assert_uint_eq(tails[k].read, total);
	}
	fixture_close(&f);
}
END_TEST

/* Tells what was acknowledged, until it is killed. It says nothing to Check: cut off in the middle, that would spoil the
 * report of its parent. */
static void
append_for_ever(struct fixture *f, int out)
{
	struct ww_journal_settings set = {
		.dir = f->dir, .segment_bytes = 5000, .fs = &ww_fs_real
	};

	if (ww_journal_files(&f->cx, &set, &f->j) != WW_OK)
		_exit(1);
	for (;;) {
		uint64_t tag = fixture_state(f).next;
		struct ww_record r = { .time = (int64_t)(1000 + tag), .kind = WW_REC_MESSAGE };

		ww_ctx_clear(&f->cx);
		r.body = fixture_body(&f->cx, tag, 200);
		if (ww_journal_append(&f->j, &f->cx, &r, 1) != WW_OK ||
		    write(out, &r.seq, sizeof(r.seq)) != sizeof(r.seq))
			_exit(1);
	}
}

START_TEST(survives_being_killed)
{
	struct fixture f;
	static uint64_t want[MAX];
	unsigned round;
	size_t n = 0;

	fixture_open(&f);
	for (round = 0; round < 8; round++) {
		int pipes[2], status;
		uint64_t seq;
		pid_t child;

		ck_assert_int_eq(pipe(pipes), 0);
		child = fork();
		ck_assert_int_ge(child, 0);
		if (child == 0)
			append_for_ever(&f, pipes[1]);
		close(pipes[1]);
		for (size_t i = 0; i < 20 + round; i++) {
			ck_assert_int_eq(read(pipes[0], &seq, sizeof(seq)), sizeof(seq));
			want[n++] = seq;
		}
		ck_assert_int_eq(kill(child, SIGKILL), 0);
		while (read(pipes[0], &seq, sizeof(seq)) == sizeof(seq))
			want[n++] = seq;
		close(pipes[0]);
		ck_assert_int_eq(waitpid(child, &status, 0), child);
		ck_assert_int_eq(fixture_journal(&f, &ww_fs_real, 5000), WW_OK);
		ck_assert_uint_eq(fixture_state(&f).damaged, 0);
		expect_among(&f, want, want, n);
		ww_journal_close(&f.j);
	}
	fixture_close(&f);
}
END_TEST

/* After a restore numbers begin far above those that were lost; readers see a gap and no damage. */
START_TEST(goes_on_with_a_number_that_is_asked_for)
{
	struct ww_journal_settings set = { .fs = &ww_fs_real, .next = UINT64_C(1) << 32 };
	struct fixture f;
	uint64_t first;

	fixture_open(&f);
	set.dir = f.dir;
	ck_assert_int_eq(fixture_journal(&f, &ww_fs_real, 0), WW_OK);
	ck_assert_int_eq(fixture_append(&f, 1, 3, 100, &first), WW_OK);
	ww_journal_close(&f.j);
	for (int i = 0; i < 2; i++) { /* the second time there is nothing to leave out */
		ck_assert_int_eq(ww_journal_files(&f.cx, &set, &f.j), WW_OK);
		ck_assert_int_eq(fixture_append(&f, 4, 1, 100, &first), WW_OK);
		ck_assert_uint_eq(first, (UINT64_C(1) << 32) + (uint64_t)i);
		ck_assert_uint_eq(fixture_state(&f).damaged, 0);
		ck_assert_uint_eq(fixture_state(&f).torn, 0);
		ck_assert_uint_eq(fixture_state(&f).pruned, 0);
		ck_assert_uint_eq(fixture_read_all(&f, seqs, tags, MAX), 4 + (size_t)i);
		ck_assert(seqs[2] == 3 && seqs[3] == UINT64_C(1) << 32);
		ww_journal_close(&f.j);
	}
	fixture_close(&f);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { reads_what_was_appended, keeps_empty_and_large_bodies,
		goes_on_numbering_after_a_reopen, starts_a_new_segment_when_one_is_full,
		finds_any_record_of_a_large_segment, takes_closed_segments_at_their_word_when_asked,
		remembers_where_damage_was_found, a_note_of_damage_that_is_nonsense_does_no_harm,
		refuses_a_second_opener, follows_another_process_when_it_only_reads,
		does_not_make_a_folder_to_read_it, notices_a_ledger_that_is_ahead,
		refuses_the_format_of_a_later_release, loses_nothing_whatever_call_fails,
		leaves_a_segment_whose_sync_failed,
		ignores_a_failed_batch_that_could_not_be_cut_off,
		ignores_a_failed_segment_that_could_not_be_removed,
		writes_the_last_batch_again_before_it_is_read, is_read_by_others_while_it_grows,
		survives_being_killed, goes_on_with_a_number_that_is_asked_for };

	return unit_main("journal_files", tests, UNIT_COUNT(tests));
}
