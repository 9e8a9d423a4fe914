/* Command lines by tables: every form an option can take, and what is refused. */
#include "unit.h"

#include "base/options.h"

#include <string.h>
#include <unistd.h>

struct values {
	bool quiet, json;
	const char *to;
	uint64_t retry;
	unsigned pairs;
};

static bool
read_pair(void *arg, const char *text)
{
	unsigned *pairs = arg;

	if (strchr(text, ':') == NULL)
		return false;
	++*pairs;
	return true;
}

static const struct ww_usage usage = {
	.command = "kit send",
	.arguments = "FILE...",
	.summary = "Sends files.",
	.least = 1,
	.most = 2,
};

/* A command line given as one text, cut at its blanks; and what came of it. */
struct line {
	char text[128];
	char *argv[16];
	int argc, code;
	bool go;
	struct values v;
};

static void
silence(void)
{
	/* What is printed is not under test here; each test has its own process. */
	ck_assert(freopen("/dev/null", "w", stderr) != NULL);
	ck_assert(freopen("/dev/null", "w", stdout) != NULL);
}

static void
cut(struct line *l, const char *text)
{
	char *c;

	*l = (struct line){ .argc = 0, .code = -1 };
	snprintf(l->text, sizeof(l->text), "%s", text);
	for (c = l->text; *c != '\0';) {
		l->argv[l->argc++] = c;
		c += strcspn(c, " ");
		if (*c == ' ')
			*c++ = '\0';
	}
}

static void
read_line(struct line *l, const char *text)
{
	const struct ww_option rows[] = {
		{ .name = "to",
		    .brief = 't',
		    .argument = "URL",
		    .required = true,
		    .text = &l->v.to },
		{ .name = "retry", .argument = "N", .number = &l->v.retry, .least = 1, .most = 9 },
		{ .name = "quiet", .brief = 'q', .flag = &l->v.quiet, .help = "say less" },
		{ .name = "json", .brief = 'j', .flag = &l->v.json },
		{ .name = "fail", .argument = "N:STATUS", .read = read_pair, .arg = &l->v.pairs },
	};

	silence();
	cut(l, text);
	l->go = ww_options_read(&usage, rows, UNIT_COUNT(rows), &l->argc, l->argv, &l->code);
}

static void
refuses(const char *text)
{
	struct line l;

	read_line(&l, text);
	ck_assert_msg(!l.go && l.code == WW_EXIT_USAGE, "takes: %s", text);
}

START_TEST(reads_options_in_every_form_and_place)
{
	struct line l;

	read_line(&l, "send a --to=x -qj --retry 3 --fail 1:2 b --fail=3:4");
	ck_assert(l.go);
	ck_assert_str_eq(l.v.to, "x");
	ck_assert(l.v.quiet && l.v.json);
	ck_assert_uint_eq(l.v.retry, 3);
	ck_assert_uint_eq(l.v.pairs, 2);
	ck_assert_int_eq(l.argc, 3);
	ck_assert_str_eq(l.argv[1], "a");
	ck_assert_str_eq(l.argv[2], "b");
}
END_TEST

START_TEST(takes_a_short_option_with_its_argument_joined_or_apart)
{
	struct line l;

	read_line(&l, "send -qtx a");
	ck_assert(l.go);
	ck_assert_str_eq(l.v.to, "x");
	read_line(&l, "send -t y a");
	ck_assert(l.go);
	ck_assert_str_eq(l.v.to, "y");
}
END_TEST

START_TEST(takes_a_lone_dash_and_all_after_two_as_arguments)
{
	struct line l;

	read_line(&l, "send --to x - -- --quiet");
	ck_assert(l.go);
	ck_assert(!l.v.quiet);
	ck_assert_int_eq(l.argc, 3);
	ck_assert_str_eq(l.argv[1], "-");
	ck_assert_str_eq(l.argv[2], "--quiet");
}
END_TEST

START_TEST(takes_an_empty_argument_behind_an_equals_sign)
{
	struct line l;

	read_line(&l, "send --to= a");
	ck_assert(l.go);
	ck_assert_str_eq(l.v.to, "");
}
END_TEST

START_TEST(refuses_what_it_does_not_know)
{
	refuses("send --to x a --loud");
	refuses("send --to x a -z");
	refuses("send --to x a --qui"); /* an abbreviation */
}
END_TEST

START_TEST(refuses_an_option_without_its_argument_and_a_flag_with_one)
{
	refuses("send a --to");
	refuses("send a -t");
	refuses("send a --to x --quiet=1");
}
END_TEST

START_TEST(refuses_numbers_out_of_range_and_pairs_out_of_form)
{
	refuses("send --to x a --retry=0");
	refuses("send --to x a --retry=10");
	refuses("send --to x a --retry=x");
	refuses("send --to x a --retry=");
	refuses("send --to x a --retry -1");
	refuses("send --to x a --fail=3");
}
END_TEST

START_TEST(refuses_a_line_without_a_required_option)
{
	refuses("send a");
}
END_TEST

START_TEST(refuses_too_few_and_too_many_arguments)
{
	refuses("send --to x");
	refuses("send --to x a b c");
}
END_TEST

START_TEST(helps_before_it_complains)
{
	struct line l;

	read_line(&l, "send --help");
	ck_assert(!l.go);
	ck_assert_int_eq(l.code, WW_EXIT_OK);
}
END_TEST

static int
run_one(int argc, char **argv)
{
	return argc == 2 && strcmp(argv[0], "one") == 0 && strcmp(argv[1], "x") == 0 ? 7 : 8;
}

static int
run_line(const char *text)
{
	static const struct ww_command rows[] = { { "one", "The first.", run_one } };
	struct line l;

	silence();
	cut(&l, text);
	return ww_commands_run("kit", "A kit.", rows, UNIT_COUNT(rows), l.argc, l.argv);
}

START_TEST(runs_the_command_that_is_named)
{
	ck_assert_int_eq(run_line("kit one x"), 7);
	ck_assert_int_eq(run_line("kit two"), WW_EXIT_USAGE);
	ck_assert_int_eq(run_line("kit --help"), WW_EXIT_OK);
	ck_assert_int_eq(run_line("kit"), WW_EXIT_USAGE);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		reads_options_in_every_form_and_place,
		takes_a_short_option_with_its_argument_joined_or_apart,
		takes_a_lone_dash_and_all_after_two_as_arguments,
		takes_an_empty_argument_behind_an_equals_sign,
		refuses_what_it_does_not_know,
		refuses_an_option_without_its_argument_and_a_flag_with_one,
		refuses_numbers_out_of_range_and_pairs_out_of_form,
		refuses_a_line_without_a_required_option,
		refuses_too_few_and_too_many_arguments,
		helps_before_it_complains,
		runs_the_command_that_is_named,
	};

	return unit_main("options", tests, UNIT_COUNT(tests));
}
