/* wardwire-kit: the table of its commands. A new one is a row here and a prototype in kit.h. */
#include "base/options.h"
#include "kit/kit.h"

static const struct ww_command commands[] = {
	{ "send", "Sends files of HL7 v2 messages over MLLP and checks the answers.", ww_kit_send },
	{ "listen", "Plays a receiver of HL7 v2 messages: an MLLP server for tests.",
	    ww_kit_listen },
	{ "practice", "Plays a practice: a small FHIR R4 endpoint for tests.", ww_kit_practice },
	{ "payer", "Plays a payer: answers submitted claims with canned answers.", ww_kit_payer },
	{ "gen", "Makes up the messages of a hospital for tests.", ww_kit_gen },
	{ "token", "Makes a client's key, and fetches access tokens with it.", ww_kit_token },
	{ "demo", "Shows engine, sender and practice at work together.", ww_kit_demo },
};

int
main(int argc, char **argv)
{
	return ww_commands_run("wardwire-kit", "Tools around the interface engine wardwire.",
	    commands, sizeof(commands) / sizeof(commands[0]), argc, argv);
}
