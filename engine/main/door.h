/* What the two doors for HTTP have in common, that of a `fhir` listener and that of a console: who calls, under which name, how it is
 * answered, and what is counted. On the loop's thread. */
#ifndef WW_MAIN_DOOR_H
#define WW_MAIN_DOOR_H

#include "rest/access.h"
#include "rest/answer.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/time.h>

struct ww_config;
struct ww_http_call;
struct ww_http_server;
struct ww_json;
struct ww_listener;

struct ww_door_counts {
	uint64_t taken;   /* requests that were applied and answered below 400 */
	uint64_t read;    /* reads, searches and lists */
	uint64_t refused; /* answers from 400 to 499 but the next, 501 and 505 */
	uint64_t denied;  /* 401 and 403 */
	uint64_t busy;    /* 503, and 429 */
	uint64_t failed;  /* the rest from 500 on */
};

struct ww_door {
	struct ww_clock clock;
	struct ww_access *access;
	struct ww_buf base; /* URL, where the configuration or the listener's address says it */
	struct ww_door_counts counts;
	uint64_t started, number; /* of request ids that we give */
};

struct ww_door_settings {
	const struct ww_config *config;
	const struct ww_listener *listener;
	ww_str address, path; /* of the base, where the listener has no url */
	const char *folder;   /* of the configuration's file */
	struct ww_clock clock;
};
/* *d is all zero, and to be closed in any case. */
WW_MUST ww_status ww_door_open(
    struct ww_door *d, struct ww_ctx *cx, const struct ww_door_settings *set);
void ww_door_close(struct ww_door *d);

enum { WW_REQUEST_ID_ROOM = 68 };
/* The name of a request: that which its client gave it, or, if that is empty, one that no other of this engine has had. */
void ww_door_name(struct ww_door *d, ww_str given, char out[WW_REQUEST_ID_ROOM]);

/* Who calls; as ww_access_who. */
WW_MUST ww_status ww_door_who(
    struct ww_door *d, struct ww_ctx *cx, struct ww_http_call *http, struct ww_who *out);
/* A request at the token endpoint whose body is in: the answer, and in *client whom it is for; logged is the reason, in cx. As
 * ww_access_token. */
WW_MUST ww_status ww_door_token(struct ww_door *d, struct ww_ctx *cx, struct ww_http_call *http,
    struct ww_rest_answer *a, ww_str *client);

/* What it means that link/http_in refuses a request with that HTTP status. */
ww_status ww_door_means(unsigned status);

/* Counts what is answered by a status from 400 on; false: it is none. */
bool ww_door_count(struct ww_door *d, unsigned status);
/* Answers the call, with the headers that every answer has. It is not to be touched after that. */
void ww_door_answer(
    struct ww_ctx *cx, struct ww_http_call *http, struct ww_rest_answer *a, const char *request_id);

/* Adds what server and door counted to the listener's object of `wardwire status`. most: connections; tls: it has handshakes. */
void ww_door_report_server(const struct ww_http_server *server, struct ww_ctx *cx, uint32_t most,
    bool tls, struct ww_json *o);
void ww_door_report(const struct ww_door *d, struct ww_ctx *cx, struct ww_json *o);

#endif
