/* Reads files of messages and hands them over one by one. */
#include "main/files.h"

#include "base/fs.h"
#include "base/options.h"
#include "codec/hl7v2_split.h"
#include "main/site.h"

#include <wardwire/buf.h>

#include <stdio.h>

enum { FILE_MAX = 1 << 30 };

static int
each_part(const char *file, struct ww_ctx *cx, const struct ww_hl7_part *parts, size_t n,
    int (*each)(void *arg, struct ww_ctx *cx, const struct ww_file_message *message), void *arg)
{
	struct ww_file_message message = { .file = file };
	struct ww_buf wire = { 0 };
	int code = WW_EXIT_OK;

	for (size_t i = 0; i < n && code <= WW_EXIT_INPUT; i++) {
		int one;

		if (parts[i].kind != WW_HL7_PART_MESSAGE) {
			(void)fprintf(stderr, "wardwire: %s:%zu: %s passed over\n", file,
			    parts[i].line,
			    parts[i].kind == WW_HL7_PART_ENVELOPE ? "batch segment"
			                                          : "text that is no message");
			continue;
		}
		ww_buf_clear(&wire);
		ww_hl7_split_wire(parts[i].text, &wire);
		ww_ctx_clear(cx);
		message.line = parts[i].line;
		message.number++;
		message.text = parts[i].text;
		message.wire = ww_buf_view(&wire);
		one = each(arg, cx, &message);
		if (one > code)
			code = one;
	}
	ww_buf_free(&wire);
	if (message.number == 0) {
		(void)fprintf(stderr, "wardwire: %s: no message in it\n", file);
		return WW_EXIT_INPUT;
	}
	return code;
}

int
ww_files_each(const char *file,
    int (*each)(void *arg, struct ww_ctx *cx, const struct ww_file_message *message), void *arg)
{
	struct ww_ctx outer = { .arena = ww_arena_new(0) }, inner = { .arena = ww_arena_new(0) };
	struct ww_hl7_part *parts;
	struct ww_buf text = { 0 };
	size_t n;
	int code;

	if (outer.arena == NULL || inner.arena == NULL)
		code = WW_EXIT_ENVIRONMENT;
	else if (ww_fs_get(&outer, file, FILE_MAX, &text) != WW_OK ||
	         ww_hl7_split(&outer, ww_buf_view(&text), &parts, &n) != WW_OK)
		code = ww_site_complain("", &outer);
	else
		code = each_part(file, &inner, parts, n, each, arg);
	ww_buf_free(&text);
	ww_arena_free(inner.arena);
	ww_arena_free(outer.arena);
	return code;
}

int
ww_files_each_of(char *const *files, int n,
    int (*each)(void *arg, struct ww_ctx *cx, const struct ww_file_message *message), void *arg)
{
	int code = WW_EXIT_OK;

	for (int i = 0; i < n; i++) {
		int one = ww_files_each(files[i], each, arg);

		code = one > code ? one : code;
	}
	return code;
}

int
ww_files_complain(const struct ww_ctx *cx, const struct ww_file_message *message)
{
	char where[300];

	(void)snprintf(where, sizeof(where), "%s:%zu", message->file, message->line);
	return ww_site_complain(where, cx);
}
