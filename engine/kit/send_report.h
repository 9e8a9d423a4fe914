/* What `wardwire-kit send` says about each message and in the end, for people or as JSON lines. */
#ifndef WW_KIT_SEND_REPORT_H
#define WW_KIT_SEND_REPORT_H

#include "kit/latency.h"

#include <wardwire/ctx.h>

/* How a message ended. */
enum ww_send_end {
	WW_SEND_AA,    /* accepted: AA or CA */
	WW_SEND_AE,    /* AE or CE */
	WW_SEND_AR,    /* AR or CR */
	WW_SEND_UNFIT, /* answered by something that is no answer to it */
	WW_SEND_NONE,  /* no answer came: nobody knows whether it was taken */
	WW_SEND_ENDS
};

struct ww_send_report {
	bool quiet; /* totals only */
	bool json;
	uint64_t counts[WW_SEND_ENDS];
	struct ww_latency latency; /* of frames that were answered */
};

/* One message: where it stands, and its answer (empty where none came). */
struct ww_send_result {
	const char *file;
	size_t line;
	ww_str event; /* "ADT^A01"; may be empty */
	enum ww_send_end end;
	char code[3]; /* of an acknowledgement */
	ww_str answer;
	uint64_t us; /* until it was answered; 0 where it was not */
};

/* Counts it and prints its line. cx gives the memory. */
void ww_send_report_add(
    struct ww_send_report *r, struct ww_ctx *cx, const struct ww_send_result *one);
/* The totals after that many microseconds, with how fast it was where more than one was answered. */
void ww_send_report_totals(const struct ww_send_report *r, struct ww_ctx *cx, uint64_t us);
/* How many messages it was told of. */
uint64_t ww_send_report_sent(const struct ww_send_report *r);
/* All messages so far were accepted. */
bool ww_send_report_good(const struct ww_send_report *r);

/* What an AE or AR says: the place of its first ERR as a path ("PID-3.1"), and its text; both may be empty,
 * and hold no control characters. In the arena. */
void ww_send_report_error(struct ww_ctx *cx, ww_str answer, ww_str *place, ww_str *text);

#endif
