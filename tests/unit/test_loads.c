/* Batches of resources on the control socket: what a line may be, and the record that comes of each resource. */
#include "config_fixture.h"
#include "unit.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include "main/loads.h"
#include "model/record.h"

#include <string.h>

#define FEED                                                                                       \
	"data: d\nlisteners:\n  - {name: a, mllp: \"127.0.0.1:0\"}\nfeeds:\n  - {name: payer, "    \
	"on: a}\n"
#define ITEM "{\"type\":\"Claim\",\"id\":\"c1\",\"text\":\"{}\"}"

static struct ww_load_batch batch;

static ww_status
read_line(const char *line)
{
	struct ww_json *v = NULL;

	takes(FEED);
	ck_assert_msg(ww_json_parse(&cx, ww_str_from(line), &v) == WW_OK, "%s", line);
	return ww_load_read(&cx, v, config, &batch);
}

START_TEST(reads_back_the_line_that_it_writes)
{
	struct ww_load_item items[] = {
		{ WW_STR("Claim"), WW_STR("c1"), WW_STR("{\"resourceType\":\"Claim\"}") },
		{ WW_STR("Patient"), WW_STR("p-1"), WW_STR("\"\\\n\t\xc3\xa9") },
	};
	struct ww_load_batch b = { .feed = WW_STR("payer"), .items = items, .n = 2 };
	struct ww_buf text = { 0 };

	takes(FEED);
	ck_assert_int_eq(ww_json_write(&cx, ww_load_line(&cx, &b), false, &text), WW_OK);
	ww_buf_byte(&text, '\0'); /* read_line begins with an empty arena */
	ck_assert_int_eq(read_line(ww_buf_view(&text).p), WW_OK);
	ww_buf_free(&text);
	ck_assert_uint_eq(batch.n, 2);
	unit_str_is(batch.feed, "payer");
	unit_str_is(batch.items[0].type, "Claim");
	unit_str_is(batch.items[1].id, "p-1");
	unit_str_is(batch.items[1].text, "\"\\\n\t\xc3\xa9");
}
END_TEST

START_TEST(refuses_what_is_no_batch)
{
	ck_assert_int_eq(read_line("{\"load\":\"other\",\"items\":[" ITEM "]}"), WW_E_FEED);
	ck_assert_int_eq(read_line("{\"load\":1,\"items\":[" ITEM "]}"), WW_E_FEED);
	ck_assert_int_eq(read_line("{\"load\":\"payer\"}"), WW_E_LIMIT);
	ck_assert_int_eq(read_line("{\"load\":\"payer\",\"items\":[]}"), WW_E_LIMIT);
	ck_assert_int_eq(read_line("{\"load\":\"payer\",\"items\":[" ITEM ",7]}"), WW_E_VALUE);
	ck_assert_int_eq(
	    read_line("{\"load\":\"payer\",\"items\":[{\"type\":\"Claim\",\"text\":\"{}\"}]}"),
	    WW_E_VALUE);
	ck_assert_int_eq(read_line("{\"load\":\"payer\",\"items\":[" ITEM "]}"), WW_OK);
}
END_TEST

/* As many as there may be, and one more. */
START_TEST(limits_how_many_and_how_large)
{
	struct ww_buf line = { 0 };

	for (size_t n = WW_LOAD_MOST; n <= WW_LOAD_MOST + 1; n++) {
		ww_buf_clear(&line);
		ww_buf_cstr(&line, "{\"load\":\"payer\",\"items\":[" ITEM);
		for (size_t i = 1; i < n; i++)
			ww_buf_cstr(&line, "," ITEM);
		ww_buf_cstr(&line, "]}");
		ww_buf_byte(&line, '\0');
		ck_assert_int_eq(
		    read_line(ww_buf_view(&line).p), n == WW_LOAD_MOST ? WW_OK : WW_E_LIMIT);
	}
	for (size_t n = WW_LOAD_BYTES; n <= WW_LOAD_BYTES + 1; n++) {
		ww_buf_clear(&line);
		ww_buf_cstr(&line,
		    "{\"load\":\"payer\",\"items\":[{\"type\":\"T\",\"id\":\"1\",\"text\":\"");
		for (size_t i = 0; i < n; i++)
			ww_buf_byte(&line, 'x');
		ww_buf_cstr(&line, "\"}]}");
		ww_buf_byte(&line, '\0');
		ck_assert_int_eq(
		    read_line(ww_buf_view(&line).p), n == WW_LOAD_BYTES ? WW_OK : WW_E_VALUE);
	}
	ww_buf_free(&line);
}
END_TEST

START_TEST(the_record_is_a_request_of_the_feed)
{
	struct ww_rec_request r;
	struct ww_buf body = { 0 };

	ck_assert_int_eq(read_line("{\"load\":\"payer\",\"items\":[" ITEM "]}"), WW_OK);
	ww_load_record(&batch, 0, &body);
	ck_assert_int_eq(ww_rec_request_read(&cx, ww_buf_view(&body), &r), WW_OK);
	unit_str_is(r.feed, "payer");
	unit_str_is(r.interaction, "load");
	unit_str_is(r.type, "Claim");
	unit_str_is(r.id, "c1");
	unit_str_is(r.format, "json");
	unit_str_is(r.raw, "{}");
	unit_str_is(r.client, "");
	ww_buf_free(&body);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		reads_back_the_line_that_it_writes,
		refuses_what_is_no_batch,
		limits_how_many_and_how_large,
		the_record_is_a_request_of_the_feed,
	};

	return unit_main("loads", tests, UNIT_COUNT(tests));
}
