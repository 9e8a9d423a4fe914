#include "model/attribution.h"

#include "model/member.h"

#include <wardwire/config.h>

static const int64_t DAY_MS = INT64_C(86400000);

/* How long after its end a stay is somebody's work: the visit that follows a discharge is due within 14 days. */
static const int64_t LIVE_MS = INT64_C(14) * 86400000;

static const char *const texts[] = {
	[WW_NEAR_NOT_ON_ROSTER] = "not on roster",
	[WW_NEAR_BIRTH_DIFFERS] = "on roster, birth date differs",
	[WW_NEAR_BIRTH_UNKNOWN] = "on roster, PID-7 is no full date",
	[WW_NEAR_NAME_DIFFERS] = "on roster, name differs",
	[WW_NEAR_SEX_DIFFERS] = "on roster, sex differs",
	[WW_NEAR_ROSTER_EXPIRED] = "on a roster that has expired",
	[WW_NEAR_NOT_IN_FORCE] = "on roster, not in force on the day of the visit",
	[WW_NEAR_MATCHED] = "on roster",
};

const char *
ww_nearness_text(enum ww_nearness n)
{
	return texts[n];
}

enum ww_nearness
ww_attribution_near(const struct ww_person *p, const struct ww_attribution *at,
    const struct ww_attribution_day *day, ww_str relationship)
{
	int64_t on = ww_time_day(day->on, day->zone);
	bool dependant = relationship.n != 0 && !ww_is_self(relationship);

	if (p->birth.prec < WW_PREC_DAY)
		return WW_NEAR_BIRTH_UNKNOWN;
	if (ww_birth_day(p->birth) != ww_birth_day(at->birth))
		return WW_NEAR_BIRTH_DIFFERS;
	if (!ww_same_name(p->family, at->family) && !ww_same_name(p->given, at->given))
		return WW_NEAR_NAME_DIFFERS;
	if (dependant && !ww_same_name(p->given, at->given))
		return WW_NEAR_NAME_DIFFERS;
	if (dependant && p->sex.n != 0 && at->sex.n != 0 && !ww_str_ieq(p->sex, at->sex))
		return WW_NEAR_SEX_DIFFERS;
	if (at->closed_ms != 0 && day->on.ms >= at->closed_ms)
		return WW_NEAR_NOT_IN_FORCE;
	if (ww_time_known(at->effective) && on < ww_time_day(at->effective, NULL))
		return WW_NEAR_NOT_IN_FORCE;
	if (ww_time_known(at->end) && on > ww_time_day(at->end, NULL))
		return WW_NEAR_NOT_IN_FORCE;
	if (day->expired_ms != 0 && day->on.ms >= day->expired_ms)
		return WW_NEAR_ROSTER_EXPIRED;
	return WW_NEAR_MATCHED;
}

int64_t
ww_roster_expires(int64_t dated_ms, uint32_t expires_days)
{
	return expires_days >= WW_FOR_EVER || dated_ms == 0 ? 0 : dated_ms + expires_days * DAY_MS;
}

/* A visit that is none of the inpatients' and was never ended is over too, some time. */
bool
ww_stay_is_recent(const struct ww_encounter *e, int64_t now)
{
	bool over = e->status == WW_encounter_status_FINISHED;

	if (!ww_time_known(over ? e->end : e->start) || e->status == WW_encounter_status_UNKNOWN ||
	    e->status == WW_encounter_status_CANCELLED || e->status == WW_encounter_status_ERROR)
		return false;
	if (!over && ww_time_known(e->inpatient_start))
		return true;
	return (over ? e->end.ms : e->start.ms) > now - LIVE_MS;
}
