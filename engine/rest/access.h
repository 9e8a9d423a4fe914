/* Who may come in on a FHIR listener, and what they may do there: access tokens (of the engine's own token endpoint or of an
 * external issuer), client certificates, or none on loopback. Decided on the head of a request alone, before its body is read.
 * No clock, no socket: the time is given in. All of it is for the loop's thread. */
#ifndef WW_REST_ACCESS_H
#define WW_REST_ACCESS_H

#include <wardwire/config.h>
#include <wardwire/status.h>
#include <wardwire/str.h>

struct ww_access;
struct ww_buf;
struct ww_ctx;
struct ww_json;

/* Who sent a request. Texts are the configuration's, so that it can be kept as long as that. */
struct ww_who {
	ww_str client; /* name; empty: auth none */
	ww_str
	    feed; /* the tenant: nothing of another feed is ever looked at; empty: of a console */
	ww_str
	    party; /* the practice; empty: a sender, who sees what came on its feed; of a console, everybody's */
	int64_t role; /* enum ww_role: of a console, whose worklist; NONE: every role's */
	struct ww_scopes scopes;
};

/* What is known when the head of a request is in. */
struct ww_access_head {
	ww_str
	    authorization; /* value of that header; empty: there is none. More than one header is a bad request, which
	                         is for the caller to see. */
	struct ww_texts names; /* in the certificate of the peer; none: it showed none */
	ww_str peer;           /* its address, without the port */
	ww_str host;           /* value of Host */
};

/* Where the files of the configuration are, and how a FHIR listener is reached. All of it is borrowed until the access is
 * closed. */
struct ww_access_settings {
	const struct ww_config *config;
	const struct ww_listener *listener;
	const char *folder; /* of the configuration's file */
	ww_str
	    base; /* URL as clients know it, without a slash at its end: listener->url, or what is made of its address */
};

/* Opens what that listener needs: the clients of its feeds, their keys and its issuer's. now: UTC ms. WW_E_CONFIG names the
 * file that is not what it should be. */
WW_MUST ww_status ww_access_open(struct ww_ctx *cx, const struct ww_access_settings *settings,
    int64_t now, struct ww_access **out);
void ww_access_close(struct ww_access *a); /* NULL is allowed */
/* Reads the key files again. On failure all of them stay as they were. */
WW_MUST ww_status ww_access_reload(struct ww_ctx *cx, struct ww_access *a);

/* Finds out who it is. WW_E_LOGIN (HTTP 401, with what ww_access_challenge says as WWW-Authenticate), WW_E_FORBIDDEN (403: known
 * and not wanted here), WW_E_THROTTLED (429: that address sent too many wrong signatures; Retry-After: WW_ACCESS_RETRY). The reason in cx
 * is fit for a log and an OperationOutcome: nothing of a token is in it. */
WW_MUST ww_status ww_access_who(struct ww_ctx *cx, struct ww_access *a,
    const struct ww_access_head *head, int64_t now, struct ww_who *out);
enum { WW_ACCESS_RETRY = 60 }; /* seconds */
/* Appends the value of WWW-Authenticate for the failure that cx has. */
void ww_access_challenge(const struct ww_access *a, const struct ww_ctx *cx, struct ww_buf *out);

/* Whether who may do that to resources of that type. interaction: "create", "read", "update", "patch", "delete", "search", or of the
 * operations "submit", "inquire", "validate", "bundle", "message", "collection", "notification", "member-add", "member-remove" (type is then
 * not looked at). Of a transaction or batch each entry is asked for. Conditional ones need "search" besides, which is for the
 * caller to ask. What of that type they see is another matter: see feed and party. */
bool ww_who_may(const struct ww_who *who, ww_str type, ww_str interaction);

/* -- bodies ------------------------------------------------------------------------------------------- */

/* The path of the token endpoint below the base, and of what says where it is. Both are served without a token. */
#define WW_ACCESS_TOKEN_PATH "/auth/token"
#define WW_ACCESS_SMART_PATH "/.well-known/smart-configuration"

/* An answer of the token endpoint: JSON in the arena. It has "Cache-Control: no-store" and "Pragma: no-cache"; with 401 what
 * ww_access_challenge says. */
struct ww_token_answer {
	int status; /* 200, 400, 401, 404 where the listener has no such endpoint, 413, 415, 429, 503 */
	uint32_t retry_after; /* seconds; 0: no such header */
	ww_str client;        /* name of who asked, or claims to; empty: nobody that is known */
	ww_str body;
};
/* Answers a POST to the token endpoint; type is its Content-Type. Fails for want of memory only; why a request was refused
 * stands in cx as for ww_access_who, for the log. */
WW_MUST ww_status ww_access_token(struct ww_ctx *cx, struct ww_access *a, ww_str type, ww_str body,
    ww_str peer, int64_t now, struct ww_token_answer *out);
enum { WW_ACCESS_FORM_MOST = 32768 }; /* bytes of such a body */
/* The same as an HTTP answer, with the headers it has. */
struct ww_rest_answer; /* rest/answer.h */
void ww_access_token_answer(struct ww_ctx *cx, const struct ww_access *a,
    const struct ww_token_answer *t, struct ww_rest_answer *out);
/* Adds WWW-Authenticate for the failure that cx has. */
void ww_access_challenge_answer(
    struct ww_ctx *cx, const struct ww_access *a, struct ww_rest_answer *out);

/* The body of .well-known/smart-configuration, and rest[0].security of the CapabilityStatement; NULL nodes when memory is short. */
struct ww_json *ww_access_smart(struct ww_ctx *cx, const struct ww_access *a);
struct ww_json *ww_access_security(struct ww_ctx *cx, const struct ww_access *a);

#endif
