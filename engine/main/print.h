/* Prints JSON on standard output. */
#ifndef WW_MAIN_PRINT_H
#define WW_MAIN_PRINT_H

#include <wardwire/ctx.h>
#include <wardwire/json.h>

/* v and a line end, indented or on one line; an exit status. */
int ww_print_json(struct ww_ctx *cx, const struct ww_json *v, bool indented);
/* An object of ours for people: plain members on one line, "key value, key value", what is below them indented. */
void ww_print_story(const struct ww_json *v);

#endif
