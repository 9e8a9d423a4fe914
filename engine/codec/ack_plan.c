/* Acknowledgement modes as tables. */
#include "codec/ack_plan.h"

#include <wardwire/ctx.h>

static const struct {
	const char *code;
	enum ww_ack_condition condition;
} codes[] = {
	{ "AL", WW_ACK_ALWAYS },
	{ "NE", WW_ACK_NEVER },
	{ "ER", WW_ACK_ON_ERROR },
	{ "SU", WW_ACK_ON_SUCCESS },
};

static enum ww_ack_condition
condition_of(ww_str code, unsigned *odd)
{
	size_t i;

	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (ww_str_ieq(code, ww_str_from(codes[i].code)))
			return codes[i].condition;
	*odd |= WW_ACK_ODD_CODE;
	return WW_ACK_ALWAYS;
}

/* What MSH-15 or MSH-16 says, where at least one of them says something. */
static enum ww_ack_condition
stated(ww_str code, unsigned *odd)
{
	if (code.n > 0)
		return condition_of(code, odd);
	*odd |= WW_ACK_ODD_HALF;
	return WW_ACK_NEVER;
}

struct ww_ack_plan
ww_ack_plan_of(struct ww_ctx *cx, const struct ww_hl7 *m, enum ww_ack_mode mode)
{
	struct ww_ack_plan p = { .enhanced = mode == WW_ACK_ENHANCED, .accept = WW_ACK_ALWAYS };
	ww_str accept, application;
	bool says;

	if (m == NULL)
		return p;
	accept = ww_str_trim(ww_hl7_at(cx, m, "MSH-15"));
	application = ww_str_trim(ww_hl7_at(cx, m, "MSH-16"));
	says = accept.n > 0 || application.n > 0;
	if (mode == WW_ACK_ORIGINAL) {
		p.odd = says ? WW_ACK_ODD_MODE : 0;
		return p;
	}
	if (!says) {
		/* A feed that is in enhanced mode by its configuration has both, as far as there is a way for them. */
		p.application = p.enhanced ? WW_ACK_ALWAYS : WW_ACK_NEVER;
		return p;
	}
	p.enhanced = true;
	p.accept = stated(accept, &p.odd);
	p.application = stated(application, &p.odd);
	p.asked = p.application != WW_ACK_NEVER;
	return p;
}

bool
ww_ack_is_due(enum ww_ack_condition c, bool well)
{
	static const bool due[][2] = {
		[WW_ACK_NEVER] = { false, false },
		[WW_ACK_ALWAYS] = { true, true },
		[WW_ACK_ON_ERROR] = { true, false },
		[WW_ACK_ON_SUCCESS] = { false, true },
	};

	return due[c][well];
}

const char *
ww_ack_oddity_name(unsigned odd)
{
	static const struct {
		enum ww_ack_oddity oddity;
		const char *name;
	} names[] = {
		{ WW_ACK_ODD_CODE, "ack_code_unknown" },
		{ WW_ACK_ODD_HALF, "ack_one_of_two" },
		{ WW_ACK_ODD_MODE, "ack_asks_for_enhanced" },
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if ((odd & (unsigned)names[i].oddity) != 0)
			return names[i].name;
	return NULL;
}
