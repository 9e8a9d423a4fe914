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
};

/* A receiver that answers, and fails on this resource, has trouble with the resource: others may go on. No
 * answer, a gateway's answer, a refusal of us as such: trouble with the endpoint. */
static bool
about_endpoint(long http)
{
	static const long those[] = { 0, 401, 403, 404, 408, 429, 502, 503, 504 };

	for (size_t i = 0; i < sizeof(those) / sizeof(those[0]); i++) {
		if (http == those[i])
			return true;
	}
	return http >= 300 && http < 400;
}

struct ww_trouble
ww_trouble_of(const struct ww_answer *a)
{
	struct ww_trouble t = table[a->result];

	t.wait_endpoint = t.wait_endpoint && about_endpoint(a->http);
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
