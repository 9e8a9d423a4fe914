/* What is sent on to a payer, and what the payer answers, on the side of the ledger. */
#include "tests/unit/request_fixture.h"

#define PAYER SITE_CONFIG_WITH(", fhir: {payer: rcca-ehr}")

#define SUBMIT(number)                                                                             \
	"{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"identifier\":{\"value\":\"" number \
	"\"},\"entry\":[{\"fullUrl\":\"urn:uuid:c\",\"resource\":{\"resourceType\":\"Claim\"}}]}"
#define SAYS(request)                                                                              \
	"{\"resourceType\":\"Bundle\",  "                                                          \
	"\"type\":\"collection\",\"entry\":[{\"fullUrl\":\"urn:uuid:r\","                          \
	"\"resource\":{\"resourceType\":\"ClaimResponse\",\"id\":\"r\",\"request\":{"              \
	"\"reference\":"                                                                           \
	"\"" request "\"}}}]}"
#define OUTCOME                                                                                    \
	"{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\",\"code\":"      \
	"\"invalid\"}]}"

static void
open_site(struct site *s)
{
	site_open(s);
	(void)site_config(s, PAYER);
	site_apply(s);
}

static struct ww_request_answer
submit(struct site *s, const char *raw)
{
	return site_ask(s, .interaction = "submit", .type = "Claim", .raw = raw);
}

/* The payer's answer to that request; returns the sequence of its record. */
static uint64_t
answered(struct site *s, int64_t to, int64_t http, const char *raw)
{
	uint64_t seq = site_asks(s, (struct asked){ .interaction = "answer",
	                                .type = "Claim",
	                                .raw = raw,
	                                .answers = to,
	                                .http = http });

	site_apply(s);
	return seq;
}

START_TEST(is_open_until_the_payer_has_answered)
{
	struct ww_request_answer a, again;
	struct site s;

	open_site(&s);
	a = submit(&s, SUBMIT("b1"));
	ck_assert_int_eq(a.http, 202);
	/* It came again before there was an answer: to be asked again. */
	again = submit(&s, SUBMIT("b1"));
	ck_assert_int_eq(again.http, 202);
	(void)answered(&s, again.seq, 200, SAYS("urn:uuid:c"));
	again = site_answer_of(&s, (uint64_t)again.seq);
	ck_assert_int_eq(again.http, 200);
	unit_str_is(again.body, SAYS("urn:uuid:c"));
	/* From now on that is the answer, whichever of the two it was to. */
	again = submit(&s, SUBMIT("b1"));
	ck_assert_int_eq(again.http, 200);
	unit_str_is(again.body, SAYS("urn:uuid:c"));
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(has_the_answer_name_the_claim_that_was_submitted)
{
	struct ww_request_answer a;
	struct site s;
	char want[64];

	open_site(&s);
	a = submit(&s, SUBMIT("b1"));
	(void)answered(&s, a.seq, 200, SAYS("urn:uuid:c"));
	(void)snprintf(want, sizeof(want), "{\"reference\":\"Claim/ww-%d-1\"}", (int)a.seq);
	ck_assert_ptr_nonnull(
	    strstr(ww_arena_cstr(s.cx.arena, site_stored(&s, "ClaimResponse", WW_STR("r"))), want));
	/* What it names otherwise stays. */
	a = submit(&s, SUBMIT("b2"));
	(void)answered(&s, a.seq, 200, SAYS("Claim/theirs"));
	ck_assert_ptr_nonnull(
	    strstr(ww_arena_cstr(s.cx.arena, site_stored(&s, "ClaimResponse", WW_STR("r"))),
	        "\"Claim/theirs\""));
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(keeps_a_refusal_and_learns_nothing_from_it)
{
	struct ww_request_answer a;
	struct site s;
	bool found;

	open_site(&s);
	a = submit(&s, SUBMIT("b1"));
	(void)answered(&s, a.seq, 422, OUTCOME);
	a = submit(&s, SUBMIT("b1"));
	ck_assert_int_eq(a.http, 422);
	unit_str_is(a.body, OUTCOME);
	(void)site_resource(&s, "ClaimResponse", WW_STR("r"), &found);
	ck_assert(!found);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(stores_nothing_of_a_question)
{
	struct ww_request_answer a;
	struct site s;

	open_site(&s);
	for (int i = 0; i < 2; i++) {
		a = site_ask(&s, .interaction = "inquire", .type = "Claim", .raw = SUBMIT("b1"));
		ck_assert_int_eq(a.http, 202);
	}
	ck_assert_uint_eq(site_rows(&s, &ww_entity_resource).n, 0);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* Such a record is nobody's: it is set aside, and the journal is gone on with. */
START_TEST(sets_aside_an_answer_to_nothing)
{
	struct ww_request_answer a;
	struct site s;
	uint64_t seq;

	open_site(&s);
	a = submit(&s, SUBMIT("b1"));
	seq = answered(&s, a.seq + 100, 200, SAYS("urn:uuid:c"));
	ck_assert_int_eq(
	    site_request_message(&s, (int64_t)seq).disposition, WW_disposition_QUARANTINED);
	ck_assert_int_eq(site_answer_of(&s, (uint64_t)a.seq).http, 202);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		is_open_until_the_payer_has_answered,
		has_the_answer_name_the_claim_that_was_submitted,
		keeps_a_refusal_and_learns_nothing_from_it,
		stores_nothing_of_a_question,
		sets_aside_an_answer_to_nothing,
	};

	return unit_main("submission", tests, UNIT_COUNT(tests));
}
