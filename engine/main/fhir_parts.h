/* The insides of the FHIR door: a call on its way to its answer. Private to fhir_door.c, which finds out what is asked for and by
 * whom, fhir_body.c, which reads and checks what was sent, fhir_bring.c, which journals it and waits until it is applied, and fhir_payer.c,
 * which sends it on. */
#ifndef WW_MAIN_FHIR_PARTS_H
#define WW_MAIN_FHIR_PARTS_H

#include "base/seldom.h"
#include "codec/fhir_outcome.h"
#include "main/awaits.h"
#include "main/door.h"
#include "main/fhir_door.h"
#include "rest/ask.h"
#include "rest/owed.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

struct ww_errands;       /* main/errand.h */
struct ww_fhir_question; /* fhir_payer.c */

struct ww_fhir_door {
	struct ww_fhir_door_settings set;
	struct ww_ctx cx; /* of the callback at hand */
	struct ww_door door;
	struct ww_loop_timer *timer;
	struct ww_buf plain;               /* what a packed body held */
	struct ww_fhir_call *first, *last; /* those that the journal has, or that wait for apply */
	struct ww_seldom
	    strangers[100];         /* refusals of nobody that is known, by status from 400 on */
	struct ww_errands *errands; /* to payers; NULL: no feed of the listener has one */
	bool paused, closing;
};

struct ww_fhir_call {
	struct ww_fhir_call *next, *prev; /* of the door's */
	struct ww_fhir_door *door;
	struct ww_http_call *http; /* NULL: it is answered, or its client is gone */
	struct ww_rest_ask ask;    /* its texts live as long as http */
	struct ww_who who;
	const struct ww_feed *feed; /* NULL: not known yet, or nobody's */
	char request_id[WW_REQUEST_ID_ROOM];
	/* Once it is brought: */
	bool listed;
	struct ww_buf body;    /* of the record, until it is durable */
	struct ww_buf remarks; /* about what was sent, where they are asked for */
	struct ww_submit submit;
	struct ww_post durable;
	ww_status status; /* what that brings */
	struct ww_await await;
	bool journaling, waiting, asking;  /* the last: a payer */
	int64_t deadline;                  /* monotonic ms */
	struct ww_fhir_question *question; /* to a payer; NULL: none */
};

/* fhir_door.c: answers the call, with what every answer has, and gives it up; a call that the journal or apply still has stays
 * until they are done with it. */
void ww_fhir_answer(struct ww_fhir_call *c, struct ww_rest_answer *a);
/* The same for the failure that the door's context has. */
void ww_fhir_refuse(struct ww_fhir_call *c);
/* Frees a call that is answered and that nobody has any more. */
void ww_fhir_call_free(struct ww_fhir_call *c);
/* To whom rows are shown, and how; in the arena. */
struct ww_rest_scope ww_fhir_scope(const struct ww_fhir_call *c);

/* fhir_body.c: reads what was sent into a tree, its plain text in *raw; checks that it is what the interaction wants, may be
 * sent by that client, and is FHIR. False: it is refused, kept in the refused ring and answered. */
struct ww_json;
struct ww_fhir_body {
	ww_str raw; /* as it came, unpacked */
	struct ww_json *tree;
	const char *interaction; /* for the journal: "create", "transaction" */
	ww_str refused;          /* likewise, of a batch: entries that are not done */
	struct ww_fhir_issues issues;
};
bool ww_fhir_body_read(struct ww_fhir_call *c, struct ww_fhir_body *out);
/* Whether the client may do what it asks for; conditions are searches besides. WW_E_FORBIDDEN. */
WW_MUST ww_status ww_fhir_may(struct ww_fhir_call *c, ww_str type, const char *interaction);

/* fhir_bring.c: journals a request and answers when it is applied. */
void ww_fhir_bring(struct ww_fhir_call *c);
/* Those that waited too long are answered by 503; all: every one. */
void ww_fhir_bring_look(struct ww_fhir_door *d, bool all);
/* Submits the record in c->body. back is called on the loop's thread, by c->durable, with c->status; it clears c->journaling. */
void ww_fhir_journal(struct ww_fhir_call *c, void (*back)(struct ww_post *post));
struct ww_fhir_call *ww_fhir_call_of(struct ww_post *durable);

/* Status with which apply answers what is still to be sent on (apply/submission.h). */
enum { WW_FHIR_OPEN = 202 };
/* fhir_payer.c: what is submitted is sent on to the payer of the feed, where it has one, when it is applied. */
bool ww_fhir_payer_is(const struct ww_fhir_call *c);
/* Keeps what is to be sent. False: short of memory. */
bool ww_fhir_payer_keep(struct ww_fhir_call *c, ww_str raw);
/* Sends it; the call is answered as the payer answers. False: short of memory, or there is nothing to send. */
bool ww_fhir_payer_ask(struct ww_fhir_call *c);
void ww_fhir_payer_free(struct ww_fhir_call *c);
/* $validate: nothing is kept. */
void ww_fhir_validate(struct ww_fhir_call *c);

#endif
