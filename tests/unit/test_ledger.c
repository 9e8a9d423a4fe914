/* The stores behind the ledger seam: each test of the first part runs over SQLite and over memory. */
#include "tests/unit/ledgers.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

static void
dump(struct bench *b, struct ww_ledger *l, struct ww_buf *out)
{
	ww_buf_clear(out);
	bench_ok(b, ww_ledger_dump(l, &b->cx, out));
}

static void
put_person(struct bench *b, int64_t id, const char *family)
{
	struct ww_person p;

	ww_row_init(&ww_entity_person, &p);
	p.id = id;
	p.family = ww_str_from(family);
	bench_ok(b, ww_put(&b->l, &b->cx, person, &p));
}

/* "" when there is none. */
static ww_str
family_of(struct bench *b, struct ww_ledger *l, int64_t id)
{
	struct ww_person p;
	bool found = false;

	ww_row_init(&ww_entity_person, &p);
	p.id = id;
	bench_ok(b, ww_get(l, &b->cx, person, &p, &found));
	return found ? p.family : ww_str_empty();
}

ON_BOTH(every_field_of_every_entity_comes_back)
{
	size_t i, seed;

	for (i = 0; ww_entities[i] != NULL; i++) {
		const struct ww_entity *e = ww_entities[i];

		for (seed = 0; seed < 10; seed++) {
			void *row = new_row(e, seed, b->cx.arena);
			void *got = ww_arena_alloc(b->cx.arena, e->size);
			bool found = false;

			bench_ok(b, ww_ledger_put(&b->l, &b->cx, e, row));
			memcpy(got, row, e->size);
			bench_ok(b, ww_ledger_get(&b->l, &b->cx, e, got, &found));
			ck_assert(found);
			ck_assert_msg(ww_row_equal(e, row, got), "%s %zu", e->name, seed);
		}
	}
}

ON_BOTH(a_row_of_all_zero_comes_back_with_readable_texts)
{
	struct ww_outbox o;
	bool found = false;

	memset(&o, 0, sizeof(o));
	bench_ok(b, ww_put(&b->l, &b->cx, outbox, &o));
	memset(&o, 0, sizeof(o));
	bench_ok(b, ww_get(&b->l, &b->cx, outbox, &o, &found));
	ck_assert(found);
	ck_assert_ptr_nonnull(o.reason.p);
	ck_assert_uint_eq(o.reason.n, 0);
}

ON_BOTH(a_missing_row_leaves_the_callers_row_alone)
{
	struct ww_person p = { .id = 5, .demog_ms = 3 };
	bool found = true;

	bench_ok(b, ww_get(&b->l, &b->cx, person, &p, &found));
	ck_assert(!found);
	ck_assert_int_eq(p.id, 5);
	ck_assert_int_eq(p.demog_ms, 3);
}

ON_BOTH(texts_of_a_put_row_are_copied)
{
	char family[] = "before";

	put_person(b, 1, family);
	memset(family, 'x', sizeof(family) - 1);
	unit_str_is(family_of(b, &b->l, 1), "before");
}

/* Three rows share the index columns of seed 1, their keys and other fields differ. */
static void
find_by(struct bench *b, const struct ww_entity *e, const struct ww_index *ix)
{
	void *rows[5], *like = ww_arena_alloc(b->cx.arena, e->size);
	struct ww_rows found;
	size_t i;

	for (i = 0; i < UNIT_COUNT(rows); i++) {
		char *row = rows[i] = new_row(e, 10 + i, b->cx.arena);
		const char *one = new_row(e, i < 3 ? 1 : 2, b->cx.arena);
		size_t c;

		for (c = 0; c < 2; c++) {
			const struct ww_field *f = &e->fields[ix->f[c]];
			size_t n = f->type == WW_TYPE_STR ? sizeof(ww_str) : sizeof(int64_t);

			ck_assert(f->type != WW_TYPE_TIME);
			memcpy(row + f->at, one + f->at, n);
			if (i == 0)
				memcpy((char *)like + f->at, one + f->at, n);
		}
		if (e->fields[0].type == WW_TYPE_STR)
			ww_field_set_str(
			    &e->fields[0], row, ww_arena_printf(b->cx.arena, "%03zu", 100 - i));
		else
			ww_field_set_int(&e->fields[0], row, 100 - (int64_t)i);
		bench_ok(b, ww_ledger_put(&b->l, &b->cx, e, row));
	}
	bench_ok(b, ww_ledger_find(&b->l, &b->cx, e, ix->name, like, &found));
	ck_assert_msg(found.n == 3, "%s.%s: %zu", e->name, ix->name, found.n);
	for (i = 0; i < 3; i++)
		ck_assert(ww_row_equal(e, (char *)found.p + i * e->size, rows[2 - i]));
	for (i = 0; i < UNIT_COUNT(rows); i++)
		bench_ok(b, ww_ledger_remove(&b->l, &b->cx, e, rows[i]));
	bench_ok(b, ww_ledger_find(&b->l, &b->cx, e, ix->name, like, &found));
	ck_assert_uint_eq(found.n, 0);
}

ON_BOTH(every_index_finds_its_rows_in_key_order)
{
	const struct ww_index *ix;
	size_t i;

	for (i = 0; ww_entities[i] != NULL; i++)
		for (ix = ww_entities[i]->index; ix->name != NULL; ix++)
			find_by(b, ww_entities[i], ix);
}

ON_BOTH(an_index_of_two_columns_needs_both)
{
	struct ww_identifier id = { .id = 1, .system = WW_STR("a"), .value = WW_STR("b") };
	struct ww_rows found;

	bench_ok(b, ww_put(&b->l, &b->cx, identifier, &id));
	bench_ok(b, ww_find(&b->l, &b->cx, identifier, "by_value", &id, &found));
	ck_assert_uint_eq(found.n, 1);
	id.system = WW_STR("A");
	bench_ok(b, ww_find(&b->l, &b->cx, identifier, "by_value", &id, &found));
	ck_assert_uint_eq(found.n, 0);
	id.system = WW_STR("a");
	id.value = ww_str_empty();
	bench_ok(b, ww_find(&b->l, &b->cx, identifier, "by_value", &id, &found));
	ck_assert_uint_eq(found.n, 0);
}

ON_BOTH(numbers_are_ordered_by_value)
{
	static const int64_t ids[] = { 7, -1, INT64_MAX, 0, INT64_MIN, 70 };
	static const int64_t want[] = { INT64_MIN, -1, 0, 7, 70, INT64_MAX };
	struct ww_rows rows;
	size_t i;

	for (i = 0; i < UNIT_COUNT(ids); i++)
		put_person(b, ids[i], "x");
	bench_ok(b, ww_ledger_scan(&b->l, &b->cx, &ww_entity_person, 0, NULL, 0, &rows));
	ck_assert_uint_eq(rows.n, UNIT_COUNT(want));
	for (i = 0; i < rows.n; i++)
		ck_assert_int_eq(WW_ROW(&rows, person, i)->id, want[i]);
}

ON_BOTH(texts_are_ordered_by_their_bytes)
{
	static const ww_str names[] = { WW_STR_INIT("b"), WW_STR_INIT("a\0b"), WW_STR_INIT(""),
		WW_STR_INIT("\xc3\xa9"), WW_STR_INIT("a"), WW_STR_INIT("B"), WW_STR_INIT("ab") };
	static const ww_str want[] = { WW_STR_INIT(""), WW_STR_INIT("B"), WW_STR_INIT("a"),
		WW_STR_INIT("a\0b"), WW_STR_INIT("ab"), WW_STR_INIT("b"), WW_STR_INIT("\xc3\xa9") };
	struct ww_rows rows;
	size_t i;

	for (i = 0; i < UNIT_COUNT(names); i++) {
		struct ww_roster r;

		ww_row_init(&ww_entity_roster, &r);
		r.name = names[i];
		bench_ok(b, ww_put(&b->l, &b->cx, roster, &r));
	}
	bench_ok(b, ww_ledger_scan(&b->l, &b->cx, &ww_entity_roster, 0, NULL, 0, &rows));
	ck_assert_uint_eq(rows.n, UNIT_COUNT(want));
	for (i = 0; i < rows.n; i++)
		ck_assert(ww_str_eq(WW_ROW(&rows, roster, i)->name, want[i]));
}

ON_BOTH(a_scan_compares_the_first_columns_and_stops_at_the_limit)
{
	struct ww_event ev;
	struct ww_rows rows;
	int64_t i;

	for (i = 0; i < 30; i++) {
		ww_row_init(&ww_entity_event, &ev);
		ev.encounter = i % 3;
		ev.id = 100 - i;
		bench_ok(b, ww_put(&b->l, &b->cx, event, &ev));
	}
	ev.encounter = 1;
	bench_ok(b, ww_ledger_scan(&b->l, &b->cx, &ww_entity_event, 1, &ev, 0, &rows));
	ck_assert_uint_eq(rows.n, 10);
	for (i = 0; i < 10; i++) {
		ck_assert_int_eq(WW_ROW(&rows, event, i)->encounter, 1);
		ck_assert_int_eq(WW_ROW(&rows, event, i)->id, 72 + 3 * i);
	}
	bench_ok(b, ww_ledger_scan(&b->l, &b->cx, &ww_entity_event, 1, &ev, 4, &rows));
	ck_assert_uint_eq(rows.n, 4);
	ck_assert_int_eq(WW_ROW(&rows, event, 3)->id, 81);
	bench_ok(b, ww_ledger_scan(&b->l, &b->cx, &ww_entity_event, 0, NULL, 29, &rows));
	ck_assert_uint_eq(rows.n, 29);
	ev.encounter = 9;
	bench_ok(b, ww_ledger_scan(&b->l, &b->cx, &ww_entity_event, 1, &ev, 0, &rows));
	ck_assert_uint_eq(rows.n, 0);
}

ON_BOTH(a_long_list_is_read_page_by_page)
{
	struct ww_outbox row;
	struct ww_rows rows;
	ww_id seen = 0;
	int pages = 0;

	for (ww_id id = 1; id <= 100; id++) {
		ww_row_init(&ww_entity_outbox, &row);
		row.id = id * 7;
		row.state = id % 2 == 0 ? WW_outbox_state_DUE : WW_outbox_state_SETTLED;
		row.endpoint = id % 10 == 0 ? WW_STR("b") : WW_STR("a");
		bench_ok(b, ww_put(&b->l, &b->cx, outbox, &row));
	}
	row.state = WW_outbox_state_DUE;
	row.endpoint = WW_STR("a");
	row.id = 0;
	do {
		bench_ok(b, ww_ledger_after(
		                &b->l, &b->cx, &ww_entity_outbox, "by_endpoint", &row, 16, &rows));
		for (size_t i = 0; i < rows.n; i++) {
			const struct ww_outbox *r = WW_ROW(&rows, outbox, i);

			ck_assert_int_gt(r->id, row.id);
			ck_assert(r->id % 14 == 0 && r->id % 70 != 0);
			row.id = r->id;
			seen++;
		}
		pages++;
	} while (rows.n == 16);
	ck_assert_int_eq(seen, 40);
	ck_assert_int_eq(pages, 3);
	row.id = 56; /* the row itself is not behind itself */
	bench_ok(
	    b, ww_ledger_after(&b->l, &b->cx, &ww_entity_outbox, "by_endpoint", &row, 1, &rows));
	ck_assert_int_eq(WW_ROW(&rows, outbox, 0)->id, 84);
}

/* The ids of rows between two keys, each with its text: "a/1 b/1". */
static const char *
keys_between(struct bench *b, const char *from, const char *from_id, const char *to,
    const char *to_id, bool down, size_t limit)
{
	struct ww_resource_key low, high;
	struct ww_rows rows;
	const char *text = "";

	ww_row_init(&ww_entity_resource_key, &low);
	ww_row_init(&ww_entity_resource_key, &high);
	low.key = ww_str_from(from);
	low.id = ww_str_from(from_id);
	high.key = ww_str_from(to);
	high.id = ww_str_from(to_id);
	bench_ok(b, ww_ledger_between(
	                &b->l, &b->cx, &ww_entity_resource_key, &low, &high, down, limit, &rows));
	for (size_t i = 0; i < rows.n; i++) {
		const struct ww_resource_key *k = WW_ROW(&rows, resource_key, i);

		text = ww_arena_printf(b->cx.arena, "%s%s%.*s/%.*s", text, i > 0 ? " " : "",
		    WW_STR_FMT(k->key), WW_STR_FMT(k->id))
		           .p;
	}
	return text;
}

ON_BOTH(rows_between_two_keys_come_in_order_either_way)
{
	static const char *const keys[] = { "a", "b", "b", "b", "ba", "c\xc3\xa9", "d" };
	static const char *const ids[] = { "1", "1", "10", "2", "1", "1", "1" };

	for (size_t i = UNIT_COUNT(keys); i > 0; i--) {
		struct ww_resource_key k;

		ww_row_init(&ww_entity_resource_key, &k);
		k.key = ww_str_from(keys[i - 1]);
		k.id = ww_str_from(ids[i - 1]);
		bench_ok(b, ww_put(&b->l, &b->cx, resource_key, &k));
	}
	ck_assert_str_eq(keys_between(b, "b", "", "ba", "", false, 0), "b/1 b/10 b/2");
	ck_assert_str_eq(keys_between(b, "b", "", "c", "", false, 0), "b/1 b/10 b/2 ba/1");
	ck_assert_str_eq(keys_between(b, "b", "10", "c", "", false, 0), "b/2 ba/1");
	ck_assert_str_eq(keys_between(b, "", "", "z", "", false, 2), "a/1 b/1");
	ck_assert_str_eq(
	    keys_between(b, "a", "1", "d", "1", true, 0), "c\xc3\xa9/1 ba/1 b/2 b/10 b/1");
	ck_assert_str_eq(keys_between(b, "", "", "b", "2", true, 2), "b/10 b/1");
	ck_assert_str_eq(keys_between(b, "c", "", "b", "", false, 0), "");
}

ON_BOTH(a_part_of_rows_is_what_was_asked_for_and_no_more)
{
	static const size_t offsets[] = { offsetof(struct ww_problem, claim),
		offsetof(struct ww_problem, code), offsetof(struct ww_problem, onset) };
	const struct ww_entity *e = &ww_entity_problem;
	struct ww_part part = { .fields = ww_part_fields(e, offsets, 2) };
	const struct ww_stretch where = { .of = 7, .from = 2, .to = 5 };
	const struct ww_problem *row;
	struct ww_problem p;
	struct ww_rows rows;

	for (int64_t day = 1; day <= 6; day++) {
		ww_row_init(e, &p);
		p.person = 7;
		p.day = day;
		p.source = 100 + day;
		p.claim = day % 2 == 0 ? p.source : 0;
		p.code = WW_STR("I509");
		p.system = WW_STR("I10");
		p.encounter = 5;
		p.onset = (ww_time){ .ms = day, .prec = WW_PREC_DAY };
		bench_ok(b, ww_put(&b->l, &b->cx, problem, &p));
	}
	for (int64_t person = 6; person <= 8; person += 2) { /* neighbours */
		p.person = person;
		p.day = 3;
		bench_ok(b, ww_put(&b->l, &b->cx, problem, &p));
	}
	for (int again = 0; again < 2; again++) {
		bench_ok(b, ww_ledger_part(&b->l, &b->cx, e, &part, &where, &rows));
		ck_assert_uint_eq(rows.n, 4);
		row = WW_ROW(&rows, problem, 1);
		ck_assert(row->person == 7 && row->day == 3 && row->source == 103);
		ck_assert(row->claim == 0 && row->encounter == 0 && row->onset.ms == 0);
		unit_str_is(row->code, "I509");
		unit_str_is(row->system, "");
	}
	/* Another part, with a filter, of the same entity. */
	part = (struct ww_part){ .fields = ww_part_fields(e, offsets, 3), .filtered = true };
	while ((ww_part_fields(e, offsets, 1) >> part.field & 1) == 0)
		part.field++;
	bench_ok(b, ww_ledger_part(&b->l, &b->cx, e, &part, &where, &rows));
	ck_assert_uint_eq(rows.n, 2);
	ck_assert_int_eq(WW_ROW(&rows, problem, 0)->day, 3);
	ck_assert_int_eq(WW_ROW(&rows, problem, 1)->day, 5);
	ck_assert_int_eq(WW_ROW(&rows, problem, 1)->onset.ms, 5);
	part.value = 104;
	bench_ok(b, ww_ledger_part(&b->l, &b->cx, e, &part, &where, &rows));
	ck_assert_uint_eq(rows.n, 1);
	ck_assert_int_eq(WW_ROW(&rows, problem, 0)->claim, 104);
}

/* All zero but the last field of the key, which is n. */
static const void *
row_of(struct bench *b, const struct ww_entity *e, int n)
{
	static const char *const texts[] = { "", "a", "b", "c" };
	const struct ww_field *last = &e->fields[e->keys - 1];
	void *row = ww_arena_alloc(b->cx.arena, e->size);

	ww_row_init(e, row);
	if (last->type == WW_TYPE_STR)
		ww_field_set_str(last, row, ww_str_from(texts[n]));
	else
		ww_field_set_int(last, row, n);
	return row;
}

/* A store that had to sort would say so (WW_E_BUG). */
ON_BOTH(every_search_of_every_entity_goes_along_its_order)
{
	const struct ww_entity *e;

	for (size_t i = 0; (e = ww_entities[i]) != NULL; i++) {
		const void *low = row_of(b, e, 0), *high = row_of(b, e, 3);
		const struct ww_index *ix;
		struct ww_rows rows;

		for (int n = 2; n > 0; n--)
			bench_ok(b, ww_ledger_put(&b->l, &b->cx, e, row_of(b, e, n)));
		for (ix = e->index; ix->name != NULL; ix++)
			bench_ok(b, ww_ledger_find(&b->l, &b->cx, e, ix->name, low, &rows));
		for (size_t columns = 0; columns < e->keys; columns++) {
			bench_ok(b, ww_ledger_scan(&b->l, &b->cx, e, columns, low, 0, &rows));
			ck_assert_uint_eq(rows.n, 2);
		}
		for (int down = 0; down < 2; down++) {
			bench_ok(
			    b, ww_ledger_between(&b->l, &b->cx, e, low, high, down != 0, 0, &rows));
			ck_assert_uint_eq(rows.n, 2);
		}
	}
}

ON_BOTH(put_replaces_the_row_and_what_indexes_say_of_it)
{
	struct ww_message f;
	struct ww_rows rows;

	ww_row_init(&ww_entity_message, &f);
	f.seq = 1;
	f.encounter = 10;
	f.reason = WW_STR("admission/1");
	bench_ok(b, ww_put(&b->l, &b->cx, message, &f));
	f.encounter = 20;
	f.reason = ww_str_empty();
	bench_ok(b, ww_put(&b->l, &b->cx, message, &f));
	bench_ok(b, ww_find(&b->l, &b->cx, message, "by_encounter", &f, &rows));
	ck_assert_uint_eq(rows.n, 1);
	unit_str_is(WW_ROW(&rows, message, 0)->reason, "");
	f.encounter = 10;
	bench_ok(b, ww_find(&b->l, &b->cx, message, "by_encounter", &f, &rows));
	ck_assert_uint_eq(rows.n, 0);
}

ON_BOTH(a_row_found_can_be_put_back_changed)
{
	struct ww_rows rows;

	put_person(b, 1, "one");
	bench_ok(b, ww_ledger_scan(&b->l, &b->cx, &ww_entity_person, 0, NULL, 0, &rows));
	WW_ROW(&rows, person, 0)->given = WW_STR("two");
	bench_ok(b, ww_put(&b->l, &b->cx, person, WW_ROW(&rows, person, 0)));
	unit_str_is(family_of(b, &b->l, 1), "one");
}

ON_BOTH(remove_of_a_missing_row_does_nothing)
{
	struct ww_person p = { .id = 2 };

	put_person(b, 1, "one");
	bench_ok(b, ww_ledger_remove(&b->l, &b->cx, &ww_entity_person, &p));
	unit_str_is(family_of(b, &b->l, 1), "one");
	p.id = 1;
	bench_ok(b, ww_ledger_remove(&b->l, &b->cx, &ww_entity_person, &p));
	unit_str_is(family_of(b, &b->l, 1), "");
}

ON_BOTH(rollback_undoes_new_replaced_and_removed_rows)
{
	struct ww_buf before = { 0 }, after = { 0 };
	struct ww_person p = { .id = 2 };

	put_person(b, 1, "one");
	put_person(b, 2, "two");
	put_person(b, 3, "three");
	dump(b, &b->l, &before);
	bench_ok(b, ww_ledger_begin(&b->l, &b->cx));
	put_person(b, 1, "changed");
	put_person(b, 1, "changed again");
	bench_ok(b, ww_ledger_remove(&b->l, &b->cx, &ww_entity_person, &p));
	put_person(b, 2, "back");
	put_person(b, 4, "new");
	p.id = 4;
	bench_ok(b, ww_ledger_remove(&b->l, &b->cx, &ww_entity_person, &p));
	p.id = 3;
	bench_ok(b, ww_ledger_remove(&b->l, &b->cx, &ww_entity_person, &p));
	put_person(b, 5, "new");
	unit_str_is(family_of(b, &b->l, 1), "changed again");
	unit_str_is(family_of(b, &b->l, 3), "");
	ww_ledger_rollback(&b->l);
	dump(b, &b->l, &after);
	ck_assert(ww_str_eq(ww_buf_view(&before), ww_buf_view(&after)));
	ww_buf_free(&before);
	ww_buf_free(&after);
}

ON_BOTH(what_is_committed_stays_after_a_later_rollback)
{
	bench_ok(b, ww_ledger_begin(&b->l, &b->cx));
	put_person(b, 1, "one");
	put_person(b, 1, "two");
	bench_ok(b, ww_ledger_commit(&b->l, &b->cx));
	ww_ledger_rollback(&b->l);
	unit_str_is(family_of(b, &b->l, 1), "two");
	bench_ok(b, ww_ledger_begin(&b->l, &b->cx));
	ww_ledger_rollback(&b->l);
	unit_str_is(family_of(b, &b->l, 1), "two");
}

ON_BOTH(a_transaction_inside_another_is_a_bug)
{
	ck_assert_int_eq(ww_ledger_commit(&b->l, &b->cx), WW_E_BUG);
	bench_ok(b, ww_ledger_begin(&b->l, &b->cx));
	ck_assert_int_eq(ww_ledger_begin(&b->l, &b->cx), WW_E_BUG);
	bench_ok(b, ww_ledger_commit(&b->l, &b->cx));
	ck_assert_int_eq(ww_ledger_commit(&b->l, &b->cx), WW_E_BUG);
}

ON_BOTH(rows_beyond_the_arenas_limit_are_not_found_in_part)
{
	struct ww_ctx small = { .arena = ww_arena_new(4096) };
	struct ww_rows rows = { .n = 77 };
	int64_t i;

	for (i = 0; i < 100; i++)
		put_person(b, i, "long enough to be counted");
	ck_assert_int_eq(
	    ww_ledger_scan(&b->l, &small, &ww_entity_person, 0, NULL, 0, &rows), WW_E_LIMIT);
	ck_assert_uint_eq(rows.n, 77);
	ww_ctx_clear(&small);
	ck_assert_int_eq(
	    ww_ledger_scan(&b->l, &small, &ww_entity_person, 0, NULL, 3, &rows), WW_OK);
	ck_assert_uint_eq(rows.n, 3);
	ww_arena_free(small.arena);
}

/* Whatever the limit, a search fails cleanly or gives all. */
ON_BOTH(a_search_fails_cleanly_at_every_limit_of_the_arena)
{
	struct ww_rows rows = { .n = 0 };
	size_t limit = 16;
	int64_t i;

	for (i = 0; i < 12; i++)
		put_person(b, i, "one");
	while (rows.n == 0) {
		struct ww_ctx small = { .arena = ww_arena_new(limit) };
		ww_status s;

		s = ww_ledger_scan(&b->l, &small, &ww_entity_person, 0, NULL, 0, &rows);
		ck_assert_int_eq(s, rows.n == 0 ? WW_E_LIMIT : WW_OK);
		ww_arena_free(small.arena);
		limit += 16;
	}
	ck_assert_uint_eq(rows.n, 12);
}

ON_BOTH(closing_drops_an_open_transaction)
{
	bench_ok(b, ww_ledger_begin(&b->l, &b->cx));
	put_person(b, 1, "one");
	put_person(b, 1, "two");
	ww_ledger_close(&b->l);
	ww_ledger_close(&b->l);
}

ON_BOTH(a_hundred_thousand_rows_are_found_as_fast_as_a_few)
{
	struct ww_event ev;
	struct ww_rows rows;
	int64_t i;

	bench_ok(b, ww_ledger_begin(&b->l, &b->cx));
	for (i = 0; i < 100000; i++) {
		ww_row_init(&ww_entity_event, &ev);
		ev.encounter = i * 7919 % 20000;
		ev.id = i;
		bench_ok(b, ww_put(&b->l, &b->cx, event, &ev));
	}
	bench_ok(b, ww_ledger_commit(&b->l, &b->cx));
	for (i = 0; i < 20000; i++) {
		ev.encounter = i;
		bench_ok(b, ww_ledger_scan(&b->l, &b->cx, &ww_entity_event, 1, &ev, 0, &rows));
		ck_assert_uint_eq(rows.n, 5);
		ww_ctx_clear(&b->cx);
	}
}

static void
put_notice(struct bench *b, ww_id id, enum ww_outbox_state state)
{
	struct ww_outbox o;

	ww_row_init(&ww_entity_outbox, &o);
	o.id = id;
	o.state = state;
	bench_ok(b, ww_put(&b->l, &b->cx, outbox, &o));
}

ON_BOTH(rows_are_counted_by_a_coded_field)
{
	int64_t counts[16];
	size_t n;
	int i;

	bench_ok(b, ww_ledger_begin(&b->l, &b->cx));
	for (i = 1; i <= 100; i++)
		put_notice(b, i, i % 10 == 0 ? WW_outbox_state_PARKED : WW_outbox_state_DUE);
	put_notice(b, 1, WW_outbox_state_SETTLED);
	bench_ok(b, ww_ledger_commit(&b->l, &b->cx));
	bench_ok(b, ww_ledger_tally(&b->l, &b->cx, &ww_entity_outbox, "state", counts, 16));
	for (i = 0; i < 16; i++)
		ck_assert_int_eq(counts[i], i == WW_outbox_state_DUE ? 89
		                            : i == WW_outbox_state_PARKED
		                                ? 10
		                                : i == WW_outbox_state_SETTLED);
	bench_ok(b, ww_ledger_count(
	                &b->l, &b->cx, &ww_entity_outbox, "state", WW_outbox_state_DUE, 1000, &n));
	ck_assert_uint_eq(n, 89);
	bench_ok(b, ww_ledger_count(
	                &b->l, &b->cx, &ww_entity_outbox, "state", WW_outbox_state_DUE, 50, &n));
	ck_assert_uint_eq(n, 50);
	bench_ok(b, ww_ledger_count(&b->l, &b->cx, &ww_entity_outbox, "state",
	                WW_outbox_state_SUPPRESSED, 50, &n));
	ck_assert_uint_eq(n, 0);
}

/* -- dump ------------------------------------------------------------------------------------------ */

START_TEST(a_dump_has_a_line_for_every_row_with_its_entity)
{
	struct bench b;
	struct ww_buf out = { 0 };
	struct ww_cursor c = { .id = 1, .seq = 9 };

	bench_open(&b);
	bench_ok(&b, ww_ledger_memory(&b.cx, &b.l));
	put_person(&b, 2, "two");
	put_person(&b, 1, "one");
	bench_ok(&b, ww_put(&b.l, &b.cx, cursor, &c));
	dump(&b, &b.l, &out);
	unit_str_is(ww_buf_view(&out), "{\"cursor\":{\"id\":1,\"seq\":9}}\n"
	                               "{\"person\":{\"id\":1,\"family\":\"one\"}}\n"
	                               "{\"person\":{\"id\":2,\"family\":\"two\"}}\n");
	ww_buf_free(&out);
	bench_close(&b);
}
END_TEST

START_TEST(a_dump_larger_than_its_buffer_may_be_is_refused)
{
	struct bench b;
	struct ww_buf out = { .limit = 20 };

	bench_open(&b);
	bench_ok(&b, ww_ledger_memory(&b.cx, &b.l));
	put_person(&b, 2, "two");
	ck_assert_int_eq(ww_ledger_dump(&b.l, &b.cx, &out), WW_E_LIMIT);
	ck_assert_int_eq(b.cx.fail.status, WW_E_LIMIT);
	ww_buf_free(&out);
	bench_close(&b);
}
END_TEST

static uint32_t
random_below(uint32_t *state, uint32_t n)
{
	*state = *state * 1664525u + 1013904223u;
	return (*state >> 8) % n;
}

/* Gives the row what never changes of the row that is there. */
static void
take_fixed(struct bench *b, struct ww_ledger *l, const struct ww_entity *e, char *row)
{
	char *there = ww_arena_alloc(b->cx.arena, e->size);
	bool found = false;

	memcpy(there, row, e->size);
	bench_ok(b, ww_ledger_get(l, &b->cx, e, there, &found));
	for (size_t i = 0; found && i < e->n; i++) {
		const struct ww_field *f = &e->fields[i];

		if (f->fixed)
			memcpy(row + f->at, there + f->at,
			    f->type == WW_TYPE_STR ? sizeof(ww_str) : sizeof(int64_t));
	}
}

/* One change, the same on every ledger. Few keys, so that rows are replaced and removed often. */
static void
change(struct bench *b, struct ww_ledger *l, size_t n, uint32_t *state)
{
	const struct ww_entity *e = ww_entities[random_below(state, (uint32_t)n)];
	void *row = new_row(e, random_below(state, 12), b->cx.arena);
	size_t i, last = e->keys - 1;

	if (e->fields[last].type == WW_TYPE_ID)
		ww_field_set_int(&e->fields[last], row, (int64_t)random_below(state, 20));
	take_fixed(b, l, e, row);
	if (random_below(state, 3) == 0)
		bench_ok(b, ww_ledger_remove(l, &b->cx, e, row));
	else
		bench_ok(b, ww_ledger_put(l, &b->cx, e, row));
	for (i = 0; i < 3; i++)
		random_below(state, 2);
}

static void
change_at_random(struct bench *b, struct ww_ledger *l)
{
	size_t n = 0, i, k;
	uint32_t state = 42;

	while (ww_entities[n] != NULL)
		n++;
	for (i = 0; i < 60; i++) {
		bench_ok(b, ww_ledger_begin(l, &b->cx));
		for (k = 0; k < 50; k++)
			change(b, l, n, &state);
		if (random_below(&state, 3) == 0)
			ww_ledger_rollback(l);
		else
			bench_ok(b, ww_ledger_commit(l, &b->cx));
		ww_ctx_clear(&b->cx);
	}
}

START_TEST(the_same_changes_give_the_same_dump_in_every_store)
{
	struct bench b;
	struct ww_buf out[UNIT_COUNT(stores)] = { { 0 } };
	size_t i;

	bench_open(&b);
	for (i = 0; i < UNIT_COUNT(stores); i++) {
		bench_ok(&b, stores[i](&b, &b.l));
		change_at_random(&b, &b.l);
		dump(&b, &b.l, &out[i]);
		ww_ledger_close(&b.l);
	}
	ck_assert_uint_gt(ww_buf_view(&out[0]).n, 10000);
	ck_assert(ww_str_eq(ww_buf_view(&out[0]), ww_buf_view(&out[1])));
	for (i = 0; i < UNIT_COUNT(stores); i++)
		ww_buf_free(&out[i]);
	bench_close(&b);
}
END_TEST

/* -- failing --------------------------------------------------------------------------------------- */

START_TEST(the_nth_put_fails_and_its_transaction_cannot_be_committed)
{
	struct bench b;
	struct ww_ledger inner;
	struct ww_person p = { .id = 2 };

	bench_open(&b);
	bench_ok(&b, ww_ledger_memory(&b.cx, &inner));
	bench_ok(&b, ww_ledger_failing(&b.cx, inner, WW_E_FULL, 2, &b.l));
	bench_ok(&b, ww_ledger_begin(&b.l, &b.cx));
	put_person(&b, 1, "one");
	ck_assert_int_eq(ww_put(&b.l, &b.cx, person, &p), WW_E_FULL);
	ck_assert_int_eq(b.cx.fail.status, WW_E_FULL);
	ck_assert_int_eq(ww_ledger_commit(&b.l, &b.cx), WW_E_BUG);
	ww_ledger_rollback(&b.l);
	unit_str_is(family_of(&b, &b.l, 1), "");
	ww_ctx_clear(&b.cx);
	bench_ok(&b, ww_ledger_begin(&b.l, &b.cx));
	put_person(&b, 1, "one");
	put_person(&b, 2, "two");
	bench_ok(&b, ww_ledger_commit(&b.l, &b.cx));
	unit_str_is(family_of(&b, &b.l, 2), "two");
	bench_close(&b);
}
END_TEST

/* -- SQLite ---------------------------------------------------------------------------------------- */

START_TEST(rows_are_there_after_closing_and_opening)
{
	struct bench b;

	bench_open(&b);
	bench_ok(&b, bench_sqlite(&b, &b.l));
	put_person(&b, 1, "one");
	ww_ledger_close(&b.l);
	bench_ok(&b, bench_sqlite(&b, &b.l));
	unit_str_is(family_of(&b, &b.l, 1), "one");
	bench_close(&b);
}
END_TEST

START_TEST(a_reader_sees_committed_rows_only)
{
	struct bench b;
	struct ww_ledger r;

	bench_open(&b);
	bench_ok(&b, bench_sqlite(&b, &b.l));
	put_person(&b, 1, "one");
	bench_ok(&b, ww_ledger_sqlite(&b.cx, b.path, WW_LEDGER_READ, &r));
	bench_ok(&b, ww_ledger_begin(&b.l, &b.cx));
	put_person(&b, 1, "two");
	unit_str_is(family_of(&b, &r, 1), "one");
	bench_ok(&b, ww_ledger_commit(&b.l, &b.cx));
	unit_str_is(family_of(&b, &r, 1), "two");
	ww_ledger_close(&r);
	bench_close(&b);
}
END_TEST

START_TEST(a_readers_view_holds_from_begin_to_commit)
{
	struct bench b;
	struct ww_ledger r;

	bench_open(&b);
	bench_ok(&b, bench_sqlite(&b, &b.l));
	put_person(&b, 1, "one");
	bench_ok(&b, ww_ledger_sqlite(&b.cx, b.path, WW_LEDGER_READ, &r));
	bench_ok(&b, ww_ledger_begin(&r, &b.cx));
	put_person(&b, 1, "two");
	unit_str_is(family_of(&b, &r, 1), "one");
	put_person(&b, 1, "three");
	unit_str_is(family_of(&b, &r, 1), "one");
	bench_ok(&b, ww_ledger_commit(&r, &b.cx));
	unit_str_is(family_of(&b, &r, 1), "three");
	bench_ok(&b, ww_ledger_begin(&r, &b.cx));
	ww_ledger_rollback(&r);
	ww_ledger_close(&r);
	bench_close(&b);
}
END_TEST

START_TEST(a_reader_changes_nothing)
{
	struct bench b;
	struct ww_person p = { .id = 1 };

	bench_open(&b);
	bench_ok(&b, bench_sqlite(&b, &b.l));
	put_person(&b, 1, "one");
	ww_ledger_close(&b.l);
	bench_ok(&b, ww_ledger_sqlite(&b.cx, b.path, WW_LEDGER_READ, &b.l));
	ck_assert_int_eq(ww_put(&b.l, &b.cx, person, &p), WW_E_BUG);
	ck_assert_int_eq(ww_ledger_remove(&b.l, &b.cx, &ww_entity_person, &p), WW_E_BUG);
	unit_str_is(family_of(&b, &b.l, 1), "one");
	bench_close(&b);
}
END_TEST

static int64_t
wal_size(struct bench *b)
{
	char path[320];
	struct stat st;

	snprintf(path, sizeof(path), "%s-wal", b->path);
	ck_assert_int_eq(stat(path, &st), 0);
	return st.st_size;
}

static void
put_roster(struct bench *b, int64_t number, ww_str problem)
{
	struct ww_roster r;

	ww_row_init(&ww_entity_roster, &r);
	r.name = ww_arena_printf(b->cx.arena, "%lld", (long long)number);
	r.problem = problem;
	bench_ok(b, ww_put(&b->l, &b->cx, roster, &r));
}

START_TEST(the_wal_stays_small)
{
	static char text[100000];
	struct bench b;
	int64_t i;

	bench_open(&b);
	bench_ok(&b, bench_sqlite(&b, &b.l));
	for (i = 0; i < 1200; i++) {
		memset(text, 'a' + (int)(i % 23), sizeof(text)); /* never what is there already */
		put_roster(&b, i % 20, ww_str_of(text, sizeof(text)));
	}
	ck_assert_int_ge(wal_size(&b), 32 << 20);
	ck_assert_int_lt(wal_size(&b), 34 << 20);
	bench_close(&b);
}
END_TEST

/* The limit on the size of files makes the disk refuse. */
START_TEST(a_disk_that_refuses_is_reported_and_nothing_is_lost)
{
	static const char text[100000];
	struct bench b;
	struct rlimit limit = { 300000, RLIM_INFINITY };
	struct ww_roster r;
	bool found = true;
	ww_status s = WW_OK;
	int64_t i;

	signal(SIGXFSZ, SIG_IGN);
	bench_open(&b);
	bench_ok(&b, bench_sqlite(&b, &b.l));
	put_person(&b, 1, "one");
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	bench_ok(&b, ww_ledger_begin(&b.l, &b.cx));
	for (i = 0; i < 10; i++)
		put_roster(&b, i, ww_str_of(text, sizeof(text)));
	s = ww_ledger_commit(&b.l, &b.cx);
	ck_assert_int_eq(s, WW_E_IO);
	ck_assert_str_eq(b.cx.fail.place, "ledger");
	ck_assert_ptr_nonnull(strstr(b.cx.fail.reason, "disk I/O error"));
	ck_assert_int_eq(ww_ledger_commit(&b.l, &b.cx), WW_E_BUG);
	ww_ledger_rollback(&b.l);
	unit_str_is(family_of(&b, &b.l, 1), "one");
	ww_row_init(&ww_entity_roster, &r);
	r.name = WW_STR("0");
	bench_ok(&b, ww_get(&b.l, &b.cx, roster, &r, &found));
	ck_assert(!found);
	ww_ctx_clear(&b.cx);
	limit.rlim_cur = RLIM_INFINITY;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	put_person(&b, 2, "two");
	unit_str_is(family_of(&b, &b.l, 2), "two");
	bench_close(&b);
}
END_TEST

/* After the put that fails, the transaction is over: nothing that follows may slip in on its own. */
START_TEST(a_change_after_a_failed_change_is_a_bug)
{
	static const char text[100000];
	struct bench b;
	struct rlimit limit = { 3000000, RLIM_INFINITY }; /* well above the empty tables */
	struct ww_roster r;
	ww_status s = WW_OK;
	int64_t i;

	signal(SIGXFSZ, SIG_IGN);
	bench_open(&b);
	bench_ok(&b, bench_sqlite(&b, &b.l));
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	bench_ok(&b, ww_ledger_begin(&b.l, &b.cx));
	ww_row_init(&ww_entity_roster, &r);
	r.problem = ww_str_of(text, sizeof(text));
	for (i = 0; i < 1000 && s == WW_OK; i++) { /* until the page cache spills */
		r.name = ww_arena_printf(b.cx.arena, "%lld", (long long)i);
		s = ww_put(&b.l, &b.cx, roster, &r);
	}
	ck_assert_int_eq(s, WW_E_IO);
	ck_assert_int_eq(ww_put(&b.l, &b.cx, roster, &r), WW_E_BUG);
	ck_assert_int_eq(ww_ledger_commit(&b.l, &b.cx), WW_E_BUG);
	ww_ledger_rollback(&b.l);
	ww_ctx_clear(&b.cx);
	put_person(&b, 1, "one");
	bench_close(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		every_field_of_every_entity_comes_back,
		a_row_of_all_zero_comes_back_with_readable_texts,
		a_missing_row_leaves_the_callers_row_alone,
		texts_of_a_put_row_are_copied,
		every_index_finds_its_rows_in_key_order,
		an_index_of_two_columns_needs_both,
		numbers_are_ordered_by_value,
		texts_are_ordered_by_their_bytes,
		a_scan_compares_the_first_columns_and_stops_at_the_limit,
		a_long_list_is_read_page_by_page,
		rows_between_two_keys_come_in_order_either_way,
		a_part_of_rows_is_what_was_asked_for_and_no_more,
		every_search_of_every_entity_goes_along_its_order,
		put_replaces_the_row_and_what_indexes_say_of_it,
		a_row_found_can_be_put_back_changed,
		remove_of_a_missing_row_does_nothing,
		rollback_undoes_new_replaced_and_removed_rows,
		what_is_committed_stays_after_a_later_rollback,
		a_transaction_inside_another_is_a_bug,
		rows_beyond_the_arenas_limit_are_not_found_in_part,
		a_search_fails_cleanly_at_every_limit_of_the_arena,
		closing_drops_an_open_transaction,
		a_hundred_thousand_rows_are_found_as_fast_as_a_few,
		rows_are_counted_by_a_coded_field,
		a_dump_has_a_line_for_every_row_with_its_entity,
		a_dump_larger_than_its_buffer_may_be_is_refused,
		the_same_changes_give_the_same_dump_in_every_store,
		the_nth_put_fails_and_its_transaction_cannot_be_committed,
		rows_are_there_after_closing_and_opening,
		a_reader_sees_committed_rows_only,
		a_readers_view_holds_from_begin_to_commit,
		a_reader_changes_nothing,
		the_wal_stays_small,
		a_disk_that_refuses_is_reported_and_nothing_is_lost,
		a_change_after_a_failed_change_is_a_bug,
	};

	return unit_main("ledger", tests, UNIT_COUNT(tests));
}
