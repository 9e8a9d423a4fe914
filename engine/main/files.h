/* Files of messages, for the commands that read them. */
#ifndef WW_MAIN_FILES_H
#define WW_MAIN_FILES_H

#include <wardwire/ctx.h>

/* One message of a file. */
struct ww_file_message {
	const char *file; /* as it was given */
	size_t line;      /* of its header, from 1 */
	size_t number;    /* in this file, from 1 */
	ww_str text;      /* as it stands there, without the line ends behind it */
	ww_str wire;      /* with CR segment ends, as it goes over MLLP */
};

/* Calls each(arg, cx, message) for every message of the file ("-": standard input); text that is no message is passed
 * over with a note. The context is cleared before each. Goes on behind a message that is refused (WW_EXIT_INPUT) and stops at
 * what is worse; gives the highest result. */
int ww_files_each(const char *file,
    int (*each)(void *arg, struct ww_ctx *cx, const struct ww_file_message *message), void *arg);
/* The same for several files; each is looked at, the highest result is given. */
int ww_files_each_of(char *const *files, int n,
    int (*each)(void *arg, struct ww_ctx *cx, const struct ww_file_message *message), void *arg);

/* Prints the failure in cx as that of the message, "FILE:LINE: ..."; gives the exit status that fits. */
int ww_files_complain(const struct ww_ctx *cx, const struct ww_file_message *message);

#endif
