/* Every row of what an answer means, for a create, an update and a search. */
#include "tests/unit/unit.h"

#include "link/fhir_class.h"

enum {
	S = WW_RESULT_SENT,
	R = WW_RESULT_RETRY,
	U = WW_RESULT_UNCERTAIN,
	P = WW_RESULT_PARKED,
	A = WW_RESULT_ABSENT,
	C = WW_RESULT_CONFLICT
};

static const enum ww_verb verbs[] = { WW_VERB_CREATE, WW_VERB_UPDATE, WW_VERB_SEARCH };

/* An answer as good as can be, for a test to make worse. */
static struct ww_fhir_seen
good(enum ww_verb verb, long http)
{
	return (struct ww_fhir_seen){ .verb = verb,
		.end = WW_HTTP_DONE,
		.http = http,
		.issue = ww_str_empty(),
		.named = true,
		.bundle = true,
		.found = 1 };
}

static void
expect(const struct ww_fhir_seen *s, int want, const char *reason)
{
	struct ww_fhir_verdict v = ww_fhir_classify(s);

	ck_assert_msg((int)v.result == want, "verb %d end %d http %ld issue %.*s: got %d, want %d",
	    (int)s->verb, (int)s->end, s->http, WW_STR_FMT(s->issue), (int)v.result, want);
	ck_assert_ptr_nonnull(v.reason);
	if (reason != NULL)
		ck_assert_str_eq(v.reason, reason);
}

START_TEST(tells_what_a_request_without_an_answer_means)
{
	static const struct {
		enum ww_http_end end;
		int want[3];
		const char *reason;
	} rows[] = {
		{ WW_HTTP_UNUSABLE, { P, P, P }, "the address cannot be used" },
		{ WW_HTTP_NO_NAME, { R, R, R }, "host name not found" },
		{ WW_HTTP_NO_CONNECT, { R, R, R }, "no connection" },
		{ WW_HTTP_NO_TLS, { R, R, R }, "no TLS session" },
		{ WW_HTTP_UNSENT, { R, R, R }, "not sent" },
		{ WW_HTTP_TIMEOUT, { U, U, R }, "no answer in time" },
		{ WW_HTTP_BROKEN, { U, U, R }, "connection broken" },
		{ WW_HTTP_TOO_LARGE, { U, U, R }, "answer too large" },
		{ WW_HTTP_CLOSED, { U, U, U }, "stopped before the answer" },
	};
	size_t i, k;

	for (i = 0; i < UNIT_COUNT(rows); i++) {
		for (k = 0; k < 3; k++) {
			struct ww_fhir_seen s = good(verbs[k], 0);

			s.end = rows[i].end;
			expect(&s, rows[i].want[k], rows[i].reason);
		}
	}
}
END_TEST

START_TEST(tells_what_a_status_means)
{
	static const struct {
		long http;
		int want[3];
	} rows[] = {
		{ 200, { S, S, S } },
		{ 201, { S, S, S } },
		{ 202, { S, S, S } },
		{ 204, { S, S, S } },
		{ 299, { S, S, S } },
		{ 301, { R, R, R } },
		{ 302, { R, R, R } },
		{ 304, { R, R, R } },
		{ 307, { R, R, R } },
		{ 308, { R, R, R } },
		{ 400, { P, P, P } },
		{ 401, { R, R, R } },
		{ 403, { P, P, P } },
		{ 404, { P, P, P } },
		{ 405, { P, P, P } },
		{ 406, { P, P, P } },
		{ 408, { U, U, R } },
		{ 409, { C, C, P } },
		{ 410, { P, P, P } },
		{ 412, { C, C, P } },
		{ 413, { P, P, P } },
		{ 415, { P, P, P } },
		{ 422, { P, P, P } },
		{ 429, { R, R, R } },
		{ 499, { P, P, P } },
		{ 500, { U, U, R } },
		{ 501, { P, P, P } },
		{ 502, { U, U, R } },
		{ 503, { U, U, R } },
		{ 504, { U, U, R } },
		{ 599, { U, U, R } },
		{ 100, { U, U, R } },
		{ 700, { U, U, R } },
	};
	size_t i, k;

	for (i = 0; i < UNIT_COUNT(rows); i++) {
		for (k = 0; k < 3; k++) {
			struct ww_fhir_seen s = good(verbs[k], rows[i].http);

			expect(&s, rows[i].want[k], NULL);
		}
	}
}
END_TEST

START_TEST(names_what_the_receiver_deleted)
{
	struct ww_fhir_seen s = good(WW_VERB_UPDATE, 404);

	expect(&s, P, "deleted by the receiver");
	s.http = 410;
	s.issue = WW_STR("deleted");
	expect(&s, P, "deleted by the receiver");
	s.verb = WW_VERB_CREATE;
	s.http = 404;
	s.issue = ww_str_empty();
	expect(&s, P, "no such place"); /* a wrong address: the receiver deleted nothing */
}
END_TEST

START_TEST(tells_what_an_issue_code_means)
{
	static const struct {
		const char *code;
		int want[3];
	} rows[] = {
		{ "transient", { R, R, R } },
		{ "throttled", { R, R, R } },
		{ "lock-error", { R, R, R } },
		{ "timeout", { R, R, R } },
		{ "exception", { R, R, R } },
		{ "no-store", { R, R, R } },
		{ "incomplete", { R, R, R } },
		{ "duplicate", { C, C, P } },
		{ "conflict", { C, C, P } },
		{ "multiple-matches", { C, C, P } },
		{ "invalid", { P, P, P } },
		{ "structure", { P, P, P } },
		{ "required", { P, P, P } },
		{ "value", { P, P, P } },
		{ "invariant", { P, P, P } },
		{ "security", { P, P, P } },
		{ "login", { P, P, P } },
		{ "unknown", { P, P, P } },
		{ "expired", { P, P, P } },
		{ "forbidden", { P, P, P } },
		{ "suppressed", { P, P, P } },
		{ "processing", { P, P, P } },
		{ "not-supported", { P, P, P } },
		{ "not-found", { P, P, P } },
		{ "deleted", { P, P, P } },
		{ "too-long", { P, P, P } },
		{ "code-invalid", { P, P, P } },
		{ "extension", { P, P, P } },
		{ "too-costly", { P, P, P } },
		{ "business-rule", { P, P, P } },
		{ "informational", { P, P, P } },
	};
	static const long statuses[] = { 200, 201, 400, 403, 422 };
	size_t i, j, k;

	for (i = 0; i < UNIT_COUNT(rows); i++) {
		for (k = 0; k < 3; k++) {
			for (j = 0; j < UNIT_COUNT(statuses); j++) {
				struct ww_fhir_seen s = good(verbs[k], statuses[j]);

				s.issue = ww_str_from(rows[i].code);
				expect(&s, rows[i].want[k], rows[i].code);
			}
		}
	}
}
END_TEST

START_TEST(never_repeats_a_code_it_does_not_know)
{
	struct ww_fhir_seen s = good(WW_VERB_CREATE, 200);

	s.issue = WW_STR("DOE^JANE");
	expect(&s, P, "unknown issue code");
}
END_TEST

START_TEST(no_issue_changes_what_a_status_alone_decides)
{
	static const struct {
		long http;
		int want;
	} rows[] = { { 302, R }, { 401, R }, { 409, C }, { 412, C }, { 429, R }, { 503, U },
		{ 501, P } };
	size_t i;

	for (i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_fhir_seen s = good(WW_VERB_CREATE, rows[i].http);

		s.issue = WW_STR("processing");
		expect(&s, rows[i].want, NULL);
		s.issue = WW_STR("transient");
		expect(&s, rows[i].want, NULL);
	}
}
END_TEST

START_TEST(a_success_not_read_to_its_end_is_uncertain)
{
	static const enum ww_http_end ends[] = { WW_HTTP_TIMEOUT, WW_HTTP_BROKEN,
		WW_HTTP_TOO_LARGE };
	static const int want[] = { U, U, R };
	size_t i, k;

	for (i = 0; i < UNIT_COUNT(ends); i++) {
		for (k = 0; k < 3; k++) {
			struct ww_fhir_seen s = good(verbs[k], 201);

			s.end = ends[i];
			expect(&s, want[k], NULL);
		}
	}
}
END_TEST

START_TEST(a_refusal_not_read_to_its_end_is_a_refusal)
{
	struct ww_fhir_seen s = good(WW_VERB_CREATE, 400);

	s.end = WW_HTTP_BROKEN;
	expect(&s, P, "refused");
	s.http = 412;
	s.end = WW_HTTP_TOO_LARGE;
	expect(&s, C, NULL);
	s.http = 503;
	expect(&s, U, NULL);
}
END_TEST

START_TEST(tells_what_a_search_found)
{
	struct ww_fhir_seen s = good(WW_VERB_SEARCH, 200);

	expect(&s, S, "");
	s.others = 3;
	expect(&s, S, "");
	s.found = 2;
	expect(&s, S, "duplicates at the receiver");
	s.found = 0;
	expect(&s, P, "search result holds other resources only");
	s.others = 0;
	expect(&s, A, "");
	s.bundle = false;
	expect(&s, R, "answer is no search result");
}
END_TEST

START_TEST(a_login_page_is_no_delivery)
{
	struct ww_fhir_seen s = good(WW_VERB_CREATE, 200);

	s.strange = true;
	expect(&s, S, NULL); /* but its headers name the resource */
	s.named = false;
	expect(&s, U, "answer is not FHIR");
	s.verb = WW_VERB_UPDATE;
	expect(&s, U, "answer is not FHIR");
	s.http = 201;
	expect(&s, S, "");
}
END_TEST

START_TEST(one_that_was_there_already_must_be_named)
{
	struct ww_fhir_seen s = good(WW_VERB_CREATE, 200);

	s.named = false;
	expect(&s, U, "answer names no resource");
	s.http = 201;
	expect(&s, S, "");
	s.http = 204;
	expect(&s, S, "");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { tells_what_a_request_without_an_answer_means,
		tells_what_a_status_means, names_what_the_receiver_deleted,
		tells_what_an_issue_code_means, never_repeats_a_code_it_does_not_know,
		no_issue_changes_what_a_status_alone_decides,
		a_success_not_read_to_its_end_is_uncertain,
		a_refusal_not_read_to_its_end_is_a_refusal, tells_what_a_search_found,
		a_login_page_is_no_delivery, one_that_was_there_already_must_be_named };

	return unit_main("fhir_class", tests, UNIT_COUNT(tests));
}
