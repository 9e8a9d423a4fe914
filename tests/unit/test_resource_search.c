/* Search keys of resources, queries as ranges of them, and searches over both stores. */
#include "tests/unit/ledgers.h"

#include "model/resource_query.h"
#include "store/resource_search.h"

#include <wardwire/json.h>

#include <string.h>

/* -- rows ------------------------------------------------------------------------------------------- */

static ww_str
keys_of(struct bench *b, const char *json, int64_t updated)
{
	struct ww_json *tree = NULL;
	ww_str keys;

	bench_ok(b, ww_json_parse(&b->cx, ww_str_from(json), &tree));
	bench_ok(b, ww_resource_keys(&b->cx, tree, updated, &keys));
	return keys;
}

static void
keep(struct bench *b, const char *feed, const char *type, const char *id, int64_t updated,
    const char *json)
{
	struct ww_resource r;
	ww_str keys = keys_of(b, json, updated);

	ww_row_init(&ww_entity_resource, &r);
	r.feed = ww_str_from(feed);
	r.type = ww_str_from(type);
	r.id = ww_str_from(id);
	r.version = 1;
	r.updated_ms = updated;
	r.keys = keys;
	bench_ok(b, ww_put(&b->l, &b->cx, resource, &r));
	while (keys.n > 0) {
		struct ww_resource_key k;

		ww_row_init(&ww_entity_resource_key, &k);
		k.key = ww_resource_key_text(&b->cx, r.feed, r.type, ww_str_cut(keys, '\n', &keys));
		k.id = r.id;
		bench_ok(b, ww_put(&b->l, &b->cx, resource_key, &k));
	}
}

/* One page: ids with a blank between, '+' at the end when there may be more. */
static const char *
page(struct bench *b, const char *type, const char *query, bool newest, size_t limit,
    struct ww_resource_place *at)
{
	struct ww_resource_query q;
	struct ww_rows rows;
	const char *text = "";
	bool more;

	bench_ok(b, ww_resource_query_read(&b->cx, ww_str_from(type), ww_str_from(query), &q));
	ck_assert_msg(q.unknown.n == 0, "unknown: %.*s", WW_STR_FMT(q.unknown));
	bench_ok(
	    b, ww_resource_search(&b->l, &b->cx, WW_STR("f"), &q, newest, limit, at, &rows, &more));
	for (size_t i = 0; i < rows.n; i++)
		text = ww_arena_printf(b->cx.arena, "%s%s%.*s", text, i > 0 ? " " : "",
		    WW_STR_FMT(WW_ROW(&rows, resource, i)->id))
		           .p;
	return more ? ww_arena_printf(b->cx.arena, "%s+", text).p : text;
}

static const char *
all(struct bench *b, const char *type, const char *query)
{
	struct ww_resource_place at = { ww_str_empty(), ww_str_empty() };

	return page(b, type, query, false, 100, &at);
}

/* -- keys ------------------------------------------------------------------------------------------- */

START_TEST(values_become_lines_that_sort)
{
	struct bench b = { .cx = { .arena = ww_arena_new(0) } };
	ww_str keys = keys_of(&b,
	    "{\"resourceType\":\"Encounter\",\"identifier\":[{\"system\":\"urn:a|b\",\"value\":\"x|"
	    "y\\\\z\"},"
	    "{\"value\":\"v\"}],\"class\":{\"system\":\"urn:c\",\"code\":\"IMP\"},\"subject\":"
	    "{\"reference\":\"http://a.example/fhir/Patient/7/_history/"
	    "3\",\"identifier\":{\"system\":"
	    "\"urn:m\",\"value\":\"M1\"}},\"period\":{\"start\":\"2026-03\"},\"location\":[{"
	    "\"location\":"
	    "{\"reference\":\"Location/1\"}},{\"location\":{\"reference\":\"#c\"}},{\"location\":"
	    "{\"reference\":\"Location/1\"}},{\"location\":{\"reference\":\"urn:uuid:5\"}}]}",
	    0);

	unit_str_is(keys, "_lastUpdated 062135596800000 062135596800000\n"
	                  "class IMP|urn:c\n"
	                  "date 063907920000000 999999999999999\n"
	                  "date~ 999999999999999 063907920000000\n"
	                  "identifier v|\n"
	                  "identifier x\\|y\\\\z|urn:a|b\n"
	                  "location Location/1\n"
	                  "location urn:uuid:5\n"
	                  "subject Patient/7\n"
	                  "subject:identifier M1|urn:m\n");
	ww_arena_free(b.cx.arena);
}
END_TEST

START_TEST(spans_follow_the_precision)
{
	static const struct {
		const char *date;
		int64_t low, high;
	} rows[] = {
		{ "1970", 0, INT64_C(31535999999) },
		{ "1970-02", INT64_C(2678400000), INT64_C(5097599999) },
		{ "1969-12", INT64_C(-2678400000), -1 },
		{ "1969-12-31", -86400000, -1 },
		{ "1970-01-01T00:00:01Z", 1000, 1999 },
		{ "1970-01-01T01:00:01+01:00", 1000, 1999 },
		{ "1970-01-01T00:00:01.250Z", 1250, 1250 },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		int64_t low, high;

		ck_assert(ww_key_span(ww_str_from(rows[i].date), &low, &high));
		ck_assert_msg(low == rows[i].low && high == rows[i].high, "%s: %lld %lld",
		    rows[i].date, (long long)low, (long long)high);
	}
}
END_TEST

/* -- queries ---------------------------------------------------------------------------------------- */

START_TEST(refuses_what_no_value_can_be)
{
	static const struct {
		const char *query, *place;
	} rows[] = {
		{ "date=2026-13-01", "date" },
		{ "date=", "date" },
		{ "status:exact=x", "status" },
		{ "subject:below=x", "subject" },
		{ "_id:not=x", "_id" },
		{ "status=a,,b", "status" },
		{ "status:missing=x", "status" },
		{ "status:missing=true,false", "status" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_ctx cx = { .arena = ww_arena_new(0) };
		struct ww_resource_query q;

		ck_assert_int_eq(ww_resource_query_read(
		                     &cx, WW_STR("Encounter"), ww_str_from(rows[i].query), &q),
		    WW_E_VALUE);
		ck_assert_str_eq(cx.fail.place, rows[i].place);
		ww_arena_free(cx.arena);
	}
}
END_TEST

START_TEST(tells_what_it_does_not_know_from_what_is_not_its_own)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_resource_query q;

	ck_assert_int_eq(ww_resource_query_read(&cx, WW_STR("Encounter"),
	                     WW_STR("?_count=5&&nonsense=1&status=a&_sort=-x%0Ay"), &q),
	    WW_OK);
	unit_str_is(q.rest, "_count=5\n_sort=-x y\n");
	unit_str_is(q.unknown, "nonsense\n");
	ck_assert_uint_eq(q.n, 1);
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(takes_no_more_criteria_and_values_than_it_has_room_for)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_resource_query q;
	struct ww_buf many = { 0 };

	for (int i = 0; i <= WW_CRITERIA_MOST; i++)
		ww_buf_cstr(&many, "status=x&");
	ck_assert_int_eq(
	    ww_resource_query_read(&cx, WW_STR("Encounter"), ww_buf_view(&many), &q), WW_E_LIMIT);
	ww_ctx_clear(&cx);
	ww_buf_clear(&many);
	ww_buf_cstr(&many, "name=x");
	for (int i = 0; i < WW_CRITERION_VALUES_MOST; i++)
		ww_buf_cstr(&many, ",x");
	ck_assert_int_eq(
	    ww_resource_query_read(&cx, WW_STR("Patient"), ww_buf_view(&many), &q), WW_E_LIMIT);
	ww_buf_free(&many);
	ww_arena_free(cx.arena);
}
END_TEST

/* -- searches --------------------------------------------------------------------------------------- */

ON_BOTH(tokens_are_found_by_value_and_system)
{
	static const struct {
		const char *query, *want;
	} rows[] = {
		{ "identifier=v1", "1 2 3" },
		{ "identifier=urn:a%7Cv1", "1" },
		{ "identifier=%7Cv1", "3" },
		{ "identifier=urn:a%7C", "1 4" },
		{ "identifier=urn:a|v1,urn:b|v1", "1 2" },
		{ "identifier=v", "" },
		{ "identifier=V1", "" },
		{ "identifier=v2\\,x", "4" },
		{ "identifier=v1&active=true", "1" },
		{ "active:not=true", "2 3 4" },
		{ "identifier=v1&active:not=true", "2 3" },
		{ "active:missing=true", "3 4" },
		{ "active:missing=false", "2 1" },
		{ "identifier=v1&active:missing=false", "1 2" },
		{ "name:missing=true&_id=2", "2" },
		{ "_id=3,1,9", "1 3" },
		{ "_id=1&active=false", "" },
	};

	keep(b, "f", "Organization", "1", 1,
	    "{\"resourceType\":\"Organization\",\"active\":true,\"identifier\":[{\"system\":\"urn:"
	    "a\","
	    "\"value\":\"v1\"}]}");
	keep(b, "f", "Organization", "2", 2,
	    "{\"resourceType\":\"Organization\",\"active\":false,\"identifier\":[{\"system\":\"urn:"
	    "b\","
	    "\"value\":\"v1\"}]}");
	keep(b, "f", "Organization", "3", 3,
	    "{\"resourceType\":\"Organization\",\"identifier\":[{\"value\":\"v1\"}]}");
	keep(b, "f", "Organization", "4", 4,
	    "{\"resourceType\":\"Organization\",\"identifier\":[{\"system\":\"urn:a\",\"value\":"
	    "\"v2,x\"}]}");
	keep(b, "g", "Organization", "5", 5,
	    "{\"resourceType\":\"Organization\",\"identifier\":[{\"system\":\"urn:a\",\"value\":"
	    "\"v1\"}]}");
	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		const char *got = all(b, "Organization", rows[i].query);

		/* Of one value in several systems the order is that of the systems. */
		if (strcmp(rows[i].query, "identifier=v1") == 0)
			ck_assert_str_eq(got, "3 1 2");
		else if (strcmp(rows[i].query, "identifier=v1&active:not=true") == 0)
			ck_assert_str_eq(got, "3 2");
		else
			ck_assert_msg(strcmp(got, rows[i].want) == 0, "%s: %s", rows[i].query, got);
	}
}

ON_BOTH(references_and_texts_are_found)
{
	static const struct {
		const char *type, *query, *want;
	} rows[] = {
		{ "Encounter", "patient=Patient/1", "a" },
		{ "Encounter", "patient=1", "a" },
		{ "Encounter", "subject:Patient=1", "a" },
		{ "Encounter", "subject=https://x.example/fhir/Patient/1", "a" },
		{ "Encounter", "subject:Group=1", "" },
		{ "Encounter", "patient:missing=false", "a b" },
		{ "Encounter", "patient:missing=true", "" },
		{ "Encounter", "subject:identifier=urn:m%7CM7", "b" },
		{ "Patient", "family=o%27b", "p" },
		{ "Patient", "name=JOHN%20%20p", "p" },
		{ "Patient", "given=ohn", "" },
		{ "Patient", "phone=555", "p" },
		{ "Patient", "telecom=email|555", "" },
	};

	keep(b, "f", "Encounter", "a", 1,
	    "{\"resourceType\":\"Encounter\",\"subject\":{\"reference\":\"Patient/1\"}}");
	keep(b, "f", "Encounter", "b", 2,
	    "{\"resourceType\":\"Encounter\",\"subject\":{\"identifier\":{\"system\":\"urn:m\","
	    "\"value\":\"M7\"}}}");
	keep(b, "f", "Patient", "p", 3,
	    "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"O'Brien\",\"given\":[\"John  "
	    "Paul\","
	    "\"G\"]}],\"telecom\":[{\"system\":\"phone\",\"value\":\"555\"}]}");
	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		const char *got = all(b, rows[i].type, rows[i].query);

		ck_assert_msg(strcmp(got, rows[i].want) == 0, "%s: %s", rows[i].query, got);
	}
}

/* Spans from 1 to 4: March 2, March 2 to 5, from March 4 on, all of 2025. */
ON_BOTH(dates_are_compared_as_spans)
{
	static const struct {
		const char *query, *want;
	} rows[] = {
		{ "date=2026-03-02", "1" },
		{ "date=2026-03", "1 2" },
		{ "date=ne2026-03", "3 4" },
		{ "date=ge2026-03-04", "2 3" },
		{ "date=gt2026-03-05", "3" },
		{ "date=lt2026-03-02", "4" },
		{ "date=le2026-03-02", "4 1 2" },
		{ "date=sa2026-03-02", "3" },
		{ "date=eb2026-03-02", "4" },
		{ "date=ap2026-03-03", "2" },
		{ "date=ge2026-03-02&date=lt2026-03-04", "1 2" },
		{ "date=gt2026-03-05T12:00:00Z", "2 3" },
		{ "date=gt2026-03-05T12:00:00-12:00", "3" },
		{ "date=eq2026-03-02T00:00:00+00:00", "" },
	};
	static const char *const periods[] = {
		"\"start\":\"2026-03-02\",\"end\":\"2026-03-02\"",
		"\"start\":\"2026-03-02\",\"end\":\"2026-03-05\"",
		"\"start\":\"2026-03-04\"",
		"\"start\":\"2025\",\"end\":\"2025\"",
	};

	for (size_t i = 0; i < UNIT_COUNT(periods); i++)
		keep(b, "f", "Encounter", ww_arena_printf(b->cx.arena, "%zu%c", i + 1, 0).p,
		    (int64_t)i,
		    ww_arena_printf(b->cx.arena,
		        "{\"resourceType\":\"Encounter\",\"period\":{%s}}%c", periods[i], 0)
		        .p);
	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		const char *got = all(b, "Encounter", rows[i].query);

		ck_assert_msg(strcmp(got, rows[i].want) == 0, "%s: %s", rows[i].query, got);
	}
}

/* Page by page it is what it is at once, whatever the size of a page; nothing twice. */
ON_BOTH(pages_make_up_the_whole)
{
	static const char *const queries[] = { "", "status=finished", "class=A,B,C",
		"status:not=planned", "_lastUpdated=ge1970-01-01", "_id=11,12,13,14,15" };

	for (int i = 0; i < 30; i++)
		keep(b, "f", "Encounter", ww_arena_printf(b->cx.arena, "%d%c", 10 + i, 0).p,
		    1000 * (i / 2),
		    ww_arena_printf(b->cx.arena,
		        "{\"resourceType\":\"Encounter\",\"status\":\"%s\",\"class\":{\"code\":\"%"
		        "c\"}}%c",
		        i % 3 == 0 ? "planned" : "finished", 'A' + i % 4, 0)
		        .p);
	for (size_t q = 0; q < UNIT_COUNT(queries); q++) {
		for (int newest = 0; newest < 2; newest++) {
			struct ww_resource_place at = { ww_str_empty(), ww_str_empty() };
			const char *whole = page(b, "Encounter", queries[q], newest, 100, &at);

			for (size_t limit = 1; limit <= 7; limit += 3) {
				const char *sum = "";
				bool more = true;

				at = (struct ww_resource_place){ ww_str_empty(), ww_str_empty() };
				for (int i = 0; more && i < 40; i++) {
					const char *got =
					    page(b, "Encounter", queries[q], newest, limit, &at);
					size_t n = strlen(got);

					more = n > 0 && got[n - 1] == '+';
					sum = ww_arena_printf(b->cx.arena, "%s%s%.*s%c", sum,
					    sum[0] != '\0' ? " " : "", (int)(more ? n - 1 : n), got,
					    0)
					          .p;
				}
				ck_assert_msg(strcmp(sum, whole) == 0, "%s %d %zu: %s, not %s",
				    queries[q], newest, limit, sum, whole);
			}
		}
	}
}

ON_BOTH(the_newest_come_first_when_that_is_asked)
{
	struct ww_resource_place at = { ww_str_empty(), ww_str_empty() };

	keep(b, "f", "Encounter", "a", 3000, "{\"resourceType\":\"Encounter\",\"status\":\"x\"}");
	keep(b, "f", "Encounter", "b", 1000, "{\"resourceType\":\"Encounter\",\"status\":\"x\"}");
	keep(b, "f", "Encounter", "c", 2000, "{\"resourceType\":\"Encounter\",\"status\":\"y\"}");
	ck_assert_str_eq(page(b, "Encounter", "", true, 2, &at), "a c+");
	ck_assert_str_eq(page(b, "Encounter", "", true, 2, &at), "b");
	at = (struct ww_resource_place){ ww_str_empty(), ww_str_empty() };
	ck_assert_str_eq(page(b, "Encounter", "status=x", true, 5, &at), "a b");
}

int
main(void)
{
	const TTest *const tests[] = {
		values_become_lines_that_sort,
		spans_follow_the_precision,
		refuses_what_no_value_can_be,
		tells_what_it_does_not_know_from_what_is_not_its_own,
		takes_no_more_criteria_and_values_than_it_has_room_for,
		tokens_are_found_by_value_and_system,
		references_and_texts_are_found,
		dates_are_compared_as_spans,
		pages_make_up_the_whole,
		the_newest_come_first_when_that_is_asked,
	};

	return unit_main("resource_search", tests, UNIT_COUNT(tests));
}
