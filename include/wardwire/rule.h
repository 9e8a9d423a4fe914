/* What the author of a rule writes: from a case (an encounter, an authorization or a person, with what is known around it)
 * to findings.
 * Pure: no I/O, no clock, no global, no memory but the arena. Registered in rules/registry.c. */
#ifndef WARDWIRE_RULE_H
#define WARDWIRE_RULE_H

#include <wardwire/config.h>
#include <wardwire/ctx.h>
#include <wardwire/model.h>

struct ww_calendar;
struct ww_params;

/* What a rule judges. */
enum ww_rule_on {
	WW_ON_STAY,          /* whenever anything of it changes */
	WW_ON_AUTHORIZATION, /* likewise of a request for authorization */
	WW_ON_PERSON /* when a stay begins or ends, when claims or results come, and daily */
};

/* What a rule looks at beyond stays and their diagnoses; the rest of the case is empty where no rule asks for it. */
enum ww_needs {
	WW_NEEDS_CLAIMS = 1 << 0,      /* billed, told; visits that claims alone tell of */
	WW_NEEDS_PROCEDURES = 1 << 1,  /* done */
	WW_NEEDS_RESULTS = 1 << 2,     /* results */
	WW_NEEDS_DRUGS = 1 << 3,       /* drugs */
	WW_NEEDS_ELIGIBILITY = 1 << 4, /* insured_since */
	WW_NEEDS_VISITS = 1 << 5,      /* visits */
	WW_NEEDS_ATTRIBUTION = 1 << 6, /* reattributed */
	WW_NEEDS_RECENT = 1 << 7 /* billed of the months before, also of a stay that goes on */
};

/* A claim that counts, from a year before the stay on; of a person, of the two years before as_of. Sorted by claim. */
struct ww_billed {
	int64_t claim;      /* its id */
	int64_t day;        /* first day of service, days since 1970-01-01 */
	int64_t class_;     /* enum ww_encounter_class */
	int64_t stay;       /* id of the encounter that it is of; 0: of none that is known */
	int64_t end;        /* of an inpatient's: the day of the discharge; 0: not known */
	ww_str disposition; /* likewise: discharge status (UB-04) */
	ww_str admit_type;  /* likewise: type of admission */
	ww_str facility;    /* likewise */
};

/* A diagnosis that no ADT told: of such a claim, or a Condition. */
struct ww_told {
	ww_str code, system;
	int64_t day;   /* of the claim, of the onset; 0: not known */
	int64_t stay;  /* id of the encounter that it is of; 0: of none that is known */
	bool lasts;    /* a Condition that nobody calls over */
	int64_t claim; /* of which claim; 0: a Condition */
	ww_str type;   /* as in problem.type: principal, admitting */
};

/* A procedure, of such a claim or a Procedure resource. */
struct ww_done {
	ww_str code, system; /* as they came */
	int64_t day;         /* when it was done, else of the claim; 0: not known */
	int64_t stay;        /* id of the encounter that it is of; 0: of none that is known */
	int64_t claim;       /* of which claim; 0: a Procedure */
};

/* An emergency visit or a stay in hospital, whoever told of it: what ADT and claims say of the same is one. Sorted by day;
 * void ones, plans and visits of other classes are not among them. */
struct ww_visit {
	int64_t class_;    /* as it ended: INPATIENT, OB, OBSERVATION or ED */
	int64_t day, end;  /* it began and ended; 0: not known. An end without day is none */
	int64_t ed_day;    /* it was in an emergency department, since then; 0: it was not */
	bool ed;           /* it was, ed_day may be unknown */
	int64_t encounter; /* 0: claims alone tell of it */
	int64_t claim;     /* the one that alone tells of it; 0: an encounter does */
	int64_t
	    chain; /* one number for all stays between which transfers were; 0: claims alone tell of it */
};

#define WW_DROPPED "dropped"

/* What a roster lately made otherwise about whose patient the person is. */
struct ww_reattributed {
	ww_str practice;    /* name of a party */
	const char *change; /* "new", "changed"; WW_DROPPED: it has the person no more */
	int64_t ms;         /* since when */
	int64_t row;        /* of the roster, that says or said so: id of the attribution */
};

/* All a rule may look at. */
struct ww_case {
	const struct ww_encounter *encounter;         /* the stay that is judged; NULL: none is */
	const struct ww_authorization *authorization; /* that is judged; NULL: none is */
	const struct ww_diagnosis *diagnoses;         /* of this encounter */
	size_t diagnoses_n;
	const struct ww_encounter *others; /* the same person's other encounters */
	size_t others_n;
	const struct ww_diagnosis *history; /* the same person's diagnoses of other encounters */
	size_t history_n;
	const struct ww_authorization
	    *authorizations; /* of this encounter, but those that another took the place of */
	size_t authorizations_n;
	ww_time birth; /* of the person */
	ww_str sex;    /* table 0001 */
	int64_t as_of; /* the day on which it is judged */
	/* As far as the needs of the rules go; but for visits, of a stay only when it is over or about to be: */
	const struct ww_billed *billed;
	size_t billed_n;
	const struct ww_told *told;
	size_t told_n;
	const struct ww_done *done;
	size_t done_n;
	const struct ww_visit *visits; /* of the person, this encounter's among them */
	size_t visits_n;
	const struct ww_observation *results; /* of the stay and its chain, as ww_rule_observes */
	size_t results_n;
	int64_t drugs;         /* different ones that were given out in the year before */
	int64_t insured_since; /* without a break, until the stay or as_of; 0: not known */
	const struct ww_reattributed *reattributed; /* one a practice */
	size_t reattributed_n;
	int64_t since_ms;           /* the ledger has everything from this instant on */
	const struct ww_zone *zone; /* of the facility: calendar days are counted in it */
	const struct ww_calendar
	    *calendar; /* of the program: business days; NULL: the built-in one */
};

enum { WW_FINDINGS_MAX = 16 };

/* An assertion that holds now of what is judged. What no longer holds is simply not found any more. */
struct ww_finding {
	enum ww_flag_kind kind;
	const char *rule;                  /* id and version: "lace/1" */
	const char *band;                  /* of a score; "" where there is none */
	int64_t score, low, high;          /* of a score */
	enum ww_completeness completeness; /* NONE of what is no score */
	bool past;                         /* it holds, and is no news to who was not told yet */
	int64_t
	    due_day; /* last day on which to act, instead of the deadline that the program has; 0: that one */
	ww_str evidence; /* JSON object: facts and the place each came from */
	ww_str
	    practice; /* whom alone it is for: name of a party; empty: whoever has the person or stay */
	int64_t
	    former; /* row of a roster by which the practice is told although it is in force no more; 0: by
	                  * that which is */
};

/* Why a kind is not found: it held and is over. A flag that is retracted for it says so. */
struct ww_ended {
	enum ww_flag_kind kind;
	const char *why; /* in words that a practice may read */
	bool done;       /* what was asked for has been done: there is nothing to correct */
};

struct ww_findings {
	struct ww_finding v[WW_FINDINGS_MAX];
	size_t n;
	struct ww_ended ended[WW_FINDINGS_MAX];
	size_t ended_n;
};

/* A bit for a kind of flag: WW_FINDS(ADMIT) | WW_FINDS(DISCHARGE). */
#define WW_FINDS(kind) (UINT64_C(1) << WW_flag_kind_##kind)
_Static_assert((int)ww_flag_kind_count <= 64, "a kind of flag has no bit");

struct ww_rule {
	const char *id; /* "lace/1": id and version; a changed result needs a new version */
	const char *purpose;
	enum ww_rule_on on;
	unsigned needs; /* of enum ww_needs */
	uint64_t finds; /* the kinds of flag that it may find: WW_FINDS */
	/* p: <wardwire/params.h>, the values that the program sets. Of several rules of a program that find the same kind the first counts. */
	ww_status (*judge)(struct ww_ctx *cx, const struct ww_case *c, const struct ww_params *p,
	    struct ww_findings *out);
};

extern const struct ww_rule *const ww_rules[]; /* NULL ends the list */
/* The rule with that id and version; NULL: there is none. */
const struct ww_rule *ww_rule_find(ww_str id);
/* Adds a zeroed finding of that kind; NULL and WW_E_LIMIT in cx when there are too many. */
struct ww_finding *ww_findings_add(
    struct ww_ctx *cx, struct ww_findings *f, enum ww_flag_kind kind);

/* Notes why that kind is not found any more, for who was told; nothing when there is no room. */
void ww_findings_end(struct ww_findings *f, enum ww_flag_kind kind, const char *why, bool done);
/* What was noted of the kind; NULL: nothing. */
const struct ww_ended *ww_findings_ended(const struct ww_findings *f, enum ww_flag_kind kind);

/* A result that some rule looks at. */
bool ww_rule_observes(ww_str system, ww_str code);
/* Fills in c->visits from c->encounter, c->others and c->billed. */
WW_MUST ww_status ww_case_visits(struct ww_ctx *cx, struct ww_case *c);

#endif
