/* What the parts of the FHIR check share while they walk a tree. For codec/fhir_*.c alone. */
#ifndef WW_CODEC_FHIR_WALK_H
#define WW_CODEC_FHIR_WALK_H

#include "codec/fhir_check.h"
#include "codec/fhir_outcome.h"
#include "codec/fhir_types.h"

#include <wardwire/json.h>

/* Where the walk is: a chain on the stack, written out only when there is something to say. */
struct ww_fhir_at {
	const struct ww_fhir_at *up; /* NULL at the root */
	ww_str name;                 /* of the member; of the root its type */
	size_t index;                /* among the elements of an array; WW_FHIR_ALONE: of none */
	const struct ww_json *v;
	const struct ww_fhir_type *type;
};
#define WW_FHIR_ALONE SIZE_MAX

/* A contained resource. */
struct ww_fhir_contained {
	ww_str id;
	const struct ww_fhir_type *type; /* NULL: unknown */
	bool referenced;                 /* by the resource around, or it refers to that */
};

/* The resource that stands for itself, at the root or in an entry of a Bundle, with what it contains. */
struct ww_fhir_scope {
	const struct ww_fhir_at *at;
	struct ww_fhir_contained *contained; /* as they stand */
	struct ww_fhir_contained **by_id;    /* in the order of their ids */
	size_t contained_n;
	size_t inside; /* index of the contained resource that is looked at; WW_FHIR_ALONE: none */
};

/* The entries of a Bundle that have a fullUrl, in its order. */
struct ww_fhir_entry {
	ww_str url;
	ww_str version;                  /* resource.meta.versionId */
	const struct ww_fhir_type *type; /* NULL: no resource, or an unknown one */
};
struct ww_fhir_bundle {
	struct ww_fhir_entry *entries;
	size_t n;
	bool twice; /* two entries have one fullUrl and one version */
	bool transaction;
};

struct ww_fhir_walk {
	struct ww_ctx *cx;
	const struct ww_fhir_rules *rules;
	struct ww_fhir_issues *out;
	struct ww_fhir_scope *scope;
	const struct ww_fhir_bundle *bundle; /* NULL: none */
	size_t depth;
	ww_status status; /* WW_OK, or of memory: the walk ends soon */
};

/* -- saying (fhir_walk.c) ---------------------------------------------------------------------------- */

/* What is wrong with an element. A rule that bends is a warning under rules->lenient. */
enum ww_fhir_fault {
	WW_FHIR_BAD_KIND,
	WW_FHIR_BAD_ARRAY,
	WW_FHIR_BAD_UNKNOWN,
	WW_FHIR_BAD_NULL,
	WW_FHIR_BAD_EMPTY,
	WW_FHIR_BAD_CHOICE,
	WW_FHIR_BAD_MISSING,
	WW_FHIR_BAD_PRIMITIVE,
	WW_FHIR_BAD_SIBLING,
	WW_FHIR_BAD_TYPE,
	WW_FHIR_BAD_TARGET,
	WW_FHIR_BAD_REFERENCE,
	WW_FHIR_BAD_URL,
	WW_FHIR_BAD_CODE,
	WW_FHIR_BAD_FULL_URL,
	WW_FHIR_BAD_DEPTH,
};

/* Says it of the element at at, or of its child with that name (empty: of itself). */
void ww_fhir_say(struct ww_fhir_walk *w, const struct ww_fhir_at *at, ww_str child,
    enum ww_fhir_fault fault, const char *text);
/* Says that an invariant does not hold there. key and text are static. */
void ww_fhir_say_rule(struct ww_fhir_walk *w, const struct ww_fhir_at *at, ww_str child,
    const char *key, const char *text);
/* Says anything. */
void ww_fhir_say_as(struct ww_fhir_walk *w, const struct ww_fhir_at *at, ww_str child,
    enum ww_fhir_severity severity, ww_status status, const char *rule, const char *text);
/* "Encounter.location[0].status", at most max bytes with the NUL. */
ww_str ww_fhir_expression(const struct ww_fhir_at *at, ww_str child, char *into, size_t max);

/* -- parts ------------------------------------------------------------------------------------------- */

/* A resource: at->v is it, at->type is set here. in: where it stands, NULL at the root (fhir_check.c). */
void ww_fhir_check_resource(struct ww_fhir_walk *w, struct ww_fhir_at *at, bool contained);
/* The members of an object of at->type (fhir_object.c). */
void ww_fhir_check_object(struct ww_fhir_walk *w, const struct ww_fhir_at *at);
/* A value of a primitive type (fhir_object.c). */
void ww_fhir_check_primitive(
    struct ww_fhir_walk *w, const struct ww_fhir_at *at, const struct ww_fhir_element *e);
/* A required binding of code, Coding or CodeableConcept (fhir_binding.c). */
void ww_fhir_check_binding(
    struct ww_fhir_walk *w, const struct ww_fhir_at *at, const struct ww_fhir_element *e);
/* A Reference: its form and what it may point to (fhir_reference.c). e may be NULL: any target. */
void ww_fhir_check_reference(
    struct ww_fhir_walk *w, const struct ww_fhir_at *at, const struct ww_fhir_element *e);
/* Notes that "#id" is referred to (fhir_contained.c). */
void ww_fhir_note_local(struct ww_fhir_walk *w, ww_str id);
/* The resource type of "[base/]Type/id[/_history/version]", and its id; NULL: no such URL (fhir_reference.c). */
const struct ww_fhir_type *ww_fhir_url_type(ww_str url, ww_str *id);
/* The resource type that a Reference points to as far as it can be known; NULL: not known (fhir_reference.c). */
const struct ww_fhir_type *ww_fhir_reference_type(
    const struct ww_fhir_walk *w, const struct ww_json *reference);
/* Lists the contained resources of the resource at scope->at (fhir_contained.c), and says in the end what is wrong with
 * them: dom-2 to dom-5. */
void ww_fhir_scope_begin(struct ww_fhir_walk *w, struct ww_fhir_scope *scope);
void ww_fhir_scope_end(struct ww_fhir_walk *w, const struct ww_fhir_scope *scope);
struct ww_fhir_contained *ww_fhir_scope_find(const struct ww_fhir_scope *scope, ww_str id);
/* The entries of the Bundle at at, and what is wrong with their URLs (fhir_bundle.c). */
void ww_fhir_bundle_begin(
    struct ww_fhir_walk *w, const struct ww_fhir_at *at, struct ww_fhir_bundle *bundle);
const struct ww_fhir_entry *ww_fhir_bundle_find(const struct ww_fhir_bundle *bundle, ww_str url);
/* The profiles that the resource at at names, or that all of its type are held to (fhir_profile_check.c). */
void ww_fhir_check_profiles(struct ww_fhir_walk *w, const struct ww_fhir_at *at);
/* Elements of an array that have one "sequence", by which others point to them (fhir_sequence.c). */
void ww_fhir_check_sequence(struct ww_fhir_walk *w, const struct ww_fhir_at *array);
/* The invariants of at->type (fhir_rules.c). */
void ww_fhir_check_rules(struct ww_fhir_walk *w, const struct ww_fhir_at *at);

#endif
