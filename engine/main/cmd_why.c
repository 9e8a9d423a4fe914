/* wardwire why: the story behind a message, a stay, a flag or a notice. */
#include "base/options.h"
#include "main/main.h"
#include "main/print.h"
#include "main/site.h"
#include "report/why.h"

#include <stdio.h>

/* -- the command -------------------------------------------------------------------------------------- */

/* Of a message whose journal file was removed, the ledger knows what became of it and no more. */
static ww_status
note_pruned(struct ww_site *site, struct ww_json *story)
{
	struct ww_json *message = ww_json_get(story, "message");
	struct ww_journal_state st;
	struct ww_journal j = { 0 };
	ww_status s;

	if (message == NULL)
		return WW_OK;
	s = ww_site_journal(site, &site->cx, &j);
	if (s != WW_OK)
		return s;
	ww_journal_state(&j, &st);
	ww_journal_close(&j);
	if ((uint64_t)ww_json_int(ww_json_get(message, "journal")) <= st.pruned)
		ww_json_set_cstr(&site->cx, message, "raw", "pruned: its bytes are no longer kept");
	return WW_OK;
}

static int
tell(struct ww_site *site, ww_str what, bool json)
{
	static const ww_str member = WW_STR_INIT("member:");
	struct ww_ledger l = { 0 };
	struct ww_json *story = NULL;
	ww_status s;
	ww_id id;
	int code = ww_site_view(site, &l);

	if (code != WW_EXIT_OK)
		return code;
	if (ww_str_starts(what, member)) {
		s = ww_why_member(&l, &site->cx, ww_str_sub(what, member.n, what.n), &story);
	} else if (ww_id_parse(what, &id)) {
		s = ww_why(&l, &site->cx, id, &story);
	} else {
		(void)fprintf(stderr,
		    "wardwire why: an ID is a journal number (17), a number within it (17.3), or "
		    "member:NUMBER\n");
		ww_ledger_close(&l);
		return WW_EXIT_USAGE;
	}
	if (s == WW_OK && story != NULL)
		s = note_pruned(site, story);
	if (s != WW_OK) {
		code = ww_site_complain("", &site->cx);
	} else if (story == NULL) {
		(void)fprintf(stderr, "wardwire why: the ledger knows nothing of that id\n");
		code = WW_EXIT_NO;
	} else if (json) {
		code = ww_print_json(&site->cx, story, true);
	} else {
		ww_print_story(story);
	}
	ww_ledger_close(&l);
	return code;
}

int
ww_cmd_why(int argc, char **argv)
{
	const char *file = WW_SITE_FILE;
	bool json = false;
	const struct ww_option rows[] = {
		WW_SITE_OPTION(file),
		{ .name = "json", .flag = &json, .help = "as JSON" },
	};
	const struct ww_usage usage = { .command = "wardwire why",
		.arguments = "ID",
		.summary = "Says what became of a message, stay, flag, notice or member, and why.",
		.notes = "ID: a journal number as the log has it (17), a flag, notice or stay "
		         "(17.3), or member:NUMBER\n"
		         "with a roster's number. Exit: 1 when nothing has that id.",
		.least = 1,
		.most = 1 };
	struct ww_site site;
	int code;

	if (!ww_options_read(&usage, rows, 2, &argc, argv, &code))
		return code;
	code = ww_site_open(&site, file);
	if (code == WW_EXIT_OK)
		code = tell(&site, ww_str_from(argv[1]), json);
	ww_site_close(&site);
	return code;
}
