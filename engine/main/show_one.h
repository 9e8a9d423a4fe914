/* Commands that show one thing of the ledger by its id: wardwire queue show, match show, flags show. */
#ifndef WW_MAIN_SHOW_ONE_H
#define WW_MAIN_SHOW_ONE_H

#include <wardwire/json.h>
#include <wardwire/ledger.h>

struct ww_usage;

/* Reads it; *out NULL: nothing has that id. */
typedef ww_status ww_show_one_fn(
    struct ww_ledger *l, struct ww_ctx *cx, ww_id id, struct ww_json **out);

/* A command with the one argument ID and the options --config and --json. none: what is said when nothing has it. */
int ww_show_one(
    const struct ww_usage *usage, ww_show_one_fn *read, const char *none, int argc, char **argv);

#endif
