/* wardwire queue: what is on its way to practices and along routes, and an operator's hand on it. */
#include "base/options.h"
#include "main/main.h"
#include "main/order.h"
#include "main/print.h"
#include "main/show_one.h"
#include "report/queue.h"
#include "report/why.h"

#include <stdio.h>
#include <string.h>

/* -- orders ------------------------------------------------------------------------------------------- */

/* An action that is an order: about an endpoint, about a notice, or (all) about either. */
struct action {
	struct ww_usage usage;
	const char *order;
	const char *all; /* the order with --endpoint; NULL: the argument is an endpoint */
};

static int
give_order(const struct action *a, int argc, char **argv)
{
	const char *file = WW_SITE_FILE, *reason = "", *who = "", *endpoint = NULL, *subject;
	bool json = false;
	const struct ww_option rows[] = {
		WW_SITE_OPTION(file),
		WW_ORDER_REASON_OPTION(reason),
		WW_ORDER_WHO_OPTION(who),
		{ .name = "json", .flag = &json, .help = "as JSON" },
		{ .name = "endpoint",
		    .argument = "NAME",
		    .text = &endpoint,
		    .help = "all that waits for that endpoint, or ROUTE/ENDPOINT" },
	};
	size_t n = sizeof(rows) / sizeof(rows[0]);
	struct ww_site site;
	int code;

	if (!ww_options_read(&a->usage, rows, a->all != NULL ? n : n - 1, &argc, argv, &code))
		return code;
	if ((argc == 2) == (endpoint != NULL)) {
		(void)fprintf(stderr, "%s: either an ID or --endpoint NAME\n", a->usage.command);
		return WW_EXIT_USAGE;
	}
	subject = endpoint != NULL ? endpoint : argv[1];
	code = ww_site_open(&site, file);
	if (code == WW_EXIT_OK)
		code = ww_order_give(&site,
		    (struct ww_rec_operator){
		        .order = ww_str_from(endpoint != NULL ? a->all : a->order),
		        .subject = ww_str_from(subject),
		        .reason = ww_str_from(reason),
		        .who = ww_str_from(who) },
		    json);
	ww_site_close(&site);
	return code;
}

static int
queue_pause(int argc, char **argv)
{
	static const struct action a = {
		.usage = { .command = "wardwire queue pause",
		    .arguments = "ENDPOINT",
		    .summary =
		        "Sends nothing more to an endpoint until it is resumed, also after a "
		        "restart.",
		    .notes = "ENDPOINT: its name, or ROUTE/ENDPOINT for one lane to it. What is "
		             "under way "
		             "is finished.\nExit: 1 when it is paused already.",
		    .least = 1,
		    .most = 1 },
		.order = "pause",
	};

	return give_order(&a, argc, argv);
}

static int
queue_resume(int argc, char **argv)
{
	static const struct action a = {
		.usage = { .command = "wardwire queue resume",
		    .arguments = "ENDPOINT",
		    .summary = "Sends to a paused endpoint again.",
		    .notes = "Exit: 1 when it is not paused.",
		    .least = 1,
		    .most = 1 },
		.order = "resume",
	};

	return give_order(&a, argc, argv);
}

static int
queue_retry(int argc, char **argv)
{
	static const struct action a = {
		.usage = { .command = "wardwire queue retry",
		    .arguments = "ID",
		    .summary = "Tries again at once: a notice that is parked, discarded or waits.",
		    .notes = "With --endpoint: all that is parked or waits, and the endpoint's own "
		             "wait ends. Exit: 1 when\nthe notice needs nothing.",
		    .most = 1 },
		.order = "retry",
		.all = "retry-all",
	};

	return give_order(&a, argc, argv);
}

static int
queue_park(int argc, char **argv)
{
	static const struct action a = {
		.usage = { .command = "wardwire queue park",
		    .arguments = "ID",
		    .summary = "Holds a notice back until it is retried or discarded.",
		    .notes = "Needs a reason. Its content is kept up to date meanwhile. Exit: 1 "
		             "when it is not due.",
		    .most = 1 },
		.order = "park",
		.all = "park-all",
	};

	return give_order(&a, argc, argv);
}

static int
queue_discard(int argc, char **argv)
{
	static const struct action a = {
		.usage = { .command = "wardwire queue discard",
		    .arguments = "ID",
		    .summary = "Gives a notice up: as it is now it is not sent.",
		    .notes = "Needs a reason. A later change of the stay calls for it again. Exit: "
		             "1 when it neither waits nor is\nparked.",
		    .most = 1 },
		.order = "discard",
		.all = "discard-all",
	};

	return give_order(&a, argc, argv);
}

/* -- looking ------------------------------------------------------------------------------------------ */

static void
print_list(const struct ww_json *list)
{
	static const char *const plain[] = { "id", "state", "endpoint", "practice", "resource",
		"subject", "change" };

	for (const struct ww_json *r = ww_json_first(list); r != NULL; r = ww_json_next(r)) {
		ww_str since = ww_json_str(ww_json_get(r, "since"));
		ww_str reason = ww_json_str(ww_json_get(r, "reason"));

		for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
			(void)printf("%s%.*s", i > 0 ? "  " : "",
			    WW_STR_FMT(ww_json_str(ww_json_get(r, plain[i]))));
		if (since.n > 0)
			(void)printf("  since %.*s", WW_STR_FMT(since));
		(void)printf("  attempts %lld", (long long)ww_json_int(ww_json_get(r, "attempts")));
		if (reason.n > 0)
			(void)printf("  %.*s", WW_STR_FMT(reason));
		(void)printf("\n");
	}
}

/* An outbox state by its text: due, parked or discarded. */
static bool
read_state(void *arg, const char *text)
{
	static const enum ww_outbox_state states[] = { WW_outbox_state_DUE, WW_outbox_state_PARKED,
		WW_outbox_state_DISCARDED };
	int64_t *out = arg;

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (strcmp(text, ww_outbox_state_text(states[i])) != 0)
			continue;
		*out = states[i];
		return true;
	}
	return false;
}

static int
list(struct ww_site *site, const struct ww_queue_filter *f, bool json)
{
	struct ww_ledger l = { 0 };
	struct ww_json *rows = NULL;
	int code = ww_site_view(site, &l);

	if (code != WW_EXIT_OK)
		return code;
	if (ww_queue_list(&l, &site->cx, f, &rows) != WW_OK)
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
queue_ls(int argc, char **argv)
{
	const char *file = WW_SITE_FILE, *endpoint = "";
	struct ww_queue_filter f = { .state = WW_outbox_state_NONE };
	uint64_t most = 100;
	bool json = false;
	const struct ww_option rows[] = {
		WW_SITE_OPTION(file),
		{ .name = "endpoint",
		    .argument = "NAME",
		    .text = &endpoint,
		    .help = "what waits for that endpoint, or ROUTE/ENDPOINT" },
		{ .name = "state",
		    .argument = "STATE",
		    .read = read_state,
		    .arg = &f.state,
		    .help = "due, parked or discarded; all of them unless given" },
		{ .name = "most",
		    .argument = "N",
		    .number = &most,
		    .least = 1,
		    .most = 1000000,
		    .help = "list at most N; 100 unless given" },
		{ .name = "json", .flag = &json, .help = "as JSON" },
	};
	const struct ww_usage usage = { .command = "wardwire queue ls",
		.summary = "Lists the notices and messages that wait or are parked, the oldest of "
		           "each endpoint first.",
		.notes = "Exit: 1 when there is none." };
	struct ww_site site;
	int code;

	if (!ww_options_read(&usage, rows, sizeof(rows) / sizeof(rows[0]), &argc, argv, &code))
		return code;
	f.endpoint = ww_str_from(endpoint);
	f.most = (size_t)most;
	code = ww_site_open(&site, file);
	if (code == WW_EXIT_OK)
		code = list(&site, &f, json);
	ww_site_close(&site);
	return code;
}

static int
queue_show(int argc, char **argv)
{
	static const struct ww_usage usage = { .command = "wardwire queue show",
		.arguments = "ID",
		.summary = "Shows one notice with every attempt and every order about it.",
		.notes = "ID: as queue ls has it (17.3). Exit: 1 when no notice has it.",
		.least = 1,
		.most = 1 };

	return ww_show_one(&usage, ww_why_notice, "no notice has that id", argc, argv);
}

int
ww_cmd_queue(int argc, char **argv)
{
	static const struct ww_command commands[] = {
		{ "ls", "Lists what waits or is parked.", queue_ls },
		{ "show", "Shows one notice with every attempt and order.", queue_show },
		{ "pause", "Sends nothing more to an endpoint.", queue_pause },
		{ "resume", "Sends to a paused endpoint again.", queue_resume },
		{ "retry", "Tries again at once.", queue_retry },
		{ "park", "Holds a notice back.", queue_park },
		{ "discard", "Gives a notice up.", queue_discard },
	};

	return ww_commands_run("wardwire queue",
	    "Shows what is on its way to practices and along routes, and takes orders about it.",
	    commands, sizeof(commands) / sizeof(commands[0]), argc, argv);
}
