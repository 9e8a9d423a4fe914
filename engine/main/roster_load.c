/* wardwire roster load: an edition of a roster from a file into force, or a look at what it would do. */
#include "base/options.h"
#include "config/load.h"
#include "main/cmd_roster.h"
#include "main/load_way.h"
#include "main/order.h"
#include "main/print.h"
#include "main/programs.h"
#include "main/roster_job.h"
#include "main/roster_preview.h"
#include "main/site.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TELL_MS = 10000, TTY_MS = 200, SHOWN_MOST = 20 };

struct run {
	struct ww_site site;
	struct ww_roster_job job;
	const char *config, *roster, *max_drop, *reason, *who, *as_of;
	bool delta, dry, force, json, quiet;
	struct ww_clock ticks;
	int64_t told_ms;
	struct ww_site_files files;
	struct ww_json *rejected, *warned; /* the first SHOWN_MOST */
	uint64_t rejected_n, warned_n;
};

/* -- what is said --------------------------------------------------------------------------------------- */

static void
on_progress(void *arg, const char *stage, uint64_t rows, uint64_t consumed, uint64_t size)
{
	struct run *r = arg;
	bool tty = isatty(STDERR_FILENO) == 1;
	int64_t ms = ww_clock_now(&r->ticks);

	if (r->quiet || ms - r->told_ms < (tty ? TTY_MS : TELL_MS))
		return;
	r->told_ms = ms;
	(void)fprintf(stderr, "%sroster: %s: %" PRIu64 " rows", tty ? "\r\033[K" : "", stage, rows);
	if (size > 0 && strcmp(stage, "reading") == 0)
		(void)fprintf(stderr, ", %" PRIu64 " %%", consumed * 100 / size);
	(void)fprintf(stderr, tty ? "" : "\n");
}

static void
note_row(struct run *r, const struct ww_roster_fault *f, struct ww_json *list, uint64_t n)
{
	struct ww_ctx *cx = &r->site.cx;
	struct ww_json *o;

	if (!r->json)
		(void)fprintf(stderr, "%s:%u: %s\n", r->job.path, f->line, f->text);
	if (!r->json || n > SHOWN_MOST)
		return;
	o = ww_json_add(cx, list, ww_json_object(cx));
	ww_json_set_int(cx, o, "line", f->line);
	ww_json_set_cstr(cx, o, "reason", f->text);
}

static void
on_refused(void *arg, const struct ww_roster_fault *f)
{
	struct run *r = arg;

	note_row(r, f, r->rejected, ++r->rejected_n);
}

static void
on_warned(void *arg, const struct ww_roster_fault *f)
{
	struct run *r = arg;

	note_row(r, f, r->warned, ++r->warned_n);
}

/* -- the result ------------------------------------------------------------------------------------------ */

static long long
number(const struct ww_json *o, const char *key)
{
	return (long long)ww_json_int(ww_json_get(o, key));
}

static void
print_counts(const struct run *r, const struct ww_json *o)
{
	(void)printf("roster %.*s: %lld rows accepted, %lld rejected (%lld given twice)\n",
	    WW_STR_FMT(r->job.roster->name), number(o, "accepted"), number(o, "rejected"),
	    number(o, "duplicates"));
	(void)printf("  %lld members: %lld rows new, %lld changed, %lld ended\n",
	    number(o, "members"), number(o, "new"), number(o, "changed"), number(o, "ended"));
	if (number(o, "no-program") != 0)
		(void)printf("  %lld rows are for a program that is not there: nobody is told of "
		             "their members\n",
		    number(o, "no-program"));
	if (number(o, "edition") != 0)
		(void)printf("  edition %lld is in force\n", number(o, "edition"));
	for (const struct ww_json *c = ww_json_first(ww_json_get(o, "catch-up")); c != NULL;
	     c = ww_json_next(c))
		(void)printf("  %.*s: %lld open stays would be told\n",
		    WW_STR_FMT(ww_json_str(ww_json_get(c, "practice"))), number(c, "stays"));
	if (number(o, "held") != 0)
		(void)printf(
		    "  %lld of these beyond catch_up, held until wardwire roster release\n",
		    number(o, "held"));
	if (ww_json_str(ww_json_get(o, "refused")).n > 0)
		(void)printf("  would be refused: %.*s\n",
		    WW_STR_FMT(ww_json_str(ww_json_get(o, "refused"))));
}

/* In words that a dry run has, too. */
static struct ww_json *
result_of(struct run *r, const struct ww_json *came)
{
	static const char *const names[][2] = { { "rows", "accepted" }, { "rejected", "rejected" },
		{ "twice", "duplicates" }, { "members", "members" }, { "added", "new" },
		{ "changed", "changed" }, { "ended", "ended" }, { "edition", "edition" } };
	struct ww_ctx *cx = &r->site.cx;
	struct ww_json *o = ww_json_object(cx);

	ww_json_set_str(cx, o, "roster", r->job.roster->name);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		ww_json_set_int(cx, o, names[i][1], ww_json_int(ww_json_get(came, names[i][0])));
	ww_json_set_str(cx, o, "problem", ww_json_str(ww_json_get(came, "problem")));
	return o;
}

static int
say(struct run *r, struct ww_json *o)
{
	int code = number(o, "rejected") > 0 || r->warned_n > 0 ? WW_EXIT_NO : WW_EXIT_OK, printed;

	ww_json_set_int(&r->site.cx, o, "no-program", (int64_t)r->warned_n);
	if (ww_json_str(ww_json_get(o, "refused")).n > 0)
		code = WW_EXIT_NO; /* as the load would end */
	if (r->json) {
		ww_json_set(&r->site.cx, o, "rows", r->rejected);
		ww_json_set(&r->site.cx, o, "warned", r->warned);
		printed = ww_print_json(&r->site.cx, o, true);
		return printed != WW_EXIT_OK ? printed : code;
	}
	print_counts(r, o);
	return code;
}

static int
load(struct run *r)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_json *came = NULL;
	ww_status s;
	int code;

	if (cx.arena == NULL)
		return WW_EXIT_ENVIRONMENT;
	if (r->dry)
		s = ww_roster_preview(&cx, &r->job, &came);
	else
		s = ww_roster_load_run(&cx, &r->job, &came);
	if (!r->quiet && isatty(STDERR_FILENO) == 1)
		(void)fprintf(stderr, "\r\033[K");
	if (s != WW_OK) {
		code = ww_site_complain(r->job.path, &cx);
		if (s == WW_E_CONFLICT || s == WW_E_BUSY)
			code = WW_EXIT_NO;
		else if (ww_status_class(s) == WW_PERMANENT)
			code = WW_EXIT_INPUT;
	} else {
		code = say(r, r->dry ? came : result_of(r, came));
	}
	ww_arena_free(cx.arena);
	return code;
}

/* -- the command ----------------------------------------------------------------------------------------- */

/* The one that is named, or the only one there is. */
static int
choose_roster(struct run *r)
{
	const struct ww_config *c = r->site.config;

	if (r->roster[0] != '\0')
		r->job.roster = ww_config_roster(c, ww_str_from(r->roster));
	else if (c->rosters_n == 1)
		r->job.roster = &c->rosters[0];
	if (r->job.roster != NULL)
		return WW_EXIT_OK;
	(void)fprintf(stderr,
	    r->roster[0] != '\0'
	        ? "wardwire roster load: the configuration has no roster named %s\n"
	        : "wardwire roster load: --roster NAME says which one%s\n",
	    r->roster);
	return WW_EXIT_USAGE;
}

/* "30" or "30%". */
static bool
read_percent(const char *text, uint32_t *out)
{
	ww_str s = ww_str_from(text);
	uint64_t n;

	if (s.n > 0 && s.p[s.n - 1] == '%')
		s.n--;
	if (!ww_str_u64(s, 100, &n))
		return false;
	*out = (uint32_t)n;
	return true;
}

static int
read_settings(struct run *r)
{
	ww_time t;

	r->job.max_drop = r->job.roster->max_drop;
	if (r->max_drop[0] != '\0' && !read_percent(r->max_drop, &r->job.max_drop)) {
		(void)fprintf(stderr, "wardwire roster load: --max-drop takes 0 to 100 percent\n");
		return WW_EXIT_USAGE;
	}
	if (r->force && r->reason[0] == '\0') {
		(void)fprintf(stderr, "wardwire roster load: --force needs a --reason\n");
		return WW_EXIT_USAGE;
	}
	if (r->force)
		r->job.max_drop = 100;
	if (r->as_of[0] != '\0') {
		if (!ww_time_fhir(ww_str_from(r->as_of), ww_zone_utc(), &t) ||
		    t.prec != WW_PREC_DAY) {
			(void)fprintf(
			    stderr, "wardwire roster load: --as-of takes a date, YYYY-MM-DD\n");
			return WW_EXIT_USAGE;
		}
		r->job.dated_ms = t.ms;
	}
	r->job.delta = r->delta || r->job.roster->delta;
	r->job.reason = ww_str_from(r->reason);
	r->job.who = ww_str_from(ww_order_who(r->who));
	return WW_EXIT_OK;
}

/* A load does not wait for programs that are not good: that they are is seen to at the start. */
static void
read_programs(struct run *r)
{
	if (ww_site_files(&r->site, &r->site.cx, NULL, NULL, &r->files) == WW_OK) {
		r->job.programs = &r->files.programs;
		return;
	}
	r->site.cx.fail = (struct ww_failure){ .status = WW_OK };
	(void)fprintf(stderr, "wardwire roster load: the programs of the configuration have faults "
	                      "(wardwire config check): rows are not held to them\n");
}

static int
prepare(struct run *r, const char *path)
{
	int code = choose_roster(r);

	r->job.site = &r->site;
	r->job.path = path;
	r->job.refused = on_refused;
	r->job.warned = on_warned;
	r->job.progress = on_progress;
	r->job.arg = r;
	r->told_ms = ww_clock_now(&r->ticks);
	r->rejected = ww_json_array(&r->site.cx);
	r->warned = ww_json_array(&r->site.cx);
	if (code == WW_EXIT_OK)
		code = read_settings(r);
	if (code == WW_EXIT_OK)
		read_programs(r);
	if (code != WW_EXIT_OK || r->dry)
		return code;
	r->job.way = ww_load_way_new(&r->site);
	return r->job.way != NULL ? WW_EXIT_OK : WW_EXIT_ENVIRONMENT;
}

int
ww_roster_load_command(int argc, char **argv)
{
	static const struct ww_usage usage = {
		.command = "wardwire roster load",
		.arguments = "FILE",
		.summary = "Loads an edition of a roster; the engine may run.",
		.notes =
		    "FILE is CSV with a row of headers, or an object a line, plain or packed with "
		    "gzip. Nothing of it is in\n"
		    "force before all of it is read and looked at; then it takes effect member by "
		    "member. A load that was\n"
		    "ended goes on where it was when it is given the same file. One that would end "
		    "more members than\n"
		    "--max-drop allows is refused as a whole. Exit: 0 all rows taken, 1 rows were "
		    "rejected or are for a\nprogram that is not there, or the edition was refused, "
		    "3 "
		    "the file cannot be read.",
		.least = 1,
		.most = 1,
	};
	struct run r = { .config = WW_SITE_FILE,
		.roster = "",
		.max_drop = "",
		.reason = "",
		.who = "",
		.as_of = "",
		.ticks = ww_clock_ticks() };
	const struct ww_option rows[] = {
		WW_SITE_OPTION(r.config),
		{ .name = "roster",
		    .argument = "NAME",
		    .text = &r.roster,
		    .help = "which of the configuration's; not needed where there is one" },
		{ .name = "delta",
		    .flag = &r.delta,
		    .help = "the file says what changed: nobody is ended for not being in it" },
		{ .name = "dry-run",
		    .flag = &r.dry,
		    .help = "only look: what it would change, and who would be told" },
		{ .name = "max-drop",
		    .argument = "N%",
		    .text = &r.max_drop,
		    .help = "members it may end; rosters[].max_drop unless given" },
		{ .name = "force",
		    .flag = &r.force,
		    .help = "take it however many it ends; needs --reason" },
		{ .name = "as-of",
		    .argument = "DATE",
		    .text = &r.as_of,
		    .help =
		        "the date of the edition, from which its age counts; today unless given" },
		WW_ORDER_REASON_OPTION(r.reason),
		WW_ORDER_WHO_OPTION(r.who),
		{ .name = "quiet", .brief = 'q', .flag = &r.quiet, .help = "no progress" },
		{ .name = "json", .flag = &r.json, .help = "the result as JSON" },
	};
	int code;

	if (!ww_options_read(&usage, rows, sizeof(rows) / sizeof(rows[0]), &argc, argv, &code))
		return code;
	code = ww_site_open(&r.site, r.config);
	if (code == WW_EXIT_OK)
		code = prepare(&r, argv[1]);
	if (code == WW_EXIT_OK)
		code = load(&r);
	ww_load_way_free(r.job.way);
	ww_site_close(&r.site);
	return code;
}
