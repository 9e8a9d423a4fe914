/* What Claim and ExplanationOfBenefit have in common. Private to mappers/. */
#ifndef WW_MAPPERS_FHIR_BILL_H
#define WW_MAPPERS_FHIR_BILL_H

#include "mappers/in/fhir_pick.h"

#include <wardwire/claim.h>

/* All empty. */
void ww_bill_init(struct ww_bill *b);
/* The row claim, lines, diagnoses, procedures and drugs; what is said in other places of the two is left out. */
WW_MUST ww_status ww_bill_read(struct ww_ctx *cx, const struct ww_fhir_source *source,
    const struct ww_feed *feed, struct ww_bill *out);
/* The supportingInfo of that category; NULL: there is none. */
const struct ww_json *ww_bill_info(const struct ww_json *claim, const char *category);
/* The Encounter that it names, on the whole or at an item; NULL: none. */
const struct ww_json *ww_bill_encounter(const struct ww_json *claim);

/* Kinds of encounter that a bill can be of (fhir_bill_class.c). bill: type of bill with or without the zero before it.
 * Empty texts say nothing. */
enum ww_encounter_class ww_bill_class_of_type(ww_str bill);
enum ww_encounter_class ww_bill_class_of_revenue(ww_str revenue);
enum ww_encounter_class ww_bill_class_of_place(ww_str place);
/* The one of the bill: by its type and what its lines add. */
enum ww_encounter_class ww_bill_class(
    const struct ww_claim_detail *detail, const struct ww_claim_line *lines, size_t n);
/* The last digit of a type of bill; empty: it has none. */
ww_str ww_bill_frequency(ww_str bill);

#endif
