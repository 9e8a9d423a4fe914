/* The stores that keep nothing. */
#include "unit.h"

#include "store/store.h"

START_TEST(the_null_journal_numbers_what_it_forgets)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_record r[2] = { { .kind = WW_REC_TICK }, { .kind = WW_REC_TICK } }, back;
	struct ww_journal_state st;
	struct ww_journal j;
	bool found = true;

	ck_assert_int_eq(ww_journal_null(&cx, &j), WW_OK);
	ck_assert_int_eq(ww_journal_append(&j, &cx, r, 2), WW_OK);
	ck_assert_uint_eq(r[0].seq, 1);
	ck_assert_uint_eq(r[1].seq, 2);
	ck_assert_int_eq(ww_journal_read(&j, &cx, 1, &back, &found), WW_OK);
	ck_assert(!found);
	ww_journal_state(&j, &st);
	ck_assert_uint_eq(st.next, 3);
	ck_assert_uint_eq(st.records, 0);
	ww_journal_close(&j);
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(the_null_ledger_takes_a_row_and_finds_none)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_person p;
	struct ww_ledger l;
	bool found = true;

	ww_ledger_null(&l);
	ww_row_init(&ww_entity_person, &p);
	p.id = 1;
	ck_assert_int_eq(ww_ledger_begin(&l, &cx), WW_OK);
	ck_assert_int_eq(ww_put(&l, &cx, person, &p), WW_OK);
	ck_assert_int_eq(ww_ledger_commit(&l, &cx), WW_OK);
	ck_assert_int_eq(ww_get(&l, &cx, person, &p, &found), WW_OK);
	ck_assert(!found);
	ww_ledger_close(&l);
	ww_arena_free(cx.arena);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { the_null_journal_numbers_what_it_forgets,
		the_null_ledger_takes_a_row_and_finds_none };

	return unit_main("null", tests, UNIT_COUNT(tests));
}
