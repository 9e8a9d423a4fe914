/* Versions of the ledger's tables: the SQL of the steps, and files of other versions. */
#include "tests/unit/ledgers.h"

#include "store/schema.h"
#include "store/sql.h"

#include <fcntl.h>
#include <sys/stat.h>

enum { VERSION_AT = 60 }; /* of user_version in the SQLite file header, big-endian */

/* -- SQL ------------------------------------------------------------------------------------------- */

START_TEST(sql_of_an_entity_with_a_key_of_two_numbers)
{
	struct ww_buf b = { 0 };

	ww_sql_create(&b, &ww_entity_attempt);
	unit_str_is(ww_buf_view(&b),
	    "CREATE TABLE \"attempt\" (\"outbox\" INTEGER NOT NULL, \"seq\" INTEGER NOT NULL, "
	    "\"revision\" INTEGER NOT NULL, \"verb\" TEXT NOT NULL, "
	    "\"started_ms\" INTEGER NOT NULL, \"ended_ms\" INTEGER NOT NULL, "
	    "\"result\" TEXT NOT NULL, \"http\" INTEGER NOT NULL, \"reason\" TEXT NOT NULL, "
	    "PRIMARY KEY (\"outbox\", \"seq\")) STRICT, WITHOUT ROWID;\n"
	    "CREATE INDEX \"attempt_by_seq\" ON \"attempt\" (\"seq\");\n");
	ww_buf_clear(&b);
	ww_sql_remove(&b, &ww_entity_attempt);
	unit_str_is(
	    ww_buf_view(&b), "DELETE FROM \"attempt\" WHERE \"outbox\" = $1 AND \"seq\" = $2");
	ww_buf_free(&b);
}
END_TEST

/* One of the test's own, which does not change with the model. */
static const struct ww_field pet_fields[] = {
	{ .name = "id", .type = WW_TYPE_ID, .key = true },
	{ .name = "name", .type = WW_TYPE_STR },
	{ .name = "owner", .type = WW_TYPE_STR },
	{ .name = "birth", .type = WW_TYPE_TIME },
};
static const struct ww_index pet_index[] = {
	{ .name = "by_name", .f = { 1, 1 } },
	{ .name = "by_owner", .f = { 2, 1 } },
	{ .name = NULL },
};
static const struct ww_entity pet = { .name = "pet",
	.fields = pet_fields,
	.n = UNIT_COUNT(pet_fields),
	.keys = 1,
	.index = pet_index };

START_TEST(sql_of_an_entity_with_a_time_and_one_number_as_key)
{
	struct ww_buf b = { 0 };

	ww_sql_create(&b, &pet);
	unit_str_is(ww_buf_view(&b),
	    "CREATE TABLE \"pet\" (\"id\" INTEGER NOT NULL, \"name\" TEXT NOT NULL, "
	    "\"owner\" TEXT NOT NULL, \"birth\" INTEGER NOT NULL, \"birth_x\" INTEGER NOT NULL, "
	    "PRIMARY KEY (\"id\")) STRICT;\n"
	    "CREATE INDEX \"pet_by_name\" ON \"pet\" (\"name\");\n"
	    "CREATE INDEX \"pet_by_owner\" ON \"pet\" (\"owner\", \"name\");\n");
	ww_buf_clear(&b);
	ww_sql_put(&b, &pet);
	unit_str_is(ww_buf_view(&b),
	    "INSERT INTO \"pet\" (\"id\", \"name\", \"owner\", \"birth\", \"birth_x\") VALUES "
	    "($1, $2, $3, $4, $5) ON CONFLICT (\"id\") DO UPDATE SET \"name\" = excluded.\"name\", "
	    "\"owner\" = excluded.\"owner\", \"birth\" = excluded.\"birth\", \"birth_x\" = "
	    "excluded.\"birth_x\"");
	ww_buf_free(&b);
}
END_TEST

START_TEST(sql_of_an_entity_that_is_all_key)
{
	struct ww_buf b = { 0 };

	ww_sql_put(&b, &ww_entity_member);
	unit_str_is(ww_buf_view(&b),
	    "INSERT INTO \"member\" (\"number\", \"person\") VALUES ($1, $2) "
	    "ON CONFLICT (\"number\", \"person\") DO NOTHING");
	ww_buf_free(&b);
}
END_TEST

START_TEST(sql_of_searches)
{
	struct ww_buf b = { 0 };

	ww_sql_find(&b, &pet, ww_entity_index(&pet, "by_owner"), 0);
	unit_str_is(ww_buf_view(&b),
	    "SELECT ww_row(\"id\", \"name\", \"owner\", \"birth\", \"birth_x\") FROM \"pet\" "
	    "WHERE \"owner\" = $1 AND \"name\" = $2 ORDER BY \"id\" LIMIT $3");
	ww_buf_clear(&b);
	ww_sql_after(&b, &pet, ww_entity_index(&pet, "by_name"));
	unit_str_is(ww_buf_view(&b),
	    "SELECT ww_row(\"id\", \"name\", \"owner\", \"birth\", \"birth_x\") FROM \"pet\" "
	    "WHERE \"name\" = $1 AND \"id\" > $2 ORDER BY \"id\" LIMIT $3");
	ww_buf_clear(&b);
	ww_sql_find(&b, &pet, NULL, 0);
	unit_str_is(ww_buf_view(&b),
	    "SELECT ww_row(\"id\", \"name\", \"owner\", \"birth\", \"birth_x\") FROM \"pet\" "
	    "ORDER BY \"id\" LIMIT $1");
	ww_buf_free(&b);
}
END_TEST

START_TEST(a_time_comes_back_from_its_two_columns)
{
	static const ww_time times[] = {
		{ 0, 0, WW_PREC_NONE, 0 },
		{ INT64_MIN, INT16_MIN, WW_PREC_MS, 255 },
		{ INT64_MAX, INT16_MAX, 255, WW_TIME_ASSUMED },
		{ -1, -1, WW_PREC_DAY, WW_TIME_SHIFTED },
	};
	size_t i;

	for (i = 0; i < UNIT_COUNT(times); i++) {
		ww_time t = ww_sql_time(times[i].ms, ww_sql_time_pack(times[i]));

		ck_assert_int_eq(t.ms, times[i].ms);
		ck_assert_int_eq(t.offset, times[i].offset);
		ck_assert_int_eq(t.prec, times[i].prec);
		ck_assert_int_eq(t.flags, times[i].flags);
	}
}
END_TEST

/* -- steps ----------------------------------------------------------------------------------------- */

static void
first(struct ww_buf *b)
{
	ww_buf_cstr(b, "first;");
}

static void
second(struct ww_buf *b)
{
	ww_buf_cstr(b, "second;");
}

static void
third(struct ww_buf *b)
{
	ww_buf_cstr(b, "third;");
}

/* As they will be after two changes of the model: 0 leads to the newest at once. */
static const struct ww_schema_step later[] = {
	{ 0, 3, first },
	{ 1, 2, second },
	{ 2, 3, third },
	{ 5, 5, first },
};

static void
path_is(int64_t from, int64_t to, ww_status want, const char *sql)
{
	struct ww_ctx cx = { 0 };
	struct ww_buf b = { 0 };

	ck_assert_int_eq(ww_schema_path(&cx, later, UNIT_COUNT(later), from, to, &b), want);
	if (want == WW_OK)
		ck_assert_str_eq(ww_buf_view(&b).p, sql);
	else
		ck_assert_int_eq(cx.fail.status, want);
	ww_buf_free(&b);
}

START_TEST(steps_are_taken_one_after_the_other)
{
	path_is(0, 3, WW_OK, "first;PRAGMA user_version = 3;\n");
	path_is(1, 3, WW_OK, "second;third;PRAGMA user_version = 3;\n");
	path_is(2, 3, WW_OK, "third;PRAGMA user_version = 3;\n");
	path_is(3, 3, WW_OK, "");
}
END_TEST

START_TEST(a_version_without_a_way_on_is_refused)
{
	path_is(4, 3, WW_E_CONFLICT, "");
	path_is(4, 6, WW_E_CONFLICT, "");
	path_is(5, 6, WW_E_CONFLICT, "");
	path_is(-1, 3, WW_E_CONFLICT, "");
}
END_TEST

START_TEST(the_steps_of_this_build_lead_to_its_version)
{
	struct ww_ctx cx = { 0 };
	struct ww_buf b = { 0 };
	int64_t v;

	for (v = 0; v <= WW_SCHEMA_VERSION; v++) {
		ww_buf_clear(&b);
		ck_assert_int_eq(ww_schema_upgrade(&cx, v, &b), WW_OK);
	}
	ck_assert_int_eq(ww_schema_upgrade(&cx, WW_SCHEMA_VERSION + 1, &b), WW_E_CONFLICT);
	ck_assert_ptr_nonnull(strstr(cx.fail.reason, "newer than"));
	ww_buf_free(&b);
}
END_TEST

/* -- files ----------------------------------------------------------------------------------------- */

static ww_status
open_ledger(struct bench *b, enum ww_ledger_mode mode)
{
	ww_ctx_clear(&b->cx);
	return ww_ledger_sqlite(&b->cx, b->path, mode, &b->l);
}

static void
make_ledger(struct bench *b)
{
	void *row;

	bench_ok(b, open_ledger(b, WW_LEDGER_WRITE));
	row = new_row(&ww_entity_person, 1, b->cx.arena);
	bench_ok(b, ww_put(&b->l, &b->cx, person, row));
	ww_ledger_close(&b->l);
}

static void
plant_version(struct bench *b, unsigned char version)
{
	const unsigned char bytes[4] = { 0, 0, 0, version };
	int fd = open(b->path, O_WRONLY);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pwrite(fd, bytes, sizeof(bytes), VERSION_AT), sizeof(bytes));
	close(fd);
}

/* Replaces the first place where the text stands in the file. */
static void
plant_text(struct bench *b, const char *old, const char *new)
{
	static char file[1 << 20];
	int fd = open(b->path, O_RDWR);
	ssize_t i, n = read(fd, file, sizeof(file));
	ssize_t len = (ssize_t)strlen(old);

	for (i = 0; i + len <= n && memcmp(file + i, old, (size_t)len) != 0; i++)
		;
	ck_assert_msg(i + len <= n, "no %s in the file", old);
	ck_assert_int_eq(pwrite(fd, new, (size_t)len, i), len);
	close(fd);
}

static void
is_refused(struct bench *b, enum ww_ledger_mode mode, ww_status want, const char *reason)
{
	ck_assert_int_eq(open_ledger(b, mode), want);
	ck_assert_int_eq(b->cx.fail.status, want);
	ck_assert_msg(strstr(b->cx.fail.reason, reason) != NULL, "%s", b->cx.fail.reason);
	ck_assert_ptr_null(b->l.ops);
}

START_TEST(an_empty_file_of_version_0_is_brought_up)
{
	struct bench b;

	bench_open(&b);
	close(open(b.path, O_RDWR | O_CREAT, 0600));
	is_refused(&b, WW_LEDGER_READ, WW_E_CONFLICT, "schema version is 0");
	make_ledger(&b);
	bench_ok(&b, open_ledger(&b, WW_LEDGER_READ));
	bench_close(&b);
}
END_TEST

START_TEST(a_database_of_version_0_with_tables_is_not_ours)
{
	struct bench b;

	bench_open(&b);
	make_ledger(&b);
	plant_version(&b, 0);
	is_refused(&b, WW_LEDGER_WRITE, WW_E_CONFLICT, "some other database");
	plant_version(&b, WW_SCHEMA_VERSION);
	bench_ok(&b, open_ledger(&b, WW_LEDGER_WRITE));
	bench_close(&b);
}
END_TEST

START_TEST(a_newer_version_is_refused_and_stays_as_it_is)
{
	struct bench b;
	bool found = false;
	struct ww_person *p;

	bench_open(&b);
	make_ledger(&b);
	plant_version(&b, WW_SCHEMA_VERSION + 1);
	is_refused(&b, WW_LEDGER_WRITE, WW_E_CONFLICT, "newer than");
	is_refused(&b, WW_LEDGER_READ, WW_E_CONFLICT, "this build reads");
	plant_version(&b, WW_SCHEMA_VERSION);
	bench_ok(&b, open_ledger(&b, WW_LEDGER_READ));
	p = new_row(&ww_entity_person, 1, b.cx.arena);
	bench_ok(&b, ww_get(&b.l, &b.cx, person, p, &found));
	ck_assert(found);
	bench_close(&b);
}
END_TEST

START_TEST(a_ledger_whose_tables_are_not_of_this_build_is_refused)
{
	struct bench b;

	bench_open(&b);
	make_ledger(&b);
	plant_text(&b, "\"demog_ms\"", "\"demog_mz\"");
	is_refused(&b, WW_LEDGER_WRITE, WW_E_CONFLICT, "table person is not as this build made it");
	is_refused(&b, WW_LEDGER_READ, WW_E_CONFLICT, "table person is not as this build made it");
	bench_close(&b);
}
END_TEST

START_TEST(a_file_that_is_no_database_is_damaged)
{
	struct bench b;
	char junk[4096];
	int fd;

	bench_open(&b);
	memset(junk, 'j', sizeof(junk));
	fd = open(b.path, O_WRONLY | O_CREAT, 0600);
	ck_assert_int_eq(write(fd, junk, sizeof(junk)), sizeof(junk));
	close(fd);
	is_refused(&b, WW_LEDGER_WRITE, WW_E_DAMAGED, "not a database");
	is_refused(&b, WW_LEDGER_READ, WW_E_DAMAGED, "not a database");
	bench_close(&b);
}
END_TEST

START_TEST(a_reader_makes_no_file)
{
	struct bench b;

	bench_open(&b);
	is_refused(&b, WW_LEDGER_READ, WW_E_NOT_FOUND, "no ledger yet");
	ck_assert_int_ne(access(b.path, F_OK), 0);
	bench_close(&b);
}
END_TEST

START_TEST(a_ledger_in_a_missing_folder_is_an_io_error)
{
	struct bench b;
	char path[sizeof(b.path)];

	bench_open(&b);
	memcpy(path, b.path, sizeof(path));
	snprintf(b.path, sizeof(b.path), "%s/none/l", b.dir);
	is_refused(&b, WW_LEDGER_WRITE, WW_E_IO, "cannot make the file");
	memcpy(b.path, path, sizeof(path));
	bench_close(&b);
}
END_TEST

/* Whatever the umask says. */
START_TEST(only_the_owner_may_read_the_files)
{
	static const char *const suffixes[] = { "", "-wal" };
	struct bench b;
	struct stat st;
	char path[320];
	size_t i;

	umask(0);
	bench_open(&b);
	bench_ok(&b, open_ledger(&b, WW_LEDGER_WRITE));
	for (i = 0; i < UNIT_COUNT(suffixes); i++) {
		snprintf(path, sizeof(path), "%s%s", b.path, suffixes[i]);
		ck_assert_int_eq(stat(path, &st), 0);
		ck_assert_int_eq(st.st_mode & 07777, 0600);
	}
	bench_close(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		sql_of_an_entity_with_a_key_of_two_numbers,
		sql_of_an_entity_with_a_time_and_one_number_as_key,
		sql_of_an_entity_that_is_all_key,
		sql_of_searches,
		a_time_comes_back_from_its_two_columns,
		steps_are_taken_one_after_the_other,
		a_version_without_a_way_on_is_refused,
		the_steps_of_this_build_lead_to_its_version,
		an_empty_file_of_version_0_is_brought_up,
		a_database_of_version_0_with_tables_is_not_ours,
		a_newer_version_is_refused_and_stays_as_it_is,
		a_ledger_whose_tables_are_not_of_this_build_is_refused,
		a_file_that_is_no_database_is_damaged,
		a_reader_makes_no_file,
		a_ledger_in_a_missing_folder_is_an_io_error,
		only_the_owner_may_read_the_files,
	};

	return unit_main("schema", tests, UNIT_COUNT(tests));
}
