/* The ledger seam: what all stores have in common, and the dump that compares them. */
#include <wardwire/ledger.h>

#include <wardwire/arena.h>
#include <wardwire/buf.h>
#include <wardwire/json.h>

#include "model/model_json.h"
#include "model/row.h"
#include "store/store.h"

#include <assert.h>
#include <string.h>

ww_status
ww_ledger_begin(struct ww_ledger *l, struct ww_ctx *cx)
{
	return l->ops->begin(l->self, cx);
}

ww_status
ww_ledger_commit(struct ww_ledger *l, struct ww_ctx *cx)
{
	return l->ops->commit(l->self, cx);
}

void
ww_ledger_rollback(struct ww_ledger *l)
{
	l->ops->rollback(l->self);
}

void
ww_ledger_close(struct ww_ledger *l)
{
	if (l->ops != NULL)
		l->ops->close(l->self);
	*l = (struct ww_ledger){ .ops = NULL };
}

ww_status
ww_ledger_put(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_entity *e, const void *row)
{
	return l->ops->put(l->self, cx, e, row);
}

ww_status
ww_ledger_remove(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_entity *e, const void *row)
{
	return l->ops->remove(l->self, cx, e, row);
}

ww_status
ww_ledger_get(
    struct ww_ledger *l, struct ww_ctx *cx, const struct ww_entity *e, void *row, bool *found)
{
	struct ww_rows rows;
	ww_status s;

	s = l->ops->find(l->self, cx, e, NULL, e->keys, row, 1, &rows);
	if (s != WW_OK)
		return s;
	*found = rows.n > 0;
	if (*found)
		memcpy(row, rows.p, e->size);
	return WW_OK;
}

ww_status
ww_ledger_find(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_entity *e, const char *index,
    const void *like, struct ww_rows *out)
{
	return l->ops->find(l->self, cx, e, ww_entity_index(e, index), 0, like, 0, out);
}

ww_status
ww_ledger_after(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_entity *e,
    const char *index, const void *like, size_t limit, struct ww_rows *out)
{
	return l->ops->find(
	    l->self, cx, e, ww_entity_index(e, index), WW_FIND_AFTER, like, limit, out);
}

ww_status
ww_ledger_scan(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_entity *e, size_t columns,
    const void *like, size_t limit, struct ww_rows *out)
{
	return l->ops->find(l->self, cx, e, NULL, columns, like, limit, out);
}

ww_status
ww_ledger_between(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_entity *e,
    const void *from, const void *to, bool down, size_t limit, struct ww_rows *out)
{
	return l->ops->between(l->self, cx, e, from, to, down, limit, out);
}

enum { VALUES_MAX = 64 }; /* of a coded field */

static const struct ww_field *
coded_field(const struct ww_entity *e, const char *name)
{
	const struct ww_field *f = e->fields;

	while (strcmp(f->name, name) != 0)
		f++;
	assert(f->type == WW_TYPE_ENUM);
	return f;
}

uint64_t
ww_part_fields(const struct ww_entity *e, const size_t *offsets, size_t n)
{
	uint64_t fields = 0;

	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		while (k < e->n && e->fields[k].at != offsets[i])
			k++;
		assert(k < e->n);
		fields |= UINT64_C(1) << k;
	}
	return fields;
}

/* Where the store reads whole rows: what was not asked for is not there, either. */
static void
keep_part(const struct ww_entity *e, const struct ww_part *part, struct ww_rows *rows)
{
	char *to = rows->p;
	size_t kept = 0;

	for (size_t i = 0; i < rows->n; i++) {
		char *row = (char *)rows->p + i * e->size;

		if (part->filtered && ww_field_int(&e->fields[part->field], row) != part->value)
			continue;
		memmove(to + kept * e->size, row, e->size);
		row = to + kept++ * e->size;
		for (size_t k = e->keys; k < e->n; k++) {
			if ((part->fields >> k & 1) == 0)
				ww_field_clear(&e->fields[k], row);
		}
	}
	rows->n = kept;
}

/* The key below or above all keys that begin like that, as far as its third column tells. */
static void *
edge(struct ww_ctx *cx, const struct ww_entity *e, int64_t of, int64_t at, int64_t rest)
{
	const int64_t key[] = { of, at, rest };
	void *row = ww_arena_alloc(cx->arena, e->size);

	if (row == NULL)
		return NULL;
	ww_row_init(e, row);
	for (size_t i = 0; i < e->keys && i < sizeof(key) / sizeof(key[0]); i++)
		ww_field_set_int(&e->fields[i], row, key[i]);
	return row;
}

ww_status
ww_ledger_part(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_entity *e,
    const struct ww_part *part, const struct ww_stretch *where, struct ww_rows *out)
{
	void *low, *high;
	ww_status s;

	assert(e->keys >= 2 && where->from > INT64_MIN && where->to < INT64_MAX);
	if (l->ops->part != NULL)
		return l->ops->part(l->self, cx, e, part, where, out);
	low = edge(cx, e, where->of, where->from - 1, INT64_MAX);
	high = edge(cx, e, where->of, where->to + 1, 0);
	if (low == NULL || high == NULL)
		return ww_fail_memory(cx);
	s = l->ops->between(l->self, cx, e, low, high, false, 0, out);
	if (s == WW_OK)
		keep_part(e, part, out);
	return s;
}

ww_status
ww_ledger_tally(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_entity *e,
    const char *field, int64_t *counts, size_t n)
{
	memset(counts, 0, n * sizeof(*counts));
	return l->ops->tally(l->self, cx, e, coded_field(e, field), -1, 0, counts, n);
}

ww_status
ww_ledger_count(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_entity *e,
    const char *field, int64_t value, size_t most, size_t *out)
{
	int64_t counts[VALUES_MAX] = { 0 };
	ww_status s;

	assert(value >= 0 && value < VALUES_MAX && most > 0);
	s = l->ops->tally(l->self, cx, e, coded_field(e, field), value, most, counts, VALUES_MAX);
	*out = (size_t)counts[value];
	return s;
}

ww_status
ww_ledger_copy(struct ww_ledger *l, struct ww_ctx *cx, const char *path, bool (*go_on)(void *arg),
    void *arg, uint64_t *seq, int64_t *time)
{
	if (l->ops->copy == NULL)
		return ww_fail(cx, WW_E_CONFLICT, "ledger",
		    "a ledger of kind %s cannot be copied to a file", l->ops->name);
	return l->ops->copy(l->self, cx, path, go_on, arg, seq, time);
}

/* -- dump ----------------------------------------------------------------------------------------- */

/* {"person":{"id":65537,...}} and a line feed. */
static ww_status
dump_row(struct ww_ctx *cx, const struct ww_entity *e, const void *row, struct ww_buf *out)
{
	struct ww_json *line = ww_json_object(cx);
	struct ww_json *content = ww_row_json(cx, e, row);
	ww_status s;

	if (content == NULL)
		return ww_fail_memory(cx);
	ww_json_set(cx, line, e->name, content);
	s = ww_json_write(cx, line, false, out);
	if (s != WW_OK)
		return s;
	ww_buf_byte(out, '\n');
	if (out->error != WW_OK)
		return ww_fail(cx, (ww_status)out->error, NULL, "no room for the dump");
	return WW_OK;
}

/* each lives as long as one row. */
static ww_status
dump_entity(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_entity *e, struct ww_ctx *each,
    struct ww_buf *out)
{
	struct ww_rows rows;
	size_t i;
	ww_status s;

	s = ww_ledger_scan(l, cx, e, 0, NULL, 0, &rows);
	for (i = 0; s == WW_OK && i < rows.n; i++) {
		s = dump_row(each, e, (const char *)rows.p + i * e->size, out);
		if (s != WW_OK)
			cx->fail = each->fail;
		ww_ctx_clear(each);
	}
	return s;
}

/* With two arenas of its own, for the rows of an entity and the JSON of a row: a dump is larger than the
 * work of one message may be. */
ww_status
ww_ledger_dump(struct ww_ledger *l, struct ww_ctx *cx, struct ww_buf *out)
{
	struct ww_ctx rows = { .arena = ww_arena_new(0), .now = cx->now };
	struct ww_ctx each = { .arena = ww_arena_new(0), .now = cx->now };
	ww_status s = WW_OK;
	size_t i;

	if (rows.arena == NULL || each.arena == NULL)
		s = ww_fail(&rows, WW_E_MEMORY, NULL, "no memory for a dump");
	for (i = 0; s == WW_OK && ww_entities[i] != NULL; i++) {
		s = dump_entity(l, &rows, ww_entities[i], &each, out);
		if (s == WW_OK)
			ww_arena_reset(rows.arena);
	}
	if (s != WW_OK)
		(void)ww_fail(cx, s, rows.fail.place, "%s", rows.fail.reason);
	ww_arena_free(each.arena);
	ww_arena_free(rows.arena);
	return s;
}
