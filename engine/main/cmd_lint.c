/* wardwire lint: deviations of messages and batches, by the rules of codec/hl7v2_lint.def. */
#include "base/fs.h"
#include "base/options.h"
#include "codec/ack.h"
#include "codec/hl7v2_batch.h"
#include "codec/hl7v2_lint.h"
#include "main/lint_ids.h"
#include "main/main.h"
#include "main/print.h"
#include "main/site.h"

#include <wardwire/buf.h>
#include <wardwire/hl7v2.h>
#include <wardwire/json.h>

#include <stdio.h>

enum { FILE_MAX = 1 << 30 };

struct run {
	bool json, errors, quiet;
	size_t messages, counts[2]; /* by severity */
	struct ww_lint_ids ids;     /* of all files */
};

/* One message or envelope line of a file. */
struct place {
	const char *file;
	ww_str text;   /* from here lines are counted */
	size_t line;   /* of its first one */
	size_t number; /* of the message; 0: none */
};

/* -- what is said ---------------------------------------------------------------------------------------- */

/* Lines before the byte at that offset; CR, LF and CRLF each end one. */
static size_t
lines_before(ww_str text, size_t offset)
{
	size_t lines = 0;

	for (size_t i = 0; i < offset && i < text.n; i++)
		lines += text.p[i] == '\n' ||
		         (text.p[i] == '\r' && !(i + 1 < text.n && text.p[i + 1] == '\n'));
	return lines;
}

static int
say_json(struct ww_ctx *cx, const struct place *p, const struct ww_lint_finding *f, size_t line)
{
	struct ww_json *o = ww_json_object(cx);

	ww_json_set_cstr(cx, o, "file", p->file);
	ww_json_set_int(cx, o, "line", (int64_t)line);
	if (p->number > 0)
		ww_json_set_int(cx, o, "message", (int64_t)p->number);
	ww_json_set_cstr(cx, o, "severity", ww_hl7_lint_severity_name(f->severity));
	ww_json_set_cstr(cx, o, "code", f->code);
	ww_json_set_cstr(cx, o, "place", f->place);
	ww_json_set_cstr(cx, o, "text", f->reason);
	return ww_print_json(cx, o, false);
}

static int
say(struct run *r, struct ww_ctx *cx, const struct place *p, const struct ww_lint_finding *f)
{
	size_t line = p->line + lines_before(p->text, f->offset);

	r->counts[f->severity]++;
	if (r->quiet || (r->errors && f->severity != WW_LINT_ERROR))
		return WW_EXIT_OK;
	if (r->json)
		return say_json(cx, p, f, line);
	(void)printf("%s:%zu: %s %s%s%s: %s", p->file, line, ww_hl7_lint_severity_name(f->severity),
	    f->code, f->place[0] != '\0' ? " " : "", f->place, f->reason);
	if (p->number > 0)
		(void)printf(" (message %zu)", p->number);
	(void)printf("\n");
	return WW_EXIT_OK;
}

/* -- batches ------------------------------------------------------------------------------------------- */

/* What is wrong with the envelope, as rules of their own. */
static const struct envelope_rule {
	unsigned fault;
	const char *code, *place, *text;
} envelope_rules[] = {
	{ WW_HL7_BATCH_MESSAGES, "L601", "BTS-1", "not the number of messages of the batch" },
	{ WW_HL7_BATCH_BATCHES, "L602", "FTS-1", "not the number of batches of the file" },
	{ WW_HL7_BATCH_NUMBER, "L603", "", "the count is no number" },
	{ WW_HL7_BATCH_HEADER, "L604", "", "the delimiters of the header are not usable" },
	{ WW_HL7_BATCH_TEXT, "L605", "", "text that belongs to no message" },
};

#define ENVELOPE_RULES (sizeof(envelope_rules) / sizeof(envelope_rules[0]))
#define ENVELOPE_SOURCE "chapter 2, 2.9.3"

/* What only shows when messages are looked at together. */
static const struct envelope_rule clash = { 0, "L606", "MSH-10",
	"another message with this MSH-3, MSH-4 and MSH-10 came before, and differs" };
#define CLASH_SOURCE "chapter 2, MSH-10"

static int
say_rule(struct run *r, struct ww_ctx *cx, const struct place *p, const struct envelope_rule *rule,
    enum ww_lint_severity severity)
{
	struct ww_lint_finding f = { .severity = severity };

	(void)snprintf(f.code, sizeof(f.code), "%s", rule->code);
	(void)snprintf(f.place, sizeof(f.place), "%s", rule->place);
	(void)snprintf(f.reason, sizeof(f.reason), "%s", rule->text);
	return say(r, cx, p, &f);
}

static int
lint_envelope(struct run *r, struct ww_ctx *cx, const struct place *p, unsigned faults)
{
	int code = WW_EXIT_OK;

	for (size_t i = 0; i < ENVELOPE_RULES && code == WW_EXIT_OK; i++)
		if ((faults & envelope_rules[i].fault) != 0)
			code = say_rule(r, cx, p, &envelope_rules[i], WW_LINT_ERROR);
	return code;
}

/* A message without control id, or without a header, is spoken of by other rules. */
static int
lint_id(struct run *r, struct ww_ctx *cx, const struct place *p)
{
	static const char *const paths[] = { "MSH-3", "MSH-4", "MSH-10" };
	const struct ww_hl7 *m = ww_hl7_header(cx, p->text);
	ww_str header[3], text = p->text;

	while (text.n > 0 && (text.p[text.n - 1] == '\r' || text.p[text.n - 1] == '\n'))
		text.n--; /* the last message of a file may have no line end */
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]) && m != NULL; i++)
		header[i] = ww_hl7_at(cx, m, paths[i]);
	if (m == NULL || header[2].n == 0 || !ww_lint_ids_clash(&r->ids, header, text))
		return WW_EXIT_OK;
	return say_rule(r, cx, p, &clash, WW_LINT_WARNING);
}

/* -- files --------------------------------------------------------------------------------------------- */

static int
lint_message(struct run *r, struct ww_ctx *cx, const struct place *p)
{
	struct ww_lint_finding *findings = NULL;
	int code = WW_EXIT_OK;
	size_t n = 0;

	r->messages++;
	if (ww_hl7_lint(cx, p->text, &findings, &n) != WW_OK)
		return ww_site_complain(p->file, cx);
	for (size_t i = 0; i < n && code == WW_EXIT_OK; i++)
		code = say(r, cx, p, &findings[i]);
	return code == WW_EXIT_OK ? lint_id(r, cx, p) : code;
}

static int
lint_text(struct run *r, struct ww_ctx *cx, const char *file, ww_str text)
{
	struct place p = { .file = file };
	struct ww_hl7_batch b;
	struct ww_hl7_item item;
	int code = WW_EXIT_OK;

	ww_hl7_batch_begin(&b, text, true);
	while (code == WW_EXIT_OK && ww_hl7_batch_next(&b, &item)) {
		p.text = item.text;
		p.line = item.line;
		p.number = item.kind == WW_HL7_ITEM_MESSAGE ? b.messages : 0;
		ww_ctx_clear(cx);
		code = lint_envelope(r, cx, &p, item.faults);
		if (code == WW_EXIT_OK && item.kind == WW_HL7_ITEM_MESSAGE)
			code = lint_message(r, cx, &p);
	}
	if (code == WW_EXIT_OK && b.messages == 0) {
		(void)fprintf(stderr, "wardwire: %s: no message in it\n", file);
		code = WW_EXIT_INPUT;
	}
	return code;
}

static int
lint_file(struct run *r, struct ww_ctx *cx, const char *file)
{
	struct ww_buf text = { 0 };
	int code;

	ww_ctx_clear(cx);
	if (ww_fs_get(cx, file, FILE_MAX, &text) != WW_OK)
		code = ww_site_complain("", cx);
	else
		code = lint_text(r, cx, file, ww_buf_view(&text));
	ww_buf_free(&text);
	return code;
}

/* -- the command ---------------------------------------------------------------------------------------- */

static void
print_version(const char *before, int version)
{
	if (version == 0)
		return;
	(void)printf("%s%d.%d", before, version / 100, version / 10 % 10);
	if (version % 10 > 0)
		(void)printf(".%d", version % 10);
}

/* The rules as rows: code, severity, place, messages, text, source. */
static void
print_rules(void)
{
	struct ww_lint_rule_text t;

	for (size_t i = 0; ww_hl7_lint_rule(i, &t); i++) {
		(void)printf("%s\t%s\t%s\t%s", t.code, ww_hl7_lint_severity_name(t.severity),
		    t.place, t.events[0] != '\0' ? t.events : "any");
		print_version(", from ", t.from);
		print_version(", up to ", t.to);
		(void)printf("\t%s\t%s\n", t.text, t.source);
	}
	for (size_t i = 0; i < ENVELOPE_RULES; i++)
		(void)printf("%s\terror\t%s\tbatches\t%s\t%s\n", envelope_rules[i].code,
		    envelope_rules[i].place, envelope_rules[i].text, ENVELOPE_SOURCE);
	(void)printf(
	    "%s\twarning\t%s\tany\t%s\t%s\n", clash.code, clash.place, clash.text, CLASH_SOURCE);
}

static int
print_totals(const struct run *r)
{
	if (!r->json)
		(void)printf("%zu message%s: %zu error%s, %zu warning%s\n", r->messages,
		    r->messages == 1 ? "" : "s", r->counts[WW_LINT_ERROR],
		    r->counts[WW_LINT_ERROR] == 1 ? "" : "s", r->counts[WW_LINT_WARNING],
		    r->counts[WW_LINT_WARNING] == 1 ? "" : "s");
	return r->counts[WW_LINT_ERROR] > 0 ? WW_EXIT_NO : WW_EXIT_OK;
}

int
ww_cmd_lint(int argc, char **argv)
{
	struct run r = { .json = false };
	bool rules = false;
	const struct ww_option rows[] = {
		{ .name = "errors", .flag = &r.errors, .help = "errors only" },
		{ .name = "quiet",
		    .brief = 'q',
		    .flag = &r.quiet,
		    .help = "print the totals only" },
		{ .name = "json", .flag = &r.json, .help = "a JSON object a finding" },
		{ .name = "rules",
		    .flag = &rules,
		    .help =
		        "list the rules: code, severity, place, messages, what is wrong, source" },
	};
	const struct ww_usage usage = { .command = "wardwire lint",
		.arguments = "FILE...",
		.summary = "Names what messages do that the standard, or what we need of ADT, does "
		           "not want.",
		.notes =
		    "FILE:LINE: severity code place: what is wrong. WW-nnn is what the engine "
		    "would refuse the message\nfor (docs/errors.md), Lnnn a rule "
		    "(docs/lint.md). No value of a message is printed. FILE \"-\" is\nstandard "
		    "input.\n\n"
		    "Exit: 0 no error, 1 an error, 3 a file was refused or has no message.",
		.least = 0,
		.most = -1 };
	struct ww_ctx cx = { .arena = NULL };
	int code = WW_EXIT_OK, found;

	if (!ww_options_read(&usage, rows, sizeof(rows) / sizeof(rows[0]), &argc, argv, &code))
		return code;
	if (rules) {
		print_rules();
		return WW_EXIT_OK;
	}
	if (argc < 2) {
		(void)fprintf(stderr, "wardwire lint: missing argument: FILE...\n"
		                      "try 'wardwire lint --help'\n");
		return WW_EXIT_USAGE;
	}
	cx.arena = ww_arena_new(0);
	if (cx.arena == NULL)
		return WW_EXIT_ENVIRONMENT;
	for (int i = 1; i < argc; i++) {
		int one = lint_file(&r, &cx, argv[i]);

		code = one > code ? one : code;
	}
	ww_lint_ids_free(&r.ids);
	ww_arena_free(cx.arena);
	found = print_totals(&r);
	return found > code ? found : code;
}
