/* Business days. Holidays are rules from which the days of any year follow, so that nobody has to load the next year. */
#include <wardwire/calendar.h>

#include "base/csv.h"

#include <wardwire/arena.h>
#include <wardwire/ctx.h>
#include <wardwire/time.h>

#include <stdio.h>

enum { DAY_MS = 86400000, MINUTE_MS = 60000, WEEK = 7, ROWS_MAX = 4096, DAYS_MAX = 3660 };

struct holiday {
	int month, day; /* day 0: by weekday and week */
	int weekday;    /* 1 is Monday */
	int week;       /* 1 to 5; -1: the last */
	bool nearest;   /* of a weekend: kept on the Friday before, or the Monday after */
	int since;      /* first year; 0: always */
	int only;       /* this year alone; 0: every year */
	ww_str name;
};

struct ww_calendar {
	ww_str name;
	const struct holiday *v;
	size_t n;
	bool federal; /* those of the federal government, too */
};

#define WW_HOLIDAY(month_, day_, weekday_, week_, nearest_, since_, name_)                         \
	{ .month = (month_),                                                                       \
		.day = (day_),                                                                     \
		.weekday = (weekday_),                                                             \
		.week = (week_),                                                                   \
		.nearest = (nearest_),                                                             \
		.since = (since_),                                                                 \
		.name = { .p = (name_), .n = sizeof(name_) - 1 } },
static const struct holiday federal_days[] = {
#include "gen/us_federal.inc"
};
#undef WW_HOLIDAY
static const struct ww_calendar federal = {
	.name = { .p = "us-federal", .n = sizeof("us-federal") - 1 },
	.v = federal_days,
	.n = sizeof(federal_days) / sizeof(federal_days[0]),
};

const struct ww_calendar *
ww_calendar_federal(void)
{
	return &federal;
}

ww_str
ww_calendar_name(const struct ww_calendar *c)
{
	return c->name;
}

/* -- which days --------------------------------------------------------------------------------------- */

/* 1 is Monday. 1970-01-01 was a Thursday. */
static int
weekday_of(int64_t day)
{
	return (int)(((day + 3) % WEEK + WEEK) % WEEK) + 1;
}

static int
month_length(int year, int month)
{
	int64_t next = month == 12 ? ww_day_of(year + 1, 1, 1) : ww_day_of(year, month + 1, 1);

	return (int)(next - ww_day_of(year, month, 1));
}

/* The day on which it is kept in that year; false: there is none. */
static bool
kept_on(const struct holiday *h, int year, int64_t *out)
{
	int length = month_length(year, h->month), mday = h->day, first;

	if (year < h->since || (h->only != 0 && year != h->only))
		return false;
	if (mday == 0) {
		first = 1 + (h->weekday - weekday_of(ww_day_of(year, h->month, 1)) + WEEK) % WEEK;
		mday = first + WEEK * (h->week - 1);
		if (h->week < 0)
			mday = first + WEEK * ((length - first) / WEEK);
	}
	if (mday > length)
		return false;
	*out = ww_day_of(year, h->month, mday);
	if (h->nearest && weekday_of(*out) == 6)
		*out -= 1;
	else if (h->nearest && weekday_of(*out) == 7)
		*out += 1;
	return true;
}

/* A day of the year before or after may be kept in this one. */
static bool
is_kept(const struct holiday *h, int64_t day, int year)
{
	int64_t at;

	for (int y = year - 1; y <= year + 1; y++) {
		if (kept_on(h, y, &at) && at == day)
			return true;
	}
	return false;
}

ww_str
ww_calendar_holiday(const struct ww_calendar *c, int64_t day)
{
	int year, month, mday;

	ww_day_civil(day, &year, &month, &mday);
	for (size_t i = 0; i < c->n; i++) {
		if (is_kept(&c->v[i], day, year))
			return c->v[i].name;
	}
	return c->federal ? ww_calendar_holiday(&federal, day) : ww_str_empty();
}

bool
ww_calendar_is_business(const struct ww_calendar *c, int64_t day)
{
	return weekday_of(day) <= 5 && ww_calendar_holiday(c, day).n == 0;
}

int64_t
ww_calendar_add(const struct ww_calendar *c, int64_t day, uint32_t n)
{
	int64_t last = day + DAYS_MAX;

	while (n > 0 && day < last)
		n -= ww_calendar_is_business(c, ++day);
	return day;
}

/* -- instants ------------------------------------------------------------------------------------------ */

int64_t
ww_calendar_due(
    const struct ww_calendar *c, const struct ww_zone *z, int64_t from_ms, struct ww_span span)
{
	const struct ww_zone *zone = z != NULL ? z : ww_zone_utc();
	int64_t day = ww_time_day(ww_time_at(from_ms, zone), zone);

	switch (span.unit) {
	case WW_SPAN_MINUTES:
		return from_ms + (int64_t)span.n * MINUTE_MS;
	case WW_SPAN_HOURS:
		return from_ms + (int64_t)span.n * 60 * MINUTE_MS;
	case WW_SPAN_DAYS:
		day += span.n;
		break;
	case WW_SPAN_BUSINESS_DAYS:
		day = ww_calendar_add(c != NULL ? c : &federal, day, span.n);
		break;
	}
	return ww_time_wall(zone, (day + 1) * DAY_MS) - 1000;
}

int64_t
ww_calendar_part(int64_t from_ms, int64_t due_ms, unsigned percent)
{
	return from_ms + (due_ms - from_ms) / 100 * percent +
	       (due_ms - from_ms) % 100 * percent / 100;
}

int64_t
ww_calendar_next(const struct ww_zone *z, int64_t after_ms, unsigned minute)
{
	const struct ww_zone *zone = z != NULL ? z : ww_zone_utc();
	int64_t day = ww_time_day(ww_time_at(after_ms, zone), zone) - 1, at;

	do {
		at = ww_time_wall(zone, day++ * DAY_MS + (int64_t)minute * MINUTE_MS);
	} while (at < after_ms);
	return at;
}

/* -- reading ------------------------------------------------------------------------------------------- */

enum column { DATE, NAME, WEEKEND, SINCE, COLUMNS };
static const char *const headers[COLUMNS] = { "date", "name", "weekend", "since" };

static const char *const weekdays[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

struct reading {
	struct ww_ctx *cx;
	struct ww_csv csv;
	struct holiday *v;
	size_t n, cap;
	bool headed, federal;
};

static ww_str
cell(const struct reading *r, enum column c)
{
	return (size_t)c < r->csv.n ? ww_str_trim(r->csv.cells[c]) : ww_str_empty();
}

static ww_status
bad_cell(struct reading *r, enum column c, const char *why)
{
	char place[64];

	(void)snprintf(place, sizeof(place), "line %u, %s", r->csv.line, headers[c]);
	return ww_fail(r->cx, WW_E_CONFIG, place, "%s", why);
}

/* Exactly `digits` digits at p. */
static bool
number_at(ww_str s, size_t at, size_t digits, int *out)
{
	uint64_t n;

	if (s.n < at + digits || !ww_str_u64(ww_str_sub(s, at, digits), 9999, &n))
		return false;
	*out = (int)n;
	return true;
}

/* 01-19 or 2026-01-19. */
static bool
read_day(ww_str s, struct holiday *h)
{
	bool one_year = s.n == 10 && s.p[4] == '-' && number_at(s, 0, 4, &h->only);
	ww_str rest = one_year ? ww_str_sub(s, 5, 5) : s;

	if (rest.n != 5 || rest.p[2] != '-' || !number_at(rest, 0, 2, &h->month) ||
	    !number_at(rest, 3, 2, &h->day))
		return false;
	return h->month >= 1 && h->month <= 12 && h->day >= 1 &&
	       h->day <= month_length(one_year ? h->only : 2000, h->month);
}

/* 05 mon last. */
static bool
read_weekday(ww_str s, struct holiday *h)
{
	ww_str rest, month = ww_str_cut(s, ' ', &rest), day = ww_str_cut(rest, ' ', &rest);

	if (month.n != 2 || !number_at(month, 0, 2, &h->month) || h->month < 1 || h->month > 12)
		return false;
	for (size_t i = 0; i < WEEK; i++) {
		if (ww_str_is(day, weekdays[i]))
			h->weekday = (int)i + 1;
	}
	if (ww_str_is(rest, "last"))
		h->week = -1;
	else if (rest.n != 1 || !number_at(rest, 0, 1, &h->week) || h->week < 1 || h->week > 5)
		return false;
	return h->weekday != 0;
}

static ww_status
read_holiday(struct reading *r, struct holiday *h)
{
	ww_str since = cell(r, SINCE), weekend = cell(r, WEEKEND);

	*h = (struct holiday){ .name = ww_arena_str(r->cx->arena, cell(r, NAME)) };
	if (!read_day(cell(r, DATE), h) && !read_weekday(cell(r, DATE), h))
		return bad_cell(r, DATE,
		    "not a date, a day of each year (01-19), a weekday of a month (01 mon 3, 05 "
		    "mon last) or us-federal");
	if (h->name.n == 0)
		return bad_cell(r, NAME, "a holiday needs a name");
	h->nearest = ww_str_is(weekend, "nearest");
	if (weekend.n > 0 && !h->nearest)
		return bad_cell(r, WEEKEND, "neither empty nor nearest");
	if (since.n > 0 && (since.n != 4 || !number_at(since, 0, 4, &h->since)))
		return bad_cell(r, SINCE, "not a year");
	return WW_OK;
}

static ww_status
grow(struct reading *r)
{
	size_t cap = r->cap == 0 ? 32 : 2 * r->cap;
	struct holiday *more = ww_arena_array(r->cx->arena, cap, sizeof(*more));

	if (more == NULL)
		return ww_fail_memory(r->cx);
	for (size_t i = 0; i < r->n; i++)
		more[i] = r->v[i];
	r->v = more;
	r->cap = cap;
	return WW_OK;
}

static ww_status
read_header(struct reading *r)
{
	for (size_t i = 0; i < COLUMNS; i++) {
		if (i < 2 ? !ww_str_is(cell(r, (enum column)i), headers[i])
		          : cell(r, (enum column)i).n > 0 &&
		                !ww_str_is(cell(r, (enum column)i), headers[i]))
			return bad_cell(
			    r, (enum column)i, "the header is not date,name,weekend,since");
	}
	r->headed = true;
	return WW_OK;
}

static ww_status
read_row(struct reading *r)
{
	ww_status s;

	if (r->csv.cells[0].n > 0 && r->csv.cells[0].p[0] == '#')
		return WW_OK;
	if (!r->headed)
		return read_header(r);
	if (ww_str_is(cell(r, DATE), "us-federal")) {
		r->federal = true;
		return WW_OK;
	}
	if (r->n == ROWS_MAX)
		return bad_cell(r, DATE, "too many holidays");
	s = r->n == r->cap ? grow(r) : WW_OK;
	if (s == WW_OK)
		s = read_holiday(r, &r->v[r->n]);
	r->n += s == WW_OK;
	return s;
}

ww_status
ww_calendar_read(struct ww_ctx *cx, ww_str name, ww_str csv, const struct ww_calendar **out)
{
	struct reading r = { .cx = cx };
	struct ww_calendar *c = ww_arena_alloc(cx->arena, sizeof(*c));
	bool more = true;
	ww_status s = c != NULL ? WW_OK : ww_fail_memory(cx);

	ww_csv_start(&r.csv, csv);
	while (s == WW_OK && more) {
		s = ww_csv_row(&r.csv, cx, &more);
		if (s == WW_OK && more)
			s = read_row(&r);
	}
	if (s == WW_OK && !r.headed)
		s = ww_fail(cx, WW_E_CONFIG, "line 1", "the header is not date,name,weekend,since");
	if (s != WW_OK)
		return s;
	*c = (struct ww_calendar){
		.name = ww_arena_str(cx->arena, name), .v = r.v, .n = r.n, .federal = r.federal
	};
	if (ww_arena_status(cx->arena) != WW_OK)
		return ww_fail_memory(cx);
	*out = c;
	return WW_OK;
}
