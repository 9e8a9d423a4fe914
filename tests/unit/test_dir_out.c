/* Messages that leave as files: one file for each delivery however often it is made, whole when it is said to be there, and
 * trouble of the folder told as such. */
#include "unit.h"

#include "base/fs.h"
#include "link/dir_out.h"
#include "tests/sim/disk.h"
#include "tests/sim/faulty.h"
#include "tests/sim/number.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/sink.h>

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct ww_ctx cx;

/* -- writing ----------------------------------------------------------------------------------------- */

static bool
is_text(const struct ww_fs *fs, const char *path, const char *want)
{
	struct ww_buf b = { 0 };
	bool is = ww_fs_load(fs, &cx, path, 0, &b) == WW_OK && ww_str_is(ww_buf_view(&b), want);

	ww_ctx_clear(&cx);
	ww_buf_free(&b);
	return is;
}

static int
count_name(void *arg, const char *name)
{
	size_t *n = arg;

	(void)name;
	(*n)++;
	return 0;
}

static size_t
names_in(const struct ww_fs *fs, const char *dir)
{
	size_t n = 0;

	ck_assert_int_eq(fs->list(fs->self, dir, count_name, &n), 0);
	return n;
}

static const char *
write_out(const struct ww_fs *fs, const char *key, const char *body)
{
	return ww_dir_out_write(fs, WW_STR("/out"), ww_str_from(key), ww_str_from(body));
}

START_TEST(tells_why_a_folder_takes_nothing_and_leaves_nothing)
{
	static const struct {
		int err;
		const char *reason;
	} rows[] = {
		{ EIO, "input/output error of the folder" },
		{ ENOSPC, "no space is left for files" },
		{ EACCES, "no permission to write into the folder" },
		{ EROFS, "the file system is read-only" },
		{ EMFILE, "the folder takes no file" },
	};
	size_t failed = 0;

	for (size_t e = 0; e < UNIT_COUNT(rows); e++) {
		for (size_t nth = 1;; nth++) {
			struct sim_disk *d =
			    sim_disk_new(&(struct sim_disk_settings){ .seed = nth });
			struct sim_faulty x;
			const char *why;

			sim_faulty_over(&x, d);
			ck_assert_int_eq(ww_fs_mkdir(sim_disk_fs(d), &cx, "/out"), WW_OK);
			sim_faulty_set(&x, nth, rows[e].err);
			why = write_out(&x.fs, "17-lab", "message");
			if (why != NULL)
				ck_assert_str_eq(why, rows[e].reason);
			else /* there is nothing to be removed: that this fails is no harm */
				ck_assert(!x.struck || strcmp(x.call, "unlink") == 0);
			failed += why != NULL;
			/* The next time it is there, once. */
			sim_faulty_set(&x, 0, 0);
			ck_assert_ptr_null(write_out(&x.fs, "17-lab", "message"));
			ck_assert(is_text(&x.fs, "/out/17-lab.hl7", "message"));
			ck_assert_uint_eq(names_in(&x.fs, "/out"), 1);
			ck_assert_uint_eq(sim_disk_open_files(d), 0);
			if (x.calls < nth && why == NULL && !x.struck && nth > 20) {
				sim_disk_free(d);
				break;
			}
			sim_disk_free(d);
		}
	}
	ck_assert_uint_ge(failed, 6 * UNIT_COUNT(rows));
}
END_TEST

START_TEST(makes_no_folder)
{
	struct sim_disk *d = sim_disk_new(&(struct sim_disk_settings){ .seed = 1 });
	const struct ww_fs *fs = sim_disk_fs(d);

	ck_assert_str_eq(write_out(fs, "17-lab", "message"), "the folder is missing");
	ck_assert_int_eq(ww_fs_put(fs, &cx, "/file", WW_STR("x")), WW_OK);
	ck_assert_int_eq(ww_fs_mkdir(fs, &cx, "/out"), WW_OK);
	ck_assert_ptr_null(write_out(fs, "17-lab", "message"));
	sim_disk_free(d);
}
END_TEST

/* A delivery that was told as made is there whole, whatever the power did; with a sync left out, one is not. */
static size_t
lost_in(struct sim_disk_settings set)
{
	struct sim_disk *d = sim_disk_new(&set);
	const struct ww_fs *fs = sim_disk_fs(d);
	bool sent[8] = { false };
	size_t lost = 0;

	ck_assert_int_eq(ww_fs_mkdir(fs, &cx, "/out"), WW_OK);
	ck_assert_int_eq(fs->sync_dir(fs->self, "/"), 0);
	if (set.no_sync_dir) /* else the folder itself is lost, and shows nothing */
		sim_disk_kill(d);
	for (int life = 0; life < 3; life++) {
		sim_disk_cut_at(d, 1 + sim_disk_below(d, 30), "/out");
		for (int i = 0; i < 8 && !sim_disk_dark(d); i++) {
			char key[16], body[32];

			snprintf(key, sizeof(key), "%d-lab", i);
			snprintf(body, sizeof(body), "message %d", i);
			sent[i] = write_out(fs, key, body) == NULL || sent[i];
		}
		sim_disk_cut(d);
		for (int i = 0; i < 8; i++) {
			char path[32], body[32];

			snprintf(path, sizeof(path), "/out/%d-lab.hl7", i);
			snprintf(body, sizeof(body), "message %d", i);
			lost += sent[i] && !is_text(fs, path, body);
		}
	}
	sim_disk_free(d);
	return lost;
}

START_TEST(keeps_what_it_said_was_there_whenever_the_power_goes)
{
	uint64_t seed = sim_number("WW_SEED", 20260302), runs = sim_number("WW_RUNS", 300);
	size_t bytes = 0, names = 0;

	for (uint64_t i = 0; i < runs; i++)
		ck_assert_msg(lost_in((struct sim_disk_settings){ .seed = seed + i }) == 0,
		    "WW_SEED=%" PRIu64 " WW_RUNS=1", seed + i);
	for (uint64_t i = 0; i < 100; i++) {
		bytes += lost_in((struct sim_disk_settings){ .seed = i, .no_datasync = true });
		names += lost_in((struct sim_disk_settings){ .seed = i, .no_sync_dir = true });
	}
	ck_assert_msg(bytes > 0 && names > 0, "without syncs: %zu, %zu", bytes, names);
}
END_TEST

/* -- the sink, on the real disk ------------------------------------------------------------------------ */

static char dir[] = "/tmp/ww-dir-out-XXXXXX";
static char base[64];
static struct ww_sink sink;
static size_t ended;
static enum ww_result result;
static char reason[96];

static void
on_end(void *arg, const struct ww_answer *a)
{
	(void)arg;
	ended++;
	result = a->result;
	snprintf(reason, sizeof(reason), "%s", a->reason);
}

static void
enter(void)
{
	const struct ww_sink_settings set = { .ticks = ww_clock_ticks() };

	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(base, sizeof(base), "file://%s/out", dir);
	ck_assert_int_eq(ww_sink_open(&cx, &set, &sink), WW_OK);
}

static int
remove_name(void *arg, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", (const char *)arg, name);
	if (unlink(path) != 0) {
		ck_assert_int_eq(ww_fs_real.list(NULL, path, remove_name, path), 0);
		ck_assert_int_eq(rmdir(path), 0);
	}
	return 0;
}

static void
leave(void)
{
	sink.ops->close(sink.self);
	ck_assert_int_eq(ww_fs_real.list(NULL, dir, remove_name, dir), 0);
	ck_assert_int_eq(rmdir(dir), 0);
}

static void
send_to(const char *to, const char *key, const char *body)
{
	struct ww_request r = { .verb = WW_VERB_FORWARD,
		.base = ww_str_from(to),
		.key = ww_str_from(key),
		.body = ww_str_from(body),
		.lane = WW_STR("lane") };

	ck_assert_int_eq(sink.ops->send(sink.self, &cx, &r, on_end, NULL), WW_OK);
}

static void
await(size_t n)
{
	while (ended < n)
		sink.ops->poll(sink.self, 1000);
	ck_assert_uint_eq(ended, n);
}

START_TEST(puts_each_delivery_once_beside_others)
{
	char path[80];
	struct stat st;

	enter();
	send_to(base, "17-lab", "one");
	ck_assert_uint_eq(ended, 0); /* never from within */
	await(1);
	ck_assert_int_eq(result, WW_RESULT_RETRY);
	ck_assert_str_eq(reason, "the folder is missing");
	snprintf(path, sizeof(path), "%s/out", dir);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	for (size_t i = 0; i < 2; i++) {
		send_to(base, "17-lab", "one");
		await(2 + i);
		ck_assert_int_eq(result, WW_RESULT_SENT);
	}
	send_to(base, "18-lab", "two");
	send_to(base, "19-lab", "three");
	await(5);
	ck_assert_uint_eq(names_in(&ww_fs_real, path), 3);
	snprintf(path, sizeof(path), "%s/out/17-lab.hl7", dir);
	ck_assert(is_text(&ww_fs_real, path, "one"));
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_mode & 07, 0);
	snprintf(path, sizeof(path), "%s/out/19-lab.hl7", dir);
	ck_assert(is_text(&ww_fs_real, path, "three"));
	leave();
}
END_TEST

START_TEST(follows_no_link_out_of_the_folder)
{
	char path[80], victim[80];

	enter();
	snprintf(path, sizeof(path), "%s/out", dir);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	snprintf(victim, sizeof(victim), "%s/victim", dir);
	ck_assert_int_eq(ww_fs_put(&ww_fs_real, &cx, victim, WW_STR("mine")), WW_OK);
	snprintf(path, sizeof(path), "%s/out/.17-lab.tmp", dir);
	ck_assert_int_eq(symlink(victim, path), 0);
	snprintf(path, sizeof(path), "%s/out/17-lab.hl7", dir);
	ck_assert_int_eq(symlink(victim, path), 0);
	send_to(base, "17-lab", "one");
	await(1);
	ck_assert_int_eq(result, WW_RESULT_SENT);
	ck_assert(is_text(&ww_fs_real, victim, "mine"));
	ck_assert(is_text(&ww_fs_real, path, "one"));
	leave();
}
END_TEST

START_TEST(ends_what_is_open_when_it_is_closed)
{
	char path[80];

	enter();
	snprintf(path, sizeof(path), "%s/out", dir);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	for (int i = 0; i < 200; i++) {
		char key[16];

		snprintf(key, sizeof(key), "%d-lab", i);
		send_to(base, key, "one");
	}
	leave();
	ck_assert_uint_eq(ended, 200);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		tells_why_a_folder_takes_nothing_and_leaves_nothing,
		makes_no_folder,
		keeps_what_it_said_was_there_whenever_the_power_goes,
		puts_each_delivery_once_beside_others,
		follows_no_link_out_of_the_folder,
		ends_what_is_open_when_it_is_closed,
	};
	int code;

	cx.arena = ww_arena_new(0);
	code = unit_main("dir_out", tests, UNIT_COUNT(tests));
	ww_arena_free(cx.arena);
	return code;
}
