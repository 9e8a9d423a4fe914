/* wardwire roster: whose patients members are, from where that is known, and what is done about it. */
#include "main/cmd_roster.h"

#include "base/options.h"
#include "main/main.h"

int
ww_cmd_roster(int argc, char **argv)
{
	static const struct ww_command commands[] = {
		{ "load", "Loads an edition of a roster, or says what it would change.",
		    ww_roster_load_command },
		{ "ls", "Lists rosters, their editions and ages, and stays that are held back.",
		    ww_roster_ls_command },
	};

	return ww_commands_run("wardwire roster",
	    "Looks after the rosters: whose patient which member is.", commands,
	    sizeof(commands) / sizeof(commands[0]), argc, argv);
}
