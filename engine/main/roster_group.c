#include "main/roster_group.h"

#include "base/fs.h"
#include "config/roster_row.h"
#include "model/member.h"

#include <wardwire/buf.h>
#include <wardwire/claim.h>
#include <wardwire/json.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 256 << 20 };

/* A resource of the Bundle by one of its names. */
struct named {
	ww_str name;
	const struct ww_json *resource;
};

struct ww_roster_group {
	const struct ww_config *config;
	const struct ww_roster_source *roster;
	struct ww_feed feed; /* of dates without a zone */
	struct ww_ctx cx;    /* of the file */
	struct named *named; /* by name */
	size_t named_n;
	struct ww_fhir_source source;
	struct ww_group group;
	const struct ww_json **members;
	size_t n;
};

/* -- what is beside the list --------------------------------------------------------------------------- */

static int
by_name(const void *pa, const void *pb)
{
	const struct named *a = pa, *b = pb;

	return ww_str_cmp(a->name, b->name);
}

static ww_status
resolve(void *arg, ww_str reference, const struct ww_json **out)
{
	const struct ww_roster_group *g = arg;
	struct named key = { .name = reference };
	const struct named *found =
	    g->named_n > 0 ? bsearch(&key, g->named, g->named_n, sizeof(*g->named), by_name) : NULL;

	*out = found != NULL ? found->resource : NULL;
	return WW_OK;
}

static void
add_name(struct ww_roster_group *g, ww_str name, const struct ww_json *resource)
{
	if (name.n > 0)
		g->named[g->named_n++] = (struct named){ name, resource };
}

/* Under its fullUrl, and as Type/id. */
static ww_status
name_entries(struct ww_roster_group *g, const struct ww_json *entries)
{
	g->named = ww_arena_array(g->cx.arena, 2 * ww_json_len(entries) + 1, sizeof(*g->named));
	if (g->named == NULL)
		return ww_fail_memory(&g->cx);
	for (const struct ww_json *e = ww_json_first(entries); e != NULL; e = ww_json_next(e)) {
		const struct ww_json *r = ww_json_get(e, "resource");
		ww_str type = ww_json_str(ww_json_get(r, "resourceType"));
		ww_str id = ww_json_str(ww_json_get(r, "id"));

		add_name(g, ww_json_str(ww_json_get(e, "fullUrl")), r);
		if (id.n > 0)
			add_name(g,
			    ww_arena_printf(
			        g->cx.arena, "%.*s/%.*s", WW_STR_FMT(type), WW_STR_FMT(id)),
			    r);
		if (ww_str_is(type, "Group") && g->source.resource == NULL)
			g->source.resource = r;
	}
	if (g->named_n > 1)
		qsort(g->named, g->named_n, sizeof(*g->named), by_name);
	return WW_OK;
}

/* -- opening ------------------------------------------------------------------------------------------- */

static ww_status
list_members(struct ww_roster_group *g)
{
	ww_status s = ww_fhir_group(&g->cx, &g->source, &g->feed, &g->group);

	if (s == WW_OK && !g->group.persons)
		return ww_fail(&g->cx, WW_E_VALUE, "Group",
		    "no list of members: type person and actual are wanted");
	if (s != WW_OK)
		return s;
	g->members =
	    ww_arena_array(g->cx.arena, ww_json_len(g->group.members) + 1, sizeof(*g->members));
	if (g->members == NULL)
		return ww_fail_memory(&g->cx);
	for (const struct ww_json *m = ww_json_first(g->group.members); m != NULL;
	     m = ww_json_next(m))
		g->members[g->n++] = m;
	return WW_OK;
}

/* *is: it is a list, or should be one. */
static ww_status
read_file(struct ww_roster_group *g, const char *path, bool *is)
{
	struct ww_buf text = { 0 };
	struct ww_json *root;
	ww_str type;
	ww_status s = ww_fs_get(&g->cx, path, FILE_MAX, &text);

	*is = false;
	if (s == WW_OK &&
	    ww_json_parse(&g->cx, ww_arena_str(g->cx.arena, ww_buf_view(&text)), &root) == WW_OK) {
		type = ww_json_str(ww_json_get(root, "resourceType"));
		*is = ww_str_is(type, "Group") || ww_str_is(type, "Bundle");
		if (ww_str_is(type, "Group"))
			g->source.resource = root;
		else if (*is)
			s = name_entries(g, ww_json_get(root, "entry"));
	} else if (s == WW_OK) {
		g->cx.fail = (struct ww_failure){ .status = WW_OK }; /* an object a line, perhaps */
	}
	ww_buf_free(&text);
	if (s == WW_OK && *is && g->source.resource == NULL)
		s = ww_fail(&g->cx, WW_E_VALUE, "Bundle", "there is no Group in it");
	return s == WW_OK && *is ? list_members(g) : s;
}

ww_status
ww_roster_group_open(struct ww_ctx *cx, const char *path, const struct ww_config *config,
    const struct ww_roster_source *source, struct ww_roster_group **out)
{
	struct ww_roster_group *g = calloc(1, sizeof(*g));
	bool is = false;
	ww_status s;

	*out = NULL;
	if (g == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "roster");
	g->config = config;
	g->roster = source;
	if (config->feeds_n > 0)
		g->feed = config->feeds[0];
	g->feed.zone = ww_zone_utc();
	g->source = (struct ww_fhir_source){ .name = WW_STR("Group"),
		.version = ww_str_empty(),
		.digest = ww_str_empty(),
		.resolve = resolve,
		.arg = g };
	g->cx.arena = ww_arena_new(0);
	s = g->cx.arena != NULL ? read_file(g, path, &is)
	                        : ww_fail(cx, WW_E_MEMORY, NULL, "roster");
	if (s != WW_OK && cx->fail.status == WW_OK)
		cx->fail = g->cx.fail;
	if (s != WW_OK || !is) {
		ww_roster_group_close(g);
		return s;
	}
	*out = g;
	return WW_OK;
}

void
ww_roster_group_close(struct ww_roster_group *g)
{
	if (g == NULL)
		return;
	ww_arena_free(g->cx.arena);
	free(g);
}

size_t
ww_roster_group_members(const struct ww_roster_group *g)
{
	return g->n;
}

/* -- members ------------------------------------------------------------------------------------------- */

/* The party with the nearest of those numbers. */
static ww_str
practice_of(const struct ww_roster_group *g, const struct ww_group_member *m)
{
	for (size_t i = 0; i < m->providers.n; i++) {
		for (size_t k = 0; k < g->config->parties_n; k++) {
			const struct ww_party *p = &g->config->parties[k];

			if (ww_same_digits(m->providers.v[i], p->npi) ||
			    ww_same_digits(m->providers.v[i], p->tin))
				return p->name;
		}
	}
	return ww_str_empty();
}

static const char *
why_not(const struct ww_group_member *m, ww_str practice)
{
	if (m->name.n == 0)
		return "it names nobody";
	if (!m->known)
		return "its Patient is not in the file";
	if (m->numbers[0].n == 0)
		return "neither the Patient nor the Coverage has a payer's number";
	if (m->change == WW_GROUP_NEVER)
		return "it never was a member: a snapshot without it ends it";
	if (practice.n == 0)
		return m->providers.n == 0 ? "its provider has no NPI and no TIN"
		                           : "no party has the NPI or TIN of its provider";
	return NULL;
}

static ww_str
day_text(struct ww_ctx *cx, ww_time t)
{
	int y, m, d;

	if (!ww_time_known(t))
		return ww_str_empty();
	ww_day_civil(ww_time_day(t, NULL), &y, &m, &d);
	return ww_arena_printf(cx->arena, "%04d-%02d-%02d", y, m, d);
}

/* As a row of a file would have it, so that the same rules hold. */
static bool
as_row(struct ww_roster_group *g, struct ww_ctx *cx, const struct ww_group_member *m,
    ww_str practice, unsigned line, struct ww_roster_row *row, struct ww_roster_fault *fault)
{
	struct ww_roster_head head = { .line = SIZE_MAX, .width = WW_ROSTER_COLUMNS };
	ww_str cells[WW_ROSTER_COLUMNS];

	for (size_t c = 0; c < WW_ROSTER_COLUMNS; c++) {
		head.place[c] = c;
		cells[c] = ww_str_empty();
	}
	cells[WW_ROSTER_MEMBER_ID] = m->numbers[0];
	cells[WW_ROSTER_FAMILY] = m->row.family;
	cells[WW_ROSTER_GIVEN] = m->row.given;
	cells[WW_ROSTER_BIRTH_DATE] =
	    m->row.birth.prec >= WW_PREC_DAY ? day_text(cx, m->row.birth) : ww_str_empty();
	cells[WW_ROSTER_SEX] = m->row.sex;
	cells[WW_ROSTER_PRACTICE] = practice;
	cells[WW_ROSTER_EFFECTIVE] = day_text(cx, m->row.effective);
	cells[WW_ROSTER_END] = day_text(cx, m->row.end);
	cells[WW_ROSTER_PROGRAM] = g->roster->program;
	cells[WW_ROSTER_PROVIDER] = m->providers.n > 0 ? m->providers.v[0] : ww_str_empty();
	return ww_roster_row_read(
	    cx, g->config, NULL, &head, cells, WW_ROSTER_COLUMNS, line, row, fault);
}

ww_status
ww_roster_group_read(struct ww_roster_group *g, struct ww_ctx *cx, size_t i,
    struct ww_roster_row *row, struct ww_roster_fault *fault, bool *taken)
{
	struct ww_group_member m;
	unsigned line = (unsigned)i + 1;
	const char *why;
	ww_str practice;
	ww_status s = ww_fhir_group_member(cx, &g->source, &g->feed, &g->group, g->members[i], &m);

	*taken = false;
	if (s != WW_OK)
		return s;
	practice = practice_of(g, &m);
	why = why_not(&m, practice);
	if (why != NULL) {
		fault->line = line;
		(void)snprintf(fault->text, sizeof(fault->text), "member: %s", why);
		return WW_OK;
	}
	if (m.change == WW_GROUP_END && !ww_time_known(m.row.end)) {
		fault->line = line;
		(void)snprintf(
		    fault->text, sizeof(fault->text), "member: it ends, and period says not when");
		return WW_OK;
	}
	*taken = as_row(g, cx, &m, practice, line, row, fault);
	return WW_OK;
}
