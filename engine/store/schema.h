/* Versions of the ledger's tables and the way from one to the next. The number is part of the file
 * (PRAGMA user_version); 0 is a file with nothing in it. */
#ifndef WW_STORE_SCHEMA_H
#define WW_STORE_SCHEMA_H

#include <wardwire/status.h>

#include <stddef.h>
#include <stdint.h>

struct ww_buf;
struct ww_ctx;

enum { WW_SCHEMA_VERSION = 1 }; /* of the tables that model.def stands for now */

/* One step; sql appends its statements, each ended by a semicolon. */
struct ww_schema_step {
	int64_t from, to;
	void (*sql)(struct ww_buf *b);
};

/* Appends the SQL that brings a ledger of version `from` to WW_SCHEMA_VERSION and sets its version,
 * with a NUL at the end; to be run in one transaction. Nothing to do gives the NUL alone. A newer
 * version, or one that no step leads on from, is WW_E_CONFLICT. */
WW_MUST ww_status ww_schema_upgrade(struct ww_ctx *cx, int64_t from, struct ww_buf *sql);

/* The same with another table of steps, for tests. */
WW_MUST ww_status ww_schema_path(struct ww_ctx *cx, const struct ww_schema_step *steps, size_t n,
    int64_t from, int64_t to, struct ww_buf *sql);

#endif
