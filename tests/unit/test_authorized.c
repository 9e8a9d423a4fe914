/* Rule authorized/1 as a table: which of the two hops holds of an authorization, and whether it is news. */
#include "tests/unit/case.h"

#include "tests/unit/unit.h"

#include <string.h>

#define DAY_MS INT64_C(86400000)

/* 2026-03-10 */
static const int64_t now = INT64_C(1773158400000);

static struct ww_authorization
granted(void)
{
	struct ww_authorization a;

	ww_row_init(&ww_entity_authorization, &a);
	a.id = 7;
	a.inpatient = 1;
	a.status = WW_authorization_status_APPROVED;
	a.granted = WW_STR("AUTH1");
	a.requested = (ww_time){ .ms = now, .prec = WW_PREC_DAY };
	return a;
}

/* N to the navigator, C to the coordinator; in brackets what is no news. */
static const char *
judge(struct made_case *m, const struct ww_authorization *a)
{
	static char text[16];
	const struct ww_finding *f;

	m->cx.now = now;
	m->c.encounter = NULL;
	m->c.authorization = a;
	f = case_judge(m, "authorized/1", WW_flag_kind_ADMIT_AUTHORIZED);
	strcpy(text, f == NULL ? "" : f->past ? "(N)" : "N");
	f = case_judge(m, "authorized/1", WW_flag_kind_ADMIT_ALERT);
	strcat(text, f == NULL ? "" : f->past ? "(C)" : "C");
	ck_assert_uint_eq(m->found.n, strlen(text) == 0 ? 0 : f == NULL ? 1 : 2);
	return text;
}

START_TEST(says_which_hop_holds)
{
	static const struct {
		const char *name;
		int64_t status, inpatient, lapse, arrived, forwarded, days;
		const char *holds, *with_pended;
	} rows[] = {
		{ "asked for", WW_authorization_status_REQUESTED, 1, 0, 0, 0, 0, "", "" },
		{ "pended", WW_authorization_status_PENDED, 1, 0, 0, 0, 0, "", "N" },
		{ "pended, the time is over", WW_authorization_status_PENDED, 1, 0, 0, 1, 0, "",
		    "NC" },
		{ "approved", WW_authorization_status_APPROVED, 1, 0, 0, 0, 0, "N", "N" },
		{ "approved in part", WW_authorization_status_PARTIAL, 1, 0, 0, 0, 0, "N", "N" },
		{ "approved, no stay", WW_authorization_status_APPROVED, 0, 0, 0, 1, 0, "", "" },
		{ "denied", WW_authorization_status_DENIED, 1, 0, 0, 1, 0, "", "" },
		{ "cancelled", WW_authorization_status_CANCELLED, 1, 0, 0, 1, 0, "", "" },
		{ "in error", WW_authorization_status_ERROR, 1, 0, 0, 1, 0, "", "" },
		{ "forwarded", WW_authorization_status_APPROVED, 1, 0, 0, 1, 0, "NC", "NC" },
		{ "the patient has come, then forwarded", WW_authorization_status_APPROVED, 1, 0, 1,
		    1, 0, "N(C)", "N(C)" },
		{ "the patient has left", WW_authorization_status_APPROVED, 1, 0, 2, 0, 0, "(N)",
		    "(N)" },
		{ "its stay was cancelled", WW_authorization_status_APPROVED, 1,
		    WW_authorization_lapse_STAY, 0, 1, 0, "", "" },
		{ "another took its place", WW_authorization_status_APPROVED, 1,
		    WW_authorization_lapse_REPLACED, 0, 1, 0, "", "" },
		{ "withdrawn", WW_authorization_status_APPROVED, 1,
		    WW_authorization_lapse_WITHDRAWN, 0, 1, 0, "", "" },
		{ "of two weeks ago", WW_authorization_status_APPROVED, 1, 0, 0, 1, 14, "NC",
		    "NC" },
		{ "of long ago", WW_authorization_status_APPROVED, 1, 0, 0, 1, 15, "(N)(C)",
		    "(N)(C)" },
		{ "of next month", WW_authorization_status_APPROVED, 1, 0, 0, 0, -30, "N", "N" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct made_case *m = case_new("America/New_York");
		struct ww_authorization a = granted();
		const char *have;

		a.status = rows[i].status;
		a.inpatient = rows[i].inpatient;
		a.lapse = rows[i].lapse;
		a.arrived = rows[i].arrived;
		a.forwarded_ms = rows[i].forwarded;
		a.requested.ms = now - rows[i].days * DAY_MS;
		have = judge(m, &a);
		ck_assert_msg(strcmp(have, rows[i].holds) == 0, "%s: \"%s\", not \"%s\"",
		    rows[i].name, have, rows[i].holds);
		m->params.v[WW_PARAM_authorized_include_pended] = 1;
		have = judge(m, &a);
		ck_assert_msg(strcmp(have, rows[i].with_pended) == 0,
		    "%s, with pended: \"%s\", not \"%s\"", rows[i].name, have, rows[i].with_pended);
		case_free(m);
	}
}
END_TEST

START_TEST(leaves_out_levels_of_care)
{
	static const struct {
		const char *level;
		const char *holds[3]; /* any, hospital, urgent */
	} rows[] = {
		{ "", { "N", "N", "" } },
		{ "03", { "N", "N", "N" } },
		{ "U", { "N", "N", "N" } },
		{ "E", { "N", "N", "" } },
		{ "1", { "N", "", "" } },
		{ "snf", { "N", "", "" } },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		for (int64_t k = 0; k < 3; k++) {
			struct made_case *m = case_new("America/New_York");
			struct ww_authorization a = granted();
			const char *have;

			a.level = ww_str_from(rows[i].level);
			m->params.v[WW_PARAM_authorized_levels] = k;
			have = judge(m, &a);
			ck_assert_msg(strcmp(have, rows[i].holds[k]) == 0,
			    "level %s, choice %d: \"%s\"", rows[i].level, (int)k, have);
			case_free(m);
		}
	}
}
END_TEST

START_TEST(keeps_what_was_authorized_as_evidence)
{
	struct made_case *m = case_new("America/New_York");
	struct ww_authorization a = granted();
	const struct ww_finding *f;

	a.facility = WW_STR("MERCY");
	a.number = WW_STR("SYNTHETIC-NUMBER");
	a.authorized = (ww_time){ .ms = now, .prec = WW_PREC_DAY };
	(void)judge(m, &a);
	f = case_judge(m, "authorized/1", WW_flag_kind_ADMIT_AUTHORIZED);
	ck_assert_ptr_nonnull(f);
	unit_str_is(f->evidence,
	    "{\"status\":\"approved\",\"authorization\":\"AUTH1\",\"facility\":\"MERCY\","
	    "\"requested\":\"2026-03-10\",\"authorized\":\"2026-03-10\",\"sources\":{"
	    "\"status\":\"ClaimResponse\",\"authorization\":\"ClaimResponse.preAuthRef\","
	    "\"facility\":\"Claim.facility\",\"requested\":\"Claim, admission\","
	    "\"authorized\":\"ClaimResponse.preAuthPeriod\"}}");
	case_free(m);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { says_which_hop_holds, leaves_out_levels_of_care,
		keeps_what_was_authorized_as_evidence };

	return unit_main("authorized", tests, UNIT_COUNT(tests));
}
