/* wardwire parse: messages field by field. */
#include "base/options.h"
#include "codec/hl7v2_json.h"
#include "codec/hl7v2_view.h"
#include "main/files.h"
#include "main/main.h"
#include "main/print.h"

#include <wardwire/buf.h>
#include <wardwire/hl7v2.h>

#include <stdio.h>

struct form {
	bool json, tree, hex;
};

static void
print_fields(const struct ww_hl7 *m, size_t segment, size_t occurrence)
{
	ww_str id = ww_hl7_segment_id(m, segment);
	size_t fields = ww_hl7_segment_fields(m, segment);

	for (size_t f = 1; f <= fields && id.n == 3; f++) {
		struct ww_hl7_path p = { .n = (uint16_t)occurrence, .field = (uint16_t)f };
		ww_str raw;

		(void)snprintf(p.segment, sizeof(p.segment), "%.*s", WW_STR_FMT(id));
		if (ww_hl7_raw(m, &p, &raw) >= WW_HL7_DELETE)
			(void)printf("%.*s(%zu)-%-3zu %.*s\n", WW_STR_FMT(id), occurrence, f,
			    WW_STR_FMT(raw));
	}
}

static void
print_text(const struct ww_hl7 *m)
{
	size_t n = ww_hl7_segments(m);

	for (size_t i = 0; i < n; i++) {
		size_t occurrence = 1;

		for (size_t k = 0; k < i; k++)
			occurrence += ww_str_eq(ww_hl7_segment_id(m, k), ww_hl7_segment_id(m, i));
		print_fields(m, i, occurrence);
	}
	(void)printf("\n");
}

/* A view, below a line that says of which message. */
static int
print_view(struct ww_ctx *cx, const struct form *f, const struct ww_hl7 *m,
    const struct ww_file_message *message)
{
	struct ww_buf b = { 0 };
	int code = WW_EXIT_OK;

	if (f->tree)
		ww_hl7_view_tree(cx, m, &b);
	else
		ww_hl7_view_hex(m, message->text, &b);
	if (b.error != WW_OK || ww_arena_status(cx->arena) != WW_OK) {
		(void)ww_fail_memory(cx);
		code = ww_files_complain(cx, message);
	} else {
		(void)printf("%s:%zu message %zu\n%.*s\n", message->file, message->line,
		    message->number, WW_STR_FMT(ww_buf_view(&b)));
	}
	ww_buf_free(&b);
	return code;
}

static int
print_message(void *arg, struct ww_ctx *cx, const struct ww_file_message *message)
{
	const struct form *f = arg;
	struct ww_json *tree;
	struct ww_hl7 *m;

	if (ww_hl7_parse(cx, f->hex ? message->text : message->wire, &m) != WW_OK) {
		if (f->hex)
			(void)print_view(cx, f, NULL, message);
		return ww_files_complain(cx, message);
	}
	if (f->tree || f->hex)
		return print_view(cx, f, m, message);
	if (!f->json) {
		print_text(m);
		return WW_EXIT_OK;
	}
	ww_hl7_json(cx, m, &tree);
	return ww_print_json(cx, tree, true);
}

int
ww_cmd_parse(int argc, char **argv)
{
	struct form f = { .json = false };
	const struct ww_option rows[] = {
		{ .name = "json",
		    .flag = &f.json,
		    .help = "a JSON tree a message, escapes decoded" },
		{ .name = "tree",
		    .flag = &f.tree,
		    .help = "every value with its path and standard name, escapes decoded" },
		{ .name = "hex", .flag = &f.hex, .help = "the bytes, with the delimiters marked" },
	};
	const struct ww_usage usage = { .command = "wardwire parse",
		.arguments = "FILE...",
		.summary =
		    "Prints the fields of each message as they were sent, or in another form.",
		.notes = "Below a line of --hex its marks: f field, r repetition, c component, s "
		         "subcomponent, e escape,\nd a declared delimiter, . the end of a segment, "
		         "! another control byte, + a byte above 7F.\nFILE \"-\" is standard "
		         "input. A message that is refused is named, and shown by --hex alone.",
		.least = 1,
		.most = -1 };
	int code;

	if (!ww_options_read(&usage, rows, sizeof(rows) / sizeof(rows[0]), &argc, argv, &code))
		return code;
	if (f.json + f.tree + f.hex > 1) {
		(void)fprintf(
		    stderr, "wardwire parse: only one of --json, --tree and --hex at a time\n");
		return WW_EXIT_USAGE;
	}
	return ww_files_each_of(argv + 1, argc - 1, print_message, &f);
}
