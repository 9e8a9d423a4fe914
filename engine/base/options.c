/* Reads command lines by tables of options. Not getopt_long(3): it is no part of POSIX, keeps its place
 * in globals, and takes abbreviations. */
#include "base/options.h"

#include <wardwire/str.h>

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Width of the left column of --help. */
#define LEFT 28

/* Where reading stands. */
struct reader {
	const struct ww_usage *usage;
	const struct ww_option *rows;
	size_t n;
	char **next; /* the word after the one being read */
	char **end;
	uint64_t seen; /* bit i: row i was given */
};

static bool
takes_argument(const struct ww_option *o)
{
	return o->flag == NULL;
}

/* The left column of one option: "  -l, --listen HOST:PORT". */
static void
print_option(const struct ww_option *o)
{
	char left[128];
	int n;

	n = snprintf(left, sizeof(left), "  %s%c%s--%s%s%s", o->brief != 0 ? "-" : " ",
	    o->brief != 0 ? o->brief : ' ', o->brief != 0 ? ", " : "  ", o->name,
	    o->argument != NULL ? " " : "", o->argument != NULL ? o->argument : "");
	if (n >= LEFT)
		printf("%s\n%*s%s\n", left, LEFT, "", o->help != NULL ? o->help : "");
	else
		printf("%-*s%s\n", LEFT, left, o->help != NULL ? o->help : "");
}

static void
print_help(const struct ww_usage *u, const struct ww_option *rows, size_t n)
{
	static const struct ww_option help = {
		.name = "help", .brief = 'h', .help = "print this text"
	};
	size_t i;

	printf("usage: %s", u->command);
	for (i = 0; i < n; i++)
		if (rows[i].required)
			printf(" --%s %s", rows[i].name, rows[i].argument);
	printf(" [OPTION]...%s%s\n\n%s\n\n", u->arguments != NULL ? " " : "",
	    u->arguments != NULL ? u->arguments : "", u->summary);
	for (i = 0; i < n; i++)
		print_option(&rows[i]);
	print_option(&help);
	if (u->notes != NULL)
		printf("\n%s\n", u->notes);
}

/* Says what is wrong with the command line and where to read more; false, for the caller to return. */
static bool __attribute__((format(printf, 2, 3)))
complain(const struct ww_usage *u, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s: ", u->command);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\ntry '%s --help'\n", u->command);
	return false;
}

static bool
store_number(const struct ww_usage *u, const struct ww_option *o, const char *text)
{
	uint64_t v;

	if (ww_str_u64(ww_str_from(text), UINT64_MAX, &v) && v >= o->least && v <= o->most) {
		*o->number = v;
		return true;
	}
	return complain(
	    u, "--%s takes a number from %" PRIu64 " to %" PRIu64, o->name, o->least, o->most);
}

static bool
complain_of_form(const struct ww_usage *u, const struct ww_option *o)
{
	char list[512] = "";

	if (o->words == NULL)
		return complain(u, "--%s does not have the form %s", o->name, o->argument);
	for (size_t i = 0, at = 0; i < o->words_n && at < sizeof(list); i++)
		at += (size_t)snprintf(
		    list + at, sizeof(list) - at, "%s%s", i > 0 ? ", " : "", o->words[i]);
	return complain(u, "--%s takes one of: %s", o->name, list);
}

/* Puts the argument (NULL for a flag) where the row wants it. */
static bool
store(struct reader *r, const struct ww_option *o, const char *text)
{
	r->seen |= UINT64_C(1) << (o - r->rows);
	if (o->flag != NULL) {
		*o->flag = true;
		return true;
	}
	if (o->number != NULL)
		return store_number(r->usage, o, text);
	if (o->text != NULL) {
		*o->text = text;
		return true;
	}
	if (o->read(o->arg, text))
		return true;
	return complain_of_form(r->usage, o);
}

/* Takes the argument from the same word (given) or from the next one. */
static bool
take(struct reader *r, const struct ww_option *o, const char *given)
{
	if (given == NULL && r->next < r->end)
		given = *r->next++;
	if (given == NULL)
		return complain(r->usage, "--%s needs an argument", o->name);
	return store(r, o, given);
}

static bool
read_long(struct reader *r, const char *word)
{
	ww_str value, name = ww_str_cut(ww_str_from(word + 2), '=', &value);
	bool given = word[2 + name.n] == '=';
	size_t i;

	for (i = 0; i < r->n; i++) {
		const struct ww_option *o = &r->rows[i];

		if (!ww_str_is(name, o->name))
			continue;
		if (takes_argument(o))
			return take(r, o, given ? value.p : NULL);
		if (given)
			return complain(r->usage, "--%s takes no argument", o->name);
		return store(r, o, NULL);
	}
	/* Not the word as given: what follows '=' may be meant for nobody's eyes. */
	return complain(r->usage, "there is no option --%.*s", WW_STR_FMT(name));
}

/* One word of short options: flags up to the first that takes an argument, which gets the rest. */
static bool
read_short(struct reader *r, const char *word)
{
	const char *c;

	for (c = word + 1; *c != '\0'; c++) {
		const struct ww_option *o = r->rows, *end = r->rows + r->n;

		while (o < end && o->brief != *c)
			o++;
		if (o == end)
			return complain(r->usage, "there is no option -%c", *c);
		if (takes_argument(o))
			return take(r, o, c[1] != '\0' ? c + 1 : NULL);
		if (!store(r, o, NULL))
			return false;
	}
	return true;
}

static bool
is_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* What was left out, and whether the arguments are as many as the command takes. */
static bool
is_complete(const struct reader *r, int arguments)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		if (r->rows[i].required && (r->seen >> i & 1) == 0)
			return complain(r->usage, "--%s is needed", r->rows[i].name);
	if (arguments < r->usage->least)
		return complain(r->usage, "missing argument: %s", r->usage->arguments);
	if (r->usage->most >= 0 && arguments > r->usage->most)
		return complain(r->usage, "too many arguments");
	return true;
}

bool
ww_options_read(const struct ww_usage *u, const struct ww_option *rows, size_t n, int *argc,
    char **argv, int *code)
{
	struct reader r = { .usage = u, .rows = rows, .n = n, .end = argv + *argc };
	bool options = true; /* until "--" */
	char **keep = argv + 1;

	assert(n <= 64); /* bits of seen */
	*code = WW_EXIT_USAGE;
	for (r.next = argv + 1; r.next < r.end;) {
		char *word = *r.next++;

		if (!options || word[0] != '-' || word[1] == '\0') {
			*keep++ = word;
		} else if (strcmp(word, "--") == 0) {
			options = false;
		} else if (is_help(word)) {
			print_help(u, rows, n);
			*code = WW_EXIT_OK;
			return false;
		} else if (!(word[1] == '-' ? read_long(&r, word) : read_short(&r, word))) {
			return false;
		}
	}
	if (!is_complete(&r, (int)(keep - argv) - 1))
		return false;
	*argc = (int)(keep - argv);
	*code = WW_EXIT_OK;
	return true;
}

static void
print_commands(
    FILE *to, const char *program, const char *summary, const struct ww_command *rows, size_t n)
{
	size_t i;

	fprintf(to, "usage: %s COMMAND [OPTION]... [ARGUMENT]...\n\n%s\n\n", program, summary);
	for (i = 0; i < n; i++)
		fprintf(to, "  %-*s%s\n", 14, rows[i].name, rows[i].summary);
	fprintf(to, "\n'%s COMMAND --help' tells more about a command.\n", program);
}

int
ww_commands_run(const char *program, const char *summary, const struct ww_command *rows, size_t n,
    int argc, char **argv)
{
	size_t i;

	if (argc < 2) {
		print_commands(stderr, program, summary, rows, n);
		return WW_EXIT_USAGE;
	}
	if (is_help(argv[1]) || strcmp(argv[1], "help") == 0) {
		print_commands(stdout, program, summary, rows, n);
		return WW_EXIT_OK;
	}
	for (i = 0; i < n; i++)
		if (strcmp(argv[1], rows[i].name) == 0)
			return rows[i].run(argc - 1, argv + 1);
	fprintf(stderr, "%s: there is no command '%s'\n", program, argv[1]);
	fprintf(stderr, "try '%s --help'\n", program);
	return WW_EXIT_USAGE;
}
