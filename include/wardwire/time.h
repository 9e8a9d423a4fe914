/* Instants with what is known about them: UTC milliseconds, precision, offset. Source texts keep their
 * precision: `2026` is a year, not the first of January. HL7 v2 chapter 2A (DTM), FHIR R4 datatypes. */
#ifndef WARDWIRE_TIME_H
#define WARDWIRE_TIME_H

#include <wardwire/str.h>

struct ww_buf;
struct ww_zone;

enum ww_prec {
	WW_PREC_NONE, /* no time at all */
	WW_PREC_YEAR,
	WW_PREC_MONTH,
	WW_PREC_DAY,
	WW_PREC_HOUR,
	WW_PREC_MIN,
	WW_PREC_SEC,
	WW_PREC_MS,
};

enum {
	WW_TIME_ASSUMED = 1, /* the text had no offset; the zone's was taken */
	WW_TIME_SHIFTED =
	    2, /* a wall time inside a daylight-saving gap, read with the offset before it */
	WW_TIME_TWICE = 4,       /* a wall time inside a daylight-saving overlap: its first pass */
	WW_TIME_CUT = 8,         /* the text had digits of a second that are not kept */
	WW_TIME_TENTHS = 16,     /* of WW_PREC_MS: one digit of a second was stated */
	WW_TIME_HUNDREDTHS = 32, /* likewise: two */
};

typedef struct ww_time {
	int64_t
	    ms; /* UTC milliseconds since 1970 of the start of the stated year, day, minute ... */
	int16_t offset; /* minutes east of UTC at that instant */
	uint8_t prec;   /* enum ww_prec */
	uint8_t flags;  /* WW_TIME_* */
} ww_time;

/* -- zones (base/zone.c): read from the system's time zone files, independent of TZ ----------------- */

/* The zone of that IANA name ("America/New_York", "UTC"), or NULL when there is none. Zones are cached
 * for the life of the process and never freed; safe from any thread. */
const struct ww_zone *ww_zone_find(const char *name);
const struct ww_zone *ww_zone_utc(void);
/* Minutes east of UTC in force at that instant. */
int ww_zone_offset(const struct ww_zone *z, int64_t utc_ms);
/* Version of the time zone data ("2026a"), or "unknown". */
const char *ww_zone_version(void);

/* -- reading and writing ---------------------------------------------------------------------------- */

/* Reads an HL7 DTM or TS: YYYY[MM[DD[HH[MM[SS[.S[S[S[S]]]]]]]]][+/-ZZZZ]; what follows a '^' is not
 * looked at. Without an offset the zone's is taken, and in a daylight-saving overlap its first pass.
 * False when the text is not such a time; *out is then untouched. */
bool ww_time_hl7(ww_str text, const struct ww_zone *z, ww_time *out);
/* The same with that offset, in minutes east of UTC, where the text has none. */
bool ww_time_hl7_at(ww_str text, int offset, ww_time *out);
/* Reads a FHIR date, dateTime or instant; a date takes the zone's midnight. */
bool ww_time_fhir(ww_str text, const struct ww_zone *z, ww_time *out);

/* Writes at the time's own precision and offset: FHIR ("2026-03-02", "2026-03-02T10:15:00-05:00"; from
 * the hour down seconds are always written, as FHIR requires) and HL7 ("20260302101500-0500"). */
void ww_time_write_fhir(ww_time t, struct ww_buf *b);
void ww_time_write_hl7(ww_time t, struct ww_buf *b);

/* An instant in that zone (NULL: UTC) to the second. */
ww_time ww_time_at(int64_t utc_ms, const struct ww_zone *z);
static inline bool
ww_time_known(ww_time t)
{
	return t.prec != WW_PREC_NONE;
}
/* -1, 0, 1 at the coarser precision of the two: 2026-03-02 equals any minute of that day in its own
 * offset. An unknown time equals nothing and sorts first. */
int ww_time_cmp(ww_time a, ww_time b);
/* Number of the calendar day (days since 1970-01-01) on which t falls in zone z; t must be known. */
int64_t ww_time_day(ww_time t, const struct ww_zone *z);
/* The instant (UTC ms) at which clocks in zone z show that: wall_ms as if they were those of UTC. Of a time that comes twice the
 * first pass; one that a change of the clocks leaves out is read with the offset before it. */
int64_t ww_time_wall(const struct ww_zone *z, int64_t wall_ms);
/* Day number of a civil date, and back. Proleptic Gregorian, any year 0..9999. */
int64_t ww_day_of(int year, int month, int day);
void ww_day_civil(int64_t day, int *year, int *month, int *mday);

/* -- clocks ----------------------------------------------------------------------------------------- */

/* Where the engine takes the time from; tests and the demo put another in its place. */
struct ww_clock {
	int64_t (*now_ms)(void *self); /* UTC milliseconds since 1970 */
	void *self;
};
struct ww_clock ww_clock_system(void);
struct ww_clock ww_clock_ticks(
    void); /* ms from some start, never going back: for waits, not for dates */
/* A clock that reads decimal UTC milliseconds from a file each time it is asked, and keeps the last
 * good answer; path must outlive it. */
struct ww_clock ww_clock_file(const char *path);
static inline int64_t
ww_clock_now(const struct ww_clock *c)
{
	return c->now_ms(c->self);
}

#endif
