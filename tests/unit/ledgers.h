/* What the tests of rows and ledgers share: a scratch folder with a ledger of either kind, and rows of any
 * entity filled with values that are hard to carry. */
#ifndef WW_TESTS_LEDGERS_H
#define WW_TESTS_LEDGERS_H

#include "tests/unit/unit.h"

#include <wardwire/arena.h>
#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/ledger.h>

#include "model/row.h"
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct bench {
	struct ww_ctx cx;
	struct ww_ledger l;
	char dir[256];
	char path[300]; /* of the SQLite file */
};

#define bench_ok(b, call) ck_assert_msg((call) == WW_OK, "%s: %s", #call, (b)->cx.fail.reason)

/* A folder without a ledger. */
static inline void
bench_open(struct bench *b)
{
	const char *tmp = getenv("TMPDIR");

	*b = (struct bench){ .cx = { .arena = ww_arena_new(0) } };
	ck_assert_ptr_nonnull(b->cx.arena);
	snprintf(b->dir, sizeof(b->dir), "%s/ww-ledger-XXXXXX", tmp != NULL ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(b->dir));
	snprintf(b->path, sizeof(b->path), "%s/ledger.db", b->dir);
}

static inline void
bench_close(struct bench *b)
{
	static const char *const suffixes[] = { "", "-wal", "-shm" };
	char path[320];
	size_t i;

	ww_ledger_close(&b->l);
	for (i = 0; i < UNIT_COUNT(suffixes); i++) {
		snprintf(path, sizeof(path), "%s%s", b->path, suffixes[i]);
		unlink(path);
	}
	ck_assert_int_eq(rmdir(b->dir), 0);
	ww_arena_free(b->cx.arena);
}

/* -- both stores ----------------------------------------------------------------------------------- */

static inline ww_status
bench_sqlite(struct bench *b, struct ww_ledger *out)
{
	return ww_ledger_sqlite(&b->cx, b->path, WW_LEDGER_WRITE, out);
}

static inline ww_status
bench_memory(struct bench *b, struct ww_ledger *out)
{
	return ww_ledger_memory(&b->cx, out);
}

static ww_status (*const stores[])(struct bench *b, struct ww_ledger *out) = {
	bench_sqlite,
	bench_memory,
};

static inline void
on_both(void (*test)(struct bench *b))
{
	size_t i;

	for (i = 0; i < UNIT_COUNT(stores); i++) {
		struct bench b;

		bench_open(&b);
		bench_ok(&b, stores[i](&b, &b.l));
		test(&b);
		bench_close(&b);
	}
}

/* Opens a test function that is run over both. */
#define ON_BOTH(name)                                                                              \
	static void name##_on(struct bench *b);                                                    \
	START_TEST(name)                                                                           \
	{                                                                                          \
		on_both(name##_on);                                                                \
	}                                                                                          \
	END_TEST                                                                                   \
	static void name##_on(struct bench *b)

/* -- rows ------------------------------------------------------------------------------------------ */

/* A whole number spread by the seed, far beyond 32 bits and also below 0. */
static inline int64_t
spread(uint64_t seed, uint64_t field)
{
	uint64_t v = (seed * 31 + field + 1) * UINT64_C(0x9e3779b97f4a7c15);

	return (int64_t)(v ^ v >> 29);
}

static inline ww_time
spread_time(uint64_t seed, uint64_t field)
{
	uint64_t v = (uint64_t)spread(seed, field);

	return (ww_time){ .ms = (int64_t)(v % UINT64_C(3000000000000)) - INT64_C(900000000000),
		.offset = (int16_t)((int)(v >> 7 & 0xff) * 3 - 400),
		.prec = (uint8_t)(1 + (v >> 16) % WW_PREC_MS),
		.flags = (uint8_t)(v >> 24 & 3) };
}

/* Quotes, a line feed, a NUL, two bytes of UTF-8 and more than any cell of a page holds inline. */
static inline ww_str
spread_text(uint64_t seed, const struct ww_field *f, struct ww_arena *a)
{
	static const char hard[] = "'\"\n\0\xc3\xa9;--";
	ww_str name = ww_arena_printf(a, "%s-%llu", f->name, (unsigned long long)seed);
	size_t n = seed % 5 == 4 ? 6000 : sizeof(hard) - 1;
	char *p = ww_arena_alloc(a, name.n + n);

	memcpy(p, name.p, name.n);
	memset(p + name.n, 'x', n);
	memcpy(p + name.n, hard, sizeof(hard) - 1);
	return ww_str_of(p, name.n + n);
}

/* Every field set; rows of different seeds differ in every field but coded values. */
static inline void
fill_row(const struct ww_entity *e, void *row, uint64_t seed, struct ww_arena *a)
{
	size_t i;

	ww_row_init(e, row);
	for (i = 0; i < e->n; i++) {
		const struct ww_field *f = &e->fields[i];

		switch (f->type) {
		case WW_TYPE_ID:
			ww_field_set_int(f, row, spread(seed, i));
			break;
		case WW_TYPE_ENUM:
			ww_field_set_int(f, row, 1 + (int64_t)((seed + i) % 2));
			break;
		case WW_TYPE_STR:
			ww_field_set_str(f, row, spread_text(seed, f, a));
			break;
		case WW_TYPE_TIME:
			ww_field_set_time(f, row, spread_time(seed, i));
			break;
		}
	}
}

static inline void *
new_row(const struct ww_entity *e, uint64_t seed, struct ww_arena *a)
{
	void *row = ww_arena_alloc(a, e->size);

	ck_assert_ptr_nonnull(row);
	fill_row(e, row, seed, a);
	return row;
}

#endif
