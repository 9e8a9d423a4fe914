/* The stage of the demonstration: an engine and two practices as processes of their own in a folder. Every function that
 * gives false has said why on standard error. */
#ifndef WW_KIT_DEMO_STAGE_H
#define WW_KIT_DEMO_STAGE_H

#include "kit/demo_proc.h"
#include "link/mllp_out.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/ledger.h>

enum { WW_STAGE_PRACTICES = 2, WW_STAGE_PATH = 256 };

/* A practice: its server, and how much of what it got was shown. */
struct ww_desk {
	const char *name;
	struct ww_proc proc;
	char url[WW_STAGE_PATH], listen[WW_STAGE_PATH], keep[WW_STAGE_PATH], log[WW_STAGE_PATH],
	    ports[WW_STAGE_PATH];
	size_t shown;
	bool down;
};

/* The party that pays, and the endpoint that is its worklist. */
#define WW_STAGE_PAYER "acme"
#define WW_STAGE_DESK "acme-desk"

struct ww_stage {
	const char *engine, *samples;
	bool stay;
	char self[WW_STAGE_PATH], dir[WW_STAGE_PATH], config[WW_STAGE_PATH], clock[WW_STAGE_PATH],
	    ports[WW_STAGE_PATH], log[WW_STAGE_PATH];
	struct ww_desk desks[WW_STAGE_PRACTICES];
	struct ww_proc run;
	char mllp[WW_STAGE_PATH];
	char fhir[WW_STAGE_PATH]; /* base of what comes in by FHIR */
	struct ww_ctx cx, view_cx;
	struct ww_ledger view;
	struct ww_mllp_out *link;
	struct ww_http *http;
	struct ww_buf actions;
	uint64_t message; /* sequence of the last one shown */
	size_t accepted, rejected, kills;
	size_t taken, untaken; /* resources */
};

bool ww_stage_fail(const char *what);
/* Starts the practices and the engine in st->dir, with the roster of st->samples and the clock at that time. */
bool ww_stage_start(struct ww_stage *st, int64_t clock_ms);
bool ww_stage_start_desk(struct ww_stage *st, struct ww_desk *k);
bool ww_stage_start_engine(struct ww_stage *st);
/* Opens the ledger anew: the engine was started again. */
bool ww_stage_look(struct ww_stage *st);
bool ww_stage_clock(struct ww_stage *st, int64_t ms);
/* Sends the message and appends the payload of what comes back. */
bool ww_stage_exchange(struct ww_stage *st, ww_str message, struct ww_buf *answer);
/* One of the samples that is a resource or a transaction: as it stands, and when it was last changed, in milliseconds. */
bool ww_stage_resource(struct ww_stage *st, ww_str name, struct ww_buf *text, int64_t *changed_ms);
/* Has the engine take it, by PUT or as a transaction; *status is that of the answer. */
bool ww_stage_send(struct ww_stage *st, ww_str text, long *status);
/* Waits until all is applied, with new_message one more than was shown, and what it called for has left, or could not
 * leave. */
bool ww_stage_rest(struct ww_stage *st, bool new_message);
/* Ends all that runs; false when the engine did not end well. */
bool ww_stage_end(struct ww_stage *st);

#endif
