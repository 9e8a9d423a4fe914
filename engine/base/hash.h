/* SHA-256 of what comes in pieces, and of files. */
#ifndef WW_BASE_HASH_H
#define WW_BASE_HASH_H

#include "base/fs.h"

#include <wardwire/status.h>
#include <wardwire/str.h>

#include <stddef.h>
#include <stdint.h>

struct ww_ctx;

/* The digest of the first n bytes of the file (or all it has) in hex; *bytes: how many there were; may be NULL.
 * WW_E_NOT_FOUND: there is no such file. */
WW_MUST ww_status ww_hash_file(const struct ww_fs *fs, struct ww_ctx *cx, const char *path,
    uint64_t n, char hex[65], uint64_t *bytes);

/* Such a digest: 64 lower-case hex digits. */
bool ww_hash_fits(ww_str hex);

#endif
