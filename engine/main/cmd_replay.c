/* wardwire replay and dismiss: another chance for a message that was set aside, or none. */
#include "base/options.h"
#include "main/main.h"
#include "main/order.h"

/* Gives that order about the record whose number is the argument. */
static int
order(const char *name, const struct ww_usage *usage, int argc, char **argv)
{
	const char *file = WW_SITE_FILE, *reason = "", *who = "";
	bool json = false;
	const struct ww_option rows[] = {
		WW_SITE_OPTION(file),
		WW_ORDER_REASON_OPTION(reason),
		WW_ORDER_WHO_OPTION(who),
		{ .name = "json", .flag = &json, .help = "as JSON" },
	};
	struct ww_site site;
	int code;

	if (!ww_options_read(usage, rows, sizeof(rows) / sizeof(rows[0]), &argc, argv, &code))
		return code;
	code = ww_site_open(&site, file);
	if (code == WW_EXIT_OK)
		code = ww_order_give(&site,
		    (struct ww_rec_operator){ .order = ww_str_from(name),
		        .subject = ww_str_from(argv[1]),
		        .reason = ww_str_from(reason),
		        .who = ww_str_from(who) },
		    json);
	ww_site_close(&site);
	return code;
}

int
ww_cmd_replay(int argc, char **argv)
{
	static const struct ww_usage usage = {
		.command = "wardwire replay",
		.arguments = "JOURNAL",
		.summary =
		    "Applies a message again that was set aside; wardwire status names them.",
		.notes =
		    "JOURNAL is the number of its record. What it calls for is told as if it came "
		    "now. Exit: 1 when it is\nnot set aside or fails again.",
		.least = 1,
		.most = 1,
	};

	return order("replay", &usage, argc, argv);
}

int
ww_cmd_dismiss(int argc, char **argv)
{
	static const struct ww_usage usage = {
		.command = "wardwire dismiss",
		.arguments = "JOURNAL",
		.summary =
		    "Gives up a record that was set aside: status no longer names it, and its "
		    "journal file may go.",
		.notes =
		    "Its sender was told that it was accepted: what it said must be known from "
		    "elsewhere. Exit: 1 when it is\nnot set aside.",
		.least = 1,
		.most = 1,
	};

	return order("dismiss", &usage, argc, argv);
}
