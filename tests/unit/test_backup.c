/* The list of a backup: what it says is checked to the last byte before anything is made of it. */
#include "tests/unit/unit.h"

#include "tests/unit/ledgers.h"

#include "base/crypto.h"
#include "store/backup.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

struct place {
	struct bench b;
	struct ww_backup made;
};

static const char *
below(struct place *p, const char *name)
{
	return ww_arena_printf(p->b.cx.arena, "%s/%s", p->b.dir, name).p;
}

static void
put(struct place *p, const char *name, const char *text)
{
	bench_ok(&p->b, ww_fs_put(&ww_fs_real, &p->b.cx, below(p, name), ww_str_from(text)));
}

/* A backup of two files. */
static void
open_place(struct place *p)
{
	bench_open(&p->b);
	p->made = (struct ww_backup){
		.build = "wardwire 1", .made = 5000, .snapshot = 40, .last = 42, .last_ms = 4000
	};
	bench_ok(&p->b, ww_fs_mkdir(&ww_fs_real, &p->b.cx, below(p, "journal")));
	put(p, "source", "what a journal holds, and more");
	put(p, "blob", "a text");
	bench_ok(&p->b, ww_backup_add(&p->b.cx, &ww_fs_real, p->b.dir, &p->made, below(p, "source"),
	                    "journal/one", 20));
	bench_ok(&p->b, ww_backup_note(&p->b.cx, &ww_fs_real, p->b.dir, &p->made, "blob"));
	bench_ok(&p->b, ww_backup_end(&p->b.cx, &ww_fs_real, p->b.dir, &p->made));
}

static void
close_place(struct place *p)
{
	ck_assert_int_eq(system(ww_arena_printf(p->b.cx.arena, "rm -rf '%s'/*", p->b.dir).p), 0);
	bench_close(&p->b);
}

static ww_status
open_again(struct place *p, struct ww_backup *out)
{
	p->b.cx.fail = (struct ww_failure){ .status = WW_OK };
	return ww_backup_open(&p->b.cx, &ww_fs_real, p->b.dir, out);
}

START_TEST(reads_what_was_written)
{
	struct ww_backup b;
	struct place p;

	open_place(&p);
	ck_assert_int_eq(open_again(&p, &b), WW_OK);
	ck_assert_str_eq(b.build, "wardwire 1");
	ck_assert(b.made == 5000 && b.snapshot == 40 && b.last == 42 && b.last_ms == 4000);
	ck_assert_uint_eq(b.n, 2);
	ck_assert_str_eq(b.files[0].path, "journal/one");
	ck_assert_uint_eq(b.files[0].bytes, 20);
	ck_assert_str_eq(b.files[1].path, "blob");
	ck_assert_int_eq(ww_backup_verify(&p.b.cx, &ww_fs_real, p.b.dir, &b), WW_OK);
	close_place(&p);
}
END_TEST

START_TEST(names_the_file_that_is_another)
{
	struct ww_backup b;
	struct place p;

	open_place(&p);
	ck_assert_int_eq(open_again(&p, &b), WW_OK);
	put(&p, "blob", "a tExt");
	ck_assert_int_eq(ww_backup_verify(&p.b.cx, &ww_fs_real, p.b.dir, &b), WW_E_DAMAGED);
	ck_assert_str_eq(p.b.cx.fail.place, "blob");
	put(&p, "blob", "a text");
	ck_assert_int_eq(open_again(&p, &b), WW_OK);
	put(&p, "journal/one", "what a journal hold");
	ck_assert_int_eq(ww_backup_verify(&p.b.cx, &ww_fs_real, p.b.dir, &b), WW_E_DAMAGED);
	ck_assert_str_eq(p.b.cx.fail.place, "journal/one");
	ck_assert_int_eq(unlink(below(&p, "journal/one")), 0);
	ck_assert_int_eq(open_again(&p, &b), WW_OK);
	ck_assert_int_eq(ww_backup_verify(&p.b.cx, &ww_fs_real, p.b.dir, &b), WW_E_NOT_FOUND);
	close_place(&p);
}
END_TEST

START_TEST(is_no_backup_before_its_end)
{
	struct ww_backup b;
	struct place p;

	open_place(&p);
	ck_assert_int_eq(unlink(below(&p, WW_BACKUP_LIST)), 0);
	ck_assert_int_eq(open_again(&p, &b), WW_E_NOT_FOUND);
	close_place(&p);
}
END_TEST

/* Every byte of the list turned over, and the list cut anywhere. */
START_TEST(notices_any_change_of_the_list)
{
	struct ww_buf good = { 0 }, bad = { 0 };
	struct ww_backup b;
	struct place p;

	open_place(&p);
	bench_ok(&p.b, ww_fs_load(&ww_fs_real, &p.b.cx, below(&p, WW_BACKUP_LIST), 0, &good));
	for (size_t i = 0; i < good.n; i++) {
		int fd = open(below(&p, WW_BACKUP_LIST), O_WRONLY | O_TRUNC);

		ww_buf_clear(&bad);
		ww_buf_add(&bad, good.p, i % 2 == 0 ? good.n : i);
		if (i % 2 == 0)
			bad.p[i] = (char)(bad.p[i] ^ 1);
		ck_assert(fd >= 0 && write(fd, bad.p, bad.n) == (ssize_t)bad.n);
		close(fd);
		ck_assert_msg(open_again(&p, &b) == WW_E_DAMAGED, "byte %zu", i);
	}
	ww_buf_free(&good);
	ww_buf_free(&bad);
	close_place(&p);
}
END_TEST

/* A list that somebody made must not make restore read or write elsewhere. */
START_TEST(takes_no_path_out_of_the_folder)
{
	static const char *const paths[] = { "../x", "/etc/x", "journal/../../x", "a//b", "./x",
		"" };
	struct place p;

	open_place(&p);
	for (size_t i = 0; i < UNIT_COUNT(paths); i++) {
		struct ww_backup b, evil = p.made;
		struct ww_backup_file f = p.made.files[1];

		f.path = paths[i];
		evil.files = &f;
		evil.n = 1;
		bench_ok(&p.b, ww_backup_end(&p.b.cx, &ww_fs_real, p.b.dir, &evil));
		ck_assert_msg(open_again(&p, &b) == WW_E_DAMAGED, "%s", paths[i]);
		p.b.cx.fail = (struct ww_failure){ .status = WW_OK };
	}
	close_place(&p);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { reads_what_was_written, names_the_file_that_is_another,
		is_no_backup_before_its_end, notices_any_change_of_the_list,
		takes_no_path_out_of_the_folder };

	return unit_main("backup", tests, UNIT_COUNT(tests));
}
