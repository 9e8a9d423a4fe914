/* wardwire get: fields of messages, decoded, as a table. */
#include "base/options.h"
#include "codec/hl7v2_list.h"
#include "main/files.h"
#include "main/main.h"
#include "main/print.h"

#include <wardwire/hl7v2.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATHS_MAX = 64 };

struct wanted {
	const char *text[PATHS_MAX]; /* as given */
	struct ww_hl7_list list[PATHS_MAX];
	size_t n;
	bool raw, json, place;
	bool found;
};

/* -- a table ------------------------------------------------------------------------------------------ */

/* A cell holds no control byte, so that a row is a row and nothing steers a terminal. Of raw bytes a backslash stays as it
 * is: most often it is HL7's own escape character. */
static void
print_cell(ww_str text, bool raw)
{
	static const struct {
		char c, as;
	} escaped[] = { { '\t', 't' }, { '\n', 'n' }, { '\r', 'r' }, { '\\', '\\' } };

	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];
		size_t k = 0;

		while (k < sizeof(escaped) / sizeof(escaped[0]) && escaped[k].c != text.p[i])
			k++;
		if (k < sizeof(escaped) / sizeof(escaped[0]) && !(raw && c == '\\'))
			(void)printf("\\%c", escaped[k].as);
		else if (c < ' ' || c == 0x7f)
			(void)printf("\\x%02x", c);
		else
			(void)putchar(c);
	}
}

/* What stands at the i-th place of a path; empty when there is no such place. */
static enum ww_hl7_state
value_at(struct wanted *w, struct ww_ctx *cx, const struct ww_hl7 *m, const struct ww_hl7_list *l,
    size_t i, ww_str *out)
{
	struct ww_hl7_path p = ww_hl7_list_at(m, l, i);
	enum ww_hl7_state state = w->raw ? ww_hl7_raw(m, &p, out) : ww_hl7_text(cx, m, &p, out);

	if (state == WW_HL7_DELETE)
		*out = WW_STR("\"\"");
	else if (state != WW_HL7_VALUE)
		*out = ww_str_empty();
	w->found = w->found || state >= WW_HL7_DELETE;
	return state;
}

/* As many rows as the path with the most places has; a plain path says the same in each. */
static void
print_rows(struct wanted *w, struct ww_ctx *cx, const struct ww_hl7 *m,
    const struct ww_file_message *message)
{
	size_t rows = 1;

	for (size_t i = 0; i < w->n; i++) {
		size_t n = ww_hl7_list_count(m, &w->list[i]);

		rows = n > rows ? n : rows;
	}
	for (size_t row = 0; row < rows; row++) {
		if (w->place)
			(void)printf("%s:%zu\t", message->file, message->line);
		for (size_t i = 0; i < w->n; i++) {
			const struct ww_hl7_list *l = &w->list[i];
			ww_str text;

			(void)value_at(w, cx, m, l, l->segments || l->repetitions ? row : 0, &text);
			(void)printf("%s", i > 0 ? "\t" : "");
			print_cell(text, w->raw);
		}
		(void)printf("\n");
	}
}

/* -- JSON --------------------------------------------------------------------------------------------- */

static struct ww_json *
node(struct ww_ctx *cx, enum ww_hl7_state state, ww_str text)
{
	return state == WW_HL7_DELETE ? ww_json_null(cx) : ww_json_string(cx, text);
}

/* A member a path: its text, null where it deletes, an array where the path names several places. What is absent is
 * left out, of an array it is an empty text. */
static int
print_object(struct wanted *w, struct ww_ctx *cx, const struct ww_hl7 *m,
    const struct ww_file_message *message)
{
	struct ww_json *o = ww_json_object(cx);

	ww_json_set_cstr(cx, o, "file", message->file);
	ww_json_set_int(cx, o, "line", (int64_t)message->line);
	for (size_t i = 0; i < w->n; i++) {
		const struct ww_hl7_list *l = &w->list[i];
		bool several = l->segments || l->repetitions;
		struct ww_json *list = several ? ww_json_array(cx) : NULL;
		size_t n = ww_hl7_list_count(m, l);

		for (size_t k = 0; k < n; k++) {
			ww_str text;
			enum ww_hl7_state state = value_at(w, cx, m, l, k, &text);

			if (several)
				(void)ww_json_add(cx, list, node(cx, state, text));
			else if (state != WW_HL7_ABSENT)
				(void)ww_json_set(cx, o, w->text[i], node(cx, state, text));
		}
		if (several)
			(void)ww_json_set(cx, o, w->text[i], list);
	}
	return ww_print_json(cx, o, false);
}

static int
print_values(void *arg, struct ww_ctx *cx, const struct ww_file_message *message)
{
	struct wanted *w = arg;
	struct ww_hl7 *m;

	if (ww_hl7_parse(cx, message->wire, &m) != WW_OK)
		return ww_files_complain(cx, message);
	if (w->json)
		return print_object(w, cx, m, message);
	print_rows(w, cx, m, message);
	return WW_EXIT_OK;
}

/* -- the command line ------------------------------------------------------------------------------------ */

/* Sorts the arguments: paths go into w, files to the front of argv. A path that is the name of a file is a path; the
 * file is then given as ./NAME. An exit status. */
static int
sort_arguments(struct wanted *w, int argc, char **argv, int *files)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	int code = cx.arena != NULL ? WW_EXIT_OK : WW_EXIT_ENVIRONMENT;

	*files = 0;
	for (int i = 1; i < argc && code == WW_EXIT_OK; i++) {
		if (w->n < PATHS_MAX &&
		    ww_hl7_list_read(&cx, ww_str_from(argv[i]), &w->list[w->n]) == WW_OK) {
			w->text[w->n++] = argv[i];
		} else if (strcmp(argv[i], "-") == 0 || access(argv[i], F_OK) == 0) {
			argv[++*files] = argv[i];
		} else {
			(void)fprintf(stderr,
			    "wardwire get: %s is no file, and no path either: %s\n", argv[i],
			    w->n == PATHS_MAX ? "there are too many of them" : cx.fail.reason);
			code = WW_EXIT_INPUT;
		}
		cx.fail = (struct ww_failure){ .status = WW_OK };
	}
	ww_arena_free(cx.arena);
	if (code != WW_EXIT_OK || (w->n > 0 && *files > 0))
		return code;
	(void)fprintf(stderr, "wardwire get: %s among the arguments\ntry 'wardwire get --help'\n",
	    w->n == 0 ? "no path, such as PID-3.1, is" : "no file (- is standard input) is");
	return WW_EXIT_USAGE;
}

int
ww_cmd_get(int argc, char **argv)
{
	struct wanted w = { .n = 0 };
	const struct ww_option rows[] = {
		{ .name = "raw",
		    .flag = &w.raw,
		    .help = "the bytes at exactly that depth, nothing decoded" },
		{ .name = "place",
		    .brief = 'p',
		    .flag = &w.place,
		    .help = "file and line of the message in front of each row" },
		{ .name = "json", .flag = &w.json, .help = "a JSON object a message" },
	};
	const struct ww_usage usage = { .command = "wardwire get",
		.arguments = "PATH... FILE...",
		.summary =
		    "Prints what stands at paths of messages: a row a message, tabs between.",
		.notes =
		    "A path is SEG[(n)]-F[(r)][.C[.S]], all from 1: PID-3(2).4.1, OBX(3)-5, "
		    "MSH-9.2. With (*) for\na number it names every such segment or repetition, "
		    "and there is a row for each: DG1(*)-3.1.\nA place without text gives an empty "
		    "cell, \"\" is the delete marker. Control bytes are written \\t, \\n, \\r and "
		    "\\x07,\na backslash \\\\; of --raw a backslash stays as it is. FILE \"-\" is "
		    "standard input.\n\n"
		    "Exit: 0 something was found, 1 nothing, 3 a message, path or file was "
		    "refused.",
		.least = 2,
		.most = -1 };
	int code, files;

	if (!ww_options_read(&usage, rows, sizeof(rows) / sizeof(rows[0]), &argc, argv, &code))
		return code;
	code = sort_arguments(&w, argc, argv, &files);
	if (code != WW_EXIT_OK)
		return code;
	code = ww_files_each_of(argv + 1, files, print_values, &w);
	return code == WW_EXIT_OK && !w.found ? WW_EXIT_NO : code;
}
