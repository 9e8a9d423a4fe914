/* The descriptions of the internal model and what is done with them. */
#include "tests/unit/ledgers.h"

#include <wardwire/json.h>
#include <wardwire/model.h>

#include "model/model_json.h"

START_TEST(every_coded_value_has_its_text)
{
	ck_assert_str_eq(ww_encounter_status_text(WW_encounter_status_IN_PROGRESS), "in-progress");
	ck_assert_str_eq(ww_resource_type_text(WW_resource_type_TASK), "Task");
	ck_assert_str_eq(ww_disposition_text(0), "new");
}
END_TEST

START_TEST(a_value_outside_its_range_is_a_question_mark)
{
	ck_assert_str_eq(ww_flag_kind_text(-1), "?");
	ck_assert_str_eq(ww_flag_kind_text(ww_flag_kind_count), "?");
	ck_assert_str_eq(ww_flag_kind_text(INT64_MAX), "?");
}
END_TEST

/* Stores compare, find and order by "the first fields": the key must be them. Times have no order that
 * the stores agree on, so they are in no key. */
START_TEST(the_key_of_every_entity_is_its_first_fields)
{
	size_t i, k;

	for (i = 0; ww_entities[i] != NULL; i++) {
		const struct ww_entity *e = ww_entities[i];

		ck_assert_msg(e->keys > 0, "%s has no key", e->name);
		for (k = 0; k < e->n; k++)
			ck_assert_msg(
			    e->fields[k].key == (k < e->keys), "%s.%s", e->name, e->fields[k].name);
	}
}
END_TEST

START_TEST(every_index_names_fields_of_its_entity_and_its_list_ends)
{
	size_t i, k;

	for (i = 0; ww_entities[i] != NULL; i++) {
		const struct ww_entity *e = ww_entities[i];

		for (k = 0; e->index[k].name != NULL; k++) {
			ck_assert(k < WW_INDEX_MAX);
			ck_assert(e->index[k].f[0] < e->n);
			ck_assert(e->index[k].f[1] < e->n);
			ck_assert_ptr_eq(ww_entity_index(e, e->index[k].name), &e->index[k]);
		}
	}
	ck_assert_ptr_null(ww_entity_cursor.index[0].name);
	ck_assert_str_eq(ww_entity_outbox.index[3].name, "by_key");
	ck_assert_str_eq(
	    ww_entity_identifier.fields[ww_entity_identifier.index[0].f[1]].name, "value");
	ck_assert_ptr_null(ww_entity_outbox.index[5].name);
}
END_TEST

START_TEST(fields_lie_where_their_struct_has_them)
{
	struct ww_event ev = { .id = 7, .class_ = WW_encounter_class_ED };
	const struct ww_entity *e = &ww_entity_event;

	ck_assert_str_eq(e->fields[1].name, "id");
	ck_assert_int_eq(ww_field_int(&e->fields[1], &ev), 7);
	ck_assert_str_eq(e->fields[8].name, "class_");
	ck_assert_str_eq(e->fields[8].text(ww_field_int(&e->fields[8], &ev)), "emergency");
	ck_assert_str_eq(e->fields[2].source, "MSH-9.2");
}
END_TEST

START_TEST(a_fresh_row_is_zero_with_readable_texts)
{
	struct ww_person p;

	memset(&p, 0xff, sizeof(p));
	ww_row_init(&ww_entity_person, &p);
	ck_assert_int_eq(p.id, 0);
	ck_assert_ptr_nonnull(p.family.p);
	ck_assert_uint_eq(p.family.n, 0);
	ck_assert(!ww_time_known(p.birth));
}
END_TEST

START_TEST(a_kept_row_outlives_the_texts_it_was_made_from)
{
	struct ww_arena *a = ww_arena_new(0);
	char text[] = "Sample";
	struct ww_person p;

	ww_row_init(&ww_entity_person, &p);
	p.family = ww_str_from(text);
	ck_assert(ww_row_keep(&ww_entity_person, &p, a));
	memset(text, '?', sizeof(text));
	unit_str_is(p.family, "Sample");
	unit_str_is(p.given, "");
	ww_arena_free(a);
}
END_TEST

START_TEST(a_row_too_large_for_the_arena_is_not_kept)
{
	struct ww_arena *a = ww_arena_new(64);
	static const char text[200];
	struct ww_person p;

	ww_row_init(&ww_entity_person, &p);
	p.family = ww_str_of(text, sizeof(text));
	ck_assert(!ww_row_keep(&ww_entity_person, &p, a));
	ck_assert_int_eq(ww_arena_status(a), WW_E_LIMIT);
	ww_arena_free(a);
}
END_TEST

/* Changes one field after the other: each must make a difference. */
START_TEST(rows_differ_by_any_one_field)
{
	struct ww_arena *a = ww_arena_new(0);
	size_t i, k;

	for (i = 0; ww_entities[i] != NULL; i++) {
		const struct ww_entity *e = ww_entities[i];
		char *one = new_row(e, 1, a), *same = new_row(e, 1, a), *two = new_row(e, 2, a);

		ck_assert(ww_row_equal(e, one, same));
		for (k = 0; k < e->n; k++) {
			size_t at = e->fields[k].at;
			size_t n = (k + 1 < e->n ? e->fields[k + 1].at : e->size) - at;
			char *row = new_row(e, 1, a);

			memcpy(row + at, two + at, n);
			ck_assert_msg(
			    !ww_row_equal(e, one, row), "%s.%s", e->name, e->fields[k].name);
		}
	}
	ww_arena_free(a);
}
END_TEST

START_TEST(rows_differ_by_precision_offset_and_flags_of_a_time)
{
	struct ww_person a = { .birth = { .ms = 5, .offset = 1, .prec = WW_PREC_DAY } }, b = a;

	ck_assert(ww_row_equal(&ww_entity_person, &a, &b));
	b.birth.prec = WW_PREC_MIN;
	ck_assert(!ww_row_equal(&ww_entity_person, &a, &b));
	b = a;
	b.birth.offset = -1;
	ck_assert(!ww_row_equal(&ww_entity_person, &a, &b));
	b = a;
	b.birth.flags = WW_TIME_ASSUMED;
	ck_assert(!ww_row_equal(&ww_entity_person, &a, &b));
}
END_TEST

/* -- JSON ----------------------------------------------------------------------------------------- */

static void
json_is(const struct ww_entity *e, const void *row, const char *want)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_buf b = { 0 };

	ck_assert_int_eq(ww_json_write(&cx, ww_row_json(&cx, e, row), false, &b), WW_OK);
	unit_str_is(ww_buf_view(&b), want);
	ww_buf_free(&b);
	ww_arena_free(cx.arena);
}

START_TEST(json_leaves_out_what_says_nothing)
{
	struct ww_person p;

	ww_row_init(&ww_entity_person, &p);
	json_is(&ww_entity_person, &p, "{}");
	p.id = 65537;
	p.given = WW_STR("Ann");
	json_is(&ww_entity_person, &p, "{\"id\":65537,\"given\":\"Ann\"}");
}
END_TEST

START_TEST(json_writes_times_at_their_precision_and_codes_as_text)
{
	struct ww_encounter e;

	ww_row_init(&ww_entity_encounter, &e);
	e.status = WW_encounter_status_ONLEAVE;
	e.class_ = WW_encounter_class_OB;
	e.start = (ww_time){ .ms = INT64_C(1772464500000), .offset = -300, .prec = WW_PREC_SEC };
	e.end = (ww_time){ .ms = INT64_C(1772409600000), .prec = WW_PREC_DAY };
	json_is(&ww_entity_encounter, &e,
	    "{\"status\":\"onleave\",\"class\":\"obstetrics\","
	    "\"start\":\"2026-03-02T10:15:00-05:00\",\"end\":\"2026-03-02\"}");
}
END_TEST

START_TEST(json_keeps_every_digit_of_an_id)
{
	struct ww_cursor c;

	ww_row_init(&ww_entity_cursor, &c);
	c.id = INT64_C(9007199254740993);
	c.seq = INT64_MIN;
	c.now_ms = INT64_MAX;
	json_is(&ww_entity_cursor, &c,
	    "{\"id\":9007199254740993,\"seq\":-9223372036854775808,"
	    "\"now_ms\":9223372036854775807}");
}
END_TEST

START_TEST(json_that_does_not_fit_the_arena_fails_when_written)
{
	struct ww_arena *a = ww_arena_new(0);
	struct ww_ctx cx = { .arena = ww_arena_new(256) };
	struct ww_buf b = { 0 };
	void *row = new_row(&ww_entity_outbox, 4, a);

	ck_assert_int_eq(
	    ww_json_write(&cx, ww_row_json(&cx, &ww_entity_outbox, row), false, &b), WW_E_LIMIT);
	ww_buf_free(&b);
	ww_arena_free(cx.arena);
	ww_arena_free(a);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		every_coded_value_has_its_text,
		a_value_outside_its_range_is_a_question_mark,
		the_key_of_every_entity_is_its_first_fields,
		every_index_names_fields_of_its_entity_and_its_list_ends,
		fields_lie_where_their_struct_has_them,
		a_fresh_row_is_zero_with_readable_texts,
		a_kept_row_outlives_the_texts_it_was_made_from,
		a_row_too_large_for_the_arena_is_not_kept,
		rows_differ_by_any_one_field,
		rows_differ_by_precision_offset_and_flags_of_a_time,
		json_leaves_out_what_says_nothing,
		json_writes_times_at_their_precision_and_codes_as_text,
		json_keeps_every_digit_of_an_id,
		json_that_does_not_fit_the_arena_fails_when_written,
	};

	return unit_main("model", tests, UNIT_COUNT(tests));
}
