/* The CSV reader. */
#include "unit.h"

#include <wardwire/ctx.h>

#include "base/csv.h"

static struct ww_ctx cx;
static struct ww_csv csv;

static void
start(ww_str text)
{
	cx = (struct ww_ctx){ .arena = ww_arena_new(1 << 16) };
	ww_csv_start(&csv, text);
}

/* The next row is there and has n cells. */
static void
row(size_t n)
{
	bool more;

	ck_assert_int_eq(ww_csv_row(&csv, &cx, &more), WW_OK);
	ck_assert(more);
	ck_assert_uint_eq(csv.n, n);
}

static void
end(void)
{
	bool more = true;

	ck_assert_int_eq(ww_csv_row(&csv, &cx, &more), WW_OK);
	ck_assert(!more);
	ww_arena_free(cx.arena);
}

static void
fails(ww_status s, const char *place)
{
	bool more = true;

	ck_assert_int_eq(ww_csv_row(&csv, &cx, &more), s);
	ck_assert(!more);
	ck_assert_str_eq(cx.fail.place, place);
	ww_arena_free(cx.arena);
}

START_TEST(reads_rows_ended_by_lf_or_crlf_or_nothing)
{
	start(WW_STR("code,name\r\n1,one\n2,two"));
	row(2);
	unit_str_is(csv.cells[0], "code");
	unit_str_is(csv.cells[1], "name");
	row(2);
	unit_str_is(csv.cells[1], "one");
	row(2);
	unit_str_is(csv.cells[1], "two");
	ck_assert_uint_eq(csv.line, 3);
	end();
}
END_TEST

START_TEST(reads_nothing_from_nothing)
{
	start(WW_STR(""));
	end();
	start(WW_STR("\xef\xbb\xbf"));
	end();
}
END_TEST

START_TEST(leaves_out_the_byte_order_mark)
{
	start(WW_STR("\xef\xbb\xbf\"code\",x\n"));
	row(2);
	unit_str_is(csv.cells[0], "code");
	end();
}
END_TEST

START_TEST(keeps_empty_cells_also_at_the_end)
{
	start(WW_STR(",a,,"));
	row(4);
	unit_str_is(csv.cells[0], "");
	unit_str_is(csv.cells[1], "a");
	unit_str_is(csv.cells[3], "");
	end();
}
END_TEST

START_TEST(reads_commas_quotes_and_line_breaks_inside_quotes)
{
	start(WW_STR("\"a,b\",\"say \"\"hi\"\"\",\"two\r\nlines\",\"\"\nnext\n"));
	row(4);
	unit_str_is(csv.cells[0], "a,b");
	unit_str_is(csv.cells[1], "say \"hi\"");
	unit_str_is(csv.cells[2], "two\r\nlines");
	unit_str_is(csv.cells[3], "");
	ck_assert_uint_eq(csv.line, 1);
	row(1);
	ck_assert_uint_eq(csv.line, 3);
	end();
}
END_TEST

START_TEST(takes_a_quote_inside_a_plain_cell_as_it_is)
{
	start(WW_STR("5\" tape, \"x\"\n"));
	row(2);
	unit_str_is(csv.cells[0], "5\" tape");
	unit_str_is(csv.cells[1], " \"x\"");
	end();
}
END_TEST

START_TEST(takes_a_lone_cr_as_content)
{
	start(WW_STR("a\rb\r"));
	row(1);
	unit_str_is(csv.cells[0], "a\rb\r");
	end();
}
END_TEST

START_TEST(skips_blank_rows_but_counts_their_lines)
{
	start(WW_STR("\n  \n,,\na\n\n"));
	row(1);
	unit_str_is(csv.cells[0], "a");
	ck_assert_uint_eq(csv.line, 4);
	end();
}
END_TEST

START_TEST(names_the_line_of_a_quote_never_closed)
{
	start(WW_STR("a\nb,\"c\nd\ne"));
	row(1);
	fails(WW_E_SYNTAX, "line 2");
	start(WW_STR("\""));
	fails(WW_E_SYNTAX, "line 1");
	start(WW_STR("\"a\"\""));
	fails(WW_E_SYNTAX, "line 1");
}
END_TEST

START_TEST(names_the_line_of_text_after_a_closing_quote)
{
	start(WW_STR("a\n\"b\"c\n"));
	row(1);
	fails(WW_E_SYNTAX, "line 2");
	start(WW_STR("\"a\" ,b"));
	fails(WW_E_SYNTAX, "line 1");
}
END_TEST

START_TEST(refuses_more_than_256_cells)
{
	char text[257];
	size_t i;

	for (i = 0; i < sizeof(text); i++)
		text[i] = ',';
	text[0] = 'a';
	start(ww_str_of(text, 256));
	row(256);
	end();
	start(ww_str_of(text, 257));
	fails(WW_E_LIMIT, "line 1");
}
END_TEST

START_TEST(says_limit_when_the_arena_is_full)
{
	bool more;

	cx = (struct ww_ctx){ .arena = ww_arena_new(16) };
	ww_csv_start(&csv, WW_STR("a,b,c,d"));
	ck_assert_int_eq(ww_csv_row(&csv, &cx, &more), WW_E_LIMIT);
	ww_arena_free(cx.arena);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		reads_rows_ended_by_lf_or_crlf_or_nothing,
		reads_nothing_from_nothing,
		leaves_out_the_byte_order_mark,
		keeps_empty_cells_also_at_the_end,
		reads_commas_quotes_and_line_breaks_inside_quotes,
		takes_a_quote_inside_a_plain_cell_as_it_is,
		takes_a_lone_cr_as_content,
		skips_blank_rows_but_counts_their_lines,
		names_the_line_of_a_quote_never_closed,
		names_the_line_of_text_after_a_closing_quote,
		refuses_more_than_256_cells,
		says_limit_when_the_arena_is_full,
	};

	return unit_main("csv", tests, UNIT_COUNT(tests));
}
