/* A text put into a folder of others: nobody sees half of it, and no link leads it elsewhere. */
#ifndef WW_LINK_DIR_PUT_H
#define WW_LINK_DIR_PUT_H

#include <wardwire/str.h>

struct ww_fs;

/* Writes it under the name temp, syncs it, and gives it the name path, in the place of what had it. Durable, with that name,
 * after a sync of the folder. Its group may read it. 0, or -errno and nothing of it is left. What temp names before is
 * removed. */
int ww_dir_put(const struct ww_fs *fs, const char *temp, const char *path, ww_str text);

#endif
