/* A folder as a listener, with its thread, on the real disk: files are told of as they come, in numbers, and one folder that
 * hangs keeps nobody. */
#include "unit.h"

#include "base/fs.h"
#include "link/dir_in.h"
#include "link/loop.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MANY = 300, SOON_MS = 5, GRACE_MS = 50 };

static struct ww_ctx cx;
static char dir[] = "/tmp/ww-dir-in-XXXXXX";
static struct ww_loop *loop;
static struct ww_dir_in *in;
static struct ww_dir_file *got[MANY + 1];
static size_t got_n, told;
static bool keep, abandon, closed;
static atomic_int minutes;
static const char *link_to; /* done is a link to it; NULL: not there at the start */
static bool (*until)(void);
static struct ww_loop_timer *look;

static int
remove_name(void *arg, const char *name)
{
	char path[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", (const char *)arg, name);
	ck_assert_int_eq(lstat(path, &st), 0);
	if (!S_ISDIR(st.st_mode))
		return unlink(path);
	ck_assert_int_eq(ww_fs_real.list(NULL, path, remove_name, path), 0);
	return rmdir(path);
}

static const char *
path_of(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void
put(const char *name, const char *text)
{
	FILE *f = fopen(path_of(name), "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs(text, f), 0);
	ck_assert_int_eq(fclose(f), 0);
}

static bool
is_there(const char *name)
{
	struct stat st;

	return lstat(path_of(name), &st) == 0;
}

static void
on_file(void *arg, struct ww_dir_file *f, ww_str name, ww_str bytes, bool whole)
{
	(void)arg;
	ck_assert(whole && bytes.n > 0);
	told++;
	if (abandon) {
		abandon = false;
		ww_dir_abandon(f);
	} else if (keep) {
		ck_assert_uint_lt(got_n, MANY);
		got[got_n++] = f;
	} else {
		ww_dir_answer(f, bytes.p[0] == 'x', name);
	}
}

static void
on_look(void *arg)
{
	(void)arg;
	if (until())
		ww_loop_stop(loop);
}

/* Runs the loop until that holds; the test hangs, and is ended, when it never does. */
static void
await(bool (*condition)(void))
{
	until = condition;
	ww_loop_run(loop);
}

/* Some minutes ahead. */
static int64_t
read_ticks(void *self)
{
	struct ww_clock ticks = ww_clock_ticks();

	(void)self;
	return ww_clock_now(&ticks) + (int64_t)atomic_load(&minutes) * 60000;
}

static void
start_on(const struct ww_fs *fs)
{
	struct ww_dir_in_settings s = { .loop = loop,
		.fs = fs,
		.listener = "drop",
		.dir = dir,
		.pattern = "*.hl7",
		.clock = ww_clock_system(),
		.ticks = { read_ticks, NULL },
		.settle_ms = 10,
		.scan_ms = 20,
		.max_file = 1000,
		.keep_done = 1,
		.on_file = on_file };

	ck_assert_int_eq(ww_dir_in_open(&cx, &s, &in), WW_OK);
}

static void
start(void)
{
	cx.arena = ww_arena_new(0);
	ck_assert_ptr_nonnull(mkdtemp(dir));
	if (link_to != NULL)
		ck_assert_int_eq(symlink(link_to, path_of("done")), 0);
	ck_assert_int_eq(ww_loop_new(&cx, &loop), WW_OK);
	ck_assert_int_eq(ww_loop_timer_new(loop, &cx, SOON_MS, on_look, NULL, &look), WW_OK);
	start_on(&ww_fs_real);
}

static void
on_closed(void *arg)
{
	(void)arg;
	closed = true;
}

static bool
is_closed(void)
{
	return closed;
}

static void
stop(void)
{
	ww_dir_in_close(in, 60000, on_closed, NULL);
	await(is_closed);
	ww_dir_in_free(in);
	ww_loop_timer_free(look);
	ww_loop_free(loop);
	ck_assert_int_eq(ww_fs_real.list(NULL, dir, remove_name, dir), 0);
	ck_assert_int_eq(rmdir(dir), 0);
	ww_arena_free(cx.arena);
}

/* -- files ------------------------------------------------------------------------------------------- */

static bool
both_ended(void)
{
	return is_there("done/a.hl7") && is_there("failed/b.hl7");
}

START_TEST(tells_of_files_and_moves_them)
{
	char to[PATH_MAX];

	start();
	put("a.hl7", "one");
	put("b.part", "x two");
	ck_assert_int_eq(symlink("b.part", path_of("link.hl7")), 0);
	ck_assert_int_eq(mkfifo(path_of("pipe.hl7"), 0600), 0);
	snprintf(to, sizeof(to), "%s/b.hl7", dir);
	ck_assert_int_eq(rename(path_of("b.part"), to), 0);
	await(both_ended);
	ck_assert_uint_eq(told, 2);
	ck_assert(is_there("done/a.hl7.ack") && is_there("failed/b.hl7.ack"));
	ck_assert(is_there("link.hl7") && is_there("pipe.hl7"));
	ck_assert_str_eq(ww_dir_in_trouble(in), "");
	stop();
}
END_TEST

static bool
hand_is_full(void)
{
	return told == 64;
}

static bool
has_told_one(void)
{
	return told == 1;
}

static bool
all_ended(void)
{
	while (got_n > 0)
		ww_dir_answer(got[--got_n], false, WW_STR("AA"));
	return told == MANY;
}

/* In another order than they came, and while more come. */
START_TEST(ends_many_files_in_any_order)
{
	char name[32];

	keep = true;
	start();
	for (size_t i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "%03zu.hl7", i);
		put(name, "one");
	}
	await(hand_is_full);
	await(all_ended);
	stop();
}
END_TEST

static bool
a_is_done(void)
{
	return is_there("done/a.hl7");
}

static bool
comes_again(void)
{
	return told == 2 && is_there("done/a.hl7");
}

START_TEST(brings_again_what_was_abandoned)
{
	abandon = true;
	start();
	put("a.hl7", "one");
	await(comes_again);
	stop();
}
END_TEST

/* Something in .claimed that is no file is put out of the way. */
static bool
oddity_is_away(void)
{
	return is_there("failed/odd.hl7") && is_there("done/b.hl7");
}

START_TEST(puts_away_what_is_no_file)
{
	start();
	put("a.hl7", "one");
	await(has_told_one);
	ck_assert_int_eq(symlink("/etc/passwd", path_of(".claimed/odd.hl7")), 0);
	put("b.hl7", "two");
	await(oddity_is_away);
	ck_assert_uint_eq(told, 2);
	stop();
}
END_TEST

static bool
is_troubled(void)
{
	return strcmp(ww_dir_in_trouble(in), "done: cannot make it: Not a directory") == 0;
}

/* Whoever may write into the folder must not lead the engine out of it. */
START_TEST(works_in_no_folder_behind_a_link)
{
	char to[] = "/tmp/ww-dir-in-XXXXXX";

	ck_assert_ptr_nonnull(mkdtemp(to));
	link_to = to;
	start();
	put("a.hl7", "one");
	await(is_troubled);
	ck_assert_uint_eq(told, 0);
	ck_assert_int_eq(unlink(path_of("done")), 0);
	await(a_is_done);
	stop();
	ck_assert_int_eq(rmdir(to), 0);
}
END_TEST

/* -- a folder that hangs ------------------------------------------------------------------------------- */

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static struct ww_fs hanging;

static int
hanging_list(void *self, const char *path, ww_fs_name name, void *arg)
{
	pthread_mutex_lock(&gate);
	pthread_mutex_unlock(&gate);
	return ww_fs_real.list(self, path, name, arg);
}

static bool
is_slow(void)
{
	minutes++;
	return strncmp(ww_dir_in_trouble(in), "folder: no answer for ", 22) == 0;
}

START_TEST(leaves_a_folder_that_hangs_behind)
{
	start();
	ww_dir_in_close(in, 60000, on_closed, NULL);
	await(is_closed);
	ww_dir_in_free(in);
	hanging = ww_fs_real;
	hanging.list = hanging_list;
	pthread_mutex_lock(&gate);
	closed = false;
	start_on(&hanging);
	put("a.hl7", "one");
	await(is_slow); /* a minute goes by at each look */
	ww_dir_in_close(in, GRACE_MS, on_closed, NULL);
	await(is_closed); /* though the thread has not ended */
	ww_dir_in_free(in);
	ck_assert_int_eq(ww_fs_real.list(NULL, dir, remove_name, dir), 0);
	ck_assert_int_eq(rmdir(dir), 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		tells_of_files_and_moves_them,
		ends_many_files_in_any_order,
		brings_again_what_was_abandoned,
		puts_away_what_is_no_file,
		works_in_no_folder_behind_a_link,
		leaves_a_folder_that_hangs_behind,
	};

	return unit_main("dir_in", tests, UNIT_COUNT(tests));
}
