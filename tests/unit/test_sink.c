/* The sinks without a network. */
#include "tests/unit/unit.h"

#include "courier/sink_test.h"

#include <wardwire/ctx.h>

#include <pthread.h>
#include <string.h>

#define KEY "urn:example:task|k1"
#define BODY(id)                                                                                   \
	"{\"resourceType\":\"Task\"," id                                                           \
	"\"identifier\":[{\"system\":\"urn:example:task\",\"value\":\"k1\"}]}"

struct bench {
	struct ww_ctx cx;
	struct ww_sink sink;
	unsigned calls;
	struct ww_answer last;
	char id[32], etag[32];
};

static void
on_answer(void *arg, const struct ww_answer *a)
{
	struct bench *b = arg;

	b->calls++;
	b->last = *a;
	snprintf(b->id, sizeof(b->id), "%.*s", WW_STR_FMT(a->remote_id));
	snprintf(b->etag, sizeof(b->etag), "%.*s", WW_STR_FMT(a->etag));
}

static void
set_up(struct bench *b, ww_status (*make)(struct ww_ctx *cx, struct ww_sink *out))
{
	*b = (struct bench){ .calls = 0 };
	b->cx.arena = ww_arena_new(0);
	if (make != NULL)
		ck_assert_int_eq(make(&b->cx, &b->sink), WW_OK);
}

static void
tear_down(struct bench *b)
{
	b->sink.ops->close(b->sink.self);
	ww_arena_free(b->cx.arena);
}

static struct ww_request
request(enum ww_verb verb, const char *body)
{
	return (struct ww_request){ .verb = verb,
		.base = WW_STR("http://127.0.0.1/fhir"),
		.type = WW_STR("Task"),
		.key = WW_STR(KEY),
		.remote_id = ww_str_empty(),
		.etag = ww_str_empty(),
		.body = ww_str_from(body),
		.timeout = 5 };
}

static void
send_one(struct bench *b, struct ww_request r)
{
	unsigned before = b->calls;

	ck_assert_int_eq(b->sink.ops->send(b->sink.self, &b->cx, &r, on_answer, b), WW_OK);
	ck_assert_uint_eq(b->calls, before); /* never from inside send */
	b->sink.ops->poll(b->sink.self, 0);
	ck_assert_uint_eq(b->calls, before + 1);
}

START_TEST(null_takes_everything_and_keeps_nothing)
{
	struct bench b;

	set_up(&b, ww_sink_null);
	send_one(&b, request(WW_VERB_CREATE, "{}"));
	ck_assert_int_eq(b.last.result, WW_RESULT_SENT);
	ck_assert_str_ne(b.id, "");
	send_one(&b, request(WW_VERB_UPDATE, "{}"));
	ck_assert_int_eq(b.last.result, WW_RESULT_SENT);
	send_one(&b, request(WW_VERB_SEARCH, ""));
	ck_assert_int_eq(b.last.result, WW_RESULT_ABSENT);
	tear_down(&b);
}
END_TEST

START_TEST(memory_creates_one_resource_a_key)
{
	struct bench b;
	struct ww_sink_held held;

	set_up(&b, ww_sink_memory);
	send_one(&b, request(WW_VERB_CREATE, BODY("")));
	ck_assert_int_eq(b.last.result, WW_RESULT_SENT);
	ck_assert_int_eq((int)b.last.http, 201);
	ck_assert_str_eq(b.id, "1");
	ck_assert_str_eq(b.etag, "W/\"1\"");
	send_one(&b, request(WW_VERB_CREATE, BODY("")));
	ck_assert_int_eq((int)b.last.http, 200);
	ck_assert_str_eq(b.id, "1");
	ck_assert_uint_eq(ww_sink_memory_resources(&b.sink), 1);
	held = ww_sink_memory_resource(&b.sink, 0);
	unit_str_is(held.type, "Task");
	unit_str_is(held.body, BODY(""));
	ck_assert_uint_eq(held.version, 1);
	tear_down(&b);
}
END_TEST

START_TEST(memory_updates_the_version_it_is_told_only)
{
	struct ww_request r = request(WW_VERB_UPDATE, BODY("\"id\":\"1\","));
	struct bench b;

	set_up(&b, ww_sink_memory);
	r.remote_id = WW_STR("1");
	send_one(&b, r);
	ck_assert_int_eq(b.last.result, WW_RESULT_PARKED);
	ck_assert_int_eq((int)b.last.http, 404);
	send_one(&b, request(WW_VERB_CREATE, BODY("")));
	r.etag = WW_STR("W/\"1\"");
	send_one(&b, r);
	ck_assert_int_eq(b.last.result, WW_RESULT_SENT);
	ck_assert_str_eq(b.etag, "W/\"2\"");
	send_one(&b, r);
	ck_assert_int_eq(b.last.result, WW_RESULT_CONFLICT);
	ck_assert_int_eq((int)b.last.http, 412);
	r.etag = ww_str_empty();
	send_one(&b, r);
	ck_assert_int_eq(b.last.result, WW_RESULT_SENT);
	ww_sink_memory_touch(&b.sink, 0);
	r.etag = WW_STR("W/\"3\"");
	send_one(&b, r);
	ck_assert_int_eq(b.last.result, WW_RESULT_CONFLICT);
	ww_sink_memory_delete(&b.sink, 0);
	send_one(&b, r);
	ck_assert_int_eq(b.last.result, WW_RESULT_PARKED);
	ck_assert_str_eq(b.last.reason, "deleted by the receiver");
	tear_down(&b);
}
END_TEST

START_TEST(memory_searches_by_identifier)
{
	struct ww_request r = request(WW_VERB_SEARCH, "");
	struct bench b;

	set_up(&b, ww_sink_memory);
	send_one(&b, r);
	ck_assert_int_eq(b.last.result, WW_RESULT_ABSENT);
	send_one(&b, request(WW_VERB_CREATE, BODY("")));
	send_one(&b, r);
	ck_assert_int_eq(b.last.result, WW_RESULT_SENT);
	ck_assert_str_eq(b.id, "1");
	r.type = WW_STR("Communication");
	send_one(&b, r);
	ck_assert_int_eq(b.last.result, WW_RESULT_ABSENT);
	tear_down(&b);
}
END_TEST

START_TEST(memory_believes_the_body_and_not_the_request)
{
	static const char *const refused[] = { "", "{", "[]", "{}",
		"{\"resourceType\":\"Communication\"}" };
	struct ww_request r = request(WW_VERB_UPDATE, BODY("\"id\":\"2\","));
	struct bench b;
	size_t i;

	set_up(&b, ww_sink_memory);
	for (i = 0; i < UNIT_COUNT(refused); i++) {
		send_one(&b, request(WW_VERB_CREATE, refused[i]));
		ck_assert_int_eq(b.last.result, WW_RESULT_PARKED);
		ck_assert_int_eq((int)b.last.http, 400);
	}
	/* Without the identifier in its body nothing is found again. */
	send_one(&b, request(WW_VERB_CREATE, "{\"resourceType\":\"Task\"}"));
	ck_assert_int_eq(b.last.result, WW_RESULT_SENT);
	send_one(&b, request(WW_VERB_SEARCH, ""));
	ck_assert_int_eq(b.last.result, WW_RESULT_ABSENT);
	r.remote_id = WW_STR("1");
	send_one(&b, r); /* the id in the body is another one */
	ck_assert_int_eq((int)b.last.http, 400);
	tear_down(&b);
}
END_TEST

START_TEST(memory_shows_what_it_got)
{
	struct bench b;
	struct ww_sink_got got;

	set_up(&b, ww_sink_memory);
	send_one(&b, request(WW_VERB_CREATE, BODY("")));
	send_one(&b, request(WW_VERB_SEARCH, ""));
	ck_assert_uint_eq(ww_sink_memory_requests(&b.sink), 2);
	got = ww_sink_memory_request(&b.sink, 0);
	ck_assert_int_eq(got.verb, WW_VERB_CREATE);
	unit_str_is(got.key, KEY);
	unit_str_is(got.body, BODY(""));
	ck_assert_int_eq(got.result, WW_RESULT_SENT);
	ck_assert_int_eq(ww_sink_memory_request(&b.sink, 1).verb, WW_VERB_SEARCH);
	tear_down(&b);
}
END_TEST

START_TEST(failing_follows_its_script_and_stays_with_the_last)
{
	const struct ww_answer script[] = {
		{ .result = WW_RESULT_UNCERTAIN, .reason = "no answer in time" },
		{ .result = WW_RESULT_RETRY, .http = 429, .retry_after = 7 },
		{ .result = WW_RESULT_SENT,
		    .http = 201,
		    .remote_id = WW_STR("9"),
		    .etag = WW_STR("W/\"4\"") },
	};
	struct bench b;
	int i;

	set_up(&b, NULL);
	ck_assert_int_eq(ww_sink_failing(&b.cx, script, UNIT_COUNT(script), &b.sink), WW_OK);
	send_one(&b, request(WW_VERB_CREATE, ""));
	ck_assert_int_eq(b.last.result, WW_RESULT_UNCERTAIN);
	ck_assert_str_eq(b.last.reason, "no answer in time");
	send_one(&b, request(WW_VERB_CREATE, ""));
	ck_assert_int_eq((int)b.last.retry_after, 7);
	for (i = 0; i < 3; i++) {
		send_one(&b, request(WW_VERB_CREATE, ""));
		ck_assert_int_eq(b.last.result, WW_RESULT_SENT);
		ck_assert_str_eq(b.id, "9");
	}
	tear_down(&b);
}
END_TEST

START_TEST(closing_ends_open_requests_as_uncertain)
{
	struct ww_request r = request(WW_VERB_CREATE, BODY(""));
	struct bench b;

	set_up(&b, ww_sink_memory);
	ck_assert_int_eq(b.sink.ops->send(b.sink.self, &b.cx, &r, on_answer, &b), WW_OK);
	ck_assert_int_eq(b.sink.ops->send(b.sink.self, &b.cx, &r, on_answer, &b), WW_OK);
	tear_down(&b);
	ck_assert_uint_eq(b.calls, 2);
	ck_assert_int_eq(b.last.result, WW_RESULT_UNCERTAIN);
}
END_TEST

static void
send_again(void *arg, const struct ww_answer *a)
{
	struct ww_request r = request(WW_VERB_UPDATE, BODY("\"id\":\"1\","));
	struct bench *b = arg;

	r.remote_id = a->remote_id;
	r.etag = a->etag;
	ck_assert_int_eq(b->sink.ops->send(b->sink.self, &b->cx, &r, on_answer, b), WW_OK);
}

START_TEST(an_answer_may_lead_to_the_next_request)
{
	struct ww_request r = request(WW_VERB_CREATE, BODY(""));
	struct bench b;

	set_up(&b, ww_sink_memory);
	ck_assert_int_eq(b.sink.ops->send(b.sink.self, &b.cx, &r, send_again, &b), WW_OK);
	b.sink.ops->poll(b.sink.self, 0);
	ck_assert_uint_eq(b.calls, 0);
	b.sink.ops->poll(b.sink.self, 0);
	ck_assert_uint_eq(b.calls, 1);
	ck_assert_str_eq(b.etag, "W/\"2\"");
	tear_down(&b);
}
END_TEST

static void *
wake(void *arg)
{
	struct bench *b = arg;

	b->sink.ops->wake(b->sink.self);
	return NULL;
}

START_TEST(waking_ends_a_waiting_poll)
{
	struct bench b;
	pthread_t thread;

	set_up(&b, ww_sink_memory);
	ck_assert_int_eq(pthread_create(&thread, NULL, wake, &b), 0);
	b.sink.ops->poll(b.sink.self, 60000); /* Check would end the test after seconds */
	pthread_join(thread, NULL);
	b.sink.ops->poll(b.sink.self, 1); /* and a poll without anything ends by itself */
	tear_down(&b);
}
END_TEST

START_TEST(results_have_names)
{
	static const char *const names[] = { "?", "sent", "retry", "uncertain", "parked", "absent",
		"conflict", "paused", "?" };
	size_t i;

	for (i = 0; i < UNIT_COUNT(names); i++)
		ck_assert_str_eq(ww_result_text((int64_t)i), names[i]);
	ck_assert_str_eq(ww_result_text(-1), "?");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { null_takes_everything_and_keeps_nothing,
		memory_creates_one_resource_a_key, memory_updates_the_version_it_is_told_only,
		memory_searches_by_identifier, memory_believes_the_body_and_not_the_request,
		memory_shows_what_it_got, failing_follows_its_script_and_stays_with_the_last,
		closing_ends_open_requests_as_uncertain, an_answer_may_lead_to_the_next_request,
		waking_ends_a_waiting_poll, results_have_names };

	return unit_main("sink", tests, UNIT_COUNT(tests));
}
