/* Standard names of segments, fields and components, as far as hl7v2_names.def knows them, for people who read messages. */
#ifndef WW_CODEC_HL7V2_NAMES_H
#define WW_CODEC_HL7V2_NAMES_H

#include <stddef.h>

/* "Patient identification"; NULL when it is not known. */
const char *ww_hl7_names_segment(const char *segment);
/* "Patient identifier list", and the data type, "CX"; NULL with *type NULL. type may be NULL. */
const char *ww_hl7_names_field(const char *segment, size_t field, const char **type);
/* The same of a component of that type ("CX", 4), or a subcomponent of a component's; type NULL gives NULL. */
const char *ww_hl7_names_component(const char *of, size_t component, const char **type);
/* The i-th field of the table, from 0; NULL behind the last: for who goes through all. */
struct ww_hl7_named_field {
	const char *segment, *type, *name;
	size_t field;
};
const struct ww_hl7_named_field *ww_hl7_names_at(size_t i);

#endif
