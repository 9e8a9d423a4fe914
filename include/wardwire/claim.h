/* What the author of a mapper of claims and of what is beside stays writes: from one FHIR resource to rows of the internal
 * model. Pure as <wardwire/mapper.h> says. Rows lack ids, persons, days and references; apply gives them. */
#ifndef WARDWIRE_CLAIM_H
#define WARDWIRE_CLAIM_H

#include <wardwire/mapper.h>

/* A Claim or an ExplanationOfBenefit: one of the first two has a use, or neither. */
struct ww_bill {
	struct ww_authorization authorization; /* use NONE: it is none */
	struct ww_claim claim;                 /* said is empty: it is none */
	struct ww_claim_line *lines;
	size_t lines_n;
	struct ww_problem *problems;
	size_t problems_n;
	struct ww_procedure *procedures;
	size_t procedures_n;
	struct ww_dispense *dispenses;
	size_t dispenses_n;
	const struct ww_json *patient; /* Reference; NULL: it names nobody */
	ww_str encounter; /* the reference of the Encounter that it names; empty: none */
};

WW_MUST ww_status ww_fhir_claim(struct ww_ctx *cx, const struct ww_fhir_source *source,
    const struct ww_feed *feed, struct ww_bill *out);
WW_MUST ww_status ww_fhir_eob(struct ww_ctx *cx, const struct ww_fhir_source *source,
    const struct ww_feed *feed, struct ww_bill *out);
/* out->status is NONE for an answer that is none to a request for authorization, or decides nothing. */
WW_MUST ww_status ww_fhir_response(struct ww_ctx *cx, const struct ww_fhir_source *source,
    const struct ww_feed *feed, struct ww_decision *out);

/* A Condition, Procedure, MedicationRequest, MedicationDispense, MedicationAdministration or Observation. */
struct ww_clinical {
	struct ww_problem
	    *problems; /* one a code that says something: each in a system of its own */
	size_t problems_n;
	struct ww_procedure procedure;       /* code empty: it is none */
	struct ww_dispense dispense;         /* kind NONE: it is none */
	struct ww_observation *observations; /* components of their own come behind the whole */
	size_t observations_n;
	const struct ww_json *patient; /* Reference; NULL: it names nobody */
	ww_str encounter; /* the reference of the Encounter that it names; empty: none */
	ww_time at;       /* the day that it is kept under; unknown: none */
};

WW_MUST ww_status ww_fhir_condition(struct ww_ctx *cx, const struct ww_fhir_source *source,
    const struct ww_feed *feed, struct ww_clinical *out);
WW_MUST ww_status ww_fhir_procedure(struct ww_ctx *cx, const struct ww_fhir_source *source,
    const struct ww_feed *feed, struct ww_clinical *out);
/* Of all three types. */
WW_MUST ww_status ww_fhir_medication(struct ww_ctx *cx, const struct ww_fhir_source *source,
    const struct ww_feed *feed, struct ww_clinical *out);
WW_MUST ww_status ww_fhir_observation(struct ww_ctx *cx, const struct ww_fhir_source *source,
    const struct ww_feed *feed, struct ww_clinical *out);

#endif
