/* Statuses, and what travels with them: the first failure of a context, ids, log lines. */
#include "unit.h"

#include <wardwire/ctx.h>
#include <wardwire/log.h>
#include <wardwire/status.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

START_TEST(maps_a_status_to_all_its_codes)
{
	ck_assert_int_eq(WW_OK, 0);
	ck_assert_str_eq(ww_status_name(WW_E_REQUIRED), "E_REQUIRED");
	ck_assert_str_eq(ww_status_text(WW_E_REQUIRED), "a required element is missing");
	ck_assert_str_eq(ww_status_fhir(WW_E_REQUIRED), "required");
	ck_assert_int_eq(ww_status_hl7(WW_E_REQUIRED), 101);
	ck_assert_int_eq(ww_status_number(WW_E_REQUIRED), 205);
	ck_assert_int_eq(ww_status_class(WW_E_REQUIRED), WW_PERMANENT);
	ck_assert_int_eq(ww_status_class(WW_OK), WW_DONE);
	ck_assert_int_eq(ww_status_class(WW_E_MEMORY), WW_TRANSIENT);
	ck_assert_int_eq(ww_status_class(WW_E_BUG), WW_BUG);
}
END_TEST

START_TEST(gives_every_status_a_number_of_its_own)
{
	int i, j;

	for (i = 0; i < WW_STATUS_COUNT; i++) {
		ck_assert_uint_gt(strlen(ww_status_text((ww_status)i)), 0);
		for (j = 0; j < i; j++)
			ck_assert_int_ne(
			    ww_status_number((ww_status)i), ww_status_number((ww_status)j));
	}
}
END_TEST

START_TEST(keeps_the_first_failure)
{
	struct ww_ctx cx = { 0 };

	ck_assert_int_eq(ww_fail(&cx, WW_E_VALUE, "PID-7", "date of %d bytes", 7), WW_E_VALUE);
	ck_assert_int_eq(ww_fail(&cx, WW_E_IO, NULL, "%s", "later"), WW_E_IO);
	ck_assert_int_eq(cx.fail.status, WW_E_VALUE);
	ck_assert_str_eq(cx.fail.place, "PID-7");
	ck_assert_str_eq(cx.fail.reason, "date of 7 bytes");
	ww_ctx_clear(&cx);
	ck_assert_int_eq(cx.fail.status, WW_OK);
	(void)ww_fail(&cx, WW_E_IO, NULL, "%500d", 1);
	ck_assert_str_eq(cx.fail.place, "");
	ck_assert_uint_eq(strlen(cx.fail.reason), sizeof(cx.fail.reason) - 1);
}
END_TEST

START_TEST(tells_a_limit_from_a_machine_without_memory)
{
	struct ww_ctx cx = { .arena = ww_arena_new(16) };

	ck_assert_int_eq(ww_fail_memory(&cx), WW_E_MEMORY);
	ww_ctx_clear(&cx);
	ck_assert_ptr_null(ww_arena_alloc(cx.arena, 17));
	ck_assert_int_eq(ww_fail_memory(&cx), WW_E_LIMIT);
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(hands_out_the_same_ids_for_the_same_record)
{
	struct ww_ctx cx = { .seq = 17 };
	ww_id first = ww_ctx_id(&cx), second = ww_ctx_id(&cx), typed;
	char text[32];

	snprintf(text, sizeof(text), WW_ID_FMT, WW_ID_ARG(second));
	ck_assert_str_eq(text, "17.2");
	ck_assert(ww_id_parse(ww_str_from(text), &typed));
	ck_assert_int_eq(typed, second);
	ww_ctx_clear(&cx);
	ck_assert_int_eq(ww_ctx_id(&cx), first);
}
END_TEST

START_TEST(hands_out_no_more_ids_than_a_record_has)
{
	struct ww_ctx cx = { .seq = 1 };
	int i;

	for (i = 0; i < 65535; i++)
		ck_assert_int_ne(ww_ctx_id(&cx), 0);
	ck_assert_int_eq(ww_ctx_id(&cx), 0);
	ck_assert_int_eq(cx.fail.status, WW_E_LIMIT);
}
END_TEST

START_TEST(reads_ids_as_they_are_shown)
{
	static const char *const bad[] = { "", ".", "17.", ".3", "17.65536", "17.3.1", "0", "0.0",
		"-1", "140737488355328", "17.x" };
	ww_id id = 5;
	size_t i;

	for (i = 0; i < UNIT_COUNT(bad); i++)
		ck_assert_msg(!ww_id_parse(ww_str_from(bad[i]), &id), "%s", bad[i]);
	ck_assert_int_eq(id, 5);
	ck_assert(ww_id_parse(WW_STR("17"), &id));
	ck_assert_int_eq(id, 17 << 16);
	ck_assert(ww_id_parse(WW_STR("140737488355327.65535"), &id));
	ck_assert_int_eq(id, INT64_MAX);
}
END_TEST

/* What ww_log writes goes into a pipe from now on. */
static int
catch_log(void)
{
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
	close(ends[1]);
	return ends[0];
}

START_TEST(logs_one_line_with_time_and_level)
{
	int fd = catch_log();
	char line[256];
	ssize_t n;

	errno = EAGAIN;
	ww_log(WW_LOG_DEBUG, "event=%s", "hidden");
	ww_log(WW_LOG_WARN, "journal=%d dest=%s", 17, "lab");
	ck_assert_int_eq(errno, EAGAIN);
	n = read(fd, line, sizeof(line) - 1);
	ck_assert_int_gt(n, 0);
	line[n] = '\0';
	ck_assert_str_eq(
	    line + strlen("ts=2026-03-02T10:15:00Z"), " level=warn journal=17 dest=lab\n");
	ck_assert_int_eq(strncmp(line, "ts=20", 5), 0);
	ck_assert_int_eq(line[13], 'T');
	ck_assert_int_eq(line[22], 'Z');
}
END_TEST

START_TEST(keeps_a_log_line_one_line_whatever_is_in_it)
{
	static char text[5000], line[8192];
	int fd = catch_log();
	ssize_t n;

	memset(text, 'x', sizeof(text) - 1);
	text[10] = '\n';
	text[11] = '\x1b';
	ww_log_set_level(WW_LOG_ERROR);
	ww_log(WW_LOG_WARN, "hidden=1");
	ww_log(WW_LOG_ERROR, "what=%s", text);
	n = read(fd, line, sizeof(line));
	ck_assert_int_gt(n, 1000);
	ck_assert_int_lt(n, 4096);
	ck_assert_ptr_eq(memchr(line, '\n', (size_t)n), line + n - 1);
	ck_assert_ptr_null(memchr(line, '\x1b', (size_t)n));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		maps_a_status_to_all_its_codes,
		gives_every_status_a_number_of_its_own,
		keeps_the_first_failure,
		tells_a_limit_from_a_machine_without_memory,
		hands_out_the_same_ids_for_the_same_record,
		hands_out_no_more_ids_than_a_record_has,
		reads_ids_as_they_are_shown,
		logs_one_line_with_time_and_level,
		keeps_a_log_line_one_line_whatever_is_in_it,
	};

	return unit_main("status", tests, UNIT_COUNT(tests));
}
