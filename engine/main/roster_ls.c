/* wardwire roster ls: looks at rosters. */
#include "base/options.h"
#include "main/cmd_roster.h"
#include "main/print.h"
#include "main/site.h"
#include "report/roster.h"

#include <stdio.h>

/* -- ls ------------------------------------------------------------------------------------------------- */

static void
print_roster(const struct ww_json *r)
{
	static const char *const plain[] = { "state", "dated", "expires" };
	const struct ww_json *load = ww_json_get(r, "load");

	(void)printf("%.*s: edition %lld, %lld rows, %lld members, %lld rejected",
	    WW_STR_FMT(ww_json_str(ww_json_get(r, "roster"))),
	    (long long)ww_json_int(ww_json_get(r, "edition")),
	    (long long)ww_json_int(ww_json_get(r, "rows")),
	    (long long)ww_json_int(ww_json_get(r, "members")),
	    (long long)ww_json_int(ww_json_get(r, "rejected")));
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		ww_str v = ww_json_str(ww_json_get(r, plain[i]));

		if (v.n > 0)
			(void)printf(
			    ", %s%s%.*s", i > 0 ? plain[i] : "", i > 0 ? " " : "", WW_STR_FMT(v));
	}
	if (ww_json_int(ww_json_get(r, "held")) > 0)
		(void)printf(", %lld stays held", (long long)ww_json_int(ww_json_get(r, "held")));
	(void)printf("\n");
	if (load != NULL)
		(void)printf("  %.*s: %.*s, %lld rows, %lld in force\n",
		    WW_STR_FMT(ww_json_str(ww_json_get(load, "source"))),
		    WW_STR_FMT(ww_json_str(ww_json_get(load, "state"))),
		    (long long)ww_json_int(ww_json_get(load, "rows")),
		    (long long)ww_json_int(ww_json_get(load, "in-force")));
	for (const struct ww_json *e = ww_json_first(ww_json_get(r, "editions")); e != NULL;
	     e = ww_json_next(e)) {
		(void)printf("  ");
		ww_print_story(e);
	}
}

int
ww_roster_ls_command(int argc, char **argv)
{
	const char *file = WW_SITE_FILE;
	bool json = false, held = false;
	const struct ww_option rows[] = {
		WW_SITE_OPTION(file),
		{ .name = "held",
		    .flag = &held,
		    .help = "the open stays that catch_up holds back, a line each" },
		{ .name = "json", .flag = &json, .help = "as JSON" },
	};
	static const struct ww_usage usage = { .command = "wardwire roster ls",
		.arguments = "[NAME]",
		.summary = "Lists rosters: edition, rows, members, age, and what is on its way.",
		.notes = "With a NAME also its editions. Exit: 1 when there is nothing to list.",
		.most = 1 };
	struct ww_clock clock = ww_clock_system();
	struct ww_ledger l = { .ops = NULL };
	struct ww_site site;
	struct ww_json *list = NULL;
	ww_str name;
	int code;

	if (!ww_options_read(&usage, rows, sizeof(rows) / sizeof(rows[0]), &argc, argv, &code))
		return code;
	code = ww_site_open(&site, file);
	if (code == WW_EXIT_OK)
		code = ww_site_view(&site, &l);
	name = ww_str_from(argc > 1 ? argv[1] : "");
	if (code == WW_EXIT_OK && (held ? ww_roster_held(&l, &site.cx, name, &list)
	                                : ww_roster_list(&l, &site.cx, site.config, name,
	                                      ww_clock_now(&clock), &list)) != WW_OK)
		code = ww_site_complain("", &site.cx);
	if (code == WW_EXIT_OK && json)
		code = ww_print_json(&site.cx, list, true);
	for (const struct ww_json *r = ww_json_first(list);
	     code == WW_EXIT_OK && !json && r != NULL; r = ww_json_next(r))
		(held ? ww_print_story : print_roster)(r);
	if (code == WW_EXIT_OK && ww_json_len(list) == 0) {
		if (name.n > 0 && !held)
			(void)fprintf(
			    stderr, "wardwire roster ls: no roster is named %s\n", argv[1]);
		code = WW_EXIT_NO;
	}
	ww_ledger_close(&l);
	ww_site_close(&site);
	return code;
}
