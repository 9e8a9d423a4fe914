/* wardwire schedule: what waits for an hour. */
#include "base/options.h"
#include "main/main.h"
#include "main/print.h"
#include "main/site.h"
#include "report/schedule.h"

#include <stdio.h>

/* "  next 2026-..." where the object has that member. */
static void
print_member(const struct ww_json *o, const char *key, const char *before)
{
	const struct ww_json *v = ww_json_get(o, key);

	if (ww_json_kind(v) == WW_JSON_NUMBER)
		(void)printf("%s%lld", before, (long long)ww_json_int(v));
	else if (v != NULL)
		(void)printf("%s%.*s", before, WW_STR_FMT(ww_json_str(v)));
}

struct column {
	const char *key, *before;
};

static void
print_rows(const struct ww_json *list, const char *head, const struct column *columns)
{
	for (const struct ww_json *r = ww_json_first(list); r != NULL; r = ww_json_next(r)) {
		(void)printf("%s", head);
		for (const struct column *c = columns; c->key != NULL; c++)
			print_member(r, c->key, c->before);
		(void)printf("\n");
	}
}

static void
print_text(const struct ww_json *o)
{
	static const struct column jobs[] = { { "job", "" }, { "next", "  next " },
		{ "under-way-since", "  under way since " }, { "done", ", rows " },
		{ "last", "  last " }, { "last-done", ", rows " }, { "runs", "  runs " },
		{ NULL, NULL } };
	static const struct column kinds[] = { { "timer", "" }, { "waiting", "  waiting " },
		{ NULL, NULL } };
	static const struct column next[] = { { "due", "" }, { "timer", "  " }, { "subject", "  " },
		{ "name", "  " }, { NULL, NULL } };

	print_member(o, "now", "now     ");
	(void)printf("\n");
	print_rows(ww_json_get(o, "jobs"), "job     ", jobs);
	print_rows(ww_json_get(o, "timers"), "timers  ", kinds);
	print_rows(ww_json_get(o, "next"), "next    ", next);
}

static int
print_schedule(struct ww_site *site, size_t most, bool json)
{
	struct ww_ledger l = { 0 };
	struct ww_json *o = NULL;
	int code = ww_site_view(site, &l);

	if (code != WW_EXIT_OK)
		return code;
	if (ww_schedule_report(&l, &site->cx, most, &o) != WW_OK)
		code = ww_site_complain("", &site->cx);
	else if (json)
		code = ww_print_json(&site->cx, o, true);
	else
		print_text(o);
	ww_ledger_close(&l);
	return code;
}

int
ww_cmd_schedule(int argc, char **argv)
{
	const char *file = WW_SITE_FILE;
	uint64_t most = 10;
	bool json = false;
	const struct ww_option rows[] = {
		WW_SITE_OPTION(file),
		{ .name = "most",
		    .argument = "N",
		    .number = &most,
		    .least = 1,
		    .most = 1000000,
		    .help = "list at most N of the next timers; 10 unless given" },
		{ .name = "json", .flag = &json, .help = "as JSON" },
	};
	const struct ww_usage usage = { .command = "wardwire schedule",
		.summary = "Shows jobs, how many timers of each kind wait, and the next of them.",
		.notes =
		    "now is the time of the last record that was applied. The subject of a timer "
		    "is the id of a notice\n(wardwire why), of an authorization or of a row of a "
		    "roster." };
	struct ww_site site;
	int code;

	if (!ww_options_read(&usage, rows, sizeof(rows) / sizeof(rows[0]), &argc, argv, &code))
		return code;
	code = ww_site_open(&site, file);
	if (code == WW_EXIT_OK)
		code = print_schedule(&site, (size_t)most, json);
	ww_site_close(&site);
	return code;
}
