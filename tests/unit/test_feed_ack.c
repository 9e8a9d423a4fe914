/* How feeds are acknowledged, as the configuration says it. */
#include "config_fixture.h"

#define HEAD                                                                                       \
	"data: d\n"                                                                                \
	"listeners:\n"                                                                             \
	"- {name: adt, mllp: '127.0.0.1:0'}\n"                                                     \
	"endpoints:\n"                                                                             \
	"- {name: back, mllp: '127.0.0.1:2576'}\n"                                                 \
	"- {name: ehr, fhir: 'https://ehr.example.org'}\n"                                         \
	"feeds:\n"
#define FEED(ack) HEAD "- {name: a, on: adt, ack: {" ack "}}\n"

START_TEST(has_one_acknowledgement_when_nothing_is_said)
{
	const struct ww_feed *f;

	takes(HEAD "- {name: a, on: adt}\n");
	f = config->feeds;
	ck_assert_int_eq(f->ack.mode, WW_ACK_ORIGINAL);
	ck_assert_int_eq(f->ack.when, WW_ACK_DURABLE);
	ck_assert_int_eq(f->ack.batch, WW_ACK_BATCH_ALL);
	ck_assert_uint_eq(f->ack.wait, 30);
	ck_assert(!f->ack.on_connection && f->ack.to.n == 0 && !f->refuse_unknown);
	ck_assert_uint_eq(config->listeners[0].release, 1);
}
END_TEST

START_TEST(takes_every_choice)
{
	takes(FEED("mode: enhanced, application: connection, batch: errors"));
	ck_assert_int_eq(config->feeds[0].ack.mode, WW_ACK_ENHANCED);
	ck_assert_int_eq(config->feeds[0].ack.batch, WW_ACK_BATCH_ERRORS);
	ck_assert(config->feeds[0].ack.on_connection);
	takes(FEED("mode: by-message, when: applied, wait: 5, application: back, batch: none"));
	ck_assert_int_eq(config->feeds[0].ack.mode, WW_ACK_BY_MESSAGE);
	ck_assert_int_eq(config->feeds[0].ack.when, WW_ACK_APPLIED);
	ck_assert_uint_eq(config->feeds[0].ack.wait, 5);
	unit_str_is(config->feeds[0].ack.to, "back");
	ck_assert(!config->feeds[0].ack.on_connection);
	ck_assert_uint_eq(config->lanes_n, 1);
	unit_str_is(config->lanes[0].name, "ack@a/back");
	ck_assert(config->lanes[0].acks);
	unit_str_is(config->lanes[0].route->name, "ack@a");
	unit_str_is(config->lanes[0].endpoint->name, "back");
	takes(FEED("when: none"));
	ck_assert_int_eq(config->feeds[0].ack.when, WW_ACK_NOT);
	takes(HEAD "- {name: a, on: adt, unknown: refuse}\n");
	ck_assert(config->feeds[0].refuse_unknown);
	takes("data: d\nlisteners:\n- {name: adt, mllp: '127.0.0.1:0', release: 2}\n"
	      "feeds:\n- {name: a, on: adt}\n");
	ck_assert_uint_eq(config->listeners[0].release, 2);
}
END_TEST

START_TEST(refuses_what_leads_nowhere)
{
	fault_is(FEED("mode: enhanced, application: bakc"),
	    "8:57 application: there is no endpoint 'bakc' (did you mean 'back'?)");
	fault_is(FEED("mode: enhanced, application: ehr"),
	    "8:57 application: 'ehr' takes notices (fhir, worklist), and an acknowledgement is HL7 "
	    "v2");
	fault_is(FEED("application: back"),
	    "8:28 application: means nothing in original mode, which has one acknowledgement");
	fault_is(FEED("mode: enhanced, when: applied"),
	    "8:44 when: applied means nothing in enhanced mode, where the application "
	    "acknowledgement says so");
}
END_TEST

#define PAYER(name) HEAD "- {name: a, on: adt, fhir: {payer: " name "}}\n"

START_TEST(sends_submissions_to_a_fhir_endpoint_alone)
{
	takes(HEAD "- {name: a, on: adt}\n");
	unit_str_is(config->feeds[0].fhir.payer, "");
	takes(PAYER("ehr"));
	unit_str_is(config->feeds[0].fhir.payer, "ehr");
	fault_is(PAYER("ehrs"), "8:36 payer: there is no endpoint 'ehrs' (did you mean 'ehr'?)");
	fault_is(PAYER("nowhere"), "8:36 payer: there is no endpoint 'nowhere'");
	fault_is(
	    PAYER("back"), "8:36 payer: 'back' is no FHIR endpoint, and what is submitted is FHIR");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		has_one_acknowledgement_when_nothing_is_said,
		takes_every_choice,
		refuses_what_leads_nowhere,
		sends_submissions_to_a_fhir_endpoint_alone,
	};

	return unit_main("feed_ack", tests, UNIT_COUNT(tests));
}
