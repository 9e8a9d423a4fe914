/* wardwire journal: the files of the journal, and taking the old ones away. */
#include "base/options.h"
#include "link/control.h"
#include "main/keeper.h"
#include "main/main.h"
#include "main/print.h"
#include "main/site.h"
#include "store/prune.h"

#include <stdio.h>

static struct ww_journal_settings
settings(const struct ww_site *site, bool read_only)
{
	return (struct ww_journal_settings){ .dir = site->journal,
		.segment_bytes = site->config->segment_bytes,
		.fs = site->fs,
		.read_only = read_only,
		.quick = true };
}

static int
print_result(struct ww_site *site, const struct ww_json *v, bool json, const char *verb)
{
	if (json)
		return ww_print_json(&site->cx, v, true);
	(void)printf("%s: %lld files, %lld bytes", verb,
	    (long long)ww_json_int(ww_json_get(v, "pieces")),
	    (long long)ww_json_int(ww_json_get(v, "bytes")));
	if (ww_json_get(v, "blobs") != NULL)
		(void)printf(", and %lld blobs", (long long)ww_json_int(ww_json_get(v, "blobs")));
	(void)printf(
	    "\nthe oldest that stays: %.*s\n", WW_STR_FMT(ww_json_str(ww_json_get(v, "why"))));
	return WW_EXIT_OK;
}

/* -- without an engine -------------------------------------------------------------------------------- */

/* dry: nothing is written, and an engine may run. */
static ww_status
prune_here(struct ww_site *site, bool dry, struct ww_json **out)
{
	struct ww_journal_settings js = settings(site, dry);
	struct ww_journal j = { 0 };
	ww_status s = dry ? WW_OK : ww_site_hold(site, &site->cx);

	if (s == WW_OK)
		s = ww_journal_files(&site->cx, &js, &j);
	if (s == WW_OK)
		s = ww_keeper_prune(site, &site->cx, &j, 0, dry, out);
	ww_journal_close(&j);
	return s;
}

/* -- by the engine ------------------------------------------------------------------------------------ */

enum { ANSWER_MS = 600000 };

/* It has the files in its hands; it answers when they are gone. */
static ww_status
ask_engine(struct ww_site *site, struct ww_json **out)
{
	struct ww_buf answer = { 0 };
	ww_status s = ww_control_ask(&site->cx, site->control,
	    WW_STR("{\"order\":\"" WW_KEEPER_PRUNE "\"}"), ANSWER_MS, &answer);

	if (s == WW_OK)
		s = ww_json_parse(
		    &site->cx, ww_arena_str(site->cx.arena, ww_buf_view(&answer)), out);
	ww_buf_free(&answer);
	return s;
}

static int
prune(struct ww_site *site, bool dry, bool json)
{
	struct ww_json *v = NULL;
	ww_status s = prune_here(site, dry, &v);

	if (s == WW_E_BUSY && !dry) {
		/* The failure alone: the arena has the site's paths. */
		site->cx.fail = (struct ww_failure){ .status = WW_OK };
		s = ask_engine(site, &v);
	}
	if (s != WW_OK)
		return ww_site_complain("", &site->cx);
	if (ww_json_get(v, "code") != NULL) {
		(void)fprintf(stderr, "wardwire: %.*s (%.*s)\n",
		    WW_STR_FMT(ww_json_str(ww_json_get(v, "reason"))),
		    WW_STR_FMT(ww_json_str(ww_json_get(v, "code"))));
		return WW_EXIT_ENVIRONMENT;
	}
	return print_result(site, v, json, dry ? "would remove" : "removed");
}

static int
journal_prune(int argc, char **argv)
{
	const char *file = WW_SITE_FILE;
	bool dry = false, json = false;
	const struct ww_option rows[] = {
		WW_SITE_OPTION(file),
		{ .name = "dry-run",
		    .flag = &dry,
		    .help = "say what would go, and remove nothing" },
		{ .name = "json", .flag = &json, .help = "as JSON" },
	};
	const struct ww_usage usage = { .command = "wardwire journal prune",
		.summary =
		    "Removes old journal files that a snapshot covers, that nothing waits for "
		    "and that are past their retention.",
		.notes = "The engine does so every night after its snapshot. See retention.days." };
	struct ww_site site;
	int code;

	if (!ww_options_read(&usage, rows, 3, &argc, argv, &code))
		return code;
	code = ww_site_open(&site, file);
	if (code == WW_EXIT_OK)
		code = prune(&site, dry, json);
	ww_site_close(&site);
	return code;
}

int
ww_cmd_journal(int argc, char **argv)
{
	static const struct ww_command commands[] = {
		{ "prune", "Removes old journal files.", journal_prune },
	};

	return ww_commands_run("wardwire journal", "Looks after the files of the journal.",
	    commands, sizeof(commands) / sizeof(commands[0]), argc, argv);
}
