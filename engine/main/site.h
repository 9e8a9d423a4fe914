/* A configuration file and the folder of data it names: what most commands start from. */
#ifndef WW_MAIN_SITE_H
#define WW_MAIN_SITE_H

#include "store/store.h"

#include <wardwire/buf.h>
#include <wardwire/config.h>
#include <wardwire/ctx.h>

struct ww_site {
	struct ww_ctx cx;   /* its arena holds config and paths */
	struct ww_buf text; /* of the configuration file */
	const char *file;
	struct ww_config *config; /* paths of its listeners and endpoints are absolute */
	const char *data, *journal, *ledger, *blobs, *refused, *control, *snapshots,
	    *in_hand;           /* paths */
	const struct ww_fs *fs; /* the disk they are on */
	const char *vfs;        /* what SQLite reaches it by; NULL: its own */
	int lock;               /* descriptor; -1: not held */
};

/* The option by which commands are told of the configuration, for a table of options; file starts as
 * WW_SITE_FILE. */
#define WW_SITE_FILE "wardwire.yaml"
#define WW_SITE_OPTION(file)                                                                       \
	{                                                                                          \
		.name = "config", .brief = 'c', .argument = "FILE", .text = &(file),               \
		.help = "the configuration (docs/configuration.md); wardwire.yaml unless given"    \
	}

/* Reads the configuration; prints every fault as FILE:LINE:COLUMN: text. Returns an exit status; close it in
 * any case. */
int ww_site_open(struct ww_site *s, const char *file);
void ww_site_close(struct ww_site *s);
/* Makes the folder of data when it is missing and holds it until the site is closed: WW_E_BUSY, with nothing touched,
 * when another process has it. Whoever writes there takes it first. */
WW_MUST ww_status ww_site_hold(struct ww_site *s, struct ww_ctx *cx);
/* A path of the configuration, relative to the folder of its file. */
const char *ww_site_path(struct ww_site *s, ww_str path);
/* Opens a ledger on the site's disk. */
WW_MUST ww_status ww_site_ledger(const struct ww_site *s, struct ww_ctx *cx, const char *path,
    enum ww_ledger_mode mode, struct ww_ledger *out);
/* Opens the ledger to read, for commands that look. Prints why not; an exit status. */
int ww_site_view(struct ww_site *s, struct ww_ledger *out);
/* Opens the journal to read, also beside a running engine. */
WW_MUST ww_status ww_site_journal(
    const struct ww_site *s, struct ww_ctx *cx, struct ww_journal *out);
/* Prints "wardwire: [place: ]reason (WW-nnn)" for the failure in cx; gives the exit status that fits. */
int ww_site_complain(const char *what, const struct ww_ctx *cx);

#endif
