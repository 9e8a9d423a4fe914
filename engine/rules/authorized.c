/* Rule authorized/1: the payer has authorized an admission, which its navigator is told of at once, and the practice when the
 * navigator has done their part or the time for it is over. What the row says of its stay and of the way it went apply/authorized.c
 * has found out. */
#include <wardwire/json.h>
#include <wardwire/params.h>
#include <wardwire/rule.h>

#include "rules/evidence.h"

static const char id[] = "authorized/1";
static const int64_t DAY_MS = 86400000;

/* -- whether it holds ---------------------------------------------------------------------------------- */

static bool
is_one_of(ww_str code, const char *const *codes)
{
	while (*codes != NULL && !ww_str_ieq(code, ww_str_from(*codes)))
		codes++;
	return *codes != NULL;
}

/* X12 data elements 1345 (nursing home level of care: one digit) and 1338 (level of service: 03 emergency, U urgent), and what
 * extracts write. */
static bool
is_of_level(const struct ww_authorization *a, int64_t levels)
{
	static const char *const nursing[] = { "1", "2", "3", "4", "5", "6", "7", "8", "SNF", "ICF",
		"hospice", NULL };
	static const char *const urgent[] = { "03", "U", "urgent", "emergency", NULL };
	enum { ANY, HOSPITAL, URGENT };

	if (levels == HOSPITAL)
		return !is_one_of(a->level, nursing);
	return levels == ANY || is_one_of(a->level, urgent);
}

static bool
is_granted(const struct ww_authorization *a, const struct ww_params *p)
{
	return a->status == WW_authorization_status_APPROVED ||
	       a->status == WW_authorization_status_PARTIAL ||
	       (a->status == WW_authorization_status_PENDED &&
	           ww_param(p, WW_PARAM_authorized_include_pended) != 0);
}

static bool
holds(const struct ww_authorization *a, const struct ww_params *p)
{
	return a->inpatient != 0 && a->lapse == WW_authorization_lapse_NONE && is_granted(a, p) &&
	       is_of_level(a, ww_param(p, WW_PARAM_authorized_levels));
}

/* -- whether it is news -------------------------------------------------------------------------------- */

static ww_time
asked_for(const struct ww_authorization *a)
{
	return ww_time_known(a->requested) ? a->requested : a->authorized;
}

/* What is loaded of other years, or of somebody who has gone home. */
static bool
is_history(const struct ww_authorization *a, const struct ww_params *p, int64_t now)
{
	enum { LEFT = 2 };
	ww_time day = asked_for(a);

	return a->arrived == LEFT ||
	       (ww_time_known(day) &&
	           now - day.ms > ww_param(p, WW_PARAM_authorized_recent_days) * DAY_MS);
}

/* -- evidence ------------------------------------------------------------------------------------------ */

#define AT(field) offsetof(struct ww_authorization, field)

static const struct {
	const char *key;
	bool is_time;
	size_t at;
	const char *source;
} facts[] = {
	{ "authorization", false, AT(granted), "ClaimResponse.preAuthRef" },
	{ "action", false, AT(action), "ClaimResponse, review action" },
	{ "service", false, AT(service), "Claim.item" },
	{ "level", false, AT(level), "Claim, level of care" },
	{ "facility", false, AT(facility), "Claim.facility" },
	{ "requested", true, AT(requested), "Claim, admission" },
	{ "requested_end", true, AT(requested_end), "Claim, discharge" },
	{ "authorized", true, AT(authorized), "ClaimResponse.preAuthPeriod" },
	{ "authorized_end", true, AT(authorized_end), "ClaimResponse.preAuthPeriod" },
};

static ww_status
set_fact(struct ww_ctx *cx, const struct ww_authorization *a, size_t i, struct ww_json *o,
    struct ww_json *sources)
{
	const void *field = (const char *)a + facts[i].at;
	bool said = facts[i].is_time ? ww_time_known(*(const ww_time *)field)
	                             : ((const ww_str *)field)->n != 0;

	if (!said)
		return WW_OK;
	ww_json_set_cstr(cx, sources, facts[i].key, facts[i].source);
	if (facts[i].is_time)
		return ww_evidence_time(cx, o, facts[i].key, *(const ww_time *)field);
	ww_json_set_str(cx, o, facts[i].key, *(const ww_str *)field);
	return WW_OK;
}

static ww_status
gather(struct ww_ctx *cx, const struct ww_authorization *a, ww_str *out)
{
	struct ww_json *o = ww_json_object(cx), *sources = ww_json_object(cx);
	ww_status s = WW_OK;

	ww_json_set_cstr(cx, o, "status", ww_authorization_status_text(a->status));
	ww_json_set_cstr(cx, sources, "status", "ClaimResponse");
	for (size_t i = 0; s == WW_OK && i < sizeof(facts) / sizeof(facts[0]); i++)
		s = set_fact(cx, a, i, o, sources);
	ww_json_set(cx, o, "sources", sources);
	return s == WW_OK ? ww_evidence_keep(cx, o, out) : s;
}

/* -- the rule ------------------------------------------------------------------------------------------ */

static ww_status
find(struct ww_ctx *cx, const struct ww_authorization *a, enum ww_flag_kind kind, bool past,
    struct ww_findings *out)
{
	struct ww_finding *f = ww_findings_add(cx, out, kind);

	if (f == NULL)
		return WW_E_LIMIT;
	f->rule = id;
	f->past = past;
	return gather(cx, a, &f->evidence);
}

static ww_status
judge(
    struct ww_ctx *cx, const struct ww_case *c, const struct ww_params *p, struct ww_findings *out)
{
	const struct ww_authorization *a = c->authorization;
	bool history;
	ww_status s;

	if (a == NULL || !holds(a, p))
		return WW_OK;
	history = is_history(a, p, cx->now);
	s = find(cx, a, WW_flag_kind_ADMIT_AUTHORIZED, history, out);
	/* of one who has come the practice heard by ADT: that Task says that it is authorized */
	if (s == WW_OK && a->forwarded_ms != 0)
		s = find(cx, a, WW_flag_kind_ADMIT_ALERT, history || a->arrived != 0, out);
	return s;
}

const struct ww_rule ww_rule_authorized = {
	.id = id,
	.purpose = "an admission is authorized: to the payer's navigator, then to the practice",
	.on = WW_ON_AUTHORIZATION,
	.finds = WW_FINDS(ADMIT_AUTHORIZED) | WW_FINDS(ADMIT_ALERT),
	.judge = judge,
};
