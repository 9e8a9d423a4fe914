/* Holds deadlines to tables of others:
 *
 *	corpus_calendar <datadir>
 *
 * reads clinical/vectors/tcm_deadlines.tsv (contact in two business days, visits in 7 and 14 days, a period of 30 days) and
 * trc_windows.tsv (windows in days after admission and discharge). Every row is held. */
#include "corpus.h"

#include <wardwire/calendar.h>
#include <wardwire/time.h>

#include <string.h>

enum { DAY_MS = 86400000 };

static int64_t
day_of(ww_str text)
{
	ww_time t = { 0 };

	return ww_time_fhir(text, ww_zone_utc(), &t) ? t.ms / DAY_MS : INT64_MIN;
}

/* The column of that number, from 0, holds the day. */
static bool
is_day(const ww_str *cells, size_t n, size_t column, int64_t day)
{
	return column < n && day_of(cells[column]) == day;
}

/* The day on which a span is over that began at noon of that day. */
static int64_t
over(int64_t day, uint32_t n, enum ww_span_unit unit)
{
	return ww_calendar_due(NULL, NULL, day * DAY_MS + DAY_MS / 2,
	           (struct ww_span){ .n = n, .unit = unit }) /
	       DAY_MS;
}

static bool
tcm(const ww_str *c, size_t n)
{
	int64_t day = day_of(c[0]);

	return is_day(c, n, 2, ww_calendar_add(ww_calendar_federal(), day, 2)) &&
	       is_day(c, n, 2, over(day, 2, WW_SPAN_BUSINESS_DAYS)) &&
	       is_day(c, n, 3, over(day, 7, WW_SPAN_DAYS)) &&
	       is_day(c, n, 4, over(day, 14, WW_SPAN_DAYS)) &&
	       is_day(c, n, 5, over(day, 29, WW_SPAN_DAYS));
}

static bool
trc(const ww_str *c, size_t n)
{
	int64_t in, out;

	if (n < 10)
		return false;
	in = day_of(c[0]);
	out = day_of(c[1]);
	return is_day(c, n, 2, in) && is_day(c, n, 3, over(in, 2, WW_SPAN_DAYS)) &&
	       is_day(c, n, 4, out) && is_day(c, n, 5, over(out, 2, WW_SPAN_DAYS)) &&
	       is_day(c, n, 6, over(out, 1, WW_SPAN_DAYS)) &&
	       is_day(c, n, 7, over(out, 30, WW_SPAN_DAYS)) && is_day(c, n, 8, out) &&
	       is_day(c, n, 9, over(out, 30, WW_SPAN_DAYS));
}

static bool
go_through(const char *folder, const char *name, bool (*good)(const ww_str *cells, size_t n))
{
	struct ww_buf text = { 0 };
	ww_str rest, line, cells[16];
	char path[512];

	snprintf(path, sizeof(path), "%s/clinical/vectors/%s", folder, name);
	if (!read_file(path, &text))
		return false;
	rest = ww_buf_view(&text);
	(void)ww_str_cut(rest, '\n', &rest); /* names of the columns */
	while (rest.n > 0) {
		size_t n = 0;

		line = ww_str_cut(rest, '\n', &rest);
		while (line.n > 0 && n < COUNT(cells))
			cells[n++] = ww_str_trim(ww_str_cut(line, '\t', &line));
		if (n == 0)
			continue;
		count(good(cells, n) ? PASS : FAIL);
		if (failed > 0)
			printf("%s: %.*s\n", name, WW_STR_FMT(cells[0]));
	}
	ww_buf_free(&text);
	return true;
}

int
main(int argc, char **argv)
{
	if (argc < 2 || !go_through(argv[1], "tcm_deadlines.tsv", tcm) ||
	    !go_through(argv[1], "trc_windows.tsv", trc)) {
		printf("corpus_calendar: no data\n");
		return 1;
	}
	printf("corpus_calendar: %u rows pass, %u fail\n", passed, failed);
	return failed > 0 || passed == 0;
}
