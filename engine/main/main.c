/* wardwire: the table of its commands. A new one is a row here, a prototype in main.h and a cmd_*.c. */
#include "main/main.h"

#include "base/options.h"

static const struct ww_command commands[] = {
	{ "run", "Runs the engine: listens, journals, applies, delivers.", ww_cmd_run },
	{ "config", "Checks a configuration and what it names.", ww_cmd_config },
	{ "get", "Prints what stands at paths of HL7 v2 messages, as a table.", ww_cmd_get },
	{ "parse", "Prints HL7 v2 messages: fields, a tree, JSON or hex.", ww_cmd_parse },
	{ "lint", "Names what is wrong or odd about HL7 v2 messages.", ww_cmd_lint },
	{ "validate", "Says what FHIR resources have that R4 does not want.", ww_cmd_validate },
	{ "map", "Prints what messages and FHIR resources say in terms of the internal model.",
	    ww_cmd_map },
	{ "try",
	    "Runs messages and FHIR resources through the whole chain, keeps and sends nothing.",
	    ww_cmd_try },
	{ "score", "Says what a score makes of values or codes.", ww_cmd_score },
	{ "load", "Loads FHIR resources from files, as a feed would bring them.", ww_cmd_load },
	{ "roster", "Loads and looks at rosters: whose patient which member is.", ww_cmd_roster },
	{ "find", "Lists stored messages by number, person, stay, time or state.", ww_cmd_find },
	{ "show", "Shows a stored message, or what was sent for it.", ww_cmd_show },
	{ "why", "Says what became of a message, flag or notice, and why.", ww_cmd_why },
	{ "status", "Says where the engine stands.", ww_cmd_status },
	{ "schedule", "Shows what waits for an hour: jobs and timers.", ww_cmd_schedule },
	{ "queue",
	    "Shows what is on its way to practices and along routes, and takes orders about it.",
	    ww_cmd_queue },
	{ "flags", "Lists what was found about members, and takes what people say of it.",
	    ww_cmd_flags },
	{ "match", "Lists persons who may be one, and takes orders about them.", ww_cmd_match },
	{ "report", "Lists what was told wrongly, what is withheld, and what is late.",
	    ww_cmd_report },
	{ "replay", "Applies a message again that was set aside.", ww_cmd_replay },
	{ "dismiss", "Gives up a record that was set aside.", ww_cmd_dismiss },
	{ "refused", "Lists input that was refused, with its reason.", ww_cmd_refused },
	{ "rebuild", "Makes the ledger anew from the journal, or checks that it would be the same.",
	    ww_cmd_rebuild },
	{ "backup", "Copies all that is needed to go on elsewhere.", ww_cmd_backup },
	{ "restore", "Makes the data folder from a backup.", ww_cmd_restore },
	{ "release", "Lets a restored engine send again.", ww_cmd_release },
	{ "journal", "Looks after the files of the journal.", ww_cmd_journal },
	{ "snapshot", "Makes a copy of the ledger from which it can be made again.",
	    ww_cmd_snapshot },
};

int
main(int argc, char **argv)
{
	return ww_commands_run("wardwire",
	    "An HL7 v2 and FHIR interface engine for collaborative care.", commands,
	    sizeof(commands) / sizeof(commands[0]), argc, argv);
}
