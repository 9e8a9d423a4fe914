/* The two records of a request: the ATTEMPT that announces it, and the OUTCOME that says how it ended. */
#ifndef WW_COURIER_SLIP_H
#define WW_COURIER_SLIP_H

#include "store/writer.h"

#include <wardwire/buf.h>

#include <stdatomic.h>

struct ww_courier;
struct ww_rec_attempt;
struct ww_rec_outcome;

enum ww_slip_phase {
	WW_SLIP_ANNOUNCING, /* the ATTEMPT is being written */
	WW_SLIP_ANNOUNCED,  /* it is durable */
	WW_SLIP_FLYING,     /* the request is under way */
	WW_SLIP_REPORTING,  /* the OUTCOME is being written */
	WW_SLIP_REPORTED,   /* it is durable, and perhaps not applied yet */
	WW_SLIP_LOST,       /* the journal closed: the next start takes over */
};

/* All zero but c is the start. The owner keeps it while a record is being written. */
struct ww_slip {
	struct ww_courier *c;
	struct ww_submit submit;
	struct ww_buf body;        /* of the record being written */
	_Atomic int phase;         /* enum ww_slip_phase */
	uint64_t attempt, outcome; /* sequences of the two records, once durable */
};

static inline enum ww_slip_phase
ww_slip_phase(const struct ww_slip *s)
{
	return (enum ww_slip_phase)atomic_load(&s->phase);
}

/* Both hand the record to the journal; a courier that is detached from it loses the slip. The courier is woken when the
 * record is durable. */
void ww_slip_announce(struct ww_slip *s, const struct ww_rec_attempt *a);
/* Fills in which ATTEMPT it is about. */
void ww_slip_report(struct ww_slip *s, struct ww_rec_outcome *o);
void ww_slip_free(struct ww_slip *s);

#endif
