/* The ring of refused input: the newest entries are kept, in a file that never grows past its capacity. */
#include "journal_fixture.h"

#include <wardwire/buf.h>

#include <pthread.h>
#include <stdatomic.h>

#define RING "refused.ring"
enum { CAP = 16384 };

static struct ww_refused *
open_ring(struct fixture *f, size_t cap)
{
	struct ww_refused *r = NULL;

	ww_ctx_clear(&f->cx);
	ck_assert_int_eq(
	    ww_refused_open(&f->cx, &ww_fs_real, fixture_path(f->dir, RING), cap, &r), WW_OK);
	return r;
}

/* Adds an input of n bytes that tells its own number. */
static void
add(struct fixture *f, struct ww_refused *r, uint64_t number, size_t n)
{
	struct ww_failure why = { .status = WW_E_NOT_HL7, .place = "MSH", .reason = "no header" };

	ww_ctx_clear(&f->cx);
	ck_assert_int_eq(ww_refused_add(r, &f->cx, (int64_t)number * 10, WW_STR("feed"),
	                     WW_STR("127.0.0.1"), &why, fixture_body(&f->cx, number, n)),
	    WW_OK);
}

static size_t
list(struct fixture *f, struct ww_refused_entry **e)
{
	size_t n;

	ww_ctx_clear(&f->cx);
	ck_assert_int_eq(
	    ww_refused_list(&f->cx, &ww_fs_real, fixture_path(f->dir, RING), e, &n), WW_OK);
	return n;
}

/* The list is the newest entries without a gap, each as it was added with n bytes. */
static size_t
expect_newest(struct fixture *f, uint64_t newest, size_t size)
{
	struct ww_refused_entry *e;
	size_t i, n = list(f, &e);

	ck_assert_uint_gt(n, 0);
	ck_assert_uint_le(n, newest);
	for (i = 0; i < n; i++) {
		uint64_t number = newest - (n - 1 - i);

		ck_assert_uint_eq(e[i].number, number);
		ck_assert_int_eq(e[i].time, (int64_t)number * 10);
		unit_str_is(e[i].feed, "feed");
		unit_str_is(e[i].peer, "127.0.0.1");
		unit_str_is(e[i].code, "WW-202");
		unit_str_is(e[i].place, "MSH");
		unit_str_is(e[i].reason, "no header");
		ck_assert(ww_str_eq(e[i].raw, fixture_body(&f->cx, number, size)));
		ck_assert_uint_eq(e[i].size, e[i].raw.n);
	}
	return n;
}

START_TEST(lists_what_was_refused)
{
	struct fixture f;
	struct ww_refused_entry *e;
	struct ww_refused *r;
	struct stat st;

	fixture_open(&f);
	ck_assert_uint_eq(list(&f, &e), 0);
	r = open_ring(&f, CAP);
	ck_assert_uint_eq(list(&f, &e), 0);
	add(&f, r, 1, 100);
	add(&f, r, 2, 100);
	ck_assert_uint_eq(expect_newest(&f, 2, 100), 2);
	ck_assert_int_eq(stat(fixture_path(f.dir, RING), &st), 0);
	ck_assert_int_le(st.st_size, CAP);
	ck_assert_uint_eq(st.st_mode & 0777, 0600);
	ww_refused_close(r);
	ww_refused_close(NULL);
	fixture_close(&f);
}
END_TEST

START_TEST(lets_the_oldest_give_way)
{
	static const size_t sizes[] = { 0, 1, 77, 1000, 3001 };
	size_t k;

	for (k = 0; k < UNIT_COUNT(sizes); k++) {
		struct fixture f;
		struct ww_refused *r;
		struct stat st;
		uint64_t i;

		fixture_open(&f);
		r = open_ring(&f, CAP);
		for (i = 1; i <= 300; i++) {
			add(&f, r, i, sizes[k]);
			if (i > 250 || i % 10 == 0)
				expect_newest(&f, i, sizes[k]);
		}
		/* At least half of the ring is in use. */
		ck_assert_uint_ge(expect_newest(&f, 300, sizes[k]), CAP / 2 / (sizes[k] + 150));
		ck_assert_int_eq(stat(fixture_path(f.dir, RING), &st), 0);
		ck_assert_int_le(st.st_size, CAP);
		ww_refused_close(r);
		fixture_close(&f);
	}
}
END_TEST

START_TEST(goes_on_after_a_reopen_and_after_a_kill)
{
	struct fixture f;
	uint64_t i;

	fixture_open(&f);
	for (i = 1; i <= 200; i++) {
		struct ww_refused *r = open_ring(&f, CAP);

		add(&f, r, i, 500);
		expect_newest(&f, i, 500);
		ww_refused_close(r); /* which writes nothing: a kill leaves the same file */
	}
	fixture_close(&f);
}
END_TEST

START_TEST(cuts_a_long_input_and_says_how_long_it_was)
{
	struct fixture f;
	struct ww_refused_entry *e;
	struct ww_refused *r;

	fixture_open(&f);
	r = open_ring(&f, CAP);
	add(&f, r, 1, 5 * CAP);
	ck_assert_uint_eq(list(&f, &e), 1);
	ck_assert_uint_eq(e[0].raw.n, CAP / 4);
	ck_assert_uint_eq(e[0].size, 5 * CAP);
	ww_refused_close(r);
	fixture_close(&f);
}
END_TEST

START_TEST(takes_its_entries_into_a_ring_of_another_size)
{
	struct fixture f;
	struct ww_refused *r;
	uint64_t i;
	size_t n, fewer;

	fixture_open(&f);
	r = open_ring(&f, 4 * CAP);
	for (i = 1; i <= 100; i++)
		add(&f, r, i, 300);
	n = expect_newest(&f, 100, 300);
	ck_assert_uint_eq(n, 100);
	ww_refused_close(r);
	r = open_ring(&f, CAP);
	fewer = expect_newest(&f, 100, 300);
	ck_assert_uint_lt(fewer, n);
	ck_assert_uint_gt(fewer, 10);
	add(&f, r, 101, 300);
	expect_newest(&f, 101, 300);
	ww_refused_close(r);
	r = open_ring(&f, 4 * CAP);
	add(&f, r, 102, 300);
	expect_newest(&f, 102, 300);
	ww_refused_close(r);
	fixture_close(&f);
}
END_TEST

START_TEST(refuses_a_ring_too_small_for_anything)
{
	struct fixture f;
	struct ww_refused *r = NULL;

	fixture_open(&f);
	ck_assert_int_eq(
	    ww_refused_open(&f.cx, &ww_fs_real, fixture_path(f.dir, RING), 100, &r), WW_E_CONFIG);
	ck_assert_ptr_null(r);
	fixture_close(&f);
}
END_TEST

START_TEST(survives_damage_anywhere)
{
	struct fixture f;
	struct ww_refused_entry *e;
	struct ww_refused *r;
	char path[FIXTURE_PATH];
	uint8_t *p;
	size_t n, i, k, got;

	fixture_open(&f);
	snprintf(path, sizeof(path), "%s", fixture_path(f.dir, RING));
	r = open_ring(&f, CAP);
	for (i = 1; i <= 20; i++)
		add(&f, r, i, 40);
	ww_refused_close(r);
	p = fixture_load(path, &n);
	for (i = 0; i < 20 * 140; i += 3) {
		p[i] ^= 0x41;
		fixture_store(path, p, n);
		p[i] ^= 0x41;
		got = list(&f, &e);
		ck_assert_uint_ge(got, i < 32 ? 0 : 19);
		for (k = 0; k < got; k++)
			ck_assert(ww_str_eq(e[k].raw, fixture_body(&f.cx, e[k].number, 40)));
		r = open_ring(&f, CAP);
		add(&f, r, 1000, 40);
		ck_assert_uint_ge(list(&f, &e), 1);
		ww_refused_close(r);
	}
	for (i = 0; i < 200; i++) { /* cut short */
		fixture_store(path, p, i);
		(void)list(&f, &e);
		r = open_ring(&f, CAP);
		add(&f, r, 1, 40);
		ck_assert_uint_ge(list(&f, &e), 1);
		ww_refused_close(r);
	}
	free(p);
	fixture_close(&f);
}
END_TEST

START_TEST(does_not_list_an_entry_inside_an_input)
{
	struct fixture f;
	struct ww_refused_entry *e;
	struct ww_refused *r;
	struct ww_failure why = { .status = WW_E_NOT_HL7 };
	uint8_t *p;
	size_t n, i, got;

	fixture_open(&f);
	r = open_ring(&f, CAP);
	add(&f, r, 1, 40);
	ww_refused_close(r);
	p = fixture_load(fixture_path(f.dir, RING), &n);
	/* A sender who has seen another ring sends what was in it. */
	ck_assert_int_eq(unlink(fixture_path(f.dir, RING)), 0);
	r = open_ring(&f, CAP);
	for (i = 1; i < 40; i++) {
		ww_ctx_clear(&f.cx);
		ck_assert_int_eq(ww_refused_add(r, &f.cx, 0, WW_STR("b"), WW_STR("c"), &why,
		                     ww_str_of(p, 1000 + i)),
		    WW_OK);
		got = list(&f, &e);
		while (got-- > 0)
			unit_str_is(e[got].feed, "b");
	}
	ww_refused_close(r);
	free(p);
	fixture_close(&f);
}
END_TEST

struct adder {
	struct fixture *f;
	struct ww_refused *r;
	atomic_bool done;
};

static void *
add_many(void *arg)
{
	struct adder *a = arg;
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_failure why = { .status = WW_E_LIMIT };
	unsigned i;

	for (i = 0; i < 2000; i++)
		ck_assert_int_eq(ww_refused_add(a->r, &cx, (int64_t)i, WW_STR("b"), WW_STR("c"),
		                     &why, WW_STR("0123456789")),
		    WW_OK);
	atomic_store(&a->done, true);
	ww_arena_free(cx.arena);
	return NULL;
}

START_TEST(is_listed_while_two_add)
{
	struct fixture f;
	struct ww_refused_entry *e;
	struct adder a[2];
	pthread_t threads[2];
	size_t i, n;

	fixture_open(&f);
	a[0].f = a[1].f = &f;
	a[0].r = a[1].r = open_ring(&f, CAP);
	for (i = 0; i < 2; i++) {
		atomic_init(&a[i].done, false);
		ck_assert_int_eq(pthread_create(&threads[i], NULL, add_many, &a[i]), 0);
	}
	do {
		n = list(&f, &e);
		for (i = 0; i < n; i++)
			unit_str_is(e[i].raw, "0123456789");
	} while (!atomic_load(&a[0].done) || !atomic_load(&a[1].done));
	for (i = 0; i < 2; i++)
		ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
	n = list(&f, &e);
	ck_assert_uint_gt(n, 100);
	ck_assert_uint_eq(e[n - 1].number, 4000);
	for (i = 0; i < n; i++)
		ck_assert_uint_eq(e[i].number, 4000 - (n - 1 - i));
	ww_refused_close(a[0].r);
	fixture_close(&f);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		lists_what_was_refused,
		lets_the_oldest_give_way,
		goes_on_after_a_reopen_and_after_a_kill,
		cuts_a_long_input_and_says_how_long_it_was,
		takes_its_entries_into_a_ring_of_another_size,
		refuses_a_ring_too_small_for_anything,
		survives_damage_anywhere,
		does_not_list_an_entry_inside_an_input,
		is_listed_while_two_add,
	};

	return unit_main("refused", tests, UNIT_COUNT(tests));
}
