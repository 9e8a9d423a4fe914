/* wardwire load: what a payer has as files, brought in as a feed would bring it. */
#include "base/fs.h"
#include "base/options.h"
#include "codec/columns.h"
#include "codec/fhir_profile.h"
#include "main/load_job.h"
#include "main/load_source.h"
#include "main/load_way.h"
#include "main/main.h"
#include "main/print.h"
#include "main/profiles.h"
#include "main/site.h"

#include <wardwire/time.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SELDOM_MS = 10000, PEEK_BYTES = 4 << 20, MAP_BYTES = 64 << 10 };

struct run {
	struct ww_site site;
	struct ww_load_settings set;
	struct ww_fhir_rules rules;
	struct ww_fhir_profiles *profiles; /* NULL: none */
	const char *config, *feed, *csv, *map, *rejects;
	struct ww_columns names;
	bool anew, dry, print, json, quiet;
	struct ww_clock ticks;
	int64_t begun_ms, told_ms;
	uint64_t before; /* lines that were loaded by an earlier run */
	int code;
};

/* -- what is said --------------------------------------------------------------------------------------- */

/* One line that is written over on a terminal, and one in ten seconds elsewhere. */
static void
on_progress(void *arg, const char *file, const struct ww_load_counts *c, uint64_t consumed,
    uint64_t size, bool end)
{
	struct run *r = arg;
	bool tty = isatty(STDERR_FILENO) == 1;
	int64_t ms = ww_clock_now(&r->ticks), spent = ms - r->begun_ms;

	if (r->quiet || (!tty && (end || ms - r->told_ms < SELDOM_MS)))
		return;
	r->told_ms = ms;
	(void)fprintf(
	    stderr, "%sload: %s: %" PRIu64 " lines", tty ? "\r\033[K" : "", file, c->lines);
	if (size > 0)
		(void)fprintf(stderr, ", %" PRIu64 " %%", consumed * 100 / size);
	(void)fprintf(stderr, ", %" PRIu64 " refused, %" PRIu64 " lines/s%s", c->refused,
	    (c->lines - r->before) * 1000 / (uint64_t)(spent > 0 ? spent : 1),
	    tty && !end ? "" : "\n");
}

static void
on_refused(void *arg, const char *file, uint64_t number, ww_str code, ww_str place, ww_str reason)
{
	const struct run *r = arg;

	if (!r->json)
		(void)printf("%s:%" PRIu64 ": %.*s %.*s%s%.*s\n", file, number, WW_STR_FMT(code),
		    WW_STR_FMT(place), place.n > 0 ? ": " : "", WW_STR_FMT(reason));
}

static void
on_made(void *arg, ww_str text)
{
	(void)arg;
	(void)printf("%.*s\n", WW_STR_FMT(text));
}

static int
say_result(struct run *r, struct ww_ctx *cx, const char *file, const struct ww_load_result *x)
{
	const struct ww_load_counts *c = &x->counts;
	struct ww_json *o;

	if (r->print)
		return WW_EXIT_OK;
	if (!r->json) {
		(void)printf("%s: %" PRIu64 " lines", file, c->lines);
		if (r->dry)
			(void)printf(", looked at only");
		else
			(void)printf(", %" PRIu64 " new, %" PRIu64 " changed, %" PRIu64
			             " as they were",
			    c->created, c->changed, c->same);
		(void)printf(", %" PRIu64 " refused%s%s%s\n", c->refused,
		    x->rejects[0] != '\0' ? " (" : "", x->rejects,
		    x->rejects[0] != '\0' ? ")" : "");
		return WW_EXIT_OK;
	}
	o = ww_json_object(cx);
	ww_json_set_cstr(cx, o, "file", file);
	ww_json_set_int(cx, o, "lines", (int64_t)c->lines);
	ww_json_set_int(cx, o, "created", (int64_t)c->created);
	ww_json_set_int(cx, o, "changed", (int64_t)c->changed);
	ww_json_set_int(cx, o, "same", (int64_t)c->same);
	ww_json_set_int(cx, o, "refused", (int64_t)c->refused);
	ww_json_set_cstr(cx, o, "rejects", x->rejects);
	return ww_print_json(cx, o, false);
}

/* -- the order of files ---------------------------------------------------------------------------------- */

/* What others refer to comes first: members, what they are insured by, who they are attributed to, then what happened. */
static int
rank_of(ww_str type)
{
	static const struct {
		const char *type;
		int rank;
	} rows[] = {
		{ "Organization", 0 },
		{ "Practitioner", 0 },
		{ "PractitionerRole", 0 },
		{ "Location", 0 },
		{ "Patient", 1 },
		{ "RelatedPerson", 1 },
		{ "Coverage", 2 },
		{ "Group", 3 },
		{ "Encounter", 4 },
		{ "Claim", 5 },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (ww_str_is(type, rows[i].type))
			return rows[i].rank;
	return 6;
}

/* By the first line that is a resource, of CSV all alike; what cannot be read says so when its turn comes. */
static int
rank_of_file(const struct run *r, struct ww_ctx *cx, const char *file)
{
	struct ww_load_source *s;
	struct ww_load_line l;
	struct ww_json *v = NULL;
	bool more = true;

	if (r->set.csv != NULL || strcmp(file, "-") == 0 ||
	    ww_load_source_open(cx, file, PEEK_BYTES, false, &s) != WW_OK)
		return 6;
	while (v == NULL && ww_load_source_read(s, cx, &l, &more) == WW_OK && more)
		if (ww_json_parse(cx, l.text, &v) != WW_OK)
			v = NULL;
	ww_load_source_close(s);
	return rank_of(ww_json_str(ww_json_get(v, "resourceType")));
}

struct file {
	const char *path;
	int rank, place;
};

static int
by_rank(const void *a, const void *b)
{
	const struct file *x = a, *y = b;

	return x->rank != y->rank ? x->rank - y->rank : x->place - y->place;
}

/* -- the run --------------------------------------------------------------------------------------------- */

static int
load_file(struct run *r, struct ww_ctx *cx, const char *path)
{
	struct ww_load_result x;
	ww_status s;

	r->begun_ms = r->told_ms = ww_clock_now(&r->ticks);
	s = ww_load_job(&r->set, cx, path, &x);
	if (s != WW_OK) {
		int code = ww_site_complain(path, cx);

		return ww_status_class(s) == WW_PERMANENT && s != WW_E_CONFIG ? WW_EXIT_INPUT
		                                                              : code;
	}
	if (x.resumed > 0)
		(void)fprintf(stderr, "load: %s: went on with line %" PRIu64 "\n", path, x.resumed);
	if (x.counts.refused > 0)
		r->code = WW_EXIT_INPUT;
	return say_result(r, cx, path, &x);
}

static int
load_files(struct run *r, char **paths, size_t n)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct file *files = calloc(n, sizeof(*files));
	int code = WW_EXIT_OK;
	size_t i;

	if (cx.arena == NULL || files == NULL) {
		free(files);
		ww_arena_free(cx.arena);
		return WW_EXIT_ENVIRONMENT;
	}
	for (i = 0; i < n; i++) {
		files[i] = (struct file){ .path = paths[i],
			.rank = n > 1 ? rank_of_file(r, &cx, paths[i]) : 0,
			.place = (int)i };
		ww_ctx_clear(&cx);
	}
	qsort(files, n, sizeof(*files), by_rank);
	for (i = 0; i < n && code == WW_EXIT_OK; i++) {
		code = load_file(r, &cx, files[i].path);
		ww_ctx_clear(&cx);
	}
	free(files);
	ww_arena_free(cx.arena);
	return code != WW_EXIT_OK ? code : r->code;
}

/* --csv KIND and --map FILE. */
static int
prepare_csv(struct run *r)
{
	struct ww_ctx *cx = &r->site.cx;
	const struct ww_csv_kind *kind = ww_csv_kind_find(ww_str_from(r->csv));
	struct ww_buf text = { 0 };
	ww_status s = WW_OK;

	if (r->csv[0] == '\0' && r->map[0] == '\0')
		return WW_EXIT_OK;
	if (kind == NULL) {
		(void)fprintf(stderr, "wardwire load: --csv takes");
		for (size_t i = 0; ww_csv_kinds[i] != NULL; i++)
			(void)fprintf(stderr, "%s %s", i > 0 ? "," : "", ww_csv_kinds[i]->name);
		(void)fprintf(stderr, "\n");
		return WW_EXIT_USAGE;
	}
	if (r->map[0] != '\0')
		s = ww_fs_get(cx, r->map, MAP_BYTES, &text);
	if (s == WW_OK)
		s = ww_columns_read(
		    cx, kind, ww_arena_str(cx->arena, ww_buf_view(&text)), &r->names);
	ww_buf_free(&text);
	r->set.csv = &r->names;
	return s == WW_OK ? WW_EXIT_OK : ww_site_complain(r->map, cx);
}

static int
prepare(struct run *r)
{
	int code;

	struct ww_site *site = &r->site;

	r->set.site = site;
	r->set.feed = ww_config_feed(site->config, ww_str_from(r->feed));
	if (r->set.feed == NULL) {
		(void)fprintf(
		    stderr, "wardwire load: the configuration has no feed named %s\n", r->feed);
		return WW_EXIT_USAGE;
	}
	if (ww_profiles_open(site->fs, &site->cx, site->config, &r->profiles) != WW_OK)
		return ww_site_complain("profiles", &site->cx);
	r->rules = ww_profiles_rules(r->set.feed, r->profiles);
	r->set.rules = &r->rules;
	r->set.anew = r->anew;
	r->set.rejects = r->rejects[0] != '\0' ? r->rejects : NULL;
	r->set.progress = on_progress;
	r->set.refused = r->dry && !r->print ? on_refused : NULL;
	r->set.made = r->print ? on_made : NULL;
	r->dry = r->dry || r->print;
	r->set.arg = r;
	code = prepare_csv(r);
	if (r->dry || code != WW_EXIT_OK)
		return code;
	r->set.way = ww_load_way_new(site);
	return r->set.way != NULL ? WW_EXIT_OK : WW_EXIT_ENVIRONMENT;
}

int
ww_cmd_load(int argc, char **argv)
{
	static const struct ww_usage usage = {
		.command = "wardwire load",
		.arguments = "FILE...",
		.summary =
		    "Loads FHIR resources, one a line (NDJSON), or extracts as CSV, as if the feed "
		    "had brought them.",
		.notes = "FILE may be packed with gzip; - is standard input. Members are loaded "
		         "before what they are insured\n"
		         "by, that before events, whatever the order of the files. While an engine "
		         "runs the resources go\n"
		         "through it. A load that was ended goes on where it was; a line that is "
		         "loaded twice changes\n"
		         "nothing. What cannot be loaded is kept in FILE.rejected with its line, "
		         "code and reason.\n"
		         "Exit: 3 when a line or file was refused.",
		.least = 1,
		.most = -1,
	};
	struct run r = { .config = WW_SITE_FILE,
		.feed = "",
		.csv = "",
		.map = "",
		.rejects = "",
		.ticks = ww_clock_ticks() };
	const struct ww_option rows[] = {
		WW_SITE_OPTION(r.config),
		{ .name = "feed",
		    .argument = "NAME",
		    .text = &r.feed,
		    .required = true,
		    .help = "the feed whose resources they are" },
		{ .name = "csv",
		    .argument = "KIND",
		    .text = &r.csv,
		    .help = "the files are CSV: authorizations, claims, fills or results" },
		{ .name = "map",
		    .argument = "FILE",
		    .text = &r.map,
		    .help = "what the columns are called in them: CSV with column and header" },
		{ .name = "dry-run",
		    .flag = &r.dry,
		    .help = "only look: print what would be refused, load nothing" },
		{ .name = "print",
		    .flag = &r.print,
		    .help = "print the resources, a line each, and load nothing" },
		{ .name = "rejects",
		    .argument = "FOLDER",
		    .text = &r.rejects,
		    .help = "where FILE.rejected goes; beside FILE unless given" },
		{ .name = "anew",
		    .flag = &r.anew,
		    .help = "begin at the first line, also of a file whose load was ended" },
		{ .name = "quiet", .brief = 'q', .flag = &r.quiet, .help = "no progress" },
		{ .name = "json",
		    .flag = &r.json,
		    .help = "the result as JSON, a line for each file" },
	};
	int code;

	if (!ww_options_read(&usage, rows, sizeof(rows) / sizeof(rows[0]), &argc, argv, &code))
		return code;
	code = ww_site_open(&r.site, r.config);
	if (code == WW_EXIT_OK)
		code = prepare(&r);
	if (code == WW_EXIT_OK)
		code = load_files(&r, argv + 1, (size_t)argc - 1);
	ww_load_way_free(r.set.way);
	ww_fhir_profiles_free(r.profiles);
	ww_site_close(&r.site);
	return code;
}
