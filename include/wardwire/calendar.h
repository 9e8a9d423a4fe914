/* Business days: Monday to Friday but for holidays, whatever the hours of a practice. Days are numbers of calendar days since
 * 1970-01-01 (ww_day_of), so that whose day it is has been decided before (ww_time_day). */
#ifndef WARDWIRE_CALENDAR_H
#define WARDWIRE_CALENDAR_H

#include <wardwire/span.h>
#include <wardwire/status.h>
#include <wardwire/str.h>

struct ww_ctx;
struct ww_calendar;
struct ww_zone;

/* Holidays of the US federal government (5 U.S.C. 6103) in any year: profiles/calendars/us-federal.csv, compiled in. The name
 * of this calendar is "us-federal". Never NULL, never freed. */
const struct ww_calendar *ww_calendar_federal(void);
/* Reads a calendar from CSV: the form is that of profiles/calendars/us-federal.csv, docs/configuration.md has it. The calendar
 * and its copies of texts live in cx->arena. WW_E_CONFIG names line and column; *out is then untouched. */
WW_MUST ww_status ww_calendar_read(
    struct ww_ctx *cx, ww_str name, ww_str csv, const struct ww_calendar **out);
ww_str ww_calendar_name(const struct ww_calendar *c);

/* Name of the holiday that is kept on that day; empty: none is. January 1 may be kept on December 31 of the year before. */
ww_str ww_calendar_holiday(const struct ww_calendar *c, int64_t day);
bool ww_calendar_is_business(const struct ww_calendar *c, int64_t day);
/* The n-th business day after that day, which is day 0 whatever it is; n 0 gives the day itself. With a calendar without any
 * business day within ten years the last day looked at. */
int64_t ww_calendar_add(const struct ww_calendar *c, int64_t day, uint32_t n);

/* When a span that begins at that instant is over, UTC ms. Minutes and hours are counted as such; days and business days end
 * with the last second of their last day in that zone, day 0 being the day on which it begins. c: NULL is the federal one.
 * z: NULL is UTC. */
int64_t ww_calendar_due(
    const struct ww_calendar *c, const struct ww_zone *z, int64_t from_ms, struct ww_span span);
/* The same as a point of the way: that percentage of the time between from_ms and its end. */
int64_t ww_calendar_part(int64_t from_ms, int64_t due_ms, unsigned percent);
/* The first instant, not before after_ms, at which clocks in that zone (NULL: UTC) show that minute of the day, 0 to 1439. A time
 * that a change of the clocks leaves out is read with the offset before it; one that comes twice is its first pass. */
int64_t ww_calendar_next(const struct ww_zone *z, int64_t after_ms, unsigned minute);

#endif
