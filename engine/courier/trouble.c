/* What a failure means for a delivery, as a table. */
#include "courier/trouble.h"

#include <stddef.h>

static const struct ww_trouble table[] = {
	[WW_RESULT_SENT] = { .well = true },
	[WW_RESULT_RETRY] = { .wait_row = true, .wait_endpoint = true },
	[WW_RESULT_UNCERTAIN] = { .wait_row = true, .wait_endpoint = true },
	[WW_RESULT_PARKED] = { .well = true },
	[WW_RESULT_ABSENT] = { .well = true },
	[WW_RESULT_CONFLICT] = { .wait_row = true, .well = true },
	[WW_RESULT_PAUSED] = { .wait_endpoint = true },
};

/* A receiver that answers, and fails on this resource, has trouble with the resource: others may go on. No
 * answer, a gateway's answer, a refusal of us as such: trouble with the endpoint. */
static bool
about_endpoint(long http)
{
	static const long those[] = { 0, 401, 403, 408, 429, 502, 503, 504 };

	for (size_t i = 0; i < sizeof(those) / sizeof(those[0]); i++) {
		if (http == those[i])
			return true;
	}
	return http >= 300 && http < 400;
}

/* A redirect is a wrong address. A session may have ended by itself, and one notice may be forbidden; twice and three
 * times are no accident. */
static const struct {
	long from, to;
	enum ww_result result;
	unsigned most;
} refusals[] = {
	{ 300, 399, WW_RESULT_RETRY, 1 },
	{ 401, 401, WW_RESULT_RETRY, 2 },
	{ 403, 403, WW_RESULT_PARKED, 3 },
};

unsigned
ww_trouble_refusals(const struct ww_answer *a)
{
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		if (a->http >= refusals[i].from && a->http <= refusals[i].to &&
		    a->result == refusals[i].result)
			return refusals[i].most;
	}
	return 0;
}

struct ww_trouble
ww_trouble_of(const struct ww_answer *a)
{
	struct ww_trouble t = table[a->result];

	t.wait_endpoint = t.wait_endpoint && !a->heard && about_endpoint(a->http);
	return t;
}

int64_t
ww_trouble_rest(unsigned first, unsigned most, unsigned tries, uint16_t jitter, long retry_after)
{
	int64_t ms = (int64_t)first * 1000;
	int64_t cap = (int64_t)most * 1000;
	int64_t asked = (int64_t)retry_after * 1000;

	for (unsigned i = 1; i < tries && ms < cap; i++)
		ms *= 2;
	if (ms > cap)
		ms = cap;
	ms = ms * jitter / UINT16_MAX;
	return ms > asked ? ms : asked;
}
