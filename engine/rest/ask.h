/* What a request asks for besides its body: by its path, its query and its headers. */
#ifndef WW_REST_ASK_H
#define WW_REST_ASK_H

#include "rest/answer.h"
#include "rest/routes.h"

struct ww_http1_head;

enum ww_rest_return {
	WW_REST_RETURN_ANY, /* nothing was said */
	WW_REST_RETURN_MINIMAL,
	WW_REST_RETURN_RESOURCE,
	WW_REST_RETURN_OUTCOME,
};

/* Texts are slices of the head. */
struct ww_rest_ask {
	struct ww_rest_route route;
	enum ww_rest_form form; /* of the answer */
	enum ww_rest_form body; /* of what was sent */
	bool gzip;              /* what was sent is packed */
	bool strict;            /* unknown search parameters are an error */
	enum ww_rest_return give;
	ww_str if_match, if_none_match, if_modified_since, if_none_exist;
	ww_str request_id; /* empty: none, or one that is not fit for a log */
	char allow[WW_REST_ALLOW_BYTES];
	ww_str
	    remarks; /* OperationOutcome as JSON: what was noticed in the body that is taken; empty: nothing. The caller's */
};

/* What may be there once only, codec/http1 has seen to. base: path of the base without a slash at its end, "/fhir" or "". Fails as an answer does: WW_E_NOT_FOUND, WW_E_METHOD (with
 * allow), WW_E_ACCEPT, WW_E_MEDIA, WW_E_SYNTAX; form is then what an answer can be written in. */
WW_MUST ww_status ww_rest_ask_read(
    struct ww_ctx *cx, const struct ww_http1_head *h, ww_str base, struct ww_rest_ask *out);

/* X-Request-Id of a client as it is taken: empty when it is none that can be given back and logged. */
ww_str ww_rest_request_id(ww_str value);

#endif
