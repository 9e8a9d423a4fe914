/* The ledger in an SQLite file. The only file that knows SQLite. A handle is for one thread; every reader
 * has its own. Error texts name SQLite's code and nothing else, as its messages may quote values. */
#include "store/store.h"

#include <wardwire/arena.h>
#include <wardwire/buf.h>
#include <wardwire/log.h>

#include "base/failpoint.h"
#include "model/row.h"
#include "store/rows.h"
#include "store/schema.h"
#include "store/sql.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

enum {
	BUSY_MS = 5000,
	CHECKPOINT_BYTES = 32 << 20, /* of the WAL */
	KEYS_MAX = 4,
	STRETCH_ROWS = 32, /* where a stretch has one, it often has about as many */
	COPY_PAGES = 256,  /* between two looks whether a copy is still wanted */
};

/* The statements of one entity; those of scans by the number of columns compared. */
enum shape {
	SHAPE_PUT,
	SHAPE_REMOVE,
	SHAPE_SCAN,
	SHAPE_INDEX = SHAPE_SCAN + KEYS_MAX + 1,
	SHAPE_AFTER = SHAPE_INDEX + WW_INDEX_MAX,
	SHAPE_UP = SHAPE_AFTER + WW_INDEX_MAX,
	SHAPE_DOWN,
	SHAPES,
};

struct table {
	const struct ww_entity *e;
	sqlite3_stmt *st[SHAPES]; /* made at first use */
};

/* The statement of a part of an entity. There are as many as there are places in the code that ask for one. */
enum { PARTS_MAX = 16 };
struct part {
	const struct ww_entity *e;
	uint64_t fields;
	size_t filter; /* SIZE_MAX: none */
	sqlite3_stmt *st;
};

struct ledger {
	sqlite3 *db;
	struct table *tables; /* in the order of ww_entities */
	size_t n;
	struct part parts[PARTS_MAX];
	size_t parts_n;
	struct ww_gather *found; /* where the search under way puts its rows, */
	uint64_t fields;         /* what it reads of them, */
	bool no_room;            /* and whether it came to its end for want of memory */
	enum ww_ledger_mode mode;
	const struct ww_fs *fs;
	const char *vfs;
	bool open;   /* inside begin and commit */
	bool broken; /* a put or remove of this transaction failed */
	size_t checkpoint_bytes;
	int checkpoint_pages, checkpoint_at;
};

/* -- errors ---------------------------------------------------------------------------------------- */

static const struct {
	int code;
	ww_status status;
} statuses[] = {
	{ SQLITE_FULL, WW_E_FULL },
	{ SQLITE_BUSY, WW_E_BUSY },
	{ SQLITE_LOCKED, WW_E_BUSY },
	{ SQLITE_PROTOCOL, WW_E_BUSY },
	{ SQLITE_IOERR, WW_E_IO },
	{ SQLITE_CANTOPEN, WW_E_IO },
	{ SQLITE_CORRUPT, WW_E_DAMAGED },
	{ SQLITE_NOTADB, WW_E_DAMAGED },
	{ SQLITE_NOMEM, WW_E_MEMORY },
	{ SQLITE_TOOBIG, WW_E_LIMIT },
	{ SQLITE_CONSTRAINT, WW_E_BUG },
	{ SQLITE_MISMATCH, WW_E_BUG },
	{ SQLITE_MISUSE, WW_E_BUG },
	{ SQLITE_RANGE, WW_E_BUG },
};

/* What an (extended) result code means to us. */
static ww_status
status_of(int rc)
{
	size_t i;

	if (rc == SQLITE_IOERR_NOMEM)
		return WW_E_MEMORY;
	for (i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		if (statuses[i].code == (rc & 0xff))
			return statuses[i].status;
	return WW_E_STORE;
}

static ww_status
failed(struct ww_ctx *cx, int rc, const char *what)
{
	return ww_fail(
	    cx, status_of(rc), "ledger", "%s: %s (code %d)", what, sqlite3_errstr(rc), rc);
}

static ww_status
run(struct ledger *l, struct ww_ctx *cx, const char *sql, const char *what)
{
	int rc = sqlite3_exec(l->db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? WW_OK : failed(cx, rc, what);
}

/* -- statements ------------------------------------------------------------------------------------ */

static struct table *
table_of(struct ledger *l, const struct ww_entity *e)
{
	size_t i = 0;

	while (i < l->n && l->tables[i].e != e)
		i++;
	assert(i < l->n);
	return &l->tables[i];
}

static void
write_sql(struct ww_buf *b, const struct ww_entity *e, size_t shape)
{
	if (shape == SHAPE_PUT)
		ww_sql_put(b, e);
	else if (shape == SHAPE_REMOVE)
		ww_sql_remove(b, e);
	else if (shape < SHAPE_INDEX)
		ww_sql_find(b, e, NULL, shape - SHAPE_SCAN);
	else if (shape < SHAPE_AFTER)
		ww_sql_find(b, e, &e->index[shape - SHAPE_INDEX], 0);
	else if (shape < SHAPE_UP)
		ww_sql_after(b, e, &e->index[shape - SHAPE_AFTER]);
	else
		ww_sql_between(b, e, shape == SHAPE_DOWN);
}

/* Makes the statement of that text, which it frees. */
static ww_status
prepare_text(struct ledger *l, struct ww_ctx *cx, const struct ww_entity *e, struct ww_buf *b,
    sqlite3_stmt **out)
{
	ww_status s = WW_OK;
	ww_str sql = ww_buf_view(b);
	int rc;

	if (b->error != WW_OK) {
		s = ww_fail(cx, (ww_status)b->error, "ledger", "no memory for a statement");
		goto free_text;
	}
	rc = sqlite3_prepare_v3(l->db, sql.p, (int)sql.n, SQLITE_PREPARE_PERSISTENT, out, NULL);
	if (rc == SQLITE_ERROR)
		s = ww_fail(cx, WW_E_CONFLICT, "ledger",
		    "table %s is not as this build made it: rebuild the ledger", e->name);
	else if (rc != SQLITE_OK)
		s = failed(cx, rc, e->name);
free_text:
	ww_buf_free(b);
	return s;
}

static ww_status
prepare(struct ledger *l, struct ww_ctx *cx, const struct ww_entity *e, size_t shape,
    sqlite3_stmt **out)
{
	struct ww_buf b = { 0 };

	write_sql(&b, e, shape);
	return prepare_text(l, cx, e, &b, out);
}

static ww_status
statement(struct ledger *l, struct ww_ctx *cx, const struct ww_entity *e, size_t shape,
    sqlite3_stmt **out)
{
	sqlite3_stmt **st;
	ww_status s = WW_OK;

	assert(shape < SHAPES);
	st = &table_of(l, e)->st[shape];
	if (*st == NULL)
		s = prepare(l, cx, e, shape, st);
	*out = *st;
	return s;
}

static ww_status
part_statement(struct ledger *l, struct ww_ctx *cx, const struct ww_entity *e, uint64_t fields,
    size_t filter, sqlite3_stmt **out)
{
	struct part *p = l->parts;
	struct ww_buf b = { 0 };
	ww_status s;

	for (; p < l->parts + l->parts_n; p++) {
		if (p->e == e && p->fields == fields && p->filter == filter) {
			*out = p->st;
			return WW_OK;
		}
	}
	assert(l->parts_n < PARTS_MAX);
	*p = (struct part){ .e = e, .fields = fields, .filter = filter };
	ww_sql_part(&b, e, fields, filter);
	s = prepare_text(l, cx, e, &b, &p->st);
	l->parts_n += s == WW_OK;
	*out = p->st;
	return s;
}

/* Binds a field to the parameters from *at on. The texts are the caller's until release. */
static int
bind(sqlite3_stmt *st, int *at, const struct ww_field *f, const void *row)
{
	ww_str text;
	ww_time t;
	int rc;

	switch (f->type) {
	case WW_TYPE_STR:
		text = ww_field_str(f, row);
		return sqlite3_bind_text64(st, ++*at, text.p, text.n, SQLITE_STATIC, SQLITE_UTF8);
	case WW_TYPE_TIME:
		t = ww_field_time(f, row);
		rc = sqlite3_bind_int64(st, ++*at, t.ms);
		if (rc != SQLITE_OK)
			return rc;
		return sqlite3_bind_int64(st, ++*at, ww_sql_time_pack(t));
	case WW_TYPE_ID:
	case WW_TYPE_ENUM:
		break;
	}
	return sqlite3_bind_int64(st, ++*at, ww_field_int(f, row));
}

/* Binds the first n fields. */
static int
bind_first(sqlite3_stmt *st, int *at, const struct ww_entity *e, size_t n, const void *row)
{
	int rc = SQLITE_OK;
	size_t i;

	for (i = 0; i < n && rc == SQLITE_OK; i++)
		rc = bind(st, at, &e->fields[i], row);
	return rc;
}

/* Ends the statement's read or write and lets go of the caller's texts. */
static void
release(sqlite3_stmt *st)
{
	(void)sqlite3_reset(st); /* repeats the code of the step */
	(void)sqlite3_clear_bindings(st);
}

/* -- transactions ---------------------------------------------------------------------------------- */

static ww_status
sqlite_begin(void *self, struct ww_ctx *cx)
{
	struct ledger *l = self;
	ww_status s;

	if (l->open)
		return ww_fail(cx, WW_E_BUG, "ledger", "begin inside a transaction");
	/* A reader's view starts with its first read, hence here and not at some later find. */
	s = run(l, cx,
	    l->mode == WW_LEDGER_WRITE ? "BEGIN IMMEDIATE"
	                               : "BEGIN DEFERRED; SELECT count(*) FROM sqlite_schema",
	    "begin");
	if (s == WW_OK)
		l->open = true;
	else if (!sqlite3_get_autocommit(l->db))
		(void)sqlite3_exec(l->db, "ROLLBACK", NULL, NULL, NULL);
	return s;
}

/* After some errors SQLite has rolled the transaction back by itself: what followed would then be
 * written bit by bit. */
static bool
transaction_holds(const struct ledger *l)
{
	return l->open && !l->broken && !sqlite3_get_autocommit(l->db);
}

static ww_status
sqlite_commit(void *self, struct ww_ctx *cx)
{
	struct ledger *l = self;
	ww_status s;

	if (!transaction_holds(l))
		return ww_fail(cx, WW_E_BUG, "ledger", "commit %s",
		    l->open ? "after a failed change" : "outside a transaction");
	s = run(l, cx, "COMMIT", "commit");
	if (s == WW_OK)
		l->open = false;
	else
		l->broken = true;
	return s;
}

static void
sqlite_rollback(void *self)
{
	struct ledger *l = self;

	if (!sqlite3_get_autocommit(l->db))
		(void)sqlite3_exec(l->db, "ROLLBACK", NULL, NULL, NULL);
	l->open = false;
	l->broken = false;
}

/* After every commit: moves the WAL into the file when it has grown by another 32 MiB, without waiting for
 * readers. The commit stands whatever comes of it. */
static int
on_commit(void *arg, sqlite3 *db, const char *name, int pages)
{
	struct ledger *l = arg;
	int rc;

	if (pages < l->checkpoint_pages)
		l->checkpoint_at = l->checkpoint_pages; /* the WAL began anew */
	if (pages < l->checkpoint_at)
		return SQLITE_OK;
	/* While a reader holds the WAL it goes on growing: then again at the next 32 MiB, not each time. */
	l->checkpoint_at = pages + l->checkpoint_pages;
	rc = sqlite3_wal_checkpoint_v2(db, name, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	if (rc != SQLITE_OK && status_of(rc) != WW_E_BUSY)
		ww_log(WW_LOG_WARN, "ledger=checkpoint status=%s code=%d",
		    ww_status_name(status_of(rc)), rc);
	return SQLITE_OK;
}

/* -- rows ------------------------------------------------------------------------------------------ */

/* Writes with the statement of that shape, whose parameters are the first n fields. */
static ww_status
change(struct ledger *l, struct ww_ctx *cx, const struct ww_entity *e, size_t shape, size_t n,
    const void *row)
{
	sqlite3_stmt *st;
	int rc, at = 0;
	ww_status s;

	if (l->mode != WW_LEDGER_WRITE)
		return ww_fail(cx, WW_E_BUG, "ledger", "a change by a reader");
	if (l->open && !transaction_holds(l))
		return ww_fail(cx, WW_E_BUG, "ledger", "a change after a failed change");
	s = statement(l, cx, e, shape, &st);
	if (s == WW_OK) {
		rc = bind_first(st, &at, e, n, row);
		if (rc == SQLITE_OK)
			rc = sqlite3_step(st);
		release(st);
		if (rc != SQLITE_DONE)
			s = failed(cx, rc, e->name);
	}
	if (s != WW_OK)
		l->broken = l->open;
	return s;
}

static ww_status
sqlite_put(void *self, struct ww_ctx *cx, const struct ww_entity *e, const void *row)
{
	return change(self, cx, e, SHAPE_PUT, e->n, row);
}

static ww_status
sqlite_remove(void *self, struct ww_ctx *cx, const struct ww_entity *e, const void *row)
{
	return change(self, cx, e, SHAPE_REMOVE, e->keys, row);
}

/* False when the machine is short of memory or the arena is full. Most texts are empty and are not looked at further. */
static bool
read_text(sqlite3_value *v, struct ww_arena *a, ww_str *out)
{
	int n = sqlite3_value_bytes(v);
	const unsigned char *p;

	*out = ww_str_empty();
	if (n == 0)
		return true;
	p = sqlite3_value_text(v);
	if (p == NULL)
		return false;
	*out = ww_arena_str(a, ww_str_of(p, (size_t)n));
	return out->n != 0;
}

/* v: the key and those fields that have a bit. */
static bool
read_row(
    sqlite3_value **v, const struct ww_entity *e, uint64_t fields, struct ww_arena *a, void *row)
{
	for (size_t i = 0; i < e->n; i++) {
		const struct ww_field *f = &e->fields[i];
		ww_str text;

		if (i >= e->keys && (fields >> i & 1) == 0) {
			ww_field_clear(f, row);
		} else if (f->type == WW_TYPE_STR) {
			if (!read_text(*v++, a, &text))
				return false;
			ww_field_set_str(f, row, text);
		} else if (f->type == WW_TYPE_TIME) {
			ww_field_set_time(f, row,
			    ww_sql_time(sqlite3_value_int64(v[0]), sqlite3_value_int64(v[1])));
			v += 2;
		} else {
			ww_field_set_int(f, row, sqlite3_value_int64(*v++));
		}
	}
	return true;
}

/* What searches select: it is called with the columns of each row. */
static void
on_row(sqlite3_context *call, int n, sqlite3_value **v)
{
	struct ledger *l = sqlite3_user_data(call);
	struct ww_gather *g = l->found;
	void *row = ww_gather_next(g);

	(void)n;
	if (row == NULL || !read_row(v, g->e, l->fields, g->cx->arena, row)) {
		l->no_room = true;
		sqlite3_result_error_code(call, SQLITE_ABORT);
	}
}

/* Steps through the result. Every row is read or the whole search fails. */
static ww_status
read_rows(struct ledger *l, sqlite3_stmt *st, uint64_t fields, struct ww_gather *g)
{
	size_t rows = 0;
	int rc;

	l->found = g;
	l->fields = fields;
	l->no_room = false;
	while ((rc = sqlite3_step(st)) == SQLITE_ROW && g->n == rows + 1)
		rows++;
	if (l->no_room)
		return ww_fail_memory(g->cx);
	/* They come in the order of the key, without being sorted: else they would all be read before the first is here. */
	if (rc == SQLITE_ROW)
		return ww_fail(g->cx, WW_E_BUG, "ledger", "%s: SQLite sorts it", g->e->name);
	return rc == SQLITE_DONE ? WW_OK : failed(g->cx, rc, g->e->name);
}

static int
bind_limit(sqlite3_stmt *st, int at, size_t limit)
{
	return sqlite3_bind_int64(
	    st, at, limit == 0 || limit > INT64_MAX ? -1 : (sqlite3_int64)limit);
}

static int
bind_search(sqlite3_stmt *st, const struct ww_entity *e, const struct ww_index *ix, size_t columns,
    const void *like, size_t limit)
{
	int rc = SQLITE_OK, at = 0;
	size_t i;

	if (ix == NULL)
		rc = bind_first(st, &at, e, columns, like);
	else
		for (i = 0; i < ww_index_width(ix) && rc == SQLITE_OK; i++)
			rc = bind(st, &at, &e->fields[ix->f[i]], like);
	if (rc == SQLITE_OK && ix != NULL && columns == WW_FIND_AFTER)
		rc = bind(st, &at, &e->fields[0], like);
	if (rc != SQLITE_OK)
		return rc;
	return bind_limit(st, at + 1, limit);
}

static ww_status
sqlite_find(void *self, struct ww_ctx *cx, const struct ww_entity *e, const struct ww_index *ix,
    size_t columns, const void *like, size_t limit, struct ww_rows *out)
{
	struct ledger *l = self;
	struct ww_gather found = { .cx = cx, .e = e, .limit = limit };
	size_t shape = ix == NULL                 ? SHAPE_SCAN + columns
	               : columns == WW_FIND_AFTER ? SHAPE_AFTER + (size_t)(ix - e->index)
	                                          : SHAPE_INDEX + (size_t)(ix - e->index);
	sqlite3_stmt *st;
	ww_status s;
	int rc;

	s = statement(l, cx, e, shape, &st);
	if (s != WW_OK)
		return s;
	rc = bind_search(st, e, ix, columns, like, limit);
	s = rc == SQLITE_OK ? read_rows(self, st, UINT64_MAX, &found) : failed(cx, rc, e->name);
	release(st);
	if (s == WW_OK)
		*out = ww_gather_rows(&found);
	return s;
}

static ww_status
sqlite_between(void *self, struct ww_ctx *cx, const struct ww_entity *e, const void *from,
    const void *to, bool down, size_t limit, struct ww_rows *out)
{
	struct ww_gather found = { .cx = cx, .e = e, .limit = limit };
	sqlite3_stmt *st;
	int rc, at = 0;
	ww_status s = statement(self, cx, e, down ? SHAPE_DOWN : SHAPE_UP, &st);

	if (s != WW_OK)
		return s;
	rc = bind_first(st, &at, e, e->keys, from);
	if (rc == SQLITE_OK)
		rc = bind_first(st, &at, e, e->keys, to);
	if (rc == SQLITE_OK)
		rc = bind_limit(st, at + 1, limit);
	s = rc == SQLITE_OK ? read_rows(self, st, UINT64_MAX, &found) : failed(cx, rc, e->name);
	release(st);
	if (s == WW_OK)
		*out = ww_gather_rows(&found);
	return s;
}

static ww_status
sqlite_part(void *self, struct ww_ctx *cx, const struct ww_entity *e, const struct ww_part *part,
    const struct ww_stretch *where, struct ww_rows *out)
{
	const int64_t bound[] = { where->of, where->from, where->to, part->value };
	struct ww_gather found = { .cx = cx, .e = e, .first = STRETCH_ROWS };
	sqlite3_stmt *st;
	int rc = SQLITE_OK, n = part->filtered ? 4 : 3;
	ww_status s =
	    part_statement(self, cx, e, part->fields, part->filtered ? part->field : SIZE_MAX, &st);

	if (s != WW_OK)
		return s;
	for (int i = 0; i < n && rc == SQLITE_OK; i++)
		rc = sqlite3_bind_int64(st, i + 1, bound[i]);
	s = rc == SQLITE_OK ? read_rows(self, st, part->fields, &found) : failed(cx, rc, e->name);
	release(st);
	if (s == WW_OK)
		*out = ww_gather_rows(&found);
	return s;
}

/* Asked for seldom, hence not kept. */
static ww_status
prepare_tally(struct ledger *l, struct ww_ctx *cx, const struct ww_entity *e,
    const struct ww_field *f, bool one, sqlite3_stmt **st)
{
	struct ww_buf sql = { 0 };
	ww_str text;
	int rc;

	ww_sql_tally(&sql, e, f, one);
	text = ww_buf_view(&sql);
	rc = sql.error != WW_OK ? SQLITE_NOMEM
	                        : sqlite3_prepare_v2(l->db, text.p, (int)text.n, st, NULL);
	ww_buf_free(&sql);
	return rc == SQLITE_OK ? WW_OK : failed(cx, rc, e->name);
}

static ww_status
sqlite_tally(void *self, struct ww_ctx *cx, const struct ww_entity *e, const struct ww_field *f,
    int64_t only, size_t limit, int64_t *counts, size_t n)
{
	sqlite3_stmt *st = NULL;
	int rc = SQLITE_OK;
	ww_status s = prepare_tally(self, cx, e, f, only >= 0, &st);

	if (s != WW_OK)
		return s;
	if (only >= 0) {
		rc = sqlite3_bind_int64(st, 1, only);
		if (rc == SQLITE_OK)
			rc = sqlite3_bind_int64(st, 2, (sqlite3_int64)limit);
	}
	while (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		sqlite3_int64 v = sqlite3_column_int64(st, 0);

		if (v >= 0 && (uint64_t)v < n)
			counts[v] = sqlite3_column_int64(st, 1);
		rc = SQLITE_OK;
	}
	s = rc == SQLITE_DONE ? WW_OK : failed(cx, rc, e->name);
	(void)sqlite3_finalize(st);
	return s;
}

/* -- opening --------------------------------------------------------------------------------------- */

static ww_status sqlite_copy(void *self, struct ww_ctx *cx, const char *path,
    bool (*go_on)(void *arg), void *arg, uint64_t *seq, int64_t *time);

static void
sqlite_close(void *self)
{
	struct ledger *l = self;
	size_t i, k;

	for (i = 0; i < l->n; i++)
		for (k = 0; k < SHAPES; k++)
			(void)sqlite3_finalize(l->tables[i].st[k]);
	for (i = 0; i < l->parts_n; i++)
		(void)sqlite3_finalize(l->parts[i].st);
	(void)sqlite3_close(l->db); /* rolls an open transaction back */
	free(l->tables);
	free(l);
}

static const struct ww_ledger_ops sqlite_ops = {
	.name = "sqlite",
	.begin = sqlite_begin,
	.commit = sqlite_commit,
	.rollback = sqlite_rollback,
	.put = sqlite_put,
	.remove = sqlite_remove,
	.find = sqlite_find,
	.between = sqlite_between,
	.part = sqlite_part,
	.tally = sqlite_tally,
	.copy = sqlite_copy,
	.close = sqlite_close,
};

/* Makes an empty file of mode 0600 unless there is one: SQLite's own would be readable by others, and it
 * gives the WAL the mode of the file. Only a new file is opened and closed here, as closing one that
 * this process has open elsewhere would drop its locks. */
static ww_status
make_file(struct ww_ctx *cx, const struct ww_fs *fs, const char *path)
{
	int fd = ww_fs_open(fs, path, O_RDWR | O_CREAT | O_EXCL);

	if (fd >= 0)
		(void)fs->close(fs->self, fd);
	else if (fd != -EEXIST)
		return ww_fs_fail(cx, "ledger", "make the file", fd);
	return WW_OK;
}

static ww_status
find_file(struct ww_ctx *cx, const struct ww_fs *fs, const char *path)
{
	struct ww_fs_stat st;
	int err = fs->stat(fs->self, path, &st);

	if (err == -ENOENT)
		return ww_fail(cx, WW_E_NOT_FOUND, "ledger", "there is no ledger yet");
	return err == 0 ? WW_OK : ww_fs_fail(cx, "ledger", "find the file", err);
}

/* The first value of a query as a number. */
static ww_status
ask(struct ledger *l, struct ww_ctx *cx, const char *sql, int64_t *out)
{
	sqlite3_stmt *st;
	int rc;

	rc = sqlite3_prepare_v2(l->db, sql, -1, &st, NULL);
	if (rc != SQLITE_OK)
		return failed(cx, rc, sql);
	rc = sqlite3_step(st);
	if (rc == SQLITE_ROW)
		*out = sqlite3_column_int64(st, 0);
	(void)sqlite3_finalize(st);
	return rc == SQLITE_ROW ? WW_OK : failed(cx, rc, sql);
}

/* -- copying --------------------------------------------------------------------------------------- */

/* All pages, as of the transaction that the source has begun. */
static ww_status
copy_pages(struct ledger *l, struct ww_ctx *cx, sqlite3 *to, bool (*go_on)(void *arg), void *arg)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", l->db, "main");
	bool wanted = true;
	int rc = SQLITE_OK;

	if (b == NULL)
		return failed(cx, sqlite3_errcode(to), "copy");
	while (rc == SQLITE_OK && wanted) {
		rc = sqlite3_backup_step(b, COPY_PAGES);
		wanted = go_on == NULL || go_on(arg);
	}
	(void)sqlite3_backup_finish(b);
	if (rc != SQLITE_DONE && rc != SQLITE_OK)
		return failed(cx, rc, "copy");
	return rc == SQLITE_DONE ? WW_OK
	                         : ww_fail(cx, WW_E_CLOSED, "ledger", "the copy was not finished");
}

/* Looks over the copy and reads its cursor. Afterwards it is one file that needs no WAL beside it. */
static ww_status
end_copy(struct ledger *copy, struct ww_ctx *cx, uint64_t *seq, int64_t *time)
{
	int64_t good = 0, at = 0;
	ww_status s = run(copy, cx, "PRAGMA journal_mode = DELETE", "copy");

	if (s == WW_OK)
		s = ask(copy, cx, "SELECT quick_check = 'ok' FROM pragma_quick_check(1)", &good);
	if (s == WW_OK && good != 1)
		s = ww_fail(
		    cx, WW_E_DAMAGED, "ledger", "it is damaged: rebuild it (wardwire rebuild)");
	if (s == WW_OK)
		s = ask(copy, cx, "SELECT ifnull(max(\"seq\"), 0) FROM \"cursor\"", &at);
	if (s == WW_OK)
		s = ask(copy, cx, "SELECT ifnull(max(\"now_ms\"), 0) FROM \"cursor\"", time);
	*seq = (uint64_t)at;
	return s;
}

/* Neither journal nor syncs: the file is of no use before all of it is there, and then its owner syncs it. */
static const char copy_settings[] = "PRAGMA journal_mode = OFF;"
                                    "PRAGMA synchronous = OFF;"
                                    "PRAGMA trusted_schema = OFF;"
                                    "PRAGMA cell_size_check = ON;"
                                    "PRAGMA temp_store = MEMORY;";

static ww_status
sqlite_copy(void *self, struct ww_ctx *cx, const char *path, bool (*go_on)(void *arg), void *arg,
    uint64_t *seq, int64_t *time)
{
	struct ledger *l = self, copy = { .fs = l->fs };
	ww_status s = make_file(cx, l->fs, path);
	int rc;

	if (s != WW_OK)
		return s;
	rc = sqlite3_open_v2(path, &copy.db, SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE, l->vfs);
	if (rc != SQLITE_OK) {
		s = failed(cx, rc, "copy");
		goto close_copy;
	}
	(void)sqlite3_extended_result_codes(copy.db, 1);
	s = run(&copy, cx, copy_settings, "copy");
	if (s == WW_OK)
		s = sqlite_begin(l, cx);
	if (s != WW_OK)
		goto close_copy;
	s = copy_pages(l, cx, copy.db, go_on, arg);
	sqlite_rollback(l);
	if (s == WW_OK)
		s = end_copy(&copy, cx, seq, time);
close_copy:
	(void)sqlite3_close(copy.db);
	return s;
}

/* Some file systems do not carry a WAL; SQLite then stays with its old journal and says so. */
static ww_status
turn_wal_on(struct ledger *l, struct ww_ctx *cx)
{
	static const char sql[] = "PRAGMA journal_mode = WAL";
	sqlite3_stmt *st;
	bool on = false;
	int rc;

	rc = sqlite3_prepare_v2(l->db, sql, -1, &st, NULL);
	if (rc != SQLITE_OK)
		return failed(cx, rc, sql);
	rc = sqlite3_step(st);
	if (rc == SQLITE_ROW)
		on = ww_str_is(ww_str_from((const char *)sqlite3_column_text(st, 0)), "wal");
	(void)sqlite3_finalize(st);
	if (rc != SQLITE_ROW)
		return failed(cx, rc, sql);
	if (!on)
		return ww_fail(cx, WW_E_STORE, "ledger", "this file system does not carry a WAL");
	return WW_OK;
}

/* temp_store: no copy of a patient's data in a temporary file outside the data folder. */
static const char common_settings[] = "PRAGMA trusted_schema = OFF;"
                                      "PRAGMA cell_size_check = ON;"
                                      "PRAGMA mmap_size = 0;"
                                      "PRAGMA temp_store = MEMORY;";
/* cache_size: 16 MiB, so that the pages of one batch are read once and written once. */
static const char write_settings[] = "PRAGMA synchronous = NORMAL;"
                                     "PRAGMA cache_size = -16384;"
                                     "PRAGMA wal_autocheckpoint = 0;"
                                     "PRAGMA journal_size_limit = 33554432;";
static const char read_settings[] = "PRAGMA query_only = ON;";

static ww_status
configure(struct ledger *l, struct ww_ctx *cx)
{
	int64_t page = 0;
	ww_status s;
	int rc = sqlite3_create_function_v2(
	    l->db, WW_SQL_ROW, -1, SQLITE_UTF8 | SQLITE_DIRECTONLY, l, on_row, NULL, NULL, NULL);

	if (rc != SQLITE_OK)
		return failed(cx, rc, "settings");
	(void)sqlite3_extended_result_codes(l->db, 1);
	(void)sqlite3_busy_timeout(l->db, BUSY_MS);
	(void)sqlite3_db_config(l->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	/* Else a quoted column that is not there is taken for a text of that name. */
	(void)sqlite3_db_config(l->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	(void)sqlite3_db_config(l->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	s = run(l, cx, common_settings, "settings");
	if (s != WW_OK)
		return s;
	if (l->mode == WW_LEDGER_READ) {
		(void)sqlite3_db_config(l->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
		return run(l, cx, read_settings, "settings");
	}
	s = turn_wal_on(l, cx);
	if (s == WW_OK)
		s = run(l, cx, write_settings, "settings");
	if (s == WW_OK)
		s = ask(l, cx, "PRAGMA page_size", &page);
	if (s != WW_OK)
		return s;
	l->checkpoint_pages = (int)(l->checkpoint_bytes / (size_t)page);
	l->checkpoint_at = l->checkpoint_pages;
	(void)sqlite3_wal_hook(l->db, on_commit, l);
	return WW_OK;
}

/* Brings the tables to this build's version, in the transaction the caller has begun. */
static ww_status
upgrade(struct ledger *l, struct ww_ctx *cx)
{
	struct ww_buf sql = { 0 };
	int64_t version = 0, tables = 0;
	ww_status s;

	s = ask(l, cx, "PRAGMA user_version", &version);
	if (s == WW_OK)
		s = ask(l, cx, "SELECT count(*) FROM sqlite_schema", &tables);
	if (s != WW_OK)
		return s;
	if (version == 0 && tables > 0)
		return ww_fail(cx, WW_E_CONFLICT, "ledger", "the file is some other database");
	s = ww_schema_upgrade(cx, version, &sql);
	if (s == WW_OK)
		s = run(l, cx, ww_buf_view(&sql).p, "schema");
	WW_FAILPOINT_IF(version != WW_SCHEMA_VERSION, "migration");
	ww_buf_free(&sql);
	return s;
}

static ww_status
bring_up(struct ledger *l, struct ww_ctx *cx)
{
	ww_status s;

	s = sqlite_begin(l, cx);
	if (s != WW_OK)
		return s;
	s = upgrade(l, cx);
	if (s == WW_OK)
		s = sqlite_commit(l, cx);
	if (s != WW_OK)
		sqlite_rollback(l);
	return s;
}

static ww_status
check_version(struct ledger *l, struct ww_ctx *cx)
{
	int64_t version = 0;
	ww_status s;

	s = ask(l, cx, "PRAGMA user_version", &version);
	if (s == WW_OK && version != WW_SCHEMA_VERSION)
		s = ww_fail(cx, WW_E_CONFLICT, "ledger",
		    "its schema version is %" PRId64 ", this build reads %d", version,
		    (int)WW_SCHEMA_VERSION);
	return s;
}

/* Prepares one statement for every table, so that a file whose tables are not those of this build is
 * refused now and not in the middle of the work. */
static ww_status
check_tables(struct ledger *l, struct ww_ctx *cx)
{
	sqlite3_stmt *st;
	ww_status s = WW_OK;
	size_t i;

	for (i = 0; i < l->n && s == WW_OK; i++)
		s = statement(l, cx, l->tables[i].e, SHAPE_SCAN, &st);
	return s;
}

/* Opens the file into l, whose owner closes it also after a failure. */
static ww_status
open_file(struct ledger *l, struct ww_ctx *cx, const struct ww_ledger_settings *set)
{
	const struct ww_fs *fs = set->fs != NULL ? set->fs : &ww_fs_real;
	int flags = SQLITE_OPEN_NOMUTEX;
	ww_status s;
	int rc;

	l->fs = fs;
	l->vfs = set->vfs;
	flags |= l->mode == WW_LEDGER_WRITE ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
	s = l->mode == WW_LEDGER_WRITE ? make_file(cx, fs, set->path)
	                               : find_file(cx, fs, set->path);
	if (s != WW_OK)
		return s;
	rc = sqlite3_open_v2(set->path, &l->db, flags, set->vfs);
	if (rc != SQLITE_OK)
		return failed(cx, rc, "open");
	s = configure(l, cx);
	if (s == WW_OK)
		s = l->mode == WW_LEDGER_WRITE ? bring_up(l, cx) : check_version(l, cx);
	if (s == WW_OK)
		s = check_tables(l, cx);
	return s;
}

ww_status
ww_ledger_sqlite_on(struct ww_ctx *cx, const struct ww_ledger_settings *set, struct ww_ledger *out)
{
	struct ledger *l = calloc(1, sizeof(*l));
	size_t i, n = 0;
	ww_status s;

	if (l == NULL)
		return ww_fail(cx, WW_E_MEMORY, "ledger", "no memory for a ledger");
	while (ww_entities[n] != NULL)
		n++;
	l->mode = set->mode;
	l->checkpoint_bytes = set->checkpoint_bytes != 0 ? set->checkpoint_bytes : CHECKPOINT_BYTES;
	l->tables = calloc(n, sizeof(*l->tables));
	if (l->tables == NULL) {
		s = ww_fail(cx, WW_E_MEMORY, "ledger", "no memory for a ledger");
		goto close_ledger;
	}
	l->n = n;
	for (i = 0; i < n; i++) {
		l->tables[i].e = ww_entities[i];
		assert(ww_entities[i]->keys <= KEYS_MAX);
	}
	s = open_file(l, cx, set);
	if (s != WW_OK)
		goto close_ledger;
	*out = (struct ww_ledger){ .ops = &sqlite_ops, .self = l };
	return WW_OK;
close_ledger:
	sqlite_close(l);
	return s;
}

ww_status
ww_ledger_sqlite(
    struct ww_ctx *cx, const char *path, enum ww_ledger_mode mode, struct ww_ledger *out)
{
	return ww_ledger_sqlite_on(
	    cx, &(struct ww_ledger_settings){ .path = path, .mode = mode }, out);
}
