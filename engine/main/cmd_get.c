/* wardwire get: fields of messages, decoded. */
#include "base/options.h"
#include "main/files.h"
#include "main/main.h"
#include "main/site.h"

#include <wardwire/hl7v2.h>

#include <stdio.h>

enum { PATHS_MAX = 64 };

struct wanted {
	struct ww_hl7_path path[PATHS_MAX];
	size_t n;
	bool found;
};

static int
print_values(void *arg, struct ww_ctx *cx, ww_str message, size_t number)
{
	struct wanted *w = arg;
	struct ww_hl7 *m;

	(void)number;
	if (ww_hl7_parse(cx, message, &m) != WW_OK)
		return ww_site_complain("", cx);
	for (size_t i = 0; i < w->n; i++) {
		ww_str text;
		enum ww_hl7_state state = ww_hl7_text(cx, m, &w->path[i], &text);

		w->found = w->found || state == WW_HL7_VALUE;
		(void)printf("%.*s\n", WW_STR_FMT(text));
	}
	return WW_EXIT_OK;
}

int
ww_cmd_get(int argc, char **argv)
{
	const struct ww_usage usage = { .command = "wardwire get",
		.arguments = "FILE PATH...",
		.summary = "Prints the decoded text at each path, one a line, message by message.",
		.notes = "A path is SEG[(n)]-F[(r)][.C[.S]], all from 1: PID-3(2).4.1, OBX(3)-5, "
		         "MSH-9.2.\n"
		         "A place without text gives an empty line. FILE \"-\" is standard input.\n"
		         "Exit: 0 something was found, 1 nothing, 3 a message or path was refused.",
		.least = 2,
		.most = PATHS_MAX + 1 };
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct wanted w = { .n = 0 };
	int code;

	if (!ww_options_read(&usage, NULL, 0, &argc, argv, &code)) {
		ww_arena_free(cx.arena);
		return code;
	}
	code = WW_EXIT_OK;
	for (int i = 2; i < argc && code == WW_EXIT_OK; i++) {
		if (ww_hl7_path(&cx, ww_str_from(argv[i]), &w.path[w.n++]) != WW_OK)
			code = ww_site_complain("", &cx);
	}
	if (code == WW_EXIT_OK)
		code = ww_files_each(argv[1], print_values, &w);
	ww_arena_free(cx.arena);
	return code == WW_EXIT_OK && !w.found ? WW_EXIT_NO : code;
}
