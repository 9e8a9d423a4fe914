/* What a trigger event does: HL7 v2.9 chapter 3, 3.3.1 to 3.3.62, one row each in act.c. A version of a FHIR Encounter has a
 * trigger of ours, in small letters, as no message can have it; what it does to the stay is in model/snapshot.h. */
#ifndef WARDWIRE_ACT_H
#define WARDWIRE_ACT_H

#include <wardwire/str.h>

enum ww_act {
	WW_ACT_NONE, /* nothing that is acted upon */
	/* on a visit */
	WW_ACT_PREADMIT,                 /* A05 */
	WW_ACT_PENDING_ADMIT,            /* A14 */
	WW_ACT_REGISTER,                 /* A04 */
	WW_ACT_ADMIT,                    /* A01 */
	WW_ACT_INPATIENT,                /* A06: an outpatient becomes an inpatient */
	WW_ACT_OUTPATIENT,               /* A07: the reverse */
	WW_ACT_TRANSFER,                 /* A02; A17 for each of its two visits */
	WW_ACT_LEAVE,                    /* A21: away for a while, the bed is kept */
	WW_ACT_RETURN,                   /* A22 */
	WW_ACT_PENDING_DISCHARGE,        /* A16 */
	WW_ACT_UPDATE,                   /* A08; A54, A55: who treats the patient */
	WW_ACT_DISCHARGE,                /* A03 */
	WW_ACT_CANCEL_ADMIT,             /* A11: undoes the last A01 or A06, else the A04 */
	WW_ACT_CANCEL_TRANSFER,          /* A12 */
	WW_ACT_CANCEL_DISCHARGE,         /* A13 */
	WW_ACT_CANCEL_PENDING_DISCHARGE, /* A25 */
	WW_ACT_CANCEL_PENDING_ADMIT,     /* A27 */
	WW_ACT_CANCEL_PREADMIT,          /* A38 */
	WW_ACT_CANCEL_LEAVE,             /* A52 */
	WW_ACT_CANCEL_RETURN,            /* A53 */
	WW_ACT_CANCEL_VISIT, /* Encounter.status cancelled: all of it, whoever told of it */
	WW_ACT_DELETE,       /* A23: the visit was entered in error */
	WW_ACT_CLOSE, /* ours, at a TICK: nothing was heard for so long that it must be over */
	/* on a person */
	WW_ACT_PERSON, /* A28, A31: nothing of a visit, whatever PV1 says */
	/* on numbers: MRG has the old one */
	WW_ACT_MERGE_PERSON, /* A18, A30, A34, A36, A39, A40, and the changes A46 to A48: both are one patient's */
	WW_ACT_MERGE_ACCOUNT, /* A35, A41, A49 */
	WW_ACT_MERGE_VISIT,   /* A42, A50: both are one visit's */
	WW_ACT_MOVE_PERSON,   /* A43: a number is another patient's, with all there is under it */
	WW_ACT_MOVE_ACCOUNT,  /* A44: the visits of an account are another patient's */
	WW_ACT_MOVE_VISIT,    /* A45: a visit is */
	WW_ACT_LINK,          /* A24: two patients are related; nothing is merged */
	WW_ACT_UNLINK,        /* A37 */
	WW_ACTS
};

struct ww_trigger {
	const char *code; /* "A01" */
	enum ww_act act;
	const char *ignored; /* of WW_ACT_NONE: why nothing comes of it; else NULL */
};

/* The row of a trigger event; NULL for what is none of chapter 3. */
const struct ww_trigger *ww_trigger_find(ww_str code);
/* Its act; WW_ACT_NONE for one that is not known. */
enum ww_act ww_act_of(ww_str trigger);
/* "admit", "cancel discharge": for people. */
const char *ww_act_text(enum ww_act a);
/* Of acts that happened at the same time the lower one was first: a registration comes before its admission. */
int ww_act_rank(enum ww_act a);
/* A05, A14, A04, A01, A06: where a visit begins. */
bool ww_act_opens(enum ww_act a);
/* The patient is there: A04, A01, A06. */
bool ww_act_admits(enum ww_act a);
/* It is about numbers and whose they are, and no event of a visit. */
bool ww_act_renumbers(enum ww_act a);
/* The segment with which each of several patients or visits in one message begins: "PID", "MRG"; NULL: there is one. */
const char *ww_act_group(enum ww_act a, ww_str trigger);
/* It takes another one back. */
bool ww_act_cancels(enum ww_act a);

#endif
