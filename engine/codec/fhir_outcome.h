/* Findings about a FHIR resource or request, and the OperationOutcome that says them. No text or place holds a value of the
 * resource. */
#ifndef WW_CODEC_FHIR_OUTCOME_H
#define WW_CODEC_FHIR_OUTCOME_H

#include <wardwire/status.h>
#include <wardwire/str.h>

struct ww_ctx;
struct ww_failure;
struct ww_json;

enum ww_fhir_severity {
	WW_FHIR_FATAL, /* could not be read */
	WW_FHIR_ERROR,
	WW_FHIR_WARNING,
	WW_FHIR_INFORMATION,
};

/* Its code of value set issue-type is ww_status_fhir(status), its public code WW-<ww_status_number(status)>. */
struct ww_fhir_issue {
	enum ww_fhir_severity severity;
	ww_status status;
	const char *rule;  /* static: "required", "dom-3", "primitive"; NULL: none */
	ww_str expression; /* "Encounter.location[0].status"; empty: the whole */
	ww_str text;       /* one clause for people */
};

enum { WW_FHIR_ISSUES_MAX = 20 };

/* All zero is a list without findings. Texts are in the arena of the context they were added with. */
struct ww_fhir_issues {
	struct ww_fhir_issue rows[WW_FHIR_ISSUES_MAX];
	size_t n;
	size_t errors; /* all that were added with severity error or fatal, also beyond n */
	size_t more;   /* how many more were found than rows holds */
};

/* Adds one. Expression and text are copied into cx's arena (short of memory: left empty, the arena remembers). An error
 * takes the place of a remark when the list is full. */
void ww_fhir_issue_add(struct ww_ctx *cx, struct ww_fhir_issues *is, enum ww_fhir_severity severity,
    ww_status status, const char *rule, ww_str expression, const char *fmt, ...)
    __attribute__((format(printf, 7, 8)));

/* The HTTP status of a refusal with these: 422 when all errors are of rules (E_RULE, E_MODIFIER), 404 never, else 400; 0
 * where there is no error. */
int ww_fhir_issues_http(const struct ww_fhir_issues *is);

/* OperationOutcome with all issues, and "more" at the end where there are more; of none one issue "informational". NULL
 * when memory is short, as all of json.h. */
struct ww_json *ww_fhir_outcome(struct ww_ctx *cx, const struct ww_fhir_issues *is);
/* OperationOutcome of one failure: place becomes the expression where it looks like one ("Encounter.status"), else part of the
 * text ("line 3 column 7"). */
struct ww_json *ww_fhir_outcome_failure(struct ww_ctx *cx, const struct ww_failure *f);
/* Of one issue of any kind. */
struct ww_json *ww_fhir_outcome_one(struct ww_ctx *cx, enum ww_fhir_severity severity,
    ww_status status, const char *rule, ww_str expression, const char *text);

/* "fatal", "error", "warning", "information" */
const char *ww_fhir_severity_name(enum ww_fhir_severity s);

#endif
