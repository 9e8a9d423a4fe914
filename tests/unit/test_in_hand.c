/* The page that outlives the process and says which record it died with. */
#include "tests/unit/unit.h"

#include "store/in_hand.h"

#include <wardwire/ctx.h>

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[] = "/tmp/wardwire-in-hand-XXXXXX";
static char path[sizeof(dir) + 8];
static struct ww_ctx cx;

static void
enter(void)
{
	ck_assert_ptr_nonnull(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/page", dir);
}

static void
leave(void)
{
	(void)unlink(path);
	(void)rmdir(dir);
}

static struct ww_in_hand *
opened(void)
{
	struct ww_in_hand *h = NULL;

	ck_assert_int_eq(ww_in_hand_open(&cx, path, &h), WW_OK);
	return h;
}

/* A process that is killed with that record in hand, the records before it passed. */
static void
die_with(uint64_t seq)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		struct ww_in_hand *h; /* and no word to Check from a process that is cut off */

		if (ww_in_hand_open(&cx, path, &h) != WW_OK)
			_exit(1);
		ww_in_hand_take(h, seq - 1);
		ww_in_hand_take(h, 0);
		ww_in_hand_passed(h, seq - 1);
		ww_in_hand_take(h, seq);
		(void)raise(SIGKILL);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status));
}

static uint64_t
deadly(void)
{
	struct ww_in_hand *h = opened();
	uint64_t seq = ww_in_hand_deadly(h);

	ww_in_hand_close(h);
	return seq;
}

START_TEST(names_the_record_of_two_deaths_in_a_row)
{
	struct stat st;

	enter();
	die_with(17);
	ck_assert_uint_eq(deadly(), 0);
	die_with(17);
	ck_assert_uint_eq(deadly(), 17);
	ck_assert_uint_eq(deadly(), 17); /* until it is dealt with */
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0600);
	leave();
}
END_TEST

START_TEST(forgets_what_was_dealt_with)
{
	struct ww_in_hand *h;

	enter();
	die_with(17);
	die_with(17);
	h = opened();
	ww_in_hand_forget(h);
	ww_in_hand_close(h);
	ck_assert_uint_eq(deadly(), 0);
	die_with(17);
	ck_assert_uint_eq(deadly(), 0);
	leave();
}
END_TEST

START_TEST(blames_no_record_for_the_death_of_another)
{
	enter();
	die_with(17);
	die_with(18);
	ck_assert_uint_eq(deadly(), 0);
	die_with(17);
	ck_assert_uint_eq(deadly(), 0);
	die_with(17);
	ck_assert_uint_eq(deadly(), 17);
	leave();
}
END_TEST

START_TEST(forgets_a_death_once_the_record_has_passed)
{
	struct ww_in_hand *h;

	enter();
	die_with(17);
	h = opened();
	ww_in_hand_passed(h, 16);
	ww_in_hand_take(h, 17);
	ww_in_hand_take(h, 0);
	ww_in_hand_passed(h, 17);
	ww_in_hand_close(h);
	die_with(17);
	ck_assert_uint_eq(deadly(), 0);
	leave();
}
END_TEST

START_TEST(counts_no_end_in_order)
{
	enter();
	for (int i = 0; i < 3; i++) {
		struct ww_in_hand *h = opened();

		ww_in_hand_take(h, 17);
		ww_in_hand_close(h);
	}
	ck_assert_uint_eq(deadly(), 0);
	leave();
}
END_TEST

START_TEST(takes_a_file_that_is_none_of_its_own_for_a_new_one)
{
	static const char *const texts[] = { "", "x",
		"0123456789012345678901234567890123456789012345" };

	enter();
	for (size_t i = 0; i < UNIT_COUNT(texts); i++) {
		FILE *f = fopen(path, "w");

		ck_assert_ptr_nonnull(f);
		ck_assert_int_ge(fputs(texts[i], f), 0);
		ck_assert_int_eq(fclose(f), 0);
		ck_assert_uint_eq(deadly(), 0);
		die_with(17);
		die_with(17);
		ck_assert_uint_eq(deadly(), 17);
	}
	leave();
}
END_TEST

START_TEST(fails_where_there_can_be_no_file)
{
	struct ww_in_hand *h = NULL;

	enter();
	ck_assert_int_eq(ww_in_hand_open(&cx, "/nowhere/page", &h), WW_E_IO);
	ck_assert_ptr_null(h);
	/* And those who have none need not ask. */
	ck_assert_uint_eq(ww_in_hand_deadly(NULL), 0);
	ww_in_hand_take(NULL, 1);
	ww_in_hand_passed(NULL, 1);
	ww_in_hand_close(NULL);
	leave();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		names_the_record_of_two_deaths_in_a_row,
		forgets_what_was_dealt_with,
		blames_no_record_for_the_death_of_another,
		forgets_a_death_once_the_record_has_passed,
		counts_no_end_in_order,
		takes_a_file_that_is_none_of_its_own_for_a_new_one,
		fails_where_there_can_be_no_file,
	};

	return unit_main("in_hand", tests, UNIT_COUNT(tests));
}
