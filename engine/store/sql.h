/* SQL texts for any entity of the internal model, made from its description. Names are always quoted:
 * several are words of SQL. An id, an enum or a text is one column of the field's name; a time `f` is
 * two, `f` (UTC ms) and `f_x` (the rest, packed). Parameters are $1, $2 ... in the order of the text. */
#ifndef WW_STORE_SQL_H
#define WW_STORE_SQL_H

#include <wardwire/model.h>

struct ww_buf;

/* The function that searches select: it is given all columns at once. Asking SQLite for one after the other takes a third longer. */
#define WW_SQL_ROW "ww_row"

/* CREATE TABLE and CREATE INDEX, each ended by a semicolon. */
void ww_sql_create(struct ww_buf *b, const struct ww_entity *e);
/* Inserts, or updates all but the FIXED fields of the row with that key; parameters: all columns. */
void ww_sql_put(struct ww_buf *b, const struct ww_entity *e);
/* Parameters: the key columns. */
void ww_sql_remove(struct ww_buf *b, const struct ww_entity *e);
/* Selects WW_SQL_ROW of all columns of the rows that match the index (or, ix NULL, the first n fields of the key) in
 * key order; parameters: the columns compared, then the limit, which is negative for none. */
void ww_sql_find(struct ww_buf *b, const struct ww_entity *e, const struct ww_index *ix, size_t n);
/* The same for an index, but only rows whose key, a single id, is above a value: the parameter before the limit. */
void ww_sql_after(struct ww_buf *b, const struct ww_entity *e, const struct ww_index *ix);
/* The same of the rows whose key is above one and below another, in key order or against it; parameters: the key
 * columns of the one, those of the other, then the limit. */
void ww_sql_between(struct ww_buf *b, const struct ww_entity *e, bool down);

/* Selects WW_SQL_ROW of the key and those fields (a bit for each, by its place) of the rows of a stretch in key order, and with filter only those
 * with a value in the field of that place; SIZE_MAX: all of them. Parameters: of, from and to of the stretch, then that value. */
void ww_sql_part(struct ww_buf *b, const struct ww_entity *e, uint64_t fields, size_t filter);

/* Selects each value of that field and how many rows have it; with one: of one value alone, up to a number of rows;
 * parameters: value and number. */
void ww_sql_tally(struct ww_buf *b, const struct ww_entity *e, const struct ww_field *f, bool one);

/* Precision, flags and offset of a time as one number, and a time from its two columns. */
int64_t ww_sql_time_pack(ww_time t);
ww_time ww_sql_time(int64_t ms, int64_t packed);

#endif
