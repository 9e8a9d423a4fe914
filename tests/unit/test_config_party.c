/* Parties and programs of the configuration: who gets what where, and which programs there are. */
#include "config_fixture.h"
#include "unit.h"

#define SITE                                                                                       \
	"data: d\n"                                                                                \
	"endpoints:\n"                                                                             \
	"  - {name: ehr, fhir: \"http://127.0.0.1:1/\"}\n"                                         \
	"  - {name: desk, worklist: true}\n"                                                       \
	"  - {name: lab, mllp: \"127.0.0.1:2\"}\n"

START_TEST(a_role_has_what_it_says_and_else_what_its_party_says)
{
	const struct ww_party *p;
	const struct ww_party_role *r;

	takes(SITE "parties:\n"
	           "  - {name: rcca, send: ehr, zone: America/New_York, calendar: ny.csv, roles: "
	           "{coordinator: {backup: desk, zone: America/Chicago}, physician: {send: desk, "
	           "calendar: il.csv}}}\n"
	           "  - {name: acme, send: desk}\n");
	p = ww_config_party(config, WW_STR("rcca"));
	r = &p->roles[WW_role_COORDINATOR];
	unit_str_is(r->send, "ehr");
	unit_str_is(r->backup, "desk");
	unit_str_is(r->zone_name, "America/Chicago");
	ck_assert_ptr_eq(r->zone, ww_zone_find("America/Chicago"));
	unit_str_is(r->calendar, "ny.csv");
	r = &p->roles[WW_role_PHYSICIAN];
	unit_str_is(r->send, "desk");
	ck_assert_uint_eq(r->backup.n, 0);
	ck_assert_ptr_eq(r->zone, ww_zone_find("America/New_York"));
	unit_str_is(r->calendar, "il.csv");
	r = &p->roles[WW_role_NONE];
	unit_str_is(r->send, "ehr");
	unit_str_is(r->zone_name, "America/New_York");
	p = ww_config_party(config, WW_STR("acme"));
	for (int role = 0; role < ww_role_count; role++) {
		unit_str_is(p->roles[role].send, "desk");
		ck_assert_ptr_null(p->roles[role].zone);
		ck_assert_uint_eq(p->roles[role].zone_name.n + p->roles[role].calendar.n +
		                      p->roles[role].backup.n,
		    0);
	}
}
END_TEST

START_TEST(a_role_is_one_that_there_is)
{
	FAULTS_ARE(SITE "parties: [{name: a, send: ehr, roles: {coordinater: {send: ehr}}}]\n",
	    "6:40 unknown key 'coordinater' in roles (did you mean 'coordinator'?)");
	FAULTS_ARE(SITE "parties: [{name: a, send: ehr, roles: {navigator: ehr}}]\n",
	    "6:51 roles.navigator must be a mapping of keys");
	FAULTS_ARE(SITE "parties: [{name: a, send: ehr, roles: ehr}]\n",
	    "6:39 roles: 'ehr' is not a mapping of keys");
	FAULTS_ARE(SITE "parties: [{name: a, send: ehr, roles: {navigator: {sent: ehr}}}]\n",
	    "6:52 unknown key 'sent' in parties[].roles.ROLE (did you mean 'send'?)");
	FAULTS_ARE(SITE "parties: [{name: a, send: ehr, roles: {navigator: {zone: Nowhere}}}]\n",
	    "6:58 zone: 'Nowhere' is not a valid time zone: an IANA name, such as America/New_York "
	    "or "
	    "UTC");
}
END_TEST

START_TEST(a_role_sends_where_notices_are_taken)
{
	FAULTS_ARE(SITE "parties: [{name: a, send: ehr, roles: {pcp: {send: eht, backup: lab}}}]\n",
	    "6:52 send: there is no endpoint 'eht' (did you mean 'ehr'?)",
	    "6:65 backup: 'lab' takes no notices");
	FAULTS_ARE(SITE "parties: [{name: a, send: ehr, roles: {pcp: {backup: ehr}, navigator: "
	                "{send: desk, backup: desk}}}]\n",
	    "6:54 backup: is the endpoint that what is for the role goes to anyway",
	    "6:92 backup: is the endpoint that what is for the role goes to anyway");
}
END_TEST

START_TEST(programs_are_known_by_their_file)
{
	takes(SITE "parties: [{name: acme, send: desk}]\n"
	           "programs:\n"
	           "  - {file: care/oncology.v2.yaml, payer: acme}\n"
	           "  - {file: /etc/wardwire/plain}\n");
	ck_assert_uint_eq(config->programs_n, 2);
	unit_str_is(config->programs[0].file, "care/oncology.v2.yaml");
	unit_str_is(config->programs[0].name, "oncology.v2");
	unit_str_is(config->programs[0].payer, "acme");
	unit_str_is(config->programs[1].name, "plain");
	ck_assert_uint_eq(config->programs[1].payer.n, 0);
	takes(SITE);
	ck_assert_uint_eq(config->programs_n, 0);
}
END_TEST

START_TEST(programs_name_parties_and_differ)
{
	FAULTS_ARE(SITE "parties: [{name: acme, send: desk}]\n"
	                "programs: [{file: a/p.yaml, payer: acmi}, {file: b/p.yml}]\n",
	    "7:36 payer: there is no party 'acmi' (did you mean 'acme'?)",
	    "7:50 a second program with the file name 'p'; the first is on line 7");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_role_has_what_it_says_and_else_what_its_party_says,
		a_role_is_one_that_there_is,
		a_role_sends_where_notices_are_taken,
		programs_are_known_by_their_file,
		programs_name_parties_and_differ,
	};

	return unit_main("config_party", tests, UNIT_COUNT(tests));
}
