/* What FHIR R4 (4.0.1) says of its types: the elements, their order, cardinalities, types and bindings, compiled in from
 * the tables of profiles/fhir. Resource types, datatypes and the nested structures of both ("Encounter.location") are all
 * "types" here. All rows are static: pointers live for ever. */
#ifndef WW_CODEC_FHIR_TYPES_H
#define WW_CODEC_FHIR_TYPES_H

#include <wardwire/str.h>

enum ww_fhir_kind {
	WW_FHIR_PRIMITIVE, /* string, date, ...: in JSON a scalar, in XML @value; has id and extension (type "Element") */
	WW_FHIR_DATATYPE, /* Period, Extension, ... */
	WW_FHIR_NESTED,   /* "Encounter.location": a structure inside another type */
	WW_FHIR_RESOURCE, /* Encounter, ...; in XML one level below the element whose type it is, as with WW_FHIR_ANY */
	WW_FHIR_ANY, /* "Resource": whichever resource stands there (contained, entry.resource) */
	WW_FHIR_OTHER, /* a resource type of R4 whose elements are not in the tables; elements_n is 0 */
};

/* How a primitive is written. Up to decimal they are no strings in JSON. */
enum ww_fhir_primitive {
	WW_FHIR_BOOLEAN,
	WW_FHIR_INTEGER,
	WW_FHIR_UNSIGNED,
	WW_FHIR_POSITIVE,
	WW_FHIR_DECIMAL,
	WW_FHIR_STRING,
	WW_FHIR_MARKDOWN,
	WW_FHIR_CODE,
	WW_FHIR_ID,
	WW_FHIR_URI,
	WW_FHIR_URL,
	WW_FHIR_CANONICAL,
	WW_FHIR_OID,
	WW_FHIR_UUID,
	WW_FHIR_BASE64,
	WW_FHIR_DATE,
	WW_FHIR_DATETIME,
	WW_FHIR_INSTANT,
	WW_FHIR_TIME,
	WW_FHIR_XHTML, /* Narrative.div: a string in JSON, a real element of the XHTML namespace in XML */
};

struct ww_fhir_type;

/* One element of a type, in the order of the specification, which is the order of XML. */
struct ww_fhir_element {
	const char *name; /* "status"; of a choice value[x] without the brackets: "value" */
	uint8_t min;      /* 0 or more */
	bool many;        /* in JSON an array, even for one value */
	bool barred; /* max is 0: SimpleQuantity.comparator alone, of which an invariant says so */
	bool choice; /* value[x]: the type's name follows the element's: "valueQuantity" */
	bool attribute; /* in XML an attribute of the parent: Element.id and Extension.url */
	bool modifier;
	uint16_t types; /* where the list of its types begins, and how many: ww_fhir_element_type */
	uint8_t types_n;
	uint16_t targets; /* the same of the resource types a Reference may point to; none: any */
	uint8_t targets_n;
	uint16_t valueset; /* of a required binding, from 1: ww_fhir_code_in; 0: none */
};

struct ww_fhir_type {
	const char *name;
	enum ww_fhir_kind kind;
	enum ww_fhir_primitive primitive; /* of WW_FHIR_PRIMITIVE */
	uint16_t elements, elements_n;    /* ww_fhir_type_element */
	uint16_t names, names_n;          /* of fhir_types.c */
	uint16_t rules, rules_n;          /* invariants, of fhir_rules.c */
	uint16_t number;                  /* index of the type */
};

/* The type of that name, exact case ("Encounter", "Period", "dateTime"; nested ones by path); NULL: not of R4. */
const struct ww_fhir_type *ww_fhir_type_find(ww_str name);
/* As ww_fhir_type_find, resource types only. */
const struct ww_fhir_type *ww_fhir_resource_find(ww_str name);

/* The i-th element, from 0; NULL behind the last. */
const struct ww_fhir_element *ww_fhir_type_element(const struct ww_fhir_type *t, size_t i);
/* The i-th type the element may have (of a choice there are several); NULL behind the last. */
const struct ww_fhir_type *ww_fhir_element_type(const struct ww_fhir_element *e, size_t i);
const struct ww_fhir_type *ww_fhir_element_target(const struct ww_fhir_element *e, size_t i);

/* The element of t that a member of that name is, and in *type its type: with "valueQuantity" value[x] and Quantity. The
 * name is one of JSON without "_" before it, or one of XML. NULL: t has no such element. */
const struct ww_fhir_element *ww_fhir_element_find(
    const struct ww_fhir_type *t, ww_str name, const struct ww_fhir_type **type);

/* True if the value set has that code in any of its systems (system empty), or in that one. Value sets whose codes are not
 * listed (currencies, MIME types) are judged by form. */
bool ww_fhir_code_in(uint16_t valueset, ww_str system, ww_str code);
/* The number of the value set of R4 with that name, if it is one of a required binding; 0: it is not. */
uint16_t ww_fhir_valueset_find(ww_str name);
const char *ww_fhir_valueset_name(uint16_t valueset); /* "encounter-status" */

#endif
