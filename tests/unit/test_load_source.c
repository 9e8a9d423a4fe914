/* Lines of large files: numbers, places to go on from, quotes, gzip, and lines that are too long. */
#include "unit.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include "main/load_source.h"

#include <string.h>
#include <unistd.h>

enum { LONGEST = 100 };

static struct ww_ctx cx;
static char path[64];

static void
put(ww_str text)
{
	FILE *f;
	int fd;

	cx = (struct ww_ctx){ .arena = ww_arena_new(0) };
	(void)snprintf(path, sizeof(path), "/tmp/wardwire-source-XXXXXX");
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	f = fdopen(fd, "wb");
	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(text.p, 1, text.n, f), text.n);
	fclose(f);
}

static void
teardown(void)
{
	unlink(path);
	ww_arena_free(cx.arena);
}

static struct ww_load_source *
open_source(bool quoted)
{
	struct ww_load_source *s = NULL;

	ck_assert_int_eq(ww_load_source_open(&cx, path, LONGEST, quoted, &s), WW_OK);
	return s;
}

static void
line(struct ww_load_source *s, uint64_t number, const char *want)
{
	struct ww_load_line l;
	bool more;

	ck_assert_int_eq(ww_load_source_read(s, &cx, &l, &more), WW_OK);
	ck_assert(more);
	ck_assert(!l.too_long);
	ck_assert_uint_eq(l.number, number);
	unit_str_is(l.text, want);
}

static void
end(struct ww_load_source *s)
{
	struct ww_load_line l;
	bool more = true;

	ck_assert_int_eq(ww_load_source_read(s, &cx, &l, &more), WW_OK);
	ck_assert(!more);
	ww_load_source_close(s);
}

START_TEST(numbers_lines_and_takes_off_their_ends)
{
	struct ww_load_source *s;

	put(WW_STR("\xef\xbb\xbfone\r\n\nthree\nfour"));
	s = open_source(false);
	line(s, 1, "one");
	line(s, 2, "");
	line(s, 3, "three");
	line(s, 4, "four");
	end(s);
	teardown();
}
END_TEST

START_TEST(an_empty_file_has_no_line)
{
	put(WW_STR(""));
	end(open_source(false));
	teardown();
}
END_TEST

START_TEST(goes_on_where_a_line_began)
{
	struct ww_load_source *s;
	struct ww_load_line l;
	bool more;

	put(WW_STR("a,\"b\nc\"\nsecond\nthird\n"));
	s = open_source(true);
	line(s, 1, "a,\"b\nc\"");
	ck_assert_int_eq(ww_load_source_read(s, &cx, &l, &more), WW_OK);
	ck_assert_uint_eq(l.number, 3);
	ck_assert_uint_eq(l.next_number, 4);
	ww_load_source_close(s);
	s = open_source(true);
	ck_assert_int_eq(ww_load_source_skip(s, &cx, l.next, l.next_number), WW_OK);
	line(s, 4, "third");
	end(s);
	s = open_source(true);
	ck_assert_int_eq(ww_load_source_skip(s, &cx, 1000, 9), WW_E_CONFLICT);
	ww_load_source_close(s);
	teardown();
}
END_TEST

START_TEST(passes_over_a_line_that_is_too_long)
{
	struct ww_buf b = { 0 };
	struct ww_load_source *s;
	struct ww_load_line l;
	bool more;

	ww_buf_cstr(&b, "before\n");
	for (int i = 0; i < 1 << 20; i++)
		ww_buf_byte(&b, 'x');
	ww_buf_cstr(&b, "\nafter\n");
	put(ww_buf_view(&b));
	ww_buf_free(&b);
	s = open_source(false);
	line(s, 1, "before");
	ck_assert_int_eq(ww_load_source_read(s, &cx, &l, &more), WW_OK);
	ck_assert(more && l.too_long);
	ck_assert_uint_eq(l.number, 2);
	ck_assert_uint_eq(l.text.n, 0);
	line(s, 3, "after");
	end(s);
	teardown();
}
END_TEST

/* However its bytes fall into the pieces that are read: 64 lines to each of the reader's chunks, and some more. */
START_TEST(a_long_file_is_read_line_by_line)
{
	struct ww_buf b = { 0 };
	struct ww_load_source *s;
	char want[LONGEST];

	for (int i = 1; i <= 30000; i++)
		ww_buf_printf(&b, "%d %.*s\n", i, i % 64,
		    "................................................................");
	put(ww_buf_view(&b));
	ww_buf_free(&b);
	s = open_source(false);
	for (int i = 1; i <= 30000; i++) {
		(void)snprintf(want, sizeof(want), "%d %.*s", i, i % 64,
		    "................................................................");
		line(s, (uint64_t)i, want);
	}
	end(s);
	teardown();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		numbers_lines_and_takes_off_their_ends,
		an_empty_file_has_no_line,
		goes_on_where_a_line_began,
		passes_over_a_line_that_is_too_long,
		a_long_file_is_read_line_by_line,
	};

	return unit_main("load_source", tests, UNIT_COUNT(tests));
}
