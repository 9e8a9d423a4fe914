/* Routes of the configuration: the checks, and the structs. They are read from the tree, because libcyaml knows no
 * mapping with free keys and nothing that is a text or a list. */
#include "config/route.h"

#include "config/check.h"
#include "config/fault.h"
#include "config/near.h"
#include "config/value.h"
#include "config/yaml.h"

#include <wardwire/ctx.h>

#include <stdio.h>
#include <string.h>

enum { LANES_MOST = 256, CONDITION_MOST = 256 };

/* -- a text or a list of texts ------------------------------------------------------------------------ */

/* Of a text itself, of a list the first entry. */
static const struct ww_yaml *
first_of(const struct ww_yaml *v)
{
	return v != NULL && v->kind == WW_YAML_LIST ? v->first : v;
}

static const struct ww_yaml *
next_of(const struct ww_yaml *v, const struct ww_yaml *one)
{
	return v->kind == WW_YAML_LIST ? one->next : NULL;
}

static void
check_each(struct ww_faults *f, const struct ww_yaml *v, const char *key, bool (*fits)(ww_str text),
    const char *rule)
{
	const struct ww_yaml *one = first_of(v);

	if (one == NULL || v->kind == WW_YAML_MAP) {
		ww_fault_add(f, v->line, v->column, "%s must be %s, or a list of such", key, rule);
		return;
	}
	for (; one != NULL; one = next_of(v, one)) {
		if (one->kind == WW_YAML_BAD)
			continue;
		if (one->kind != WW_YAML_SCALAR || ww_yaml_is_null(one) || !fits(one->text))
			ww_fault_add(f, one->line, one->column, "%s: '%s' is not %s", key,
			    ww_fault_show(one->text).text, rule);
	}
}

static bool
fits_name(ww_str text)
{
	return ww_value_fits(WW_FORMAT_NAME, text);
}

/* What a field may hold; empty stands for nothing. */
static bool
fits_field(ww_str text)
{
	for (size_t i = 0; i < text.n; i++) {
		if ((unsigned char)text.p[i] < ' ' || text.p[i] == 0x7f)
			return false;
	}
	return text.n <= CONDITION_MOST;
}

void
ww_route_check_names(struct ww_faults *f, const struct ww_yaml *v, const char *key)
{
	check_each(f, v, key, fits_name, "a name");
}

/* -- conditions --------------------------------------------------------------------------------------- */

static void
check_condition(struct ww_faults *f, const struct ww_yaml *m, const struct ww_yaml *v)
{
	struct ww_shown path = ww_fault_show(v->key);
	struct ww_ctx own = { .arena = f->cx->arena };
	struct ww_hl7_path compiled;
	const struct ww_yaml *first = m->first;

	while (!ww_str_eq(first->key, v->key))
		first = first->next;
	if (first != v)
		ww_fault_add(f, v->key_line, v->key_column,
		    "the condition '%s' is given twice; first on line %u", path.text,
		    first->key_line);
	if (ww_hl7_path(&own, v->key, &compiled) != WW_OK)
		ww_fault_add(f, v->key_line, v->key_column, "'%s' is no path to a field: %s",
		    path.text, own.fail.reason);
	else if (compiled.field == 0)
		ww_fault_add(
		    f, v->key_line, v->key_column, "'%s' names a segment and no field", path.text);
	if (v->kind != WW_YAML_BAD)
		check_each(f, v, path.text, fits_field, "a text of at most 256 bytes in one line");
}

void
ww_route_check_conditions(struct ww_faults *f, const struct ww_yaml *m, const char *key)
{
	if (m->kind != WW_YAML_MAP || m->first == NULL) {
		ww_fault_add(f, m->line, m->column,
		    "%s must be a mapping of paths to values, such as {MSH-9.2: [A01, A03]}", key);
		return;
	}
	for (const struct ww_yaml *v = m->first; v != NULL; v = v->next)
		check_condition(f, m, v);
}

/* -- names -------------------------------------------------------------------------------------------- */

/* The entry of the list with that name; NULL when there is none, and *near is then what may have been meant. */
static const struct ww_yaml *
find_named(const struct ww_yaml *root, const char *list, ww_str name, ww_str *near)
{
	const struct ww_yaml *e, *v;
	struct ww_near n;

	ww_near_start(&n, name);
	for (e = ww_yaml_entries(root, list); e != NULL; e = e->next) {
		v = ww_yaml_scalar(e, "name");
		if (v == NULL)
			continue;
		if (ww_str_eq(v->text, name))
			return e;
		ww_near_try(&n, v->text);
	}
	*near = n.best;
	return NULL;
}

static bool
was_named(const struct ww_yaml *v, const struct ww_yaml *one)
{
	for (const struct ww_yaml *o = first_of(v); o != one; o = next_of(v, o)) {
		if (o->kind == WW_YAML_SCALAR && ww_str_eq(o->text, one->text))
			return true;
	}
	return false;
}

/* How many there are. */
static size_t
check_named(struct ww_faults *f, const struct ww_yaml *root, const struct ww_yaml *route,
    const char *key, const char *list, const char *thing)
{
	const struct ww_yaml *v = ww_yaml_get(route, key), *one, *e;
	size_t n = 0;

	for (one = first_of(v); one != NULL && v->kind != WW_YAML_MAP; one = next_of(v, one)) {
		struct ww_shown name = ww_fault_show(one->text);
		ww_str near = ww_str_empty();

		if (one->kind != WW_YAML_SCALAR || !fits_name(one->text))
			continue;
		n++;
		e = find_named(root, list, one->text, &near);
		if (e == NULL && near.n > 0)
			ww_fault_add(f, one->line, one->column,
			    "%s: there is no %s '%s' (did you mean '%.*s'?)", key, thing, name.text,
			    WW_STR_FMT(near));
		else if (e == NULL)
			ww_fault_add(f, one->line, one->column, "%s: there is no %s '%s'", key,
			    thing, name.text);
		else if (strcmp(list, "endpoints") == 0 &&
		         ww_endpoint_takes_notices(root, one->text))
			ww_fault_add(f, one->line, one->column,
			    "%s: '%s' takes notices (fhir, worklist), and no messages", key,
			    name.text);
		if (was_named(v, one))
			ww_fault_add(
			    f, one->line, one->column, "%s: '%s' is named twice", key, name.text);
	}
	return n;
}

void
ww_route_check(struct ww_faults *f, const struct ww_yaml *root)
{
	const struct ww_yaml *e;
	size_t lanes = 0;

	for (e = ww_yaml_entries(root, "routes"); e != NULL && !ww_fault_full(f); e = e->next) {
		(void)check_named(f, root, e, "from", "feeds", "feed");
		lanes += check_named(f, root, e, "to", "endpoints", "endpoint");
		if (lanes > LANES_MOST) {
			ww_fault_add(f, e->line, e->column,
			    "the routes up to here have more than %d endpoints together",
			    LANES_MOST);
			return;
		}
	}
}

/* -- the structs -------------------------------------------------------------------------------------- */

static size_t
count_of(const struct ww_yaml *v)
{
	size_t n = 0;

	for (const struct ww_yaml *one = first_of(v); one != NULL; one = next_of(v, one))
		n++;
	return n;
}

/* That memory is short shows in the arena, here and below. */
static struct ww_texts
take_texts(struct ww_ctx *cx, const struct ww_yaml *v)
{
	size_t n = count_of(v), i = 0;
	ww_str *texts = ww_arena_array(cx->arena, n + 1, sizeof(*texts));

	if (texts == NULL)
		return (struct ww_texts){ NULL, 0 };
	for (const struct ww_yaml *one = first_of(v); one != NULL; one = next_of(v, one))
		texts[i++] = one->text;
	return (struct ww_texts){ texts, n };
}

ww_status
ww_route_take_conditions(struct ww_ctx *cx, const struct ww_yaml *m, struct ww_conditions *out)
{
	struct ww_condition *v;
	size_t n = 0;
	ww_status s = WW_OK;

	for (const struct ww_yaml *one = m != NULL ? m->first : NULL; one != NULL; one = one->next)
		n++;
	v = ww_arena_array(cx->arena, n + 1, sizeof(*v));
	if (v == NULL)
		return ww_fail_memory(cx);
	out->v = v;
	out->n = n;
	for (const struct ww_yaml *one = n > 0 ? m->first : NULL; one != NULL && s == WW_OK;
	     one = one->next, v++) {
		v->text = one->key;
		v->any = take_texts(cx, one);
		s = ww_hl7_path(cx, one->key, &v->path);
	}
	return s;
}

static ww_status
take_route(struct ww_ctx *cx, const struct ww_yaml *e, struct ww_route *out)
{
	ww_status s;

	out->name = ww_yaml_scalar(e, "name")->text;
	out->from = take_texts(cx, ww_yaml_get(e, "from"));
	out->to = take_texts(cx, ww_yaml_get(e, "to"));
	s = ww_route_take_conditions(cx, ww_yaml_get(e, "when"), &out->when);
	return s == WW_OK ? ww_route_take_conditions(cx, ww_yaml_get(e, "not"), &out->except) : s;
}

/* Application acknowledgements that go to an endpoint leave as what a route sends does, in a lane of their feed. */
static void
take_ack_lane(struct ww_ctx *cx, struct ww_config *c, const struct ww_feed *feed)
{
	struct ww_route *r = ww_arena_alloc(cx->arena, sizeof(*r));

	if (r == NULL)
		return; /* the arena says so at the end */
	*r = (struct ww_route){
		.name = ww_arena_printf(cx->arena, WW_ACK_LANE "%.*s", WW_STR_FMT(feed->name)),
	};
	c->lanes[c->lanes_n++] = (struct ww_route_lane){
		.name = ww_arena_printf(
		    cx->arena, "%.*s/%.*s", WW_STR_FMT(r->name), WW_STR_FMT(feed->ack.to)),
		.route = r,
		.acks = true,
		.endpoint = ww_config_endpoint(c, feed->ack.to),
	};
}

static void
take_lanes(struct ww_ctx *cx, struct ww_config *c)
{
	size_t n = c->feeds_n;

	for (size_t i = 0; i < c->routes_n; i++)
		n += c->routes[i].to.n;
	c->lanes = ww_arena_array(cx->arena, n + 1, sizeof(*c->lanes));
	for (size_t i = 0; c->lanes != NULL && i < c->routes_n; i++) {
		const struct ww_route *r = &c->routes[i];

		for (size_t k = 0; k < r->to.n; k++)
			c->lanes[c->lanes_n++] = (struct ww_route_lane){
				.name = ww_arena_printf(cx->arena, "%.*s/%.*s", WW_STR_FMT(r->name),
				    WW_STR_FMT(r->to.v[k])),
				.route = r,
				.endpoint = ww_config_endpoint(c, r->to.v[k]),
			};
	}
	for (size_t i = 0; c->lanes != NULL && i < c->feeds_n; i++)
		if (c->feeds[i].ack.to.n > 0)
			take_ack_lane(cx, c, &c->feeds[i]);
}

ww_status
ww_route_take(struct ww_ctx *cx, const struct ww_yaml *root, struct ww_config *c)
{
	const struct ww_yaml *e;
	size_t n = 0;
	ww_status s = WW_OK;

	for (e = ww_yaml_entries(root, "routes"); e != NULL; e = e->next)
		n++;
	c->routes = ww_arena_array(cx->arena, n + 1, sizeof(*c->routes));
	if (c->routes == NULL)
		return ww_fail_memory(cx);
	for (e = ww_yaml_entries(root, "routes"); e != NULL && s == WW_OK; e = e->next)
		s = take_route(cx, e, &c->routes[c->routes_n++]);
	if (s == WW_OK)
		take_lanes(cx, c);
	return s;
}
