/* The check of a resource as a whole: its type, its scope, what it contains and what its Bundle holds. */
#include "codec/fhir_check.h"

#include "codec/fhir_walk.h"

#include <wardwire/ctx.h>

#include <string.h>

static void
check_known(struct ww_fhir_walk *w, struct ww_fhir_at *at, bool contained)
{
	const struct ww_fhir_bundle *bundle_above = w->bundle;
	struct ww_fhir_scope *scope_above = w->scope, scope = { .at = at };
	struct ww_fhir_bundle bundle;

	if (contained && scope_above != NULL) {
		if (at->up == scope_above->at) /* and not, against dom-2, a level below */
			scope_above->inside = at->index;
		ww_fhir_check_object(w, at);
		ww_fhir_check_profiles(w, at);
		if (at->up == scope_above->at)
			scope_above->inside = WW_FHIR_ALONE;
		return;
	}
	if (strcmp(at->type->name, "Bundle") == 0) {
		ww_fhir_bundle_begin(w, at, &bundle);
		w->bundle = &bundle;
	}
	ww_fhir_scope_begin(w, &scope);
	w->scope = &scope;
	if (w->status == WW_OK) {
		ww_fhir_check_object(w, at);
		ww_fhir_scope_end(w, &scope);
		ww_fhir_check_profiles(w, at);
	}
	w->scope = scope_above;
	w->bundle = bundle_above;
}

void
ww_fhir_check_resource(struct ww_fhir_walk *w, struct ww_fhir_at *at, bool contained)
{
	const struct ww_json *type;

	if (w->status != WW_OK)
		return;
	if (ww_json_kind(at->v) != WW_JSON_OBJECT) {
		ww_fhir_say(w, at, ww_str_empty(), WW_FHIR_BAD_KIND, "not a JSON object");
		return;
	}
	type = ww_json_get(at->v, "resourceType");
	at->type = ww_fhir_resource_find(ww_json_str(type));
	if (type == NULL)
		ww_fhir_say(
		    w, at, ww_str_empty(), WW_FHIR_BAD_MISSING, "a resource without resourceType");
	else if (at->type == NULL)
		ww_fhir_say(w, at, WW_STR("resourceType"), WW_FHIR_BAD_TYPE,
		    "not a resource type of FHIR R4");
	else if (at->type->kind == WW_FHIR_OTHER)
		ww_fhir_say_as(w, at, ww_str_empty(), WW_FHIR_INFORMATION, WW_OK, "not-checked",
		    "the elements of this resource type are not known here");
	else
		check_known(w, at, contained);
}

ww_status
ww_fhir_check(struct ww_ctx *cx, const struct ww_json *resource, const struct ww_fhir_rules *rules,
    struct ww_fhir_issues *out)
{
	struct ww_fhir_walk w = { .cx = cx, .rules = rules, .out = out };
	ww_str type = ww_json_str(ww_json_get(resource, "resourceType"));
	struct ww_fhir_at at = {
		.name = ww_fhir_resource_find(type) != NULL ? type : WW_STR("Resource"),
		.index = WW_FHIR_ALONE,
		.v = resource,
	};

	ww_fhir_check_resource(&w, &at, false);
	if (w.status == WW_OK && ww_arena_status(cx->arena) != WW_OK)
		w.status = ww_fail_memory(cx);
	return w.status;
}

void
ww_fhir_check_unreadable(struct ww_ctx *cx, struct ww_fhir_issues *out)
{
	const struct ww_failure *f = &cx->fail;

	ww_fhir_issue_add(cx, out, WW_FHIR_FATAL, f->status, "unreadable", ww_str_empty(), "%s%s%s",
	    f->place, f->place[0] != '\0' ? ": " : "", f->reason);
}
