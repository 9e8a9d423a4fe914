/* A made-up hospital: its patients, their visits, what it sends of them and what is true of them in the end. One seed
 * always gives the same. Nothing of the engine is in it: what is true follows from what happens to a patient, and not
 * from the messages. Names, numbers and places are synthetic. */
#ifndef WW_KIT_GEN_H
#define WW_KIT_GEN_H

#include "kit/chance.h"

#include <wardwire/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ww_buf;

/* Local wall clock, ms as if it were UTC; 0: none. */
typedef int64_t ww_gen_time;

/* What goes wrong on the way, or is not as others do it. Each has a share in percent: gen_noise.c. */
enum ww_gen_noise {
	WW_GEN_DUPLICATE,  /* messages that arrive twice, byte for byte */
	WW_GEN_RESEND,     /* messages that are sent again under a new control id */
	WW_GEN_REORDER,    /* messages that are overtaken by some minutes */
	WW_GEN_LATE,       /* messages that arrive up to three days late */
	WW_GEN_LOSE,       /* messages that never arrive, of those that can be spared */
	WW_GEN_CORRECT,    /* discharges and admissions that are sent again with another time */
	WW_GEN_REUSE,      /* visits that get a number that another patient's had */
	WW_GEN_DELIMITERS, /* messages with delimiters of their own */
	WW_GEN_LINES,      /* messages whose segments end with LF or CR LF */
	WW_GEN_VERSIONS,   /* messages of another version than 2.5.1 */
	WW_GEN_NOISES
};

/* "duplicate", and what of all is usual, in percent. */
const char *ww_gen_noise_name(enum ww_gen_noise n);
unsigned ww_gen_noise_usual(enum ww_gen_noise n);
const char *ww_gen_noise_text(enum ww_gen_noise n);

struct ww_gen_settings {
	uint64_t seed;
	unsigned patients;             /* 1 to 100000 */
	unsigned days;                 /* 1 to 200, from 2026-03-10 on: no clock changes in them */
	unsigned share[WW_GEN_NOISES]; /* percent, 0 to 100 */
};

enum { WW_GEN_TEXT = 24 };

struct ww_gen_person {
	unsigned number;
	bool newborn;
	unsigned mother;        /* newborn: her number */
	unsigned practice;      /* gen_files.c */
	unsigned records;       /* more than the first */
	ww_gen_time typo_until; /* until then its birth date is a wrong one; 0: never */
	char sex;
	int year, month, day; /* of birth */
};

/* A visit as the hospital's own people know it. */
struct ww_gen_visit {
	char number[WW_GEN_TEXT];
	unsigned person; /* index: whose it is */
	unsigned record; /* under which of that person's: 0 is the first, and the one that stays */
	ww_gen_time known; /* since when it is known who that is; 0: always */
	bool nameless;     /* nobody knows yet who that is */
	const char *status;
	char class_; /* PV1-2, and V for observation */
	ww_gen_time start, inpatient, end;
	const char *disposition;
	unsigned place;
	/* for gen_noise.c */
	const char *before; /* its status before the discharge */
	unsigned discharges, lost;
	bool uncertain; /* nothing of it may be lost */
	bool nowhere;   /* where the patient is nobody can know, as a message was lost */
};

/* What the loss of a message does. */
enum ww_gen_loss {
	WW_GEN_NEEDED,
	WW_GEN_SPARE,        /* nothing */
	WW_GEN_MOVE_LOST,    /* where the patient is is not known */
	WW_GEN_ADMIT_LOST,   /* nothing, when a discharge follows */
	WW_GEN_RELEASE_LOST, /* the visit stays open */
};

struct ww_gen_message {
	ww_gen_time at;      /* EVN-2 */
	ww_gen_time sent;    /* MSH-7 */
	ww_gen_time arrives; /* order of the output */
	unsigned control;    /* MSH-10 */
	unsigned format;     /* bits of gen_write.c */
	const char *trigger;
	unsigned visit;                           /* index + 1; 0: of none */
	struct ww_gen_visit as;                   /* the visit as it was then */
	ww_gen_time admitted, expected, occurred; /* PV1-44, PV2-8 or 9, EVN-6 */
	/* MRG: the number and the visit that are no more */
	unsigned prior; /* person + 1; 0: no MRG */
	unsigned prior_record;
	char prior_visit[WW_GEN_TEXT];
	enum ww_gen_loss loss;
	bool lost;
};

struct ww_gen {
	struct ww_gen_settings set;
	struct ww_chance random;
	ww_gen_time begins, ends;
	struct ww_gen_person *persons;
	struct ww_gen_visit *visits;
	struct ww_gen_message *messages;
	size_t persons_n, visits_n, messages_n;
	size_t persons_room, visits_room, messages_room;
	unsigned numbers; /* of visits given out */
	bool failed;      /* no memory */
};

/* Makes the whole; everything in it is the caller's to free with ww_gen_free, also after a failure. WW_E_MEMORY. */
WW_MUST ww_status ww_gen_make(const struct ww_gen_settings *set, struct ww_gen *out);
void ww_gen_free(struct ww_gen *g);

/* The messages in the order of arrival, with an empty line between two; the roster (member_id,name,birth_date,...); what is
 * true in the end, tab separated, with a line of titles. Errors stay in the buffer. */
void ww_gen_write(const struct ww_gen *g, struct ww_buf *out);
void ww_gen_write_roster(const struct ww_gen *g, struct ww_buf *out);
void ww_gen_write_truth(const struct ww_gen *g, struct ww_buf *out);
/* One message as it is on the wire. */
void ww_gen_write_message(
    const struct ww_gen *g, const struct ww_gen_message *m, struct ww_buf *out);

#endif
