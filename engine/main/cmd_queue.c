/* wardwire queue: what is on its way to the practices, and an operator's hand on it. */
#include "base/options.h"
#include "main/main.h"
#include "main/order.h"

/* An order about one endpoint or notice: `wardwire queue pause NAME`. */
static int
order(int argc, char **argv, const struct ww_usage *usage)
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
		    (struct ww_rec_operator){ .order = ww_str_from(argv[0]),
		        .subject = ww_str_from(argv[1]),
		        .reason = ww_str_from(reason),
		        .who = ww_str_from(who) },
		    json);
	ww_site_close(&site);
	return code;
}

static int
queue_pause(int argc, char **argv)
{
	return order(argc, argv,
	    &(struct ww_usage){ .command = "wardwire queue pause",
	        .arguments = "ENDPOINT",
	        .summary = "Sends nothing more to an endpoint until it is resumed, also after a "
	                   "restart.",
	        .notes = "What is under way is finished. Exit: 1 when it is paused already.",
	        .least = 1,
	        .most = 1 });
}

static int
queue_resume(int argc, char **argv)
{
	return order(argc, argv,
	    &(struct ww_usage){ .command = "wardwire queue resume",
	        .arguments = "ENDPOINT",
	        .summary = "Sends to a paused endpoint again.",
	        .notes = "Exit: 1 when it is not paused.",
	        .least = 1,
	        .most = 1 });
}

int
ww_cmd_queue(int argc, char **argv)
{
	static const struct ww_command commands[] = {
		{ "pause", "Sends nothing more to an endpoint.", queue_pause },
		{ "resume", "Sends to a paused endpoint again.", queue_resume },
	};

	return ww_commands_run("wardwire queue",
	    "Shows what is on its way to the practices, and takes orders about it.", commands,
	    sizeof(commands) / sizeof(commands[0]), argc, argv);
}
