/* wardwire snapshot: a copy of the ledger, made while the engine runs. */
#include "base/options.h"
#include "main/keeper.h"
#include "main/main.h"
#include "main/print.h"
#include "main/site.h"
#include "store/snapshot.h"

#include <stdio.h>

static void
print_one(const struct ww_snapshot *s)
{
	struct ww_buf b = { 0 };

	ww_time_write_fhir(ww_time_at(s->time, NULL), &b);
	(void)printf("journal %llu, %.*s, %llu bytes, %s\n", (unsigned long long)s->seq,
	    WW_STR_FMT(ww_buf_view(&b)), (unsigned long long)s->bytes, s->path);
	ww_buf_free(&b);
}

static int
make(struct ww_site *site)
{
	struct ww_snapshot made;

	if (ww_keeper_snapshot(site, &site->cx, NULL, NULL, &made) != WW_OK)
		return ww_site_complain("", &site->cx);
	print_one(&made);
	return WW_EXIT_OK;
}

/* Reads every one; the answer is no when one is not what it should be. */
static int
list(struct ww_site *site)
{
	struct ww_snapshot *v;
	size_t n;
	int code = WW_EXIT_OK;

	if (ww_snapshot_list(&site->cx, site->fs, site->snapshots, &v, &n) != WW_OK)
		return ww_site_complain("", &site->cx);
	for (size_t i = 0; i < n; i++) {
		struct ww_ctx one = { .arena = site->cx.arena };
		ww_status s = ww_snapshot_verify(&one, site->fs, &v[i]);

		print_one(&v[i]);
		if (s == WW_OK)
			continue;
		code = WW_EXIT_NO;
		(void)printf("  not usable: %s\n", one.fail.reason);
	}
	return code;
}

int
ww_cmd_snapshot(int argc, char **argv)
{
	const char *file = WW_SITE_FILE;
	bool only_list = false;
	const struct ww_option rows[] = {
		WW_SITE_OPTION(file),
		{ .name = "list",
		    .flag = &only_list,
		    .help = "read those there are, newest first, and make none" },
	};
	const struct ww_usage usage = { .command = "wardwire snapshot",
		.summary =
		    "Makes a copy of the ledger from which it can be made again; the engine may "
		    "run.",
		.notes =
		    "The engine makes one every night by itself. Exit: 1 when --list finds one "
		    "that is damaged." };
	struct ww_site site;
	int code;

	if (!ww_options_read(&usage, rows, 2, &argc, argv, &code))
		return code;
	code = ww_site_open(&site, file);
	if (code == WW_EXIT_OK)
		code = only_list ? list(&site) : make(&site);
	ww_site_close(&site);
	return code;
}
