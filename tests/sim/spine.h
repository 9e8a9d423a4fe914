/* The engine without its sockets, in one process and on any disk: journal and writer, ledger and apply, courier, blobs,
 * refused ring, put together as engine/main/engine.c does. Everything happens in rounds, one thing after the other, so
 * that a seed gives the same calls of the disk each time: the writer's thread works while the caller waits for it. */
#ifndef WW_TESTS_SIM_SPINE_H
#define WW_TESTS_SIM_SPINE_H

#include "store/store.h"
#include "store/writer.h"

#include <wardwire/config.h>
#include <wardwire/ctx.h>
#include <wardwire/sink.h>

struct spine;

struct spine_settings {
	const struct ww_fs *fs;
	const char *vfs;
	const char *folder; /* on the real disk: where the configuration finds its rosters */
	const char *config; /* its text */
	struct ww_sink *
	    practice; /* outlives the engine; not owned. Gets what left, also what nobody waits for any more */
	int64_t *now; /* the clock */
	size_t segment_bytes, checkpoint_bytes;
	/* Whether a request that was under way when the engine died still arrives. */
	bool (*arrives)(void *arg);
	void *arg;
};

/* Starts: settles what is there, catches up, journals what the start journals. On failure *why (static, until the next
 * call) says where. */
ww_status spine_start(const struct spine_settings *set, struct spine **out, const char **why);
/* A record for the journal; its done is called from within a later round, or by spine_end. */
void spine_submit(struct spine *e, struct ww_submit *s);
void spine_refuse(struct spine *e, ww_str raw);
/* Has everything done that can be done now: submitted records durable, then applied, requests made and answered. False:
 * the disk takes nothing any more. */
bool spine_round(struct spine *e);
/* Makes a snapshot; false: that failed. */
bool spine_snapshot(struct spine *e);
/* Removes what may go of the journal, whatever its age; false: that failed. */
bool spine_prune(struct spine *e);
/* Nothing is due, under way or waiting. */
bool spine_rests(struct spine *e);
/* Ends it, in order as SIGTERM does as far as the disk lets it, or at once. The disk is not used any more after this. */
void spine_end(struct spine *e, bool in_order);

/* The ledger as text, and that of one made anew: in memory from the first record, or on the disk from the newest
 * snapshot and what follows it. All belong to the arena of cx. */
ww_status spine_dump(struct spine *e, struct ww_ctx *cx, ww_str *out);
ww_status spine_rebuilt(struct spine *e, struct ww_ctx *cx, ww_str *out);
ww_status spine_restarted(struct spine *e, struct ww_ctx *cx, ww_str *out);
struct ww_journal *spine_journal(struct spine *e);

/* wardwire rebuild on that disk: its exit status. */
int spine_rebuild(const struct spine_settings *set);

#endif
