/* What the files of the profiles share: what was read, and the tree that is checked by. For codec/fhir_profile*.c alone. */
#ifndef WW_CODEC_FHIR_PROFILE_PARTS_H
#define WW_CODEC_FHIR_PROFILE_PARTS_H

#include "codec/fhir_profile.h"
#include "codec/fhir_walk.h"

#include <wardwire/ctx.h>

enum { WW_FHIR_UNSAID = -1 };
#define WW_FHIR_ANY_NUMBER INT64_MAX /* max "*" */

struct ww_fhir_typed {
	ww_str code;    /* "Quantity" */
	ww_str profile; /* URL without version; the first of several, see more */
	bool more;      /* there are other profiles to choose from: none is checked */
	struct ww_fhir_typed *next;
};

enum ww_fhir_discriminator_kind {
	WW_FHIR_BY_VALUE, /* and by pattern */
	WW_FHIR_BY_EXISTS,
	WW_FHIR_BY_TYPE,
	WW_FHIR_BY_OTHER, /* profile, and what is not known */
};

struct ww_fhir_discriminator {
	enum ww_fhir_discriminator_kind kind;
	ww_str path;
	struct ww_fhir_discriminator *next;
};

/* Codes of a value set: "system|code", sorted. */
struct ww_fhir_codes {
	ww_str url;
	const struct ww_json *compose, *expansion;
	bool done, listed; /* listed: codes has them all */
	ww_str *codes;
	size_t n;
	struct ww_fhir_codes *next;
};

struct ww_fhir_system {
	ww_str url;
	const struct ww_json *concepts;
	struct ww_fhir_system *next;
};

/* What an element, or a slice of one, must be. Said by a row of a StructureDefinition, or by several, the later before. */
struct ww_fhir_want {
	int64_t min, max; /* WW_FHIR_UNSAID */
	const struct ww_json *fixed, *pattern;
	ww_str valueset; /* URL of a required binding */
	struct ww_fhir_typed *types;
	struct ww_fhir_discriminator *discriminators;
	bool sliced, closed;
};

/* A row as it was read; its note is of what it asks for that is not checked. */
struct ww_fhir_profile_row {
	ww_str id; /* "Bundle.entry:header.resource" */
	struct ww_fhir_want want;
	struct ww_fhir_profile_row *next;
};

struct ww_fhir_node {
	ww_str name; /* "value" of value[x] */
	bool choice;
	ww_str slice; /* its name; empty: the element as a whole */
	struct ww_fhir_want want;
	const struct ww_fhir_codes *codes; /* of want.valueset, where they are listed */
	uint16_t valueset;                 /* of R4 */
	struct ww_fhir_node *children, *slices, *next;
};

struct ww_fhir_profile {
	ww_str url, name, type, base; /* URLs without versions */
	bool whole;                   /* rows are a snapshot: nothing of the base is missing */
	struct ww_fhir_profile_row *rows, **end;
	struct ww_fhir_node *root;
	struct ww_fhir_profile *next;
};

struct ww_fhir_note {
	ww_str text;
	struct ww_fhir_note *next;
};

struct ww_fhir_profiles {
	struct ww_ctx cx; /* its arena has all that is kept */
	struct ww_fhir_profile *profiles;
	struct ww_fhir_codes *valuesets;
	struct ww_fhir_system *systems;
	struct ww_fhir_note *notes, **notes_end;
	size_t n;
};

/* url is without its version. */
struct ww_fhir_profile *ww_fhir_profile_find(const struct ww_fhir_profiles *set, ww_str url);
ww_str ww_fhir_without_version(ww_str canonical);
/* Each note once. Short of memory: the arena remembers. */
void ww_fhir_profile_note(
    struct ww_fhir_profiles *set, ww_str profile, ww_str element, const char *what);

/* fhir_profile_codes.c. The value set of that URL with its codes listed as far as they can be; NULL: not there. */
const struct ww_fhir_codes *ww_fhir_codes_of(struct ww_fhir_profiles *set, ww_str url);
bool ww_fhir_codes_have(const struct ww_fhir_codes *codes, ww_str system, ww_str code);

/* fhir_profile_match.c */
bool ww_fhir_equals(const struct ww_json *a, const struct ww_json *b);
/* All that the pattern has is in v. */
bool ww_fhir_fits(const struct ww_json *v, const struct ww_json *pattern);
/* The value fits the binding of the node. */
bool ww_fhir_is_bound(const struct ww_fhir_node *node, const struct ww_json *v);
/* The value, whose member has that name, is of one of the types of the node: a resource, or a value of a choice. */
bool ww_fhir_node_takes(const struct ww_fhir_node *node, ww_str member, const struct ww_json *v);
/* The child of that name; NULL: none. */
const struct ww_fhir_node *ww_fhir_node_child(const struct ww_fhir_node *node, ww_str name);
/* True if the discriminators of the element tell which values are the slice's. */
bool ww_fhir_slice_is_told(const struct ww_fhir_node *element, const struct ww_fhir_node *slice);
/* The value, whose member has that name, is the slice's. */
bool ww_fhir_slice_has(const struct ww_fhir_node *element, const struct ww_fhir_node *slice,
    ww_str member, const struct ww_json *v);

#endif
