/* The floor of apply: the rows of a ledger, taken from it and inserted anew by a bare SQLite loop with the same tables,
 * indexes, settings and size of transactions. Reading them is not timed. Prints records and rows a second.
 *
 *   rows --from ledger.db --to copy.db [--batch 1024] */
#include "tests/perf/perf.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TABLES_MOST = 32, COLUMNS_MOST = 64, CHUNK_RECORDS = 4096, CHECKPOINT_BYTES = 32 << 20 };

/* A row in memory, with the journal sequence that made it. */
struct row {
	size_t table;
	int64_t seq;
	sqlite3_value *v[COLUMNS_MOST];
};

struct table {
	char name[64];
	int columns;
	bool ids; /* numbered by sequence and ordinal */
	sqlite3_stmt *read, *insert;
	bool more; /* read stands on a row */
};

static sqlite3 *from, *to;
static struct table tables[TABLES_MOST];
static size_t tables_n;
static struct row *rows;
static size_t rows_n, rows_cap;

static void
run(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK)
		return;
	fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(db));
	exit(EXIT_FAILURE);
}

static sqlite3_stmt *
prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *st;

	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK)
		return st;
	fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(db));
	exit(EXIT_FAILURE);
}

/* Passed to the WAL hook: as store/ledger_sqlite.c does. */
static int
on_commit(void *arg, sqlite3 *db, const char *name, int pages)
{
	(void)arg;
	if (pages >= CHECKPOINT_BYTES / 4096)
		(void)sqlite3_wal_checkpoint_v2(db, name, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	return SQLITE_OK;
}

/* Copies a setting that belongs to the file. */
static void
copy_page_size(void)
{
	sqlite3_stmt *st = prepare(from, "PRAGMA page_size");
	char sql[64];

	perf_need(sqlite3_step(st) == SQLITE_ROW, "page_size");
	(void)snprintf(sql, sizeof(sql), "PRAGMA page_size = %d", sqlite3_column_int(st, 0));
	sqlite3_finalize(st);
	run(to, sql);
}

static void
make_tables(void)
{
	sqlite3_stmt *st =
	    prepare(from, "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL");

	copy_page_size();
	run(to,
	    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0;"
	    "PRAGMA cache_size = -16384; PRAGMA journal_size_limit = 33554432;"
	    "PRAGMA temp_store = MEMORY;");
	(void)sqlite3_wal_hook(to, on_commit, NULL);
	while (sqlite3_step(st) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(st, 1);

		run(to, (const char *)sqlite3_column_text(st, 2));
		if (strcmp((const char *)sqlite3_column_text(st, 0), "table") == 0 &&
		    strcmp(name, "cursor") != 0 && strcmp(name, "roster") != 0)
			(void)snprintf(tables[tables_n++].name, sizeof(tables[0].name), "%s", name);
	}
	sqlite3_finalize(st);
}

/* The column that holds the number of the record which made the row, or the row it belongs to. NULL: a table of what
 * is configured, with a handful of rows. */
static const char *
number_of(struct table *t)
{
	static const struct {
		const char *column;
		bool id; /* sequence and ordinal */
	} numbers[] = { { "id", true }, { "seq", false }, { "outbox", true }, { "person", true } };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		t->ids = numbers[i].id;
		if (sqlite3_table_column_metadata(from, NULL, t->name, numbers[i].column, NULL,
		        NULL, NULL, NULL, NULL) == SQLITE_OK)
			return numbers[i].column;
	}
	return NULL;
}

static void
open_table(struct table *t)
{
	const char *number = number_of(t);
	char sql[512];
	size_t at;

	if (number == NULL)
		return;
	(void)snprintf(sql, sizeof(sql), "SELECT %s, * FROM \"%s\" ORDER BY 1", number, t->name);
	t->read = prepare(from, sql);
	t->columns = sqlite3_column_count(t->read) - 1;
	perf_need(t->columns <= COLUMNS_MOST, "columns");
	at = (size_t)snprintf(sql, sizeof(sql), "INSERT INTO \"%s\" VALUES (?", t->name);
	for (int i = 1; i < t->columns; i++)
		at += (size_t)snprintf(sql + at, sizeof(sql) - at, ",?");
	(void)snprintf(sql + at, sizeof(sql) - at, ")");
	t->insert = prepare(to, sql);
	t->more = sqlite3_step(t->read) == SQLITE_ROW;
}

static int64_t
seq_of(const struct table *t)
{
	int64_t n = sqlite3_column_int64(t->read, 0);

	return t->ids ? n >> 16 : n;
}

static void
keep(size_t i)
{
	struct table *t = &tables[i];
	struct row *r;

	if (rows_n == rows_cap) {
		rows_cap = rows_cap == 0 ? 4096 : 2 * rows_cap;
		rows = realloc(rows, rows_cap * sizeof(*rows));
		perf_need(rows != NULL, "memory");
	}
	r = &rows[rows_n++];
	r->table = i;
	r->seq = seq_of(t);
	for (int c = 0; c < t->columns; c++)
		r->v[c] = sqlite3_value_dup(sqlite3_column_value(t->read, c + 1));
	t->more = sqlite3_step(t->read) == SQLITE_ROW;
}

static int
by_seq(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->seq != y->seq)
		return x->seq < y->seq ? -1 : 1;
	return x->table < y->table ? -1 : x->table > y->table;
}

/* Reads the rows of the records below stop. False: there are no more at all. */
static bool
read_chunk(int64_t stop)
{
	bool more = false;

	for (size_t i = 0; i < tables_n; i++) {
		while (tables[i].more && seq_of(&tables[i]) < stop)
			keep(i);
		more = more || tables[i].more;
	}
	qsort(rows, rows_n, sizeof(*rows), by_seq);
	return more;
}

static void
insert(const struct row *r)
{
	struct table *t = &tables[r->table];

	for (int c = 0; c < t->columns; c++)
		(void)sqlite3_bind_value(t->insert, c + 1, r->v[c]);
	perf_need(sqlite3_step(t->insert) == SQLITE_DONE, t->name);
	(void)sqlite3_reset(t->insert);
}

struct cost {
	uint64_t us, cpu_us, records;
};

/* Inserts the chunk, a commit for each batch of records, and frees it. */
static void
write_chunk(int64_t batch, struct cost *c)
{
	uint64_t start = perf_us(), cpu_start = perf_cpu_us();
	int64_t until = 0, last = -1;

	for (size_t i = 0; i < rows_n; i++) {
		if (rows[i].seq >= until) {
			run(to, until != 0 ? "COMMIT; BEGIN" : "BEGIN");
			until = rows[i].seq + batch;
		}
		c->records += rows[i].seq != last;
		last = rows[i].seq;
		insert(&rows[i]);
	}
	if (rows_n > 0)
		run(to, "COMMIT");
	c->us += perf_us() - start;
	c->cpu_us += perf_cpu_us() - cpu_start;
	for (size_t i = 0; i < rows_n; i++) {
		for (int k = 0; k < tables[rows[i].table].columns; k++)
			sqlite3_value_free(rows[i].v[k]);
	}
	rows_n = 0;
}

int
main(int argc, char **argv)
{
	const char *path = perf_text(argc, argv, "to", "copy.db");
	int64_t batch = (int64_t)perf_number(argc, argv, "batch", 1024), stop = CHUNK_RECORDS;
	struct cost all = { 0 }, first = { 0 };
	double seconds, cpu;
	bool more = true;

	(void)unlink(path);
	perf_need(sqlite3_open_v2(perf_text(argc, argv, "from", "ledger.db"), &from,
	              SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
	              sqlite3_open(path, &to) == SQLITE_OK,
	    "open");
	make_tables();
	for (size_t i = 0; i < tables_n; i++)
		open_table(&tables[i]);
	for (; more; stop += CHUNK_RECORDS) {
		more = read_chunk(stop);
		write_chunk(batch, &all);
		if (stop == CHUNK_RECORDS) /* configuration and rosters: not a message each */
			first = all;
	}
	seconds = (double)(all.us - first.us) / 1e6;
	cpu = (double)(all.cpu_us - first.cpu_us) / 1e6;
	printf("records=%llu seconds=%.2f rate=%.0f cpu-rate=%.0f\n",
	    (unsigned long long)(all.records - first.records), seconds,
	    (double)(all.records - first.records) / seconds,
	    (double)(all.records - first.records) / cpu);
	return EXIT_SUCCESS;
}
