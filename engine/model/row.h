/* The fields of a row by their description: what every walk over ww_entity.fields needs. */
#ifndef WW_MODEL_ROW_H
#define WW_MODEL_ROW_H

#include <wardwire/model.h>

#include <string.h>

static inline const char *
ww_field_at(const struct ww_field *f, const void *row)
{
	return (const char *)row + f->at;
}

/* Of an id or an enum. */
static inline int64_t
ww_field_int(const struct ww_field *f, const void *row)
{
	int64_t v;

	memcpy(&v, ww_field_at(f, row), sizeof(v));
	return v;
}

/* Never with a NULL pointer, so that a row of all zero is as good as one from ww_row_init. */
static inline ww_str
ww_field_str(const struct ww_field *f, const void *row)
{
	ww_str v;

	memcpy(&v, ww_field_at(f, row), sizeof(v));
	return v.n == 0 ? ww_str_empty() : v;
}

static inline ww_time
ww_field_time(const struct ww_field *f, const void *row)
{
	ww_time v;

	memcpy(&v, ww_field_at(f, row), sizeof(v));
	return v;
}

static inline void
ww_field_set_int(const struct ww_field *f, void *row, int64_t v)
{
	memcpy((char *)row + f->at, &v, sizeof(v));
}

static inline void
ww_field_set_str(const struct ww_field *f, void *row, ww_str v)
{
	memcpy((char *)row + f->at, &v, sizeof(v));
}

static inline void
ww_field_set_time(const struct ww_field *f, void *row, ww_time v)
{
	memcpy((char *)row + f->at, &v, sizeof(v));
}

/* As ww_row_init leaves it. */
static inline void
ww_field_clear(const struct ww_field *f, void *row)
{
	if (f->type == WW_TYPE_STR)
		ww_field_set_str(f, row, ww_str_empty());
	else if (f->type == WW_TYPE_TIME)
		ww_field_set_time(f, row, (ww_time){ .prec = WW_PREC_NONE });
	else
		ww_field_set_int(f, row, 0);
}

/* How many columns an index has: 1 or 2. */
static inline size_t
ww_index_width(const struct ww_index *ix)
{
	return ix->f[0] == ix->f[1] ? 1 : 2;
}

#endif
