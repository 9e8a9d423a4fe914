/* Bodies of journal records: what is written comes back, and nothing else is taken for it. */
#include "tests/unit/unit.h"

#include "model/record.h"

#include <string.h>

static struct ww_ctx cx;
static struct ww_buf body;

static void
start(void)
{
	ww_ctx_clear(&cx);
	ww_buf_clear(&body);
}

/* A message and an outcome have all that the others have: texts, numbers, and both mixed. */
static const struct ww_rec_outcome full = {
	.outbox = 17 << 16 | 3,
	.attempt = INT64_MAX,
	.revision = -1,
	.verb = 0,
	.result = -INT64_MAX,
	.http = 412,
	.remote_id = WW_STR_INIT("a/b\0c"),
	.etag = WW_STR_INIT("W/\"1\""),
	.reason = WW_STR_INIT(""),
};

static void
outcome_equals(const struct ww_rec_outcome *a, const struct ww_rec_outcome *b)
{
	ck_assert(a->outbox == b->outbox && a->attempt == b->attempt);
	ck_assert(a->revision == b->revision && a->verb == b->verb);
	ck_assert(a->result == b->result && a->http == b->http);
	ck_assert(ww_str_eq(a->remote_id, b->remote_id) && ww_str_eq(a->etag, b->etag));
	ck_assert(ww_str_eq(a->reason, b->reason));
}

START_TEST(reads_what_it_wrote)
{
	struct ww_rec_outcome back;
	struct ww_rec_message in = { WW_STR("feed"), WW_STR("10.0.0.1:2575"),
		WW_STR("MSH|^~\\&|\r\0\xff") },
	                      out;

	start();
	ww_rec_outcome_write(&full, &body);
	ck_assert_int_eq(ww_rec_outcome_read(&cx, ww_buf_view(&body), &back), WW_OK);
	outcome_equals(&full, &back);
	start();
	ww_rec_message_write(&in, &body);
	ck_assert_int_eq(ww_rec_message_read(&cx, ww_buf_view(&body), &out), WW_OK);
	ck_assert(ww_str_eq(in.raw, out.raw) && ww_str_eq(in.feed, out.feed));
	/* Slices of the body: nothing was copied. */
	ck_assert(out.raw.p > body.p && out.raw.p + out.raw.n == body.p + body.n);
}
END_TEST

START_TEST(has_the_form_that_is_documented)
{
	static const char want[] = "\x04\0\0\0mill\x02\0\0\0ab";
	struct ww_rec_roster in = { .name = WW_STR("mill"), .blob = WW_STR("ab") };

	start();
	ww_rec_roster_write(&in, &body);
	ck_assert(ww_str_eq(ww_buf_view(&body), ww_str_of(want, sizeof(want) - 1)));
}
END_TEST

/* An older build wrote fewer fields; a newer one may write more. */
START_TEST(takes_missing_fields_at_the_end_as_empty)
{
	struct ww_rec_outcome back;
	struct ww_rec_config config;
	ww_str whole;

	start();
	ck_assert_int_eq(ww_rec_outcome_read(&cx, ww_str_empty(), &back), WW_OK);
	ck_assert(back.outbox == 0 && back.http == 0 && back.etag.n == 0);
	ww_rec_outcome_write(&full, &body);
	whole = ww_buf_view(&body);
	/* reason is empty and so the last four bytes */
	ck_assert_int_eq(ww_rec_outcome_read(&cx, ww_str_sub(whole, 0, whole.n - 4), &back), WW_OK);
	outcome_equals(&full, &back);
	ck_assert_int_eq(ww_rec_config_read(&cx, whole, &config), WW_OK);
}
END_TEST

START_TEST(refuses_a_body_cut_anywhere_else)
{
	size_t cuts = 0;
	ww_str whole;

	start();
	ww_rec_outcome_write(&full, &body);
	whole = ww_buf_view(&body);
	for (size_t n = 0; n < whole.n; n++) {
		struct ww_rec_outcome back;
		ww_status s = ww_rec_outcome_read(&cx, ww_str_sub(whole, 0, n), &back);

		cuts += s == WW_OK;
		if (s != WW_OK) {
			ck_assert_int_eq(s, WW_E_SYNTAX);
			ck_assert_str_eq(cx.fail.place, "outcome");
		}
		ww_ctx_clear(&cx);
	}
	ck_assert_uint_eq(cuts, 11); /* before each field */
}
END_TEST

START_TEST(refuses_what_is_no_number)
{
	static const char *const texts[] = { "-", "+1", "1x", " 1", "9223372036854775808", "--1",
		"0x10", "1.0" };

	for (size_t i = 0; i < UNIT_COUNT(texts); i++) {
		struct ww_rec_attempt back;

		start();
		ww_buf_le32(&body, (uint32_t)strlen(texts[i]));
		ww_buf_cstr(&body, texts[i]);
		ck_assert_msg(ww_rec_attempt_read(&cx, ww_buf_view(&body), &back) == WW_E_SYNTAX,
		    "%s", texts[i]);
		ck_assert_str_eq(cx.fail.reason, "record body: field outbox");
	}
}
END_TEST

START_TEST(refuses_a_length_beyond_the_body)
{
	struct ww_rec_config back;

	start();
	ww_buf_le32(&body, UINT32_MAX);
	ww_buf_cstr(&body, "abc");
	ck_assert_int_eq(ww_rec_config_read(&cx, ww_buf_view(&body), &back), WW_E_SYNTAX);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { reads_what_it_wrote, has_the_form_that_is_documented,
		takes_missing_fields_at_the_end_as_empty, refuses_a_body_cut_anywhere_else,
		refuses_what_is_no_number, refuses_a_length_beyond_the_body };
	int code;

	cx.arena = ww_arena_new(0);
	code = unit_main("record", tests, UNIT_COUNT(tests));
	ww_buf_free(&body);
	ww_arena_free(cx.arena);
	return code;
}
