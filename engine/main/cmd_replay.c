/* wardwire replay and dismiss: another chance for a message that was set aside, or none. */
#include "base/options.h"
#include "main/main.h"
#include "main/order.h"

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

	return ww_order_command(&usage, "replay", argc, argv);
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

	return ww_order_command(&usage, "dismiss", argc, argv);
}
