/* What the author of a rule writes: from a case (an encounter with what is known around it) to findings.
 * Pure: no I/O, no clock, no global, no memory but the arena. Registered in rules/registry.c. */
#ifndef WARDWIRE_RULE_H
#define WARDWIRE_RULE_H

#include <wardwire/config.h>
#include <wardwire/ctx.h>
#include <wardwire/model.h>

/* A claim that counts, of the year before the encounter or of its days. */
struct ww_billed {
	int64_t claim;  /* its id */
	int64_t day;    /* first day of service, days since 1970-01-01 */
	int64_t class_; /* enum ww_encounter_class */
	int64_t stay;   /* id of the encounter that it is of; 0: of none that is known */
};

/* A diagnosis that no ADT told: of such a claim, or a Condition. */
struct ww_told {
	ww_str code, system;
	int64_t day;  /* of the claim, of the onset; 0: not known */
	int64_t stay; /* id of the encounter that it is of; 0: of none that is known */
	bool lasts;   /* a Condition that nobody calls over */
};

/* All a rule may look at. */
struct ww_case {
	const struct ww_encounter *encounter;
	const struct ww_diagnosis *diagnoses; /* of this encounter */
	size_t diagnoses_n;
	const struct ww_encounter *others; /* the same person's other encounters */
	size_t others_n;
	const struct ww_diagnosis *history; /* the same person's diagnoses of other encounters */
	size_t history_n;
	const struct ww_authorization
	    *authorizations; /* of this encounter, but those that another took the place of */
	size_t authorizations_n;
	/* Of an inpatient stay that is over; of any other there are none: */
	const struct ww_billed *billed;
	size_t billed_n;
	const struct ww_told *told;
	size_t told_n;
	int64_t since_ms;           /* the ledger has everything from this instant on */
	const struct ww_zone *zone; /* of the facility: calendar days are counted in it */
};

enum { WW_FINDINGS_MAX = 16 };

/* An assertion that holds of the encounter now. What no longer holds is simply not found any more. */
struct ww_finding {
	enum ww_flag_kind kind;
	const char *rule;         /* id and version: "lace/1" */
	const char *band;         /* of a score; "" where there is none */
	int64_t score, low, high; /* of a score */
	ww_str evidence;          /* JSON object: facts and the place each came from */
};

struct ww_findings {
	struct ww_finding v[WW_FINDINGS_MAX];
	size_t n;
};

struct ww_rule {
	const char *id; /* "lace/1": id and version; a changed result needs a new version */
	const char *purpose;
	ww_status (*judge)(struct ww_ctx *cx, const struct ww_case *c, struct ww_findings *out);
};

extern const struct ww_rule *const ww_rules[]; /* NULL ends the list */
/* Adds a zeroed finding of that kind; NULL and WW_E_LIMIT in cx when there are too many. */
struct ww_finding *ww_findings_add(
    struct ww_ctx *cx, struct ww_findings *f, enum ww_flag_kind kind);

#endif
