/* wardwire report sla: how long things took, and what is late. */
#include "base/options.h"
#include "main/print.h"
#include "main/report.h"
#include "main/site.h"
#include "main/when.h"
#include "report/sla.h"

#include <inttypes.h>
#include <stdio.h>

#define COMMAND "wardwire report sla"

/* "2h05m", "3m10s", "4s", "2d03h". */
static void
print_length(const char *before, const struct ww_json *seconds)
{
	int64_t s = ww_json_int(seconds);

	if (seconds == NULL)
		(void)printf("%s-", before);
	else if (s >= 86400)
		(void)printf("%s%" PRId64 "d%02" PRId64 "h", before, s / 86400, s / 3600 % 24);
	else if (s >= 3600)
		(void)printf("%s%" PRId64 "h%02" PRId64 "m", before, s / 3600, s / 60 % 60);
	else if (s >= 60)
		(void)printf("%s%" PRId64 "m%02" PRId64 "s", before, s / 60, s % 60);
	else
		(void)printf("%s%" PRId64 "s", before, s);
}

static ww_str
text_of(const struct ww_json *o, const char *key)
{
	return ww_json_str(ww_json_get(o, key));
}

static int64_t
number_of(const struct ww_json *o, const char *key)
{
	return ww_json_int(ww_json_get(o, key));
}

static void
print_text(const struct ww_json *r)
{
	for (const struct ww_json *h = ww_json_first(ww_json_get(r, "hops")); h != NULL;
	     h = ww_json_next(h)) {
		(void)printf("%.*s  %.*s  n %" PRId64, WW_STR_FMT(text_of(h, "feed")),
		    WW_STR_FMT(text_of(h, "hop")), number_of(h, "n"));
		print_length("  p50 ", ww_json_get(h, "p50"));
		print_length("  p95 ", ww_json_get(h, "p95"));
		print_length("  max ", ww_json_get(h, "max"));
		(void)printf("  warnings %" PRId64 "  breaches %" PRId64 "\n",
		    number_of(h, "warnings"), number_of(h, "breaches"));
	}
	(void)printf("deadlines %" PRId64 "  warnings %" PRId64 "  breaches %" PRId64 "\n",
	    number_of(r, "deadlines"), number_of(r, "warnings"), number_of(r, "breaches"));
	for (const struct ww_json *o = ww_json_first(ww_json_get(r, "open")); o != NULL;
	     o = ww_json_next(o)) {
		(void)printf("late  %.*s  %.*s  %.*s  %.*s  due %.*s",
		    WW_STR_FMT(text_of(o, "notice")), WW_STR_FMT(text_of(o, "practice")),
		    WW_STR_FMT(text_of(o, "role")), WW_STR_FMT(text_of(o, "flag")),
		    WW_STR_FMT(text_of(o, "due")));
		print_length("  late ", ww_json_get(o, "late"));
		(void)printf("  waits to be %.*s%s%.*s\n", WW_STR_FMT(text_of(o, "waits-for")),
		    text_of(o, "backup").n > 0 ? "  backup " : "",
		    WW_STR_FMT(text_of(o, "backup")));
	}
}

/* Names hold no commas or quotes. */
static void
print_csv(const struct ww_json *r)
{
	static const char *const columns[] = { "n", "p50", "p95", "max", "warnings", "breaches" };

	(void)printf("feed,hop,n,p50,p95,max,warnings,breaches\n");
	for (const struct ww_json *h = ww_json_first(ww_json_get(r, "hops")); h != NULL;
	     h = ww_json_next(h)) {
		(void)printf(
		    "%.*s,%.*s", WW_STR_FMT(text_of(h, "feed")), WW_STR_FMT(text_of(h, "hop")));
		for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
			if (ww_json_get(h, columns[i]) != NULL)
				(void)printf(",%" PRId64, number_of(h, columns[i]));
			else
				(void)printf(",");
		}
		(void)printf("\n");
	}
}

/* The name is of no feed that there is or was: more likely it is misspelt than that nothing had a deadline. */
static bool
is_no_feed(const struct ww_site *site, const struct ww_sla_filter *f, const struct ww_json *r)
{
	return f->feed.n > 0 && number_of(r, "deadlines") == 0 &&
	       ww_config_feed(site->config, f->feed) == NULL;
}

static int
complain_of_feed(ww_str feed)
{
	(void)fprintf(
	    stderr, COMMAND ": the configuration has no feed named %.*s\n", WW_STR_FMT(feed));
	return WW_EXIT_USAGE;
}

static int
print_report(struct ww_site *site, const struct ww_sla_filter *f, bool json, bool csv)
{
	struct ww_ledger l = { 0 };
	struct ww_json *r = NULL;
	int code = ww_site_view(site, &l);

	if (code != WW_EXIT_OK)
		return code;
	if (ww_sla_report(&l, &site->cx, f, &r) != WW_OK)
		code = ww_site_complain("", &site->cx);
	else if (is_no_feed(site, f, r))
		code = complain_of_feed(f->feed);
	else if (json)
		code = ww_print_json(&site->cx, r, true);
	else if (csv)
		print_csv(r);
	else
		print_text(r);
	if (code == WW_EXIT_OK && number_of(r, "deadlines") == 0)
		code = WW_EXIT_NO;
	ww_ledger_close(&l);
	return code;
}

int
ww_report_sla(int argc, char **argv)
{
	const char *file = WW_SITE_FILE, *since = NULL, *until = NULL, *feed = "";
	struct ww_sla_filter f = { .most = 0 };
	uint64_t most = 100;
	bool json = false, csv = false;
	const struct ww_option rows[] = {
		WW_SITE_OPTION(file),
		{ .name = "since",
		    .argument = "TIME",
		    .text = &since,
		    .help = "received then or later: 2026-03-02, or with a time and offset" },
		{ .name = "until",
		    .argument = "TIME",
		    .text = &until,
		    .help = "received then or before, a day as a whole" },
		{ .name = "feed", .argument = "NAME", .text = &feed, .help = "of that feed alone" },
		{ .name = "most",
		    .argument = "N",
		    .number = &most,
		    .least = 0,
		    .most = 100000,
		    .help = "list at most N open breaches; 100 unless given" },
		{ .name = "json", .flag = &json, .help = "as JSON" },
		{ .name = "csv",
		    .flag = &csv,
		    .help = "the hops as CSV, times in seconds, without the open breaches" },
	};
	const struct ww_usage usage = { .command = COMMAND,
		.summary = "Says how long Tasks took from hop to hop, by feed, and which are late.",
		.notes =
		    "Of each hop how many took it, the median, the 95th percentile, the longest, "
		    "and the warnings and\nbreaches that came while it was under way. Times "
		    "without an offset are UTC. Exit: 1 when no Task\nhad a deadline." };
	struct ww_site site;
	int code;

	if (!ww_options_read(&usage, rows, sizeof(rows) / sizeof(rows[0]), &argc, argv, &code))
		return code;
	if (!ww_when_read(COMMAND, "since", since, false, &f.since) ||
	    !ww_when_read(COMMAND, "until", until, true, &f.until))
		return WW_EXIT_USAGE;
	f.feed = ww_str_from(feed);
	f.most = (size_t)most;
	code = ww_site_open(&site, file);
	if (code == WW_EXIT_OK)
		code = print_report(&site, &f, json, csv);
	ww_site_close(&site);
	return code;
}
