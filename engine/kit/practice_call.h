/* One request while it is worked on, and how it is refused. Shared by the files of the practice only. */
#ifndef WW_KIT_PRACTICE_CALL_H
#define WW_KIT_PRACTICE_CALL_H

#include "kit/practice.h"

#include <wardwire/ctx.h>

#define WW_PRACTICE_FHIR_JSON "application/fhir+json; charset=utf-8"

struct ww_json;
struct ww_practice_keep;
struct ww_practice_store;
struct ww_practice_type;

/* Why a request is refused, in the terms of an OperationOutcome. */
struct ww_practice_problem {
	int http;             /* 0: none */
	const char *issue;    /* value set issue-type */
	char expression[160]; /* FHIRPath of the element, may be empty */
	char text[160];       /* for people, without a value from the request */
};

struct ww_practice_call {
	struct ww_practice *practice;
	struct ww_ctx *cx;
	struct ww_practice_store *store;
	struct ww_practice_keep *keep; /* NULL: nothing is kept */
	ww_str base, id_prefix;
	uint64_t *ids; /* given out so far; the practice's */
	int64_t now;
	const struct ww_practice_request *rq;
	struct ww_practice_answer *out;
	struct ww_practice_problem problem;
	/* What the path names; NULL and empty where it does not. */
	const struct ww_practice_type *type;
	ww_str id, version, query;
};

/* Records the first problem; WW_E_REFUSED. expression may be NULL. */
ww_status ww_practice_call_refuse(struct ww_practice_call *c, int http, const char *issue,
    const char *expression, const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* Places the problem, if there is one, within something larger: with "Bundle.entry[2].resource", the
 * expression "Task.status" becomes "Bundle.entry[2].resource.status". */
void ww_practice_call_within(struct ww_practice_call *c, const char *outer);
/* Makes the answer of a call that ended with s: the problem, or else the failure in cx. */
void ww_practice_call_outcome(struct ww_practice_call *c, ww_status s);

/* Sets status and JSON body of the answer. */
WW_MUST ww_status ww_practice_call_json(
    struct ww_practice_call *c, int http, const struct ww_json *body);
/* v as compact JSON in the arena. */
WW_MUST ww_status ww_practice_call_text(
    struct ww_practice_call *c, const struct ww_json *v, ww_str *out);
/* That instant as FHIR writes it, in the arena. */
ww_str ww_practice_call_instant(struct ww_practice_call *c, int64_t ms);

#endif
