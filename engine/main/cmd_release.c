/* wardwire release: an operator lets a restored engine send again. */
#include "base/options.h"
#include "main/main.h"
#include "main/order.h"

int
ww_cmd_release(int argc, char **argv)
{
	const char *file = WW_SITE_FILE, *reason = "", *who = "";
	bool json = false;
	const struct ww_option rows[] = {
		WW_SITE_OPTION(file),
		WW_ORDER_REASON_OPTION(reason),
		WW_ORDER_WHO_OPTION(who),
		{ .name = "json", .flag = &json, .help = "as JSON" },
	};
	const struct ww_usage usage = { .command = "wardwire release",
		.summary = "Lets an engine that was restored from a backup send again.",
		.notes =
		    "A reason must be given. What may be at a receiver already is searched for "
		    "before it is sent. Exit: 1 when\nsending is not held." };
	struct ww_site site;
	int code;

	if (!ww_options_read(&usage, rows, 4, &argc, argv, &code))
		return code;
	code = ww_site_open(&site, file);
	if (code == WW_EXIT_OK)
		code = ww_order_give(&site,
		    (struct ww_rec_operator){ .order = WW_STR("release"),
		        .subject = ww_str_empty(),
		        .reason = ww_str_from(reason),
		        .who = ww_str_from(who) },
		    json);
	ww_site_close(&site);
	return code;
}
