/* Files of messages, for the commands that read them. */
#ifndef WW_MAIN_FILES_H
#define WW_MAIN_FILES_H

#include <wardwire/ctx.h>

/* Calls each(arg, cx, message, number) for every message of the file ("-": standard input), numbered from 1
 * and with CR segment ends; text that is no message is passed over with a note. The context is cleared before
 * each. Stops at the first result that is no WW_EXIT_OK or WW_EXIT_NO; gives the highest. */
int ww_files_each(const char *file,
    int (*each)(void *arg, struct ww_ctx *cx, ww_str message, size_t number), void *arg);

#endif
