/* What is answered to an HTTP call: status, headers, and a body in the format that was asked for. */
#ifndef WW_REST_ANSWER_H
#define WW_REST_ANSWER_H

#include <wardwire/ctx.h>

struct ww_fhir_issues;
struct ww_json;

enum ww_rest_form { WW_REST_JSON, WW_REST_XML };

enum { WW_REST_HEADERS_MOST = 12 };

/* All zero but status is a bare answer. Texts are in the arena of the context they were made with. */
struct ww_rest_answer {
	unsigned status;
	ww_str headers[WW_REST_HEADERS_MOST]; /* "Name: value" */
	size_t headers_n;
	ww_str body;
};

/* The status of a refusal for that reason; 200 for WW_OK. */
unsigned ww_rest_http(ww_status s);

/* More than WW_REST_HEADERS_MOST are an error of ours. Short of memory a header is left out; the arena remembers. */
void ww_rest_header(struct ww_ctx *cx, struct ww_rest_answer *a, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* "Last-Modified: Thu, 26 Nov 2026 02:10:00 GMT"; name is that of the header. */
void ww_rest_header_date(
    struct ww_ctx *cx, struct ww_rest_answer *a, const char *name, int64_t utc_ms);
/* The same instant to the second, from such a text; false when it is none. */
bool ww_rest_date_read(ww_str text, int64_t *utc_ms);

/* Puts a resource in as body, with its Content-Type. What cannot be written as XML goes as JSON: an answer is better in the
 * wrong format than none. Short of memory the answer becomes a bare 503. */
void ww_rest_body(struct ww_ctx *cx, struct ww_rest_answer *a, enum ww_rest_form form,
    const struct ww_json *resource);
/* The same of a resource that is JSON text already, as the ledger keeps it. */
void ww_rest_body_text(
    struct ww_ctx *cx, struct ww_rest_answer *a, enum ww_rest_form form, ww_str json);
/* A refusal: an OperationOutcome of the failure that cx has, with its status, and Retry-After where trying again helps. */
void ww_rest_refuse(struct ww_ctx *cx, struct ww_rest_answer *a, enum ww_rest_form form);

#endif
