/* Invariants of administrative resources. */
#include "codec/fhir_rules.h"

#include "codec/fhir_primitive.h"

/* -- who and where ------------------------------------------------------------------------------------ */

bool
ww_fhir_rule_patient_pat_1(const struct ww_fhir_subject *s)
{
	return ww_fhir_has(s->v, "name") || ww_fhir_has(s->v, "telecom") ||
	       ww_fhir_has(s->v, "address") || ww_fhir_has(s->v, "organization");
}

static bool
has_name_or_identifier(const struct ww_fhir_subject *s)
{
	return ww_fhir_has(s->v, "identifier") || ww_fhir_has(s->v, "name");
}

/* None of the elements of the array has the use "home". */
static bool
none_at_home(const struct ww_fhir_subject *s, const char *array)
{
	const struct ww_json *v = ww_json_first(ww_json_get(s->v, array));

	for (; v != NULL; v = ww_json_next(v))
		if (ww_fhir_is(v, "use", "home"))
			return false;
	return true;
}

bool
ww_fhir_rule_organization_org_1(const struct ww_fhir_subject *s)
{
	return has_name_or_identifier(s);
}

bool
ww_fhir_rule_organization_org_2(const struct ww_fhir_subject *s)
{
	return none_at_home(s, "address");
}

bool
ww_fhir_rule_organization_org_3(const struct ww_fhir_subject *s)
{
	return none_at_home(s, "telecom");
}

bool
ww_fhir_rule_insuranceplan_ipn_1(const struct ww_fhir_subject *s)
{
	return has_name_or_identifier(s);
}

bool
ww_fhir_rule_group_grp_1(const struct ww_fhir_subject *s)
{
	return !ww_fhir_has(s->v, "member") || ww_json_true(ww_json_get(s->v, "actual"));
}

bool
ww_fhir_rule_coverageeligibilityresponse_ces_1(const struct ww_fhir_subject *s)
{
	return ww_fhir_has(s->v, "category") != ww_fhir_has(s->v, "productOrService");
}

/* -- Task, Appointment -------------------------------------------------------------------------------- */

bool
ww_fhir_rule_task_inv_1(const struct ww_fhir_subject *s)
{
	ww_str authored = ww_fhir_text(s->v, "authoredOn");
	ww_str modified = ww_fhir_text(s->v, "lastModified");

	return authored.n == 0 || modified.n == 0 || !ww_fhir_later(authored, modified);
}

bool
ww_fhir_rule_appointment_app_1(const struct ww_fhir_subject *s)
{
	return ww_fhir_has(s->v, "type") || ww_fhir_has(s->v, "actor");
}

bool
ww_fhir_rule_appointment_app_2(const struct ww_fhir_subject *s)
{
	return ww_fhir_has(s->v, "start") == ww_fhir_has(s->v, "end");
}

bool
ww_fhir_rule_appointment_app_3(const struct ww_fhir_subject *s)
{
	return (ww_fhir_has(s->v, "start") && ww_fhir_has(s->v, "end")) ||
	       ww_fhir_is(s->v, "status", "proposed") || ww_fhir_is(s->v, "status", "cancelled") ||
	       ww_fhir_is(s->v, "status", "waitlist");
}

bool
ww_fhir_rule_appointment_app_4(const struct ww_fhir_subject *s)
{
	return !ww_fhir_has(s->v, "cancelationReason") || ww_fhir_is(s->v, "status", "noshow") ||
	       ww_fhir_is(s->v, "status", "cancelled");
}

/* -- AuditEvent, Consent ------------------------------------------------------------------------------ */

bool
ww_fhir_rule_auditevent_sev_1(const struct ww_fhir_subject *s)
{
	return !ww_fhir_has(s->v, "name") || !ww_fhir_has(s->v, "query");
}

bool
ww_fhir_rule_consent_ppc_1(const struct ww_fhir_subject *s)
{
	return ww_fhir_has(s->v, "policy") || ww_fhir_has(s->v, "policyRule");
}

/* The published expressions ask for the system "something", so that they hold whatever the scope is: kept as published. */
static bool
has_patient_for(const struct ww_fhir_subject *s, const char *scope)
{
	const char *const codes[] = { scope, NULL };

	return ww_fhir_has(s->v, "patient") ||
	       !ww_fhir_has_coding(ww_json_get(s->v, "scope"), "something", codes);
}

bool
ww_fhir_rule_consent_ppc_2(const struct ww_fhir_subject *s)
{
	return has_patient_for(s, "patient-privacy");
}

bool
ww_fhir_rule_consent_ppc_3(const struct ww_fhir_subject *s)
{
	return has_patient_for(s, "research");
}

bool
ww_fhir_rule_consent_ppc_4(const struct ww_fhir_subject *s)
{
	return has_patient_for(s, "adr");
}

bool
ww_fhir_rule_consent_ppc_5(const struct ww_fhir_subject *s)
{
	return has_patient_for(s, "treatment");
}
