/* What the scores of readmission risk have in common: whom they are for, what several of them ask of a stay, and how points
 * become a finding. Something that is not known is a range; a band is named only where both ends of the score are in it. */
#ifndef WW_RULES_SCORE_H
#define WW_RULES_SCORE_H

#include <wardwire/rule.h>

struct ww_json;

/* Both ends belong to it; where they are the same the number is known. */
struct ww_range {
	int64_t low, high;
};

/* -- the stay ----------------------------------------------------------------------------------------- */

/* What a program decides of whom to judge. */
struct ww_score_policy {
	bool pending; /* already when the discharge is announced (A16) and its day known */
	bool without_ama, without_hospice;
};

/* What the items of a score have in common about one case. */
struct ww_score_stay {
	const struct ww_case *c;
	const struct ww_encounter *first; /* with which the chain of stays began */
	bool dated;                       /* the day of its start is known */
	int64_t start;                    /* that day */
	bool from_ed;                     /* the stay began in an emergency department */
	bool provisional; /* it is not over: as if it ended on the day that is expected */
	int64_t days;     /* between the days of start and end; -1: not known */
};

/* False: the score is not for this stay. It is for an inpatient who lives, has left acute care, or is about to, and did not
 * give birth. */
bool ww_score_judges(
    const struct ww_case *c, const struct ww_score_policy *p, struct ww_score_stay *out);
/* The ledger has all that happened from `days` before the stay on. */
bool ww_score_reaches_back(const struct ww_score_stay *s, int64_t days);
/* A month or a year is no day. */
bool ww_score_has_day(ww_time t);

/* -- what it is made of ------------------------------------------------------------------------------- */

struct ww_score_item {
	const char *name;   /* "L" */
	const char *source; /* the place it came from */
	ww_str value;       /* for people */
	struct ww_range points;
	const char *(*group)(
	    unsigned group); /* of an item made of groups: their names; else NULL */
	uint32_t groups;
};

/* The admission was urgent or an emergency: 1, 0, or 0..1 where nobody said. Fills in value and source. */
struct ww_range ww_score_urgent(
    struct ww_ctx *cx, const struct ww_score_stay *s, struct ww_score_item *item);
/* The same of a type of admission alone (PV1-4); false: it says nothing. */
bool ww_score_urgent_type(ww_str type, int64_t *urgent);
/* Days in hospital, 0..most where they are not known. Fills in value and source. */
struct ww_range ww_score_days(
    struct ww_ctx *cx, const struct ww_score_stay *s, int64_t most, struct ww_score_item *item);
/* Charlson groups of this stay and of the days before it. *whole: nothing can be missing. Fills in value and source but for
 * the sum. */
uint32_t ww_score_groups(
    const struct ww_score_stay *s, int64_t days, bool *coded, bool *whole, const char **source);

/* -- the result --------------------------------------------------------------------------------------- */

struct ww_score_band {
	const char *name;
	int64_t from; /* the first is from 0 */
};
enum { WW_SCORE_BANDS = 3 };

struct ww_score {
	const char *rule;
	const char *weights; /* name of a set of weights; NULL: there are none to choose */
	const struct ww_score_item *items;
	size_t n;
	struct ww_score_band bands[WW_SCORE_BANDS]; /* the last may have no name: there are two */
	bool provisional;
};

/* Of all items. */
struct ww_range ww_score_points(const struct ww_score *s);
/* "unknown" where the ends are in two bands. */
const char *ww_score_band(const struct ww_score *s, struct ww_range points);
/* score, low, high, band, weights, factors, complete. */
struct ww_json *ww_score_json(struct ww_ctx *cx, const struct ww_score *s);
/* Adds the finding READMIT_RISK. */
WW_MUST ww_status ww_score_conclude(
    struct ww_ctx *cx, const struct ww_score *s, struct ww_findings *out);

#endif
