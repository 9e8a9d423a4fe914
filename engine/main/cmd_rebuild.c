/* wardwire rebuild: the ledger anew from the journal. The same journal gives the same ledger, row for row; --check
 * proves it and changes nothing. */
#include "apply/apply.h"
#include "base/failpoint.h"
#include "base/options.h"
#include "main/main.h"
#include "main/site.h"
#include "main/start.h"

#include <stdio.h>
#include <string.h>

/* Applies the whole journal to an empty ledger at path. */
static ww_status
build(struct ww_site *site, struct ww_journal *j, const char *path, struct ww_ledger *out,
    uint64_t *cursor)
{
	struct ww_apply_settings as = { .ledger = out, .blob = ww_start_blob, .arg = site };
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_apply *a = NULL;
	ww_status s;

	if (cx.arena == NULL)
		return ww_fail(&site->cx, WW_E_MEMORY, NULL, "rebuild");
	s = ww_site_ledger(site, &cx, path, WW_LEDGER_WRITE, out);
	if (s == WW_OK)
		s = ww_apply_open(&cx, &as, &a);
	if (s == WW_OK)
		s = ww_start_catch_up(a, &cx, j);
	*cursor = a != NULL ? ww_apply_cursor(a) : 0;
	ww_apply_close(a);
	site->cx.fail = cx.fail;
	ww_arena_free(cx.arena);
	return s;
}

/* Compares the texts of two ledgers; the first line that differs is named by entity and place only. */
static int
compare(ww_str live, ww_str anew)
{
	size_t line = 1;

	while (live.n > 0 || anew.n > 0) {
		ww_str a = ww_str_cut(live, '\n', &live), b = ww_str_cut(anew, '\n', &anew);

		if (!ww_str_eq(a, b)) {
			ww_str entity = ww_str_sub(a.n > 0 ? a : b, 0, 24);

			(void)printf(
			    "differs: row %zu of the dump, %.*s...\n", line, WW_STR_FMT(entity));
			return WW_EXIT_NO;
		}
		line++;
	}
	(void)printf("equal: %zu rows\n", line - 1);
	return WW_EXIT_OK;
}

static int
check(struct ww_site *site, struct ww_ledger *anew)
{
	struct ww_buf a = { 0 }, b = { 0 };
	struct ww_ledger live = { 0 };
	int code = ww_site_view(site, &live);

	if (code == WW_EXIT_OK && (ww_ledger_dump(&live, &site->cx, &a) != WW_OK ||
	                              ww_ledger_dump(anew, &site->cx, &b) != WW_OK))
		code = ww_site_complain("", &site->cx);
	if (code == WW_EXIT_OK)
		code = compare(ww_buf_view(&a), ww_buf_view(&b));
	ww_ledger_close(&live);
	ww_buf_free(&a);
	ww_buf_free(&b);
	return code;
}

static int
dump(struct ww_site *site, struct ww_ledger *l)
{
	struct ww_buf b = { 0 };
	int code = WW_EXIT_OK;

	if (ww_ledger_dump(l, &site->cx, &b) != WW_OK)
		code = ww_site_complain("", &site->cx);
	else
		(void)fwrite(ww_buf_view(&b).p, 1, ww_buf_view(&b).n, stdout);
	ww_buf_free(&b);
	return code;
}

/* The new ledger takes the place of the old one. */
static int
replace(struct ww_site *site, struct ww_ledger *anew, const char *path, uint64_t cursor)
{
	ww_ledger_close(anew);
	WW_FAILPOINT("rebuild-remove");
	if (ww_ledger_files_replace(&site->cx, site->fs, path, site->ledger) != WW_OK)
		return ww_site_complain("", &site->cx);
	(void)printf("rebuilt: journal records up to %llu applied\n", (unsigned long long)cursor);
	return WW_EXIT_OK;
}

int
ww_rebuild(struct ww_site *site, bool only_check, bool only_dump)
{
	struct ww_journal_settings js = {
		.dir = site->journal, .segment_bytes = site->config->segment_bytes, .fs = site->fs
	};
	const char *path = ww_arena_printf(site->cx.arena, "%s/rebuild.db", site->data).p;
	struct ww_journal j = { 0 };
	struct ww_ledger anew = { 0 };
	uint64_t cursor = 0;
	int code = WW_EXIT_OK;

	/* The journal is opened to write although nothing is written: what a killed engine left is settled first. */
	if (ww_site_hold(site, &site->cx) != WW_OK || ww_journal_files(&site->cx, &js, &j) != WW_OK)
		return ww_site_complain("", &site->cx);
	if (ww_ledger_files_remove(&site->cx, site->fs, path) != WW_OK ||
	    build(site, &j, path, &anew, &cursor) != WW_OK)
		code = ww_site_complain("", &site->cx);
	else if (only_dump)
		code = dump(site, &anew);
	else if (only_check)
		code = check(site, &anew);
	else
		code = replace(site, &anew, path, cursor);
	ww_ledger_close(&anew);
	if (ww_ledger_files_remove(&site->cx, site->fs, path) != WW_OK && code == WW_EXIT_OK)
		code = ww_site_complain("", &site->cx);
	ww_journal_close(&j);
	return code;
}

int
ww_cmd_rebuild(int argc, char **argv)
{
	const char *file = WW_SITE_FILE;
	bool only_check = false, only_dump = false;
	const struct ww_option rows[] = {
		WW_SITE_OPTION(file),
		{ .name = "check",
		    .flag = &only_check,
		    .help = "compare with the ledger there is and change nothing" },
		{ .name = "dump",
		    .flag = &only_dump,
		    .help = "print the rows as JSON lines (they hold patients' data) and change "
		            "nothing" },
	};
	const struct ww_usage usage = { .command = "wardwire rebuild",
		.summary =
		    "Makes the ledger anew from the journal. The engine must not be running.",
		.notes = "Exit: 0 rebuilt or equal, 1 --check found a difference, 4 the engine is "
		         "running." };
	struct ww_site site;
	int code;

	if (!ww_options_read(&usage, rows, 3, &argc, argv, &code))
		return code;
	code = ww_site_open(&site, file);
	if (code == WW_EXIT_OK)
		code = ww_rebuild(&site, only_check, only_dump);
	ww_site_close(&site);
	return code;
}
