/* wardwire snapshot: a copy of the ledger, made while the engine runs. */
#include "base/options.h"
#include "main/keeper.h"
#include "main/main.h"
#include "main/print.h"
#include "main/site.h"
#include "store/snapshot.h"

#include <stdio.h>

static struct ww_json *
as_json(struct ww_ctx *cx, const struct ww_snapshot *s)
{
	struct ww_json *o = ww_json_object(cx);
	struct ww_buf b = { 0 };

	ww_time_write_fhir(ww_time_at(s->time, NULL), &b);
	ww_json_set_int(cx, o, "journal", (int64_t)s->seq);
	ww_json_set_str(cx, o, "time", ww_buf_view(&b));
	ww_json_set_int(cx, o, "bytes", (int64_t)s->bytes);
	ww_json_set_cstr(cx, o, "file", s->path);
	ww_buf_free(&b);
	return o;
}

static void
print_one(const struct ww_json *o)
{
	ww_str problem = ww_json_str(ww_json_get(o, "problem"));

	(void)printf("journal %lld, %.*s, %lld bytes, %.*s\n",
	    (long long)ww_json_int(ww_json_get(o, "journal")),
	    WW_STR_FMT(ww_json_str(ww_json_get(o, "time"))),
	    (long long)ww_json_int(ww_json_get(o, "bytes")),
	    WW_STR_FMT(ww_json_str(ww_json_get(o, "file"))));
	if (problem.n > 0)
		(void)printf("  not usable: %.*s\n", WW_STR_FMT(problem));
}

static int
make(struct ww_site *site, bool json)
{
	struct ww_snapshot made;

	if (ww_keeper_snapshot(site, &site->cx, NULL, NULL, &made) != WW_OK)
		return ww_site_complain("", &site->cx);
	if (json)
		return ww_print_json(&site->cx, as_json(&site->cx, &made), true);
	print_one(as_json(&site->cx, &made));
	return WW_EXIT_OK;
}

/* Reads every one; the answer is no when one is not what it should be. */
static int
list(struct ww_site *site, bool json)
{
	struct ww_json *all = ww_json_array(&site->cx);
	struct ww_snapshot *v;
	size_t n;
	int code = WW_EXIT_OK;

	if (ww_snapshot_list(&site->cx, site->fs, site->snapshots, &v, &n) != WW_OK)
		return ww_site_complain("", &site->cx);
	for (size_t i = 0; i < n; i++) {
		struct ww_ctx one = { .arena = site->cx.arena };
		struct ww_json *o = ww_json_add(&site->cx, all, as_json(&site->cx, &v[i]));

		if (ww_snapshot_verify(&one, site->fs, &v[i]) != WW_OK) {
			code = WW_EXIT_NO;
			ww_json_set_cstr(&site->cx, o, "problem", one.fail.reason);
		}
		if (!json)
			print_one(o);
	}
	if (json && ww_print_json(&site->cx, all, true) != WW_EXIT_OK)
		return WW_EXIT_ENVIRONMENT;
	return code;
}

int
ww_cmd_snapshot(int argc, char **argv)
{
	const char *file = WW_SITE_FILE;
	bool only_list = false, json = false;
	const struct ww_option rows[] = {
		WW_SITE_OPTION(file),
		{ .name = "list",
		    .flag = &only_list,
		    .help = "read those there are, newest first, and make none" },
		{ .name = "json", .flag = &json, .help = "as JSON" },
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

	if (!ww_options_read(&usage, rows, 3, &argc, argv, &code))
		return code;
	code = ww_site_open(&site, file);
	if (code == WW_EXIT_OK)
		code = only_list ? list(&site, json) : make(&site, json);
	ww_site_close(&site);
	return code;
}
