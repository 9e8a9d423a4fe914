/* SQL texts made from the descriptions of the internal model. */
#include "store/sql.h"

#include <wardwire/buf.h>

#include "model/row.h"

#include <assert.h>

/* What a list of columns looks like: each is `"name"` or `"name" = $3`, with something in between. */
struct list {
	struct ww_buf *b;
	const char *between, *after;
	bool numbered; /* after is followed by $ and the parameter's number */
	unsigned n;
};

static void
column(struct list *l, const char *name, const char *suffix)
{
	l->n++;
	ww_buf_printf(l->b, "%s\"%s%s\"%s", l->n > 1 ? l->between : "", name, suffix, l->after);
	if (l->numbered)
		ww_buf_printf(l->b, "$%u", l->n);
}

static void
columns(struct list *l, const struct ww_field *f)
{
	column(l, f->name, "");
	if (f->type == WW_TYPE_TIME)
		column(l, f->name, "_x");
}

static void
all_columns(struct list *l, const struct ww_entity *e, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		columns(l, &e->fields[i]);
}

/* A single number as key is SQLite's own row number; every other key orders the table itself. */
static bool
has_rowid(const struct ww_entity *e)
{
	return e->keys == 1 && e->fields[0].type == WW_TYPE_ID;
}

static void
create_table(struct ww_buf *b, const struct ww_entity *e)
{
	struct list keys = { .b = b, .between = ", ", .after = "" };
	size_t i;

	ww_buf_printf(b, "CREATE TABLE \"%s\" (", e->name);
	for (i = 0; i < e->n; i++) {
		const struct ww_field *f = &e->fields[i];
		const char *type =
		    f->type == WW_TYPE_STR ? " TEXT NOT NULL, " : " INTEGER NOT NULL, ";
		struct list l = { .b = b, .between = "", .after = type };

		columns(&l, f);
	}
	ww_buf_cstr(b, "PRIMARY KEY (");
	all_columns(&keys, e, e->keys);
	ww_buf_printf(b, ")) STRICT%s;\n", has_rowid(e) ? "" : ", WITHOUT ROWID");
}

static void
create_index(struct ww_buf *b, const struct ww_entity *e, const struct ww_index *ix)
{
	struct list l = { .b = b, .between = ", ", .after = "" };
	size_t i;

	ww_buf_printf(b, "CREATE INDEX \"%s_%s\" ON \"%s\" (", e->name, ix->name, e->name);
	for (i = 0; i < ww_index_width(ix); i++)
		columns(&l, &e->fields[ix->f[i]]);
	ww_buf_cstr(b, ");\n");
}

void
ww_sql_create(struct ww_buf *b, const struct ww_entity *e)
{
	const struct ww_index *ix;

	create_table(b, e);
	for (ix = e->index; ix->name != NULL; ix++)
		create_index(b, e, ix);
}

/* `"a" = excluded."a"`: the row that is there takes over the value of the one that was to be inserted. */
static void
take_over(struct list *l, const struct ww_field *f)
{
	column(l, f->name, "");
	ww_buf_printf(l->b, "\"%s\"", f->name);
	if (f->type != WW_TYPE_TIME)
		return;
	column(l, f->name, "_x");
	ww_buf_printf(l->b, "\"%s_x\"", f->name);
}

/* An update and not INSERT OR REPLACE, which would take the row out of every index and put it back in. */
void
ww_sql_put(struct ww_buf *b, const struct ww_entity *e)
{
	struct list names = { .b = b, .between = ", ", .after = "" };
	struct list keys = { .b = b, .between = ", ", .after = "" };
	struct list taken = { .b = b, .between = ", ", .after = " = excluded." };
	unsigned i;

	ww_buf_printf(b, "INSERT INTO \"%s\" (", e->name);
	all_columns(&names, e, e->n);
	ww_buf_cstr(b, ") VALUES (");
	for (i = 1; i <= names.n; i++)
		ww_buf_printf(b, "%s$%u", i > 1 ? ", " : "", i);
	ww_buf_cstr(b, ") ON CONFLICT (");
	all_columns(&keys, e, e->keys);
	ww_buf_cstr(b, ") DO ");
	for (i = 0; i < e->n; i++) {
		if (e->fields[i].key || e->fields[i].fixed)
			continue;
		if (taken.n == 0)
			ww_buf_cstr(b, "UPDATE SET ");
		take_over(&taken, &e->fields[i]);
	}
	if (taken.n == 0) /* it says no more than that it is there */
		ww_buf_cstr(b, "NOTHING");
}

void
ww_sql_remove(struct ww_buf *b, const struct ww_entity *e)
{
	struct list keys = { .b = b, .between = " AND ", .after = " = ", .numbered = true };

	ww_buf_printf(b, "DELETE FROM \"%s\" WHERE ", e->name);
	all_columns(&keys, e, e->keys);
}

void
ww_sql_tally(struct ww_buf *b, const struct ww_entity *e, const struct ww_field *f, bool one)
{
	ww_buf_printf(b, "SELECT \"%s\", count(*) FROM ", f->name);
	if (one)
		ww_buf_printf(b, "(SELECT \"%s\" FROM \"%s\" WHERE \"%s\" = $1 LIMIT $2)", f->name,
		    e->name, f->name);
	else
		ww_buf_printf(b, "\"%s\"", e->name);
	ww_buf_cstr(b, " GROUP BY 1");
}

static void
select_rows(
    struct ww_buf *b, const struct ww_entity *e, const struct ww_index *ix, size_t n, bool after)
{
	struct list names = { .b = b, .between = ", ", .after = "" };
	struct list order = { .b = b, .between = ", ", .after = "" };
	struct list where = { .b = b, .between = " AND ", .after = " = ", .numbered = true };
	size_t i, width = ix != NULL ? ww_index_width(ix) : n;

	assert(ix != NULL || n <= e->keys);
	ww_buf_cstr(b, "SELECT " WW_SQL_ROW "(");
	all_columns(&names, e, e->n);
	ww_buf_printf(b, ") FROM \"%s\"%s", e->name, width > 0 ? " WHERE " : "");
	for (i = 0; i < width; i++)
		columns(&where, &e->fields[ix != NULL ? ix->f[i] : i]);
	if (after)
		ww_buf_printf(b, " AND \"%s\" > $%u", e->fields[0].name, ++where.n);
	ww_buf_cstr(b, " ORDER BY ");
	all_columns(&order, e, e->keys);
	ww_buf_printf(b, " LIMIT $%u", where.n + 1);
}

void
ww_sql_find(struct ww_buf *b, const struct ww_entity *e, const struct ww_index *ix, size_t n)
{
	select_rows(b, e, ix, n, false);
}

void
ww_sql_after(struct ww_buf *b, const struct ww_entity *e, const struct ww_index *ix)
{
	assert(has_rowid(e));
	select_rows(b, e, ix, 0, true);
}

/* `("a", "b") > ($1, $2)` */
static void
compare_keys(struct ww_buf *b, const struct ww_entity *e, const char *how, size_t first)
{
	struct list keys = { .b = b, .between = ", ", .after = "" };

	ww_buf_byte(b, '(');
	all_columns(&keys, e, e->keys);
	ww_buf_printf(b, ") %s (", how);
	for (size_t i = 0; i < e->keys; i++)
		ww_buf_printf(b, "%s$%zu", i > 0 ? ", " : "", first + i);
	ww_buf_byte(b, ')');
}

void
ww_sql_between(struct ww_buf *b, const struct ww_entity *e, bool down)
{
	struct list names = { .b = b, .between = ", ", .after = "" };
	struct list order = { .b = b, .between = ", ", .after = down ? " DESC" : "" };

	ww_buf_cstr(b, "SELECT " WW_SQL_ROW "(");
	all_columns(&names, e, e->n);
	ww_buf_printf(b, ") FROM \"%s\" WHERE ", e->name);
	compare_keys(b, e, ">", 1);
	ww_buf_cstr(b, " AND ");
	compare_keys(b, e, "<", 1 + e->keys);
	ww_buf_cstr(b, " ORDER BY ");
	all_columns(&order, e, e->keys);
	ww_buf_printf(b, " LIMIT $%zu", 1 + 2 * e->keys);
}

/* Not by comparing whole keys: SQLite would find the ends by them and then compare them again with each row. */
void
ww_sql_part(struct ww_buf *b, const struct ww_entity *e, uint64_t fields, size_t filter)
{
	struct list names = { .b = b, .between = ", ", .after = "" };
	struct list order = { .b = b, .between = ", ", .after = "" };

	ww_buf_cstr(b, "SELECT " WW_SQL_ROW "(");
	for (size_t i = 0; i < e->n; i++) {
		if (i < e->keys || (fields >> i & 1) != 0)
			columns(&names, &e->fields[i]);
	}
	ww_buf_printf(b, ") FROM \"%s\" WHERE \"%s\" = $1 AND \"%s\" >= $2 AND \"%s\" <= $3",
	    e->name, e->fields[0].name, e->fields[1].name, e->fields[1].name);
	if (filter != SIZE_MAX)
		ww_buf_printf(b, " AND \"%s\" = $4", e->fields[filter].name);
	ww_buf_cstr(b, " ORDER BY ");
	all_columns(&order, e, e->keys);
}

int64_t
ww_sql_time_pack(ww_time t)
{
	return (int64_t)t.prec | (int64_t)t.flags << 8 | (int64_t)(uint16_t)t.offset << 16;
}

ww_time
ww_sql_time(int64_t ms, int64_t packed)
{
	uint64_t u = (uint64_t)packed;
	int32_t offset = (int32_t)(u >> 16 & 0xffffu);

	if (offset > INT16_MAX)
		offset -= UINT16_MAX + 1;
	return (ww_time){ .ms = ms,
		.offset = (int16_t)offset,
		.prec = (uint8_t)(u & 0xffu),
		.flags = (uint8_t)(u >> 8 & 0xffu) };
}
