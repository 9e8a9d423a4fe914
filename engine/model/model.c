/* The descriptions of the internal model, made from model.def and enums.def, and what can be done to a
 * row of any entity with them. */
#include <wardwire/model.h>

#include "model/row.h"

#include <wardwire/arena.h>

#include <assert.h>
#include <string.h>

/* clang-format off */

/* -- coded values -------------------------------------------------------------------------------- */

#define WW_ENUM_OPEN(e) const char *const ww_##e##_texts[] = {
#define WW_VALUE(e, name, text) [WW_##e##_##name] = (text),
#define WW_ENUM_CLOSE(e) \
	[ww_##e##_count] = NULL }; \
	const char * \
	ww_##e##_text(int64_t v) \
	{ \
		return v >= 0 && v < ww_##e##_count ? ww_##e##_texts[v] : "?"; \
	}
#include <wardwire/enums.def>
#undef WW_ENUM_OPEN
#undef WW_VALUE
#undef WW_ENUM_CLOSE

/* -- fields -------------------------------------------------------------------------------------- */

enum { KEY = 1, FIXED = 2 }; /* the words of model.def */

#define FIELD(e, f, type_, flags, text_, source_) \
	{ .name = #f, .type = (type_), \
	    .key = (flags) == KEY, .fixed = (flags) == FIXED, .at = offsetof(struct ww_##e, f), \
	    .text = (text_), .source = (source_) },
#define WW_ENTITY(e) static const struct ww_field fields_##e[] = {
#define WW_ID(e, f, flags, source) FIELD(e, f, WW_TYPE_ID, flags, NULL, source)
#define WW_TEXT(e, f, flags, source) FIELD(e, f, WW_TYPE_STR, flags, NULL, source)
#define WW_TIME(e, f, flags, source) FIELD(e, f, WW_TYPE_TIME, flags, NULL, source)
#define WW_ENUM(e, f, en, flags, source) FIELD(e, f, WW_TYPE_ENUM, flags, ww_##en##_text, source)
#define WW_END(e) \
	}; \
	_Static_assert(sizeof(fields_##e) / sizeof(fields_##e[0]) <= WW_FIELD_MAX, #e);
#define WW_INDEX(e, name, f1, f2)
#include <wardwire/model_rows.h>

/* The place of each field in its list: field_person_id and so on. */
#define WW_ENTITY(e) enum {
#define WW_ID(e, f, flags, source) field_##e##_##f,
#define WW_TEXT(e, f, flags, source) field_##e##_##f,
#define WW_TIME(e, f, flags, source) field_##e##_##f,
#define WW_ENUM(e, f, en, flags, source) field_##e##_##f,
#define WW_END(e) field_##e##_count };
#define WW_INDEX(e, name, f1, f2)
#include <wardwire/model_rows.h>

/* How many fields are part of the key: keys_person and so on. */
#define WW_ENTITY(e) enum { keys_##e = 0
#define WW_ID(e, f, flags, source) + ((flags) == KEY)
#define WW_TEXT(e, f, flags, source) + ((flags) == KEY)
#define WW_TIME(e, f, flags, source) + ((flags) == KEY)
#define WW_ENUM(e, f, en, flags, source) + ((flags) == KEY)
#define WW_END(e) };
#define WW_INDEX(e, name, f1, f2)
#include <wardwire/model_rows.h>

/* -- indexes: all in one list, where the rows of one entity are ended by one without a name --------- */

#define WW_ENTITY(e) { NULL, { 0, 0 } },
#define WW_ID(e, f, flags, source)
#define WW_TEXT(e, f, flags, source)
#define WW_TIME(e, f, flags, source)
#define WW_ENUM(e, f, en, flags, source)
#define WW_END(e)
#define WW_INDEX(e, name, f1, f2) { #name, { field_##e##_##f1, field_##e##_##f2 } },
static const struct ww_index indexes[] = {
#include <wardwire/model_rows.h>
	{ NULL, { 0, 0 } },
};

/* The place in that list of what stands before an entity's own rows: index_person and so on. */
#define WW_ENTITY(e) index_##e,
#define WW_ID(e, f, flags, source)
#define WW_TEXT(e, f, flags, source)
#define WW_TIME(e, f, flags, source)
#define WW_ENUM(e, f, en, flags, source)
#define WW_END(e)
#define WW_INDEX(e, name, f1, f2) index_##e##_##name,
enum {
#include <wardwire/model_rows.h>
	index_count
};
_Static_assert(sizeof(indexes) / sizeof(indexes[0]) == index_count + 1, "one place a row");

/* -- entities ------------------------------------------------------------------------------------- */

#define WW_ENTITY(e) \
	const struct ww_entity ww_entity_##e = { .name = #e, .size = sizeof(struct ww_##e), \
	    .fields = fields_##e, .n = field_##e##_count, .keys = keys_##e, \
	    .index = &indexes[index_##e + 1] };
#define WW_ID(e, f, flags, source)
#define WW_TEXT(e, f, flags, source)
#define WW_TIME(e, f, flags, source)
#define WW_ENUM(e, f, en, flags, source)
#define WW_END(e)
#define WW_INDEX(e, name, f1, f2)
#include <wardwire/model_rows.h>

#define WW_ENTITY(e) &ww_entity_##e,
#define WW_ID(e, f, flags, source)
#define WW_TEXT(e, f, flags, source)
#define WW_TIME(e, f, flags, source)
#define WW_ENUM(e, f, en, flags, source)
#define WW_END(e)
#define WW_INDEX(e, name, f1, f2)
const struct ww_entity *const ww_entities[] = {
#include <wardwire/model_rows.h>
	NULL,
};
/* clang-format on */

/* -- rows ---------------------------------------------------------------------------------------- */

const struct ww_index *
ww_entity_index(const struct ww_entity *e, const char *name)
{
	const struct ww_index *ix = e->index;

	while (ix->name != NULL && strcmp(ix->name, name) != 0)
		ix++;
	assert(ix->name != NULL);
	return ix;
}

void
ww_row_init(const struct ww_entity *e, void *row)
{
	size_t i;

	memset(row, 0, e->size);
	for (i = 0; i < e->n; i++)
		if (e->fields[i].type == WW_TYPE_STR)
			ww_field_set_str(&e->fields[i], row, ww_str_empty());
}

bool
ww_row_keep(const struct ww_entity *e, void *row, struct ww_arena *a)
{
	size_t i;

	for (i = 0; i < e->n; i++) {
		const struct ww_field *f = &e->fields[i];
		ww_str s;

		if (f->type != WW_TYPE_STR)
			continue;
		s = ww_field_str(f, row);
		ww_field_set_str(f, row, s.n == 0 ? s : ww_arena_str(a, s));
	}
	return ww_arena_status(a) == WW_OK;
}

static bool
same_time(ww_time a, ww_time b)
{
	return a.ms == b.ms && a.offset == b.offset && a.prec == b.prec && a.flags == b.flags;
}

static bool
same_field(const struct ww_field *f, const void *a, const void *b)
{
	switch (f->type) {
	case WW_TYPE_STR:
		return ww_str_eq(ww_field_str(f, a), ww_field_str(f, b));
	case WW_TYPE_TIME:
		return same_time(ww_field_time(f, a), ww_field_time(f, b));
	case WW_TYPE_ID:
	case WW_TYPE_ENUM:
		break;
	}
	return ww_field_int(f, a) == ww_field_int(f, b);
}

bool
ww_row_equal(const struct ww_entity *e, const void *a, const void *b)
{
	size_t i;

	for (i = 0; i < e->n; i++)
		if (!same_field(&e->fields[i], a, b))
			return false;
	return true;
}
