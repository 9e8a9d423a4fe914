/* Whether a row of a roster makes a person a practice's patient on a day, and how near it comes when it does not. */
#ifndef WW_MODEL_ATTRIBUTION_H
#define WW_MODEL_ATTRIBUTION_H

#include <wardwire/model.h>

/* How near a row came, the nearer the higher. */
enum ww_nearness {
	WW_NEAR_NOT_ON_ROSTER,
	WW_NEAR_BIRTH_DIFFERS,
	WW_NEAR_BIRTH_UNKNOWN,
	WW_NEAR_NAME_DIFFERS,
	WW_NEAR_SEX_DIFFERS,
	WW_NEAR_ROSTER_EXPIRED,
	WW_NEAR_NOT_IN_FORCE,
	WW_NEAR_MATCHED,
};

/* The moment that decides, and where its calendar day is counted; zone NULL: UTC. */
struct ww_attribution_day {
	ww_time on;
	const struct ww_zone *zone;
	int64_t expired_ms; /* from when on the roster attributes nobody; 0: it does not expire */
};

/* relationship: IN1-17. The number of a dependant is the subscriber's: which row of that family it is, given name and sex
 * say. */
enum ww_nearness ww_attribution_near(const struct ww_person *p, const struct ww_attribution *at,
    const struct ww_attribution_day *day, ww_str relationship);
/* "on roster, birth date differs" */
const char *ww_nearness_text(enum ww_nearness n);

/* When a roster whose edition has that date expires; 0: it never does. */
int64_t ww_roster_expires(int64_t dated_ms, uint32_t expires_days);

/* The stay goes on, or ended so short a while ago that it is still somebody's work. */
bool ww_stay_is_recent(const struct ww_encounter *e, int64_t now);

#endif
