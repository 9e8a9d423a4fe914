/* wardwire parse: messages field by field. */
#include "base/options.h"
#include "codec/hl7v2_json.h"
#include "main/files.h"
#include "main/main.h"
#include "main/print.h"
#include "main/site.h"

#include <wardwire/hl7v2.h>

#include <stdio.h>

static void
print_fields(struct ww_ctx *cx, const struct ww_hl7 *m, size_t segment, size_t occurrence)
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
	(void)cx;
}

static int
print_text(struct ww_ctx *cx, const struct ww_hl7 *m)
{
	size_t n = ww_hl7_segments(m);

	for (size_t i = 0; i < n; i++) {
		size_t occurrence = 1;

		for (size_t k = 0; k < i; k++)
			occurrence += ww_str_eq(ww_hl7_segment_id(m, k), ww_hl7_segment_id(m, i));
		print_fields(cx, m, i, occurrence);
	}
	(void)printf("\n");
	return WW_EXIT_OK;
}

static int
print_message(void *arg, struct ww_ctx *cx, ww_str message, size_t number)
{
	const bool *json = arg;
	struct ww_json *tree;
	struct ww_hl7 *m;

	(void)number;
	if (ww_hl7_parse(cx, message, &m) != WW_OK)
		return ww_site_complain("", cx);
	if (!*json)
		return print_text(cx, m);
	ww_hl7_json(cx, m, &tree);
	return ww_print_json(cx, tree, true);
}

int
ww_cmd_parse(int argc, char **argv)
{
	bool json = false;
	const struct ww_option rows[] = {
		{ .name = "json", .flag = &json, .help = "a JSON tree a message, escapes decoded" },
	};
	const struct ww_usage usage = { .command = "wardwire parse",
		.arguments = "FILE",
		.summary = "Prints the fields of each message as they were sent, or as JSON.",
		.least = 1,
		.most = 1 };
	int code;

	if (!ww_options_read(&usage, rows, 1, &argc, argv, &code))
		return code;
	return ww_files_each(argv[1], print_message, &json);
}
