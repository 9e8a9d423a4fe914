/* Reads the programs and calendars of a configuration, from its folder or from what comes with the engine. */
#include "main/programs.h"

#include "base/fs.h"

#include <wardwire/calendar.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { CALENDAR_MAX = 1 << 20 };

/* What is being read. */
struct reading {
	struct ww_site *s;
	struct ww_ctx *cx;
	ww_site_fault_fn *say;
	void *arg;
	struct ww_site_files *out;
};

/* -- texts -------------------------------------------------------------------------------------------- */

static ww_status
file_text(struct reading *r, const char *path, size_t most, ww_str *out)
{
	struct ww_buf text = { 0 };
	ww_status s = ww_fs_get(r->cx, path, most, &text);

	if (s == WW_OK) {
		*out = ww_arena_str(r->cx->arena, ww_buf_view(&text));
		s = ww_arena_status(r->cx->arena) == WW_OK ? WW_OK : ww_fail_memory(r->cx);
	}
	ww_buf_free(&text);
	return s;
}

static bool
is_there(struct reading *r, const char *path)
{
	struct ww_fs_stat st;

	return r->s->fs->stat(r->s->fs->self, path, &st) != -ENOENT;
}

static ww_status
program_text(struct reading *r, const struct ww_program_use *use, struct ww_site_file *out)
{
	const char *path = ww_site_path(r->s, use->file);
	ww_str shipped = ww_program_shipped(use->file);

	*out = (struct ww_site_file){ WW_FILE_PROGRAM, use->name, path, shipped };
	if (shipped.n == 0 && ww_str_find(use->file, '/') == use->file.n && !is_there(r, path))
		return ww_fail(r->cx, WW_E_NOT_FOUND, path,
		    "there is no such file, and no program of that name comes with the engine%s",
		    ww_program_shipped_hint(use->file).text);
	if (shipped.n == 0 || is_there(r, path))
		return file_text(r, path, WW_PROGRAM_MAX, &out->text);
	out->place = ww_arena_printf(r->cx->arena, "%.*s (shipped)", WW_STR_FMT(use->file)).p;
	return WW_OK;
}

/* -- programs ----------------------------------------------------------------------------------------- */

/* The end of a path, short enough to stand in a failure's place with a line behind it. */
static const char *
tail_of(const char *path)
{
	enum { MOST = 40 };
	size_t n = strlen(path);

	return n > MOST ? path + n - MOST : path;
}

/* Tells of the faults; or they are the failure. */
static ww_status
faulty(struct reading *r, const char *place, const struct ww_config_fault *faults, size_t n)
{
	char where[64];

	r->cx->fail = (struct ww_failure){ .status = WW_OK }; /* it was of the text alone */
	if (r->say == NULL) {
		(void)snprintf(where, sizeof(where), "%s, line %u column %u", tail_of(place),
		    faults[0].line, faults[0].column);
		return ww_fail(r->cx, WW_E_CONFIG, where, "%s", faults[0].text);
	}
	for (size_t i = 0; i < n; i++)
		r->say(r->arg, place, &faults[i]);
	r->out->faults += n;
	return WW_OK;
}

/* A fault of the file as a whole. */
static ww_status
faulty_as_such(struct reading *r, const char *place, const char *text)
{
	struct ww_config_fault fault = { 0, 0, "" };

	(void)snprintf(fault.text, sizeof(fault.text), "%s", text);
	return faulty(r, place, &fault, 1);
}

static ww_status
read_program(struct reading *r, const struct ww_program_use *use, struct ww_program *into)
{
	struct ww_site_file *file = &r->out->v[r->out->n];
	struct ww_config_fault *faults = NULL;
	struct ww_program p;
	size_t n = 0;
	ww_status s = program_text(r, use, file);

	if (s != WW_OK)
		return s;
	s = ww_program_parse(r->cx, file->text, &p, &faults, &n);
	if (s == WW_OK)
		s = ww_program_suits(r->cx, file->text, r->s->config, use, &faults, &n);
	if (s == WW_E_CONFIG && n > 0)
		return faulty(r, file->place, faults, n);
	if (s != WW_OK)
		return s;
	if (ww_programs_find(&r->out->programs, p.name) != NULL)
		return faulty_as_such(r, file->place,
		    "another program of the configuration has the same name (key program)");
	p.payer = use->payer;
	*into = p;
	r->out->n++;
	r->out->programs.n++;
	return WW_OK;
}

static ww_status
read_programs(struct reading *r)
{
	const struct ww_config *c = r->s->config;
	struct ww_program *v = ww_arena_array(r->cx->arena, c->programs_n + 1, sizeof(*v));
	ww_status s = WW_OK;

	if (v == NULL)
		return ww_fail_memory(r->cx);
	if (c->programs_n == 0)
		return ww_programs_basic(r->cx, c, &r->out->programs);
	r->out->programs = (struct ww_programs){ v, 0 };
	for (size_t i = 0; s == WW_OK && i < c->programs_n; i++)
		s = read_program(r, &c->programs[i], &v[r->out->programs.n]);
	return s;
}

/* A roster that is for a program that is not there would attribute nobody. */
static ww_status
check_rosters(struct reading *r)
{
	const struct ww_config *c = r->s->config;
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && i < c->rosters_n && r->out->faults == 0; i++) {
		const struct ww_roster_source *roster = &c->rosters[i];
		ww_str text;

		if (roster->program.n == 0 ||
		    ww_programs_find(&r->out->programs, roster->program) != NULL)
			continue;
		text = ww_arena_printf(r->cx->arena,
		    "rosters[].program: no program of the configuration is called '%.*s'",
		    WW_STR_FMT(roster->program));
		s = faulty_as_such(r, r->s->file, text.p);
	}
	return s;
}

/* -- calendars ---------------------------------------------------------------------------------------- */

static ww_status
read_calendar(struct reading *r, ww_str name, struct ww_site_file *out)
{
	const char *path = ww_site_path(r->s, name);
	const struct ww_calendar *calendar;
	ww_str where;
	ww_status s;

	*out = (struct ww_site_file){ WW_FILE_CALENDAR, name, path, ww_str_empty() };
	s = file_text(r, path, CALENDAR_MAX, &out->text);
	if (s != WW_OK)
		return s;
	s = ww_calendar_read(r->cx, name, out->text, &calendar);
	if (s == WW_E_CONFIG) {
		where = ww_arena_printf(r->cx->arena, "%s, %s", tail_of(path), r->cx->fail.place);
		(void)snprintf(
		    r->cx->fail.place, sizeof(r->cx->fail.place), "%.*s", WW_STR_FMT(where));
	}
	return s;
}

/* In front of the programs, which are there already. */
static ww_status
read_calendars(struct reading *r)
{
	struct ww_site_files *out = r->out;
	struct ww_texts names = ww_programs_calendars(r->cx, r->s->config, &out->programs);
	struct ww_site_file *v = ww_arena_array(r->cx->arena, names.n + out->n + 1, sizeof(*v));
	ww_status s = WW_OK;

	if (v == NULL)
		return ww_fail_memory(r->cx);
	if (out->n > 0)
		memcpy(v + names.n, out->v, out->n * sizeof(*v));
	for (size_t i = 0; s == WW_OK && i < names.n; i++)
		s = read_calendar(r, names.v[i], &v[i]);
	out->v = v;
	out->n += names.n;
	return s;
}

ww_status
ww_site_files(struct ww_site *s, struct ww_ctx *cx, ww_site_fault_fn *say, void *arg,
    struct ww_site_files *out)
{
	struct reading r = { s, cx, say, arg, out };
	ww_status status;

	*out = (struct ww_site_files){
		.v = ww_arena_array(cx->arena, s->config->programs_n + 1, sizeof(*out->v)),
	};
	if (out->v == NULL)
		return ww_fail_memory(cx);
	status = read_programs(&r);
	if (status == WW_OK)
		status = check_rosters(&r);
	return status == WW_OK ? read_calendars(&r) : status;
}
