/* A practice's FHIR R4 endpoint without its HTTP: requests in, answers out, resources in memory. For tests
 * and the demo; what it says in its CapabilityStatement is what it does. */
#ifndef WW_KIT_PRACTICE_H
#define WW_KIT_PRACTICE_H

#include <wardwire/status.h>
#include <wardwire/str.h>
#include <wardwire/time.h>

struct ww_ctx;
struct ww_practice;

/* The next n writes go wrong with that HTTP status. */
struct ww_practice_fault {
	uint64_t n;
	int status;
};

struct ww_practice_settings {
	ww_str base; /* its URL: "http://127.0.0.1:8090/fhir" */
	ww_str
	    id_prefix; /* begins every id it gives out: letters, digits, '-' and '.', at most 32 */
	struct ww_clock clock;
	struct ww_practice_fault fail;       /* answered instead of doing it */
	struct ww_practice_fault fail_after; /* answered after doing it: the duplicate trap */
	const char *keep; /* file of all accepted writes, read back at start; NULL: none */
};

/* Slices of what came in; a header that was not sent is empty. */
struct ww_practice_request {
	ww_str method; /* "GET" */
	ww_str target; /* path and query as sent: "/fhir/Task?_id=1" */
	ww_str content_type, if_none_exist, if_match;
	ww_str body;
};

/* What goes back; slices live as long as the arena of the call. An empty header is not sent. */
struct ww_practice_answer {
	int status;
	const char *content_type;
	ww_str location, etag, allow;
	ww_str body;
	const char *type; /* the resource type of the path, or "-": for the log */
};

/* Reads back the kept file. WW_E_DAMAGED with place "line N" when a line of it is not readable; a last line
 * without its end, from a crash while writing, is cut off. WW_E_BUSY when another process keeps it. */
WW_MUST ww_status ww_practice_open(
    struct ww_ctx *cx, const struct ww_practice_settings *s, struct ww_practice **out);
void ww_practice_close(struct ww_practice *p); /* NULL is allowed */

/* Answers one request. Never fails: what goes wrong is an answer with an OperationOutcome. cx gives the
 * memory; its failure is not looked at. */
void ww_practice_answer(struct ww_practice *p, struct ww_ctx *cx,
    const struct ww_practice_request *rq, struct ww_practice_answer *out);

/* The paths beside /fhir, for testers: "/_log" is the list of the requests under /fhir so far (method, path,
 * status; the first 32 MiB of them), "/_kept" the stored resources, each an array. */
bool ww_practice_is_inspection(ww_str target);

#endif
