/* A folder of files, on the simulated disk: what is taken and when, where it goes, and that neither an error of any call
 * nor the power loses a file, takes one twice for good, or leaves one without its acknowledgement. */
#include "unit.h"

#include "link/dir_work.h"
#include "tests/sim/disk.h"
#include "tests/sim/faulty.h"
#include "tests/sim/number.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

enum { SETTLE = 1000, SCAN = 10000, NOON = 12 * 3600 * 1000 };

static struct ww_ctx cx;
static struct sim_disk *disk;
static struct sim_faulty faulty;
static const struct ww_fs *fs;
static int64_t ticks, now;
static struct ww_dir_work *work;
static struct ww_dir_file *got; /* handed out and not yet ended, the first one first */
static size_t got_n, given;

static int64_t
read_clock(void *self)
{
	return *(int64_t *)self;
}

static void
on_file(void *arg, struct ww_dir_file *f)
{
	struct ww_dir_file **last = &got;

	(void)arg;
	while (*last != NULL)
		last = (struct ww_dir_file **)&(*last)->in; /* a field that is free here */
	f->in = NULL;
	*last = f;
	got_n++;
	given++;
}

static void
start_with(const char *pattern, size_t max_file)
{
	struct ww_dir_work_settings s = { .fs = fs,
		.listener = "drop",
		.dir = "/in",
		.pattern = pattern,
		.clock = { read_clock, &now },
		.ticks = { read_clock, &ticks },
		.settle_ms = SETTLE,
		.scan_ms = SCAN,
		.max_file = max_file,
		.keep_done = 7,
		.keep_failed = 30,
		.give = on_file };

	ck_assert_int_eq(ww_dir_work_new(&cx, &s, &work), WW_OK);
}

static void
start(void)
{
	start_with("*.hl7", 1000);
}

/* The process is gone, and what it had in hand with it. */
static void
die(void)
{
	while (got != NULL) {
		struct ww_dir_file *f = got;

		got = (struct ww_dir_file *)f->in;
		f->kept = true;
		ww_dir_work_end(work, f);
	}
	got_n = 0;
	ww_dir_work_free(work);
	work = NULL;
}

static void
begin_on(const struct sim_disk_settings *set)
{
	disk = sim_disk_new(set);
	sim_faulty_over(&faulty, disk);
	fs = &faulty.fs;
	ticks = 1000000;
	now = ww_day_of(2026, 3, 2) * INT64_C(86400000) + NOON;
	given = 0;
	ck_assert_int_eq(ww_fs_mkdir(sim_disk_fs(disk), &cx, "/in"), WW_OK);
}

static void
begin(void)
{
	begin_on(&(struct sim_disk_settings){ .seed = 1, .now = &now });
	start();
}

static void
end(void)
{
	die();
	ck_assert_uint_eq(sim_disk_open_files(disk), 0);
	sim_disk_free(disk);
}

static void
pass(int64_t ms)
{
	ticks += ms;
	now += ms;
}

static void
put(const char *path, const char *text)
{
	ck_assert_int_eq(ww_fs_put(sim_disk_fs(disk), &cx, path, ww_str_from(text)), WW_OK);
}

static bool
is_there(const char *path)
{
	const struct ww_fs *d = sim_disk_fs(disk);
	struct ww_fs_stat st;

	return d->stat(d->self, path, &st) == 0;
}

static void
holds(const char *path, const char *want)
{
	struct ww_buf b = { 0 };

	ck_assert_msg(
	    ww_fs_load(sim_disk_fs(disk), &cx, path, 0, &b) == WW_OK, "%s is not there", path);
	unit_str_is(ww_buf_view(&b), want);
	ww_buf_free(&b);
}

/* Ends the file that was handed out first. */
static void
answer(bool failed, const char *ack)
{
	struct ww_dir_file *f = got;

	ck_assert_ptr_nonnull(f);
	got = (struct ww_dir_file *)f->in;
	got_n--;
	f->failed = failed;
	ww_buf_cstr(&f->ack, ack);
	ww_dir_work_end(work, f);
}

static void
step(void)
{
	ww_dir_work_step(work, true);
}

/* Rounds until what was there at the start is settled, seen twice and in hand. */
static void
take_all(void)
{
	step();
	pass(SETTLE);
	step();
	step();
}

/* -- what is taken ------------------------------------------------------------------------------------- */

START_TEST(takes_a_file_and_puts_its_acknowledgement_beside_it)
{
	begin();
	put("/in/a.hl7", "one");
	take_all();
	ck_assert_uint_eq(got_n, 1);
	ck_assert_str_eq(got->name, "a.hl7");
	unit_str_is(ww_buf_view(&got->bytes), "one");
	ck_assert(got->whole && !got->again);
	ck_assert(is_there("/in/.claimed/a.hl7") && !is_there("/in/a.hl7"));
	answer(false, "AA");
	step();
	holds("/in/done/a.hl7", "one");
	holds("/in/done/a.hl7.ack", "AA");
	ck_assert(!is_there("/in/.claimed/a.hl7") && !is_there("/in/done/.a.hl7.ack.tmp"));
	ck_assert_uint_eq(ww_dir_work_in_hand(work), 0);
	ck_assert_str_eq(ww_dir_work_trouble(work), "");
	end();
}
END_TEST

START_TEST(puts_what_was_refused_apart_and_writes_no_empty_acknowledgement)
{
	begin();
	put("/in/a.hl7", "one");
	put("/in/b.hl7", "two");
	take_all();
	answer(true, "AE");
	answer(false, "");
	step();
	holds("/in/failed/a.hl7", "one");
	holds("/in/failed/a.hl7.ack", "AE");
	holds("/in/done/b.hl7", "two");
	ck_assert(!is_there("/in/done/b.hl7.ack"));
	end();
}
END_TEST

START_TEST(leaves_alone_what_is_not_meant)
{
	int fd;

	begin();
	put("/in/.a.hl7", "hidden");
	put("/in/a.txt", "other");
	ck_assert_int_eq(ww_fs_mkdir(sim_disk_fs(disk), &cx, "/in/d.hl7"), WW_OK);
	fd = ww_fs_open(sim_disk_fs(disk), "/in/empty.hl7", O_WRONLY | O_CREAT);
	take_all();
	ww_dir_work_offer(work, ".a.hl7");
	ww_dir_work_offer(work, "a.txt");
	ww_dir_work_offer(work, "d.hl7");
	ww_dir_work_offer(work, "empty.hl7");
	ww_dir_work_offer(work, "gone.hl7");
	step();
	ck_assert_uint_eq(given, 0);
	ck_assert_str_eq(ww_dir_work_trouble(work), "");
	ck_assert_int_eq(ww_fs_write_all(sim_disk_fs(disk), fd, "x", 1, 0), 0);
	sim_disk_fs(disk)->close(sim_disk_fs(disk)->self, fd);
	ww_dir_work_offer(work, "empty.hl7");
	step();
	ck_assert_uint_eq(given, 1);
	end();
}
END_TEST

START_TEST(waits_until_a_file_rests_unless_its_writer_has_closed_it)
{
	begin();
	put("/in/a.hl7", "one");
	step();
	ck_assert_uint_eq(ww_dir_work_wait(work, true), 0); /* goes over .claimed */
	step();
	ck_assert_uint_eq(ww_dir_work_wait(work, true), SETTLE);
	pass(SETTLE - 1);
	step();
	ck_assert_uint_eq(given, 0);
	put("/in/a.hl7", "one and two"); /* it grew: the wait begins anew */
	pass(1);
	step();
	pass(SETTLE - 1);
	step();
	ck_assert_uint_eq(given, 0);
	pass(1);
	step();
	step();
	ck_assert_uint_eq(given, 1);
	put("/in/b.hl7", "closed");
	ww_dir_work_offer(work, "b.hl7");
	step();
	ck_assert_uint_eq(given, 2);
	end();
}
END_TEST

START_TEST(finds_by_itself_what_nobody_told_of)
{
	begin();
	step();
	step();
	put("/in/a.hl7", "one");
	ck_assert_uint_eq(ww_dir_work_wait(work, true), SCAN);
	pass(SCAN);
	step();
	step();
	pass(SETTLE);
	step();
	step();
	ck_assert_uint_eq(given, 1);
	end();
}
END_TEST

START_TEST(overwrites_nothing)
{
	begin();
	for (int i = 0; i < 3; i++) {
		put("/in/a.hl7", i == 0 ? "one" : i == 1 ? "two" : "three");
		step();
		ww_dir_work_offer(work, "a.hl7");
		step();
		answer(i == 1, "ack");
		step();
		pass(i == 0 ? 0 : 61001);
	}
	holds("/in/done/a.hl7", "one");
	holds("/in/failed/a.hl7.20260302T120000000Z", "two");
	holds("/in/failed/a.hl7.20260302T120000000Z.ack", "ack");
	holds("/in/done/a.hl7.20260302T120101001Z", "three");
	/* Two of one name at once, and a name whose acknowledgement is taken. */
	put("/in/b.hl7", "one");
	ww_dir_work_offer(work, "b.hl7");
	put("/in/b.hl7", "two");
	ww_dir_work_offer(work, "b.hl7");
	put("/in/done/c.hl7.ack", "another");
	put("/in/c.hl7", "three");
	ww_dir_work_offer(work, "c.hl7");
	step();
	ck_assert_uint_eq(got_n, 3);
	while (got != NULL)
		answer(false, "ack");
	step();
	holds("/in/done/b.hl7", "one");
	holds("/in/done/b.hl7.20260302T120202002Z", "two");
	holds("/in/done/c.hl7.20260302T120202002Z", "three");
	holds("/in/done/c.hl7.ack", "another");
	end();
}
END_TEST

START_TEST(cuts_a_name_that_leaves_no_room_for_more)
{
	char path[300] = "/in/", *name = path + 4;
	char want[300] = "/in/done/";

	begin();
	/* Of 251 bytes; the 200th begins in the middle of a character. */
	memset(name, 'n', 199);
	memcpy(name + 199, "\xc3\xa4", 2);
	memset(name + 201, 'm', 46);
	memcpy(name + 247, ".hl7", 5);
	put(path, "one");
	step();
	ww_dir_work_offer(work, name);
	step();
	answer(false, "AA");
	step();
	memcpy(want + 9, name, 199);
	strcpy(want + 9 + 199, ".20260302T120000000Z");
	holds(want, "one");
	strcat(want, ".ack");
	holds(want, "AA");
	end();
}
END_TEST

START_TEST(hands_out_a_bounded_number_in_the_order_of_names)
{
	char path[64], last[WW_DIR_NAME] = "";

	begin();
	for (int i = 0; i < 150; i++) {
		snprintf(path, sizeof(path), "/in/%03d.hl7", i * 7 % 150);
		put(path, "one");
	}
	take_all();
	ck_assert_uint_eq(got_n, 64);
	step();
	ck_assert_uint_eq(got_n, 64);
	ck_assert(!ww_dir_work_has_room(work));
	for (int i = 0; i < 150; i++) {
		ck_assert_int_lt(strcmp(last, got->name), 0);
		snprintf(last, sizeof(last), "%s", got->name);
		answer(false, "AA");
		step();
		step();
	}
	ck_assert_uint_eq(given, 150);
	end();
}
END_TEST

START_TEST(takes_nothing_while_it_may_not_but_ends_what_it_has)
{
	begin();
	put("/in/a.hl7", "one");
	take_all();
	put("/in/b.hl7", "two");
	answer(false, "AA");
	for (int i = 0; i < 5; i++) {
		pass(SCAN);
		ww_dir_work_step(work, false);
	}
	holds("/in/done/a.hl7", "one");
	ck_assert_uint_eq(given, 1);
	take_all();
	ck_assert_uint_eq(given, 2);
	end();
}
END_TEST

START_TEST(shows_the_first_bytes_of_a_file_that_is_too_long)
{
	char text[1002];

	begin();
	memset(text, 'x', sizeof(text));
	text[1001] = '\0';
	put("/in/b.hl7", text);
	text[1000] = '\0';
	put("/in/a.hl7", text);
	take_all();
	ck_assert(got->whole);
	ck_assert_uint_eq(got->bytes.n, 1000);
	answer(false, "AA");
	ck_assert(!got->whole);
	ck_assert_uint_eq(got->bytes.n, 1000);
	end();
}
END_TEST

/* -- after a kill -------------------------------------------------------------------------------------- */

START_TEST(goes_over_what_a_killed_process_had_claimed)
{
	begin();
	put("/in/a.hl7", "one");
	take_all();
	die();
	start();
	step();
	step();
	ck_assert_uint_eq(got_n, 1);
	ck_assert(got->again);
	unit_str_is(ww_buf_view(&got->bytes), "one");
	answer(false, "AA");
	step();
	holds("/in/done/a.hl7", "one");
	end();
}
END_TEST

/* Killed between the acknowledgement and the move; the second time it ends otherwise. */
START_TEST(leaves_one_acknowledgement_when_the_outcome_changes)
{
	begin();
	put("/in/a.hl7", "one");
	take_all();
	put("/in/done/a.hl7.ack", "AA");
	die();
	start();
	step();
	step();
	answer(true, "AE");
	step();
	holds("/in/failed/a.hl7", "one");
	holds("/in/failed/a.hl7.ack", "AE");
	ck_assert(!is_there("/in/done/a.hl7.ack"));
	end();
}
END_TEST

START_TEST(takes_again_later_what_nobody_could_take)
{
	struct ww_dir_file *f;

	begin();
	put("/in/a.hl7", "one");
	take_all();
	f = got;
	got = NULL;
	got_n = 0;
	f->kept = true;
	ww_dir_work_end(work, f);
	step();
	ck_assert_uint_eq(given, 1);
	ck_assert_uint_gt(ww_dir_work_wait(work, true), 0);
	pass(1000);
	step();
	step();
	ck_assert_uint_eq(given, 2);
	end();
}
END_TEST

START_TEST(lets_one_process_work_on_a_folder)
{
	struct ww_dir_work *first;

	begin();
	step();
	first = work;
	start();
	put("/in/a.hl7", "one");
	for (int i = 0; i < 5; i++) {
		pass(SETTLE);
		step();
	}
	ck_assert_uint_eq(given, 0);
	ck_assert_str_eq(
	    ww_dir_work_trouble(work), ".claimed: another engine works on this folder");
	ck_assert_uint_gt(ww_dir_work_wait(work, true), 0);
	ww_dir_work_free(first);
	pass(1000);
	take_all();
	ck_assert_uint_eq(given, 1);
	ck_assert_str_eq(ww_dir_work_trouble(work), "");
	end();
}
END_TEST

/* -- trouble ------------------------------------------------------------------------------------------- */

START_TEST(waits_for_a_folder_that_is_not_there)
{
	begin();
	die();
	fs->unlink(fs->self, "/in/x");
	sim_disk_free(disk);
	disk = sim_disk_new(&(struct sim_disk_settings){ .seed = 1, .now = &now });
	sim_faulty_over(&faulty, disk);
	start();
	step();
	ck_assert_str_eq(
	    ww_dir_work_trouble(work), ".claimed: cannot make it: No such file or directory");
	ck_assert(!ww_dir_work_is_open(work));
	ck_assert_int_eq(ww_fs_mkdir(sim_disk_fs(disk), &cx, "/in"), WW_OK);
	put("/in/a.hl7", "one");
	pass(1000);
	take_all();
	ck_assert_uint_eq(given, 1);
	ck_assert_str_eq(ww_dir_work_trouble(work), "");
	end();
}
END_TEST

/* Every call once, with every error: in the end all are done, each once, and nothing is wrong any more. */
static bool
survives(size_t nth, int err)
{
	bool struck;

	begin();
	sim_faulty_set(&faulty, nth, err);
	put("/in/a.hl7", "one");
	put("/in/b.hl7", "two");
	put("/in/c.hl7", "three");
	for (int i = 0; i < 20; i++) {
		step();
		while (got != NULL)
			answer(strcmp(got->name, "b.hl7") == 0, got->name);
		step();
		pass(SETTLE);
		if (i == 10)
			pass(SCAN);
	}
	struck = faulty.struck;
	sim_faulty_set(&faulty, 0, 0);
	for (int i = 0; i < 3; i++) {
		pass(SCAN);
		step();
		step();
	}
	holds("/in/done/a.hl7", "one");
	holds("/in/done/a.hl7.ack", "a.hl7");
	holds("/in/failed/b.hl7", "two");
	holds("/in/failed/b.hl7.ack", "b.hl7");
	holds("/in/done/c.hl7", "three");
	holds("/in/done/c.hl7.ack", "c.hl7");
	ck_assert_msg(ww_dir_work_trouble(work)[0] == '\0', "%s still: %s (call %zu, error %d)",
	    faulty.call, ww_dir_work_trouble(work), nth, err);
	ck_assert_uint_eq(ww_dir_work_in_hand(work), 0);
	end();
	return struck;
}

START_TEST(gets_over_any_error_of_any_call)
{
	static const int errors[] = { EIO, ENOSPC, EACCES, EROFS, EINTR, SIM_SHORT };
	size_t calls = 0;

	for (size_t e = 0; e < UNIT_COUNT(errors); e++)
		for (size_t nth = 1; survives(nth, errors[e]); nth++)
			calls++;
	ck_assert_uint_gt(calls, 300);
}
END_TEST

/* A disk on which files with "secret" in their path may not be read, while that is so. */
static bool secret;

static int
open_but_secrets(void *self, const char *path, int flags, mode_t mode)
{
	const struct ww_fs *d = sim_disk_fs(disk);

	(void)self;
	if (secret && strstr(path, "secret") != NULL)
		return -EACCES;
	return d->open(d->self, path, flags, mode);
}

/* Returns in how many of the rounds there was nothing left to do. */
static size_t
answer_all(size_t rounds)
{
	size_t rests = 0;

	for (size_t i = 0; i < rounds; i++) {
		step();
		while (got != NULL)
			answer(false, "AA");
		if (ww_dir_work_wait(work, true) > 0) {
			rests++;
			pass(SETTLE);
		}
	}
	return rests;
}

/* A sender that forgets to let others read what it writes, and one that does not. */
START_TEST(leaves_what_it_may_not_read_and_takes_the_others)
{
	static struct ww_fs shut;
	char path[64];

	begin();
	die();
	shut = *sim_disk_fs(disk);
	shut.open = open_but_secrets;
	fs = &shut;
	secret = true;
	start();
	for (int i = 0; i < 150; i++) {
		snprintf(path, sizeof(path), "/in/%03d-secret.hl7", i);
		put(path, "one");
	}
	put("/in/open.hl7", "two");
	(void)answer_all(6);
	ck_assert_uint_eq(given, 1);
	holds("/in/done/open.hl7", "two");
	ck_assert(is_there("/in/000-secret.hl7") && is_there("/in/149-secret.hl7"));
	ck_assert_str_eq(
	    ww_dir_work_trouble(work), "folder: cannot take a file: Permission denied");
	secret = false;
	(void)answer_all(30);
	ck_assert_uint_eq(given, 151);
	ck_assert_str_eq(ww_dir_work_trouble(work), "");
	end();
}
END_TEST

/* They were claimed when they could be read. It neither stops the others nor turns without a rest. */
START_TEST(goes_past_claimed_files_that_it_may_not_read)
{
	static struct ww_fs shut;
	char path[64];

	begin();
	step();
	die();
	shut = *sim_disk_fs(disk);
	shut.open = open_but_secrets;
	fs = &shut;
	secret = true;
	for (int i = 0; i < 150; i++) {
		snprintf(path, sizeof(path), "/in/.claimed/%03d-secret.hl7", i);
		put(path, "one");
	}
	put("/in/.claimed/last.hl7", "two");
	put("/in/open.hl7", "three");
	start();
	ck_assert_uint_gt(answer_all(40), 5);
	holds("/in/done/last.hl7", "two");
	holds("/in/done/open.hl7", "three");
	ck_assert_str_eq(
	    ww_dir_work_trouble(work), ".claimed: cannot read a file: Permission denied");
	secret = false;
	(void)answer_all(40);
	ck_assert_uint_eq(given, 152);
	ck_assert_str_eq(ww_dir_work_trouble(work), "");
	end();
}
END_TEST

/* -- old files ----------------------------------------------------------------------------------------- */

START_TEST(removes_what_has_lain_long_enough)
{
	begin();
	step();
	put("/in/done/a.hl7", "old");
	put("/in/done/a.hl7.ack", "old");
	put("/in/failed/b.hl7", "old");
	pass(INT64_C(7) * 86400000 - 3600000);
	put("/in/done/c.hl7", "newer");
	step();
	ck_assert(is_there("/in/done/a.hl7"));
	pass(2 * 3600000);
	step();
	ck_assert(!is_there("/in/done/a.hl7") && !is_there("/in/done/a.hl7.ack"));
	ck_assert(is_there("/in/done/c.hl7") && is_there("/in/failed/b.hl7"));
	/* A clock that jumps makes nothing old. */
	now += INT64_C(365) * 86400000;
	pass(2 * 3600000);
	step();
	ck_assert(is_there("/in/done/c.hl7") && is_there("/in/failed/b.hl7"));
	now -= INT64_C(365) * 86400000;
	pass(INT64_C(30) * 86400000);
	step();
	ck_assert(!is_there("/in/done/c.hl7") && !is_there("/in/failed/b.hl7"));
	end();
}
END_TEST

START_TEST(counts_what_lies_where)
{
	struct ww_dir_counts c;

	begin();
	ck_assert_int_eq(ww_dir_box_count(&cx, fs, "/in", "*.hl7", &c), WW_OK);
	ck_assert_uint_eq(c.waiting + c.claimed + c.done + c.failed, 0);
	put("/in/a.hl7", "one");
	put("/in/b.hl7", "two");
	put("/in/c.hl7", "three");
	take_all();
	put("/in/d.hl7", "four");
	put("/in/e.hl7", "five");
	put("/in/f.txt", "six");
	answer(false, "AA");
	answer(true, "AE");
	ww_dir_work_step(work, false);
	ck_assert_int_eq(ww_dir_box_count(&cx, fs, "/in", "*.hl7", &c), WW_OK);
	ck_assert_uint_eq(c.waiting, 2);
	ck_assert_uint_eq(c.claimed, 1);
	ck_assert_uint_eq(c.done, 1);
	ck_assert_uint_eq(c.failed, 1);
	ck_assert_int_eq(ww_dir_box_count(&cx, fs, "/nowhere", "*.hl7", &c), WW_E_IO);
	end();
}
END_TEST

/* -- power --------------------------------------------------------------------------------------------- */

enum { FILES = 12 };

static bool sent[FILES], stored[FILES];

static int
number_of(const char *name)
{
	return atoi(name + 1);
}

/* A sender as the contract asks: another name, synced, then renamed. The power may go at any time. */
static void
send_file(int i)
{
	char path[64], text[32];

	snprintf(path, sizeof(path), "/in/f%02d.hl7", i);
	snprintf(text, sizeof(text), "message %d", i);
	sent[i] = ww_fs_put(sim_disk_fs(disk), &cx, path, ww_str_from(text)) == WW_OK;
	ww_ctx_clear(&cx);
}

/* Where the file is: in the folder, claimed, done; how often. */
static int
places_of(int i, bool *done)
{
	char path[64];
	int n = 0;

	snprintf(path, sizeof(path), "/in/f%02d.hl7", i);
	n += is_there(path);
	snprintf(path, sizeof(path), "/in/.claimed/f%02d.hl7", i);
	n += is_there(path);
	snprintf(path, sizeof(path), "/in/done/f%02d.hl7", i);
	*done = is_there(path);
	return n + *done;
}

/* What must hold after a cut; the number of files for which it does not. */
static size_t
wrongs(void)
{
	size_t wrong = 0;

	for (int i = 0; i < FILES; i++) {
		char path[64], text[32];
		struct ww_buf b = { 0 };
		bool done;
		int n = places_of(i, &done);

		if (!sent[i])
			continue;
		snprintf(path, sizeof(path), "/in/done/f%02d.hl7.ack", i);
		snprintf(text, sizeof(text), "AA %d", i);
		if (done && ww_fs_load(sim_disk_fs(disk), &cx, path, 0, &b) != WW_OK)
			ww_ctx_clear(&cx);
		wrong += n != 1 || (done && (!stored[i] || !ww_str_is(ww_buf_view(&b), text)));
		ww_buf_free(&b);
	}
	return wrong;
}

static void
live(void)
{
	int next = 0;

	start();
	sim_disk_cut_at(disk, 1 + sim_disk_below(disk, 60), "");
	for (int round = 0; round < 40 && !sim_disk_dark(disk); round++) {
		for (; next < FILES && sim_disk_below(disk, 3) > 0; next++) {
			bool done;

			if (!sent[next] && places_of(next, &done) == 0)
				send_file(next);
		}
		step();
		while (got != NULL) {
			char ack[32];

			stored[number_of(got->name)] = true; /* the journal has it */
			snprintf(ack, sizeof(ack), "AA %d", number_of(got->name));
			answer(false, ack);
		}
		pass(SETTLE);
	}
	if (!sim_disk_dark(disk))
		sim_disk_go_dark(disk);
	die();
	sim_disk_cut(disk);
}

static size_t
lives(struct sim_disk_settings set, size_t *done, struct sim_disk_counts *counts)
{
	size_t wrong = 0;

	set.now = &now;
	begin_on(&set);
	memset(sent, 0, sizeof(sent));
	memset(stored, 0, sizeof(stored));
	for (int i = 0; i < 6; i++) {
		live();
		wrong += wrongs();
	}
	for (int i = 0; i < FILES; i++) {
		bool is_done;

		(void)places_of(i, &is_done);
		*done += is_done;
	}
	*counts = sim_disk_counts(disk);
	sim_disk_free(disk);
	return wrong;
}

START_TEST(loses_and_doubles_nothing_whenever_the_power_goes)
{
	uint64_t seed = sim_number("WW_SEED", 20260302), runs = sim_number("WW_RUNS", 150);
	struct sim_disk_counts counts;
	size_t done = 0, hit = 0, cuts = 0;

	for (uint64_t i = 0; i < runs; i++) {
		size_t wrong =
		    lives((struct sim_disk_settings){ .seed = seed + i }, &done, &counts);

		ck_assert_msg(wrong == 0, "%zu files are wrong: WW_SEED=%" PRIu64 " WW_RUNS=1",
		    wrong, seed + i);
		hit += counts.hit_names;
		cuts += counts.cuts;
	}
	ck_assert_msg(
	    hit > cuts / 10 && done > runs, "%zu of %zu cuts met names, %zu done", hit, cuts, done);
}
END_TEST

/* Were a sync left out, the same test would see it. */
START_TEST(would_notice_a_sync_that_is_left_out)
{
	struct sim_disk_counts counts;
	size_t wrong[2] = { 0, 0 }, done = 0;

	for (uint64_t i = 0; i < 100; i++) {
		wrong[0] += lives(
		    (struct sim_disk_settings){ .seed = i, .no_datasync = true }, &done, &counts);
		wrong[1] += lives(
		    (struct sim_disk_settings){ .seed = i, .no_sync_dir = true }, &done, &counts);
	}
	ck_assert_msg(wrong[0] > 0 && wrong[1] > 0, "seen: %zu, %zu", wrong[0], wrong[1]);
}
END_TEST

/* What is logged of thousands of faults is not read by anybody. */
static void
hush(void)
{
	int fd = open("/dev/null", O_WRONLY);

	if (fd < 0 || dup2(fd, STDERR_FILENO) < 0)
		abort();
	close(fd);
}

int
main(void)
{
	const TTest *const tests[] = {
		takes_a_file_and_puts_its_acknowledgement_beside_it,
		puts_what_was_refused_apart_and_writes_no_empty_acknowledgement,
		leaves_alone_what_is_not_meant,
		waits_until_a_file_rests_unless_its_writer_has_closed_it,
		finds_by_itself_what_nobody_told_of,
		overwrites_nothing,
		cuts_a_name_that_leaves_no_room_for_more,
		hands_out_a_bounded_number_in_the_order_of_names,
		takes_nothing_while_it_may_not_but_ends_what_it_has,
		shows_the_first_bytes_of_a_file_that_is_too_long,
		goes_over_what_a_killed_process_had_claimed,
		leaves_one_acknowledgement_when_the_outcome_changes,
		takes_again_later_what_nobody_could_take,
		lets_one_process_work_on_a_folder,
		waits_for_a_folder_that_is_not_there,
		gets_over_any_error_of_any_call,
		leaves_what_it_may_not_read_and_takes_the_others,
		goes_past_claimed_files_that_it_may_not_read,
		removes_what_has_lain_long_enough,
		counts_what_lies_where,
		loses_and_doubles_nothing_whenever_the_power_goes,
		would_notice_a_sync_that_is_left_out,
	};

	cx.arena = ww_arena_new(0);
	hush();
	return unit_main("dir_work", tests, UNIT_COUNT(tests));
}
