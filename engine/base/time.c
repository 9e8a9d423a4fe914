/* Reading and writing times as HL7 v2 (DTM, TS) and FHIR write them, with day arithmetic of our own:
 * mktime and strptime depend on the locale and on the zone of the process. */
#include <wardwire/buf.h>
#include <wardwire/time.h>

#include <assert.h>

#define MINUTE_MS ((int64_t)60 * 1000)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)
#define FHIR_OFFSET_MAX (14 * 60)

/* What a text says, before it becomes an instant. */
struct fields {
	int year, month, day, hour, minute, second, ms;
	enum ww_prec prec;
	bool has_offset, cut;
	int digits; /* of the second, 1 to 3, with WW_PREC_MS */
	int offset;
};

/* -- calendar --------------------------------------------------------------------------------------- */

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Years are counted from March, so that the leap day is the last of its year, in eras of 400 years,
 * which all have the same number of days. Day 719468 of that count is 1970-01-01. */
int64_t
ww_day_of(int year, int month, int day)
{
	int64_t y = (int64_t)year - (month <= 2);
	int64_t era = floor_div(y, 400);
	int64_t of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void
ww_day_civil(int64_t day, int *year, int *month, int *mday)
{
	int64_t z = day + 719468;
	int64_t era = floor_div(z, 146097);
	int64_t d = z - era * 146097;
	int64_t y = (d - d / 1460 + d / 36524 - d / 146096) / 365;
	int64_t of_year = d - (365 * y + y / 4 - y / 100);
	int64_t m = (5 * of_year + 2) / 153;

	*mday = (int)(of_year - (153 * m + 2) / 5 + 1);
	*month = (int)(m < 10 ? m + 3 : m - 9);
	*year = (int)(y + era * 400 + (*month <= 2));
}

static int
days_in_month(int year, int month)
{
	if (month == 12)
		return 31;
	return (int)(ww_day_of(year, month + 1, 1) - ww_day_of(year, month, 1));
}

/* -- from fields to an instant ---------------------------------------------------------------------- */

/* The offset under which the wall clock of z shows wall_ms. In an overlap the first pass; in a gap,
 * which no clock shows, the offset before it: then one of WW_TIME_TWICE and WW_TIME_SHIFTED is added to *flags.
 * The two probes lie a day off, outside any change of offset near wall_ms. */
static int
offset_of_wall(const struct ww_zone *z, int64_t wall_ms, uint8_t *flags)
{
	int before = ww_zone_offset(z, wall_ms - DAY_MS);
	int after = ww_zone_offset(z, wall_ms + DAY_MS);
	bool was = ww_zone_offset(z, wall_ms - before * MINUTE_MS) == before;
	bool will = ww_zone_offset(z, wall_ms - after * MINUTE_MS) == after;

	if (was && will && before != after)
		*flags |= WW_TIME_TWICE;
	else if (!was && !will)
		*flags |= WW_TIME_SHIFTED;
	return was || !will ? before : after;
}

int64_t
ww_time_wall(const struct ww_zone *z, int64_t wall_ms)
{
	uint8_t doubt = 0;

	return wall_ms - (int64_t)offset_of_wall(z, wall_ms, &doubt) * MINUTE_MS;
}

static ww_time
instant(const struct fields *f, const struct ww_zone *z)
{
	ww_time t = { .prec = (uint8_t)f->prec, .flags = f->cut ? WW_TIME_CUT : 0 };
	int64_t wall = ww_day_of(f->year, f->month, f->day) * DAY_MS + f->hour * HOUR_MS +
	               f->minute * MINUTE_MS + (int64_t)f->second * 1000 + f->ms;
	int offset = f->offset;
	uint8_t doubt = 0;

	if (f->prec == WW_PREC_MS)
		t.flags |= f->digits == 1   ? WW_TIME_TENTHS
		           : f->digits == 2 ? WW_TIME_HUNDREDTHS
		                            : 0;
	if (!f->has_offset) {
		t.flags |= WW_TIME_ASSUMED;
		/* A date is that date, also where midnight is skipped or comes twice. */
		offset = offset_of_wall(z, wall, &doubt);
		if (f->prec > WW_PREC_DAY)
			t.flags |= doubt;
	}
	t.ms = wall - offset * MINUTE_MS;
	t.offset = (int16_t)offset;
	return t;
}

/* -- reading ---------------------------------------------------------------------------------------- */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Takes exactly n digits off s. */
static bool
take_digits(ww_str *s, size_t n, int min, int max, int *out)
{
	uint64_t v;

	if (s->n < n || !ww_str_u64(ww_str_sub(*s, 0, n), (uint64_t)max, &v) || (int)v < min)
		return false;
	*out = (int)v;
	*s = ww_str_sub(*s, n, s->n);
	return true;
}

static bool
take_char(ww_str *s, char c)
{
	if (s->n == 0 || s->p[0] != c)
		return false;
	*s = ww_str_sub(*s, 1, s->n);
	return true;
}

/* A point and one digit or more, cut to milliseconds. */
static bool
take_fraction(ww_str *s, struct fields *f)
{
	size_t i;
	int scale = 100;

	f->ms = 0;
	if (!take_char(s, '.'))
		return false;
	for (i = 0; i < s->n && is_digit(s->p[i]); i++) {
		f->ms += (s->p[i] - '0') * scale;
		f->cut |= scale == 0 && s->p[i] != '0';
		scale /= 10;
	}
	f->digits = i < 3 ? (int)i : 3;
	*s = ww_str_sub(*s, i, s->n);
	return i > 0;
}

/* +hhmm or, where colon is set, +hh:mm; in minutes. */
static bool
take_offset(ww_str *s, bool colon, int *out)
{
	int hours, minutes;
	bool minus = take_char(s, '-');

	if (!minus && !take_char(s, '+'))
		return false;
	if (!take_digits(s, 2, 0, 14, &hours) || (colon && !take_char(s, ':')) ||
	    !take_digits(s, 2, 0, 59, &minutes))
		return false;
	*out = hours * 60 + minutes;
	if (minus)
		*out = -*out;
	return true;
}

/* The parts of a time in the order of their precision, WW_PREC_YEAR first. FHIR has no year 0000, so a
 * time that could not be written is not read either. */
static bool
take_part(ww_str *s, enum ww_prec part, struct fields *f)
{
	switch (part) {
	case WW_PREC_YEAR:
		return take_digits(s, 4, 1, 9999, &f->year);
	case WW_PREC_MONTH:
		return take_digits(s, 2, 1, 12, &f->month);
	case WW_PREC_DAY:
		return take_digits(s, 2, 1, days_in_month(f->year, f->month), &f->day);
	case WW_PREC_HOUR:
		return take_digits(s, 2, 0, 23, &f->hour);
	case WW_PREC_MIN:
		return take_digits(s, 2, 0, 59, &f->minute);
	case WW_PREC_SEC:
		return take_digits(s, 2, 0, 59, &f->second);
	case WW_PREC_MS:
		return take_fraction(s, f);
	case WW_PREC_NONE:
	default:
		return false;
	}
}

/* The fields of a DTM or TS. */
static bool
take_hl7(ww_str text, struct fields *f)
{
	ww_str rest, s = ww_str_cut(text, '^', &rest);

	*f = (struct fields){ .month = 1, .day = 1 };
	do {
		f->prec++;
		if (!take_part(&s, f->prec, f))
			return false;
	} while (s.n > 0 && f->prec < WW_PREC_SEC && is_digit(s.p[0]));
	if (f->prec == WW_PREC_SEC && s.n > 0 && s.p[0] == '.') {
		f->prec = WW_PREC_MS;
		if (!take_part(&s, f->prec, f))
			return false;
	}
	if (s.n == 0)
		return true;
	f->has_offset = true;
	return take_offset(&s, false, &f->offset) && s.n == 0;
}

bool
ww_time_hl7(ww_str text, const struct ww_zone *z, ww_time *out)
{
	struct fields f;

	if (!take_hl7(text, &f))
		return false;
	*out = instant(&f, z);
	return true;
}

bool
ww_time_hl7_at(ww_str text, int offset, ww_time *out)
{
	struct fields f;
	bool stated;

	if (!take_hl7(text, &f))
		return false;
	stated = f.has_offset;
	if (!stated)
		f.offset = offset;
	f.has_offset = true;
	*out = instant(&f, NULL);
	if (!stated)
		out->flags |= WW_TIME_ASSUMED;
	return true;
}

/* Thh:mm:ss[.f+](Z|+hh:mm): once there is a time, all of it must be there. FHIR allows the leap second,
 * which counts as the first second of the next minute. */
static bool
take_fhir_time(ww_str *s, struct fields *f)
{
	if (!take_char(s, 'T') || !take_part(s, WW_PREC_HOUR, f) || !take_char(s, ':') ||
	    !take_part(s, WW_PREC_MIN, f) || !take_char(s, ':') ||
	    !take_digits(s, 2, 0, 60, &f->second))
		return false;
	f->prec = WW_PREC_SEC;
	if (s->n > 0 && s->p[0] == '.') {
		if (!take_fraction(s, f))
			return false;
		f->prec = WW_PREC_MS;
	}
	f->has_offset = true;
	if (take_char(s, 'Z'))
		return true;
	return take_offset(s, true, &f->offset) && f->offset <= FHIR_OFFSET_MAX &&
	       f->offset >= -FHIR_OFFSET_MAX;
}

bool
ww_time_fhir(ww_str text, const struct ww_zone *z, ww_time *out)
{
	struct fields f = { .month = 1, .day = 1, .prec = WW_PREC_YEAR };
	ww_str s = text;

	if (!take_part(&s, f.prec, &f))
		return false;
	while (s.n > 0 && f.prec < WW_PREC_DAY) {
		f.prec++;
		if (!take_char(&s, '-') || !take_part(&s, f.prec, &f))
			return false;
	}
	if (s.n > 0 && (!take_fhir_time(&s, &f) || s.n > 0))
		return false;
	*out = instant(&f, z);
	return true;
}

/* -- writing ---------------------------------------------------------------------------------------- */

/* The fields of t as a clock with that offset shows them. */
static struct fields
local(ww_time t, int offset)
{
	struct fields f = { .prec = (enum ww_prec)t.prec, .has_offset = true, .offset = offset };
	int64_t wall = t.ms + offset * MINUTE_MS;
	int64_t day = floor_div(wall, DAY_MS);
	int of_day = (int)(wall - day * DAY_MS);

	ww_day_civil(day, &f.year, &f.month, &f.day);
	f.hour = of_day / (int)HOUR_MS;
	f.minute = of_day / (int)MINUTE_MS % 60;
	f.second = of_day / 1000 % 60;
	f.ms = of_day % 1000;
	return f;
}

/* As many digits of the second as were stated. */
static void
write_fraction(ww_time t, int ms, struct ww_buf *b)
{
	if ((t.flags & WW_TIME_TENTHS) != 0)
		ww_buf_printf(b, ".%d", ms / 100);
	else if ((t.flags & WW_TIME_HUNDREDTHS) != 0)
		ww_buf_printf(b, ".%02d", ms / 10);
	else
		ww_buf_printf(b, ".%03d", ms);
}

static void
write_offset(int offset, const char *colon, struct ww_buf *b)
{
	int minutes = offset < 0 ? -offset : offset;

	ww_buf_printf(b, "%c%02d%s%02d", offset < 0 ? '-' : '+', minutes / 60, colon, minutes % 60);
}

void
ww_time_write_fhir(ww_time t, struct ww_buf *b)
{
	struct fields f;
	int offset = t.offset;

	if (!ww_time_known(t))
		return;
	/* HL7 has offsets up to 14:59, FHIR up to 14:00: the same instant with one that FHIR has */
	if (t.prec > WW_PREC_DAY && offset > FHIR_OFFSET_MAX)
		offset = FHIR_OFFSET_MAX;
	if (t.prec > WW_PREC_DAY && offset < -FHIR_OFFSET_MAX)
		offset = -FHIR_OFFSET_MAX;
	f = local(t, offset);
	ww_buf_printf(b, "%04d", f.year);
	if (f.prec >= WW_PREC_MONTH)
		ww_buf_printf(b, "-%02d", f.month);
	if (f.prec >= WW_PREC_DAY)
		ww_buf_printf(b, "-%02d", f.day);
	if (f.prec < WW_PREC_HOUR)
		return;
	ww_buf_printf(b, "T%02d:%02d:%02d", f.hour, f.minute, f.second);
	if (f.prec >= WW_PREC_MS)
		write_fraction(t, f.ms, b);
	if (offset == 0)
		ww_buf_byte(b, 'Z');
	else
		write_offset(offset, ":", b);
}

void
ww_time_write_hl7(ww_time t, struct ww_buf *b)
{
	struct fields f;

	if (!ww_time_known(t))
		return;
	f = local(t, t.offset);
	ww_buf_printf(b, "%04d", f.year);
	if (f.prec >= WW_PREC_MONTH)
		ww_buf_printf(b, "%02d", f.month);
	if (f.prec >= WW_PREC_DAY)
		ww_buf_printf(b, "%02d", f.day);
	if (f.prec >= WW_PREC_HOUR)
		ww_buf_printf(b, "%02d", f.hour);
	if (f.prec >= WW_PREC_MIN)
		ww_buf_printf(b, "%02d", f.minute);
	if (f.prec >= WW_PREC_SEC)
		ww_buf_printf(b, "%02d", f.second);
	if (f.prec >= WW_PREC_MS)
		write_fraction(t, f.ms, b);
	if (f.prec >= WW_PREC_HOUR)
		write_offset(t.offset, "", b);
}

/* -- comparing -------------------------------------------------------------------------------------- */

ww_time
ww_time_at(int64_t utc_ms, const struct ww_zone *z)
{
	ww_time t = { .ms = floor_div(utc_ms, 1000) * 1000, .prec = WW_PREC_SEC };

	t.offset = (int16_t)ww_zone_offset(z, t.ms);
	return t;
}

/* A number that is the same for all instants within one year, month, day ... of that offset, and that
 * rises with them. */
static int64_t
period(int64_t ms, int offset, enum ww_prec prec)
{
	int64_t wall = ms + offset * MINUTE_MS;
	int year, month, mday;

	switch (prec) {
	case WW_PREC_YEAR:
	case WW_PREC_MONTH:
		ww_day_civil(floor_div(wall, DAY_MS), &year, &month, &mday);
		return prec == WW_PREC_YEAR ? year : (int64_t)year * 12 + month;
	case WW_PREC_DAY:
		return floor_div(wall, DAY_MS);
	case WW_PREC_HOUR:
		return floor_div(wall, HOUR_MS);
	case WW_PREC_MIN:
		return floor_div(wall, MINUTE_MS);
	case WW_PREC_SEC:
		return floor_div(wall, 1000);
	case WW_PREC_MS:
	case WW_PREC_NONE:
	default:
		return wall;
	}
}

/* Two dates are compared as the calendar has them, each in its own offset; two times of one precision
 * as instants. Otherwise it matters whether the finer one lies within the coarser one, seen with the
 * offset of the coarser one. */
int
ww_time_cmp(ww_time a, ww_time b)
{
	enum ww_prec prec = (enum ww_prec)(a.prec < b.prec ? a.prec : b.prec);
	int offset_a = a.offset, offset_b = b.offset;
	int64_t x, y;

	if (!ww_time_known(a))
		return -1;
	if (!ww_time_known(b))
		return 1;
	if (a.prec == b.prec && prec >= WW_PREC_HOUR)
		return (a.ms > b.ms) - (a.ms < b.ms);
	if (a.prec < b.prec)
		offset_b = offset_a;
	else if (b.prec < a.prec)
		offset_a = offset_b;
	x = period(a.ms, offset_a, prec);
	y = period(b.ms, offset_b, prec);
	return (x > y) - (x < y);
}

int64_t
ww_time_day(ww_time t, const struct ww_zone *z)
{
	assert(ww_time_known(t));
	/* A date is that date everywhere: seen from another zone, its midnight may be the day before. */
	if (t.prec <= WW_PREC_DAY)
		return period(t.ms, t.offset, WW_PREC_DAY);
	return period(t.ms, ww_zone_offset(z, t.ms), WW_PREC_DAY);
}
