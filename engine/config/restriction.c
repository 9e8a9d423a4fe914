/* Restrictions: what the table of keys cannot say of them, and their conditions. */
#include "config/restriction.h"

#include "config/check.h"
#include "config/fault.h"
#include "config/route.h"
#include "config/yaml.h"

#include <wardwire/ctx.h>

#include <string.h>

enum { ROWS_MOST = 64 };

void
ww_restriction_check(struct ww_faults *f, const struct ww_yaml *root)
{
	const struct ww_yaml *e, *other, *name, *first;
	size_t n = 0;

	for (e = ww_yaml_entries(root, "restrictions"); e != NULL && !ww_fault_full(f);
	     e = e->next) {
		if (++n > ROWS_MOST) {
			ww_fault_add(f, e->line, e->column,
			    "there are more than %d restrictions up to here", ROWS_MOST);
			return;
		}
		if (e->kind == WW_YAML_MAP && ww_yaml_get(e, "when") == NULL &&
		    ww_yaml_get(e, "labels") == NULL)
			ww_fault_add(f, e->line, e->column,
			    "a restriction needs 'when', such as {PV1-16.1: [VIP]}, or 'labels', "
			    "near here");
		name = ww_yaml_scalar(e, "name");
		other = ww_yaml_entries(root, "restrictions");
		for (; name != NULL && other != e; other = other->next) {
			first = ww_yaml_scalar(other, "name");
			if (first == NULL || !ww_str_eq(first->text, name->text))
				continue;
			ww_fault_add(f, name->line, name->column,
			    "the restriction '%s' is named twice; first on line %u",
			    ww_fault_show(name->text).text, first->line);
			break;
		}
	}
}

/* Segments that say who somebody is, and nothing of a visit. */
static bool
is_of_person(const struct ww_conditions *when)
{
	static const char *const segments[] = { "PID", "PD1", "ARV" };

	for (size_t i = 0; i < when->n; i++) {
		size_t k = 0;

		while (k < sizeof(segments) / sizeof(segments[0]) &&
		       strcmp(when->v[i].path.segment, segments[k]) != 0)
			k++;
		if (k == sizeof(segments) / sizeof(segments[0]))
			return false;
	}
	return when->n != 0;
}

ww_status
ww_restriction_take(struct ww_ctx *cx, const struct ww_yaml *root, struct ww_config *c)
{
	const struct ww_yaml *e = ww_yaml_entries(root, "restrictions");
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && i < c->restrictions_n; i++, e = e->next) {
		struct ww_restriction_row *r = &c->restrictions[i];

		s = ww_route_take_conditions(cx, ww_yaml_get(e, "when"), &r->when);
		r->of_person = is_of_person(&r->when);
	}
	e = ww_yaml_entries(root, "feeds");
	for (size_t i = 0; s == WW_OK && i < c->feeds_n; i++, e = e->next)
		s = ww_route_take_conditions(
		    cx, ww_yaml_get(ww_yaml_get(e, "adt"), "test"), &c->feeds[i].adt.test);
	return s;
}
