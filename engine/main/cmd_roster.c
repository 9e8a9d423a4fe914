/* wardwire roster: whose patients members are, from where that is known, and what is done about it. */
#include "main/cmd_roster.h"

#include "base/options.h"
#include "main/main.h"
#include "main/order.h"

int
ww_roster_release_command(int argc, char **argv)
{
	static const struct ww_usage usage = { .command = "wardwire roster release",
		.arguments = "NAME",
		.summary = "Tells practices of the open stays that catch_up holds back.",
		.notes = "Needs a reason. wardwire roster ls --held says which they are. Exit: 1 "
		         "when none is held.",
		.least = 1,
		.most = 1 };

	return ww_order_command(&usage, "roster-release", argc, argv);
}

int
ww_cmd_roster(int argc, char **argv)
{
	static const struct ww_command commands[] = {
		{ "load", "Loads an edition of a roster, or says what it would change.",
		    ww_roster_load_command },
		{ "ls", "Lists rosters, their editions and ages, and stays that are held back.",
		    ww_roster_ls_command },
		{ "show", "Says whose patient a member is, by which row, and why not another's.",
		    ww_roster_show_command },
		{ "propose", "Lists members whom no roster has and whom a practice treats.",
		    ww_roster_propose_command },
		{ "release", "Tells practices of the open stays that catch_up holds back.",
		    ww_roster_release_command },
	};

	return ww_commands_run("wardwire roster",
	    "Looks after the rosters: whose patient which member is.", commands,
	    sizeof(commands) / sizeof(commands[0]), argc, argv);
}
