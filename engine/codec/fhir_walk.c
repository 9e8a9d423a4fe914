/* How the FHIR check says what it finds, and where. */
#include "codec/fhir_walk.h"

#include <wardwire/ctx.h>

#include <stdio.h>
#include <string.h>

enum { NAME_MAX_SHOWN = 64, EXPRESSION_MAX = 400 };

static const struct {
	const char *rule;
	ww_status status;
	bool bends; /* a warning for senders that cannot do better */
} faults[] = {
	[WW_FHIR_BAD_KIND] = { "json-kind", WW_E_SYNTAX, false },
	[WW_FHIR_BAD_ARRAY] = { "array", WW_E_SYNTAX, false },
	[WW_FHIR_BAD_UNKNOWN] = { "unknown-element", WW_E_SYNTAX, true },
	[WW_FHIR_BAD_NULL] = { "null", WW_E_SYNTAX, true },
	[WW_FHIR_BAD_EMPTY] = { "empty", WW_E_SYNTAX, true },
	[WW_FHIR_BAD_CHOICE] = { "choice", WW_E_SYNTAX, true },
	[WW_FHIR_BAD_MISSING] = { "min", WW_E_REQUIRED, false },
	[WW_FHIR_BAD_PRIMITIVE] = { "primitive", WW_E_VALUE, false },
	[WW_FHIR_BAD_SIBLING] = { "sibling", WW_E_SYNTAX, true },
	[WW_FHIR_BAD_TYPE] = { "resource-type", WW_E_SYNTAX, false },
	[WW_FHIR_BAD_TARGET] = { "reference-target", WW_E_SYNTAX, true },
	[WW_FHIR_BAD_REFERENCE] = { "reference", WW_E_VALUE, true },
	[WW_FHIR_BAD_URL] = { "extension-url", WW_E_VALUE, true },
	[WW_FHIR_BAD_CODE] = { "binding", WW_E_CODE, true },
	[WW_FHIR_BAD_FULL_URL] = { "full-url", WW_E_VALUE, true },
	[WW_FHIR_BAD_DEPTH] = { "depth", WW_E_LIMIT, false },
};

/* A name that the sender made up may be anything, even a patient's: shown only where it looks like one of an element. */
static bool
is_plain_name(ww_str s)
{
	size_t i;

	for (i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
		    c != '_')
			return false;
	}
	return s.n > 0 && s.n <= NAME_MAX_SHOWN;
}

struct text {
	char *p;
	size_t n, max;
};

static void
put(struct text *t, ww_str s)
{
	size_t n = s.n < t->max - t->n ? s.n : t->max - t->n;

	memcpy(t->p + t->n, s.p, n);
	t->n += n;
}

static void
put_at(struct text *t, const struct ww_fhir_at *at)
{
	char index[24];

	if (at->up != NULL) {
		put_at(t, at->up);
		put(t, WW_STR("."));
	}
	put(t, is_plain_name(at->name) ? at->name : WW_STR("?"));
	if (at->index != WW_FHIR_ALONE) {
		snprintf(index, sizeof(index), "[%zu]", at->index);
		put(t, ww_str_from(index));
	}
}

ww_str
ww_fhir_expression(const struct ww_fhir_at *at, ww_str child, char *into, size_t max)
{
	struct text t = { into, 0, max - 1 };

	put_at(&t, at);
	if (child.n > 0) {
		put(&t, WW_STR("."));
		put(&t, is_plain_name(child) ? child : WW_STR("?"));
	}
	into[t.n] = '\0';
	return ww_str_of(into, t.n);
}

void
ww_fhir_say_as(struct ww_fhir_walk *w, const struct ww_fhir_at *at, ww_str child,
    enum ww_fhir_severity severity, ww_status status, const char *rule, const char *text)
{
	char expression[EXPRESSION_MAX];

	ww_fhir_issue_add(w->cx, w->out, severity, status, rule,
	    ww_fhir_expression(at, child, expression, sizeof(expression)), "%s", text);
}

void
ww_fhir_say(struct ww_fhir_walk *w, const struct ww_fhir_at *at, ww_str child,
    enum ww_fhir_fault fault, const char *text)
{
	enum ww_fhir_severity severity =
	    w->rules->lenient && faults[fault].bends ? WW_FHIR_WARNING : WW_FHIR_ERROR;

	ww_fhir_say_as(w, at, child, severity, faults[fault].status, faults[fault].rule, text);
}

void
ww_fhir_say_rule(struct ww_fhir_walk *w, const struct ww_fhir_at *at, ww_str child, const char *key,
    const char *text)
{
	ww_fhir_say_as(w, at, child, w->rules->lenient ? WW_FHIR_WARNING : WW_FHIR_ERROR,
	    WW_E_INVARIANT, key, text);
}
