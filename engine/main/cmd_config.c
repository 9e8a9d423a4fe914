/* wardwire config check: everything that `run` would refuse, before it is run. */
#include "base/fs.h"
#include "base/options.h"
#include "config/load.h"
#include "main/main.h"
#include "main/site.h"

#include <stdio.h>
#include <string.h>

enum { ROSTER_MAX = 64 << 20 };

/* Reads one roster and prints what is wrong with it, row by row. */
static int
check_roster(struct ww_site *s, const struct ww_roster_source *source)
{
	const char *path = ww_site_path(s, source->file);
	struct ww_roster_row *rows;
	struct ww_roster_fault *faults = NULL;
	struct ww_buf text = { 0 };
	size_t n = 0, faults_n = 0;
	ww_status status = ww_fs_get(&s->cx, path, ROSTER_MAX, &text);

	if (status == WW_OK)
		status = ww_roster_parse(
		    &s->cx, ww_buf_view(&text), s->config, &rows, &n, &faults, &faults_n);
	for (size_t i = 0; i < faults_n; i++)
		(void)fprintf(stderr, "%s:%u: %s\n", path, faults[i].line, faults[i].text);
	if (status == WW_OK && n == 0)
		status =
		    ww_fail(&s->cx, WW_E_CONFIG, path, "not one row of the roster can be used");
	if (status != WW_OK)
		(void)ww_site_complain(path, &s->cx);
	else
		(void)printf("roster %.*s: %zu rows accepted, %zu rejected\n",
		    WW_STR_FMT(source->name), n, faults_n);
	ww_buf_free(&text);
	return status != WW_OK ? WW_EXIT_INPUT : faults_n > 0 ? WW_EXIT_NO : WW_EXIT_OK;
}

static int
check(const char *file)
{
	struct ww_site site;
	int code = ww_site_open(&site, file);

	if (code == WW_EXIT_OK) {
		for (size_t i = 0; i < site.config->rosters_n; i++) {
			int one = check_roster(&site, &site.config->rosters[i]);

			if (one > code)
				code = one;
		}
		(void)printf(
		    "%s: %s: %zu listeners, %zu feeds, %zu endpoints, %zu parties, %zu rosters\n",
		    file, code == WW_EXIT_OK ? "good" : "not good", site.config->listeners_n,
		    site.config->feeds_n, site.config->endpoints_n, site.config->parties_n,
		    site.config->rosters_n);
	}
	ww_site_close(&site);
	return code;
}

int
ww_cmd_config(int argc, char **argv)
{
	const char *file = WW_SITE_FILE;
	const struct ww_option rows[] = {
		WW_SITE_OPTION(file),
	};
	const struct ww_usage usage = { .command = "wardwire config",
		.arguments = "check",
		.summary = "Checks a configuration and the rosters it names.",
		.notes = "Exit: 0 good, 1 roster rows were rejected, 3 refused.",
		.least = 1,
		.most = 1 };
	int code;

	if (!ww_options_read(&usage, rows, 1, &argc, argv, &code))
		return code;
	if (strcmp(argv[1], "check") != 0) {
		(void)fprintf(stderr, "wardwire config: unknown action; it takes check\n");
		return WW_EXIT_USAGE;
	}
	return check(file);
}
