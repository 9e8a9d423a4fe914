/* What the files of access share. */
#ifndef WW_REST_ACCESS_PARTS_H
#define WW_REST_ACCESS_PARTS_H

#include "rest/access.h"
#include "rest/often.h"
#include "rest/seen.h"

struct ww_crypto_key;
struct ww_jwks;
struct ww_jwt;

enum {
	WW_ACCESS_SKEW = 60,            /* seconds by which the clock of another may be off */
	WW_ACCESS_TOKEN_LIFE = 300,     /* seconds that a token of ours lives */
	WW_ACCESS_ASSERTION_LIFE = 300, /* seconds ahead that an assertion may end at most */
	WW_ACCESS_SECRET = 32,
	WW_ACCESS_MINUTE = 60000, /* ms */
	WW_ACCESS_WRONG = 20,     /* wrong signatures a minute from one address for one client */
	WW_ACCESS_GIVEN = 120,    /* tokens a minute for one client */
	WW_ACCESS_CACHE = 1024,   /* tokens of an issuer that are remembered */
};

/* The keys from files: replaced as a whole. */
struct ww_access_keys {
	struct ww_jwks **clients; /* by the number of the client; NULL: it has none */
	struct ww_jwks *issuer;   /* NULL: there is none */
};

/* A token of the issuer that was found good, so that its signature is checked once and not for each request. */
struct ww_access_known {
	uint8_t digest[32]; /* SHA-256 of the token */
	int64_t until;      /* ms; 0: nothing */
	size_t client;
	struct ww_scopes scopes;
};

struct ww_access {
	struct ww_access_settings set;
	const struct ww_client **clients; /* those of the listener's feeds, ordered by id */
	size_t clients_n;
	struct ww_access_keys keys;
	uint8_t secret[WW_ACCESS_SECRET]; /* of our own tokens */
	int64_t opened;                   /* ms */
	struct ww_seen *seen;             /* assertions that were used */
	struct ww_often *wrong;           /* signatures, by address and client */
	struct ww_often *given;           /* tokens, by client */
	struct ww_access_known *known;    /* by the first bytes of their digests */
	ww_str token_url;                 /* what an assertion must be for */
	char *token_url_text;
};

/* The number of the client with that id; clients_n when there is none. */
size_t ww_access_client(const struct ww_access *a, ww_str id);
/* Fills in who it is: that client, with what it may do of scopes. */
void ww_access_is(
    const struct ww_access *a, size_t client, const struct ww_scopes *scopes, struct ww_who *out);
/* What became of own, told in cx: what is permanent, but for WW_E_FORBIDDEN, is WW_E_LOGIN. */
WW_MUST ww_status ww_access_login(struct ww_ctx *cx, const struct ww_ctx *own, ww_status s);

/* The claims that every token has: exp, and nbf and iat where they are there. WW_E_LOGIN. *exp: seconds. */
WW_MUST ww_status ww_access_times(
    struct ww_ctx *cx, const struct ww_jwt *t, int64_t now, int64_t *exp);
/* Who is said to have signed a token. */
struct ww_access_signer {
	const struct ww_jwks *keys;
	ww_str peer;   /* where it came from */
	size_t client; /* clients_n: nobody that is known */
};
/* Finds the key that the token names and checks its signature: last, because it costs a thousand times what all else does. Wrong
 * ones are counted by address and client, and WW_E_THROTTLED when there were too many; WW_E_LOGIN, WW_E_MEMORY. */
WW_MUST ww_status ww_access_signed(struct ww_ctx *cx, struct ww_access *a, const struct ww_jwt *t,
    const struct ww_access_signer *by, int64_t now);

/* -- tokens of ours (token.c) --------------------------------------------------------------------------- */

#define WW_TOKEN_PREFIX "ww1."
/* A token for that client with these scopes until then (ms), in the arena. */
WW_MUST ww_status ww_token_write(struct ww_ctx *cx, const struct ww_access *a, size_t client,
    const struct ww_scopes *scopes, int64_t until, ww_str *out);
/* Who has it. WW_E_LOGIN. */
WW_MUST ww_status ww_token_read(
    struct ww_ctx *cx, const struct ww_access *a, ww_str token, int64_t now, struct ww_who *out);

/* -- tokens of the issuer (issuer.c) --------------------------------------------------------------------- */

/* Who has it. WW_E_LOGIN and others that are permanent, WW_E_FORBIDDEN, WW_E_THROTTLED, WW_E_MEMORY. */
WW_MUST ww_status ww_issuer_who(struct ww_ctx *cx, struct ww_access *a, ww_str token, ww_str peer,
    int64_t now, struct ww_who *out);

#endif
