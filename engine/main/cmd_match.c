/* wardwire match: persons who may be one, and what an operator decides about them. */
#include "base/options.h"
#include "main/main.h"
#include "main/order.h"
#include "main/print.h"
#include "main/show_one.h"
#include "report/review.h"

#include <stdio.h>
#include <string.h>

/* -- orders ------------------------------------------------------------------------------------------- */

static int
match_accept(int argc, char **argv)
{
	static const struct ww_usage usage = { .command = "wardwire match accept",
		.arguments = "ID",
		.summary = "Makes the two one person: their stays are judged as of one.",
		.notes =
		    "Needs a reason. Of a merge that is to be looked at: it was right. Exit: 1 "
		    "when they are one already.",
		.least = 1,
		.most = 1 };

	return ww_order_command(&usage, "match-accept", argc, argv);
}

static int
match_reject(int argc, char **argv)
{
	static const struct ww_usage usage = { .command = "wardwire match reject",
		.arguments = "ID",
		.summary = "Says that they are two persons, and that no number joins them later.",
		.notes =
		    "Needs a reason. Of a merge that is to be looked at: it is undone. Exit: 1 "
		    "when it is decided already.",
		.least = 1,
		.most = 1 };

	return ww_order_command(&usage, "match-reject", argc, argv);
}

static int
match_undo(int argc, char **argv)
{
	static const struct ww_usage usage = { .command = "wardwire match undo",
		.arguments = "ID",
		.summary =
		    "Undoes a merge: who was merged away is a person again, with its visits.",
		.notes =
		    "Needs a reason. Visits that both had under one number stay with the other. "
		    "Exit: 1 when neither\nof the two is merged into the other.",
		.least = 1,
		.most = 1 };

	return ww_order_command(&usage, "match-undo", argc, argv);
}

/* -- looking ------------------------------------------------------------------------------------------ */

static void
print_list(const struct ww_json *list)
{
	static const char *const plain[] = { "id", "state", "kind", "since" };

	for (const struct ww_json *r = ww_json_first(list); r != NULL; r = ww_json_next(r)) {
		for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
			(void)printf("%s%.*s", i > 0 ? "  " : "",
			    WW_STR_FMT(ww_json_str(ww_json_get(r, plain[i]))));
		(void)printf("\n");
	}
}

/* A state by its text, or all. */
static bool
read_state(void *arg, const char *text)
{
	static const enum ww_review_state states[] = { WW_review_state_OPEN, WW_review_state_ONE,
		WW_review_state_TWO };
	int64_t *out = arg;

	if (strcmp(text, "all") == 0) {
		*out = WW_review_state_NONE;
		return true;
	}
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (strcmp(text, ww_review_state_text(states[i])) != 0)
			continue;
		*out = states[i];
		return true;
	}
	return false;
}

static int
list(struct ww_site *site, const struct ww_review_filter *f, bool json)
{
	struct ww_ledger l = { 0 };
	struct ww_json *rows = NULL;
	int code = ww_site_view(site, &l);

	if (code != WW_EXIT_OK)
		return code;
	if (ww_review_list(&l, &site->cx, f, &rows) != WW_OK)
		code = ww_site_complain("", &site->cx);
	else if (json)
		code = ww_print_json(&site->cx, rows, true);
	else
		print_list(rows);
	if (code == WW_EXIT_OK && ww_json_len(rows) == 0)
		code = WW_EXIT_NO;
	ww_ledger_close(&l);
	return code;
}

static int
match_ls(int argc, char **argv)
{
	const char *file = WW_SITE_FILE;
	struct ww_review_filter f = { .state = WW_review_state_OPEN };
	uint64_t most = 100;
	bool json = false;
	const struct ww_option rows[] = {
		WW_SITE_OPTION(file),
		{ .name = "state",
		    .argument = "STATE",
		    .read = read_state,
		    .arg = &f.state,
		    .help = "open, one, two or all; open unless given" },
		{ .name = "most",
		    .argument = "N",
		    .number = &most,
		    .least = 1,
		    .most = 1000000,
		    .help = "list at most N; 100 unless given" },
		{ .name = "json", .flag = &json, .help = "as JSON" },
	};
	static const struct ww_usage usage = { .command = "wardwire match ls",
		.summary = "Lists persons who may be one, or were made one, the oldest first.",
		.notes = "Exit: 1 when there is none." };
	struct ww_site site;
	int code;

	if (!ww_options_read(&usage, rows, sizeof(rows) / sizeof(rows[0]), &argc, argv, &code))
		return code;
	f.most = (size_t)most;
	code = ww_site_open(&site, file);
	if (code == WW_EXIT_OK)
		code = list(&site, &f, json);
	ww_site_close(&site);
	return code;
}

static int
match_show(int argc, char **argv)
{
	static const struct ww_usage usage = { .command = "wardwire match show",
		.arguments = "ID",
		.summary = "Shows the two side by side: name, birth date, numbers, stays, orders.",
		.notes = "ID: as match ls has it (17.3). Prints patients' data. Exit: 1 when "
		         "nothing on the list has it.",
		.least = 1,
		.most = 1 };

	return ww_show_one(&usage, ww_review_show, "nothing on the list has that id", argc, argv);
}

int
ww_cmd_match(int argc, char **argv)
{
	static const struct ww_command commands[] = {
		{ "ls", "Lists persons who may be one, or were made one.", match_ls },
		{ "show", "Shows two side by side.", match_show },
		{ "accept", "Makes the two one person.", match_accept },
		{ "reject", "Says that they are two.", match_reject },
		{ "undo", "Undoes a merge.", match_undo },
	};

	return ww_commands_run("wardwire match",
	    "Lists persons who may be one, and takes orders about them.", commands,
	    sizeof(commands) / sizeof(commands[0]), argc, argv);
}
