/* HL7 v2 messages by POST to the base of a `fhir` listener, as application/hl7-v2: each is an input of the intake, and its acknowledgement
 * is the body of the answer. Who may send is for the FHIR door to say. All on the loop's thread. */
#ifndef WW_MAIN_HL7_HTTP_H
#define WW_MAIN_HL7_HTTP_H

#include "main/intake.h"

struct ww_fhir_door;
struct ww_hl7_http;
struct ww_http_call;

struct ww_hl7_http_settings {
	struct ww_intake_settings intake; /* but for choose */
	const struct ww_config *config;   /* neither of these is owned */
	const struct ww_listener *listener;
	struct ww_fhir_door *door;
};

WW_MUST ww_status ww_hl7_http_new(
    struct ww_ctx *cx, const struct ww_hl7_http_settings *s, struct ww_hl7_http **out);
/* Every call was answered or is gone, and what waited for the journal is back; NULL is allowed. */
void ww_hl7_http_free(struct ww_hl7_http *h);
/* It is one for this, and not for the door. */
bool ww_hl7_http_is(const struct ww_hl7_http *h, const struct ww_http_call *call);
/* The callbacks of a struct ww_http_server (link/http_in.h) for such a call; arg is the struct ww_hl7_http. */
void ww_hl7_http_head(void *arg, struct ww_http_call *call);
void ww_hl7_http_call(void *arg, struct ww_http_call *call);
void ww_hl7_http_bad(void *arg, struct ww_http_call *call, unsigned status, const char *why);
void ww_hl7_http_gone(void *arg, struct ww_http_call *call);
/* While it is paused each is answered by 503 with Retry-After. */
void ww_hl7_http_pause(struct ww_hl7_http *h, bool paused);
/* As ww_intake_undelivered, of all feeds. */
uint64_t ww_hl7_http_undelivered(const struct ww_hl7_http *h);

#endif
