/* The ADT mapper beyond the pairs in samples/map: every row of its tables, its clocks, and what it must leave alone. */
#include "tests/unit/message.h"

#include <wardwire/mapper.h>
#include <wardwire/time.h>

#include <string.h>

#define NOW_TEXT "20260302120000-0500"

static struct ww_ctx cx;
static struct ww_facts facts;
static struct ww_feed feed = { .name = WW_STR_INIT("mercy") };

static ww_time
time_of(const char *hl7)
{
	ww_time t = { 0 };

	ck_assert_msg(ww_time_hl7(ww_str_from(hl7), feed.zone, &t), "no time: %s", hl7);
	return t;
}

static void
set_up(void)
{
	if (cx.arena == NULL)
		cx.arena = ww_arena_new(0);
	ww_ctx_clear(&cx);
	feed.zone = ww_zone_find("America/New_York");
	ck_assert(cx.arena != NULL && feed.zone != NULL);
	cx.now = time_of(NOW_TEXT).ms;
}

/* What a message of that event says whose other segments are given. */
static ww_status
map(const char *event, const char *rest)
{
	const struct ww_mapper *mapper = ww_mapper_find(WW_STR("ADT"));
	const char *text;

	set_up();
	text = ww_arena_printf(
	    cx.arena, "MSH|^~\\&|ADT|MERCY|||20260302101500||ADT^%s|1|P|2.5.1\r%s", event, rest)
	           .p;
	ck_assert_ptr_nonnull(mapper);
	return mapper->map(&cx, message_of(&cx, text), &feed, &facts);
}

#define says(event, rest) ck_assert_int_eq(map((event), (rest)), WW_OK)

START_TEST(takes_the_events_it_acts_upon_and_no_others)
{
	static const char acted[] =
	    "A01 A02 A03 A04 A05 A06 A07 A08 A11 A12 A13 A14 A16 A17 A18 A21 A22 A23 A24 A25 A27 "
	    "A28 "
	    "A30 A31 A34 A35 A36 A37 A38 A39 A40 A41 A42 A43 A44 A45 A46 A47 A48 A49 A50 A52 A53 "
	    "A54 A55";
	static const char unknown[] = "A00 A19 A56 A57 A58 A59";
	static const struct {
		const char *trigger, *want;
	} none[] = {
		{ "", "MSH-9.2 names no ADT trigger event" },
		{ "01", "MSH-9.2 names no ADT trigger event" },
		{ "A001", "MSH-9.2 names no ADT trigger event" },
		{ "close", "MSH-9.2 names no ADT trigger event" },
		{ "B01", "trigger event B01 is none of HL7 v2 chapter 3" },
		{ "AXX", "trigger event AXX is none of HL7 v2 chapter 3" },
	};
	char event[16], want[80];

	for (int i = 0; i < 100; i++) {
		snprintf(event, sizeof(event), "A%02d", i);
		says(event, "PID|1||MR1\rPV1|1|I");
		if (strstr(acted, event) != NULL) {
			unit_str_is(facts.ignored, "");
			continue;
		}
		if (i > 62 || strstr(unknown, event) != NULL)
			snprintf(want, sizeof(want), "trigger event %s is none of HL7 v2 chapter 3",
			    event);
		else
			snprintf(want, sizeof(want),
			    "trigger event %s is stored and not acted upon: ", event);
		ck_assert_msg(ww_str_starts(facts.ignored, ww_str_from(want)), "%s: %.*s", event,
		    WW_STR_FMT(facts.ignored));
	}
	for (size_t i = 0; i < UNIT_COUNT(none); i++) {
		says(none[i].trigger, "PID|1||MR1");
		unit_str_is(facts.ignored, none[i].want);
	}
}
END_TEST

/* Of a plan what is expected, of a movement its id, of any event where the patient is. */
START_TEST(reads_plans_places_and_movements)
{
	static const struct {
		const char *event, *rest, *expected, *occurred, *location, *movement;
	} rows[] = {
		{ "A05",
		    "EVN|A05|20260302100000|20260310\rPID|1||MR1\rPV1|1|P\rPV2||||||||20260309",
		    "20260309", "20260302100000", "", "" },
		{ "A14", "EVN|A14|20260302100000|20260310\rPID|1||MR1\rPV1|1|P", "20260310",
		    "20260302100000", "", "" },
		{ "A16", "EVN|A16|20260302100000\rPID|1||MR1\rPV1|1|I\rPV2|||||||||20260305",
		    "20260305", "20260302100000", "", "" },
		{ "A02",
		    "EVN|A02|20260302100000|20260310\rPID|1||MR1\rPV1|1|I|4W^401^1^MERCY&1.2&ISO",
		    "", "20260302100000", "4W^401^1^MERCY", "" },
		{ "Z99",
		    "EVN|Z99|20260302100000\rPID|1||MR1\rPV1|1|I|4W\r"
		    "ZBE|M17^PAS|20260302091500||UPDATE|N|A02",
		    "", "20260302091500", "4W^^^", "M17" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		const struct ww_event *ev = &facts.event;

		says(rows[i].event, rows[i].rest);
		unit_str_is(facts.ignored, "");
		ck_assert_int_eq(ww_time_known(ev->expected), rows[i].expected[0] != '\0');
		if (rows[i].expected[0] != '\0')
			ck_assert_int_eq(ev->expected.ms, time_of(rows[i].expected).ms);
		ck_assert_int_eq(ev->occurred.ms, time_of(rows[i].occurred).ms);
		unit_str_is(ev->location, rows[i].location);
		unit_str_is(ev->movement, rows[i].movement);
	}
	unit_str_is(facts.event.trigger, "A02");
	unit_str_is(facts.event.action, "UPDATE");
	unit_str_is(facts.event.control, "1");
	says("A31", "PID|1||MR1||FAM\rPV1|1|I||||||||||||||||V1");
	unit_str_is(facts.visit, "");
	unit_str_is(facts.person.family, "FAM");
	says("Z99", "PID|1||MR1\rPV1|1|I");
	unit_str_is(facts.ignored, "MSH-9.2 names no ADT trigger event");
}
END_TEST

START_TEST(knows_the_patient_classes)
{
	static const struct {
		const char *code;
		enum ww_encounter_class class_;
	} rows[] = {
		{ "E", WW_encounter_class_ED },
		{ "I", WW_encounter_class_INPATIENT },
		{ "O", WW_encounter_class_OUTPATIENT },
		{ "P", WW_encounter_class_PREADMIT },
		{ "R", WW_encounter_class_RECURRING },
		{ "B", WW_encounter_class_OB },
		{ "N", WW_encounter_class_NONPATIENT },
		{ "C", WW_encounter_class_UNKNOWN },
		{ "U", WW_encounter_class_UNKNOWN },
		{ "", WW_encounter_class_UNKNOWN },
		{ "\"\"", WW_encounter_class_UNKNOWN },
		{ "IP", WW_encounter_class_UNKNOWN },
		{ "e", WW_encounter_class_ED },
		{ " I ", WW_encounter_class_INPATIENT },
		{ "I^INPATIENT", WW_encounter_class_INPATIENT },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		char rest[64];

		snprintf(rest, sizeof(rest), "PID|1||MR1\rPV1|1|%s", rows[i].code);
		says("A01", rest);
		ck_assert_msg(facts.event.class_ == (int64_t)rows[i].class_, "%s", rows[i].code);
	}
}
END_TEST

/* UB-04 patient status, whose zero many leave off: 2 is a transfer to a hospital as 02 is. */
START_TEST(knows_where_a_discharge_led)
{
	static const struct {
		const char *said, *want;
	} rows[] = { { "01", "01" }, { "2", "02" }, { "9", "09" }, { "0", "0" }, { "43", "43" },
		{ "", "" }, { "HOME", "HOME" } };

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		char rest[120];

		snprintf(rest, sizeof(rest),
		    "PID|1||MR1\rPV1|1|I|||||||||||||||||V1|||||||||||||||||%s", rows[i].said);
		says("A03", rest);
		unit_str_is(facts.event.disposition, rows[i].want);
	}
}
END_TEST

/* EVN-6 (at), PV1-44 (in), PV1-45 (out), EVN-2, MSH-7: which of them each clock takes. MSH-7 is 10:15. */
START_TEST(takes_each_clock_from_the_first_that_is_known)
{
	static const struct {
		const char *event, *evn2, *evn6, *in, *out;
		const char *recorded, *occurred, *stated; /* hhmm */
	} rows[] = {
		{ "A01", "1010", "1000", "0955", "", "1010", "1000", "1000" },
		{ "A01", "1010", "", "0955", "", "1010", "0955", "1010" },
		{ "A04", "1010", "", "0955", "", "1010", "0955", "1010" },
		{ "A03", "1010", "", "0955", "1005", "1010", "1005", "1010" },
		{ "A03", "1010", "", "0955", "", "1010", "1010", "1010" },
		{ "A06", "1010", "", "0955", "1005", "1010", "1010", "1010" },
		{ "A06", "1010", "1000", "0955", "", "1010", "1000", "1000" },
		{ "A11", "1010", "", "0955", "", "1010", "1010", "1010" },
		{ "A13", "1010", "", "0955", "1005", "1010", "1010", "1010" },
		{ "A01", "", "", "", "", "1015", "1015", "" },
		{ "A01", "", "1000", "", "", "1015", "1000", "1000" },
		/* up to ten minutes ahead a clock may run, no more; it is 12:00 */
		{ "A01", "1210", "", "", "", "1210", "1210", "1210" },
		{ "A01", "1211", "", "", "", "1015", "1015", "" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct {
			const char *want;
			ww_time got;
		} clocks[3];
		char rest[320];

#define DAY(hhmm) (hhmm)[0] != '\0' ? "20260302" : "", (hhmm)
		snprintf(rest, sizeof(rest),
		    "EVN|A01|%s%s||||%s%s\rPID|1||MR1\r"
		    "PV1|1|I|||||||||||||||||V1|||||||||||||||||||||||||%s%s|%s%s",
		    DAY(rows[i].evn2), DAY(rows[i].evn6), DAY(rows[i].in), DAY(rows[i].out));
#undef DAY
		says(rows[i].event, rest);
		clocks[0].want = rows[i].recorded;
		clocks[0].got = facts.event.recorded;
		clocks[1].want = rows[i].occurred;
		clocks[1].got = facts.event.occurred;
		clocks[2].want = rows[i].stated;
		clocks[2].got = facts.event.stated;
		for (size_t k = 0; k < 3; k++) {
			char want[32];

			snprintf(want, sizeof(want), "20260302%s", clocks[k].want);
			if (clocks[k].want[0] == '\0')
				ck_assert_msg(!ww_time_known(clocks[k].got), "row %zu", i);
			else
				ck_assert_msg(clocks[k].got.ms == time_of(want).ms,
				    "row %zu clock %zu", i, k);
		}
	}
}
END_TEST

START_TEST(takes_the_time_of_receipt_when_there_is_no_other)
{
	const char *text =
	    "MSH|^~\\&|ADT|MERCY|||||ADT^A01|1|P|2.5.1\rEVN|A01\rPID|1||MR1\rPV1|1|I";
	const struct ww_mapper *mapper = ww_mapper_find(WW_STR("ADT"));

	set_up();
	ck_assert_int_eq(mapper->map(&cx, message_of(&cx, text), &feed, &facts), WW_OK);
	ck_assert_int_eq(facts.event.recorded.ms, cx.now);
	ck_assert_int_eq(facts.event.occurred.ms, cx.now);
}
END_TEST

START_TEST(says_why_no_number_of_a_member_is_there)
{
	static const struct {
		const char *rest, *want;
	} rows[] = {
		{ "PID|1||MR1\r", "no IN1, PID-3 has no MB" },
		{ "PID|1||MR1\rIN1|1|PPO", "IN1-49 empty, PID-3 has no MB" },
		{ "PID|1||MR1~M1^^^ACME^MB\rIN1|1|PPO", "IN1-49 empty, PID-3 has an MB" },
		{ "PID|1||MR1~^^^ACME^MB\r", "no IN1, PID-3 has no MB" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		says("A01", rows[i].rest);
		unit_str_is(facts.no_member, rows[i].want);
	}
}
END_TEST

/* Numbers that name no person: of an account, a visit, a person who wants no name, and social security. */
START_TEST(takes_no_number_that_names_no_person)
{
	says("A01", "PID|1||A^^^X^AN~V^^^X^VN~Z^^^X^ANON~S^^^X^SS~S^^^X^SSN~P^^^X^pi~~ ^^^X^MR~N");
	ck_assert_uint_eq(facts.identifiers_n, 2);
	unit_str_is(facts.identifiers[0].value, "P");
	unit_str_is(facts.identifiers[0].type, "PI");
	unit_str_is(facts.identifiers[1].value, "N");
	unit_str_is(facts.identifiers[1].system, "mercy");
	unit_str_is(facts.identifiers[1].type, "MR");
	/* PID-2 only when PID-3 has none that does. */
	says("A01", "PID|1|EXT|A^^^X^AN");
	ck_assert_uint_eq(facts.identifiers_n, 1);
	unit_str_is(facts.identifiers[0].value, "EXT");
	says("A01", "PID|1|S^^^X^SS|");
	ck_assert_uint_eq(facts.identifiers_n, 0);
}
END_TEST

/* Straight from the bytes, as they come over MLLP: any line end. */
START_TEST(reads_any_line_end)
{
	static const char *const ends[] = { "\r", "\n", "\r\n" };

	for (size_t i = 0; i < UNIT_COUNT(ends); i++) {
		char rest[128];

		snprintf(rest, sizeof(rest), "EVN|A01%sPID|1||MR1||FAM^GIV%sPV1|1|I%sDG1|1||I50.9",
		    ends[i], ends[i], ends[i]);
		says("A01", rest);
		unit_str_is(facts.person.given, "GIV");
		ck_assert_int_eq(facts.event.class_, WW_encounter_class_INPATIENT);
		ck_assert_uint_eq(facts.diagnoses_n, 1);
	}
}
END_TEST

/* No allocation may be taken for granted: the arena full at any point is a failure that is told, never half a set
 * of facts. */
START_TEST(tells_of_an_arena_that_is_full)
{
	static const char text[] =
	    "MSH|^~\\&|ADT|MERCY|||20260302101500||ADT^A01|1|P|2.5.1\rEVN|A01|20260302101500\r"
	    "PID|1||MR\\T\\1^^^MERCY^MR~X||FA\\T\\M^GIV||19500302|F||||||||||AC\\T\\1\r"
	    "PV1|1|I|^^^NO\\T\\RTH\rDG1|1||I50.9\rIN1|1|PPO|ACME\rIN2||\r";
	const struct ww_mapper *mapper = ww_mapper_find(WW_STR("ADT"));
	struct ww_arena *whole;
	size_t failures = 0, least;

	set_up();
	least = ww_arena_used(cx.arena);
	for (size_t limit = least + 64; limit < 1 << 20; limit += 128) {
		struct ww_ctx small = { .arena = ww_arena_new(limit), .now = cx.now };
		struct ww_hl7 *m = NULL;
		ww_status s = ww_hl7_parse(&small, ww_str_from(text), &m);

		if (s == WW_OK)
			s = mapper->map(&small, m, &feed, &facts);
		if (s == WW_OK) {
			unit_str_is(facts.person.family, "FA&M");
			unit_str_is(facts.identifiers[0].value, "MR&1");
			unit_str_is(facts.visit, "AC&1");
			unit_str_is(facts.event.facility, "NO&RTH");
		} else {
			ck_assert_int_eq(s, WW_E_LIMIT);
			failures++;
		}
		whole = small.arena;
		ww_arena_free(whole);
		if (s == WW_OK)
			break;
	}
	ck_assert_uint_gt(failures, 5);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { knows_where_a_discharge_led,
		takes_the_events_it_acts_upon_and_no_others, reads_plans_places_and_movements,
		knows_the_patient_classes, takes_each_clock_from_the_first_that_is_known,
		takes_the_time_of_receipt_when_there_is_no_other,
		says_why_no_number_of_a_member_is_there, takes_no_number_that_names_no_person,
		reads_any_line_end, tells_of_an_arena_that_is_full };
	int code = unit_main("adt", tests, UNIT_COUNT(tests));

	ww_arena_free(cx.arena);
	return code;
}
