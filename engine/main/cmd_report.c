/* wardwire report: lists for those who answer for what was told. They name members, so whoever may read the data folder
 * may see them, and nobody else. */
#include "base/options.h"
#include "main/main.h"
#include "main/print.h"
#include "main/report.h"
#include "main/site.h"
#include "report/told.h"

#include <stdio.h>

/* A list of the ledger: most is what --most gave. */
typedef ww_status list_fn(
    struct ww_ledger *l, struct ww_ctx *cx, ww_str member, size_t most, struct ww_json **out);

struct column {
	const char *key;
	const char *before; /* printed in front of it */
};

struct report {
	struct ww_usage usage;
	list_fn *list;
	const struct column *columns; /* of a line; one without a key ends them */
};

static void
print_lines(const struct ww_json *list, const struct column *columns)
{
	for (const struct ww_json *r = ww_json_first(list); r != NULL; r = ww_json_next(r)) {
		for (const struct column *c = columns; c->key != NULL; c++) {
			const struct ww_json *v = ww_json_get(r, c->key);
			ww_str text = ww_json_str(v);

			if (v == NULL)
				continue;
			if (text.n > 0)
				(void)printf("%s%.*s", c->before, WW_STR_FMT(text));
			else if (ww_json_int(v) != 0)
				(void)printf("%s%lld", c->before, (long long)ww_json_int(v));
			else
				(void)printf("%s", c->before);
		}
		(void)printf("\n");
	}
}

static int
print_list(struct ww_site *site, const struct report *r, ww_str member, size_t most, bool json)
{
	struct ww_ledger l = { 0 };
	struct ww_json *list = NULL;
	int code = ww_site_view(site, &l);

	if (code != WW_EXIT_OK)
		return code;
	if (r->list(&l, &site->cx, member, most, &list) != WW_OK)
		code = ww_site_complain("", &site->cx);
	else if (json)
		code = ww_print_json(&site->cx, list, true);
	else
		print_lines(list, r->columns);
	if (code == WW_EXIT_OK && ww_json_len(list) == 0)
		code = WW_EXIT_NO;
	ww_ledger_close(&l);
	return code;
}

static int
run_report(const struct report *r, int argc, char **argv)
{
	const char *file = WW_SITE_FILE, *member = "";
	uint64_t most = 1000;
	bool json = false;
	const struct ww_option rows[] = {
		WW_SITE_OPTION(file),
		{ .name = "member",
		    .argument = "NUMBER",
		    .text = &member,
		    .help = "of the member with that payer's number alone" },
		{ .name = "most",
		    .argument = "N",
		    .number = &most,
		    .least = 1,
		    .most = 1000000,
		    .help = "list at most N; 1000 unless given" },
		{ .name = "json", .flag = &json, .help = "as JSON" },
	};
	struct ww_site site;
	int code;

	if (!ww_options_read(&r->usage, rows, sizeof(rows) / sizeof(rows[0]), &argc, argv, &code))
		return code;
	code = ww_site_open(&site, file);
	if (code == WW_EXIT_OK)
		code = print_list(&site, r, ww_str_from(member), (size_t)most, json);
	ww_site_close(&site);
	return code;
}

static int
report_disclosures(int argc, char **argv)
{
	static const struct column columns[] = { { "sent", "" }, { "uncertain", "uncertain" },
		{ "practice", "  " }, { "member", "  " }, { "resource", "  " }, { "subject", " " },
		{ "key", "  " }, { "wrong", "  wrong: " },
		{ "recalled-by", "  recalled by journal " }, { "recall", "  recall " },
		{ "delivered", " " }, { NULL, NULL } };
	static const struct report r = {
		.usage = { .command = "wardwire report disclosures",
		    .summary = "Lists what was told to practices that should never have been told.",
		    .notes = "Each notice with when it was sent, why that was wrong, and whether "
		             "the recall was delivered.\nIt names members. Exit: 1 when there is "
		             "none." },
		.list = ww_told_wrongly,
		.columns = columns,
	};

	return run_report(&r, argc, argv);
}

static int
report_suppressed(int argc, char **argv)
{
	static const struct column columns[] = { { "since", "" }, { "practice", "  " },
		{ "member", "  " }, { "notice", "  " }, { "resource", "  " }, { "subject", " " },
		{ "told-before", "  told before" }, { "reason", "  " }, { NULL, NULL } };
	static const struct report r = {
		.usage = { .command = "wardwire report suppressed",
		    .summary = "Lists notices that are withheld because the patient is restricted.",
		    .notes = "Each with the restrictions that hold. It names members. Exit: 1 when "
		             "there is none." },
		.list = ww_told_not,
		.columns = columns,
	};

	return run_report(&r, argc, argv);
}

int
ww_cmd_report(int argc, char **argv)
{
	static const struct ww_command commands[] = {
		{ "disclosures", "Lists what was told to practices that should never have been.",
		    report_disclosures },
		{ "suppressed", "Lists what is withheld because of restrictions.",
		    report_suppressed },
		{ "sla", "Says how long Tasks took from hop to hop, and which are late.",
		    ww_report_sla },
	};

	return ww_commands_run("wardwire report",
	    "Reports for those who answer for what is told, and when.", commands,
	    sizeof(commands) / sizeof(commands[0]), argc, argv);
}
