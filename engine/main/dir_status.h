/* What lies in the folders of listeners, for the command status; it looks itself, so that it works without an engine. */
#ifndef WW_MAIN_DIR_STATUS_H
#define WW_MAIN_DIR_STATUS_H

#include <wardwire/json.h>

struct ww_site;

/* Adds "folders": [{"name": "drop", "waiting": 3, "claimed": 0, "done": 10, "failed": 1, "trouble": "..."}] to o, where the
 * configuration has any. Trouble is what the engine says of its listeners in o, or why we cannot look; else it is not there. */
void ww_dir_status_add(struct ww_site *site, struct ww_json *o);
/* Prints a line for each. */
void ww_dir_status_print(const struct ww_json *o);

#endif
