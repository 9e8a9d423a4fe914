/* Time zones from the system's TZif files (RFC 9636), without the C library: its zone is one per
 * process, set by an environment variable and not safe between threads. */
#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/time.h>

#include "base/fs.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ZONE_NAME_CAP 64
#define FILE_LIMIT ((size_t)1 << 20)
#define HEADER 44
#define DAY ((int64_t)86400)

/* A day of the year and a time of that day at which a POSIX TZ string changes the offset. */
struct rule {
	enum { RULE_JULIAN, RULE_ZERO, RULE_MONTH } kind; /* Jn, n, Mm.w.d */
	int month, week, day;
	int seconds; /* local time of day, -167 h .. 167 h */
};

/* A POSIX TZ string, which holds after the last transition of the file. */
struct footer {
	bool present, has_dst;
	int std, dst; /* seconds east of UTC */
	struct rule start, end;
};

struct ww_zone {
	struct ww_zone *next;
	char name[ZONE_NAME_CAP];
	size_t n;       /* transitions */
	int64_t *at;    /* UTC seconds, rising */
	uint8_t *type;  /* in force from at[i] on */
	int32_t *types; /* seconds east of UTC */
	struct footer footer;
};

static const struct ww_zone utc = { .name = "UTC", .footer = { .present = true } };

static pthread_mutex_t cache_lock = PTHREAD_MUTEX_INITIALIZER;
static struct ww_zone *cache;

/* -- the footer ------------------------------------------------------------------------------------- */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
take_char(ww_str *s, char c)
{
	if (s->n == 0 || s->p[0] != c)
		return false;
	*s = ww_str_sub(*s, 1, s->n);
	return true;
}

static bool
take_number(ww_str *s, int min, int max, int *out)
{
	int v = 0;
	size_t i;

	for (i = 0; i < s->n && is_digit(s->p[i]); i++) {
		v = v * 10 + (s->p[i] - '0');
		if (v > max)
			return false;
	}
	if (i == 0 || v < min)
		return false;
	*s = ww_str_sub(*s, i, s->n);
	*out = v;
	return true;
}

/* "EST" or "<-03>"; the letters do not matter, only where they end. */
static bool
take_name(ww_str *s)
{
	size_t i;

	if (take_char(s, '<')) {
		i = ww_str_find(*s, '>');
		if (i == s->n)
			return false;
		*s = ww_str_sub(*s, i + 1, s->n);
		return true;
	}
	for (i = 0; i < s->n; i++) {
		char c = s->p[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')))
			break;
	}
	*s = ww_str_sub(*s, i, s->n);
	return i >= 3;
}

/* [+-]hh[:mm[:ss]] in seconds. */
static bool
take_hms(ww_str *s, int max_hours, int *out)
{
	int h, m = 0, sec = 0;
	bool minus = take_char(s, '-');

	if (!minus)
		(void)take_char(s, '+');
	if (!take_number(s, 0, max_hours, &h))
		return false;
	if (take_char(s, ':')) {
		if (!take_number(s, 0, 59, &m))
			return false;
		if (take_char(s, ':') && !take_number(s, 0, 59, &sec))
			return false;
	}
	*out = h * 3600 + m * 60 + sec;
	if (minus)
		*out = -*out;
	return true;
}

static bool
take_rule(ww_str *s, struct rule *r)
{
	r->seconds = 2 * 3600;
	if (take_char(s, 'M')) {
		r->kind = RULE_MONTH;
		if (!take_number(s, 1, 12, &r->month) || !take_char(s, '.') ||
		    !take_number(s, 1, 5, &r->week) || !take_char(s, '.') ||
		    !take_number(s, 0, 6, &r->day))
			return false;
	} else if (take_char(s, 'J')) {
		r->kind = RULE_JULIAN;
		if (!take_number(s, 1, 365, &r->day))
			return false;
	} else {
		r->kind = RULE_ZERO;
		if (!take_number(s, 0, 365, &r->day))
			return false;
	}
	return !take_char(s, '/') || take_hms(s, 167, &r->seconds);
}

static bool
parse_footer(ww_str s, struct footer *f)
{
	int west;

	*f = (struct footer){ .present = s.n > 0 };
	if (s.n == 0)
		return true; /* the last transition holds for ever */
	if (!take_name(&s) || !take_hms(&s, 24, &west))
		return false;
	f->std = -west;
	if (s.n == 0)
		return true;
	f->has_dst = true;
	f->dst = f->std + 3600;
	if (!take_name(&s))
		return false;
	if (s.n > 0 && s.p[0] != ',') {
		if (!take_hms(&s, 24, &west))
			return false;
		f->dst = -west;
	}
	return take_char(&s, ',') && take_rule(&s, &f->start) && take_char(&s, ',') &&
	       take_rule(&s, &f->end) && s.n == 0;
}

static bool
is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Local seconds since 1970 at which the rule strikes in that year. */
static int64_t
rule_at(const struct rule *r, int year)
{
	int64_t first, day;

	switch (r->kind) {
	case RULE_JULIAN: /* 29 February is never counted */
		day = ww_day_of(year, 1, 1) + r->day - 1 + (is_leap(year) && r->day >= 60);
		break;
	case RULE_ZERO:
		day = ww_day_of(year, 1, 1) + r->day;
		break;
	case RULE_MONTH:
	default:
		first = ww_day_of(year, r->month, 1);
		/* 1970-01-01 was a Thursday, 4 */
		day = first + (r->day - (first + 4) % 7 + 14) % 7 + (int64_t)(r->week - 1) * 7;
		/* week 5 is the last one, which may be the fourth */
		if (day >= (r->month == 12 ? first + 31 : ww_day_of(year, r->month + 1, 1)))
			day -= 7;
		break;
	}
	return day * DAY + r->seconds;
}

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static int
footer_offset(const struct footer *f, int64_t at)
{
	int year, month, mday;
	int64_t start, end;
	bool dst;

	if (!f->has_dst)
		return f->std;
	ww_day_civil(floor_div(at + f->std, DAY), &year, &month, &mday);
	start = rule_at(&f->start, year) - f->std;
	end = rule_at(&f->end, year) - f->dst;
	if (start < end)
		dst = at >= start && at < end;
	else /* the south: summer lies around new year */
		dst = at >= start || at < end;
	return dst ? f->dst : f->std;
}

/* -- the file --------------------------------------------------------------------------------------- */

struct counts {
	size_t isut, isstd, leap, time, type, chars;
};

static uint32_t
be32(const char *p)
{
	uint32_t v = 0;
	int i;

	for (i = 0; i < 4; i++)
		v = v << 8 | (unsigned char)p[i];
	return v;
}

static int64_t
be64(const char *p)
{
	return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4));
}

/* Takes a header off s; false when it is none of version 2 or later. */
static bool
take_header(ww_str *s, struct counts *c)
{
	if (s->n < HEADER || !ww_str_starts(*s, WW_STR("TZif")) || s->p[4] < '2')
		return false;
	c->isut = be32(s->p + 20);
	c->isstd = be32(s->p + 24);
	c->leap = be32(s->p + 28);
	c->time = be32(s->p + 32);
	c->type = be32(s->p + 36);
	c->chars = be32(s->p + 40);
	*s = ww_str_sub(*s, HEADER, s->n);
	return c->isut <= FILE_LIMIT && c->isstd <= FILE_LIMIT && c->leap <= FILE_LIMIT &&
	       c->time <= FILE_LIMIT && c->type >= 1 && c->type <= 256 && c->chars <= FILE_LIMIT;
}

static size_t
data_size(const struct counts *c, size_t time_size)
{
	return c->time * (time_size + 1) + c->type * 6 + c->chars + c->leap * (time_size + 4) +
	       c->isstd + c->isut;
}

static bool
read_data(struct ww_zone *z, ww_str s, const struct counts *c)
{
	const char *types = s.p + c->time * 9;
	size_t i;

	z->n = c->time;
	z->at = calloc(c->time + 1, sizeof(*z->at));
	z->type = calloc(c->time + 1, sizeof(*z->type));
	z->types = calloc(c->type, sizeof(*z->types));
	if (z->at == NULL || z->type == NULL || z->types == NULL)
		return false;
	for (i = 0; i < c->type; i++) {
		z->types[i] = (int32_t)be32(types + i * 6);
		if (z->types[i] < -DAY || z->types[i] > DAY)
			return false;
	}
	for (i = 0; i < c->time; i++) {
		z->at[i] = be64(s.p + i * 8);
		z->type[i] = (uint8_t)s.p[c->time * 8 + i];
		if (z->type[i] >= c->type || (i > 0 && z->at[i] <= z->at[i - 1]))
			return false;
	}
	return true;
}

static bool
parse_file(struct ww_zone *z, ww_str s)
{
	struct counts c;
	size_t size;

	if (!take_header(
	        &s, &c)) /* first the block with 32 bits, of which only the size is of use */
		return false;
	size = data_size(&c, 4);
	if (size > s.n)
		return false;
	s = ww_str_sub(s, size, s.n);
	if (!take_header(&s, &c))
		return false;
	size = data_size(&c, 8);
	if (size > s.n || !read_data(z, s, &c))
		return false;
	s = ww_str_sub(s, size, s.n);
	if (!take_char(&s, '\n'))
		return false;
	size = ww_str_find(s, '\n');
	return size < s.n && parse_footer(ww_str_sub(s, 0, size), &z->footer);
}

/* TZDIR is where the C library looks as well; it lets a site bring newer rules than its system has. */
static bool
read_zone_file(const char *name, size_t limit, struct ww_buf *out)
{
	struct ww_ctx cx = { .arena = NULL };
	const char *dir = getenv("TZDIR");
	char path[512];
	int n;

	n = snprintf(path, sizeof(path), "%s/%s",
	    dir != NULL && dir[0] != '\0' ? dir : "/usr/share/zoneinfo", name);
	return n > 0 && (size_t)n < sizeof(path) && ww_fs_get(&cx, path, limit, out) == WW_OK;
}

static void
free_zone(struct ww_zone *z)
{
	free(z->at);
	free(z->type);
	free(z->types);
	free(z);
}

static struct ww_zone *
load(const char *name)
{
	struct ww_buf file = { .limit = FILE_LIMIT };
	struct ww_zone *z = calloc(1, sizeof(*z));

	if (z == NULL)
		return NULL;
	snprintf(z->name, sizeof(z->name), "%s", name);
	if (!read_zone_file(name, FILE_LIMIT, &file) || !parse_file(z, ww_buf_view(&file))) {
		free_zone(z);
		z = NULL;
	}
	ww_buf_free(&file);
	return z;
}

/* -- the contract ----------------------------------------------------------------------------------- */

/* The name comes from a configuration and becomes a path: it must stay below the directory. */
static bool
name_is_safe(const char *name)
{
	/* no dot, so no ".." */
	static const char allowed[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-_/";
	size_t n = strlen(name);

	return n > 0 && n < ZONE_NAME_CAP && name[0] != '/' && strspn(name, allowed) == n;
}

const struct ww_zone *
ww_zone_utc(void)
{
	return &utc;
}

const struct ww_zone *
ww_zone_find(const char *name)
{
	struct ww_zone *z;

	if (name == NULL || !name_is_safe(name))
		return NULL;
	if (strcmp(name, "UTC") == 0 || strcmp(name, "Etc/UTC") == 0)
		return &utc;
	pthread_mutex_lock(&cache_lock);
	for (z = cache; z != NULL; z = z->next)
		if (strcmp(z->name, name) == 0)
			break;
	if (z == NULL) {
		z = load(name);
		if (z != NULL) {
			z->next = cache;
			cache = z;
		}
	}
	pthread_mutex_unlock(&cache_lock);
	return z;
}

/* Transitions at or before that second. */
static size_t
count_before(const struct ww_zone *z, int64_t at)
{
	size_t lo = 0, hi = z->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (z->at[mid] <= at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

int
ww_zone_offset(const struct ww_zone *z, int64_t utc_ms)
{
	int64_t at = floor_div(utc_ms, 1000);
	size_t i;
	int seconds;

	if (z == NULL)
		z = &utc;
	i = count_before(z, at);
	if (i == z->n && z->footer.present)
		seconds = footer_offset(&z->footer, at);
	else if (i == 0) /* before the first transition, or a file without any: type 0 */
		seconds = (int)z->types[0];
	else
		seconds = (int)z->types[z->type[i - 1]];
	return seconds / 60; /* local mean times of the 19th century have odd seconds: left out */
}

static char version[16] = "unknown";
static pthread_once_t version_once = PTHREAD_ONCE_INIT;

static void
read_version(void)
{
	struct ww_buf file = { .limit = FILE_LIMIT };
	ww_str rest, line;

	if (read_zone_file("tzdata.zi", FILE_LIMIT, &file)) {
		line = ww_str_cut(ww_buf_view(&file), '\n', &rest);
		if (ww_str_starts(line, WW_STR("# version "))) {
			line = ww_str_trim(ww_str_sub(line, 10, line.n));
			if (line.n > 0 && line.n < sizeof(version))
				snprintf(version, sizeof(version), "%.*s", WW_STR_FMT(line));
		}
	}
	ww_buf_free(&file);
}

const char *
ww_zone_version(void)
{
	pthread_once(&version_once, read_version);
	return version;
}
