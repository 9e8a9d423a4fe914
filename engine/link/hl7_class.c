/* The meaning of acknowledgement codes, and of what HTTP puts around them. Nothing is uncertain here: a message that may have
 * arrived is sent again with the same MSH-10. */
#include "link/hl7_class.h"

#include "codec/ack.h"

#include <wardwire/ctx.h>

#include <assert.h>
#include <limits.h>
#include <string.h>

/* HL7 table 0008. CA releases the sender (chapter 2, 2.8.3): what the receiver's application says later, it says of a message
 * that is the receiver's already. */
static const struct {
	const char *code;
	bool taken;
	const char *reason;
} codes[] = {
	{ "AA", true, "" },
	{ "CA", true, "" },
	{ "AE", false, "refused with AE" },
	{ "AR", false, "refused with AR" },
	{ "CE", false, "refused with CE" },
	{ "CR", false, "refused with CR" },
};

ww_status
ww_hl7_class_open(struct ww_ctx *cx, ww_str raw, const struct ww_hl7 **m, ww_str *control_id)
{
	static const struct ww_hl7_path msh_10 = { "MSH", 1, 10, 0, 0, 0 };

	*m = ww_hl7_header(cx, raw);
	if (*m != NULL && ww_hl7_raw(*m, &msh_10, control_id) == WW_HL7_VALUE)
		return WW_OK;
	return ww_fail(cx, WW_E_REQUIRED, "MSH-10",
	    "without it the message cannot be told from others when it is acknowledged");
}

struct ww_hl7_verdict
ww_hl7_class_of(const char *code, bool insist)
{
	size_t i = 0;

	while (strcmp(codes[i].code, code) != 0) {
		i++;
		assert(i < sizeof(codes) / sizeof(codes[0])); /* ww_ack_read gives no other */
	}
	return (struct ww_hl7_verdict){ codes[i].taken ? WW_RESULT_SENT
		                        : insist       ? WW_RESULT_RETRY
		                                       : WW_RESULT_PARKED,
		codes[i].reason };
}

/* No whole answer. */
static const char *const by_end[WW_HTTP_ENDS] = {
	[WW_HTTP_DONE] = "",
	[WW_HTTP_UNUSABLE] = "the address cannot be used",
	[WW_HTTP_NO_NAME] = "host name not found",
	[WW_HTTP_NO_CONNECT] = "no connection",
	[WW_HTTP_NO_TLS] = "no TLS session",
	[WW_HTTP_UNSENT] = "not sent",
	[WW_HTTP_TIMEOUT] = "no answer in time",
	[WW_HTTP_BROKEN] = "connection broken",
	[WW_HTTP_TOO_LARGE] = "answer too large",
	[WW_HTTP_CLOSED] = "stopped before the answer",
};

/* First fitting row. acknowledges: an acknowledgement in the body says more than the status, so it decides. */
static const struct {
	long from, to;
	enum ww_result result;
	bool acknowledges;
	const char *reason;
} by_status[] = {
	{ 200, 299, WW_RESULT_RETRY, true, "answer does not acknowledge the message" },
	{ 300, 399, WW_RESULT_RETRY, false, "redirected" },
	{ 401, 401, WW_RESULT_RETRY, false, "not authenticated" },
	{ 403, 403, WW_RESULT_PARKED, false, "not allowed" },
	{ 404, 404, WW_RESULT_PARKED, false, "no such place" },
	{ 408, 408, WW_RESULT_RETRY, false, "receiver timed out" },
	{ 429, 429, WW_RESULT_RETRY, false, "too many requests" },
	{ 400, 499, WW_RESULT_PARKED, true, "refused" },
	{ 501, 501, WW_RESULT_PARKED, false, "not implemented by the receiver" },
	{ 502, 504, WW_RESULT_RETRY, false, "receiver not available" },
	{ 500, 599, WW_RESULT_RETRY, true, "receiver failed" },
	{ LONG_MIN, LONG_MAX, WW_RESULT_RETRY, false, "not an HTTP status" },
};

struct ww_hl7_verdict
ww_hl7_class_http(const struct ww_hl7_seen *s)
{
	bool success = s->http >= 200 && s->http <= 299;
	struct ww_hl7_verdict said = { WW_RESULT_RETRY, by_end[s->end] };
	size_t i = 0;

	/* A refusal holds although its text was not read to the end. */
	if (s->end != WW_HTTP_DONE && (s->end == WW_HTTP_CLOSED || s->http < 300))
		return said;
	while (s->http < by_status[i].from || s->http > by_status[i].to)
		i++; /* ends: the last row takes everything */
	if (s->code != NULL && by_status[i].acknowledges) {
		said = ww_hl7_class_of(s->code, s->insist);
		if (success ||
		    said.result != WW_RESULT_SENT) /* else the two contradict each other */
			return said;
	}
	if (success && s->empty)
		return (struct ww_hl7_verdict){ WW_RESULT_SENT, "" };
	return (struct ww_hl7_verdict){ by_status[i].result, by_status[i].reason };
}
