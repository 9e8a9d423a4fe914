/* The internal model: one struct an entity and one description of it, both made from model.def. */
#ifndef WARDWIRE_MODEL_H
#define WARDWIRE_MODEL_H

#include <wardwire/ctx.h>
#include <wardwire/enums.h>
#include <wardwire/str.h>
#include <wardwire/time.h>

/* -- rows ---------------------------------------------------------------------------------------- */

#define WW_ENTITY(e) struct ww_##e {
#define WW_ID(e, f, flags, source) int64_t f;
#define WW_TEXT(e, f, flags, source) ww_str f;
#define WW_TIME(e, f, flags, source) ww_time f;
#define WW_ENUM(e, f, en, flags, source) int64_t f; /* enum ww_<en> */
#define WW_END(e)                                                                                  \
	}                                                                                          \
	;
#define WW_INDEX(e, name, f1, f2)
#include <wardwire/model_rows.h>

/* -- what describes them ------------------------------------------------------------------------- */

enum ww_field_type { WW_TYPE_ID, WW_TYPE_STR, WW_TYPE_TIME, WW_TYPE_ENUM };

struct ww_field {
	const char *name;
	enum ww_field_type type;
	bool key, fixed;
	size_t at;                      /* offset in the struct */
	const char *(*text)(int64_t v); /* of an enum */
	const char *source;             /* where the value comes from */
};

enum { WW_INDEX_MAX = 6, WW_FIELD_MAX = 64 };

struct ww_index {
	const char *name; /* NULL ends the list */
	size_t f[2];      /* positions in fields; the same twice for one column */
};

struct ww_entity {
	const char *name;
	size_t size; /* of the struct */
	const struct ww_field *fields;
	size_t n;                     /* of fields */
	size_t keys;                  /* how many of the first fields are the primary key */
	const struct ww_index *index; /* at most WW_INDEX_MAX and the one whose name is NULL */
};

/* ww_entity_person and so on. */
#define WW_ENTITY(e) extern const struct ww_entity ww_entity_##e;
#define WW_ID(e, f, flags, source)
#define WW_TEXT(e, f, flags, source)
#define WW_TIME(e, f, flags, source)
#define WW_ENUM(e, f, en, flags, source)
#define WW_END(e)
#define WW_INDEX(e, name, f1, f2)
#include <wardwire/model_rows.h>

/* All of them, in the order of model.def; NULL ends the list. */
extern const struct ww_entity *const ww_entities[];

/* The index of that name; a name that does not exist is a bug (assert). */
const struct ww_index *ww_entity_index(const struct ww_entity *e, const char *name);

/* Empty slices instead of NULL pointers and zero elsewhere: the start of every row. */
void ww_row_init(const struct ww_entity *e, void *row);
/* Copies the texts of a row into the arena. False: see ww_arena_status. */
bool ww_row_keep(const struct ww_entity *e, void *row, struct ww_arena *a);
/* Compares field by field: true when every field is equal. */
bool ww_row_equal(const struct ww_entity *e, const void *a, const void *b);

#endif
