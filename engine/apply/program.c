/* FILE records: the programs and calendars by which later records are judged. They are read with the configuration that names
 * them and live as long as it; what was told before stands. */
#include "apply/work.h"

#include "config/program.h"
#include "model/record.h"

#include <wardwire/calendar.h>

/* The blob's text, which lives in the arena. */
static ww_status
text_of(struct ww_apply *a, struct ww_ctx *cx, ww_str hex, ww_str *out)
{
	struct ww_buf text = { 0 };
	ww_status s = a->set.blob(a->set.arg, cx, hex, &text);

	if (s == WW_OK)
		s = ww_apply_keep_text(cx, &text, out);
	ww_buf_free(&text);
	return s;
}

/* -- kinds of files ----------------------------------------------------------------------------------- */

static ww_status
read_program(struct ww_ctx *cx, ww_str text, struct ww_named_file *row)
{
	struct ww_program *p = ww_arena_alloc(cx->arena, sizeof(*p));
	struct ww_config_fault *faults;
	size_t n;
	ww_status s;

	if (p == NULL)
		return ww_fail_memory(cx);
	s = ww_program_parse(cx, text, p, &faults, &n);
	if (s != WW_OK)
		return s;
	row->program = p->name;
	row->version = p->version;
	return WW_OK;
}

static ww_status
read_calendar(struct ww_ctx *cx, ww_str text, struct ww_named_file *row)
{
	const struct ww_calendar *c;

	return ww_calendar_read(cx, row->name, text, &c);
}

static bool
names_program(const struct ww_apply *a, ww_str name)
{
	for (size_t i = 0; i < a->config->programs_n; i++)
		if (ww_str_eq(a->config->programs[i].name, name))
			return true;
	return false;
}

static bool
names_calendar(const struct ww_apply *a, ww_str name)
{
	for (size_t i = 0; i < a->calendars_n; i++)
		if (ww_str_eq(a->calendars[i].name, name))
			return true;
	return false;
}

static const struct {
	const char *role;
	/* Fills in what the text says; fails when it is none. */
	ww_status (*read)(struct ww_ctx *cx, ww_str text, struct ww_named_file *row);
	bool (*is_named)(const struct ww_apply *a, ww_str name); /* by the configuration in force */
} roles[] = {
	{ WW_FILE_PROGRAM, read_program, names_program },
	{ WW_FILE_CALENDAR, read_calendar, names_calendar },
};

enum { ROLES = sizeof(roles) / sizeof(roles[0]) };

/* ROLES: there is none of that name. */
static size_t
role_of(ww_str role)
{
	size_t i = 0;

	while (i < ROLES && !ww_str_is(role, roles[i].role))
		i++;
	return i;
}

/* -- those that a configuration names ----------------------------------------------------------------- */

static ww_status
load(struct ww_apply *a, struct ww_ctx *own, const char *role, ww_str name,
    struct ww_named_file *row, ww_str *text)
{
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_named_file, row);
	row->role = ww_str_from(role);
	row->name = name;
	s = ww_get(a->set.ledger, own, named_file, row, &found);
	if (s != WW_OK)
		return s;
	if (!found)
		return ww_fail(own, WW_E_CONFLICT, role,
		    "the configuration names '%.*s', and no FILE record before it brought it",
		    WW_STR_FMT(name));
	return text_of(a, own, row->blob, text);
}

static ww_status
load_programs(
    struct ww_apply *a, struct ww_ctx *own, const struct ww_config *config, struct ww_programs *out)
{
	struct ww_program *v = ww_arena_array(own->arena, config->programs_n + 1, sizeof(*v));
	struct ww_config_fault *faults;
	struct ww_named_file row;
	ww_status s = WW_OK;
	ww_str text;
	size_t n;

	if (v == NULL)
		return ww_fail_memory(own);
	for (size_t i = 0; s == WW_OK && i < config->programs_n; i++) {
		s = load(a, own, WW_FILE_PROGRAM, config->programs[i].name, &row, &text);
		if (s == WW_OK)
			s = ww_program_parse(own, text, &v[i], &faults, &n);
		v[i].digest = row.blob;
		v[i].payer = config->programs[i].payer;
	}
	*out = (struct ww_programs){ v, config->programs_n };
	return s;
}

static ww_status
load_calendars(struct ww_apply *a, struct ww_ctx *own, const struct ww_config *config,
    struct ww_named_texts *out)
{
	struct ww_texts names = ww_programs_calendars(own, config, &out->programs);
	struct ww_named_file row;
	ww_status s = WW_OK;
	ww_str text;

	out->calendars = ww_arena_array(own->arena, names.n + 1, sizeof(*out->calendars));
	if (out->calendars == NULL)
		return ww_fail_memory(own);
	for (size_t i = 0; s == WW_OK && i < names.n; i++) {
		struct ww_calendar_file *c = &out->calendars[out->calendars_n++];

		c->name = names.v[i];
		s = load(a, own, WW_FILE_CALENDAR, c->name, &row, &text);
		if (s == WW_OK)
			s = ww_calendar_read(own, c->name, text, &c->calendar);
	}
	return s;
}

ww_status
ww_apply_load_files(struct ww_apply *a, struct ww_ctx *own, const struct ww_config *config,
    struct ww_named_texts *out)
{
	ww_status s = config->programs_n == 0 ? ww_programs_basic(own, config, &out->programs)
	                                      : load_programs(a, own, config, &out->programs);

	return s == WW_OK ? load_calendars(a, own, config, out) : s;
}

const struct ww_calendar *
ww_apply_calendar(const struct ww_apply *a, ww_str name)
{
	for (size_t i = 0; i < a->calendars_n; i++)
		if (ww_str_eq(a->calendars[i].name, name))
			return a->calendars[i].calendar;
	return ww_calendar_federal();
}

ww_status
ww_apply_drop_files(struct ww_apply *a, struct ww_ctx *cx)
{
	struct ww_rows rows;
	ww_status s = ww_ledger_scan(a->set.ledger, cx, &ww_entity_named_file, 0, NULL, 0, &rows);

	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_named_file *f = WW_ROW(&rows, named_file, i);
		size_t role = role_of(f->role);

		if (role < ROLES && roles[role].is_named(a, f->name))
			continue;
		s = ww_ledger_remove(a->set.ledger, cx, &ww_entity_named_file, f);
		if (s == WW_OK)
			s = ww_apply_blob_left(a, cx, f->blob, ww_str_empty());
	}
	return s;
}

/* -- the record --------------------------------------------------------------------------------------- */

static ww_status
put_file(struct ww_apply *a, struct ww_ctx *cx, const struct ww_named_file *row)
{
	struct ww_named_file old;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_named_file, &old);
	old.role = row->role;
	old.name = row->name;
	s = ww_get(a->set.ledger, cx, named_file, &old, &found);
	if (s == WW_OK)
		s = ww_put(a->set.ledger, cx, named_file, row);
	if (s == WW_OK && found)
		s = ww_apply_blob_left(a, cx, old.blob, ww_str_empty());
	return s == WW_OK ? ww_apply_blob_named(a, cx, row->blob) : s;
}

ww_status
ww_apply_file(struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r)
{
	struct ww_rec_file body;
	struct ww_named_file row;
	ww_str text;
	size_t role;
	ww_status s = ww_rec_file_read(cx, r->body, &body);

	if (s != WW_OK)
		return s;
	role = role_of(body.role);
	if (role == ROLES)
		return WW_OK; /* of a newer build; this one has no use for it */
	ww_row_init(&ww_entity_named_file, &row);
	row.role = body.role;
	row.name = body.name;
	row.blob = body.blob;
	row.since_ms = cx->now;
	s = text_of(a, cx, body.blob, &text);
	if (s == WW_OK)
		s = roles[role].read(cx, text, &row);
	if (s == WW_OK)
		s = put_file(a, cx, &row);
	if (s == WW_OK && a->config != NULL && roles[role].is_named(a, body.name))
		s = ww_apply_load_config(a, cx, ww_str_from(a->config_blob));
	return s;
}
