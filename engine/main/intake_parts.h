/* The insides of the intake: an input, which is a message or a batch of them, on its way to its answer. Private to intake.c, which
 * leads it there, intake_message.c, which checks, journals and refuses one message, and intake_batch.c, which puts the answers to
 * the messages of a batch together. */
#ifndef WW_MAIN_INTAKE_PARTS_H
#define WW_MAIN_INTAKE_PARTS_H

#include "base/seldom.h"
#include "codec/ack_plan.h"
#include "codec/hl7v2_batch.h"
#include "main/awaits.h"
#include "main/intake.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

/* What is said of a feed once a minute at most. */
enum ww_intake_trouble {
	WW_INTAKE_ACK_CODE, /* enum ww_ack_oddity, in its order */
	WW_INTAKE_ACK_HALF,
	WW_INTAKE_ACK_MODE,
	WW_INTAKE_ACK_NOWHERE, /* an application acknowledgement was asked for and could not be sent */
	WW_INTAKE_ACK_CAME,    /* what came in is itself an acknowledgement */
	WW_INTAKE_BATCH,       /* the envelope of a batch is not what it says */
	WW_INTAKE_TROUBLES
};

struct ww_intake {
	struct ww_intake_settings set;
	struct ww_ctx cx;
	struct ww_loop_timer *timer;
	const struct ww_feed *feed;    /* of the message at hand; a fallback until it is known */
	struct ww_input *first, *last; /* those that wait until something is applied */
	struct ww_seldom troubles[WW_INTAKE_TROUBLES];
};

/* One message of an input, or what stands in the place of one. */
struct ww_piece {
	struct ww_piece *next; /* of the input */
	struct ww_input *input;
	const struct ww_feed *feed;
	struct ww_ack_plan plan;
	struct ww_submit submit; /* to the journal */
	struct ww_post durable;  /* back from there */
	ww_status status;        /* what that brings */
	struct ww_buf body;      /* of the record, until it is durable */
	struct ww_buf head;      /* the first segment, where an answer is still to be written */
	struct ww_buf answer, application;
	struct ww_await await;
	bool waits;        /* for await, or its post is on the way */
	bool answer_waits; /* until it is applied */
	bool application_waits;
	bool bad; /* refused, or set aside when it was applied */
};

/* The messages between a BHS and a BTS, or without these. */
struct ww_group {
	struct ww_group *next;
	struct ww_buf
	    begin[2]; /* the BHS of the answers, and of the application acknowledgements */
	struct ww_piece *first; /* of pieces of them, in the order of the input's */
	size_t pieces;
};

struct ww_input {
	struct ww_input *next, *prev; /* of those that wait */
	struct ww_intake *in;
	void (*said)(void *arg, const struct ww_intake_word *w);
	void *arg;
	struct ww_piece *pieces, **last_piece;
	bool batch;
	const struct ww_feed_ack *how; /* of a batch: how it is answered */
	struct ww_group *groups, **last_group;
	struct ww_buf file[2]; /* FHS of the answers, as begin of a group; empty: there was none */
	struct ww_buf text[2]; /* of a batch: what is said */
	size_t open;           /* pieces that are not durable yet */
	size_t waiting;        /* pieces that wait for apply */
	size_t unanswered;     /* pieces whose answer waits */
	size_t unapplied;      /* pieces whose application acknowledgement waits */
	int64_t deadline;      /* monotonic ms */
	bool taking;           /* more pieces may come */
	bool stored, refused;  /* some were */
	bool try_again;        /* nothing is promised */
	bool hang_up;
	bool known, told, answered, over; /* how far it is; over: the last word is said */
};

/* intake_message.c: one message, or what is none; its piece is added to i. What must be tried again is noted in i. */
void ww_intake_message(struct ww_input *i, ww_str bytes, const struct ww_intake_peer *peer);
/* The same of which head is the beginning, as it is longer than that key of the configuration allows. */
void ww_intake_too_long(struct ww_input *i, ww_str head, size_t most, const char *key,
    const struct ww_intake_peer *peer);
/* Refuses a batch of too many messages. */
void ww_intake_too_many(
    struct ww_input *i, ww_str bytes, const struct ww_intake_peer *peer, int most);
/* Whose messages bytes, which begin with one, are. */
const struct ww_feed *ww_intake_feed_of(
    struct ww_input *i, ww_str bytes, const struct ww_intake_peer *peer);
/* What became of a piece is known: writes what waited for that. */
void ww_intake_applied(struct ww_piece *p, enum ww_await_end end, const struct ww_failure *why);
/* An application acknowledgement is not sent. */
void ww_intake_nowhere(const struct ww_piece *p);
void ww_intake_trouble(struct ww_intake *in, enum ww_intake_trouble t, const struct ww_feed *feed);

/* intake.c: a piece is durable, or will not be. */
void ww_intake_durable(struct ww_submit *s, ww_status status);

/* intake_batch.c: whether it is one, and takes it apart. */
void ww_intake_batch(struct ww_input *i, ww_str bytes, const struct ww_intake_peer *peer);
/* What is said of a batch; later: its application acknowledgements. Empty: nothing. Valid as long as i. */
ww_str ww_intake_batch_text(struct ww_input *i, bool later);

#endif
