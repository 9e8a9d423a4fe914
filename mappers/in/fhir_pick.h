/* Reads the data types of FHIR R4 out of a resource: what a mapper of FHIR needs again and again. All take NULL for "not
 * there". Private to mappers/. */
#ifndef WW_MAPPERS_FHIR_PICK_H
#define WW_MAPPERS_FHIR_PICK_H

#include <wardwire/json.h>
#include <wardwire/mapper.h>

/* A member that is a string; of a number its digits. */
ww_str ww_pick_text(const struct ww_json *v, const char *key);
/* The path is as of ww_json_find. */
ww_str ww_pick_at(const struct ww_json *v, const char *path);
/* A date, dateTime or instant; unknown when it is none. */
ww_time ww_pick_time(const struct ww_json *v, const char *key, const struct ww_zone *zone);
/* x[x] as Date, DateTime or Period, by its name without that: "serviced", "timing", "performed". Both ends of a date are
 * the date. */
void ww_pick_when(const struct ww_json *v, const char *name, const struct ww_zone *zone,
    ww_time *start, ww_time *end);
void ww_pick_period(
    const struct ww_json *period, const struct ww_zone *zone, ww_time *start, ww_time *end);

/* URIs of code systems are compared without scheme and slash at the end: X12's changed from http to https. */
bool ww_pick_same_uri(ww_str a, ww_str b);
/* The extension whose URL is that one, or ends in it when it begins with a slash; NULL: there is none. */
const struct ww_json *ww_pick_extension(const struct ww_json *v, const char *url);

/* A code out of a CodeableConcept, Coding or code. */
struct ww_picked {
	ww_str system, code;
};
/* The first Coding that has a code, else the text. */
struct ww_picked ww_pick_code(const struct ww_json *concept);
/* The Coding of that system; code is empty when there is none. */
ww_str ww_pick_code_of(const struct ww_json *concept, const char *system);
/* One of its Codings has that code, in whatever system. */
bool ww_pick_has(const struct ww_json *concept, const char *code);

/* A diagnosis without dots and blanks, in capitals. */
ww_str ww_pick_bare(struct ww_ctx *cx, ww_str code);
/* Its digits alone. */
ww_str ww_pick_digits(struct ww_ctx *cx, ww_str code);
/* The codes and the name of a drug. */
void ww_pick_drug(struct ww_ctx *cx, const struct ww_json *concept, struct ww_dispense *out);

/* Systems of diagnoses as ADT calls them (DG1-3.3): I10, I9, SCT; others as they are. *rank: how well a rule can read it, the
 * best 0. */
ww_str ww_pick_diagnosis_system(ww_str system, int *rank);

/* -- references ------------------------------------------------------------------------------------- */

/* Who or what it means in one text: NPI, else the first identifier, else name or display. */
WW_MUST ww_status ww_pick_party(
    const struct ww_fhir_source *source, const struct ww_json *reference, ww_str *out);
/* The NPI that the resource, or a reference by identifier, states; either may be NULL. Empty: none. */
ww_str ww_pick_npi(const struct ww_json *resource, const struct ww_json *reference);
/* The Identifier of that type (HL7 table 0203) out of a list; NULL: there is none. */
const struct ww_json *ww_pick_identifier(const struct ww_json *list, const char *type);

/* The texts with blanks between. */
ww_str ww_pick_join(struct ww_ctx *cx, ww_str a, ww_str b);

#endif
