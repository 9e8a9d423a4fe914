/* wardwire roster show and propose: one member, and members whom no roster has. */
#include "base/options.h"
#include "main/cmd_roster.h"
#include "main/print.h"
#include "main/site.h"
#include "report/roster.h"

#include <stdio.h>

enum { SHOWN = 200, DAYS = 365 };

/* -- show ----------------------------------------------------------------------------------------------- */

static void
print_member(const struct ww_json *o)
{
	const struct ww_json *persons = ww_json_get(o, "persons"), *r;

	(void)printf("member %.*s on %.*s, stated by %zu %s\n",
	    WW_STR_FMT(ww_json_str(ww_json_get(o, "member"))),
	    WW_STR_FMT(ww_json_str(ww_json_get(o, "on"))), ww_json_len(persons),
	    ww_json_len(persons) == 1 ? "person" : "persons");
	for (r = ww_json_first(persons); r != NULL; r = ww_json_next(r)) {
		(void)printf("  ");
		ww_print_story(r);
	}
	for (r = ww_json_first(ww_json_get(o, "rows")); r != NULL; r = ww_json_next(r)) {
		(void)printf("%s ", ww_json_true(ww_json_get(r, "counts")) ? "counts:" : "not:   ");
		ww_print_story(r);
	}
}

/* Noon, so that the day is the same in every zone that matters. */
static bool
read_day(const char *text, ww_time *out)
{
	struct ww_clock clock = ww_clock_system();

	if (text[0] == '\0') {
		*out = ww_time_at(ww_clock_now(&clock), NULL);
		return true;
	}
	return ww_time_fhir(ww_str_from(text), ww_zone_utc(), out) && out->prec == WW_PREC_DAY;
}

int
ww_roster_show_command(int argc, char **argv)
{
	const char *file = WW_SITE_FILE, *on = "";
	bool json = false;
	const struct ww_option rows[] = {
		WW_SITE_OPTION(file),
		{ .name = "on",
		    .argument = "DATE",
		    .text = &on,
		    .help = "the day that decides; today unless given" },
		{ .name = "json", .flag = &json, .help = "as JSON" },
	};
	static const struct ww_usage usage = { .command = "wardwire roster show",
		.arguments = "MEMBER",
		.summary =
		    "Says whose patient a member is on a day, by which row of which edition.",
		.notes = "Every row that rosters had of the number, with what makes it count or "
		         "not. Exit: 1 when\nnothing is known of the number.",
		.least = 1,
		.most = 1 };
	struct ww_ledger l = { .ops = NULL };
	struct ww_site site;
	struct ww_json *o = NULL;
	ww_time day;
	int code;

	if (!ww_options_read(&usage, rows, sizeof(rows) / sizeof(rows[0]), &argc, argv, &code))
		return code;
	if (!read_day(on, &day)) {
		(void)fprintf(stderr, "wardwire roster show: --on takes a date, YYYY-MM-DD\n");
		return WW_EXIT_USAGE;
	}
	code = ww_site_open(&site, file);
	if (code == WW_EXIT_OK)
		code = ww_site_view(&site, &l);
	if (code == WW_EXIT_OK &&
	    ww_roster_member(&l, &site.cx, site.config, ww_str_from(argv[1]), day, &o) != WW_OK)
		code = ww_site_complain("", &site.cx);
	if (code == WW_EXIT_OK && o == NULL) {
		(void)fprintf(stderr, "wardwire roster show: no roster has that number, and "
		                      "nobody has stated it\n");
		code = WW_EXIT_NO;
	} else if (code == WW_EXIT_OK && json) {
		code = ww_print_json(&site.cx, o, true);
	} else if (code == WW_EXIT_OK) {
		print_member(o);
	}
	ww_ledger_close(&l);
	ww_site_close(&site);
	return code;
}

/* -- propose -------------------------------------------------------------------------------------------- */

int
ww_roster_propose_command(int argc, char **argv)
{
	const char *file = WW_SITE_FILE;
	uint64_t days = DAYS, most = SHOWN;
	bool json = false;
	const struct ww_option rows[] = {
		WW_SITE_OPTION(file),
		{ .name = "days",
		    .argument = "N",
		    .number = &days,
		    .least = 1,
		    .most = 3660,
		    .help = "visits and claims of the last N days; 365 unless given" },
		{ .name = "most",
		    .argument = "N",
		    .number = &most,
		    .least = 1,
		    .most = 1000000,
		    .help = "how many lines; 200 unless given" },
		{ .name = "json", .flag = &json, .help = "as JSON" },
	};
	static const struct ww_usage usage = { .command = "wardwire roster propose",
		.summary = "Lists members whom no roster has and whom a practice treats.",
		.notes = "By the NPI or TIN of parties, in claims and as attending of visits; most "
		         "of these first. It is for\npeople: nobody is attributed by it. Exit: 1 "
		         "when there is nobody to list." };
	struct ww_clock clock = ww_clock_system();
	int64_t now = ww_clock_now(&clock);
	struct ww_ledger l = { .ops = NULL };
	struct ww_site site;
	struct ww_json *list = NULL;
	int code;

	if (!ww_options_read(&usage, rows, sizeof(rows) / sizeof(rows[0]), &argc, argv, &code))
		return code;
	code = ww_site_open(&site, file);
	if (code == WW_EXIT_OK)
		code = ww_site_view(&site, &l);
	if (code == WW_EXIT_OK && ww_roster_propose(&l, &site.cx, site.config,
	                              ww_time_day(ww_time_at(now, NULL), NULL) - (int64_t)days, now,
	                              (size_t)most, &list) != WW_OK)
		code = ww_site_complain("", &site.cx);
	if (code == WW_EXIT_OK && json)
		code = ww_print_json(&site.cx, list, true);
	for (const struct ww_json *o = ww_json_first(list);
	     code == WW_EXIT_OK && !json && o != NULL; o = ww_json_next(o))
		ww_print_story(o);
	if (code == WW_EXIT_OK && ww_json_len(list) == 0)
		code = WW_EXIT_NO;
	ww_ledger_close(&l);
	ww_site_close(&site);
	return code;
}
