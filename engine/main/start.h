/* What must be in the journal before the first message: the build, the configuration, the rosters. */
#ifndef WW_MAIN_START_H
#define WW_MAIN_START_H

#include "apply/apply.h"
#include "main/site.h"
#include "store/in_hand.h"

#include <wardwire/time.h>

/* A ledger that is being made, in the data folder. */
#define WW_START_ANEW "rebuild.db"

/* What an apply reads blobs by: ww_apply_settings.blob; arg is the struct ww_site. */
ww_status ww_start_blob(void *arg, struct ww_ctx *cx, ww_str hex, struct ww_buf *out);

/* Where a ledger that is made anew begins: the newest snapshot that is whole and not above the record `most` is put at
 * path. Without one, or with full, nothing is put there, *seq is 0 and it begins at the first record. */
WW_MUST ww_status ww_start_base(struct ww_site *site, struct ww_ctx *cx, uint64_t most, bool full,
    const char *path, uint64_t *seq);
/* A ledger that ends at the record `seq` can go on with that journal: what follows has not been pruned. */
WW_MUST ww_status ww_start_joins(struct ww_ctx *cx, struct ww_journal *j, uint64_t seq);
/* When there is no ledger and a snapshot is there, the snapshot becomes the ledger. */
WW_MUST ww_status ww_start_revive(struct ww_site *site, struct ww_ctx *cx);
/* The ledger does not join the journal (ww_start_joins), or lacks the blob of its configuration: a power cut took what SQLite had not synced yet, and what
 * could tell it again has been pruned, since a snapshot has it. The newest snapshot takes its place, if there is one;
 * *seq as for ww_start_base. Neither is open. */
WW_MUST ww_status ww_start_fall_back(struct ww_site *site, struct ww_ctx *cx, uint64_t *seq);
/* Applies every record of the journal. */
WW_MUST ww_status ww_start_catch_up(struct ww_apply *a, struct ww_ctx *cx, struct ww_journal *j);
/* Journals a QUARANTINE record for the record that was in hand when the engine died twice (store/in_hand.h), if there is
 * one. Before anything is applied: apply then passes it by. */
WW_MUST ww_status ww_start_set_aside(struct ww_ctx *cx, struct ww_journal *j,
    const struct ww_apply *a, struct ww_in_hand *h, int64_t now);
/* Reads the text of a roster and sees whether it can be used; a failure names the file. The rows are in cx's arena. */
struct ww_roster_row;
WW_MUST ww_status ww_start_check_roster(struct ww_site *site, struct ww_ctx *cx,
    const struct ww_roster_source *source, ww_str text, struct ww_roster_row **rows, size_t *n);
/* Journals an ENGINE record, the configuration when it is not the one in force, and the rosters that changed, but for one
 * that would end more members than its max_drop; then applies them. Each blob is durable before the record that names it. */
WW_MUST ww_status ww_start_records(struct ww_site *site, struct ww_ctx *cx, struct ww_journal *j,
    struct ww_ledger *l, struct ww_apply *a, int64_t now);

/* This build: version and rules. */
extern const char ww_build[];

#endif
