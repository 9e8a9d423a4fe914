/* The meaning of answers, by how far the request came, by HTTP status, by FHIR issue code. The columns
 * differ in one thing: a create that may have arrived must be searched for before it is sent again, while
 * an update under a version and a search can simply be repeated. */
#include "link/fhir_class.h"

#include <limits.h>

#define COLUMNS 3 /* create, update, search */
_Static_assert(
    WW_VERB_CREATE == 0 && WW_VERB_UPDATE == 1 && WW_VERB_SEARCH == 2, "columns by verb");

#define SENT WW_RESULT_SENT
#define RETRY WW_RESULT_RETRY
#define UNCERTAIN WW_RESULT_UNCERTAIN
#define PARKED WW_RESULT_PARKED
#define ABSENT WW_RESULT_ABSENT
#define CONFLICT WW_RESULT_CONFLICT

/* No whole answer. */
static const struct {
	enum ww_result result[COLUMNS];
	const char *reason;
} by_end[WW_HTTP_ENDS] = {
	[WW_HTTP_DONE] = { { 0 }, "" },
	[WW_HTTP_UNUSABLE] = { { PARKED, PARKED, PARKED }, "the address cannot be used" },
	[WW_HTTP_NO_NAME] = { { RETRY, RETRY, RETRY }, "host name not found" },
	[WW_HTTP_NO_CONNECT] = { { RETRY, RETRY, RETRY }, "no connection" },
	[WW_HTTP_NO_TLS] = { { RETRY, RETRY, RETRY }, "no TLS session" },
	[WW_HTTP_UNSENT] = { { RETRY, RETRY, RETRY }, "not sent" },
	[WW_HTTP_TIMEOUT] = { { UNCERTAIN, UNCERTAIN, RETRY }, "no answer in time" },
	[WW_HTTP_BROKEN] = { { UNCERTAIN, UNCERTAIN, RETRY }, "connection broken" },
	[WW_HTTP_TOO_LARGE] = { { UNCERTAIN, UNCERTAIN, RETRY }, "answer too large" },
	[WW_HTTP_CLOSED] = { { UNCERTAIN, UNCERTAIN, UNCERTAIN }, "stopped before the answer" },
};

/* A 2xx whose rest did not come whole: perhaps it holds, so the version may have moved on as well. */
static const enum ww_result half_success[COLUMNS] = { UNCERTAIN, UNCERTAIN, RETRY };

/* First fitting row. issues: the codes of by_issue may change the result of this row. */
static const struct {
	long from, to;
	enum ww_result result[COLUMNS];
	bool issues;
	const char *reason;
} by_status[] = {
	{ 200, 299, { SENT, SENT, SENT }, true, "" },
	{ 300, 399, { RETRY, RETRY, RETRY }, false, "redirected" },
	{ 401, 401, { RETRY, RETRY, RETRY }, false, "not authenticated" },
	{ 403, 403, { PARKED, PARKED, PARKED }, true, "not allowed" },
	{ 404, 404, { PARKED, PARKED, PARKED }, true, "no such place" },
	{ 408, 408, { UNCERTAIN, UNCERTAIN, RETRY }, false, "receiver timed out" },
	{ 409, 409, { CONFLICT, CONFLICT, PARKED }, false, "conflict" },
	{ 412, 412, { CONFLICT, CONFLICT, PARKED }, false, "precondition failed" },
	{ 429, 429, { RETRY, RETRY, RETRY }, false, "too many requests" },
	{ 400, 499, { PARKED, PARKED, PARKED }, true, "refused" },
	{ 501, 501, { PARKED, PARKED, PARKED }, false, "not implemented by the receiver" },
	{ 503, 503, { UNCERTAIN, UNCERTAIN, RETRY }, false, "receiver not available" },
	{ 500, 599, { UNCERTAIN, UNCERTAIN, RETRY }, false, "receiver failed" },
	{ LONG_MIN, LONG_MAX, { UNCERTAIN, UNCERTAIN, RETRY }, false, "not an HTTP status" },
};

/* Codes of FHIR R4 value set issue-type. Those under "transient" there may succeed later; three say that
 * the receiver has it, or has another version of it. */
static const struct {
	const char *code;
	enum ww_result result;
} by_issue[] = {
	{ "invalid", PARKED },
	{ "structure", PARKED },
	{ "required", PARKED },
	{ "value", PARKED },
	{ "invariant", PARKED },
	{ "security", PARKED },
	{ "login", PARKED },
	{ "unknown", PARKED },
	{ "expired", PARKED },
	{ "forbidden", PARKED },
	{ "suppressed", PARKED },
	{ "processing", PARKED },
	{ "not-supported", PARKED },
	{ "duplicate", CONFLICT },
	{ "multiple-matches", CONFLICT },
	{ "not-found", PARKED },
	{ "deleted", PARKED },
	{ "too-long", PARKED },
	{ "code-invalid", PARKED },
	{ "extension", PARKED },
	{ "too-costly", PARKED },
	{ "business-rule", PARKED },
	{ "conflict", CONFLICT },
	{ "transient", RETRY },
	{ "lock-error", RETRY },
	{ "no-store", RETRY },
	{ "exception", RETRY },
	{ "timeout", RETRY },
	{ "incomplete", RETRY },
	{ "throttled", RETRY },
	{ "informational", PARKED },
};

static struct ww_fhir_verdict
verdict(enum ww_result result, const char *reason)
{
	return (struct ww_fhir_verdict){ result, reason };
}

static struct ww_fhir_verdict
of_issue(enum ww_verb verb, ww_str code)
{
	size_t i;

	for (i = 0; i < sizeof(by_issue) / sizeof(by_issue[0]); i++) {
		enum ww_result result = by_issue[i].result;

		if (!ww_str_is(code, by_issue[i].code))
			continue;
		if (verb == WW_VERB_SEARCH && result == CONFLICT)
			result =
			    PARKED; /* a search cannot conflict, and is what a conflict leads to */
		return verdict(result, by_issue[i].code);
	}
	return verdict(PARKED, "unknown issue code");
}

static struct ww_fhir_verdict
of_search(const struct ww_fhir_seen *s)
{
	if (!s->bundle)
		return verdict(RETRY, "answer is no search result");
	if (s->found == 0 && s->others > 0)
		/* It does not search by identifier but returns what it has: taking that for "absent" would
		 * make duplicates, taking one of it would overwrite a stranger's. */
		return verdict(PARKED, "search result holds other resources only");
	if (s->found == 0)
		return verdict(ABSENT, "");
	return verdict(SENT, s->found > 1 ? "duplicates at the receiver" : "");
}

struct ww_fhir_verdict
ww_fhir_classify(const struct ww_fhir_seen *s)
{
	bool success = s->http >= 200 && s->http <= 299;
	size_t i = 0;

	/* A refusal holds although its text was not read to the end. */
	if (s->end != WW_HTTP_DONE && s->end != WW_HTTP_CLOSED && success)
		return verdict(half_success[s->verb], by_end[s->end].reason);
	if (s->end != WW_HTTP_DONE && (s->end == WW_HTTP_CLOSED || s->http < 300))
		return verdict(by_end[s->end].result[s->verb], by_end[s->end].reason);
	if (s->verb == WW_VERB_UPDATE && (s->http == 404 || s->http == 410))
		return verdict(PARKED, "deleted by the receiver");
	while (s->http < by_status[i].from || s->http > by_status[i].to)
		i++; /* ends: the last row takes everything */
	if (by_status[i].issues && s->issue.n > 0)
		return of_issue(s->verb, s->issue);
	if (success && s->verb == WW_VERB_SEARCH)
		return of_search(s);
	if (s->http == 200 && !s->named && s->strange) /* a login page or a proxy's greeting */
		return verdict(half_success[s->verb], "answer is not FHIR");
	if (s->http == 200 && !s->named && s->verb == WW_VERB_CREATE)
		/* It was there already, perhaps an older form of it, and cannot be brought up to date
		 * without its id. */
		return verdict(UNCERTAIN, "answer names no resource");
	return verdict(by_status[i].result[s->verb], by_status[i].reason);
}
