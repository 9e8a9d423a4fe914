/* The tables of names, from hl7v2_names.def. */
#include "codec/hl7v2_names.h"

#include <string.h>

static const struct {
	const char *id, *name;
} segments[] = {
#define WW_SEGMENT(id, name) { #id, name },
#define WW_FIELD(segment, number, type, name)
#define WW_COMPONENT(of, number, type, name)
#include "codec/hl7v2_names.def"
#undef WW_SEGMENT
#undef WW_FIELD
#undef WW_COMPONENT
};

static const struct ww_hl7_named_field fields[] = {
#define WW_SEGMENT(id, name)
#define WW_FIELD(segment, number, type, name) { #segment, #type, name, number },
#define WW_COMPONENT(of, number, type, name)
#include "codec/hl7v2_names.def"
#undef WW_SEGMENT
#undef WW_FIELD
#undef WW_COMPONENT
};

/* A component's "segment" is the data type it belongs to. */
static const struct ww_hl7_named_field components[] = {
#define WW_SEGMENT(id, name)
#define WW_FIELD(segment, number, type, name)
#define WW_COMPONENT(of, number, type, name) { #of, #type, name, number },
#include "codec/hl7v2_names.def"
#undef WW_SEGMENT
#undef WW_FIELD
#undef WW_COMPONENT
};

#define N(a) (sizeof(a) / sizeof((a)[0]))

const char *
ww_hl7_names_segment(const char *segment)
{
	size_t i;

	for (i = 0; i < N(segments); i++)
		if (strcmp(segments[i].id, segment) == 0)
			return segments[i].name;
	return NULL;
}

static const char *
find(const struct ww_hl7_named_field *rows, size_t n, const char *of, size_t number,
    const char **type)
{
	size_t i;

	for (i = 0; i < n && of != NULL; i++)
		if (rows[i].field == number && strcmp(rows[i].segment, of) == 0) {
			if (type != NULL)
				*type = rows[i].type;
			return rows[i].name;
		}
	if (type != NULL)
		*type = NULL;
	return NULL;
}

const char *
ww_hl7_names_field(const char *segment, size_t field, const char **type)
{
	return find(fields, N(fields), segment, field, type);
}

const char *
ww_hl7_names_component(const char *of, size_t component, const char **type)
{
	return find(components, N(components), of, component, type);
}

const struct ww_hl7_named_field *
ww_hl7_names_at(size_t i)
{
	return i < N(fields) ? &fields[i] : NULL;
}
