/* One thing by its id, as a story or as JSON. */
#include "main/show_one.h"

#include "base/options.h"
#include "main/print.h"
#include "main/site.h"

#include <stdio.h>

struct wish {
	const struct ww_usage *usage;
	ww_show_one_fn *read;
	const char *none;
	ww_id id;
	bool json;
};

static int
show(struct ww_site *site, const struct wish *w)
{
	struct ww_ledger l = { 0 };
	struct ww_json *one = NULL;
	int code = ww_site_view(site, &l);

	if (code != WW_EXIT_OK)
		return code;
	if (w->read(&l, &site->cx, w->id, &one) != WW_OK) {
		code = ww_site_complain("", &site->cx);
	} else if (one == NULL) {
		(void)fprintf(stderr, "%s: %s\n", w->usage->command, w->none);
		code = WW_EXIT_NO;
	} else if (w->json) {
		code = ww_print_json(&site->cx, one, true);
	} else {
		ww_print_story(one);
	}
	ww_ledger_close(&l);
	return code;
}

int
ww_show_one(
    const struct ww_usage *usage, ww_show_one_fn *read, const char *none, int argc, char **argv)
{
	struct wish w = { usage, read, none, 0, false };
	const char *file = WW_SITE_FILE;
	const struct ww_option rows[] = {
		WW_SITE_OPTION(file),
		{ .name = "json", .flag = &w.json, .help = "as JSON" },
	};
	struct ww_site site;
	int code;

	if (!ww_options_read(usage, rows, sizeof(rows) / sizeof(rows[0]), &argc, argv, &code))
		return code;
	if (!ww_id_parse(ww_str_from(argv[1]), &w.id)) {
		(void)fprintf(stderr, "%s: an ID is a number such as 17.3\n", usage->command);
		return WW_EXIT_USAGE;
	}
	code = ww_site_open(&site, file);
	if (code == WW_EXIT_OK)
		code = show(&site, &w);
	ww_site_close(&site);
	return code;
}
