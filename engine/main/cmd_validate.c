/* wardwire validate: FHIR resources in files against R4. */
#include "base/fs.h"
#include "base/options.h"
#include "codec/fhir_check.h"
#include "codec/fhir_outcome.h"
#include "codec/fhir_profile.h"
#include "codec/xml.h"
#include "main/main.h"
#include "main/print.h"
#include "main/profiles.h"
#include "main/site.h"

#include <wardwire/buf.h>
#include <wardwire/json.h>

#include <stdio.h>

enum { FILE_MAX = 1 << 30, PROFILES_MAX = 64 /* options of one kind */ };

/* An option that may be given several times. */
struct several {
	ww_str v[PROFILES_MAX];
	size_t n;
};

struct run {
	bool json, quiet;
	struct several profiles, held_to; /* paths; URLs */
	struct ww_fhir_profiles *set;
	struct ww_fhir_rules rules;
	size_t resources, invalid;
	size_t counts[WW_FHIR_INFORMATION + 1]; /* by severity */
};

/* One resource of a file. */
struct place {
	const char *file;
	size_t line; /* where it begins, of one resource a line; 0: the file is one resource */
};

/* -- what is said ---------------------------------------------------------------------------------------- */

static int
say_json(struct ww_ctx *cx, const struct place *p, const struct ww_fhir_issue *is)
{
	struct ww_json *o = ww_json_object(cx);
	char code[16];

	snprintf(code, sizeof(code), "WW-%03d", ww_status_number(is->status));
	ww_json_set_cstr(cx, o, "file", p->file);
	if (p->line > 0)
		ww_json_set_int(cx, o, "line", (int64_t)p->line);
	ww_json_set_cstr(cx, o, "severity", ww_fhir_severity_name(is->severity));
	ww_json_set_cstr(cx, o, "code", is->status != WW_OK ? code : "");
	ww_json_set_cstr(cx, o, "issue", ww_status_fhir(is->status));
	ww_json_set_cstr(cx, o, "rule", is->rule);
	ww_json_set_str(cx, o, "expression", is->expression);
	ww_json_set_str(cx, o, "text", is->text);
	return ww_print_json(cx, o, false);
}

static void
say_plain(const struct place *p, const struct ww_fhir_issue *is)
{
	(void)printf("%s:", p->file);
	if (p->line > 0)
		(void)printf("%zu:", p->line);
	(void)printf(" %s", ww_fhir_severity_name(is->severity));
	if (is->status != WW_OK)
		(void)printf(" WW-%03d", ww_status_number(is->status));
	if (is->expression.n > 0)
		(void)printf(" %.*s", WW_STR_FMT(is->expression));
	(void)printf(": %s%s%.*s\n", is->rule != NULL ? is->rule : "", is->rule != NULL ? ": " : "",
	    WW_STR_FMT(is->text));
}

static int
say(struct run *r, struct ww_ctx *cx, const struct place *p, const struct ww_fhir_issues *found)
{
	struct ww_fhir_issue more = { .severity = WW_FHIR_INFORMATION, .rule = "more" };
	int code = WW_EXIT_OK;
	size_t i;

	for (i = 0; i < found->n; i++)
		r->counts[found->rows[i].severity]++;
	if (r->quiet)
		return code;
	for (i = 0; i < found->n && code == WW_EXIT_OK; i++)
		if (r->json)
			code = say_json(cx, p, &found->rows[i]);
		else
			say_plain(p, &found->rows[i]);
	if (found->more == 0 || code != WW_EXIT_OK)
		return code;
	more.text = ww_arena_printf(cx->arena, "%zu issues are not listed", found->more);
	if (r->json)
		return say_json(cx, p, &more);
	say_plain(p, &more);
	return code;
}

static void
print_totals(const struct run *r)
{
	size_t errors = r->counts[WW_FHIR_FATAL] + r->counts[WW_FHIR_ERROR];
	size_t warnings = r->counts[WW_FHIR_WARNING];

	if (!r->json)
		(void)printf("%zu resource%s: %zu not valid; %zu error%s, %zu warning%s\n",
		    r->resources, r->resources == 1 ? "" : "s", r->invalid, errors,
		    errors == 1 ? "" : "s", warnings, warnings == 1 ? "" : "s");
}

/* -- files --------------------------------------------------------------------------------------------- */

static int
check_resource(struct run *r, struct ww_ctx *cx, const struct place *p, ww_str text)
{
	struct ww_fhir_issues found = { .n = 0 };
	struct ww_json *v = NULL;
	ww_status s;

	ww_ctx_clear(cx);
	r->resources++;
	s = ww_str_starts(ww_str_trim(text), WW_STR("<")) ? ww_xml_read(cx, text, FILE_MAX, &v)
	                                                  : ww_json_parse(cx, text, &v);
	if (s == WW_OK && ww_fhir_check(cx, v, &r->rules, &found) != WW_OK)
		return ww_site_complain(p->file, cx);
	if (s != WW_OK && ww_status_class(s) != WW_PERMANENT)
		return ww_site_complain(p->file, cx);
	if (s != WW_OK)
		ww_fhir_check_unreadable(cx, &found);
	r->invalid += found.errors > 0;
	return say(r, cx, p, &found);
}

static bool
is_blank(ww_str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] != ' ' && s.p[i] != '\t' && s.p[i] != '\r' && s.p[i] != '\n')
			return false;
	return true;
}

/* One resource a line: the first line is a whole value, and others follow. */
static bool
is_ndjson(struct ww_ctx *cx, ww_str text)
{
	ww_str rest, line = ww_str_cut(text, '\n', &rest);
	struct ww_json *v;

	ww_ctx_clear(cx);
	return ww_str_starts(line, WW_STR("{")) && !is_blank(rest) &&
	       ww_json_parse(cx, line, &v) == WW_OK;
}

static int
check_lines(struct run *r, struct ww_ctx *cx, const char *file, ww_str text)
{
	struct place p = { .file = file };
	int code = WW_EXIT_OK;

	while (text.n > 0 && code == WW_EXIT_OK) {
		ww_str line = ww_str_cut(text, '\n', &text);

		p.line++;
		if (!is_blank(line))
			code = check_resource(r, cx, &p, line);
	}
	return code;
}

static int
check_file(struct run *r, struct ww_ctx *cx, const char *file)
{
	struct place p = { .file = file };
	struct ww_buf raw = { 0 };
	ww_str text;
	int code;

	ww_ctx_clear(cx);
	if (ww_fs_get(cx, file, FILE_MAX, &raw) != WW_OK) {
		code = ww_site_complain("", cx);
		ww_buf_free(&raw);
		return code;
	}
	text = ww_buf_view(&raw);
	if (ww_str_starts(text, WW_STR("\xef\xbb\xbf")))
		text = ww_str_sub(text, 3, text.n);
	code =
	    is_ndjson(cx, text) ? check_lines(r, cx, file, text) : check_resource(r, cx, &p, text);
	ww_buf_free(&raw);
	return code;
}

/* -- profiles ------------------------------------------------------------------------------------------- */

static bool
take_one(void *arg, const char *text)
{
	struct several *s = arg;

	if (s->n == PROFILES_MAX || text[0] == '\0')
		return false;
	s->v[s->n++] = ww_str_from(text);
	return true;
}

static int
read_profiles(struct run *r, struct ww_ctx *cx)
{
	ww_status s = WW_OK;
	ww_str note;

	ww_ctx_clear(cx);
	r->set = ww_fhir_profiles_new(0);
	if (r->set == NULL)
		return WW_EXIT_ENVIRONMENT;
	for (size_t i = 0; i < r->profiles.n && s == WW_OK; i++)
		s = ww_profiles_read(&ww_fs_real, cx, r->profiles.v[i].p, r->set);
	if (s == WW_OK)
		s = ww_fhir_profiles_link(r->set, cx);
	for (size_t i = 0; i < r->held_to.n && s == WW_OK; i++)
		if (!ww_fhir_profiles_have(r->set, r->held_to.v[i]))
			s = ww_fail(cx, WW_E_NOT_FOUND, r->held_to.v[i].p, "no --profile has it");
	if (s != WW_OK)
		return ww_site_complain("", cx);
	for (size_t i = 0; (note = ww_fhir_profiles_note(r->set, i)).n > 0; i++)
		(void)fprintf(stderr, "wardwire: %.*s\n", WW_STR_FMT(note));
	r->rules.mode = WW_FHIR_ENFORCE;
	r->rules.profiles = r->set;
	r->rules.held_to = r->held_to.v;
	r->rules.held_to_n = r->held_to.n;
	return WW_EXIT_OK;
}

/* -- the command ---------------------------------------------------------------------------------------- */

int
ww_cmd_validate(int argc, char **argv)
{
	struct run r = { .json = false };
	const struct ww_option rows[] = {
		{ .name = "profile",
		    .argument = "PATH",
		    .read = take_one,
		    .arg = &r.profiles,
		    .help =
		        "profiles, a JSON file or a folder of such: resources are held to those "
		        "they name" },
		{ .name = "as",
		    .argument = "URL",
		    .read = take_one,
		    .arg = &r.held_to,
		    .help = "of a profile: resources of its type are held to it, named or not" },
		{ .name = "lenient",
		    .flag = &r.rules.lenient,
		    .help =
		        "as a feed with lenient: codes, empty values and the like are warnings" },
		{ .name = "quiet",
		    .brief = 'q',
		    .flag = &r.quiet,
		    .help = "print the totals only" },
		{ .name = "json", .flag = &r.json, .help = "a JSON object a finding" },
	};
	const struct ww_usage usage = { .command = "wardwire validate",
		.arguments = "FILE...",
		.summary = "Says what FHIR resources have that R4 does not want.",
		.notes =
		    "A file is a resource or a Bundle in JSON or XML, or one resource a line "
		    "(NDJSON); \"-\" is standard\ninput.\n\n"
		    "FILE[:LINE]: severity code expression: rule: what is wrong. The code is "
		    "that of docs/errors.md, the\nrule a key of the standard (dom-3) or a name of "
		    "docs/interfaces.md. No value of a resource is printed.\n\n"
		    "Exit: 0 all are valid, 3 one is not, or a file cannot be read.",
		.least = 1,
		.most = -1 };
	struct ww_ctx cx = { .arena = NULL };
	int code = WW_EXIT_OK;
	bool ready;

	if (!ww_options_read(&usage, rows, sizeof(rows) / sizeof(rows[0]), &argc, argv, &code))
		return code;
	cx.arena = ww_arena_new(0);
	if (cx.arena == NULL)
		return WW_EXIT_ENVIRONMENT;
	if (r.profiles.n + r.held_to.n > 0)
		code = read_profiles(&r, &cx);
	ready = code == WW_EXIT_OK;
	for (int i = 1; i < argc && ready; i++) {
		int one = check_file(&r, &cx, argv[i]);

		code = one > code ? one : code;
	}
	ww_arena_free(cx.arena);
	ww_fhir_profiles_free(r.set);
	if (ready)
		print_totals(&r);
	return code == WW_EXIT_OK && r.invalid > 0 ? WW_EXIT_INPUT : code;
}
