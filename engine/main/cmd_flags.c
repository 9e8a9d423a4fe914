/* wardwire flags: what was found about whom, for whom, by when something is to be done, and what people say became of it. */
#include "base/options.h"
#include "main/main.h"
#include "main/order.h"
#include "main/print.h"
#include "main/show_one.h"
#include "report/flags.h"

#include <wardwire/time.h>

#include <stdio.h>
#include <string.h>

/* -- orders ------------------------------------------------------------------------------------------- */

static int
flags_ack(int argc, char **argv)
{
	static const struct ww_usage usage = { .command = "wardwire flags ack",
		.arguments = "ID",
		.summary = "Says that somebody has taken it up.",
		.notes =
		    "ID: of a flag or a notice. The notice is accepted, as if the practice had "
		    "set its Task so; whoever does\nit again takes it over. Exit: 1 when it is "
		    "done, retracted or nobody is told of it.",
		.least = 1,
		.most = 1 };

	return ww_order_command(&usage, "flag-ack", argc, argv);
}

/* The text stands in the order's reason. */
static int
give(const char *file, const struct ww_rec_operator *o, bool json)
{
	struct ww_site site;
	int code = ww_site_open(&site, file);

	if (code == WW_EXIT_OK)
		code = ww_order_give(&site, *o, json);
	ww_site_close(&site);
	return code;
}

static int
flags_note(int argc, char **argv)
{
	const char *file = WW_SITE_FILE, *who = "";
	bool json = false;
	const struct ww_option rows[] = {
		WW_SITE_OPTION(file),
		WW_ORDER_WHO_OPTION(who),
		{ .name = "json", .flag = &json, .help = "as JSON" },
	};
	static const struct ww_usage usage = { .command = "wardwire flags note",
		.arguments = "ID TEXT",
		.summary = "Keeps a note with a flag or a notice.",
		.notes =
		    "TEXT: one line of at most 512 bytes; it is kept in the journal and shown by "
		    "flags show, why and the console.",
		.least = 2,
		.most = 2 };
	int code;

	if (!ww_options_read(&usage, rows, sizeof(rows) / sizeof(rows[0]), &argc, argv, &code))
		return code;
	return give(file,
	    &(struct ww_rec_operator){ .order = WW_STR("flag-note"),
	        .subject = ww_str_from(argv[1]),
	        .reason = ww_str_from(argv[2]),
	        .who = ww_str_from(who),
	        .client = ww_str_empty() },
	    json);
}

static int
flags_done(int argc, char **argv)
{
	const char *file = WW_SITE_FILE, *who = "", *outcome = "";
	bool json = false;
	const struct ww_option rows[] = {
		WW_SITE_OPTION(file),
		{ .name = "outcome",
		    .argument = "TEXT",
		    .text = &outcome,
		    .help = "what came of it, in one line" },
		WW_ORDER_WHO_OPTION(who),
		{ .name = "json", .flag = &json, .help = "as JSON" },
	};
	static const struct ww_usage usage = { .command = "wardwire flags done",
		.arguments = "ID",
		.summary = "Says that what was to be done is done.",
		.notes =
		    "ID: of a flag or a notice. The notice is completed, as if the practice had "
		    "set its Task so. What is raised\nlater opens it again. Exit: 1 when it is "
		    "done, retracted or nobody is told of it.",
		.least = 1,
		.most = 1 };
	int code;

	if (!ww_options_read(&usage, rows, sizeof(rows) / sizeof(rows[0]), &argc, argv, &code))
		return code;
	return give(file,
	    &(struct ww_rec_operator){ .order = WW_STR("flag-done"),
	        .subject = ww_str_from(argv[1]),
	        .reason = ww_str_from(outcome),
	        .who = ww_str_from(who),
	        .client = ww_str_empty() },
	    json);
}

/* -- looking ------------------------------------------------------------------------------------------ */

/* Columns of the list: the JSON's members. label: before the value in a line; NULL ends them. */
static const struct column {
	const char *key, *label;
} columns[] = { { "id", "" }, { "state", "  " }, { "kind", "  " }, { "practice", "  " },
	{ "party", "  for " }, { "role", " " }, { "program", "  " }, { "rule", "  by " },
	{ "band", " " }, { "raised", "  raised " }, { "due", "  due " }, { "overdue", "  overdue" },
	{ "notice", "  notice " }, { "told", " " }, { "status", " " }, { "assignee", "  " },
	{ "not-told", "  not told: " }, { NULL, NULL } };

static void
print_list(const struct ww_json *list)
{
	for (const struct ww_json *r = ww_json_first(list); r != NULL; r = ww_json_next(r)) {
		for (const struct column *c = columns; c->key != NULL; c++) {
			const struct ww_json *v = ww_json_get(r, c->key);

			if (v != NULL)
				(void)printf("%s%.*s", c->label, WW_STR_FMT(ww_json_str(v)));
		}
		(void)printf("\n");
	}
}

/* RFC 4180. */
static void
print_field(ww_str s)
{
	bool plain = true;

	for (size_t i = 0; i < s.n; i++)
		plain = plain && s.p[i] != ',' && s.p[i] != '"' && s.p[i] != '\n' && s.p[i] != '\r';
	if (plain) {
		(void)printf("%.*s", WW_STR_FMT(s));
		return;
	}
	(void)putchar('"');
	for (size_t i = 0; i < s.n; i++)
		(void)printf("%s%c", s.p[i] == '"' ? "\"" : "", s.p[i]);
	(void)putchar('"');
}

static void
print_csv(const struct ww_json *list)
{
	for (const struct column *c = columns; c->key != NULL; c++)
		(void)printf("%s%s", c == columns ? "" : ",", c->key);
	(void)printf("\n");
	for (const struct ww_json *r = ww_json_first(list); r != NULL; r = ww_json_next(r)) {
		for (const struct column *c = columns; c->key != NULL; c++) {
			const struct ww_json *v = ww_json_get(r, c->key);

			(void)printf("%s", c == columns ? "" : ",");
			print_field(
			    ww_json_kind(v) == WW_JSON_BOOL ? WW_STR("yes") : ww_json_str(v));
		}
		(void)printf("\n");
	}
}

/* A state by its text, or all; given again it is one more. */
static bool
read_state(void *arg, const char *text)
{
	unsigned *out = arg;
	enum ww_work_state s;

	if (strcmp(text, "all") == 0) {
		*out = (1u << WW_WORK_STATES) - 1;
		return true;
	}
	if (!ww_work_state_parse(ww_str_from(text), &s))
		return false;
	*out |= 1u << s;
	return true;
}

static bool
read_role(void *arg, const char *text)
{
	int64_t *out = arg;

	for (*out = WW_role_NONE + 1; *out < (int64_t)ww_role_count; (*out)++)
		if (strcmp(text, ww_role_text(*out)) == 0)
			return true;
	return false;
}

static bool
read_kind(void *arg, const char *text)
{
	int64_t *out = arg;

	for (*out = WW_flag_kind_NONE + 1; *out < (int64_t)ww_flag_kind_count; (*out)++)
		if (strcmp(text, ww_flag_kind_text(*out)) == 0)
			return true;
	return false;
}

static int
list(struct ww_site *site, const struct ww_flags_filter *f, bool json, bool csv)
{
	struct ww_ledger l = { 0 };
	struct ww_json *rows = NULL;
	int code = ww_site_view(site, &l);

	if (code != WW_EXIT_OK)
		return code;
	if (ww_flags_list(&l, &site->cx, f, &rows) != WW_OK)
		code = ww_site_complain("", &site->cx);
	else if (json)
		code = ww_print_json(&site->cx, rows, true);
	else if (csv)
		print_csv(rows);
	else
		print_list(rows);
	if (code == WW_EXIT_OK && ww_json_len(rows) == 0) {
		if (f->party.n > 0 && ww_config_party(site->config, f->party) == NULL)
			(void)fprintf(stderr,
			    "wardwire flags ls: the configuration has no party %.*s\n",
			    WW_STR_FMT(f->party));
		code = WW_EXIT_NO;
	}
	ww_ledger_close(&l);
	return code;
}

static int64_t
now_ms(void)
{
	struct ww_clock clock = ww_clock_system();

	return ww_clock_now(&clock);
}

static int
flags_ls(int argc, char **argv)
{
	static const char *const states[] = { "open", "acknowledged", "done", "retracted", "all" };
	const char *file = WW_SITE_FILE, *party = "", *program = "", *member = "";
	struct ww_flags_filter f = { .states = 0 };
	uint64_t most = 100;
	bool json = false, csv = false;
	const struct ww_option rows[] = {
		WW_SITE_OPTION(file),
		{ .name = "party",
		    .argument = "NAME",
		    .text = &party,
		    .help = "of which that party is told" },
		{ .name = "role",
		    .argument = "ROLE",
		    .read = read_role,
		    .arg = &f.role,
		    .words = ww_role_texts + 1, /* the first is that of NONE */
		    .words_n = ww_role_count - 1,
		    .help = "of which that role is told: coordinator, navigator" },
		{ .name = "state",
		    .argument = "STATE",
		    .read = read_state,
		    .arg = &f.states,
		    .words = states,
		    .words_n = sizeof(states) / sizeof(states[0]),
		    .help = "open, acknowledged, done, retracted or all; open and acknowledged "
		            "unless given" },
		{ .name = "kind",
		    .argument = "KIND",
		    .read = read_kind,
		    .arg = &f.kind,
		    .words = ww_flag_kind_texts + 1,
		    .words_n = ww_flag_kind_count - 1,
		    .help = "of that kind: admission, discharge, readmission-risk" },
		{ .name = "program",
		    .argument = "NAME",
		    .text = &program,
		    .help = "that this program called for" },
		{ .name = "member",
		    .argument = "NUMBER",
		    .text = &member,
		    .help = "of the member with that payer's number" },
		{ .name = "not-told",
		    .flag = &f.limited,
		    .help = "that a budget, a cool-down or a window keeps from being told" },
		{ .name = "overdue",
		    .flag = &f.overdue,
		    .help = "that should have been done by now" },
		{ .name = "most",
		    .argument = "N",
		    .number = &most,
		    .least = 1,
		    .most = 1000000,
		    .help = "list at most N; 100 unless given" },
		{ .name = "json", .flag = &json, .help = "as JSON" },
		{ .name = "csv", .flag = &csv, .help = "as CSV with a header line" },
	};
	static const struct ww_usage usage = { .command = "wardwire flags ls",
		.summary =
		    "Lists flags, the newest first: of what, for whom, until when, and how it "
		    "stands.",
		.notes =
		    "Also those of which nobody is told. No patient's data. Exit: 1 when there is "
		    "none." };
	struct ww_site site;
	int code;

	if (!ww_options_read(&usage, rows, sizeof(rows) / sizeof(rows[0]), &argc, argv, &code))
		return code;
	f.party = ww_str_from(party);
	f.program = ww_str_from(program);
	f.member = ww_str_from(member);
	f.most = (size_t)most;
	f.now = now_ms();
	if (f.states == 0)
		f.states = 1u << WW_WORK_OPEN | 1u << WW_WORK_ACKNOWLEDGED;
	code = ww_site_open(&site, file);
	if (code == WW_EXIT_OK)
		code = list(&site, &f, json, csv);
	ww_site_close(&site);
	return code;
}

static ww_status
read_one(struct ww_ledger *l, struct ww_ctx *cx, ww_id id, struct ww_json **out)
{
	return ww_flags_show(l, cx, id, now_ms(), out);
}

static int
flags_show(int argc, char **argv)
{
	static const struct ww_usage usage = { .command = "wardwire flags show",
		.arguments = "ID",
		.summary = "Shows a flag or a notice: about whom, evidence, rules, notes, history.",
		.notes =
		    "ID: as flags ls has it (17.3). Prints a patient's data. Exit: 1 when nothing "
		    "has it.",
		.least = 1,
		.most = 1 };

	return ww_show_one(&usage, read_one, "no flag or notice has that id", argc, argv);
}

int
ww_cmd_flags(int argc, char **argv)
{
	static const struct ww_command commands[] = {
		{ "ls", "Lists flags: of what, for whom, until when.", flags_ls },
		{ "show", "Shows one with its evidence, notes and history.", flags_show },
		{ "ack", "Says that somebody has taken it up.", flags_ack },
		{ "note", "Keeps a note with it.", flags_note },
		{ "done", "Says that it is done.", flags_done },
	};

	return ww_commands_run("wardwire flags",
	    "Lists what was found about members, and takes what people say of it.", commands,
	    sizeof(commands) / sizeof(commands[0]), argc, argv);
}
