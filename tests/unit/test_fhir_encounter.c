/* What a version of an Encounter, a Patient and a Coverage say, code by code. */
#include "tests/unit/fhir_case.h"

#include "model/fold.h"

static struct ww_facts facts;

static void
map(const char *text)
{
	struct ww_fhir_source src = source_of(text);
	const struct ww_fhir_mapper *m =
	    ww_fhir_mapper_find(ww_json_str(ww_json_get(src.resource, "resourceType")));

	ck_assert_ptr_nonnull(m);
	ck_assert_int_eq(m->map(&cx, &src, &feed, &facts), WW_OK);
}

static const char *
encounter(const char *members)
{
	return ww_arena_printf(cx.arena,
	    "{'resourceType':'Encounter','id':'1','subject':{'reference':'Patient/1'},%s}", members)
	    .p;
}

static void
is_event(const char *members, const char *want)
{
	const char *text;

	if (cx.arena == NULL)
		cx.arena = ww_arena_new(0);
	text = strdup(encounter(members)); /* the context is cleared before it is read */
	map(text);
	expect(event, &facts.event, want, text);
	free((void *)(uintptr_t)text);
}

START_TEST(takes_each_status_for_what_it_says)
{
	static const char *const rows[][2] = {
		{ "planned", "trigger=planned status=planned admitted= expected=2026-03-02" },
		{ "arrived", "trigger=admitted status=arrived admitted=2026-03-02" },
		{ "triaged", "trigger=admitted status=triaged" },
		{ "in-progress", "trigger=admitted status=in-progress discharged=" },
		{ "onleave", "trigger=admitted status=onleave" },
		{ "finished", "trigger=finished status=finished discharged=2026-03-05" },
		{ "cancelled", "trigger=cancelled status=cancelled discharged=" },
		{ "entered-in-error", "trigger=in~error status=entered-in-error" },
		{ "unknown", "trigger=updated status=" },
		{ "some-other", "trigger=updated status=" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		char members[160];

		snprintf(members, sizeof(members),
		    "'status':'%s','class':{'code':'IMP'},'period':{'start':'2026-03-02','end':'"
		    "2026-"
		    "03-05'}",
		    rows[i][0]);
		is_event(members, rows[i][1]);
	}
}
END_TEST

START_TEST(takes_each_class_for_what_it_says)
{
	static const char *const rows[][2] = {
		{ "IMP", "class=inpatient trigger=admitted" },
		{ "ACUTE", "class=inpatient trigger=admitted" },
		{ "NONAC", "class=inpatient trigger=admitted" },
		{ "EMER", "class=emergency trigger=arrived" },
		{ "OBSENC", "class=observation trigger=arrived" },
		{ "SS", "class=outpatient trigger=arrived" },
		{ "AMB", "class=outpatient trigger=arrived" },
		{ "HH", "class=outpatient trigger=arrived" },
		{ "FLD", "class=outpatient trigger=arrived" },
		{ "VR", "class=outpatient trigger=arrived" },
		{ "PRENC", "class=preadmit trigger=planned" },
		{ "imp", "class= trigger=arrived" },
		{ "LOCAL", "class= trigger=arrived" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		char members[160];

		snprintf(members, sizeof(members), "'status':'in-progress','class':{'code':'%s'}",
		    rows[i][0]);
		is_event(members, rows[i][1]);
	}
}
END_TEST

START_TEST(takes_codes_of_hospitalization_for_those_of_messages)
{
	static const char *const rows[][3] = {
		{ "dischargeDisposition", "home", "disposition=01" },
		{ "dischargeDisposition", "alt-home", "disposition=69" },
		{ "dischargeDisposition", "other-hcf", "disposition=02" },
		{ "dischargeDisposition", "snf", "disposition=03" },
		{ "dischargeDisposition", "long", "disposition=04" },
		{ "dischargeDisposition", "aadvice", "disposition=07" },
		{ "dischargeDisposition", "exp", "disposition=20" },
		{ "dischargeDisposition", "hosp", "disposition=50" },
		{ "dischargeDisposition", "rehab", "disposition=62" },
		{ "dischargeDisposition", "psy", "disposition=65" },
		{ "dischargeDisposition", "oth", "disposition=" },
		{ "dischargeDisposition", "1", "disposition=01" },
		{ "dischargeDisposition", "30", "disposition=30" },
		{ "dischargeDisposition", "local text", "disposition=" },
		{ "admitSource", "hosp-trans", "admit_source=4" },
		{ "admitSource", "emd", "admit_source=7" },
		{ "admitSource", "outp", "admit_source=2" },
		{ "admitSource", "gp", "admit_source=1" },
		{ "admitSource", "mp", "admit_source=1" },
		{ "admitSource", "nursing", "admit_source=5" },
		{ "admitSource", "psych", "admit_source=6" },
		{ "admitSource", "rehab", "admit_source=6" },
		{ "admitSource", "other", "admit_source=9" },
		{ "admitSource", "D", "admit_source=D" },
		{ "admitSource", "born", "admit_source=" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		char members[200];

		snprintf(members, sizeof(members),
		    "'status':'finished','class':{'code':'IMP'},'hospitalization':{'%s':{'coding':["
		    "{"
		    "'code':'%s'}]}}",
		    rows[i][0], rows[i][1]);
		is_event(members, rows[i][2]);
	}
	is_event("'priority':{'coding':[{'code':'EM'}]}", "admit_type=E");
	is_event("'priority':{'coding':[{'code':'UR'}]}", "admit_type=U");
	is_event("'priority':{'coding':[{'code':'EL'}]}", "admit_type=C");
	is_event("'priority':{'coding':[{'code':'R'}]}", "admit_type=R");
}
END_TEST

START_TEST(reads_times_from_period_and_histories)
{
	is_event(
	    "'status':'in-progress','class':{'code':'IMP'},'classHistory':[{'class':{'code':"
	    "'EMER'},'period':{'start':'2026-03-02T08:00:00Z','end':'2026-03-02T10:00:00Z'}},"
	    "{'class':{'code':'OBSENC'},'period':{'start':'2026-03-02T10:00:00Z','end':'2026-03-"
	    "02T15:00:00Z'}}]",
	    "ed_since=2026-03-02T08:00:00Z obs_since=2026-03-02T10:00:00Z "
	    "in_since=2026-03-02T15:00:00Z");
	is_event(
	    "'status':'finished','class':{'code':'IMP'},'statusHistory':[{'status':'arrived',"
	    "'period':{'start':'2026-03-02T08:00:00Z','end':'2026-03-02T09:00:00Z'}},{'status':"
	    "'in-progress','period':{'start':'2026-03-02T09:00:00Z','end':'2026-03-04T11:00:"
	    "00Z'}}]",
	    "admitted=2026-03-02T08:00:00Z discharged=2026-03-04T11:00:00Z "
	    "occurred=2026-03-04T11:00:00Z");
	/* nobody leaves before coming */
	is_event("'status':'finished','class':{'code':'IMP'},'period':{'start':'2026-03-02T08:00:"
	         "00Z','end':'2026-03-01T08:00:00Z'}",
	    "admitted=2026-03-02T08:00:00Z discharged=");
	/* the end of what goes on is a guess */
	is_event("'status':'in-progress','class':{'code':'IMP'},'period':{'end':'2026-03-01T08:00:"
	         "00Z'}",
	    "discharged= occurred=2026-03-02T12:00:00Z");
}
END_TEST

START_TEST(knows_numbers_and_places_by_the_settings)
{
	static const struct ww_fhir_authority_row systems[] = {
		{ WW_STR_INIT("urn:v"), WW_STR_INIT("MERCY"), WW_STR_INIT("VN") },
		{ WW_STR_INIT("urn:m"), WW_STR_INIT("MERCY"), WW_STR_INIT("") },
		{ WW_STR_INIT("urn:p"), WW_STR_INIT(""), WW_STR_INIT("MB") },
	};
	static const struct ww_fhir_facility_row facilities[] = {
		{ WW_STR_INIT("Mercy General"), WW_STR_INIT("MERCY") },
		{ WW_STR_INIT("Organization/7"), WW_STR_INIT("NORTH") },
		{ WW_STR_INIT("1234567893"), WW_STR_INIT("SOUTH") },
	};
	static const struct known organizations[] = {
		{ "Organization/9",
		    "{'resourceType':'Organization','id':'9','name':'Nine','identifier':[{"
		    "'value':'1234567893'}]}" },
		{ NULL, NULL },
	};

	feed.fhir.systems = systems;
	feed.fhir.systems_n = UNIT_COUNT(systems);
	feed.fhir.facilities = facilities;
	feed.fhir.facilities_n = UNIT_COUNT(facilities);
	known = organizations;
	is_event("'identifier':[{'use':'official','value':'77'},{'system':'urn:v','value':'V1'}],"
	         "'serviceProvider':{'display':'Mercy General'}",
	    "facility=MERCY");
	ck_assert(ww_str_is(facts.visit, "V1") && ww_str_is(facts.visit_system, "MERCY"));
	is_event("'serviceProvider':{'reference':'https://x.example.org/Organization/7'}",
	    "facility=NORTH");
	ck_assert(
	    ww_str_is(facts.visit, "Encounter/1") && ww_str_is(facts.visit_system, "fhir:payer"));
	is_event("'serviceProvider':{'reference':'Organization/9'}", "facility=SOUTH");
	map("{'resourceType':'Patient','id':'1','identifier':[{'system':'urn:m','value':'MR1'},"
	    "{'system':'urn:p','value':'M1'},{'use':'old','system':'urn:m','value':'MR0'},"
	    "{'system':'http://hl7.org/fhir/sid/us-ssn','value':'999-00-0001'},"
	    "{'type':{'coding':[{'code':'AN'}]},'value':'A1'}]}");
	ck_assert_uint_eq(facts.identifiers_n, 3);
	expect(identifier, &facts.identifiers[0], "system=MERCY value=MR1 type=MR payer=", "MR1");
	expect(identifier, &facts.identifiers[1], "system=urn:p value=M1 type=MB payer=1", "M1");
	expect(
	    identifier, &facts.identifiers[2], "system=fhir:payer value=Patient/1 type=FHIR", "1");
	feed.fhir = (struct ww_feed_fhir){ .systems_n = 0 };
	known = NULL;
}
END_TEST

START_TEST(names_the_patient_by_the_best_name)
{
	map("{'resourceType':'Patient','id':'1','name':[{'use':'old','family':'OLD'},{'use':"
	    "'nickname','family':'NICK'},{'family':'ANY','given':['A','B']},{'use':'official',"
	    "'family':'OFFICIAL','given':['C']}],'gender':'male','birthDate':'1950-03-02'}");
	expect(person, &facts.person, "family=OFFICIAL given=C sex=M birth=1950-03-02", "official");
	map("{'resourceType':'Patient','id':'1','name':[{'use':'old','family':'OLD'},{'family':'"
	    "ANY',"
	    "'given':['A','B']}],'gender':'other'}");
	expect(person, &facts.person, "family=ANY given=A sex=O", "any");
	map("{'resourceType':'Patient','id':'1','gender':'unknown'}");
	expect(person, &facts.person, "family= sex=U", "none");
}
END_TEST

START_TEST(takes_a_coverage_for_one_number)
{
	map("{'resourceType':'Coverage','id':'1','status':'active','subscriberId':'S1','identifier'"
	    ":[{"
	    "'value':'I1'}],'relationship':{'coding':[{'code':'child'}]},'beneficiary':{'reference'"
	    ":"
	    "'Patient/1'},'payor':[{'display':'ACME'}]}");
	ck_assert_uint_eq(facts.coverages_n, 1);
	expect(coverage, facts.coverages,
	    "member_id=S1 place=Coverage.subscriberId relationship=CHILD payer=ACME "
	    "source=payer~Coverage/1",
	    "subscriberId");
	map("{'resourceType':'Coverage','id':'1','status':'active','identifier':[{'value':'I1'},{"
	    "'type':{'coding':[{'code':'MB'}]},'value':'I2'}],'beneficiary':{'reference':'Patient/"
	    "1'}}");
	expect(coverage, facts.coverages, "member_id=I2 place=Coverage.identifier", "MB");
	map("{'resourceType':'Coverage','id':'1','status':'cancelled','subscriberId':'S1',"
	    "'beneficiary':{'reference':'Patient/1'}}");
	expect(coverage, facts.coverages, "member_id=", "cancelled");
	map("{'resourceType':'Coverage','id':'1','status':'active','subscriberId':'S1'}");
	ck_assert(ww_str_is(facts.ignored, "Coverage.beneficiary names nobody"));
}
END_TEST

START_TEST(takes_the_event_of_a_message_before_the_class)
{
	static const char *const rows[][3] = {
		{ "notification-admit", "in-progress", "trigger=admitted status=in-progress" },
		{ "notification-admit", "unknown", "trigger=admitted status=in-progress" },
		{ "notification-discharge", "in-progress", "trigger=finished status=finished" },
		{ "notification-discharge", "cancelled", "trigger=cancelled status=cancelled" },
		{ "notification-transfer", "in-progress",
		    "trigger=transferred status=in-progress" },
		{ "notification-other", "in-progress", "trigger=arrived status=in-progress" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		char text[200], header[120];
		struct ww_fhir_source src;

		snprintf(text, sizeof(text),
		    "{'resourceType':'Encounter','id':'1','status':'%s','class':{'code':'EMER'},"
		    "'subject':{'reference':'Patient/1'}}",
		    rows[i][1]);
		snprintf(header, sizeof(header),
		    "{'resourceType':'MessageHeader','eventCoding':{'code':'%s'}}", rows[i][0]);
		src = source_of(text);
		src.header = tree_of(header);
		ck_assert_int_eq(
		    ww_fhir_mapper_find(WW_STR("Encounter"))->map(&cx, &src, &feed, &facts), WW_OK);
		expect(event, &facts.event, rows[i][2], rows[i][0]);
	}
}
END_TEST

/* Of versions that lead through all there is. */
static ww_status
fold_all(struct ww_ctx *c, const struct ww_fhir_source *src)
{
	static const int64_t ways[] = { WW_encounter_status_PLANNED,
		WW_encounter_status_IN_PROGRESS, WW_encounter_status_ONLEAVE,
		WW_encounter_status_FINISHED, WW_encounter_status_CANCELLED,
		WW_encounter_status_IN_PROGRESS };
	struct ww_event ev[UNIT_COUNT(ways)];
	struct ww_encounter e;
	bool needed[UNIT_COUNT(ways)];
	ww_status s = ww_fhir_mapper_find(WW_STR("Encounter"))->map(c, src, &feed, &facts);

	for (size_t i = 0; s == WW_OK && i < UNIT_COUNT(ways); i++) {
		ev[i] = facts.event;
		ev[i].id = (int64_t)i + 1;
		ev[i].status = ways[i];
		ev[i].recorded.ms += (int64_t)i * 60000;
	}
	if (s != WW_OK)
		return s;
	ww_row_init(&ww_entity_encounter, &e);
	s = ww_fold(c, ev, UNIT_COUNT(ways), &e);
	if (s == WW_OK)
		ck_assert_int_eq(e.status, WW_encounter_status_IN_PROGRESS);
	return s == WW_OK ? ww_fold_needed(c, ev, UNIT_COUNT(ways), needed) : s;
}

/* A message's memory may end anywhere: at each limit it is said, and nothing is made up. */
START_TEST(says_so_when_memory_ends)
{
	struct ww_fhir_source src = source_of(
	    "{'resourceType':'Encounter','id':'1','status':'finished','class':{'code':'IMP'},'meta'"
	    ":{"
	    "'security':[{'code':'R','system':'urn:s'}]},'classHistory':[{'class':{'code':'EMER'},"
	    "'period':{'start':'2026-03-02T08:00:00Z','end':'2026-03-02T10:00:00Z'}}],'period':{"
	    "'start':'2026-03-02T08:00:00Z'},'subject':{'reference':'Patient/1'},'identifier':[{"
	    "'value':'V1'}],'contained':[{'resourceType':'Condition','id':'c','code':{'coding':[{"
	    "'code':'J18.9'}]}}],'diagnosis':[{'condition':{'reference':'#c'}}]}");
	ww_status s = WW_E_LIMIT;
	size_t failed = 0;

	for (size_t limit = 256; s != WW_OK && limit < (1 << 20); limit += 64) {
		struct ww_ctx c = { .arena = ww_arena_new(limit) };

		ck_assert_ptr_nonnull(c.arena);
		s = fold_all(&c, &src);
		ck_assert(s == WW_OK || s == WW_E_LIMIT);
		failed += s != WW_OK;
		ww_arena_free(c.arena);
	}
	ck_assert_int_eq(s, WW_OK);
	ck_assert_uint_gt(failed, 20);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { takes_each_status_for_what_it_says,
		takes_each_class_for_what_it_says,
		takes_codes_of_hospitalization_for_those_of_messages,
		reads_times_from_period_and_histories, knows_numbers_and_places_by_the_settings,
		names_the_patient_by_the_best_name, takes_a_coverage_for_one_number,
		takes_the_event_of_a_message_before_the_class, says_so_when_memory_ends };

	return unit_main("fhir_encounter", tests, UNIT_COUNT(tests));
}
