/* From the bytes of one input to its answer: check, journal, acknowledge. It knows feeds and messages, and nothing of how the
 * bytes came: an MLLP frame (main/frames.c), a file. On the loop's thread but for the journal's part. */
#ifndef WW_MAIN_INTAKE_H
#define WW_MAIN_INTAKE_H

#include "store/store.h"
#include "store/writer.h"

#include <wardwire/config.h>
#include <wardwire/time.h>

struct ww_awaits;
struct ww_choose;
struct ww_intake;
struct ww_loop;

struct ww_intake_settings {
	struct ww_loop *loop;
	struct ww_writer *writer;
	struct ww_refused *refused;
	struct ww_awaits *awaits; /* for answers that wait until their message is applied */
	struct ww_clock clock;
	const struct ww_choose
	    *choose; /* among the feeds that its input can be of; not owned, as are the others */
	size_t max_message, max_segments;
	size_t arena;     /* bytes of memory to check one message */
	uint64_t *number; /* of the next acknowledgement; shared by all intakes of the loop */
};

/* Whom an input comes from. Needed during a call only. */
struct ww_intake_peer {
	ww_str address;        /* for the journal */
	struct ww_texts names; /* in its certificate */
};

enum ww_intake_fate {
	WW_INTAKE_STORED, /* durable: the sender may forget it */
	WW_INTAKE_PARTLY, /* of a batch: some messages are durable, the others refused */
	WW_INTAKE_REFUSED, /* it can never be taken; kept in the refused ring unless it is an acknowledgement */
	WW_INTAKE_TRY_AGAIN, /* nothing is promised: trouble of ours, or it is not applied in time. The sender must keep it */
};

enum ww_intake_step {
	WW_INTAKE_KNOWN,    /* the fate; the answer is still to come */
	WW_INTAKE_ANSWERED, /* the acknowledgement, or that there is none */
	WW_INTAKE_APPLICATION, /* an application acknowledgement that follows it, or that there is none */
};

/* What is said of one input: at most three words, in the order of their steps. TRY_AGAIN is always the last. */
struct ww_intake_word {
	enum ww_intake_fate fate;
	enum ww_intake_step step;
	ww_str
	    answer; /* without framing; of a batch a response batch. Empty: there is none. Valid during the call */
	bool bad;  /* of one message: it is refused, or was set aside when it was applied */
	bool last; /* nothing more will be said of this input */
	bool
	    hang_up; /* it is nothing to send here, and not answered: a connection is best closed */
};

WW_MUST ww_status ww_intake_new(
    struct ww_ctx *cx, const struct ww_intake_settings *s, struct ww_intake **out);
/* What still waits to be applied is said to be tried again. What waits for the journal must be back; NULL is allowed. */
void ww_intake_free(struct ww_intake *in);
/* Application acknowledgements that were asked for, or had by the feed's mode, and not sent. */
uint64_t ww_intake_undelivered(const struct ww_intake *in);
/* Takes one input, a message or a batch, which is needed during the call only. said is
 * called on the loop's thread, perhaps before this returns, at least once and for the last time with `last`. */
void ww_intake_take(struct ww_intake *in, ww_str bytes, const struct ww_intake_peer *peer,
    void (*said)(void *arg, const struct ww_intake_word *w), void *arg);
/* The same for one of more than max_message bytes, of which head is the beginning: it is refused. */
void ww_intake_too_big(struct ww_intake *in, ww_str head, const struct ww_intake_peer *peer,
    void (*said)(void *arg, const struct ww_intake_word *w), void *arg);
/* The same for what is beyond another limit: of that many bytes, and of that key of the configuration. */
void ww_intake_beyond(struct ww_intake *in, ww_str head, size_t most, const char *key,
    const struct ww_intake_peer *peer, void (*said)(void *arg, const struct ww_intake_word *w),
    void *arg);

#endif
