/* The tables of FHIR R4's types, and the searches in them. */
#include "codec/fhir_types.h"

#include <assert.h>
#include <string.h>

/* A name that a member of a type may have; those of one type are together and sorted. */
struct name {
	const char *name;
	uint16_t n;
	uint16_t element, type;
};

/* Codes of one system; they are sorted. A list without codes is judged by form. */
struct code_list {
	const char *system;
	uint16_t first, n;
};

struct valueset {
	const char *name;
	uint16_t lists, lists_n;
};

/* clang-format off */
#include "gen/fhir_types.inc"
/* clang-format on */

enum {
	TYPES = sizeof(types) / sizeof(types[0]),
	VALUESETS = sizeof(valuesets) / sizeof(valuesets[0]),
};

/* < 0, 0, > 0 as bytes are ordered, of a slice and a C string. */
static int
order(ww_str s, const char *name, size_t n)
{
	int d = memcmp(s.p, name, s.n < n ? s.n : n);

	return d != 0 ? d : (s.n > n) - (s.n < n);
}

const struct ww_fhir_type *
ww_fhir_type_find(ww_str name)
{
	size_t low = 0, high = TYPES;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int d = order(name, types[mid].name, strlen(types[mid].name));

		if (d == 0)
			return &types[mid];
		if (d < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

const struct ww_fhir_type *
ww_fhir_resource_find(ww_str name)
{
	const struct ww_fhir_type *t = ww_fhir_type_find(name);

	return t != NULL && (t->kind == WW_FHIR_RESOURCE || t->kind == WW_FHIR_OTHER) ? t : NULL;
}

const struct ww_fhir_element *
ww_fhir_type_element(const struct ww_fhir_type *t, size_t i)
{
	return i < t->elements_n ? &elements[t->elements + i] : NULL;
}

const struct ww_fhir_type *
ww_fhir_element_type(const struct ww_fhir_element *e, size_t i)
{
	return i < e->types_n ? &types[element_types[e->types + i]] : NULL;
}

const struct ww_fhir_type *
ww_fhir_element_target(const struct ww_fhir_element *e, size_t i)
{
	return i < e->targets_n ? &types[element_targets[e->targets + i]] : NULL;
}

const struct ww_fhir_element *
ww_fhir_element_find(const struct ww_fhir_type *t, ww_str name, const struct ww_fhir_type **type)
{
	size_t low = t->names, high = low + t->names_n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int d = order(name, names[mid].name, names[mid].n);

		if (d == 0) {
			*type = &types[names[mid].type];
			return &elements[names[mid].element];
		}
		if (d < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

/* -- codes ------------------------------------------------------------------------------------------ */

static bool
in_list(const struct code_list *list, ww_str code)
{
	size_t low = list->first, high = low + list->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int d = order(code, codes[mid], strlen(codes[mid]));

		if (d == 0)
			return true;
		if (d < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return false;
}

/* Three capitals, as ISO 4217 has it. */
static bool
is_currency(ww_str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] < 'A' || s.p[i] > 'Z')
			return false;
	return s.n == 3;
}

/* type/subtype of RFC 6838 and parameters that nobody looks at; or a format of FHIR by its short name. */
static bool
is_mime(ww_str s)
{
	static const char other[] = "!#$&-^_.+*";
	ww_str rest, kind = ww_str_cut(s, ';', &rest);
	size_t slash = ww_str_find(kind, '/'), i;

	if (ww_str_is(s, "json") || ww_str_is(s, "xml") || ww_str_is(s, "ttl"))
		return true;
	kind = ww_str_trim(kind);
	for (i = 0; i < kind.n; i++) {
		char c = kind.p[i];

		if (i == slash || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9'))
			continue;
		if (c == '\0' || strchr(other, c) == NULL)
			return false;
	}
	return slash > 0 && slash + 1 < kind.n;
}

static bool
has_form(const char *valueset, ww_str code)
{
	static const struct {
		const char *name;
		bool (*is)(ww_str s);
	} forms[] = {
		{ "currencies", is_currency },
		{ "mimetypes", is_mime },
	};
	size_t i;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (strcmp(valueset, forms[i].name) == 0)
			return forms[i].is(code);
	assert(0 && "every value set without codes has a form");
	return true;
}

bool
ww_fhir_code_in(uint16_t valueset, ww_str system, ww_str code)
{
	const struct valueset *v;
	size_t i;

	assert(valueset > 0 && valueset <= VALUESETS);
	v = &valuesets[valueset - 1];
	for (i = 0; i < v->lists_n; i++) {
		const struct code_list *list = &code_lists[v->lists + i];

		if (list->n == 0)
			return has_form(v->name, code);
		if ((system.n == 0 || ww_str_is(system, list->system)) && in_list(list, code))
			return true;
	}
	return false;
}

uint16_t
ww_fhir_valueset_find(ww_str name)
{
	size_t i;

	for (i = 0; i < VALUESETS; i++)
		if (ww_str_is(name, valuesets[i].name))
			return (uint16_t)(i + 1);
	return 0;
}

const char *
ww_fhir_valueset_name(uint16_t valueset)
{
	assert(valueset > 0 && valueset <= VALUESETS);
	return valuesets[valueset - 1].name;
}
