/* Is a tree a resource as FHIR R4 (4.0.1) wants it: structure, cardinality, primitive syntax, choice types, reference
 * targets, required bindings, contained resources, extensions, modifiers, narrative and the invariants of severity error.
 * Works on the tree of ww_json_parse (or of XML, converted), which has seen to duplicate keys, NUL, UTF-8 and trailing bytes. */
#ifndef WW_CODEC_FHIR_CHECK_H
#define WW_CODEC_FHIR_CHECK_H

#include <wardwire/status.h>
#include <wardwire/str.h>

struct ww_ctx;
struct ww_fhir_issues;
struct ww_fhir_profiles; /* StructureDefinitions read from files: codec/fhir_profile.h */
struct ww_json;

/* What is done with violations of profiles. */
enum ww_fhir_mode { WW_FHIR_OFF, WW_FHIR_WARN, WW_FHIR_ENFORCE };

/* modifierExtension and implicitRules change what a resource means, and wardwire understands none of them. Plain R4 allows
 * them; who acts on a resource must not pass over them. */
enum ww_fhir_modifiers {
	WW_FHIR_MODIFIERS_PLAIN,  /* not looked at */
	WW_FHIR_MODIFIERS_PARK,   /* a warning E_MODIFIER: the caller parks the resource */
	WW_FHIR_MODIFIERS_REFUSE, /* an error E_MODIFIER: 422 */
};

/* All zero is plain R4 in all its strictness. */
struct ww_fhir_rules {
	/* What senders exist that cannot do better in is a warning: codes outside a required binding, nulls, empty values and
	 * unknown elements, a second value[x], a reference to a type that is not allowed, broken invariants. What cannot be read
	 * for sure stays an error: a wrong JSON kind, bad syntax of a primitive, missing elements, unknown types. */
	bool lenient;
	enum ww_fhir_modifiers modifiers;
	enum ww_fhir_mode mode;                  /* of profiles */
	const struct ww_fhir_profiles *profiles; /* NULL: none; borrowed */
	/* URLs of those that every resource of their type is held to, as if it named them in meta.profile; borrowed. */
	const ww_str *held_to;
	size_t held_to_n;
};

/* Checks a whole resource, a Bundle with all its entries. Findings are added to *out, those about an element before those
 * about what it is in; the tree is only read. The resource is good when out->errors did not rise. Resource types whose
 * elements wardwire does not know are not looked into, which is an information. Fails for want of memory only. */
WW_MUST ww_status ww_fhir_check(struct ww_ctx *cx, const struct ww_json *resource,
    const struct ww_fhir_rules *rules, struct ww_fhir_issues *out);

/* Adds the issue that a failed ww_json_parse or ww_xml_read (cx->fail) means: severity fatal, with line, column and byte in
 * its text. */
void ww_fhir_check_unreadable(struct ww_ctx *cx, struct ww_fhir_issues *out);

#endif
