/* Profiles: StructureDefinitions of others, read from JSON, by which resources are held to more than R4. Cardinalities, fixed
 * values and patterns, types of choices, required bindings whose codes are in the files or in R4, slices told by value, pattern,
 * type, existence or the URL of an extension, and profiles of extensions and entries. What a profile asks for beyond that (its
 * own invariants, targets of references, other slicing) is not checked, and named once, as a note. */
#ifndef WW_CODEC_FHIR_PROFILE_H
#define WW_CODEC_FHIR_PROFILE_H

#include <wardwire/status.h>
#include <wardwire/str.h>

struct ww_ctx;
struct ww_fhir_profiles;

/* An empty set, which has its own memory, at most limit bytes (0: no limit). NULL when the machine is short of it. */
struct ww_fhir_profiles *ww_fhir_profiles_new(size_t limit);
void ww_fhir_profiles_free(struct ww_fhir_profiles *set); /* NULL is allowed */

/* Takes in the StructureDefinitions, ValueSets and CodeSystems of a JSON text: one of them, or a Bundle. Other resources, such
 * as the examples of a package, are passed over. WW_E_SYNTAX for what is no JSON. Of two with one URL the later counts. */
WW_MUST ww_status ww_fhir_profiles_add(
    struct ww_fhir_profiles *set, struct ww_ctx *cx, ww_str text);
/* Joins profiles with what they are based on and with their codes. After all were added and before the first use; from then on
 * the set is only read, by any thread. */
WW_MUST ww_status ww_fhir_profiles_link(struct ww_fhir_profiles *set, struct ww_ctx *cx);

/* There is a profile of that URL; a version behind a bar is not looked at. */
bool ww_fhir_profiles_have(const struct ww_fhir_profiles *set, ww_str url);
size_t ww_fhir_profiles_count(const struct ww_fhir_profiles *set);
/* The i-th note, from 0: "us-core-encounter: Encounter.x: slices told by a profile are not checked"; empty behind the last. */
ww_str ww_fhir_profiles_note(const struct ww_fhir_profiles *set, size_t i);

#endif
