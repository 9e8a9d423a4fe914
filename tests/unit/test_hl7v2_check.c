/* What a receiver refuses, and what it lets pass. */
#include "message.h"

#include "codec/ack.h"

#define HEAD "MSH|^~\\&|ADM|HOSP|WW|PAYER|20260302101500||"
#define PATIENT "PID|1||4711^^^HOSP^MR||Muster^Anna\r"

static const struct ww_hl7_source strict = { .strict = true };

static const struct {
	const char *text;
	ww_status status;
	const char *place, *code;
} refused[] = {
	{ "HELLO", WW_E_NOT_HL7, "MSH", "AR" },
	{ "FHS|^~\\&|A\r" HEAD "ADT^A01|1|P|2.5\r" PATIENT, WW_E_NOT_HL7, "FHS", "AR" },
	{ "MSH|^~", WW_E_HEADER, "MSH-2", "AR" },
	{ HEAD "|1|P|2.5\r" PATIENT, WW_E_TYPE, "MSH-9", "AR" },
	{ HEAD "\"\"|1|P|2.5\r" PATIENT, WW_E_TYPE, "MSH-9", "AR" },
	{ HEAD "^A01|1|P|2.5\r" PATIENT, WW_E_TYPE, "MSH-9", "AR" },
	{ HEAD "ACK^A01^ACK|1|P|2.5\rMSA|AA|1\r", WW_E_TYPE, "MSH-9", "AR" },
	{ HEAD "ADT^A01||P|2.5\r" PATIENT, WW_E_REQUIRED, "MSH-10", "AR" },
	{ HEAD "ADT^A01\r" PATIENT, WW_E_REQUIRED, "MSH-10", "AR" },
	{ HEAD "ADT^A01|1|X|2.5\r" PATIENT, WW_E_PROCESSING, "MSH-11", "AR" },
	{ HEAD "ADT^A01|1|TEST|2.5\r" PATIENT, WW_E_PROCESSING, "MSH-11", "AR" },
	{ HEAD "ADT^A01|1|P|3.0\r" PATIENT, WW_E_VERSION, "MSH-12", "AR" },
	{ HEAD "ADT^A01|1|P|2.0\r" PATIENT, WW_E_VERSION, "MSH-12", "AR" },
	{ HEAD "ADT^A01|1|P|2.10\r" PATIENT, WW_E_VERSION, "MSH-12", "AR" },
	{ HEAD "ADT^A01|1|P|2.5.\r" PATIENT, WW_E_VERSION, "MSH-12", "AR" },
	{ HEAD "ADT^A01|1|P|2.5||||||KLINGON\r" PATIENT, WW_E_CODE, "MSH-18", "AE" },
	{ HEAD "ADT^A01|1|P|2.5||||||8859/12\r" PATIENT, WW_E_CODE, "MSH-18", "AE" },
	{ HEAD "ADT^A01|1|P|2.5||||||BIG-5\r" PATIENT, WW_E_CODE, "MSH-18", "AE" },
	{ HEAD "ADT^A01|1|P|2.5||||||UNICODE UTF-8\rPID|1||4711||M\xfcller\r", WW_E_CHARSET,
	    "MSH-18", "AE" },
	{ HEAD "ADT^A01|1|P|2.5||||||UNICODE UTF-16\r" PATIENT, WW_E_WIDE, "MSH-18", "AR" },
	{ HEAD "ADT^A01|1|P|2.5||||||UTF-32\r" PATIENT, WW_E_WIDE, "MSH-18", "AR" },
	{ HEAD "ADT^A01|1|P|2.5\rPID|1||4711||M\xfcller\r", WW_E_CHARSET, "MSH-18", "AE" },
	{ HEAD "ADT^A01|1|P|2.5||||||ASCII\rPID|1||4711||M\xc3\xbcller\r", WW_E_CHARSET, "MSH-18",
	    "AE" },
	{ HEAD "ADT^A01|1|P|2.5\rPID|1||4711||\xed\xa0\x80\r", WW_E_CHARSET, "MSH-18", "AE" },
	{ HEAD "ADT^A01|1|P|2.5\rPID|1||4711||\xc0\xaf\r", WW_E_CHARSET, "MSH-18", "AE" },
	{ HEAD "ADT^A01|1|P|2.5||||||8859/3\rPID|1||4711||\xa5\r", WW_E_CHARSET, "MSH-18", "AE" },
	{ HEAD "ADT^A01|1|P|2.5\r" PATIENT HEAD "ADT^A01|2|P|2.5\r", WW_E_SEGMENT, "MSH", "AE" },
	{ HEAD "ADT^A01|1|P|2.5\r" PATIENT "MSH@^~\\&@\r", WW_E_SEGMENT, "MSH", "AE" },
	{ HEAD "ADT^A01|1|P|2.5\rADD|more\r" PATIENT, WW_E_SEGMENT, "ADD", "AE" },
	{ HEAD "ADT^A01|1|P|2.5\r" PATIENT "no segment\rADD|more\r", WW_E_SEGMENT, "ADD", "AE" },
	{ HEAD "ADT^A01|1|P|2.5||7\rADD|more\r" PATIENT, WW_E_NOT_FOUND, "MSH-14", "AE" },
	{ HEAD "ADT^A01|1|P|2.5\r" PATIENT "DSC|7|F\r", WW_E_SEGMENT, "DSC", "AE" },
	{ HEAD "ADT^A01|1|P|2.5\rEVN|A01\r", WW_E_SEGMENT, "PID", "AE" },
	{ HEAD " adt ^a01|1|P|2.5\rEVN|A01\r", WW_E_SEGMENT, "PID", "AE" },
	{ HEAD "ack|1|P|2.5\rMSA|AA|1\r", WW_E_TYPE, "MSH-9", "AR" },
	{ HEAD "ADT^A01|1|P|2.5\rPID|1||\r", WW_E_REQUIRED, "PID-3", "AE" },
	{ HEAD "ADT^A01|1|P|2.5\rPID|1||^^^HOSP^MR~\"\"\r", WW_E_REQUIRED, "PID-3", "AE" },
};

START_TEST(refuses_with_status_place_and_code)
{
	size_t i;

	for (i = 0; i < UNIT_COUNT(refused); i++) {
		struct ww_ctx cx = message_ctx();
		struct ww_hl7 *m = NULL;
		ww_status s = ww_hl7_accept(&cx, ww_str_from(refused[i].text), &strict, &m);

		ck_assert_msg(s == refused[i].status, "%s: %s at %s", refused[i].text,
		    ww_status_name(s), cx.fail.place);
		ck_assert_str_eq(cx.fail.place, refused[i].place);
		ck_assert_str_eq(ww_ack_code(&cx.fail), refused[i].code);
		ck_assert((m != NULL) == (s != WW_E_NOT_HL7 && s != WW_E_HEADER));
		ww_arena_free(cx.arena);
	}
}
END_TEST

START_TEST(takes_what_hospitals_send)
{
	static const char *const texts[] = {
		HEAD "ADT^A01^ADT_A01|1|P|2.5.1\r" PATIENT,
		HEAD "ADT^A01|1|P\n" PATIENT,
		HEAD "ADT^A01|1|P|2.2\r\n" PATIENT,
		HEAD "ADT^A01|1|P|2.8.2^USA\r" PATIENT,
		HEAD "ADT^A01|1||2.3||||||ASCII\r" PATIENT,
		HEAD "ADT^A01|1|P|2.5\rPID|1|4711\r",
		HEAD "ADT^A01|1|P|2.5\rPID|1||~4711\r",
		HEAD "ADT^A01|1|P|2.5\rPID|1||4711||M\xc3\xbcller\r",
		HEAD "ADT^A01|1|P|2.5||||||ASCII\rPID|1||4711||M\xc3\xbcller\r",
		HEAD "ADT^A01|1|P|2.5||||||8859/1\rPID|1||4711||M\xfcller\r",
		HEAD "ADT^A01|1|P|2.5||||||UTF8\rPID|1||4711||M\xc3\xbcller\r",
		HEAD "ADT^A01|1|P|2.5\rPID|1|\rADD||47\rADD|11\r",
		HEAD "ADT^A01|1|P|2.4|0|20100102121557\r" PATIENT,
		HEAD "ADT^A20|1|P|2.5\rEVN|A20\rNPU|BED\r",
		HEAD "adt^a20 |1|P|2.5\rEVN|A20\rNPU|BED\r",
		HEAD "ORU^R01|1|P|2.5\rOBX|1\r",
		HEAD "ADT^A01|1|P|2.5\r" PATIENT "ZXY|extra|||||\rfree text\r",
	};
	size_t i;

	for (i = 0; i < UNIT_COUNT(texts); i++) {
		struct ww_ctx cx = message_ctx();
		struct ww_hl7 *m = NULL;

		ck_assert_msg(ww_hl7_accept(&cx, ww_str_from(texts[i]), NULL, &m) == WW_OK,
		    "%s: %s %s", texts[i], cx.fail.place, cx.fail.reason);
		ck_assert_ptr_nonnull(m);
		ck_assert(!ww_ack_is(&cx, m));
		ww_arena_free(cx.arena);
	}
}
END_TEST

START_TEST(knows_an_acknowledgement_when_it_refuses_one)
{
	struct ww_ctx cx = message_ctx();
	struct ww_hl7 *m = NULL;

	ck_assert_int_eq(
	    ww_hl7_accept(&cx, WW_STR(HEAD "ACK|1|P|2.3\rMSA|AA|9\r"), NULL, &m), WW_E_TYPE);
	ck_assert(ww_ack_is(&cx, m));
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(names_a_message_that_is_beyond_the_limits)
{
	struct ww_ctx cx = message_ctx();
	char *text = message_repeat("|", 2000, "\r\n" HEAD "ADT^A01|M77|P|2.5\rZZZ");
	struct ww_hl7 *m = NULL;

	ck_assert_int_eq(ww_hl7_accept(&cx, ww_str_from(text), NULL, &m), WW_E_LIMIT);
	ck_assert_ptr_nonnull(m);
	unit_str_is(ww_hl7_at(&cx, m, "MSH-10"), "M77");
	ck_assert_str_eq(ww_ack_code(&cx.fail), "AE");
	free(text);
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(puts_trouble_of_ours_down_to_ourselves)
{
	struct ww_failure f = { .status = WW_E_FULL };

	ck_assert_str_eq(ww_ack_code(&f), "AR");
	f.status = WW_E_VALUE;
	ck_assert_str_eq(ww_ack_code(&f), "AE");
}
END_TEST

START_TEST(never_takes_short_memory_for_a_fault_of_the_message)
{
	static const char text[] =
	    "MSH|^~\\&|ADM|HOSP|WW|PAYER|||A\\X44\\T^A01|M\\T\\1|P|2.5||||||8859/2\r"
	    "PID|1||47\\XB1\\11\r";
	size_t limit, refusals = 0;
	ww_status s = WW_E_LIMIT;

	for (limit = 16; s != WW_OK; limit += 16) {
		struct ww_ctx cx = { .arena = ww_arena_new(limit) };
		struct ww_hl7 *m = NULL;

		s = ww_hl7_accept(&cx, WW_STR(text), NULL, &m);
		ck_assert_int_eq(s, cx.fail.status);
		ck_assert(s == WW_OK || s == WW_E_LIMIT);
		ck_assert_uint_lt(limit, 1 << 20);
		refusals += s != WW_OK;
		ww_arena_free(cx.arena);
	}
	ck_assert_uint_gt(refusals, 10);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		refuses_with_status_place_and_code,
		takes_what_hospitals_send,
		knows_an_acknowledgement_when_it_refuses_one,
		names_a_message_that_is_beyond_the_limits,
		puts_trouble_of_ours_down_to_ourselves,
		never_takes_short_memory_for_a_fault_of_the_message,
	};

	return unit_main("hl7v2_check", tests, UNIT_COUNT(tests));
}
