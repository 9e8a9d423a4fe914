/* What the author of a mapper of claims and of what is beside stays writes: from one FHIR resource to rows of the internal
 * model. Pure as <wardwire/mapper.h> says. Rows lack ids, persons, days and references; apply gives them. */
#ifndef WARDWIRE_CLAIM_H
#define WARDWIRE_CLAIM_H

#include <wardwire/mapper.h>

/* A Claim or an ExplanationOfBenefit: one of the first two has a use, or neither. */
struct ww_bill {
	struct ww_authorization authorization; /* use NONE: it is none */
	struct ww_claim claim;                 /* said is empty: it is none */
	struct ww_claim_detail detail;
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

/* -- who is whose patient, and insured since when ----------------------------------------------------- */

/* An attribution list (Da Vinci ATR). */
struct ww_group {
	bool persons;       /* type person and actual: else it is none */
	ww_time start, end; /* of the contract, for members who have no period of their own */
	struct ww_texts
	    providers; /* NPI and TIN of the whole list, for members who have none of their own */
	const struct ww_json *members;
};

enum ww_group_change {
	WW_GROUP_KEEP,   /* nochange, or a code that is not known: as it stands */
	WW_GROUP_START,  /* new */
	WW_GROUP_CHANGE, /* changed: instead of what was said of that member before */
	WW_GROUP_END,    /* dropped, or inactive */
	WW_GROUP_NEVER,  /* cancelled: it should never have been said */
};

enum { WW_GROUP_NUMBERS = 3 };

struct ww_group_member {
	ww_str
	    name; /* "Patient/1", else the number by which it names the member; empty: it names nobody */
	bool known;                       /* the Patient is */
	struct ww_attribution row;        /* who it is and for how long */
	ww_str numbers[WW_GROUP_NUMBERS]; /* the payer's, each once; empty ones end them */
	struct ww_texts providers;        /* NPI and TIN, the nearest first */
	ww_str provider;                  /* what stands for it where there is none of these */
	enum ww_group_change change;
	ww_str code; /* changeType, as it came */
};

WW_MUST ww_status ww_fhir_group(struct ww_ctx *cx, const struct ww_fhir_source *source,
    const struct ww_feed *feed, struct ww_group *out);
WW_MUST ww_status ww_fhir_group_member(struct ww_ctx *cx, const struct ww_fhir_source *source,
    const struct ww_feed *feed, const struct ww_group *group, const struct ww_json *member,
    struct ww_group_member *out);

/* Coverage: person and id of the row are apply's; *patient: whose it is. */
WW_MUST ww_status ww_fhir_eligibility(struct ww_ctx *cx, const struct ww_fhir_source *source,
    const struct ww_feed *feed, struct ww_eligibility *out, const struct ww_json **patient);

#endif
