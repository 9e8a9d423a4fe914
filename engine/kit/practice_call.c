/* Refusals and answers of one request. */
#include "kit/practice_call.h"

#include <wardwire/buf.h>
#include <wardwire/json.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* When there is not even memory for an OperationOutcome of its own. */
static const char last_resort[] =
    "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"fatal\","
    "\"code\":\"transient\",\"diagnostics\":\"short of memory\"}]}";

ww_status
ww_practice_call_refuse(struct ww_practice_call *c, int http, const char *issue,
    const char *expression, const char *fmt, ...)
{
	struct ww_practice_problem *p = &c->problem;
	va_list ap;

	if (p->http != 0)
		return WW_E_REFUSED;
	p->http = http;
	p->issue = issue;
	snprintf(p->expression, sizeof(p->expression), "%s", expression != NULL ? expression : "");
	va_start(ap, fmt);
	vsnprintf(p->text, sizeof(p->text), fmt, ap);
	va_end(ap);
	return WW_E_REFUSED;
}

void
ww_practice_call_within(struct ww_practice_call *c, const char *outer)
{
	char inner[sizeof(c->problem.expression)];
	const char *rest;

	if (c->problem.http == 0)
		return;
	snprintf(inner, sizeof(inner), "%s", c->problem.expression);
	rest = strpbrk(inner, ".["); /* what follows the name of the type */
	snprintf(c->problem.expression, sizeof(c->problem.expression), "%s%s", outer,
	    rest != NULL ? rest : "");
}

/* Statuses that come from below and say something about the request; the rest go by class. */
static const struct {
	ww_status status;
	int http;
} known[] = {
	{ WW_E_SYNTAX, 400 },
	{ WW_E_CHARSET, 400 },
	{ WW_E_LIMIT, 413 },
	{ WW_E_FULL, 507 },
};

static int
http_of(ww_status s)
{
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].status == s)
			return known[i].http;
	return ww_status_class(s) == WW_TRANSIENT ? 503 : 500;
}

/* Takes the failure recorded in cx for the problem. */
static void
problem_from_failure(struct ww_practice_call *c, ww_status s)
{
	const struct ww_failure *f = &c->cx->fail;

	(void)ww_practice_call_refuse(c, http_of(s), ww_status_fhir(s), NULL, "%s%s%s", f->place,
	    f->place[0] != '\0' ? ": " : "", f->reason[0] != '\0' ? f->reason : ww_status_text(s));
}

void
ww_practice_call_outcome(struct ww_practice_call *c, ww_status s)
{
	struct ww_ctx *cx = c->cx;
	const struct ww_practice_problem *p = &c->problem;
	struct ww_json *outcome, *issue, *expression;

	/* Short of memory, texts come out empty and may have been refused as such: that is the cause. */
	if (ww_arena_status(cx->arena) != WW_OK) {
		s = (ww_status)ww_arena_status(cx->arena);
		c->problem.http = 0;
		ww_ctx_clear(cx); /* and with it all slices of the answer so far */
		c->out->allow = ww_str_empty();
	}
	if (p->http == 0)
		problem_from_failure(c, s);
	c->out->location = c->out->etag = ww_str_empty();
	outcome = ww_json_object(cx);
	issue = ww_json_object(cx);
	ww_json_set_cstr(cx, outcome, "resourceType", "OperationOutcome");
	ww_json_set_cstr(cx, issue, "severity", "error");
	ww_json_set_cstr(cx, issue, "code", p->issue);
	ww_json_set_cstr(cx, issue, "diagnostics", p->text);
	if (p->expression[0] != '\0') {
		expression = ww_json_set(cx, issue, "expression", ww_json_array(cx));
		ww_json_add(cx, expression, ww_json_string(cx, ww_str_from(p->expression)));
	}
	ww_json_add(cx, ww_json_set(cx, outcome, "issue", ww_json_array(cx)), issue);
	if (ww_practice_call_json(c, p->http, outcome) == WW_OK)
		return;
	c->out->status = 503;
	c->out->content_type = WW_PRACTICE_FHIR_JSON;
	c->out->body = ww_str_from(last_resort);
}

ww_status
ww_practice_call_text(struct ww_practice_call *c, const struct ww_json *v, ww_str *out)
{
	struct ww_buf b = { 0 };
	ww_status s = ww_json_write(c->cx, v, false, &b);

	if (s == WW_OK)
		*out = ww_arena_str(c->cx->arena, ww_buf_view(&b));
	ww_buf_free(&b);
	if (s == WW_OK && ww_arena_status(c->cx->arena) != WW_OK)
		s = ww_fail_memory(c->cx);
	return s;
}

ww_status
ww_practice_call_json(struct ww_practice_call *c, int http, const struct ww_json *body)
{
	ww_status s = ww_practice_call_text(c, body, &c->out->body);

	if (s != WW_OK)
		return s;
	c->out->status = http;
	c->out->content_type = WW_PRACTICE_FHIR_JSON;
	return WW_OK;
}

ww_str
ww_practice_call_instant(struct ww_practice_call *c, int64_t ms)
{
	struct ww_buf b = { 0 };
	ww_str text;

	ww_time_write_fhir(ww_time_at(ms, NULL), &b);
	text = ww_arena_str(c->cx->arena, ww_buf_view(&b));
	ww_buf_free(&b);
	return text;
}
