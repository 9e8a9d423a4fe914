/* Pieces that the mappers of FHIR resources share: references, codes, numbers, and who a patient is. */
#ifndef WW_IN_COMMON_H
#define WW_IN_COMMON_H

#include <wardwire/json.h>
#include <wardwire/mapper.h>

/* Numbers of resources are of this authority: "fhir:" and the feed's name. */
ww_str ww_in_authority(struct ww_ctx *cx, const struct ww_feed *feed);
/* Type of the identifier that is a resource's own name, "Patient/1". */
#define WW_FHIR_NAME "FHIR"

/* Blank facts with what any resource says: labels, and when this version was made. */
void ww_in_start(struct ww_ctx *cx, const struct ww_fhir_source *src, const struct ww_feed *feed,
    struct ww_facts *out);

/* What a Reference leads to, contained or not; *out is NULL when it is unknown. */
WW_MUST ww_status ww_in_reach(
    const struct ww_fhir_source *src, const struct ww_json *reference, const struct ww_json **out);
/* "Patient/1" of a Reference, whatever server stands before it; of what is no such reference its text. */
ww_str ww_in_named(const struct ww_json *reference);

ww_time ww_in_time(const struct ww_json *v, const struct ww_feed *feed);
/* The text of a member, without blanks around it. */
ww_str ww_in_text(const struct ww_json *object, const char *path);

/* The first coding of a CodeableConcept, or the Coding itself, that has a code; NULL: none. */
const struct ww_json *ww_in_coding(const struct ww_json *concept);
/* What a code of the concept is by the table, which ends with a NULL code. A code that is not in it is given as it is where
 * it is `as_is` of another system, else empty. */
struct ww_in_code {
	const char *code, *is;
};
ww_str ww_in_mapped(const struct ww_json *concept, const struct ww_in_code *table);

/* Who gave an identifier, by feeds[].fhir.systems; what no row names is as it stands. *type gets the type that the row states,
 * else the identifier's own (table 0203), else empty. */
ww_str ww_in_system(struct ww_ctx *cx, const struct ww_json *identifier, const struct ww_feed *feed,
    ww_str *type, bool *known);

/* Who the Patient is that a Reference means: person and identifiers, to find them by and not to change what is known of them.
 * Nothing is said of the person where the Patient is unknown. False in *any: the reference names nobody. */
WW_MUST ww_status ww_in_person(struct ww_ctx *cx, const struct ww_fhir_source *src,
    const struct ww_json *reference, const struct ww_feed *feed, struct ww_facts *out, bool *any);
/* The same of a Patient at hand, whose own name is `name`; adds to identifiers. */
WW_MUST ww_status ww_in_patient(struct ww_ctx *cx, const struct ww_json *patient, ww_str name,
    const struct ww_feed *feed, struct ww_facts *out);

/* One more identifier at the end of a list. */
WW_MUST ww_status ww_in_add(struct ww_ctx *cx, struct ww_identifier **list, size_t *n,
    ww_str system, ww_str value, ww_str type);

/* What the feed's ADT calls the facility of an Organization or Location, by feeds[].fhir.facilities; else its name,
 * the reference's text, an identifier, the reference itself. */
WW_MUST ww_status ww_in_facility(struct ww_ctx *cx, const struct ww_fhir_source *src,
    const struct ww_json *reference, const struct ww_feed *feed, ww_str *out);

#endif
