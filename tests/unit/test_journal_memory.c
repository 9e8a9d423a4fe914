/* The journal in memory and the one that fails keep the promises of the seam. */
#include "journal_fixture.h"

START_TEST(numbers_and_keeps_records)
{
	struct fixture f;
	struct ww_journal_state st;
	uint64_t first, seq, i;

	fixture_open(&f);
	ck_assert_int_eq(ww_journal_memory(&f.cx, &f.j), WW_OK);
	ck_assert_uint_eq(fixture_read(&f, 0, NULL), 0);
	for (i = 0; i < 100; i++) {
		ck_assert_int_eq(fixture_append(&f, 3 * i + 1, 3, 40, &first), WW_OK);
		ck_assert_uint_eq(first, 3 * i + 1);
	}
	for (i = 1; i <= 300; i++) {
		ck_assert_uint_eq(fixture_read(&f, i, &seq), i);
		ck_assert_uint_eq(seq, i);
	}
	ck_assert_uint_eq(fixture_read(&f, 0, NULL), 1);
	ck_assert_uint_eq(fixture_read(&f, 301, NULL), 0);
	st = fixture_state(&f);
	ck_assert_uint_eq(st.first, 1);
	ck_assert_uint_eq(st.last, 300);
	ck_assert_uint_eq(st.next, 301);
	ck_assert_uint_eq(st.records, 300);
	fixture_close(&f);
}
END_TEST

START_TEST(keeps_its_own_copy_of_a_body)
{
	struct fixture f;
	char text[] = "first";
	struct ww_record r = { .kind = WW_REC_TICK, .body = ww_str_from(text) };
	bool found;

	fixture_open(&f);
	ck_assert_int_eq(ww_journal_memory(&f.cx, &f.j), WW_OK);
	ck_assert_int_eq(ww_journal_append(&f.j, &f.cx, &r, 1), WW_OK);
	text[0] = 'w';
	ck_assert_int_eq(ww_journal_read(&f.j, &f.cx, 1, &r, &found), WW_OK);
	ck_assert(found);
	unit_str_is(r.body, "first");
	fixture_close(&f);
}
END_TEST

START_TEST(says_when_the_arena_is_too_small)
{
	struct fixture f;
	struct ww_ctx small = { .arena = ww_arena_new(100) };
	struct ww_record r;
	bool found;

	fixture_open(&f);
	ck_assert_int_eq(ww_journal_memory(&f.cx, &f.j), WW_OK);
	ck_assert_int_eq(fixture_append(&f, 1, 1, 500, NULL), WW_OK);
	ck_assert_int_eq(ww_journal_read(&f.j, &small, 1, &r, &found), WW_E_LIMIT);
	ck_assert(!found);
	ww_arena_free(small.arena);
	fixture_close(&f);
}
END_TEST

START_TEST(fails_the_appends_it_was_told_to)
{
	struct fixture f;
	struct ww_journal inner;
	uint64_t first;

	fixture_open(&f);
	ck_assert_int_eq(ww_journal_memory(&f.cx, &inner), WW_OK);
	ck_assert_int_eq(ww_journal_failing(&f.cx, inner, WW_E_FULL, 2, 3, &f.j), WW_OK);
	ck_assert_int_eq(fixture_append(&f, 1, 1, 10, &first), WW_OK);
	ck_assert_int_eq(fixture_append(&f, 2, 1, 10, &first), WW_E_FULL);
	ck_assert_int_eq(f.cx.fail.status, WW_E_FULL);
	ck_assert_int_eq(fixture_append(&f, 2, 1, 10, &first), WW_E_FULL);
	ck_assert_int_eq(fixture_append(&f, 2, 1, 10, &first), WW_OK);
	ck_assert_uint_eq(first, 2);
	ck_assert_uint_eq(fixture_read(&f, 2, NULL), 2);
	ck_assert_uint_eq(fixture_state(&f).records, 2);
	fixture_close(&f);
}
END_TEST

START_TEST(answers_for_a_journal_that_is_not_open)
{
	struct fixture f;
	struct ww_journal none = { .ops = NULL };
	static const struct ww_journal_ops no_ops = { .name = "nothing" };
	struct ww_journal lame = { .ops = &no_ops };
	struct ww_record r = { .kind = WW_REC_TICK };
	struct ww_journal_state st;
	bool found;

	fixture_open(&f);
	ck_assert_int_eq(ww_journal_append(&none, &f.cx, &r, 1), WW_E_BUG);
	ck_assert_int_eq(ww_journal_read(&none, &f.cx, 1, &r, &found), WW_E_BUG);
	ck_assert_int_eq(ww_journal_append(&lame, &f.cx, &r, 1), WW_E_BUG);
	ck_assert_int_eq(ww_journal_read(&lame, &f.cx, 1, &r, &found), WW_E_BUG);
	ww_journal_state(&none, &st);
	ck_assert_uint_eq(st.records, 0);
	ww_journal_close(&none);
	ww_journal_close(&lame);
	fixture_close(&f);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		numbers_and_keeps_records,
		keeps_its_own_copy_of_a_body,
		says_when_the_arena_is_too_small,
		fails_the_appends_it_was_told_to,
		answers_for_a_journal_that_is_not_open,
	};

	return unit_main("journal_memory", tests, UNIT_COUNT(tests));
}
