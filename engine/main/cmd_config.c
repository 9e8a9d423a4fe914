/* wardwire config check: everything that `run` would refuse, before it is run. wardwire config programs: what the programs that
 * it names come to. */
#include "base/fs.h"
#include "base/options.h"
#include "codec/fhir_profile.h"
#include "config/load.h"
#include "link/tls.h"
#include "main/certificates.h"
#include "main/main.h"
#include "main/print.h"
#include "main/profiles.h"
#include "main/programs.h"
#include "main/site.h"
#include "report/programs.h"
#include "rest/access.h"

#include <wardwire/rule.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { ROSTER_MAX = 64 << 20, RULES_MAX = 64 };

/* Rows for a program that is not there attribute nobody. How many there are; each is printed. p: NULL when the programs themselves are not good. */
static size_t
rows_for_none(
    const char *path, const struct ww_roster_row *rows, size_t n, const struct ww_programs *p)
{
	size_t none = 0;

	for (size_t i = 0; p != NULL && i < n; i++) {
		if (rows[i].program.n == 0 || ww_programs_find(p, rows[i].program) != NULL)
			continue;
		(void)fprintf(stderr, "%s:%u: " WW_ROSTER_NO_PROGRAM "\n", path, rows[i].line);
		none++;
	}
	return none;
}

/* Reads one roster and prints what is wrong with it, row by row. */
static int
check_roster(struct ww_site *s, const struct ww_roster_source *source, const struct ww_programs *p)
{
	const char *path = ww_site_path(s, source->file);
	struct ww_roster_row *rows;
	struct ww_roster_fault *faults = NULL;
	struct ww_buf text = { 0 };
	size_t n = 0, faults_n = 0, none = 0;
	ww_status status = ww_fs_get(&s->cx, path, ROSTER_MAX, &text);

	if (status == WW_OK)
		status = ww_roster_parse(
		    &s->cx, ww_buf_view(&text), s->config, source, &rows, &n, &faults, &faults_n);
	for (size_t i = 0; i < faults_n; i++)
		(void)fprintf(stderr, "%s:%u: %s\n", path, faults[i].line, faults[i].text);
	if (status == WW_OK)
		none = rows_for_none(path, rows, n, p);
	if (status == WW_OK && n == 0)
		status =
		    ww_fail(&s->cx, WW_E_CONFIG, path, "not one row of the roster can be used");
	if (status != WW_OK)
		(void)ww_site_complain(path, &s->cx);
	else
		(void)printf("roster %.*s: %zu rows accepted, %zu rejected\n",
		    WW_STR_FMT(source->name), n, faults_n);
	ww_buf_free(&text);
	return status != WW_OK ? WW_EXIT_INPUT : faults_n + none > 0 ? WW_EXIT_NO : WW_EXIT_OK;
}

static void
warn(void *arg, ww_str listener, const char *text)
{
	(void)arg;
	(void)fprintf(stderr, "listener %.*s: warning: %s\n", WW_STR_FMT(listener), text);
}

/* One that is missing may be mounted later, and the engine waits for it. path is absolute; empty: there is none. */
static void
check_folder(struct ww_site *s, const char *thing, ww_str name, ww_str path)
{
	struct ww_fs_stat st;

	if (path.n > 0 &&
	    s->fs->lstat(s->fs->self, ww_arena_cstr(s->cx.arena, path), &st) == -ENOENT)
		(void)fprintf(
		    stderr, "%s %.*s: warning: the folder is missing\n", thing, WW_STR_FMT(name));
}

/* Reads the keys of the clients of a FHIR listener or console as `run` will. */
static int
check_clients(struct ww_site *s, const struct ww_listener *l)
{
	const struct ww_access_settings set = { .config = s->config,
		.listener = l,
		.folder = ww_site_path(s, WW_STR(".")),
		.base = l->url };
	struct ww_clock real = ww_clock_system();
	struct ww_access *a;

	if (l->fhir.n == 0 && l->console.n == 0)
		return WW_EXIT_OK;
	if (ww_access_open(&s->cx, &set, ww_clock_now(&real), &a) != WW_OK) {
		(void)fprintf(stderr, "listener %.*s: ", WW_STR_FMT(l->name));
		(void)ww_site_complain("", &s->cx);
		s->cx.fail = (struct ww_failure){ .status = WW_OK };
		return WW_EXIT_INPUT;
	}
	ww_access_close(a);
	return WW_EXIT_OK;
}

/* Reads a listener's certificate, key and CA as `run` will. */
static int
check_listener(struct ww_site *s, const struct ww_listener *l)
{
	const struct ww_certificates_say say = { .warn = warn };
	struct ww_clock real = ww_clock_system();
	struct ww_certificates *c;

	check_folder(s, "listener", l->name, l->dir);
	if (l->tls.cert.n == 0)
		return WW_EXIT_OK;
	if (ww_certificates_open(&s->cx, l, say, ww_clock_now(&real), &c) != WW_OK) {
		(void)fprintf(stderr, "listener %.*s: ", WW_STR_FMT(l->name));
		(void)ww_site_complain("", &s->cx);
		s->cx.fail = (struct ww_failure){ .status = WW_OK };
		return WW_EXIT_INPUT;
	}
	ww_certificates_close(c);
	return WW_EXIT_OK;
}

/* The same of what an endpoint is reached with. */
static int
check_endpoint(struct ww_site *s, const struct ww_endpoint *e)
{
	struct ww_tls_settings set = { .server = false };
	struct ww_clock real = ww_clock_system();
	struct ww_tls *tls;
	ww_str folder = WW_STR("file://");
	unsigned bits;

	if (ww_str_starts(e->url, folder))
		check_folder(s, "endpoint", e->name, ww_str_sub(e->url, folder.n, e->url.n));
	if (e->tls.ca.n == 0)
		return WW_EXIT_OK;
	set.ca = ww_arena_cstr(s->cx.arena, e->tls.ca);
	set.cert = e->tls.cert.n > 0 ? ww_arena_cstr(s->cx.arena, e->tls.cert) : NULL;
	set.key = e->tls.key.n > 0 ? ww_arena_cstr(s->cx.arena, e->tls.key) : NULL;
	if (ww_tls_open(&s->cx, &set, &tls) != WW_OK) {
		(void)fprintf(stderr, "endpoint %.*s: ", WW_STR_FMT(e->name));
		(void)ww_site_complain("", &s->cx);
		s->cx.fail = (struct ww_failure){ .status = WW_OK };
		return WW_EXIT_INPUT;
	}
	bits = ww_tls_warnings(tls, ww_clock_now(&real));
	for (unsigned bit = 1; bit <= bits; bit *= 2)
		if ((bits & bit) != 0)
			(void)fprintf(stderr, "endpoint %.*s: warning: %s\n", WW_STR_FMT(e->name),
			    ww_tls_warning_text((enum ww_tls_warning)bit));
	ww_tls_close(tls);
	return WW_EXIT_OK;
}

static int
check_profiles(struct ww_site *s)
{
	struct ww_fhir_profiles *set = NULL;
	ww_status st = ww_profiles_open(s->fs, &s->cx, s->config, &set);

	ww_fhir_profiles_free(set);
	return st == WW_OK ? WW_EXIT_OK : ww_site_complain("profiles", &s->cx);
}

static void
say_fault(void *arg, const char *place, const struct ww_config_fault *fault)
{
	(void)arg;
	if (fault->line == 0)
		(void)fprintf(stderr, "%s: %s\n", place, fault->text);
	else
		(void)fprintf(
		    stderr, "%s:%u:%u: %s\n", place, fault->line, fault->column, fault->text);
}

/* Reads programs and calendars; prints what is wrong with them. */
static int
read_programs(struct ww_site *s, struct ww_site_files *out)
{
	if (ww_site_files(s, &s->cx, say_fault, NULL, out) != WW_OK) {
		(void)ww_site_complain("", &s->cx);
		s->cx.fail = (struct ww_failure){ .status = WW_OK };
		return WW_EXIT_INPUT;
	}
	return out->faults > 0 ? WW_EXIT_INPUT : WW_EXIT_OK;
}

/* Prints what of a program is good and hardly meant. */
static void
doubt_program(struct ww_site *s, const struct ww_site_file *file)
{
	struct ww_program_finder finders[RULES_MAX];
	struct ww_config_fault *doubts = NULL;
	size_t rules_n = 0, n = 0;

	for (; rules_n < RULES_MAX && ww_rules[rules_n] != NULL; rules_n++)
		finders[rules_n] =
		    (struct ww_program_finder){ ww_rules[rules_n]->id, ww_rules[rules_n]->finds };
	if (ww_program_doubts(&s->cx, file->text, finders, rules_n, &doubts, &n) != WW_OK)
		n = 0; /* memory is short: what comes next says so */
	for (size_t i = 0; i < n; i++)
		(void)fprintf(stderr, "%s:%u:%u: warning: %s\n", file->place, doubts[i].line,
		    doubts[i].column, doubts[i].text);
}

static int
check_programs(struct ww_site *s, struct ww_site_files *files)
{
	int code = read_programs(s, files);

	for (size_t i = 0; code == WW_EXIT_OK && i < files->n; i++) {
		(void)printf("%s %.*s: %s\n", files->v[i].role, WW_STR_FMT(files->v[i].name),
		    files->v[i].place);
		if (strcmp(files->v[i].role, WW_FILE_PROGRAM) == 0)
			doubt_program(s, &files->v[i]);
	}
	return code;
}

static int
worse(int a, int b)
{
	return a > b ? a : b;
}

static int
check(const char *file)
{
	const struct ww_programs *programs = NULL;
	struct ww_site_files files;
	struct ww_site site;
	int code = ww_site_open(&site, file);

	if (code == WW_EXIT_OK) {
		code = check_programs(&site, &files);
		programs = code == WW_EXIT_OK ? &files.programs : NULL;
		for (size_t i = 0; i < site.config->listeners_n; i++)
			code = worse(code, worse(check_listener(&site, &site.config->listeners[i]),
			                       check_clients(&site, &site.config->listeners[i])));
		for (size_t i = 0; i < site.config->endpoints_n; i++)
			code = worse(code, check_endpoint(&site, &site.config->endpoints[i]));
		for (size_t i = 0; i < site.config->rosters_n; i++)
			if (site.config->rosters[i].file.n != 0)
				code = worse(
				    code, check_roster(&site, &site.config->rosters[i], programs));
		code = worse(code, check_profiles(&site));
		(void)printf("%s: %s: %zu listeners, %zu feeds, %zu endpoints, %zu parties, %zu "
		             "routes, %zu rosters, %zu programs\n",
		    file, code == WW_EXIT_OK ? "good" : "not good", site.config->listeners_n,
		    site.config->feeds_n, site.config->endpoints_n, site.config->parties_n,
		    site.config->routes_n, site.config->rosters_n, site.config->programs_n);
	}
	ww_site_close(&site);
	return code;
}

static int
show_programs(const char *file)
{
	struct ww_site_files files;
	struct ww_site site;
	int code = ww_site_open(&site, file);

	if (code == WW_EXIT_OK)
		code = read_programs(&site, &files);
	if (code == WW_EXIT_OK)
		code = ww_print_json(&site.cx, ww_programs_report(&site.cx, &files.programs), true);
	ww_site_close(&site);
	return code;
}

static const struct {
	const char *name;
	int (*act)(const char *file);
} actions[] = {
	{ "check", check },
	{ "programs", show_programs },
};

int
ww_cmd_config(int argc, char **argv)
{
	const char *file = WW_SITE_FILE;
	const struct ww_option rows[] = {
		WW_SITE_OPTION(file),
	};
	const struct ww_usage usage = { .command = "wardwire config",
		.arguments = "check|programs",
		.summary = "Checks a configuration, and the certificates, rosters, programs, "
		           "calendars and profiles it names. Or shows its programs with all that "
		           "they leave to defaults, as JSON.",
		.notes =
		    "Exit: 0 good, 1 roster rows were rejected or are for a program that is not "
		    "there, 3 refused.",
		.least = 1,
		.most = 1 };
	int code;

	if (!ww_options_read(&usage, rows, 1, &argc, argv, &code))
		return code;
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (strcmp(argv[1], actions[i].name) == 0)
			return actions[i].act(file);
	(void)fprintf(stderr, "wardwire config: unknown action; it takes check or programs\n");
	return WW_EXIT_USAGE;
}
