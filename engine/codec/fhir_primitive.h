/* The syntax of FHIR R4's primitive types, and the order of those that have one. */
#ifndef WW_CODEC_FHIR_PRIMITIVE_H
#define WW_CODEC_FHIR_PRIMITIVE_H

#include "codec/fhir_types.h"

/* Why the text is none of that type, or NULL when it is one. Numbers and booleans as they are written in JSON; xhtml is not
 * for here (fhir_xhtml.h). */
const char *ww_fhir_primitive_fault(enum ww_fhir_primitive p, ww_str text);

/* True if date or dateTime a is surely later than b: what the coarser of the two leaves open is not. */
bool ww_fhir_later(ww_str a, ww_str b);
/* < 0, 0, > 0 of two decimals as written, never by way of a double; false when one is none. */
bool ww_fhir_decimal_cmp(ww_str a, ww_str b, int *out);

#endif
