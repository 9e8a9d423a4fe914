/* Command lines as tables: a command lists its options as rows, a program lists its commands. Reading and
 * the text of --help both come from the rows, so they cannot disagree. */
#ifndef WW_BASE_OPTIONS_H
#define WW_BASE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How every command of every program ends. */
enum ww_exit {
	WW_EXIT_OK = 0,          /* done, or the answer is yes */
	WW_EXIT_NO = 1,          /* the answer is no: found nothing, not accepted, not valid */
	WW_EXIT_USAGE = 2,       /* the command line is wrong */
	WW_EXIT_INPUT = 3,       /* a file or message given to it was refused */
	WW_EXIT_ENVIRONMENT = 4, /* no connection, no permission, no disk */
};

/* One option. Exactly one of flag, text, number and read is set: where the value goes. */
struct ww_option {
	const char *name;     /* "listen", for --listen */
	char brief;           /* 'l' for -l, or 0 */
	const char *argument; /* "HOST:PORT" for --help; NULL for a flag */
	const char *help;     /* one line; may be NULL where the name says it all */
	bool required;        /* a command line without it is refused */
	bool *flag;           /* set to true */
	const char **text;    /* the argument as given; the last one wins */
	uint64_t *number;     /* a decimal number within least..most */
	uint64_t least, most;
	/* Reads the argument into arg; false refuses it. Called once each time the option is given. */
	bool (*read)(void *arg, const char *text);
	void *arg;
	/* All that read takes, for who wrote something else; NULL: the argument's name says its form. */
	const char *const *words;
	size_t words_n;
};

/* What --help says about a command, apart from its options. */
struct ww_usage {
	const char *command;   /* "wardwire-kit send" */
	const char *arguments; /* "FILE..."; NULL when it takes none */
	const char *summary;   /* what it does, in one sentence */
	const char *notes;     /* printed below the options, may be NULL */
	int least, most;       /* how many arguments; most < 0: any number */
};

/* Reads "--name value", "--name=value", "-nvalue", "-n value" and "-qv", in any place; "--" ends the options
 * and "-" is an argument. Abbreviations are not taken, so that a new option never changes an old command
 * line. argv[0] is not looked at.
 *
 * Returns true when the command is to run: then argv[1] .. argv[*argc - 1] are the arguments. Otherwise the
 * help was printed on standard output or the fault on standard error, and *code is the exit status. */
bool ww_options_read(const struct ww_usage *u, const struct ww_option *rows, size_t n, int *argc,
    char **argv, int *code);

/* A command of a program. run gets its own name as argv[0] and returns an exit status. */
struct ww_command {
	const char *name;
	const char *summary;
	int (*run)(int argc, char **argv);
};

/* Runs the command named by argv[1]. "--help", "-h" and "help" print the list. */
int ww_commands_run(const char *program, const char *summary, const struct ww_command *rows,
    size_t n, int argc, char **argv);

#endif
