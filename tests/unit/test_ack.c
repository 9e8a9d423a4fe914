/* Acknowledgements, written and read. */
#include "message.h"

#include <wardwire/buf.h>

#include "codec/ack.h"

#define NOW INT64_C(1772446500000) /* 2026-03-02 10:15 UTC */

/* Answers what accept makes of text; the result is freed with ww_buf_free. */
static struct ww_buf
answer_to(struct ww_ctx *cx, const char *text)
{
	struct ww_buf out = { 0 };
	struct ww_hl7 *m = NULL;
	ww_status s = ww_hl7_accept(cx, ww_str_from(text), NULL, &m);
	struct ww_ack a = { .code = s == WW_OK ? "AA" : ww_ack_code(&cx->fail),
		.failures = &cx->fail,
		.failures_n = s != WW_OK,
		.now = NOW,
		.number = 17 };

	ww_ack_write(cx, m, &a, &out);
	return out;
}

static const struct {
	const char *text, *answer;
} rows[] = {
	{ "MSH|^~\\&|ADM^1.2^ISO|HOSP|WW|PAYER|20260302||ADT^A01^ADT_A01|M1|T|2.5.1^USA||||||8859/"
	  "1\r"
	  "PID|1||1\r",
	    "MSH|^~\\&|WW|PAYER|ADM^1.2^ISO|HOSP|20260302101500+0000||ACK^A01^ACK|W17|T|2.5.1^USA||"
	    "||||"
	    "8859/1\rMSA|AA|M1\r" },
	{ "MSH|^~\\&|ADM|HOSP|||20260302||ADT^A01|a longer id than twenty bytes|P|2.3\rPID|1||1\r",
	    "MSH|^~\\&|||ADM|HOSP|20260302101500+0000||ACK|W17|P|2.3\r"
	    "MSA|AA|a longer id than twenty bytes\r" },
	{ "MSH|^~\\&|||||||ADT|M1\rPID|1||1\r",
	    "MSH|^~\\&|||||20260302101500+0000||ACK|W17|P|2.3\rMSA|AA|M1\r" },
	{ "MSH@~&#\\@A@B@C@D@@@ADT~A08@M\\1@P@2.7\rPID@1@@1\r",
	    "MSH@~&#\\@C@D@A@B@20260302101500+0000@@ACK~A08~ACK@W17@P@2.7\rMSA@AA@M\\1\r" },
	{ "MSH|^~\\&#|A|B|C|D|||ADT^A08|M1|P|2.8\rPID|1||1\r",
	    "MSH|^~\\&#|C|D|A|B|20260302101500+0000||ACK^A08^ACK|W17|P|2.8\rMSA|AA|M1\r" },
	{ "GET / HTTP/1.1\r\n", "MSH|^~\\&|||||20260302101500+0000||ACK|W17|P|2.5.1\rMSA|AR|\r"
	                        "ERR||MSH^1|100^Segment sequence error^HL70357|E|WW-202|||it does "
	                        "not begin with MSH\r" },
	{ "MSH|^~|A\r", "MSH|^~\\&|||||20260302101500+0000||ACK|W17|P|2.5.1\rMSA|AR|\r"
	                "ERR||MSH^1^2|102^Data type error^HL70357|E|WW-203|||"
	                "there must be four or five encoding characters\r" },
	{ "MSH|^~\\&|A|B|C|D||||M1|P|2.5\r",
	    "MSH|^~\\&|C|D|A|B|20260302101500+0000||ACK|W17|P|2.5\rMSA|AR|M1\r"
	    "ERR||MSH^1^9|200^Unsupported message type^HL70357|E|WW-208|||"
	    "the message type is missing\r" },
	{ "MSH|^~\\&|A|B|C|D|||ADT^A01||P|2.3.1\r",
	    "MSH|^~\\&|C|D|A|B|20260302101500+0000||ACK^A01^ACK|W17|P|2.3.1\rMSA|AR||WW-205 the "
	    "message control id is missing\r"
	    "ERR|MSH^1^10^101&Required field missing&HL70357\r" },
	{ "MSH|^~\\&|A|B|C|D|||ADT^A01|M1|P|garbage\r",
	    "MSH|^~\\&|C|D|A|B|20260302101500+0000||ACK^A01^ACK|W17|P|2.5.1\rMSA|AR|M1\r"
	    "ERR||MSH^1^12|203^Unsupported version id^HL70357|E|WW-209|||"
	    "the version is not one of 2.1 to 2.9\r" },
	{ "MSH|^~\\&|A|B|C|D|||ADT^A01|M1|P|2.4\rEVN|A01\r",
	    "MSH|^~\\&|C|D|A|B|20260302101500+0000||ACK^A01^ACK|W17|P|2.4\rMSA|AE|M1|WW-204 the "
	    "patient's segment is missing\r"
	    "ERR|PID^1^^100&Segment sequence error&HL70357\r" },
	{ "MSH|^~\\&|A|B|C|D|||ADT^A01|M1|P|2.5\rPID|1\r",
	    "MSH|^~\\&|C|D|A|B|20260302101500+0000||ACK^A01^ACK|W17|P|2.5\rMSA|AE|M1\r"
	    "ERR||PID^1^3|101^Required field missing^HL70357|E|WW-205|||"
	    "the patient has no identifier\r" },
};

START_TEST(answers_in_the_form_of_the_message)
{
	size_t i;

	for (i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_ctx cx = message_ctx();
		struct ww_buf got = answer_to(&cx, rows[i].text);

		unit_str_is(ww_buf_view(&got), rows[i].answer);
		ww_buf_free(&got);
		ww_arena_free(cx.arena);
	}
}
END_TEST

START_TEST(writes_the_whole_place_and_escapes_the_reason)
{
	static const struct {
		const char *version, *place, *error;
		ww_status status;
	} table[] = {
		{ "2.5", "OBX(2)-5.3",
		    "ERR||OBX^2^5^1^3|102^Data type error^HL70357|E|WW-206|||a\\F\\b\r",
		    WW_E_VALUE },
		{ "2.5", "PID-3(2).4.1",
		    "ERR||PID^1^3^2^4^1|102^Data type error^HL70357|E|WW-206|||a\\F\\b\r",
		    WW_E_VALUE },
		{ "2.5", "feeds[0].on", "ERR|||102^Data type error^HL70357|E|WW-206|||a\\F\\b\r",
		    WW_E_VALUE },
		{ "2.3", "", "ERR|^^^102&Data type error&HL70357\r", WW_E_VALUE },
		{ "2.5", "ZZZ", "ERR||ZZZ^1|102^Data type error^HL70357|E|WW-211|||a\\F\\b\r",
		    WW_E_LIMIT },
		{ "2.8", "ZZZ", "ERR||ZZZ^1|104^Value too long^HL70357|E|WW-211|||a\\F\\b\r",
		    WW_E_LIMIT },
	};
	size_t i;

	for (i = 0; i < UNIT_COUNT(table); i++) {
		struct ww_ctx cx = message_ctx();
		struct ww_failure f = { .status = table[i].status, .reason = "a|b" };
		struct ww_ack a = {
			.code = "AE", .failures = &f, .failures_n = 1, .now = NOW, .number = 1
		};
		struct ww_buf out = { 0 };
		const char *error;
		char text[128];
		ww_str v;

		snprintf(f.place, sizeof(f.place), "%s", table[i].place);
		snprintf(
		    text, sizeof(text), "MSH|^~\\&|A|B|C|D|||ADT^A01|M1|P|%s\r", table[i].version);
		ww_ack_write(&cx, message_of(&cx, text), &a, &out);
		ww_buf_byte(&out, '\0');
		v = ww_buf_view(&out);
		error = strstr(v.p, "ERR|");
		ck_assert_ptr_nonnull(error);
		ck_assert_str_eq(error, table[i].error);
		ww_buf_free(&out);
		ww_arena_free(cx.arena);
	}
}
END_TEST

/* The answer to text in that version with n failures at PID-3, PID-4 and so on, from ERR on. */
static ww_str
errors_of(struct ww_ctx *cx, const char *version, size_t n, struct ww_buf *out)
{
	struct ww_failure f[20];
	struct ww_ack a = { .code = "AE", .failures = f, .failures_n = n, .now = NOW };
	char text[128];
	ww_str whole;
	size_t i;

	ck_assert_uint_le(n, UNIT_COUNT(f));
	for (i = 0; i < n; i++) {
		f[i] = (struct ww_failure){ .status = WW_E_REQUIRED, .reason = "none" };
		snprintf(f[i].place, sizeof(f[i].place), "PID-%zu", i + 3);
	}
	snprintf(text, sizeof(text), "MSH|^~\\&|A|B|C|D|||ADT^A01|M1|P|%s\r", version);
	ww_ack_write(cx, message_of(cx, text), &a, out);
	ww_buf_byte(out, '\0');
	whole = ww_buf_view(out);
	return ww_str_from(strstr(whole.p, "ERR|") != NULL ? strstr(whole.p, "ERR|") : "");
}

START_TEST(names_every_failure_in_the_form_of_the_version)
{
	static const struct {
		const char *version;
		size_t n;
		const char *errors;
	} table[] = {
		{ "2.3", 2,
		    "ERR|PID^1^3^101&Required field missing&HL70357~"
		    "PID^1^4^101&Required field missing&HL70357\r" },
		{ "2.4", 1, "ERR|PID^1^3^101&Required field missing&HL70357\r" },
		{ "2.5", 2,
		    "ERR||PID^1^3|101^Required field missing^HL70357|E|WW-205|||none\r"
		    "ERR||PID^1^4|101^Required field missing^HL70357|E|WW-205|||none\r" },
		{ "2.9", 1, "ERR||PID^1^3|101^Required field missing^HL70357|E|WW-205|||none\r" },
		{ "2.5", 0, "" },
		{ "2.3", 0, "" },
	};
	size_t i;

	for (i = 0; i < UNIT_COUNT(table); i++) {
		struct ww_ctx cx = message_ctx();
		struct ww_buf out = { 0 };

		unit_str_is(errors_of(&cx, table[i].version, table[i].n, &out), table[i].errors);
		ww_buf_free(&out);
		ww_arena_free(cx.arena);
	}
}
END_TEST

START_TEST(leaves_out_what_is_more_than_sixteen)
{
	static const char last[] = "ERR||PID^1^18|101^Required field missing^HL70357|E|WW-205|||"
	                           "none\rERR|||0^Message accepted^HL70357|I||||3 more left out\r";
	struct ww_ctx cx = message_ctx();
	struct ww_buf out = { 0 };
	ww_str errors = errors_of(&cx, "2.6", 19, &out);

	unit_str_is(ww_str_sub(errors, errors.n - (sizeof(last) - 1), sizeof(last) - 1), last);
	ww_buf_clear(&out);
	errors = errors_of(&cx, "2.6", 16, &out);
	ck_assert_ptr_null(strstr(errors.p, "left out"));
	ww_buf_clear(&out);
	errors = errors_of(&cx, "2.3", 19, &out);
	ck_assert_ptr_nonnull(strstr(errors.p, "PID^1^18^"));
	ck_assert_ptr_null(strstr(errors.p, "PID^1^19^"));
	ww_buf_free(&out);
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(says_what_an_application_acknowledgement_says)
{
	static const struct {
		struct ww_ack ack;
		const char *answer;
	} table[] = {
		{ { .code = "CA", .now = NOW, .number = 7 },
		    "MSH|^~\\&|C|D|A|B|20260302101500+0000||ACK^A01^ACK|W7|P|2.5||||||8859/1\r"
		    "MSA|CA|M1\r" },
		{ { .code = "AA", .now = NOW, .series = 'A', .number = 7, .accept = "NE" },
		    "MSH|^~\\&|C|D|A|B|20260302101500+0000||ACK^A01^ACK|A7|P|2.5|||NE|NE||8859/1\r"
		    "MSA|AA|M1\r" },
		{ { .code = "AA", .now = NOW, .number = 7, .sequence = "-1" },
		    "MSH|^~\\&|C|D|A|B|20260302101500+0000||ACK^A01^ACK|W7|P|2.5||||||8859/1\r"
		    "MSA|AA|M1||-1\r" },
	};
	size_t i;

	for (i = 0; i < UNIT_COUNT(table); i++) {
		struct ww_ctx cx = message_ctx();
		struct ww_buf out = { 0 };

		ww_ack_write(&cx,
		    message_of(&cx, "MSH|^~\\&|A|B|C|D|||ADT^A01|M1|P|2.5|||AL|AL||8859/1\r"),
		    &table[i].ack, &out);
		unit_str_is(ww_buf_view(&out), table[i].answer);
		ww_buf_free(&out);
		ww_arena_free(cx.arena);
	}
}
END_TEST

START_TEST(has_a_code_for_each_mode)
{
	static const struct {
		ww_status status;
		const char *place, *original, *accept;
	} table[] = {
		{ WW_E_NOT_HL7, "MSH", "AR", "CR" },
		{ WW_E_HEADER, "MSH-2", "AR", "CR" },
		{ WW_E_TYPE, "MSH-9", "AR", "CR" },
		{ WW_E_EVENT, "MSH-9.2", "AR", "CR" },
		{ WW_E_PROCESSING, "MSH-11", "AR", "CR" },
		{ WW_E_VERSION, "MSH-12", "AR", "CR" },
		{ WW_E_REQUIRED, "MSH-10", "AR", "CR" },
		{ WW_E_REQUIRED, "PID-3", "AE", "CE" },
		{ WW_E_SEGMENT, "PID", "AE", "CE" },
		{ WW_E_CHARSET, "MSH-18", "AE", "CE" },
		{ WW_E_CODE, "MSH-18", "AE", "CE" },
		{ WW_E_LIMIT, "", "AE", "CE" },
		{ WW_E_BUG, "", "AR", "CE" },
	};
	size_t i;

	ck_assert_str_eq(ww_ack_accept_code(NULL), "CA");
	for (i = 0; i < UNIT_COUNT(table); i++) {
		struct ww_failure f = { .status = table[i].status };

		snprintf(f.place, sizeof(f.place), "%s", table[i].place);
		ck_assert_str_eq(ww_ack_code(&f), table[i].original);
		ck_assert_str_eq(ww_ack_accept_code(&f), table[i].accept);
	}
}
END_TEST

START_TEST(finds_all_that_is_wrong)
{
	struct ww_ctx cx = message_ctx();
	struct ww_failure f[8];
	struct ww_hl7 *m;

	ck_assert_int_eq(
	    ww_hl7_accept(&cx, WW_STR("MSH|^~\\&|A|B|C|D|||ADT^A01||X|2.5||||||KLINGON\rEVN|A01\r"),
	        NULL, &m),
	    WW_E_REQUIRED);
	ck_assert_uint_eq(ww_hl7_faults(&cx, m, f, UNIT_COUNT(f)), 4);
	ck_assert_str_eq(f[0].place, "MSH-10");
	ck_assert_str_eq(f[1].place, "MSH-11");
	ck_assert_str_eq(f[2].place, "MSH-18");
	ck_assert_str_eq(f[3].place, "PID");
	ck_assert_uint_eq(ww_hl7_faults(&cx, m, f, 2), 2);
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(writes_what_it_reads_back)
{
	size_t i;

	for (i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_ctx cx = message_ctx();
		struct ww_buf got = answer_to(&cx, rows[i].text);
		struct ww_hl7 *m = message_of(&cx, rows[i].answer);
		char code[3] = "";
		bool ours = false;
		ww_str id;

		(void)message_raw(&cx, m, "MSA-2", &id);
		ck_assert(ww_ack_read(&cx, ww_buf_view(&got), id, code, &ours));
		unit_str_is(ww_hl7_at(&cx, m, "MSA-1"), code);
		ck_assert(ours == (id.n > 0));
		ck_assert(ww_ack_is(&cx, m));
		ww_buf_free(&got);
		ww_arena_free(cx.arena);
	}
}
END_TEST

START_TEST(tells_whose_answer_it_reads)
{
	static const struct {
		const char *text;
		bool is, ours;
		const char *code;
	} table[] = {
		{ "MSH|^~\\&|A|B|C|D|||ACK|1|P|2.5\rMSA|AA|M1\r", true, true, "AA" },
		{ "MSH|^~\\&|A|B|C|D|||ACK|1|P|2.5\nMSA|CE|M1|text\n", true, true, "CE" },
		{ "MSH|^~\\&|A|B|C|D|||ACK|1|P|2.5\rMSA|AA|M2\r", true, false, "AA" },
		{ "MSH|^~\\&|A|B|C|D|||ACK|1|P|2.5\rMSA|AA|M1 \r", true, false, "AA" },
		{ "MSH|^~\\&|A|B|C|D|||ACK|1|P|2.5\rMSA|AE\r", true, false, "AE" },
		{ "MSH|^~\\&|A|B|C|D|||ACK|1|P|2.5\rMSA|OK|M1\r", false, false, "" },
		{ "MSH|^~\\&|A|B|C|D|||ACK|1|P|2.5\r", false, false, "" },
		{ "\x06", false, false, "" },
		{ "", false, false, "" },
	};
	size_t i;

	for (i = 0; i < UNIT_COUNT(table); i++) {
		struct ww_ctx cx = message_ctx();
		char code[3] = "";
		bool ours = false;

		ck_assert(ww_ack_read(&cx, ww_str_from(table[i].text), WW_STR("M1"), code, &ours) ==
		          table[i].is);
		ck_assert_str_eq(code, table[i].code);
		ck_assert(ours == table[i].ours);
		ck_assert_int_eq(cx.fail.status, WW_OK);
		ww_arena_free(cx.arena);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		answers_in_the_form_of_the_message,
		writes_the_whole_place_and_escapes_the_reason,
		writes_what_it_reads_back,
		names_every_failure_in_the_form_of_the_version,
		leaves_out_what_is_more_than_sixteen,
		says_what_an_application_acknowledgement_says,
		has_a_code_for_each_mode,
		finds_all_that_is_wrong,
		tells_whose_answer_it_reads,
	};

	return unit_main("ack", tests, UNIT_COUNT(tests));
}
