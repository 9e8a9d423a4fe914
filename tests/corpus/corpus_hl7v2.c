/* Holds the HL7 v2 codec against the vectors of others:
 *
 *	corpus_hl7v2 <datadir>
 *
 * runs <datadir>/hl7v2/vectors.json. Where we differ from what a vector expects the reason is in
 * docs/rationale.md, and the vector in the table below: any other difference fails. */
#include "corpus.h"

#include <wardwire/ctx.h>
#include <wardwire/hl7v2.h>
#include <wardwire/json.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct vector {
	struct ww_ctx *cx;
	const char *root; /* of the files that vectors name */
	ww_str id, kind, input, path, expected;
};

/* Vectors whose expectation we do not share: theirs in it stands for ours with us; where theirs is NULL ours
 * stands for all of it. */
static const struct {
	const char *id; /* or its beginning, with a '*' */
	const char *theirs, *ours;
} differences[] = {
	{ "simh-0", NULL, "\\\\" }, { "simh-4", "\n", "\\.sp\\" },
	{ "simh-5", "\n\n", "\\.sp+2\\" }, { "simh-6", NULL, "abc\\F" },
	{ "simh-7", NULL, "\\Zfoo\\" }, { "simh-8", NULL, "\\Q\\" }, { "eff-3", NULL, "\\T\\" },
	{ "hapi-esc-1", "\\X000d\\", "\\X0D\\" },
	{ "nhapi-LegacyPipeParser-regex1", NULL, "ERROR" }, /* a control byte in MSH-2 */
	{ "nhapi-PipeParser-id_000146*", NULL, "ERROR" },   /* a quote as delimiter */
	{ "nhapi-PipeParser-id_000168*", NULL, "ERROR" },   /* a letter as delimiter */
};

/* -- tools ------------------------------------------------------------------------------------------- */

static bool
contains(ww_str s, ww_str part)
{
	size_t i;

	for (i = 0; i + part.n <= s.n; i++)
		if (ww_str_starts(ww_str_sub(s, i, s.n), part))
			return true;
	return false;
}

static bool
named(ww_str id, const char *pattern)
{
	size_t n = strcspn(pattern, "*");

	if (pattern[n] == '*')
		return ww_str_starts(id, ww_str_of(pattern, n));
	return ww_str_is(id, pattern);
}

/* What the vector expects of us. */
static ww_str
wanted(const struct vector *v)
{
	struct ww_buf b = { 0 };
	ww_str theirs, want;
	size_t i, at;

	for (i = 0; i < COUNT(differences); i++)
		if (named(v->id, differences[i].id))
			break;
	if (i == COUNT(differences))
		return v->expected;
	if (differences[i].theirs == NULL)
		return ww_str_from(differences[i].ours);
	theirs = ww_str_from(differences[i].theirs);
	for (at = 0; at < v->expected.n; at++) {
		if (ww_str_starts(ww_str_sub(v->expected, at, v->expected.n), theirs)) {
			ww_buf_cstr(&b, differences[i].ours);
			at += theirs.n - 1;
		} else {
			ww_buf_byte(&b, v->expected.p[at]);
		}
	}
	want = ww_arena_str(v->cx->arena, ww_buf_view(&b));
	ww_buf_free(&b);
	return want;
}

static enum verdict
compare(const struct vector *v, ww_str got)
{
	ww_str want = wanted(v);

	if (ww_str_eq(got, want))
		return PASS;
	printf("%.*s: got \"%.*s\", want \"%.*s\"\n", WW_STR_FMT(v->id), WW_STR_FMT(got),
	    WW_STR_FMT(want));
	return FAIL;
}

static enum verdict
verdict(const struct vector *v, bool holds, const char *what)
{
	if (!holds)
		printf("%.*s: %s\n", WW_STR_FMT(v->id), what);
	return holds ? PASS : FAIL;
}

static enum verdict
skip(const struct vector *v, const char *why)
{
	printf("%.*s: skipped: %s\n", WW_STR_FMT(v->id), why);
	return SKIP;
}

/* The input itself, or the bytes of the file it names. False when there is no such file. */
static bool
input_of(const struct vector *v, ww_str *out)
{
	struct ww_buf b = { 0 };
	bool read;

	*out = v->input;
	if (v->input.n == 0 || v->input.p[0] != '@')
		return true;
	read = read_file(ww_arena_printf(v->cx->arena, "%s/%.*s", v->root,
	                     WW_STR_FMT(ww_str_sub(v->input, 1, v->input.n)))
	                     .p,
	    &b);
	*out = ww_arena_str(v->cx->arena, ww_buf_view(&b));
	ww_buf_free(&b);
	return read;
}

static struct ww_hl7 *
parsed(const struct vector *v, ww_str text)
{
	struct ww_hl7 *m = NULL;

	return ww_hl7_parse(v->cx, text, &m) == WW_OK ? m : NULL;
}

/* -- kinds ------------------------------------------------------------------------------------------- */

static enum verdict
run_unescape(const struct vector *v)
{
	return compare(v, ww_hl7_unescape(v->cx, v->input, &ww_hl7_default_delims));
}

static enum verdict
run_unescape_other(const struct vector *v)
{
	static const struct ww_hl7_delims d = { '^', '!', '@', '#', '$', '\0' };

	return compare(v, ww_hl7_unescape(v->cx, v->input, &d));
}

static enum verdict
run_escape(const struct vector *v)
{
	struct ww_buf b = { 0 };
	enum verdict r;

	ww_hl7_escape(v->input, &ww_hl7_default_delims, &b);
	r = compare(v, ww_buf_view(&b));
	ww_buf_free(&b);
	return r;
}

/* To six characters. */
static enum verdict
run_truncate(const struct vector *v)
{
	static const struct ww_hl7_delims five = { '|', '^', '~', '\\', '&', '#' };
	struct ww_buf b = { 0 };
	enum verdict r;

	(void)ww_hl7_encode_within(v->input, 6, &five, &b);
	r = compare(v, ww_buf_view(&b));
	ww_buf_free(&b);
	return r;
}

static enum verdict
run_get(const struct vector *v)
{
	static const char ends[] = " ends with";
	struct ww_hl7_path p;
	struct ww_hl7 *m;
	ww_str text, path = v->path;
	bool end = contains(path, WW_STR(ends));

	if (end)
		path = ww_str_sub(path, 0, ww_str_find(path, ' '));
	if (!input_of(v, &text))
		return skip(v, "its file is missing");
	m = parsed(v, text);
	if (m == NULL || ww_hl7_path(v->cx, path, &p) != WW_OK)
		return verdict(v, false, "message or path refused");
	(void)ww_hl7_text(v->cx, m, &p, &text);
	if (end && text.n > wanted(v).n)
		text = ww_str_sub(text, text.n - wanted(v).n, text.n);
	return compare(v, text);
}

static enum verdict
run_ishl7(const struct vector *v)
{
	return verdict(v, (parsed(v, v->input) != NULL) == ww_str_is(v->expected, "True"),
	    "taken for what it is not");
}

static enum verdict
run_parse(const struct vector *v)
{
	ww_str text;
	bool refused;

	if (!input_of(v, &text))
		return skip(v, "its file is missing");
	refused = ww_str_starts(wanted(v), WW_STR("ERROR"));
	if (refused)
		return verdict(v, parsed(v, text) == NULL, "not refused");
	return verdict(v, parsed(v, text) != NULL, "refused");
}

/* -- rows in prose ----------------------------------------------------------------------------------- */

static ww_str
raw_at(const struct vector *v, const struct ww_hl7 *m, const char *path)
{
	struct ww_hl7_path p;
	ww_str raw = ww_str_empty();

	if (ww_hl7_path(v->cx, ww_str_from(path), &p) == WW_OK)
		(void)ww_hl7_raw(m, &p, &raw);
	return raw;
}

static bool
four_segments(const struct vector *v, const struct ww_hl7 *m)
{
	return ww_hl7_warnings(m) == 0 && ww_hl7_segments(m) == 4 &&
	       ww_str_is(ww_hl7_at(v->cx, m, "PV1-2"), "I") &&
	       ww_hl7_at(v->cx, m, "PV1-3.4").n == 4;
}

static bool
empty_is_not_deleted(const struct vector *v, const struct ww_hl7 *m)
{
	ww_str text;

	return ww_hl7_nth(v->cx, m, "PID-2", 1, 1, &text) == WW_HL7_EMPTY &&
	       ww_hl7_nth(v->cx, m, "PID-3", 1, 1, &text) == WW_HL7_EMPTY;
}

static bool
every_separator_counts(const struct vector *v, const struct ww_hl7 *m)
{
	ww_str pid = raw_at(v, m, "PID");
	size_t i, n = 0;

	for (i = 0; i < pid.n; i++)
		n += pid.p[i] == ww_hl7_delims(m)->field;
	return ww_hl7_segment_fields(m, 2) == n;
}

/* All observations keep their text as written, and nothing is odd about it. */
static bool
formatting_stays(const struct vector *v, const struct ww_hl7 *m)
{
	size_t i, n = ww_hl7_count(m, "OBX");
	ww_str text;

	if (ww_hl7_warnings(m) != 0)
		return false;

	for (i = 1; i <= n; i++) {
		char path[24];

		snprintf(path, sizeof(path), "OBX(%zu)-5", i);
		(void)ww_hl7_nth(v->cx, m, "OBX-5", i, 1, &text);
		if (text.n == 0 || !ww_str_eq(text, raw_at(v, m, path)))
			return false;
	}
	return n > 0;
}

/* Each component of the name holds one delimiter, escaped, and is written again as it was. */
static bool
delimiters_come_back(const struct vector *v, const struct ww_hl7 *m)
{
	static const char *const paths[] = { "PID-5.1", "PID-5.2", "PID-5.3", "PID-5.4",
		"PID-5.5" };
	static const char held[] = "|^&~\\";
	size_t i;

	for (i = 0; i < COUNT(paths); i++) {
		ww_str text = ww_hl7_at(v->cx, m, paths[i]);
		struct ww_buf b = { 0 };
		bool same;

		ww_hl7_escape(text, ww_hl7_delims(m), &b);
		same = ww_str_eq(ww_buf_view(&b), raw_at(v, m, paths[i]));
		ww_buf_free(&b);
		if (!same || ww_str_find(text, held[i]) == text.n)
			return false;
	}
	return true;
}

static bool
name_is_untouched(const struct vector *v, const struct ww_hl7 *m)
{
	ww_str name = ww_hl7_at(v->cx, m, "PID-5.1");

	return name.n > 0 && ww_str_eq(name, raw_at(v, m, "PID-5.1"));
}

static bool
no_visit(const struct vector *v, const struct ww_hl7 *m)
{
	(void)v;
	return ww_hl7_count(m, "PV1") == 0;
}

/* What the rows about files say, by the end of the file's name. A file without a row must parse. */
static const struct {
	const char *file;
	bool (*holds)(const struct vector *v, const struct ww_hl7 *m);
} assertions[] = {
	{ "/lf-line-endings.hl7", four_segments },
	{ "/crlf-line-endings.hl7", four_segments },
	{ "/trailing-newline.hl7", four_segments },
	{ "/no-trailing-newline.hl7", four_segments },
	{ "/empty-fields.hl7", empty_is_not_deleted },
	{ "/consecutive-delimiters.hl7", every_separator_counts },
	{ "/escape-highlight.hl7", formatting_stays },
	{ "/escape-formatting.hl7", formatting_stays },
	{ "/embedded-delimiters.hl7", delimiters_come_back },
	{ "/unicode-names.hl7", name_is_untouched },
	{ "/missing-optional-segments.hl7", no_visit },
};

static enum verdict
run_semantic_file(const struct vector *v)
{
	struct ww_hl7 *m;
	ww_str text;
	size_t i;

	if (!input_of(v, &text))
		return skip(v, "its file is missing");
	m = parsed(v, text);
	if (m == NULL)
		return verdict(v, false, "refused");
	for (i = 0; i < COUNT(assertions); i++)
		if (contains(v->input, ww_str_from(assertions[i].file)))
			return verdict(v, assertions[i].holds(v, m), "does not hold");
	return PASS;
}

static enum verdict
run_semantic(const struct vector *v)
{
	static const char text[] = "MSH|^~\\&|A\rPID|1|||||||M\r";
	struct ww_hl7_path p;
	ww_str got;

	if (v->input.n > 0 && v->input.p[0] == '@')
		return run_semantic_file(v);
	if (ww_str_is(v->id, "elixir-1"))
		return verdict(v,
		    ww_hl7_nth(v->cx, parsed(v, WW_STR(text)), "PID-8.2", 1, 1, &got) ==
		        WW_HL7_ABSENT,
		    "not absent");
	if (ww_str_is(v->id, "elixir-2"))
		return verdict(v,
		    ww_hl7_nth(v->cx, parsed(v, WW_STR(text)), "PID-25", 1, 1, &got) ==
		        WW_HL7_ABSENT,
		    "not absent");
	if (ww_str_is(v->id, "elixir-3"))
		return verdict(
		    v, ww_hl7_path(v->cx, WW_STR(".5"), &p) == WW_E_SYNTAX, "not refused");
	return skip(v, "no assertion is written for it");
}

/* -- vectors ----------------------------------------------------------------------------------------- */

static const struct {
	const char *kind;
	enum verdict (*run)(const struct vector *v);
} kinds[] = {
	{ "unescape", run_unescape },
	{ "unescape(*", run_unescape_other },
	{ "escape", run_escape },
	{ "truncate*", run_truncate },
	{ "get", run_get },
	{ "ishl7", run_ishl7 },
	{ "parse", run_parse },
	{ "semantic", run_semantic },
};

static void
run_vector(const char *root, const struct ww_json *row)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct vector v = { .cx = &cx,
		.root = root,
		.id = ww_json_str(ww_json_get(row, "id")),
		.kind = ww_json_str(ww_json_get(row, "kind")),
		.input = ww_json_str(ww_json_get(row, "input")),
		.path = ww_json_str(ww_json_get(row, "path")),
		.expected = ww_json_str(ww_json_get(row, "expected")) };
	size_t i;

	if (cx.arena == NULL)
		exit(4);
	for (i = 0; i < COUNT(kinds); i++)
		if (named(v.kind, kinds[i].kind))
			break;
	count(i < COUNT(kinds) ? kinds[i].run(&v) : skip(&v, "its kind is not known"));
	ww_arena_free(cx.arena);
}

static void
run_vectors(const char *root)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_json *rows = NULL, *row;
	struct ww_buf text = { 0 };
	char path[4096];

	if (cx.arena == NULL)
		exit(4);
	snprintf(path, sizeof(path), "%s/vectors.json", root);
	if (!read_file(path, &text)) {
		printf("vectors.json: skipped: %s\n", strerror(errno));
		count(SKIP);
	} else if (ww_json_parse(&cx, ww_buf_view(&text), &rows) != WW_OK) {
		printf("vectors.json: %s: %s\n", cx.fail.place, cx.fail.reason);
		count(FAIL);
	}
	for (row = ww_json_first(rows); row != NULL; row = ww_json_next(row))
		run_vector(root, row);
	ww_buf_free(&text);
	ww_arena_free(cx.arena);
}

int
main(int argc, char **argv)
{
	char root[2048];

	if (argc != 2) {
		fprintf(stderr, "usage: corpus_hl7v2 DATADIR\n");
		return 2;
	}
	snprintf(root, sizeof(root), "%s/hl7v2", argv[1]);
	run_vectors(root);
	printf(
	    "corpus hl7v2: vectors: %u passed, %u failed, %u skipped\n", passed, failed, skipped);
	return failed == 0 ? 0 : 1;
}
