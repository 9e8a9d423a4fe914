/* The part of the courier's sink that puts messages into folders as files: WW_VERB_FORWARD to file://. Each folder has a
 * thread of its own, so that one on a file server that hangs holds up nothing else. */
#ifndef WW_LINK_DIR_OUT_H
#define WW_LINK_DIR_OUT_H

#include "link/sink.h"

struct ww_fs;

/* fs is the disk the folders are on; not owned. */
WW_MUST ww_status ww_dir_out_part(
    struct ww_ctx *cx, const struct ww_fs *fs, struct ww_sink_part *out);

/* What a folder's thread does: body as KEY.hl7 in the folder, whole and durable when it returns NULL. Else why not, a fixed
 * text, and nothing was promised. The same key again writes the same file again. Blocks. */
const char *ww_dir_out_write(const struct ww_fs *fs, ww_str folder, ww_str key, ww_str body);

#endif
