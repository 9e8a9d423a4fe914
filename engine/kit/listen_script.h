/* What `wardwire-kit listen` answers, message by message: "AE*2,never,AA". Pure. */
#ifndef WW_KIT_LISTEN_SCRIPT_H
#define WW_KIT_LISTEN_SCRIPT_H

#include <wardwire/str.h>

enum ww_listen_kind {
	WW_LISTEN_CODE,    /* an acknowledgement with that code, or two, one after the other */
	WW_LISTEN_NEVER,   /* none; the connection stays */
	WW_LISTEN_GARBAGE, /* a frame that is no message */
	WW_LISTEN_OTHER,   /* AA to a message that nobody sent */
	WW_LISTEN_HALF,    /* the first half of an AA, then the connection is closed */
	WW_LISTEN_CLOSE,   /* the connection is closed */
};

struct ww_listen_step {
	enum ww_listen_kind kind;
	char code[3], second[3]; /* of CODE; second is "" when there is one answer */
	unsigned wait;           /* ms before the answer, the second where there are two */
	uint64_t times;          /* how many messages it is for */
};

#define WW_LISTEN_STEPS 32

/* To be read by ww_listen_script_read, and then only through ww_listen_script_next. */
struct ww_listen_script {
	struct ww_listen_step step[WW_LISTEN_STEPS];
	size_t n, at;
	uint64_t used; /* messages that step[at] was given out for */
};

/* Reads STEP[,STEP]..., STEP being ANSWER[@MS][*TIMES]. NULL, or what is wrong with it. */
const char *ww_listen_script_read(ww_str text, struct ww_listen_script *out);
/* The step for the next message; the last one goes on for ever. */
const struct ww_listen_step *ww_listen_script_next(struct ww_listen_script *s);
/* The word of a step as it is written: "AE", "CA+AA", "never". In out, which has room for 16 bytes. */
void ww_listen_script_word(const struct ww_listen_step *step, char out[16]);

#endif
