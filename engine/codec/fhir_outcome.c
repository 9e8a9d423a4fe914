/* OperationOutcome: findings as FHIR says them. */
#include "codec/fhir_outcome.h"

#include <wardwire/ctx.h>
#include <wardwire/json.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The system of public codes. */
#define SYSTEM "urn:wardwire:code"

static const char *const severities[] = {
	[WW_FHIR_FATAL] = "fatal",
	[WW_FHIR_ERROR] = "error",
	[WW_FHIR_WARNING] = "warning",
	[WW_FHIR_INFORMATION] = "information",
};

const char *
ww_fhir_severity_name(enum ww_fhir_severity s)
{
	return severities[s];
}

/* The row that an error may have: the next free one, else that of the last remark; NULL when there is none. */
static struct ww_fhir_issue *
room(struct ww_fhir_issues *is, enum ww_fhir_severity severity)
{
	size_t i;

	if (is->n < WW_FHIR_ISSUES_MAX)
		return &is->rows[is->n++];
	is->more++;
	if (severity > WW_FHIR_ERROR)
		return NULL;
	for (i = is->n; i > 0 && is->rows[i - 1].severity <= WW_FHIR_ERROR; i--)
		;
	if (i == 0)
		return NULL;
	/* The order of finding stays: what follows moves up and the new one goes to the end. */
	memmove(&is->rows[i - 1], &is->rows[i], (is->n - i) * sizeof(is->rows[0]));
	return &is->rows[is->n - 1];
}

void
ww_fhir_issue_add(struct ww_ctx *cx, struct ww_fhir_issues *is, enum ww_fhir_severity severity,
    ww_status status, const char *rule, ww_str expression, const char *fmt, ...)
{
	struct ww_fhir_issue *row = room(is, severity);
	char text[256];
	va_list ap;

	is->errors += severity <= WW_FHIR_ERROR;
	if (row == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	*row = (struct ww_fhir_issue){
		.severity = severity,
		.status = status,
		.rule = rule,
		.expression = ww_arena_str(cx->arena, expression),
		.text = ww_arena_str(cx->arena, ww_str_from(text)),
	};
}

int
ww_fhir_issues_http(const struct ww_fhir_issues *is)
{
	size_t i;

	if (is->errors == 0)
		return 0;
	for (i = 0; i < is->n; i++)
		if (is->rows[i].severity <= WW_FHIR_ERROR && is->rows[i].status != WW_E_RULE &&
		    is->rows[i].status != WW_E_MODIFIER)
			return 400;
	return 422;
}

/* -- the resource ----------------------------------------------------------------------------------- */

static struct ww_json *
new_outcome(struct ww_ctx *cx, struct ww_json **issues)
{
	struct ww_json *o = ww_json_object(cx);

	ww_json_set_cstr(cx, o, "resourceType", "OperationOutcome");
	*issues = ww_json_set(cx, o, "issue", ww_json_array(cx));
	return o;
}

/* details.text begins with the rule, so that a reader of the text alone has it, too. */
static void
set_details(struct ww_ctx *cx, struct ww_json *issue, const struct ww_fhir_issue *row)
{
	struct ww_json *details, *coding;
	char code[16];

	details = ww_json_set(cx, issue, "details", ww_json_object(cx));
	if (row->status != WW_OK) {
		coding = ww_json_set(cx, details, "coding", ww_json_array(cx));
		coding = ww_json_add(cx, coding, ww_json_object(cx));
		snprintf(code, sizeof(code), "WW-%03d", ww_status_number(row->status));
		ww_json_set_cstr(cx, coding, "system", SYSTEM);
		ww_json_set_cstr(cx, coding, "code", code);
		ww_json_set_cstr(cx, coding, "display", ww_status_text(row->status));
	}
	ww_json_set_str(cx, details, "text",
	    row->rule != NULL ? ww_arena_printf(cx->arena, "%s%s%.*s", row->rule,
	                            row->text.n > 0 ? ": " : "", WW_STR_FMT(row->text))
	    : row->text.n > 0 ? row->text
	                      : ww_str_from(ww_status_text(row->status)));
}

static void
add_issue(struct ww_ctx *cx, struct ww_json *issues, const struct ww_fhir_issue *row)
{
	struct ww_json *issue = ww_json_add(cx, issues, ww_json_object(cx));

	ww_json_set_cstr(cx, issue, "severity", severities[row->severity]);
	ww_json_set_cstr(cx, issue, "code", ww_status_fhir(row->status));
	set_details(cx, issue, row);
	if (row->expression.n > 0)
		(void)ww_json_add(cx, ww_json_set(cx, issue, "expression", ww_json_array(cx)),
		    ww_json_string(cx, row->expression));
}

struct ww_json *
ww_fhir_outcome(struct ww_ctx *cx, const struct ww_fhir_issues *is)
{
	static const struct ww_fhir_issue nothing = {
		.severity = WW_FHIR_INFORMATION,
		.status = WW_OK,
		.text = WW_STR_INIT("no issues"),
	};
	struct ww_fhir_issue more = { .severity = WW_FHIR_INFORMATION, .rule = "more" };
	struct ww_json *issues, *o = new_outcome(cx, &issues);
	size_t i;

	for (i = 0; i < is->n; i++)
		add_issue(cx, issues, &is->rows[i]);
	if (is->n == 0)
		add_issue(cx, issues, &nothing);
	if (is->more > 0) {
		more.text = ww_arena_printf(cx->arena, "%zu issues are not listed", is->more);
		add_issue(cx, issues, &more);
	}
	return o;
}

struct ww_json *
ww_fhir_outcome_one(struct ww_ctx *cx, enum ww_fhir_severity severity, ww_status status,
    const char *rule, ww_str expression, const char *text)
{
	struct ww_fhir_issue row = { severity, status, rule, expression, ww_str_from(text) };
	struct ww_json *issues, *o = new_outcome(cx, &issues);

	add_issue(cx, issues, &row);
	return o;
}

/* "Encounter.status" and not "line 3 column 7" or "": a FHIR type and what follows. */
static bool
is_expression(ww_str place)
{
	return place.n > 0 && place.p[0] >= 'A' && place.p[0] <= 'Z' &&
	       ww_str_find(place, ' ') == place.n && ww_str_find(place, '-') == place.n;
}

struct ww_json *
ww_fhir_outcome_failure(struct ww_ctx *cx, const struct ww_failure *f)
{
	ww_str place = ww_str_from(f->place);
	bool at = is_expression(place);
	struct ww_fhir_issue row = {
		.severity = f->status == WW_E_SYNTAX && !at ? WW_FHIR_FATAL : WW_FHIR_ERROR,
		.status = f->status,
		.expression = at ? place : ww_str_empty(),
		.text = at || place.n == 0
		            ? ww_str_from(f->reason)
		            : ww_arena_printf(cx->arena, "%s: %s", f->place, f->reason),
	};
	struct ww_json *issues, *o = new_outcome(cx, &issues);

	add_issue(cx, issues, &row);
	return o;
}
